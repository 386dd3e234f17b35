package egress

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// ruleKind orders the rules of a firewall: DNAT before network before application, whatever the priorities
// (azure-facts 5.4).
type ruleKind string

const (
	kindThreat      ruleKind = "threat intelligence"
	kindDNAT        ruleKind = "DNAT"
	kindNetwork     ruleKind = "network"
	kindApplication ruleKind = "application"
	kindNone        ruleKind = "" // no rule matched
)

// firewallNode is a firewall with its rules in the order of processing.
type firewallNode struct {
	*Firewall
	name     string
	subnet   *subnetNode // nil: not in the network
	unknown  string      // why its rules cannot be told; empty: they can
	dnat     []dnatRule
	network  []networkRule
	app      []applicationRule
	covered  map[ApplicationProtocol]bool // ports that some application rule covers; Type in upper case
	dnsProxy bool
	denies   bool     // threat intelligence denies
	exempt   []string // from threat intelligence
	ownSNAT  bool     // the policy has private ranges of its own, so the kind of the matching rule matters
	snat     snatRanges
	exit     *exit
}

// ruleNode is what rules of all kinds have in common.
type ruleNode struct {
	label       string // such as "rcg-aks/allow/required (application rule)"
	name        string
	allow       bool
	sources     addressWords
	notModelled []string
}

type dnatRule struct {
	ruleNode
	*NATRule
	transports   transports
	ports        []portRange
	destinations addressWords
}

type networkRule struct {
	ruleNode
	transports   transports
	ports        []portRange
	destinations addressWords
	fqdns        map[string]bool
}

type applicationRule struct {
	ruleNode
	protocols []ApplicationProtocol // Type in upper case
	hosts     *hostSet
	tags      []*fqdnTag
}

func (m *Model) addFirewall(fw *Firewall) {
	f := &firewallNode{Firewall: fw, name: ShortName(fw.ID), subnet: m.subnet(fw.SubnetID)}
	f.covered = map[ApplicationProtocol]bool{}
	m.firewalls = append(m.firewalls, f)
	if fw.PrivateIP.IsValid() {
		m.byAddress[fw.PrivateIP] = append(m.byAddress[fw.PrivateIP], f)
	}
	f.exit = m.newExit("firewall", fw.ID, "public IPs of the firewall", fw.PublicIPIDs, nil)
	m.loadRules(f)
	if f.subnet != nil {
		f.subnet.knowAnswers(m)
	}
}

// loadRules takes the rules of the base policies first, then by priority of group and collection (azure-facts 5.4).
func (m *Model) loadRules(f *firewallNode) {
	basic := strings.EqualFold(f.Tier, "Basic")
	if f.PolicyID == "" {
		f.dnsProxy = f.DNSProxy && !basic
		f.denies = strings.EqualFold(f.ThreatIntel, "Deny") && !basic
		f.snat = newSNATRanges(nil)
		m.rank(f, "", f.Collections)
		return
	}
	chain, why := m.ix.policyChain(f.PolicyID)
	if why != "" {
		f.unknown = why
		return
	}
	child := chain[0]
	f.dnsProxy = child.DNSProxy && !strings.EqualFold(child.Tier, "Basic") && !basic
	f.ownSNAT = len(child.SNATPrivateRanges) > 0
	f.snat = newSNATRanges(child.SNATPrivateRanges)
	for _, policy := range slices.Backward(chain) {
		// A child's mode is its parent's or stricter (learn.microsoft.com/azure/firewall-manager/policy-overview).
		f.denies = f.denies || strings.EqualFold(policy.ThreatIntel, "Deny") && !basic
		f.exempt = append(f.exempt, policy.ThreatIntelAllowed...)
		groups := slices.Clone(policy.RuleCollectionGroups)
		slices.SortStableFunc(groups, func(a, b RuleCollectionGroup) int { return cmp.Compare(a.Priority, b.Priority) })
		for _, group := range groups {
			m.rank(f, group.Name+"/", group.Collections)
		}
	}
}

// policyChain is a policy and its base policies, the child first, or why they cannot be told.
func (ix *index) policyChain(id string) (chain []*FirewallPolicy, why string) {
	for ; id != ""; id = chain[len(chain)-1].BasePolicyID {
		policy := ix.firewallPolicy(id)
		switch {
		case policy == nil:
			return nil, fmt.Sprintf("policy %s is not in the network", id)
		case slices.Contains(chain, policy):
			return nil, fmt.Sprintf("policy %s is its own base policy", ShortName(id))
		case len(policy.AbsentGroupIDs) > 0:
			return nil, fmt.Sprintf("rule collection group %s is not in the network", policy.AbsentGroupIDs[0])
		}
		chain = append(chain, policy)
	}
	return chain, ""
}

// rank appends the rules of collections in order of priority.
func (m *Model) rank(f *firewallNode, group string, collections []RuleCollection) {
	byPriority := make([]*RuleCollection, len(collections))
	for i := range collections {
		byPriority[i] = &collections[i]
	}
	slices.SortStableFunc(byPriority, func(a, b *RuleCollection) int { return cmp.Compare(a.Priority, b.Priority) })
	for _, c := range byPriority {
		m.addRules(f, group+c.Name, c)
	}
}

func (m *Model) addRules(f *firewallNode, path string, c *RuleCollection) {
	rule := func(kind ruleKind, name string, sources, notModelled []string) ruleNode {
		return ruleNode{
			label: fmt.Sprintf("%s/%s (%s rule)", path, name, kind), name: name,
			allow: kind == kindDNAT || c.Action == ActionAllow, sources: newAddressWords(sources), notModelled: notModelled,
		}
	}
	for i := range c.NATRules {
		r := &c.NATRules[i]
		f.dnat = append(f.dnat, dnatRule{
			rule(kindDNAT, r.Name, r.Sources, r.NotModelled), r, newTransports(r.Protocols), newPorts(r.Ports),
			newAddressWords(r.Destinations),
		})
	}
	for i := range c.NetworkRules {
		r := &c.NetworkRules[i]
		node := networkRule{
			rule(kindNetwork, r.Name, r.Sources, r.NotModelled), newTransports(r.Protocols), newPorts(r.Ports),
			newAddressWords(r.Destinations),
			map[string]bool{},
		}
		for _, name := range r.FQDNs {
			node.fqdns[hostKey(name)] = true
		}
		f.network = append(f.network, node)
	}
	for i := range c.ApplicationRules {
		r := &c.ApplicationRules[i]
		node := applicationRule{
			ruleNode: rule(kindApplication, r.Name, r.Sources, r.NotModelled), hosts: newHostSet(r.FQDNs),
		}
		for _, p := range r.Protocols {
			p.Type = strings.ToUpper(p.Type)
			node.protocols = append(node.protocols, p)
			f.covered[p] = true
		}
		for _, tag := range r.FQDNTags {
			node.tags = append(node.tags, m.fqdnTag(tag))
		}
		f.app = append(f.app, node)
	}
}

// exempts says whether the allow-list of threat intelligence holds the destination.
func (f *firewallNode) exempts(flow Flow, host string) bool {
	return slices.ContainsFunc(f.exempt, func(word string) bool {
		if host != "" && newHostSet([]string{word}).has(host) {
			return true
		}
		low, high, ok := ParseRange(word)
		return ok && flow.Addr.IsValid() && low.Compare(flow.Addr) <= 0 && flow.Addr.Compare(high) <= 0
	})
}

// snatRanges are the destinations that a firewall's network rules reach without source translation.
type snatRanges struct {
	prefixes []netip.Prefix
	invalid  string
}

func newSNATRanges(words []string) snatRanges {
	if len(words) == 0 {
		return snatRanges{prefixes: reservedPrefixes}
	}
	prefixes, err := privateRanges(words)
	if err != nil {
		return snatRanges{invalid: err.Error()}
	}
	return snatRanges{prefixes: prefixes}
}
