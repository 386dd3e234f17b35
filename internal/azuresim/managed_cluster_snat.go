package azuresim

import (
	"net/netip"
	"strings"

	"aks-egress/egress/snat"
)

const (
	publicIPToken     = "azure-native:network:PublicIPAddress"
	publicPrefixToken = "azure-native:network:PublicIPPrefix"

	managedIPTag   = "aks-managed-type"
	managedIPValue = "aks-slb-managed-outbound-ip"
)

// checkLoadBalancerProfile checks the load balancer profile (azure-facts 1.4, 2.1, 2.3). NAT gateway clusters take a
// profile without using it (azure-facts 1.4, last line), so their addresses are not looked at.
func (c *clusterRequest) checkLoadBalancerProfile() error {
	p := c.spec.NetworkProfile.LoadBalancerProfile
	if p == nil {
		return nil
	}
	if err := p.checkValues(); err != nil || c.spec.NetworkProfile.OutboundType != outboundLoadBalancer {
		return err
	}
	ips, err := c.outboundIPs(p)
	if err != nil {
		return err
	}
	count, surge := c.spec.nodes()
	a := snat.Allocation{Nodes: count + surge, PortsPerNode: value(p.AllocatedOutboundPorts, 0), IPs: ips}
	if !a.Fits() {
		return refuseAKSPorts.because(a.PortsPerNode, a.Nodes, a.Required(), a.Available(), a.IPs)
	}
	return nil
}

// checkValues checks a profile's numbers and that exactly one of the three providers gives the addresses.
func (p *loadBalancer) checkValues() error {
	providers := 0
	if p.ManagedOutboundIPs != nil {
		providers++
		if n := value(p.ManagedOutboundIPs.Count, 1); n < 1 || n > maxManagedIPs {
			return refuseAKSManagedIPCount.because(n)
		}
	}
	if len(p.ownIPs()) > 0 {
		providers++
	}
	if len(p.ownPrefixes()) > 0 {
		providers++
	}
	switch providers {
	case 0:
		return refuseAKSNoIPProvider.because()
	case 1:
		return p.checkRule()
	default:
		return refuseAKSTwoIPProviders.because()
	}
}

// checkRule checks what becomes of the outbound rule and its backend pool.
func (p *loadBalancer) checkRule() error {
	if n := value(p.IdleTimeoutInMinutes, 30); n < 4 || n > 120 {
		return refuseAKSIdleTimeout.because(n)
	}
	switch n := value(p.AllocatedOutboundPorts, 0); {
	case n < 0 || n > snat.MaxAllocatedPorts:
		return refuseAKSPortRange.because(n)
	case n != snat.RoundToBlock(n):
		return refuseAKSPortMultiple.because()
	}
	if !oneOf(p.BackendPoolType, "", "NodeIPConfiguration", "NodeIP") {
		return refuseAKSBackendPoolType.because(p.BackendPoolType)
	}
	return nil
}

// ownIPs are the program's public IP addresses.
func (p *loadBalancer) ownIPs() []resourceReference {
	if p.OutboundIPs == nil {
		return nil
	}
	return p.OutboundIPs.PublicIPs
}

// ownPrefixes are the program's public IP prefixes.
func (p *loadBalancer) ownPrefixes() []resourceReference {
	if p.OutboundIPPrefixes == nil {
		return nil
	}
	return p.OutboundIPPrefixes.PublicIPPrefixes
}

// outboundIPs counts the addresses of a profile and checks those of the program.
func (c *clusterRequest) outboundIPs(p *loadBalancer) (int, error) {
	n := 0
	if p.ManagedOutboundIPs != nil {
		n = value(p.ManagedOutboundIPs.Count, 1)
	}
	for _, ip := range p.ownIPs() {
		if err := c.checkOwnIP(ip.ID); err != nil {
			return 0, err
		}
		n++
	}
	for _, r := range p.ownPrefixes() {
		size, err := c.checkOwnPrefix(r.ID)
		if err != nil {
			return 0, err
		}
		n += size
	}
	return n, nil
}

// checkOwnIP checks a public IP address that is to serve as outbound address (azure-facts 1.4, 2.1).
func (c *clusterRequest) checkOwnIP(id string) error {
	ip, ok := c.op.get(id)
	if !ok || unversioned(ip.Token) != publicIPToken {
		return refuseAKSOwnIPMissing.because()
	}
	region, sku := text(ip.Outputs, "location"), text(ip.Outputs, "sku", "name")
	switch {
	case !sameLocation(region, c.spec.Location):
		return refuseAKSOwnIPRegion.because(id, region, location(c.spec.Location))
	case !strings.EqualFold(sku, "Standard"):
		return refuseAKSOwnIPSKU.because(id, sku)
	case text(ip.Outputs, "provisioningState") == "Failed":
		return refuseAKSOwnIPState.because(id, "Failed")
	case text(ip.Outputs, "tags", managedIPTag) == managedIPValue:
		return refuseAKSOwnIPManaged.because(id)
	}
	if user := c.userOf(id); user != "" {
		return refuseAKSOwnIPAttached.because(id, user)
	}
	return nil
}

// checkOwnPrefix checks a public IP prefix and answers how many addresses it has.
func (c *clusterRequest) checkOwnPrefix(id string) (int, error) {
	const subscription = "/subscriptions/" + SubscriptionID
	if !strings.HasPrefix(strings.ToLower(id), subscription+"/") {
		return 0, refuseAKSOwnPrefixSubscription.because(id, subscription)
	}
	r, ok := c.op.get(id)
	if !ok || unversioned(r.Token) != publicPrefixToken {
		return 0, refuseAKSOwnPrefixMissing.because(id)
	}
	if region := text(r.Outputs, "location"); !sameLocation(region, c.spec.Location) {
		return 0, refuseAKSOwnPrefixRegion.because(id, region, location(c.spec.Location))
	}
	if user := c.userOf(id); user != "" {
		return 0, refuseAKSOwnPrefixAttached.because(id, user)
	}
	prefix, err := netip.ParsePrefix(text(r.Outputs, "ipPrefix"))
	if err != nil {
		return 0, err
	}
	return 1 << (32 - prefix.Bits()), nil
}

// userOf is what uses a public address or prefix, other than the load balancer of this cluster, or "".
func (c *clusterRequest) userOf(id string) string {
	for _, r := range c.op.filter(func(_ string, r *Record) bool { return !sameID(r.Owner, c.desired.ID) }) {
		switch unversioned(r.Token) {
		case publicIPToken, publicPrefixToken, managedClusterToken:
		default:
			if part, ok := refers(r.Outputs, id, r.ID); ok {
				return part
			}
		}
	}
	return ""
}

// checkNATGatewayProfile checks the managed NAT gateway's profile (azure-facts 1.1).
func (c *clusterRequest) checkNATGatewayProfile() error {
	p := c.spec.NetworkProfile.NATGatewayProfile
	if p == nil {
		return nil
	}
	if n := c.spec.natIPs(); n < 1 || n > snat.MaxNATGatewayIPs {
		return refuseAKSNATIPCount.because(n)
	}
	if n := value(p.IdleTimeoutInMinutes, 4); n < 4 || n > 120 {
		return refuseAKSNATIdleTimeout.because(n)
	}
	return nil
}
