package azcli

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"aks-egress/internal/azuresim"
)

// Run executes one command line, with or without the word az in front, and answers what az writes on stdout: the
// resource as JSON, nothing for a deletion, or text for --help. It fails with *UsageError for a line that az would not
// send, with *RefusedError for what Azure refuses, and with other errors for what the simulation lacks.
func Run(cloud *azuresim.Cloud, line []string) (string, error) {
	if len(line) > 0 && line[0] == "az" {
		line = line[1:]
	}
	if rest, asked := asksForHelp(line); asked {
		return help(rest)
	}
	c, arguments, err := find(line)
	if err != nil {
		return "", err
	}
	call, err := c.parse(cloud, arguments)
	if err != nil {
		return "", err
	}
	var answers []azuresim.Record
	for _, id := range call.ids {
		answer, err := c.run(call, id)
		if err != nil {
			return "", explain(err)
		}
		if answer.ID != "" {
			answers = append(answers, answer)
		}
	}
	return call.output(answers)
}

// output is what az prints of the answers: one object, or a list when there were several --ids.
func (c *call) output(answers []azuresim.Record) (string, error) {
	var shown []map[string]any
	for _, r := range answers {
		o := maps.Clone(r.Outputs)
		o["id"] = r.ID
		if names, err := azuresim.ResourceNames(c.command.token, r.ID); err == nil && names["resourceGroupName"] != nil {
			o["resourceGroup"] = names["resourceGroupName"]
		}
		shown = append(shown, o)
	}
	if len(shown) == 0 || c.text("output") == "none" {
		return "", nil
	}
	var value any = shown
	if len(shown) == 1 {
		value = shown[0]
	}
	encoded, err := json.MarshalIndent(value, "", "  ")
	return string(encoded) + "\n", err
}

// find is the command that a line begins with, and the rest of the line.
func find(line []string) (*command, []string, error) {
	words := 0
	for words < len(line) && !strings.HasPrefix(line[words], "-") {
		words++
	}
	name := strings.Join(line[:words], " ")
	for i := range commands {
		if c := &commands[i]; c.name == name {
			return c, line[words:], nil
		}
	}
	if name == "" {
		name = "(nothing)"
	}
	return nil, nil, &UsageError{fmt.Sprintf("az %s: the lab does not know this command; it knows:\n  az %s",
		name, strings.Join(Commands(), "\n  az "))}
}
