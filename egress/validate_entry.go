package egress

func (v *validation) loadBalancer(lb *LoadBalancer) {
	v.id("load balancer", lb.ID)
	for _, f := range lb.Frontends {
		v.id("frontend", f.ID)
		v.ref(f.ID, "public IP", f.PublicIPID, v.ix.publicIP(f.PublicIPID) != nil)
		v.ref(f.ID, "public IP prefix", f.PublicIPPrefixID, v.ix.publicIPPrefix(f.PublicIPPrefixID) != nil)
	}
	frontend := func(rule, id string) {
		v.ref(lb.ID+" rule "+rule, "frontend", id, lb.frontend(id) != nil)
	}
	for _, r := range lb.OutboundRules {
		for _, id := range r.FrontendIDs {
			frontend(r.Name, id)
		}
		v.balancerProtocol(lb.ID+" rule "+r.Name, r.Protocol)
		if r.AllocatedPorts < 0 || r.AllocatedPorts > 64000 || r.AllocatedPorts%8 != 0 {
			v.fail(lb.ID+" rule "+r.Name, "allocated ports must be 0 to 64000 and a multiple of 8 (got %d)", r.AllocatedPorts)
		}
	}
	for _, r := range lb.LoadBalancingRules {
		frontend(r.Name, r.FrontendID)
		v.balancerProtocol(lb.ID+" rule "+r.Name, r.Protocol)
		for _, port := range []int{r.FrontendPort, r.BackendPort} {
			if port < 0 || port > 65535 {
				v.fail(lb.ID+" rule "+r.Name, "port must be 0 to 65535 (got %d)", port)
			}
		}
	}
}

// balancerProtocol checks the protocol of a load balancer's rule; empty means All.
func (v *validation) balancerProtocol(where, protocol string) {
	if protocol != "" {
		v.word(where, "protocol", protocol, "All", "Tcp", "Udp")
	}
}

func (v *validation) applicationGateway(g *ApplicationGateway) {
	v.id("application gateway", g.ID)
	_, subnet := v.ix.subnet(g.SubnetID)
	v.ref(g.ID, "subnet", g.SubnetID, subnet != nil)
	v.publicRefs(g.ID, g.PublicIPIDs, nil)
	v.listeners(g.ID, g.Listeners)
}

func (v *validation) listeners(of string, listeners []Listener) {
	for _, l := range listeners {
		where := of + " listener " + l.Name
		v.word(where, "protocol", l.Protocol, "Http", "Https")
		if l.Port == 0 {
			v.fail(where, "has no port")
		}
	}
}

func (v *validation) trafficController(t *TrafficController) {
	v.id("traffic controller", t.ID)
	for _, f := range t.Frontends {
		v.id("frontend", f.ID)
	}
	if len(t.Associations) > 1 {
		v.fail(t.ID, "has %d associations: one is allowed (azure-facts 7.8)", len(t.Associations))
	}
	for _, a := range t.Associations {
		_, subnet := v.ix.subnet(a.SubnetID)
		v.ref(t.ID, "subnet", a.SubnetID, subnet != nil)
	}
}

// clusterEntries checks what a cluster publishes.
func (v *validation) clusterEntries(c *Cluster) {
	if !c.owns(c.ApplicationGatewayID) {
		v.ref(c.ID, "application gateway", c.ApplicationGatewayID, v.ix.gateways[idKey(c.ApplicationGatewayID)] != nil)
	}
	_, subnet := v.ix.subnet(c.GatewaySubnetID)
	v.ref(c.ID, "gateway subnet", c.GatewaySubnetID, subnet != nil)
	for _, i := range c.Ingresses {
		v.listeners(c.ID+" ingress "+i.Namespace+"/"+i.Name, i.Listeners)
	}
	names := map[string]bool{}
	for _, s := range c.Services {
		name := s.Namespace + "/" + s.Name
		if names[name] {
			v.fail(c.ID, "two services have the name %s", name)
		}
		names[name] = true
		for _, p := range s.Ports {
			if p.Port == 0 {
				v.fail(c.ID+" service "+name, "a port is missing")
			}
			if p.Protocol != "" {
				v.word(c.ID+" service "+name, "protocol", p.Protocol, "TCP", "UDP", "SCTP")
			}
		}
	}
}
