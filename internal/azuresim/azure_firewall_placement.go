package azuresim

import "strings"

// Limits of a firewall (azure-facts 5.3, 11.1).
const (
	longestFirewallName   = 50
	mostFirewallAddresses = 250
)

// checkAzureFirewall refuses what Azure Firewall cannot be (azure-facts 5.1, 5.2, 11.1).
func checkAzureFirewall(op *operation, old, desired *Record) error {
	if err := checkName(desired); err != nil {
		return err
	}
	if name := nameOf(desired.ID); len(name) > longestFirewallName {
		return refuseFirewallName.because(name, len(name))
	}
	if err := locationRequired(desired); err != nil {
		return err
	}
	if strings.EqualFold(text(desired.Inputs, "sku", "name"), "AZFW_Hub") {
		return notSimulated(desired.ID, "sku.name AZFW_Hub")
	}
	if err := checkZones(desired); err != nil {
		return err
	}
	if err := zonesFixed(old, desired); err != nil {
		return err
	}
	if err := checkFirewallPlacement(op, desired); err != nil {
		return err
	}
	if err := checkFirewallAddresses(op, desired); err != nil {
		return err
	}
	return checkFirewallRules(op, desired)
}

// checkFirewallPlacement refuses wrong subnets.
func checkFirewallPlacement(op *operation, firewall *Record) error {
	configurations := objects(firewall.Inputs, "ipConfigurations")
	if len(configurations) == 0 {
		return notSimulated(firewall.ID, "a firewall without ipConfigurations, which is a stopped one")
	}
	for _, configuration := range configurations[1:] {
		if subnet := text(configuration, "subnet", "id"); subnet != "" {
			return refuseSecondSubnet.because(firewall.ID, text(configuration, "name"), subnet)
		}
	}
	if text(configurations[0], "subnet", "id") == "" {
		return refuseNoSubnet.because()
	}
	if err := checkFirewallSubnet(op, firewall, configurations[0], firewallSubnet); err != nil {
		return err
	}
	return checkManagement(op, firewall)
}

// checkManagement refuses a management interface that is incomplete or, in tier Basic, missing.
func checkManagement(op *operation, firewall *Record) error {
	management := object(firewall.Inputs, "managementIpConfiguration")
	switch {
	case management == nil && firewallTier(firewall.Inputs) == "Basic":
		return refuseNoManagement.because(firewall.ID, firewallManagementSubnet)
	case management == nil:
		return nil
	case text(management, "subnet", "id") == "" || text(management, "publicIPAddress", "id") == "":
		return refuseManagement.because(nameOf(firewall.ID))
	default:
		return checkFirewallSubnet(op, firewall, management, firewallManagementSubnet)
	}
}

// checkFirewallSubnet refuses a subnet of another name, smaller than /26, in another group or with another firewall.
func checkFirewallSubnet(op *operation, firewall *Record, configuration map[string]any, name string) error {
	id, by := text(configuration, "subnet", "id"), configurationID(firewall, configuration)
	subnet, err := op.referenced(id, by, subnetToken, "")
	if err != nil {
		return err
	}
	if network, ok := op.get(parentOf(id)); ok &&
		!sameLocation(text(network.Outputs, "location"), text(firewall.Inputs, "location")) {
		return refuseReference.because(id, by)
	}
	if nameOf(subnet.ID) != name {
		return refuseSubnetName.because(firewall.ID, name, subnet.ID)
	}
	ranges, err := subnetPrefixes(subnet)
	if err != nil {
		return err
	}
	if ranges[0].Bits() > 26 {
		return refuseFirewallSubnetSize.because(id, firewall.ID, ranges[0])
	}
	for _, h := range op.holders(id, subnetUsers...) {
		if !sameID(h.ID, firewall.ID) {
			return refuseSecondFirewall.because(firewall.ID, id, h.ID)
		}
	}
	return sameGroup(firewall, parentOf(id))
}

// sameGroup refuses a part of a firewall in another resource group.
func sameGroup(firewall *Record, part string) error {
	if !strings.EqualFold(groupOf(firewall.ID), groupOf(part)) {
		return refuseFirewallGroup.because(firewall.ID, part)
	}
	return nil
}

// checkFirewallAddresses refuses addresses that are missing, too many, not the firewall's to use, or named twice.
func checkFirewallAddresses(op *operation, firewall *Record) error {
	managed := object(firewall.Inputs, "managementIpConfiguration") != nil
	if n := len(objects(firewall.Inputs, "ipConfigurations")); n > mostFirewallAddresses {
		return refuseManyFirewallAddresses.because(firewall.ID, mostFirewallAddresses, n)
	}
	names, holds := map[string]bool{}, map[string]bool{}
	for i, configuration := range ipConfigurations(firewall.Inputs) {
		name, id := text(configuration, "name"), strings.ToLower(text(configuration, "publicIPAddress", "id"))
		switch {
		case name == "" || names[strings.ToLower(name)]:
			return refuseConfigurationName.because(firewall.ID, name)
		case id == "" && (i > 0 || !managed):
			return refuseNoAddress.because(name, firewall.ID)
		case holds[id]:
			return refuseAddressTwice.because(name, firewall.ID, id)
		}
		names[strings.ToLower(name)] = true
		if id == "" {
			continue
		}
		holds[id] = true
		if err := checkFirewallAddress(op, firewall, configuration); err != nil {
			return err
		}
	}
	return nil
}

func checkFirewallAddress(op *operation, firewall *Record, configuration map[string]any) error {
	id, by := text(configuration, "publicIPAddress", "id"), configurationID(firewall, configuration)
	if err := op.takePublicIP(id, by, firewall.ID, text(firewall.Inputs, "location")); err != nil {
		return err
	}
	return sameGroup(firewall, id)
}
