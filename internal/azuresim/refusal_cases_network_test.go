package azuresim

import (
	"fmt"
	"strings"
)

func init() {
	refusalCases = append(refusalCases, everyNetworkCases, subnetCases, peeringCases, routeCases, securityCases)
}

var everyNetworkCases = []refusalCase{
	siteCase(refuseName, "Resource name -table is invalid. The name can be up to 80 characters long. It must begin with "+
		"a word character, and it must end with a word character or with '_'. The name may contain word characters or '.', "+
		"'-', '_'.", nil, creating("network:RouteTable", "-table", nil), creating("network:RouteTable", "0-t.able_", nil)),
	siteCase(refuseNetworkName, "Virtual network name v is invalid: it needs 2 to 64 characters.", nil,
		creating("network:VirtualNetwork", "v", plainly(addressSpace("10.0.0.0/16"))),
		creating("network:VirtualNetwork", "vn", plainly(addressSpace("10.0.0.0/16")))),
	siteCase(refuseReference, "Resource "+inNetwork("routeTables/far")+" referenced by resource "+
		inNetwork("virtualNetworks/vnet/subnets/nodes")+" was not found. Please make sure that the referenced resource "+
		"exists, and that both resources are in the same region.",
		func(s *site) {
			s.make("network:RouteTable", "far", input{"location": "eastus"})
			s.make("network:RouteTable", "near", nil)
		},
		creating("network:VirtualNetwork", "vnet", withTable("far")),
		creating("network:VirtualNetwork", "vnet", withTable("near"))),
	siteCase(refuseZoneChange, "Resource "+inNetwork("natGateways/nat")+" has an existing availability zone constraint 1 "+
		"and the request has availability zone constraint NoZone, which do not match. Zones cannot be added/updated/removed "+
		"once the resource is created. The resource cannot be updated from regional to zonal or vice-versa.",
		func(s *site) { s.make("network:NatGateway", "nat", with(standardSku, input{"zones": []any{"1"}})) },
		changing("nat", plainly(input{"zones": nil})),
		changing("nat", plainly(input{"zones": []any{"1"}, "idleTimeoutInMinutes": 10}))),
	siteCase(refuseUnknownZone, "The zone(s) '4' for resource 'Microsoft.Network/publicIPAddresses/pip' is not "+
		"supported. The supported zones for location 'westeurope' are '1,2,3'", nil,
		creating("network:PublicIPAddress", "pip", plainly(with(standardAddress, input{"zones": []any{"4"}}))),
		creating("network:PublicIPAddress", "pip", plainly(with(standardAddress, input{"zones": []any{"3"}})))),
	siteCase(refuseIdleTimeout, "idleTimeoutInMinutes of resource "+inNetwork("natGateways/nat")+
		" must be from 4 to 120 (got 121).", nil,
		creating("network:NatGateway", "nat", plainly(with(standardSku, input{"idleTimeoutInMinutes": 121}))),
		creating("network:NatGateway", "nat", plainly(with(standardSku, input{"idleTimeoutInMinutes": 120})))),
	siteCase(refuseIdleTimeout, "must be from 4 to 30 (got 3).", nil,
		creating("network:PublicIPAddress", "pip", plainly(with(standardAddress, input{"idleTimeoutInMinutes": 3}))),
		creating("network:PublicIPAddress", "pip", plainly(with(standardAddress, input{"idleTimeoutInMinutes": 4})))),
	siteCase(refusePrefixFormat, "Address prefix 10.0.0.0/160 of resource "+inNetwork("virtualNetworks/vnet")+
		" is not formatted correctly. It should follow CIDR notation, for example 10.0.0.0/24.", nil,
		creating("network:VirtualNetwork", "vnet", plainly(addressSpace("10.0.0.0/160"))),
		creating("network:VirtualNetwork", "vnet", plainly(addressSpace("10.0.0.0/16")))),
	siteCase(refuseHostBits, "The address prefix 10.0.2.0/22 in resource "+inNetwork("virtualNetworks/vnet/subnets/nodes")+
		" has an invalid CIDR notation. For the given prefix length, the address prefix should be 10.0.0.0/22.", nil,
		creating("network:VirtualNetwork", "vnet",
			plainly(addressSpace("10.0.0.0/16", subnetItem("nodes", "10.0.2.0/22", nil)))),
		creating("network:VirtualNetwork", "vnet",
			plainly(addressSpace("10.0.0.0/16", subnetItem("nodes", "10.0.4.0/22", nil))))),
}

// withTable is a network whose subnet uses a route table of the site.
func withTable(name string) func(s *site) input {
	return func(s *site) input {
		return addressSpace("10.0.0.0/16", subnetItem("nodes", "10.0.0.0/24", input{"routeTable": s.ref(name)}))
	}
}

func emptyNetwork(s *site) { s.make("network:VirtualNetwork", "vnet", addressSpace("10.0.0.0/16")) }

// oneSubnet is a network with a /24.
func oneSubnet(s *site) {
	s.make("network:VirtualNetwork", "vnet", addressSpace("10.0.0.0/16", subnetItem("first", "10.0.0.0/24", nil)))
}

// subnetting creates the subnet nodes in vnet.
func subnetting(cidr string, more input) func(s *site) error {
	return creating("network:Subnet", "nodes",
		plainly(with(input{"virtualNetworkName": "vnet", "addressPrefix": cidr}, more)))
}

// firewallInHub is a hub with a firewall and another subnet.
func firewallInHub(s *site) {
	hubAndAddress(s)
	s.make("network:AzureFirewall", "fw", firewallAt(s, nil))
	s.make("network:Subnet", "spare", input{"virtualNetworkName": "hub", "addressPrefix": "10.0.9.0/24"})
}

// hubSubnet is the request that gives the firewall's subnet this range.
func hubSubnet(cidr string) func(s *site) error {
	return changing("hub", plainly(input{"subnets": []any{
		subnetItem(firewallSubnet, cidr, nil), subnetItem("spare", "10.0.9.0/24", nil),
	}}))
}

var subnetCases = []refusalCase{
	siteCase(refuseEmptySpace, "Virtual network "+inNetwork("virtualNetworks/vnet")+" needs at least one address prefix.",
		nil,
		creating("network:VirtualNetwork", "vnet", plainly(input{"addressSpace": input{"addressPrefixes": []any{}}})),
		creating("network:VirtualNetwork", "vnet", plainly(addressSpace("10.0.0.0/29")))),
	siteCase(refuseSpaceOverlap, "Address prefixes 10.0.0.0/16 and 10.0.255.0/24 of virtual network", nil,
		creating("network:VirtualNetwork", "vnet", plainly(input{"addressSpace": input{
			"addressPrefixes": []any{"10.0.0.0/16", "10.0.255.0/24"},
		}})),
		creating("network:VirtualNetwork", "vnet", plainly(input{"addressSpace": input{
			"addressPrefixes": []any{"10.0.0.0/16", "10.1.0.0/24"},
		}}))),
	siteCase(refuseSubnetOutside, "Subnet 'nodes' is not valid because its IP address range is outside the IP address "+
		"range of virtual network 'vnet'.", emptyNetwork, subnetting("10.1.0.0/24", nil), subnetting("10.0.255.0/24", nil)),
	siteCase(refuseSubnetOutside, "Subnet 'first' is not valid because its IP address range is outside the IP address "+
		"range of virtual network 'vnet'.", oneSubnet,
		changing("vnet", plainly(input{"addressSpace": input{"addressPrefixes": []any{"10.0.1.0/24"}}})),
		changing("vnet", plainly(input{"addressSpace": input{"addressPrefixes": []any{"10.0.0.0/24"}}}))),
	siteCase(refuseSubnetOverlap, "Subnet 'nodes' is not valid because its IP address range overlaps with that of an "+
		"existing subnet in virtual network 'vnet'.", oneSubnet,
		subnetting("10.0.0.128/25", nil), subnetting("10.0.1.0/25", nil)),
	siteCase(refuseSubnetRange, "Subnet "+inNetwork("virtualNetworks/vnet/subnets/nodes")+" has no address prefix.",
		emptyNetwork, creating("network:Subnet", "nodes", plainly(input{"virtualNetworkName": "vnet"})),
		subnetting("10.0.0.0/24", nil)),
	siteCase(refuseSmallSubnet, "/subnets/nodes with prefix 10.0.0.0/30 is too small", emptyNetwork,
		subnetting("10.0.0.0/30", nil), subnetting("10.0.0.0/29", nil)),
	siteCase(refuseSubnetInUse, "Subnet AzureFirewallSubnet is in use by "+
		inNetwork("azureFirewalls/fw/azureFirewallIpConfigurations/first")+" and cannot be deleted. In order to delete the "+
		"subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.", firewallInHub,
		changing("hub", plainly(input{"subnets": []any{subnetItem("spare", "10.0.9.0/24", nil)}})), dropping("spare")),
	siteCase(refuseSubnetInUse, "Subnet AzureFirewallSubnet is in use by ", firewallInHub, dropping("hub"),
		inOrder(dropping("fw"), dropping("hub"))),
	siteCase(refuseSubnetPrefixInUse,
		"IpPrefix 10.0.1.64/26 on Subnet AzureFirewallSubnet has active allocations and cannot be deleted.", firewallInHub,
		hubSubnet("10.0.1.0/26"), inOrder(hubSubnet("10.0.1.64/26"), dropping("fw"), hubSubnet("10.0.1.0/26"))),
	siteCase(refuseSecurityGroupThere, "The operation failed because the network security group nsg can not be "+
		"associated to the GatewaySubnet. Please remove the network security group associated to the GatewaySubnet. No "+
		"changes have occurred on the gateway at this time. See here for additional details: https://aka.ms/GatewaySubnet.",
		func(s *site) { s.make("network:NetworkSecurityGroup", "nsg", nil) },
		creating("network:VirtualNetwork", "vnet", guarded("GatewaySubnet")),
		creating("network:VirtualNetwork", "vnet", guarded("nodes"))),
	siteCase(refuseManyNetworks, "The subscription can have 1000 virtual networks at most.",
		func(s *site) {
			s.hold("network:VirtualNetwork", 1000, func(i int) (string, map[string]any) {
				return inNetwork(fmt.Sprint("virtualNetworks/held", i)), map[string]any{"location": "westeurope"}
			})
		},
		creating("network:VirtualNetwork", "vnet", plainly(addressSpace("10.0.0.0/16"))),
		inOrder(dropping("held"), creating("network:VirtualNetwork", "vnet", plainly(addressSpace("10.0.0.0/16"))))),
}

// guarded is a network with one subnet that has the site's network security group.
func guarded(subnet string) func(s *site) input {
	return func(s *site) input {
		return addressSpace("10.0.0.0/16", subnetItem(subnet, "10.0.0.0/24", input{"networkSecurityGroup": s.ref("nsg")}))
	}
}

// networks makes virtual networks left, right, third … with these address spaces.
func networks(cidrs ...string) func(s *site) {
	return func(s *site) {
		for i, cidr := range cidrs {
			s.make("network:VirtualNetwork", []string{"left", "right", "third"}[i], addressSpace(cidr))
		}
	}
}

// peering creates a peering of the local network to the remote one.
func peering(name, local, remote string) func(s *site) error {
	return creating("network:VirtualNetworkPeering", name, peeringTo(local, remote))
}

func peeringTo(local, remote string) func(s *site) input {
	return func(s *site) input { return input{"virtualNetworkName": local, "remoteVirtualNetwork": s.ref(remote)} }
}

// peered makes a peering.
func (s *site) peered(name, local, remote string) {
	s.make("network:VirtualNetworkPeering", name, peeringTo(local, remote)(s))
}

// noLongerPeered is two networks whose peering lost the side of the right one.
func noLongerPeered(s *site) {
	networks("10.0.0.0/16", "10.1.0.0/16")(s)
	s.peered("out", "left", "right")
	s.peered("back", "right", "left")
	if err := dropping("back")(s); err != nil {
		s.Fatal(err)
	}
}

var peeringCases = []refusalCase{
	siteCase(refuseOwnPeering, "Peering "+inNetwork("virtualNetworks/left/virtualNetworkPeerings/out")+
		" needs another virtual network as remoteVirtualNetwork", networks("10.0.0.0/16", "10.1.0.0/16"),
		peering("out", "left", "left"), peering("out", "left", "right")),
	siteCase(refuseSecondPeering, "Peering "+inNetwork("virtualNetworks/left/virtualNetworkPeerings/out")+
		" already references remote virtual network "+inNetwork("virtualNetworks/right")+". Cannot add another peering "+
		inNetwork("virtualNetworks/left/virtualNetworkPeerings/again")+" referencing the same remote virtual network.",
		func(s *site) {
			networks("10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16")(s)
			s.peered("out", "left", "right")
		},
		peering("again", "left", "right"), peering("again", "left", "third")),
	siteCase(refuseDisconnected, "Cannot create or update peering "+
		inNetwork("virtualNetworks/right/virtualNetworkPeerings/back")+" because remote peering "+
		inNetwork("virtualNetworks/left/virtualNetworkPeerings/out")+" referencing parent virtual network "+
		inNetwork("virtualNetworks/right")+" is in Disconnected state. Update or re-create the remote peering to get it "+
		"back to Initiated state. Peering gets Disconnected when remote vnet or remote peering is deleted and re-created.",
		noLongerPeered, peering("back", "right", "left"),
		inOrder(changing("out", plainly(nil)), peering("back", "right", "left"))),
	siteCase(refusePeeringOverlap, "Cannot create or update peering "+
		inNetwork("virtualNetworks/left/virtualNetworkPeerings/out")+". Virtual networks "+inNetwork("virtualNetworks/left")+
		" and "+inNetwork("virtualNetworks/right")+" cannot be peered because their address spaces overlap. Overlapping "+
		"address prefixes: 10.0.0.0/16, 10.0.128.0/24", networks("10.0.0.0/16", "10.0.128.0/24", "10.1.0.0/24"),
		peering("out", "left", "right"), peering("out", "left", "third")),
	siteCase(refusePeerOverlap, "Cannot create or update peering "+
		inNetwork("virtualNetworks/left/virtualNetworkPeerings/second")+". Virtual networks "+
		inNetwork("virtualNetworks/third")+" and "+inNetwork("virtualNetworks/left")+" cannot be peered because address "+
		"space of the first virtual network overlaps with address space of virtual network "+
		inNetwork("virtualNetworks/right")+
		" already peered with the second virtual network. Overlapping address prefixes: 10.1.0.0/24, 10.1.0.0/16. For more "+
		"information please refer to https://aka.ms/VnetPeeringInfo",
		func(s *site) {
			networks("10.0.0.0/16", "10.1.0.0/16", "10.1.0.0/24")(s)
			s.peered("first", "left", "right")
		},
		peering("second", "left", "third"),
		inOrder(dropping("first"), peering("second", "left", "third"))),
	siteCase(refusePeerOverlap, "address space of the first virtual network overlaps with address space of virtual "+
		"network "+
		inNetwork("virtualNetworks/right")+" already peered with the second virtual network.",
		func(s *site) {
			networks("10.0.0.0/16", "10.1.0.0/16", "10.1.0.0/24")(s)
			s.peered("first", "left", "right")
		},
		peering("second", "third", "left"), peering("second", "right", "left")),
	siteCase(refuseManyPeerings, "Virtual network "+inNetwork("virtualNetworks/left")+" can have 500 peerings at most.",
		func(s *site) {
			networks("10.0.0.0/16", "10.1.0.0/16")(s)
			s.hold("network:VirtualNetworkPeering", 500, func(i int) (string, map[string]any) {
				return inNetwork(fmt.Sprint("virtualNetworks/left/virtualNetworkPeerings/held", i)), map[string]any{
					"remoteVirtualNetwork": reference(inNetwork(fmt.Sprint("virtualNetworks/far", i))), "peeringState": "Initiated",
				}
			})
		},
		peering("out", "left", "right"), inOrder(dropping("held"), peering("out", "left", "right"))),
}

// route is a route of a table without next hop address.
func route(table, prefix string) input {
	return input{"routeTableName": table, "addressPrefix": prefix, "nextHopType": "None"}
}

// routing creates a route to an appliance; more changes it.
func routing(more input) func(s *site) error {
	return creating("network:Route", "out", plainly(with(input{
		"routeTableName": "table", "addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance",
		"nextHopIpAddress": "10.0.1.68",
	}, more)))
}

// tableUser is a table that the subnet of a network uses, and one that nothing uses.
func tableUser(s *site) {
	emptyTable(s)
	s.make("network:RouteTable", "spare", nil)
	s.make("network:VirtualNetwork", "vnet", withTable("table")(s))
}

// heldRoutes is a table with n routes whose prefixes f makes.
func heldRoutes(n int, f func(i int) string) func(s *site) {
	return func(s *site) {
		emptyTable(s)
		s.hold("network:Route", n, func(i int) (string, map[string]any) {
			return inNetwork(fmt.Sprint("routeTables/table/routes/held", i)),
				map[string]any{"addressPrefix": f(i), "nextHopType": "None"}
		})
	}
}

var routeCases = []refusalCase{
	siteCase(refuseNoNextHop, "NextHopIpAddress cannot be Null or Empty in route out when NextHopType is "+
		"VirtualAppliance.",
		emptyTable, routing(input{"nextHopIpAddress": ""}), routing(nil)),
	siteCase(refuseNextHop, "NextHopIpAddress firewall in route out is no IP address.", emptyTable,
		routing(input{"nextHopIpAddress": "firewall"}), routing(nil)),
	siteCase(refuseNeedlessNextHop, "NextHopIpAddress 10.0.1.68 in route out is allowed with NextHopType "+
		"VirtualAppliance only.", emptyTable, routing(input{"nextHopType": "Internet"}),
		routing(input{"nextHopType": "Internet", "nextHopIpAddress": ""})),
	siteCase(refuseTwinRoutes, "Route: out conflicts with Route: first. Routes cannot have the same AddressPrefix.",
		func(s *site) { emptyTable(s); s.make("network:Route", "first", route("table", "0.0.0.0/0")) },
		routing(nil), routing(input{"addressPrefix": "0.0.0.0/1"})),
	siteCase(refuseManyRoutes, "Route table "+inNetwork("routeTables/table")+" can have 400 routes at most (got 401).",
		heldRoutes(400, func(i int) string { return fmt.Sprintf("10.%d.%d.0/24", i/256, i%256) }),
		routing(nil), inOrder(dropping("held"), routing(nil))),
	siteCase(refuseManyTags, "can have 25 routes with a service tag at most (got 26).",
		heldRoutes(25, func(i int) string { return fmt.Sprint("Storage.Region", i) }),
		routing(input{"addressPrefix": "AzureCloud"}), routing(nil)),
	siteCase(refuseManyTables, "The subscription can have 200 route tables in westeurope at most.",
		func(s *site) {
			s.hold("network:RouteTable", 200, func(i int) (string, map[string]any) {
				return inNetwork(fmt.Sprint("routeTables/held", i)), map[string]any{"location": "westeurope"}
			})
		},
		creating("network:RouteTable", "table", nil),
		creating("network:RouteTable", "table", plainly(input{"location": "eastus"}))),
	siteCase(refuseTableInUse, "Route table table is in use and cannot be deleted.", tableUser, dropping("table"),
		dropping("spare")),
}

// oneRule is a network security group with the rule first, inbound at 100.
func oneRule(s *site) {
	s.make("network:NetworkSecurityGroup", "nsg", nil)
	s.make("network:SecurityRule", "first", rule(nil))
}

// rule is a rule of nsg; nil takes an input away.
func rule(more input) input {
	in := with(securityRule("", 100), input{"networkSecurityGroupName": "nsg"})
	delete(in, "name")
	in = with(in, more)
	for name, v := range in {
		if v == nil {
			delete(in, name)
		}
	}
	return in
}

// ruling creates a second rule.
func ruling(more input) func(s *site) error {
	return creating("network:SecurityRule", "second", plainly(rule(with(input{"priority": 200}, more))))
}

// guardedSubnet is a network security group that a subnet uses, and one that nothing uses.
func guardedSubnet(s *site) {
	s.make("network:NetworkSecurityGroup", "nsg", nil)
	s.make("network:NetworkSecurityGroup", "spare", nil)
	s.make("network:VirtualNetwork", "vnet", guarded("nodes")(s))
}

var securityCases = []refusalCase{
	siteCase(refuseSecurityGroupInUse, "Network security group "+inNetwork("networkSecurityGroups/nsg")+" cannot be "+
		"deleted because it is in use by the following resources: "+inNetwork("virtualNetworks/vnet/subnets/nodes")+". In "+
		"order to delete the Network security group, remove the association with the resource(s). To learn how to do this, "+
		"see aka.ms/deletensg.", guardedSubnet, dropping("nsg"), dropping("spare")),
	siteCase(refuseRulePriority, "Security rule has invalid Priority. Value provided: 4097 Allowed range 100-4096.",
		oneRule,
		ruling(input{"priority": 4097}), ruling(input{"priority": 4096})),
	siteCase(refuseRulePorts, "Security rule has invalid Port range. Value provided: 80,443. Value should be an integer "+
		"OR integer range with '-' delimiter. Valid range 0-65535.", oneRule,
		ruling(input{"destinationPortRange": "80,443"}), ruling(input{"destinationPortRange": "80-443"})),
	siteCase(refuseRuleAddress, "Security rule "+inNetwork("networkSecurityGroups/nsg/securityRules/second")+
		" has invalid Address prefix. Value provided: 192.168.0.0/34", oneRule,
		ruling(input{"sourceAddressPrefix": "192.168.0.0/34"}), ruling(input{"sourceAddressPrefix": "192.168.0.0/24"})),
	siteCase(refuseRulePart, "has neither sourcePortRange nor sourcePortRanges.", oneRule,
		ruling(input{"sourcePortRange": nil}),
		ruling(input{"sourcePortRange": nil, "sourcePortRanges": []any{"1000-2000"}})),
	siteCase(refuseTwinRules, "Security rule second conflicts with rule first. Rules cannot have the same Priority and "+
		"Direction.", oneRule, ruling(input{"priority": 100}), ruling(input{"priority": 100, "direction": "Outbound"})),
	siteCase(refuseManyRules, "Network security group "+inNetwork("networkSecurityGroups/nsg")+
		" can have 1000 rules at most (got 1001).",
		func(s *site) {
			s.make("network:NetworkSecurityGroup", "nsg", nil)
			s.hold("network:SecurityRule", 1000, func(i int) (string, map[string]any) {
				return inNetwork(fmt.Sprint("networkSecurityGroups/nsg/securityRules/held", i)),
					map[string]any{"priority": float64(1000 + i), "direction": "Inbound"}
			})
		},
		ruling(nil), inOrder(dropping("held"), ruling(nil))),
}

// long is a name of n characters.
func long(n int) string { return strings.Repeat("n", n) }
