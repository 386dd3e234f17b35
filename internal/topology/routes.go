package topology

import (
	"strings"

	"aks-egress/egress"
)

func (b *builder) routeTable(id string, p *properties) bool {
	t := egress.RouteTable{
		ID: id, Name: lastName(id), DisableBGPRoutePropagation: p.flag("disableBgpRoutePropagation"),
		DisablePeeringRoutes: strings.EqualFold(p.text("disablePeeringRoute"), "All"),
	}
	for _, r := range p.objects("routes") {
		b.putRoute(&t, readRoute(r.childID(id, "routes"), r))
	}
	b.network.RouteTables = put(b, b.network.RouteTables, "routeTables", id, t)
	return true
}

func (b *builder) putRoute(t *egress.RouteTable, r egress.Route) {
	t.Routes = put(b, t.Routes, "routes", t.ID+"/"+r.Name, r)
}

func (b *builder) route(id string, p *properties) bool {
	t := find(b, b.network.RouteTables, "routeTables", parentID(id))
	if t == nil {
		return false
	}
	b.putRoute(t, readRoute(id, p))
	return true
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
