package kubesim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"aks-egress/internal/faults"
)

// defaultReleaseTimeout is how long Helm waits for the objects of a chart (pulumi-kubernetes, helm_release.go).
const defaultReleaseTimeout = 300

// releaseInputs are the inputs of kubernetes:helm.sh/v3:Release that are simulated. What Check adds are checksum and
// resourceNames; compat comes from the SDK.
var releaseInputs = []string{
	"chart", "checksum", "compat", "createNamespace", "name", "namespace", "resourceNames", "skipAwait", "timeout",
	"values", "version",
}

// release is a Release's inputs.
type release struct {
	name, namespace, chart, version string
	createNamespace, skipAwait      bool
	timeout                         time.Duration
	values                          map[string]any
}

func releaseOf(inputs map[string]any) release {
	flag := func(name string) bool { v, _ := inputs[name].(bool); return v }
	r := release{
		name: text(inputs, "name"), namespace: text(inputs, "namespace"), chart: text(inputs, "chart"),
		version: text(inputs, "version"), createNamespace: flag("createNamespace"), skipAwait: flag("skipAwait"),
		timeout: defaultReleaseTimeout * time.Second,
	}
	r.values, _ = inputs["values"].(map[string]any)
	if seconds, ok := inputs["timeout"].(float64); ok && seconds > 0 {
		r.timeout = time.Duration(seconds) * time.Second
	}
	return r
}

func (r release) id() resource.ID { return resource.ID(r.namespace + "/" + r.name) }

// checkRelease names a release and renders its chart, as the provider does with Helm's library: the chart comes from
// its registry to where Pulumi runs, not to the cluster.
func (p *provider) checkRelease(ctx context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	i, err := p.instance(ctx)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	inputs := plain(req.News)
	var failures []plugin.CheckFailure
	fail := func(property, format string, args ...any) {
		failures = append(failures, plugin.CheckFailure{
			Property: resource.PropertyKey(property), Reason: fmt.Sprintf(format, args...),
		})
	}
	for _, name := range sortedKeys(inputs) {
		if !slices.Contains(releaseInputs, name) {
			fail(name, "not simulated; leave it out")
		}
	}
	if _, named := inputs["name"]; !named {
		inputs["name"] = text(plain(req.Olds), "name")
		if inputs["name"] == "" {
			if inputs["name"], err = newName(req); err != nil {
				return plugin.CheckResponse{}, err
			}
		}
	}
	setMissing(inputs, "namespace", i.defaultNamespace())
	setMissing(inputs, "timeout", float64(defaultReleaseTimeout))
	if known, complete := knownObject(inputs); complete {
		delete(inputs, "compat")
		objects, err := render(releaseOf(known))
		if err != nil {
			fail("chart", "%v; check the chart name and repository configuration.", err)
		} else {
			inputs["checksum"] = hash(32, objects.manifests())
			inputs["resourceNames"] = objects.names()
		}
	}
	checked := properties(inputs)
	hide(checked, req.News)
	return plugin.CheckResponse{Properties: checked, Failures: failures}, nil
}

// diffRelease compares the inputs; another name or namespace is another release.
func diffRelease(req plugin.DiffRequest) plugin.DiffResponse {
	delta := req.OldInputs.Diff(req.NewInputs)
	if delta == nil {
		return plugin.DiffResult{Changes: plugin.DiffNone}
	}
	result := plugin.DiffResult{
		Changes: plugin.DiffSome, ChangedKeys: delta.ChangedKeys(),
		DetailedDiff: plugin.NewDetailedDiffFromObjectDiff(delta, true),
	}
	for path, change := range result.DetailedDiff {
		if path == "name" || path == "namespace" {
			change.Kind = change.Kind.AsReplace()
			result.DetailedDiff[path] = change
			result.ReplaceKeys = append(result.ReplaceKeys, resource.PropertyKey(path))
		}
	}
	slices.Sort(result.ReplaceKeys)
	return result
}

// writeRelease is helm install or upgrade.
func (w *write) writeRelease(ctx context.Context, i *instance) (resource.PropertyMap, resource.ID, error) {
	inputs, complete := knownObject(plain(w.inputs))
	if w.preview {
		return w.inputs, "", nil
	}
	verb := "create"
	if w.update {
		verb = "update"
	}
	if i.unreachable != "" || i.unknown {
		return nil, "", fmt.Errorf("can't %s Helm Release with unreachable cluster: %s", verb, i.reason())
	}
	if !complete {
		return nil, "", fmt.Errorf("%s: inputs of an update must all be known", w.urn)
	}
	r := releaseOf(inputs)
	var record releaseRecord
	var waited readiness
	err := request{w.provider, releases, w.urn, r.name, w.operation()}.send(ctx, func(faults.Fault) (err error) {
		record, waited, err = w.helm(ctx, i, r)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	outputs := w.inputs.Copy()
	outputs["status"] = propertyValue(record.status(r))
	hide(outputs, w.inputs)
	if waited.ready || r.skipAwait {
		return outputs, r.id(), nil
	}
	failed := fmt.Sprintf("failed to become available within allocated timeout. Error: Helm Release %s: context "+
		"deadline exceeded", r.id())
	what := fmt.Sprintf("Helm release %q failed to initialize completely. Use Helm CLI to investigate.: error running "+
		"update: %s", r.id(), failed)
	if !w.update {
		w.warn(ctx, w.urn, fmt.Sprintf("Helm release %q was created but has a failed status. Use the `helm` command to "+
			"investigate the error, correct it, then retry. Reason: context deadline exceeded", r.name))
		what = fmt.Sprintf("Helm release %q was created, but failed to initialize completely. Use Helm CLI to "+
			"investigate.: %s", r.id(), failed)
	}
	return outputs, r.id(), newInitError(r.id(), append([]string{what}, waited.reasons...), outputs, nil)
}

func (w *write) operation() faults.Operation {
	if w.update {
		return faults.Update
	}
	return faults.Create
}

// helm applies a chart's objects and lets their controllers work.
func (w *write) helm(ctx context.Context, i *instance, r release) (releaseRecord, readiness, error) {
	s := w.kubernetes.begin(ctx, i.cluster, i.server)
	defer s.end()
	record, exists := s.releaseRecord(r.namespace, r.name)
	switch {
	case exists && !w.update:
		return record, readiness{}, errors.New("cannot re-use a name that is still in use")
	case !exists && w.update:
		return record, readiness{}, fmt.Errorf("%q has no deployed releases", r.name)
	}
	if err := s.releaseNamespace(r); err != nil {
		return record, readiness{}, err
	}
	objects, err := render(r)
	if err != nil {
		return record, readiness{}, err
	}
	waited, err := s.applyChart(objects)
	if err != nil {
		return record, readiness{}, err
	}
	if waited.ready && waited.after > r.timeout {
		waited.ready, waited.reasons = false, waited.slow
	}
	record.Revision++
	record.Chart, record.Version, record.Status = r.chart, r.version, "deployed"
	if !waited.ready && !r.skipAwait {
		record.Status = "failed"
	}
	s.putRelease(r.namespace, r.name, record)
	if err := s.commit(); err != nil {
		return record, readiness{}, err
	}
	w.report(ctx, s, waited)
	return record, waited, nil
}

// releaseNamespace makes the namespace of a release, which stays when the release goes.
func (s *session) releaseNamespace(r release) error {
	_, exists := s.raw(namespaces, "", r.namespace)
	switch {
	case exists || builtinNamespaces[r.namespace]:
		return nil
	case !r.createNamespace:
		return fmt.Errorf("create: failed to create: namespaces %q not found", r.namespace)
	}
	_, err := s.apply(namespaces, map[string]any{
		"apiVersion": "v1", "kind": "Namespace",
		"metadata": map[string]any{"name": r.namespace, "labels": map[string]any{"name": r.namespace}},
	}, false)
	return err
}

// readRelease answers what Helm has stored of a release. While it is looked at, the kubelets of its pods try again.
func (p *provider) readRelease(
	ctx context.Context, i *instance, req plugin.ReadRequest,
) (plugin.ReadResponse, error) {
	namespace, name, _ := strings.Cut(string(req.ID), "/")
	var record releaseRecord
	var exists bool
	err := request{p, releases, req.URN, name, faults.Read}.send(ctx, func(faults.Fault) error {
		s := p.kubernetes.begin(ctx, i.cluster, i.server)
		defer s.end()
		if record, exists = s.releaseRecord(namespace, name); !exists {
			return nil
		}
		s.afterChart()
		return s.commit()
	})
	if err != nil || !exists {
		return plugin.ReadResponse{}, err
	}
	if len(req.Inputs) == 0 {
		return plugin.ReadResponse{}, fmt.Errorf("%s: importing a release is not simulated", req.ID)
	}
	outputs := req.Inputs.Copy()
	known, _ := knownObject(plain(req.Inputs))
	outputs["status"] = propertyValue(record.status(releaseOf(known)))
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{ID: req.ID, Inputs: req.Inputs, Outputs: outputs}}, nil
}

// deleteRelease is helm uninstall.
func (p *provider) deleteRelease(ctx context.Context, i *instance, req plugin.DeleteRequest) error {
	namespace, name, _ := strings.Cut(string(req.ID), "/")
	return request{p, releases, req.URN, name, faults.Delete}.send(ctx, func(faults.Fault) error {
		s := p.kubernetes.begin(ctx, i.cluster, i.server)
		defer s.end()
		if _, exists := s.releaseRecord(namespace, name); !exists {
			return fmt.Errorf("uninstall: Release not loaded: %s: release: not found", name)
		}
		known, _ := knownObject(plain(req.Inputs))
		objects, err := render(releaseOf(known))
		if err != nil {
			return err
		}
		for _, o := range slices.Backward(objects) {
			in, object := text(o.manifest, "metadata", "namespace"), text(o.manifest, "metadata", "name")
			if err := s.delete(o.kind, in, object); err != nil {
				return err
			}
		}
		s.remove(secrets, namespace, releaseSecret(name))
		return s.commit()
	})
}
