package doctor

import (
	"fmt"

	"aks-egress/egress"
	"aks-egress/egress/snat"
)

// fewPorts is the number of SNAT ports per node, and so of connections to one destination, up to which the doctor
// warns.
// It is a judgement: Azure gives so few from 201 nodes on (azure-facts 2.2), and a busy node's agents use a good part.
const fewPorts = 128

func snatChecks() []Check {
	const subject = "SNAT ports"
	return []Check{
		{
			ID: "snat-ports-exceeded", Severity: Error, Subject: subject,
			Title: "More SNAT ports allocated than the outbound IPs have",
			Rule: "allocatedOutboundPorts for the most nodes that the cluster may have are no more than 64,000 for each " +
				"outbound IP.",
			Why:    "Azure refuses the upgrade or the scaling that brings in one node too many.",
			Source: "azure-facts 2.3 (InvalidLoadBalancerProfileAllocatedOutboundPorts)", find: portsExceeded,
		},
		{
			ID: "snat-ports-few", Severity: Warning, Subject: subject,
			Title: "Few SNAT ports for each node",
			Rule: fmt.Sprintf("The way out has more than %d SNAT ports for each of the most nodes that the cluster may "+
				"have.", fewPorts),
			Why: "Connections to one destination fail when the ports are used up, first on the busiest nodes; it looks like a " +
				"destination that is now and then away.",
			Source: "azure-facts 2.2, 3, 5.3; the threshold is this tool's", find: portsFew,
		},
	}
}

// balancerIPs is how many outbound addresses a cluster's load balancer has; false when that is not known.
func (x *examination) balancerIPs(c *cluster) (int, bool) {
	p := c.LoadBalancer
	if p == nil {
		return len(c.OutboundPublicIPIDs), len(c.OutboundPublicIPIDs) > 0
	}
	if p.ManagedOutboundIPs > 0 {
		return p.ManagedOutboundIPs, true
	}
	count, ok := x.addressCount(p.OutboundIPIDs, p.OutboundIPPrefixIDs)
	if ok && count == 0 {
		return len(c.OutboundPublicIPIDs), len(c.OutboundPublicIPIDs) > 0
	}
	return count, ok
}

func portsExceeded(x *examination) []Finding {
	var found []Finding
	for _, c := range x.clusters {
		ips, ok := x.balancerIPs(c)
		if !c.is(loadBalancer) || c.LoadBalancer == nil || !ok {
			continue
		}
		a := snat.Allocation{Nodes: c.nodes(), PortsPerNode: c.LoadBalancer.AllocatedOutboundPorts, IPs: ips}
		if a.PortsPerNode <= 0 || a.Fits() {
			continue
		}
		found = append(found, Finding{
			Resource: c.ID,
			Message: fmt.Sprintf("Cluster %s allocates %d ports for each of up to %d nodes, %d in all; its %d outbound "+
				"IP(s) have %d.",
				c.Name, a.PortsPerNode, a.Nodes, a.Required(), ips, a.Available()),
			Fix: fmt.Sprintf("Use %d outbound IPs, or allocate %d ports at most: `az aks update --resource-group %s --name %s "+
				"--load-balancer-managed-outbound-ip-count %d`.",
				a.LeastIPs(), a.MostPorts(), group(c.ID), c.Name, a.LeastIPs()),
		})
	}
	return found
}

// wayOut is a set of SNAT ports that nodes share.
type wayOut struct {
	resource, name string
	ports          int // for each node
	nodes          int
	ips            int
	fix            string
}

func portsFew(x *examination) []Finding {
	var ways []wayOut
	for _, c := range x.clusters {
		if w, ok := x.balancerWay(c); ok {
			ways = append(ways, w)
		}
	}
	for i := range x.n.NATGateways {
		if w, ok := x.natWay(&x.n.NATGateways[i]); ok {
			ways = append(ways, w)
		}
	}
	for i := range x.n.Firewalls {
		if w, ok := x.firewallWay(&x.n.Firewalls[i]); ok {
			ways = append(ways, w)
		}
	}
	var found []Finding
	for _, w := range ways {
		if w.ports > fewPorts {
			continue
		}
		found = append(found, Finding{
			Resource: w.resource,
			Message: fmt.Sprintf("%s has %d SNAT ports for each of up to %d nodes with %d public IP(s).",
				w.name, w.ports, w.nodes, w.ips),
			Fix: w.fix + " `lab capacity` computes how many IPs it takes.",
		})
	}
	return found
}

func (x *examination) balancerWay(c *cluster) (wayOut, bool) {
	ips, ok := x.balancerIPs(c)
	if !c.is(loadBalancer) || !ok || c.nodes() <= 0 {
		return wayOut{}, false
	}
	ports := snat.AutomaticPorts(c.nodes()) * ips
	if c.LoadBalancer != nil && c.LoadBalancer.AllocatedOutboundPorts > 0 {
		ports = c.LoadBalancer.AllocatedOutboundPorts
	}
	return wayOut{
		c.ID, "The load balancer of cluster " + c.Name, ports, c.nodes(), ips,
		"Set loadBalancerProfile.managedOutboundIPs.count and allocatedOutboundPorts, or change to a NAT gateway.",
	}, true
}

// natWay counts the nodes behind a NAT gateway, directly or through a firewall on its subnet.
func (x *examination) natWay(g *egress.NATGateway) (wayOut, bool) {
	nodes := 0
	for _, c := range x.clusters {
		behind := false
		for _, p := range c.subnets {
			behind = behind || same(p.subnet.NATGatewayID, g.ID) && !leads(defaultRoute(p.table))
		}
		if behind || c.is(managedNATGateway) && same(c.OutboundNATGatewayID, g.ID) {
			nodes += c.nodes()
		}
	}
	for i := range x.n.Firewalls {
		fw := &x.n.Firewalls[i]
		if home := x.subnet(fw.SubnetID); home != nil && same(home.subnet.NATGatewayID, g.ID) {
			nodes += x.nodesBehind(fw)
		}
	}
	ips, ok := x.addressCount(g.PublicIPIDs, g.PublicIPPrefixIDs)
	if nodes <= 0 || !ok || ips == 0 {
		return wayOut{}, false
	}
	return wayOut{
		g.ID, "NAT gateway " + short(g.ID), ips * snat.NATGatewayPortsPerIP / nodes, nodes, ips,
		fmt.Sprintf("Add public IPs or a prefix, up to %d addresses.", snat.MaxNATGatewayIPs),
	}, true
}

// firewallWay leaves out a firewall whose subnet has a NAT gateway: that translates instead.
func (x *examination) firewallWay(fw *egress.Firewall) (wayOut, bool) {
	home, nodes := x.subnet(fw.SubnetID), x.nodesBehind(fw)
	ips := len(fw.PublicIPIDs)
	if home == nil || home.subnet.NATGatewayID != "" || nodes <= 0 || ips == 0 {
		return wayOut{}, false
	}
	return wayOut{
		fw.ID, "Firewall " + short(fw.ID), ips * snat.FirewallPortsPerIP / nodes, nodes, ips,
		fmt.Sprintf("Add public IPs (up to %d), or a NAT gateway on the firewall's subnet.", snat.MaxFirewallIPs),
	}, true
}

// nodesBehind counts the nodes whose default route leads to a firewall.
func (x *examination) nodesBehind(fw *egress.Firewall) int {
	nodes := 0
	for _, c := range x.clusters {
		for _, p := range c.subnets {
			if route := defaultRoute(p.table); leads(route) && route.NextHopIP.IsValid() && route.NextHopIP == fw.PrivateIP {
				nodes += c.nodes()
				break
			}
		}
	}
	return nodes
}
