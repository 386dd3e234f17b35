package egress_test

import (
	"net/netip"
	"testing"

	"aks-egress/egress"
)

// withGateway adds an application gateway of AGIC in a subnet of the spoke.
func withGateway(n *egress.Network) {
	n.VNets[0].Subnets = append(n.VNets[0].Subnets, egress.Subnet{
		ID: gatewayNet, Name: "snet-agw", Prefixes: prefixes("10.1.2.0/24"),
	})
	n.PublicIPs = append(n.PublicIPs, egress.PublicIP{ID: gatewayIPID, Name: "agw", Address: addr(gatewayIP)})
	n.ApplicationGateways = []egress.ApplicationGateway{{
		ID: gatewayID, Name: "agw", SubnetID: gatewayNet, PublicIPIDs: []string{gatewayIPID},
		Listeners: []egress.Listener{{Name: "http", Protocol: "Http", Port: 80}},
	}}
	n.Clusters[0].ApplicationGatewayID = gatewayID
}

// Fixes B and C: the gateway's own connection goes by the VNet's routes, which 0.0.0.0/0 does not touch (azure-facts
// 7.5, 7.7, 7.8).
func TestInboundThroughGateways(t *testing.T) {
	t.Parallel()
	flow := inbound(gatewayIP, 80, "")
	agc := func(n *egress.Network) {
		withGateway(n)
		n.ApplicationGateways, n.Clusters[0].ApplicationGatewayID = nil, ""
		n.TrafficControllers = []egress.TrafficController{{
			ID: controller, Name: "agc",
			Frontends:    []egress.TrafficControllerFrontend{{Name: "web", FQDN: "x.fz1.alb.azure.com"}},
			Associations: []egress.TrafficAssociation{{SubnetID: gatewayNet}},
		}}
	}
	absent := func(n *egress.Network) {
		withGateway(n)
		n.ApplicationGateways, n.PublicIPs = nil, n.PublicIPs[:len(n.PublicIPs)-1]
		n.Clusters[0].NodeResourceGroup, n.Clusters[0].ApplicationGatewayID = "MC_rg", nodeGroupGateway
		n.Clusters[0].GatewaySubnetID = gatewayNet
		n.Clusters[0].Ingresses = []egress.Ingress{
			{
				Namespace: "web", Name: "a", Addresses: []netip.Addr{addr(gatewayIP)},
				Listeners: []egress.Listener{{Name: "web/a", Protocol: "Http", Port: 80}},
			},
			{
				Namespace: "web", Name: "b", Addresses: []netip.Addr{addr(gatewayIP)},
				Listeners: []egress.Listener{{Name: "web/b", Protocol: "Http", Port: 81}},
			},
		}
	}
	owned := func(n *egress.Network) {
		withGateway(n)
		n.Clusters[0].NodeResourceGroup = "MC_rg"
		n.Clusters[0].ApplicationGatewayID, n.ApplicationGateways[0].ID = nodeGroupGateway, nodeGroupGateway
	}
	byName := egress.Flow{From: egress.FromInternet, Host: "X.fz1.alb.azure.com", Port: 80, Protocol: egress.HTTP}
	gatewayTable := func(n *egress.Network) { n.VNets[0].Subnets[2].RouteTableID = tableID }
	arrives := want{disposition: egress.DeliveredLocal, sources: "10.1.2.0/24", words: "the pods of cluster aks"}
	runCases(t, []traceCase{
		{"application gateway", hubAndSpoke, withGateway, flow, arrives},
		{
			"application gateway behind the firewall's route", hubAndSpoke, both(withGateway, gatewayTable), flow,
			want{disposition: egress.Asymmetric, words: "lost at firewall afw"},
		},
		{
			"no listener known", hubAndSpoke, withGateway, inbound(gatewayIP, 8080, ""),
			want{disposition: egress.Insufficient, words: "written by the ingress controller"},
		},
		{
			"no listener", hubAndSpoke,
			both(withGateway, func(n *egress.Network) { n.Clusters[0].ApplicationGatewayID = "" }),
			inbound(gatewayIP, 8080, ""),
			want{disposition: egress.DeniedIn, refusal: egress.RefusedDropped},
		},
		{
			"backend by address", hubAndSpoke, both(withGateway, func(n *egress.Network) {
				n.Clusters[0].ApplicationGatewayID = ""
				n.ApplicationGateways[0].Backends = []netip.Addr{addr("10.1.0.9")}
			}), flow, want{disposition: egress.DeliveredLocal, sources: "10.1.2.0/24", words: "delivered to 10.1.0.9"},
		},
		{
			"nodes answer past the gateway", hubAndSpoke,
			both(withGateway, extraRoute("10.1.2.0/24", egress.NextHopVirtualAppliance, "10.0.1.4")), flow,
			want{disposition: egress.Asymmetric, words: "lost at firewall afw"},
		},
		{"application gateway that is in no state", hubAndSpoke, absent, flow, arrives},
		{"its second Ingress", hubAndSpoke, absent, inbound(gatewayIP, 81, ""), arrives},
		{
			"a port that none of its Ingresses asks for", hubAndSpoke, absent, inbound(gatewayIP, 8080, ""),
			want{disposition: egress.Insufficient, words: "written by the ingress controller"},
		},
		{
			"application gateway that is in no state behind the firewall's route", hubAndSpoke, both(absent, gatewayTable),
			flow,
			want{disposition: egress.Asymmetric, words: "lost at firewall afw"},
		},
		{"application gateway as AGIC wrote it", hubAndSpoke, owned, flow, arrives},
		{
			"a port that AGIC does not write", hubAndSpoke, owned, inbound(gatewayIP, 8080, ""),
			want{disposition: egress.DeniedIn, refusal: egress.RefusedDropped},
		},
		{"application gateway for containers", hubAndSpoke, agc, byName, arrives},
		{
			"application gateway for containers, a Gateway on another port", hubAndSpoke,
			both(agc, func(n *egress.Network) { n.TrafficControllers[0].Frontends[0].Ports = []uint16{443} }), byName,
			want{disposition: egress.DeniedIn, words: "no Gateway listens on port 80 of frontend web"},
		},
		{
			"application gateway for containers, a Gateway on the port", hubAndSpoke,
			both(agc, func(n *egress.Network) { n.TrafficControllers[0].Frontends[0].Ports = []uint16{80} }), byName, arrives,
		},
		{
			"application gateway for containers without association", hubAndSpoke,
			both(agc, func(n *egress.Network) { n.TrafficControllers[0].Associations = nil }), byName,
			want{disposition: egress.Insufficient, words: "association"},
		},
	})
}
