package engine

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// adopt adds a resource that exists in the cloud to the state. It reports false when the state has no provider for it.
func adopt(state *apitype.DeploymentV3, e entry) (apitype.ResourceV3, bool) {
	adopted, found := pendingResource(state, e.URN)
	if !found {
		adopted, found = deducedResource(state, e)
	}
	if !found {
		return apitype.ResourceV3{}, false
	}
	adopted.ID, adopted.Custom = resource.ID(e.ID), true
	for i := range state.Resources {
		old := &state.Resources[i]
		switch {
		case old.URN != adopted.URN || old.Delete:
		case old.PendingReplacement: // deleted before its replacement was made: the adopted one is the replacement
			state.Resources[i] = adopted
			return adopted, true
		default: // the replacement was made first; the old one is still to be deleted
			old.Delete = true
		}
	}
	state.Resources = append(state.Resources, adopted)
	return adopted, true
}

// pendingResource is what the engine wrote before it asked the provider.
func pendingResource(state *apitype.DeploymentV3, urn string) (apitype.ResourceV3, bool) {
	for _, operation := range state.PendingOperations {
		if string(operation.Resource.URN) == urn && operation.Type == apitype.OperationTypeCreating {
			return operation.Resource, true
		}
	}
	return apitype.ResourceV3{}, false
}

// deducedResource is for a create that the engine took for failed, because its provider went away before the answer.
// The next up corrects parent and dependencies from the program; they only have to be valid here.
func deducedResource(state *apitype.DeploymentV3, e entry) (apitype.ResourceV3, bool) {
	urn, err := resource.ParseURN(e.URN)
	if err != nil {
		return apitype.ResourceV3{}, false
	}
	provider := providerFor(state, urn.Type().Package())
	if provider == "" {
		return apitype.ResourceV3{}, false
	}
	return apitype.ResourceV3{
		URN: urn, Type: urn.Type(), Custom: true, Inputs: e.Inputs, Provider: provider, Parent: parentFor(state, urn),
	}, true
}

// providerFor is a reference to a provider of a package: one that other resources use, else any.
func providerFor(state *apitype.DeploymentV3, pkg tokens.Package) string {
	found := ""
	for _, r := range state.Resources {
		if r.Delete {
			continue
		}
		if r.Custom && r.Provider != "" && r.Type.Package() == pkg {
			return r.Provider
		}
		if r.Type == tokens.Type("pulumi:providers:"+string(pkg)) {
			found = string(r.URN) + "::" + string(r.ID)
		}
	}
	return found
}

// parentFor finds a resource of the parent's type, as the URN tells it: the one whose name the child's name extends the
// furthest, else the first, else the stack.
func parentFor(state *apitype.DeploymentV3, child resource.URN) resource.URN {
	chain := string(child.QualifiedType())
	parentType, hasParent := chain, false
	if i := strings.LastIndex(chain, "$"); i >= 0 {
		parentType, hasParent = chain[:i], true
	}
	var best resource.URN
	longest := -1
	for _, r := range state.Resources {
		if !hasParent && string(r.Type) == stackType {
			return r.URN
		}
		if hasParent && !r.Delete && string(r.URN.QualifiedType()) == parentType {
			length := 0
			if strings.HasPrefix(child.Name(), r.URN.Name()) {
				length = len(r.URN.Name())
			}
			if length > longest {
				best, longest = r.URN, length
			}
		}
	}
	return best
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
