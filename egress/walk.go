package egress

import (
	"fmt"
	"net/netip"
	"strings"
)

// walk is the state of one trace.
type walk struct {
	n       *Network
	flow    Flow     // its destination changes at a DNAT rule
	cluster *Cluster // nil when the flow starts in a bare subnet
	region  string   // expands FQDN tags
	hops    []Hop
	notes   []string    // what was not considered, for Reason
	visited []*Firewall // in order
}

// place is where a flow is and what its source looks like there.
type place struct {
	vnet     *VNet
	subnet   *Subnet
	sources  []netip.Prefix
	firewall *Firewall // the firewall that sends the flow on; nil for the first sender
	noSNAT   bool      // the firewall must not translate the source towards this destination
}

func (w *walk) hop(at, resource, rule, action string) {
	w.hops = append(w.hops, Hop{At: at, Resource: resource, Rule: rule, Action: action})
}

func (w *walk) note(format string, args ...any) {
	note := fmt.Sprintf(format, args...)
	for _, known := range w.notes {
		if known == note {
			return
		}
	}
	w.notes = append(w.notes, note)
}

func (w *walk) end(d Disposition, format string, args ...any) Trace {
	reason := fmt.Sprintf(format, args...)
	if len(w.notes) > 0 {
		reason += "; not considered: " + strings.Join(w.notes, "; ")
	}
	return Trace{Disposition: d, Hops: w.hops, Reason: reason}
}

func (w *walk) endFrom(d Disposition, sources []netip.Prefix, format string, args ...any) Trace {
	t := w.end(d, format, args...)
	t.Sources = sortedSet(sources)
	return t
}

func (w *walk) insufficient(format string, args ...any) Trace {
	return w.end(Insufficient, format, args...)
}

// from starts the walk in a subnet.
func (w *walk) from(vnet *VNet, subnet *Subnet) Trace {
	sources := ipv4(subnet.Prefixes)
	if len(sources) == 0 {
		return w.insufficient("subnet %s has no IPv4 prefix", shortName(subnet.ID))
	}
	return w.route(place{vnet: vnet, subnet: subnet, sources: sources})
}

// route takes the routing decision of one subnet and follows it. The recursion over firewalls ends because each is
// visited once.
func (w *walk) route(at place) Trace {
	if reason := w.blind(at); reason != "" {
		return w.insufficient("%s", reason)
	}
	routes, err := w.n.effectiveRoutes(at.vnet, at.subnet)
	if err != nil {
		return w.insufficient("%v", err)
	}
	route, reason := w.choose(routes)
	if reason != "" {
		return w.insufficient("%s", reason)
	}
	w.hop("route", route.ID, route.rule(), "next hop "+route.nextHop())
	if w.learnedRouteMayWin(at, route) {
		return w.insufficient("subnet %s may learn routes from a gateway, which are not modelled", shortName(at.subnet.ID))
	}
	switch route.NextHopType {
	case NextHopVNetLocal:
		return w.deliver(at, at.vnet)
	case NextHopVNetPeering:
		return w.deliverToPeer(at, route)
	case NextHopInternet:
		return w.internet(at)
	case NextHopVirtualAppliance:
		return w.appliance(at, route)
	case NextHopNone:
		return w.end(NullRouted, "route %s drops %s", route.rule(), w.flow.target())
	case NextHopVirtualNetworkGateway:
		return w.insufficient("route %s leads to a virtual network gateway: what lies behind it is not modelled",
			route.rule())
	default:
		return w.insufficient("route %s has the next hop type %q, which is not modelled", route.rule(), route.NextHopType)
	}
}

// blind says what on the sending subnet the model cannot see through.
func (w *walk) blind(at place) string {
	addr := w.flow.Addr
	if addr.IsValid() && containsAddr(specialPrefixes, addr) {
		return fmt.Sprintf("%s is not an ordinary destination: platform, link-local, loopback and multicast addresses are "+
			"not modelled", addr)
	}
	if group := w.n.securityGroup(at.subnet.NSGID); group != nil && len(group.OutboundDenyRules) > 0 {
		return fmt.Sprintf("network security group %s has outbound deny rules (%s), which are not modelled",
			shortName(group.ID), strings.Join(group.OutboundDenyRules, ", "))
	}
	for _, service := range at.subnet.ServiceEndpoints {
		if w.mayBeService(service) {
			return fmt.Sprintf("subnet %s has a service endpoint for %s, which may take %s: service prefixes are not modelled",
				shortName(at.subnet.ID), service, w.flow.target())
		}
	}
	return ""
}

// learnedRouteMayWin: a more specific BGP route can beat everything but the VNet's own and peered prefixes
// (azure-facts 4). A user route for the whole internet is taken to win for public destinations: on-premises networks
// announce private prefixes or the default route, and the latter loses against a user route.
func (w *walk) learnedRouteMayWin(at place, route EffectiveRoute) bool {
	if !w.n.learnsRoutes(at.vnet, at.subnet) {
		return false
	}
	if route.NextHopType == NextHopVNetLocal || route.NextHopType == NextHopVNetPeering {
		return false
	}
	private := w.flow.Addr.IsValid() && containsAddr(reservedPrefixes, w.flow.Addr)
	return private || route.Source != RouteUser
}

// deliver ends the flow in a VNet, if a subnet there holds the address.
func (w *walk) deliver(at place, vnet *VNet) Trace {
	if !w.flow.Addr.IsValid() {
		return w.insufficient("VNet %s takes the flow, but the address of %s is not known", vnet.Name, w.flow.Host)
	}
	for i := range vnet.Subnets {
		subnet := &vnet.Subnets[i]
		if containsAddr(subnet.Prefixes, w.flow.Addr) {
			w.hop("subnet", subnet.ID, prefixList(subnet.Prefixes), "delivered to "+w.flow.Addr.String())
			return w.endFrom(DeliveredLocal, at.sources, "%s lies in subnet %s", w.flow.Addr, shortName(subnet.ID))
		}
	}
	return w.end(NoRoute, "no subnet of VNet %s holds %s", vnet.Name, w.flow.Addr)
}

func (w *walk) deliverToPeer(at place, route EffectiveRoute) Trace {
	peering := find(at.vnet.Peerings, route.ID, func(p *Peering) string { return p.ID })
	if peering == nil {
		return w.insufficient("route %s: the peering is not in the network", route.rule())
	}
	remote := w.n.vnet(peering.RemoteVNetID)
	if remote == nil {
		return w.insufficient("the peered VNet %s is not in the network", peering.RemoteVNetID)
	}
	if _, why := w.n.reach(at.vnet, remote); why != "" {
		return w.end(NoRoute, "%s", why)
	}
	// The receiving side drops what does not stem from the peered VNet itself, unless it allows forwarded traffic.
	forwarded := at.firewall != nil && !sourcesIn(at.sources, at.vnet.AddressSpace)
	if back := peeringTo(remote, at.vnet.ID); forwarded && !back.AllowForwardedTraffic {
		return w.end(NoRoute, "peering %s has allowForwardedTraffic false, and firewall %s forwards from %s",
			shortName(back.ID), shortName(at.firewall.ID), prefixList(at.sources))
	}
	w.hop("peering", peering.ID, "allowVirtualNetworkAccess", "to VNet "+remote.Name)
	return w.deliver(at, remote)
}

func sourcesIn(sources, space []netip.Prefix) bool {
	for _, s := range sources {
		if !anyCovers(space, s) {
			return false
		}
	}
	return true
}

func prefixList(prefixes []netip.Prefix) string {
	words := make([]string, len(prefixes))
	for i, p := range prefixes {
		words[i] = p.String()
	}
	return strings.Join(words, ", ")
}
