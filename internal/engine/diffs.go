package engine

import (
	"context"
	"slices"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// detailed is a provider on the wire whose diffs say what changes in a resource. The server of Pulumi's Go SDK
// (plugin.NewProviderServer, v3.250.0) sends detailed diffs without HasDetailedDiff, so the engine drops them; their
// paths as the changed top-level properties, by which the CLI chooses what to show; and a deletion that replaces as one
// that does not.
type detailed struct {
	pulumirpc.ResourceProviderServer
}

// Diff is that of the provider, as the engine reads it.
func (s detailed) Diff(ctx context.Context, request *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	response, err := s.ResourceProviderServer.Diff(ctx, request)
	return withDetails(response), err
}

// DiffConfig is that of the provider, as the engine reads it.
func (s detailed) DiffConfig(ctx context.Context, request *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	response, err := s.ResourceProviderServer.DiffConfig(ctx, request)
	return withDetails(response), err
}

func withDetails(response *pulumirpc.DiffResponse) *pulumirpc.DiffResponse {
	if len(response.GetDetailedDiff()) == 0 {
		return response
	}
	response.HasDetailedDiff = true
	for _, path := range response.Replaces {
		if d := response.DetailedDiff[path]; d != nil && d.Kind == pulumirpc.PropertyDiff_DELETE {
			d.Kind = pulumirpc.PropertyDiff_DELETE_REPLACE
		}
	}
	response.Diffs, response.Replaces = topLevel(response.Diffs), topLevel(response.Replaces)
	return response
}

// topLevel are the properties in which paths such as ipConfigurations[1].name or ["a.b"] start, sorted.
func topLevel(paths []string) []string {
	var keys []string
	for _, path := range paths {
		key := path
		if quoted, isQuoted := strings.CutPrefix(path, `["`); isQuoted {
			key, _, _ = strings.Cut(quoted, `"]`)
		} else if end := strings.IndexAny(path, ".["); end >= 0 {
			key = path[:end]
		}
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
