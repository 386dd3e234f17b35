package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"aks-egress/internal/store"
)

const journalCollection = "operations"

// The operations that a journal knows.
const (
	createOperation = "create"
	deleteOperation = "delete"
	adoptOperation  = "adopt"
)

// entry is one create or delete that a provider was asked for. It is written before it is tried, and again when it
// succeeded. So the entries say, after a kill, what the engine's state may not know. An adoption is written by a
// recovery, before the state gets the resource: until its outputs are read, a killed recovery is not finished.
type entry struct {
	Operation string         `json:"operation"`
	URN       string         `json:"urn"`
	Type      string         `json:"type"`
	ID        string         `json:"id,omitempty"`       // empty: a create that was not answered
	Answered  bool           `json:"answered,omitempty"` // false: it may have happened or not
	Inputs    map[string]any `json:"inputs,omitempty"`   // of a create, plain; of an adoption, as in the state
}

// journal keeps the entries of one run on disk.
type journal struct{ db *store.DB }

func openJournal(path string) (*journal, error) {
	db, err := store.Open(path)
	if err != nil {
		return nil, folderError(err)
	}
	return &journal{db}, nil
}

func (j *journal) close() error { return j.db.Close() }

func (j *journal) entries() (map[string]entry, error) {
	entries := map[string]entry{}
	err := j.db.Each(journalCollection, func(key string, text json.RawMessage) error {
		var e entry
		if err := json.Unmarshal(text, &e); err != nil {
			return fmt.Errorf("journal %s: %w", key, err)
		}
		entries[key] = e
		return nil
	})
	return entries, err
}

// recordAdoptions writes which resources a recovery adds to the state.
func (j *journal) recordAdoptions(adopted []apitype.ResourceV3) error {
	if len(adopted) == 0 {
		return nil
	}
	records := map[string]any{}
	for _, r := range adopted {
		records[adoptOperation+" "+answerKey(r.URN, r.ID)] = entry{
			Operation: adoptOperation, URN: string(r.URN), Type: string(r.Type), ID: string(r.ID), Inputs: r.Inputs,
		}
	}
	return j.db.PutAll(journalCollection, records)
}

// clear removes all entries.
func (j *journal) clear() error {
	entries, err := j.entries()
	if err != nil || len(entries) == 0 {
		return err
	}
	nothing := map[string]any{}
	for key := range entries {
		nothing[key] = nil
	}
	return j.db.PutAll(journalCollection, nothing)
}

// journaled is a provider whose creates and deletes are written to a journal.
type journaled struct {
	plugin.Provider
	journal *journal
}

// Create writes the intent, creates, and writes the answer.
func (p *journaled) Create(ctx context.Context, request plugin.CreateRequest) (plugin.CreateResponse, error) {
	if request.Preview {
		return p.Provider.Create(ctx, request)
	}
	// The key of an unanswered create is its URN: a create whose ID is not known yet.
	intent := entry{
		Operation: createOperation, URN: string(request.URN), Type: string(request.Type),
		Inputs: plainInputs(request.Properties),
	}
	key := string(request.URN)
	if err := p.journal.db.Put(journalCollection, key, intent); err != nil {
		return plugin.CreateResponse{Status: resource.StatusOK}, err
	}
	response, err := p.Provider.Create(ctx, request)
	if response.ID == "" && unanswered(err) {
		return response, err // the intent stays
	}
	changes := map[string]any{key: nil}
	if response.ID != "" { // also when err says that it exists but did not become ready
		answered := intent
		answered.ID, answered.Answered = string(response.ID), true
		changes[answerKey(request.URN, response.ID)] = answered
	}
	if putErr := p.journal.db.PutAll(journalCollection, changes); putErr != nil && err == nil {
		err = putErr
	}
	return response, err
}

// unanswered tells whether an error says nothing about what the cloud did: the provider went away, or did not wait for
// the answer.
func unanswered(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
		status.Code(err) == codes.Unavailable
}

// Delete writes the intent, deletes, and writes the answer.
func (p *journaled) Delete(ctx context.Context, request plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	key := answerKey(request.URN, request.ID)
	e := entry{Operation: deleteOperation, URN: string(request.URN), Type: string(request.Type), ID: string(request.ID)}
	if err := p.journal.db.Put(journalCollection, key, e); err != nil {
		return plugin.DeleteResponse{}, err
	}
	response, err := p.Provider.Delete(ctx, request)
	if err != nil {
		// Still there, as far as the provider knows: the state has it, and the engine will try again.
		return response, errors.Join(err, p.journal.db.Put(journalCollection, key, nil))
	}
	e.Answered = true
	return response, p.journal.db.Put(journalCollection, key, e)
}

func answerKey(urn resource.URN, id resource.ID) string { return string(urn) + " " + string(id) }

// plainInputs is a property map as plain JSON values, with secrets opened: it stays beside the simulated cloud, which
// has the same values.
func plainInputs(properties resource.PropertyMap) map[string]any {
	var open func(v resource.PropertyValue) (any, bool)
	open = func(v resource.PropertyValue) (any, bool) {
		if v.IsSecret() {
			return v.SecretValue().Element.MapRepl(nil, open), true
		}
		return nil, false
	}
	return properties.MapRepl(nil, open)
}
