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
var subnetUsers = []string{azureFirewallToken, managedClusterToken, loadBalancerToken}

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
				return refuse("InUseSubnetCannotBeDeleted", "Subnet %s is in use by %s and cannot be deleted. In order to delete "+
					"the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.", nameOf(r.ID), h.id)
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
	if err := checkName(desired, 1, 80); err != nil {
		return err
	}
	network, ok := op.get(parentOf(desired.ID))
	if !ok {
		return parentNotFound(parentOf(desired.ID))
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
	return op.checkFirewallRoutes()
}

// checkSubnetRange refuses a subnet without addresses, or with fewer than Azure can use: it keeps five of each subnet,
// so that /29 is the smallest.
func checkSubnetRange(subnet *Record) error {
	ranges, err := subnetPrefixes(subnet)
	if err != nil {
		return err
	}
	if len(ranges) == 0 {
		return refuse("NetcfgInvalidSubnet", "Subnet '%s' is not valid in virtual network '%s': it has no address prefix.",
			nameOf(subnet.ID), nameOf(parentOf(subnet.ID)))
	}
	for _, prefix := range ranges {
		if prefix.Bits() > 29 {
			return refuse("NetcfgInvalidSubnet", "Subnet '%s' is not valid in virtual network '%s': %s is smaller than /29.",
				nameOf(subnet.ID), nameOf(parentOf(subnet.ID)), prefix)
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
	for _, prefix := range before {
		if contains(after, prefix) {
			continue
		}
		for _, h := range op.holders(desired.ID, subnetUsers...) {
			return refuse("InUseSubnetCannotBeUpdated",
				"Subnet %s is in use by %s and cannot be updated: its address prefix %s "+
					"would go.", nameOf(desired.ID), h.id, prefix)
		}
	}
	return nil
}

// checkSubnetReferences refuses what does not exist, is in another region or, for a NAT gateway, serves another network
// (azure-facts 3).
func checkSubnetReferences(op *operation, network, subnet *Record) error {
	for _, ref := range []struct{ name, token string }{
		{"routeTable", routeTableToken}, {"networkSecurityGroup", securityGroupToken}, {"natGateway", natGatewayToken},
	} {
		id := text(subnet.Inputs, ref.name, "id")
		if id == "" {
			if object(subnet.Inputs, ref.name) != nil {
				return refuse("InvalidRequestFormat", "Cannot parse the request: %s of subnet %s has no id.", ref.name, subnet.ID)
			}
			continue
		}
		if _, err := op.referenced(id, subnet.ID, ref.token, text(network.Outputs, "location")); err != nil {
			return err
		}
	}
	gateway := text(subnet.Inputs, "natGateway", "id")
	if gateway == "" {
		return nil
	}
	if strings.EqualFold(nameOf(subnet.ID), "GatewaySubnet") {
		return refuse("BadRequest", "NAT gateway %s cannot be used by subnet %s: no NAT gateway on GatewaySubnet.",
			gateway, subnet.ID)
	}
	for _, h := range op.holders(gateway, subnetToken) {
		if !sameID(parentOf(h.ID), network.ID) {
			return refuse("NatGatewayCannotBeUsedBySubnetsBelongingToDifferentVirtualNetworks",
				"NAT gateway %s is used by subnet %s and cannot be used by subnet %s of another virtual network.",
				gateway, h.ID, subnet.ID)
		}
	}
	return nil
}
