package doctor

import (
	"fmt"
	"slices"
	"strings"

	"aks-egress/egress"
)

func unusedChecks() []Check {
	const subject = "What nothing uses"
	return []Check{
		{
			ID: "public-ip-unused", Severity: Info, Subject: subject,
			Title: "Public IP or prefix that nothing uses",
			Rule:  "Every public IP and prefix outside the node resource groups belongs to something.",
			Why: "A Standard public IP costs as long as it exists. A state that was not refreshed, or that lacks what uses " +
				"the " +
				"address, looks the same.",
			Source: "azure-facts 12.2", find: unusedIPs,
		},
		{
			ID: "route-table-unassociated", Severity: Warning, Subject: subject,
			Title:  "Route table on no subnet",
			Rule:   "A route table with a default route to an appliance is associated with a subnet.",
			Why:    "A route table has no effect until a subnet refers to it.",
			Source: "azure-facts 4", find: unusedTables,
		},
		{
			ID: "nat-gateway-unassociated", Severity: Warning, Subject: subject,
			Title: "NAT gateway on no subnet",
			Rule:  "A NAT gateway is associated with a subnet.",
			Why:   "It costs by the hour and translates nothing.", Source: "azure-facts 3, 12.2", find: unusedNATs,
		},
	}
}

func (ix *index) inUse(id string) bool { return ix.used[strings.ToLower(id)] }

// aksOwned says whether a resource lies in a cluster's node resource group, where AKS decides.
func (x *examination) aksOwned(id string) bool {
	return slices.ContainsFunc(x.clusters, func(c *cluster) bool { return inGroup(id, c.ID, c.NodeResourceGroup) })
}

func unusedTables(x *examination) []Finding {
	if x.lacks(func(c *cluster, p *place) bool { return c.is(userDefinedRouting) && p.subnet.RouteTableID == "" }) {
		return nil // udr-without-route-table names the table
	}
	var found []Finding
	for i := range x.n.RouteTables {
		t := &x.n.RouteTables[i]
		if x.inUse(t.ID) || !leads(defaultRoute(t)) || x.aksOwned(t.ID) {
			continue
		}
		found = append(found, Finding{
			Resource: t.ID,
			Message: fmt.Sprintf("Route table %s has a default route to %s and is on no "+
				"subnet.", short(t.ID), hopText(defaultRoute(t))),
			Fix: "Set routeTable of the subnet that it is meant for, or delete it.",
		})
	}
	return found
}

func unusedNATs(x *examination) []Finding {
	if x.lacks(func(c *cluster, p *place) bool { return c.is(userAssignedNATGateway) && p.subnet.NATGatewayID == "" }) {
		return nil // nat-type-without-nat-gateway names the gateway
	}
	var found []Finding
	for i := range x.n.NATGateways {
		g := &x.n.NATGateways[i]
		if x.inUse(g.ID) || x.managedNAT(g.ID) || x.aksOwned(g.ID) {
			continue
		}
		found = append(found, Finding{
			Resource: g.ID, Message: fmt.Sprintf("NAT gateway %s is on no subnet.", short(g.ID)),
			Fix: "Set natGateway of the subnet that it is meant for, or delete it.",
		})
	}
	return found
}

func (x *examination) lacks(what func(*cluster, *place) bool) bool {
	return slices.ContainsFunc(x.clusters, func(c *cluster) bool {
		return slices.ContainsFunc(c.subnets, func(p *place) bool { return what(c, p) })
	})
}

// foreignSubnets belong to services that take public IPs and that the network does not hold.
var foreignSubnets = []string{"GatewaySubnet", "AzureBastionSubnet", "RouteServerSubnet", managementSubnet}

func unusedIPs(x *examination) []Finding {
	for _, p := range x.subnets {
		if slices.ContainsFunc(foreignSubnets, func(name string) bool { return same(name, last(p.subnet.ID)) }) {
			return nil // an address may be that service's
		}
	}
	users := x.addressUsers()
	var found []Finding
	report := func(kind, id, owner string) {
		if owner != "" || users[strings.ToLower(id)] || x.aksOwned(id) {
			return
		}
		found = append(found, Finding{
			Resource: id, Message: fmt.Sprintf("%s %s is used by nothing that was examined.", kind, short(id)),
			Fix: "Check in Azure whether something uses it (`az network public-ip show --ids … --query ipConfiguration`), and " +
				"delete it if not.",
		})
	}
	for i := range x.n.PublicIPs {
		ip := &x.n.PublicIPs[i]
		if !x.serves(ip) && !x.fromPrefix(ip) {
			report("Public IP", ip.ID, ip.Owner)
		}
	}
	for i := range x.n.PublicIPPrefixes {
		p := &x.n.PublicIPPrefixes[i]
		inside := slices.ContainsFunc(x.n.PublicIPs, func(ip egress.PublicIP) bool { return p.Prefix.Contains(ip.Address) })
		if !inside {
			report("Public IP prefix", p.ID, "")
		}
	}
	return found
}

// addressUsers are the lower-case ids of the public IPs and prefixes that something refers to.
func (x *examination) addressUsers() map[string]bool {
	users := map[string]bool{}
	use := func(ids ...string) {
		for _, id := range ids {
			users[strings.ToLower(id)] = true
		}
	}
	for _, g := range x.n.NATGateways {
		use(slices.Concat(g.PublicIPIDs, g.PublicIPPrefixIDs)...)
	}
	for _, b := range x.n.LoadBalancers {
		for _, f := range b.Frontends {
			use(f.PublicIPID, f.PublicIPPrefixID)
		}
	}
	for _, fw := range x.n.Firewalls {
		use(fw.PublicIPIDs...)
	}
	for _, g := range x.n.ApplicationGateways {
		use(g.PublicIPIDs...)
	}
	for _, c := range x.clusters {
		use(c.OutboundPublicIPIDs...)
		use(c.NodePublicIPPrefixIDs...)
		if c.LoadBalancer != nil {
			use(slices.Concat(c.LoadBalancer.OutboundIPIDs, c.LoadBalancer.OutboundIPPrefixIDs)...)
		}
	}
	return users
}

// serves says whether a public IP is the address of a Service (annotations azure-load-balancer-ipv4, azure-pip-name).
func (x *examination) serves(ip *egress.PublicIP) bool {
	return ip.Address.IsValid() && slices.ContainsFunc(x.clusters, func(c *cluster) bool {
		return slices.ContainsFunc(c.Services, func(s egress.Service) bool {
			return slices.Contains(s.Addresses, ip.Address)
		})
	})
}

// fromPrefix says whether a prefix of the network holds the address: it is paid with the prefix.
func (x *examination) fromPrefix(ip *egress.PublicIP) bool {
	return slices.ContainsFunc(x.n.PublicIPPrefixes, func(p egress.PublicIPPrefix) bool {
		return p.Prefix.Contains(ip.Address)
	})
}
