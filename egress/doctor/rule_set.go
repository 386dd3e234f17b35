package doctor

import (
	"slices"
	"strings"

	"aks-egress/egress"
)

// ruleSet is what one firewall works by: the rules of its policy and the policies below it, or its classic rules. A
// policy that no firewall and no other policy uses is a set of its own, since its mistakes wait for a firewall.
type ruleSet struct {
	id       string // of the firewall, or of a policy without one
	settings string // id of what holds DNS and threat intelligence settings: the policy, or a classic firewall
	basic    bool   // firewall or policy are of tier Basic, which lacks much
	dnsProxy bool
	threat   string
	rules    []collection // in no particular order
}

// collection is a rule collection with its owner.
type collection struct {
	owner string // id of the policy, or of a classic firewall
	path  string // names of group and collection
	*egress.RuleCollection
}

func (x *examination) ruleSets() []*ruleSet {
	var sets []*ruleSet
	used := map[string]bool{}
	for i := range x.n.Firewalls {
		fw := &x.n.Firewalls[i]
		set := &ruleSet{id: fw.ID, basic: same(fw.Tier, "Basic")}
		if fw.PolicyID == "" {
			set.settings, set.dnsProxy, set.threat = fw.ID, fw.DNSProxy, fw.ThreatIntel
			set.add(fw.ID, "", fw.Collections)
		} else {
			x.addPolicies(set, fw.PolicyID, used)
		}
		sets = append(sets, set)
	}
	for i := range x.n.FirewallPolicies {
		used[strings.ToLower(x.n.FirewallPolicies[i].BasePolicyID)] = true
	}
	for i := range x.n.FirewallPolicies {
		if p := &x.n.FirewallPolicies[i]; !used[strings.ToLower(p.ID)] {
			set := &ruleSet{id: p.ID}
			x.addPolicies(set, p.ID, used)
			sets = append(sets, set)
		}
	}
	return sets
}

// addPolicies adds a policy and those below it, of which the network may lack some.
func (x *examination) addPolicies(set *ruleSet, id string, used map[string]bool) {
	var chain []*egress.FirewallPolicy
	for p := x.policy(id); p != nil && !slices.Contains(chain, p); p = x.policy(p.BasePolicyID) {
		chain = append(chain, p)
		used[strings.ToLower(p.ID)] = true
		for i := range p.RuleCollectionGroups {
			g := &p.RuleCollectionGroups[i]
			set.add(p.ID, g.Name+"/", g.Collections)
		}
	}
	if len(chain) > 0 {
		own := chain[0]
		set.settings, set.dnsProxy, set.threat = own.ID, own.DNSProxy, own.ThreatIntel
		set.basic = set.basic || same(own.Tier, "Basic")
	}
}

func (s *ruleSet) add(owner, prefix string, collections []egress.RuleCollection) {
	for i := range collections {
		s.rules = append(s.rules, collection{owner, prefix + collections[i].Name, &collections[i]})
	}
}

// networkRules runs f on every network rule of every set.
func (x *examination) networkRules(f func(*ruleSet, collection, *egress.NetworkRule) []Finding) []Finding {
	var found []Finding
	for _, set := range x.rules {
		for _, c := range set.rules {
			for i := range c.NetworkRules {
				found = append(found, f(set, c, &c.NetworkRules[i])...)
			}
		}
	}
	return found
}

// applicationRules runs f on every application rule of every set.
func (x *examination) applicationRules(f func(*ruleSet, collection, *egress.ApplicationRule) []Finding) []Finding {
	var found []Finding
	for _, set := range x.rules {
		for _, c := range set.rules {
			for i := range c.ApplicationRules {
				found = append(found, f(set, c, &c.ApplicationRules[i])...)
			}
		}
	}
	return found
}

// rule names a rule in a sentence.
func (c collection) rule(name string) string {
	return c.path + "/" + name + " of " + short(c.owner)
}
