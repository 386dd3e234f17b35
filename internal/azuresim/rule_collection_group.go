package azuresim

import "encoding/json"

const ruleGroupToken = "azure-native:network:FirewallPolicyRuleCollectionGroup"

// Limits of a policy (azure-facts 5.4).
const (
	mostRuleGroups   = 60
	largestRuleGroup = 2 << 20 // bytes of one group's JSON
)

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
			if err := checkName(desired); err != nil {
				return err
			}
			policy, ok := op.get(parentOf(desired.ID))
			if !ok {
				return refuseMissingParent.because(nameOf(parentOf(desired.ID)))
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
		return refuseManyGroups.because(policy.ID, mostRuleGroups, len(groups))
	}
	for _, group := range groups {
		priority := group.Outputs["priority"]
		if other, ok := taken[priority]; ok {
			return refuseTwinGroups.because(other, nameOf(group.ID), policy.ID, priority)
		}
		taken[priority] = nameOf(group.ID)
	}
	return nil
}

// checkRuleGroup refuses a group that is too large, and rules that their policy cannot have (azure-facts 5.4).
func checkRuleGroup(policy, group *Record) error {
	if _, ok := number(group.Inputs, "priority"); !ok {
		return refuseGroupPriority.because(group.ID)
	}
	body, _ := json.Marshal(group.Inputs) // plain values marshal
	if len(body) > largestRuleGroup {
		return refuseGroupSize.because(group.ID, largestRuleGroup, len(body))
	}
	seen := newUnique(false)
	for _, collection := range objects(group.Inputs, "ruleCollections") {
		where := "rule collection group " + group.ID
		if err := seen.add(text(collection, "name"), collection["priority"], where); err != nil {
			return err
		}
		if err := checkRuleCollection(policy, group, collection); err != nil {
			return err
		}
	}
	return nil
}
