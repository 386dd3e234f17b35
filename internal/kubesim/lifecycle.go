package kubesim

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"

	"aks-egress/internal/faults"
)

// defaultTimeout is how long the provider waits for a workload or a service.
const defaultTimeout = 10 * time.Minute

// Create makes an object and waits, in simulated time, until it is ready.
func (p *provider) Create(ctx context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	w := write{provider: p, urn: req.URN, inputs: req.Properties, timeout: req.Timeout, preview: req.Preview}
	outputs, id, err := w.do(ctx, req.Type)
	response := plugin.CreateResponse{ID: id, Properties: outputs}
	if partial := (*initError)(nil); errors.As(err, &partial) {
		response.Status = resource.StatusPartialFailure
		return response, err
	}
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	return response, nil
}

// Update changes an object in place and waits until it is ready again.
func (p *provider) Update(ctx context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	w := write{
		provider: p, urn: req.URN, inputs: req.NewInputs, timeout: req.Timeout, preview: req.Preview, update: true,
	}
	outputs, _, err := w.do(ctx, req.Type)
	response := plugin.UpdateResponse{Properties: outputs}
	if partial := (*initError)(nil); errors.As(err, &partial) {
		response.Status = resource.StatusPartialFailure
		return response, err
	}
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	return response, nil
}

// write is a create or an update.
type write struct {
	*provider
	urn             resource.URN
	inputs          resource.PropertyMap
	timeout         float64 // seconds; 0: the default
	preview, update bool
}

func (w *write) do(ctx context.Context, token tokens.Type) (resource.PropertyMap, resource.ID, error) {
	k, err := kindOf(token)
	if err != nil {
		return nil, "", err
	}
	i, err := w.instance(ctx)
	if err != nil {
		return nil, "", err
	}
	if k == releases {
		return w.writeRelease(ctx, i)
	}
	manifest, complete := knownObject(plain(w.inputs))
	if w.preview && (i.unknown || i.unreachable != "" || !complete) {
		return w.inputs, "", nil
	}
	if i.unreachable != "" || i.unknown {
		return nil, "", fmt.Errorf("configured Kubernetes cluster is unreachable: %s", i.reason())
	}
	if !complete {
		return nil, "", fmt.Errorf("%s: inputs of an update must all be known", w.urn)
	}
	name := string(objectID(text(manifest, "metadata", "namespace"), text(manifest, "metadata", "name")))
	if w.preview {
		return w.dryRun(ctx, i, k, manifest, name)
	}
	live, state, err := w.send(ctx, i, k, manifest)
	if err != nil {
		return nil, "", w.refused(name, err)
	}
	outputs := w.outputs(live, false)
	id := objectID(text(live, "metadata", "namespace"), text(live, "metadata", "name"))
	if state.ready || text(manifest, "metadata", "annotations", annotationSkipAwait) == "true" {
		return outputs, id, nil
	}
	return outputs, id, w.notReady(name, live, outputs, state)
}

// notReady tells that the object is there, and why it is not ready.
func (w *write) notReady(
	name string, live map[string]any, outputs resource.PropertyMap, state readiness,
) error {
	namespace, liveName := text(live, "metadata", "namespace"), text(live, "metadata", "name")
	what := fmt.Sprintf("resource %s was successfully created, but the Kubernetes API server reported that it failed to "+
		"fully initialize or become live", name)
	if w.update {
		what = fmt.Sprintf("the Kubernetes API server reported that %q failed to fully initialize or become live", name)
	}
	first := fmt.Sprintf("%s: '%s' timed out waiting to be Ready", what, liveName)
	if state.timeout != "" {
		first = what + ": " + state.timeout
	}
	return newInitError(objectID(namespace, liveName), append([]string{first}, state.reasons...), outputs, nil)
}

// send sends the manifest, and waits.
func (w *write) send(
	ctx context.Context, i *instance, k *kind, manifest map[string]any,
) (live map[string]any, state readiness, err error) {
	r := request{w.provider, k, w.urn, text(manifest, "metadata", "name"), faults.Create}
	if w.update {
		r.operation = faults.Update
	}
	err = r.send(ctx, func(f faults.Fault) (err error) {
		if f == faults.None {
			live, state, err = w.settle(ctx, i, k, manifest)
		} else {
			live, state, err = w.late(ctx, i, k, manifest, f)
		}
		return err
	})
	return live, state, err
}

func (i *instance) reason() string {
	if i.unknown {
		return "the kubeconfig is not known"
	}
	return i.unreachable
}

// refused gives the API server's refusal the provider's words around it. A lost answer has none.
func (w *write) refused(name string, err error) error {
	if errors.Is(err, faults.ErrLost) {
		return err
	}
	if meta.IsNoMatchError(err) {
		return fmt.Errorf("creation of resource %s failed because the Kubernetes API server reported that the apiVersion "+
			"for this resource does not exist. Verify that any required CRDs have been created: %w", name, err)
	}
	if w.update {
		return fmt.Errorf("update of resource %q failed because the Kubernetes API server reported that it failed to fully "+
			"initialize or become live: %w", name, err)
	}
	return fmt.Errorf("resource %q was not successfully created by the Kubernetes API server: %w", name, err)
}

// dryRun is what the API server would answer, without what it only knows once the object is there.
func (w *write) dryRun(
	ctx context.Context, i *instance, k *kind, manifest map[string]any, name string,
) (resource.PropertyMap, resource.ID, error) {
	s := w.kubernetes.begin(ctx, i.cluster, i.server)
	defer s.end()
	desired, err := s.apply(k, manifest, true)
	if apierrors.IsNotFound(err) || meta.IsNoMatchError(err) {
		return w.inputs, "", nil // the namespace or the kind does not exist yet
	}
	if err != nil {
		return nil, "", w.refused(name, err)
	}
	live, err := manifestOf(desired)
	if err != nil {
		return nil, "", err
	}
	if !w.update {
		live["status"] = unknown{}
		for _, name := range []string{"uid", "resourceVersion", "creationTimestamp", "generation"} {
			child(live, "metadata")[name] = unknown{}
		}
	}
	if k.unknown != nil {
		for _, name := range k.unknown(desired) {
			live[name] = unknown{}
		}
	}
	return w.outputs(live, true), "", nil
}

// settle applies the manifest and lets controllers and kubelets work until the object is ready, or the provider would
// have given up. A service may wait for pods that are being made at the same time.
func (w *write) settle(
	ctx context.Context, i *instance, k *kind, manifest map[string]any,
) (live map[string]any, state readiness, err error) {
	applied := false
	attempt := func() bool {
		var again object
		s := w.kubernetes.begin(ctx, i.cluster, i.server)
		defer s.end()
		if applied {
			again, err = s.live(k, text(manifest, "metadata", "namespace"), text(manifest, "metadata", "name"))
		} else {
			again, err = s.apply(k, manifest, false)
		}
		applied = true
		if err != nil || again == nil {
			return true
		}
		state = s.reconcile(k, again)
		if err = s.commit(); err != nil {
			return true
		}
		live, _ = s.raw(k, again.GetNamespace(), again.GetName())
		w.report(ctx, s, state)
		return state.ready || k != services && k != ingresses
	}
	skip := text(manifest, "metadata", "annotations", annotationSkipAwait) == "true"
	if !attempt() && !skip {
		w.kubernetes.wait(ctx, attempt)
	}
	if limit := w.limit(manifest); err == nil && state.ready && state.after > limit {
		state.ready, state.reasons = false, state.slow
	}
	return live, state, err
}

// limit is how long the provider waits: customTimeouts, else the annotation, else ten minutes.
func (w *write) limit(manifest map[string]any) time.Duration {
	if w.timeout > 0 {
		return time.Duration(w.timeout * float64(time.Second))
	}
	seconds, err := strconv.Atoi(text(manifest, "metadata", "annotations", annotationTimeout))
	if err == nil && seconds > 0 {
		return time.Duration(seconds) * time.Second
	}
	return defaultTimeout
}

// report shows the events of a session, and what the provider says of the object, to the user.
func (w *write) report(ctx context.Context, s *session, state readiness) {
	for _, e := range s.events {
		w.warn(ctx, w.urn, e.text())
	}
	for _, warning := range state.warnings {
		w.warn(ctx, w.urn, warning)
	}
}

// outputs are what the state keeps: the live object, secret where the inputs are.
func (w *write) outputs(live map[string]any, preview bool) resource.PropertyMap {
	return stateOf(live, w.inputs, w.urn, preview)
}

func stateOf(live map[string]any, inputs resource.PropertyMap, urn resource.URN, preview bool) resource.PropertyMap {
	outputs := properties(clone(live))
	hide(outputs, inputs)
	if !preview {
		outputs["__fieldManager"] = resource.NewProperty(fieldManager(urn))
		outputs["__initialApiVersion"] = resource.NewProperty(text(live, "apiVersion"))
	}
	return outputs
}

// fieldManager is the name under which the provider applies a resource.
func fieldManager(urn resource.URN) string { return "pulumi-kubernetes-" + hash(8, string(urn)) }

// objectID is the id of an object in Pulumi's state: namespace/name, or the name alone.
func objectID(namespace, name string) resource.ID {
	if namespace == "" {
		return resource.ID(name)
	}
	return resource.ID(namespace + "/" + name)
}

func parseID(k *kind, id resource.ID) (namespace, name string, err error) {
	namespace, name, ok := strings.Cut(string(id), "/")
	if !ok {
		namespace, name = "", string(id)
		if k.namespaced {
			namespace = "default"
		}
	}
	if name == "" || !k.namespaced && ok || strings.Contains(name, "/") {
		return "", "", fmt.Errorf(
			"failed to read resource because of a failure to parse resource name from request ID: %s", id)
	}
	return namespace, name, nil
}
