package egress

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// effect is what a verdict means for the flow; verdicts with equal effects need not be told apart.
type effect struct {
	allow   bool
	refusal Refusal
	proxied bool // an application rule translates the source where a network rule might not
}

// verdict is what a firewall decided, or why that cannot be told.
type verdict struct {
	rule    string // such as "rcg-aks/allow/required (application rule)"
	kind    ruleKind
	effect  effect
	nat     *NATRule
	note    string // what makes the match less than certain in practice
	unknown string
}

// action is what happens to the flow.
func (v *verdict) action() string {
	action := "deny"
	switch {
	case v.nat != nil:
		action = "translate to " + v.nat.TranslatedAddress + v.nat.TranslatedFQDN
		if v.nat.TranslatedPort != "" {
			action += ":" + v.nat.TranslatedPort
		}
	case v.effect.allow:
		action = "allow"
	}
	if v.note != "" {
		action += " (" + v.note + ")"
	}
	return action
}

// judgement is the state of one firewall's evaluation.
type judgement struct {
	w       *walk
	fw      *firewallNode
	sources []netip.Prefix
	client  bool      // the sender is some client on the internet, whose address is not known
	ownDNS  bool      // the sender's VNet asks this firewall for names
	pending []verdict // of rules whose match cannot be told
	verdict verdict
}

// defaultDeny is the rule where none matched (azure-facts 5.4).
const defaultDeny = "no rule matched (default deny)"

// judge evaluates the firewall's rules in Azure's order: threat intelligence, then by kind, then the base policy's
// before the child's, then by priority of group and collection (azure-facts 5.4). The first match decides; no match is
// a denial. A rule whose match cannot be told matters only if it would change the effect.
func (w *walk) judge(fw *firewallNode, from place) *verdict {
	j := &w.judgement
	*j = judgement{
		w: w, fw: fw, sources: from.sources, client: from.inbound && len(from.sources) == 0,
		ownDNS:  from.subnet != nil && slices.Contains(from.subnet.vnet.DNSServers, fw.PrivateIP),
		pending: j.pending[:0],
	}
	switch {
	case fw.unknown != "":
		j.verdict.unknown = fw.unknown
		return &j.verdict
	case w.flow.Malicious && fw.denies && !fw.exempts(w.flow, w.host):
		j.verdict = verdict{
			rule: "threat intelligence (Deny)", kind: kindThreat, effect: effect{refusal: fw.refusal(kindNone, w.flow)},
		}
		return &j.verdict
	case j.dnat(), !from.inbound && (j.network() || j.application()):
		return j.settled()
	}
	refusal := RefusedDropped // application rules do not apply to inbound flows
	if !from.inbound {
		refusal = fw.refusal(kindNone, w.flow)
	}
	if strings.HasSuffix(w.host, ".core.windows.net") {
		w.note("the firewall's built-in infrastructure rules, which let out to some of the platform's own storage")
	}
	j.verdict = verdict{rule: defaultDeny, effect: effect{refusal: refusal}}
	return j.settled()
}

// settled is the verdict, unless a rule before it whose match cannot be told would have another effect.
func (j *judgement) settled() *verdict {
	for i := range j.pending {
		if p := &j.pending[i]; p.effect != j.verdict.effect || p.nat != nil {
			return p
		}
	}
	return &j.verdict
}

// dnat says whether a DNAT rule decides; network and application say the same of theirs.
func (j *judgement) dnat() bool {
	for i := range j.fw.dnat {
		rule := &j.fw.dnat[i]
		if j.decides(kindDNAT, &rule.ruleNode, j.matchDNAT(rule), rule.NATRule) {
			return true
		}
	}
	return false
}

func (j *judgement) network() bool {
	for i := range j.fw.network {
		rule := &j.fw.network[i]
		if j.decides(kindNetwork, &rule.ruleNode, j.matchNetwork(rule), nil) {
			return true
		}
	}
	return false
}

func (j *judgement) application() bool {
	switch j.w.flow.Protocol {
	case TCP:
		return j.mssql()
	case UDP:
		return false
	case HTTP, HTTPS:
	}
	host := j.w.host
	if host == "" && j.w.flow.Protocol == HTTP {
		host = j.w.flow.Addr.String() // the Host header of a request to a bare address
	}
	if host == "" {
		return false // HTTPS without a server name is denied (azure-facts 5.5)
	}
	for i := range j.fw.app {
		rule := &j.fw.app[i]
		if j.decides(kindApplication, &rule.ruleNode, j.matchApplication(rule, host), nil) {
			return true
		}
	}
	return false
}

// mssql looks at application rules for SQL Server (azure-facts 5.4), which a flow of TCP may or may not speak.
func (j *judgement) mssql() bool {
	for i := range j.fw.app {
		rule := &j.fw.app[i]
		if !slices.Contains(rule.protocols, ApplicationProtocol{protocolMSSQL, j.w.flow.Port}) {
			continue
		}
		may := match{answer: yes}
		if j.w.host != "" {
			may = j.matchHost(rule, j.w.host)
		}
		if may = both(j.matchSources(&rule.ruleNode), may); may.answer == yes {
			may = match{unknown, "whether the flow speaks MSSQL to a host of the rule is not known"}
		}
		if j.decides(kindApplication, &rule.ruleNode, may, nil) {
			return true
		}
	}
	return false
}

// decides weighs how a rule matches: one that does has the verdict, one that may is pending.
func (j *judgement) decides(kind ruleKind, rule *ruleNode, m match, nat *NATRule) bool {
	if m.answer == no {
		return false
	}
	v := verdict{rule: rule.label, kind: kind, nat: nat, note: m.why, effect: effect{allow: rule.allow}}
	switch {
	case !rule.allow:
		v.effect.refusal = j.fw.refusal(kind, j.w.flow)
	case kind == kindApplication:
		v.effect.proxied = j.w.reserved || j.fw.ownSNAT
		if j.w.flow.Addr.IsValid() && j.w.host != "" && !j.ownDNS { // it ignores the client's address (azure-facts 5.4)
			v.note = "if the firewall, which looks the name up by itself, gets the same address"
		}
	}
	if m.answer == unknown {
		v.note, v.unknown = "", fmt.Sprintf("rule %s: %s", v.rule, m.why)
		j.pending = append(j.pending, v)
		return false
	}
	j.verdict = v
	return true
}

// refusal is what a denied client sees (azure-facts 5.5): network rules drop. Where any application rule covers
// protocol and port, the firewall completes the handshake, then answers HTTP with status 470 and closes HTTPS; else
// it drops.
func (f *firewallNode) refusal(kind ruleKind, flow Flow) Refusal {
	if kind == kindNetwork || !f.covered[ApplicationProtocol{string(flow.Protocol), flow.Port}] {
		return RefusedDropped
	}
	if flow.Protocol == HTTP {
		return RefusedHTTP470
	}
	return RefusedTLSReset
}

func (j *judgement) matchDNAT(rule *dnatRule) match {
	f := &j.w.flow
	if !rule.transports.match(f.Protocol) || !matchPort(rule.ports, f.Port) {
		return match{answer: no}
	}
	destination := match{answer: no} // the firewall's own addresses; a flow to a mere host name does not mean them
	if f.Addr.IsValid() {
		destination = either(rule.destinations.holds(netip.PrefixFrom(f.Addr, f.Addr.BitLen())),
			rule.destinations.notAddresses())
	}
	destination = either(destination, notModelled(rule.notModelled, "destinationIpGroups"))
	return both(j.matchSources(&rule.ruleNode), destination)
}

func (j *judgement) matchNetwork(rule *networkRule) match {
	f := &j.w.flow
	if !rule.transports.match(f.Protocol) || !matchPort(rule.ports, f.Port) {
		return match{answer: no}
	}
	destination := either(j.matchDestinations(rule), j.matchNames(rule))
	destination = either(destination, notModelled(rule.notModelled, "destinationIpGroups"))
	if destination.answer == no {
		return destination
	}
	return both(j.matchSources(&rule.ruleNode), destination)
}

func (j *judgement) matchApplication(rule *applicationRule, host string) match {
	f := &j.w.flow
	if !slices.Contains(rule.protocols, ApplicationProtocol{string(f.Protocol), f.Port}) {
		return match{answer: no}
	}
	return both(j.matchSources(&rule.ruleNode), j.matchHost(rule, host))
}

// matchHost matches a host name against what an application rule says of destinations.
func (j *judgement) matchHost(rule *applicationRule, host string) match {
	names := match{answer: no}
	if rule.hosts.has(host) {
		names = match{answer: yes}
	}
	for _, tag := range rule.tags {
		if names.answer == yes {
			break
		}
		names = either(names, j.w.matchFQDNTag(tag, host))
	}
	names = either(names, notModelled(rule.notModelled, "targetUrls", "webCategories"))
	if names.answer == no {
		return names
	}
	if narrows := notModelled(rule.notModelled, "destinationAddresses"); narrows.answer == unknown {
		names = both(names, narrows)
	}
	return names
}

// matchFQDNTag matches a host against the hosts behind a tag; the rule, not the tag, says which protocols.
func (w *walk) matchFQDNTag(tag *fqdnTag, host string) match {
	if w.region == "" {
		return match{unknown, fmt.Sprintf("FQDN tag %s depends on the region, which is not known", tag.name)}
	}
	hosts := tag.hosts[w.region]
	switch {
	case hosts == nil:
		return match{unknown, fmt.Sprintf("the hosts of FQDN tag %s are not known", tag.name)}
	case hosts.has(host):
		return match{answer: yes}
	}
	return match{answer: no}
}

func (j *judgement) matchSources(rule *ruleNode) match {
	var all match
	if j.client {
		all = rule.sources.holdPublic("the client")
	} else {
		all = rule.sources.holdAll(j.sources)
	}
	if all.answer != yes {
		all = either(all, rule.sources.notAddresses())
	}
	return either(all, notModelled(rule.notModelled, "sourceIpGroups"))
}

// matchDestinations compares addresses and service tags with the flow.
func (j *judgement) matchDestinations(rule *networkRule) match {
	f := &j.w.flow
	var result match
	if f.Addr.IsValid() {
		result = rule.destinations.holds(netip.PrefixFrom(f.Addr, f.Addr.BitLen()))
	} else {
		result = rule.destinations.holdPublic(f.Host)
	}
	for _, word := range rule.destinations.others {
		if result.answer == yes {
			break
		}
		result = either(result, j.matchServiceTag(rule, word))
	}
	return result
}

func (j *judgement) matchServiceTag(rule *networkRule, tag string) match {
	if has, known := j.w.m.tags.holds(tag, j.w.flow.Addr); known {
		if has {
			return match{answer: yes}
		}
		return match{answer: no}
	}
	if j.w.flow.listsTag(tag) {
		return match{answer: yes}
	}
	j.w.note("rule %s, because the flow does not list service tag %s", rule.name, tag)
	return match{answer: no}
}

// matchNames compares FQDNs of a network rule: they need DNS proxy, and tiers above Basic (azure-facts 5.2, 5.4).
func (j *judgement) matchNames(rule *networkRule) match {
	if len(rule.fqdns) == 0 {
		return match{answer: no}
	}
	if !j.fw.dnsProxy {
		j.w.note("the FQDNs of rule %s, because the firewall's DNS proxy is off or its tier is Basic", rule.name)
		return match{answer: no}
	}
	if j.w.host == "" {
		return match{unknown, fmt.Sprintf("its FQDNs may resolve to %s: give the flow a host name", j.w.flow.Addr)}
	}
	if !rule.fqdns[j.w.host] {
		return match{answer: no}
	}
	if !j.ownDNS {
		return match{yes, "if sender and firewall resolve the name alike: the VNet's DNS servers are not the firewall"}
	}
	return match{answer: yes}
}
