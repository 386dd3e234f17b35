package azuresim

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// operation is one request to the simulated Azure: what it reads and writes. Writes become visible to others and
// durable together, when the request succeeds; a refused request changes nothing.
//
// Ids are compared without case. Records that it returns are copies: a change counts after put.
type operation struct {
	cloud     *Cloud
	id        string                 // of the resource that the request is about
	seed      string                 // stands for id in address keys, so that addresses do not depend on random names
	changed   map[string]*Record     // by lower-case id; nil: removed
	addresses map[string]*allocation // by key; nil: released
}

// get is the resource with this id.
func (op *operation) get(id string) (*Record, bool) {
	r, ok := op.lookup(strings.ToLower(id))
	if !ok {
		return nil, false
	}
	return r.clone(), true
}

// lookup is get without a copy.
func (op *operation) lookup(key string) (*Record, bool) {
	if r, ok := op.changed[key]; ok {
		return r, r != nil
	}
	r, ok := op.cloud.records[key]
	return r, ok
}

// put writes a resource, whether it exists or not.
func (op *operation) put(r *Record) { op.changed[strings.ToLower(r.ID)] = r.clone() }

// remove removes a resource, but nothing below it, and releases the addresses allocated for its id.
func (op *operation) remove(id string) {
	op.changed[strings.ToLower(id)] = nil
	op.release(id)
}

// list is every resource of a type (token without API version), sorted by id.
func (op *operation) list(token string) []*Record {
	return op.filter(func(_ string, r *Record) bool { return unversioned(r.Token) == token })
}

// within is every resource whose id lies below prefix, sorted by id.
func (op *operation) within(prefix string) []*Record {
	prefix = strings.ToLower(strings.TrimSuffix(prefix, "/")) + "/"
	return op.filter(func(id string, _ *Record) bool { return strings.HasPrefix(id, prefix) })
}

// filter is every resource that f accepts, sorted by id; f gets the lower-case id and a record that it must not change.
func (op *operation) filter(f func(id string, r *Record) bool) []*Record {
	var found []*Record
	for id, r := range op.cloud.records {
		if _, ok := op.changed[id]; !ok && f(id, r) {
			found = append(found, r.clone())
		}
	}
	for id, r := range op.changed {
		if r != nil && f(id, r) {
			found = append(found, r.clone())
		}
	}
	slices.SortFunc(found, func(a, b *Record) int {
		return cmp.Compare(strings.ToLower(a.ID), strings.ToLower(b.ID))
	})
	return found
}

// delete deletes a resource as ARM does: its kind may refuse, and what lies below it goes with it.
func (op *operation) delete(r *Record) error {
	if k, ok := kinds[unversioned(r.Token)]; ok && k.remove != nil {
		if err := k.remove(op, r); err != nil {
			return err
		}
	}
	for _, child := range op.within(r.ID) {
		op.remove(child.ID)
	}
	op.remove(r.ID)
	return nil
}

// show is the record with what Azure computes from other resources, such as a virtual network's subnets.
func (op *operation) show(r *Record) *Record {
	shown := r.clone()
	if shown.Outputs == nil {
		shown.Outputs = map[string]any{}
	}
	if k, ok := kinds[unversioned(r.Token)]; ok && k.show != nil {
		k.show(op, shown)
	}
	return shown
}

// clone copies the record and everything in it.
func (r *Record) clone() *Record {
	c := *r
	c.Inputs, c.Outputs = cloneObject(r.Inputs), cloneObject(r.Outputs)
	return &c
}

func cloneObject(m map[string]any) map[string]any {
	c := maps.Clone(m)
	for k, v := range c {
		c[k] = cloneValue(v)
	}
	return c
}

// cloneValue copies a JSON value.
func cloneValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		return cloneObject(v)
	case []any:
		c := slices.Clone(v)
		for i := range c {
			c[i] = cloneValue(c[i])
		}
		return c
	default:
		return v
	}
}

// attempt is a request within the request: if f fails, it has changed nothing.
func (op *operation) attempt(f func() error) error {
	changed, addresses := maps.Clone(op.changed), maps.Clone(op.addresses)
	err := f()
	if err != nil {
		op.changed, op.addresses = changed, addresses
	}
	return err
}
