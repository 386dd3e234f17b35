package topology

import (
	"cmp"

	"aks-egress/egress"
)

func (b *builder) natGateway(id string, p *properties) bool {
	b.network.NATGateways = append(b.network.NATGateways, egress.NATGateway{
		ID: id, Name: lastName(id), PublicIPIDs: p.ids("publicIpAddresses"), PublicIPPrefixIDs: p.ids("publicIpPrefixes"),
		IdleTimeoutInMinutes: p.number("idleTimeoutInMinutes"), Zones: p.texts("zones"),
	})
	return true
}

func (b *builder) publicIPAddress(id string, p *properties) bool {
	b.network.PublicIPs = append(b.network.PublicIPs, egress.PublicIP{
		ID: id, Name: lastName(id), Address: p.addr("ipAddress"),
		Zones: p.texts("zones"),
		Owner: cmp.Or(p.object("ipConfiguration").text("id"), p.object("natGateway").text("id")),
	})
	return true
}

func (b *builder) publicIPPrefix(id string, p *properties) bool {
	b.network.PublicIPPrefixes = append(b.network.PublicIPPrefixes, egress.PublicIPPrefix{
		ID: id, Name: lastName(id), Prefix: p.prefix("ipPrefix"), Zones: p.texts("zones"),
	})
	return true
}
