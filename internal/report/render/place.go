package render

import (
	"net/netip"
	"slices"
	"strings"

	"aks-egress/egress"
)

const securityGroup = "network security group"

// place is where a hop is drawn. A peering lies between two networks. A route decides in the subnet that the flow
// leaves, which is where it is already, if what is known of the route's resource does not say otherwise. A security
// group is asked there before the route, and in the next subnet behind it.
func (b *builder) place(h *egress.Hop) []string {
	switch {
	case h.At == "peering", h.At == securityGroup && b.last.route():
		return nil
	case h.At == securityGroup:
		return b.last.place
	}
	place := b.placeOf(h.Resource)
	if here := b.last.place; h.At == "route" && len(place) < len(here) && slices.Equal(place, here[:len(place)]) {
		return here
	}
	return place
}

// placeOf is the place of a resource, or of what it is a child of.
func (b *builder) placeOf(id string) []string {
	if b.path.Network == nil {
		return nil
	}
	for id = strings.ToLower(id); id != ""; id = parent(id) {
		if place, ok := (*b.path.Network)[id]; ok {
			return place
		}
	}
	return nil
}

// parent is the ARM id without its last type and name; empty: there is none.
func parent(id string) string {
	for range 2 {
		i := strings.LastIndexByte(id, '/')
		if i < 0 {
			return ""
		}
		id = id[:i]
	}
	return id
}

// sources are the addresses that the far end may see.
func sources(t *egress.Trace) []string {
	texts := make([]string, len(t.Sources))
	for i, p := range t.Sources {
		texts[i] = egress.PrefixText(p)
	}
	return texts
}

func addrText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}
