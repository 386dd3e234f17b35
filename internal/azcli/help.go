package azcli

import (
	"fmt"
	"slices"
	"strings"
)

// Commands are the names of all commands without the word az, in the order of the reference.
func Commands() []string {
	names := make([]string, len(commands))
	for i, c := range commands {
		names[i] = c.name
	}
	return names
}

// asksForHelp tells whether a line asks what a command does, and answers the line without that.
func asksForHelp(line []string) ([]string, bool) {
	rest := slices.DeleteFunc(slices.Clone(line), func(word string) bool { return word == "--help" || word == "-h" })
	return rest, len(rest) < len(line)
}

// help is what a command does and which flags it has; for no command, all commands.
func help(line []string) (string, error) {
	if len(line) == 0 {
		var b strings.Builder
		for _, c := range commands {
			fmt.Fprintf(&b, "az %s\n    %s\n", c.name, c.summary)
		}
		return b.String(), nil
	}
	c, _, err := find(line)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "az %s\n    %s\n\n", c.name, c.summary)
	for _, f := range c.allFlags() {
		usage := f.usage
		if f.required {
			usage += " (required)"
		}
		fmt.Fprintf(&b, "    %s\n        %s\n", strings.Join(f.spellings(), " "), usage)
	}
	return b.String(), nil
}
