package azuresim

import "strings"

const firewallPolicyToken = "azure-native:network:FirewallPolicy"

// firewallPolicyKind is Microsoft.Network/firewallPolicies.
func firewallPolicyKind() kind {
	return kind{
		token:    firewallPolicyToken,
		path:     networkPath + "/firewallPolicies/{firewallPolicyName}",
		autoname: "firewallPolicyName",
		naming:   randomName,
		absent:   []string{"explicitProxy", "identity", "insights", "sql", "transportSecurity"},
		put:      putFirewallPolicy,
		remove: func(op *operation, r *Record) error {
			for _, h := range op.holders(r.ID, azureFirewallToken, firewallPolicyToken) {
				return refusePolicyInUse.because(r.ID, h.ID)
			}
			return nil
		},
		show: func(op *operation, r *Record) {
			r.Outputs["firewalls"] = op.referrers(r.ID, azureFirewallToken)
			r.Outputs["childPolicies"] = op.referrers(r.ID, firewallPolicyToken)
			groups := []any{}
			for _, group := range op.children(r, ruleGroupToken) {
				groups = append(groups, reference(group.ID))
			}
			r.Outputs["ruleCollectionGroups"] = groups
		},
	}
}

func putFirewallPolicy(op *operation, old, desired *Record) error {
	if err := checkName(desired); err != nil {
		return err
	}
	if err := locationRequired(desired); err != nil {
		return err
	}
	if err := checkPolicyTier(old, desired); err != nil {
		return err
	}
	if err := checkBasePolicy(op, desired); err != nil {
		return err
	}
	desired.Outputs = networkAnswer(desired, "firewallPolicies")
	desired.Outputs["sku"] = map[string]any{"tier": firewallTier(desired.Inputs)}
	desired.Outputs["threatIntelMode"] = canonical(threatMode(desired), "Alert", "Deny", "Off")
	op.put(desired)
	for _, h := range op.holders(desired.ID, azureFirewallToken) {
		if err := checkFirewallRules(op, h.Record); err != nil {
			return err
		}
	}
	for _, group := range op.children(desired, ruleGroupToken) {
		if err := checkRuleGroup(desired, group); err != nil {
			return err
		}
	}
	return nil
}

// threatMode is a policy's threat intelligence mode; Alert is the default.
func threatMode(policy *Record) string {
	if mode := text(policy.Inputs, "threatIntelMode"); mode != "" {
		return mode
	}
	return "Alert"
}

// checkPolicyTier refuses another tier, and what the tier lacks (azure-facts 5.2). Azure looks at which properties are
// there, not at their values.
func checkPolicyTier(old, policy *Record) error {
	tier := firewallTier(policy.Inputs)
	if old != nil && firewallTier(old.Inputs) != tier {
		return refusePolicyTierChange.because(nameOf(policy.ID), firewallTier(old.Inputs), tier)
	}
	switch {
	case tier != "Premium" && object(policy.Inputs, "intrusionDetection") != nil:
		return refuseHigherTierProperties.because(guid("resource", policy.ID), "Intrusion Detection")
	case tier == "Basic" && object(policy.Inputs, "dnsSettings") != nil:
		return refuseHigherTierProperties.because(guid("resource", policy.ID), "DNS Proxy and Custom DNS")
	case tier == "Basic" && strings.EqualFold(threatMode(policy), "Deny"):
		return refuseBasicDeny.because("Firewall policy " + policy.ID)
	default:
		return nil
	}
}

// checkBasePolicy refuses a parent that does not exist, a parent of a higher tier, and circles.
func checkBasePolicy(op *operation, policy *Record) error {
	id := text(policy.Inputs, "basePolicy", "id")
	for seen := map[string]bool{}; id != ""; {
		if sameID(id, policy.ID) || seen[strings.ToLower(id)] {
			return refuseOwnBase.because(policy.ID)
		}
		seen[strings.ToLower(id)] = true
		base, err := op.referenced(id, policy.ID, firewallPolicyToken, "")
		if err != nil {
			return err
		}
		if rank(firewallTier(base.Outputs)) > rank(firewallTier(policy.Inputs)) {
			return refuseBaseTier.because(policy.ID, firewallTier(policy.Inputs), id, firewallTier(base.Outputs))
		}
		id = text(base.Outputs, "basePolicy", "id")
	}
	return nil
}
