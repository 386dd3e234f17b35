package egress

import (
	"fmt"
	"net/netip"
	"slices"
)

// leg is a part of a flow's way on which its addresses stay the same. Its answer is routed by itself, from where the
// leg ends back to the sources.
type leg struct {
	origin  *subnetNode    // where it begins; nil: on the internet
	sources []netip.Prefix // what its answer goes to; empty: some public address
	via     []*firewallNode
	end     *subnetNode   // nil: on the internet, from where the answer comes back by the address it was sent to
	sender  *firewallNode // the firewall that ends the leg and answers for what lies behind; nil: a machine
	entry   *entry        // what took the flow in from the internet; nil: nothing
}

// translateAt ends the leg at a firewall that gives the flow an address of its own.
func (w *walk) translateAt(fw *firewallNode) {
	w.leg.end, w.leg.sender = fw.subnet, fw
	w.legs = append(w.legs, w.leg)
	w.leg = leg{origin: fw.subnet, sources: fw.subnet.sources}
}

// arriveAt ends the last leg in a subnet, or with nil outside of the network.
func (w *walk) arriveAt(s *subnetNode) {
	w.leg.end = s
	w.legs = append(w.legs, w.leg)
}

// answer follows the answer of the flow back over its legs. A stateful firewall that sees only one direction drops it,
// which is what Azure calls asymmetric routing (azure-facts 7.5).
func (w *walk) answer() *Trace {
	for i := len(w.legs) - 1; i >= 0; i-- {
		l := &w.legs[i]
		if l.end == nil { // the translator or the platform gives it back to the sender
			continue
		}
		if d, reason := w.answerLeg(l); d != "" {
			return w.endWith(d, reason)
		}
	}
	return nil
}

// answerLeg routes the answer of one leg; an empty disposition means that it arrives.
func (w *walk) answerLeg(l *leg) (Disposition, string) {
	if w.back == nil {
		w.back = w.hops[len(w.hops):] // no hop follows the answer's, so that they share a buffer
	}
	at := place{subnet: l.end, sources: l.end.sources, firewall: l.sender}
	expected := slices.Clone(l.via)
	for {
		way := w.routeBack(at.subnet, l)
		if way.disposition != "" {
			return way.disposition, way.reason
		}
		route := way.route
		w.back = append(w.back, route.hop)
		switch route.NextHopType {
		case NextHopVNetLocal, NextHopVNetPeering:
			return w.answerLocal(at, route, expected)
		case NextHopInternet:
			return w.answerOutside(at, route, l)
		case NextHopVirtualAppliance:
			fw, link, why := w.m.findFirewall(at.subnet.vnet, route.NextHopIP)
			if fw == nil {
				return w.answerNowhere(at, route, why)
			}
			if link != nil {
				w.back = append(w.back, link.hop)
			}
			if len(expected) == 0 || expected[len(expected)-1] != fw {
				w.back = append(w.back, Hop{
					At: "firewall", Resource: fw.ID, Rule: "stateful: no connection known", Action: "drop the answer",
				})
				return Asymmetric, fmt.Sprintf("the answer is lost at firewall %s: route %s of subnet %s sends it there, but "+
					"the flow came in past it", fw.name, route.rule, ShortName(at.subnet.ID))
			}
			w.back = append(w.back, Hop{
				At: "firewall", Resource: fw.ID, Rule: "stateful: connection known", Action: "let the answer through",
			})
			expected = expected[:len(expected)-1]
			at = place{subnet: fw.subnet, sources: at.sources, firewall: fw}
		case NextHopNone:
			return NoReturn, fmt.Sprintf("the answer is lost: route %s of subnet %s drops it", route.rule,
				ShortName(at.subnet.ID))
		default:
			return Insufficient, fmt.Sprintf("route %s of subnet %s takes the answer to %s, which is not modelled",
				route.rule, ShortName(at.subnet.ID), route.nextHop())
		}
	}
}

// back is the route of an answer, or what becomes of it without one.
type back struct {
	route       *routeNode
	disposition Disposition
	reason      string
}

// routeBack selects the route of the answer to all sources of a leg.
func (w *walk) routeBack(s *subnetNode, l *leg) back {
	if known, ok := s.back[l.origin]; ok && l.origin != nil {
		return known
	}
	return s.routeBack(l.sources)
}

func (s *subnetNode) routeBack(sources []netip.Prefix) back {
	if s.unknown != "" {
		return back{nil, Insufficient, "the answer's way: " + s.unknown}
	}
	if len(sources) == 0 {
		if s.public.chosen == nil || s.public.other != nil {
			return back{nil, Insufficient, fmt.Sprintf("the answer's route in subnet %s depends on the client's address: "+
				"give it", ShortName(s.ID))}
		}
		return back{route: s.public.chosen}
	}
	var chosen *routeNode
	for _, p := range sources {
		whole, part := s.routeToward(p)
		switch {
		case whole == nil:
			return back{nil, NoReturn, fmt.Sprintf("subnet %s has no route for the answer to %s", ShortName(s.ID), p)}
		case part != nil:
			return back{nil, Insufficient, fmt.Sprintf("in subnet %s the answer to %s goes by route %s or route %s",
				ShortName(s.ID), p, whole.rule, part.rule)}
		case chosen != nil && !chosen.sameWay(whole):
			return back{nil, Insufficient, fmt.Sprintf("in subnet %s answers go by route %s or route %s",
				ShortName(s.ID), chosen.rule, whole.rule)}
		}
		chosen = whole
	}
	return back{route: chosen}
}

// knowAnswers prepares the answers of a firewall, which most flows need: to every subnet in reach of its own.
func (s *subnetNode) knowAnswers(m *Model) {
	s.back = map[*subnetNode]back{}
	know := func(v *vnetNode) {
		for _, to := range v.subnets.All() {
			s.back[to] = s.routeBack(to.sources)
		}
	}
	know(s.vnet)
	for remote := range s.vnet.links {
		know(m.vnets[remote])
	}
}

// answerLocal ends the answer's way at the sources. A firewall that let the flow through and does not see the answer
// drops what follows, save for UDP, which has no handshake.
func (w *walk) answerLocal(at place, route *routeNode, expected []*firewallNode) (Disposition, string) {
	if route.NextHopType == NextHopVNetPeering {
		l := route.peering
		switch {
		case l == nil || l.remote == nil:
			return Insufficient, fmt.Sprintf("the answer goes by route %s to a VNet that is not in the network", route.rule)
		case l.why != "":
			return NoReturn, "the answer is lost: " + l.why
		case l.refusesForwarded(at):
			return NoReturn, fmt.Sprintf("the answer is lost: peering %s has allowForwardedTraffic false, and firewall %s "+
				"forwards it", ShortName(l.back.ID), at.firewall.name)
		}
		w.back = append(w.back, l.hop)
	}
	if len(expected) > 0 && w.flow.Protocol != UDP {
		fw := expected[len(expected)-1]
		w.back = append(w.back, Hop{
			At: "firewall", Resource: fw.ID, Rule: "stateful: half a connection", Action: "drop what follows the answer",
		})
		return Asymmetric, fmt.Sprintf("firewall %s lets the flow through, but the answer goes past it by route %s of "+
			"subnet %s: the firewall drops what follows", fw.name, route.rule, ShortName(at.subnet.ID))
	}
	return "", ""
}

// answerOutside ends the answer's way on the internet: what took the flow in sends it back.
func (w *walk) answerOutside(at place, route *routeNode, l *leg) (Disposition, string) {
	if len(l.sources) > 0 && anyCovers(reservedPrefixes, l.sources[0]) {
		return NoReturn, fmt.Sprintf("the answer is lost: route %s of subnet %s sends it to the internet, which has no "+
			"route to %s", route.rule, ShortName(at.subnet.ID), prefixList(l.sources))
	}
	if l.entry == nil {
		return NoReturn, fmt.Sprintf("the answer is lost: route %s of subnet %s sends it to the internet",
			route.rule, ShortName(at.subnet.ID))
	}
	if route.Source == RouteUser && w.withoutOutbound(at.subnet) {
		return Insufficient, fmt.Sprintf("whether route %s carries answers out of private subnet %s without an outbound "+
			"method is not known (azure-facts 2.4)", route.rule, ShortName(at.subnet.ID))
	}
	w.back = append(w.back, Hop{
		At: l.entry.at, Resource: l.entry.id, Rule: "connection known", Action: "answer to the client",
	})
	return "", ""
}

// withoutOutbound says whether a private subnet has no explicit way out of its own.
func (w *walk) withoutOutbound(s *subnetNode) bool {
	return s.private() && s.nat == nil && (w.cluster == nil || w.cluster.balancer(w.flow.Protocol) == nil)
}

func (w *walk) answerNowhere(at place, route *routeNode, why string) (Disposition, string) {
	if why != "" {
		return NoReturn, "the answer is lost: " + why
	}
	if !route.NextHopIP.IsValid() {
		return Insufficient, fmt.Sprintf("the answer's route %s has no next hop address", route.rule)
	}
	d, reason := w.m.noFirewall(at.subnet.vnet, route.NextHopIP)
	if d == NoRoute {
		d = NoReturn
	}
	return d, "the answer is lost: " + reason
}
