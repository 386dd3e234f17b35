package egress

import "strings"

// sameID compares ARM ids, which Azure treats without case.
func sameID(a, b string) bool { return strings.EqualFold(a, b) }

func find[T any](items []T, id string, idOf func(*T) string) *T {
	if id == "" {
		return nil
	}
	for i := range items {
		if sameID(idOf(&items[i]), id) {
			return &items[i]
		}
	}
	return nil
}

func (n *Network) vnet(id string) *VNet {
	return find(n.VNets, id, func(v *VNet) string { return v.ID })
}

func (n *Network) subnet(id string) (*VNet, *Subnet) {
	for i := range n.VNets {
		if s := find(n.VNets[i].Subnets, id, func(s *Subnet) string { return s.ID }); s != nil {
			return &n.VNets[i], s
		}
	}
	return nil, nil
}

func (n *Network) routeTable(id string) *RouteTable {
	return find(n.RouteTables, id, func(t *RouteTable) string { return t.ID })
}

func (n *Network) securityGroup(id string) *NetworkSecurityGroup {
	return find(n.NetworkSecurityGroups, id, func(g *NetworkSecurityGroup) string { return g.ID })
}

func (n *Network) natGateway(id string) *NATGateway {
	return find(n.NATGateways, id, func(g *NATGateway) string { return g.ID })
}

func (n *Network) publicIP(id string) *PublicIP {
	return find(n.PublicIPs, id, func(p *PublicIP) string { return p.ID })
}

func (n *Network) publicIPPrefix(id string) *PublicIPPrefix {
	return find(n.PublicIPPrefixes, id, func(p *PublicIPPrefix) string { return p.ID })
}

func (n *Network) loadBalancer(id string) *LoadBalancer {
	return find(n.LoadBalancers, id, func(l *LoadBalancer) string { return l.ID })
}

func (n *Network) firewallPolicy(id string) *FirewallPolicy {
	return find(n.FirewallPolicies, id, func(p *FirewallPolicy) string { return p.ID })
}

func (n *Network) cluster(id string) *Cluster {
	return find(n.Clusters, id, func(c *Cluster) string { return c.ID })
}

// shortName is how an ARM id reads in a sentence: the names behind the provider, joined by slashes.
func shortName(id string) string {
	i := strings.LastIndex(strings.ToLower(id), "/providers/")
	if i < 0 {
		return id
	}
	parts := strings.Split(id[i+len("/providers/"):], "/") // namespace, type, name, type, name …
	var names []string
	for j := 2; j < len(parts); j += 2 {
		names = append(names, parts[j])
	}
	if len(names) == 0 {
		return id
	}
	return strings.Join(names, "/")
}
