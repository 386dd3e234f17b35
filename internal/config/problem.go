package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Problem is one thing that is wrong in the configuration.
type Problem struct {
	Key   string // as in the config file, without the project's namespace
	Value string // as in the config file; empty when the rule is about the key alone
	Rule  string // what does not hold, and the way out; completes "KEY VALUE …"
}

// Error is one line: "config: idleTimeoutMinutes 300 is outside 4-120".
func (p Problem) Error() string {
	text := "config: " + p.Key
	if p.Value != "" {
		text += " " + p.Value
	}
	if strings.HasPrefix(p.Rule, ":") {
		return text + p.Rule
	}
	return text + " " + p.Rule
}

// Problems is everything that is wrong, sorted by key; one line each.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the single problems to errors.As.
func (p Problems) Unwrap() []error {
	list := make([]error, len(p))
	for i, problem := range p {
		list[i] = problem
	}
	return list
}

func (p Problems) sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int { return cmp.Compare(a.Key, b.Key) })
	return p
}

// show is a value as it stands in a message: bare where that is readable.
func show(value string) string {
	odd := func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }
	if value == "" || strings.IndexFunc(value, odd) >= 0 {
		return strconv.Quote(value)
	}
	return value
}

// orList is "a, b or c".
func orList[T ~string](words []T) string {
	text := make([]string, len(words))
	for i, word := range words {
		text[i] = show(string(word))
	}
	if len(text) < 2 {
		return strings.Join(text, "")
	}
	last := len(text) - 1
	return strings.Join(text[:last], ", ") + " or " + text[last]
}

// plural is "1 node" or "3 nodes".
func plural(n int, noun string) string {
	if n == 1 {
		return fmt.Sprintf("1 %s", noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
