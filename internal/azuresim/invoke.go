package azuresim

import (
	"context"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"aks-egress/internal/faults"
)

// Invoke answers a question; an unknown one is refused by name.
func (p *provider) Invoke(ctx context.Context, req plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	token := string(req.Tok)
	f, known := invokes[unversioned(token)]
	s, versioned := schemas().invokes[token]
	if !known || !versioned {
		return plugin.InvokeResponse{}, fmt.Errorf("%s: not simulated; simulated are %s",
			token, strings.Join(knownInvokes(), ", "))
	}
	args, err := plainObject(req.Args)
	if err != nil {
		return plugin.InvokeResponse{}, fmt.Errorf("%s: %w", token, err)
	}
	var resp plugin.InvokeResponse
	for _, wrong := range s.arguments.conform(nil, args) {
		resp.Failures = append(resp.Failures, plugin.CheckFailure{
			Property: resource.PropertyKey(wrong.path.String()), Reason: wrong.reason,
		})
	}
	if len(resp.Failures) > 0 || hasUnknown(args) {
		return resp, nil
	}
	ctx, done := p.call(ctx)
	defer done()
	c := newClient(ctx, p.cloud, "", token, "", faults.Invoke, 0)
	err = c.send(armWrite{}, func(faults.Fault) error {
		return p.cloud.do("", "", func(op *operation) error {
			result, err := f(op, args)
			if err == nil {
				resp.Properties = propertyMap(s.results.project(result))
			}
			return err
		})
	})
	return resp, err
}

// lookup answers with a resource's outputs and id, as the get… functions of azure-native do.
func lookup(token string) invoke {
	return func(op *operation, args map[string]any) (map[string]any, error) {
		id, err := kinds[token].id(args)
		if err != nil {
			return nil, err
		}
		r, ok := op.get(id)
		if !ok {
			return nil, resourceNotFound(id)
		}
		r = op.show(r)
		r.Outputs["id"] = r.ID
		return r.Outputs, nil
	}
}
