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

	"aks-egress/internal/faults"
)

// Create is GET, which must answer 404, PUT, polling, and GET.
func (p *provider) Create(ctx context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
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
	if hasUnknown(inputs) {
		return plugin.CreateResponse{}, unknownInputs(id)
	}
	ctx, done := p.call(ctx)
	defer done()
	if p.cloud.look(id) != nil {
		return plugin.CreateResponse{}, fmt.Errorf("cannot create already existing resource '%s'", id)
	}
	c := newClient(ctx, p.cloud, req.URN, string(req.Type), id, faults.Create, req.Timeout)
	shown, err := c.put(&Record{Token: string(req.Type), ID: id, Inputs: inputs}, "Creating")
	if shown == nil {
		return plugin.CreateResponse{}, err
	}
	outputs := t.outputs(shown, req.Properties)
	status, err := initialized(shown.ID, req.Properties, outputs, err)
	return plugin.CreateResponse{ID: resource.ID(shown.ID), Properties: outputs, Status: status}, err
}

// Update is PUT, polling, and GET. It does not look whether anything is there: an ARM PUT creates what is missing.
func (p *provider) Update(ctx context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	t, inputs, err := p.request(req.Type, req.NewInputs)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	if req.Preview {
		foretold := t.foretell(inputs, req.NewInputs)
		for _, stable := range []resource.PropertyKey{"name", "location"} {
			if old, ok := req.OldOutputs[stable]; ok {
				foretold[stable] = old
			}
		}
		return plugin.UpdateResponse{Properties: foretold}, nil
	}
	id := string(req.ID)
	if hasUnknown(inputs) {
		return plugin.UpdateResponse{}, unknownInputs(id)
	}
	ctx, done := p.call(ctx)
	defer done()
	c := newClient(ctx, p.cloud, req.URN, string(req.Type), id, faults.Update, req.Timeout)
	shown, err := c.put(&Record{Token: string(req.Type), ID: id, Inputs: inputs}, "Updating")
	if shown == nil {
		return plugin.UpdateResponse{}, err
	}
	outputs := t.outputs(shown, req.NewInputs)
	status, err := initialized(shown.ID, req.NewInputs, outputs, err)
	return plugin.UpdateResponse{Properties: outputs, Status: status}, err
}

func unknownInputs(id string) error {
	return fmt.Errorf("%s: inputs are unknown outside a preview", id)
}

// initialized turns the error of a write that left the resource behind into Pulumi's initialization error, which
// carries the resource: Pulumi keeps it in its state and updates it the next time.
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

// Delete is DELETE and polling.
func (p *provider) Delete(ctx context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	if _, err := p.resourceType(req.Type); err != nil {
		return plugin.DeleteResponse{}, err
	}
	ctx, done := p.call(ctx)
	defer done()
	c := newClient(ctx, p.cloud, req.URN, string(req.Type), string(req.ID), faults.Delete, req.Timeout)
	return plugin.DeleteResponse{Status: resource.StatusOK}, c.remove(string(req.Type), string(req.ID))
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

// foretell is what a preview shows.
func (t resourceType) foretell(inputs map[string]any, from resource.PropertyMap) resource.PropertyMap {
	return keepSecrets(propertyMap(t.schema.outputs.preview(inputs)), from)
}

// outputs is what azure-native shows of Azure's answer.
func (t resourceType) outputs(r *Record, from resource.PropertyMap) resource.PropertyMap {
	return keepSecrets(propertyMap(t.schema.outputs.project(r.Outputs)), from)
}
