package azuresim

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

const securityRuleToken = "azure-native:network:SecurityRule"

// securityGroupKind is Microsoft.Network/networkSecurityGroups.
func securityGroupKind() kind {
	return kind{
		token:     securityGroupToken,
		path:      networkPath + "/networkSecurityGroups/{networkSecurityGroupName}",
		autoname:  "networkSecurityGroupName",
		naming:    randomName,
		maintains: []string{"securityRules"},
		absent:    below("securityRules[]", securityRuleAbsent),
		put: func(op *operation, _, desired *Record) error {
			if err := checkName(desired); err != nil {
				return err
			}
			if err := locationRequired(desired); err != nil {
				return err
			}
			desired.Outputs = networkAnswer(desired, "networkSecurityGroups")
			delete(desired.Outputs, "securityRules")
			desired.Outputs["resourceGuid"] = guid("resource", desired.ID)
			desired.Outputs["defaultSecurityRules"] = defaultSecurityRules(desired.ID)
			op.put(desired)
			if err := op.replaceChildren(desired, "securityRules", securityRuleToken, "securityRuleName"); err != nil {
				return err
			}
			return op.checkSecurityRules(desired.ID)
		},
		remove: func(op *operation, r *Record) error {
			for _, h := range op.holders(r.ID, subnetToken) {
				return refuseSecurityGroupInUse.because(r.ID, h.ID)
			}
			return nil
		},
		show: func(op *operation, r *Record) {
			r.Outputs["securityRules"] = op.embedded(r, securityRuleToken)
			if subnets := op.referrers(r.ID, subnetToken); len(subnets) > 0 {
				r.Outputs["subnets"] = subnets
			}
		},
	}
}

var securityRuleAbsent = []string{"sourceApplicationSecurityGroups", "destinationApplicationSecurityGroups"}

// securityRuleKind is Microsoft.Network/networkSecurityGroups/securityRules.
func securityRuleKind() kind {
	return kind{
		token:    securityRuleToken,
		path:     networkPath + "/networkSecurityGroups/{networkSecurityGroupName}/securityRules/{securityRuleName}",
		autoname: "securityRuleName",
		naming:   copiedName,
		absent:   securityRuleAbsent,
		put: func(op *operation, _, desired *Record) error {
			if err := checkName(desired); err != nil {
				return err
			}
			if err := checkSecurityRule(desired); err != nil {
				return err
			}
			desired.Outputs = networkAnswer(desired, "networkSecurityGroups/securityRules")
			op.put(desired)
			return op.checkSecurityRules(parentOf(desired.ID))
		},
		remove: func(op *operation, r *Record) error {
			op.remove(r.ID)
			return op.checkApplicationGateways()
		},
	}
}

// checkSecurityRule refuses a rule that is wrong by itself.
func checkSecurityRule(r *Record) error {
	if n, ok := number(r.Inputs, "priority"); !ok || n < 100 || n > 4096 {
		return refuseRulePriority.because(r.Inputs["priority"])
	}
	for _, name := range []string{
		"sourceAddressPrefix", "destinationAddressPrefix", "sourcePortRange",
		"destinationPortRange",
	} {
		values := texts(r.Inputs, plural(name))
		if one := text(r.Inputs, name); one != "" {
			values = append(values, one)
		}
		if len(values) == 0 {
			return refuseRulePart.because(r.ID, name, plural(name))
		}
		for _, v := range values {
			if strings.HasSuffix(name, "PortRange") && !isPortRange(v) {
				return refuseRulePorts.because(v)
			}
			if strings.HasSuffix(name, "AddressPrefix") && !isAddressOrTag(v) {
				return refuseRuleAddress.because(r.ID, v)
			}
		}
	}
	return nil
}

func plural(name string) string {
	if strings.HasSuffix(name, "x") {
		return name + "es"
	}
	return name + "s"
}

// isPortRange accepts "*", "443" and "8000-8080".
func isPortRange(s string) bool {
	if s == "*" {
		return true
	}
	first, last, isRange := strings.Cut(s, "-")
	if !isRange {
		last = first
	}
	a, errA := strconv.ParseUint(first, 10, 16)
	b, errB := strconv.ParseUint(last, 10, 16)
	return errA == nil && errB == nil && a <= b
}

var tagName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)?$`)

// isAddressOrTag accepts "*", an address, a prefix and the form of a service tag.
func isAddressOrTag(s string) bool {
	if s == "*" || tagName.MatchString(s) {
		return true
	}
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	_, err := netip.ParsePrefix(s)
	return err == nil
}

// mostSecurityRules is how many rules a network security group can have (azure-facts 4).
const mostSecurityRules = 1000

// checkSecurityRules refuses two rules of a group with the same priority and direction, too many, and ones that an
// application gateway in a subnet forbids.
func (op *operation) checkSecurityRules(group string) error {
	type place struct {
		priority  any
		direction string
	}
	taken, rules := map[place]string{}, op.children(&Record{ID: group}, securityRuleToken)
	if len(rules) > mostSecurityRules {
		return refuseManyRules.because(group, mostSecurityRules, len(rules))
	}
	for _, r := range rules {
		at := place{r.Outputs["priority"], strings.ToLower(text(r.Outputs, "direction"))}
		if other, ok := taken[at]; ok {
			return refuseTwinRules.because(nameOf(r.ID), other)
		}
		taken[at] = nameOf(r.ID)
	}
	return op.checkApplicationGateways()
}

// defaultSecurityRules are the six rules that every group has.
func defaultSecurityRules(group string) []any {
	var list []any
	for _, d := range []struct {
		name, direction, access, source, destination string
		priority                                     float64
	}{
		{"AllowVnetInBound", "Inbound", "Allow", "VirtualNetwork", "VirtualNetwork", 65000},
		{"AllowAzureLoadBalancerInBound", "Inbound", "Allow", "AzureLoadBalancer", "*", 65001},
		{"DenyAllInBound", "Inbound", "Deny", "*", "*", 65500},
		{"AllowVnetOutBound", "Outbound", "Allow", "VirtualNetwork", "VirtualNetwork", 65000},
		{"AllowInternetOutBound", "Outbound", "Allow", "*", "Internet", 65001},
		{"DenyAllOutBound", "Outbound", "Deny", "*", "*", 65500},
	} {
		list = append(list, map[string]any{
			"id": group + "/defaultSecurityRules/" + d.name, "name": d.name,
			"type":              "Microsoft.Network/networkSecurityGroups/defaultSecurityRules",
			"provisioningState": "Succeeded", "protocol": "*", "access": d.access, "direction": d.direction,
			"priority": d.priority, "sourceAddressPrefix": d.source, "destinationAddressPrefix": d.destination,
			"sourcePortRange": "*", "destinationPortRange": "*",
		})
	}
	return list
}
