package azuresim

import (
	"fmt"
	"strings"
)

// checkRuleCollection refuses a collection of a policy whose action or rules do not fit its type.
func checkRuleCollection(policy, group *Record, collection map[string]any) error {
	where := fmt.Sprintf("rule collection %s of %s", text(collection, "name"), group.ID)
	nat := text(collection, "ruleCollectionType") == "FirewallPolicyNatRuleCollection"
	action := text(collection, "action", "type")
	if nat != strings.EqualFold(action, "DNAT") || action == "" {
		return refuseCollectionAction.because(where, action)
	}
	names, ruleType := map[string]bool{}, ""
	for _, rule := range objects(collection, "rules") {
		name, this := strings.ToLower(text(rule, "name")), text(rule, "ruleType")
		if name == "" || names[name] {
			return refuseRuleName.because(where, text(rule, "name"))
		}
		names[name] = true
		if nat != (this == "NatRule") || ruleType != "" && ruleType != this {
			return refuseRuleType.because(where, text(rule, "name"), this)
		}
		ruleType = this
		if err := checkRule(policy, rule, where); err != nil {
			return err
		}
	}
	return nil
}

// ruleParts are the lists that a rule of each type cannot be without.
var ruleParts = map[string][]string{
	"ApplicationRule": {"sourceAddresses", "protocols"},
	"NetworkRule":     {"sourceAddresses", "ipProtocols", "destinationPorts"},
	"NatRule":         {"sourceAddresses", "ipProtocols", "destinationAddresses", "destinationPorts"},
}

func checkRule(policy *Record, rule map[string]any, where string) error {
	ruleType, name := text(rule, "ruleType"), text(rule, "name")
	for _, part := range ruleParts[ruleType] {
		if len(items(rule, part)) == 0 {
			return refuseIncompleteRule.because(name, where, part)
		}
	}
	switch ruleType {
	case "ApplicationRule":
		return checkApplicationRule(rule, where)
	case "NetworkRule":
		return checkNetworkRule(policy, rule, where)
	case "NatRule":
		if text(rule, "translatedPort") == "" || text(rule, "translatedAddress")+text(rule, "translatedFqdn") == "" {
			return refuseNoTranslation.because(name, where)
		}
	}
	return nil
}

// checkApplicationRule refuses a rule without targets, and with two kinds of them.
func checkApplicationRule(rule map[string]any, where string) error {
	names, tags := texts(rule, "targetFqdns"), texts(rule, "fqdnTags")
	switch {
	case len(names)+len(tags) == 0:
		return refuseNoTarget.because(text(rule, "name"), where)
	case len(names) > 0 && len(tags) > 0:
		return refuseBothTargets.because(text(rule, "name"), where)
	default:
		return checkApplicationNames(names, text(rule, "name"), where)
	}
}

// checkNetworkRule refuses a rule without destination, and names where the policy is no DNS proxy.
func checkNetworkRule(policy *Record, rule map[string]any, where string) error {
	name, fqdns := text(rule, "name"), texts(rule, "destinationFqdns")
	if len(fqdns) == 0 && len(items(rule, "destinationAddresses")) == 0 {
		return refuseNoDestination.because(name)
	}
	if len(fqdns) > 0 && !flag(policy.Inputs, "dnsSettings", "enableProxy") {
		return refuseNamesWithoutProxy.because(name, where, policy.ID)
	}
	return checkNetworkNames(fqdns, name, where)
}

// checkApplicationNames refuses a * that is not the first character of its FQDN.
func checkApplicationNames(fqdns []string, rule, where string) error {
	for _, fqdn := range fqdns {
		if strings.LastIndex(fqdn, "*") > 0 {
			return refuseApplicationWildcard.because(rule, where, fqdn)
		}
	}
	return nil
}

// checkNetworkNames refuses any *: network rules work with what DNS answers.
func checkNetworkNames(fqdns []string, rule, where string) error {
	for _, fqdn := range fqdns {
		if strings.Contains(fqdn, "*") {
			return refuseNetworkWildcard.because(rule, where, fqdn)
		}
	}
	return nil
}

// unique finds two items of a list with the same name or priority.
type unique struct {
	names      map[string]bool
	priorities map[any]string
	classic    bool // a firewall's own rules, where the refusal of a second priority differs
}

func newUnique(classic bool) unique { return unique{map[string]bool{}, map[any]string{}, classic} }

func (u unique) add(name string, priority any, where string) error {
	if name == "" || u.names[strings.ToLower(name)] {
		return refuseCollectionName.because(where, name)
	}
	if priority == nil {
		return refuseCollectionPriority.because(name, where)
	}
	other, taken := u.priorities[priority]
	switch {
	case taken && u.classic:
		return refuseTwinClassicPriorities.because(other, name, where, priority)
	case taken:
		return refuseTwinCollections.because(priority)
	}
	u.names[strings.ToLower(name)], u.priorities[priority] = true, name
	return nil
}
