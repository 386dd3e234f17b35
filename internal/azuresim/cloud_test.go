package azuresim

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// step is one request of a random program; several are sure to be refused in many states.
type step struct{ short, name, verb string }

// randomInputs are inputs that fit some states of the cloud and not others.
func randomInputs(r *rapid.T, s step) input {
	id := func(kind, name string) input {
		return input{"id": groupID("rg") + "/providers/Microsoft.Network/" + kind + "/" + name}
	}
	name := rapid.SampledFrom([]string{"one", "two"})
	second := rapid.IntRange(0, 2).Draw(r, "range")
	switch s.short {
	case "network:VirtualNetwork":
		in := inGroup(input{
			"virtualNetworkName": s.name,
			"addressSpace":       input{"addressPrefixes": []any{fmt.Sprintf("10.%d.0.0/16", second)}},
		})
		if rapid.Bool().Draw(r, "inline") {
			prefix := fmt.Sprintf("10.%d.0.0/24", rapid.IntRange(0, 2).Draw(r, "subnet"))
			in["subnets"] = []any{input{"name": "inline", "addressPrefix": prefix}}
		}
		return in
	case "network:Subnet":
		return inGroup(input{
			"virtualNetworkName": name.Draw(r, "network"), "subnetName": s.name,
			"addressPrefix": fmt.Sprintf("10.%d.%d.0/24", second, rapid.IntRange(0, 1).Draw(r, "third")),
			"natGateway":    id("natGateways", name.Draw(r, "gateway")),
		})
	case "network:NatGateway":
		return inGroup(input{
			"natGatewayName": s.name, "sku": input{"name": "Standard"},
			"publicIpAddresses": []any{id("publicIPAddresses", name.Draw(r, "address"))},
		})
	case "network:VirtualNetworkPeering":
		return inGroup(input{
			"virtualNetworkName": s.name, "virtualNetworkPeeringName": "p",
			"remoteVirtualNetwork": id("virtualNetworks", name.Draw(r, "remote")),
		})
	default:
		return inGroup(with(standardAddress, input{"publicIpAddressName": s.name}))
	}
}

// Random requests: a refused one changes nothing, and the store always holds what the cloud shows.
func TestRefusedRequestsChangeNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	steps := rapid.Custom(func(r *rapid.T) step {
		return step{
			rapid.SampledFrom([]string{
				"network:VirtualNetwork", "network:Subnet", "network:NatGateway", "network:PublicIPAddress",
				"network:VirtualNetworkPeering",
			}).Draw(r, "type"),
			rapid.SampledFrom([]string{"one", "two"}).Draw(r, "name"),
			rapid.SampledFrom([]string{"create", "create", "update", "delete"}).Draw(r, "verb"),
		}
	})
	group := b.group()
	rapid.Check(t, func(r *rapid.T) {
		require.NoError(r, b.remove(group))
		b.group()
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			s := steps.Draw(r, "step")
			before, held := b.cloud.Records(), fmt.Sprint(b.cloud.addresses)
			if err := b.take(s, randomInputs(r, s)); err != nil {
				assert.Equal(r, before, b.cloud.Records(), "%v: %v", s, err)
				assert.Equal(r, held, fmt.Sprint(b.cloud.addresses), "%v: %v", s, err)
			}
			stored, err := Open(b.cloud.db)
			require.NoError(r, err)
			require.Equal(r, b.cloud.Records(), stored.Records())
			require.Equal(r, fmt.Sprint(b.cloud.addresses), fmt.Sprint(stored.addresses))
		}
	})
}

// take makes one request.
func (b *bench) take(s step, in input) error {
	checked, _ := b.check(s.short, s.name, in)
	t, plain, err := b.provider.(*provider).request(token(s.short), checked)
	if err != nil {
		return err
	}
	id, err := t.kind.id(plain)
	if err != nil {
		return err
	}
	c := created{short: s.short, name: s.name, id: id, inputs: checked}
	switch s.verb {
	case "create":
		_, err = b.try(s.short, s.name, in)
	case "update":
		_, err = b.update(c, in)
	default:
		err = b.remove(c)
	}
	return err
}

// Deleting a group deletes what is inside, in an order that works; a resource in use from outside the group stops it.
func TestGroupDeletion(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	gatewayOnSubnet(b)
	group := created{short: "resources:ResourceGroup", name: "rg", id: groupID("rg"), inputs: resource.PropertyMap{}}
	outside := b.create("resources:ResourceGroup", "other", input{"resourceGroupName": "other"})
	b.create("network:VirtualNetwork", "user", input{
		"resourceGroupName": "other", "virtualNetworkName": "user",
		"addressSpace": input{"addressPrefixes": []any{"10.9.0.0/16"}},
	})
	table := b.create("network:RouteTable", "table", inGroup(input{"routeTableName": "table"}))
	subnet := b.create("network:Subnet", "nodes", input{
		"resourceGroupName": "other", "virtualNetworkName": "user", "addressPrefix": "10.9.0.0/24",
		"routeTable": input{"id": table.id},
	})
	require.ErrorContains(t, b.remove(group), "InUseRouteTableCannotBeDeleted")
	var kept []string
	for _, r := range b.cloud.Records() {
		kept = append(kept, nameOf(r.ID))
	}
	assert.Equal(t, []string{"other", "user", "nodes", "rg", "table"}, kept, "what nothing uses is deleted")
	require.NoError(t, b.remove(subnet))
	require.NoError(t, b.remove(group))
	require.Len(t, b.cloud.Records(), 2)
	require.NoError(t, b.remove(outside))
	assert.Empty(t, b.cloud.Records())
	assert.Empty(t, b.cloud.addresses, "addresses are given back")
}

// Inline children are exactly the list; absent, the children stay; standalone and inline are one thing.
func TestInlineChildren(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	network := b.vnet("vnet", "10.0.0.0/16")
	b.create("network:Subnet", "alone", inGroup(input{"virtualNetworkName": "vnet", "addressPrefix": "10.0.0.0/24"}))
	base := inGroup(input{"virtualNetworkName": "vnet", "addressSpace": input{"addressPrefixes": []any{"10.0.0.0/16"}}})
	u, err := b.update(network, base)
	require.NoError(t, err)
	assert.Equal(t, "alone", u.out("subnets", 0, "name"), "unset lists are kept")
	u, err = b.update(network, with(base, input{"subnets": []any{input{
		"name":          "inline",
		"addressPrefix": "10.0.0.0/24",
	}}}))
	require.NoError(t, err)
	assert.Equal(t, "inline", u.out("subnets", 0, "name"))
	assert.Len(t, u.out("subnets"), 1, "standalone children go")
	_, err = b.try("network:Subnet", "inline", inGroup(input{
		"virtualNetworkName": "vnet",
		"addressPrefix":      "10.0.9.0/24",
	}))
	require.ErrorContains(t, err, "cannot create already existing resource")
	_, err = b.update(network, with(base, input{"addressSpace": input{"addressPrefixes": []any{"10.1.0.0/16"}}}))
	require.ErrorContains(t, err, "NetcfgSubnetRangeOutsideVnet")
}

// A side of a peering that loses its other side is disconnected until it is put again.
func TestPeeringStates(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	left, right := b.vnet("left", "10.0.0.0/16"), b.vnet("right", "10.1.0.0/16")
	side := func(local string, remote created) input {
		return inGroup(input{"virtualNetworkName": local, "remoteVirtualNetwork": input{"id": remote.id}})
	}
	out := b.create("network:VirtualNetworkPeering", "out", side("left", right))
	assert.Equal(t, "Initiated", out.out("peeringState"))
	in := b.create("network:VirtualNetworkPeering", "in", side("right", left))
	assert.Equal(t, "Connected", in.out("peeringState"))
	require.NoError(t, b.remove(in))
	assert.Equal(t, "Disconnected", b.read(out).Outputs["peeringState"].StringValue())
	_, err := b.try("network:VirtualNetworkPeering", "in", side("right", left))
	require.ErrorContains(t, err, "RemotePeeringIsDisconnected")
	_, err = b.update(out, side("left", right))
	require.NoError(t, err)
	b.create("network:VirtualNetworkPeering", "in", side("right", left))
	assert.Equal(t, "Connected", b.read(out).Outputs["peeringState"].StringValue())
	_, err = b.update(right, inGroup(input{
		"virtualNetworkName": "right", "addressSpace": input{"addressPrefixes": []any{"10.0.0.0/8"}},
	}))
	require.ErrorContains(t, err, "VnetAddressSpacesOverlap")
}

// A refusal that leaves the resource behind is stored, and Pulumi learns of it as an initialization error.
func TestPartialFailure(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	failing := &Record{
		Token: string(token("network:RouteTable")), ID: groupID("rg") + "/providers/Microsoft.Network/routeTables/t",
		Outputs: map[string]any{"provisioningState": "Failed"},
	}
	err := b.cloud.do(failing.ID, "", func(op *operation) error {
		op.put(failing)
		return &partialError{&armError{Status: 400, Code: "VMExtensionError_OutboundConnFail", Message: "no way out"}}
	})
	require.ErrorContains(t, err, "no way out")
	require.Len(t, b.reopened().Records(), 2)

	inputs, outputs := from(input{"a": "b"}), from(failing.Outputs)
	status, err := initialized(failing.ID, inputs, outputs, err)
	assert.Equal(t, resource.StatusPartialFailure, status)
	details := rpcerror.Convert(err).Details()
	require.Len(t, details, 1)
	failed, ok := details[0].(*pulumirpc.ErrorResourceInitFailed)
	require.True(t, ok)
	assert.Equal(t, failing.ID, failed.GetId())
	assert.Equal(t, "Failed", failed.GetProperties().AsMap()["provisioningState"])
	assert.Contains(t, failed.GetReasons()[0], "VMExtensionError_OutboundConnFail")
}
