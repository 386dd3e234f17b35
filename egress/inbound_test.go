package egress_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"aks-egress/egress"
)

const (
	nodeGroup        = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/mc_rg/providers/"
	serviceLB        = nodeGroup + "Microsoft.Network/loadBalancers/kubernetes"
	internalLB       = nodeGroup + "Microsoft.Network/loadBalancers/kubernetes-internal"
	serviceIPID      = nodeGroup + "Microsoft.Network/publicIPAddresses/kubernetes-a1"
	nsgID            = rg + "Microsoft.Network/networkSecurityGroups/nsg"
	gatewayID        = rg + "Microsoft.Network/applicationGateways/agw"
	gatewayNet       = spokeID + "/subnets/snet-agw"
	gatewayIPID      = rg + "Microsoft.Network/publicIPAddresses/agw"
	controller       = rg + "Microsoft.ServiceNetworking/trafficControllers/agc"
	serviceIP        = "203.0.113.80"
	nodeGroupGateway = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/MC_rg/providers/" +
		"Microsoft.Network/applicationGateways/agw"
	gatewayIP  = "203.0.113.81"
	someClient = "198.51.100.77"
)

// inbound is a client's flow to an address; without a client it is some client on the internet.
func inbound(to string, port uint16, client string) egress.Flow {
	f := egress.Flow{From: egress.FromInternet, Addr: addr(to), Port: port, Protocol: egress.HTTP}
	if client != "" {
		f.Client = addr(client)
	}
	return f
}

// published adds a public Service of type LoadBalancer on port 80, as AKS makes it.
func published(n *egress.Network) *egress.Network {
	n.Clusters[0].NodeResourceGroup = "MC_rg"
	n.PublicIPs = append(n.PublicIPs, egress.PublicIP{ID: serviceIPID, Name: "kubernetes-a1", Address: addr(serviceIP)})
	frontend := serviceLB + "/frontendIPConfigurations/a1"
	n.LoadBalancers = append(n.LoadBalancers, egress.LoadBalancer{
		ID: serviceLB, Name: "kubernetes", Frontends: []egress.Frontend{{ID: frontend, Name: "a1", PublicIPID: serviceIPID}},
		LoadBalancingRules: []egress.LoadBalancingRule{{
			Name: "a1-TCP-80", Protocol: "Tcp", FrontendID: frontend, FrontendPort: 80, BackendPort: 80, FloatingIP: true,
			DisableOutboundSNAT: true,
		}},
	})
	return n
}

// dnat publishes an address behind the firewall's first public IP, port 80.
func dnat(to string) func(*egress.Network) {
	return func(n *egress.Network) {
		group := &n.FirewallPolicies[0].RuleCollectionGroups[0]
		group.Collections = append(group.Collections, egress.RuleCollection{
			Name: "dnat", Priority: 100, Action: egress.ActionDNAT, NATRules: []egress.NATRule{{
				Name: "web", Protocols: []string{"TCP"}, Sources: []string{"*"}, Destinations: []string{"203.0.113.2"},
				Ports: []string{"80"}, TranslatedAddress: to, TranslatedPort: "80",
			}},
		})
	}
}

func internalService(n *egress.Network) {
	n.Clusters[0].NodeResourceGroup = "MC_rg"
	frontend := internalLB + "/frontendIPConfigurations/a2"
	n.LoadBalancers = append(n.LoadBalancers, egress.LoadBalancer{
		ID: internalLB, Name: "kubernetes-internal",
		Frontends: []egress.Frontend{{ID: frontend, PrivateAddress: addr("10.1.0.250"), SubnetID: nodesID}},
		LoadBalancingRules: []egress.LoadBalancingRule{{
			Name: "a2-TCP-80", Protocol: "Tcp", FrontendID: frontend, FrontendPort: 80, BackendPort: 80, FloatingIP: true,
		}},
	})
}

func both(changes ...func(*egress.Network)) func(*egress.Network) {
	return func(n *egress.Network) {
		for _, change := range changes {
			change(n)
		}
	}
}

// natAndPublished is the natgw stack with a public Service.
func natAndPublished() *egress.Network { return published(withNAT([]string{ip1ID}, nil)) }

// Services of type LoadBalancer for each outbound type: azure-facts 8 and 7.5.
func TestInboundThroughLoadBalancer(t *testing.T) {
	t.Parallel()
	udr := func() *egress.Network { return published(hubAndSpoke()) }
	arrives := want{disposition: egress.DeliveredLocal, words: "a1-TCP-80 | to the nodes of cluster aks"}
	known := arrives
	known.sources = someClient + "/32"
	runCases(t, []traceCase{
		{"NAT gateway, some client", natAndPublished, nil, inbound(serviceIP, 80, ""), arrives},
		{"NAT gateway, a client", natAndPublished, nil, inbound(serviceIP, 80, someClient), known},
		{
			"another port", natAndPublished, nil, inbound(serviceIP, 443, ""),
			want{disposition: egress.DeniedIn, refusal: egress.RefusedDropped, words: "has no rule for"},
		},
		{
			"user-defined routing: asymmetric", udr, nil, inbound(serviceIP, 80, ""),
			want{disposition: egress.Asymmetric, words: "lost at firewall afw"},
		},
		{
			"user-defined routing, a client: asymmetric", udr, nil, inbound(serviceIP, 80, someClient),
			want{disposition: egress.Asymmetric, words: "0.0.0.0/0 (user)"},
		},
		{
			"user-defined routing, a client with a route of its own, private subnet", udr,
			extraRoute(someClient+"/32", egress.NextHopInternet, ""), inbound(serviceIP, 80, someClient),
			want{disposition: egress.Insufficient, words: "azure-facts 2.4"},
		},
		{
			"user-defined routing, a client with a route of its own", udr,
			both(extraRoute(someClient+"/32", egress.NextHopInternet, ""), func(n *egress.Network) {
				n.VNets[0].Subnets[0].DefaultOutboundAccess = nil
			}), inbound(serviceIP, 80, someClient), known,
		},
		{
			"a route drops the answer", natAndPublished, func(n *egress.Network) {
				n.RouteTables = []egress.RouteTable{{ID: tableID, Routes: []egress.Route{{
					Name: "blackhole", Prefix: prefix("198.51.100.0/24"), NextHopType: egress.NextHopNone,
				}}}}
				n.VNets[0].Subnets[0].RouteTableID = tableID
			}, inbound(serviceIP, 80, someClient),
			want{disposition: egress.NoReturn, words: "drops it"},
		},
		{
			"service known from Kubernetes only", spoke, func(n *egress.Network) {
				n.VNets[0].Subnets[0].DefaultOutboundAccess = nil
				n.Clusters[0].Services = []egress.Service{{
					Namespace: "web", Name: "shop", Addresses: []netip.Addr{addr(serviceIP)}, Ports: []egress.ServicePort{{Port: 80}},
				}}
			}, inbound(serviceIP, 80, ""),
			want{disposition: egress.DeliveredLocal, words: "web/shop"},
		},
		{
			"rule without a port, service without ports", natAndPublished,
			func(n *egress.Network) { n.LoadBalancers[0].LoadBalancingRules[0].FrontendPort = 0 },
			inbound(serviceIP, 80, ""),
			want{disposition: egress.Insufficient, words: "ports of the service"},
		},
		{
			"the NAT gateway's address takes nothing", natAndPublished, nil, inbound("203.0.113.2", 80, ""),
			want{disposition: egress.DeniedIn, refusal: egress.RefusedDropped, words: "no inbound flows"},
		},
		{
			"a public IP without use", natAndPublished, nil, inbound("203.0.113.1", 80, ""),
			want{disposition: egress.DeniedIn, words: "belongs to nothing"},
		},
		{
			"an address of nobody", natAndPublished, nil, inbound("203.0.113.200", 80, ""),
			want{disposition: egress.Insufficient, words: "not an address of the network"},
		},
		{
			"a private address", natAndPublished, nil, inbound("10.1.0.5", 80, ""),
			want{disposition: egress.NoRoute, words: "no route"},
		},
		{
			"a pod calls its own public service", natAndPublished, nil, http80(serviceIP),
			want{disposition: egress.DeliveredLocal, sources: "203.0.113.2/32", words: "to the nodes of cluster aks"},
		},
	})
}

func http80(ip string) egress.Flow {
	return egress.Flow{From: clusterID, Pod: true, Addr: addr(ip), Port: 80, Protocol: egress.HTTP}
}

// Fix A: DNAT on the firewall (azure-facts 7.5, 7.1, 5.4).
func TestInboundThroughFirewall(t *testing.T) {
	t.Parallel()
	flow := inbound("203.0.113.2", 80, someClient)
	open := func(n *egress.Network) { n.VNets[0].Subnets[0].DefaultOutboundAccess = nil }
	runCases(t, []traceCase{
		{
			"to an internal load balancer", hubAndSpoke, both(dnat("10.1.0.250"), internalService), flow,
			want{disposition: egress.DeliveredLocal, sources: "10.0.1.0/26", words: "kubernetes-internal"},
		},
		{
			"to a node", hubAndSpoke, dnat("10.1.0.4"), flow,
			want{disposition: egress.DeliveredLocal, sources: "10.0.1.0/26", words: "aks/dnat/web (DNAT rule)"},
		},
		{
			"no DNAT rule", hubAndSpoke, nil, flow,
			want{disposition: egress.DeniedIn, refusal: egress.RefusedDropped, words: "no rule matched"},
		},
		{
			"DNAT for other clients", hubAndSpoke, both(dnat("10.1.0.4"), func(n *egress.Network) {
				c := n.FirewallPolicies[0].RuleCollectionGroups[0].Collections
				c[len(c)-1].NATRules[0].Sources = []string{"192.0.2.0/24"}
			}), flow,
			want{disposition: egress.DeniedIn, refusal: egress.RefusedDropped, words: "no rule matched"},
		},
		{
			"an application rule does not let clients in", hubAndSpoke, func(n *egress.Network) {
				app(n).ApplicationRules[1].FQDNs, app(n).ApplicationRules[1].Sources = []string{"*"}, []string{"*"}
			}, flow,
			want{disposition: egress.DeniedIn, refusal: egress.RefusedDropped},
		},
		{
			"to a public load balancer: the answer goes to the firewall's private side",
			func() *egress.Network { return published(hubAndSpoke()) }, dnat(serviceIP), flow,
			want{disposition: egress.Asymmetric, words: "lost at firewall afw"},
		},
		{
			"to a public load balancer with routes to the firewall's public IPs",
			func() *egress.Network { return published(hubAndSpoke()) },
			both(dnat(serviceIP), open, extraRoute("203.0.113.0/30", egress.NextHopInternet, "")), flow,
			want{disposition: egress.DeliveredLocal, sources: bothIPs},
		},
		{
			"to itself", hubAndSpoke, dnat("203.0.113.1"), flow, want{disposition: egress.Loop},
		},
		{
			"the hub's own table sends answers elsewhere", hubAndSpoke, both(dnat("10.1.0.4"), func(n *egress.Network) {
				n.RouteTables = append(n.RouteTables, egress.RouteTable{ID: tableID + "-fw", Routes: []egress.Route{{
					Name: "none", Prefix: prefix("198.51.100.0/24"), NextHopType: egress.NextHopNone,
				}}})
				n.VNets[1].Subnets[0].RouteTableID = tableID + "-fw"
			}), flow, want{disposition: egress.NoReturn, words: "the answer is lost"},
		},
	})
}

// Between spokes the firewall is stateful: answers must come back through it.
func TestAnswersBetweenSpokes(t *testing.T) {
	t.Parallel()
	const otherID = rg + "Microsoft.Network/virtualNetworks/vnet-other"
	flow := tcp("10.2.0.9", 8080)
	network := func() *egress.Network {
		n := hubAndSpoke()
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
	direct := func(n *egress.Network) {
		n.VNets[0].Peerings = append(n.VNets[0].Peerings, peer(spokeID, "direct", otherID))
		n.VNets[2].Peerings = append(n.VNets[2].Peerings, peer(otherID, "direct", spokeID))
	}
	udp := flow
	udp.Protocol = egress.UDP
	runCases(t, []traceCase{
		{
			"through the firewall both ways", network, nil, flow,
			want{disposition: egress.DeliveredLocal, sources: "10.1.0.0/24"},
		},
		{
			"no route back", network, func(n *egress.Network) { n.VNets[2].Subnets[0].RouteTableID = "" }, flow,
			want{disposition: egress.NoReturn, words: "10.0.0.0/8 (system)"},
		},
		{
			"there through the firewall, back by a direct peering", network,
			both(direct, extraRoute("10.2.0.0/16", egress.NextHopVirtualAppliance, "10.0.1.4")), flow,
			want{disposition: egress.Asymmetric, words: "goes past it"},
		},
		{
			"there through the firewall, back by a direct peering, UDP", network,
			both(direct, extraRoute("10.2.0.0/16", egress.NextHopVirtualAppliance, "10.0.1.4")), udp,
			want{disposition: egress.DeliveredLocal, sources: "10.1.0.0/24"},
		},
		{
			"there directly, back through the firewall", network, both(direct, func(n *egress.Network) {
				n.RouteTables = append(n.RouteTables, egress.RouteTable{ID: tableID + "-b", Routes: []egress.Route{{
					Name: "spokes", Prefix: prefix("10.1.0.0/16"), NextHopType: egress.NextHopVirtualAppliance,
					NextHopIP: addr("10.0.1.4"),
				}}})
				n.VNets[2].Subnets[0].RouteTableID = tableID + "-b"
			}), flow,
			want{disposition: egress.Asymmetric, words: "lost at firewall afw"},
		},
		{
			"the hub's peering refuses what the firewall forwards back", network,
			func(n *egress.Network) { n.VNets[0].Peerings[0].AllowForwardedTraffic = false }, flow,
			want{disposition: egress.NoReturn, words: "allowForwardedTraffic false"},
		},
	})
}

func peer(owner, name, remote string) egress.Peering {
	return egress.Peering{
		ID: owner + "/virtualNetworkPeerings/" + name, Name: name, RemoteVNetID: remote,
		AllowVirtualNetworkAccess: true, AllowForwardedTraffic: true, State: egress.PeeringConnected,
	}
}

func TestReturnHops(t *testing.T) {
	t.Parallel()
	got := published(hubAndSpoke()).Trace(inbound(serviceIP, 80, ""))
	var lines []string
	for _, h := range got.Return {
		lines = append(lines, h.String())
	}
	require.Equal(t, []string{
		"route | rt-udr/default | 0.0.0.0/0 (user) | next hop VirtualAppliance 10.0.1.4",
		"peering | vnet-spoke/to-hub | allowVirtualNetworkAccess | to VNet vnet-hub",
		"firewall | afw | stateful: no connection known | drop the answer",
	}, lines)
}
