package azuresim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"sync"

	"aks-egress/internal/faults"
	"aks-egress/internal/store"
)

// SubscriptionID is the one subscription of the simulated Azure.
const SubscriptionID = "00000000-0000-0000-0000-000000000001"

// TenantID is its Entra ID tenant.
const TenantID = "00000000-0000-0000-0000-0000000000aa"

// collection holds records by lower-case id and, below addressKey, allocated public addresses.
const collection = "azure"

// Cloud is the simulated Azure subscription. It is safe for concurrent use: requests run one after another, each
// whole or not at all, and what a request changed is in the store before it is answered. What a long-running operation
// changes is there from its beginning; until its end the resource says Updating and its scope refuses other writes.
type Cloud struct {
	mutex     sync.Mutex
	db        *store.DB
	records   map[string]*Record    // by lower-case id
	addresses map[string]allocation // by key

	clock      clock
	operations operations
	faults     *faults.Injector // nil: none
	operator   netip.Addr
}

// Open reads the cloud that the store holds.
func Open(db *store.DB) (*Cloud, error) {
	c := &Cloud{
		db: db, records: map[string]*Record{}, addresses: map[string]allocation{},
		clock: newClock(), operations: operations{}, operator: DefaultOperator,
	}
	err := db.Each(collection, func(key string, text json.RawMessage) error {
		if name, ok := strings.CutPrefix(key, addressKey); ok {
			var a allocation
			if err := json.Unmarshal(text, &a); err != nil {
				return fmt.Errorf("azure address %s: %w", name, err)
			}
			c.addresses[name] = a
			return nil
		}
		r := &Record{}
		if err := json.Unmarshal(text, r); err != nil {
			return fmt.Errorf("azure resource %s: %w", key, err)
		}
		c.records[key] = r
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// SetOperator says from which address Pulumi and kubectl ask the clusters, from the next request on: a public one, or
// one in a subnet of the cloud.
func (c *Cloud) SetOperator(addr netip.Addr) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.operator = addr
}

// Inject makes faults happen to the requests of the cloud's providers, from the next one on.
func (c *Cloud) Inject(i *faults.Injector) { c.faults = i }

// do runs one request about the resource id. seed stands for id where addresses are chosen, such as the URN; empty: as
// in the request that made the resource.
func (c *Cloud) do(id, seed string, f func(op *operation) error) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	op := c.operation(id, seed)
	err := f(op)
	if err != nil && !isPartial(err) {
		return err
	}
	return cmp.Or(c.commit(op), err)
}

// operation begins a request. The caller holds the mutex.
func (c *Cloud) operation(id, seed string) *operation {
	key := strings.ToLower(id)
	if r, ok := c.records[key]; ok {
		seed = cmp.Or(seed, r.Seed)
	}
	return &operation{
		cloud: c, id: key, seed: seed,
		changed: map[string]*Record{}, addresses: map[string]*allocation{},
	}
}

// commit makes the request's writes durable, then visible.
func (c *Cloud) commit(op *operation) error {
	documents := map[string]any{}
	for id, r := range op.changed {
		documents[id] = nil
		if r != nil {
			documents[id] = r
		}
	}
	for key, a := range op.addresses {
		documents[addressKey+key] = nil
		if a != nil {
			documents[addressKey+key] = a
		}
	}
	if len(documents) == 0 {
		return nil
	}
	if err := c.db.PutAll(collection, documents); err != nil {
		return err
	}
	for id, r := range op.changed {
		delete(c.records, id)
		if r != nil {
			c.records[id] = r
		}
	}
	for key, a := range op.addresses {
		delete(c.addresses, key)
		if a != nil {
			c.addresses[key] = *a
		}
	}
	return nil
}

// Records are all resources with what Azure answers for each, sorted by id.
func (c *Cloud) Records() []Record {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.operation("", "").records()
}

// records are all resources, shown, sorted by id.
func (op *operation) records() []Record {
	all := op.filter(func(string, *Record) bool { return true })
	shown := make([]Record, len(all))
	for i, r := range all {
		shown[i] = *op.show(r)
	}
	return shown
}
