package migrate

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"aks-egress/internal/config"
)

// Edit is one change of a stack file: from Line on, the lines of Remove go, and those of Add come in their place.
type Edit struct {
	Line   int      `json:"line"` // 1 is the file's first
	Remove []string `json:"remove"`
	Add    []string `json:"add"`
}

// Edits are the changes after which a stack file says by itself what it says together with settings, top down. A key
// that is set to its default leaves the file.
func Edits(file []byte, settings map[string]string) ([]Edit, error) {
	text := strings.TrimPrefix(strings.ReplaceAll(string(file), "\r\n", "\n"), "\ufeff")
	c, err := findConfig(text)
	if err != nil {
		return nil, err
	}
	defaults := config.Defaults()
	edits, added := []Edit{}, Edit{Line: c.end, Remove: []string{}}
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		value, at := valueOf(settings[key]), c.entries[key]
		byDefault, hasDefault := defaults[key]
		leaves := hasDefault && value == byDefault
		switch {
		case at.value == value && at.line > 0, at.line == 0 && leaves:
		case leaves:
			edits = append(edits, Edit{at.line, at.lines, []string{}})
		case at.line > 0:
			edits = append(edits, Edit{at.line, at.lines, []string{c.indent + at.key + ": " + yamlOf(key, value)}})
		default:
			added.Add = append(added.Add, c.indent+key+": "+yamlOf(key, value))
		}
	}
	if len(added.Add) > 0 {
		edits = append(edits, added)
	}
	slices.SortStableFunc(edits, func(a, b Edit) int { return a.Line - b.Line })
	return edits, nil
}

// configLines is where the settings of a stack file are.
type configLines struct {
	indent  string
	end     int              // where a new entry goes
	entries map[string]entry // by full key
}

type entry struct {
	key   string // as it is written
	value string // as Pulumi gives it to programs
	line  int    // 1 is the first; 0: there is no entry
	lines []string
}

func findConfig(text string) (configLines, error) {
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		return configLines{}, err
	}
	var settings *yaml.Node
	follows := strings.Count(strings.TrimRight(text, "\n"), "\n") + 2 // the line behind the last
	if len(document.Content) == 1 && document.Content[0].Kind == yaml.MappingNode {
		root := document.Content[0].Content
		for i := 0; i < len(root); i += 2 {
			if root[i].Value == "config" {
				settings = root[i+1]
			} else if settings != nil {
				follows = root[i].Line
				break
			}
		}
	}
	switch {
	case settings == nil || settings.Kind != yaml.MappingNode || len(settings.Content) == 0:
		return configLines{}, errors.New("it has no config mapping")
	case settings.Style&yaml.FlowStyle != 0:
		return configLines{}, errors.New("its config is one flow mapping, whose lines hold several keys")
	}
	return entriesOf(settings, strings.Split(text, "\n"), follows)
}

func entriesOf(settings *yaml.Node, lines []string, follows int) (configLines, error) {
	keys := settings.Content
	c := configLines{indent: strings.Repeat(" ", keys[0].Column-1), entries: map[string]entry{}}
	for i := 0; i < len(keys); i += 2 {
		end := follows
		if i+2 < len(keys) {
			end = keys[i+2].Line
		}
		first := keys[i].Line
		for end > first+1 && isAside(lines[end-2]) {
			end--
		}
		c.end = end
		var value any
		if err := keys[i+1].Decode(&value); err != nil {
			return configLines{}, err
		}
		qualified := keys[i].Value
		if !strings.Contains(qualified, ":") {
			qualified = config.Namespace + ":" + qualified
		}
		text, err := config.ValueText(value)
		if err != nil {
			return configLines{}, fmt.Errorf("%s: %w", qualified, err)
		}
		c.entries[qualified] = entry{keys[i].Value, text, first, lines[first-1 : end-1]}
	}
	return c, nil
}

// isAside is a line between entries: blank, or a comment.
func isAside(line string) bool {
	trimmed := strings.TrimSpace(line)
	return trimmed == "" || strings.HasPrefix(trimmed, "#")
}

// yamlOf is a value as a stack file has it: numbers and flags plain, lists and objects in flow style, text quoted where
// YAML would read something else.
func yamlOf(qualified, value string) string {
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
	name := nameOf(qualified)
	i := slices.IndexFunc(config.Keys(), func(k config.Key) bool { return k.Name == name })
	if i >= 0 && (config.Keys()[i].Type == config.Integer || config.Keys()[i].Type == config.Boolean) {
		return value
	}
	if structured(value) {
		var document yaml.Node
		if err := yaml.Unmarshal([]byte(value), &document); err == nil && len(document.Content) == 1 {
			node = document.Content[0]
			node.Style = yaml.FlowStyle
		}
	}
	encoded, err := yaml.Marshal(node)
	if err != nil {
		return value
	}
	return strings.TrimSpace(string(encoded))
}
