package egress

import (
	"fmt"
	"net/netip"
	"strings"
)

// appliance sends the flow to the firewall that has the next hop's address.
func (w *walk) appliance(at place, route EffectiveRoute) Trace {
	if !route.NextHopIP.IsValid() {
		return w.insufficient("route %s has next hop VirtualAppliance without an address", route.rule())
	}
	fw, peering, why := w.findFirewall(at.vnet, route.NextHopIP)
	switch {
	case fw == nil && why != "":
		return w.end(NoRoute, "%s", why)
	case fw == nil:
		return w.noFirewall(at.vnet, route)
	case peering != nil:
		w.hop("peering", peering.ID, "allowVirtualNetworkAccess", "to VNet "+shortName(peering.RemoteVNetID))
	}
	return w.firewall(at, fw)
}

// findFirewall looks for a firewall in the VNet and the VNets peered to it. Without one it says why those elsewhere
// with that address cannot be reached; an empty reason means that no firewall of the network has the address.
func (w *walk) findFirewall(from *VNet, ip netip.Addr) (fw *Firewall, peering *Peering, why string) {
	for i := range w.n.Firewalls {
		candidate := &w.n.Firewalls[i]
		if candidate.PrivateIP != ip {
			continue
		}
		home, _ := w.n.subnet(candidate.SubnetID)
		if home == nil {
			continue
		}
		if sameID(home.ID, from.ID) {
			return candidate, nil, ""
		}
		p, unreachable := w.n.reach(from, home)
		if unreachable == "" {
			return candidate, p, ""
		}
		why = fmt.Sprintf("firewall %s cannot be reached: %s", shortName(candidate.ID), unreachable)
	}
	return nil, nil, why
}

// noFirewall tells a next hop that does not exist from one that the network does not know enough about.
func (w *walk) noFirewall(from *VNet, route EffectiveRoute) Trace {
	ip := route.NextHopIP
	for i := range w.n.Firewalls {
		fw := &w.n.Firewalls[i]
		home, subnet := w.n.subnet(fw.SubnetID)
		mayBeIt := !fw.PrivateIP.IsValid() && (home == nil || containsAddr(subnet.Prefixes, ip))
		if mayBeIt || fw.PrivateIP == ip {
			return w.insufficient("firewall %s may be next hop %s: its private IP or its subnet is not known",
				shortName(fw.ID), ip)
		}
	}
	if containsAddr(from.AddressSpace, ip) {
		return w.noApplianceIn(from, ip)
	}
	for i := range from.Peerings {
		peering := &from.Peerings[i]
		remote := w.n.vnet(peering.RemoteVNetID)
		switch {
		case remote == nil && (len(peering.RemoteAddressSpace) == 0 || containsAddr(peering.RemoteAddressSpace, ip)):
			return w.insufficient("next hop %s may lie in VNet %s, which is not in the network", ip, peering.RemoteVNetID)
		case remote != nil && containsAddr(remote.AddressSpace, ip):
			if _, why := w.n.reach(from, remote); why != "" {
				return w.end(NoRoute, "next hop %s cannot be reached: %s", ip, why)
			}
			return w.noApplianceIn(remote, ip)
		}
	}
	return w.end(NoRoute, "next hop %s lies neither in VNet %s nor in a peered VNet", ip, from.Name)
}

// noApplianceIn: only Azure Firewall can live in a subnet of its name (azure-facts 5.1), so there nothing answers;
// elsewhere a virtual machine may be the appliance.
func (w *walk) noApplianceIn(vnet *VNet, ip netip.Addr) Trace {
	for i := range vnet.Subnets {
		subnet := &vnet.Subnets[i]
		if !containsAddr(subnet.Prefixes, ip) {
			continue
		}
		if strings.EqualFold(subnet.Name, AzureFirewallSubnet) {
			return w.end(NoRoute, "next hop %s: no firewall in subnet %s has this address", ip, shortName(subnet.ID))
		}
		return w.insufficient("next hop %s in subnet %s is no firewall of the network: other appliances are not modelled",
			ip, shortName(subnet.ID))
	}
	return w.end(NoRoute, "next hop %s: no subnet of VNet %s holds this address", ip, vnet.Name)
}

// firewall lets a firewall judge the flow, and follows what it lets through from the firewall's subnet.
func (w *walk) firewall(at place, fw *Firewall) Trace {
	for _, seen := range w.visited {
		if seen == fw {
			w.hop("firewall", fw.ID, "", "seen before")
			return w.end(Loop, "the flow comes back to firewall %s", shortName(fw.ID))
		}
	}
	w.visited = append(w.visited, fw)
	vnet, subnet := w.n.subnet(fw.SubnetID)
	if subnet == nil || len(ipv4(subnet.Prefixes)) == 0 {
		return w.insufficient("firewall %s: its subnet or the subnet's IPv4 prefix is not in the network", shortName(fw.ID))
	}
	v := w.judge(fw, at)
	if v.unknown != "" {
		return w.insufficient("firewall %s: %s", shortName(fw.ID), v.unknown)
	}
	w.hop("firewall", fw.ID, v.rule, v.says(w.flow))
	if !v.effect.allow {
		t := w.end(DeniedOut, "firewall %s denies %s: %s", shortName(fw.ID), w.flow.target(), v.rule)
		t.Refusal = v.effect.refusal
		return t
	}
	if v.nat != nil {
		translated, reason := translate(w.flow, v.nat)
		if reason != "" {
			return w.insufficient("firewall %s, %s: %s", shortName(fw.ID), v.rule, reason)
		}
		w.flow = translated
	}
	next := place{vnet: vnet, subnet: subnet, sources: at.sources, firewall: fw}
	snat, reason := w.translatesSource(fw, v)
	switch {
	case reason != "":
		return w.insufficient("firewall %s: %s", shortName(fw.ID), reason)
	case snat:
		next.sources = ipv4(subnet.Prefixes)
	default:
		next.noSNAT = true
	}
	return w.route(next)
}
