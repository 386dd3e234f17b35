package doctor

import (
	"fmt"

	"aks-egress/egress"
)

// precedenceChecks look for ways out that another way out hides.
func precedenceChecks() []Check {
	const subject = "Ways out that hide each other"
	return []Check{
		{
			ID: "outbound-type-bypassed", Severity: Warning, Subject: subject,
			Title: "Default route that bypasses the outbound type",
			Rule: "The subnets of a cluster that leaves through a load balancer or AKS's NAT gateway have no default route " +
				"elsewhere.",
			Why: "The route wins, so traffic leaves by another address than the cluster reports, and replies of public " +
				"services may be lost.",
			Source: "azure-facts 4 (egress precedence), 7.5", find: bypassed,
		},
		{
			ID: "load-balancer-type-with-nat-gateway", Severity: Warning, Subject: subject,
			Title:  "loadBalancer on a subnet with a NAT gateway",
			Rule:   "The subnets of a cluster with outbound type loadBalancer have no NAT gateway.",
			Why:    "The NAT gateway wins, so the cluster's outbound IPs are paid and unused; a new cluster is refused.",
			Source: "azure-facts 1.2, 4 (egress precedence)", find: balancerTypeWithNAT,
		},
		{
			ID: "load-balancer-profile-unused", Severity: Warning, Subject: subject,
			Title:  "Load balancer profile with another outbound type",
			Rule:   "A load balancer profile belongs to outbound type loadBalancer.",
			Why:    "With userDefinedRouting Azure refuses it (an error); with NAT types it is accepted and has no effect.",
			Source: "azure-facts 1.4 (InvalidUserDefinedRoutingWithLoadBalancerProfile)", find: profileUnused,
		},
		{
			ID: "nat-gateway-and-default-route", Severity: Warning, Subject: subject,
			Title: "NAT gateway and default route to an appliance on one subnet",
			Rule:  "A subnet leaves either through a NAT gateway or through an appliance.",
			Why: "The route wins and the NAT gateway is paid and unused; that is right only while a cluster changes its " +
				"type.",
			Source: "azure-facts 3, 4 (egress precedence)", find: natAndDefault,
		},
	}
}

func bypassed(x *examination) []Finding {
	return x.eachTable(func(c *cluster, p *place, subnets string) []Finding {
		route := defaultRoute(p.table)
		if !c.is(loadBalancer, managedNATGateway) || !leads(route) {
			return nil
		}
		return []Finding{{
			Resource: p.table.ID,
			Message: fmt.Sprintf("Cluster %s has outbound type %s, but route %s on its subnet %s sends 0.0.0.0/0 to %s.",
				c.Name, c.OutboundType, route.Name, subnets, hopText(route)),
			Fix: fmt.Sprintf("If that route is meant, make it the cluster's outbound type: `az aks update --resource-group %s "+
				"--name %s --outbound-type userDefinedRouting`; else remove the route.", group(c.ID), c.Name),
		}}
	})
}

// hopText is a next hop as a sentence names it.
func hopText(r *egress.Route) string {
	if r.NextHopIP.IsValid() {
		return string(r.NextHopType) + " " + r.NextHopIP.String()
	}
	return string(r.NextHopType)
}

func balancerTypeWithNAT(x *examination) []Finding {
	return x.each(func(c *cluster, p *place) []Finding {
		if !c.is(loadBalancer) || p.subnet.NATGatewayID == "" {
			return nil
		}
		return []Finding{{
			Resource: p.subnet.ID,
			Message: fmt.Sprintf("Cluster %s has outbound type loadBalancer, but its subnet %s has NAT gateway %s.",
				c.Name, short(p.subnet.ID), short(p.subnet.NATGatewayID)),
			Fix: fmt.Sprintf("If the NAT gateway is meant: `az aks update --resource-group %s --name %s --outbound-type "+
				"userAssignedNATGateway`; else detach it from the subnet.", group(c.ID), c.Name),
		}}
	})
}

func profileUnused(x *examination) []Finding {
	var found []Finding
	for _, c := range x.clusters {
		profile := c.LoadBalancer
		if profile == nil || c.is(loadBalancer, "") || !profileSet(profile) {
			continue
		}
		severity := Warning
		if c.is(userDefinedRouting) {
			severity = Error
		}
		found = append(found, Finding{
			Resource: c.ID, Severity: severity,
			Message: fmt.Sprintf("Cluster %s has outbound type %s and a loadBalancerProfile.", c.Name, c.OutboundType),
			Fix:     "Remove networkProfile.loadBalancerProfile, or use outbound type loadBalancer.",
		})
	}
	return found
}

// profileSet tells a profile that asks for something from one that Azure fills in with defaults.
func profileSet(p *egress.LoadBalancerProfile) bool {
	return p.ManagedOutboundIPs+p.AllocatedOutboundPorts+len(p.OutboundIPIDs)+len(p.OutboundIPPrefixIDs) > 0
}

func natAndDefault(x *examination) []Finding {
	var found []Finding
	for _, p := range x.subnets {
		route := defaultRoute(p.table)
		if p.subnet.NATGatewayID == "" || !leads(route) {
			continue
		}
		found = append(found, Finding{
			Resource: p.subnet.ID,
			Message: fmt.Sprintf("Subnet %s has NAT gateway %s, and its route %s sends 0.0.0.0/0 to %s, which takes precedence.",
				short(p.subnet.ID), short(p.subnet.NATGatewayID), route.Name, hopText(route)),
			Fix: "Keep one of them: remove the route, or " + updateSubnet(p, "--nat-gateway null") + ".",
		})
	}
	return found
}
