package azuresim

import (
	"context"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Read is azure-native's refresh and, without inputs, import.
func (p *provider) Read(_ context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	t, err := p.resourceType(req.Type)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	parameters, err := t.kind.inputs(string(req.ID))
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	var shown *Record
	err = p.cloud.do(string(req.ID), "", func(op *operation) error {
		if r, ok := op.get(string(req.ID)); ok {
			shown = op.show(r)
		}
		return nil
	})
	if err != nil || shown == nil || unversioned(shown.Token) != t.kind.token {
		return plugin.ReadResponse{}, err
	}
	state := t.schema.outputs.project(shown.Outputs)
	var inputs resource.PropertyMap
	if len(req.Inputs) == 0 {
		imported := t.inputsOf(state)
		for k, v := range parameters {
			imported[k] = v
		}
		inputs = propertyMap(imported)
	} else {
		inputs, err = t.drifted(req.Inputs, req.State, state)
		if err != nil {
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

// drifted are the inputs with what changed in Azure since the state was written: the difference of both answers, as
// far as it concerns inputs. Lists that are kept when unset stay unset.
func (t resourceType) drifted(
	inputs, oldState resource.PropertyMap, newState map[string]any,
) (resource.PropertyMap, error) {
	old, err := plainObject(oldState)
	if err != nil {
		return nil, err
	}
	before, after := propertyMap(t.inputsOf(old)), propertyMap(t.inputsOf(newState))
	for _, list := range t.kind.maintains {
		if key := resource.PropertyKey(list); !inputs.HasValue(key) {
			delete(before, key)
			delete(after, key)
		}
	}
	return keepSecrets(apply(inputs, before.Diff(after)), inputs), nil
}

// inputsOf is the part of an answer that could be inputs, without what the simulation refuses as inputs.
func (t resourceType) inputsOf(outputs map[string]any) map[string]any {
	inputs := t.schema.inputs.project(outputs)
	for _, name := range t.kind.absent {
		if v, ok := inputs[name]; ok && !empty(v) {
			delete(inputs, name)
		}
	}
	return inputs
}

// apply makes a difference's changes to an object.
func apply(o resource.PropertyMap, d *resource.ObjectDiff) resource.PropertyMap {
	if d == nil {
		return o
	}
	o = o.Copy()
	for k := range d.Deletes {
		delete(o, k)
	}
	for k, v := range d.Adds {
		o[k] = v
	}
	for k, change := range d.Updates {
		have := o[k]
		switch {
		case change.Object != nil && have.IsObject():
			o[k] = resource.NewObjectProperty(apply(have.ObjectValue(), change.Object))
		case change.Array != nil && have.IsArray():
			o[k] = applyArray(have.ArrayValue(), change)
		default:
			o[k] = change.New
		}
	}
	return o
}

// applyArray changes items in place where the list has kept its length, so that what Azure adds to an item does not
// become an input; else it takes the new list.
func applyArray(have []resource.PropertyValue, change resource.ValueDiff) resource.PropertyValue {
	d := change.Array
	if len(d.Adds) > 0 || len(d.Deletes) > 0 || len(have) != len(change.New.ArrayValue()) {
		return change.New
	}
	have = slices.Clone(have)
	for i, item := range d.Updates {
		switch {
		case item.Object != nil && have[i].IsObject():
			have[i] = resource.NewObjectProperty(apply(have[i].ObjectValue(), item.Object))
		default:
			have[i] = item.New
		}
	}
	return resource.NewArrayProperty(have)
}
