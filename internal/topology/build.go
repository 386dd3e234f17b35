package topology

import (
	"errors"
	"fmt"
	"strings"

	"aks-egress/egress"
)

// Build makes the network of resources, of one state or of several together. Tokens come with or without API version,
// children inline or standalone (standalone wins), ids in any case. A resource that one state manages and others only
// read is taken from the one that manages it. The second result holds what is unknown, each with its reason and without
// its properties; doc.go says what that is. The network does not depend on the order of the resources. Errors name
// resource and property; all are reported.
func Build(resources []Resource) (*egress.Network, []Resource, error) {
	b := &builder{
		network: &egress.Network{}, index: map[string]int{}, hidden: map[string]string{}, ipGroups: map[string][]string{},
	}
	known := b.choose(resources)
	for _, k := range known {
		b.hide(k)
	}
	// Parents come before children, pools after clusters.
	for pass := range passes {
		for _, k := range known {
			if k.kind.pass == pass {
				b.add(k)
			}
		}
	}
	b.kubernetes(resources)
	if err := errors.Join(b.errs...); err != nil {
		return nil, nil, err
	}
	b.sort()
	b.settlePeerings()
	b.linkClusters()
	return b.network, b.unknown, nil
}

type builder struct {
	network  *egress.Network
	index    map[string]int      // collection and lower-case id → place in its slice
	ipGroups map[string][]string // lower-case id → addresses
	hidden   map[string]string   // lower-case id → why the resource cannot be in the network
	pools    []pool
	unknown  []Resource
	errs     []error
}

// candidate is a resource whose type has a place in the network.
type candidate struct {
	Resource
	kind kind
	name string // of the type, as in kinds
}

// choose sorts out the resources of known types, one for each id, and lists the others.
func (b *builder) choose(resources []Resource) []candidate {
	var chosen []candidate
	place := map[string]int{} // by lower-case id
	for _, r := range resources {
		t, ok := splitToken(r.Type)
		if !ok {
			continue
		}
		name := t.module + ":" + t.name
		k, known := kinds[name]
		if !known || t.pkg != azureNative {
			if foreign(t) && !isGatewayIngress(t, r.Properties) {
				b.leave(r, "its type is not modelled")
			}
			continue
		}
		if r.ID == "" {
			b.errs = append(b.errs, fmt.Errorf("%s has no id", at(r, r.Type)))
			continue
		}
		id := strings.ToLower(r.ID)
		i, taken := place[id]
		if !taken {
			place[id] = len(chosen)
			chosen = append(chosen, candidate{r, k, name})
			continue
		}
		if b.better(r, chosen[i].Resource) {
			chosen[i] = candidate{r, k, name}
		}
	}
	return chosen
}

// better says whether r is to be used rather than the other resource of the same id: a managed one, else the one from
// the source that sorts first. Two managed ones are an error.
func (b *builder) better(r, other Resource) bool {
	if !r.External && !other.External {
		b.errs = append(b.errs, twice(r, other))
		return false
	}
	if r.External != other.External {
		return other.External
	}
	return r.Source+" "+r.URN < other.Source+" "+other.URN
}

func twice(r, other Resource) error {
	first, second := min(r.Source, other.Source), max(r.Source, other.Source)
	switch {
	case first == "" && second == "":
		return fmt.Errorf("%s: two resources have this id", r.ID)
	case first == second:
		return fmt.Errorf("%s: two resources of %s have this id", r.ID, first)
	default:
		return fmt.Errorf("%s: %s and %s both manage the resource of this id: give states of different stacks", r.ID,
			first, second)
	}
}

// at is a name with what it was read from.
func at(r Resource, name string) string {
	if r.Source == "" {
		return name
	}
	return r.Source + ": " + name
}

// hide notes a resource that hides what the network needs, and the parent of a child that does.
func (b *builder) hide(k candidate) {
	reason := hiddenNeed(k)
	if reason == "" {
		return
	}
	id := strings.ToLower(k.ID)
	b.hidden[id] = reason
	if k.kind.pass == children && k.name != ruleCollectionGroupType {
		b.hidden[parentID(id)] = fmt.Sprintf("of %s, %s", lastName(k.ID), reason)
	}
}

// hiddenNeed says which of the properties that the network needs is hidden; empty for none.
func hiddenNeed(k candidate) string {
	if hidden(k.Properties) {
		return allHidden
	}
	p := &properties{values: k.Properties}
	for _, key := range needs[k.name] {
		if hides(p.raw(key)) {
			return key + " is or holds a secret, or is not known yet"
		}
	}
	return ""
}

const allHidden = "all its properties are one secret"

func (b *builder) add(k candidate) {
	id := strings.ToLower(k.ID)
	if reason := b.hidden[id]; reason != "" {
		if k.name == ruleCollectionGroupType {
			b.absentGroup(k.ID)
		}
		b.leave(k.Resource, reason)
		return
	}
	p := &properties{values: k.Properties, at: at(k.Resource, k.ID), errs: &b.errs}
	if !k.kind.add(b, k.ID, p) {
		b.leave(k.Resource, "its parent is not in the network")
	}
}

// leave lists a resource as unknown. Its properties are not shown, because they may hold secrets.
func (b *builder) leave(r Resource, reason string) {
	r.Properties, r.Reason = nil, reason
	b.unknown = append(b.unknown, r)
}

// put appends an item of a collection, or lets it replace the one of the same id: a standalone child wins over its
// parent's inline copy. Children go by parent and name, whatever id the parent's copy says.
func put[T any](b *builder, items []T, collection, id string, item T) []T {
	key := collection + " " + strings.ToLower(id)
	if i, ok := b.index[key]; ok {
		items[i] = item
		return items
	}
	b.index[key] = len(items)
	return append(items, item)
}

// find is the item that was put with an id, or nil.
func find[T any](b *builder, items []T, collection, id string) *T {
	if i, ok := b.index[collection+" "+strings.ToLower(id)]; ok {
		return &items[i]
	}
	return nil
}
