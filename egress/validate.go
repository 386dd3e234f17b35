package egress

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// Validate names every inconsistency of the network, joined: ids that are missing, used twice or dangle, prefixes
// that are invalid, overlap or lie outside their VNet, unknown words in rules and routes. A network that is not
// valid can still be traced; Trace answers Insufficient where an inconsistency matters. Three references may dangle,
// because a deployment seldom holds what they name: NSGs, and a cluster's public IPs and application gateway in its
// node resource group.
func (n *Network) Validate() error {
	v := &validation{n: n, ix: newIndex(n), ids: map[string]string{}}
	for i := range n.VNets {
		v.vnet(&n.VNets[i])
	}
	for i := range n.RouteTables {
		v.routeTable(&n.RouteTables[i])
	}
	for i := range n.NetworkSecurityGroups {
		v.securityGroup(&n.NetworkSecurityGroups[i])
	}
	v.publicAddresses()
	for i := range n.NATGateways {
		g := &n.NATGateways[i]
		v.id("NAT gateway", g.ID)
		v.publicRefs(g.ID, g.PublicIPIDs, g.PublicIPPrefixIDs)
		if g.IdleTimeoutInMinutes != 0 && (g.IdleTimeoutInMinutes < 4 || g.IdleTimeoutInMinutes > 120) {
			v.fail(g.ID, "idleTimeoutInMinutes must be 4 to 120 (got %d)", g.IdleTimeoutInMinutes)
		}
	}
	for i := range n.LoadBalancers {
		v.loadBalancer(&n.LoadBalancers[i])
	}
	for i := range n.FirewallPolicies {
		v.policy(&n.FirewallPolicies[i])
	}
	for i := range n.Firewalls {
		v.firewall(&n.Firewalls[i])
	}
	for i := range n.ApplicationGateways {
		v.applicationGateway(&n.ApplicationGateways[i])
	}
	for i := range n.TrafficControllers {
		v.trafficController(&n.TrafficControllers[i])
	}
	for i := range n.Clusters {
		v.cluster(&n.Clusters[i])
		v.clusterEntries(&n.Clusters[i])
	}
	v.serviceTags()
	return errors.Join(v.errs...)
}

type validation struct {
	n    *Network
	ix   *index
	ids  map[string]string // lower-case id → what has it
	errs []error
}

func (v *validation) fail(where, rule string, args ...any) {
	v.errs = append(v.errs, fmt.Errorf("%s: %s", where, fmt.Sprintf(rule, args...)))
}

func (v *validation) id(what, id string) {
	key := strings.ToLower(id)
	switch other, taken := v.ids[key]; {
	case id == "":
		v.fail(what, "has no id")
	case taken:
		v.fail(id, "the id belongs to a %s and a %s", other, what)
	default:
		v.ids[key] = what
	}
}

// ref checks that a reference, if set, names something of the network.
func (v *validation) ref(where, what, id string, found bool) {
	if id != "" && !found {
		v.fail(where, "%s %s is not in the network", what, id)
	}
}

func (v *validation) publicRefs(where string, ipIDs, prefixIDs []string) {
	for _, id := range ipIDs {
		v.ref(where, "public IP", id, v.ix.publicIP(id) != nil)
	}
	for _, id := range prefixIDs {
		v.ref(where, "public IP prefix", id, v.ix.publicIPPrefix(id) != nil)
	}
}

func (v *validation) publicAddresses() {
	owners := map[netip.Addr]string{}
	for i := range v.n.PublicIPs {
		ip := &v.n.PublicIPs[i]
		v.id("public IP", ip.ID)
		if other, taken := owners[ip.Address]; taken && ip.Address.IsValid() {
			v.fail(ip.ID, "address %s belongs to %s too", ip.Address, other)
		}
		owners[ip.Address] = ip.ID
	}
	for i := range v.n.PublicIPPrefixes {
		p := &v.n.PublicIPPrefixes[i]
		v.id("public IP prefix", p.ID)
		for _, other := range v.n.PublicIPPrefixes[:i] {
			if p.Prefix.Overlaps(other.Prefix) {
				v.fail(p.ID, "prefix %s overlaps %s of %s", p.Prefix, other.Prefix, other.ID)
			}
		}
	}
}

func (v *validation) cluster(c *Cluster) {
	v.id("cluster", c.ID)
	for _, id := range append(append([]string{}, c.NodeSubnetIDs...), c.PodSubnetIDs...) {
		_, subnet := v.ix.subnet(id)
		v.ref(c.ID, "subnet", id, subnet != nil)
	}
	v.ref(c.ID, "load balancer", c.OutboundLoadBalancerID, v.ix.loadBalancer(c.OutboundLoadBalancerID) != nil)
	v.ref(c.ID, "NAT gateway", c.OutboundNATGatewayID, v.ix.natGateway(c.OutboundNATGatewayID) != nil)
	if c.OutboundType == "" {
		v.fail(c.ID, "has no outbound type")
	}
	for _, p := range c.AuthorizedIPRanges {
		v.prefix(c.ID, "authorized IP range", p)
	}
	if c.PodCIDR.IsValid() && c.PodCIDR.Overlaps(c.ServiceCIDR) {
		v.fail(c.ID, "pod CIDR %s overlaps service CIDR %s", c.PodCIDR, c.ServiceCIDR)
	}
	for _, id := range c.NodeSubnetIDs {
		vnet, _ := v.ix.subnet(id)
		if vnet == nil {
			continue
		}
		for _, space := range vnet.AddressSpace {
			for _, cidr := range []netip.Prefix{c.PodCIDR, c.ServiceCIDR} {
				if cidr.Overlaps(space) {
					v.fail(c.ID, "%s overlaps %s of VNet %s", cidr, space, vnet.Name)
				}
			}
		}
	}
}
