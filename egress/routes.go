package egress

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// RouteSource says who made a route, in Azure's words.
type RouteSource string

// The sources of a route; at equal prefixes User wins over VirtualNetworkGateway (BGP) over Default (system).
const (
	RouteUser    RouteSource = "User"
	RouteGateway RouteSource = "VirtualNetworkGateway"
	RouteSystem  RouteSource = "Default"
)

// EffectiveRoute is one active route of a subnet. Exactly one of Prefix and ServiceTag is set.
type EffectiveRoute struct {
	Prefix      netip.Prefix `json:"prefix,omitzero"`
	ServiceTag  string       `json:"serviceTag,omitempty"`
	Source      RouteSource  `json:"source"`
	NextHopType NextHopType  `json:"nextHopType"`
	NextHopIP   netip.Addr   `json:"nextHopIp,omitzero"`
	ID          string       `json:"id,omitempty"` // of the user route, the peering, or the subnet for system routes
}

// destination is the route's prefix or service tag.
func (r EffectiveRoute) destination() string {
	if r.ServiceTag != "" {
		return r.ServiceTag
	}
	return r.Prefix.String()
}

func (r EffectiveRoute) rule() string {
	switch r.Source {
	case RouteUser:
		return r.destination() + " (user)"
	case RouteGateway:
		return r.destination() + " (gateway)"
	case RouteSystem:
	}
	return r.destination() + " (system)"
}

func (r EffectiveRoute) nextHop() string {
	if r.NextHopIP.IsValid() {
		return fmt.Sprintf("%s %s", r.NextHopType, r.NextHopIP)
	}
	return string(r.NextHopType)
}

// EffectiveRoutes gives the active routes of a subnet by the rules of azure-facts 4, sorted by address, then by
// length, service tags last. A user route replaces a gateway's, and that a system route with the same prefix. Routes
// of a gateway whose announcements the network does not hold and those of service endpoints are not included. An error
// names a subnet or route table that the network lacks, or what the model does not know.
func (n *Network) EffectiveRoutes(subnetID string) ([]EffectiveRoute, error) {
	ix := newIndex(n)
	vnet, subnet := ix.subnet(subnetID)
	if subnet == nil {
		return nil, fmt.Errorf("subnet %s: not in the network", subnetID)
	}
	return ix.effectiveRoutes(vnet, subnet, ix.links(vnet))
}

func (ix *index) effectiveRoutes(vnet *VNet, subnet *Subnet, links []*link) ([]EffectiveRoute, error) {
	var routes []EffectiveRoute
	taken := map[netip.Prefix]bool{}
	if subnet.RouteTableID != "" {
		table := ix.routeTable(subnet.RouteTableID)
		if table == nil {
			return nil, fmt.Errorf("subnet %s: route table %s is not in the network",
				ShortName(subnet.ID), subnet.RouteTableID)
		}
		if table.DisablePeeringRoutes && slices.ContainsFunc(links, func(l *link) bool { return l.connected }) {
			return nil, fmt.Errorf("subnet %s: route table %s disables the routes of peerings, which is not modelled",
				ShortName(subnet.ID), ShortName(table.ID))
		}
		for _, r := range table.Routes {
			routes = append(routes, EffectiveRoute{
				Prefix: r.Prefix.Masked(), ServiceTag: r.ServiceTag, Source: RouteUser,
				NextHopType: r.NextHopType, NextHopIP: r.NextHopIP, ID: table.ID + "/routes/" + r.Name,
			})
			if r.ServiceTag == "" {
				taken[r.Prefix.Masked()] = true
			}
		}
	}
	local := localRoutes(vnet, subnet, links)
	gateway := ix.gatewayRoutes(vnet, subnet, links, local)
	system := defaultRoutes(subnet, local, taken[everywhere])
	for _, r := range slices.Concat(gateway, local, system) {
		if !taken[r.Prefix] {
			taken[r.Prefix] = true
			routes = append(routes, r)
		}
	}
	slices.SortStableFunc(routes, compareRoutes)
	return routes, nil
}

// localRoutes are the system routes for the prefixes of the VNet and of its peers.
func localRoutes(vnet *VNet, subnet *Subnet, links []*link) []EffectiveRoute {
	var routes []EffectiveRoute
	for _, p := range vnet.AddressSpace {
		routes = append(routes, EffectiveRoute{
			Prefix: p.Masked(), Source: RouteSystem, NextHopType: NextHopVNetLocal, ID: subnet.ID,
		})
	}
	for _, l := range links {
		if !l.connected {
			continue
		}
		for _, p := range l.space() {
			routes = append(routes, EffectiveRoute{
				Prefix: p.Masked(), Source: RouteSystem, NextHopType: NextHopVNetPeering, ID: l.ID,
			})
		}
	}
	return routes
}

// defaultRoutes: the internet, and None for reserved ranges. A reserved range is dropped when the VNet or a peer holds
// all of it, or when the subnet has a user route for 0.0.0.0/0 (azure-facts 4).
func defaultRoutes(subnet *Subnet, local []EffectiveRoute, userDefault bool) []EffectiveRoute {
	var routes []EffectiveRoute
	for _, p := range reservedPrefixes {
		claimed := slices.ContainsFunc(local, func(r EffectiveRoute) bool { return covers(r.Prefix, p) })
		if !userDefault && !claimed {
			routes = append(routes, EffectiveRoute{
				Prefix: p, Source: RouteSystem, NextHopType: NextHopNone, ID: subnet.ID,
			})
		}
	}
	return append(routes, EffectiveRoute{
		Prefix: everywhere, Source: RouteSystem, NextHopType: NextHopInternet, ID: subnet.ID,
	})
}

// gatewayRoutes are what the VNet's gateway, or a peer's that it uses, announces. System routes of VNet and peerings
// stay preferred over more specific ones of BGP (azure-facts 4).
func (ix *index) gatewayRoutes(vnet *VNet, subnet *Subnet, links []*link, local []EffectiveRoute) []EffectiveRoute {
	if !ix.hearsGateway(vnet, subnet, links) {
		return nil
	}
	announced := vnet.GatewayRoutes
	for _, l := range links {
		if l.UseRemoteGateways && l.remote != nil {
			announced = append(slices.Clone(announced), l.remote.GatewayRoutes...)
		}
	}
	var routes []EffectiveRoute
	for _, p := range announced {
		if !slices.ContainsFunc(local, func(r EffectiveRoute) bool { return covers(r.Prefix, p.Masked()) }) {
			routes = append(routes, EffectiveRoute{
				Prefix: p.Masked(), Source: RouteGateway, NextHopType: NextHopVirtualNetworkGateway, ID: vnet.ID,
			})
		}
	}
	return routes
}

// hearsGateway says whether the subnet gets routes learned by BGP: the VNet has a gateway, or uses a peer's, and the
// route table does not refuse them.
func (ix *index) hearsGateway(vnet *VNet, subnet *Subnet, links []*link) bool {
	if table := ix.routeTable(subnet.RouteTableID); table != nil && table.DisableBGPRoutePropagation {
		return false
	}
	return hasGateway(vnet) || slices.ContainsFunc(links, func(l *link) bool { return l.UseRemoteGateways })
}

// hearsUnknownRoutes says whether the subnet may have routes of a gateway that the network does not hold.
func (ix *index) hearsUnknownRoutes(vnet *VNet, subnet *Subnet, links []*link) bool {
	if !ix.hearsGateway(vnet, subnet, links) {
		return false
	}
	if hasGateway(vnet) && vnet.GatewayRoutes == nil {
		return true
	}
	return slices.ContainsFunc(links, func(l *link) bool {
		return l.UseRemoteGateways && (l.remote == nil || l.remote.GatewayRoutes == nil)
	})
}

func hasGateway(vnet *VNet) bool {
	return vnet.GatewayRoutes != nil || slices.ContainsFunc(vnet.Subnets, func(s Subnet) bool {
		return strings.EqualFold(s.Name, "GatewaySubnet")
	})
}

func compareRoutes(a, b EffectiveRoute) int {
	if c := cmp.Compare(a.ServiceTag, b.ServiceTag); c != 0 {
		return c
	}
	return comparePrefix(a.Prefix, b.Prefix)
}
