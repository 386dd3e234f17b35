package doctor

import (
	"fmt"
	"net/netip"
	"strconv"

	"aks-egress/egress"
)

// entrance is a request that something takes from the internet.
type entrance struct {
	owner, name string // the id of the resource, and what in it takes the request
	fix         string // when the answer is lost
	flow        egress.Flow
}

func inboundAsymmetric(x *examination) []Finding {
	var found []Finding
	for _, e := range append(natEntrances(x), gatewayEntrances(x)...) {
		if t := x.trace(e.flow); lost(t) {
			found = append(found, Finding{
				Resource: e.owner, Fix: e.fix,
				Message: fmt.Sprintf("%s takes requests whose answers are lost: %s.", e.name, reason(t)),
			})
		}
	}
	return found
}

func natEntrances(x *examination) []entrance {
	const fix = "Translate to an internal load balancer; or route the firewall's public IP as /32 to Internet on the " +
		"node subnet, if that is not private."
	var found []entrance
	for _, set := range x.rules {
		for _, c := range set.rules {
			for i := range c.NATRules {
				r := &c.NATRules[i]
				if f, ok := natFlow(r); ok {
					found = append(found, entrance{c.owner, "NAT rule " + c.rule(r.Name), fix, f})
				}
			}
		}
	}
	return found
}

// gatewayEntrances are the listeners of application gateways whose own subnet is in order: for the others
// application-gateway-default-route tells the cause.
func gatewayEntrances(x *examination) []entrance {
	const fix = "Remove the route that leads the answers of the gateway's backends out of the VNet."
	var found []entrance
	add := func(owner, name string, at netip.Addr, l egress.Listener) {
		if at.IsValid() && l.Port != 0 {
			f := inbound(at, l.Port, "TCP")
			f.Host = l.Host
			found = append(found, entrance{owner, name + " of " + short(owner), fix, f})
		}
	}
	for i := range x.n.ApplicationGateways {
		g := &x.n.ApplicationGateways[i]
		if x.leadsAway(g.SubnetID) {
			continue
		}
		for _, id := range g.PublicIPIDs {
			for _, l := range g.Listeners {
				if ip := x.publicIP(id); ip != nil {
					add(g.ID, "Listener "+l.Name, ip.Address, l)
				}
			}
		}
	}
	for _, c := range x.clusters {
		if x.hasGateway(c) || x.leadsAway(c.GatewaySubnetID) {
			continue
		}
		for _, ingress := range c.Ingresses {
			for _, addr := range ingress.Addresses {
				for _, l := range ingress.Listeners {
					add(c.ID, "Ingress "+ingress.Namespace+"/"+ingress.Name, addr, l)
				}
			}
		}
	}
	return found
}

// natFlow is a request that a NAT rule takes; false where the rule has no single destination and port.
func natFlow(r *egress.NATRule) (egress.Flow, bool) {
	if len(r.Destinations) == 0 || len(r.Ports) == 0 || len(r.Protocols) == 0 {
		return egress.Flow{}, false
	}
	addr, err := netip.ParseAddr(r.Destinations[0])
	port, portErr := strconv.ParseUint(r.Ports[0], 10, 16)
	if err != nil || portErr != nil || port == 0 {
		return egress.Flow{}, false
	}
	return inbound(addr, uint16(port), r.Protocols[0]), true
}
