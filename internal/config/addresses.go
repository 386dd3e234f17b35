package config

import (
	"net/netip"
	"slices"
	"strconv"
)

// podsPerNode is AKS's default when pods take addresses of the node subnet (azure-facts 11.3), and azureReserved is
// what Azure keeps of every subnet (11.2).
const (
	podsPerNode   = 30
	azureReserved = 5
)

// managedVNet is the address space of the VNet that AKS creates itself (azure-facts 1.7).
var managedVNet = netip.MustParsePrefix("10.224.0.0/12")

func (in *input) loadAddresses(config *Config) {
	for _, field := range []struct {
		key    string
		target *netip.Prefix
	}{
		{"hubAddressSpace", &config.HubAddressSpace},
		{"firewallSubnet", &config.FirewallSubnet},
		{"firewallManagementSubnet", &config.FirewallManagementSubnet},
		{"spokeAddressSpace", &config.SpokeAddressSpace},
		{"nodeSubnet", &config.NodeSubnet},
		{"gatewaySubnet", &config.GatewaySubnet},
		{"serviceCidr", &config.ServiceCIDR},
		{"podCidr", &config.PodCIDR},
	} {
		if in.applies(field.key) {
			*field.target = in.prefix(field.key)
		}
	}
	in.checkSpaces(config)
	in.checkSubnet("firewallSubnet", config.FirewallSubnet, "hubAddressSpace", config.HubAddressSpace)
	in.checkSubnet("firewallManagementSubnet", config.FirewallManagementSubnet, "hubAddressSpace", config.HubAddressSpace)
	in.checkSubnet("nodeSubnet", config.NodeSubnet, "spokeAddressSpace", config.SpokeAddressSpace)
	in.checkFirewallSubnets(config)
	in.checkNodeSubnet(config)
	in.checkGatewaySubnet(config)
	in.checkPodRange(config)
	in.loadServiceRange(config)
}

// checkSpaces judges the ranges that must not meet: both VNets, services and pods.
func (in *input) checkSpaces(config *Config) {
	type space struct {
		key    string
		prefix netip.Prefix
	}
	var seen []space
	for _, s := range []space{
		{"hubAddressSpace", config.HubAddressSpace},
		{"spokeAddressSpace", config.SpokeAddressSpace},
		{"serviceCidr", config.ServiceCIDR},
		{"podCidr", config.PodCIDR},
	} {
		if !s.prefix.IsValid() {
			continue
		}
		in.checkRange(s.key, s.prefix)
		for _, other := range seen {
			if s.prefix.Overlaps(other.prefix) {
				in.refuse(s.key, "overlaps %s %s: choose a range of its own", other.key, other.prefix)
			}
		}
		if config.OutboundType == ManagedNATGateway && s.prefix.Overlaps(managedVNet) {
			in.refuse(s.key, "overlaps %s, the VNet that AKS creates for managedNATGateway: choose another range", managedVNet)
		}
		seen = append(seen, s)
	}
}

func (in *input) checkRange(key string, prefix netip.Prefix) {
	for _, reserved := range reservedRanges {
		if prefix.Overlaps(reserved) {
			in.refuse(key, "overlaps %s, which AKS reserves: choose a range without it", reserved)
			return
		}
	}
	if !isPrivate(prefix) {
		in.refuse(key, "is not private: choose a range inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10")
	}
}

func (in *input) checkSubnet(key string, subnet netip.Prefix, spaceKey string, space netip.Prefix) {
	if subnet.IsValid() && space.IsValid() && !covers(space, subnet) {
		in.refuse(key, "is outside %s %s", spaceKey, space)
	}
}

// checkFirewallSubnets: azure-facts 5.1.
func (in *input) checkFirewallSubnets(config *Config) {
	firewall, management := config.FirewallSubnet, config.FirewallManagementSubnet
	for key, subnet := range map[string]netip.Prefix{"firewallSubnet": firewall, "firewallManagementSubnet": management} {
		if subnet.IsValid() && subnet.Bits() > 26 {
			in.refuse(key, "is too small: Azure Firewall needs /26 or larger")
		}
	}
	if firewall.IsValid() && management.IsValid() && firewall.Overlaps(management) {
		in.refuse("firewallManagementSubnet", "overlaps firewallSubnet %s", firewall)
	}
}

func (in *input) checkNodeSubnet(config *Config) {
	keys := slices.Concat(nodeKeys, []string{"networkPlugin", "networkPluginMode"})
	if !config.NodeSubnet.IsValid() || !in.good(keys...) {
		return
	}
	need, each := in.nodes()+azureReserved, ""
	if !in.hasPodRange() {
		need, each = in.nodes()*(podsPerNode+1)+azureReserved, " with "+strconv.Itoa(podsPerNode)+" pods each"
	}
	if have := size(config.NodeSubnet); have < need {
		in.refuse("nodeSubnet", "has %d addresses, and %s%s need %d with the %d that Azure keeps: use /%d or larger",
			have, in.nodesInWords(), each, need, azureReserved, bitsFor(need))
	}
}

// checkPodRange: every node takes a /24 (azure-facts 11.2).
func (in *input) checkPodRange(config *Config) {
	if !config.PodCIDR.IsValid() || !in.good(nodeKeys...) {
		return
	}
	if have := size(config.PodCIDR) / 256; have < in.nodes() {
		in.refuse("podCidr", "has %d /24 ranges, and %s need one each: use /%d or larger",
			have, in.nodesInWords(), min(24, bitsFor(in.nodes()*256)))
	}
}

// loadServiceRange: azure-facts 11.2.
func (in *input) loadServiceRange(config *Config) {
	services := config.ServiceCIDR
	if services.IsValid() && services.Bits() <= 12 {
		in.refuse("serviceCidr", "is too large: AKS takes ranges smaller than /12")
	}
	dns, err := netip.ParseAddr(in.text("dnsServiceIp"))
	if err != nil || !dns.Is4() {
		in.refuse("dnsServiceIp", "is not an IPv4 address such as 172.16.0.10")
		return
	}
	config.DNSServiceIP = dns
	switch first := services.Addr(); {
	case !services.IsValid():
	case !services.Contains(dns):
		in.refuse("dnsServiceIp", "is outside serviceCidr %s", services)
	case slices.Contains([]netip.Addr{first, first.Next()}, dns):
		in.refuse("dnsServiceIp", "is one of the first two addresses of serviceCidr %s: the second is the API server's",
			services)
	case dns == lastAddress(services):
		in.refuse("dnsServiceIp", "is the last address of serviceCidr %s", services)
	}
}
