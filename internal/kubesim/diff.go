package kubesim

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Diff compares old and new inputs in the form that the API server gives them, so that 0.1 CPU and 100m are the same.
// What the server added is no difference; what others changed shows after a refresh, which rewrites the old inputs.
func (p *provider) Diff(ctx context.Context, req plugin.DiffRequest) (plugin.DiffResponse, error) {
	k, err := kindOf(req.Type)
	if err != nil {
		return plugin.DiffResult{}, err
	}
	if k == releases {
		return diffRelease(req), nil
	}
	i, err := p.instance(ctx)
	if err != nil {
		return plugin.DiffResult{}, err
	}
	olds, news := comparableInputs(k, req.OldInputs), comparableInputs(k, req.NewInputs)
	delta := properties(olds).Diff(properties(news))
	if delta == nil {
		return plugin.DiffResult{Changes: plugin.DiffNone}, nil
	}
	result := plugin.DiffResult{
		Changes: plugin.DiffSome, ChangedKeys: delta.ChangedKeys(),
		DetailedDiff: plugin.NewDetailedDiffFromObjectDiff(delta, true),
	}
	forceNew := i.forceNew(k, news)
	for path, change := range result.DetailedDiff {
		if !within(path, forceNew) {
			continue
		}
		change.Kind = change.Kind.AsReplace()
		result.DetailedDiff[path] = change
		result.ReplaceKeys = append(result.ReplaceKeys, resource.PropertyKey(path))
	}
	slices.Sort(result.ReplaceKeys)
	result.DeleteBeforeReplace = len(result.ReplaceKeys) > 0 &&
		text(news, "metadata", "annotations", annotationAutonamed) != "true" &&
		text(news, "metadata", "name") == text(olds, "metadata", "name") &&
		text(news, "metadata", "namespace") == text(olds, "metadata", "namespace")
	return result, nil
}

// forceNew are the paths whose change replaces the object (pulumi-kubernetes, provider/diff.go).
func (i *instance) forceNew(k *kind, news map[string]any) []string {
	paths := append([]string{"metadata.name", "metadata.namespace", "apiVersion", "kind"}, k.forceNew...)
	immutable, _ := news["immutable"].(bool)
	switch {
	case k == configMaps && (!i.configMapMutable || immutable):
		paths = append(paths, "data", "binaryData")
	case k == secrets && (!i.secretMutable || immutable):
		paths = append(paths, "data", "stringData")
	}
	return paths
}

// within tells whether a property path is one of the paths or lies below it.
func within(path string, paths []string) bool {
	return slices.ContainsFunc(paths, func(prefix string) bool {
		rest, ok := strings.CutPrefix(path, prefix)
		return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}

// comparableInputs is the form of inputs in which they are compared: as the API server would write them, but only the
// fields that they have. Inputs with unknown values stay as they are.
func comparableInputs(k *kind, inputs resource.PropertyMap) map[string]any {
	manifest := plain(inputs)
	readable, complete := knownObject(manifest)
	if !complete {
		return manifest
	}
	return normal(k, readable)
}

// normal writes a manifest as its Go type does; it stays as it is if it is none.
func normal(k *kind, manifest map[string]any) map[string]any {
	o := k.empty()
	data, err := json.Marshal(manifest)
	if err != nil || json.Unmarshal(data, o) != nil {
		return manifest
	}
	shape := manifest
	if k.normalize != nil {
		k.normalize(o)
		if folded, err := manifestOf(o); err == nil {
			shape = clone(manifest)
			if _, ok := shape["stringData"]; ok {
				delete(shape, "stringData")
				shape["data"] = folded["data"]
			}
		}
	}
	written, err := manifestOf(o)
	if err != nil {
		return manifest
	}
	return prune(written, shape).(map[string]any)
}
