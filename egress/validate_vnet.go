package egress

import (
	"net/netip"
	"strings"
)

// prefix checks one prefix: valid, and without host bits.
func (v *validation) prefix(where, what string, p netip.Prefix) bool {
	switch {
	case !p.IsValid():
		v.fail(where, "%s is not a valid prefix", what)
		return false
	case p != p.Masked():
		v.fail(where, "%s %s has host bits set: write %s", what, p, p.Masked())
	}
	return true
}

func (v *validation) vnet(vnet *VNet) {
	v.id("VNet", vnet.ID)
	if len(vnet.AddressSpace) == 0 {
		v.fail(vnet.ID, "has no address space")
	}
	for i, p := range vnet.AddressSpace {
		v.prefix(vnet.ID, "address space", p)
		v.apart(vnet.ID, "address space", p, vnet.AddressSpace[:i])
	}
	var taken []netip.Prefix
	for i := range vnet.Subnets {
		subnet := &vnet.Subnets[i]
		v.subnet(vnet, subnet)
		for _, p := range subnet.Prefixes {
			v.apart(subnet.ID, "prefix", p, taken)
			taken = append(taken, p)
		}
	}
	for _, p := range vnet.GatewayRoutes {
		v.prefix(vnet.ID, "gateway route", p)
	}
	for i := range vnet.Peerings {
		v.peering(vnet, &vnet.Peerings[i])
	}
}

// apart checks that a prefix overlaps none of the others.
func (v *validation) apart(where, what string, p netip.Prefix, others []netip.Prefix) {
	for _, other := range others {
		if p.Overlaps(other) {
			v.fail(where, "%s %s overlaps %s", what, p, other)
		}
	}
}

func (v *validation) subnet(vnet *VNet, s *Subnet) {
	v.id("subnet", s.ID)
	if len(s.Prefixes) == 0 {
		v.fail(s.ID, "has no address prefix")
	}
	for _, p := range s.Prefixes {
		if v.prefix(s.ID, "prefix", p) && !anyCovers(vnet.AddressSpace, p) {
			v.fail(s.ID, "prefix %s lies outside VNet %s (%s)", p, vnet.Name, prefixList(vnet.AddressSpace))
		}
	}
	v.ref(s.ID, "route table", s.RouteTableID, v.ix.routeTable(s.RouteTableID) != nil)
	v.ref(s.ID, "NAT gateway", s.NATGatewayID, v.ix.natGateway(s.NATGatewayID) != nil)
}

func (v *validation) peering(local *VNet, p *Peering) {
	v.id("peering", p.ID)
	remote := v.ix.vnet(p.RemoteVNetID)
	switch {
	case sameID(p.RemoteVNetID, local.ID):
		v.fail(p.ID, "peers the VNet with itself")
		return
	case remote == nil:
		v.ref(p.ID, "remote VNet", p.RemoteVNetID, false)
		return
	case v.ix.peerings[remote][idKey(local.ID)] == nil:
		v.fail(p.ID, "VNet %s has no peering back", remote.Name)
	}
	for _, theirs := range remote.AddressSpace {
		for _, ours := range local.AddressSpace {
			if ours.Overlaps(theirs) {
				v.fail(p.ID, "%s of VNet %s overlaps %s of VNet %s", ours, local.Name, theirs, remote.Name)
			}
		}
	}
}

func (v *validation) routeTable(t *RouteTable) {
	v.id("route table", t.ID)
	names, destinations := map[string]bool{}, map[string]bool{}
	for _, r := range t.Routes {
		where := t.ID + " route " + r.Name
		name, destination := strings.ToLower(r.Name), strings.ToLower(r.ServiceTag)
		if r.Prefix.IsValid() {
			v.prefix(where, "prefix", r.Prefix)
			destination = r.Prefix.Masked().String()
		}
		switch {
		case r.Prefix.IsValid() == (r.ServiceTag != ""):
			v.fail(where, "needs a prefix or a service tag, not both")
		case destinations[destination]:
			v.fail(where, "another route has the destination %s", destination)
		}
		if names[name] {
			v.fail(where, "another route has the name")
		}
		names[name], destinations[destination] = true, true
		v.nextHop(where, r)
	}
}

func (v *validation) nextHop(where string, r Route) {
	switch r.NextHopType {
	case NextHopVirtualAppliance:
		if !r.NextHopIP.IsValid() {
			v.fail(where, "next hop VirtualAppliance needs an address")
		}
		return
	case NextHopInternet, NextHopVNetLocal, NextHopNone, NextHopVirtualNetworkGateway:
	default:
		v.fail(where, "next hop type must be one of Internet, None, VirtualAppliance, VirtualNetworkGateway, VnetLocal "+
			"(got %q)", r.NextHopType)
	}
	if r.NextHopIP.IsValid() {
		v.fail(where, "next hop %s takes no address (got %s)", r.NextHopType, r.NextHopIP)
	}
}
