package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpWidth is that of --help, whatever the terminal's is: short lines read well.
const helpWidth = 80

// wrapHelp makes what --help says of the command and those below it fit helpWidth columns: cobra's template, with its
// sentences and flags wrapped.
func wrapHelp(root *cobra.Command) {
	cobra.AddTemplateFunc("wrapped", wrapParagraphs)
	cobra.AddTemplateFunc("flags", func(f *pflag.FlagSet) string { return f.FlagUsagesWrapped(helpWidth) })
	root.SetUsageTemplate(strings.NewReplacer(
		"{{.LocalFlags.FlagUsages |", "{{flags .LocalFlags |",
		"{{.InheritedFlags.FlagUsages |", "{{flags .InheritedFlags |",
		"\n  {{.UseLine}}", "\n{{wrapped (printf \"  %s\" .UseLine)}}",
	).Replace(root.UsageTemplate()))
	root.SetHelpTemplate("{{with (or .Long .Short)}}{{wrapped .}}\n\n{{end}}" +
		"{{if or .Runnable .HasSubCommands}}{{.UsageString}}{{end}}")
}

// wrapParagraphs wraps lines that are wider than helpWidth; what a line begins with, its next ones begin with. Lines of
// sentences flow into each other, indented ones are lists and stand alone.
func wrapParagraphs(text string) string {
	var lines []string
	for paragraph := range strings.SplitSeq(strings.TrimRight(text, "\n "), "\n\n") {
		if lines != nil {
			lines = append(lines, "")
		}
		flowing := ""
		for line := range strings.SplitSeq(paragraph, "\n") {
			if !strings.HasPrefix(line, " ") {
				flowing = strings.TrimSpace(flowing + " " + line)
				continue
			}
			lines = append(lines, wrapIndented(flowing)...)
			lines = append(lines, wrapIndented(line)...)
			flowing = ""
		}
		lines = append(lines, wrapIndented(flowing)...)
	}
	return strings.Join(lines, "\n")
}

func wrapIndented(line string) []string {
	words := strings.TrimLeft(line, " ")
	if words == "" {
		return nil
	}
	indent := line[:len(line)-len(words)]
	next := indent
	if indent != "" {
		next += "  " // the item's next lines stand under its text
	}
	wrapped := wrap(words, helpWidth-len(next))
	for i := range wrapped {
		wrapped[i] = indent + wrapped[i]
		indent = next
	}
	return wrapped
}
