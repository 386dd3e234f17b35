package doctor_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"aks-egress/egress"
	"aks-egress/egress/doctor"
)

// arrangement is what the nodes' network offers as a way out.
type arrangement struct {
	name  string
	build func(outboundType string) *egress.Network
}

// own is a subnet of one's own in the hub and spoke, with or without route table and NAT gateway.
func own(table, gateway bool, change func(*egress.Network)) func(string) *egress.Network {
	return func(outboundType string) *egress.Network {
		n := hub()
		aks(n).OutboundType = outboundType
		if !table {
			nodes(n).RouteTableID = ""
		}
		if gateway {
			nodes(n).NATGatewayID = natID
			n.PublicIPs = append(n.PublicIPs, egress.PublicIP{ID: ip1ID + "-nat", Address: addr("203.0.113.40")})
			n.NATGateways = []egress.NATGateway{{ID: natID, Name: "ng", PublicIPIDs: []string{ip1ID + "-nat"}}}
		}
		if change != nil {
			change(n)
		}
		return n
	}
}

// inManaged is the network that AKS manages, as an export shows it.
func inManaged(outboundType string) *egress.Network {
	n := managedNAT()
	aks(n).OutboundType = outboundType
	return n
}

var arrangements = []arrangement{
	{"network of AKS", inManaged},
	{"nothing", own(false, false, nil)},
	{"NAT gateway", own(false, true, nil)},
	{"route to firewall", own(true, false, nil)},
	{"route to internet", own(true, false, func(n *egress.Network) {
		n.RouteTables[0].Routes[0].NextHopType = egress.NextHopInternet
		n.RouteTables[0].Routes[0].NextHopIP = egress.Route{}.NextHopIP
	})},
	{"table without default", own(true, false, func(n *egress.Network) { n.RouteTables[0].Routes = nil })},
	{"NAT gateway and route to firewall", own(true, true, nil)},
}

// contradictions are the findings that every pair of outbound type and arrangement must have (azure-facts 1.2, 1.4, 4);
// pairs that are not here fit together.
var contradictions = map[string]map[string][]string{
	"loadBalancer": {
		"NAT gateway":                       {"load-balancer-type-with-nat-gateway"},
		"route to firewall":                 {"outbound-type-bypassed"},
		"NAT gateway and route to firewall": {"load-balancer-type-with-nat-gateway", "outbound-type-bypassed"},
	},
	"managedNATGateway":   ownNetwork("outbound-type-bypassed"),
	"managedNATGatewayV2": ownNetwork(""),
	"block":               ownNetwork(""),
	"userAssignedNATGateway": {
		"network of AKS":                    {"own-subnet-missing"},
		"nothing":                           {"nat-type-without-nat-gateway"},
		"route to firewall":                 {"nat-type-without-nat-gateway"},
		"route to internet":                 {"nat-type-without-nat-gateway"},
		"table without default":             {"nat-type-without-nat-gateway"},
		"NAT gateway and route to firewall": {"nat-gateway-and-default-route"},
	},
	"userDefinedRouting": {
		"network of AKS":                    {"own-subnet-missing"},
		"nothing":                           {"udr-without-route-table"},
		"NAT gateway":                       {"udr-without-route-table"},
		"route to internet":                 {"udr-default-route-elsewhere"},
		"table without default":             {"udr-without-default-route"},
		"NAT gateway and route to firewall": {"nat-gateway-and-default-route"},
	},
	"none": {},
}

// ownNetwork is a type that wants the network of AKS.
func ownNetwork(bypassed string) map[string][]string {
	found := map[string][]string{}
	for _, a := range arrangements[1:] {
		found[a.name] = []string{"own-subnet-not-allowed"}
		if bypassed != "" && (a.name == "route to firewall" || a.name == "NAT gateway and route to firewall") {
			found[a.name] = append(found[a.name], bypassed)
		}
	}
	return found
}

// Every pair of outbound type and network is either right or told.
func TestOutboundTypeAgainstNetwork(t *testing.T) {
	t.Parallel()
	about := map[string]bool{}
	for _, c := range doctor.Checks() {
		switch c.Subject {
		case "Outbound type and network", "Ways out that hide each other", "Routes":
			about[c.ID] = true
		}
	}
	for outboundType, wanted := range contradictions {
		for _, a := range arrangements {
			var got []string
			for _, f := range doctor.Examine(a.build(outboundType)) {
				if about[f.ID] && !slices.Contains(got, f.ID) {
					got = append(got, f.ID)
				}
			}
			want := wanted[a.name]
			if outboundType != "userAssignedNATGateway" && outboundType != "userDefinedRouting" &&
				a.name == "NAT gateway and route to firewall" {
				want = append(slices.Clone(want), "nat-gateway-and-default-route")
			}
			assert.ElementsMatch(t, want, got, "%s with %s", outboundType, a.name)
		}
	}
}
