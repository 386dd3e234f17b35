package egress_test

import (
	"testing"

	"aks-egress/egress"
)

// extraRoute adds a user route beside the default route.
func extraRoute(p string, hop egress.NextHopType, ip string) func(*egress.Network) {
	return func(n *egress.Network) {
		r := egress.Route{Name: "extra", Prefix: prefix(p), NextHopType: hop}
		if ip != "" {
			r.NextHopIP = addr(ip)
		}
		n.RouteTables[0].Routes = append(n.RouteTables[0].Routes, r)
	}
}

func defaultRouteTo(ip string) func(*egress.Network) {
	return func(n *egress.Network) { n.RouteTables[0].Routes[0].NextHopIP = addr(ip) }
}

func peerings(change func(there, back *egress.Peering)) func(*egress.Network) {
	return func(n *egress.Network) { change(&n.VNets[0].Peerings[0], &n.VNets[1].Peerings[0]) }
}

// Longest prefix and system routes: azure-facts 4.
func TestRoutes(t *testing.T) {
	t.Parallel()
	runCases(t, []traceCase{
		{
			"own VNet", spoke, nil,
			tcp("10.1.8.9", 80),
			want{disposition: egress.DeliveredLocal, sources: "10.1.0.0/24", words: "snet-pods"},
		},
		{"own VNet, no subnet", spoke, nil, tcp("10.1.200.9", 80), want{disposition: egress.NoRoute, words: "no subnet"}},
		{
			"reserved range goes nowhere", spoke, nil,
			tcp("192.168.3.4", 80),
			want{disposition: egress.NullRouted, words: "192.168.0.0/16 (system)"},
		},
		{
			"reserved range follows a user default route", hubAndSpoke, nil,
			tcp("192.168.3.4", 8080),
			want{disposition: egress.DeniedOut, refusal: egress.RefusedDropped, words: "no rule matched"},
		},
		{
			"route None drops", hubAndSpoke, extraRoute("198.18.0.0/15", egress.NextHopNone, ""),
			tcp("198.18.0.1", 443),
			want{disposition: egress.NullRouted, words: "198.18.0.0/15 (user)"},
		},
		{
			"a table that disables the routes of peerings", hubAndSpoke,
			func(n *egress.Network) { n.RouteTables[0].DisablePeeringRoutes = true },
			http("ifconfig.me"), unsure("disables the routes of peerings"),
		},
		{
			"route table that the network lacks", hubAndSpoke, func(n *egress.Network) { n.RouteTables = nil },
			http("ifconfig.me"),
			want{disposition: egress.Insufficient, words: "route table"},
		},
	})
}

// Peerings, appliances and gateways as next hops: azure-facts 4.
func TestNextHops(t *testing.T) {
	t.Parallel()
	runCases(t, []traceCase{
		{
			"peered VNet", hubAndSpoke, nil,
			tcp("10.0.1.10", 80),
			want{disposition: egress.DeliveredLocal, sources: "10.1.0.0/24", words: "peering"},
		},
		{
			"peering one-sided", hubAndSpoke, peerings(func(_, back *egress.Peering) { back.State = "Initiated" }),
			http("ifconfig.me"),
			want{disposition: egress.NoRoute, words: "is Initiated"},
		},
		{
			"peering without network access", hubAndSpoke,
			peerings(func(there, _ *egress.Peering) { there.AllowVirtualNetworkAccess = false }),
			http("ifconfig.me"),
			want{disposition: egress.NoRoute, words: "allowVirtualNetworkAccess false"},
		},
		{
			"no peering back", hubAndSpoke, func(n *egress.Network) { n.VNets[1].Peerings = nil },
			http("ifconfig.me"),
			want{disposition: egress.NoRoute, words: "no peering back"},
		},
		{
			"next hop mistyped in the firewall's subnet", hubAndSpoke, defaultRouteTo("10.0.1.5"),
			http("ifconfig.me"),
			want{disposition: egress.NoRoute, words: "no firewall in subnet"},
		},
		{
			"next hop nowhere", hubAndSpoke, defaultRouteTo("10.77.0.4"),
			http("ifconfig.me"),
			want{disposition: egress.NoRoute, words: "neither in VNet"},
		},
		{
			"next hop another appliance", hubAndSpoke, defaultRouteTo("10.1.8.4"),
			http("ifconfig.me"),
			want{disposition: egress.Insufficient, words: "other appliances"},
		},
		{"firewall in a VNet that the network lacks", hubAndSpoke, func(n *egress.Network) {
			n.VNets, n.Firewalls = n.VNets[:1], nil
			n.VNets[0].Peerings[0].RemoteAddressSpace = prefixes("10.0.0.0/16")
		}, http("ifconfig.me"), want{disposition: egress.Insufficient, words: "not in the network"}},
		{
			"gateway route", hubAndSpoke, extraRoute("198.18.0.0/15", egress.NextHopVirtualNetworkGateway, ""),
			tcp("198.18.0.1", 443),
			want{disposition: egress.Insufficient, words: "virtual network gateway"},
		},
		{
			"loop: the firewall's own subnet sends to the firewall", hubAndSpoke,
			func(n *egress.Network) { n.VNets[1].Subnets[0].RouteTableID = tableID },
			http("ifconfig.me"),
			want{disposition: egress.Loop},
		},
		{"VNet with a gateway, no user route", spoke, func(n *egress.Network) {
			n.VNets[0].Subnets = append(n.VNets[0].Subnets, egress.Subnet{
				ID: spokeID + "/subnets/GatewaySubnet", Name: "GatewaySubnet",
			})
		}, http("ifconfig.me"), want{disposition: egress.Insufficient, words: "may learn routes"}},
		{
			"VNet with a gateway, user route for the internet", hubAndSpoke,
			func(n *egress.Network) { n.VNets[0].Peerings[0].UseRemoteGateways = true },
			http("ifconfig.me"),
			want{disposition: egress.ExitsInternet, sources: bothIPs},
		},
	})
}

// A flow to a host name goes to "some public address" of it; see the package comment.
func TestRoutesOfHostFlows(t *testing.T) {
	t.Parallel()
	runCases(t, []traceCase{
		{
			"single address beside the flow's host", hubAndSpoke, extraRoute("203.0.113.2/32", egress.NextHopInternet, ""),
			http("ifconfig.me"),
			want{disposition: egress.ExitsInternet, sources: bothIPs},
		},
		{
			"wide prefix that may hold the host", hubAndSpoke, extraRoute("64.0.0.0/4", egress.NextHopInternet, ""),
			http("ifconfig.me"),
			want{disposition: egress.Insufficient, words: "give the flow an address"},
		},
		{
			"wide prefix and an address outside", hubAndSpoke, extraRoute("64.0.0.0/4", egress.NextHopInternet, ""),
			egress.Flow{From: clusterID, Host: "ifconfig.me", Addr: addr("34.1.2.3"), Port: 80, Protocol: egress.HTTP},
			want{disposition: egress.ExitsInternet, sources: bothIPs},
		},
		{
			"wide prefix and an address inside: private subnet", hubAndSpoke,
			extraRoute("64.0.0.0/4", egress.NextHopInternet, ""),
			egress.Flow{From: clusterID, Host: "ifconfig.me", Addr: addr("65.1.2.3"), Port: 80, Protocol: egress.HTTP},
			want{disposition: egress.NoEgress},
		},
		{"two halves instead of a default route", hubAndSpoke, func(n *egress.Network) {
			n.RouteTables[0].Routes[0].Prefix = prefix("0.0.0.0/1")
			extraRoute("128.0.0.0/1", egress.NextHopVirtualAppliance, "10.0.1.4")(n)
		}, http("ifconfig.me"), want{disposition: egress.ExitsInternet, sources: bothIPs}},
		{
			"one half only", hubAndSpoke, func(n *egress.Network) { n.RouteTables[0].Routes[0].Prefix = prefix("0.0.0.0/1") },
			http("ifconfig.me"),
			want{disposition: egress.Insufficient},
		},
	})
}

func TestServiceTagRoutes(t *testing.T) {
	t.Parallel()
	n := hubAndSpoke()
	n.VNets[0].Subnets[0].DefaultOutboundAccess = nil
	n.RouteTables[0].Routes = append(n.RouteTables[0].Routes,
		egress.Route{Name: "cloud", ServiceTag: "AzureCloud.westeurope", NextHopType: egress.NextHopInternet})
	tagged := https("mcr.microsoft.com")
	check(t, n, tagged, want{
		disposition: egress.ExitsInternet, sources: bothIPs,
		words: "not considered: route AzureCloud.westeurope",
	})
	tagged.ServiceTags = []string{"AzureCloud.westeurope"}
	check(t, n, tagged, want{disposition: egress.ExitsInternet, words: "default outbound access"})
}
