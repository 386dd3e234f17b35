package azuresim

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
)

// addressUsers are the types that hold public addresses.
var addressUsers = []string{azureFirewallToken, loadBalancerToken, natGatewayToken, applicationGatewayToken}

// publicIPKind is Microsoft.Network/publicIPAddresses.
func publicIPKind() kind {
	return kind{
		token:    publicIPToken,
		path:     networkPath + "/publicIPAddresses/{publicIpAddressName}",
		autoname: "publicIpAddressName",
		naming:   randomName,
		replace:  []string{"location", "publicIPAddressVersion", "publicIPPrefix", "sku"},
		absent: []string{
			"ddosSettings", "extendedLocation", "ipTags", "linkedPublicIPAddress", "migrationPhase", "natGateway",
			"servicePublicIPAddress",
		},
		put:    putPublicIP,
		remove: removePublicIP,
		show: func(op *operation, r *Record) {
			for _, h := range op.holders(r.ID, azureFirewallToken, loadBalancerToken, applicationGatewayToken) {
				r.Outputs["ipConfiguration"] = reference(h.id)
				return
			}
		},
	}
}

func putPublicIP(op *operation, old, desired *Record) error {
	if err := checkPublicIP(old, desired); err != nil {
		return err
	}
	addr, err := op.publicAddress(old, desired)
	if err != nil {
		return err
	}
	if asked := text(desired.Inputs, "ipAddress"); asked != "" && asked != addr.String() {
		return notSimulated(desired.ID, "ipAddress "+asked+"; Azure chose "+addr.String())
	}
	desired.Outputs = networkAnswer(desired, "publicIPAddresses")
	desired.Outputs["publicIPAllocationMethod"] = "Static"
	desired.Outputs["sku"] = map[string]any{"name": "Standard", "tier": "Regional"}
	desired.Outputs["ipAddress"] = addr.String()
	desired.Outputs["resourceGuid"] = guid("resource", desired.ID)
	fill(desired.Outputs, "publicIPAddressVersion", "IPv4")
	fill(desired.Outputs, "idleTimeoutInMinutes", 4.0)
	fill(desired.Outputs, "ipTags", []any{})
	return op.nameInDNS(desired)
}

// checkPublicIP refuses what is wrong by itself. Basic addresses can no longer be made: Azure retired them in 2025.
func checkPublicIP(old, desired *Record) error {
	if err := checkName(desired); err != nil {
		return err
	}
	if err := locationRequired(desired); err != nil {
		return err
	}
	if !strings.EqualFold(text(desired.Inputs, "sku", "name"), "Standard") { // Basic is the default
		return refuseBasicAddress.because()
	}
	if !strings.EqualFold(text(desired.Inputs, "publicIPAllocationMethod"), "Static") { // Dynamic is the default
		return refuseDynamicAddress.because(desired.ID)
	}
	if tier := text(desired.Inputs, "sku", "tier"); strings.EqualFold(tier, "Global") {
		return notSimulated(desired.ID, "sku.tier Global")
	}
	if strings.EqualFold(text(desired.Inputs, "publicIPAddressVersion"), "IPv6") {
		return notSimulated(desired.ID, "publicIPAddressVersion IPv6")
	}
	if err := checkMinutes(desired, 4, 30); err != nil {
		return err
	}
	if err := checkZones(desired); err != nil {
		return err
	}
	if err := zonesFixed(old, desired); err != nil {
		return err
	}
	return addressPrefixFixed(old, desired)
}

// addressPrefixFixed refuses to take an existing address out of its prefix, or into one.
func addressPrefixFixed(old, desired *Record) error {
	if old == nil {
		return nil
	}
	before, after := text(old.Inputs, "publicIPPrefix", "id"), text(desired.Inputs, "publicIPPrefix", "id")
	if !sameID(before, after) {
		return refuseAddressPrefixChange.because(desired.ID, before, after)
	}
	return nil
}

// publicAddress is the address that the resource has, one of its prefix, or a new one.
func (op *operation) publicAddress(old, desired *Record) (netip.Addr, error) {
	if old != nil {
		if addr, err := netip.ParseAddr(text(old.Outputs, "ipAddress")); err == nil {
			return addr, nil
		}
	}
	id := text(desired.Inputs, "publicIPPrefix", "id")
	if id == "" {
		return op.allocateIP(desired.ID)
	}
	r, err := op.referenced(id, desired.ID, publicPrefixToken, text(desired.Inputs, "location"))
	if err != nil {
		return netip.Addr{}, err
	}
	prefix, err := netip.ParsePrefix(text(r.Outputs, "ipPrefix"))
	if err != nil {
		return netip.Addr{}, fmt.Errorf("%s ipPrefix: %w", id, err)
	}
	taken := map[string]bool{}
	for _, h := range op.holders(id, publicIPToken) {
		taken[text(h.Outputs, "ipAddress")] = true
	}
	for addr := prefix.Addr(); prefix.Contains(addr); addr = addr.Next() {
		if !taken[addr.String()] {
			return addr, nil
		}
	}
	return netip.Addr{}, refusePrefixFull.because(id, desired.ID)
}

var domainLabel = regexp.MustCompile(`^[a-z][a-z0-9-]{1,61}[a-z0-9]$`)

// nameInDNS gives the address the name that dnsSettings asks for.
func (op *operation) nameInDNS(r *Record) error {
	settings := object(r.Outputs, "dnsSettings")
	label := text(settings, "domainNameLabel")
	if label == "" {
		return nil
	}
	if !domainLabel.MatchString(label) {
		return refuseDomainLabel.because(label, domainLabel)
	}
	fqdn := fmt.Sprintf("%s.%s.cloudapp.azure.com", label, text(r.Outputs, "location"))
	for _, other := range op.list(publicIPToken) {
		if !sameID(other.ID, r.ID) && text(other.Outputs, "dnsSettings", "fqdn") == fqdn {
			return refuseTakenDomain.because(fqdn)
		}
	}
	settings["fqdn"] = fqdn
	return nil
}

// removePublicIP refuses while something holds the address (azure-facts 13).
func removePublicIP(op *operation, r *Record) error {
	for _, h := range op.holders(r.ID, addressUsers...) {
		return refuseAddressInUse.because(r.ID, h.id)
	}
	return nil
}

// takePublicIP refuses an address that does not exist in the region or that another resource holds. by is the part that
// wants it, such as an ipConfiguration, owner the resource of that part.
func (op *operation) takePublicIP(id, by, owner, region string) error {
	if _, err := op.referenced(id, by, publicIPToken, region); err != nil {
		return err
	}
	for _, h := range op.holders(id, addressUsers...) {
		if !sameID(h.ID, owner) {
			return refuseTakenAddress.because(by, id, h.id)
		}
	}
	return nil
}
