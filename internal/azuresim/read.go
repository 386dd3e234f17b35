package azuresim

import (
	"context"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"aks-egress/internal/faults"
)

// Read is azure-native's refresh and, without inputs, import. A resource that does not exist has no answer: import then
// fails, and refresh takes it out of the state.
func (p *provider) Read(ctx context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	t, err := p.resourceType(req.Type)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	parameters, err := t.kind.inputs(string(req.ID))
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	ctx, done := p.call(ctx)
	defer done()
	c := newClient(ctx, p.cloud, req.URN, string(req.Type), string(req.ID), faults.Read, 0)
	shown, err := c.get(string(req.ID))
	if err != nil || shown == nil || unversioned(shown.Token) != t.kind.token {
		return plugin.ReadResponse{}, err
	}
	state := t.schema.outputs.project(shown.Outputs)
	inputs := propertyMap(t.imported(state, parameters))
	if len(req.Inputs) > 0 {
		if inputs, err = t.drifted(req.Inputs, req.State, state); err != nil {
			return plugin.ReadResponse{}, err
		}
	}
	return plugin.ReadResponse{
		ReadResult: plugin.ReadResult{
			ID: resource.ID(shown.ID), Inputs: inputs, Outputs: keepSecrets(propertyMap(state), req.Inputs),
		},
		Status: resource.StatusOK,
	}, nil
}

// imported are the inputs that would produce an answer: its writable part without empty lists and objects, and the
// names in the id (azure-native, responseToSdkInputs.go). What Check refuses as not simulated is left out too.
func (t resourceType) imported(outputs, parameters map[string]any) map[string]any {
	inputs := t.writable(outputs)
	for _, name := range t.kind.absent {
		if !empty(inputs[name]) {
			delete(inputs, name)
		}
	}
	for name, v := range inputs {
		if inputs[name] = withoutEmpty(v); inputs[name] == nil {
			delete(inputs, name)
		}
	}
	maps.Copy(inputs, parameters)
	return inputs
}

// withoutEmpty is a value without empty lists and objects at any depth, nil where nothing is left.
func withoutEmpty(v any) any {
	switch v := v.(type) {
	case map[string]any:
		kept := map[string]any{}
		for name, inner := range v {
			if inner = withoutEmpty(inner); inner != nil {
				kept[name] = inner
			}
		}
		if len(kept) > 0 {
			return kept
		}
		return nil
	case []any:
		var kept []any
		for _, inner := range v {
			if inner = withoutEmpty(inner); inner != nil {
				kept = append(kept, inner)
			}
		}
		if len(kept) > 0 {
			return kept
		}
		return nil
	default:
		return v
	}
}

// drifted are the inputs with what changed in Azure since the state was written: the difference between the writable
// parts of both answers. Lists that are kept when unset stay unset.
func (t resourceType) drifted(
	inputs, oldState resource.PropertyMap, newState map[string]any,
) (resource.PropertyMap, error) {
	old, err := plainObject(oldState)
	if err != nil {
		return nil, err
	}
	before, after := propertyMap(t.writable(old)), propertyMap(t.writable(newState))
	for _, list := range t.kind.maintains {
		if key := resource.PropertyKey(list); !inputs.HasValue(key) {
			delete(before, key)
			delete(after, key)
		}
	}
	return keepSecrets(apply(inputs, before.Diff(after)), inputs), nil
}

// writable is the part of an answer that has the shape of inputs, string sets as lists.
func (t resourceType) writable(outputs map[string]any) map[string]any {
	inputs := t.schema.inputs.project(outputs)
	t.schema.inputs.listSets(inputs)
	return inputs
}

// listSets turns the string sets of an object into lists, in place: identity.userAssignedIdentities is
// {id: {principalId…}} in answers and [id…] in inputs (azure-native.md 1.1.5).
func (o objectShape) listSets(value map[string]any) {
	for name, v := range value {
		inner, ok := v.(map[string]any)
		switch p := o[name]; {
		case !ok || p.shape == nil:
		case p.item != nil:
			list := []any{}
			for _, key := range slices.Sorted(maps.Keys(inner)) {
				list = append(list, key)
			}
			value[name] = list
		case p.object != nil:
			p.object.listSets(inner)
		}
	}
}

// apply makes a difference's changes to an object (azure-native, applyDiff).
func apply(o resource.PropertyMap, d *resource.ObjectDiff) resource.PropertyMap {
	if d == nil {
		return o
	}
	o = o.Copy()
	for k := range d.Deletes {
		delete(o, k)
	}
	maps.Copy(o, d.Adds)
	for k, change := range d.Updates {
		have, ok := o[k]
		if !ok {
			o[k] = change.New
			continue
		}
		o[k] = applyValue(have, change.Old, change.New)
	}
	return o
}

// applyValue changes what differs between old and new, so that what Azure adds to an object or an item does not become
// an input. Items are compared by their place in the list.
func applyValue(have, old, now resource.PropertyValue) resource.PropertyValue {
	switch {
	case have.IsSecret():
		return resource.MakeSecret(applyValue(have.SecretValue().Element, old, now))
	case have.IsObject() && old.IsObject() && now.IsObject():
		return resource.NewObjectProperty(apply(have.ObjectValue(), old.ObjectValue().Diff(now.ObjectValue())))
	case have.IsArray() && old.IsArray() && now.IsArray():
		list := slices.Clone(now.ArrayValue())
		for i := range min(len(list), len(have.ArrayValue()), len(old.ArrayValue())) {
			list[i] = applyValue(have.ArrayValue()[i], old.ArrayValue()[i], list[i])
		}
		return resource.NewArrayProperty(list)
	default:
		return now
	}
}
