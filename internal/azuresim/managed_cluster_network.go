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
	switch {
	case n.NetworkPlugin != "azure" && n.NetworkPlugin != "kubenet":
		return refuseAKSNetworkPlugin.because(n.NetworkPlugin)
	case n.NetworkPluginMode != "" && (n.NetworkPluginMode != "overlay" || n.NetworkPlugin != "azure"):
		return refuseAKSNetworkPluginMode.because(n.NetworkPluginMode, n.NetworkPlugin)
	case !oneOf(n.NetworkPolicy, "", "none", "azure", "calico", "cilium"):
		return refuseAKSNetworkPolicy.because(n.NetworkPolicy)
	case n.NetworkPolicy == "azure" && n.NetworkPlugin == "kubenet":
		return refuseAKSNetworkPolicyKubenet.because()
	}
	return n.checkLoadBalancerSKU()
}

func (n *networkSpec) checkLoadBalancerSKU() error {
	switch {
	case strings.EqualFold(n.LoadBalancerSku, "standard"):
		return nil
	case !strings.EqualFold(n.LoadBalancerSku, "basic"):
		return refuseAKSLoadBalancerSKU.because(n.LoadBalancerSku)
	case n.LoadBalancerProfile != nil:
		return refuseAKSBasicWithProfile.because()
	case n.OutboundType != outboundLoadBalancer:
		return refuseAKSBasicForOutboundType.because(n.OutboundType, n.LoadBalancerSku)
	default:
		return refuseAKSBasicRetired.because(n.LoadBalancerSku)
	}
}

// checkRanges checks the service and pod ranges by themselves (azure-facts 11.2).
func (c *clusterRequest) checkRanges() error {
	n := c.spec.NetworkProfile
	service, err := n.services()
	if err != nil {
		return err
	}
	if len(n.ServiceCIDRs) == 1 && n.ServiceCIDRs[0] != n.ServiceCIDR {
		return refuseAKSServiceRanges.because(n.ServiceCIDRs[0], n.ServiceCIDR)
	}
	if service.Bits() <= 12 {
		return refuseAKSServiceRangeSize.because(service)
	}
	if !slices.ContainsFunc(privateRanges, func(p netip.Prefix) bool { return covers(p, service) }) {
		return refuseAKSServiceRangePublic.because(service)
	}
	if err := checkDNSServiceIP(n.DNSServiceIP, service); err != nil {
		return err
	}
	if !n.hasPodCIDR() {
		return nil
	}
	pods, err := n.pods()
	if err != nil {
		return err
	}
	if pods.Overlaps(service) {
		return refuseAKSPodsInServices.because(pods, service)
	}
	count, surge := c.spec.nodes()
	if needed, room := (count+surge)*256, 1<<(32-pods.Bits()); needed > room { // a /24 for each node
		return refuseAKSPodRangeSize.because(needed, room, pods)
	}
	return nil
}

// services is the service range.
func (n *networkSpec) services() (netip.Prefix, error) {
	return parseRange("networkProfile.serviceCidr", n.ServiceCIDR, refuseAKSServiceRangeReserved)
}

// pods is the pod range; see hasPodCIDR.
func (n *networkSpec) pods() (netip.Prefix, error) {
	return parseRange("networkProfile.podCidr", n.PodCIDR, refuseAKSPodRangeReserved)
}

// parseRange reads an IPv4 range and refuses reserved ones.
func parseRange(property, s string, reserved *Refusal) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil || !p.Addr().Is4() || p != p.Masked() {
		return p, refuseAKSRange.at(property, property, s)
	}
	for _, r := range reservedRanges {
		if r.Overlaps(p) {
			return p, reserved.because(p, r)
		}
	}
	return p, nil
}

func checkDNSServiceIP(s string, service netip.Prefix) error {
	ip, err := netip.ParseAddr(s)
	switch {
	case err != nil || !ip.Is4():
		return refuseAKSDNSServiceIP.because(s)
	case !service.Contains(ip):
		return refuseAKSDNSServiceIPOutside.because(ip, service)
	case ip == service.Addr() || ip == service.Addr().Next():
		return refuseAKSDNSServiceIPFirst.because(ip, service)
	case ip == lastAddr(service):
		return refuseAKSDNSServiceIPLast.because(ip, service)
	}
	return nil
}

// checkSubnets checks the node subnets that the program gave, and the ranges against their network (azure-facts 1.2,
// 11.2).
func (c *clusterRequest) checkSubnets() error {
	ids := c.spec.subnets()
	for _, p := range c.spec.AgentPoolProfiles {
		if len(ids) > 0 && p.VnetSubnetID == "" {
			return refuseAKSPoolWithoutSubnet.because(p.Name)
		}
	}
	network := ""
	for _, id := range ids {
		if network != "" && !sameID(network, parentOf(id)) {
			return refuseAKSTwoNetworks.because(id, network)
		}
		network = parentOf(id)
		if err := c.checkSubnet(id); err != nil {
			return err
		}
	}
	if network == "" {
		return c.checkOverlap([]usedRange{{managedNetworkRange, networkSpace}})
	}
	return c.checkOverlap(usedRanges(c.op, network))
}

// checkOverlap refuses service and pod ranges that overlap the nodes' network or its peers.
func (c *clusterRequest) checkOverlap(used []usedRange) error {
	n := c.spec.NetworkProfile
	service, err := n.services()
	if err != nil {
		return err
	}
	for _, r := range used {
		for _, reserved := range reservedRanges {
			if r.kind == networkSpace && reserved.Overlaps(r.Prefix) {
				return refuseAKSNetworkRangeReserved.because(r.Prefix, reserved)
			}
		}
		switch {
		case !service.Overlaps(r.Prefix):
		case r.kind == subnetSpace:
			return refuseAKSServicesInSubnet.because(service, r.Prefix)
		default:
			return refuseAKSServicesInNetwork.because(service, r.Prefix)
		}
		if err := n.checkPodOverlap(r); err != nil {
			return err
		}
	}
	return nil
}

// checkPodOverlap refuses a pod range that overlaps a network's. Subnets need no look: their network has their space.
func (n *networkSpec) checkPodOverlap(used usedRange) error {
	if !n.hasPodCIDR() || used.kind == subnetSpace {
		return nil
	}
	pods, err := n.pods()
	switch {
	case err != nil:
		return err
	case !pods.Overlaps(used.Prefix):
		return nil
	case used.kind == peerSpace:
		return refuseAKSPodsInPeer.because(pods, used.Prefix)
	case n.NetworkPlugin == "kubenet":
		return refuseAKSKubenetPodsInNetwork.because(pods, used.Prefix)
	default:
		return refuseAKSPodsInNetwork.because(pods, used.Prefix)
	}
}

// usedRange is a range that service and pod addresses must not overlap.
type usedRange struct {
	netip.Prefix
	kind rangeKind
}

// rangeKind says what uses a range.
type rangeKind int

const (
	subnetSpace  rangeKind = iota // a subnet of the nodes' virtual network
	networkSpace                  // that network
	peerSpace                     // a network peered with it
)

// usedRanges are a virtual network's subnets, its address space, and the address spaces of its peers, in this order.
func usedRanges(op *operation, network string) []usedRange {
	var used, peers []usedRange
	for _, r := range op.within(network) {
		switch unversioned(r.Token) {
		case subnetToken:
			used = append(used, usedRange{subnetRange(r), subnetSpace})
		case peeringToken:
			for _, p := range op.addressSpace(text(r.Outputs, "remoteVirtualNetwork", "id")) {
				peers = append(peers, usedRange{p, peerSpace})
			}
		}
	}
	for _, p := range op.addressSpace(network) {
		used = append(used, usedRange{p, networkSpace})
	}
	return append(used, peers...)
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
