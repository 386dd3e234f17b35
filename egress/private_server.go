package egress

import "slices"

// privateServer is the private cluster whose API server the flow asks for by name; nil: none.
func (w *walk) privateServer() *clusterNode {
	if w.flow.Addr.IsValid() || w.host == "" {
		return nil
	}
	if server := w.m.apiServer[w.host]; server != nil && server.PrivateCluster {
		return server
	}
	return nil
}

// toPrivateServer takes the flow to the private endpoint of an API server. AKS puts it into the nodes' subnet and links
// the zone that has its name to the nodes' VNet only (azure-facts 7.2). Its route, a /32 in the VNet, wins over
// others; its subnet's security group does not filter it.
func (w *walk) toPrivateServer(at place, server *clusterNode) *Trace {
	home := w.homeOf(server)
	if home == nil {
		return w.insufficient("the nodes' VNet of private cluster %s is not in the network", server.Name)
	}
	vnet := at.subnet.vnet
	if t := w.resolves(server, vnet, home.vnet); t != nil {
		return t
	}
	w.hop("private DNS zone", server.ID, "linked to VNet "+home.vnet.Name, "a private endpoint in subnet "+home.Name)
	if group := at.subnet.nsg; group != nil {
		to := party{prefixes: home.sources}
		if t := w.ask(group, group.outbound, party{prefixes: at.sources}, to, w.flow.Port, DeniedOut); t != nil {
			return t
		}
	}
	t := w.end(DeliveredService, "%s is the API server of private cluster %s, by its private endpoint", w.flow.Host,
		server.Name)
	t.Sources = append(t.Sources, at.sources...)
	return t
}

func (w *walk) homeOf(server *clusterNode) *subnetNode {
	if len(server.nodes) == 0 {
		return nil
	}
	return server.nodes[0]
}

// resolves ends the flow where the name of a private API server has no address: the VNet asks Azure's DNS or its own
// servers, and those see the zone only if their VNet is linked to it. It answers nil where the name is found. DNS
// servers of a policy are not modelled: its firewall is taken to ask Azure's DNS.
func (w *walk) resolves(server *clusterNode, vnet, linked *vnetNode) *Trace {
	asked := vnet
	if len(vnet.DNSServers) > 0 {
		dns := vnet.DNSServers[0] // the next one is asked only when this one is silent
		firewalls := w.m.byAddress[dns]
		if len(firewalls) != 1 || firewalls[0].subnet == nil {
			return w.insufficient("whether DNS server %s of VNet %s knows %s is not known", dns, vnet.Name, w.flow.Host)
		}
		asked = firewalls[0].subnet.vnet
		w.hop("DNS", firewalls[0].ID, "DNS servers of VNet "+vnet.Name, "ask Azure's DNS in VNet "+asked.Name)
	}
	switch {
	case asked == linked || slices.ContainsFunc(server.ServerZoneVNetIDs, func(id string) bool {
		return sameID(id, asked.ID)
	}):
		return nil
	case server.ServerZoneVNetIDs == nil:
		return w.insufficient("whether VNet %s is linked to the private DNS zone of cluster %s is not known", asked.Name,
			server.Name)
	}
	t := w.end(NoRoute, "%s does not resolve in VNet %s, which is not linked to the private DNS zone of cluster %s",
		w.flow.Host, asked.Name, server.Name)
	t.Refusal = RefusedUnresolved
	return t
}
