package doctor

import (
	"fmt"
	"net/netip"
	"strings"

	"aks-egress/egress"
)

func peeringChecks() []Check {
	const subject = "Peerings"
	return []Check{
		{
			ID: "peering-one-sided", Severity: Error, Subject: subject, breaks: true,
			Title: "Peering without its other side",
			Rule:  "Both virtual networks of a peering have their side of it.",
			Why:   "A one-sided peering stays Initiated and carries nothing.", Source: "azure-facts 4", find: oneSided,
		},
		{
			ID: "peering-not-connected", Severity: Error, Subject: subject, breaks: true,
			Title:  "Peering that is not connected",
			Rule:   "Both sides of a peering are Connected.",
			Why:    "In any other state it carries nothing; Disconnected comes from deleting and making the other side anew.",
			Source: "azure-facts 4", find: notConnected,
		},
		{
			ID: "peering-without-access", Severity: Error, Subject: subject, breaks: true,
			Title:  "Peering without access to the remote network",
			Rule:   "Both sides of a peering have allowVirtualNetworkAccess.",
			Why:    "Without it the machines of the two networks, the firewall among them, do not reach each other.",
			Source: "azure-facts 4", find: withoutAccess,
		},
		{
			ID: "firewall-not-peered", Severity: Error, Subject: subject, breaks: true,
			Title:  "Next hop in a network that is not peered",
			Rule:   "The firewall that a route names is in the same virtual network or in a peered one.",
			Why:    "A next hop must be reachable directly, else Azure drops what is sent to it.",
			Source: "azure-facts 4", find: firewallNotPeered,
		},
		{
			ID: "peering-without-forwarded-traffic", Severity: Warning, Subject: subject, breaks: true,
			Title: "Peering to the firewall without forwarded traffic",
			Rule:  "A spoke whose route leads to a firewall in a peered network allows forwarded traffic from there.",
			Why: "What the firewall forwards does not come from the hub's own addresses, and the peering drops it; whether " +
				"replies are affected is not documented.",
			Source: "azure-facts 4", find: withoutForwarded,
		},
		{
			ID: "peered-networks-overlap", Severity: Error, Subject: subject,
			Title:  "Peered networks with overlapping addresses",
			Rule:   "The address spaces of peered virtual networks do not overlap.",
			Why:    "Azure refuses such a peering, and no route could tell the two apart.",
			Source: "learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview", find: peersOverlap,
		},
	}
}

// side is one virtual network's side of a peering; remote and back are nil when the network lacks them.
type side struct {
	vnet    *egress.VNet
	peering *egress.Peering
	remote  *egress.VNet
	back    *egress.Peering
}

// sides asks about every side of every peering: an empty message means that nothing is wrong.
func (x *examination) sides(message, fix func(side) string) []Finding {
	var found []Finding
	for i := range x.n.VNets {
		v := &x.n.VNets[i]
		for j := range v.Peerings {
			s := side{vnet: v, peering: &v.Peerings[j], remote: x.vnet(v.Peerings[j].RemoteVNetID)}
			s.back = peeringTo(s.remote, v.ID)
			if m := message(s); m != "" {
				found = append(found, Finding{Resource: s.peering.ID, Message: m, Fix: fix(s)})
			}
		}
	}
	return found
}

func peeringTo(v *egress.VNet, remoteID string) *egress.Peering {
	if v == nil {
		return nil
	}
	for i := range v.Peerings {
		if same(v.Peerings[i].RemoteVNetID, remoteID) {
			return &v.Peerings[i]
		}
	}
	return nil
}

func oneSided(x *examination) []Finding {
	return x.sides(func(s side) string {
		if s.remote == nil || s.back != nil {
			return ""
		}
		return fmt.Sprintf("VNet %s is peered with VNet %s, which has no peering back.", s.vnet.Name, s.remote.Name)
	}, func(s side) string {
		return fmt.Sprintf("Create the other side: `az network vnet peering create --resource-group %s --vnet-name %s "+
			"--name to-%s --remote-vnet %s --allow-vnet-access --allow-forwarded-traffic`.", group(s.peering.RemoteVNetID),
			last(s.peering.RemoteVNetID), last(s.vnet.ID), sibling(s.vnet.ID, s.peering.RemoteVNetID))
	})
}

func notConnected(x *examination) []Finding {
	return x.sides(func(s side) string {
		if same(s.peering.State, egress.PeeringConnected) || s.remote != nil && s.back == nil {
			return ""
		}
		state := s.peering.State
		if state == "" {
			state = "without a state"
		}
		return fmt.Sprintf("Peering %s is %s, not %s.", short(s.peering.ID), state, egress.PeeringConnected)
	}, func(side) string {
		return "Create its other side; when that exists, delete both sides and create both anew."
	})
}

func withoutAccess(x *examination) []Finding {
	return x.sides(func(s side) string {
		if s.peering.AllowVirtualNetworkAccess {
			return ""
		}
		return fmt.Sprintf("Peering %s has allowVirtualNetworkAccess false.", short(s.peering.ID))
	}, setPeering("allowVirtualNetworkAccess"))
}

func setPeering(property string) func(side) string {
	return func(s side) string {
		return fmt.Sprintf("`az network vnet peering update --resource-group %s --vnet-name %s --name %s --set %s=true`.",
			group(s.vnet.ID), last(s.vnet.ID), last(s.peering.ID), property)
	}
}

// hops are the addresses of appliances that routes of a VNet's subnets lead to.
func (x *examination) hops(v *egress.VNet) map[netip.Addr]*egress.RouteTable {
	hops := map[netip.Addr]*egress.RouteTable{}
	for i := range v.Subnets {
		t := x.table(v.Subnets[i].RouteTableID)
		if t == nil {
			continue
		}
		for _, r := range t.Routes {
			if sameHop(r.NextHopType, egress.NextHopVirtualAppliance) && r.NextHopIP.IsValid() {
				hops[r.NextHopIP] = t
			}
		}
	}
	return hops
}

func withoutForwarded(x *examination) []Finding {
	return x.sides(func(s side) string {
		if s.peering.AllowForwardedTraffic {
			return ""
		}
		space := s.peering.RemoteAddressSpace
		if s.remote != nil {
			space = s.remote.AddressSpace
		}
		var least netip.Addr // several hops make one finding, and the order of a map must not show
		for ip := range x.hops(s.vnet) {
			if holds(space, ip) && (!least.IsValid() || ip.Less(least)) {
				least = ip
			}
		}
		if !least.IsValid() {
			return ""
		}
		return fmt.Sprintf("Routes of VNet %s lead to %s behind peering %s, which has allowForwardedTraffic false.",
			s.vnet.Name, least, short(s.peering.ID))
	}, setPeering("allowForwardedTraffic"))
}

func firewallNotPeered(x *examination) []Finding {
	var found []Finding
	for i := range x.n.VNets {
		v := &x.n.VNets[i]
		for ip, table := range x.hops(v) {
			fw, home := x.firewallAt(v, ip)
			if fw == nil || home == v || peeringTo(v, home.ID) != nil || peeringTo(home, v.ID) != nil {
				continue
			}
			found = append(found, Finding{
				Resource: table.ID,
				Message: fmt.Sprintf("Route table %s of VNet %s leads to %s, firewall %s in VNet %s, which is not peered.",
					short(table.ID), v.Name, ip, short(fw.ID), home.Name),
				Fix: fmt.Sprintf("Peer %s and %s in both directions, with access and forwarded traffic allowed.",
					v.Name, home.Name),
			})
		}
	}
	return found
}

// firewallAt finds the firewall with an address: first in a VNet itself, then in its peers, then anywhere.
func (x *examination) firewallAt(v *egress.VNet, ip netip.Addr) (*egress.Firewall, *egress.VNet) {
	candidates := x.firewallsNear(v)
	for i := range x.n.Firewalls {
		candidates = append(candidates, &x.n.Firewalls[i])
	}
	for _, fw := range candidates {
		if home := x.subnet(fw.SubnetID); home != nil && fw.PrivateIP == ip {
			return fw, home.vnet
		}
	}
	return nil, nil
}

func peersOverlap(x *examination) []Finding {
	return x.sides(func(s side) string {
		if s.remote == nil || s.remote == s.vnet {
			return ""
		}
		if s.back != nil && strings.ToLower(s.vnet.ID) > strings.ToLower(s.remote.ID) {
			return "" // told of the other side
		}
		for _, a := range s.vnet.AddressSpace {
			for _, b := range s.remote.AddressSpace {
				if a.Overlaps(b) {
					return fmt.Sprintf("VNet %s (%s) is peered with VNet %s, whose %s overlaps.",
						s.vnet.Name, a, s.remote.Name, b)
				}
			}
		}
		return ""
	}, func(side) string {
		return "Renumber one of the two networks; addresses of a network with resources in them cannot change."
	})
}
