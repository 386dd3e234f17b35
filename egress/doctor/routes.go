package doctor

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"aks-egress/egress"
)

func routeChecks() []Check {
	const subject = "Routes"
	return []Check{
		{
			ID: "udr-without-default-route", Severity: Error, Subject: subject, breaks: true,
			Title: "userDefinedRouting without a default route",
			Rule:  "The route table of a cluster with outbound type userDefinedRouting has a route for 0.0.0.0/0.",
			Why: "Azure refuses it, and from a private subnet nothing leaves. A private cluster may rely on a default route " +
				"learned by BGP instead (then this is a warning).",
			Source: "azure-facts 1.4 (RouteTableMissingDefaultRouteError), 14.5", find: udrWithoutDefault,
		},
		{
			ID: "udr-default-route-elsewhere", Severity: Error, Subject: subject, breaks: true,
			Title:  "userDefinedRouting with a default route to the internet or to nothing",
			Rule:   "The default route of a cluster with outbound type userDefinedRouting leads to an appliance or a gateway.",
			Why:    "Azure refuses other next hops, and traffic would pass by the firewall or be dropped.",
			Source: "azure-facts 1.4 (RouteTableInvalidNextHop)", find: udrDefaultElsewhere,
		},
		{
			ID: "next-hop-not-firewall", Severity: Error, Subject: subject, breaks: true,
			Title:  "Next hop that no firewall has",
			Rule:   "A route to a virtual appliance names an address that exists, such as the firewall's private IP.",
			Why:    "Azure accepts any address and drops what is sent to one that nobody has.",
			Source: "azure-facts 4, 5.1", find: nextHopNotFirewall,
		},
		{
			ID: "firewall-subnet-default-route", Severity: Error, Subject: subject, breaks: true,
			Title: "Firewall subnet whose route table does not lead to the internet",
			Rule: "A route table on AzureFirewallSubnet keeps 0.0.0.0/0 to Internet, unless the firewall has a " +
				"management NIC.",
			Why:    "Azure refuses it, because the firewall loses its own connection.",
			Source: "azure-facts 5.1 (AzureFirewallSubnetRouteTableMustHaveDefaultRouteToInternet)",
			find:   firewallSubnetDefault,
		},
		{
			ID: "application-gateway-default-route", Severity: Error, Subject: subject,
			Title:  "Application Gateway behind a default route to an appliance",
			Rule:   "The route table of an application gateway's subnet does not send 0.0.0.0/0 to an appliance or a gateway.",
			Why:    "It is not supported for v2, except for gateways that are deployed as private ones.",
			Source: "azure-facts 7.7", find: gatewayDefault,
		},
	}
}

func udrWithoutDefault(x *examination) []Finding {
	return x.eachTable(func(c *cluster, p *place, subnets string) []Finding {
		if !c.is(userDefinedRouting) || defaultRoute(p.table) != nil {
			return nil
		}
		severity := Error
		if c.PrivateCluster && !p.table.DisableBGPRoutePropagation {
			severity = Warning
		}
		hop := "<private IP of the firewall>"
		if near := x.firewallsNear(p.vnet); len(near) > 0 && near[0].PrivateIP.IsValid() {
			hop = near[0].PrivateIP.String()
		}
		return []Finding{{
			Resource: p.table.ID, Severity: severity,
			Message: fmt.Sprintf("Route table %s on subnet %s of cluster %s (userDefinedRouting) has no route for 0.0.0.0/0.",
				short(p.table.ID), subnets, c.Name),
			Fix: fmt.Sprintf("Add it: `az network route-table route create --resource-group %s --route-table-name %s --name "+
				"default --address-prefix 0.0.0.0/0 --next-hop-type VirtualAppliance --next-hop-ip-address %s`.",
				group(p.table.ID), last(p.table.ID), hop),
		}}
	})
}

func udrDefaultElsewhere(x *examination) []Finding {
	return x.eachTable(func(c *cluster, p *place, subnets string) []Finding {
		route := defaultRoute(p.table)
		if !c.is(userDefinedRouting) || route == nil || leads(route) {
			return nil
		}
		return []Finding{{
			Resource: p.table.ID,
			Message: fmt.Sprintf("Route %s of table %s, on subnet %s of cluster %s (userDefinedRouting), sends 0.0.0.0/0 to %s.",
				route.Name, short(p.table.ID), subnets, c.Name, hopText(route)),
			Fix: "Set its nextHopType to VirtualAppliance and nextHopIpAddress to the firewall's private IP.",
		}}
	})
}

func nextHopNotFirewall(x *examination) []Finding {
	var found []Finding
	for _, id := range slices.Sorted(maps.Keys(x.subnets)) {
		p := x.subnets[id]
		if p.table == nil {
			continue
		}
		for i := range p.table.Routes {
			route := &p.table.Routes[i]
			if !sameHop(route.NextHopType, egress.NextHopVirtualAppliance) {
				continue
			}
			problem := x.noSuchHop(p, route.NextHopIP)
			message := fmt.Sprintf("Route %s of table %s, in VNet %s, has next hop VirtualAppliance %s.",
				route.Name, short(p.table.ID), p.vnet.Name, problem)
			told := slices.ContainsFunc(found, func(f Finding) bool { return f.Message == message })
			if problem != "" && !told { // once for all subnets of the VNet
				found = append(found, Finding{
					Resource: p.table.ID, Message: message, Fix: "Set nextHopIpAddress to " + x.rightHop(p) + ".",
				})
			}
		}
	}
	return found
}

// noSuchHop says why an address cannot be that of an appliance; empty when it is one, or may be.
func (x *examination) noSuchHop(p *place, ip netip.Addr) string {
	if !ip.IsValid() {
		return "without an address"
	}
	for i := range x.n.Firewalls {
		if x.n.Firewalls[i].PrivateIP == ip {
			return ""
		}
	}
	near := []*egress.VNet{p.vnet}
	for _, peering := range p.vnet.Peerings {
		remote := x.vnet(peering.RemoteVNetID)
		if remote == nil {
			return "" // it may be there
		}
		near = append(near, remote)
	}
	for _, v := range near {
		for i := range v.Subnets {
			s := &v.Subnets[i]
			switch {
			case !holds(s.Prefixes, ip):
			case !same(s.Name, egress.AzureFirewallSubnet), x.unknownAddress(v):
				return "" // of a virtual machine, or of a firewall whose address is not known
			default:
				return fmt.Sprintf("%s, which no firewall in subnet %s has", ip, short(s.ID))
			}
		}
	}
	return fmt.Sprintf("%s, which lies in no subnet of VNet %s or of its peers", ip, p.vnet.Name)
}

func (x *examination) unknownAddress(v *egress.VNet) bool {
	for _, fw := range x.firewallsIn(v) {
		if !fw.PrivateIP.IsValid() {
			return true
		}
	}
	return false
}

// rightHop names the firewalls that the routes of a subnet can lead to.
func (x *examination) rightHop(p *place) string {
	var words []string
	for _, fw := range x.firewallsNear(p.vnet) {
		if fw.PrivateIP.IsValid() {
			words = append(words, fmt.Sprintf("%s (firewall %s)", fw.PrivateIP, short(fw.ID)))
		}
	}
	if len(words) == 0 {
		return "the private IP of an appliance in this VNet or a peered one"
	}
	return either(words)
}

func holds(prefixes []netip.Prefix, ip netip.Addr) bool {
	for _, p := range prefixes {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

func firewallSubnetDefault(x *examination) []Finding {
	var found []Finding
	for i := range x.n.Firewalls {
		fw := &x.n.Firewalls[i]
		home := x.subnet(fw.SubnetID)
		if home == nil || home.table == nil || fw.ManagementSubnetID != "" {
			continue
		}
		route := defaultRoute(home.table)
		if route != nil && sameHop(route.NextHopType, egress.NextHopInternet) {
			continue
		}
		has := "has no route for 0.0.0.0/0"
		if route != nil {
			has = "sends 0.0.0.0/0 to " + hopText(route)
		}
		found = append(found, Finding{
			Resource: home.table.ID,
			Message: fmt.Sprintf("Route table %s on the subnet of firewall %s %s, and the firewall has no management NIC.",
				short(home.table.ID), short(fw.ID), has),
			Fix: "Add a route 0.0.0.0/0 with nextHopType Internet, or detach the table from the subnet.",
		})
	}
	return found
}

// hasGateway says whether the network holds a cluster's application gateway. An export does not: it is in the node
// resource group.
func (x *examination) hasGateway(c *cluster) bool {
	return slices.ContainsFunc(x.n.ApplicationGateways, func(g egress.ApplicationGateway) bool {
		return same(g.ID, c.ApplicationGatewayID)
	})
}

// leadsAway says whether a subnet's default route is to an appliance or a gateway.
func (x *examination) leadsAway(subnetID string) bool {
	home := x.subnet(subnetID)
	return home != nil && leads(defaultRoute(home.table))
}

func gatewayDefault(x *examination) []Finding {
	var found []Finding
	x.eachGatewaySubnet(func(gateway, subnetID string) {
		if !x.leadsAway(subnetID) {
			return
		}
		home := x.subnet(subnetID)
		found = append(found, Finding{
			Resource: home.table.ID,
			Message: fmt.Sprintf("Route table %s sends 0.0.0.0/0 of subnet %s, where %s is, to %s.",
				short(home.table.ID), short(home.subnet.ID), gateway, hopText(defaultRoute(home.table))),
			Fix: "Give the subnet a table without that route: " + updateSubnet(home, "--route-table null") + ".",
		})
	})
	return found
}

// eachGatewaySubnet runs f for every application gateway, also those of AKS's add-on that the network lacks: its name
// in a sentence, and its subnet.
func (x *examination) eachGatewaySubnet(f func(gateway, subnetID string)) {
	for i := range x.n.ApplicationGateways {
		gateway := &x.n.ApplicationGateways[i]
		f("application gateway "+short(gateway.ID), gateway.SubnetID)
	}
	for _, c := range x.clusters {
		if !x.hasGateway(c) {
			f("the application gateway of cluster "+short(c.ID), c.GatewaySubnetID)
		}
	}
}
