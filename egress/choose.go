package egress

import (
	"fmt"
	"net/netip"
	"slices"
)

// publicRoute is the route of a flow to "some public address of a host": chosen, or two that the address decides
// between, or neither.
type publicRoute struct {
	chosen, other *routeNode
}

// choosePublic decides for "some public address". Routes of the VNet and its peers, of private ranges and of single
// addresses are not meant by that. All routes that remain must lead to the same next hop; a route that more specific
// ones cover completely has no say. Routes come sorted by address and length.
func choosePublic(routes []*routeNode) publicRoute {
	var candidates []*routeNode
	for _, r := range routes {
		local := r.NextHopType == NextHopVNetLocal || r.NextHopType == NextHopVNetPeering
		if !r.Prefix.Addr().Is4() || r.Prefix.IsSingleIP() || isPrivate(r.Prefix) || local && r.Source == RouteSystem {
			continue
		}
		candidates = append(candidates, r)
	}
	var chosen []*routeNode
	for i, r := range candidates {
		if !coveredByMoreSpecific(r.Prefix, candidates[i+1:]) {
			chosen = append(chosen, r)
		}
	}
	if len(chosen) == 0 {
		return publicRoute{}
	}
	slices.SortStableFunc(chosen, func(a, b *routeNode) int { return a.Prefix.Bits() - b.Prefix.Bits() })
	for _, r := range chosen[1:] {
		if !r.sameWay(chosen[0]) {
			return publicRoute{chosen[0], r}
		}
	}
	return publicRoute{chosen: chosen[0]}
}

// coveredByMoreSpecific looks at the routes behind one with prefix p in sorted order: those inside p come first.
func coveredByMoreSpecific(p netip.Prefix, following []*routeNode) bool {
	var inside []netip.Prefix
	for _, r := range following {
		if !covers(p, r.Prefix) {
			break
		}
		if r.Prefix.Bits() > p.Bits() {
			inside = append(inside, r.Prefix)
		}
	}
	return len(inside) > 0 && fullyCovered(p, inside)
}

// choose selects the route of the flow, or says why it cannot tell.
func (w *walk) choose(s *subnetNode) (*routeNode, string) {
	byHost := !w.flow.Addr.IsValid()
	var route *routeNode
	switch {
	case !byHost:
		if route = s.routeTo(w.flow.Addr); route == nil {
			return nil, fmt.Sprintf("no effective route holds %s", w.flow.Addr)
		}
	case s.public.chosen == nil:
		return nil, "no effective route leads to the internet"
	case s.public.other != nil:
		return nil, fmt.Sprintf("the address of %s decides between route %s and route %s: give the flow an address",
			w.flow.Host, s.public.chosen.rule, s.public.other.rule)
	default:
		route = s.public.chosen
	}
	routes := s.tagged
	if byHost {
		routes = s.byTag
	}
	var tagged []*routeNode
	for _, r := range routes {
		if w.hasTag(r.ServiceTag) {
			tagged = append(tagged, r)
			continue
		}
		w.note("route %s, because the flow does not list that service tag", r.rule)
	}
	if len(tagged) == 0 {
		return route, ""
	}
	return chooseTagged(route, tagged)
}

// chooseTagged weighs routes for service tags that hold the destination. How long the tag's prefix is, is not
// known; it is longer than /0, and an explicit single address wins ties (azure-facts 4).
func chooseTagged(byPrefix *routeNode, tagged []*routeNode) (*routeNode, string) {
	for _, r := range tagged[1:] {
		if !r.sameWay(tagged[0]) {
			return nil, fmt.Sprintf("routes %s and %s both may hold the destination", tagged[0].rule, r.rule)
		}
	}
	switch {
	case byPrefix.Prefix.Bits() == 0:
		return tagged[0], ""
	case byPrefix.Prefix.IsSingleIP():
		return byPrefix, ""
	case byPrefix.sameWay(tagged[0]):
		return byPrefix, ""
	}
	return nil, fmt.Sprintf("the prefixes of service tag %s decide between route %s and route %s",
		tagged[0].ServiceTag, byPrefix.rule, tagged[0].rule)
}
