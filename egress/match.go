package egress

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"aks-egress/egress/endpoints"
)

// answer is whether a rule matches.
type answer int

const (
	no answer = iota
	yes
	unknown
)

// match is an answer with its reason, which unknown needs.
type match struct {
	answer answer
	why    string
}

// both is the match of two conditions that must hold together.
func both(a, b match) match {
	switch {
	case a.answer == no || b.answer == no:
		return match{answer: no}
	case a.answer == unknown:
		return a
	case b.answer == unknown:
		return b
	case a.why == "":
		return b
	}
	return a
}

// either is the match of two alternatives.
func either(a, b match) match {
	switch {
	case a.answer == yes:
		return a
	case b.answer == yes:
		return b
	case a.answer == unknown:
		return a
	}
	return b
}

func (j *judgement) matchNAT(rule *NATRule) match {
	f := j.w.flow
	if !matchProtocol(rule.Protocols, f.Protocol) || !matchPort(rule.Ports, f.Port) {
		return match{answer: no}
	}
	destination := match{answer: no} // the firewall's own addresses; a flow to a mere host name does not mean them
	if f.Addr.IsValid() {
		destination = matchAddresses(rule.Destinations, netip.PrefixFrom(f.Addr, f.Addr.BitLen()))
	}
	destination = either(destination, notModelled(rule.NotModelled, "destinationIpGroups"))
	return both(j.matchSources(rule.Sources, rule.NotModelled), destination)
}

func (j *judgement) matchNetwork(rule *NetworkRule) match {
	f := j.w.flow
	if !matchProtocol(rule.Protocols, f.Protocol) || !matchPort(rule.Ports, f.Port) {
		return match{answer: no}
	}
	destination := either(j.matchDestinations(rule), j.matchNames(rule))
	destination = either(destination, notModelled(rule.NotModelled, "destinationIpGroups"))
	return both(j.matchSources(rule.Sources, rule.NotModelled), destination)
}

func (j *judgement) matchApplication(rule *ApplicationRule) match {
	f := j.w.flow
	if !coversPort(rule.Protocols, f) {
		return match{answer: no}
	}
	host := f.Host
	if host == "" && f.Protocol == HTTP {
		host = f.Addr.String() // the Host header of a request to a bare address
	}
	if host == "" {
		return match{answer: no} // HTTPS without a server name is denied (azure-facts 5.5)
	}
	names := match{answer: no}
	for _, pattern := range rule.FQDNs {
		if endpoints.MatchHost(strings.TrimSuffix(pattern, "."), strings.TrimSuffix(host, ".")) {
			names = match{answer: yes}
		}
	}
	for _, tag := range rule.FQDNTags {
		names = either(names, matchFQDNTag(tag, j.w.region, host))
	}
	names = either(names, notModelled(rule.NotModelled, "targetUrls", "webCategories"))
	if narrows := notModelled(rule.NotModelled, "destinationAddresses"); narrows.answer == unknown {
		names = both(names, narrows)
	}
	return both(j.matchSources(rule.Sources, rule.NotModelled), names)
}

// matchFQDNTag matches a host against the hosts behind a tag; the rule, not the tag, says which protocols.
func matchFQDNTag(tag, region, host string) match {
	region = strings.ToLower(strings.ReplaceAll(region, " ", ""))
	if region == "" {
		return match{unknown, fmt.Sprintf("FQDN tag %s depends on the region, which is not known", tag)}
	}
	list, ok := endpoints.FQDNTag(tag, region)
	if !ok {
		return match{unknown, fmt.Sprintf("the hosts of FQDN tag %s are not known", tag)}
	}
	for _, e := range list {
		if e.Host != "" && endpoints.MatchHost(e.Host, strings.TrimSuffix(host, ".")) {
			return match{answer: yes}
		}
	}
	return match{answer: no}
}

func (j *judgement) matchSources(sources, properties []string) match {
	all := match{answer: yes}
	for _, source := range j.sources {
		all = both(all, matchAddresses(sources, source))
	}
	if all.answer == no && partly(sources, j.sources) {
		all = match{unknown, fmt.Sprintf("its sources hold only a part of %s", prefixList(j.sources))}
	}
	return either(all, notModelled(properties, "sourceIpGroups"))
}

// partly says whether some of the prefixes match while others do not.
func partly(words []string, prefixes []netip.Prefix) bool {
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return matchAddresses(words, p).answer != no })
}

// matchDestinations compares addresses and service tags with the flow. A flow without an address goes to some
// public address of its host: "everywhere" holds it, a single address or a private prefix does not, of others one
// cannot know.
func (j *judgement) matchDestinations(rule *NetworkRule) match {
	result := match{answer: no}
	for _, word := range rule.Destinations {
		low, high, ok := parseRange(word)
		if !ok {
			result = either(result, j.matchServiceTag(rule, word))
			continue
		}
		result = either(result, j.w.flow.within(word, low, high))
	}
	return result
}

func (f Flow) within(word string, low, high netip.Addr) match {
	if f.Addr.IsValid() {
		if low.Compare(f.Addr) <= 0 && f.Addr.Compare(high) <= 0 {
			return match{answer: yes}
		}
		return match{answer: no}
	}
	switch {
	case low == everywhere.Addr() && high == lastAddr(everywhere):
		return match{answer: yes}
	case low == high, !low.Is4(), privateRange(low, high):
		return match{answer: no}
	}
	return match{unknown, fmt.Sprintf("destination %s may hold the address of %s: give the flow an address", word, f.Host)}
}

func (j *judgement) matchServiceTag(rule *NetworkRule, tag string) match {
	if j.w.flow.hasTag(tag) {
		return match{answer: yes}
	}
	j.w.note("rule %s, because the flow does not list service tag %s", rule.Name, tag)
	return match{answer: no}
}

// matchNames compares FQDNs of a network rule: they need DNS proxy, and tiers above Basic (azure-facts 5.2, 5.4).
func (j *judgement) matchNames(rule *NetworkRule) match {
	if len(rule.FQDNs) == 0 {
		return match{answer: no}
	}
	if !j.dnsProxy {
		j.w.note("the FQDNs of rule %s, because the firewall's DNS proxy is off or its tier is Basic", rule.Name)
		return match{answer: no}
	}
	if j.w.flow.Host == "" {
		return match{unknown, fmt.Sprintf("its FQDNs may resolve to %s: give the flow a host name", j.w.flow.Addr)}
	}
	for _, name := range rule.FQDNs {
		if !strings.EqualFold(strings.TrimSuffix(name, "."), strings.TrimSuffix(j.w.flow.Host, ".")) {
			continue
		}
		if !j.ownDNS {
			return match{yes, "if sender and firewall resolve the name alike: the VNet's DNS servers are not the firewall"}
		}
		return match{answer: yes}
	}
	return match{answer: no}
}

func notModelled(properties []string, names ...string) match {
	for _, name := range names {
		if slices.Contains(properties, name) {
			return match{unknown, name + " are not modelled"}
		}
	}
	return match{answer: no}
}

func matchProtocol(words []string, p Protocol) bool {
	want := "TCP"
	if p == UDP {
		want = "UDP"
	}
	return slices.ContainsFunc(words, func(word string) bool {
		return strings.EqualFold(word, want) || strings.EqualFold(word, "Any")
	})
}

func matchPort(words []string, port uint16) bool {
	return slices.ContainsFunc(words, func(word string) bool {
		low, high, ok := parsePorts(word)
		return ok && low <= port && port <= high
	})
}

// parsePorts reads "*", "443" or "1000-2000".
func parsePorts(word string) (low, high uint16, ok bool) {
	if word == "*" {
		return 0, 65535, true
	}
	first, last, isRange := strings.Cut(word, "-")
	if !isRange {
		last = first
	}
	a, errA := strconv.ParseUint(strings.TrimSpace(first), 10, 16)
	b, errB := strconv.ParseUint(strings.TrimSpace(last), 10, 16)
	return uint16(a), uint16(b), errA == nil && errB == nil && a <= b
}

// coversPort says whether application rule protocols include the protocol and port of an HTTP or HTTPS flow.
func coversPort(protocols []ApplicationProtocol, f Flow) bool {
	if f.Protocol != HTTP && f.Protocol != HTTPS {
		return false
	}
	return slices.ContainsFunc(protocols, func(p ApplicationProtocol) bool {
		return strings.EqualFold(p.Type, string(f.Protocol)) && p.Port == f.Port
	})
}
