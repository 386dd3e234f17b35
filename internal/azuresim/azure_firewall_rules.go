package azuresim

import "strings"

// checkFirewallRules refuses a policy that does not fit, and rules of its own beside a policy (azure-facts 5.4).
func checkFirewallRules(op *operation, firewall *Record) error {
	tier := firewallTier(firewall.Inputs)
	if tier == "Basic" && strings.EqualFold(text(firewall.Inputs, "threatIntelMode"), "Deny") {
		return refuseBasicDeny.because("Azure Firewall " + firewall.ID)
	}
	id := text(firewall.Inputs, "firewallPolicy", "id")
	if id == "" {
		return checkClassicRules(firewall)
	}
	policy, err := op.referenced(id, firewall.ID, firewallPolicyToken, text(firewall.Inputs, "location"))
	if err != nil {
		return err
	}
	for _, list := range classicRules {
		if len(items(firewall.Inputs, list)) > 0 {
			return refuseRulesBesidePolicy.because(firewall.ID, list, id)
		}
	}
	if its := firewallTier(policy.Outputs); rank(its) > rank(tier) {
		return refusePolicyOfHigherTier.because(firewall.ID, tier, id, its)
	}
	return nil
}

// rank orders the tiers.
func rank(tier string) int { return map[string]int{"Basic": 0, "Standard": 1, "Premium": 2}[tier] }

// checkClassicRules refuses lists with two collections of one name or priority, and names that network or application
// rules cannot have.
func checkClassicRules(firewall *Record) error {
	for _, list := range classicRules {
		seen := newUnique(true)
		for _, collection := range objects(firewall.Inputs, list) {
			if err := seen.add(text(collection, "name"), collection["priority"], firewall.ID+" "+list); err != nil {
				return err
			}
			if err := checkClassicNames(firewall, list, collection); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkClassicNames refuses names in a collection's rules that rules of this list cannot have (azure-facts 5.4).
func checkClassicNames(firewall *Record, list string, collection map[string]any) error {
	where := firewall.ID + " " + list
	proxy := strings.EqualFold(text(firewall.Inputs, "additionalProperties", "Network.DNS.EnableProxy"), "true")
	for _, rule := range objects(collection, "rules") {
		names := texts(rule, "destinationFqdns")
		if len(names) > 0 && !proxy {
			return refuseClassicNames.because()
		}
		if err := checkNetworkNames(names, text(rule, "name"), where); err != nil {
			return err
		}
		if err := checkApplicationNames(texts(rule, "targetFqdns"), text(rule, "name"), where); err != nil {
			return err
		}
	}
	return nil
}
