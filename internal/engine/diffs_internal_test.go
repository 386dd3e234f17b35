package engine

import (
	"context"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// differing is a provider whose diffs are all kinds of changes.
type differing struct{ plugin.UnimplementedProvider }

var kinds = map[string]plugin.PropertyDiff{
	"added": {Kind: plugin.DiffAdd}, "list[1].added": {Kind: plugin.DiffAddReplace},
	"deleted": {Kind: plugin.DiffDelete}, "list[0]": {Kind: plugin.DiffDeleteReplace},
	"updated.deep": {Kind: plugin.DiffUpdate}, `["a.b"].c`: {Kind: plugin.DiffUpdateReplace},
}

func (*differing) Diff(context.Context, plugin.DiffRequest) (plugin.DiffResponse, error) {
	return plugin.DiffResponse{Changes: plugin.DiffSome, DetailedDiff: kinds}, nil
}

func TestDetailed_EveryKindCrossesTheWire(t *testing.T) {
	t.Parallel()
	const urn = "urn:pulumi:dev::lab::fake:index:Thing::a"
	server := detailed{plugin.NewProviderServer(&differing{})}
	response, err := server.Diff(t.Context(), &pulumirpc.DiffRequest{Id: "a", Urn: urn})
	require.NoError(t, err)
	assert.True(t, response.HasDetailedDiff)
	assert.Equal(t, []string{"a.b", "added", "deleted", "list", "updated"}, response.Diffs)
	assert.Equal(t, []string{"a.b", "list"}, response.Replaces)
	got := map[string]pulumirpc.PropertyDiff_Kind{}
	for path, d := range response.DetailedDiff {
		got[path] = d.Kind
	}
	assert.Equal(t, map[string]pulumirpc.PropertyDiff_Kind{
		"added": pulumirpc.PropertyDiff_ADD, "list[1].added": pulumirpc.PropertyDiff_ADD_REPLACE,
		"deleted": pulumirpc.PropertyDiff_DELETE, "list[0]": pulumirpc.PropertyDiff_DELETE_REPLACE,
		"updated.deep": pulumirpc.PropertyDiff_UPDATE, `["a.b"].c`: pulumirpc.PropertyDiff_UPDATE_REPLACE,
	}, got)
	assert.Nil(t, withDetails(nil))
}
