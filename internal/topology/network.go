package topology

import (
	"strings"

	"aks-egress/egress"
)

func (b *builder) virtualNetwork(id string, p *properties) bool {
	v := egress.VNet{
		ID: id, Name: lastName(id), Location: p.text("location"),
		AddressSpace: p.object("addressSpace").prefixes("addressPrefixes"),
	}
	dhcp := p.object("dhcpOptions")
	for _, s := range dhcp.texts("dnsServers") {
		if addr := dhcp.parseAddr("dnsServers", s); addr.IsValid() {
			v.DNSServers = append(v.DNSServers, addr)
		}
	}
	for _, s := range p.objects("subnets") {
		v.Subnets = append(v.Subnets, readSubnet(s.childID(id, "subnets"), s))
	}
	for _, s := range p.objects("virtualNetworkPeerings") {
		v.Peerings = append(v.Peerings, readPeering(s.childID(id, "virtualNetworkPeerings"), s))
	}
	b.network.VNets = append(b.network.VNets, v)
	return true
}

func (b *builder) vnet(id string) *egress.VNet {
	for i := range b.network.VNets {
		if strings.EqualFold(b.network.VNets[i].ID, id) {
			return &b.network.VNets[i]
		}
	}
	return nil
}

func (b *builder) subnet(id string, p *properties) bool {
	v := b.vnet(parentID(id))
	if v == nil {
		return false
	}
	v.Subnets = put(v.Subnets, readSubnet(id, p), func(s egress.Subnet) string { return s.ID })
	return true
}

func readSubnet(id string, p *properties) egress.Subnet {
	s := egress.Subnet{
		ID: id, Name: lastName(id), Prefixes: p.prefixes("addressPrefixes"),
		RouteTableID: p.object("routeTable").text("id"), NATGatewayID: p.object("natGateway").text("id"),
		NSGID: p.object("networkSecurityGroup").text("id"), DefaultOutboundAccess: p.optionalFlag("defaultOutboundAccess"),
	}
	if prefix := p.prefix("addressPrefix"); len(s.Prefixes) == 0 && prefix.IsValid() {
		s.Prefixes = append(s.Prefixes, prefix)
	}
	for _, endpoint := range p.objects("serviceEndpoints") {
		if service := endpoint.text("service"); service != "" {
			s.ServiceEndpoints = append(s.ServiceEndpoints, service)
		}
	}
	return s
}

func (b *builder) peering(id string, p *properties) bool {
	v := b.vnet(parentID(id))
	if v == nil {
		return false
	}
	v.Peerings = put(v.Peerings, readPeering(id, p), func(s egress.Peering) string { return s.ID })
	return true
}

func readPeering(id string, p *properties) egress.Peering {
	peering := egress.Peering{
		ID: id, Name: lastName(id), RemoteVNetID: p.object("remoteVirtualNetwork").text("id"),
		RemoteAddressSpace:        p.object("remoteVirtualNetworkAddressSpace").prefixes("addressPrefixes"),
		AllowVirtualNetworkAccess: p.flag("allowVirtualNetworkAccess"),
		AllowForwardedTraffic:     p.flag("allowForwardedTraffic"),
		UseRemoteGateways:         p.flag("useRemoteGateways"),
		State:                     p.text("peeringState"),
	}
	if len(peering.RemoteAddressSpace) == 0 {
		peering.RemoteAddressSpace = p.object("remoteAddressSpace").prefixes("addressPrefixes")
	}
	return peering
}

// settlePeerings corrects what a state says that was not refreshed: the side of a peering that was made first is
// recorded as Initiated, although Azure made it Connected together with the second side.
func (b *builder) settlePeerings() {
	for i := range b.network.VNets {
		local := &b.network.VNets[i]
		for j := range local.Peerings {
			p := &local.Peerings[j]
			remote := b.vnet(p.RemoteVNetID)
			if remote == nil || !strings.EqualFold(p.State, "Initiated") {
				continue
			}
			for _, back := range remote.Peerings {
				if strings.EqualFold(back.RemoteVNetID, local.ID) && strings.EqualFold(back.State, egress.PeeringConnected) {
					p.State = egress.PeeringConnected
				}
			}
		}
	}
}

func (b *builder) routeTable(id string, p *properties) bool {
	t := egress.RouteTable{
		ID: id, Name: lastName(id), DisableBGPRoutePropagation: p.flag("disableBgpRoutePropagation"),
	}
	for _, r := range p.objects("routes") {
		t.Routes = append(t.Routes, readRoute(r.childID(id, "routes"), r))
	}
	b.network.RouteTables = append(b.network.RouteTables, t)
	return true
}

func (b *builder) route(id string, p *properties) bool {
	for i := range b.network.RouteTables {
		t := &b.network.RouteTables[i]
		if strings.EqualFold(t.ID, parentID(id)) {
			t.Routes = put(t.Routes, readRoute(id, p), func(r egress.Route) string { return r.Name })
			return true
		}
	}
	return false
}

func readRoute(id string, p *properties) egress.Route {
	r := egress.Route{
		Name: lastName(id), NextHopType: egress.NextHopType(p.text("nextHopType")), NextHopIP: p.addr("nextHopIpAddress"),
	}
	destination := p.text("addressPrefix")
	if prefix, err := egress.ParsePrefix(destination); err == nil {
		r.Prefix = prefix
	} else {
		r.ServiceTag = destination
	}
	return r
}

func (b *builder) networkSecurityGroup(id string, p *properties) bool {
	g := egress.NetworkSecurityGroup{ID: id, Name: lastName(id)}
	for _, rule := range p.objects("securityRules") {
		addRule(&g, lastName(rule.childID(id, "securityRules")), rule)
	}
	b.network.NetworkSecurityGroups = append(b.network.NetworkSecurityGroups, g)
	return true
}

func (b *builder) securityRule(id string, p *properties) bool {
	for i := range b.network.NetworkSecurityGroups {
		g := &b.network.NetworkSecurityGroups[i]
		if strings.EqualFold(g.ID, parentID(id)) {
			addRule(g, lastName(id), p)
			return true
		}
	}
	return false
}

// addRule keeps the names of outbound deny rules; a standalone rule replaces its inline copy.
func addRule(g *egress.NetworkSecurityGroup, name string, p *properties) {
	kept := g.OutboundDenyRules[:0]
	for _, known := range g.OutboundDenyRules {
		if !strings.EqualFold(known, name) {
			kept = append(kept, known)
		}
	}
	g.OutboundDenyRules = kept
	if strings.EqualFold(p.text("direction"), "Outbound") && strings.EqualFold(p.text("access"), "Deny") {
		g.OutboundDenyRules = append(g.OutboundDenyRules, name)
	}
	if len(g.OutboundDenyRules) == 0 {
		g.OutboundDenyRules = nil
	}
}
