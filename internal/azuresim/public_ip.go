package azuresim

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
)

// addressUsers are the types that hold public addresses.
var addressUsers = []string{azureFirewallToken, loadBalancerToken, natGatewayToken}

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
			for _, h := range op.holders(r.ID, azureFirewallToken, loadBalancerToken) {
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
	if err := checkName(desired, 1, 80); err != nil {
		return err
	}
	if err := locationRequired(desired); err != nil {
		return err
	}
	if !strings.EqualFold(text(desired.Inputs, "sku", "name"), "Standard") { // Basic is the default
		return refuse("IPv4BasicSkuPublicIpCountLimitReached",
			"Cannot create more than 0 IPv4 Basic SKU public IP addresses "+
				"for this subscription in this region.")
	}
	if !strings.EqualFold(text(desired.Inputs, "publicIPAllocationMethod"), "Static") { // Dynamic is the default
		return refuse("StandardAndStandardV2SkuPublicIPAddressesMustBeStatic",
			"Standard sku publicIp %s must have AllocationMethod set to Static.", desired.ID)
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
	if err := checkZones(desired, 3); err != nil {
		return err
	}
	return zonesFixed(old, desired)
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
	return netip.Addr{}, refuse("BadRequest", "Public IP prefix %s has no address left for %s.", id, desired.ID)
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
		return refuse("InvalidDomainNameLabel",
			"The domain name label %s is invalid. It must conform to the following regular "+
				"expression: %s.", label, domainLabel)
	}
	fqdn := fmt.Sprintf("%s.%s.cloudapp.azure.com", label, text(r.Outputs, "location"))
	for _, other := range op.list(publicIPToken) {
		if !sameID(other.ID, r.ID) && text(other.Outputs, "dnsSettings", "fqdn") == fqdn {
			return refuse("DnsRecordInUse", "DNS record %s is already used by another public IP.", fqdn)
		}
	}
	settings["fqdn"] = fqdn
	return nil
}

// removePublicIP refuses while something holds the address (azure-facts 13).
func removePublicIP(op *operation, r *Record) error {
	for _, h := range op.holders(r.ID, addressUsers...) {
		return refuse("PublicIPAddressCannotBeDeleted",
			"Public IP address %s can not be deleted since it is still allocated to resource %s. In order to delete the public "+
				"IP, disassociate/detach the Public IP address from the resource.  To learn how to do this, see "+
				"aka.ms/deletepublicip.", r.ID, h.id)
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
			return refuse("PublicIPAddressInUse",
				"Resource %s is referencing public IP address %s that is already allocated to "+
					"resource %s.", by, id, h.id)
		}
	}
	return nil
}
