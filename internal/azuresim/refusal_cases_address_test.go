package azuresim

import "fmt"

func init() { refusalCases = append(refusalCases, addressCases, natGatewayCases) }

func oneAddress(s *site) { s.make("network:PublicIPAddress", "pip", standardAddress) }

// onePrefix is a public IP prefix of two addresses.
func onePrefix(s *site) {
	s.make("network:PublicIPPrefix", "prefix", with(standardSku, input{"prefixLength": 31}))
}

// servedSubnet is an address, a NAT gateway with it, and a network with a subnet behind the gateway.
func servedSubnet(s *site) {
	oneAddress(s)
	s.make("network:PublicIPAddress", "spare", standardAddress)
	s.make("network:NatGateway", "nat", with(standardSku, input{"publicIpAddresses": []any{s.ref("pip")}}))
	s.make("network:NatGateway", "idle", standardSku)
	s.make("network:VirtualNetwork", "vnet", behindGateway("10.0.0.0/16", "10.0.0.0/24")(s))
}

// behindGateway is a network whose subnet nodes uses the gateway nat.
func behindGateway(space, subnet string) func(s *site) input {
	return func(s *site) input {
		return addressSpace(space, subnetItem("nodes", subnet, input{"natGateway": s.ref("nat")}))
	}
}

// addressing creates the address new; more changes it.
func addressing(more func(s *site) input) func(s *site) error {
	return creating("network:PublicIPAddress", "new", func(s *site) input { return with(standardAddress, more(s)) })
}

func fromPrefix(s *site) input { return input{"publicIPPrefix": s.ref("prefix")} }

func labelled(label string) func(s *site) input {
	return plainly(input{"dnsSettings": input{"domainNameLabel": label}})
}

// prefixing creates a public IP prefix of this length.
func prefixing(name string, length int) func(s *site) error {
	return creating("network:PublicIPPrefix", name, plainly(with(standardSku, input{"prefixLength": length})))
}

// prefixUser is a prefix that a NAT gateway uses, and one that nothing uses.
func prefixUser(s *site) {
	onePrefix(s)
	s.make("network:PublicIPPrefix", "spare", with(standardSku, input{"prefixLength": 31}))
	s.make("network:NatGateway", "nat", with(standardSku, input{"publicIpPrefixes": []any{s.ref("prefix")}}))
}

var addressCases = []refusalCase{
	siteCase(refuseBasicAddress,
		"Cannot create more than 0 IPv4 Basic SKU public IP addresses for this subscription in this region.", nil,
		creating("network:PublicIPAddress", "pip", plainly(input{"publicIPAllocationMethod": "Static"})),
		creating("network:PublicIPAddress", "pip", plainly(standardAddress))),
	siteCase(refuseDynamicAddress, "Standard sku publicIp "+inNetwork("publicIPAddresses/pip")+
		" must have AllocationMethod set to Static.", nil,
		creating("network:PublicIPAddress", "pip", plainly(standardSku)),
		creating("network:PublicIPAddress", "pip", plainly(standardAddress))),
	siteCase(refuseAddressInUse, "Public IP address "+inNetwork("publicIPAddresses/pip")+" can not be deleted since it "+
		"is still allocated to resource "+inNetwork("natGateways/nat")+". In order to delete the public IP, "+
		"disassociate/detach the Public IP address from the resource.  To learn how to do this, see aka.ms/deletepublicip.",
		servedSubnet,
		dropping("pip"), dropping("spare")),
	siteCase(refuseTakenAddress, "Resource "+inNetwork("natGateways/other")+" is referencing public IP address "+
		inNetwork("publicIPAddresses/pip")+" that is already allocated to resource "+inNetwork("natGateways/nat")+".",
		servedSubnet,
		creating("network:NatGateway", "other", withAddress("pip")),
		creating("network:NatGateway", "other", withAddress("spare"))),
	siteCase(refuseAddressPrefixChange, "publicIPPrefix of public IP address "+inNetwork("publicIPAddresses/pip")+
		" cannot change from ",
		func(s *site) {
			onePrefix(s)
			s.make("network:PublicIPAddress", "pip", with(standardAddress, fromPrefix(s)))
		},
		changing("pip", plainly(input{"publicIPPrefix": nil})), changing("pip", plainly(input{"idleTimeoutInMinutes": 30}))),
	siteCase(refuseDomainLabel, "The domain name label LABexample is invalid. It must conform to the following regular "+
		"expression: ^[a-z][a-z0-9-]{1,61}[a-z0-9]$.", nil, addressing(labelled("LABexample")),
		addressing(labelled("labexample"))),
	siteCase(refuseTakenDomain, "DNS record dns.westeurope.cloudapp.azure.com is already used by another public IP.",
		func(s *site) { s.make("network:PublicIPAddress", "pip", with(standardAddress, labelled("dns")(s))) },
		addressing(labelled("dns")), addressing(labelled("dns2"))),
	siteCase(refuseNoAddressLeft,
		"No public address range of length /28 is left: the simulated Azure has 203.0.113.0/24 and 198.51.100.0/24.",
		func(s *site) {
			for i := range 16 {
				s.make("network:PublicIPPrefix", fmt.Sprint("prefix", i), with(standardSku, input{"prefixLength": 28}))
			}
		},
		prefixing("last", 28), inOrder(dropping("prefix0"), prefixing("last", 28))),
	siteCase(refusePrefixSku, "must have sku.name Standard", nil,
		creating("network:PublicIPPrefix", "prefix", plainly(input{"prefixLength": 31})), prefixing("prefix", 31)),
	siteCase(refusePrefixLength, "Specified PrefixLength 27 for PublicIpPrefix "+inNetwork("publicIPPrefixes/prefix")+
		" is outside limits. Minimum PrefixLength 28 Maximum PrefixLength 31.", nil, prefixing("prefix", 27),
		prefixing("prefix", 28)),
	siteCase(refusePrefixLengthChange, "prefixLength of public IP prefix "+inNetwork("publicIPPrefixes/prefix")+
		" cannot change from 31 to 30.", onePrefix, changing("prefix", plainly(input{"prefixLength": 30})),
		changing("prefix", plainly(input{"tags": input{"a": "b"}}))),
	siteCase(refusePrefixFull, "Public IP prefix "+inNetwork("publicIPPrefixes/prefix")+" has no address left for "+
		inNetwork("publicIPAddresses/new"),
		func(s *site) {
			onePrefix(s)
			s.make("network:PublicIPAddress", "one", with(standardAddress, fromPrefix(s)))
			s.make("network:PublicIPAddress", "two", with(standardAddress, fromPrefix(s)))
		},
		addressing(fromPrefix), inOrder(dropping("one"), addressing(fromPrefix))),
	siteCase(refusePrefixInUse, "Public IP prefix "+inNetwork("publicIPPrefixes/prefix")+" is in use by "+
		inNetwork("natGateways/nat")+" and cannot be deleted.", prefixUser, dropping("prefix"), dropping("spare")),
}

// withAddress is a NAT gateway with an address of the site.
func withAddress(name string) func(s *site) input {
	return func(s *site) input { return with(standardSku, input{"publicIpAddresses": []any{s.ref(name)}}) }
}

// sixteen is a prefix of 16 addresses, and an address.
func sixteen(s *site) {
	oneAddress(s)
	s.make("network:PublicIPPrefix", "prefix", with(standardSku, input{"prefixLength": 28}))
}

// gatewaying creates the NAT gateway new; f makes what it has besides its SKU.
func gatewaying(f func(s *site) input) func(s *site) error {
	return creating("network:NatGateway", "new", func(s *site) input { return with(standardSku, f(s)) })
}

var natGatewayCases = []refusalCase{
	siteCase(refuseGatewaySku, "NAT gateway "+inNetwork("natGateways/nat")+` must have sku.name Standard (got "").`, nil,
		creating("network:NatGateway", "nat", nil), creating("network:NatGateway", "nat", plainly(standardSku))),
	siteCase(refuseGatewayZones, "NAT gateway "+inNetwork("natGateways/new")+
		" of SKU Standard can be in one zone or none (got 1, 2).", nil,
		gatewaying(plainly(input{"zones": []any{"1", "2"}})), gatewaying(plainly(input{"zones": []any{"2"}}))),
	siteCase(refuseManyAddresses, "NAT gateway "+inNetwork("natGateways/new")+
		" can have 16 public IP addresses at most, prefixes included (got 17).", sixteen,
		gatewaying(func(s *site) input {
			return input{"publicIpPrefixes": []any{s.ref("prefix")}, "publicIpAddresses": []any{s.ref("pip")}}
		}),
		gatewaying(func(s *site) input { return input{"publicIpPrefixes": []any{s.ref("prefix")}} })),
	siteCase(refuseTakenPrefix, "NAT gateway "+inNetwork("natGateways/new")+" cannot use public IP prefix "+
		inNetwork("publicIPPrefixes/prefix")+": "+inNetwork("publicIPAddresses/pip")+" uses it.",
		func(s *site) {
			onePrefix(s)
			s.make("network:PublicIPPrefix", "spare", with(standardSku, input{"prefixLength": 31}))
			s.make("network:PublicIPAddress", "pip", with(standardAddress, fromPrefix(s)))
		},
		gatewaying(func(s *site) input { return input{"publicIpPrefixes": []any{s.ref("prefix")}} }),
		gatewaying(func(s *site) input { return input{"publicIpPrefixes": []any{s.ref("spare")}} })),
	siteCase(refuseGatewayOtherNetwork, "NAT Gateway cannot be configured on multiple virtual networks. NAT Gateway "+
		inNetwork("natGateways/nat")+" is currently used on virtual network "+inNetwork("virtualNetworks/vnet")+
		" and cannot be added to virtual network"+inNetwork("virtualNetworks/other")+".", servedSubnet,
		creating("network:VirtualNetwork", "other", behindGateway("10.2.0.0/16", "10.2.0.0/24")),
		creating("network:Subnet", "more", func(s *site) input {
			return input{"virtualNetworkName": "vnet", "addressPrefix": "10.0.1.0/24", "natGateway": s.ref("nat")}
		})),
	siteCase(refuseGatewayThere, "NAT gateway "+inNetwork("natGateways/nat")+" cannot be used by subnet "+
		inNetwork("virtualNetworks/vnet/subnets/GatewaySubnet")+": no NAT gateway on GatewaySubnet.", servedSubnet,
		creating("network:Subnet", "GatewaySubnet", func(s *site) input {
			return input{"virtualNetworkName": "vnet", "addressPrefix": "10.0.1.0/27", "natGateway": s.ref("nat")}
		}),
		creating("network:Subnet", "GatewaySubnet",
			plainly(input{"virtualNetworkName": "vnet", "addressPrefix": "10.0.1.0/27"}))),
	siteCase(refuseManySubnets, "NAT gateway "+inNetwork("natGateways/nat")+" can serve 800 subnets at most.",
		func(s *site) {
			s.make("network:NatGateway", "nat", standardSku)
			s.make("network:VirtualNetwork", "vnet", addressSpace("10.0.0.0/8"))
			s.hold("network:Subnet", 800, func(i int) (string, map[string]any) {
				return inNetwork(fmt.Sprint("virtualNetworks/vnet/subnets/held", i)), map[string]any{
					"addressPrefix": fmt.Sprintf("10.%d.%d.0/24", i/256, i%256), "natGateway": reference(s.id("nat")),
				}
			})
		},
		creating("network:Subnet", "last", lastSubnet),
		inOrder(dropping("held"), creating("network:Subnet", "last", lastSubnet))),
	siteCase(refuseGatewayInUse, "NAT Gateway "+inNetwork("natGateways/nat")+" is still configured on 1 subnets. Remove "+
		"NAT Gateway from all referenced subnets and then delete NAT Gateway.", servedSubnet,
		dropping("nat"), dropping("idle")),
}

func lastSubnet(s *site) input {
	return input{"virtualNetworkName": "vnet", "addressPrefix": "10.200.0.0/24", "natGateway": s.ref("nat")}
}
