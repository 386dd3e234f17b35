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
// up waiting, before it had an answer. Pulumi itself can only ask its user, who has to use `pulumi import`. Here
// the journal of the providers tells what happened, so the state is brought up to the cloud before the next operation:
// created resources are taken over (and read back from the cloud), deleted ones are forgotten, the rest is cleared.

// recovery is what has to be done to a state.
type recovery struct {
	adopt   []entry               // exist in the cloud, unknown to the state; with ID
	forget  []entry               // deleted in the cloud, still in the state
	pending []apitype.OperationV2 // operations that the engine had begun
}

func (r recovery) empty() bool { return len(r.adopt)+len(r.forget)+len(r.pending) == 0 }

// recover brings the state up to the cloud after a killed run and forgets the journal.
func (s *Stack) recover(ctx context.Context) error {
	state, err := readState(s.stateFile())
	if err != nil || state == nil {
		return err
	}
	entries, err := s.journal.entries()
	if err != nil {
		return err
	}
	cloud, err := s.cloud.Resources()
	if err != nil {
		return err
	}
	plan := planRecovery(state, entries, cloud)
	if plan.empty() {
		return s.journal.clear()
	}
	s.tellRecovery(plan)
	adopted := plan.apply(state)
	if err := s.importState(ctx, state); err != nil {
		return fmt.Errorf("stack %s: state after a killed run: %w", s.name, err)
	}
	if err := s.readBack(ctx, adopted); err != nil {
		return fmt.Errorf("stack %s: reading back what a killed run made: %w", s.name, err)
	}
	return s.journal.clear()
}

// readBack gives adopted resources, which have an id and inputs only, their outputs from the cloud. A refresh also
// takes the cloud's defaults for changed inputs, so the inputs that the program gave are put back.
func (s *Stack) readBack(ctx context.Context, adopted []apitype.ResourceV3) error {
	if len(adopted) == 0 {
		return nil
	}
	var urns []string
	for _, r := range adopted {
		urns = append(urns, string(r.URN))
	}
	if _, err := s.auto.Refresh(ctx, optrefresh.Target(urns)); err != nil {
		return err
	}
	state, err := readState(s.stateFile())
	if err != nil {
		return err
	}
	for _, r := range adopted {
		if live := findResource(state, string(r.URN), string(r.ID)); live != nil {
			live.Inputs = r.Inputs
		}
	}
	return s.importState(ctx, state)
}

func (s *Stack) tellRecovery(plan recovery) {
	s.options.Progress.Line("stack %s: the last run was cut off; its state is put right:", s.name)
	known := map[string]bool{}
	tell := func(urn, what string) {
		known[urn] = true
		s.options.Progress.Line("  %s: %s", resourceName(urn), what)
	}
	for _, e := range plan.adopt {
		tell(e.URN, "was created, is taken over")
	}
	for _, e := range plan.forget {
		tell(e.URN, "was deleted, is forgotten")
	}
	for _, operation := range plan.pending {
		if urn := string(operation.Resource.URN); !known[urn] {
			tell(urn, string(operation.Type)+" was not finished, is tried again")
		}
	}
}

func (s *Stack) importState(ctx context.Context, state *apitype.DeploymentV3) error {
	text, err := json.Marshal(state)
	if err != nil {
		return err
	}
	return s.auto.Import(ctx, apitype.UntypedDeployment{Version: apitype.DeploymentSchemaVersionCurrent, Deployment: text})
}

// planRecovery compares what the providers did with what the state knows.
func planRecovery(state *apitype.DeploymentV3, entries map[string]entry, cloud []CloudResource) recovery {
	plan := recovery{pending: state.PendingOperations}
	for _, key := range sortedKeys(entries) {
		e := entries[key]
		if e.Operation == deleteOperation {
			// A resource pending replacement is deleted in the cloud and in the state on purpose.
			r := findResource(state, e.URN, e.ID)
			if r != nil && !r.PendingReplacement && (e.Answered || !exists(cloud, e.Type, e.ID)) {
				plan.forget = append(plan.forget, e)
			}
			continue
		}
		if e.ID == "" {
			e.ID = findInCloud(e, state, cloud)
		}
		if e.ID == "" {
			continue
		}
		// Without outputs it was adopted by a run that was killed before it could read them back, unless the engine
		// knows that it did not become ready: then it updates it.
		if r := findResource(state, e.URN, e.ID); r == nil || len(r.Outputs) == 0 && len(r.InitErrors) == 0 {
			plan.adopt = append(plan.adopt, e)
		}
	}
	return plan
}

// findInCloud is the id of the resource that an unanswered create made; empty when it made none.
func findInCloud(e entry, state *apitype.DeploymentV3, cloud []CloudResource) string {
	found := ""
	for _, c := range cloud {
		if c.Owned || c.Type != e.Type || !agree(c.Inputs, e.Inputs) {
			continue
		}
		isTaken := slices.ContainsFunc(state.Resources, func(r apitype.ResourceV3) bool {
			return string(r.Type) == c.Type && strings.EqualFold(string(r.ID), c.ID)
		})
		if !isTaken {
			found = c.ID
		}
	}
	return found
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
