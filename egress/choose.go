package egress

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// choose selects the route of the flow by longest prefix, or says why it cannot tell.
func (w *walk) choose(routes []EffectiveRoute) (EffectiveRoute, string) {
	var byPrefix, tagged []EffectiveRoute
	for _, r := range routes {
		switch {
		case r.ServiceTag == "":
			byPrefix = append(byPrefix, r)
		case w.flow.hasTag(r.ServiceTag):
			tagged = append(tagged, r)
		default:
			w.note("route %s, because the flow does not list that service tag", r.rule())
		}
	}
	route, reason := w.chooseByPrefix(byPrefix)
	if reason != "" || len(tagged) == 0 {
		return route, reason
	}
	return chooseTagged(route, tagged)
}

func (w *walk) chooseByPrefix(routes []EffectiveRoute) (EffectiveRoute, string) {
	if w.flow.Addr.IsValid() {
		route, ok := longestMatch(routes, w.flow.Addr)
		if !ok {
			return route, fmt.Sprintf("no effective route holds %s", w.flow.Addr)
		}
		return route, ""
	}
	return w.chooseForHost(routes)
}

// longestMatch compares prefix lengths; effective routes hold no prefix twice, save user routes of one table, of
// which the first is taken (Validate names them).
func longestMatch(routes []EffectiveRoute, addr netip.Addr) (best EffectiveRoute, ok bool) {
	for _, r := range routes {
		if r.Prefix.Contains(addr) && (!ok || r.Prefix.Bits() > best.Prefix.Bits()) {
			best, ok = r, true
		}
	}
	return best, ok
}

// chooseForHost decides for "some public address of a host". Routes of the VNet and its peers, of private ranges
// and of single addresses are not meant by that. All routes that remain must lead to the same next hop; a route
// that more specific ones cover completely has no say.
func (w *walk) chooseForHost(routes []EffectiveRoute) (EffectiveRoute, string) {
	var candidates []EffectiveRoute
	var prefixes []netip.Prefix
	for _, r := range routes {
		local := r.NextHopType == NextHopVNetLocal || r.NextHopType == NextHopVNetPeering
		if !r.Prefix.Addr().Is4() || r.Prefix.IsSingleIP() || isPrivate(r.Prefix) || local && r.Source == RouteSystem {
			continue
		}
		candidates = append(candidates, r)
		prefixes = append(prefixes, r.Prefix)
	}
	var chosen []EffectiveRoute
	for i, r := range candidates {
		others := slices.Delete(slices.Clone(prefixes), i, i+1)
		if !coveredByMoreSpecific(r.Prefix, others) {
			chosen = append(chosen, r)
		}
	}
	if len(chosen) == 0 {
		return EffectiveRoute{}, "no effective route leads to the internet"
	}
	slices.SortStableFunc(chosen, func(a, b EffectiveRoute) int { return a.Prefix.Bits() - b.Prefix.Bits() })
	for _, r := range chosen[1:] {
		if r.NextHopType != chosen[0].NextHopType || r.NextHopIP != chosen[0].NextHopIP {
			return EffectiveRoute{}, fmt.Sprintf(
				"the address of %s decides between route %s and route %s: give the flow an address",
				w.flow.Host, chosen[0].rule(), r.rule())
		}
	}
	return chosen[0], ""
}

func coveredByMoreSpecific(p netip.Prefix, others []netip.Prefix) bool {
	inside := make([]netip.Prefix, 0, len(others))
	for _, o := range others {
		if o.Bits() > p.Bits() && covers(p, o) {
			inside = append(inside, o)
		}
	}
	return len(inside) > 0 && fullyCovered(p, inside)
}

// chooseTagged weighs routes for service tags that hold the destination. How long the tag's prefix is, is not
// known; it is longer than /0, and an explicit single address wins ties (azure-facts 4).
func chooseTagged(byPrefix EffectiveRoute, tagged []EffectiveRoute) (EffectiveRoute, string) {
	for _, r := range tagged[1:] {
		if r.NextHopType != tagged[0].NextHopType || r.NextHopIP != tagged[0].NextHopIP {
			return EffectiveRoute{}, fmt.Sprintf("routes %s and %s both may hold the destination",
				tagged[0].rule(), r.rule())
		}
	}
	switch {
	case byPrefix.Prefix.Bits() == 0:
		return tagged[0], ""
	case byPrefix.Prefix.IsSingleIP():
		return byPrefix, ""
	case byPrefix.NextHopType == tagged[0].NextHopType && byPrefix.NextHopIP == tagged[0].NextHopIP:
		return byPrefix, ""
	}
	return EffectiveRoute{}, fmt.Sprintf("the prefixes of service tag %s decide between route %s and route %s",
		tagged[0].ServiceTag, byPrefix.rule(), tagged[0].rule())
}

// hasTag says whether the flow lists a service tag; a listed regional tag implies the tag of all regions.
func (f Flow) hasTag(tag string) bool {
	return slices.ContainsFunc(f.ServiceTags, func(listed string) bool {
		global, _, _ := strings.Cut(listed, ".")
		return strings.EqualFold(listed, tag) || strings.EqualFold(global, tag)
	})
}
