package report

import (
	"slices"

	"aks-egress/internal/migrate"
)

// Change is what becomes of a stack's traffic between two revisions.
type Change struct {
	Status   Status   `json:"status"`
	Headline string   `json:"headline"`           // the sentence a reviewer needs
	Details  []string `json:"details"`            // what is behind it, one sentence each; never nil
	Problems []string `json:"problems,omitempty"` // what kept one side from being told
	Kinds    []Kind   `json:"kinds"`              // what it is a case of, for gates; sorted, never nil

	Flows     []migrate.FlowChange `json:"flows"`     // those whose effect is not "same"
	Resources map[string]string    `json:"resources"` // what the update does, by Pulumi's "NAME TYPE"; without "same"
	CostUSD   float64              `json:"costUsd"`   // a month more, or less
	Ports     int                  `json:"snatPorts"` // more, or fewer
}

// Status is which sides of a change there are.
type Status string

// The statuses.
const (
	Unchanged Status = "unchanged"
	Changed   Status = "changed"
	Added     Status = "added"   // the base has no such stack
	Removed   Status = "removed" // only the base has it
	Unclear   Status = "unclear" // one side has an error: Change.Problems
)

// Kind is a kind of change, the word of --fail-on.
type Kind string

// The kinds.
const (
	Blocked     Kind = "blocked"     // what arrived does not any more
	Opened      Kind = "opened"      // what did not arrive does now
	IPChange    Kind = "ip-change"   // traffic leaves by other addresses
	SNATLess    Kind = "snat"        // fewer source ports
	CostMore    Kind = "cost"        // it costs more
	NewFinding  Kind = "finding"     // the doctor has an error that it had not
	Ingress     Kind = "ingress"     // clients find another address, do not get in any more, or did not before
	Replacement Kind = "replacement" // the cluster or an address of egress is replaced
	Refused     Kind = "refused"     // the deployed stack does not take the update: the guard, or Azure, refuses it
)

// Kinds are all kinds, in the order in which they matter to a reviewer.
func Kinds() []Kind {
	return []Kind{Refused, Blocked, IPChange, Replacement, Ingress, NewFinding, SNATLess, Opened, CostMore}
}

// Gate is a kind of --fail-on that was met.
type Gate struct {
	Kind   Kind     `json:"kind"` // or AnyChange
	Stacks []string `json:"stacks"`
}

// AnyChange is the word of --fail-on for whatever changes.
const AnyChange Kind = "any"

// Gates are those of some kinds that the changes of stacks meet, in the order of Kinds.
func Gates(stacks []Stack, kinds []Kind) []Gate {
	var met []Gate
	for _, kind := range append(Kinds(), AnyChange) {
		if !slices.Contains(kinds, kind) {
			continue
		}
		g := Gate{Kind: kind}
		for i := range stacks {
			c := stacks[i].Change
			if c != nil && (slices.Contains(c.Kinds, kind) || kind == AnyChange && c.Status != Unchanged) {
				g.Stacks = append(g.Stacks, stacks[i].Name)
			}
		}
		if len(g.Stacks) > 0 {
			met = append(met, g)
		}
	}
	return met
}
