package doctor_test

import (
	"aks-egress/egress"
	"aks-egress/egress/doctor"
)

func addNetworkRule(n *egress.Network, r egress.NetworkRule) {
	r.Name, r.Sources = "wide", []string{"*"}
	c := networkRules(n)
	c.NetworkRules = append(c.NetworkRules, r)
}

func addHost(n *egress.Network, host string) {
	r := &applicationRules(n).ApplicationRules[1]
	r.FQDNs = append(r.FQDNs, host)
}

func placementCases() []finding {
	return []finding{
		{
			id: "firewall-subnet-name", base: hub, resource: fwID, words: "is in subnet vnet-hub/firewall",
			change: func(n *egress.Network) {
				s := &n.VNets[1].Subnets[0]
				s.ID, s.Name = hubID+"/subnets/firewall", "firewall"
				n.Firewalls[0].SubnetID = s.ID
			},
		},
		{
			id: "firewall-subnet-name", base: basicHub, resource: fwID, words: "not in one named AzureFirewallManagementSubnet",
			change: func(n *egress.Network) {
				s := &n.VNets[1].Subnets[1]
				s.ID, s.Name = hubID+"/subnets/management", "management"
				n.Firewalls[0].ManagementSubnetID = s.ID
			},
		},
		{
			id: "firewall-subnet-size", base: hub, resource: fwSubnet, words: "is 10.0.1.0/27, smaller than /26",
			change: func(n *egress.Network) { n.VNets[1].Subnets[0].Prefixes = prefixes("10.0.1.0/27") },
		},
		{
			id: "firewall-without-public-ip", base: hub, resource: fwID, words: "has no public IP and no management interface",
			change: func(n *egress.Network) { n.Firewalls[0].PublicIPIDs, n.PublicIPs = nil, nil },
		},
		{
			id: "policy-and-classic-rules", base: hub, resource: fwID, words: "has policy afwp and 1 classic rule collections",
			change: func(n *egress.Network) {
				n.Firewalls[0].Collections = []egress.RuleCollection{{Name: "old", Priority: 100, Action: egress.ActionAllow}}
			},
		},
	}
}

func tierCases() []finding {
	return []finding{
		{
			id: "basic-without-management-subnet", base: basicHub,
			resource: fwID, words: "of tier Basic and has no management interface",
			change: func(n *egress.Network) { n.Firewalls[0].ManagementSubnetID = "" },
		},
		{
			id: "basic-dns-proxy", base: basicHub, resource: policyID, words: "afwp turns DNS proxy on",
			change: func(n *egress.Network) { policy(n).DNSProxy = true },
		},
		{
			id: "basic-threat-intelligence-deny", base: basicHub, resource: policyID, words: "afwp has threatIntelMode Deny",
			change: func(n *egress.Network) { policy(n).ThreatIntel = "Deny" },
		},
		{
			id: "basic-fqdn-in-network-rule", base: basicHub,
			resource: policyID, words: "aks/network/wide of afwp names ntp.ubuntu.com",
			change: func(n *egress.Network) {
				addNetworkRule(n, egress.NetworkRule{
					Protocols: []string{"UDP"}, Ports: []string{"123"}, FQDNs: []string{"ntp.ubuntu.com"},
				})
			},
		},
	}
}

func ruleCases() []finding {
	const wide = "network-rule-hides-application-rules"
	allow := func(ports, destination string) func(*egress.Network) {
		return func(n *egress.Network) {
			addNetworkRule(n, egress.NetworkRule{
				Protocols: []string{"TCP"}, Ports: []string{ports}, Destinations: []string{destination},
			})
		}
	}
	return []finding{
		{
			id: wide, base: hub, resource: policyID, words: "allows TCP 443 to *, so application rule aks/application/required",
			change: allow("443", "*"),
		},
		{
			id: wide, base: hub,
			resource: policyID, words: "allows TCP 80-90 to 0.0.0.0/0", change: allow("80-90", "0.0.0.0/0"),
		},
		{
			id: wide, base: hub, resource: policyID, words: "to AzureCloud.westeurope", severity: doctor.Warning,
			change: allow("443", "AzureCloud.westeurope"),
		},
		{
			id: wide, base: hub, resource: baseID, words: "org/network/wide of base",
			change: func(n *egress.Network) {
				n.FirewallPolicies = append(n.FirewallPolicies, egress.FirewallPolicy{ID: baseID, Name: "base", Tier: "Standard"})
				n.FirewallPolicies[1].RuleCollectionGroups = []egress.RuleCollectionGroup{{
					ID: baseID + "/ruleCollectionGroups/org", Name: "org", Priority: 100,
					Collections: []egress.RuleCollection{{
						Name: "network", Priority: 100, Action: egress.ActionAllow, NetworkRules: []egress.NetworkRule{{
							Name: "wide", Protocols: []string{"Any"}, Sources: []string{"10.1.0.0/24"}, Ports: []string{"443"},
							Destinations: []string{"*"},
						}},
					}},
				}}
				policy(n).BasePolicyID = baseID
			},
		},
		{
			id: "network-rule-allows-all", base: hub, resource: policyID, words: "allows Any on all ports of every destination",
			change: func(n *egress.Network) {
				addNetworkRule(n, egress.NetworkRule{
					Protocols: []string{"Any"}, Ports: []string{"*"}, Destinations: []string{"*"},
				})
			},
		},
		{
			id: "application-rule-allows-all", base: hub,
			resource: policyID, words: "aks/application/docker-hub of afwp allows the host *",
			change: func(n *egress.Network) { addHost(n, "*") },
		},
		{
			id: "fqdn-needs-dns-proxy", base: hub, resource: policyID, words: "names ntp.ubuntu.com, and DNS proxy is off",
			change: func(n *egress.Network) { policy(n).DNSProxy = false },
		},
		{
			id: "dns-servers-not-firewall", base: hub,
			resource: spokeID, words: "uses Azure's DNS, and network rule aks/network/time",
			change: func(n *egress.Network) { n.VNets[0].DNSServers = nil },
		},
		{
			id: "dns-servers-not-firewall", base: hub,
			resource: spokeID, words: "of cluster aks uses Azure's DNS",
			change: func(n *egress.Network) { n.VNets[0].DNSServers, aks(n).PrivateCluster = nil, true },
		},
	}
}

const baseID = rg + "Microsoft.Network/firewallPolicies/base"

func nameCases() []finding {
	return []finding{
		{
			id: "tag-used-as-fqdn", base: hub, resource: policyID, words: "has the tag AzureKubernetesService among its FQDNs",
			change: func(n *egress.Network) { addHost(n, "AzureKubernetesService") },
		},
		{
			id: "tag-used-as-fqdn", base: hub, resource: policyID, words: "has the tag AzureCloud.westeurope among its FQDNs",
			change: func(n *egress.Network) { addHost(n, "AzureCloud.westeurope") },
		},
		{
			id: "tag-used-as-fqdn", base: hub,
			resource: policyID, words: "Network rule aks/network/time of afwp has the tag Storage",
			change: func(n *egress.Network) { networkRules(n).NetworkRules[2].FQDNs = []string{"Storage"} },
		},
		{
			id: "service-tag-as-fqdn-tag", base: hub,
			resource: policyID, words: "the service tag AzureMonitor among its fqdnTags",
			change: func(n *egress.Network) {
				r := &applicationRules(n).ApplicationRules[0]
				r.FQDNTags = append(r.FQDNTags, "AzureMonitor")
			},
		},
		{
			id: "fqdn-tag-as-destination", base: hub,
			resource: policyID, words: "has the FQDN tag AzureKubernetesService as destination",
			change: func(n *egress.Network) {
				addNetworkRule(n, egress.NetworkRule{
					Protocols: []string{"TCP"}, Ports: []string{"443"}, Destinations: []string{"AzureKubernetesService"},
				})
			},
		},
		{
			id: "wildcard-not-leftmost", base: hub, resource: policyID, words: "has the FQDN api.*.example.com",
			change: func(n *egress.Network) { addHost(n, "api.*.example.com") },
		},
		{
			id: "wildcard-in-network-rule", base: hub, resource: policyID, words: "has the FQDN *.ubuntu.com",
			change: func(n *egress.Network) { networkRules(n).NetworkRules[2].FQDNs = []string{"*.ubuntu.com"} },
		},
		{
			id: "retired-name-allowed", base: hub,
			resource: policyID, words: "allows *.cdn.mscr.io, which AKS has not used since 2020-06",
			change: func(n *egress.Network) { addHost(n, "*.cdn.mscr.io") },
		},
	}
}
