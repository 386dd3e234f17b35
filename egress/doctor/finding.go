package doctor

import (
	"cmp"
	"slices"
)

// Severity says how much a finding matters.
type Severity string

// The severities, the worst first.
const (
	Error   Severity = "error"   // something does not work, or Azure would refuse it
	Warning Severity = "warning" // it works, and not as meant; or it will stop working
	Info    Severity = "info"    // worth knowing
)

// Severities are all severities, the worst first.
func Severities() []Severity { return []Severity{Error, Warning, Info} }

// Finding is one thing that is wrong. Its JSON form is the contract of `lab doctor --json`: keys are only ever added.
type Finding struct {
	ID       string   `json:"id"` // of the Check
	Severity Severity `json:"severity"`
	Resource string   `json:"resource"` // ARM id of what to change
	Message  string   `json:"message"`  // one sentence with the values found
	Rule     string   `json:"rule"`     // what must hold
	Why      string   `json:"why"`
	Fix      string   `json:"fix"`
	Source   string   `json:"source,omitempty"` // of the rule, as docs/reference/azure-facts.md abbreviates it
}

// Name is the resource as a sentence names it: the names in its ARM id.
func (f Finding) Name() string { return short(f.Resource) }

// sortFindings sorts by severity, resource, id and message, and removes doubles.
func sortFindings(list []Finding) []Finding {
	rank := func(f Finding) int { return slices.Index(Severities(), f.Severity) }
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.ID, b.ID),
			cmp.Compare(a.Message, b.Message), cmp.Compare(a.Fix, b.Fix),
		)
	})
	return slices.Compact(list)
}
