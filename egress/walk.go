package egress

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// walk is the state of one trace.
type walk struct {
	m                 *Model
	flow              Flow   // its destination changes at a DNAT rule
	host              string // flow.Host as hostKey gives it
	reserved, special bool   // flow.Addr lies in reservedPrefixes, in specialPrefixes
	cluster           *clusterNode
	region            string // expands FQDN tags
	hops              []Hop
	back              []Hop
	notes             []string        // what was not considered, for Reason
	visited           []*firewallNode // in order
	legs              []leg           // closed; the answer takes them backwards
	leg               leg             // the one under way
	entered           int             // how often it came to an entry of the network

	judgement judgement // of the firewall under way
	trace     Trace     // its end
}

// place is where a flow is and what its source looks like there.
type place struct {
	subnet   *subnetNode // nil: on the internet
	sources  []netip.Prefix
	firewall *firewallNode // the firewall that sends the flow on; nil for the first sender
	noSNAT   bool          // the firewall must not translate the source towards this destination
	inbound  bool          // comes from the internet; without sources: from some address there
	gateway  bool          // sent by an application gateway: no cluster's egress applies
}

// usualHops is how many hops most flows take, there and back.
const usualHops = 8

// walk lends a walk to follow and takes it back, since its buffers can be used again. The hops are the trace's own.
func (m *Model) walk(f Flow, follow func(*walk) *Trace) Trace {
	w, _ := m.walks.Get().(*walk)
	if w == nil {
		w = &walk{}
	}
	w.begin(m, f)
	t := *follow(w)
	m.walks.Put(w)
	return t
}

// begin empties a walk, keeping its buffers. What every trace sets before it is read, stays.
func (w *walk) begin(m *Model, f Flow) {
	w.m, w.cluster, w.region, w.entered, w.leg = m, nil, "", 0, leg{}
	w.hops, w.back = make([]Hop, 0, usualHops), nil
	w.notes, w.visited, w.legs = w.notes[:0], w.visited[:0], w.legs[:0]
	w.aim(f)
}

// aim sets the destination.
func (w *walk) aim(f Flow) {
	w.flow, w.host = f, hostKey(f.Host)
	w.reserved, w.special = isReserved(f.Addr), isSpecial(f.Addr)
}

// target is the destination as a sentence names it.
func (w *walk) target() string { return w.flow.String() }

// String is the flow's destination as a sentence names it: `HTTPS example.com (203.0.113.7):443`.
func (f Flow) String() string {
	text := make([]byte, 0, 96)
	text = append(append(text, f.Protocol...), ' ')
	switch text = append(text, f.Host...); {
	case f.Host == "":
		text = appendAddr(text, f.Addr)
	case f.Addr.IsValid():
		text = append(appendAddr(append(text, " ("...), f.Addr), ')')
	}
	return string(strconv.AppendUint(append(text, ':'), uint64(f.Port), 10))
}

// appendAddr also names an address that is missing.
func appendAddr(text []byte, addr netip.Addr) []byte {
	if !addr.IsValid() {
		return append(text, addr.String()...)
	}
	return addr.AppendTo(text)
}

func (w *walk) hop(at, resource, rule, action string) {
	w.hops = append(w.hops, Hop{At: at, Resource: resource, Rule: rule, Action: action})
}

func (w *walk) note(format string, args ...any) {
	note := fmt.Sprintf(format, args...)
	if !slices.Contains(w.notes, note) {
		w.notes = append(w.notes, note)
	}
}

func (w *walk) end(d Disposition, format string, args ...any) *Trace {
	return w.endWith(d, fmt.Sprintf(format, args...))
}

func (w *walk) endWith(d Disposition, reason string) *Trace {
	if len(w.notes) > 0 {
		reason += caveats + strings.Join(w.notes, "; ")
	}
	w.trace = Trace{Disposition: d, Hops: slices.Clip(w.hops), Return: slices.Clip(w.back), Reason: reason}
	return &w.trace
}

func (w *walk) insufficient(format string, args ...any) *Trace {
	return w.end(Insufficient, format, args...)
}

// arrive ends a flow that reaches its destination: if its answer arrives too, with the source addresses that the far
// end sees.
func (w *walk) arrive(d Disposition, sources []netip.Prefix, reason string) *Trace {
	if t := w.answer(); t != nil {
		return t
	}
	t := w.endWith(d, reason)
	t.Sources = make([]netip.Prefix, len(sources))
	copy(t.Sources, sources)
	if d == DeliveredLocal && w.flow.Addr.IsValid() {
		t.Arrived = netip.AddrPortFrom(w.flow.Addr, w.flow.Port)
	}
	return t
}

// from starts the walk in a subnet.
func (w *walk) from(s *subnetNode) *Trace {
	if len(s.sources) == 0 {
		return w.insufficient("subnet %s has no IPv4 prefix", ShortName(s.ID))
	}
	return w.fromMachine(s, s.sources)
}

// fromMachine starts the walk at a machine of a subnet with one of these addresses.
func (w *walk) fromMachine(s *subnetNode, sources []netip.Prefix) *Trace {
	w.leg = leg{sources: sources, origin: s}
	at := place{subnet: s, sources: sources}
	if server := w.privateServer(); server != nil {
		return w.toPrivateServer(at, server)
	}
	return w.route(at)
}

// route takes the routing decision of one subnet and follows it. The recursion over firewalls ends because each is
// visited once.
func (w *walk) route(at place) *Trace {
	if w.special {
		return w.insufficient("%s is not an ordinary destination: platform, link-local, loopback and multicast addresses "+
			"are not modelled", w.flow.Addr)
	}
	if t := w.leaveSubnet(at); t != nil {
		return t
	}
	s := at.subnet
	if s.unknown != "" {
		return w.insufficient("%s", s.unknown)
	}
	if t := w.serviceEndpoint(at); t != nil {
		return t
	}
	route, reason := w.choose(s)
	if reason != "" {
		return w.insufficient("%s", reason)
	}
	w.hops = append(w.hops, route.hop)
	if w.learnedRouteMayWin(s, route) {
		return w.insufficient("subnet %s may learn routes from a gateway, which are not modelled", ShortName(s.ID))
	}
	switch route.NextHopType {
	case NextHopVNetLocal:
		return w.deliver(at, s.vnet)
	case NextHopVNetPeering:
		return w.deliverToPeer(at, route)
	case NextHopInternet:
		return w.internet(at)
	case NextHopVirtualAppliance:
		return w.appliance(at, route)
	case NextHopNone:
		return w.end(NullRouted, "route %s drops %s", route.rule, w.target())
	case NextHopVirtualNetworkGateway:
		return w.insufficient("route %s leads to a virtual network gateway: what lies behind it is not modelled",
			route.rule)
	default:
		return w.insufficient("route %s has the next hop type %q, which is not modelled", route.rule, route.NextHopType)
	}
}

// learnedRouteMayWin: a more specific BGP route can beat everything but the VNet's own and peered prefixes
// (azure-facts 4). A user route for the whole internet is taken to win for public destinations: on-premises networks
// announce private prefixes or the default route, and the latter loses against a user route.
func (w *walk) learnedRouteMayWin(s *subnetNode, route *routeNode) bool {
	if s.deaf || route.NextHopType == NextHopVNetLocal || route.NextHopType == NextHopVNetPeering {
		return false
	}
	private := w.reserved
	return private || route.Source != RouteUser
}

// deliver ends the flow in a VNet, if a subnet there holds the address.
func (w *walk) deliver(at place, vnet *vnetNode) *Trace {
	addr := w.flow.Addr
	if !addr.IsValid() {
		return w.insufficient("VNet %s takes the flow, but the address of %s is not known", vnet.Name, w.flow.Host)
	}
	subnet, ok := vnet.subnets.Lookup(addr)
	if !ok {
		return w.end(NoRoute, "no subnet of VNet %s holds %s", vnet.Name, addr)
	}
	if e, ok := w.m.private[privateAddress{vnet.VNet, addr}]; ok {
		return w.enter(at, e)
	}
	w.hops = append(w.hops, Hop{
		At: "subnet", Resource: subnet.ID, Rule: prefixList(subnet.Prefixes), Action: "delivered to " + addr.String(),
	})
	if t := w.enterSubnet(at, subnet, addr, w.flow.Port); t != nil {
		return t
	}
	w.arriveAt(subnet)
	return w.arrive(DeliveredLocal, at.sources, addr.String()+" lies in subnet "+ShortName(subnet.ID))
}

func (w *walk) deliverToPeer(at place, route *routeNode) *Trace {
	vnet, t := w.cross(at, route)
	if t != nil {
		return t
	}
	return w.deliver(at, vnet)
}

// cross takes the flow over the peering of a route.
func (w *walk) cross(at place, route *routeNode) (*vnetNode, *Trace) {
	l := route.peering
	switch {
	case l == nil: // a user route may not have this next hop; Validate names it
		return nil, w.insufficient("route %s: the peering is not in the network", route.rule)
	case l.remote == nil:
		return nil, w.insufficient("the peered VNet %s is not in the network", l.RemoteVNetID)
	case l.why != "":
		return nil, w.endWith(NoRoute, l.why)
	case l.refusesForwarded(at):
		return nil, w.end(NoRoute, "peering %s has allowForwardedTraffic false, and firewall %s forwards from %s",
			ShortName(l.back.ID), at.firewall.name, prefixList(at.sources))
	}
	w.hops = append(w.hops, l.hop)
	return w.m.vnets[l.remote], nil
}

// refusesForwarded: the receiving side drops what does not stem from the peered VNet itself, unless it allows forwarded
// traffic.
func (l *link) refusesForwarded(at place) bool {
	return at.firewall != nil && !l.back.AllowForwardedTraffic && !sourcesIn(at.sources, at.subnet.vnet.AddressSpace)
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
