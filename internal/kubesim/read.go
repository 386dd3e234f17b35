package kubesim

import (
	"context"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"aks-egress/internal/faults"
)

// serverFields are what an object has and no input sets.
var serverFields = []string{
	"creationTimestamp", "generation", "managedFields", "resourceVersion", "uid", "ownerReferences",
}

// Read answers an object as it is now. While it is looked at, the kubelets of pods that are not ready try again.
func (p *provider) Read(ctx context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	k, err := kindOf(req.Type)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	i, err := p.instance(ctx)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	if i.unreachable != "" || i.unknown {
		return p.readUnreachable(ctx, i, req)
	}
	if k == releases {
		return p.readRelease(ctx, i, req)
	}
	namespace, name, err := parseID(k, req.ID)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	var live map[string]any
	var state readiness
	err = request{p, k, req.URN, name, faults.Read}.send(ctx, func(faults.Fault) (err error) {
		live, state, err = p.look(ctx, i, k, namespace, name)
		return err
	})
	if err != nil || live == nil {
		return plugin.ReadResponse{}, err
	}
	inputs := liveInputs(k, live, req.Inputs)
	outputs := stateOf(live, req.Inputs, req.URN, false)
	response := plugin.ReadResponse{ReadResult: plugin.ReadResult{ID: req.ID, Inputs: inputs, Outputs: outputs}}
	awaited := len(req.Inputs) > 0 && text(live, "metadata", "annotations", annotationSkipAwait) != "true"
	if state.ready || !awaited {
		return response, nil
	}
	first := fmt.Sprintf("Resource '%s' was created but failed to initialize", name)
	response.Status = resource.StatusPartialFailure
	return response, newInitError(req.ID, append([]string{first}, state.reasons...), outputs, inputs)
}

// look reads an object after its controllers had a look at it. Live is nil if there is none.
func (p *provider) look(
	ctx context.Context, i *instance, k *kind, namespace, name string,
) (live map[string]any, state readiness, err error) {
	s := p.kubernetes.begin(ctx, i.cluster, i.server)
	defer s.end()
	o, err := s.live(k, namespace, name)
	if err != nil {
		return nil, state, err
	}
	if o == nil {
		return nil, state, nil
	}
	if k == pods {
		s.reconcileOwners(namespace)
	}
	state = s.reconcile(k, o)
	if err := s.commit(); err != nil {
		return nil, state, err
	}
	if live, _ = s.raw(k, namespace, name); live == nil && k == namespaces {
		live, err = manifestOf(o) // a built-in one
	}
	return live, state, err
}

// reconcileOwners lets the workloads of a namespace work, so that a pod that is read is up to date.
func (s *session) reconcileOwners(namespace string) {
	for _, k := range []*kind{statefulSets, deployments} {
		for _, name := range s.names(k, namespace) {
			if o, err := s.live(k, namespace, name); err == nil && o != nil {
				s.reconcile(k, o)
			}
		}
	}
}

func (p *provider) readUnreachable(
	ctx context.Context, i *instance, req plugin.ReadRequest,
) (plugin.ReadResponse, error) {
	p.warn(ctx, req.URN, "configured Kubernetes cluster is unreachable: "+i.reason())
	switch {
	case i.deleteUnreachable:
		return plugin.ReadResponse{}, nil
	case i.skipUpdateUnreachable:
		return plugin.ReadResponse{ReadResult: plugin.ReadResult{
			ID: req.ID, Inputs: req.Inputs, Outputs: req.State,
		}}, nil
	}
	return plugin.ReadResponse{}, errors.New("failed to read resource state due to unreachable cluster. " +
		"If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the " +
		"PULUMI_K8S_DELETE_UNREACHABLE environment variable set to \"true\"")
}

// liveInputs are the inputs that would make the live object: of the old inputs' shape, or, where there are none, all
// that the server does not set itself.
func liveInputs(k *kind, live map[string]any, olds resource.PropertyMap) resource.PropertyMap {
	if len(olds) > 0 {
		shape, _ := knownObject(plain(olds))
		inputs := properties(prune(clone(live), normal(k, shape)).(map[string]any))
		hide(inputs, olds)
		return inputs
	}
	inputs := clone(live)
	delete(inputs, "status")
	for _, name := range serverFields {
		delete(child(inputs, "metadata"), name)
	}
	return properties(inputs)
}

// Delete removes an object and what belongs to it.
func (p *provider) Delete(ctx context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	k, err := kindOf(req.Type)
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	i, err := p.instance(ctx)
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	if i.unreachable != "" || i.unknown {
		p.warn(ctx, req.URN, "configured Kubernetes cluster is unreachable: "+i.reason())
		if i.deleteUnreachable {
			return plugin.DeleteResponse{}, nil
		}
		return plugin.DeleteResponse{}, errors.New("configured Kubernetes cluster is unreachable. " +
			"If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the " +
			"PULUMI_K8S_DELETE_UNREACHABLE environment variable set to \"true\"")
	}
	if k == releases {
		return plugin.DeleteResponse{}, p.deleteRelease(ctx, i, req)
	}
	namespace, name, err := parseID(k, req.ID)
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	err = request{p, k, req.URN, name, faults.Delete}.send(ctx, func(f faults.Fault) error {
		if f == faults.Failed {
			return stuck(k, name)
		}
		s := p.kubernetes.begin(ctx, i.cluster, i.server)
		defer s.end()
		if err := s.delete(k, namespace, name); err != nil {
			return err
		}
		return s.commit()
	})
	return plugin.DeleteResponse{}, err
}
