package azuresim

import (
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// behindBalancer is a cluster with this load balancer profile.
func behindBalancer(balancer input) input {
	return inGroup(input{"resourceName": "aks", "networkProfile": input{
		"outboundType": "loadBalancer", "loadBalancerProfile": balancer,
	}})
}

// Section 1.4 and diff.go of azure-native v2: below a property that replaces, changed values replace, and what is added
// or removed does not. Spelling does not count. The old inputs say which comes first.
func TestConform_1_4_Diff(t *testing.T) {
	t.Parallel()
	const cluster, address = "containerservice:ManagedCluster", "network:PublicIPAddress"
	type kinds = map[string]plugin.DiffKind
	one := input{"managedOutboundIPs": input{"count": 1}}
	for _, test := range []struct {
		name, short string
		olds, news  input
		want        kinds
		first       bool // delete before replace
	}{
		{
			name: "value below networkProfile", short: cluster, first: true,
			olds: behindBalancer(one), news: behindBalancer(input{"managedOutboundIPs": input{"count": 3}}),
			want: kinds{"networkProfile.loadBalancerProfile.managedOutboundIPs.count": plugin.DiffUpdateReplace},
		},
		{
			name: "item below networkProfile", short: cluster, first: true,
			olds: behindBalancer(input{"outboundIPs": input{"publicIPs": []any{input{"id": "a"}}}}),
			news: behindBalancer(input{"outboundIPs": input{"publicIPs": []any{input{"id": "b"}}}}),
			want: kinds{"networkProfile.loadBalancerProfile.outboundIPs.publicIPs[0].id": plugin.DiffUpdateReplace},
		},
		{
			name: "other source of addresses", short: cluster,
			olds: behindBalancer(one), news: behindBalancer(input{"outboundIPs": input{"publicIPs": []any{input{"id": "a"}}}}),
			want: kinds{
				"networkProfile.loadBalancerProfile.managedOutboundIPs": plugin.DiffDelete,
				"networkProfile.loadBalancerProfile.outboundIPs":        plugin.DiffAdd,
			},
		},
		{
			name: "one more item", short: cluster,
			olds: behindBalancer(input{"outboundIPs": input{"publicIPs": []any{input{"id": "a"}}}}),
			news: behindBalancer(input{"outboundIPs": input{"publicIPs": []any{input{"id": "a"}, input{"id": "b"}}}}),
			want: kinds{"networkProfile.loadBalancerProfile.outboundIPs.publicIPs[1]": plugin.DiffAdd},
		},
		{
			name: "networkProfile itself", short: cluster, first: true,
			olds: behindBalancer(one), news: inGroup(input{"resourceName": "aks"}),
			want: kinds{"networkProfile": plugin.DiffDeleteReplace},
		},
		{
			name: "renamed SKU", short: cluster,
			olds: inGroup(input{"sku": input{"name": "Basic", "tier": "Paid"}}),
			news: inGroup(input{"sku": input{"name": "Base", "tier": "Standard"}}),
		},
		{
			name: "group in other case", short: address,
			olds: diffAddress, news: with(diffAddress, input{"resourceGroupName": "RG"}),
		},
		{
			name: "name was made up, is given", short: address,
			olds: with(diffAddress, input{createBeforeDelete: true}), news: with(diffAddress, input{"location": "eastus"}),
			want: kinds{"location": plugin.DiffUpdateReplace},
		},
		{
			name: "name was given, is made up", short: address, first: true,
			olds: diffAddress, news: with(diffAddress, input{"location": "eastus", createBeforeDelete: true}),
			want: kinds{"location": plugin.DiffUpdateReplace},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := newBench(t).diff(created{short: test.short, name: "x", inputs: from(test.olds)}, from(test.news))
			have := kinds{}
			for path, change := range d.DetailedDiff {
				have[path] = change.Kind
			}
			if test.want == nil {
				assert.Equal(t, plugin.DiffNone, d.Changes)
				test.want = kinds{}
			}
			assert.Equal(t, test.want, have)
			assert.Equal(t, test.first, d.DeleteBeforeReplace)
		})
	}
}

// What refresh takes over is the difference of the answers: changed values, items by their place, and nothing that
// Azure added to what the program wrote (provider.go and applyDiff of azure-native v2).
func TestConform_Read_Refresh(t *testing.T) {
	t.Parallel()
	typ := resourceType{kinds[routeTableToken], schemas().resources[string(token("network:RouteTable"))]}
	route := func(name, hop string, more input) input {
		return with(input{"name": name, "nextHopType": hop}, more)
	}
	answered := input{"id": "/x", "etag": "1", "hasBgpOverride": false, "provisioningState": "Succeeded"}
	for _, test := range []struct {
		name             string
		inputs, old, now []any // routes
		want             []any
	}{
		{
			"value",
			[]any{route("a", "None", nil)},
			[]any{route("a", "None", answered)},
			[]any{route("a", "Internet", answered)},
			[]any{route("a", "Internet", nil)},
		},
		{
			"one more",
			[]any{route("a", "None", nil)},
			[]any{route("a", "None", answered)},
			[]any{route("a", "None", answered), route("b", "None", nil)},
			[]any{route("a", "None", nil), route("b", "None", nil)},
		},
		{
			"one less",
			[]any{route("a", "None", nil), route("b", "None", nil)},
			[]any{route("a", "None", answered), route("b", "None", answered)},
			[]any{route("a", "None", answered)},
			[]any{route("a", "None", nil)},
		},
		{"all", []any{route("a", "None", nil)}, []any{route("a", "None", answered)}, []any{}, []any{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			inputs, err := typ.drifted(from(inGroup(input{"routes": test.inputs})), from(input{"routes": test.old}),
				from(input{"routes": test.now}).Mappable())
			require.NoError(t, err)
			assert.Equal(t, from(inGroup(input{"routes": test.want})), inputs)
		})
	}
}

// An imported resource's inputs are accepted, and mean no change: for every type.
func TestConform_Read_Import(t *testing.T) {
	t.Parallel()
	for _, l := range lives {
		t.Run(l.short, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.imports(b.create(l.short, "x", l.base(b)))
		})
	}
	t.Run("containerservice:ManagedCluster", func(t *testing.T) {
		t.Parallel()
		e := newEstate(t)
		b := &bench{T: t, cloud: e.cloud, provider: NewProvider(e.cloud)}
		c := created{short: "containerservice:ManagedCluster", name: "aks", id: e.cluster(nil).ID}
		inputs := b.imports(c)
		assert.Equal(t, []any{e.identity()}, inputs["identity"].ObjectValue().Mappable()["userAssignedIdentities"],
			"a string set is a list of inputs (section 1.1.5)")
	})
}

// imports imports a resource and answers the inputs.
func (b *bench) imports(c created) resource.PropertyMap {
	b.Helper()
	typ := token(c.short)
	resp, err := b.provider.Read(b.Context(), plugin.ReadRequest{URN: urn(typ, "y"), Type: typ, ID: resource.ID(c.id)})
	require.NoError(b, err)
	assert.Equal(b, c.id, string(resp.ID))
	assert.NotContains(b, resp.Inputs, resource.PropertyKey("id"))
	assert.NotContains(b, resp.Inputs, resource.PropertyKey("etag"))
	for name, v := range resp.Inputs {
		nothing := v.IsArray() && len(v.ArrayValue()) == 0 || v.IsObject() && len(v.ObjectValue()) == 0
		assert.False(b, nothing, "%s is empty, and azure-native imports no empty lists and objects", name)
	}
	checked, err := b.provider.Check(b.Context(), plugin.CheckRequest{URN: urn(typ, "y"), Type: typ, News: resp.Inputs})
	require.NoError(b, err)
	assert.Empty(b, checked.Failures)
	c.inputs, c.outputs = resp.Inputs, resp.Outputs
	assert.Equal(b, plugin.DiffNone, b.diff(c, checked.Properties).Changes)
	assert.Equal(b, c.inputs, b.read(c).Inputs, "a refresh right after finds nothing")
	_, err = b.update(c, resp.Inputs.Mappable())
	require.NoError(b, err, "an update with them is accepted")

	gone, err := b.provider.Read(b.Context(), plugin.ReadRequest{
		URN: urn(typ, "y"), Type: typ, ID: resource.ID(c.id + "x"),
	})
	require.NoError(b, err)
	assert.Empty(b, gone.ID, "what does not exist has no answer")
	return resp.Inputs
}

// Section 1.4: exactly the path parameters and the listed properties replace, whatever else a type has.
func TestConform_1_4_Replacement(t *testing.T) {
	t.Parallel()
	eachConforming(t, func(t *testing.T, c conforming) {
		typ := resourceType{kinds["azure-native:"+c.short], schemas().resources[string(token(c.short))]}
		for name := range typ.schema.inputs {
			olds := resource.PropertyMap{resource.PropertyKey(name): resource.NewStringProperty("before")}
			news := resource.PropertyMap{resource.PropertyKey(name): resource.NewStringProperty("after")}
			replaced := slices.Contains(c.path, name) || slices.Contains(c.forceNew, name)
			d := typ.diff(olds, news)
			assert.Equal(t, plugin.DiffSome, d.Changes)
			assert.Equal(t, replaced, d.Replace(), name)
			assert.Equal(t, replaced, d.DeleteBeforeReplace, "the name was given")
			assert.Equal(t, replaced, typ.diff(resource.PropertyMap{}, news).Replace(), "%s added", name)
			assert.Equal(t, replaced, typ.diff(olds, resource.PropertyMap{}).Replace(), "%s removed", name)
		}
		for _, name := range slices.Concat(c.path, c.forceNew) {
			assert.Contains(t, typ.schema.inputs, name)
		}
	})
}
