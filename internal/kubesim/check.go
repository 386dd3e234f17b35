package kubesim

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Annotations of pulumi-kubernetes.
const (
	annotationAutonamed = "pulumi.com/autonamed"
	annotationSkipAwait = "pulumi.com/skipAwait"
	annotationTimeout   = "pulumi.com/timeoutSeconds"
)

// unsimulatedAnnotations change how the provider works in ways that are not simulated.
var unsimulatedAnnotations = []string{"pulumi.com/waitFor", "pulumi.com/replaceUnready"}

// Check names the object, puts it into a namespace, and refuses fields that its type does not have.
func (p *provider) Check(ctx context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	k, err := kindOf(req.Type)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	if k.readOnly {
		return plugin.CheckResponse{}, fmt.Errorf(
			"%s: making one is not simulated; use a StatefulSet or a Deployment", req.Type)
	}
	i, err := p.instance(ctx)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	if i.unreachable != "" && i.skipUpdateUnreachable {
		p.warn(ctx, req.URN, "Cluster is unreachable but skipUpdateUnreachable flag is set to true, skipping...")
		return plugin.CheckResponse{Properties: req.Olds}, nil
	}
	manifest := plain(req.News)
	setMissing(manifest, "apiVersion", k.apiVersion())
	setMissing(manifest, "kind", k.name)
	if _, isUnknown := manifest["metadata"].(unknown); !isUnknown {
		metadata := child(manifest, "metadata")
		if k.namespaced {
			setMissing(metadata, "namespace", i.defaultNamespace())
		}
		if err := autoname(metadata, plain(req.Olds), req); err != nil {
			return plugin.CheckResponse{}, err
		}
	}
	checked := properties(manifest)
	hide(checked, req.News)
	response := plugin.CheckResponse{Properties: checked}
	readable, _ := knownObject(manifest)
	if _, err := decode(k, readable); err != nil {
		response.Failures = append(response.Failures, plugin.CheckFailure{Reason: err.Error()})
	}
	for _, name := range unsimulatedAnnotations {
		if text(readable, "metadata", "annotations", name) != "" {
			response.Failures = append(response.Failures, plugin.CheckFailure{
				Property: "metadata", Reason: fmt.Sprintf("annotation %s: not simulated", name),
			})
		}
	}
	return response, nil
}

func (i *instance) defaultNamespace() string {
	if i.namespace == "" {
		return "default"
	}
	return i.namespace
}

func setMissing(object map[string]any, name string, value any) {
	if _, ok := object[name]; !ok {
		object[name] = value
	}
}

// child is an object inside another one; it is made if there is none.
func child(object map[string]any, name string) map[string]any {
	inner, ok := object[name].(map[string]any)
	if !ok {
		inner = map[string]any{}
		object[name] = inner
	}
	return inner
}

// autoname gives an object without a name its old automatic one, or a new one: the logical name and eight hex digits.
func autoname(metadata, olds map[string]any, req plugin.CheckRequest) error {
	if _, named := metadata["name"]; named {
		return nil
	}
	if _, generated := metadata["generateName"]; generated {
		return errors.New("metadata.generateName: not simulated")
	}
	old := text(olds, "metadata", "name")
	if old != "" && text(olds, "metadata", "annotations", annotationAutonamed) == "true" {
		metadata["name"] = old
		child(metadata, "annotations")[annotationAutonamed] = "true"
		return nil
	}
	name, err := newName(req)
	if err != nil {
		return err
	}
	metadata["name"] = name
	child(metadata, "annotations")[annotationAutonamed] = "true"
	return nil
}

func newName(req plugin.CheckRequest) (string, error) {
	logical := strings.ToLower(req.URN.Name())
	if options := req.Autonaming; options != nil {
		switch options.Mode {
		case plugin.AutonamingModeDisabled:
			return "", errors.New("autonaming is disabled, resource requires metadata.name to be set")
		case plugin.AutonamingModeEnforce:
			return options.ProposedName, nil
		case plugin.AutonamingModePropose:
			if options.ProposedName != "" {
				return options.ProposedName, nil
			}
		}
	}
	return resource.NewUniqueName(req.RandomSeed, logical+"-", 8, 0, nil)
}
