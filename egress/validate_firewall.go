package egress

import (
	"slices"
	"strings"
)

func (v *validation) firewall(fw *Firewall) {
	v.id("firewall", fw.ID)
	vnet, subnet := v.ix.subnet(fw.SubnetID)
	v.ref(fw.ID, "subnet", fw.SubnetID, subnet != nil)
	if subnet != nil {
		if !strings.EqualFold(subnet.Name, AzureFirewallSubnet) {
			v.fail(fw.ID, "its subnet must be named %s (got %s)", AzureFirewallSubnet, subnet.Name)
		}
		if fw.PrivateIP.IsValid() && !containsAddr(subnet.Prefixes, fw.PrivateIP) {
			v.fail(fw.ID, "private IP %s lies outside subnet %s of VNet %s", fw.PrivateIP, subnet.Name, vnet.Name)
		}
	}
	v.publicRefs(fw.ID, fw.PublicIPIDs, nil)
	v.ref(fw.ID, "firewall policy", fw.PolicyID, v.ix.firewallPolicy(fw.PolicyID) != nil)
	if fw.PolicyID != "" && len(fw.Collections) > 0 {
		v.fail(fw.ID, "has a policy and classic rules: only one is allowed")
	}
	v.collections(fw.ID, fw.Collections)
}

func (v *validation) policy(p *FirewallPolicy) {
	v.id("firewall policy", p.ID)
	v.ref(p.ID, "base policy", p.BasePolicyID, v.ix.firewallPolicy(p.BasePolicyID) != nil)
	var chain []*FirewallPolicy
	for base := p; base != nil; base = v.ix.firewallPolicy(base.BasePolicyID) {
		if slices.Contains(chain, base) {
			v.fail(p.ID, "base policies form a circle")
			break
		}
		chain = append(chain, base)
	}
	if _, err := privateRanges(p.SNATPrivateRanges); err != nil {
		v.fail(p.ID, "%v", err)
	}
	for _, id := range p.AbsentGroupIDs {
		v.fail(p.ID, "rule collection group %s is not in the network", id)
	}
	priorities := map[int]string{}
	for _, g := range p.RuleCollectionGroups {
		v.id("rule collection group", g.ID)
		v.priority(g.ID, g.Priority)
		if other, taken := priorities[g.Priority]; taken {
			v.fail(g.ID, "priority %d belongs to %s too", g.Priority, other)
		}
		priorities[g.Priority] = g.Name
		v.collections(g.ID, g.Collections)
	}
}

// priority checks the range of azure-facts 5.4.
func (v *validation) priority(where string, priority int) {
	if priority < 100 || priority > 65000 {
		v.fail(where, "priority must be 100 to 65000 (got %d)", priority)
	}
}

func (v *validation) collections(owner string, collections []RuleCollection) {
	for _, c := range collections {
		where := owner + " collection " + c.Name
		v.priority(where, c.Priority)
		v.kinds(where, c)
		for _, r := range c.NATRules {
			at := where + " rule " + r.Name
			v.addresses(at, r.Sources, false)
			v.addresses(at, r.Destinations, false)
			v.ports(at, r.Ports)
		}
		for _, r := range c.NetworkRules {
			at := where + " rule " + r.Name
			v.addresses(at, r.Sources, false)
			v.addresses(at, r.Destinations, true)
			v.ports(at, r.Ports)
			if i := slices.IndexFunc(r.FQDNs, func(s string) bool { return strings.Contains(s, "*") }); i >= 0 {
				v.fail(at, "FQDNs of network rules take no wildcard (got %q)", r.FQDNs[i])
			}
		}
		for _, r := range c.ApplicationRules {
			v.applicationRule(where+" rule "+r.Name, r)
		}
	}
}

// kinds checks that the rules of a collection are of one kind, which fits its action.
func (v *validation) kinds(where string, c RuleCollection) {
	filter := len(c.NetworkRules) + len(c.ApplicationRules)
	switch c.Action {
	case ActionAllow, ActionDeny:
		if len(c.NATRules) > 0 {
			v.fail(where, "NAT rules need action DNAT (got %s)", c.Action)
		}
	case ActionDNAT:
		if filter > 0 {
			v.fail(where, "action DNAT takes NAT rules only")
		}
	default:
		v.fail(where, "action must be Allow, Deny or DNAT (got %q)", c.Action)
	}
	if len(c.NetworkRules) > 0 && len(c.ApplicationRules) > 0 {
		v.fail(where, "network and application rules need collections of their own")
	}
}

func (v *validation) applicationRule(at string, r ApplicationRule) {
	v.addresses(at, r.Sources, false)
	for _, name := range r.FQDNs {
		if strings.LastIndex(name, "*") > 0 {
			v.fail(at, "the wildcard of an FQDN stands at the left only (got %q)", name)
		}
	}
	for _, p := range r.Protocols {
		known := slices.ContainsFunc([]string{"Http", "Https", "Mssql"}, func(s string) bool {
			return strings.EqualFold(s, p.Type)
		})
		if !known || p.Port == 0 {
			v.fail(at, "protocol must be Http, Https or Mssql with a port (got %s:%d)", p.Type, p.Port)
		}
	}
}

func (v *validation) addresses(at string, words []string, tags bool) {
	for _, word := range words {
		if _, _, ok := ParseRange(word); !ok && (!tags || !isServiceTag(word)) {
			v.fail(at, "%q is not an address, prefix or range", word)
		}
	}
}

// isServiceTag tells a service tag such as AzureCloud.westeurope from a mistyped address: it starts with a letter.
func isServiceTag(word string) bool {
	return word != "" && (word[0]|0x20 >= 'a' && word[0]|0x20 <= 'z') && !strings.ContainsAny(word, "/:*")
}

func (v *validation) ports(at string, words []string) {
	for _, word := range words {
		if _, _, ok := ParsePorts(word); !ok {
			v.fail(at, "%q is not a port or a range of ports", word)
		}
	}
}
