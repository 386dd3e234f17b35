package azuresim

import (
	"fmt"
	"strings"
)

const ruleGroupToken = "azure-native:network:FirewallPolicyRuleCollectionGroup"

// mostRuleGroups is how many rule collection groups a policy can have (azure-facts 5.4).
const mostRuleGroups = 60

// ruleGroupKind is Microsoft.Network/firewallPolicies/ruleCollectionGroups.
func ruleGroupKind() kind {
	return kind{
		token:    ruleGroupToken,
		path:     networkPath + "/firewallPolicies/{firewallPolicyName}/ruleCollectionGroups/{ruleCollectionGroupName}",
		autoname: "ruleCollectionGroupName",
		naming:   copiedName,
		absent: []string{
			"ruleCollections[].rules[].sourceIpGroups", "ruleCollections[].rules[].destinationIpGroups",
			"ruleCollections[].rules[].httpHeadersToInsert", "ruleCollections[].rules[].terminateTLS",
			"ruleCollections[].rules[].webCategories", "ruleCollections[].rules[].targetUrls",
		},
		put: func(op *operation, _, desired *Record) error {
			if err := checkName(desired, 1, 80); err != nil {
				return err
			}
			policy, ok := op.get(parentOf(desired.ID))
			if !ok {
				return parentNotFound(parentOf(desired.ID))
			}
			if err := checkRuleGroup(policy, desired); err != nil {
				return err
			}
			desired.Outputs = networkAnswer(desired, "firewallPolicies/ruleCollectionGroups")
			fill(desired.Outputs, "ruleCollections", []any{})
			op.put(desired)
			return op.checkRuleGroups(policy)
		},
	}
}

// checkRuleGroups refuses groups of a policy with the same priority, and too many.
func (op *operation) checkRuleGroups(policy *Record) error {
	groups, taken := op.children(policy, ruleGroupToken), map[any]string{}
	if len(groups) > mostRuleGroups {
		return refuse("BadRequest", "Firewall policy %s can have %d rule collection groups at most (got %d).",
			policy.ID, mostRuleGroups, len(groups))
	}
	for _, group := range groups {
		priority := group.Outputs["priority"]
		if other, ok := taken[priority]; ok {
			return refuse("BadRequest", "Rule collection groups %s and %s of firewall policy %s have the same priority %v.",
				other, nameOf(group.ID), policy.ID, priority)
		}
		taken[priority] = nameOf(group.ID)
	}
	return nil
}

// checkRuleGroup refuses rules that their policy cannot have (azure-facts 5.4).
func checkRuleGroup(policy, group *Record) error {
	if _, ok := number(group.Inputs, "priority"); !ok {
		return refuse("BadRequest", "Rule collection group %s needs a priority from 100 to 65000.", group.ID)
	}
	seen := newUnique()
	for _, collection := range objects(group.Inputs, "ruleCollections") {
		where := fmt.Sprintf("rule collection group %s", group.ID)
		if err := seen.add(text(collection, "name"), collection["priority"], where); err != nil {
			return err
		}
		if err := checkRuleCollection(policy, group, collection); err != nil {
			return err
		}
	}
	return nil
}

func checkRuleCollection(policy, group *Record, collection map[string]any) error {
	where := fmt.Sprintf("rule collection %s of %s", text(collection, "name"), group.ID)
	nat := text(collection, "ruleCollectionType") == "FirewallPolicyNatRuleCollection"
	action := text(collection, "action", "type")
	if nat != strings.EqualFold(action, "DNAT") || action == "" {
		return refuse("BadRequest", "%s cannot have the action %q.", where, action)
	}
	names, ruleType := map[string]bool{}, ""
	for _, rule := range objects(collection, "rules") {
		name, this := strings.ToLower(text(rule, "name")), text(rule, "ruleType")
		if name == "" || names[name] {
			return refuse("BadRequest", "Rules in %s need different names (got %q).", where, text(rule, "name"))
		}
		names[name] = true
		if nat != (this == "NatRule") || ruleType != "" && ruleType != this {
			return refuse("BadRequest", "%s cannot have the rule %s of type %s.", where, text(rule, "name"), this)
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
			return refuse("BadRequest", "Rule %s in %s has no %s.", name, where, part)
		}
	}
	wrong := ""
	switch ruleType {
	case "ApplicationRule":
		wrong = applicationRuleFault(rule)
	case "NetworkRule":
		return checkNetworkRule(policy, rule, where)
	case "NatRule":
		if text(rule, "translatedPort") == "" || text(rule, "translatedAddress")+text(rule, "translatedFqdn") == "" {
			wrong = "needs translatedPort and translatedAddress or translatedFqdn"
		}
	}
	if wrong != "" {
		return refuse("BadRequest", "Rule %s in %s %s.", name, where, wrong)
	}
	return nil
}

// applicationRuleFault is what is wrong with the targets of an application rule, or "".
func applicationRuleFault(rule map[string]any) string {
	names, tags := len(items(rule, "targetFqdns")), len(items(rule, "fqdnTags"))
	switch {
	case names+tags == 0:
		return "has neither targetFqdns nor fqdnTags"
	case names > 0 && tags > 0:
		return "cannot have both targetFqdns and fqdnTags"
	default:
		return ""
	}
}

// checkNetworkRule refuses a rule without destination, and names where the policy is no DNS proxy.
func checkNetworkRule(policy *Record, rule map[string]any, where string) error {
	names := len(items(rule, "destinationFqdns")) > 0
	if !names && len(items(rule, "destinationAddresses")) == 0 {
		return refuse("BadRequest", "Rule %s in %s has neither destinationAddresses nor destinationFqdns.",
			text(rule, "name"), where)
	}
	if names && !flag(policy.Inputs, "dnsSettings", "enableProxy") {
		return refuse("AzureFirewallDNSProxyMustBeEnabled",
			"DNS Proxy must be enabled in order to use DestinationFqdns in Network Rules.")
	}
	return nil
}

// unique finds two items of a list with the same name or priority.
type unique struct {
	names      map[string]bool
	priorities map[any]string
}

func newUnique() unique { return unique{map[string]bool{}, map[any]string{}} }

func (u unique) add(name string, priority any, where string) error {
	if name == "" || u.names[strings.ToLower(name)] {
		return refuse("BadRequest", "Rule collections of %s need different names (got %q).", where, name)
	}
	if priority == nil {
		return refuse("BadRequest", "Rule collection %s of %s needs a priority from 100 to 65000.", name, where)
	}
	if other, ok := u.priorities[priority]; ok {
		return refuse("BadRequest", "Rule collections %s and %s of %s have the same priority %v.", other, name, where,
			priority)
	}
	u.names[strings.ToLower(name)], u.priorities[priority] = true, name
	return nil
}
