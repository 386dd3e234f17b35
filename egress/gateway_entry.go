package egress

import (
	"net/netip"
	"slices"
)

// applicationGateway ends the client's connection and opens one of its own from its subnet (azure-facts 7.5).
func (w *walk) applicationGateway(at place, e entry) *Trace {
	s := w.m.subnet(e.gateway.SubnetID)
	if s == nil {
		return w.insufficient("the subnet of application gateway %s is not in the network", ShortName(e.id))
	}
	listener := slices.IndexFunc(e.gateway.Listeners, func(l Listener) bool { return l.takes(w.flow, w.host) })
	switch {
	case listener >= 0:
		w.hop(e.at, e.id, "listener "+e.gateway.Listeners[listener].Name, "takes "+w.target())
	case e.cluster != nil && !e.complete:
		return w.insufficient("the listeners of application gateway %s are written by the ingress controller of cluster %s, "+
			"and none of those known takes %s", ShortName(e.id), e.cluster.Name, w.target())
	default:
		return w.nothingListens(e)
	}
	if t := w.enterSubnet(at, s, netip.Addr{}, w.flow.Port); t != nil {
		return t
	}
	w.arriveAt(s)
	w.leg = leg{origin: s, sources: s.sources}
	from := place{subnet: s, sources: s.sources, gateway: true}
	if e.cluster != nil {
		return w.toNodes(from, e.cluster)
	}
	return w.toBackends(from, e)
}

// takes compares protocol, port and host; a listener of another protocol on the port answers too, badly.
func (l Listener) takes(f Flow, host string) bool {
	return l.Port == f.Port && f.Protocol != UDP && (l.Host == "" || host == "" || newHostSet([]string{l.Host}).has(host))
}

// toBackends follows the gateway's own connection to each address of its pools.
func (w *walk) toBackends(from place, e entry) *Trace {
	var subnets []*subnetNode
	for range e.gateway.Backends {
		subnets = append(subnets, from.subnet)
	}
	if len(subnets) == 0 {
		return w.insufficient("the backends of application gateway %s are not known", ShortName(e.id))
	}
	i := 0
	return w.each(subnets, func(w *walk, _ *subnetNode) *Trace {
		f := w.flow
		f.Addr, f.Host, f.ServiceTags = e.gateway.Backends[i], "", nil
		i++
		if !f.Addr.Is4() {
			return w.insufficient("backend %s is not IPv4, the only version modelled", f.Addr)
		}
		w.aim(f)
		return w.route(from)
	})
}

// trafficController takes a flow through an Application Gateway for Containers to the pods of the cluster in the VNet
// of its association (azure-facts 7.8).
func (w *walk) trafficController(client []netip.Prefix, t *trafficEntry) *Trace {
	if w.flow.Port != 80 && w.flow.Port != 443 || w.flow.Protocol == UDP {
		return w.end(DeniedIn, "Application Gateway for Containers listens on ports 80 and 443")
	}
	id := t.controller.ID
	if ports := t.frontend.Ports; len(ports) > 0 && !slices.Contains(ports, w.flow.Port) {
		return w.end(DeniedIn, "no Gateway listens on port %d of frontend %s of %s", w.flow.Port, t.frontend.Name,
			ShortName(id))
	}
	if len(t.controller.Associations) != 1 {
		return w.insufficient("the association of %s with a subnet is not known", ShortName(id))
	}
	s := w.m.subnet(t.controller.Associations[0].SubnetID)
	if s == nil {
		return w.insufficient("the subnet of %s is not in the network", ShortName(id))
	}
	var cluster *clusterNode
	for i := range w.m.n.Clusters {
		c := w.m.cluster(w.m.n.Clusters[i].ID)
		if !slices.ContainsFunc(c.nodes, func(n *subnetNode) bool { return n != nil && n.vnet == s.vnet }) {
			continue
		}
		if cluster != nil {
			return w.insufficient("which of the clusters in VNet %s is behind %s is not known", s.vnet.Name, ShortName(id))
		}
		cluster = c
	}
	if cluster == nil {
		return w.insufficient("no cluster of the network is in the VNet of %s", ShortName(id))
	}
	e := entry{at: "application gateway for containers", id: id}
	w.hop(e.at, id, "frontend "+t.frontend.Name, "takes "+w.target())
	w.leg = leg{sources: client, entry: &e, end: nil}
	w.arriveAt(nil) // clients end at Azure's frontend, outside the VNet
	w.leg = leg{origin: s, sources: s.sources}
	return w.toNodes(place{subnet: s, sources: s.sources, gateway: true}, cluster)
}

// toNodes follows a gateway's own connection to the pods of a cluster: by the VNet's routes to node subnets. Overlay
// pods are reached through their nodes.
func (w *walk) toNodes(from place, c *clusterNode) *Trace {
	subnets, why := w.nodeSubnets(c)
	if len(c.pods) > 0 && !slices.Contains(c.pods, nil) {
		subnets = c.pods
	}
	if why != "" {
		return w.endWith(Insufficient, why)
	}
	name := "the pods of cluster " + c.Name
	return w.each(subnets, func(w *walk, s *subnetNode) *Trace {
		for _, p := range s.sources {
			whole, part := from.subnet.routeToward(p)
			if whole == nil || part != nil || !isLocal(whole) {
				return w.insufficient("from subnet %s the way to %s is not a route of the VNet or its peers: an application "+
					"gateway behind other routes is not modelled", ShortName(from.subnet.ID), p)
			}
			w.hops = append(w.hops, whole.hop)
			if whole.NextHopType == NextHopVNetPeering {
				if _, t := w.cross(from, whole); t != nil {
					return t
				}
			}
		}
		if t := w.enterSubnet(from, s, netip.Addr{}, w.flow.Port); t != nil {
			return t
		}
		w.hop("subnet", s.ID, prefixList(s.sources), "delivered to "+name)
		w.arriveAt(s)
		return w.arrive(DeliveredLocal, from.sources, w.target()+" reaches "+name)
	})
}

func isLocal(r *routeNode) bool {
	return r.NextHopType == NextHopVNetLocal || r.NextHopType == NextHopVNetPeering
}
