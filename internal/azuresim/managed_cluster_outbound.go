package azuresim

import (
	"aks-egress/egress/migration"
)

// The outbound types of AKS API 2024-09-01.
const (
	outboundLoadBalancer       = "loadBalancer"
	outboundManagedNATGateway  = "managedNATGateway"
	outboundUserNATGateway     = "userAssignedNATGateway"
	outboundUserDefinedRouting = "userDefinedRouting"
)

// newerOutboundTypes are the outbound types that API 2024-09-01 lacks, and which one has them (azure-facts 1.5, 10).
var newerOutboundTypes = map[string]string{
	"none":                "it came with API version 2025-01-01",
	"block":               "it is a preview",
	"managedNATGatewayV2": "only the previews 2026-01-02-preview to 2026-05-02-preview have it",
}

// checkSubnet checks one subnet of the program's: it exists, is not delegated and has room (azure-facts 11.2).
func (c *clusterRequest) checkSubnet(id string) error {
	subnet, ok := c.op.get(id)
	if !ok || unversioned(subnet.Token) != subnetToken {
		return refuseAKSSubnetNotFound.because(id)
	}
	if len(items(subnet.Outputs, "delegations")) > 0 {
		return refuseAKSSubnetDelegated.because(id)
	}
	for _, h := range c.op.holders(id, applicationGatewayToken) {
		return refuseGatewayCompany.because(id, h.ID)
	}
	if c.spec.NetworkProfile.NetworkPluginMode == "overlay" {
		for _, name := range []string{nameOf(id), nameOf(parentOf(id)), groupOf(id)} {
			if len(name) > maxOverlayName {
				return refuseAKSOverlayNames.because(name, len(name))
			}
		}
	}
	needed := c.spec.addressesIn(id)
	for _, r := range clustersUsingSubnet(c.op, id) {
		if sameID(r.ID, c.desired.ID) {
			continue
		}
		if other, err := parseCluster(r); err == nil {
			needed += other.addressesIn(id)
		}
	}
	prefix := subnetRange(subnet)
	if room := 1<<(32-prefix.Bits()) - 5; needed > room { // Azure keeps five addresses
		return refuseAKSSubnetSize.because(needed, max(room, 0), prefix, nameOf(id))
	}
	return nil
}

// addressesIn counts the addresses that the nodes of a subnet need, without upgrade surge: AKS refuses less only.
func (s *clusterSpec) addressesIn(subnetID string) int {
	n := 0
	for _, p := range s.AgentPoolProfiles {
		switch {
		case !sameID(p.VnetSubnetID, subnetID):
		case s.NetworkProfile.hasPodCIDR():
			n += *p.Count
		default:
			n += *p.Count * (*p.MaxPods + 1)
		}
	}
	return n
}

// checkOutboundType checks that the network is what the outbound type needs (azure-facts 1.2, 1.4).
func (c *clusterRequest) checkOutboundType() error {
	n, subnets := c.spec.NetworkProfile, c.spec.subnets()
	first := c.spec.AgentPoolProfiles[0].Name // either all pools have a subnet or none
	switch n.OutboundType {
	case outboundLoadBalancer:
		return c.checkNoNATGateway(subnets)
	case outboundManagedNATGateway:
		if len(subnets) > 0 {
			return refuseAKSManagedNATOwnNetwork.because(first)
		}
	case outboundUserNATGateway:
		if len(subnets) == 0 {
			return refuseAKSOwnNATManagedNetwork.because(first)
		}
		return c.forEach(subnets, c.checkNATGateway)
	case outboundUserDefinedRouting:
		return c.checkUserDefinedRouting(subnets)
	default:
		if why, ok := newerOutboundTypes[n.OutboundType]; ok {
			return refuseAKSOutboundTypeAPI.because(n.OutboundType, why)
		}
		return refuseAKSOutboundType.because(n.OutboundType)
	}
	return nil
}

// forEach calls f with each id until one fails.
func (c *clusterRequest) forEach(ids []string, f func(id string) error) error {
	for _, id := range ids {
		if err := f(id); err != nil {
			return err
		}
	}
	return nil
}

// checkNoNATGateway refuses to create a cluster behind a load balancer in a subnet that has a NAT gateway; updates are
// allowed (azure-facts 1.2).
func (c *clusterRequest) checkNoNATGateway(subnets []string) error {
	if c.old != nil {
		return nil
	}
	return c.forEach(subnets, func(id string) error {
		subnet, _ := c.op.get(id)
		if gateway := text(subnet.Outputs, "natGateway", "id"); gateway != "" {
			return refuseAKSNATGatewayPresent.because(id, gateway)
		}
		return nil
	})
}

func (c *clusterRequest) checkNATGateway(subnetID string) error {
	subnet, _ := c.op.get(subnetID)
	gateway, ok := c.op.get(text(subnet.Outputs, "natGateway", "id"))
	if !ok {
		return refuseAKSNATGatewayNotAssociated.because(subnetID)
	}
	if len(items(gateway.Outputs, "publicIpAddresses"))+len(items(gateway.Outputs, "publicIpPrefixes")) == 0 {
		return refuseAKSNATGatewayWithoutIP.because(gateway.ID)
	}
	return nil
}

// checkUserDefinedRouting checks the route tables, load balancer profile and node public IPs.
func (c *clusterRequest) checkUserDefinedRouting(subnets []string) error {
	if c.spec.NetworkProfile.LoadBalancerProfile != nil {
		return refuseAKSRoutingWithProfile.because()
	}
	for _, p := range c.spec.AgentPoolProfiles {
		if p.EnableNodePublicIP {
			return refuseAKSRoutingNodeIP.because(p.Name)
		}
	}
	if len(subnets) == 0 {
		return refuseAKSRoutingManagedNetwork.because(c.spec.AgentPoolProfiles[0].Name)
	}
	return c.forEach(subnets, c.checkDefaultRoute)
}

// checkDefaultRoute refuses a subnet whose default route does not lead to an appliance or gateway. A private cluster
// may learn its default route by BGP (azure-facts 1.4, 14), so it needs none here; where there is none at all, its
// nodes do not boot.
func (c *clusterRequest) checkDefaultRoute(subnetID string) error {
	subnet, _ := c.op.get(subnetID)
	table, ok := c.op.get(text(subnet.Outputs, "routeTable", "id"))
	if !ok {
		return refuseAKSNoRouteTable.because(subnetID)
	}
	for _, route := range objects(c.op.show(table).Outputs, "routes") {
		if text(route, "addressPrefix") != "0.0.0.0/0" {
			continue
		}
		if next := text(route, "nextHopType"); next != "VirtualAppliance" && next != "VirtualNetworkGateway" {
			return refuseAKSNextHop.because(next)
		}
		return nil
	}
	if c.spec.APIServerAccessProfile.EnablePrivateCluster {
		return nil
	}
	return refuseAKSNoDefaultRoute.because(table.ID)
}

// checkOutboundMove refuses a change of outbound type that Azure does not make in place (azure-facts 1.6).
func (c *clusterRequest) checkOutboundMove() error {
	from, to := c.was.NetworkProfile.OutboundType, c.spec.NetworkProfile.OutboundType
	network := migration.Network(len(c.was.subnets()) > 0)
	move := migration.Between(migration.Place{Network: network, OutboundType: migration.OutboundType(from)},
		migration.Place{Network: network, OutboundType: migration.OutboundType(to)})
	if move.Supported {
		return nil
	}
	return refuseAKSOutboundMove.because(from, to, move.Reason)
}
