package report_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aks-egress/egress"
	"aks-egress/internal/config"
	"aks-egress/internal/report"
)

const (
	group     = "/subscriptions/s/resourceGroups/rg/providers/"
	nodeGroup = "/subscriptions/s/resourceGroups/MC_rg/providers/"
	scope     = group + "Microsoft.Network/"
	clusterID = group + "Microsoft.ContainerService/managedClusters/aks1"
	spoke     = scope + "virtualNetworks/spoke"
	hub       = scope + "virtualNetworks/hub"
	nodes     = spoke + "/subnets/nodes"
	natIP     = "203.0.113.1"
	hubIP     = "203.0.113.2"
)

func prefix(text string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(text)} }

// network is a cluster in a private subnet that has no way out yet.
func network(outboundType string) *egress.Network {
	private := false
	return &egress.Network{
		VNets: []egress.VNet{{
			ID: spoke, Name: "spoke", Location: "westeurope", AddressSpace: prefix("10.1.0.0/16"),
			Subnets: []egress.Subnet{{
				ID: nodes, Name: "nodes", DefaultOutboundAccess: &private, Prefixes: prefix("10.1.0.0/24"),
			}},
		}},
		Clusters: []egress.Cluster{{
			ID: clusterID, Name: "aks1", Location: "westeurope", OutboundType: outboundType, NodeResourceGroup: "MC_rg",
			APIServerFQDN: "aks1.hcp.westeurope.azmk8s.io", NodeSubnetIDs: []string{nodes}, NetworkPlugin: "azure",
			NetworkPluginMode: "overlay", PodCIDR: netip.MustParsePrefix("10.244.0.0/16"),
			ServiceCIDR: netip.MustParsePrefix("172.16.0.0/16"), NodeCount: 2,
		}},
	}
}

func publicIP(name, address string) egress.PublicIP {
	return egress.PublicIP{ID: scope + "publicIPAddresses/" + name, Name: name, Address: netip.MustParseAddr(address)}
}

// natted leaves by a NAT gateway with these addresses.
func natted(addresses ...string) *egress.Network {
	n := network("userAssignedNATGateway")
	gateway := egress.NATGateway{ID: scope + "natGateways/nat", Name: "nat"}
	for i, address := range addresses {
		ip := publicIP("nat-ip-"+string(rune('1'+i))+"00000000", address)
		n.PublicIPs = append(n.PublicIPs, ip)
		gateway.PublicIPIDs = append(gateway.PublicIPIDs, ip.ID)
	}
	n.NATGateways = []egress.NATGateway{gateway}
	n.VNets[0].Subnets[0].NATGatewayID = gateway.ID
	return n
}

// firewalled leaves by a firewall that lets through these hosts on 443, and the probe.
func firewalled(hosts ...string) *egress.Network {
	n := network("userDefinedRouting")
	n.PublicIPs = []egress.PublicIP{publicIP("hub", hubIP)}
	peering := func(from, to, name string) egress.Peering {
		return egress.Peering{
			ID: from + "/virtualNetworkPeerings/" + name, Name: name, RemoteVNetID: to, AllowVirtualNetworkAccess: true,
			AllowForwardedTraffic: true, State: egress.PeeringConnected,
		}
	}
	n.VNets[0].Subnets[0].RouteTableID = scope + "routeTables/rt"
	n.VNets[0].Peerings = []egress.Peering{peering(spoke, hub, "to-hub")}
	n.VNets = append(n.VNets, egress.VNet{
		ID: hub, Name: "hub", Location: "westeurope", AddressSpace: prefix("10.0.0.0/16"),
		Subnets: []egress.Subnet{{
			ID: hub + "/subnets/AzureFirewallSubnet", Name: egress.AzureFirewallSubnet, Prefixes: prefix("10.0.0.0/26"),
		}},
		Peerings: []egress.Peering{peering(hub, spoke, "to-spoke")},
	})
	n.RouteTables = []egress.RouteTable{{ID: scope + "routeTables/rt", Name: "rt", Routes: []egress.Route{{
		Name: "all", Prefix: netip.MustParsePrefix("0.0.0.0/0"), NextHopType: egress.NextHopVirtualAppliance,
		NextHopIP: netip.MustParseAddr("10.0.0.4"),
	}}}}
	n.Firewalls = []egress.Firewall{{
		ID: scope + "azureFirewalls/fw", Name: "fw", Location: "westeurope", Tier: "Standard",
		PrivateIP: netip.MustParseAddr("10.0.0.4"), SubnetID: hub + "/subnets/AzureFirewallSubnet",
		PublicIPIDs: []string{n.PublicIPs[0].ID}, PolicyID: scope + "firewallPolicies/p",
	}}
	n.FirewallPolicies = []egress.FirewallPolicy{{
		ID: scope + "firewallPolicies/p", Name: "p", Tier: "Standard", DNSProxy: true,
		RuleCollectionGroups: []egress.RuleCollectionGroup{{Name: "g", Priority: 200, Collections: []egress.RuleCollection{{
			Name: "c", Priority: 200, Action: egress.ActionAllow, ApplicationRules: []egress.ApplicationRule{{
				Name: "r", Sources: []string{"*"}, FQDNs: append(hosts, "mcr.microsoft.com"),
				Protocols: []egress.ApplicationProtocol{{Type: "Https", Port: 443}},
			}, {
				Name: "probe", Sources: []string{"*"}, FQDNs: []string{"ifconfig.me"},
				Protocols: []egress.ApplicationProtocol{{Type: "Http", Port: 80}},
			}},
		}}}},
	}}
	return n
}

// withEntrance lets clients in by a DNAT rule to a service of the cluster.
func withEntrance(n *egress.Network) *egress.Network {
	n.Clusters[0].Services = []egress.Service{{
		Namespace: "web", Name: "web", Internal: true, Addresses: []netip.Addr{netip.MustParseAddr("10.1.0.9")},
		Ports: []egress.ServicePort{{Port: 80}},
	}}
	policy := &n.FirewallPolicies[0]
	policy.RuleCollectionGroups = append(policy.RuleCollectionGroups, egress.RuleCollectionGroup{
		Name: "in", Priority: 100, Collections: []egress.RuleCollection{{
			Name: "dnat", Priority: 100, Action: egress.ActionDNAT, NATRules: []egress.NATRule{{
				Name: "web", Sources: []string{"*"}, Destinations: []string{hubIP}, Ports: []string{"80"},
				Protocols: []string{"TCP"}, TranslatedAddress: "10.1.0.9", TranslatedPort: "80",
			}},
		}},
	})
	return n
}

// settings are those of a stack: key=value each.
func settings(t *testing.T, pairs ...string) *config.Config {
	t.Helper()
	values := map[string]string{"azure-native:location": "westeurope"}
	for _, pair := range pairs {
		key, value, _ := strings.Cut(pair, "=")
		values[config.Namespace+":"+key] = value
	}
	c, err := config.Load(values)
	require.NoError(t, err)
	return c
}

// side is a stack with a network, and what the stack says of its addresses.
func side(n *egress.Network, c *config.Config, expected ...string) *report.Side {
	list := make([]any, len(expected))
	for i, address := range expected {
		list[i] = address
	}
	return report.NewSide(report.Input{
		Name: "s", From: "lab", Network: n, Settings: c,
		Outputs: map[string]any{"expectedEgressIps": list, "egressIps": list, "egressVerified": true},
	})
}

func broken(problem string) *report.Side {
	return report.NewSide(report.Input{Name: "s", From: "lab", Problems: []string{problem}})
}
