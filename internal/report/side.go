package report

import (
	"fmt"
	"slices"
	"strings"
)

// Side is a stack at one of two revisions.
type Side struct {
	Input
	Stack Stack // Build(Input)
}

// NewSide is the side that an input is.
func NewSide(in Input) *Side { return &Side{Input: in, Stack: Build(in)} }

// deploys says whether there is a network to compare.
func (s *Side) deploys() bool { return s.Network != nil && len(s.Network.Clusters) > 0 }

// Update is how the deployed stack of the base came to be that of the head.
type Update struct {
	Steps   []Step
	Refused []string // why the deployed stack does not take the update; empty: it does
	Apart   string   // why both were deployed from nothing, a sentence; empty: one was updated to the other
}

// Step is what the update does with a resource.
type Step struct {
	Type string // token without API version
	Name string // Pulumi's
	Op   string // Pulumi's word
}

// untold are the engine's words for what changes nothing.
var untold = []string{"same", "read", "refresh", "discard", "read-discard", ""}

// StepOf reads a step of the engine. It is false for what changes nothing, and for what is no resource of a cloud.
func StepOf(urn, op string) (Step, bool) {
	// urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME
	parts := strings.SplitN(urn, "::", 4)
	if len(parts) < 4 || slices.Contains(untold, op) {
		return Step{}, false
	}
	types := strings.Split(parts[2], "$")
	token := strings.Split(types[len(types)-1], ":")
	if len(token) != 3 || token[0] != "kubernetes" && !strings.HasPrefix(token[0], "azure-native") {
		return Step{}, false
	}
	if token[0] != "kubernetes" { // whose API versions are names of their own
		token[0] = "azure-native"
		token[1], _, _ = strings.Cut(token[1], "/")
	}
	if strings.Contains(op, "replace") { // create-replacement, replace, delete-replaced
		op = opReplace
	}
	return Step{Type: strings.Join(token, ":"), Name: parts[3], Op: op}, true
}

// The engine's words for what a reviewer looks for.
const (
	opReplace = "replace"
	opDelete  = "delete"
)

// resources are the steps for readers.
func (u *Update) resources() map[string]string {
	steps := map[string]string{}
	for _, s := range u.Steps {
		steps[s.Name+" "+s.Type] = s.Op
	}
	return steps
}

// counts is how many resources an update changes, such as "1 created, 2 updated"; empty: none.
func (u *Update) counts() string {
	counts := map[string]int{}
	for _, s := range u.Steps {
		counts[s.Op]++
	}
	var words []string
	for _, op := range []struct{ op, word string }{
		{"create", "created"}, {"update", "updated"}, {opReplace, "replaced"}, {opDelete, "deleted"},
	} {
		if counts[op.op] > 0 {
			words = append(words, fmt.Sprintf("%d %s", counts[op.op], op.word))
		}
	}
	return strings.Join(words, ", ")
}
