package azuresim

import (
	"fmt"
	"strings"
)

func init() { refusalCases = append(refusalCases, policyCases, ruleGroupCases, ruleCases) }

// inherited is a policy that another one inherits from, and a policy for itself.
func inherited(s *site) {
	s.make("network:FirewallPolicy", "parent", standardTier)
	s.make("network:FirewallPolicy", "child", with(standardTier, input{"basePolicy": s.ref("parent")}))
	s.make("network:FirewallPolicy", "spare", standardTier)
}

var standardTier = input{"sku": input{"tier": "Standard"}}

// policing creates a policy of a tier.
func policing(tier string, more input) func(s *site) error {
	return creating("network:FirewallPolicy", "policy", plainly(with(input{"sku": input{"tier": tier}}, more)))
}

// basedOn creates a policy of a tier with a base policy of the site.
func basedOn(tier, base string) func(s *site) error {
	return creating("network:FirewallPolicy", "policy", func(s *site) input {
		return input{"sku": input{"tier": tier}, "basePolicy": s.ref(base)}
	})
}

var policyCases = []refusalCase{
	siteCase(refusePolicyInUse, "Firewall policy "+inNetwork("firewallPolicies/parent")+" is in use by "+
		inNetwork("firewallPolicies/child")+" and cannot be deleted.", inherited, dropping("parent"), dropping("spare")),
	siteCase(refusePolicyInUse, "Firewall policy "+inNetwork("firewallPolicies/Standard")+" is in use by "+
		inNetwork("azureFirewalls/fw")+" and cannot be deleted.",
		func(s *site) {
			policies(s)
			s.make("network:AzureFirewall", "fw", firewallAt(s, input{"firewallPolicy": s.ref("Standard")}))
		},
		dropping("Standard"), dropping("Premium")),
	siteCase(refusePolicyTierChange, "Firewall Policy Standard cannot change sku from SKU Tier=Standard to SKU "+
		"Tier=Premium",
		policies, changing("Standard", plainly(input{"sku": input{"tier": "Premium"}})),
		changing("Standard", plainly(input{"threatIntelMode": "Deny"}))),
	siteCase(refuseHigherTierProperties, " contains higher tier only properties - DNS Proxy and Custom DNS", nil,
		policing("Basic", input{"dnsSettings": input{"enableProxy": false}}), policing("Basic", nil)),
	siteCase(refuseHigherTierProperties, " contains higher tier only properties - Intrusion Detection", nil,
		policing("Standard", input{"intrusionDetection": input{"mode": "Off"}}),
		policing("Premium", input{"intrusionDetection": input{"mode": "Off"}})),
	siteCase(refuseBasicDeny, "Firewall policy "+inNetwork("firewallPolicies/policy")+
		" of tier Basic cannot have threatIntelMode Deny.", nil,
		policing("Basic", input{"threatIntelMode": "Deny"}), policing("Standard", input{"threatIntelMode": "Deny"})),
	siteCase(refuseOwnBase, "Firewall policy "+inNetwork("firewallPolicies/parent")+" cannot be its own base policy.",
		inherited, changing("parent", func(s *site) input { return input{"basePolicy": s.ref("child")} }),
		changing("parent", func(s *site) input { return input{"basePolicy": s.ref("spare")} })),
	siteCase(refuseBaseTier, "of tier Standard cannot have base policy "+inNetwork("firewallPolicies/Premium")+
		" of tier Premium.", policies, basedOn("Standard", "Premium"), basedOn("Premium", "Standard")),
}

func onePolicy(s *site) { s.make("network:FirewallPolicy", "policy", standardTier) }

// proxyPolicy is a policy that is a DNS proxy.
func proxyPolicy(s *site) {
	s.make("network:FirewallPolicy", "policy", with(standardTier, input{"dnsSettings": input{"enableProxy": true}}))
}

// oneGroup is a policy with a rule collection group of priority 400.
func oneGroup(s *site) {
	onePolicy(s)
	s.make("network:FirewallPolicyRuleCollectionGroup", "first", ruleGroup(400))
}

// grouping creates a rule collection group with these collections.
func grouping(priority float64, collections ...input) func(s *site) error {
	return creating("network:FirewallPolicyRuleCollectionGroup", "group", plainly(ruleGroup(priority, collections...)))
}

// proxyInUse is a policy whose DNS proxy a network rule needs.
func proxyInUse(s *site) {
	proxyPolicy(s)
	s.make("network:FirewallPolicyRuleCollectionGroup", "group",
		ruleGroup(400, networkRules(100, toName("ntp.ubuntu.com"))))
}

// toName is a network rule whose destination is an FQDN.
func toName(fqdn string) input {
	return input{"destinationAddresses": []any{}, "destinationFqdns": []any{fqdn}}
}

var ruleGroupCases = []refusalCase{
	siteCase(refuseManyGroups, "Firewall policy "+inNetwork("firewallPolicies/policy")+
		" can have 60 rule collection groups at most (got 61).",
		func(s *site) {
			onePolicy(s)
			s.hold("network:FirewallPolicyRuleCollectionGroup", 60, func(i int) (string, map[string]any) {
				return inNetwork(fmt.Sprint("firewallPolicies/policy/ruleCollectionGroups/held", i)),
					map[string]any{"priority": float64(1000 + i)}
			})
		},
		grouping(400), inOrder(dropping("held"), grouping(400))),
	siteCase(refuseTwinGroups, "Rule collection groups first and group of firewall policy "+
		inNetwork("firewallPolicies/policy")+" have the same priority 400.", oneGroup, grouping(400), grouping(401)),
	siteCase(refuseGroupSize, "can have 2097152 bytes at most", onePolicy,
		grouping(400, networkRules(100, input{"description": strings.Repeat("x", 2<<20)})),
		grouping(400, networkRules(100, input{"description": strings.Repeat("x", 2<<20-4096)}))),
	siteCase(refuseGroupPriority, "Rule collection group "+
		inNetwork("firewallPolicies/policy/ruleCollectionGroups/group")+" needs a priority from 100 to 65000.", onePolicy,
		creating("network:FirewallPolicyRuleCollectionGroup", "group", plainly(input{"firewallPolicyName": "policy"})),
		grouping(65000)),
	siteCase(refuseCollectionName, `need different names (got "net").`, onePolicy,
		grouping(400, networkRules(100, nil), networkRules(200, nil)),
		grouping(400, networkRules(100, nil), with(networkRules(200, nil), input{"name": "net2"}))),
	siteCase(refuseCollectionPriority, "Rule collection net of rule collection group", onePolicy,
		grouping(400, without(networkRules(100, nil), "priority")), grouping(400, networkRules(100, nil))),
	siteCase(refuseTwinCollections, "Invalid Rule Collection Group. Priority 100 used for more than one rule collection.",
		onePolicy, grouping(400, networkRules(100, nil), with(networkRules(100, nil), input{"name": "net2"})),
		grouping(400, networkRules(100, nil), with(networkRules(101, nil), input{"name": "net2"}))),
	siteCase(refuseNamesWithoutProxy, "names FQDNs, and firewall policy "+inNetwork("firewallPolicies/policy")+
		" has no dnsSettings.enableProxy.", proxyInUse, changing("policy", plainly(input{"dnsSettings": nil})),
		changing("policy", plainly(input{"threatIntelMode": "Off"}))),
}

func without(in input, name string) input {
	in = with(in, nil)
	delete(in, name)
	return in
}

// oneCollection is a group of one collection of rules; kind is its ruleCollectionType.
func oneCollection(kind, action string, rules ...any) func(s *site) error {
	return grouping(400, input{
		"ruleCollectionType": kind, "name": "collection", "priority": 100, "action": input{"type": action}, "rules": rules,
	})
}

const (
	filterCollection = "FirewallPolicyFilterRuleCollection"
	natCollection    = "FirewallPolicyNatRuleCollection"
)

func webRule(more input) input {
	return with(input{
		"ruleType": "ApplicationRule", "name": "web", "sourceAddresses": []any{"*"},
		"protocols": []any{input{"protocolType": "Https", "port": 443}}, "targetFqdns": []any{"*.ubuntu.com"},
	}, more)
}

func timeRule(more input) input {
	return with(input{
		"ruleType": "NetworkRule", "name": "time", "ipProtocols": []any{"UDP"}, "sourceAddresses": []any{"10.1.0.0/16"},
		"destinationAddresses": []any{"*"}, "destinationPorts": []any{"123"},
	}, more)
}

func inboundRule(more input) input {
	return with(input{
		"ruleType": "NatRule", "name": "in", "ipProtocols": []any{"TCP"}, "sourceAddresses": []any{"*"},
		"destinationAddresses": []any{"203.0.113.7"}, "destinationPorts": []any{"443"},
		"translatedAddress": "10.1.0.10", "translatedPort": "443",
	}, more)
}

// filtering is a collection that allows these rules.
func filtering(rules ...any) func(s *site) error {
	return oneCollection(filterCollection, "Allow", rules...)
}

var ruleCases = []refusalCase{
	siteCase(refuseCollectionAction, `cannot have the action "Deny".`, onePolicy,
		oneCollection(natCollection, "Deny", inboundRule(nil)), oneCollection(natCollection, "DNAT", inboundRule(nil))),
	siteCase(refuseRuleName, `need different names (got "WEB").`, onePolicy,
		filtering(webRule(nil), webRule(input{"name": "WEB"})), filtering(webRule(nil), webRule(input{"name": "web2"}))),
	siteCase(refuseRuleType, "cannot have the rule time of type NetworkRule.", onePolicy,
		filtering(webRule(nil), timeRule(nil)), filtering(timeRule(nil))),
	siteCase(refuseIncompleteRule, "has no destinationPorts.", onePolicy,
		filtering(without(timeRule(nil), "destinationPorts")), filtering(timeRule(nil))),
	siteCase(refuseNoTarget, "The request is invalid. Rule web in ", onePolicy,
		filtering(webRule(input{"targetFqdns": []any{}})),
		filtering(webRule(input{"targetFqdns": []any{}, "fqdnTags": []any{"AzureKubernetesService"}}))),
	siteCase(refuseBothTargets, "cannot have both targetFqdns and fqdnTags.", onePolicy,
		filtering(webRule(input{"fqdnTags": []any{"AzureKubernetesService"}})), filtering(webRule(nil))),
	siteCase(refuseApplicationWildcard, "has the FQDN www.*.com: * is allowed at the left end only.", onePolicy,
		filtering(webRule(input{"targetFqdns": []any{"www.*.com"}})),
		filtering(webRule(input{"targetFqdns": []any{"*test.com", "*"}}))),
	siteCase(refuseNoDestination, "Firewall Policy Network Rule time must have one of destinationAddresses, "+
		"destinationIpGroups or destinationFqdns specified", onePolicy,
		filtering(without(timeRule(nil), "destinationAddresses")), filtering(timeRule(nil))),
	siteCase(refuseNamesWithoutProxy, "names FQDNs, and firewall policy", onePolicy,
		filtering(timeRule(toName("ntp.ubuntu.com"))), filtering(timeRule(nil))),
	siteCase(refuseNetworkWildcard, "has the FQDN *.ubuntu.com: network rules know no *.", proxyPolicy,
		filtering(timeRule(toName("*.ubuntu.com"))), filtering(timeRule(toName("ntp.ubuntu.com")))),
	siteCase(refuseNoTranslation, "needs translatedPort and translatedAddress or translatedFqdn.", onePolicy,
		oneCollection(natCollection, "DNAT", without(inboundRule(nil), "translatedAddress")),
		oneCollection(natCollection, "DNAT", inboundRule(nil))),
}
