package egress_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"aks-egress/egress"
)

// The order of azure-facts 5.4, with the example of the rule processing document: a base policy with two groups and a
// child with two. Every collection matches the flow; the first in order decides, so it is removed and traced again.
func TestOrderOfProcessing(t *testing.T) {
	t.Parallel()
	nat := func(name string, priority int) egress.RuleCollection {
		return egress.RuleCollection{Name: name, Priority: priority, Action: egress.ActionDNAT, NATRules: []egress.NATRule{{
			Name: "r", Protocols: []string{"TCP"}, Sources: []string{"*"}, Destinations: []string{"20.1.2.3"},
			Ports:             []string{"443"},
			TranslatedAddress: "10.1.8.9", TranslatedPort: "8443",
		}}}
	}
	net := func(name string, priority int) egress.RuleCollection {
		return egress.RuleCollection{
			Name: name, Priority: priority, Action: egress.ActionDeny,
			NetworkRules: []egress.NetworkRule{{
				Name: "r", Protocols: []string{"Any"}, Sources: []string{"*"}, Destinations: []string{"*"}, Ports: []string{"*"},
			}},
		}
	}
	app := func(name string, priority int) egress.RuleCollection {
		return egress.RuleCollection{
			Name: name, Priority: priority, Action: egress.ActionDeny,
			ApplicationRules: []egress.ApplicationRule{{
				Name: "r", Sources: []string{"*"}, FQDNs: []string{"*"}, Protocols: []egress.ApplicationProtocol{{
					Type: "Https",
					Port: 443,
				}},
			}},
		}
	}
	n := hubAndSpoke()
	n.FirewallPolicies[0].BasePolicyID = baseID
	n.FirewallPolicies[0].RuleCollectionGroups = []egress.RuleCollectionGroup{
		{Name: "ChildRCG2", Priority: 650, Collections: []egress.RuleCollection{net("ChNetRC2", 1100), app("ChAppRC2",
			2000), nat("ChDNATRC3", 3000)}},
		{Name: "ChildRCG1", Priority: 300, Collections: []egress.RuleCollection{app("ChAppRC1", 900), net("ChNetRC1", 700)}},
	}
	n.FirewallPolicies = append(n.FirewallPolicies, egress.FirewallPolicy{
		ID: baseID,
		RuleCollectionGroups: []egress.RuleCollectionGroup{
			{Name: "BaseRCG2", Priority: 300, Collections: []egress.RuleCollection{app("AppRC2", 1200), net("NetworkRC2",
				1300)}},
			{Name: "BaseRCG1", Priority: 200, Collections: []egress.RuleCollection{nat("DNATRC3", 610), net("NetworkRC1",
				800), nat("DNATRC1", 600)}},
		},
	})
	flow := https("other.org")
	flow.Addr = addr("20.1.2.3")
	for _, first := range []string{
		"BaseRCG1/DNATRC1", "BaseRCG1/DNATRC3", "ChildRCG2/ChDNATRC3",
		"BaseRCG1/NetworkRC1", "BaseRCG2/NetworkRC2", "ChildRCG1/ChNetRC1", "ChildRCG2/ChNetRC2",
		"BaseRCG2/AppRC2", "ChildRCG1/ChAppRC1", "ChildRCG2/ChAppRC2", "no rule matched",
	} {
		got := n.Trace(flow)
		i := slices.IndexFunc(got.Hops, func(h egress.Hop) bool { return h.At == "firewall" })
		require.GreaterOrEqual(t, i, 0, got.Reason)
		require.Contains(t, got.Hops[i].Rule, first)
		remove(n, first)
	}
}

func remove(n *egress.Network, path string) {
	for i := range n.FirewallPolicies {
		for j := range n.FirewallPolicies[i].RuleCollectionGroups {
			group := &n.FirewallPolicies[i].RuleCollectionGroups[j]
			group.Collections = slices.DeleteFunc(group.Collections, func(c egress.RuleCollection) bool {
				return group.Name+"/"+c.Name == path
			})
		}
	}
}

// Source translation and what lies behind the firewall: azure-facts 5.3.
func TestBehindTheFirewall(t *testing.T) {
	t.Parallel()
	const otherID = rg + "Microsoft.Network/virtualNetworks/vnet-other"
	withOther := func() *egress.Network {
		n := hubAndSpoke()
		peer := func(owner, name, remote string) egress.Peering {
			return egress.Peering{
				ID: owner + "/virtualNetworkPeerings/" + name, Name: name, RemoteVNetID: remote,
				AllowVirtualNetworkAccess: true, AllowForwardedTraffic: true, State: egress.PeeringConnected,
			}
		}
		n.VNets[1].Peerings = append(n.VNets[1].Peerings, peer(hubID, "to-other", otherID))
		n.VNets = append(n.VNets, egress.VNet{
			ID: otherID, Name: "vnet-other", AddressSpace: prefixes("10.2.0.0/16"),
			Subnets: []egress.Subnet{{
				ID: otherID + "/subnets/a", Name: "a", Prefixes: prefixes("10.2.0.0/24"), RouteTableID: tableID,
			}},
			Peerings: []egress.Peering{peer(otherID, "to-hub", hubID)},
		})
		return n
	}
	named := egress.Flow{From: clusterID, Host: "a.example.com", Addr: addr("10.2.0.9"), Port: 443, Protocol: egress.HTTPS}
	runCases(t, []traceCase{
		{
			"network rule keeps the source of private destinations", withOther, nil,
			tcp("10.2.0.9", 8080),
			want{disposition: egress.DeliveredLocal, sources: "10.1.0.0/24"},
		},
		{
			"application rule translates it", withOther, nil,
			named,
			want{disposition: egress.DeliveredLocal, sources: "10.0.1.0/26"},
		},
		{
			"private ranges of the policy: always translate", withOther,
			func(n *egress.Network) { n.FirewallPolicies[0].SNATPrivateRanges = []string{"255.255.255.255/32"} },
			tcp("10.2.0.9", 8080),
			want{disposition: egress.DeliveredLocal, sources: "10.0.1.0/26"},
		},
		{"private ranges of the policy: never translate", hubAndSpoke, func(n *egress.Network) {
			n.FirewallPolicies[0].SNATPrivateRanges = []string{"0.0.0.0/0"}
			network(n).NetworkRules[2].Destinations = []string{"*"}
		}, tcp("20.1.2.3", 8080), want{disposition: egress.NoEgress, words: "does not translate"}},
		{
			"never translate spares application rules", hubAndSpoke,
			func(n *egress.Network) { n.FirewallPolicies[0].SNATPrivateRanges = []string{"0.0.0.0/0"} },
			http("ifconfig.me"),
			want{disposition: egress.ExitsInternet, sources: bothIPs},
		},
		{
			"receiving peering refuses forwarded traffic", withOther,
			func(n *egress.Network) { n.VNets[2].Peerings[0].AllowForwardedTraffic = false },
			tcp("10.2.0.9", 8080),
			want{disposition: egress.NoRoute, words: "allowForwardedTraffic false"},
		},
		{
			"translated traffic is not forwarded traffic", withOther,
			func(n *egress.Network) { n.VNets[2].Peerings[0].AllowForwardedTraffic = false },
			named,
			want{disposition: egress.DeliveredLocal, sources: "10.0.1.0/26"},
		},
		{"NAT gateway on the firewall's subnet", hubAndSpoke, func(n *egress.Network) {
			n.NATGateways = []egress.NATGateway{{ID: natID, PublicIPPrefixIDs: []string{prefixID}}}
			n.VNets[1].Subnets[0].NATGatewayID = natID
		}, http("ifconfig.me"), want{disposition: egress.ExitsInternet, sources: "198.51.100.0/30"}},
		{
			"firewall without public IP", hubAndSpoke, func(n *egress.Network) { n.Firewalls[0].PublicIPIDs = nil },
			http("ifconfig.me"),
			want{disposition: egress.NoEgress},
		},
		{
			"firewall whose address is not known", hubAndSpoke,
			func(n *egress.Network) { n.Firewalls[0].PrivateIP = netip.Addr{} },
			http("ifconfig.me"),
			want{disposition: egress.Insufficient, words: "private IP"},
		},
		{"firewall in the spoke itself", hubAndSpoke, func(n *egress.Network) {
			n.VNets[0].Subnets = append(n.VNets[0].Subnets, egress.Subnet{
				ID: spokeID + "/subnets/AzureFirewallSubnet", Name: "AzureFirewallSubnet", Prefixes: prefixes("10.1.1.64/26"),
			})
			n.Firewalls[0].SubnetID, n.Firewalls[0].PrivateIP = spokeID+"/subnets/AzureFirewallSubnet", addr("10.1.1.68")
			n.RouteTables[0].Routes[0].NextHopIP = addr("10.1.1.68")
			n.VNets = n.VNets[:1]
			n.VNets[0].Peerings = nil
		}, http("ifconfig.me"), want{disposition: egress.ExitsInternet, sources: bothIPs}},
	})
}
