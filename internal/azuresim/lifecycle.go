package azuresim

import (
	"context"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
)

func (p *provider) Create(_ context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	t, inputs, err := p.request(req.Type, req.Properties)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	if req.Preview {
		return plugin.CreateResponse{Properties: t.foretell(inputs, req.Properties)}, nil
	}
	id, err := t.kind.id(inputs)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	shown, err := p.put(string(req.Type), id, req.URN, inputs, true)
	if shown == nil {
		return plugin.CreateResponse{}, err
	}
	outputs := t.outputs(shown, req.Properties)
	status, err := initialized(shown.ID, req.Properties, outputs, err)
	return plugin.CreateResponse{ID: resource.ID(shown.ID), Properties: outputs, Status: status}, err
}

func (p *provider) Update(_ context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	t, inputs, err := p.request(req.Type, req.NewInputs)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	if req.Preview {
		foretold := t.foretell(inputs, req.NewInputs)
		if name, ok := req.OldOutputs["name"]; ok {
			foretold["name"] = name
		}
		return plugin.UpdateResponse{Properties: foretold}, nil
	}
	shown, err := p.put(string(req.Type), string(req.ID), req.URN, inputs, false)
	if shown == nil {
		return plugin.UpdateResponse{}, err
	}
	outputs := t.outputs(shown, req.NewInputs)
	status, err := initialized(shown.ID, req.NewInputs, outputs, err)
	return plugin.UpdateResponse{Properties: outputs, Status: status}, err
}

// initialized turns a refusal that leaves the resource behind into Pulumi's initialization error, which carries the
// resource: Pulumi keeps it in its state and updates it the next time.
func initialized(id string, inputs, outputs resource.PropertyMap, err error) (resource.Status, error) {
	if err == nil {
		return resource.StatusOK, nil
	}
	options := plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true}
	in, errIn := plugin.MarshalProperties(inputs, options)
	out, errOut := plugin.MarshalProperties(outputs, options)
	if failed := errors.Join(errIn, errOut); failed != nil {
		return resource.StatusUnknown, errors.Join(err, failed)
	}
	return resource.StatusPartialFailure, rpcerror.WithDetails(rpcerror.New(codes.Unknown, err.Error()),
		&pulumirpc.ErrorResourceInitFailed{Id: id, Inputs: in, Properties: out, Reasons: []string{err.Error()}})
}

func (p *provider) Delete(_ context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	if _, err := p.resourceType(req.Type); err != nil {
		return plugin.DeleteResponse{}, err
	}
	err := p.cloud.do(string(req.ID), string(req.URN), func(op *operation) error {
		r, ok := op.get(string(req.ID))
		if !ok {
			return nil // ARM answers 204
		}
		return op.delete(r)
	})
	return plugin.DeleteResponse{Status: resource.StatusOK}, err
}

// request is the common beginning of Create and Update.
func (p *provider) request(token tokens.Type, m resource.PropertyMap) (resourceType, map[string]any, error) {
	t, err := p.resourceType(token)
	if err != nil {
		return t, nil, err
	}
	inputs, err := plainObject(m)
	return t, withoutInternals(inputs), err
}

// put answers with a record where there is one afterwards, with a *partialError beside it if it is not usable. It
// is azure-native's create, which first makes sure that nothing is there, or its update, which does not: an ARM PUT
// creates what is missing.
func (p *provider) put(token, id string, urn resource.URN, inputs map[string]any, create bool) (*Record, error) {
	if hasUnknown(inputs) {
		return nil, fmt.Errorf("%s: inputs are unknown outside a preview", id)
	}
	var shown *Record
	err := p.cloud.do(id, string(urn), func(op *operation) error {
		if _, exists := op.get(id); exists && create {
			return fmt.Errorf("cannot create already existing resource '%s'", id)
		}
		r := &Record{Token: token, ID: id, Inputs: inputs}
		err := op.request(r)
		if err == nil || isPartial(err) {
			shown = op.show(r)
		}
		return err
	})
	if err != nil && !isPartial(err) {
		return nil, err
	}
	return shown, err
}

// foretell is what a preview shows.
func (t resourceType) foretell(inputs map[string]any, from resource.PropertyMap) resource.PropertyMap {
	return keepSecrets(propertyMap(t.schema.outputs.preview(inputs)), from)
}

// outputs is what azure-native shows of Azure's answer.
func (t resourceType) outputs(r *Record, from resource.PropertyMap) resource.PropertyMap {
	return keepSecrets(propertyMap(t.schema.outputs.project(r.Outputs)), from)
}
