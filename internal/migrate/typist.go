package migrate

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"aks-egress/egress/migration"
	"aks-egress/internal/config"
)

// typist writes the command lines of a plan. `pulumi up -c` saves what it sets in the stack file
// (pulumi.com/docs/iac/cli/commands/pulumi_up), so each step types what the file does not say yet.
type typist struct {
	stack    string
	original map[string]string // the stack file before
	file     map[string]string // as the commands so far have left it
}

func (t *typist) commands(step Step) []string {
	at := " --stack " + Quoted(t.stack)
	switch step.Kind {
	case migration.Change:
		return []string{line("az", step.Az)}
	case migration.Follow:
		return []string{"pulumi refresh" + at}
	default:
		before, flags := t.settle(step.Settings)
		for i := range before {
			before[i] += at
		}
		return append(before, "pulumi up"+at+strings.Join(flags, ""))
	}
}

// settle makes the file say what a step sets: by commands of their own, or by flags of the update.
func (t *typist) settle(settings map[string]string) (commands, flags []string) {
	goal := wantedValues(t.original, settings)
	for _, key := range slices.Sorted(maps.Keys(t.file)) {
		_, stays := goal[key]
		if !stays || structured(goal[key]) && goal[key] != t.file[key] {
			commands = append(commands, line("pulumi config rm", []string{nameOf(key)}))
			delete(t.file, key)
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(goal), typeFirst) {
		switch {
		case goal[key] == t.file[key]:
		case structured(goal[key]):
			commands = append(commands, setItems(nameOf(key), goal[key])...)
		default:
			flags = append(flags, " -c "+Quoted(nameOf(key)+"="+goal[key]))
		}
	}
	t.file = goal
	return commands, flags
}

// typeFirst orders keys by what a reader looks for.
func typeFirst(a, b string) int {
	rank := map[string]int{TypeKey: -2, FromKey: -1}
	return cmp.Or(cmp.Compare(rank[a], rank[b]), strings.Compare(a, b))
}

// wantedValues are a stack file's values with settings in their place; a key that is set to its default is left out.
func wantedValues(file, settings map[string]string) map[string]string {
	goal := maps.Clone(file)
	defaults := config.Defaults()
	for key, text := range settings {
		goal[key] = valueOf(text)
		if byDefault, ok := defaults[key]; ok && goal[key] == byDefault {
			delete(goal, key)
		}
	}
	return goal
}

// setItems sets a list or an object item by item: a list behind -c would be saved as text.
func setItems(name, value string) []string {
	var list []string
	var object map[string]string
	if err := json.Unmarshal([]byte(value), &list); err != nil {
		if err := json.Unmarshal([]byte(value), &object); err != nil {
			return nil // config has refused it
		}
	}
	var commands []string
	add := func(path, item string) {
		words := []string{"--path", path, item}
		if _, err := strconv.Atoi(item); err == nil || item == "true" || item == "false" {
			words = slices.Insert(words, 0, "--type", "string")
		}
		commands = append(commands, line("pulumi config set", words))
	}
	for i, item := range list {
		add(fmt.Sprintf("%s[%d]", name, i), item)
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		add(fmt.Sprintf("%s[%q]", name, key), object[key])
	}
	return commands
}

// plain is a word that no shell changes.
var plain = regexp.MustCompile(`^[\w@%+=:,./-]+$`)

// Quoted is a word as sh and PowerShell read it.
func Quoted(word string) string {
	if plain.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func line(command string, words []string) string {
	for _, word := range words {
		command += " " + Quoted(word)
	}
	return command
}
