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
	kindDNAT        ruleKind = "DNAT"
	kindNetwork     ruleKind = "network"
	kindApplication ruleKind = "application"
	kindNone        ruleKind = "" // no rule matched
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

func (v verdict) says(f Flow) string {
	word := "deny "
	switch {
	case v.nat != nil:
		return fmt.Sprintf("translate %s to %s", f.target(), v.nat.TranslatedAddress+v.nat.TranslatedFQDN)
	case v.effect.allow:
		word = "allow "
	}
	if v.note != "" {
		return word + f.target() + " (" + v.note + ")"
	}
	return word + f.target()
}

// ranked is a rule collection with its place in the order of processing.
type ranked struct {
	path string // names of group and collection
	*RuleCollection
}

// judgement is the state of one firewall's evaluation.
type judgement struct {
	w        *walk
	fw       *Firewall
	sources  []netip.Prefix
	rules    []ranked
	dnsProxy bool
	ownDNS   bool // the sender's VNet asks this firewall for names
	ownSNAT  bool // the policy has private ranges of its own, so the kind of the matching rule matters
	pending  []verdict
}

// judge evaluates the firewall's rules in Azure's order: by kind, then the base policy's before the child's, then
// by priority of group and collection (azure-facts 5.4). The first match decides; no match is a denial. A rule
// whose match cannot be told matters only if it would change the effect.
func (w *walk) judge(fw *Firewall, from place) verdict {
	j := &judgement{w: w, fw: fw, sources: from.sources, ownDNS: slices.Contains(from.vnet.DNSServers, fw.PrivateIP)}
	if reason := j.load(); reason != "" {
		return verdict{unknown: reason}
	}
	for _, kind := range []ruleKind{kindDNAT, kindNetwork, kindApplication} {
		for _, collection := range j.rules {
			if v, done := j.collection(kind, collection); done {
				return j.settle(v)
			}
		}
	}
	return j.settle(verdict{rule: "no rule matched (default deny)", effect: effect{refusal: j.refusal(kindNone)}})
}

// settle checks a verdict against the rules before it whose match could not be told.
func (j *judgement) settle(v verdict) verdict {
	for _, p := range j.pending {
		if p.effect != v.effect || p.nat != nil {
			return p
		}
	}
	return v
}

func (j *judgement) load() (reason string) {
	if j.fw.PolicyID == "" {
		j.dnsProxy = j.fw.DNSProxy && !strings.EqualFold(j.fw.Tier, "Basic")
		j.rules = rank("", j.fw.Collections)
		return ""
	}
	var chain []*FirewallPolicy // child first
	for id := j.fw.PolicyID; id != ""; id = chain[len(chain)-1].BasePolicyID {
		policy := j.w.n.firewallPolicy(id)
		if policy == nil {
			return fmt.Sprintf("policy %s is not in the network", id)
		}
		if slices.Contains(chain, policy) {
			return fmt.Sprintf("policy %s is its own base policy", shortName(id))
		}
		if len(policy.AbsentGroupIDs) > 0 {
			return fmt.Sprintf("rule collection group %s is not in the network", policy.AbsentGroupIDs[0])
		}
		chain = append(chain, policy)
	}
	child := chain[0]
	j.dnsProxy = child.DNSProxy && !strings.EqualFold(child.Tier, "Basic") && !strings.EqualFold(j.fw.Tier, "Basic")
	j.ownSNAT = len(child.SNATPrivateRanges) > 0
	for _, policy := range slices.Backward(chain) {
		groups := slices.Clone(policy.RuleCollectionGroups)
		slices.SortStableFunc(groups, func(a, b RuleCollectionGroup) int { return cmp.Compare(a.Priority, b.Priority) })
		for _, group := range groups {
			j.rules = append(j.rules, rank(group.Name+"/", group.Collections)...)
		}
	}
	return ""
}

func rank(prefix string, collections []RuleCollection) []ranked {
	out := make([]ranked, len(collections))
	for i := range collections {
		out[i] = ranked{prefix + collections[i].Name, &collections[i]}
	}
	slices.SortStableFunc(out, func(a, b ranked) int { return cmp.Compare(a.Priority, b.Priority) })
	return out
}

// collection looks for the first rule of a kind that matches for sure.
func (j *judgement) collection(kind ruleKind, c ranked) (verdict, bool) {
	switch kind {
	case kindDNAT:
		for i := range c.NATRules {
			rule := &c.NATRules[i]
			if v, done := j.weigh(kind, c, rule.Name, j.matchNAT(rule), rule); done {
				return v, true
			}
		}
	case kindNetwork:
		for i := range c.NetworkRules {
			if v, done := j.weigh(kind, c, c.NetworkRules[i].Name, j.matchNetwork(&c.NetworkRules[i]), nil); done {
				return v, true
			}
		}
	case kindApplication:
		for i := range c.ApplicationRules {
			if v, done := j.weigh(kind, c, c.ApplicationRules[i].Name, j.matchApplication(&c.ApplicationRules[i]), nil); done {
				return v, true
			}
		}
	case kindNone: // the kind of no rule
	}
	return verdict{}, false
}

func (j *judgement) weigh(kind ruleKind, c ranked, name string, m match, nat *NATRule) (verdict, bool) {
	if m.answer == no {
		return verdict{}, false
	}
	v := verdict{rule: fmt.Sprintf("%s/%s (%s rule)", c.path, name, kind), kind: kind, nat: nat, note: m.why}
	v.effect.allow = nat != nil || c.Action == ActionAllow
	if !v.effect.allow {
		v.effect.refusal = j.refusal(kind)
	} else {
		private := j.w.flow.Addr.IsValid() && containsAddr(reservedPrefixes, j.w.flow.Addr)
		v.effect.proxied = kind == kindApplication && (private || j.ownSNAT)
	}
	if m.answer == unknown {
		v.note, v.unknown = "", fmt.Sprintf("rule %s: %s", v.rule, m.why)
		j.pending = append(j.pending, v)
		return verdict{}, false
	}
	return v, true
}

// refusal is what a denied client sees (azure-facts 5.5): network rules drop. Where any application rule covers
// protocol and port, the firewall completes the handshake, then answers HTTP with status 470 and closes HTTPS; else
// it drops.
func (j *judgement) refusal(kind ruleKind) Refusal {
	if kind == kindNetwork {
		return RefusedDropped
	}
	for _, c := range j.rules {
		for _, rule := range c.ApplicationRules {
			if !coversPort(rule.Protocols, j.w.flow) {
				continue
			}
			if j.w.flow.Protocol == HTTP {
				return RefusedHTTP470
			}
			return RefusedTLSReset
		}
	}
	return RefusedDropped
}
