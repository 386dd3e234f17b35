package doctor

import (
	"net/netip"
	"strings"

	"aks-egress/egress"
)

// everywhere is the destination of a default route.
var everywhere = netip.MustParsePrefix("0.0.0.0/0")

// index finds the resources of a network by id.
type index struct {
	n        *egress.Network
	vnets    map[string]*egress.VNet
	subnets  map[string]*place
	tables   map[string]*egress.RouteTable
	policies map[string]*egress.FirewallPolicy
	ips      map[string]*egress.PublicIP
	prefixes map[string]*egress.PublicIPPrefix
	homes    map[string][]*egress.Firewall // firewalls by the VNet of their subnet
	used     map[string]bool               // route tables and NAT gateways that a subnet refers to
}

// place is a subnet with its VNet and its route table, which is nil when the subnet has none or the network lacks it.
type place struct {
	vnet   *egress.VNet
	subnet *egress.Subnet
	table  *egress.RouteTable
}

func newIndex(n *egress.Network) *index {
	ix := &index{
		n: n, subnets: map[string]*place{}, homes: map[string][]*egress.Firewall{}, used: map[string]bool{},
		vnets:    byID(n.VNets, func(v *egress.VNet) string { return v.ID }),
		tables:   byID(n.RouteTables, func(t *egress.RouteTable) string { return t.ID }),
		policies: byID(n.FirewallPolicies, func(p *egress.FirewallPolicy) string { return p.ID }),
		ips:      byID(n.PublicIPs, func(p *egress.PublicIP) string { return p.ID }),
		prefixes: byID(n.PublicIPPrefixes, func(p *egress.PublicIPPrefix) string { return p.ID }),
	}
	for i := range n.VNets {
		v := &n.VNets[i]
		for j := range v.Subnets {
			s := &v.Subnets[j]
			ix.subnets[strings.ToLower(s.ID)] = &place{v, s, ix.table(s.RouteTableID)}
			ix.used[strings.ToLower(s.RouteTableID)] = true
			ix.used[strings.ToLower(s.NATGatewayID)] = true
		}
	}
	for i := range n.Firewalls {
		fw := &n.Firewalls[i]
		if home := ix.subnet(fw.SubnetID); home != nil {
			key := strings.ToLower(home.vnet.ID)
			ix.homes[key] = append(ix.homes[key], fw)
		}
	}
	return ix
}

// byID keeps the first of several resources with one id, as the model does.
func byID[T any](items []T, id func(*T) string) map[string]*T {
	found := make(map[string]*T, len(items))
	for i := range items {
		key := strings.ToLower(id(&items[i]))
		if _, taken := found[key]; !taken && key != "" {
			found[key] = &items[i]
		}
	}
	return found
}

func same(a, b string) bool { return strings.EqualFold(a, b) }

func (ix *index) vnet(id string) *egress.VNet               { return ix.vnets[strings.ToLower(id)] }
func (ix *index) subnet(id string) *place                   { return ix.subnets[strings.ToLower(id)] }
func (ix *index) table(id string) *egress.RouteTable        { return ix.tables[strings.ToLower(id)] }
func (ix *index) policy(id string) *egress.FirewallPolicy   { return ix.policies[strings.ToLower(id)] }
func (ix *index) publicIP(id string) *egress.PublicIP       { return ix.ips[strings.ToLower(id)] }
func (ix *index) ipPrefix(id string) *egress.PublicIPPrefix { return ix.prefixes[strings.ToLower(id)] }
func (ix *index) firewallsIn(v *egress.VNet) []*egress.Firewall {
	return ix.homes[strings.ToLower(v.ID)]
}

// firewallsNear are the firewalls of a VNet and of the VNets that it names as peers, whatever state the peerings have.
func (ix *index) firewallsNear(v *egress.VNet) []*egress.Firewall {
	near := append([]*egress.Firewall{}, ix.firewallsIn(v)...)
	for _, p := range v.Peerings {
		if remote := ix.vnet(p.RemoteVNetID); remote != nil {
			near = append(near, ix.firewallsIn(remote)...)
		}
	}
	return near
}

// defaultRoute is the user-defined route for 0.0.0.0/0, or nil.
func defaultRoute(t *egress.RouteTable) *egress.Route {
	if t == nil {
		return nil
	}
	for i := range t.Routes {
		if t.Routes[i].Prefix == everywhere {
			return &t.Routes[i]
		}
	}
	return nil
}

// leads says whether a default route takes traffic away from Azure's own ways out: to an appliance or a gateway.
func leads(r *egress.Route) bool {
	return r != nil && (sameHop(r.NextHopType, egress.NextHopVirtualAppliance) ||
		sameHop(r.NextHopType, egress.NextHopVirtualNetworkGateway))
}

func sameHop(a, b egress.NextHopType) bool { return strings.EqualFold(string(a), string(b)) }

// addressCount is how many public IPv4 addresses ids stand for; ok is false when a prefix's size is not known.
func (ix *index) addressCount(ipIDs, prefixIDs []string) (count int, ok bool) {
	count = len(ipIDs)
	for _, id := range prefixIDs {
		p := ix.ipPrefix(id)
		if p == nil || !p.Prefix.IsValid() || !p.Prefix.Addr().Is4() {
			return 0, false
		}
		count += 1 << (32 - p.Prefix.Bits())
	}
	return count, true
}
