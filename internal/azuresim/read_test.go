package azuresim

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Refresh shows what changed behind Pulumi's back, in outputs and in inputs.
func TestReadShowsDrift(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	table := b.create("network:RouteTable", "table", inGroup(input{"routes": []any{
		input{"name": "r", "addressPrefix": "0.0.0.0/0", "nextHopType": "Internet"},
	}}))
	elsewhere := table
	_, err := b.update(elsewhere, inGroup(input{"tags": input{"by": "somebody"}, "routes": []any{
		input{"name": "r", "addressPrefix": "0.0.0.0/0", "nextHopType": "None"},
	}}))
	require.NoError(t, err)
	r := b.read(table)
	assert.Equal(t, "None", r.Outputs["routes"].ArrayValue()[0].ObjectValue()["nextHopType"].StringValue())
	assert.Equal(t, "None", r.Inputs["routes"].ArrayValue()[0].ObjectValue()["nextHopType"].StringValue())
	assert.Equal(t, "somebody", r.Inputs["tags"].ObjectValue()["by"].StringValue())
	assert.Equal(t, "rg", r.Inputs["resourceGroupName"].StringValue())
	table.inputs = r.Inputs
	d := b.diff(table, from(inGroup(input{
		"routeTableName": table.inputs["routeTableName"].StringValue(), "location": "WestEurope",
		"routes": []any{input{"name": "r", "addressPrefix": "0.0.0.0/0", "nextHopType": "Internet"}},
	})))
	assert.Contains(t, d.DetailedDiff, "routes[0].nextHopType", "the next update repairs it")
	assert.Contains(t, d.DetailedDiff, "tags")
}

// Children made standalone do not become inputs of their parent, and what other resources cause does not either.
func TestReadLeavesInputsAlone(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	network := b.vnet("vnet", "10.0.0.0/16")
	address := b.address("pip")
	gateway := b.create("network:NatGateway", "nat", inGroup(input{
		"sku": input{"name": "Standard"}, "publicIpAddresses": []any{input{"id": address.id}},
	}))
	subnet := b.create("network:Subnet", "nodes", inGroup(input{
		"virtualNetworkName": "vnet", "addressPrefix": "10.0.0.0/24", "natGateway": input{"id": gateway.id},
	}))
	other := b.vnet("other", "10.1.0.0/16")
	out := b.create("network:VirtualNetworkPeering", "out", inGroup(input{
		"virtualNetworkName": "vnet", "remoteVirtualNetwork": input{"id": other.id},
	}))
	b.create("network:VirtualNetworkPeering", "in", inGroup(input{
		"virtualNetworkName": "other", "remoteVirtualNetwork": input{"id": network.id},
	}))
	for _, c := range []created{network, address, gateway, subnet} {
		assert.Equal(t, c.inputs, b.read(c).Inputs, c.short)
	}
	assert.Equal(t, "Connected", b.read(out).Outputs["peeringState"].StringValue())
	shown := b.read(network).Outputs["subnets"].ArrayValue()
	require.Len(t, shown, 1)
	assert.Equal(t, subnet.id, shown[0].ObjectValue()["id"].StringValue())
	assert.Len(t, b.read(gateway).Outputs["subnets"].ArrayValue(), 1)
}

// The state of a peering is writable in Azure's API, so a refresh makes it an input when the other side appears or
// goes, and the next update takes it away again. A side that lost its other side is mended by that update.
func TestReadTakesOverPeeringState(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	left, right := b.vnet("left", "10.0.0.0/16"), b.vnet("right", "10.1.0.0/16")
	side := func(local string, remote created) input {
		return inGroup(input{"virtualNetworkName": local, "remoteVirtualNetwork": input{"id": remote.id}})
	}
	out := b.create("network:VirtualNetworkPeering", "out", side("left", right))
	in := b.create("network:VirtualNetworkPeering", "in", side("right", left))
	refreshed := func() {
		r := b.read(out)
		out.inputs, out.outputs = r.Inputs, r.Outputs
	}
	refreshed()
	assert.Equal(t, "Connected", out.inputs["peeringState"].StringValue())
	require.NoError(t, b.remove(in))
	refreshed()
	assert.Equal(t, "Disconnected", out.inputs["peeringState"].StringValue())
	updated, err := b.update(out, side("left", right))
	require.NoError(t, err)
	out = updated
	b.create("network:VirtualNetworkPeering", "in", side("right", left))
	refreshed()
	assert.Equal(t, "Connected", out.outputs["peeringState"].StringValue())
}

// Import makes inputs from the id and Azure's answer; a program with these inputs changes nothing.
func TestImport(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	c := b.create("network:PublicIPAddress", "pip", inGroup(with(standardAddress, input{"publicIpAddressName": "pip"})))
	typ := token(c.short)
	resp, err := b.provider.Read(t.Context(), plugin.ReadRequest{URN: urn(typ, "x"), Type: typ, ID: resource.ID(c.id)})
	require.NoError(t, err)
	assert.Equal(t, "pip", resp.Inputs["publicIpAddressName"].StringValue())
	assert.Equal(t, "rg", resp.Inputs["resourceGroupName"].StringValue())
	assert.NotContains(t, resp.Inputs, resource.PropertyKey("provisioningState"))
	checked, err := b.provider.Check(t.Context(), plugin.CheckRequest{URN: urn(typ, "x"), Type: typ, News: resp.Inputs})
	require.NoError(t, err)
	assert.Empty(t, checked.Failures)
	c.inputs = resp.Inputs
	assert.Equal(t, plugin.DiffNone, b.diff(c, checked.Properties).Changes)

	_, err = b.provider.Read(t.Context(), plugin.ReadRequest{URN: urn(typ, "x"), Type: typ, ID: "pip"})
	require.ErrorContains(t, err, "must have the form /subscriptions/{subscriptionId}/resourceGroups/")
}

// The same resource through the default package: older properties only.
func TestDefaultPackage(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	network := b.vnet("vnet", "10.0.0.0/16", input{
		"name": "a", "addressPrefix": "10.0.0.0/24",
		"defaultOutboundAccess": false,
	})
	const old = "azure-native:network:VirtualNetwork"
	resp, err := b.provider.Read(t.Context(), plugin.ReadRequest{
		URN: urn(old, "x"), Type: old, ID: resource.ID(network.id),
	})
	require.NoError(t, err)
	assert.NotContains(t, resp.Outputs, resource.PropertyKey("privateEndpointVNetPolicies"))
	subnet := resp.Outputs["subnets"].ArrayValue()[0].ObjectValue()
	assert.Equal(t, "a", subnet["name"].StringValue())
	created, err := b.provider.Create(t.Context(), plugin.CreateRequest{
		URN: urn("azure-native:network:RouteTable", "t"), Type: "azure-native:network:RouteTable",
		Properties: from(inGroup(input{"routeTableName": "t", "location": "westeurope"})),
	})
	require.NoError(t, err)
	assert.Equal(t, "t", created.Properties["name"].StringValue())
}

func TestInvoke(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	address := b.address("pip")
	ask := func(name string) (plugin.InvokeResponse, error) {
		return b.provider.Invoke(t.Context(), plugin.InvokeRequest{
			Tok:  "azure-native:network/v20240501:getPublicIPAddress",
			Args: from(input{"resourceGroupName": "rg", "publicIpAddressName": name}),
		})
	}
	resp, err := ask("pip")
	require.NoError(t, err)
	assert.Equal(t, address.id, resp.Properties["id"].StringValue())
	assert.Equal(t, address.out("ipAddress"), resp.Properties["ipAddress"].StringValue())
	_, err = ask("gone")
	require.ErrorContains(t, err, "ResourceNotFound")
	wrong, err := b.provider.Invoke(t.Context(), plugin.InvokeRequest{
		Tok: "azure-native:network/v20240501:getSubnet", Args: from(input{"name": "x"}),
	})
	require.NoError(t, err)
	assert.Equal(t, "name", string(wrong.Failures[0].Property))
}
