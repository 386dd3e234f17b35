package azuresim

import "fmt"

func init() { refusalCases = append(refusalCases, placementCases, firewallRuleCases) }

// hubAndAddress is what a firewall stands on: a hub with both firewall subnets, and addresses.
func hubAndAddress(s *site) {
	s.make("network:VirtualNetwork", "hub", addressSpace("10.0.0.0/16",
		subnetItem(firewallSubnet, "10.0.1.64/26", nil), subnetItem(firewallManagementSubnet, "10.0.2.0/26", nil)))
	s.make("network:PublicIPAddress", "pip", standardAddress)
	s.make("network:PublicIPAddress", "pip2", standardAddress)
}

func subnetOf(s *site, network, name string) input {
	return input{"id": s.id(network) + "/subnets/" + name}
}

// dataConfiguration is the ipConfiguration first of a firewall in the hub.
func dataConfiguration(s *site) input {
	return input{"name": "first", "subnet": subnetOf(s, "hub", firewallSubnet), "publicIPAddress": s.ref("pip")}
}

func managementConfiguration(s *site) input {
	return input{
		"name": "management", "subnet": subnetOf(s, "hub", firewallManagementSubnet), "publicIPAddress": s.ref("pip2"),
	}
}

// firewallAt is a firewall in the hub; nil in more takes an input away.
func firewallAt(s *site, more input) input {
	in := with(input{
		"sku": input{"name": "AZFW_VNet", "tier": "Standard"}, "ipConfigurations": []any{dataConfiguration(s)},
	}, more)
	for name, v := range in {
		if v == nil {
			delete(in, name)
		}
	}
	return in
}

// firewalling creates a firewall; f changes its inputs.
func firewalling(name string, f func(s *site) input) func(s *site) error {
	return creating("network:AzureFirewall", name, func(s *site) input { return firewallAt(s, f(s)) })
}

// firewallingFirst creates a firewall whose first ipConfiguration f changes.
func firewallingFirst(f func(s *site) input) func(s *site) error {
	return firewalling("fw", func(s *site) input {
		first := with(dataConfiguration(s), f(s))
		for name, v := range first {
			if v == nil {
				delete(first, name)
			}
		}
		return input{"ipConfigurations": []any{first}}
	})
}

// firewallingTwice creates a firewall with a second ipConfiguration.
func firewallingTwice(f func(s *site) input) func(s *site) error {
	return firewalling("fw", func(s *site) input { return input{"ipConfigurations": []any{dataConfiguration(s), f(s)}} })
}

// second is a second ipConfiguration as it has to be; more changes it.
func second(more input) func(s *site) input {
	return func(s *site) input { return with(input{"name": "second", "publicIPAddress": s.ref("pip2")}, more) }
}

func justFirst(*site) input { return nil }

// hubs is the hub and a network whose firewall subnets have this name and range.
func hubs(name, cidr string) func(s *site) {
	return func(s *site) {
		hubAndAddress(s)
		s.make("network:VirtualNetwork", "small", addressSpace("10.9.0.0/16", subnetItem(name, cidr, nil)))
	}
}

// basic is tier Basic with a management interface.
func basic(s *site) input {
	return input{
		"sku": input{"name": "AZFW_VNet", "tier": "Basic"}, "managementIpConfiguration": managementConfiguration(s),
	}
}

// defaultRoutes is a hub with a firewall and two route tables: one keeps 0.0.0.0/0 → Internet, one does not.
func defaultRoutes(s *site) {
	firewallInHub(s)
	for name, hop := range map[string]string{"to-internet": "Internet", "to-nowhere": "None"} {
		s.make("network:RouteTable", name, input{"routes": []any{
			input{"name": "default", "addressPrefix": "0.0.0.0/0", "nextHopType": hop},
		}})
	}
}

// routedHub is the request that puts a route table on the firewall's subnet.
func routedHub(table string) func(s *site) error {
	return changing("hub", func(s *site) input {
		return input{"subnets": []any{
			subnetItem(firewallSubnet, "10.0.1.64/26", input{"routeTable": s.ref(table)}),
			subnetItem("spare", "10.0.9.0/24", nil),
		}}
	})
}

var placementCases = []refusalCase{
	siteCase(refuseFirewallName, "Azure Firewall name "+long(51)+" is too long: 50 characters at most (got 51).",
		hubAndAddress, firewalling(long(51), justFirst), firewalling(long(50), justFirst)),
	siteCase(refuseFirewallGroup, "must be in one resource group. This is a rule of an older FAQ",
		func(s *site) {
			hubAndAddress(s)
			s.make("resources:ResourceGroup", "other", nil)
			s.make("network:PublicIPAddress", "far", with(standardAddress, input{"resourceGroupName": "other"}))
		},
		firewallingFirst(func(s *site) input { return input{"publicIPAddress": s.ref("far")} }),
		firewallingFirst(func(s *site) input { return input{"publicIPAddress": s.ref("pip")} })),
	siteCase(refuseFirewallGroup, "must be in one resource group",
		func(s *site) { hubAndAddress(s); s.make("resources:ResourceGroup", "other", nil) },
		firewalling("fw", plainly(input{"resourceGroupName": "other"})), firewalling("fw", justFirst)),
	siteCase(refuseManagement,
		"AzureFirewall fw management IP configuration requires both a subnet and a public IP address.", hubAndAddress,
		firewalling("fw", func(s *site) input {
			management := managementConfiguration(s)
			delete(management, "publicIPAddress")
			return with(basic(s), input{"managementIpConfiguration": management})
		}),
		firewalling("fw", basic)),
	siteCase(refuseNoManagement,
		"of tier Basic needs a managementIpConfiguration with subnet AzureFirewallManagementSubnet.", hubAndAddress,
		firewalling("fw", plainly(input{"sku": input{"name": "AZFW_VNet", "tier": "Basic"}})),
		firewalling("fw", plainly(input{"sku": input{"name": "AZFW_VNet", "tier": "Premium"}}))),
	siteCase(refuseSecondSubnet, "Only the first ipConfiguration of Azure Firewall", hubAndAddress,
		firewallingTwice(func(s *site) input {
			return with(second(nil)(s), input{"subnet": dataConfiguration(s)["subnet"]})
		}),
		firewallingTwice(second(nil))),
	siteCase(refuseNoSubnet, "Cannot parse the request. Details: MissingJsonReferenceId: Value for reference id is "+
		"missing. Path properties.ipConfigurations[0].properties.subnet.", hubAndAddress,
		firewallingFirst(plainly(input{"subnet": nil})), firewallingFirst(justFirst)),
	siteCase(refuseNoAddress, "ipConfiguration first of Azure Firewall", hubAndAddress,
		firewallingFirst(plainly(input{"publicIPAddress": nil})), firewallingFirst(justFirst)),
	siteCase(refuseNoAddress, "ipConfiguration first of Azure Firewall", hubAndAddress,
		firewallingFirst(plainly(input{"publicIPAddress": nil})),
		firewalling("fw", func(s *site) input { // forced tunnelling
			first := dataConfiguration(s)
			delete(first, "publicIPAddress")
			return input{"ipConfigurations": []any{first}, "managementIpConfiguration": managementConfiguration(s)}
		})),
	siteCase(refuseSubnetName, "must be in a subnet named AzureFirewallSubnet (got "+
		inNetwork("virtualNetworks/small/subnets/firewall")+").", hubs("firewall", "10.9.0.0/26"),
		firewallingFirst(func(s *site) input { return input{"subnet": subnetOf(s, "small", "firewall")} }),
		firewallingFirst(justFirst)),
	siteCase(refuseFirewallSubnetSize, "must be /26 or larger (got 10.9.0.0/27).", hubs(firewallSubnet, "10.9.0.0/27"),
		firewallingFirst(func(s *site) input { return input{"subnet": subnetOf(s, "small", firewallSubnet)} }),
		firewallingFirst(justFirst)),
	siteCase(refuseSecondFirewall, inNetwork("azureFirewalls/fw")+" is there already.",
		func(s *site) {
			hubs(firewallSubnet, "10.9.0.0/26")(s)
			s.make("network:AzureFirewall", "fw", firewallAt(s, nil))
		},
		firewalling("next", func(s *site) input {
			return input{"ipConfigurations": []any{with(dataConfiguration(s), input{"publicIPAddress": s.ref("pip2")})}}
		}),
		firewalling("next", func(s *site) input {
			return input{"ipConfigurations": []any{input{
				"name": "first", "subnet": subnetOf(s, "small", firewallSubnet), "publicIPAddress": s.ref("pip2"),
			}}}
		})),
	siteCase(refuseConfigurationName, `need different names (got "FIRST").`, hubAndAddress,
		firewallingTwice(second(input{"name": "FIRST"})), firewallingTwice(second(nil))),
	siteCase(refuseAddressTwice, "ipConfiguration second of Azure Firewall", hubAndAddress,
		firewallingTwice(func(s *site) input { return input{"name": "second", "publicIPAddress": s.ref("pip")} }),
		firewallingTwice(second(nil))),
	siteCase(refuseManyFirewallAddresses, "can have 250 public IP addresses at most (got 251).",
		func(s *site) {
			hubAndAddress(s)
			s.hold("network:PublicIPAddress", 250, func(i int) (string, map[string]any) {
				return inNetwork(fmt.Sprint("publicIPAddresses/held", i)), map[string]any{"location": "westeurope"}
			})
		}, firewallOf(250), firewallOf(249)),
	siteCase(refuseFirewallRoutes,
		"Route Table to-nowhere on firewall subnet AzureFirewallSubnet must have 0.0.0.0/0 route with next hop Internet.",
		defaultRoutes, routedHub("to-nowhere"), routedHub("to-internet")),
	siteCase(refuseFirewallRoutes, "Route Table to-internet on firewall subnet AzureFirewallSubnet must have",
		func(s *site) {
			defaultRoutes(s)
			if err := routedHub("to-internet")(s); err != nil {
				s.Fatal(err)
			}
		},
		changing("to-internet", plainly(input{"routes": []any{}})),
		changing("to-nowhere", plainly(input{"routes": []any{}}))),
}

// firewallOf creates a firewall with n addresses besides its first.
func firewallOf(n int) func(s *site) error {
	return firewalling("fw", func(s *site) input {
		all := []any{dataConfiguration(s)}
		for i := range n {
			all = append(all, input{
				"name":            fmt.Sprint("more", i),
				"publicIPAddress": input{"id": inNetwork(fmt.Sprint("publicIPAddresses/held", i))},
			})
		}
		return input{"ipConfigurations": all}
	})
}

// policies is the hub with a policy of each tier.
func policies(s *site) {
	hubAndAddress(s)
	for _, tier := range []string{"Basic", "Standard", "Premium"} {
		s.make("network:FirewallPolicy", tier, input{"sku": input{"tier": tier}})
	}
}

// governed creates a firewall with a policy; more changes it.
func governed(policy string, more input) func(s *site) error {
	return firewalling("fw", func(s *site) input { return with(input{"firewallPolicy": s.ref(policy)}, more) })
}

// classicCollection is a collection of one network rule of the firewall itself.
func classicCollection(name string, priority float64, rule input) input {
	return input{"name": name, "priority": priority, "action": input{"type": "Allow"}, "rules": []any{with(input{
		"name": "rule", "protocols": []any{"TCP"}, "sourceAddresses": []any{"*"}, "destinationPorts": []any{"443"},
		"destinationAddresses": []any{"*"},
	}, rule)}}
}

// classic creates a firewall with network rules of its own.
func classic(collections ...any) func(s *site) error {
	return firewalling("fw", plainly(input{"networkRuleCollections": collections}))
}

// classicNames creates a firewall with a network rule to this FQDN; proxy is whether it is a DNS proxy.
func classicNames(fqdn, proxy string) func(s *site) error {
	return firewalling("fw", plainly(input{
		"additionalProperties": input{"Network.DNS.EnableProxy": proxy},
		"networkRuleCollections": []any{classicCollection("aksfwnr", 100, input{
			"destinationAddresses": []any{}, "destinationFqdns": []any{fqdn},
		})},
	}))
}

var firewallRuleCases = []refusalCase{
	siteCase(refusePolicyOfHigherTier, "of tier Standard cannot use firewall policy "+
		inNetwork("firewallPolicies/Premium")+
		" of tier Premium.", policies, governed("Premium", nil), governed("Standard", nil)),
	siteCase(refuseRulesBesidePolicy, "cannot have networkRuleCollections beside firewall policy", policies,
		governed("Standard", input{"networkRuleCollections": []any{classicCollection("aksfwnr", 100, nil)}}),
		governed("Standard", input{"networkRuleCollections": []any{}})),
	siteCase(refuseBasicDeny, "Azure Firewall "+inNetwork("azureFirewalls/fw")+
		" of tier Basic cannot have threatIntelMode Deny.", hubAndAddress,
		firewalling("fw", func(s *site) input { return with(basic(s), input{"threatIntelMode": "Deny"}) }),
		firewalling("fw", func(s *site) input { return with(basic(s), input{"threatIntelMode": "Alert"}) })),
	siteCase(refuseClassicNames, "DNS Proxy must be enabled in order to use DestinationFqdns in Network Rules.",
		hubAndAddress, classicNames("ntp.ubuntu.com", "false"), classicNames("ntp.ubuntu.com", "true")),
	siteCase(refuseNetworkWildcard, "has the FQDN *.ubuntu.com: network rules know no *.", hubAndAddress,
		classicNames("*.ubuntu.com", "true"), classicNames("ntp.ubuntu.com", "true")),
	siteCase(refuseTwinClassicPriorities, "Rule collections one and two of ", hubAndAddress,
		classic(classicCollection("one", 100, nil), classicCollection("two", 100, nil)),
		classic(classicCollection("one", 100, nil), classicCollection("two", 101, nil))),
}
