package matrix_test

import (
	"net/netip"
	"slices"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
	"aks-egress/egress/matrix"
)

const (
	region     = "westeurope"
	providers  = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/"
	spokeID    = providers + "Microsoft.Network/virtualNetworks/spoke"
	nodesID    = spokeID + "/subnets/nodes"
	hubID      = providers + "Microsoft.Network/virtualNetworks/hub"
	firewallID = providers + "Microsoft.Network/azureFirewalls/afw"
	policyID   = providers + "Microsoft.Network/firewallPolicies/afwp"
	natID      = providers + "Microsoft.Network/natGateways/ng"
	clusterID  = providers + "Microsoft.ContainerService/managedClusters/aks"
	ipID       = providers + "Microsoft.Network/publicIPAddresses/ip"
	ip         = "203.0.113.7"
)

var pod = matrix.Start{From: clusterID, Pod: true}

func prefix(text string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(text)} }

// spoke is a cluster in a private subnet without a way out.
func spoke(outboundType string) *egress.Network {
	private := false
	return &egress.Network{
		VNets: []egress.VNet{{
			ID: spokeID, Name: "spoke", Location: "West Europe", AddressSpace: prefix("10.1.0.0/16"),
			Subnets: []egress.Subnet{{
				ID: nodesID, Name: "nodes", Prefixes: prefix("10.1.0.0/22"), DefaultOutboundAccess: &private,
			}},
		}},
		PublicIPs: []egress.PublicIP{{ID: ipID, Name: "ip", Address: netip.MustParseAddr(ip)}},
		Clusters: []egress.Cluster{{
			ID: clusterID, Name: "aks", Location: "West Europe", OutboundType: outboundType, NodeSubnetIDs: []string{nodesID},
			NetworkPlugin: "azure", NetworkPluginMode: "overlay", PodCIDR: prefix("10.244.0.0/16")[0],
			APIServerFQDN: "aks-1.hcp.westeurope.azmk8s.io",
		}},
	}
}

// byNAT leaves by a NAT gateway, and a service endpoint for key vaults.
func byNAT() *egress.Network {
	n := spoke("userAssignedNATGateway")
	n.NATGateways = []egress.NATGateway{{ID: natID, Name: "ng", PublicIPIDs: []string{ipID}}}
	n.VNets[0].Subnets[0].NATGatewayID = natID
	n.VNets[0].Subnets[0].ServiceEndpoints = []string{"Microsoft.KeyVault"}
	return n
}

// byFirewall leaves by a firewall that lets through what AKS needs, and more where a test says so.
func byFirewall(more ...egress.RuleCollection) *egress.Network {
	n := spoke("userDefinedRouting")
	firewall := netip.MustParseAddr("10.0.0.4")
	out := egress.Route{
		Name: "default", Prefix: prefix("0.0.0.0/0")[0], NextHopType: egress.NextHopVirtualAppliance, NextHopIP: firewall,
	}
	n.RouteTables = []egress.RouteTable{{
		ID: providers + "Microsoft.Network/routeTables/rt", Name: "rt", Routes: []egress.Route{out},
	}}
	peered := func(from, to string) []egress.Peering {
		return []egress.Peering{{
			ID: from + "/virtualNetworkPeerings/p", Name: "p", RemoteVNetID: to, AllowVirtualNetworkAccess: true,
			AllowForwardedTraffic: true, State: egress.PeeringConnected,
		}}
	}
	n.VNets[0].Subnets[0].RouteTableID, n.VNets[0].Peerings = n.RouteTables[0].ID, peered(spokeID, hubID)
	n.VNets[0].DNSServers = []netip.Addr{firewall}
	n.VNets = append(n.VNets, egress.VNet{
		ID: hubID, Name: "hub", Location: "westeurope", AddressSpace: prefix("10.0.0.0/22"), Peerings: peered(hubID, spokeID),
		Subnets: []egress.Subnet{{
			ID: hubID + "/subnets/AzureFirewallSubnet", Name: "AzureFirewallSubnet", Prefixes: prefix("10.0.0.0/26"),
		}},
	})
	n.Firewalls = []egress.Firewall{{
		ID: firewallID, Name: "afw", Tier: "Standard", PrivateIP: firewall, PolicyID: policyID, PublicIPIDs: []string{ipID},
		SubnetID: hubID + "/subnets/AzureFirewallSubnet",
	}}
	required := egress.RuleCollection{Name: "application", Priority: 200, Action: egress.ActionAllow}
	required.ApplicationRules = []egress.ApplicationRule{{
		Name: "required", Sources: []string{"10.1.0.0/16"}, FQDNTags: []string{endpoints.TagAKS},
		Protocols: []egress.ApplicationProtocol{{Type: "Http", Port: 80}, {Type: "Https", Port: 443}},
	}}
	n.FirewallPolicies = []egress.FirewallPolicy{{
		ID: policyID, Name: "afwp", Tier: "Standard", DNSProxy: true, RuleCollectionGroups: []egress.RuleCollectionGroup{
			{Name: "aks", Priority: 200, Collections: []egress.RuleCollection{required}},
			{Name: "more", Priority: 300, Collections: more},
		},
	}}
	return n
}

// letting is a collection that lets through hosts over HTTPS.
func letting(hosts ...string) egress.RuleCollection {
	rule := egress.ApplicationRule{
		Name: "hosts", Sources: []string{"*"}, FQDNs: hosts,
		Protocols: []egress.ApplicationProtocol{{Type: "Https", Port: 443}},
	}
	return egress.RuleCollection{
		Name: "web", Priority: 200, Action: egress.ActionAllow, ApplicationRules: []egress.ApplicationRule{rule},
	}
}

// rowOf finds the row of a destination.
func rowOf(rows []matrix.Row, destination string) *matrix.Row {
	i := slices.IndexFunc(rows, func(r matrix.Row) bool { return r.Destination == destination })
	if i < 0 {
		return nil
	}
	return &rows[i]
}

func ask(n *egress.Network, own matrix.Own) []matrix.Row {
	own.Add(matrix.OwnOf(n))
	return matrix.Shown([][]matrix.Row{matrix.Rows(n, pod, matrix.Destinations(region, own))})[0]
}
