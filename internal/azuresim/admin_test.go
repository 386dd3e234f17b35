package azuresim

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNewestVersion(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "azure-native:network/v20240501:Subnet", newest("azure-native:network:Subnet"))
	assert.Equal(t, "azure-native:network/v20240501:Subnet", newest("azure-native:network/v20240501:Subnet"))
	assert.Equal(t, "v20240501", apiVersion("azure-native:network/v20240501:Subnet"))
	assert.Empty(t, apiVersion("azure-native:network:Subnet"))
}

// A change without a change is an update that leaves every type as it was: the body is complete, and nothing of it is
// refused that Azure itself answered.
func TestChangeNothing(t *testing.T) {
	t.Parallel()
	for _, l := range lives {
		t.Run(l.short, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			c := b.create(l.short, "x", l.base(b))
			before, err := b.cloud.Get(c.id)
			require.NoError(t, err)
			answer, err := b.cloud.Change(c.id, func(map[string]any) error { return nil })
			require.NoError(t, err)
			after, err := b.cloud.Get(c.id)
			require.NoError(t, err)
			assert.Equal(t, after, answer)
			for _, r := range []*Record{&before, &after} {
				delete(r.Outputs, "etag")
				for _, list := range []string{"subnets", "routes", "securityRules"} {
					for _, child := range objects(r.Outputs, list) {
						delete(child, "etag")
					}
				}
			}
			assert.Equal(t, before.Outputs, after.Outputs)
			assert.Empty(t, b.diff(c, c.inputs).DetailedDiff)
			assert.Equal(t, c.inputs, b.read(c).Inputs, "refresh finds nothing")
		})
	}
}

// Faults meet the changes of az as they meet the provider's: one that is throttled is sent again, one that fails after
// it was accepted leaves the resource as it was, in state Failed, until the next.
func TestChange_Faults(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	vnet := b.vnet("vnet", "10.0.0.0/16", input{"name": "nodes", "addressPrefix": "10.0.0.0/24"}).id
	for i, test := range []struct{ rule, want string }{
		{"VirtualNetwork update throttled", "false  by=0 Succeeded"},
		{"VirtualNetwork update error times=4", "true InternalServerError by=0 Succeeded"},
		{"VirtualNetwork update failed", "true InternalServerError by=0 Failed"},
		{"VirtualNetwork read error", "false  by=3 Succeeded"},
	} {
		b.inject(test.rule)
		_, err := b.cloud.Change(vnet, func(body map[string]any) error {
			body["tags"] = map[string]any{"by": strconv.Itoa(i)}
			return nil
		})
		answer, refused := Refused(err)
		r, err := b.cloud.Get(vnet)
		require.NoError(t, err)
		assert.Equal(t, test.want, fmt.Sprintf("%t %s by=%s %s", refused, answer.Code, text(r.Outputs, "tags", "by"),
			text(r.Outputs, "provisioningState")), test.rule)
	}
}

// What az adds to a resource of a program has addresses that do not depend on the resource's random name.
func TestChangeChoosesAddressesByTheURN(t *testing.T) {
	t.Parallel()
	addresses := func(name string) []netip.Addr {
		b := newBench(t)
		b.group()
		id := groupID("rg") + "/providers/Microsoft.Network/routeTables/" + name
		inputs := map[string]any{"resourceGroupName": "rg", "routeTableName": name, "location": "westeurope"}
		require.NoError(t, b.cloud.do(id, "urn", func(op *operation) error {
			return op.request(&Record{Token: routeTableToken, ID: id, Inputs: inputs})
		}))
		var found []netip.Addr
		for _, seed := range []string{"urn", ""} {
			require.NoError(t, b.cloud.do(id, seed, func(op *operation) error {
				address, err := op.allocateIP(strings.ToLower(id) + "/" + strconv.Itoa(len(found)))
				found = append(found, address)
				return err
			}))
		}
		return found
	}
	assert.Equal(t, addresses("table12345678"), addresses("table87654321"))
}

// Requests from outside meet the refusals of the provider's, and change nothing then.
func TestRequestsFromOutside(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	table := b.create("network:RouteTable", "table", inGroup(input{"routeTableName": "table"}))
	subnet := b.vnet("vnet", "10.0.0.0/16", input{
		"name": "nodes", "addressPrefix": "10.0.0.0/24", "routeTable": input{"id": table.id},
	}).id + "/subnets/nodes"
	before := b.cloud.Records()

	err := b.cloud.Delete(table.id)
	answer, refused := Refused(err)
	require.True(t, refused)
	assert.Equal(t, 400, answer.Status)
	assert.Equal(t, "InUseRouteTableCannotBeDeleted", answer.Code)
	assert.Contains(t, answer.Message, "table is in use and cannot be deleted")

	_, err = b.cloud.Change(subnet, func(body map[string]any) error {
		body["addressPrefix"] = "10.9.0.0/24"
		return nil
	})
	require.ErrorContains(t, err, "Netcfg")
	ours := errors.New("ours")
	_, err = b.cloud.Change(subnet, func(body map[string]any) error { delete(body, "routeTable"); return ours })
	require.ErrorIs(t, err, ours)
	_, refused = Refused(err)
	assert.False(t, refused)
	_, err = b.cloud.Get(subnet + "x")
	require.ErrorContains(t, err, "ResourceNotFound")
	_, err = b.cloud.Get(groupID("gone"))
	require.ErrorContains(t, err, "ResourceGroupNotFound")
	require.ErrorContains(t, b.cloud.Delete(groupID("gone")), "ResourceGroupNotFound")
	require.NoError(t, b.cloud.Delete(subnet+"x"), "deleting what is gone is 204")
	assert.Equal(t, before, b.cloud.Records())

	_, err = b.cloud.Change(subnet, func(body map[string]any) error { delete(body, "routeTable"); return nil })
	require.NoError(t, err)
	require.NoError(t, b.cloud.Delete(table.id))
	assert.Empty(t, b.cloud.List(routeTableToken))
	assert.Len(t, b.cloud.List(subnetToken), 1)
}

// What az creates is a resource like any other: the provider refuses to create it again, and imports it.
func TestPutFromOutside(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	body := map[string]any{
		"location": "westeurope", "sku": map[string]any{"name": "Standard"}, "publicIPAllocationMethod": "Static",
	}
	r, err := b.cloud.Put(publicIPToken, map[string]any{"resourceGroupName": "rg", "publicIpAddressName": "pip"}, body)
	require.NoError(t, err)
	assert.Equal(t, groupID("rg")+"/providers/Microsoft.Network/publicIPAddresses/pip", r.ID)
	assert.NotEmpty(t, text(r.Outputs, "ipAddress"))
	_, err = b.try("network:PublicIPAddress", "pip", inGroup(with(standardAddress, input{"publicIpAddressName": "pip"})))
	require.ErrorContains(t, err, "cannot create already existing resource")
	_, err = b.cloud.Put("azure-native:network:BastionHost", nil, nil)
	require.ErrorContains(t, err, "azure-native:network:BastionHost: not simulated")
}
