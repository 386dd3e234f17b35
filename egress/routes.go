package egress

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
)

// RouteSource says who made a route, in Azure's words.
type RouteSource string

// The sources of a route; at equal prefixes User wins. Routes learned by BGP are not part of the model.
const (
	RouteUser   RouteSource = "User"
	RouteSystem RouteSource = "Default"
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
	if r.Source == RouteUser {
		return r.destination() + " (user)"
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
// length, service tags last. A user route replaces a system route with the same prefix. Routes learned by BGP and
// those of service endpoints are not included. An error names a subnet or route table that the network lacks.
func (n *Network) EffectiveRoutes(subnetID string) ([]EffectiveRoute, error) {
	vnet, subnet := n.subnet(subnetID)
	if subnet == nil {
		return nil, fmt.Errorf("subnet %s: not in the network", subnetID)
	}
	return n.effectiveRoutes(vnet, subnet)
}

func (n *Network) effectiveRoutes(vnet *VNet, subnet *Subnet) ([]EffectiveRoute, error) {
	var routes []EffectiveRoute
	var userDefault bool
	if subnet.RouteTableID != "" {
		table := n.routeTable(subnet.RouteTableID)
		if table == nil {
			return nil, fmt.Errorf("subnet %s: route table %s is not in the network",
				shortName(subnet.ID), subnet.RouteTableID)
		}
		for _, r := range table.Routes {
			routes = append(routes, EffectiveRoute{
				Prefix: r.Prefix.Masked(), ServiceTag: r.ServiceTag, Source: RouteUser,
				NextHopType: r.NextHopType, NextHopIP: r.NextHopIP, ID: table.ID + "/routes/" + r.Name,
			})
			userDefault = userDefault || r.Prefix == everywhere
		}
	}
	byUser := len(routes)
	for _, r := range n.systemRoutes(vnet, subnet, userDefault) {
		replaced := slices.ContainsFunc(routes[:byUser], func(u EffectiveRoute) bool { return u.Prefix == r.Prefix })
		if !replaced {
			routes = append(routes, r)
		}
	}
	slices.SortStableFunc(routes, compareRoutes)
	return routes, nil
}

// systemRoutes: VNet prefixes, peered prefixes, the internet, and None for reserved ranges. A reserved range is
// dropped when the VNet or a peer holds all of it, or when the subnet has a user route for 0.0.0.0/0 (azure-facts
// 4).
func (n *Network) systemRoutes(vnet *VNet, subnet *Subnet, userDefault bool) []EffectiveRoute {
	var routes []EffectiveRoute
	var claimed []netip.Prefix
	for _, p := range vnet.AddressSpace {
		routes = append(routes, EffectiveRoute{
			Prefix: p.Masked(), Source: RouteSystem, NextHopType: NextHopVNetLocal, ID: subnet.ID,
		})
		claimed = append(claimed, p)
	}
	for i := range vnet.Peerings {
		peering := &vnet.Peerings[i]
		if !n.connected(vnet, peering) {
			continue
		}
		for _, p := range n.remoteSpace(peering) {
			if slices.Contains(claimed, p) {
				continue
			}
			routes = append(routes, EffectiveRoute{
				Prefix: p.Masked(), Source: RouteSystem, NextHopType: NextHopVNetPeering, ID: peering.ID,
			})
			claimed = append(claimed, p)
		}
	}
	for _, p := range reservedPrefixes {
		if !userDefault && !anyCovers(claimed, p) {
			routes = append(routes, EffectiveRoute{
				Prefix: p, Source: RouteSystem, NextHopType: NextHopNone, ID: subnet.ID,
			})
		}
	}
	return append(routes, EffectiveRoute{
		Prefix: everywhere, Source: RouteSystem, NextHopType: NextHopInternet, ID: subnet.ID,
	})
}

func compareRoutes(a, b EffectiveRoute) int {
	if c := cmp.Compare(a.ServiceTag, b.ServiceTag); c != 0 {
		return c
	}
	return comparePrefix(a.Prefix, b.Prefix)
}
