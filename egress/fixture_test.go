package egress_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"aks-egress/egress"
)

const (
	rg         = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/"
	spokeID    = rg + "Microsoft.Network/virtualNetworks/vnet-spoke"
	nodesID    = spokeID + "/subnets/snet-nodes"
	podsID     = spokeID + "/subnets/snet-pods"
	hubID      = rg + "Microsoft.Network/virtualNetworks/vnet-hub"
	fwSubnetID = hubID + "/subnets/AzureFirewallSubnet"
	tableID    = rg + "Microsoft.Network/routeTables/rt-udr"
	fwID       = rg + "Microsoft.Network/azureFirewalls/afw"
	policyID   = rg + "Microsoft.Network/firewallPolicies/afwp"
	baseID     = rg + "Microsoft.Network/firewallPolicies/base"
	natID      = rg + "Microsoft.Network/natGateways/ng"
	lbID       = rg + "Microsoft.Network/loadBalancers/kubernetes"
	clusterID  = rg + "Microsoft.ContainerService/managedClusters/aks"
	ip1ID      = rg + "Microsoft.Network/publicIPAddresses/pip1"
	ip2ID      = rg + "Microsoft.Network/publicIPAddresses/pip2"
	prefixID   = rg + "Microsoft.Network/publicIPPrefixes/ippre"
)

func addr(s string) netip.Addr     { return netip.MustParseAddr(s) }
func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }

func prefixes(s ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(s))
	for i := range s {
		out[i] = prefix(s[i])
	}
	return out
}

func off() *bool { v := false; return &v }

// spoke is a private node subnet with a cluster in it and two public addresses and a prefix to give away.
func spoke() *egress.Network {
	return &egress.Network{
		VNets: []egress.VNet{{
			ID: spokeID, Name: "vnet-spoke", Location: "westeurope", AddressSpace: prefixes("10.1.0.0/16"),
			Subnets: []egress.Subnet{
				{ID: nodesID, Name: "snet-nodes", Prefixes: prefixes("10.1.0.0/24"), DefaultOutboundAccess: off()},
				{ID: podsID, Name: "snet-pods", Prefixes: prefixes("10.1.8.0/21"), DefaultOutboundAccess: off()},
			},
		}},
		PublicIPs: []egress.PublicIP{
			{ID: ip1ID, Name: "pip1", Address: addr("203.0.113.2")}, {ID: ip2ID, Name: "pip2", Address: addr("203.0.113.1")},
		},
		PublicIPPrefixes: []egress.PublicIPPrefix{{ID: prefixID, Name: "ippre", Prefix: prefix("198.51.100.0/30")}},
		Clusters: []egress.Cluster{{
			ID: clusterID, Name: "aks", Location: "westeurope", OutboundType: "userDefinedRouting",
			NodeSubnetIDs: []string{nodesID}, NetworkPlugin: "azure", NetworkPluginMode: "overlay",
			PodCIDR: prefix("10.244.0.0/16"), ServiceCIDR: prefix("10.0.0.0/16"), NodeCount: 2,
		}},
	}
}

func withNAT(ips, prefixIDs []string) *egress.Network {
	n := spoke()
	n.NATGateways = []egress.NATGateway{{ID: natID, Name: "ng", PublicIPIDs: ips, PublicIPPrefixIDs: prefixIDs}}
	n.VNets[0].Subnets[0].NATGatewayID = natID
	n.Clusters[0].OutboundType = "userAssignedNATGateway"
	return n
}

func withLoadBalancer() *egress.Network {
	n := spoke()
	n.Clusters[0].OutboundType = "loadBalancer"
	n.Clusters[0].OutboundLoadBalancerID = lbID
	n.LoadBalancers = []egress.LoadBalancer{{
		ID: lbID, Name: "kubernetes",
		Frontends: []egress.Frontend{{ID: lbID + "/frontendIPConfigurations/one", Name: "one", PublicIPID: ip1ID}},
		OutboundRules: []egress.OutboundRule{{
			Name: "aksOutboundRule", Protocol: "All", FrontendIDs: []string{lbID + "/frontendIPConfigurations/one"},
			BackendPoolID: lbID + "/backendAddressPools/aksOutboundBackendPool",
		}},
	}}
	return n
}

// hubAndSpoke is the userDefinedRouting stack: spoke peered with a hub, whose firewall allows what AKS needs.
func hubAndSpoke() *egress.Network {
	n := spoke()
	n.VNets[0].Subnets[0].RouteTableID = tableID
	n.VNets[0].DNSServers = []netip.Addr{addr("10.0.1.4")}
	n.VNets[0].Peerings = []egress.Peering{{
		ID: spokeID + "/virtualNetworkPeerings/to-hub", Name: "to-hub", RemoteVNetID: hubID,
		AllowVirtualNetworkAccess: true, AllowForwardedTraffic: true, State: egress.PeeringConnected,
	}}
	n.Clusters[0].ServiceCIDR = prefix("172.16.0.0/16")
	n.VNets = append(n.VNets, egress.VNet{
		ID: hubID, Name: "vnet-hub", Location: "westeurope", AddressSpace: prefixes("10.0.0.0/16"),
		Subnets: []egress.Subnet{{ID: fwSubnetID, Name: "AzureFirewallSubnet", Prefixes: prefixes("10.0.1.0/26")}},
		Peerings: []egress.Peering{{
			ID: hubID + "/virtualNetworkPeerings/to-spoke", Name: "to-spoke", RemoteVNetID: spokeID,
			AllowVirtualNetworkAccess: true, AllowForwardedTraffic: true, State: egress.PeeringConnected,
		}},
	})
	n.RouteTables = []egress.RouteTable{{ID: tableID, Name: "rt-udr", Routes: []egress.Route{{
		Name: "default", Prefix: prefix("0.0.0.0/0"), NextHopType: egress.NextHopVirtualAppliance,
		NextHopIP: addr("10.0.1.4"),
	}}}}
	n.Firewalls = []egress.Firewall{{
		ID: fwID, Name: "afw", Location: "westeurope", Tier: "Standard", PrivateIP: addr("10.0.1.4"), SubnetID: fwSubnetID,
		PublicIPIDs: []string{ip1ID, ip2ID}, PolicyID: policyID,
	}}
	n.FirewallPolicies = []egress.FirewallPolicy{{
		ID: policyID, Name: "afwp", Tier: "Standard", DNSProxy: true,
		RuleCollectionGroups: []egress.RuleCollectionGroup{{
			ID: policyID + "/ruleCollectionGroups/aks", Name: "aks", Priority: 200,
			Collections: []egress.RuleCollection{
				{Name: "network", Priority: 200, Action: egress.ActionAllow, NetworkRules: []egress.NetworkRule{
					{
						Name: "tunnel", Protocols: []string{"UDP"}, Sources: []string{"10.1.0.0/16"}, Ports: []string{"1194"},
						Destinations: []string{"AzureCloud.westeurope"},
					},
					{
						Name: "time", Protocols: []string{"UDP"}, Sources: []string{"10.1.0.0/16"}, Ports: []string{"123"},
						FQDNs: []string{"ntp.ubuntu.com"},
					},
					{
						Name: "east-west", Protocols: []string{"Any"}, Sources: []string{"*"}, Ports: []string{"8000-8999"},
						Destinations: []string{"10.0.0.0/8"},
					},
				}},
				{Name: "application", Priority: 300, Action: egress.ActionAllow, ApplicationRules: []egress.ApplicationRule{
					{
						Name: "required", Sources: []string{"10.1.0.0/24"}, FQDNTags: []string{"AzureKubernetesService"},
						Protocols: []egress.ApplicationProtocol{{Type: "Http", Port: 80}, {Type: "Https", Port: 443}},
					},
					{
						Name: "probe", Sources: []string{"10.1.0.0/24"}, FQDNs: []string{"ifconfig.me", "*.example.com"},
						Protocols: []egress.ApplicationProtocol{{Type: "Http", Port: 80}, {Type: "Https", Port: 443}},
					},
				}},
			},
		}},
	}}
	return n
}

func app(n *egress.Network) *egress.RuleCollection {
	return &n.FirewallPolicies[0].RuleCollectionGroups[0].Collections[1]
}

func network(n *egress.Network) *egress.RuleCollection {
	return &n.FirewallPolicies[0].RuleCollectionGroups[0].Collections[0]
}

func https(host string) egress.Flow {
	return egress.Flow{From: clusterID, Pod: true, Host: host, Port: 443, Protocol: egress.HTTPS}
}

func http(host string) egress.Flow {
	return egress.Flow{From: clusterID, Pod: true, Host: host, Port: 80, Protocol: egress.HTTP}
}

func tcp(ip string, port uint16) egress.Flow {
	return egress.Flow{From: clusterID, Addr: addr(ip), Port: port, Protocol: egress.TCP}
}

// want is what a case expects; words must occur in the reason or a hop.
type want struct {
	disposition egress.Disposition
	sources     string // joined by a space
	refusal     egress.Refusal
	words       string
}

func check(t *testing.T, n *egress.Network, f egress.Flow, w want) egress.Trace {
	t.Helper()
	got := n.Trace(f)
	text := got.Reason
	for _, h := range got.Hops {
		text += "\n" + h.String()
	}
	require.Equal(t, w.disposition, got.Disposition, text)
	var sources string
	for i, s := range got.Sources {
		if i > 0 {
			sources += " "
		}
		sources += s.String()
	}
	require.Equal(t, w.sources, sources, text)
	require.Equal(t, w.refusal, got.Refusal, text)
	require.Contains(t, text, w.words)
	require.NotEmpty(t, got.Reason)
	return got
}
