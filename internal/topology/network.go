package topology

import (
	"net/netip"
	"strings"

	"aks-egress/egress"
)

func (b *builder) virtualNetwork(id string, p *properties) bool {
	space := p.object("addressSpace")
	v := egress.VNet{
		ID: id, Name: lastName(id), Location: p.text("location"), AddressSpace: space.prefixes("addressPrefixes"),
	}
	if len(v.AddressSpace) == 0 {
		v.AddressSpace = allocated(space)
	}
	dhcp := p.object("dhcpOptions")
	for _, s := range dhcp.texts("dnsServers") {
		if addr := dhcp.parseAddr("dnsServers", s); addr.IsValid() {
			v.DNSServers = append(v.DNSServers, addr)
		}
	}
	for _, s := range p.objects("subnets") {
		b.putSubnet(&v, readSubnet(s.childID(id, "subnets"), s))
	}
	for _, s := range p.objects("virtualNetworkPeerings") {
		b.putPeering(&v, readPeering(s.childID(id, "virtualNetworkPeerings"), s))
	}
	b.network.VNets = put(b, b.network.VNets, "vnets", id, v)
	return true
}

// allocated are the prefixes that an address pool of Azure Virtual Network Manager gave.
func allocated(p *properties) []netip.Prefix {
	var out []netip.Prefix
	for _, allocation := range p.objects("ipamPoolPrefixAllocations") {
		out = append(out, allocation.prefixes("allocatedAddressPrefixes")...)
	}
	return out
}

func (b *builder) vnet(id string) *egress.VNet { return find(b, b.network.VNets, "vnets", id) }

func (b *builder) putSubnet(v *egress.VNet, s egress.Subnet) {
	v.Subnets = put(b, v.Subnets, "subnets", v.ID+"/"+s.Name, s)
}

func (b *builder) subnet(id string, p *properties) bool {
	v := b.vnet(parentID(id))
	if v == nil {
		return false
	}
	b.putSubnet(v, readSubnet(id, p))
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
	if len(s.Prefixes) == 0 {
		s.Prefixes = allocated(p)
	}
	for _, endpoint := range p.objects("serviceEndpoints") {
		if service := endpoint.text("service"); service != "" {
			s.ServiceEndpoints = append(s.ServiceEndpoints, service)
		}
	}
	return s
}

func (b *builder) putPeering(v *egress.VNet, p egress.Peering) {
	v.Peerings = put(b, v.Peerings, "peerings", v.ID+"/"+p.Name, p)
}

func (b *builder) peering(id string, p *properties) bool {
	v := b.vnet(parentID(id))
	if v == nil {
		return false
	}
	b.putPeering(v, readPeering(id, p))
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
	type side struct{ local, remote string }
	sideOf := func(v *egress.VNet, p *egress.Peering) side {
		return side{strings.ToLower(v.ID), strings.ToLower(p.RemoteVNetID)}
	}
	connected := map[side]bool{}
	for i := range b.network.VNets {
		v := &b.network.VNets[i]
		for j := range v.Peerings {
			if strings.EqualFold(v.Peerings[j].State, egress.PeeringConnected) {
				connected[sideOf(v, &v.Peerings[j])] = true
			}
		}
	}
	for i := range b.network.VNets {
		v := &b.network.VNets[i]
		for j := range v.Peerings {
			p := &v.Peerings[j]
			here := sideOf(v, p)
			if strings.EqualFold(p.State, "Initiated") && connected[side{here.remote, here.local}] {
				p.State = egress.PeeringConnected
			}
		}
	}
}
