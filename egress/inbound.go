package egress

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// maxEntries bounds how often a flow can enter a load balancer, a gateway or a firewall from outside.
const maxEntries = 8

// fromInternet follows the flow of a client on the internet.
func (w *walk) fromInternet() *Trace {
	m, f := w.m, w.flow
	var client []netip.Prefix
	if f.Client.IsValid() {
		if isReserved(f.Client) || isSpecial(f.Client) {
			return w.insufficient("client %s is not an address of the internet", f.Client)
		}
		client = []netip.Prefix{netip.PrefixFrom(f.Client, f.Client.BitLen())}
	}
	if !f.Addr.IsValid() {
		return w.inboundByName(client)
	}
	if w.reserved {
		return w.end(NoRoute, "%s is a private address: the internet has no route to it", f.Addr)
	}
	if entries := m.entries[f.Addr]; len(entries) > 0 {
		return w.fromOutside(client, entries)
	}
	for i := range m.n.PublicIPs {
		if ip := &m.n.PublicIPs[i]; ip.Address == f.Addr {
			return w.end(DeniedIn, "public IP %s belongs to nothing in the network that takes flows", ShortName(ip.ID))
		}
	}
	return w.insufficient("%s is not an address of the network", f.Addr)
}

// inboundByName follows flows to names that the network knows: API servers, and frontends of Application Gateway for
// Containers.
func (w *walk) inboundByName(client []netip.Prefix) *Trace {
	if server := w.m.apiServer[w.host]; server != nil {
		if server.PrivateCluster {
			t := w.end(DeniedIn, "%s is the API server of private cluster %s: it has no public address",
				w.flow.Host, server.Name)
			t.Refusal = RefusedUnresolved
			return t
		}
		if t := w.apiServer(server, client); t != nil {
			return t
		}
		w.hop("API server", server.ID, "public", "let the client in")
		return w.arrive(DeliveredService, client, w.flow.Host+" is the API server of cluster "+server.Name)
	}
	if frontend := w.m.frontends[w.host]; frontend != nil {
		return w.trafficController(client, frontend)
	}
	return w.insufficient("which address of the network %s stands for is not known: give the flow an address", w.flow.Host)
}

// authorizedRanges is what a public API server may ask of its clients (azure-facts 7.2).
const authorizedRanges = "authorized IP ranges"

// apiServer asks the authorized ranges of a public API server. Without sources the client is somebody on the internet.
func (w *walk) apiServer(c *clusterNode, sources []netip.Prefix) *Trace {
	if len(c.AuthorizedIPRanges) == 0 {
		return nil
	}
	let := 0
	for _, source := range sources {
		if c.authorizes(source) {
			let++
		}
	}
	ranges := authorizedRanges + " " + addressList(c.AuthorizedIPRanges)
	switch {
	case len(sources) > 0 && let == len(sources):
		return nil
	case let > 0:
		return w.insufficient("the API server of cluster %s lets in only some of %s (%s)",
			c.Name, addressList(sources), ranges)
	}
	w.hop("API server", c.ID, ranges, "drop")
	t := w.end(DeniedIn, "the API server of cluster %s does not let in %s (%s)", c.Name, clientName(sources), ranges)
	t.Refusal = RefusedDropped
	return t
}

func clientName(sources []netip.Prefix) string {
	if len(sources) == 0 {
		return "clients of other addresses"
	}
	return addressList(sources)
}

// fromOutside enters the network from the internet.
func (w *walk) fromOutside(sources []netip.Prefix, entries []entry) *Trace {
	e := entries[0]
	for _, other := range entries[1:] { // one address, several frontends: the one with a rule takes it
		if other.balancer != nil && other.balancer.rule(other.frontend, w.flow) != nil {
			e = other
		}
	}
	w.leg = leg{sources: sources, entry: &e}
	return w.enter(place{sources: sources, inbound: true}, e)
}

// enter hands the flow to what takes it at its address.
func (w *walk) enter(at place, e entry) *Trace {
	w.entered++
	if w.entered > maxEntries {
		return w.end(Loop, "the flow enters the network again and again, last at %s %s", e.at, ShortName(e.id))
	}
	switch {
	case e.firewall != nil:
		return w.firewall(at, e.firewall)
	case e.gateway != nil:
		return w.applicationGateway(at, e)
	case e.balancer != nil, e.service != nil:
		return w.loadBalancer(at, e)
	}
	w.hop(e.at, e.id, "no inbound flows", "drop")
	t := w.end(DeniedIn, "%s %s takes no flows from outside", e.at, ShortName(e.id))
	t.Refusal = RefusedDropped
	return t
}

// loadBalancer takes a flow to the machines behind a frontend; the source stays (azure-facts 7.5).
func (w *walk) loadBalancer(at place, e entry) *Trace {
	rule, floating, port := "", true, w.flow.Port
	if e.balancer != nil {
		r := e.balancer.rule(e.frontend, w.flow)
		if r == nil {
			return w.nothingListens(e)
		}
		rule, floating = r.Name, r.FloatingIP
		if r.BackendPort != 0 && !floating {
			port = uint16(r.BackendPort) //nolint:gosec // read from a port
		}
		if r.FrontendPort == 0 && !strings.EqualFold(r.Protocol, "All") {
			if t := w.serviceListens(e); t != nil {
				return t
			}
		}
	} else if t := w.serviceListens(e); t != nil {
		return t
	}
	if e.service != nil {
		rule = e.service.Namespace + "/" + e.service.Name
	}
	seen := netip.Addr{}
	if floating {
		seen = e.addr
	}
	subnets, name, why := w.backends(e)
	if why != "" {
		return w.endWith(Insufficient, why)
	}
	w.hop(e.at, e.id, rule, "to "+name)
	if e.cluster != nil {
		w.cluster = e.cluster
	}
	return w.each(subnets, func(w *walk, s *subnetNode) *Trace {
		if t := w.enterSubnet(at, s, seen, port); t != nil {
			return t
		}
		w.arriveAt(s)
		return w.arrive(DeliveredLocal, at.sources, w.target()+" reaches "+name)
	})
}

// rule finds the load balancing rule for a flow to a frontend; one whose port is not known may be it.
func (l *LoadBalancer) rule(f *Frontend, flow Flow) *LoadBalancingRule {
	var may *LoadBalancingRule
	for i := range l.LoadBalancingRules {
		r := &l.LoadBalancingRules[i]
		if !sameID(r.FrontendID, f.ID) || !takesProtocol(r.Protocol, flow.Protocol) {
			continue
		}
		switch r.FrontendPort {
		case int(flow.Port):
			return r
		case 0:
			may = r
		}
	}
	return may
}

func (w *walk) nothingListens(e entry) *Trace {
	w.hop(e.at, e.id, "no rule", "drop")
	t := w.end(DeniedIn, "%s %s has no rule for %s", e.at, ShortName(e.id), w.target())
	t.Refusal = RefusedDropped
	return t
}

// serviceListens compares the flow with the ports of the Kubernetes service.
func (w *walk) serviceListens(e entry) *Trace {
	ports := e.servicePorts()
	if len(ports) == 0 {
		return w.insufficient("the ports of the service at %s are not known", e.addr)
	}
	for _, p := range ports {
		protocol := p.Protocol
		if protocol == "" {
			protocol = "TCP"
		}
		if p.Port == w.flow.Port && takesProtocol(protocol, w.flow.Protocol) {
			return nil
		}
	}
	return w.nothingListens(e)
}

// backends are the subnets of the machines behind a load balancer, or why they are not known.
func (w *walk) backends(e entry) (subnets []*subnetNode, name, why string) {
	if e.cluster != nil {
		subnets, why = w.nodeSubnets(e.cluster)
		return subnets, "the nodes of cluster " + e.cluster.Name, why
	}
	var addresses []string
	rule := e.balancer.rule(e.frontend, w.flow)
	for i := range e.balancer.BackendPools {
		pool := &e.balancer.BackendPools[i]
		if !slices.ContainsFunc(rule.BackendPoolIDs, func(id string) bool { return sameID(id, pool.ID) }) {
			continue
		}
		for _, addr := range pool.Addresses {
			s := w.m.holding(addr)
			if s == nil {
				return nil, "", fmt.Sprintf("which subnet holds backend %s of load balancer %s is not known",
					addr, ShortName(e.id))
			}
			addresses = append(addresses, addr.String())
			if !slices.Contains(subnets, s) {
				subnets = append(subnets, s)
			}
		}
	}
	if len(subnets) == 0 {
		return nil, "", fmt.Sprintf("the machines behind load balancer %s are not known", ShortName(e.id))
	}
	return subnets, strings.Join(addresses, ", "), ""
}

func (w *walk) nodeSubnets(c *clusterNode) ([]*subnetNode, string) {
	if len(c.nodes) == 0 || slices.Contains(c.nodes, nil) {
		return nil, fmt.Sprintf("the node subnet of cluster %s is not in the network", c.Name)
	}
	return c.nodes, ""
}

// holding is the one subnet of the network with an address; nil: none, or more than one.
func (m *Model) holding(addr netip.Addr) *subnetNode {
	var found *subnetNode
	for _, v := range m.vnets {
		if s, ok := v.subnets.Lookup(addr); ok {
			if found != nil {
				return nil
			}
			found = s
		}
	}
	return found
}

// each follows the flow into several subnets, which must end alike.
func (w *walk) each(subnets []*subnetNode, follow func(*walk, *subnetNode) *Trace) *Trace {
	traces := make([]Trace, len(subnets))
	for i, s := range subnets {
		own := *w
		own.hops, own.back, own.notes = slices.Clone(w.hops), slices.Clone(w.back), slices.Clone(w.notes)
		own.legs, own.visited = slices.Clone(w.legs), slices.Clone(w.visited)
		traces[i] = *follow(&own, s)
	}
	w.trace = merge("the way ends in several subnets that differ", subnets, traces)
	return &w.trace
}
