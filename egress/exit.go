package egress

import (
	"fmt"
	"net/netip"
	"strings"
)

// exit is a way to the internet that translates sources to public addresses.
type exit struct {
	sources []netip.Prefix
	hop     Hop
	reason  string // why a flow that leaves by it does
	none    string // why nothing can leave by it; empty: something can
	unknown string // why that cannot be told
}

// newExit reads the addresses of public IPs and prefixes.
func (m *Model) newExit(at, resource, rule string, ipIDs, prefixIDs []string) *exit {
	var sources []netip.Prefix
	for _, id := range ipIDs {
		ip := m.ix.publicIP(id)
		if ip == nil || !ip.Address.IsValid() {
			return &exit{unknown: fmt.Sprintf("%s: the address of public IP %s is not known", rule, id)}
		}
		if ip.Address.Is4() {
			sources = append(sources, netip.PrefixFrom(ip.Address, ip.Address.BitLen()))
		}
	}
	for _, id := range prefixIDs {
		prefix := m.ix.publicIPPrefix(id)
		if prefix == nil || !prefix.Prefix.IsValid() {
			return &exit{unknown: fmt.Sprintf("%s: the addresses of public IP prefix %s are not known", rule, id)}
		}
		if prefix.Prefix.Addr().Is4() {
			sources = append(sources, prefix.Prefix.Masked())
		}
	}
	if len(sources) == 0 {
		return &exit{none: rule + ": no public IPv4 address"}
	}
	sources = sortedSet(sources)
	return &exit{
		sources: sources, reason: "leaves through the " + at,
		hop: Hop{At: at, Resource: resource, Rule: rule, Action: "SNAT to " + addressList(sources)},
	}
}

// natExit is the NAT gateway of a subnet.
func (m *Model) natExit(subnet *Subnet) *exit {
	gateway := m.ix.natGateway(subnet.NATGatewayID)
	switch {
	case gateway == nil:
		return &exit{unknown: fmt.Sprintf("NAT gateway %s is not in the network", subnet.NATGatewayID)}
	case len(gateway.PublicIPIDs)+len(gateway.PublicIPPrefixIDs) == 0:
		return &exit{
			hop:  Hop{At: "NAT gateway", Resource: gateway.ID, Rule: "no public IP", Action: "cannot translate the source"},
			none: fmt.Sprintf("NAT gateway %s has no public IP", ShortName(gateway.ID)),
		}
	}
	return m.newExit("NAT gateway", gateway.ID, "subnet "+subnet.Name, gateway.PublicIPIDs, gateway.PublicIPPrefixIDs)
}

// balancerExit is what the outbound rules of a load balancer do with flows of a protocol; nil: nothing.
func (m *Model) balancerExit(lb *LoadBalancer, p Protocol) *exit {
	var names, ips, prefixes []string
	for _, rule := range lb.OutboundRules {
		if !takesProtocol(rule.Protocol, p) {
			continue
		}
		names = append(names, rule.Name)
		for _, id := range rule.FrontendIDs {
			frontend := lb.frontend(id)
			if frontend == nil {
				return &exit{unknown: fmt.Sprintf("outbound rule %s of load balancer %s: frontend %s is not in the network",
					rule.Name, ShortName(lb.ID), id)}
			}
			ips = appendID(ips, frontend.PublicIPID)
			prefixes = appendID(prefixes, frontend.PublicIPPrefixID)
		}
	}
	switch {
	case len(names) == 0 && lb.translatesImplicitly():
		return &exit{unknown: fmt.Sprintf("load balancer %s has no outbound rule for %s; whether its load balancing rules "+
			"translate sources is not modelled", ShortName(lb.ID), p)}
	case len(names) == 0:
		return nil
	case len(ips)+len(prefixes) == 0:
		return &exit{none: fmt.Sprintf("outbound rule %s of load balancer %s has no public frontend",
			strings.Join(names, ", "), ShortName(lb.ID))}
	}
	return m.newExit("load balancer", lb.ID, "outbound rule "+strings.Join(names, ", "), ips, prefixes)
}

// takesProtocol compares the protocol of a load balancer's rule: All, Tcp or Udp; empty means All.
func takesProtocol(word string, p Protocol) bool {
	switch strings.ToLower(word) {
	case "", "all":
		return true
	case "udp":
		return p == UDP
	default:
		return p != UDP
	}
}

func (l *LoadBalancer) frontend(id string) *Frontend {
	for i := range l.Frontends {
		if sameID(l.Frontends[i].ID, id) {
			return &l.Frontends[i]
		}
	}
	return nil
}

func (l *LoadBalancer) translatesImplicitly() bool {
	for _, rule := range l.LoadBalancingRules {
		frontend := l.frontend(rule.FrontendID)
		public := frontend != nil && frontend.PublicIPID+frontend.PublicIPPrefixID != ""
		if public && !rule.DisableOutboundSNAT {
			return true
		}
	}
	return false
}

func appendID(ids []string, id string) []string {
	if id == "" {
		return ids
	}
	return append(ids, id)
}

// addressList is prefixList with single addresses bare.
func addressList(prefixes []netip.Prefix) string {
	words := make([]string, len(prefixes))
	for i, p := range prefixes {
		words[i] = PrefixText(p)
	}
	return strings.Join(words, ", ")
}
