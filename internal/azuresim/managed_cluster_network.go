package azuresim

import (
	"net/netip"
	"slices"
	"strings"
)

const (
	subnetToken         = "azure-native:network:Subnet"
	virtualNetworkToken = "azure-native:network:VirtualNetwork"
	peeringToken        = "azure-native:network:VirtualNetworkPeering"
)

// reservedRanges must not overlap service, pod and network ranges of a cluster (azure-facts 11.2).
var reservedRanges = []netip.Prefix{
	netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("172.30.0.0/16"),
	netip.MustParsePrefix("172.31.0.0/16"), netip.MustParsePrefix("192.0.2.0/24"),
}

// privateRanges are the ranges that are not public: RFC 1918 and RFC 6598.
var privateRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("100.64.0.0/10"),
}

// checkNetworkPlugin checks networkPlugin, its mode, policy and the load balancer's SKU (azure-facts 1.1, 1.2).
func (c *clusterRequest) checkNetworkPlugin() error {
	n := c.spec.NetworkProfile
	if n.NetworkPlugin != "azure" && n.NetworkPlugin != "kubenet" {
		return invalidParameter("networkProfile.networkPlugin",
			"the network plugin is azure, kubenet or none (got %q)", n.NetworkPlugin)
	}
	if n.NetworkPluginMode != "" && (n.NetworkPluginMode != "overlay" || n.NetworkPlugin != "azure") {
		return invalidParameter("networkProfile.networkPluginMode",
			"the mode is overlay, with network plugin azure (got %q with %q)", n.NetworkPluginMode, n.NetworkPlugin)
	}
	if !slices.Contains([]string{"", "none", "azure", "calico", "cilium"}, n.NetworkPolicy) ||
		n.NetworkPolicy == "azure" && n.NetworkPlugin == "kubenet" {
		return invalidParameter("networkProfile.networkPolicy", "network policy %q with network plugin %q",
			n.NetworkPolicy, n.NetworkPlugin)
	}
	if !strings.EqualFold(n.LoadBalancerSku, "standard") {
		return refuseAKS("UnexpectedLoadBalancerSkuForCurrentOutboundConfiguration", "networkProfile.loadBalancerSku",
			"Outbound type %s needs load balancer SKU Standard (got %q).", n.OutboundType, n.LoadBalancerSku)
	}
	return nil
}

// checkRanges checks the service and pod ranges by themselves (azure-facts 11.2).
func (c *clusterRequest) checkRanges() error {
	n := c.spec.NetworkProfile
	service, err := parseRange("serviceCidr", n.ServiceCIDR)
	if err != nil {
		return err
	}
	if len(n.ServiceCIDRs) == 1 && n.ServiceCIDRs[0] != n.ServiceCIDR {
		return invalidParameter("networkProfile.serviceCidrs", "%q is not serviceCidr %q", n.ServiceCIDRs[0], n.ServiceCIDR)
	}
	if service.Bits() <= 12 {
		return invalidParameter("networkProfile.serviceCidr", "the service CIDR %s must be smaller than /12", service)
	}
	if !slices.ContainsFunc(privateRanges, func(p netip.Prefix) bool { return covers(p, service) }) {
		return invalidParameter("networkProfile.serviceCidr", "the service CIDR %s must not be public or multicast", service)
	}
	if err := checkDNSServiceIP(n.DNSServiceIP, service); err != nil {
		return err
	}
	if !n.hasPodCIDR() {
		return nil
	}
	pods, err := parseRange("podCidr", n.PodCIDR)
	if err != nil {
		return err
	}
	if pods.Overlaps(service) {
		return invalidParameter("networkProfile.podCidr", "the pod CIDR %s overlaps the service CIDR %s", pods, service)
	}
	count, surge := c.spec.nodes()
	if room := 1 << max(24-pods.Bits(), 0); pods.Bits() > 24 || count+surge > room {
		return invalidParameter("networkProfile.podCidr",
			"the pod CIDR %s has no /24 for each of %d nodes, upgrade surge included", pods, count+surge)
	}
	return nil
}

// parseRange reads an IPv4 range and refuses reserved ones.
func parseRange(property, s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil || !p.Addr().Is4() || p != p.Masked() {
		return p, invalidParameter("networkProfile."+property, "%q is not an IPv4 CIDR", s)
	}
	for _, r := range reservedRanges {
		if r.Overlaps(p) {
			return p, invalidParameter("networkProfile."+property, "%s overlaps the reserved range %s", p, r)
		}
	}
	return p, nil
}

func checkDNSServiceIP(s string, service netip.Prefix) error {
	const target = "networkProfile.dnsServiceIP"
	ip, err := netip.ParseAddr(s)
	if err != nil || !ip.Is4() {
		return invalidParameter(target, "%q is not an IPv4 address", s)
	}
	switch {
	case !service.Contains(ip):
		return refuseAKS("DnsServiceIpOutOfServiceCidr", target,
			"The DNS service IP %s is out of the range defined by service CIDR %s.", ip, service)
	case ip == service.Addr() || ip == service.Addr().Next():
		return refuseAKS("DnsServiceIpConflicting", target,
			"The DNS service IP %s is the first address of service CIDR %s, which is the API server's.", ip, service)
	case ip == lastAddr(service):
		return refuseAKS("DnsBroadcastAddressConflicting", target,
			"The DNS service IP %s is the broadcast address of service CIDR %s.", ip, service)
	}
	return nil
}

// checkSubnets checks the node subnets that the program gave, and the ranges against their network (azure-facts 1.2,
// 11.2).
func (c *clusterRequest) checkSubnets() error {
	ids := c.spec.subnets()
	for _, p := range c.spec.AgentPoolProfiles {
		if len(ids) > 0 && p.VnetSubnetID == "" {
			return invalidParameter("agentPoolProfile.vnetSubnetID",
				"all agent pools have a subnet or none has one (agent pool %q has none)", p.Name)
		}
	}
	network := ""
	for _, id := range ids {
		if network != "" && !sameID(network, parentOf(id)) {
			return invalidParameter("agentPoolProfile.vnetSubnetID", "all subnets are in one virtual network (got %s)", id)
		}
		network = parentOf(id)
		if err := c.checkSubnet(id); err != nil {
			return err
		}
	}
	if network == "" {
		return c.checkOverlap([]netip.Prefix{managedNetworkRange})
	}
	return c.checkOverlap(networkRanges(c.op, network))
}

// checkOverlap refuses service and pod ranges that overlap the nodes' network or its peers.
func (c *clusterRequest) checkOverlap(ranges []netip.Prefix) error {
	n := c.spec.NetworkProfile
	service, err := parseRange("serviceCidr", n.ServiceCIDR)
	if err != nil {
		return err
	}
	for _, r := range ranges {
		for _, reserved := range reservedRanges {
			if reserved.Overlaps(r) {
				return invalidParameter("agentPoolProfile.vnetSubnetID",
					"the virtual network's range %s overlaps the reserved range %s", r, reserved)
			}
		}
		if service.Overlaps(r) {
			return refuseAKS("ServiceCidrOverlapExistingSubnetsCidr", "networkProfile.serviceCIDR",
				"The specified service CIDR %s is conflicted with an existing subnet CIDR %s", service, r)
		}
		if !n.hasPodCIDR() {
			continue
		}
		pods, err := parseRange("podCidr", n.PodCIDR)
		if err != nil {
			return err
		}
		if pods.Overlaps(r) {
			return invalidParameter("networkProfile.podCidr", "the pod CIDR %s overlaps the network range %s", pods, r)
		}
	}
	return nil
}

// networkRanges are a virtual network's subnets, its address space, and the address spaces of its peers.
func networkRanges(op *operation, network string) []netip.Prefix {
	var ranges []netip.Prefix
	for _, r := range op.within(network) {
		if unversioned(r.Token) == subnetToken {
			ranges = append(ranges, subnetRange(r))
		}
	}
	networks := []string{network}
	for _, r := range op.within(network) {
		if unversioned(r.Token) == peeringToken {
			networks = append(networks, text(r.Outputs, "remoteVirtualNetwork", "id"))
		}
	}
	for _, id := range networks {
		if r, ok := op.get(id); ok {
			for _, s := range texts(r.Outputs, "addressSpace", "addressPrefixes") {
				if p, err := netip.ParsePrefix(s); err == nil {
					ranges = append(ranges, p)
				}
			}
		}
	}
	return ranges
}

// subnetRange is the first address prefix of a subnet.
func subnetRange(r *Record) netip.Prefix {
	s := text(r.Outputs, "addressPrefix")
	if all := texts(r.Outputs, "addressPrefixes"); s == "" && len(all) > 0 {
		s = all[0]
	}
	p, _ := netip.ParsePrefix(s) // the subnet's kind has checked it
	return p
}

// covers tells whether the range outer holds all of inner.
func covers(outer, inner netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

// lastAddr is the last address of an IPv4 range.
func lastAddr(p netip.Prefix) netip.Addr {
	b := p.Addr().As4()
	for i := p.Bits(); i < 32; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	return netip.AddrFrom4(b)
}
