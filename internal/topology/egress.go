package topology

import "aks-egress/egress"

func (b *builder) natGateway(id string, p *properties) bool {
	b.network.NATGateways = append(b.network.NATGateways, egress.NATGateway{
		ID: id, Name: lastName(id), PublicIPIDs: p.ids("publicIpAddresses"), PublicIPPrefixIDs: p.ids("publicIpPrefixes"),
		IdleTimeoutInMinutes: p.number("idleTimeoutInMinutes"),
	})
	return true
}

func (b *builder) publicIPAddress(id string, p *properties) bool {
	b.network.PublicIPs = append(b.network.PublicIPs, egress.PublicIP{
		ID: id, Name: lastName(id), Address: p.addr("ipAddress"),
	})
	return true
}

func (b *builder) publicIPPrefix(id string, p *properties) bool {
	b.network.PublicIPPrefixes = append(b.network.PublicIPPrefixes, egress.PublicIPPrefix{
		ID: id, Name: lastName(id), Prefix: p.prefix("ipPrefix"),
	})
	return true
}

func (b *builder) loadBalancer(id string, p *properties) bool {
	lb := egress.LoadBalancer{ID: id, Name: lastName(id)}
	for _, f := range p.objects("frontendIPConfigurations") {
		frontend := egress.Frontend{
			ID: f.childID(id, "frontendIPConfigurations"), PublicIPID: f.object("publicIPAddress").text("id"),
			PublicIPPrefixID: f.object("publicIPPrefix").text("id"), PrivateAddress: f.addr("privateIPAddress"),
		}
		frontend.Name = lastName(frontend.ID)
		lb.Frontends = append(lb.Frontends, frontend)
	}
	for _, r := range p.objects("outboundRules") {
		lb.OutboundRules = append(lb.OutboundRules, egress.OutboundRule{
			Name: lastName(r.childID(id, "outboundRules")), Protocol: r.text("protocol"),
			FrontendIDs: r.ids("frontendIPConfigurations"), BackendPoolID: r.object("backendAddressPool").text("id"),
		})
	}
	for _, r := range p.objects("loadBalancingRules") {
		rule := egress.LoadBalancingRule{
			Name: lastName(r.childID(id, "loadBalancingRules")), FrontendID: r.object("frontendIPConfiguration").text("id"),
			BackendPoolIDs: r.ids("backendAddressPools"), DisableOutboundSNAT: r.flag("disableOutboundSnat"),
		}
		if pool := r.object("backendAddressPool").text("id"); pool != "" && len(rule.BackendPoolIDs) == 0 {
			rule.BackendPoolIDs = []string{pool}
		}
		lb.LoadBalancingRules = append(lb.LoadBalancingRules, rule)
	}
	b.network.LoadBalancers = append(b.network.LoadBalancers, lb)
	return true
}
