package egress

import "strings"

// index finds the parts of a network by ARM id. Ids are compared without case; of parts with equal ids the first counts
// (Validate names them).
type index struct {
	vnets    map[string]*VNet
	subnets  map[string]subnetEntry
	tables   map[string]*RouteTable
	groups   map[string]*NetworkSecurityGroup
	nats     map[string]*NATGateway
	ips      map[string]*PublicIP
	prefixes map[string]*PublicIPPrefix
	lbs      map[string]*LoadBalancer
	policies map[string]*FirewallPolicy
	clusters map[string]*Cluster
	gateways map[string]*ApplicationGateway
	peerings map[*VNet]map[string]*Peering // by remote VNet
}

type subnetEntry struct {
	vnet   *VNet
	subnet *Subnet
}

func newIndex(n *Network) *index {
	ix := &index{
		vnets:    byID(n.VNets, func(v *VNet) string { return v.ID }),
		subnets:  map[string]subnetEntry{},
		tables:   byID(n.RouteTables, func(t *RouteTable) string { return t.ID }),
		groups:   byID(n.NetworkSecurityGroups, func(g *NetworkSecurityGroup) string { return g.ID }),
		nats:     byID(n.NATGateways, func(g *NATGateway) string { return g.ID }),
		ips:      byID(n.PublicIPs, func(p *PublicIP) string { return p.ID }),
		prefixes: byID(n.PublicIPPrefixes, func(p *PublicIPPrefix) string { return p.ID }),
		lbs:      byID(n.LoadBalancers, func(l *LoadBalancer) string { return l.ID }),
		policies: byID(n.FirewallPolicies, func(p *FirewallPolicy) string { return p.ID }),
		clusters: byID(n.Clusters, func(c *Cluster) string { return c.ID }),
		gateways: byID(n.ApplicationGateways, func(g *ApplicationGateway) string { return g.ID }),
		peerings: map[*VNet]map[string]*Peering{},
	}
	for i := range n.VNets {
		vnet := &n.VNets[i]
		ix.peerings[vnet] = byID(vnet.Peerings, func(p *Peering) string { return p.RemoteVNetID })
		for j := range vnet.Subnets {
			if key := idKey(vnet.Subnets[j].ID); ix.subnets[key].subnet == nil {
				ix.subnets[key] = subnetEntry{vnet, &vnet.Subnets[j]}
			}
		}
	}
	return ix
}

func byID[T any](items []T, idOf func(*T) string) map[string]*T {
	found := make(map[string]*T, len(items))
	for i := range items {
		if key := idKey(idOf(&items[i])); found[key] == nil {
			found[key] = &items[i]
		}
	}
	return found
}

// idKey is an ARM id as a map key.
func idKey(id string) string { return strings.ToLower(id) }

// sameID compares ARM ids, which Azure treats without case.
func sameID(a, b string) bool { return strings.EqualFold(a, b) }

func (ix *index) vnet(id string) *VNet                          { return ix.vnets[idKey(id)] }
func (ix *index) routeTable(id string) *RouteTable              { return ix.tables[idKey(id)] }
func (ix *index) securityGroup(id string) *NetworkSecurityGroup { return ix.groups[idKey(id)] }
func (ix *index) natGateway(id string) *NATGateway              { return ix.nats[idKey(id)] }
func (ix *index) publicIP(id string) *PublicIP                  { return ix.ips[idKey(id)] }
func (ix *index) publicIPPrefix(id string) *PublicIPPrefix      { return ix.prefixes[idKey(id)] }
func (ix *index) loadBalancer(id string) *LoadBalancer          { return ix.lbs[idKey(id)] }
func (ix *index) firewallPolicy(id string) *FirewallPolicy      { return ix.policies[idKey(id)] }

func (ix *index) subnet(id string) (*VNet, *Subnet) {
	entry := ix.subnets[idKey(id)]
	return entry.vnet, entry.subnet
}
