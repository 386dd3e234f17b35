package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var errKilled = errors.New("killed")

// killable is a stack in memory whose process is killed after a number of steps. What is durable survives: the state,
// the journal and the cloud. It deploys as the engine does, with a journaled provider.
type killable struct {
	stepsLeft int
	state     string // as in the file
	journal   map[string]entry
	cloud     map[string]map[string]any // inputs by id
}

// step is called before everything that is durable.
func (k *killable) step() error {
	if k.stepsLeft == 0 {
		return errKilled
	}
	k.stepsLeft--
	return nil
}

func (k *killable) read() (*apitype.DeploymentV3, error) {
	var state apitype.DeploymentV3
	return &state, json.Unmarshal([]byte(k.state), &state)
}

func (k *killable) write(_ context.Context, state *apitype.DeploymentV3) error {
	if err := k.step(); err != nil {
		return err
	}
	text, err := json.Marshal(state)
	k.state = string(text)
	return err
}

// refresh reads resource by resource, and takes the cloud's values as inputs.
func (k *killable) refresh(ctx context.Context, urns []string) error {
	for _, urn := range urns {
		state, err := k.read()
		if err != nil {
			return err
		}
		for i := range state.Resources {
			r := &state.Resources[i]
			if inputs, exists := k.cloud[string(r.ID)]; exists && string(r.URN) == urn {
				r.Outputs = map[string]any{"name": inputs["name"], "address": "203.0.113.1"}
				r.Inputs = map[string]any{"name": inputs["name"], "default": "of the cloud"}
			}
		}
		if err := k.write(ctx, state); err != nil {
			return err
		}
	}
	return nil
}

func (k *killable) entries() (map[string]entry, error) {
	copied := map[string]entry{}
	for key, e := range k.journal {
		copied[key] = e
	}
	return copied, nil
}

func (k *killable) recordAdoptions(adopted []apitype.ResourceV3) error {
	if err := k.step(); err != nil {
		return err
	}
	for _, r := range adopted {
		k.journal[adoptOperation+" "+answerKey(r.URN, r.ID)] = entry{
			Operation: adoptOperation, URN: string(r.URN), Type: string(r.Type), ID: string(r.ID), Inputs: r.Inputs,
		}
	}
	return nil
}

func (k *killable) clear() error {
	if err := k.step(); err != nil {
		return err
	}
	k.journal = map[string]entry{}
	return nil
}

func (k *killable) resources() ([]CloudResource, error) {
	var all []CloudResource
	for _, id := range sortedKeys(k.cloud) {
		all = append(all, CloudResource{Type: "fake:index:Thing", ID: id, Inputs: k.cloud[id]})
	}
	return all, nil
}

func (k *killable) recover() error {
	r := recoverer{state: k, journal: k, cloud: k.resources, report: func(recovery) {}, copy: k.step}
	return r.run(context.Background())
}

func nameOf(urn string) string { return urn[strings.LastIndex(urn, "-")+1:] }

// up recovers, then creates what is wanted and deletes what is not.
func (k *killable) up(wanted []string) error {
	if err := k.recover(); err != nil {
		return err
	}
	for _, urn := range wanted {
		state, _ := k.read()
		if hasResource(state, urn) {
			continue
		}
		if err := k.create(state, urn); err != nil {
			return err
		}
	}
	state, _ := k.read()
	for _, r := range slices.Clone(state.Resources) {
		if r.Type == "fake:index:Thing" && !strings.Contains(strings.Join(wanted, " "), string(r.URN)) {
			if err := k.remove(state, r); err != nil {
				return err
			}
			state, _ = k.read()
		}
	}
	return nil
}

func hasResource(state *apitype.DeploymentV3, urn string) bool {
	for _, r := range state.Resources {
		if string(r.URN) == urn {
			return true
		}
	}
	return false
}

func (k *killable) create(state *apitype.DeploymentV3, urn string) error {
	ctx := context.Background()
	inputs := map[string]any{"name": nameOf(urn)}
	r := known(urn, "")
	r.Inputs, r.Outputs, r.Custom = inputs, nil, true
	state.PendingOperations = []apitype.OperationV2{{Type: apitype.OperationTypeCreating, Resource: r}}
	if err := k.write(ctx, state); err != nil {
		return err
	}
	intent := entry{Operation: createOperation, URN: urn, Type: "fake:index:Thing", Inputs: inputs}
	if err := k.step(); err != nil {
		return err
	}
	k.journal[urn] = intent
	id := "things/" + nameOf(urn)
	if _, exists := k.cloud[id]; exists {
		return fmt.Errorf("%s exists already", id)
	}
	if err := k.step(); err != nil {
		return err
	}
	k.cloud[id] = inputs
	if err := k.step(); err != nil {
		return err
	}
	delete(k.journal, urn)
	intent.ID, intent.Answered = id, true
	k.journal[answerKey(resource.URN(urn), resource.ID(id))] = intent
	r.ID, r.Outputs = resource.ID(id), map[string]any{"name": nameOf(urn), "address": "203.0.113.1"}
	state.PendingOperations, state.Resources = nil, append(state.Resources, r)
	return k.write(ctx, state)
}

func (k *killable) remove(state *apitype.DeploymentV3, r apitype.ResourceV3) error {
	ctx := context.Background()
	state.PendingOperations = []apitype.OperationV2{{Type: apitype.OperationTypeDeleting, Resource: r}}
	if err := k.write(ctx, state); err != nil {
		return err
	}
	key := answerKey(r.URN, r.ID)
	e := entry{Operation: deleteOperation, URN: string(r.URN), Type: string(r.Type), ID: string(r.ID)}
	if err := k.step(); err != nil {
		return err
	}
	k.journal[key] = e
	if err := k.step(); err != nil {
		return err
	}
	delete(k.cloud, string(r.ID))
	if err := k.step(); err != nil {
		return err
	}
	e.Answered = true
	k.journal[key] = e
	forget(state, e)
	state.PendingOperations = nil
	return k.write(ctx, state)
}

// Killed at any step of a run or of the recovery, any number of times, the next run ends as if nothing had happened.
func TestRecovery_KilledAnyNumberOfTimes(t *testing.T) {
	t.Parallel()
	all := []string{thingURN, otherURN, strings.Replace(thingURN, "net-a", "net-c", 1)}
	rapid.Check(t, func(t *rapid.T) {
		empty, err := json.Marshal(stateOf())
		require.NoError(t, err)
		k := &killable{state: string(empty), journal: map[string]entry{}, cloud: map[string]map[string]any{}}
		wanted := all
		for kill := range rapid.IntRange(1, 5).Draw(t, "kills") {
			wanted = all[:rapid.IntRange(0, len(all)).Draw(t, fmt.Sprintf("wanted %d", kill))]
			k.stepsLeft = rapid.IntRange(0, 25).Draw(t, fmt.Sprintf("steps %d", kill))
			if err := k.up(wanted); err != nil {
				require.ErrorIs(t, err, errKilled)
			}
		}
		k.stepsLeft = -1 // nobody kills it
		require.NoError(t, k.up(wanted))
		require.NoError(t, k.recover())
		require.Empty(t, k.journal)
		require.Len(t, k.cloud, len(wanted))
		state, err := k.read()
		require.NoError(t, err)
		require.Empty(t, state.PendingOperations)
		require.Len(t, state.Resources, len(stateOf().Resources)+len(wanted))
		for _, urn := range wanted {
			r := findResource(state, urn, "things/"+nameOf(urn))
			require.NotNil(t, r, "%s is in the state", urn)
			require.Equal(t, map[string]any{"name": nameOf(urn)}, r.Inputs, "the program's inputs, not the cloud's")
			require.Contains(t, r.Outputs, "address", "read from the cloud")
		}
	})
}
