package egress

import (
	"net/netip"
	"strings"
)

// internet ends a flow that is routed to the internet: the first method that exists translates its source, in the
// order NAT gateway, instance public IP, load balancer outbound rules, default outbound access (azure-facts 0 and 4).
func (w *walk) internet(at place) Trace {
	if w.flow.Addr.IsValid() && containsAddr(reservedPrefixes, w.flow.Addr) {
		return w.end(NoRoute, "%s is a private address: the internet has no route to it", w.flow.Addr)
	}
	if at.noSNAT && at.subnet.NATGatewayID != "" {
		return w.insufficient("firewall %s does not translate sources towards the internet (SNAT private ranges): what the "+
			"NAT gateway of its subnet does with them is not known", shortName(at.firewall.ID))
	}
	if at.noSNAT {
		return w.end(NoEgress, "firewall %s does not translate sources towards the internet (SNAT private ranges)",
			shortName(at.firewall.ID))
	}
	if at.subnet.NATGatewayID != "" {
		return w.natGateway(at)
	}
	if at.firewall != nil {
		return w.firewallPublicIPs(at.firewall)
	}
	if w.cluster != nil {
		if t, decided := w.clusterEgress(); decided {
			return t
		}
	}
	return w.defaultOutbound(at.subnet)
}

func (w *walk) natGateway(at place) Trace {
	id := at.subnet.NATGatewayID
	gateway := w.n.natGateway(id)
	if gateway == nil {
		if w.cluster != nil && at.firewall == nil && w.cluster.outbound("managedNATGateway") {
			return w.effectiveIPs("NAT gateway", id)
		}
		return w.insufficient("NAT gateway %s is not in the network", id)
	}
	if len(gateway.PublicIPIDs)+len(gateway.PublicIPPrefixIDs) == 0 {
		w.hop("NAT gateway", gateway.ID, "no public IP", "cannot translate the source")
		if at.firewall == nil && w.cluster == nil && private(at.subnet) {
			return w.end(NoEgress, "NAT gateway %s has no public IP, and the subnet is private", shortName(gateway.ID))
		}
		return w.insufficient("NAT gateway %s has no public IP: whether Azure then takes another way out is not known",
			shortName(gateway.ID))
	}
	return w.exit("NAT gateway", gateway.ID, "subnet "+at.subnet.Name, gateway.PublicIPIDs, gateway.PublicIPPrefixIDs)
}

func (w *walk) firewallPublicIPs(fw *Firewall) Trace {
	if len(fw.PublicIPIDs) == 0 {
		return w.end(NoEgress, "firewall %s has no public IP", shortName(fw.ID))
	}
	return w.exit("firewall", fw.ID, "public IPs of the firewall", fw.PublicIPIDs, nil)
}

// clusterEgress is what AKS made for its nodes; false when that does not translate the flow.
func (w *walk) clusterEgress() (Trace, bool) {
	c := w.cluster
	if c.NodePublicIPs {
		return w.insufficient("nodes of cluster %s have public IPs of their own, which are not modelled", c.Name), true
	}
	if c.OutboundLoadBalancerID == "" {
		if c.outbound("loadBalancer") {
			return w.effectiveIPs("load balancer", ""), true
		}
		return Trace{}, false
	}
	lb := w.n.loadBalancer(c.OutboundLoadBalancerID)
	if lb == nil {
		return w.effectiveIPs("load balancer", c.OutboundLoadBalancerID), true
	}
	return w.outboundRules(lb)
}

func (w *walk) outboundRules(lb *LoadBalancer) (Trace, bool) {
	var names, ips, prefixes []string
	for _, rule := range lb.OutboundRules {
		if !rule.takes(w.flow.Protocol) {
			continue
		}
		names = append(names, rule.Name)
		for _, id := range rule.FrontendIDs {
			frontend := find(lb.Frontends, id, func(f *Frontend) string { return f.ID })
			if frontend == nil {
				return w.insufficient("outbound rule %s of load balancer %s: frontend %s is not in the network",
					rule.Name, shortName(lb.ID), id), true
			}
			ips = appendID(ips, frontend.PublicIPID)
			prefixes = appendID(prefixes, frontend.PublicIPPrefixID)
		}
	}
	switch {
	case len(names) == 0 && lb.translatesImplicitly():
		return w.insufficient("load balancer %s has no outbound rule for %s; whether its load balancing rules translate "+
			"sources is not modelled", shortName(lb.ID), w.flow.Protocol), true
	case len(names) == 0:
		return Trace{}, false
	case len(ips)+len(prefixes) == 0:
		return w.end(NoEgress, "outbound rule %s of load balancer %s has no public frontend",
			strings.Join(names, ", "), shortName(lb.ID)), true
	}
	return w.exit("load balancer", lb.ID, "outbound rule "+strings.Join(names, ", "), ips, prefixes), true
}

func (r OutboundRule) takes(p Protocol) bool {
	switch strings.ToLower(r.Protocol) {
	case "", "all":
		return true
	case "udp":
		return p == UDP
	default:
		return p != UDP
	}
}

func (l *LoadBalancer) translatesImplicitly() bool {
	for _, rule := range l.LoadBalancingRules {
		frontend := find(l.Frontends, rule.FrontendID, func(f *Frontend) string { return f.ID })
		public := frontend != nil && frontend.PublicIPID+frontend.PublicIPPrefixID != ""
		if public && !rule.DisableOutboundSNAT {
			return true
		}
	}
	return false
}

// effectiveIPs answers with what the cluster reports (effectiveOutboundIPs) where the thing that translates is not in
// the network, as in a Pulumi state, which never holds the node resource group.
func (w *walk) effectiveIPs(at, id string) Trace {
	if len(w.cluster.OutboundPublicIPIDs) == 0 {
		return w.insufficient("the %s of cluster %s is not in the network, and the cluster reports no effective outbound IPs",
			at, w.cluster.Name)
	}
	return w.exit(at, id, "effectiveOutboundIPs of the cluster", w.cluster.OutboundPublicIPIDs, nil)
}

// managedNetwork follows a flow in a VNet that AKS manages and the network lacks: nothing there but AKS's own way
// out.
func (w *walk) managedNetwork() Trace {
	c := w.cluster
	if w.flow.Addr.IsValid() && (containsAddr(reservedPrefixes, w.flow.Addr) || containsAddr(specialPrefixes,
		w.flow.Addr)) {
		return w.insufficient("the VNet of cluster %s is not in the network: no route to %s is known", c.Name, w.flow.Addr)
	}
	w.hop("AKS-managed VNet", c.ID, everywhere.String()+" (system)", "next hop "+string(NextHopInternet))
	switch {
	case c.NodePublicIPs && !c.outbound("managedNATGateway"):
		return w.insufficient("nodes of cluster %s have public IPs of their own, which are not modelled", c.Name)
	case c.outbound("managedNATGateway") && w.n.natGateway(c.OutboundNATGatewayID) != nil:
		gateway := w.n.natGateway(c.OutboundNATGatewayID)
		return w.exit("NAT gateway", gateway.ID, "managed NAT gateway", gateway.PublicIPIDs, gateway.PublicIPPrefixIDs)
	case c.outbound("managedNATGateway"):
		return w.effectiveIPs("NAT gateway", c.OutboundNATGatewayID)
	case c.outbound("loadBalancer"):
		t, decided := w.clusterEgress()
		if !decided {
			return w.insufficient("load balancer %s has no outbound rule for %s, and the node subnet of cluster %s is not "+
				"in the network", shortName(c.OutboundLoadBalancerID), w.flow.Protocol, c.Name)
		}
		return t
	}
	return w.insufficient("cluster %s has outbound type %q and no node subnet in the network", c.Name, c.OutboundType)
}

func (w *walk) defaultOutbound(subnet *Subnet) Trace {
	if private(subnet) {
		w.hop("subnet", subnet.ID, "defaultOutboundAccess false", "no source translation")
		return w.end(NoEgress, "subnet %s is private, and has no NAT gateway and no outbound rule", shortName(subnet.ID))
	}
	w.hop("subnet", subnet.ID, "default outbound access", "SNAT to an address that Azure picks")
	return w.end(ExitsInternet, "default outbound access: the source is an address of Azure's that belongs to nobody and "+
		"may change")
}

func private(s *Subnet) bool { return s.DefaultOutboundAccess != nil && !*s.DefaultOutboundAccess }

// exit ends the flow with the addresses of public IPs and prefixes as possible sources.
func (w *walk) exit(at, resource, rule string, ipIDs, prefixIDs []string) Trace {
	var sources []netip.Prefix
	for _, id := range ipIDs {
		ip := w.n.publicIP(id)
		if ip == nil || !ip.Address.IsValid() {
			return w.insufficient("%s: the address of public IP %s is not known", rule, id)
		}
		if ip.Address.Is4() {
			sources = append(sources, netip.PrefixFrom(ip.Address, ip.Address.BitLen()))
		}
	}
	for _, id := range prefixIDs {
		prefix := w.n.publicIPPrefix(id)
		if prefix == nil || !prefix.Prefix.IsValid() {
			return w.insufficient("%s: the addresses of public IP prefix %s are not known", rule, id)
		}
		if prefix.Prefix.Addr().Is4() {
			sources = append(sources, prefix.Prefix.Masked())
		}
	}
	if len(sources) == 0 {
		return w.end(NoEgress, "%s: no public IPv4 address", rule)
	}
	sources = sortedSet(sources)
	w.hop(at, resource, rule, "SNAT to "+addressList(sources))
	return w.endFrom(ExitsInternet, sources, "%s leaves through the %s", w.flow.target(), at)
}

// addressList is prefixList with single addresses bare.
func addressList(prefixes []netip.Prefix) string {
	words := make([]string, len(prefixes))
	for i, p := range prefixes {
		words[i] = p.String()
		if p.IsSingleIP() {
			words[i] = p.Addr().String()
		}
	}
	return strings.Join(words, ", ")
}

func appendID(ids []string, id string) []string {
	if id == "" {
		return ids
	}
	return append(ids, id)
}

// outbound compares the cluster's outbound type.
func (c *Cluster) outbound(kind string) bool { return strings.EqualFold(c.OutboundType, kind) }
