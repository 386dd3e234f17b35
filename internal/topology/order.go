package topology

import (
	"slices"
	"strings"

	"aks-egress/egress"
)

// sort makes the network independent of the order in which resources came.
func (b *builder) sort() {
	n := b.network
	sortBy(n.VNets, func(v egress.VNet) string { return v.ID })
	for i := range n.VNets {
		sortBy(n.VNets[i].Subnets, func(s egress.Subnet) string { return s.ID })
		sortBy(n.VNets[i].Peerings, func(p egress.Peering) string { return p.ID })
	}
	sortBy(n.RouteTables, func(t egress.RouteTable) string { return t.ID })
	for i := range n.RouteTables {
		sortBy(n.RouteTables[i].Routes, func(r egress.Route) string { return r.Name })
	}
	sortBy(n.NetworkSecurityGroups, func(g egress.NetworkSecurityGroup) string { return g.ID })
	for i := range n.NetworkSecurityGroups {
		sortBy(n.NetworkSecurityGroups[i].Rules, func(r egress.SecurityRule) string { return r.Name })
	}
	sortBy(n.NATGateways, func(g egress.NATGateway) string { return g.ID })
	sortBy(n.PublicIPs, func(p egress.PublicIP) string { return p.ID })
	sortBy(n.PublicIPPrefixes, func(p egress.PublicIPPrefix) string { return p.ID })
	sortBy(n.LoadBalancers, func(l egress.LoadBalancer) string { return l.ID })
	for i := range n.LoadBalancers {
		sortBy(n.LoadBalancers[i].BackendPools, func(p egress.BackendPool) string { return p.Name })
	}
	sortBy(n.Firewalls, func(f egress.Firewall) string { return f.ID })
	sortBy(n.FirewallPolicies, func(p egress.FirewallPolicy) string { return p.ID })
	for i := range n.FirewallPolicies {
		sortBy(n.FirewallPolicies[i].RuleCollectionGroups, func(g egress.RuleCollectionGroup) string { return g.ID })
		sortBy(n.FirewallPolicies[i].AbsentGroupIDs, func(id string) string { return id })
	}
	sortBy(n.ApplicationGateways, func(g egress.ApplicationGateway) string { return g.ID })
	b.sortRest()
}

func (b *builder) sortRest() {
	n := b.network
	sortBy(n.TrafficControllers, func(c egress.TrafficController) string { return c.ID })
	for i := range n.TrafficControllers {
		sortBy(n.TrafficControllers[i].Frontends, func(f egress.TrafficControllerFrontend) string { return f.ID })
		sortBy(n.TrafficControllers[i].Associations, func(a egress.TrafficAssociation) string { return a.ID })
	}
	sortBy(n.Clusters, func(c egress.Cluster) string { return c.ID })
	for i := range n.Clusters {
		sortBy(n.Clusters[i].Services, func(s egress.Service) string { return s.Namespace + "/" + s.Name })
		sortBy(n.Clusters[i].Ingresses, func(g egress.Ingress) string { return g.Namespace + "/" + g.Name })
		slices.Sort(n.Clusters[i].Images)
		n.Clusters[i].Images = slices.Compact(n.Clusters[i].Images)
	}
	sortBy(b.pools, func(p pool) string { return p.cluster + "/" + p.name })
	sortBy(b.unknown, func(r Resource) string { return r.ID + " " + r.Type + " " + r.Source + " " + r.URN })
}

// sortBy sorts by a text, without case.
func sortBy[T any](items []T, text func(T) string) {
	type keyed struct {
		key  string
		item T
	}
	list := make([]keyed, len(items))
	for i, item := range items {
		list[i] = keyed{strings.ToLower(text(item)), item}
	}
	slices.SortStableFunc(list, func(a, b keyed) int { return strings.Compare(a.key, b.key) })
	for i := range list {
		items[i] = list[i].item
	}
}
