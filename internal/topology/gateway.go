package topology

import (
	"cmp"
	"strings"

	"aks-egress/egress"
)

func (b *builder) applicationGateway(id string, p *properties) bool {
	sku := p.object("sku")
	g := egress.ApplicationGateway{
		ID: id, Name: lastName(id), Location: p.text("location"), SKU: cmp.Or(sku.text("tier"), sku.text("name")),
		Instances: max(sku.number("capacity"), p.object("autoscaleConfiguration").number("minCapacity")),
	}
	for _, c := range p.objects("gatewayIPConfigurations") {
		if g.SubnetID == "" {
			g.SubnetID = c.object("subnet").text("id")
		}
	}
	for _, f := range p.objects("frontendIPConfigurations") {
		if ip := f.object("publicIPAddress").text("id"); ip != "" {
			g.PublicIPIDs = append(g.PublicIPIDs, ip)
		}
		if addr := f.addr("privateIPAddress"); !g.PrivateAddress.IsValid() {
			g.PrivateAddress = addr
		}
	}
	ports := map[string]uint16{} // by lower-case name
	for _, port := range p.objects("frontendPorts") {
		ports[strings.ToLower(lastName(port.childID(id, "frontendPorts")))] = port.port("port")
	}
	for _, l := range p.objects("httpListeners") {
		g.Listeners = append(g.Listeners, readListeners(id, l, ports)...)
	}
	for _, pool := range p.objects("backendAddressPools") {
		g.Backends = append(g.Backends, addresses(pool, "backendAddresses")...)
	}
	b.network.ApplicationGateways = append(b.network.ApplicationGateways, g)
	return true
}

// readListeners reads a listener: one for each of its hosts.
func readListeners(gateway string, p *properties, ports map[string]uint16) []egress.Listener {
	listener := egress.Listener{
		Name: lastName(p.childID(gateway, "httpListeners")), Protocol: p.text("protocol"), Host: p.text("hostName"),
		Port: ports[strings.ToLower(lastName(p.object("frontendPort").text("id")))],
	}
	hosts := p.texts("hostNames")
	if listener.Host != "" || len(hosts) == 0 {
		return []egress.Listener{listener}
	}
	var out []egress.Listener
	for _, host := range hosts {
		listener.Host = host
		out = append(out, listener)
	}
	return out
}

// trafficController takes the children that the controller itself lists, too: by id only, until their own resources
// say more.
func (b *builder) trafficController(id string, p *properties) bool {
	c := egress.TrafficController{ID: id, Name: lastName(id), Location: p.text("location")}
	for _, child := range p.ids("frontends") {
		b.putTrafficFrontend(&c, egress.TrafficControllerFrontend{ID: child, Name: lastName(child)})
	}
	for _, child := range p.ids("associations") {
		b.putTrafficAssociation(&c, egress.TrafficAssociation{ID: child})
	}
	b.network.TrafficControllers = put(b, b.network.TrafficControllers, "trafficControllers", id, c)
	return true
}

func (b *builder) controller(id string) *egress.TrafficController {
	return find(b, b.network.TrafficControllers, "trafficControllers", id)
}

func (b *builder) putTrafficFrontend(c *egress.TrafficController, f egress.TrafficControllerFrontend) {
	c.Frontends = put(b, c.Frontends, "trafficFrontends", c.ID+"/"+f.Name, f)
}

func (b *builder) putTrafficAssociation(c *egress.TrafficController, a egress.TrafficAssociation) {
	c.Associations = put(b, c.Associations, "trafficAssociations", c.ID+"/"+lastName(a.ID), a)
}

func (b *builder) trafficFrontend(id string, p *properties) bool {
	c := b.controller(parentID(id))
	if c == nil {
		return false
	}
	b.putTrafficFrontend(c, egress.TrafficControllerFrontend{ID: id, Name: lastName(id), FQDN: p.text("fqdn")})
	return true
}

func (b *builder) trafficAssociation(id string, p *properties) bool {
	c := b.controller(parentID(id))
	if c == nil {
		return false
	}
	b.putTrafficAssociation(c, egress.TrafficAssociation{ID: id, SubnetID: p.object("subnet").text("id")})
	return true
}
