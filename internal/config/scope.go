package config

import "slices"

// refusedValues are values that Azure has or that a later release will have, with the reason why they cannot be used.
var refusedValues = map[string]map[string]string{
	"outboundType": {
		"none": "needs AKS API 2025-01-01 or newer, and the azure-native v2 SDK ends at 2024-09-01: use " +
			"userDefinedRouting, whose firewall blocks what nothing allows",
		"block": "is a preview of AKS that no GA API has, and the azure-native v2 SDK ends at API 2024-09-01: use " +
			"userDefinedRouting, whose firewall blocks what nothing allows",
		"managedNATGatewayV2": "was only in AKS preview APIs; the GA API 2026-06-01 has it as managedNATGateway with " +
			"sku StandardV2, and the azure-native v2 SDK ends at 2024-09-01: use managedNATGateway",
	},
}

// applies reports whether a key has a meaning beside the other values.
func (in *input) applies(name string) bool {
	_, without := in.withoutMeaning(in.keys[name])
	return !without
}

// refuseWithoutMeaning reports every key that is set and has no meaning beside the other values. What else is
// wrong with its value does not matter then.
func (in *input) refuseWithoutMeaning() {
	if !in.good("outboundType") {
		return
	}
	for _, key := range Keys() {
		if key.Name == migrateKey {
			continue // loadMigration explains by Azure's matrix
		}
		if reason, without := in.withoutMeaning(key); without && in.isSet(key.Name) {
			in.problems = slices.DeleteFunc(in.problems, func(p Problem) bool { return p.Key == key.Name })
			if key.Name == "apiServerAuthorizedIpRanges" {
				in.report(key.Name, "", "%s", managedNATRule)
				continue
			}
			in.refuse(key.Name, "has no meaning %s", reason)
		}
	}
}

// WithoutMeaning are the names of the keys that are set and have no meaning beside the other values, sorted. Values are
// those of Load, which refuses such keys.
func WithoutMeaning(values map[string]string) []string {
	in := read(values)
	if !in.good("outboundType") {
		return nil
	}
	var names []string
	for _, key := range Keys() {
		if _, without := in.withoutMeaning(key); without && in.isSet(key.Name) && key.Name != migrateKey {
			names = append(names, key.Name)
		}
	}
	slices.Sort(names)
	return names
}

func (in *input) withoutMeaning(key Key) (reason string, without bool) {
	used := func(t OutboundType) bool { return in.builds(t) }
	if len(key.OutboundTypes) > 0 && !slices.ContainsFunc(key.OutboundTypes, used) {
		return "with outboundType " + in.text("outboundType") + ": remove it (it belongs to " + orList(key.OutboundTypes) +
			")", true
	}
	for _, condition := range key.Conditions {
		if reason, without = in.fails(condition); without {
			return reason, true
		}
	}
	return "", false
}

func (in *input) fails(condition Condition) (reason string, fails bool) {
	switch condition {
	case WithOwnHub:
		return "with an existing hub, whose owner decides it: remove it", in.hasExistingHub()
	case WithBasicFirewall:
		return "with firewallTier " + in.text("firewallTier") + ": remove it (only Basic needs a management subnet)",
			in.good("firewallTier") && in.text("firewallTier") != "Basic"
	case WithUserPool:
		return "without userNodeCount: remove it", in.good("userNodeCount") && in.number("userNodeCount") == 0
	case WithPodRange:
		return "with networkPlugin azure without overlay, where pods take addresses of nodeSubnet: remove it",
			in.good("networkPlugin", "networkPluginMode") && !in.hasPodRange()
	case WithGateway:
		return "with ingress " + in.text("ingress") + ": remove it (only a gateway needs a subnet)",
			in.good("ingress") && !in.hasGateway()
	case WithPublicService:
		return "with ingress " + in.text("ingress") + ": remove it (it is about ingress loadBalancer)",
			in.good("ingress") && in.ingress() != IngressLoadBalancer
	default:
		return "", false
	}
}

var existingHubKeys = []string{"existingHubVnetId", "existingFirewallPrivateIp", "existingFirewallPublicIps"}

// hasExistingHub is true as soon as one of its keys is set, so that a forgotten one is not taken for a hub of our own.
func (in *input) hasExistingHub() bool {
	return in.builds(UserDefinedRouting) && slices.ContainsFunc(existingHubKeys, in.isSet)
}

func (in *input) hasPodRange() bool {
	return in.text("networkPlugin") == "kubenet" || in.text("networkPluginMode") == "overlay"
}
