package topology

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"aks-egress/egress"
)

// Build makes the network of azure-native resources. Tokens come with or without API version, children inline or
// standalone (standalone wins), ids in any case. The second result holds the resources of the network and
// containerservice modules that have no place in the network: unknown types, and children without their parent.
// The network does not depend on the order of the resources. Errors name resource and property; all are reported.
func Build(resources []Resource) (*egress.Network, []Resource, error) {
	b := &builder{network: &egress.Network{}, seen: map[string]bool{}}
	// Parents come before children, pools after clusters.
	for _, pass := range []int{parents, children} {
		for _, r := range resources {
			b.add(pass, r)
		}
	}
	if err := errors.Join(b.errs...); err != nil {
		return nil, nil, err
	}
	b.sort()
	b.settlePeerings()
	b.linkClusters()
	return b.network, b.unknown, nil
}

type builder struct {
	network *egress.Network
	pools   []pool
	unknown []Resource
	seen    map[string]bool
	errs    []error
}

const (
	parents = iota
	children
)

// kind is how one resource type enters the network; add is false when the parent is missing.
type kind struct {
	pass int
	add  func(b *builder, id string, p *properties) bool
}

var kinds = map[string]kind{
	"network:VirtualNetwork":                    {parents, (*builder).virtualNetwork},
	"network:RouteTable":                        {parents, (*builder).routeTable},
	"network:NetworkSecurityGroup":              {parents, (*builder).networkSecurityGroup},
	"network:NatGateway":                        {parents, (*builder).natGateway},
	"network:PublicIPAddress":                   {parents, (*builder).publicIPAddress},
	"network:PublicIPPrefix":                    {parents, (*builder).publicIPPrefix},
	"network:LoadBalancer":                      {parents, (*builder).loadBalancer},
	"network:AzureFirewall":                     {parents, (*builder).azureFirewall},
	"network:FirewallPolicy":                    {parents, (*builder).firewallPolicy},
	"containerservice:ManagedCluster":           {parents, (*builder).managedCluster},
	"network:Subnet":                            {children, (*builder).subnet},
	"network:VirtualNetworkPeering":             {children, (*builder).peering},
	"network:Route":                             {children, (*builder).route},
	"network:SecurityRule":                      {children, (*builder).securityRule},
	"network:FirewallPolicyRuleCollectionGroup": {children, (*builder).ruleCollectionGroup},
	"containerservice:AgentPool":                {children, (*builder).agentPool},
}

func (b *builder) add(pass int, r Resource) {
	module, name, ok := splitToken(r.Type)
	if !ok || module != "network" && module != "containerservice" {
		return
	}
	k, known := kinds[module+":"+name]
	switch {
	case !known && pass == parents:
		b.unknown = append(b.unknown, r)
		return
	case !known || k.pass != pass:
		return
	case r.ID == "":
		b.errs = append(b.errs, fmt.Errorf("%s: has no id", r.Type))
		return
	case b.seen[strings.ToLower(r.ID)]:
		b.errs = append(b.errs, fmt.Errorf("%s: two resources have this id", r.ID))
		return
	}
	b.seen[strings.ToLower(r.ID)] = true
	p := &properties{values: r.Properties, at: r.ID, errs: &b.errs}
	if !k.add(b, r.ID, p) {
		b.unknown = append(b.unknown, r)
	}
}

// splitToken reads azure-native:network/v20240501:VirtualNetwork.
func splitToken(token string) (module, name string, ok bool) {
	parts := strings.Split(token, ":")
	if len(parts) != 3 || parts[0] != "azure-native" {
		return "", "", false
	}
	module, _, _ = strings.Cut(parts[1], "/")
	return module, parts[2], true
}

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
		slices.Sort(n.NetworkSecurityGroups[i].OutboundDenyRules)
	}
	sortBy(n.NATGateways, func(g egress.NATGateway) string { return g.ID })
	sortBy(n.PublicIPs, func(p egress.PublicIP) string { return p.ID })
	sortBy(n.PublicIPPrefixes, func(p egress.PublicIPPrefix) string { return p.ID })
	sortBy(n.LoadBalancers, func(l egress.LoadBalancer) string { return l.ID })
	sortBy(n.Firewalls, func(f egress.Firewall) string { return f.ID })
	sortBy(n.FirewallPolicies, func(p egress.FirewallPolicy) string { return p.ID })
	for i := range n.FirewallPolicies {
		sortBy(n.FirewallPolicies[i].RuleCollectionGroups, func(g egress.RuleCollectionGroup) string { return g.ID })
	}
	sortBy(n.Clusters, func(c egress.Cluster) string { return c.ID })
	sortBy(b.pools, func(p pool) string { return p.cluster + "/" + p.name })
	sortBy(b.unknown, func(r Resource) string { return r.ID + " " + r.Type })
}

func sortBy[T any](items []T, key func(T) string) {
	slices.SortStableFunc(items, func(a, b T) int {
		return strings.Compare(strings.ToLower(key(a)), strings.ToLower(key(b)))
	})
}

// put replaces the item with the same id, or appends: a standalone child wins over its parent's inline copy.
func put[T any](items []T, item T, id func(T) string) []T {
	for i := range items {
		if strings.EqualFold(id(items[i]), id(item)) {
			items[i] = item
			return items
		}
	}
	return append(items, item)
}
