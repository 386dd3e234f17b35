package config

import (
	"errors"
	"net/netip"
	"slices"

	"aks-egress/egress/endpoints"
)

// loadFirewall: azure-facts 5.1, 5.2. Zones are the firewall's or the NAT gateway's.
func (in *input) loadFirewall(config *Config) {
	if in.applies("zones") {
		config.Zones = in.list("zones")
		if in.builds(UserAssignedNATGateway) && len(config.Zones) > 1 {
			in.refuse("zones", "has more than one zone, and a NAT gateway is in one zone or in none")
		}
	}
	in.checkZones(config)
	if !in.applies("firewallTier") {
		return
	}
	config.FirewallTier = in.text("firewallTier")
	config.FirewallPublicIPCount = in.number("firewallPublicIpCount")
	config.FirewallThreatIntel = in.text("firewallThreatIntel")
	if config.FirewallTier == "Basic" && config.FirewallThreatIntel == "Deny" {
		in.refuse("firewallThreatIntel", "is beyond firewallTier Basic, which only alerts: use Alert or Off, or Standard")
	}
}

func (in *input) loadExistingHub(config *Config) {
	if !in.hasExistingHub() {
		return
	}
	for _, key := range existingHubKeys {
		if !in.isSet(key) {
			in.report(key, "", "is missing: an existing hub needs %s, %s and %s", existingHubKeys[0], existingHubKeys[1],
				existingHubKeys[2])
		}
	}
	config.ExistingHubVnetID = in.text("existingHubVnetId")
	if text := in.text("existingFirewallPrivateIp"); text != "" {
		addr, err := netip.ParseAddr(text)
		if err != nil || !addr.Is4() || !isPrivate(netip.PrefixFrom(addr, 32)) {
			in.refuse("existingFirewallPrivateIp", "is not a private IPv4 address such as 10.0.0.4")
		} else {
			config.ExistingFirewallPrivateIP = addr
			in.checkOutsideOwnRanges(config, addr)
		}
	}
	for _, text := range in.list("existingFirewallPublicIps") {
		addr, err := netip.ParseAddr(text)
		if err != nil || !addr.Is4() || !isPublic(netip.PrefixFrom(addr, 32)) {
			in.report("existingFirewallPublicIps", show(text), "is not a public IPv4 address")
			continue
		}
		config.ExistingFirewallPublicIPs = append(config.ExistingFirewallPublicIPs, addr)
	}
}

// checkOutsideOwnRanges: the hub's address space is not known here, but the firewall's address is part of it.
func (in *input) checkOutsideOwnRanges(config *Config, firewall netip.Addr) {
	ranges := []netip.Prefix{config.SpokeAddressSpace, config.ServiceCIDR, config.PodCIDR}
	for i, key := range []string{"spokeAddressSpace", "serviceCidr", "podCidr"} {
		if ranges[i].Contains(firewall) {
			in.refuse("existingFirewallPrivateIp", "is inside %s %s: the hub needs a range of its own", key, ranges[i])
		}
	}
}

func (in *input) loadAllow(config *Config) {
	if !in.applies("allow") {
		return
	}
	config.AllowProbe = in.flag("allowProbe")
	for _, entry := range in.list("allow") {
		expanded, err := endpoints.Parse(entry, config.Location)
		if err != nil {
			in.report("allow", show(entry), ": %s", errors.Unwrap(err))
			continue
		}
		if config.FirewallTier == "Basic" && slices.ContainsFunc(expanded, needsDNSProxy) {
			in.report("allow", show(entry), ": firewallTier Basic has no network rules by host name: write an address, "+
				"or use Standard")
		}
		config.Allow = append(config.Allow, expanded...)
	}
}

// needsDNSProxy: azure-facts 5.2, 5.4.
func needsDNSProxy(e endpoints.Endpoint) bool {
	return e.Host != "" && (e.Protocol == endpoints.TCP || e.Protocol == endpoints.UDP)
}
