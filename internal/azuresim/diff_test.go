package azuresim

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
)

// differing is a pair of inputs and what azure-native says of it.
type differing struct {
	name, short string
	olds, news  input
	unknown     string // a property that is unknown in news
	want        map[string]plugin.DiffKind
	deleteFirst bool
}

var diffAddress = inGroup(with(standardAddress, input{"publicIpAddressName": "pip", "location": "westeurope"}))

var differences = []differing{
	{name: "none", short: "network:PublicIPAddress", olds: diffAddress, news: diffAddress},
	{
		name: "location in other words", short: "network:PublicIPAddress", olds: diffAddress,
		news: with(diffAddress, input{"location": "West Europe"}),
	},
	{
		name: "internal property", short: "network:PublicIPAddress", olds: diffAddress,
		news: with(diffAddress, input{createBeforeDelete: true}),
	},
	{
		name: "in place", short: "network:PublicIPAddress", olds: diffAddress, news: with(diffAddress,
			input{"tags": input{"a": "b"}}),
		want: map[string]plugin.DiffKind{"tags": plugin.DiffAdd},
	},
	{
		name: "replaced, name given", short: "network:PublicIPAddress", olds: diffAddress,
		news: with(diffAddress, input{"sku": input{"name": "Basic"}}),
		want: map[string]plugin.DiffKind{"sku.name": plugin.DiffUpdateReplace}, deleteFirst: true,
	},
	{
		name: "replaced, name made up", short: "network:PublicIPAddress",
		olds: with(diffAddress, input{createBeforeDelete: true}),
		news: with(diffAddress, input{"location": "eastus", createBeforeDelete: true}),
		want: map[string]plugin.DiffKind{"location": plugin.DiffUpdateReplace},
	},
	{
		name: "path parameter", short: "network:PublicIPAddress", olds: diffAddress,
		news: with(diffAddress, input{"resourceGroupName": "other"}),
		want: map[string]plugin.DiffKind{"resourceGroupName": plugin.DiffUpdateReplace}, deleteFirst: true,
	},
	{
		name: "path parameter unknown", short: "network:PublicIPAddress", olds: diffAddress, news: diffAddress,
		unknown: "resourceGroupName",
		want:    map[string]plugin.DiffKind{"resourceGroupName": plugin.DiffUpdateReplace}, deleteFirst: true,
	},
	{
		name: "prefix length is Azure's to refuse", short: "network:PublicIPPrefix",
		olds: inGroup(input{"prefixLength": 30}), news: inGroup(input{"prefixLength": 31}),
		want: map[string]plugin.DiffKind{"prefixLength": plugin.DiffUpdate},
	},
	{
		name: "items", short: "network:RouteTable",
		olds: inGroup(input{"routes": []any{input{"name": "a", "nextHopType": "None"}}}),
		news: inGroup(input{"routes": []any{input{"name": "a", "nextHopType": "Internet"}, input{"name": "b"}}}),
		want: map[string]plugin.DiffKind{"routes[0].nextHopType": plugin.DiffUpdate, "routes[1]": plugin.DiffAdd},
	},
}

func TestDiff(t *testing.T) {
	t.Parallel()
	computed := resource.MakeComputed(resource.NewStringProperty(""))
	for _, test := range differences {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			news := from(test.news)
			if test.unknown != "" {
				news[resource.PropertyKey(test.unknown)] = computed
			}
			d := newBench(t).diff(created{short: test.short, name: "x", inputs: from(test.olds)}, news)
			have := map[string]plugin.DiffKind{}
			for path, change := range d.DetailedDiff {
				have[path] = change.Kind
				assert.True(t, change.InputDiff)
			}
			if test.want == nil {
				assert.Equal(t, plugin.DiffNone, d.Changes)
				test.want = map[string]plugin.DiffKind{}
			}
			assert.Equal(t, test.want, have)
			assert.Equal(t, test.deleteFirst, d.DeleteBeforeReplace)
		})
	}
}
