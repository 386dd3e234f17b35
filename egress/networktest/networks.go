package networktest

import (
	"net/netip"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
)

// What the networks below consist of, by ARM id.
const (
	provider   = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/"
	networks   = provider + "Microsoft.Network/"
	SpokeID    = networks + "virtualNetworks/spoke"
	HubID      = networks + "virtualNetworks/hub"
	NATID      = networks + "natGateways/nat"
	BalancerID = networks + "loadBalancers/kubernetes"
	FirewallID = networks + "azureFirewalls/afw"
	PolicyID   = networks + "firewallPolicies/afwp"
	IPID       = networks + "publicIPAddresses/ip"
	ClusterID  = provider + "Microsoft.ContainerService/managedClusters/aks"
)

// Spoke is a cluster of two nodes in a private subnet without a way out, and a public IP, 203.0.113.7, to give away.
func Spoke(outboundType string) *egress.Network {
	private := false
	return &egress.Network{
		VNets: []egress.VNet{{
			ID: SpokeID, Name: "spoke", Location: "westeurope", AddressSpace: prefixes("10.1.0.0/16"),
			Subnets: []egress.Subnet{{
				ID: SpokeID + "/subnets/nodes", Name: "nodes", Prefixes: prefixes("10.1.0.0/22"), DefaultOutboundAccess: &private,
			}},
		}},
		PublicIPs: []egress.PublicIP{{ID: IPID, Name: "ip", Address: netip.MustParseAddr("203.0.113.7")}},
		Clusters: []egress.Cluster{{
			ID: ClusterID, Name: "aks", Location: "westeurope", OutboundType: outboundType, Tier: "Free", NodeCount: 2,
			NodeSubnetIDs: []string{SpokeID + "/subnets/nodes"}, NetworkPlugin: "azure", NetworkPluginMode: "overlay",
			PodCIDR: netip.MustParsePrefix("10.244.0.0/16"), NodeResourceGroup: "MC_rg_aks_westeurope",
		}},
	}
}

// ByNATGateway leaves by a NAT gateway on the nodes' subnet.
func ByNATGateway() *egress.Network {
	n := Spoke("userAssignedNATGateway")
	PutNATGateway(n, &n.VNets[0].Subnets[0])
	return n
}

// PutNATGateway puts a NAT gateway with the network's public IP on a subnet.
func PutNATGateway(n *egress.Network, subnet *egress.Subnet) {
	n.NATGateways = []egress.NATGateway{{ID: NATID, Name: "nat", PublicIPIDs: []string{IPID}}}
	subnet.NATGatewayID = NATID
}

// ByLoadBalancer leaves by an outbound rule of the cluster's load balancer.
func ByLoadBalancer() *egress.Network {
	n := Spoke("loadBalancer")
	n.Clusters[0].OutboundLoadBalancerID = BalancerID
	n.LoadBalancers = []egress.LoadBalancer{{
		ID: BalancerID, Name: "kubernetes",
		Frontends: []egress.Frontend{{ID: BalancerID + "/frontendIPConfigurations/f", Name: "f", PublicIPID: IPID}},
		OutboundRules: []egress.OutboundRule{{
			Name: "aksOutboundRule", Protocol: "All", FrontendIDs: []string{BalancerID + "/frontendIPConfigurations/f"},
			BackendPoolID: BalancerID + "/backendAddressPools/aksOutboundBackendPool",
		}},
	}}
	return n
}

// ByFirewall leaves by a firewall of a tier, in a hub, that lets through what AKS needs.
func ByFirewall(tier string) *egress.Network {
	n := Spoke("userDefinedRouting")
	address := netip.MustParseAddr("10.0.0.4")
	n.RouteTables = []egress.RouteTable{{ID: networks + "routeTables/routes", Name: "routes", Routes: []egress.Route{{
		Name: "default", Prefix: netip.MustParsePrefix("0.0.0.0/0"), NextHopType: egress.NextHopVirtualAppliance,
		NextHopIP: address,
	}}}}
	n.VNets[0].Subnets[0].RouteTableID, n.VNets[0].Peerings = n.RouteTables[0].ID, peered(SpokeID, HubID)
	n.VNets[0].DNSServers = []netip.Addr{address}
	n.VNets = append(n.VNets, egress.VNet{
		ID: HubID, Name: "hub", Location: "westeurope", AddressSpace: prefixes("10.0.0.0/22"),
		Peerings: peered(HubID, SpokeID),
		Subnets: []egress.Subnet{{
			ID: HubID + "/subnets/" + egress.AzureFirewallSubnet, Name: egress.AzureFirewallSubnet,
			Prefixes: prefixes("10.0.0.0/26"),
		}},
	})
	n.Firewalls = []egress.Firewall{{
		ID: FirewallID, Name: "afw", Tier: tier, PrivateIP: address, PolicyID: PolicyID,
		PublicIPIDs: []string{IPID}, SubnetID: HubID + "/subnets/" + egress.AzureFirewallSubnet,
	}}
	n.FirewallPolicies = []egress.FirewallPolicy{{
		ID: PolicyID, Tier: tier, RuleCollectionGroups: []egress.RuleCollectionGroup{{
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

func peered(from, to string) []egress.Peering {
	return []egress.Peering{{
		ID: from + "/virtualNetworkPeerings/p", Name: "p", RemoteVNetID: to, AllowVirtualNetworkAccess: true,
		AllowForwardedTraffic: true, State: egress.PeeringConnected,
	}}
}

func prefixes(text string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(text)} }
