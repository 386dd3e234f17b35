package egress

// internet ends a flow that is routed to the internet: the first method that exists translates its source, in the
// order NAT gateway, instance public IP, load balancer outbound rules, default outbound access (azure-facts 0 and 4).
func (w *walk) internet(at place) *Trace {
	s := at.subnet
	if w.reserved {
		return w.end(NoRoute, "%s is a private address: the internet has no route to it", w.flow.Addr)
	}
	switch {
	case at.noSNAT && s.NATGatewayID != "":
		return w.insufficient("firewall %s does not translate sources towards the internet (SNAT private ranges): what the "+
			"NAT gateway of its subnet does with them is not known", at.firewall.name)
	case at.noSNAT:
		return w.end(NoEgress, "firewall %s does not translate sources towards the internet (SNAT private ranges)",
			at.firewall.name)
	case s.NATGatewayID != "":
		return w.natGateway(at)
	case at.firewall != nil:
		return w.firewallPublicIPs(at.firewall)
	case w.cluster != nil && !at.gateway:
		if t := w.clusterEgress(); t != nil {
			return t
		}
	}
	return w.defaultOutbound(s)
}

func (w *walk) natGateway(at place) *Trace {
	s := at.subnet
	known := w.m.ix.natGateway(s.NATGatewayID) != nil
	if !known && w.cluster != nil && at.firewall == nil && w.cluster.managed != nil {
		return w.leave(w.cluster.managed)
	}
	if known && s.nat.none != "" && s.nat.hop.At != "" {
		w.hops = append(w.hops, s.nat.hop)
		if at.firewall == nil && w.cluster == nil && s.private() {
			return w.end(NoEgress, "%s, and the subnet is private", s.nat.none)
		}
		return w.insufficient("%s: whether Azure then takes another way out is not known", s.nat.none)
	}
	return w.leave(s.nat)
}

func (w *walk) firewallPublicIPs(fw *firewallNode) *Trace {
	if len(fw.PublicIPIDs) == 0 {
		return w.end(NoEgress, "firewall %s has no public IP", fw.name)
	}
	return w.leave(fw.exit)
}

// clusterEgress is what AKS made for its nodes; nil when that does not translate the flow.
func (w *walk) clusterEgress() *Trace {
	c := w.cluster
	if c.NodePublicIPs {
		return w.nodePublicIPs()
	}
	out := c.balancer(w.flow.Protocol)
	if out == nil {
		return nil
	}
	return w.leave(out)
}

// nodePublicIPs: a node's own public address comes before the load balancer (azure-facts 4). Only the addresses of
// prefixes are known, and nodes of pools without them go by the load balancer.
func (w *walk) nodePublicIPs() *Trace {
	c := w.cluster
	if c.public == nil {
		return w.insufficient("nodes of cluster %s have public IPs of their own, which no prefix names", c.Name)
	}
	if out := c.balancer(w.flow.Protocol); out != nil && len(out.sources) > 0 {
		both := *c.public
		both.sources = sortedSet(append(append(both.sources[:0:0], both.sources...), out.sources...))
		both.hop.Action = "SNAT to " + addressList(both.sources)
		both.hop.Rule += "; nodes without one: " + out.hop.Rule
		return w.leave(&both)
	}
	return w.leave(c.public)
}

// managedNetwork follows a flow in a VNet that AKS manages and the network lacks: nothing there but AKS's own way
// out.
func (w *walk) managedNetwork() *Trace {
	c := w.cluster
	if server := w.privateServer(); server != nil && server != c {
		return w.insufficient("the VNet of cluster %s is not in the network, nor how it resolves %s", c.Name, w.flow.Host)
	} else if server != nil {
		return w.end(DeliveredService, "%s is the cluster's own API server, by its private endpoint", w.flow.Host)
	}
	if w.reserved || w.special {
		return w.insufficient("the VNet of cluster %s is not in the network: no route to %s is known", c.Name, w.flow.Addr)
	}
	w.hop("AKS-managed VNet", c.ID, everywhere.String()+" (system)", "next hop "+string(NextHopInternet))
	switch {
	case c.managed != nil:
		return w.leave(c.managed)
	case c.NodePublicIPs:
		return w.nodePublicIPs()
	case c.outbound("loadBalancer"):
		if t := w.clusterEgress(); t != nil {
			return t
		}
		return w.insufficient("load balancer %s has no outbound rule for %s, and the node subnet of cluster %s is not "+
			"in the network", ShortName(c.OutboundLoadBalancerID), w.flow.Protocol, c.Name)
	}
	return w.insufficient("cluster %s has outbound type %q and no node subnet in the network", c.Name, c.OutboundType)
}

// Rules of the hop that is a subnet without another way out.
const (
	privateSubnet         = "defaultOutboundAccess false"
	defaultOutboundAccess = "default outbound access"
)

func (w *walk) defaultOutbound(s *subnetNode) *Trace {
	if s.private() && w.mayBeRegionalStorage(s) {
		return w.insufficient("private subnet %s still reaches storage of its own region (azure-facts 2.4); whether %s is "+
			"that is not known", ShortName(s.ID), w.target())
	}
	if s.private() {
		w.hop("subnet", s.ID, privateSubnet, "no source translation")
		return w.end(NoEgress, "subnet %s is private, and has no NAT gateway and no outbound rule", ShortName(s.ID))
	}
	w.hop("subnet", s.ID, defaultOutboundAccess, "SNAT to an address that Azure picks")
	return w.arrive(ExitsInternet, nil,
		"default outbound access: the source is an address of Azure's that belongs to nobody and may change")
}

// leave ends the flow with public addresses as possible sources. What lies at a public address of the network itself
// is entered from outside.
func (w *walk) leave(out *exit) *Trace {
	switch {
	case out.unknown != "":
		return w.endWith(Insufficient, out.unknown)
	case out.none != "":
		return w.endWith(NoEgress, out.none)
	}
	w.hops = append(w.hops, out.hop)
	w.arriveAt(nil)
	if w.flow.Addr.IsValid() {
		if entries := w.m.entries[w.flow.Addr]; len(entries) > 0 {
			return w.fromOutside(out.sources, entries)
		}
	}
	if server := w.m.apiServer[w.host]; server != nil && !server.PrivateCluster {
		if t := w.apiServer(server, out.sources); t != nil {
			return t
		}
	}
	return w.arrive(ExitsInternet, out.sources, out.reason)
}
