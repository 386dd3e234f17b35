package azuresim

import (
	"net/netip"
	"strings"
)

const (
	publicIPToken     = "azure-native:network:PublicIPAddress"
	publicPrefixToken = "azure-native:network:PublicIPPrefix"

	managedIPTag   = "aks-managed-type"
	managedIPValue = "aks-slb-managed-outbound-ip"

	// portsPerIP are the SNAT ports of one load balancer frontend address (azure-facts 2.2).
	portsPerIP = 64000
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
	ports := value(p.AllocatedOutboundPorts, 0)
	if needed := (count + surge) * ports; needed > portsPerIP*ips {
		return refuseAKS("InvalidLoadBalancerProfileAllocatedOutboundPorts",
			"networkProfile.loadBalancerProfile.allocatedOutboundPorts",
			"Load balancer profile allocated ports %d is not in an allowable range given the number of nodes and IPs "+
				"provisioned. Total node count %d requires %d ports but only %d ports are available given %d outbound "+
				"public IPs. Refer to https://aka.ms/aks/slb-ports for more details.",
			ports, count+surge, needed, portsPerIP*ips, ips)
	}
	return nil
}

// checkValues checks a profile's numbers and that exactly one of the three providers gives the addresses. Codes are
// AKS's, texts ours.
func (p *loadBalancer) checkValues() error {
	const target = "networkProfile.loadBalancerProfile"
	providers := 0
	if p.ManagedOutboundIPs != nil {
		providers++
		if n := value(p.ManagedOutboundIPs.Count, 1); n < 1 || n > 100 {
			return refuseAKS("InvalidLoadBalancerProfileManagedOutboundIPCount", target+".managedOutboundIPs.count",
				"Load balancer profile managed outbound IP count %d is not in the range 1 to 100.", n)
		}
		if n := value(p.ManagedOutboundIPs.CountIPv6, 0); n != 0 {
			return refuseAKS("InvalidLoadBalancerProfileManagedOutboundIPCount", target+".managedOutboundIPs.countIPv6",
				"Load balancer profile managed outbound IPv6 count %d is not allowed without dual stack.", n)
		}
	}
	if len(p.ownIPs()) > 0 {
		providers++
	}
	if len(p.ownPrefixes()) > 0 {
		providers++
	}
	if providers != 1 {
		return refuseAKS("InvalidLoadBalancerProfile", target,
			"Load balancer profile must specify one of ManagedOutboundIPs, OutboundIPPrefixes and OutboundIPs.")
	}
	return p.checkRule()
}

// checkRule checks what becomes of the outbound rule and its backend pool.
func (p *loadBalancer) checkRule() error {
	const target = "networkProfile.loadBalancerProfile"
	if n := value(p.IdleTimeoutInMinutes, 30); n < 4 || n > 120 {
		return refuseAKS("InvalidLoadBalancerProfileIdleTimeoutInMinutes", target+".idleTimeoutInMinutes",
			"Load balancer profile idle timeout %d minutes is not in the range 4 to 120.", n)
	}
	switch n := value(p.AllocatedOutboundPorts, 0); {
	case n < 0 || n > portsPerIP:
		return refuseAKS("InvalidLoadBalancerProfileAllocatedOutboundPorts", target+".allocatedOutboundPorts",
			"Load balancer profile allocated ports %d is not in the range 0 to %d.", n, portsPerIP)
	case n%8 != 0:
		return refuseAKS("LoadBalancerProfileAllocatedOutboundPortsMustBeMultipleOfEight", target+".allocatedOutboundPorts",
			"Load balancer profile allocated ports %d must be a multiple of 8.", n)
	}
	if t := p.BackendPoolType; t != "" && t != "NodeIPConfiguration" && t != "NodeIP" {
		return refuseAKS("InvalidLoadBalancerProfile", target+".backendPoolType",
			"Load balancer profile backend pool type %q is not NodeIPConfiguration or NodeIP.", t)
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

// checkOwnIP checks a public IP address that is to serve as outbound address (azure-facts 2.1; texts are ours).
func (c *clusterRequest) checkOwnIP(id string) error {
	const code, target = "LoadBalancerProfileOutboundIP", "networkProfile.loadBalancerProfile.outboundIPs"
	ip, ok := c.op.get(id)
	if !ok || unversioned(ip.Token) != publicIPToken {
		return refuseAKS(code+"NotExist", target, "Load balancer profile outbound IP '%s' does not exist.", id)
	}
	switch {
	case !sameLocation(text(ip.Outputs, "location"), c.spec.Location):
		return refuseAKS(code+"NotInTheSameRegion", target,
			"Load balancer profile outbound IP '%s' is not in region %s.", id, location(c.spec.Location))
	case !strings.EqualFold(text(ip.Outputs, "sku", "name"), "Standard"):
		return refuseAKS(code+"NotStandardSKU", target, "Load balancer profile outbound IP '%s' is not of SKU Standard.", id)
	case !strings.EqualFold(text(ip.Outputs, "publicIPAllocationMethod"), "Static"):
		return refuseAKS("InvalidLoadBalancerProfileOutboundIPs", target,
			"Load balancer profile outbound IP '%s' is not static.", id)
	case text(ip.Outputs, "tags", managedIPTag) == managedIPValue:
		return refuseAKS(code+"HasManagedOutboundIPTag", target,
			"Load balancer profile outbound IP '%s' is a managed outbound IP of AKS.", id)
	}
	if user := c.userOf(id); user != "" {
		return refuseAKS(code+"AttachedToAnotherIPConfiguration", target,
			"Load balancer profile outbound IP '%s' is attached to '%s'.", id, user)
	}
	return nil
}

// checkOwnPrefix checks a public IP prefix and answers how many addresses it has.
func (c *clusterRequest) checkOwnPrefix(id string) (int, error) {
	const code, target = "LoadBalancerProfileOutboundIPPrefix", "networkProfile.loadBalancerProfile.outboundIPPrefixes"
	r, ok := c.op.get(id)
	switch {
	case !strings.HasPrefix(strings.ToLower(id), "/subscriptions/"+SubscriptionID+"/"):
		return 0, refuseAKS(code+"NotInTheSameSubscription", target,
			"Load balancer profile outbound IP prefix '%s' is not in subscription %s.", id, SubscriptionID)
	case !ok || unversioned(r.Token) != publicPrefixToken:
		return 0, refuseAKS(code+"NotExist", target, "Load balancer profile outbound IP prefix '%s' does not exist.", id)
	case !sameLocation(text(r.Outputs, "location"), c.spec.Location):
		return 0, refuseAKS(code+"NotInTheSameRegion", target,
			"Load balancer profile outbound IP prefix '%s' is not in region %s.", id, location(c.spec.Location))
	}
	if user := c.userOf(id); user != "" {
		return 0, refuseAKS("InvalidLoadBalancerProfileOutboundIPPrefixes", target,
			"Load balancer profile outbound IP prefix '%s' is attached to '%s'.", id, user)
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

// checkNATGatewayProfile checks the managed NAT gateway's profile (azure-facts 1.1; texts are ours).
func (c *clusterRequest) checkNATGatewayProfile() error {
	p := c.spec.NetworkProfile.NATGatewayProfile
	if p == nil {
		return nil
	}
	if n := c.spec.natIPs(); n < 1 || n > 16 {
		return refuseAKS("InvalidNATGatewayProfileManagedOutboundIPCount",
			"networkProfile.natGatewayProfile.managedOutboundIPProfile.count",
			"NAT gateway profile managed outbound IP count %d is not in the range 1 to 16.", n)
	}
	if n := value(p.IdleTimeoutInMinutes, 4); n < 4 || n > 120 {
		return refuseAKS("InvalidNATGatewayProfileIdleTimeoutInMinutes",
			"networkProfile.natGatewayProfile.idleTimeoutInMinutes",
			"NAT gateway profile idle timeout %d minutes is not in the range 4 to 120.", n)
	}
	return nil
}
