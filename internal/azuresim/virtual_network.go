package azuresim

import (
	"net/netip"
)

// virtualNetworkKind is Microsoft.Network/virtualNetworks. Its subnets and peerings are resources of their own, whether
// they came inline or standalone.
func virtualNetworkKind() kind {
	return kind{
		token:     virtualNetworkToken,
		path:      networkPath + "/virtualNetworks/{virtualNetworkName}",
		autoname:  "virtualNetworkName",
		naming:    randomName,
		replace:   []string{"location"},
		maintains: []string{"subnets", "virtualNetworkPeerings"},
		absent: append([]string{
			"bgpCommunities", "ddosProtectionPlan", "enableDdosProtection", "enableVmProtection", "encryption",
			"extendedLocation", "ipAllocations", "addressSpace.ipamPoolPrefixAllocations",
		}, below("subnets[]", subnetAbsent)...),
		put:    putVirtualNetwork,
		remove: removeVirtualNetwork,
		show: func(op *operation, r *Record) {
			r.Outputs["subnets"] = op.embedded(r, subnetToken)
			r.Outputs["virtualNetworkPeerings"] = op.embedded(r, peeringToken)
		},
	}
}

// networkPath begins the path of every resource of the network provider.
const networkPath = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network"

func putVirtualNetwork(op *operation, old, desired *Record) error {
	if err := checkName(desired); err != nil {
		return err
	}
	if name := nameOf(desired.ID); len(name) < 2 || len(name) > 64 {
		return refuseNetworkName.because(name)
	}
	if err := locationRequired(desired); err != nil {
		return err
	}
	if err := checkAddressSpace(desired); err != nil {
		return err
	}
	if old == nil && len(op.list(virtualNetworkToken)) >= mostNetworks {
		return refuseManyNetworks.because(mostNetworks)
	}
	desired.Outputs = networkAnswer(desired, "virtualNetworks")
	delete(desired.Outputs, "subnets")
	delete(desired.Outputs, "virtualNetworkPeerings")
	fill(desired.Outputs, "enableDdosProtection", false)
	fill(desired.Outputs, "privateEndpointVNetPolicies", "Disabled")
	desired.Outputs["resourceGuid"] = guid("resource", desired.ID)
	op.put(desired)
	if err := op.replaceChildren(desired, "subnets", subnetToken, "subnetName"); err != nil {
		return err
	}
	if err := op.checkSubnets(desired); err != nil {
		return err
	}
	if err := op.replaceChildren(desired, "virtualNetworkPeerings", peeringToken,
		"virtualNetworkPeeringName"); err != nil {
		return err
	}
	return op.checkPeerings(desired)
}

// mostNetworks is how many virtual networks a subscription can have (azure-facts 4).
const mostNetworks = 1000

// checkAddressSpace refuses an address space that is wrong by itself.
func checkAddressSpace(network *Record) error {
	space, err := prefixes(network.ID, texts(network.Inputs, "addressSpace", "addressPrefixes"))
	if err != nil {
		return err
	}
	if len(space) == 0 {
		return refuseEmptySpace.because(network.ID)
	}
	for i, a := range space {
		for _, b := range space[:i] {
			if a.Overlaps(b) {
				return refuseSpaceOverlap.because(b, a, network.ID)
			}
		}
	}
	return nil
}

// checkSubnets refuses subnets outside the network's address space and subnets that overlap.
func (op *operation) checkSubnets(network *Record) error {
	space, err := prefixes(network.ID, texts(network.Outputs, "addressSpace", "addressPrefixes"))
	if err != nil {
		return err
	}
	type taken struct {
		name   string
		prefix netip.Prefix
	}
	var all []taken
	for _, subnet := range op.children(network, subnetToken) {
		ranges, err := subnetPrefixes(subnet)
		if err != nil {
			return err
		}
		for _, prefix := range ranges {
			if !contains(space, prefix) {
				return refuseSubnetOutside.because(nameOf(subnet.ID), nameOf(network.ID))
			}
			for _, other := range all {
				if other.prefix.Overlaps(prefix) {
					return refuseSubnetOverlap.because(nameOf(subnet.ID), nameOf(network.ID))
				}
			}
			all = append(all, taken{nameOf(subnet.ID), prefix})
		}
	}
	return nil
}

// contains tells whether one of the ranges holds the whole prefix.
func contains(ranges []netip.Prefix, prefix netip.Prefix) bool {
	for _, r := range ranges {
		if r.Bits() <= prefix.Bits() && r.Contains(prefix.Addr()) {
			return true
		}
	}
	return false
}

// removeVirtualNetwork refuses while something is in a subnet, and disconnects the other sides of its peerings.
func removeVirtualNetwork(op *operation, r *Record) error {
	for _, token := range []string{subnetToken, peeringToken} {
		for _, child := range op.children(r, token) {
			if err := op.delete(child); err != nil {
				return err
			}
		}
	}
	return nil
}

// prefixes parses IPv4 CIDRs of a resource in Azure's words.
func prefixes(id string, cidrs []string) ([]netip.Prefix, error) {
	var found []netip.Prefix
	for _, cidr := range cidrs {
		prefix, err := netip.ParsePrefix(cidr)
		switch {
		case err != nil:
			return nil, refusePrefixFormat.because(cidr, id)
		case prefix != prefix.Masked():
			return nil, refuseHostBits.because(cidr, id, prefix.Masked())
		case !prefix.Addr().Is4():
			return nil, notSimulated(id, "IPv6 address prefix "+cidr)
		}
		found = append(found, prefix)
	}
	return found, nil
}

// below puts a path before each of others.
func below(path string, others []string) []string {
	joined := make([]string, len(others))
	for i, other := range others {
		joined[i] = path + "." + other
	}
	return joined
}
