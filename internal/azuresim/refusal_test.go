package azuresim

import (
	"errors"
	"fmt"
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// refused is what Azure says no to: base makes what is there, try is the request that must fail.
type refused struct {
	name string
	base func(b *bench) any // passed to try
	try  func(b *bench, base any) error
	code string
	says string // part of the message
}

// making is a try that creates a resource.
func making(short string, in input) func(*bench, any) error {
	return func(b *bench, _ any) error {
		_, err := b.try(short, "x", in)
		return err
	}
}

// makingWith is a try that creates a resource from what base made.
func makingWith(short string, f func(base created) input) func(*bench, any) error {
	return func(b *bench, base any) error {
		_, err := b.try(short, "x", f(base.(created)))
		return err
	}
}

// removing is a try that deletes what base made.
func removing(b *bench, base any) error { return b.remove(base.(created)) }

func with(in input, more input) input {
	in = maps.Clone(in)
	maps.Copy(in, more)
	return in
}

func inGroup(more input) input { return with(input{"resourceGroupName": "rg"}, more) }

func justGroup(b *bench) any { return b.group() }

var standardAddress = input{"sku": input{"name": "Standard"}, "publicIPAllocationMethod": "Static"}

var generalRefusals = []refused{
	{
		name: "no resource group", base: func(*bench) any { return nil },
		try: making("network:RouteTable", input{"resourceGroupName": "gone"}), code: "ResourceGroupNotFound",
		says: "Resource group 'gone' could not be found.",
	},
	{
		name: "no parent", base: justGroup,
		try: making("network:Route", inGroup(input{
			"routeTableName": "gone", "addressPrefix": "0.0.0.0/0",
			"nextHopType": "None",
		})),
		code: "ParentResourceNotFound", says: "Parent resource 'gone' not found.",
	},
	{
		name: "bad name", base: justGroup, try: making("network:RouteTable", inGroup(input{"routeTableName": "-table"})),
		code: "InvalidResourceName", says: "-table",
	},
	{
		name: "enum", base: justGroup,
		try:  making("network:FirewallPolicy", inGroup(input{"sku": input{"tier": "Gold"}})),
		code: "InvalidRequestFormat", says: `sku.tier must be one of Standard, Premium, Basic (got "Gold")`,
	},
	{
		name: "location changes",
		base: func(b *bench) any { b.group(); return b.address("pip") },
		try: func(b *bench, base any) error {
			_, err := b.update(base.(created), inGroup(with(standardAddress, input{"location": "eastus"})))
			return err
		},
		code: "InvalidResourceLocation", says: "already exists in location 'westeurope' in resource group 'rg'",
	},
	{
		name: "zones change",
		base: func(b *bench) any { b.group(); return b.address("pip") },
		try: func(b *bench, base any) error {
			_, err := b.update(base.(created), inGroup(with(standardAddress, input{"zones": []any{"1"}})))
			return err
		},
		code: "ResourceAvailabilityZonesCannotBeModified", says: "existing availability zone constraint NoZone",
	},
}

var networkProviderRefusals = []refused{
	{
		name: "address prefix format", base: justGroup,
		try:  making("network:VirtualNetwork", inGroup(input{"addressSpace": input{"addressPrefixes": []any{"10.0.0.0"}}})),
		code: "InvalidAddressPrefixFormat", says: "10.0.0.0",
	},
	{
		name: "host bits", base: justGroup,
		try: making("network:VirtualNetwork",
			inGroup(input{"addressSpace": input{"addressPrefixes": []any{"10.0.0.1/16"}}})),
		code: "InvalidCIDRNotation", says: "the address prefix should be 10.0.0.0/16",
	},
	{
		name: "subnet outside", base: justGroup,
		try: making("network:VirtualNetwork", inGroup(input{
			"addressSpace": input{"addressPrefixes": []any{"10.0.0.0/16"}},
			"subnets":      []any{input{"name": "a", "addressPrefix": "10.1.0.0/24"}},
		})),
		code: "NetcfgInvalidSubnet", says: "Subnet 'a' is not valid in virtual network 'x",
	},
	{
		name: "subnets overlap",
		base: func(b *bench) any {
			b.group()
			return b.vnet("vnet", "10.0.0.0/16", input{"name": "a", "addressPrefix": "10.0.0.0/24"})
		},
		try:  making("network:Subnet", inGroup(input{"virtualNetworkName": "vnet", "addressPrefix": "10.0.0.128/25"})),
		code: "NetcfgSubnetRangesOverlap",
	},
	{
		name: "subnet smaller than /29", base: func(b *bench) any { b.group(); return b.vnet("vnet", "10.0.0.0/16") },
		try:  making("network:Subnet", inGroup(input{"virtualNetworkName": "vnet", "addressPrefix": "10.0.0.0/30"})),
		code: "NetcfgInvalidSubnet", says: "smaller than /29",
	},
	{
		name: "route table missing", base: func(b *bench) any { b.group(); return b.vnet("vnet", "10.0.0.0/16") },
		try: making("network:Subnet", inGroup(input{
			"virtualNetworkName": "vnet", "addressPrefix": "10.0.0.0/24", "routeTable": input{"id": "/subscriptions/s/gone"},
		})),
		code: "InvalidResourceReference", says: "Resource /subscriptions/s/gone referenced by resource",
	},
	{
		name: "peering overlaps",
		base: func(b *bench) any { b.group(); b.vnet("left", "10.0.0.0/16"); return b.vnet("right", "10.0.128.0/24") },
		try: makingWith("network:VirtualNetworkPeering", func(v created) input {
			return inGroup(input{"virtualNetworkName": "left", "remoteVirtualNetwork": input{"id": v.id}})
		}),
		code: "VnetAddressSpacesOverlap", says: "Overlapping address prefixes: 10.0.0.0/16, 10.0.128.0/24",
	},
	{
		name: "peering to nothing", base: func(b *bench) any { b.group(); return b.vnet("left", "10.0.0.0/16") },
		try: makingWith("network:VirtualNetworkPeering", func(v created) input {
			return inGroup(input{"virtualNetworkName": "left", "remoteVirtualNetwork": input{"id": v.id + "2"}})
		}),
		code: "InvalidResourceReference", says: "was not found",
	},
	{
		name: "appliance without address", base: justGroup,
		try: making("network:RouteTable", inGroup(input{"routes": []any{
			input{"name": "r", "addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance"},
		}})),
		code: "MissingNextHopIpAddress",
		says: "NextHopIpAddress cannot be Null or Empty in route r when NextHopType is VirtualAppliance.",
	},
	{
		name: "two routes for one prefix", base: justGroup,
		try: making("network:RouteTable", inGroup(input{"routes": []any{
			input{"name": "a", "addressPrefix": "0.0.0.0/0", "nextHopType": "None"},
			input{"name": "b", "addressPrefix": "0.0.0.0/0", "nextHopType": "Internet"},
		}})),
		code: "RouteConflict", says: "b",
	},
	{
		name: "security rules conflict", base: justGroup,
		try: making("network:NetworkSecurityGroup", inGroup(input{"securityRules": []any{
			securityRule("a", 100), securityRule("b", 100),
		}})),
		code: "SecurityRuleConflict", says: "Rules cannot have the same Priority and Direction.",
	},
	{
		name: "security rule priority", base: justGroup,
		try:  making("network:NetworkSecurityGroup", inGroup(input{"securityRules": []any{securityRule("a", 99)}})),
		code: "SecurityRuleInvalidPriority", says: "100-4096",
	},
}

var addressRefusals = []refused{
	{
		name: "basic address", base: justGroup, try: making("network:PublicIPAddress", inGroup(nil)),
		code: "IPv4BasicSkuPublicIpCountLimitReached",
	},
	{
		name: "dynamic standard address", base: justGroup,
		try:  making("network:PublicIPAddress", inGroup(input{"sku": input{"name": "Standard"}})),
		code: "StandardAndStandardV2SkuPublicIPAddressesMustBeStatic", says: "must have AllocationMethod set to Static.",
	},
	{
		name: "prefix too long", base: justGroup,
		try:  making("network:PublicIPPrefix", inGroup(input{"sku": input{"name": "Standard"}, "prefixLength": 32})),
		code: "BadRequest", says: "from 28 to 31 (got 32)",
	},
	{
		name: "NAT gateway idle timeout", base: justGroup,
		try:  making("network:NatGateway", inGroup(input{"sku": input{"name": "Standard"}, "idleTimeoutInMinutes": 3})),
		code: "BadRequest", says: "from 4 to 120 (got 3)",
	},
	{
		name: "NAT gateway in two zones", base: justGroup,
		try:  making("network:NatGateway", inGroup(input{"sku": input{"name": "Standard"}, "zones": []any{"1", "2"}})),
		code: "BadRequest", says: "1 zone(s) at most",
	},
	{
		name: "NAT gateway with 17 addresses",
		base: func(b *bench) any {
			b.group()
			b.address("pip")
			return b.create("network:PublicIPPrefix", "prefix", inGroup(input{
				"publicIpPrefixName": "prefix", "sku": input{"name": "Standard"}, "prefixLength": 28,
			}))
		},
		try: makingWith("network:NatGateway", func(prefix created) input {
			return inGroup(input{
				"sku": input{"name": "Standard"}, "publicIpPrefixes": []any{input{"id": prefix.id}},
				"publicIpAddresses": []any{input{"id": groupID("rg") + "/providers/Microsoft.Network/publicIPAddresses/pip"}},
			})
		}),
		code: "BadRequest", says: "16 public IP addresses at most, prefixes included (got 17)",
	},
	{
		name: "address in use by a NAT gateway", base: gatewayOnSubnet,
		try: func(b *bench, base any) error {
			return b.remove(base.([]created)[0])
		},
		code: "PublicIPAddressCannotBeDeleted", says: "can not be deleted since it is still allocated to resource",
	},
	{
		name: "NAT gateway in use", base: gatewayOnSubnet,
		try: func(b *bench, base any) error {
			return b.remove(base.([]created)[1])
		},
		code: "InUseNatGatewayCannotBeDeleted", says: "/subnets/nodes",
	},
	{
		name: "address of another gateway", base: gatewayOnSubnet,
		try: func(b *bench, base any) error {
			_, err := b.try("network:NatGateway", "other", inGroup(input{
				"sku": input{"name": "Standard"}, "publicIpAddresses": []any{input{"id": base.([]created)[0].id}},
			}))
			return err
		},
		code: "PublicIPAddressInUse",
	},
	{
		name: "NAT gateway for another network", base: gatewayOnSubnet,
		try: func(b *bench, base any) error {
			b.vnet("second", "10.2.0.0/16")
			_, err := b.try("network:Subnet", "x", inGroup(input{
				"virtualNetworkName": "second", "addressPrefix": "10.2.0.0/24",
				"natGateway": input{"id": base.([]created)[1].id},
			}))
			return err
		},
		code: "NatGatewayCannotBeUsedBySubnetsBelongingToDifferentVirtualNetworks",
	},
}

// gatewayOnSubnet is an address, a NAT gateway with it, and a network whose subnet uses the gateway.
func gatewayOnSubnet(b *bench) any {
	b.group()
	address := b.address("pip")
	gateway := b.create("network:NatGateway", "nat", inGroup(input{
		"natGatewayName": "nat", "sku": input{"name": "Standard"}, "publicIpAddresses": []any{input{"id": address.id}},
	}))
	network := b.vnet("vnet", "10.0.0.0/16", input{
		"name": "nodes", "addressPrefix": "10.0.0.0/24", "natGateway": input{"id": gateway.id},
	})
	return []created{address, gateway, network}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for i, r := range append(append(append(generalRefusals, networkProviderRefusals...), addressRefusals...),
		firewallRefusals...) {
		t.Run(fmt.Sprintf("%d %s", i, r.name), func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			base := r.base(b)
			err := r.try(b, base)
			var refusal *armError
			require.True(t, errors.As(err, &refusal), "%v", err)
			assert.Equal(t, r.code, refusal.Code, refusal.Message)
			assert.Contains(t, refusal.Message, r.says)
		})
	}
}
