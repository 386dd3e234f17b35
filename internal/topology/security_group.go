package topology

import "aks-egress/egress"

// networkSecurityGroup reads the rules that users wrote; defaultSecurityRules are Azure's, and the model knows them.
func (b *builder) networkSecurityGroup(id string, p *properties) bool {
	g := egress.NetworkSecurityGroup{ID: id, Name: lastName(id)}
	for _, rule := range p.objects("securityRules") {
		b.putSecurityRule(&g, readSecurityRule(rule.childID(id, "securityRules"), rule))
	}
	b.network.NetworkSecurityGroups = put(b, b.network.NetworkSecurityGroups, "securityGroups", id, g)
	return true
}

func (b *builder) putSecurityRule(g *egress.NetworkSecurityGroup, r egress.SecurityRule) {
	g.Rules = put(b, g.Rules, "securityRules", g.ID+"/"+r.Name, r)
}

func (b *builder) securityRule(id string, p *properties) bool {
	g := find(b, b.network.NetworkSecurityGroups, "securityGroups", parentID(id))
	if g == nil {
		return false
	}
	b.putSecurityRule(g, readSecurityRule(id, p))
	return true
}

func readSecurityRule(id string, p *properties) egress.SecurityRule {
	return egress.SecurityRule{
		Name: lastName(id), Priority: p.number("priority"), Direction: p.text("direction"), Access: p.text("access"),
		Protocol:         p.text("protocol"),
		Sources:          plural(p, "sourceAddressPrefix", "sourceAddressPrefixes"),
		SourcePorts:      plural(p, "sourcePortRange", "sourcePortRanges"),
		Destinations:     plural(p, "destinationAddressPrefix", "destinationAddressPrefixes"),
		DestinationPorts: plural(p, "destinationPortRange", "destinationPortRanges"),
		NotModelled:      p.present("sourceApplicationSecurityGroups", "destinationApplicationSecurityGroups"),
	}
}

// plural joins the one value of a property and the many of its plural, of which a rule has either.
func plural(p *properties, one, many string) []string {
	values := p.texts(many)
	if value := p.text(one); value != "" {
		values = append([]string{value}, values...)
	}
	return values
}
