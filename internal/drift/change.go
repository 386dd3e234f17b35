package drift

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"aks-egress/internal/azuresim"
)

// Change is something that people do by hand.
type Change struct {
	Name     string // such as delete-route
	Value    string // what goes behind "=", such as N; empty: nothing
	Summary  string // what it does, in one sentence
	commands func(e estate, value string) [][]string
}

// Changes are all changes, in the order of the reference.
func Changes() []Change { return slices.Clone(changes) }

// Spelling is how a user types the change, with a placeholder for the value.
func (c Change) Spelling() string {
	if c.Value == "" {
		return c.Name
	}
	return c.Name + "=" + c.Value
}

// Commands are the az commands that the change stands for in a cloud, without the word az; none where it has no meaning
// there. value is for changes that take one.
func (c Change) Commands(cloud *azuresim.Cloud, value string) [][]string {
	e := survey(cloud)
	if e.cluster.ID == "" {
		return nil
	}
	return c.commands(e, value)
}

// Resolve reads a change as a user types it, such as outbound-ips=3, and answers its az commands for a cloud.
func Resolve(cloud *azuresim.Cloud, typed string) ([][]string, error) {
	name, value, hasValue := strings.Cut(typed, "=")
	i := slices.IndexFunc(changes, func(c Change) bool { return c.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("change %q: not known; known are %s, or -- and an az command", name, spellings())
	}
	c := changes[i]
	if hasValue != (c.Value != "") || hasValue && value == "" {
		return nil, fmt.Errorf("change %q: the form is %s", typed, c.Spelling())
	}
	commands := c.Commands(cloud, value)
	if len(commands) == 0 {
		return nil, fmt.Errorf("change %q: this stack has nothing that it could change; it fits %s", name,
			strings.Join(fitting(cloud), ", "))
	}
	return commands, nil
}

func spellings() string {
	all := make([]string, len(changes))
	for i, c := range changes {
		all[i] = c.Spelling()
	}
	return strings.Join(all, ", ")
}

// fitting are the changes that have a meaning in a cloud.
func fitting(cloud *azuresim.Cloud) []string {
	var found []string
	for _, c := range changes {
		if len(c.Commands(cloud, c.Value)) > 0 {
			found = append(found, c.Spelling())
		}
	}
	return found
}

// plain is an argument that no shell changes.
var plain = regexp.MustCompile(`^[\w@%+=:,./-]+$`)

// Line is a command as it is typed in a shell.
func Line(command []string) string {
	words := []string{"az"}
	for _, word := range command {
		if !plain.MatchString(word) {
			word = `"` + word + `"`
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}
