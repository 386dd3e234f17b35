package egress_test

import (
	"net/netip"
	"testing"

	"aks-egress/egress"
)

const (
	serverFQDN  = "aks-1.hcp.westeurope.azmk8s.io"
	privateFQDN = "aks-1.privatelink.westeurope.azmk8s.io"
)

// Whoever runs Pulumi and kubectl, at a public API server with authorized ranges.
func TestOperator(t *testing.T) {
	t.Parallel()
	at := func(operator string, ranges ...string) func(*egress.Network) {
		return func(n *egress.Network) {
			n.Clusters[0].APIServerFQDN, n.Clusters[0].AuthorizedIPRanges = serverFQDN, prefixes(ranges...)
			n.Operator = addr(operator)
		}
	}
	flow := egress.Flow{From: egress.FromOperator, Host: serverFQDN, Port: 443, Protocol: egress.HTTPS}
	nat := func() *egress.Network { return withNAT([]string{ip1ID}, nil) }
	runCases(t, []traceCase{
		{"no ranges", nat, at("192.0.2.10"), flow, want{disposition: egress.DeliveredService, sources: "192.0.2.10/32"}},
		{
			"outside", nat, at("192.0.2.10", "203.0.113.2/32"), flow,
			want{disposition: egress.DeniedIn, refusal: egress.RefusedDropped, words: "does not let in 192.0.2.10 "},
		},
		{
			"inside", nat, at("192.0.2.10", "192.0.2.0/28"), flow,
			want{disposition: egress.DeliveredService, sources: "192.0.2.10/32"},
		},
		{
			"behind the NAT gateway", nat, at("10.1.0.200", "203.0.113.2/32"), flow,
			want{disposition: egress.ExitsInternet, sources: "203.0.113.2/32"},
		},
		{
			"behind the NAT gateway, without its address", nat, at("10.1.0.200", "192.0.2.0/28"), flow,
			want{disposition: egress.DeniedIn, refusal: egress.RefusedDropped, words: "does not let in 203.0.113.2 "},
		},
		{
			"in a private subnet without a way out", nat, at("10.1.8.4"), flow, want{disposition: egress.NoEgress},
		},
		{
			"in no subnet", nat, at("10.9.0.4"), flow,
			want{disposition: egress.Insufficient, words: "10.9.0.4 lies in no subnet of the network"},
		},
		{
			"in two subnets", nat, func(n *egress.Network) {
				at("10.1.0.200")(n)
				twin := n.VNets[0]
				twin.ID, twin.Subnets = hubID, []egress.Subnet{{ID: fwSubnetID, Name: "twin", Prefixes: prefixes("10.1.0.0/24")}}
				n.VNets = append(n.VNets, twin)
			}, flow, want{disposition: egress.Insufficient, words: "and in subnet"},
		},
		{
			"nobody said who", nat, func(n *egress.Network) { n.Clusters[0].APIServerFQDN = serverFQDN }, flow,
			want{disposition: egress.Insufficient, words: "which address its operator has"},
		},
	})
}

// The API server of a private cluster, asked for by its name.
func TestPrivateAPIServer(t *testing.T) {
	t.Parallel()
	private := func(operator string) func(*egress.Network) {
		return func(n *egress.Network) {
			n.Clusters[0].APIServerFQDN, n.Clusters[0].PrivateCluster = privateFQDN, true
			n.Clusters[0].ServerZoneVNetIDs = []string{spokeID}
			if operator != "" {
				n.Operator = addr(operator)
			}
		}
	}
	with := func(change func(*egress.Network)) func(*egress.Network) {
		return func(n *egress.Network) {
			private("10.1.8.4")(n)
			change(n)
		}
	}
	flow := egress.Flow{From: egress.FromOperator, Host: privateFQDN, Port: 443, Protocol: egress.HTTPS}
	byAddress := https(privateFQDN)
	byAddress.Addr = addr("10.1.0.4")
	nat := func() *egress.Network { return withNAT([]string{ip1ID}, nil) }
	arrives := func(sources string) want { return want{disposition: egress.DeliveredService, sources: sources} }
	unresolved := func(words string) want {
		return want{disposition: egress.NoRoute, refusal: egress.RefusedUnresolved, words: words}
	}
	runCases(t, []traceCase{
		{"nodes", nat, private(""), https("AKS-1.privatelink.westeurope.azmk8s.io"), arrives("10.1.0.0/24")},
		{"by its address", nat, private(""), byAddress, want{disposition: egress.DeliveredLocal, sources: "10.1.0.0/24"}},
		{"a jump box", nat, private("10.1.8.4"), flow, arrives("10.1.8.4/32")},
		{
			"from the internet", nat, private("192.0.2.10"), flow,
			want{disposition: egress.DeniedIn, refusal: egress.RefusedUnresolved, words: "no public address"},
		},
		{
			"a peered network", hubAndSpoke, private("10.0.1.20"), flow,
			unresolved("does not resolve in VNet vnet-hub, which is not linked to the private DNS zone of cluster aks"),
		},
		{
			"a peered network that is linked to the zone", hubAndSpoke, func(n *egress.Network) {
				private("10.0.1.20")(n)
				n.Clusters[0].ServerZoneVNetIDs = []string{spokeID, hubID}
			}, flow, arrives("10.0.1.20/32"),
		},
		{
			"a peered network, links unknown", hubAndSpoke, func(n *egress.Network) {
				private("10.0.1.20")(n)
				n.Clusters[0].ServerZoneVNetIDs = nil
			}, flow, want{disposition: egress.Insufficient, words: "whether VNet vnet-hub is linked to the private DNS zone"},
		},
		{
			"nodes that ask the firewall in the hub", hubAndSpoke, private(""), https(privateFQDN),
			unresolved("does not resolve in VNet vnet-hub"),
		},
		{
			"another DNS server", nat, with(func(n *egress.Network) {
				n.VNets[0].DNSServers = []netip.Addr{addr("10.1.0.9")}
			}), flow, want{disposition: egress.Insufficient, words: "DNS server 10.1.0.9"},
		},
		{
			"a security group that keeps the jump box in", nat, with(func(n *egress.Network) {
				n.VNets[0].Subnets[1].NSGID = nsgID
				n.NetworkSecurityGroups = []egress.NetworkSecurityGroup{{ID: nsgID, Name: "nsg", Rules: []egress.SecurityRule{{
					Name: "stay", Priority: 200, Direction: "Outbound", Access: "Deny", Protocol: "*", Sources: []string{"*"},
					SourcePorts: []string{"*"}, Destinations: []string{"10.1.0.0/16"}, DestinationPorts: []string{"*"},
				}}}}
			}), flow, want{disposition: egress.DeniedOut, refusal: egress.RefusedDropped, words: "stay"},
		},
		{
			"on the network that AKS manages", nat, func(n *egress.Network) {
				private("10.1.8.4")(n)
				n.Clusters[0].NodeSubnetIDs = nil
			}, flow, want{disposition: egress.Insufficient, words: "the nodes' VNet of private cluster aks"},
		},
		{
			"nodes on the network that AKS manages", nat, func(n *egress.Network) {
				private("")(n)
				n.Clusters[0].NodeSubnetIDs = nil
			}, https(privateFQDN), arrives(""),
		},
	})
}
