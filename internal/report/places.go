package report

import (
	"net/netip"
	"strings"

	"aks-egress/egress"
)

// places says of each resource of a network in which VNet and subnet it lies. Outside are public load balancers,
// frontends of Application Gateway for Containers, and what the network lacks.
func places(n *egress.Network) Places {
	p := Places{}
	for i := range n.VNets {
		v := &n.VNets[i]
		vnet := titled("VNet", v.Name, v.AddressSpace)
		p.put(v.ID, vnet)
		for j := range v.Subnets {
			p.put(v.Subnets[j].ID, vnet, titled("subnet", v.Subnets[j].Name, v.Subnets[j].Prefixes))
		}
		for _, peering := range v.Peerings {
			p.put(peering.ID, vnet)
		}
	}
	subnets := p.subnets(n)
	for _, s := range subnets {
		at := p[key(s.ID)]
		p.put(s.RouteTableID, at...)
		p.put(s.NSGID, at...)
		p.put(s.NATGatewayID, at[:min(1, len(at))]...) // it serves subnets, and is in none
	}
	for i := range n.Clusters {
		if c := &n.Clusters[i]; len(c.NodeSubnetIDs) > 0 {
			p.put(c.ID, p[key(c.NodeSubnetIDs[0])]...)
		}
	}
	for i := range n.Firewalls {
		p.put(n.Firewalls[i].ID, p[key(n.Firewalls[i].SubnetID)]...)
	}
	for i := range n.LoadBalancers {
		for _, frontend := range n.LoadBalancers[i].Frontends {
			p.put(n.LoadBalancers[i].ID, p[key(frontend.SubnetID)]...) // of an internal one
		}
	}
	for i := range n.ApplicationGateways {
		p.put(n.ApplicationGateways[i].ID, p[key(n.ApplicationGateways[i].SubnetID)]...)
	}
	return p
}

// subnets are all, those of nodes first: what several subnets share is told where the path meets it.
func (p Places) subnets(n *egress.Network) []egress.Subnet {
	var first, others []egress.Subnet
	nodes := map[string]bool{}
	for i := range n.Clusters {
		for _, id := range n.Clusters[i].NodeSubnetIDs {
			nodes[key(id)] = true
		}
	}
	for i := range n.VNets {
		for _, s := range n.VNets[i].Subnets {
			if nodes[key(s.ID)] {
				first = append(first, s)
			} else {
				others = append(others, s)
			}
		}
	}
	return append(first, others...)
}

// put says where a resource lies, once.
func (p Places) put(id string, names ...string) {
	if _, known := p[key(id)]; id != "" && !known && len(names) > 0 {
		p[key(id)] = names
	}
}

// of are the places of a trace's hops. What is a part of a resource, such as a route, lies where that does.
func (p Places) of(trace *egress.Trace) *Places {
	found := Places{}
	for _, hops := range [][]egress.Hop{trace.Hops, trace.Return} {
		for _, hop := range hops {
			for id := key(hop.Resource); id != ""; id = parent(id) {
				if names, known := p[id]; known {
					found[key(hop.Resource)] = names
					break
				}
			}
		}
	}
	return &found
}

func key(id string) string { return strings.ToLower(id) }

// parent cuts the last two segments, type and name, of an ARM id; empty where no resource is left.
func parent(id string) string {
	parts := strings.Split(id, "/")
	if len(parts) <= 9 { // /subscriptions/S/resourceGroups/G/providers/NAMESPACE/TYPE/NAME
		return ""
	}
	return strings.Join(parts[:len(parts)-2], "/")
}

func titled(kind, name string, prefixes []netip.Prefix) string {
	words := []string{kind, name}
	for _, prefix := range prefixes {
		words = append(words, prefix.String())
	}
	return strings.Join(words, " ")
}
