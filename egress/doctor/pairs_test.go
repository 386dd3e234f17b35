package doctor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"aks-egress/egress"
	"aks-egress/egress/doctor"
)

// Every outbound type on every kind of network (azure-facts 1.2, 1.4): which findings, if any.
func TestOutboundTypesAndNetworks(t *testing.T) {
	t.Parallel()
	networks := []string{"nothing", "NAT gateway", "route to firewall", "both", "route to internet", "AKS's own"}
	const (
		bypassed, balancerNAT = "outbound-type-bypassed", "load-balancer-type-with-nat-gateway"
		both                  = "nat-gateway-and-default-route"
		own, notOwn           = "own-subnet-missing", "own-subnet-not-allowed"
	)
	want := map[string][][]string{
		"loadBalancer": {nil, {balancerNAT}, {bypassed}, {balancerNAT, bypassed, both}, nil, nil},
		"managedNATGateway": {
			{notOwn}, {notOwn}, {notOwn, bypassed}, {notOwn, bypassed, both}, {notOwn}, nil,
		},
		"userAssignedNATGateway": {
			{"nat-type-without-nat-gateway"},
			nil,
			{"nat-type-without-nat-gateway"},
			{both},
			{"nat-type-without-nat-gateway"},
			{own},
		},
		"userDefinedRouting": {
			{"udr-without-route-table"}, {"udr-without-route-table"}, nil, {both}, {"udr-default-route-elsewhere"}, {own},
		},
		"none": {nil, nil, nil, {both}, nil, nil},
	}
	for outbound, rows := range want {
		for i, kind := range networks {
			got := map[string]bool{}
			for _, f := range doctor.Examine(pair(outbound, kind)) {
				got[f.ID] = true
			}
			expected := map[string]bool{}
			for _, id := range rows[i] {
				expected[id] = true
			}
			assert.Equal(t, expected, got, "%s on %s", outbound, kind)
		}
	}
}

// pair puts a cluster of an outbound type on a kind of network.
func pair(outbound, kind string) *egress.Network {
	n := hub()
	aks(n).Images = nil
	aks(n).OutboundType = outbound
	nodes(n).RouteTableID = ""
	n.PublicIPs = append(n.PublicIPs, egress.PublicIP{ID: lbIPID, Name: "outbound", Address: addr("203.0.113.9")})
	if outbound == "loadBalancer" || outbound == "managedNATGateway" {
		aks(n).OutboundPublicIPIDs = []string{lbIPID}
	}
	if kind == "NAT gateway" || kind == "both" {
		n.NATGateways = []egress.NATGateway{{ID: natID, Name: "ng", PublicIPIDs: []string{ip1ID}}}
		nodes(n).NATGatewayID = natID
	}
	switch kind {
	case "route to firewall", "both":
		nodes(n).RouteTableID = tableID
	case "AKS's own":
		aks(n).NodeSubnetIDs = nil
		n.RouteTables = nil
	case "route to internet":
		nodes(n).RouteTableID = tableID
		route(n).NextHopType, route(n).NextHopIP = egress.NextHopInternet, egress.PublicIP{}.Address
	default:
		n.RouteTables = nil
	}
	return n
}
