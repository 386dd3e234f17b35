package price_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
	"aks-egress/egress/price"
)

const (
	clusterID = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks"
	spokeID   = providers + "virtualNetworks/spoke"
	hubID     = providers + "virtualNetworks/hub"
)

func prefixes(text string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(text)} }

// spoke is a cluster in a private subnet without a way out.
func spoke(outboundType string) *egress.Network {
	private := false
	return &egress.Network{
		VNets: []egress.VNet{{
			ID: spokeID, Name: "spoke", Location: "westeurope", AddressSpace: prefixes("10.1.0.0/16"),
			Subnets: []egress.Subnet{{
				ID: spokeID + "/subnets/nodes", Name: "nodes", Prefixes: prefixes("10.1.0.0/22"), DefaultOutboundAccess: &private,
			}},
		}},
		PublicIPs: []egress.PublicIP{publicIP(1)},
		Clusters: []egress.Cluster{{
			ID: clusterID, Name: "aks", Location: "westeurope", OutboundType: outboundType, Tier: "Free",
			NodeSubnetIDs: []string{spokeID + "/subnets/nodes"}, NetworkPlugin: "azure", NetworkPluginMode: "overlay",
			PodCIDR: netip.MustParsePrefix("10.244.0.0/16"),
		}},
	}
}

func withNAT(n *egress.Network, subnet *egress.Subnet) *egress.Network {
	n.NATGateways = []egress.NATGateway{{
		ID: id("natGateways", 1), Name: "nat", PublicIPIDs: []string{id("publicIPAddresses", 1)},
	}}
	subnet.NATGatewayID = n.NATGateways[0].ID
	return n
}

func byNAT() *egress.Network {
	n := spoke("userAssignedNATGateway")
	return withNAT(n, &n.VNets[0].Subnets[0])
}

func byLoadBalancer() *egress.Network {
	n := spoke("loadBalancer")
	lb := id("loadBalancers", 1)
	n.Clusters[0].OutboundLoadBalancerID = lb
	n.LoadBalancers = []egress.LoadBalancer{{
		ID: lb, Name: "kubernetes",
		Frontends: []egress.Frontend{{ID: lb + "/f", Name: "f", PublicIPID: id("publicIPAddresses", 1)}},
		OutboundRules: []egress.OutboundRule{{
			Name: "aksOutboundRule", Protocol: "All", FrontendIDs: []string{lb + "/f"}, BackendPoolID: lb + "/pool",
		}},
	}}
	return n
}

// byFirewall leaves by a firewall in a hub that lets through what AKS needs.
func byFirewall(tier string) *egress.Network {
	n := spoke("userDefinedRouting")
	address := netip.MustParseAddr("10.0.0.4")
	n.RouteTables = []egress.RouteTable{{ID: id("routeTables", 1), Name: "routes", Routes: []egress.Route{{
		Name: "default", Prefix: netip.MustParsePrefix("0.0.0.0/0"), NextHopType: egress.NextHopVirtualAppliance,
		NextHopIP: address,
	}}}}
	peered := func(from, to string) []egress.Peering {
		return []egress.Peering{{
			ID: from + "/virtualNetworkPeerings/p", Name: "p", RemoteVNetID: to, AllowVirtualNetworkAccess: true,
			AllowForwardedTraffic: true, State: egress.PeeringConnected,
		}}
	}
	n.VNets[0].Subnets[0].RouteTableID, n.VNets[0].Peerings = n.RouteTables[0].ID, peered(spokeID, hubID)
	n.VNets[0].DNSServers = []netip.Addr{address}
	n.VNets = append(n.VNets, egress.VNet{
		ID: hubID, Name: "hub", Location: "westeurope", AddressSpace: prefixes("10.0.0.0/22"), Peerings: peered(hubID, spokeID),
		Subnets: []egress.Subnet{{
			ID: hubID + "/subnets/AzureFirewallSubnet", Name: egress.AzureFirewallSubnet, Prefixes: prefixes("10.0.0.0/26"),
		}},
	})
	n.Firewalls = []egress.Firewall{{
		ID: id("azureFirewalls", 1), Name: "afw", Tier: tier, PrivateIP: address, PolicyID: id("firewallPolicies", 1),
		PublicIPIDs: []string{id("publicIPAddresses", 1)}, SubnetID: hubID + "/subnets/AzureFirewallSubnet",
	}}
	n.FirewallPolicies = []egress.FirewallPolicy{{
		ID: id("firewallPolicies", 1), Tier: tier, RuleCollectionGroups: []egress.RuleCollectionGroup{{
			Name: "aks", Priority: 200, Collections: []egress.RuleCollection{{
				Name: "required", Priority: 200, Action: egress.ActionAllow, ApplicationRules: []egress.ApplicationRule{{
					Name: "aks", Sources: []string{"*"}, FQDNTags: []string{endpoints.TagAKS},
					Protocols: []egress.ApplicationProtocol{{Type: "Https", Port: 443}},
				}},
			}},
		}},
	}}
	return n
}

// What one GB costs, calculated by hand from azure-facts 12.2 along the way that traffic takes.
func TestOf_PerGB(t *testing.T) {
	t.Parallel()
	behind := byFirewall("Standard")
	withNAT(behind, &behind.VNets[1].Subnets[0])
	sameVNet := byFirewall("Standard")
	sameVNet.VNets[0].AddressSpace = append(sameVNet.VNets[0].AddressSpace, prefixes("10.0.0.0/22")...)
	sameVNet.VNets[0].Subnets = append(sameVNet.VNets[0].Subnets, sameVNet.VNets[1].Subnets[0])
	sameVNet.VNets, sameVNet.VNets[0].Peerings = sameVNet.VNets[:1], nil
	misnamed := byNAT()
	misnamed.Clusters[0].OutboundType = "userDefinedRouting"
	noWay := spoke("userAssignedNATGateway")
	two := byLoadBalancer()
	two.Clusters = append(two.Clusters, byNAT().Clusters[0])
	two.Clusters[1].ID += "2"
	two.Clusters[1].NodeSubnetIDs = []string{spokeID + "/subnets/other"}
	two.VNets[0].Subnets = append(two.VNets[0].Subnets, byNAT().VNets[0].Subnets[0])
	two.VNets[0].Subnets[1].ID, two.VNets[0].Subnets[1].Prefixes = spokeID+"/subnets/other", prefixes("10.1.4.0/22")
	two.NATGateways = byNAT().NATGateways
	for name, c := range map[string]struct {
		network *egress.Network
		perGB   float64
		items   int
	}{
		"load balancer":                         {byLoadBalancer(), 0.005 + 0.087, 2},
		"NAT gateway":                           {byNAT(), 0.045 + 0.087, 2},
		"firewall":                              {byFirewall("Standard"), 2*0.01 + 0.016 + 0.087, 3},
		"firewall, Premium":                     {byFirewall("Premium"), 2*0.01 + 0.016 + 0.087, 3},
		"firewall, Basic":                       {byFirewall("Basic"), 2*0.01 + 0.065 + 0.087, 3},
		"firewall in the nodes' own VNet":       {sameVNet, 0.016 + 0.087, 2},
		"firewall with a NAT gateway":           {behind, 2*0.01 + 0.016 + 0.045 + 0.087, 4},
		"what the outbound type says is not so": {misnamed, 0.045 + 0.087, 2},
		"no way out":                            {noWay, 0, 0},
		"two clusters: the dearer":              {two, 0.045 + 0.087, 2},
	} {
		e := price.Of(c.network)
		assert.InDelta(t, c.perGB, e.PerGBUSD, 1e-9, "%s: %v %v", name, e.PerGB, e.NotPriced)
		assert.Len(t, e.PerGB, c.items, name)
		for _, l := range e.PerGB {
			assert.Zero(t, l.MonthlyUSD, name)
		}
	}
}
