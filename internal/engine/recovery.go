package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// A killed run leaves a state that is behind the cloud: operations that the engine had begun and not finished, and
// resources that the cloud made or deleted without the engine hearing of it. So does a run whose provider died, or gave
// up waiting, before it had a response. Pulumi itself can only ask its user, who has to use `pulumi import`. Here
// the journal of the providers says what happened, so the state is brought up to the cloud before the next operation:
// created resources are adopted (and read back from the cloud), deleted ones are removed, the rest is cleared.
//
// The recovery itself can be killed, at each of its steps and any number of times. So what it adopts is in the journal
// before it is in the state, each step can be repeated, and the journal is cleared when all is done:
//
//	record adoptions → import them without outputs → refresh them → put the program's inputs back → clear

// recovery is what has to be done to a state.
type recovery struct {
	adopt   []entry               // exist in the cloud, unknown to the state; with ID
	forget  []entry               // deleted in the cloud, still in the state
	pending []apitype.OperationV2 // operations that the engine had begun
}

func (r recovery) empty() bool { return len(r.adopt)+len(r.forget)+len(r.pending) == 0 }

// recoverer does the steps of a recovery.
type recoverer struct {
	state   stateKeeper
	journal operationLog
	cloud   func() ([]CloudResource, error)
	report  func(recovery) // says what will be done
	copy    func() error   // keeps a copy of the state, which is up to the cloud
}

// stateKeeper keeps the state of a stack. Each import is whole or not at all; a refresh may end in the middle.
type stateKeeper interface {
	read() (*apitype.DeploymentV3, error) // nil: there is none
	write(ctx context.Context, state *apitype.DeploymentV3) error
	refresh(ctx context.Context, urns []string) error
}

// operationLog is the journal. Each change of it is whole or not at all.
type operationLog interface {
	entries() (map[string]entry, error)
	recordAdoptions(adopted []apitype.ResourceV3) error
	clear() error
}

// recover brings the state up to the cloud after a killed run and clears the journal.
func (s *Stack) recover(ctx context.Context) error {
	r := recoverer{
		state: stackState{s}, journal: s.journal, cloud: s.cloud.Resources, report: s.reportRecovery, copy: s.copyState,
	}
	if err := r.run(ctx); err != nil {
		return fmt.Errorf("stack %s: repairing the state after an interrupted run: %w", s.name, err)
	}
	return nil
}

func (r recoverer) run(ctx context.Context) error {
	state, err := r.state.read()
	if err != nil || state == nil {
		return err
	}
	entries, err := r.journal.entries()
	if err != nil {
		return err
	}
	cloud, err := r.cloud()
	if err != nil {
		return err
	}
	if plan := planRecovery(state, entries, cloud); !plan.empty() {
		r.report(plan)
		if err := r.journal.recordAdoptions(plan.apply(state)); err != nil {
			return err
		}
		if err := r.state.write(ctx, state); err != nil {
			return err
		}
	}
	if err := r.readBack(ctx); err != nil {
		return err
	}
	if err := r.copy(); err != nil {
		return err
	}
	return r.journal.clear()
}

// readBack gives the adopted resources, which have an id and inputs only, their outputs from the cloud. A refresh also
// takes the cloud's defaults for changed inputs, so the inputs that the program gave are put back.
func (r recoverer) readBack(ctx context.Context) error {
	state, err := r.state.read()
	if err != nil {
		return err
	}
	entries, err := r.journal.entries()
	if err != nil {
		return err
	}
	var adopted []entry
	var urns []string
	for _, key := range sortedKeys(entries) {
		if e := entries[key]; e.Operation == adoptOperation && findResource(state, e.URN, e.ID) != nil {
			adopted, urns = append(adopted, e), append(urns, e.URN)
		}
	}
	if len(adopted) == 0 {
		return nil
	}
	if err := r.state.refresh(ctx, urns); err != nil {
		return err
	}
	if state, err = r.state.read(); err != nil {
		return err
	}
	for _, e := range adopted {
		if live := findResource(state, e.URN, e.ID); live != nil {
			live.Inputs = e.Inputs
		}
	}
	return r.state.write(ctx, state)
}

// stackState keeps a stack's state by the Pulumi CLI.
type stackState struct{ *Stack }

func (s stackState) read() (*apitype.DeploymentV3, error) { return readState(s.stateFile()) }

func (s stackState) write(ctx context.Context, state *apitype.DeploymentV3) error {
	text, err := json.Marshal(state)
	if err != nil {
		return err
	}
	return s.auto.Import(ctx, apitype.UntypedDeployment{Version: apitype.DeploymentSchemaVersionCurrent, Deployment: text})
}

func (s stackState) refresh(ctx context.Context, urns []string) error {
	_, err := s.auto.Refresh(ctx, optrefresh.Target(urns))
	return err
}

func (s *Stack) reportRecovery(plan recovery) {
	s.options.Progress.Line("stack %s: the last run was interrupted; repairing its state:", s.name)
	reported := map[string]bool{}
	report := func(urn, what string) {
		reported[urn] = true
		s.options.Progress.Line("  %s: %s", resourceName(urn), what)
	}
	for _, e := range plan.adopt {
		report(e.URN, "was created: adopted into the state")
	}
	for _, e := range plan.forget {
		report(e.URN, "was deleted: removed from the state")
	}
	for _, operation := range plan.pending {
		if urn := string(operation.Resource.URN); !reported[urn] {
			report(urn, string(operation.Type)+" was not finished: will be tried again")
		}
	}
}

// planRecovery compares what the providers did with what the state knows.
func planRecovery(state *apitype.DeploymentV3, entries map[string]entry, cloud []CloudResource) recovery {
	plan := recovery{pending: state.PendingOperations}
	var unanswered []entry
	for _, key := range sortedKeys(entries) {
		e := entries[key]
		switch e.Operation {
		case deleteOperation:
			// A resource pending replacement is deleted in the cloud and in the state on purpose.
			r := findResource(state, e.URN, e.ID)
			if r != nil && !r.PendingReplacement && (e.Answered || !exists(cloud, e.Type, e.ID)) {
				plan.forget = append(plan.forget, e)
			}
		case createOperation:
			switch {
			case e.ID == "":
				unanswered = append(unanswered, e)
			case findResource(state, e.URN, e.ID) == nil:
				plan.adopt = append(plan.adopt, e)
			}
		}
	}
	for _, e := range unanswered { // after the others, so that what they made is known
		if e.ID = findInCloud(e, state, plan.adopt, cloud); e.ID != "" {
			plan.adopt = append(plan.adopt, e)
		}
	}
	return plan
}

// findInCloud is the id of the resource that an unanswered create made: one that neither the state has nor another
// entry adopts. It is empty when the create made none, or when the state has it since an interrupted recovery.
func findInCloud(e entry, state *apitype.DeploymentV3, adopted []entry, cloud []CloudResource) string {
	for _, c := range cloud {
		if c.Owned || c.Type != e.Type || !agree(c.Inputs, e.Inputs) {
			continue
		}
		inState := slices.ContainsFunc(state.Resources, func(r apitype.ResourceV3) bool {
			return string(r.Type) == c.Type && strings.EqualFold(string(r.ID), c.ID)
		})
		isAdopted := slices.ContainsFunc(adopted, func(a entry) bool {
			return a.Type == c.Type && strings.EqualFold(a.ID, c.ID)
		})
		if !inState && !isAdopted {
			return c.ID
		}
	}
	return ""
}

func exists(cloud []CloudResource, resourceType, id string) bool {
	return slices.ContainsFunc(cloud, func(c CloudResource) bool {
		return c.Type == resourceType && strings.EqualFold(c.ID, id)
	})
}

// agree reports whether two values are equal in everything that both have: a cloud may not keep all inputs.
func agree(a, b any) bool {
	first, firstIsMap := a.(map[string]any)
	second, secondIsMap := b.(map[string]any)
	if !firstIsMap || !secondIsMap {
		return reflect.DeepEqual(a, b)
	}
	for key, value := range first {
		if other, both := second[key]; both && !agree(value, other) {
			return false
		}
	}
	return true
}

// apply edits the state and returns the resources that it added.
func (r recovery) apply(state *apitype.DeploymentV3) []apitype.ResourceV3 {
	for _, e := range r.forget {
		forget(state, e)
	}
	var adopted []apitype.ResourceV3
	for _, e := range r.adopt {
		if added, ok := adopt(state, e); ok {
			adopted = append(adopted, added)
		}
	}
	state.PendingOperations = nil
	return adopted
}

func findResource(state *apitype.DeploymentV3, urn, id string) *apitype.ResourceV3 {
	for i, r := range state.Resources {
		if string(r.URN) == urn && string(r.ID) == id {
			return &state.Resources[i]
		}
	}
	return nil
}

// forget removes a resource and what refers to it. One that others need to exist (their parent or provider) stays: the
// engine deletes it again, which clouds answer with success.
func forget(state *apitype.DeploymentV3, e entry) {
	index, left := -1, 0
	for i, r := range state.Resources {
		switch {
		case string(r.URN) == e.URN && string(r.ID) == e.ID:
			index = i
		case string(r.URN) == e.URN:
			left++
		case string(r.Parent) == e.URN || strings.HasPrefix(r.Provider, e.URN+"::"):
			return
		}
	}
	if index < 0 {
		return
	}
	state.Resources = slices.Delete(state.Resources, index, index+1)
	if left > 0 {
		return // references mean the other resource of this URN
	}
	isGone := func(urn resource.URN) bool { return string(urn) == e.URN }
	for i := range state.Resources {
		r := &state.Resources[i]
		r.Dependencies = slices.DeleteFunc(r.Dependencies, isGone)
		for key := range r.PropertyDependencies {
			r.PropertyDependencies[key] = slices.DeleteFunc(r.PropertyDependencies[key], isGone)
		}
		if isGone(r.DeletedWith) {
			r.DeletedWith = ""
		}
	}
}
