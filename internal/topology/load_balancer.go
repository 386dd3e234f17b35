package topology

import (
	"net/netip"

	"aks-egress/egress"
)

func (b *builder) loadBalancer(id string, p *properties) bool {
	lb := egress.LoadBalancer{ID: id, Name: lastName(id)}
	for _, f := range p.objects("frontendIPConfigurations") {
		frontend := egress.Frontend{
			ID: f.childID(id, "frontendIPConfigurations"), PublicIPID: f.object("publicIPAddress").text("id"),
			PublicIPPrefixID: f.object("publicIPPrefix").text("id"), PrivateAddress: f.addr("privateIPAddress"),
			SubnetID: f.object("subnet").text("id"),
		}
		frontend.Name = lastName(frontend.ID)
		lb.Frontends = append(lb.Frontends, frontend)
	}
	for _, pool := range p.objects("backendAddressPools") {
		b.putBackendPool(&lb, readBackendPool(pool.childID(id, "backendAddressPools"), pool))
	}
	for _, r := range p.objects("outboundRules") {
		lb.OutboundRules = append(lb.OutboundRules, egress.OutboundRule{
			Name: lastName(r.childID(id, "outboundRules")), Protocol: r.text("protocol"),
			FrontendIDs: r.references(id, "frontendIPConfigurations"), BackendPoolID: r.reference(id, "backendAddressPool"),
			AllocatedPorts: r.number("allocatedOutboundPorts"),
		})
	}
	for _, r := range p.objects("loadBalancingRules") {
		lb.LoadBalancingRules = append(lb.LoadBalancingRules, readLoadBalancingRule(id, r))
	}
	b.network.LoadBalancers = put(b, b.network.LoadBalancers, "loadBalancers", id, lb)
	return true
}

func readLoadBalancingRule(id string, p *properties) egress.LoadBalancingRule {
	rule := egress.LoadBalancingRule{
		Name: lastName(p.childID(id, "loadBalancingRules")), Protocol: p.text("protocol"),
		FrontendID:   p.reference(id, "frontendIPConfiguration"),
		FrontendPort: int(p.port("frontendPort")), BackendPort: int(p.port("backendPort")),
		BackendPoolIDs: p.references(id, "backendAddressPools"), FloatingIP: p.flag("enableFloatingIP"),
		DisableOutboundSNAT: p.flag("disableOutboundSnat"),
	}
	if pool := p.reference(id, "backendAddressPool"); pool != "" && len(rule.BackendPoolIDs) == 0 {
		rule.BackendPoolIDs = []string{pool}
	}
	return rule
}

func (b *builder) putBackendPool(lb *egress.LoadBalancer, pool egress.BackendPool) {
	lb.BackendPools = put(b, lb.BackendPools, "backendPools", lb.ID+"/"+pool.Name, pool)
}

func (b *builder) backendPool(id string, p *properties) bool {
	lb := find(b, b.network.LoadBalancers, "loadBalancers", parentID(id))
	if lb == nil {
		return false
	}
	b.putBackendPool(lb, readBackendPool(id, p))
	return true
}

func readBackendPool(id string, p *properties) egress.BackendPool {
	return egress.BackendPool{ID: id, Name: lastName(id), Addresses: addresses(p, "loadBalancerBackendAddresses")}
}

// addresses are the ipAddress of each object of a list, where it has one.
func addresses(p *properties, key string) []netip.Addr {
	var out []netip.Addr
	for _, backend := range p.objects(key) {
		if addr := backend.addr("ipAddress"); addr.IsValid() {
			out = append(out, addr)
		}
	}
	return out
}
