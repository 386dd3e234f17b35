package topology

import (
	"slices"
	"strings"

	"aks-egress/egress"
)

func (b *builder) azureFirewall(id string, p *properties) bool {
	sku := p.object("sku")
	fw := egress.Firewall{
		ID: id, Name: lastName(id), Location: p.text("location"), Tier: sku.text("tier"),
		PolicyID: p.object("firewallPolicy").text("id"), ThreatIntel: p.text("threatIntelMode"),
		DNSProxy:           strings.EqualFold(p.object("additionalProperties").text("Network.DNS.EnableProxy"), "true"),
		ManagementSubnetID: p.object("managementIpConfiguration").object("subnet").text("id"), Zones: p.texts("zones"),
	}
	for _, c := range p.objects("ipConfigurations") {
		if addr := c.addr("privateIPAddress"); !fw.PrivateIP.IsValid() {
			fw.PrivateIP = addr
		}
		if fw.SubnetID == "" { // only the first configuration carries it (azure-facts 5.1)
			fw.SubnetID = c.object("subnet").text("id")
		}
		if ip := c.object("publicIPAddress").text("id"); ip != "" {
			fw.PublicIPIDs = append(fw.PublicIPIDs, ip)
		}
	}
	if hub := p.object("hubIPAddresses").addr("privateIPAddress"); hub.IsValid() {
		fw.PrivateIP = hub
	}
	for _, key := range []string{"natRuleCollections", "networkRuleCollections", "applicationRuleCollections"} {
		for _, c := range p.objects(key) {
			fw.Collections = append(fw.Collections, b.readClassicCollection(key, c))
		}
	}
	b.network.Firewalls = append(b.network.Firewalls, fw)
	return true
}

// readClassicCollection reads a collection of classic rules. Classic NAT collections say Dnat where policies say
// DNAT.
func (b *builder) readClassicCollection(key string, p *properties) egress.RuleCollection {
	c := egress.RuleCollection{Name: p.text("name"), Priority: p.number("priority"), Action: readAction(p)}
	for _, r := range p.objects("rules") {
		switch key {
		case "natRuleCollections":
			c.NATRules = append(c.NATRules, b.readNATRule(r, "protocols"))
		case "networkRuleCollections":
			c.NetworkRules = append(c.NetworkRules, b.readNetworkRule(r, "protocols"))
		default:
			c.ApplicationRules = append(c.ApplicationRules, b.readApplicationRule(r))
		}
	}
	return c
}

func (b *builder) firewallPolicy(id string, p *properties) bool {
	allowed := p.object("threatIntelWhitelist")
	policy := egress.FirewallPolicy{
		ID: id, Name: lastName(id), Tier: p.object("sku").text("tier"), DNSProxy: p.object("dnsSettings").flag("enableProxy"),
		ThreatIntel: p.text("threatIntelMode"), BasePolicyID: p.object("basePolicy").text("id"),
		ThreatIntelAllowed: append(allowed.texts("fqdns"), allowed.texts("ipAddresses")...),
		SNATPrivateRanges:  p.object("snat").texts("privateRanges"), AbsentGroupIDs: p.ids("ruleCollectionGroups"),
	}
	b.network.FirewallPolicies = put(b, b.network.FirewallPolicies, "policies", id, policy)
	return true
}

func (b *builder) policy(id string) *egress.FirewallPolicy {
	return find(b, b.network.FirewallPolicies, "policies", id)
}

func (b *builder) ruleCollectionGroup(id string, p *properties) bool {
	policy := b.policy(parentID(id))
	if policy == nil {
		return false
	}
	group := egress.RuleCollectionGroup{ID: id, Name: lastName(id), Priority: p.number("priority")}
	for _, c := range p.objects("ruleCollections") {
		group.Collections = append(group.Collections, b.readCollection(c))
	}
	policy.RuleCollectionGroups = append(policy.RuleCollectionGroups, group)
	here := func(absent string) bool { return strings.EqualFold(absent, id) }
	if policy.AbsentGroupIDs = slices.DeleteFunc(policy.AbsentGroupIDs, here); len(policy.AbsentGroupIDs) == 0 {
		policy.AbsentGroupIDs = nil
	}
	return true
}

// absentGroup notes a rule collection group that the policy has and the network cannot have.
func (b *builder) absentGroup(id string) {
	if policy := b.policy(parentID(id)); policy != nil {
		policy.AbsentGroupIDs = addID(policy.AbsentGroupIDs, id)
	}
}

// readCollection reads a rule collection; the provider does not check rules, so an unknown ruleType is an error here.
func (b *builder) readCollection(p *properties) egress.RuleCollection {
	c := egress.RuleCollection{Name: p.text("name"), Priority: p.number("priority"), Action: readAction(p)}
	for _, r := range p.objects("rules") {
		switch kind := r.text("ruleType"); kind {
		case "NatRule":
			c.NATRules = append(c.NATRules, b.readNATRule(r, "ipProtocols"))
		case "NetworkRule":
			c.NetworkRules = append(c.NetworkRules, b.readNetworkRule(r, "ipProtocols"))
		case "ApplicationRule":
			c.ApplicationRules = append(c.ApplicationRules, b.readApplicationRule(r))
		default:
			r.fail("ruleType", "must be NatRule, NetworkRule or ApplicationRule", kind)
		}
	}
	return c
}

func readAction(p *properties) egress.RuleAction {
	kind := p.object("action").text("type")
	for _, action := range []egress.RuleAction{egress.ActionAllow, egress.ActionDeny, egress.ActionDNAT} {
		if strings.EqualFold(kind, string(action)) {
			return action
		}
	}
	p.fail("action.type", "must be Allow, Deny or DNAT", kind)
	return ""
}

func (b *builder) readNATRule(p *properties, protocols string) egress.NATRule {
	r := egress.NATRule{
		Name: p.text("name"), Protocols: p.texts(protocols), Ports: p.texts("destinationPorts"),
		Destinations: p.texts("destinationAddresses"), TranslatedAddress: p.text("translatedAddress"),
		TranslatedFQDN: p.text("translatedFqdn"), TranslatedPort: p.text("translatedPort"),
	}
	r.Sources = b.readAddresses(p, "sourceAddresses", "sourceIpGroups", &r.NotModelled)
	return r
}

func (b *builder) readNetworkRule(p *properties, protocols string) egress.NetworkRule {
	r := egress.NetworkRule{
		Name: p.text("name"), Protocols: p.texts(protocols), FQDNs: p.texts("destinationFqdns"),
		Ports: p.texts("destinationPorts"),
	}
	r.Sources = b.readAddresses(p, "sourceAddresses", "sourceIpGroups", &r.NotModelled)
	r.Destinations = b.readAddresses(p, "destinationAddresses", "destinationIpGroups", &r.NotModelled)
	return r
}

func (b *builder) readApplicationRule(p *properties) egress.ApplicationRule {
	r := egress.ApplicationRule{Name: p.text("name"), FQDNs: p.texts("targetFqdns"), FQDNTags: p.texts("fqdnTags")}
	r.Sources = b.readAddresses(p, "sourceAddresses", "sourceIpGroups", &r.NotModelled)
	r.NotModelled = append(r.NotModelled, p.present("targetUrls", "webCategories")...)
	if addresses := p.texts("destinationAddresses"); len(addresses) > 0 && addresses[0] != "*" {
		r.NotModelled = append(r.NotModelled, "destinationAddresses")
	}
	for _, protocol := range p.objects("protocols") {
		r.Protocols = append(r.Protocols, egress.ApplicationProtocol{
			Type: protocol.text("protocolType"), Port: protocol.port("port"),
		})
	}
	return r
}
