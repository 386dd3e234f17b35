package migrate

import (
	"slices"

	"aks-egress/egress/endpoints"
	"aks-egress/egress/matrix"
)

// Group are the destinations of one class to which the same has happened for the same reason.
type Group struct {
	Class        string
	Destinations []string
	Why          string // what blocks it, or the entry of `allow` that opens it
}

// Groups are the flows with an effect: first those that the stack or the user names, then what stands for others.
func Groups(flows []FlowChange, effect Effect) []Group {
	var groups []Group
	for _, f := range flows {
		if f.Effect != effect {
			continue
		}
		why := f.why()
		i := slices.IndexFunc(groups, func(g Group) bool { return g.Class == f.Class && g.Why == why })
		if i < 0 {
			groups = append(groups, Group{Class: f.Class, Why: why})
			i = len(groups) - 1
		}
		groups[i].Destinations = append(groups[i].Destinations, f.Destination)
	}
	named := []string{ClassNamed, matrix.ClassRegistry, matrix.ClassTarget, matrix.ClassOwn}
	slices.SortStableFunc(groups, func(a, b Group) int { return rank(named, a.Class) - rank(named, b.Class) })
	return groups
}

func rank(order []string, word string) int {
	if i := slices.Index(order, word); i >= 0 {
		return i
	}
	return len(order)
}

// why says what opens a blocked flow, else what blocks it. An example's name gives way to the place for a name.
func (f FlowChange) why() string {
	if f.After.OpenedBy == "" {
		return f.After.BlockedBy
	}
	for _, class := range endpoints.Classes() {
		if class.Example != "" && f.After.OpenedBy == class.Entry(class.Example) {
			return "to open: allow " + class.Preset
		}
	}
	return "to open: allow " + f.After.OpenedBy
}
