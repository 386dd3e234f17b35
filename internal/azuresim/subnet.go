package azuresim

import (
	"net/netip"
	"strings"
)

// subnetAbsent are inputs of a subnet that the simulation lacks.
var subnetAbsent = []string{
	"applicationGatewayIPConfigurations", "ipAllocations", "ipamPoolPrefixAllocations", "serviceEndpointPolicies",
	"sharingScope",
}

// subnetUsers are the types that take addresses from subnets.
var subnetUsers = []string{
	azureFirewallToken, managedClusterToken, loadBalancerToken, trafficAssociationToken, applicationGatewayToken,
}

// subnetKind is Microsoft.Network/virtualNetworks/subnets.
func subnetKind() kind {
	return kind{
		token:    subnetToken,
		path:     networkPath + "/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
		autoname: "subnetName",
		naming:   copiedName,
		absent:   subnetAbsent,
		put:      putSubnet,
		remove: func(op *operation, r *Record) error {
			for _, h := range op.holders(r.ID, subnetUsers...) {
				return refuseSubnetInUse.because(nameOf(r.ID), h.id)
			}
			return nil
		},
		show: func(op *operation, r *Record) {
			used := []any{}
			for _, h := range op.holders(r.ID, subnetUsers...) {
				used = append(used, reference(h.id))
			}
			if len(used) > 0 {
				r.Outputs["ipConfigurations"] = used
			}
		},
	}
}

func putSubnet(op *operation, old, desired *Record) error {
	if err := checkName(desired); err != nil {
		return err
	}
	network, ok := op.get(parentOf(desired.ID))
	if !ok {
		return refuseMissingParent.because(nameOf(parentOf(desired.ID)))
	}
	if err := checkSubnetRange(desired); err != nil {
		return err
	}
	if err := checkSubnetChange(op, old, desired); err != nil {
		return err
	}
	if err := checkSubnetReferences(op, network, desired); err != nil {
		return err
	}
	desired.Outputs = networkAnswer(desired, "virtualNetworks/subnets")
	for _, name := range []string{"natGateway", "networkSecurityGroup", "routeTable"} {
		if id := text(desired.Inputs, name, "id"); id != "" {
			desired.Outputs[name] = reference(id)
		}
	}
	fill(desired.Outputs, "delegations", []any{})
	fill(desired.Outputs, "privateEndpointNetworkPolicies", "Disabled")
	fill(desired.Outputs, "privateLinkServiceNetworkPolicies", "Enabled")
	identify(desired, "delegations", "delegations")
	op.put(desired)
	if !strings.EqualFold(op.id, network.ID) { // a network checks its inline subnets when all are there
		if err := op.checkSubnets(network); err != nil {
			return err
		}
	}
	return op.checkRoutedSubnets()
}

// checkSubnetRange refuses a subnet without addresses, or with fewer than Azure can use: it keeps five of each subnet,
// so that /29 is the smallest.
func checkSubnetRange(subnet *Record) error {
	ranges, err := subnetPrefixes(subnet)
	if err != nil {
		return err
	}
	if len(ranges) == 0 {
		return refuseSubnetRange.because(subnet.ID)
	}
	for _, prefix := range ranges {
		if prefix.Bits() > 29 {
			return refuseSmallSubnet.because(subnet.ID, prefix)
		}
	}
	return nil
}

// subnetPrefixes are the address ranges that a subnet's inputs, or Azure's answer for one made by AKS, name.
func subnetPrefixes(subnet *Record) ([]netip.Prefix, error) {
	from := subnet.Inputs
	if from == nil {
		from = subnet.Outputs
	}
	cidrs := texts(from, "addressPrefixes")
	if one := text(from, "addressPrefix"); one != "" && len(cidrs) == 0 {
		cidrs = []string{one}
	}
	return prefixes(subnet.ID, cidrs)
}

// checkSubnetChange refuses other addresses for a subnet in use (azure-facts 13).
func checkSubnetChange(op *operation, old, desired *Record) error {
	if old == nil {
		return nil
	}
	before, err := subnetPrefixes(old)
	if err != nil {
		return err
	}
	after, err := subnetPrefixes(desired)
	if err != nil {
		return err
	}
	if err := checkDelegationChange(op, old, desired); err != nil {
		return err
	}
	for _, prefix := range before {
		if contains(after, prefix) {
			continue
		}
		if len(op.holders(desired.ID, subnetUsers...)) > 0 {
			return refuseSubnetPrefixInUse.because(prefix, nameOf(desired.ID))
		}
	}
	return nil
}

// checkDelegationChange refuses other delegations for a subnet in use.
func checkDelegationChange(op *operation, old, desired *Record) error {
	was, is := delegations(old.Inputs), delegations(desired.Inputs)
	if was == is {
		return nil
	}
	users := op.holders(desired.ID, subnetUsers...)
	if len(users) == 0 {
		return nil
	}
	first := users[0]
	if unversioned(first.Token) == trafficAssociationToken {
		return refuseMissingDelegation.because(desired.ID, was, first.ID)
	}
	return refuseDelegationChange.because(nameOf(desired.ID), was, is, first.id)
}

// delegations are the services that a subnet is delegated to, as Azure's messages list them.
func delegations(subnet map[string]any) string {
	var services []string
	for _, d := range objects(subnet, "delegations") {
		services = append(services, text(d, "serviceName"))
	}
	return strings.Join(services, ",")
}

// checkSubnetReferences refuses what does not exist, is in another region or cannot be on this subnet (azure-facts 3).
func checkSubnetReferences(op *operation, network, subnet *Record) error {
	for _, ref := range []struct{ name, token string }{
		{"routeTable", routeTableToken}, {"networkSecurityGroup", securityGroupToken}, {"natGateway", natGatewayToken},
	} {
		id := text(subnet.Inputs, ref.name, "id")
		if id == "" {
			if object(subnet.Inputs, ref.name) != nil {
				return refuseMissingReferenceID.because("properties." + ref.name)
			}
			continue
		}
		if _, err := op.referenced(id, subnet.ID, ref.token, text(network.Outputs, "location")); err != nil {
			return err
		}
	}
	if err := checkGatewaySubnet(subnet); err != nil {
		return err
	}
	return checkSubnetGateway(op, network, subnet)
}

// checkGatewaySubnet refuses what GatewaySubnet, the subnet of VPN and ExpressRoute gateways, cannot have.
func checkGatewaySubnet(subnet *Record) error {
	if !strings.EqualFold(nameOf(subnet.ID), "GatewaySubnet") {
		return nil
	}
	if id := text(subnet.Inputs, "natGateway", "id"); id != "" {
		return refuseGatewayThere.because(id, subnet.ID)
	}
	if id := text(subnet.Inputs, "networkSecurityGroup", "id"); id != "" {
		return refuseSecurityGroupThere.because(nameOf(id))
	}
	return nil
}

// checkSubnetGateway refuses a NAT gateway that serves another network, or too many subnets (azure-facts 3).
func checkSubnetGateway(op *operation, network, subnet *Record) error {
	id := text(subnet.Inputs, "natGateway", "id")
	if id == "" {
		return nil
	}
	served := 1
	for _, h := range op.holders(id, subnetToken) {
		switch {
		case !sameID(parentOf(h.ID), network.ID):
			return refuseGatewayOtherNetwork.because(id, parentOf(h.ID), network.ID)
		case !sameID(h.ID, subnet.ID):
			served++
		}
	}
	if served > mostGatewaySubnets {
		return refuseManySubnets.because(id, mostGatewaySubnets)
	}
	return nil
}
