package egress

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Service tags that a network security group resolves by itself
// (learn.microsoft.com/azure/virtual-network/service-tags-overview).
const (
	tagVirtualNetwork    = "VirtualNetwork"
	tagInternet          = "Internet"
	tagAzureLoadBalancer = "AzureLoadBalancer"
)

// securityRules are a network security group as one subnet sees it: its rules by priority, then Azure's default rules.
type securityRules struct {
	id                string
	inbound, outbound []securityRule
	local             []netip.Prefix // what VirtualNetwork stands for
	inside            []netip.Prefix // what Internet does not hold
}

type securityRule struct {
	*SecurityRule
	deny         bool
	transports   transports
	sourcePorts  []portRange
	ports        []portRange
	sources      addressWords
	destinations addressWords
}

var defaultRules = []SecurityRule{
	defaultRule("AllowVnetInBound", 65000, Inbound, AccessAllow, tagVirtualNetwork, tagVirtualNetwork),
	defaultRule("AllowAzureLoadBalancerInBound", 65001, Inbound, AccessAllow, tagAzureLoadBalancer, "*"),
	defaultRule("DenyAllInBound", 65500, Inbound, AccessDeny, "*", "*"),
	defaultRule("AllowVnetOutBound", 65000, Outbound, AccessAllow, tagVirtualNetwork, tagVirtualNetwork),
	defaultRule("AllowInternetOutBound", 65001, Outbound, AccessAllow, "*", tagInternet),
	defaultRule("DenyAllOutBound", 65500, Outbound, AccessDeny, "*", "*"),
}

func defaultRule(name string, priority int, direction, access, source, destination string) SecurityRule {
	return SecurityRule{
		Name: name, Priority: priority, Direction: direction, Access: access, Protocol: "*", Sources: []string{source},
		SourcePorts: []string{"*"}, Destinations: []string{destination}, DestinationPorts: []string{"*"},
	}
}

// newSecurityRules reads a group. VirtualNetwork stands for the VNet, its peers, what its gateway announces, and the
// prefixes of the subnet's user routes, so with a default route for everything
// (learn.microsoft.com/azure/virtual-network/service-tags-overview).
func newSecurityRules(group *NetworkSecurityGroup, vnet *vnetNode, table *RouteTable) *securityRules {
	spaces := slices.Clone(vnet.AddressSpace)
	for _, l := range vnet.all {
		if l.connected {
			spaces = append(spaces, l.space()...)
		}
	}
	s := &securityRules{
		id: group.ID, inside: slices.Concat(spaces, reservedPrefixes), local: slices.Concat(spaces, vnet.GatewayRoutes),
	}
	if table != nil {
		for _, r := range table.Routes {
			if r.Prefix.IsValid() {
				s.local = append(s.local, r.Prefix)
			}
		}
	}
	rules := slices.Concat(group.Rules, defaultRules)
	for i := range rules {
		r := &rules[i]
		node := securityRule{
			SecurityRule: r, deny: strings.EqualFold(r.Access, AccessDeny), transports: newTransports([]string{r.Protocol}),
			sourcePorts: newPorts(r.SourcePorts), ports: newPorts(r.DestinationPorts),
			sources: newAddressWords(r.Sources), destinations: newAddressWords(r.Destinations),
		}
		if strings.EqualFold(r.Direction, Inbound) {
			s.inbound = append(s.inbound, node)
		} else {
			s.outbound = append(s.outbound, node)
		}
	}
	byPriority := func(a, b securityRule) int { return cmp.Compare(a.Priority, b.Priority) }
	slices.SortStableFunc(s.inbound, byPriority)
	slices.SortStableFunc(s.outbound, byPriority)
	return s
}

// party is one end of a flow as a security rule sees it; without prefixes it is some public address.
type party struct {
	prefixes []netip.Prefix
	far      bool // the flow's destination, which service tags may hold
}

// leaveSubnet asks the security group of the sending subnet. Azure Firewall's own subnet needs none, and Azure does not
// filter there (azure-facts 5.1).
func (w *walk) leaveSubnet(at place) *Trace {
	group := at.subnet.nsg
	if group == nil || at.firewall != nil {
		return nil
	}
	to := party{far: true}
	if w.flow.Addr.IsValid() {
		to.prefixes = []netip.Prefix{netip.PrefixFrom(w.flow.Addr, w.flow.Addr.BitLen())}
	}
	return w.ask(group, group.outbound, party{prefixes: at.sources}, to, w.flow.Port, DeniedOut)
}

// enterSubnet asks the security group of the receiving subnet.
func (w *walk) enterSubnet(at place, subnet *subnetNode, addr netip.Addr, port uint16) *Trace {
	group := subnet.nsg
	if group == nil {
		return nil
	}
	to := party{prefixes: subnet.sources}
	if addr.IsValid() {
		to.prefixes = []netip.Prefix{netip.PrefixFrom(addr, addr.BitLen())}
	}
	return w.ask(group, group.inbound, party{prefixes: at.sources}, to, port, DeniedIn)
}

// ask finds the first rule that matches; a rule whose match cannot be told matters only if it would change the answer.
func (w *walk) ask(
	group *securityRules, rules []securityRule, from, to party, port uint16, denied Disposition,
) *Trace {
	var pending []string
	var pendingDeny []bool
	for i := range rules {
		r := &rules[i]
		m := w.matchSecurity(group, r, from, to, port)
		if m.answer == no {
			continue
		}
		if m.answer == unknown {
			pending = append(pending, fmt.Sprintf("rule %s: %s", r.Name, m.why))
			pendingDeny = append(pendingDeny, r.deny)
			continue
		}
		if j := slices.Index(pendingDeny, !r.deny); j >= 0 {
			return w.insufficient("network security group %s, %s", ShortName(group.id), pending[j])
		}
		if !r.deny {
			if r.Priority < firstDefaultPriority {
				w.hop("network security group", group.id, r.Name, "allow")
			}
			return nil
		}
		w.hop("network security group", group.id, r.Name, "deny")
		t := w.end(denied, "network security group %s denies %s: %s", ShortName(group.id), w.target(), r.Name)
		t.Refusal = RefusedDropped
		return t
	}
	return w.insufficient("network security group %s has no rule for %s", ShortName(group.id), w.target())
}

// firstDefaultPriority is the priority of the first default rule; own rules have 100 to 4096.
const firstDefaultPriority = 65000

func (w *walk) matchSecurity(group *securityRules, r *securityRule, from, to party, port uint16) match {
	if !r.transports.match(w.flow.Protocol) || !matchPort(r.ports, port) {
		return match{answer: no}
	}
	if len(r.NotModelled) > 0 {
		return match{unknown, r.NotModelled[0] + " are not modelled"}
	}
	m := both(w.matchParty(group, &r.sources, from), w.matchParty(group, &r.destinations, to))
	if m.answer == yes && !slices.Contains(r.sourcePorts, portRange{0, 65535}) {
		return match{unknown, "source ports are not modelled"}
	}
	return m
}

func (w *walk) matchParty(group *securityRules, words *addressWords, p party) match {
	var result match
	if len(p.prefixes) == 0 {
		result = words.holdPublic(w.flow.Host)
	} else {
		result = words.holdAll(p.prefixes)
	}
	for _, word := range words.others {
		if result.answer == yes {
			break
		}
		result = either(result, w.matchSecurityTag(group, word, p))
	}
	return result
}

func (w *walk) matchSecurityTag(group *securityRules, tag string, p party) match {
	switch {
	case strings.EqualFold(tag, tagVirtualNetwork):
		return allIn(group.local, p.prefixes, "the virtual network")
	case strings.EqualFold(tag, tagAzureLoadBalancer):
		return match{answer: no} // health probes only
	case strings.EqualFold(tag, tagInternet):
		inside := allIn(group.inside, p.prefixes, "the internet")
		switch inside.answer {
		case yes:
			return match{answer: no}
		case no:
			return match{answer: yes}
		default:
			return inside
		}
	case !isServiceTag(tag):
		return match{unknown, fmt.Sprintf("%q is neither an address nor a service tag", tag)}
	}
	return w.matchListedTag(tag, p)
}

// matchListedTag compares a service tag with an end: by the network's list of prefixes, or for the destination by what
// the flow lists.
func (w *walk) matchListedTag(tag string, p party) match {
	if prefixes := w.m.tags.prefixes(tag); len(prefixes) > 0 && len(p.prefixes) > 0 {
		return allIn(prefixes, p.prefixes, tag)
	}
	if p.far && w.flow.listsTag(tag) {
		return match{answer: yes}
	}
	if len(p.prefixes) > 0 && isPrivate(p.prefixes[0]) {
		return match{answer: no}
	}
	w.note("service tag %s, because the flow does not list it", tag)
	return match{answer: no}
}

// allIn says whether prefixes lie in a space; no prefixes stand for some public address.
func allIn(space, prefixes []netip.Prefix, name string) match {
	if len(prefixes) == 0 {
		if slices.ContainsFunc(space, func(p netip.Prefix) bool { return p.Bits() == 0 }) {
			return match{answer: yes}
		}
		return match{answer: no}
	}
	in := 0
	for _, p := range prefixes {
		switch {
		case anyCovers(space, p):
			in++
		case slices.ContainsFunc(space, func(s netip.Prefix) bool { return s.Overlaps(p) }):
			return match{unknown, fmt.Sprintf("a part of %s lies in %s", p, name)}
		}
	}
	switch in {
	case 0:
		return match{answer: no}
	case len(prefixes):
		return match{answer: yes}
	}
	return match{unknown, fmt.Sprintf("a part of %s lies in %s", prefixList(prefixes), name)}
}
