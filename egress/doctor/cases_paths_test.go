package doctor_test

import (
	"net/netip"

	"aks-egress/egress"
	"aks-egress/egress/doctor"
)

func nodes(n *egress.Network) *egress.Subnet    { return &n.VNets[0].Subnets[0] }
func aks(n *egress.Network) *egress.Cluster     { return &n.Clusters[0] }
func route(n *egress.Network) *egress.Route     { return &n.RouteTables[0].Routes[0] }
func peering(n *egress.Network) *egress.Peering { return &n.VNets[0].Peerings[0] }

// addGatewayRoute puts the nodes of a cluster without firewall behind a virtual network gateway.
func addGatewayRoute(n *egress.Network) {
	n.RouteTables = []egress.RouteTable{{ID: tableID, Name: "rt-udr", Routes: []egress.Route{{
		Name: "default", Prefix: prefix("0.0.0.0/0"), NextHopType: egress.NextHopVirtualNetworkGateway,
	}}}}
	nodes(n).RouteTableID = tableID
}

func outboundCases() []finding {
	return []finding{
		{
			id: "udr-without-route-table", base: hub, resource: nodesID, words: "vnet-spoke/nodes has no route table",
			change: func(n *egress.Network) { nodes(n).RouteTableID = "" },
		},
		{
			id: "udr-without-route-table", base: withPods, resource: podsID, words: "vnet-spoke/pods has no route table",
			change: func(n *egress.Network) { n.VNets[0].Subnets[1].RouteTableID = "" },
		},
		{
			id: "udr-with-node-public-ips", base: hub, resource: clusterID, words: "nodes with public IPs",
			change: func(n *egress.Network) { aks(n).NodePublicIPs = true },
		},
		{
			id: "nat-type-without-nat-gateway", base: behindNAT, resource: nodesID, words: "has no NAT gateway",
			change: func(n *egress.Network) { nodes(n).NATGatewayID = "" },
		},
		{
			id: "nat-gateway-without-ip", base: behindNAT, resource: natID, words: "neither a public IP nor a prefix",
			change: func(n *egress.Network) { n.NATGateways[0].PublicIPIDs, n.PublicIPs = nil, nil },
		},
		{
			id: "own-subnet-missing", base: hub, resource: clusterID, words: "no node subnet of your own",
			change: func(n *egress.Network) { aks(n).NodeSubnetIDs = nil },
		},
		{
			id: "own-subnet-not-allowed", base: balanced, resource: clusterID, words: "node subnet vnet-spoke/nodes of your own",
			change: func(n *egress.Network) {
				n.LoadBalancers, aks(n).OutboundLoadBalancerID, aks(n).LoadBalancer = nil, "", nil
				aks(n).OutboundType, aks(n).OutboundNATGatewayID = "managedNATGateway", natID
				nodes(n).NATGatewayID = natID
				n.NATGateways = []egress.NATGateway{{ID: natID, Name: "ng", PublicIPIDs: []string{lbIPID}}}
			},
		},
		{
			id: "own-subnet-not-allowed", base: behindNAT, resource: clusterID, words: "outbound type block and node subnet",
			change: func(n *egress.Network) { aks(n).OutboundType = "block" },
		},
		{
			id: "outbound-type-bypassed", base: hub,
			resource: tableID, words: "has outbound type loadBalancer, but route default",
			change: func(n *egress.Network) { aks(n).OutboundType = "loadBalancer" },
		},
		{
			id: "load-balancer-type-with-nat-gateway", base: behindNAT, resource: nodesID, words: "has NAT gateway ng",
			change: func(n *egress.Network) { aks(n).OutboundType = "loadBalancer" },
		},
		{
			id: "load-balancer-profile-unused", base: behindNAT, resource: clusterID, words: "and a loadBalancerProfile",
			change: func(n *egress.Network) { aks(n).LoadBalancer = &egress.LoadBalancerProfile{ManagedOutboundIPs: 1} },
		},
		{
			id: "load-balancer-profile-unused", base: hub,
			resource: clusterID, words: "userDefinedRouting and a loadBalancerProfile",
			severity: doctor.Error,
			change:   func(n *egress.Network) { aks(n).LoadBalancer = &egress.LoadBalancerProfile{AllocatedOutboundPorts: 8} },
		},
	}
}

func routeCases() []finding {
	return []finding{
		{
			id: "udr-without-default-route", base: hub, resource: tableID, words: "has no route for 0.0.0.0/0",
			change: func(n *egress.Network) { n.RouteTables[0].Routes = nil },
		},
		{
			id: "udr-without-default-route", base: withPods, resource: tableID, words: "vnet-spoke/nodes and vnet-spoke/pods",
			change: func(n *egress.Network) { n.RouteTables[0].Routes = nil },
		},
		{
			id: "next-hop-not-firewall", base: withPods, resource: tableID, words: "VirtualAppliance 10.0.1.6",
			change: func(n *egress.Network) { route(n).NextHopIP = addr("10.0.1.6") },
		},
		{
			id: "udr-without-default-route", base: hub, resource: tableID, words: "rt-udr on subnet", severity: doctor.Warning,
			change: func(n *egress.Network) { n.RouteTables[0].Routes, aks(n).PrivateCluster = nil, true },
		},
		{
			id: "udr-default-route-elsewhere", base: hub, resource: tableID, words: "sends 0.0.0.0/0 to Internet",
			change: func(n *egress.Network) {
				route(n).NextHopType, route(n).NextHopIP = egress.NextHopInternet, netip.Addr{}
			},
		},
		{
			id: "udr-default-route-elsewhere", base: hub, resource: tableID, words: "sends 0.0.0.0/0 to None",
			change: func(n *egress.Network) { route(n).NextHopType, route(n).NextHopIP = egress.NextHopNone, netip.Addr{} },
		},
		{
			id: "next-hop-not-firewall", base: hub,
			resource: tableID, words: "in VNet vnet-spoke, has next hop VirtualAppliance 10.0.1.5, which no firewall in subnet",
			change: func(n *egress.Network) { route(n).NextHopIP = addr("10.0.1.5") },
		},
		{
			id: "next-hop-not-firewall", base: hub, resource: tableID, words: "10.9.9.9, which lies in no subnet",
			change: func(n *egress.Network) { route(n).NextHopIP = addr("10.9.9.9") },
		},
		{
			id: "next-hop-not-firewall", base: hub, resource: tableID, words: "VirtualAppliance without an address",
			change: func(n *egress.Network) { route(n).NextHopIP = netip.Addr{} },
		},
		{
			id: "firewall-subnet-default-route", base: hub, resource: tableID + "-fw", words: "has no route for 0.0.0.0/0",
			change: func(n *egress.Network) {
				n.RouteTables = append(n.RouteTables, egress.RouteTable{ID: tableID + "-fw", Name: "rt-fw"})
				n.VNets[1].Subnets[0].RouteTableID = tableID + "-fw"
			},
		},
		{
			id: "application-gateway-default-route", base: withGateway,
			resource: tableID, words: "where application gateway agw is",
			change: func(n *egress.Network) { n.VNets[0].Subnets[1].RouteTableID = tableID },
		},
		{
			id: "application-gateway-default-route", base: withAbsentGateway,
			resource: tableID, words: "where the application gateway of cluster aks is",
			change: func(n *egress.Network) { n.VNets[0].Subnets[1].RouteTableID = tableID },
		},
		{
			id: "nat-gateway-and-default-route", base: hub,
			resource: nodesID, words: "has NAT gateway ng, and its route default",
			change: func(n *egress.Network) {
				n.NATGateways = []egress.NATGateway{{ID: natID, Name: "ng", PublicIPIDs: []string{ip1ID}}}
				nodes(n).NATGatewayID = natID
			},
		},
	}
}

func peeringCases() []finding {
	const to, from = spokeID + "/virtualNetworkPeerings/to-hub", hubID + "/virtualNetworkPeerings/to-spoke"
	return []finding{
		{
			id: "peering-one-sided", base: hub, resource: to, words: "vnet-hub, which has no peering back",
			change: func(n *egress.Network) { n.VNets[1].Peerings = nil },
		},
		{
			id: "peering-not-connected", base: hub, resource: from, words: "to-spoke is Disconnected",
			change: func(n *egress.Network) { n.VNets[1].Peerings[0].State = "Disconnected" },
		},
		{
			id: "peering-without-access", base: hub, resource: from, words: "allowVirtualNetworkAccess false",
			change: func(n *egress.Network) { n.VNets[1].Peerings[0].AllowVirtualNetworkAccess = false },
		},
		{
			id: "firewall-not-peered", base: hub, resource: tableID, words: "firewall afw in VNet vnet-hub, which is not peered",
			change: func(n *egress.Network) { n.VNets[0].Peerings, n.VNets[1].Peerings = nil, nil },
		},
		{
			id: "peering-without-forwarded-traffic", base: hub, resource: to, words: "lead to 10.0.1.4 behind peering",
			change: func(n *egress.Network) { peering(n).AllowForwardedTraffic = false },
		},
		{
			id: "peered-networks-overlap", base: hub, resource: from + "-third",
			words: "VNet vnet-hub-third (10.1.128.0/17) is peered with VNet vnet-spoke, whose 10.1.0.0/16 overlaps",
			change: func(n *egress.Network) {
				third := hubID + "-third"
				n.VNets = append(n.VNets, egress.VNet{
					ID: third, Name: "vnet-hub-third", AddressSpace: prefixes("10.1.128.0/17"),
					Peerings: []egress.Peering{n.VNets[1].Peerings[0]},
				})
				n.VNets[2].Peerings[0].ID = from + "-third"
				n.VNets[0].Peerings = append(n.VNets[0].Peerings, n.VNets[0].Peerings[0])
				n.VNets[0].Peerings[1].ID, n.VNets[0].Peerings[1].RemoteVNetID = to+"-third", third
			},
		},
	}
}

func rangeCases() []finding {
	return []finding{
		{
			id: "cluster-ranges-overlap", base: balanced, resource: clusterID,
			words:  "pod CIDR 10.244.0.0/16 of cluster aks overlaps 10.244.128.0/17 of service CIDR",
			change: func(n *egress.Network) { aks(n).ServiceCIDR = prefix("10.244.128.0/17") },
		},
		{
			id: "cluster-ranges-overlap", base: balanced, resource: clusterID,
			words:  "service CIDR 10.1.0.0/17 of cluster aks overlaps 10.1.0.0/16 of VNet vnet-spoke",
			change: func(n *egress.Network) { aks(n).ServiceCIDR = prefix("10.1.0.0/17") },
		},
		{
			id: "cluster-ranges-overlap", base: hub, resource: clusterID, words: "overlaps 10.0.0.0/16 of peered VNet vnet-hub",
			change: func(n *egress.Network) { aks(n).ServiceCIDR = prefix("10.0.0.0/16") },
		},
		{
			id: "reserved-range", base: balanced, resource: clusterID, words: "172.16.0.0/12 of cluster aks overlaps 172.3",
			count: 2, change: func(n *egress.Network) {
				aks(n).PodCIDR, aks(n).ServiceCIDR = prefix("172.16.0.0/12"), prefix("10.2.0.0/16")
			},
		},
		{
			id: "reserved-range", base: balanced, resource: spokeID, words: "address space 192.0.2.0/24 of VNet vnet-spoke",
			change: func(n *egress.Network) {
				n.VNets[0].AddressSpace = append(n.VNets[0].AddressSpace, prefix("192.0.2.0/24"))
			},
		},
	}
}
