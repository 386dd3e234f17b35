package egress

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Entrances are the flows of some client on the internet for which the network says that something listens: load
// balancing rules of public frontends, public Services, DNAT rules of firewalls, listeners of application gateways,
// and frontends of Application Gateway for Containers. They are sorted by address, name and port, without duplicates.
func (m *Model) Entrances() []Flow {
	var flows []Flow
	add := func(addr netip.Addr, port uint16, protocol Protocol) {
		if addr.IsValid() && addr.Is4() && port != 0 {
			flows = append(flows, Flow{From: FromInternet, Addr: addr, Port: port, Protocol: protocol})
		}
	}
	for _, entries := range m.entries {
		for i := range entries {
			entries[i].listens(add)
		}
	}
	for _, frontend := range m.frontends {
		ports := frontend.frontend.Ports
		if len(ports) == 0 {
			ports = []uint16{80}
		}
		for _, port := range ports {
			flows = append(flows, Flow{
				From: FromInternet, Host: frontend.frontend.FQDN, Port: port, Protocol: spoken(port, "TCP"),
			})
		}
	}
	slices.SortFunc(flows, func(a, b Flow) int {
		return cmp.Or(a.Addr.Compare(b.Addr), cmp.Compare(a.Host, b.Host), cmp.Compare(a.Port, b.Port),
			cmp.Compare(a.Protocol, b.Protocol))
	})
	return slices.CompactFunc(flows, func(a, b Flow) bool {
		return a.Addr == b.Addr && a.Host == b.Host && a.Port == b.Port && a.Protocol == b.Protocol
	})
}

// listens tells the ports that an entry answers on.
func (e *entry) listens(add func(addr netip.Addr, port uint16, protocol Protocol)) {
	switch {
	case e.firewall != nil:
		for i := range e.firewall.dnat {
			e.listensBehind(&e.firewall.dnat[i], add)
		}
	case e.gateway != nil:
		for _, l := range e.gateway.Listeners {
			add(e.addr, l.Port, Protocol(strings.ToUpper(l.Protocol)))
		}
	default:
		if e.balancer != nil {
			for _, r := range e.balancer.LoadBalancingRules {
				if sameID(r.FrontendID, e.frontend.ID) && r.FrontendPort > 0 && r.FrontendPort <= 65535 {
					add(e.addr, uint16(r.FrontendPort), spoken(uint16(r.FrontendPort), r.Protocol))
				}
			}
		}
		for _, p := range e.servicePorts() {
			add(e.addr, p.Port, spoken(p.Port, p.Protocol))
		}
	}
}

// listensBehind tells the single ports of a DNAT rule for the entry's address.
func (e *entry) listensBehind(rule *dnatRule, add func(addr netip.Addr, port uint16, protocol Protocol)) {
	if rule.destinations.holds(netip.PrefixFrom(e.addr, e.addr.BitLen())).answer != yes {
		return
	}
	for _, word := range rule.Ports {
		port, err := strconv.ParseUint(word, 10, 16)
		if err != nil {
			continue
		}
		if rule.transports.tcp {
			add(e.addr, uint16(port), spoken(uint16(port), "TCP"))
		}
		if rule.transports.udp {
			add(e.addr, uint16(port), UDP)
		}
	}
}

// spoken is what clients speak on a port: HTTP and HTTPS on theirs.
func spoken(port uint16, transport string) Protocol {
	switch {
	case strings.EqualFold(transport, "UDP"):
		return UDP
	case port == 80:
		return HTTP
	case port == 443:
		return HTTPS
	}
	return TCP
}
