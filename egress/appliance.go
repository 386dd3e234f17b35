package egress

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// appliance sends the flow to the firewall that has the next hop's address.
func (w *walk) appliance(at place, route *routeNode) *Trace {
	if !route.NextHopIP.IsValid() {
		return w.insufficient("route %s has next hop VirtualAppliance without an address", route.rule)
	}
	fw, l, why := w.m.findFirewall(at.subnet.vnet, route.NextHopIP)
	switch {
	case fw == nil && why != "":
		return w.endWith(NoRoute, why)
	case fw == nil:
		d, reason := w.m.noFirewall(at.subnet.vnet, route.NextHopIP)
		return w.endWith(d, reason)
	case l != nil:
		w.hops = append(w.hops, l.hop)
	}
	return w.firewall(at, fw)
}

// findFirewall looks for a firewall in the VNet and the VNets peered to it. Without one it says why those elsewhere
// with that address cannot be reached; an empty reason means that no firewall of the network has the address.
func (m *Model) findFirewall(from *vnetNode, ip netip.Addr) (fw *firewallNode, l *link, why string) {
	for _, candidate := range m.byAddress[ip] {
		if candidate.subnet == nil {
			continue
		}
		home := candidate.subnet.vnet
		if home == from {
			return candidate, nil, ""
		}
		l := from.links[home.VNet]
		switch {
		case l == nil:
			why = fmt.Sprintf("VNet %s has no peering to VNet %s", from.Name, home.Name)
		case l.why == "":
			return candidate, l, ""
		default:
			why = l.why
		}
		why = fmt.Sprintf("firewall %s cannot be reached: %s", candidate.name, why)
	}
	return nil, nil, why
}

// noFirewall tells a next hop that does not exist from one that the network does not know enough about.
func (m *Model) noFirewall(from *vnetNode, ip netip.Addr) (Disposition, string) {
	for _, fw := range m.firewalls {
		mayBeIt := !fw.PrivateIP.IsValid() && (fw.subnet == nil || containsAddr(fw.subnet.Prefixes, ip))
		if mayBeIt || fw.PrivateIP == ip {
			return Insufficient, fmt.Sprintf("firewall %s may be next hop %s: its private IP or its subnet is not known",
				fw.name, ip)
		}
	}
	if containsAddr(from.AddressSpace, ip) {
		return m.noApplianceIn(from.VNet, ip)
	}
	for _, l := range from.all {
		switch {
		case l.remote == nil && (len(l.RemoteAddressSpace) == 0 || containsAddr(l.RemoteAddressSpace, ip)):
			return Insufficient, fmt.Sprintf("next hop %s may lie in VNet %s, which is not in the network",
				ip, l.RemoteVNetID)
		case l.remote != nil && containsAddr(l.remote.AddressSpace, ip):
			if l.why != "" {
				return NoRoute, fmt.Sprintf("next hop %s cannot be reached: %s", ip, l.why)
			}
			return m.noApplianceIn(l.remote, ip)
		}
	}
	return NoRoute, fmt.Sprintf("next hop %s lies neither in VNet %s nor in a peered VNet", ip, from.Name)
}

// noApplianceIn: only Azure Firewall can live in a subnet of its name (azure-facts 5.1), so there nothing answers;
// elsewhere a virtual machine may be the appliance.
func (m *Model) noApplianceIn(vnet *VNet, ip netip.Addr) (Disposition, string) {
	for i := range vnet.Subnets {
		subnet := &vnet.Subnets[i]
		if !containsAddr(subnet.Prefixes, ip) {
			continue
		}
		if strings.EqualFold(subnet.Name, AzureFirewallSubnet) {
			return NoRoute, fmt.Sprintf("next hop %s: no firewall in subnet %s has this address", ip, ShortName(subnet.ID))
		}
		return Insufficient, fmt.Sprintf(
			"next hop %s in subnet %s is no firewall of the network: other appliances are not modelled",
			ip, ShortName(subnet.ID))
	}
	return NoRoute, fmt.Sprintf("next hop %s: no subnet of VNet %s holds this address", ip, vnet.Name)
}

// firewall lets a firewall judge the flow, and follows what it lets through from the firewall's subnet.
func (w *walk) firewall(at place, fw *firewallNode) *Trace {
	if slices.Contains(w.visited, fw) {
		w.hop("firewall", fw.ID, "", "seen before")
		return w.end(Loop, "the flow comes back to firewall %s", fw.name)
	}
	w.visited = append(w.visited, fw)
	if fw.subnet == nil || len(fw.subnet.sources) == 0 {
		return w.insufficient("firewall %s: its subnet or the subnet's IPv4 prefix is not in the network", fw.name)
	}
	v := w.judge(fw, at)
	if v.unknown != "" {
		return w.insufficient("firewall %s: %s", fw.name, v.unknown)
	}
	w.hop("firewall", fw.ID, v.rule, v.action())
	if !v.effect.allow {
		denied := DeniedOut
		if at.inbound {
			denied = DeniedIn
		}
		t := w.endWith(denied, "firewall "+fw.name+" denies "+w.target()+": "+v.rule)
		t.Refusal = v.effect.refusal
		return t
	}
	if v.nat != nil {
		translated, reason := translate(w.flow, v.nat)
		if reason != "" {
			return w.insufficient("firewall %s, %s: %s", fw.name, v.rule, reason)
		}
		w.aim(translated)
	}
	next := place{subnet: fw.subnet, sources: at.sources, firewall: fw}
	snat, reason := w.translatesSource(fw, v)
	switch {
	case reason != "":
		return w.insufficient("firewall %s: %s", fw.name, reason)
	case snat:
		w.translateAt(fw)
		next.sources = fw.subnet.sources
	default:
		w.leg.via = append(w.leg.via, fw)
		next.noSNAT = true
	}
	return w.route(next)
}
