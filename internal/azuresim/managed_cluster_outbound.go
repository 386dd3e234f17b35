package azuresim

import (
	"slices"
	"strings"
)

// The outbound types of AKS API 2024-09-01.
const (
	outboundLoadBalancer       = "loadBalancer"
	outboundManagedNATGateway  = "managedNATGateway"
	outboundUserNATGateway     = "userAssignedNATGateway"
	outboundUserDefinedRouting = "userDefinedRouting"
)

// outboundMoves are the changes of outbound type that Azure makes in place, by network and present type
// (azure-facts 1.6; where its sources differ, the table counts).
var outboundMoves = map[bool]map[string][]string{
	false: { // the network that AKS manages
		outboundLoadBalancer: {outboundManagedNATGateway},
	},
	true: { // a network of one's own
		outboundLoadBalancer:       {outboundUserNATGateway, outboundUserDefinedRouting},
		outboundUserNATGateway:     {outboundLoadBalancer, outboundUserDefinedRouting},
		outboundUserDefinedRouting: {outboundLoadBalancer, outboundUserNATGateway},
	},
}

// checkSubnet checks one subnet of the program's: it exists, is not delegated and has room (azure-facts 11.2).
func (c *clusterRequest) checkSubnet(id string) error {
	subnet, ok := c.op.get(id)
	if !ok || unversioned(subnet.Token) != subnetToken {
		return refuseAKS("SubnetNotFound", "properties.vnetSubnetID", "Subnet '%s' was not found.", id)
	}
	if len(items(subnet.Outputs, "delegations")) > 0 {
		return refuseAKS("SubnetIsDelegated", "properties.vnetSubnetID",
			"Subnet '%s' is delegated and cannot be used by agent pools.", id)
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
		return refuseAKS("InsufficientSubnetSize", "properties.vnetSubnetID",
			"Pre-allocated IPs %d exceeds IPs available %d in Subnet Cidr %s, Subnet Name %s. "+
				"http://aka.ms/aks/insufficientsubnetsize",
			needed, max(room, 0), prefix, nameOf(id))
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
	switch n.OutboundType {
	case outboundLoadBalancer:
		return c.checkNoNATGateway(subnets)
	case outboundManagedNATGateway:
		for _, p := range c.spec.AgentPoolProfiles {
			if p.VnetSubnetID != "" {
				return &armError{
					Status: 400, Code: "InvalidParameter", Subcode: "ManagedNATGatewayWithCustomVNetNotAllowed",
					Message: "Outbound type is managedNATGateway but agent pool '" + p.Name +
						"' is using custom VNet, which is not allowed.",
					Target: "properties.vnetSubnetID",
				}
			}
		}
	case outboundUserNATGateway:
		if len(subnets) == 0 { // the text is ours
			return refuseAKS("UserAssignedNATGatewayWithManagedVNetNotAllowed", "networkProfile.outboundType",
				"Outbound type is userAssignedNATGateway but the agent pools use a managed VNet, which is not allowed.")
		}
		return c.forEach(subnets, c.checkNATGateway)
	case outboundUserDefinedRouting:
		return c.checkUserDefinedRouting(subnets)
	default:
		return refuseAKS("UnsupportedOutboundType", "networkProfile.outboundType",
			"Outbound type %q is not supported.", n.OutboundType)
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
// allowed (azure-facts 1.2). Code and text are ours: no source has them.
func (c *clusterRequest) checkNoNATGateway(subnets []string) error {
	if c.old != nil {
		return nil
	}
	return c.forEach(subnets, func(id string) error {
		subnet, _ := c.op.get(id)
		if gateway := text(subnet.Outputs, "natGateway", "id"); gateway != "" {
			return invalidParameter("networkProfile.outboundType",
				"outbound type is loadBalancer but subnet '%s' is associated with NAT gateway '%s'", id, gateway)
		}
		return nil
	})
}

func (c *clusterRequest) checkNATGateway(subnetID string) error {
	subnet, _ := c.op.get(subnetID)
	id := text(subnet.Outputs, "natGateway", "id")
	if id == "" {
		return refuseAKS("SubnetNotAssociatedWithNATGateway", "properties.vnetSubnetID",
			"Subnet '%s' must have a NAT gateway associated for outbound connection", subnetID)
	}
	gateway, ok := c.op.get(id)
	if !ok {
		return refuseAKS("NATGatewayNotFound", "properties.vnetSubnetID", "NAT gateway '%s' was not found.", id)
	}
	if len(items(gateway.Outputs, "publicIpAddresses"))+len(items(gateway.Outputs, "publicIpPrefixes")) == 0 {
		return refuseAKS("NATGatewayNotAssociatedWithPublicIPOrIPPrefix", "properties.vnetSubnetID",
			"NAT gateway '%s' must have at least one public IP or IP prefix associated for outbound connection.", id)
	}
	return nil
}

// checkUserDefinedRouting checks the route tables, load balancer profile and node public IPs.
func (c *clusterRequest) checkUserDefinedRouting(subnets []string) error {
	if c.spec.NetworkProfile.LoadBalancerProfile != nil {
		return refuseAKS("InvalidUserDefinedRoutingWithLoadBalancerProfile", "networkProfile.loadBalancerProfile",
			"UserDefinedRouting and load balancer profile are mutually exclusive. Please refer to "+
				"http://aka.ms/aks/outboundtype for more details")
	}
	for _, p := range c.spec.AgentPoolProfiles {
		if p.EnableNodePublicIP { // the text is ours
			return refuseAKS("UDRWithNodePublicIPNotAllowed", "properties.enableNodePublicIP",
				"Outbound type is userDefinedRouting but agent pool '%s' has node public IPs, which is not allowed.", p.Name)
		}
	}
	if len(subnets) == 0 { // the code is ours
		return refuseAKS("InvalidParameter", "networkProfile.outboundType",
			"Outbound type is userDefinedRouting but the agent pools use a managed VNet, which is not allowed.")
	}
	return c.forEach(subnets, c.checkDefaultRoute)
}

// checkDefaultRoute refuses a subnet whose default route does not lead to an appliance or gateway.
func (c *clusterRequest) checkDefaultRoute(subnetID string) error {
	subnet, _ := c.op.get(subnetID)
	table, ok := c.op.get(text(subnet.Outputs, "routeTable", "id"))
	if !ok {
		return refuseAKS("ExistingRouteTableNotAssociatedWithSubnet", "properties.vnetSubnetID",
			"An existing route table has not been associated with subnet %s. Please update the route table association",
			subnetID)
	}
	for _, route := range objects(c.op.show(table).Outputs, "routes") {
		if text(route, "addressPrefix") != "0.0.0.0/0" {
			continue
		}
		next := text(route, "nextHopType")
		if next != "VirtualAppliance" && next != "VirtualNetworkGateway" {
			return refuseAKS("RouteTableInvalidNextHop", "networkProfile.outboundType",
				"Default route 0.0.0.0/0 has a next hop of %s but only next hops of VirtualAppliance or VirtualNetworkGateway "+
					"are allowed. Please see "+
					"http://aka.ms/aks/outboundtype for more details", next)
		}
		return nil
	}
	return refuseAKS("RouteTableMissingDefaultRouteError", "networkProfile.outboundType", // the text is ours
		"Route table '%s' must have a default route 0.0.0.0/0 with a next hop of VirtualAppliance or "+
			"VirtualNetworkGateway. Please see http://aka.ms/aks/outboundtype for more details", table.ID)
}

// checkOutboundMove refuses a change of outbound type that Azure does not make in place. The text is ours.
func (c *clusterRequest) checkOutboundMove() error {
	from, to := c.was.NetworkProfile.OutboundType, c.spec.NetworkProfile.OutboundType
	own := len(c.was.subnets()) > 0
	if from == to || slices.Contains(outboundMoves[own][from], to) {
		return nil
	}
	network := "a managed VNet"
	if own {
		network = "a custom VNet"
	}
	allowed := strings.Join(outboundMoves[own][from], ", ")
	if allowed == "" {
		allowed = "none"
	}
	return refuseAKS("UpdatingOutboundTypeNotAllowed", "networkProfile.outboundType",
		"Updating outbound type from %s to %s is not allowed for a cluster with %s. Allowed: %s. "+
			"Please see https://aka.ms/aks/outboundtype for more details",
		from, to, network, allowed)
}
