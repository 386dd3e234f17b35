package migrate

import (
	"errors"
	"maps"
	"slices"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
	"aks-egress/egress/matrix"
	"aks-egress/internal/config"
)

// Report is what a migration came to.
type Report struct {
	Before     View         `json:"before"`
	After      View         `json:"after"`
	AllowLists AllowLists   `json:"allowLists"`
	Flows      []FlowChange `json:"flows"`
	Released   []string     `json:"released"` // addresses that left the network with the old way out
	Left       []string     `json:"left"`     // addresses that traffic left by before, still there and not used for it
}

// FlowChange is one destination, before and after.
type FlowChange struct {
	Class       string    `json:"class"`
	Destination string    `json:"destination"`
	Before      Side      `json:"before"`
	After       Side      `json:"after"`
	Effect      Effect    `json:"effect"`
	flow        flowShape // of the destination
}

// Side is what becomes of a flow.
type Side struct {
	Verdict   matrix.Verdict `json:"verdict"`
	Path      string         `json:"path"`
	SourceIPs []string       `json:"sourceIps"` // as the far end sees them
	BlockedBy string         `json:"blockedBy,omitempty"`
	OpenedBy  string         `json:"openedBy,omitempty"` // entry of `allow`

	public bool // the far end sees a public address
}

// flowShape tells hosts from addresses.
type flowShape struct{ host string }

// Effect is what a migration does to a flow.
type Effect string

// The effects.
const (
	Same    Effect = "same"    // for the far end nothing has changed
	Source  Effect = "source"  // it arrives from other addresses
	Blocked Effect = "blocked" // it arrived before, and does not any more
	Opened  Effect = "opened"  // it did not arrive before
	Unsure  Effect = "unsure"  // the model cannot tell one side
)

// ClassNamed is the class of the destinations that the user names.
const ClassNamed = "Named with --to"

// Subject is what two snapshots are asked about.
type Subject struct {
	Was    *config.Config       // of the stack file, may be nil
	Wanted *config.Config       // of the stack in the end
	Named  []matrix.Destination // what workloads reach besides, as the user says
}

// Named are the destinations that an entry of `allow` stands for. The error is a rule.
func Named(entry, region string) ([]matrix.Destination, error) {
	found, err := endpoints.Parse(entry, region)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	list := make([]matrix.Destination, len(found))
	for i, e := range found {
		list[i] = matrix.Destination{Class: ClassNamed, Endpoint: e.Concrete(), Entry: entry}
	}
	return list, nil
}

// Compare asks the same questions before and after.
func Compare(before, after Snapshot, s Subject) Report {
	r := Report{Before: before.View(s.Wanted), After: after.View(s.Wanted), Released: []string{}, Left: []string{}}
	list := s.destinations(before.Network, after.Network)
	r.Flows = changes(before.Network, after.Network, list)
	was, is := addresses(r.Before, r.Flows, false), addresses(r.After, r.Flows, true)
	r.AllowLists = AllowLists{Remove: without(was, is), Add: without(is, was)}
	r.AllowLists.Tell = s.audiences(&r, after.Network)
	for _, address := range r.AllowLists.Remove {
		if after.holds(address) {
			r.Left = append(r.Left, address)
		} else {
			r.Released = append(r.Released, address)
		}
	}
	return r
}

// destinations are those of every class, the stack's own, and the user's.
func (s Subject) destinations(networks ...*egress.Network) []matrix.Destination {
	var own matrix.Own
	for _, n := range networks {
		own.Add(matrix.OwnOf(n))
	}
	for _, c := range []*config.Config{s.Was, s.Wanted} {
		if c == nil {
			continue
		}
		own.Allowed = append(own.Allowed, c.Allow...)
		if target, err := endpoints.FromURL(c.ProbeTarget, ""); err == nil {
			own.Targets = append(own.Targets, target)
		}
	}
	return append(matrix.Destinations(s.Wanted.Location, own), s.Named...)
}

// changes asks both networks. A network without cluster is asked nothing.
func changes(before, after *egress.Network, list []matrix.Destination) []FlowChange {
	found := []FlowChange{}
	if len(before.Clusters) == 0 || len(after.Clusters) == 0 {
		return found
	}
	rows := matrix.Shown([][]matrix.Row{rowsOf(before, list), rowsOf(after, list)})
	for i := range rows[0] {
		was, is := &rows[0][i], &rows[1][i]
		c := FlowChange{
			Class: is.Class, Destination: is.Destination, Before: side(was), After: side(is), flow: flowShape{is.Flow.Host},
		}
		c.Effect = effect(c.Before, c.After)
		found = append(found, c)
	}
	return found
}

func rowsOf(n *egress.Network, list []matrix.Destination) []matrix.Row {
	return matrix.Rows(n, matrix.Start{From: n.Clusters[0].ID, Pod: true}, list)
}

func side(row *matrix.Row) Side {
	return Side{
		Verdict: row.Verdict, Path: row.Path, SourceIPs: row.SourceIPs, BlockedBy: row.BlockedBy, OpenedBy: row.OpenedBy,
		public: row.Disposition == egress.ExitsInternet,
	}
}

func effect(before, after Side) Effect {
	arrived, arrives := before.Verdict == matrix.Allowed, after.Verdict == matrix.Allowed
	switch {
	case before.Verdict == matrix.Unknown || after.Verdict == matrix.Unknown:
		return Unsure
	case arrived && !arrives:
		return Blocked
	case arrives && !arrived:
		return Opened
	case arrives && (before.public || after.public) && !slices.Equal(before.SourceIPs, after.SourceIPs):
		return Source
	}
	return Same
}

// addresses are the public addresses by which traffic leaves, to any destination; sorted.
func addresses(v View, flows []FlowChange, after bool) []string {
	set := map[string]bool{}
	for _, address := range v.SourceIPs {
		set[address] = true
	}
	for i := range flows {
		s := &flows[i].Before
		if after {
			s = &flows[i].After
		}
		for _, address := range s.SourceIPs {
			if s.public {
				set[address] = true
			}
		}
	}
	return slices.SortedFunc(maps.Keys(set), egress.CompareAddresses)
}

// without are the elements of a list that another does not have; never nil.
func without(list, other []string) []string {
	left := []string{}
	for _, text := range list {
		if !slices.Contains(other, text) {
			left = append(left, text)
		}
	}
	return left
}
