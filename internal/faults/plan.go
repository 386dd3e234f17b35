package faults

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Plan is a list of rules that have a meaning for the given subjects. Each simulated cloud of a run has an [Injector]
// of its own; the plan knows which rules fired in any of them. The nil Plan has no rules.
type Plan struct {
	subjects []Subject
	rules    []Rule

	mutex sync.Mutex
	fired []bool // by rule
}

// NewPlan is a plan without rules. The subjects say what rules can be about.
func NewPlan(subjects []Subject) *Plan { return &Plan{subjects: subjects} }

// Add adds rules in their text form. An error names the rule, and what would be right.
func (p *Plan) Add(texts ...string) error {
	for _, text := range texts {
		r, err := parseRule(text)
		if err == nil {
			err = p.add(r)
		}
		if err != nil {
			return fmt.Errorf("fault %q: %w", text, err)
		}
	}
	return nil
}

// add adds a rule that can fire.
func (p *Plan) add(r Rule) error {
	if !slices.Contains(Operations, r.Operation) {
		return fmt.Errorf("operation %q: must be one of %s", r.Operation, list(Operations))
	}
	if !slices.Contains(Faults, r.Fault) {
		return fmt.Errorf("fault %q: must be one of %s", r.Fault, list(Faults))
	}
	var types, allowed []string
	var found bool
	for _, s := range p.subjects {
		types = append(types, s.Type)
		if !is(s.Type, r.Type) {
			continue
		}
		if s.allows(r.Operation, r.Fault) {
			p.rules, p.fired = append(p.rules, r), append(p.fired, false)
			return nil
		}
		found = true
		for _, o := range Operations {
			if faults := s.Faults[o]; len(faults) > 0 {
				allowed = append(allowed, fmt.Sprintf("%s %s: %s", s.Type, o, list(faults)))
			}
		}
	}
	if !found {
		return fmt.Errorf("type %q: must be one of %s, or the end of one such as network:AzureFirewall, or *",
			r.Type, strings.Join(types, ", "))
	}
	return fmt.Errorf("%s %s: cannot happen here; what can: %s", r.Operation, r.Fault, strings.Join(allowed, "; "))
}

// Idle are the rules that no request has met in any cloud so far, in their text form.
func (p *Plan) Idle() []string {
	if p == nil {
		return nil
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var idle []string
	for i, r := range p.rules {
		if !p.fired[i] {
			idle = append(idle, r.String())
		}
	}
	return idle
}

func list[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, one := range all {
		words[i] = string(one)
	}
	return strings.Join(words, ", ")
}
