package azcli_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRoutes(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	table := e.id("network:RouteTable", object{"routeTableName": "rt"})
	made := e.must("az network route-table route create -g rg --route-table-name rt -n office " +
		"--address-prefix 198.51.100.0/24 --next-hop-type Internet")
	assert.Equal(t, table+"/routes/office", made["id"])
	assert.Equal(t, "rg", made["resourceGroup"])
	assert.Equal(t, "Internet", made["nextHopType"])
	changed := e.must("network route-table route update --resource-group rg --route-table-name rt --name office " +
		"--next-hop-type VirtualAppliance --next-hop-ip-address 10.0.0.5")
	assert.Equal(t, "198.51.100.0/24", changed["addressPrefix"], "the rest stays")
	assert.Equal(t, "10.0.0.5", changed["nextHopIpAddress"])
	e.must("az network route-table route update --ids " + table + "/routes/office --set nextHopIpAddress=10.0.0.6")
	assert.Equal(t, "10.0.0.6", e.get(table + "/routes/office")["nextHopIpAddress"])
	assert.Nil(t, e.must("az network route-table route delete -g rg --route-table-name rt -n office --yes"))
	assert.Len(t, e.get(table)["routes"], 1)
	e.must("az network route-table route delete -g rg --route-table-name rt -n office") // 204
}

func TestSubnet(t *testing.T) {
	t.Parallel()
	const update = "az network vnet subnet update -g rg --vnet-name spoke -n nodes "
	group := object{"networkSecurityGroup": "network:NetworkSecurityGroup nsg"}
	tests := map[string]struct {
		flags string
		want  object // references by property; nil: none
	}{
		"detach route table":     {`--route-table ""`, object{"routeTable": nil}},
		"remove route table":     {"--remove routeTable", object{"routeTable": nil}},
		"attach by name":         {"--nsg nsg", group},
		"attach, other spelling": {"--network-security-group=nsg", group},
		"another route table":    {"--route-table other", object{"routeTable": "network:RouteTable other"}},
		"NAT gateway and route table": {
			`--nat-gateway nat --route-table ""`, object{"natGateway": "network:NatGateway nat", "routeTable": nil},
		},
	}
	parameters := map[string]string{
		"routeTable": "routeTableName", "networkSecurityGroup": "networkSecurityGroupName", "natGateway": "natGatewayName",
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEstate(t)
			e.put("network:RouteTable", object{"routeTableName": "other"}, object{})
			e.put("network:NatGateway", object{"natGatewayName": "nat"}, object{"sku": object{"name": "Standard"}})
			e.must(update + test.flags)
			subnet := e.get(e.id("network:Subnet", object{"virtualNetworkName": "spoke", "subnetName": "nodes"}))
			for property, want := range test.want {
				if want == nil {
					assert.Nil(t, subnet[property])
					continue
				}
				var short, own string
				_, err := fmt.Sscan(want.(string), &short, &own)
				require.NoError(t, err)
				assert.Equal(t, object{"id": e.id(short, object{parameters[property]: own})}, subnet[property])
			}
			assert.Equal(t, "10.1.0.0/24", subnet["addressPrefix"], "the rest stays")
		})
	}
	_, err := newEstate(t).az(update + `--nat-gateway ""`)
	require.ErrorContains(t, err, "--remove natGateway")
}

func TestNATGateway(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	one, two := e.address("one"), e.address("two")
	gateway := e.put("network:NatGateway", object{"natGatewayName": "nat"}, object{
		"sku": object{"name": "Standard"}, "publicIpAddresses": []any{object{"id": one.ID}},
	}).ID
	e.must("az network nat gateway update -g rg -n nat --public-ip-addresses one " + two.ID + " --idle-timeout 30")
	assert.Equal(t, []any{object{"id": one.ID}, object{"id": two.ID}}, e.get(gateway)["publicIpAddresses"])
	assert.InDelta(t, 30.0, e.get(gateway)["idleTimeoutInMinutes"], 0)

	_, err := e.az("az network public-ip delete -g rg -n one")
	require.ErrorContains(t, err, "(PublicIPAddressCannotBeDeleted) ")
	e.must("az network nat gateway update -g rg -n nat --remove publicIpAddresses 0")
	assert.Equal(t, []any{object{"id": two.ID}}, e.get(gateway)["publicIpAddresses"])
	e.must("az network public-ip delete -g rg -n one")
	_, err = e.cloud.Get(one.ID)
	require.ErrorContains(t, err, "ResourceNotFound")
	e.must("az network nat gateway update -g rg -n nat --remove publicIpAddresses")
	assert.Nil(t, e.get(gateway)["publicIpAddresses"])
	_, err = e.az("az network nat gateway update -g rg -n nat --remove publicIpAddresses")
	require.ErrorContains(t, err, "--remove publicIpAddresses: the resource has no such property")
}

func TestPublicIPCreate(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	made := e.must("az network public-ip create -g rg -n pip -z 1 2 3 --tags team=shop by=hand")
	assert.Equal(t, "westeurope", made["location"], "the group's")
	assert.Equal(t, []any{"1", "2", "3"}, made["zones"])
	assert.Equal(t, object{"team": "shop", "by": "hand"}, made["tags"])
	assert.Equal(t, "Static", made["publicIPAllocationMethod"])
	_, err := e.az("az network public-ip create -g gone -n pip")
	require.ErrorContains(t, err, "(ResourceGroupNotFound) Resource group 'gone' could not be found.\n"+
		"Code: ResourceGroupNotFound\nMessage: Resource group 'gone' could not be found.")
}

func TestPeering(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	hub := e.put("network:VirtualNetwork", object{"virtualNetworkName": "hub"}, object{
		"addressSpace": object{"addressPrefixes": []any{"10.0.0.0/16"}},
	})
	spoke := e.id("network:VirtualNetwork", object{"virtualNetworkName": "spoke"})
	out := e.put("network:VirtualNetworkPeering", object{
		"virtualNetworkName": "spoke", "virtualNetworkPeeringName": "to-hub",
	}, object{"remoteVirtualNetwork": object{"id": hub.ID}, "allowVirtualNetworkAccess": true})
	e.put("network:VirtualNetworkPeering", object{
		"virtualNetworkName": "hub", "virtualNetworkPeeringName": "to-spoke",
	}, object{"remoteVirtualNetwork": object{"id": spoke}})

	e.must("az network vnet peering update -g rg --vnet-name spoke -n to-hub --set allowVirtualNetworkAccess=false")
	assert.Equal(t, false, e.get(out.ID)["allowVirtualNetworkAccess"])
	assert.Equal(t, "Connected", e.get(out.ID)["peeringState"])
	_, err := e.az("az network vnet peering update -g rg --vnet-name spoke -n to-hub --set allowAnything=true")
	require.ErrorContains(t, err, "unknown property allowAnything", "nothing that is not understood is stored")
	e.must("az network vnet peering delete -g rg --vnet-name hub -n to-spoke")
	assert.Equal(t, "Disconnected", e.get(out.ID)["peeringState"])
}
