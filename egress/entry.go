package egress

import (
	"net/netip"
	"strings"
)

// entry is what takes flows at an address of the network.
type entry struct {
	at       string // its kind, as a hop names it
	id       string
	addr     netip.Addr
	firewall *firewallNode
	balancer *LoadBalancer
	frontend *Frontend
	service  *Service
	cluster  *clusterNode // whose nodes are behind balancer, service or AGIC's gateway; nil: not known
	gateway  *ApplicationGateway
	complete bool // gateway has all its listeners, though an ingress controller writes them
}

// trafficEntry is a frontend of an Application Gateway for Containers.
type trafficEntry struct {
	controller *TrafficController
	frontend   *TrafficControllerFrontend
}

// addEntries finds what answers at the addresses of the network.
func (m *Model) addEntries() {
	for _, fw := range m.firewalls {
		for _, id := range fw.PublicIPIDs {
			m.addEntry(id, entry{at: "firewall", id: fw.ID, firewall: fw})
		}
	}
	owners := m.nodeGroups()
	for i := range m.n.LoadBalancers {
		lb := &m.n.LoadBalancers[i]
		for j := range lb.Frontends {
			m.addFrontend(lb, &lb.Frontends[j], owners[resourceGroup(lb.ID)])
		}
	}
	for i := range m.n.ApplicationGateways {
		m.addGateway(&m.n.ApplicationGateways[i])
	}
	for i := range m.n.Clusters {
		m.addServices(m.cluster(m.n.Clusters[i].ID))
		m.addIngresses(m.cluster(m.n.Clusters[i].ID))
	}
	for i := range m.n.NATGateways {
		for _, id := range m.n.NATGateways[i].PublicIPIDs {
			m.addEntry(id, entry{at: "NAT gateway", id: m.n.NATGateways[i].ID})
		}
	}
	for i := range m.n.TrafficControllers {
		controller := &m.n.TrafficControllers[i]
		for j := range controller.Frontends {
			if host := hostKey(controller.Frontends[j].FQDN); host != "" {
				m.frontends[host] = &trafficEntry{controller, &controller.Frontends[j]}
			}
		}
	}
}

// addEntry adds what answers at a public IP.
func (m *Model) addEntry(publicIPID string, e entry) {
	if ip := m.ix.publicIP(publicIPID); ip != nil && ip.Address.IsValid() {
		e.addr = ip.Address
		m.entries[e.addr] = append(m.entries[e.addr], e)
	}
}

func (m *Model) addFrontend(lb *LoadBalancer, f *Frontend, owner *clusterNode) {
	e := entry{at: "load balancer", id: lb.ID, balancer: lb, frontend: f, cluster: owner}
	m.addEntry(f.PublicIPID, e)
	if !f.PrivateAddress.IsValid() {
		return
	}
	e.addr = f.PrivateAddress
	if subnet := m.subnet(f.SubnetID); subnet != nil {
		m.private[privateAddress{subnet.vnet.VNet, e.addr}] = e
		return
	}
	m.addPrivate(owner, e)
}

// addPrivate adds what answers at a private address of a cluster's VNets.
func (m *Model) addPrivate(c *clusterNode, e entry) {
	if c == nil {
		return
	}
	for _, s := range c.nodes {
		if s == nil {
			continue
		}
		key := privateAddress{s.vnet.VNet, e.addr}
		if _, taken := m.private[key]; !taken {
			m.private[key] = e
		}
	}
}

// addGateway adds an application gateway. One that AGIC made is in the node resource group, which no Pulumi state
// holds: who knows it has it from Azure, as AGIC wrote it. What a state says of another one may be of before AGIC wrote
// it.
func (m *Model) addGateway(g *ApplicationGateway) {
	e := entry{at: "application gateway", id: g.ID, gateway: g}
	for i := range m.n.Clusters {
		if sameID(m.n.Clusters[i].ApplicationGatewayID, g.ID) {
			e.cluster = m.cluster(m.n.Clusters[i].ID)
			e.complete = m.n.Clusters[i].owns(g.ID)
		}
	}
	for _, id := range g.PublicIPIDs {
		m.addEntry(id, e)
	}
	if subnet := m.subnet(g.SubnetID); subnet != nil && g.PrivateAddress.IsValid() {
		e.addr = g.PrivateAddress
		m.private[privateAddress{subnet.vnet.VNet, e.addr}] = e
	}
}

// addServices adds the addresses of services whose load balancer is not in the network, as in a Pulumi state, which
// never holds the node resource group.
func (m *Model) addServices(c *clusterNode) {
	for i := range c.Services {
		service := &c.Services[i]
		for _, addr := range service.Addresses {
			e := entry{at: "service", id: c.ID, addr: addr, service: service, cluster: c}
			switch {
			case service.Internal:
				m.addPrivate(c, e)
			case len(m.entries[addr]) == 0:
				m.entries[addr] = []entry{e}
			}
		}
	}
}

// addIngresses adds the address of an AGIC gateway that is not in the network, as in a Pulumi state, which never holds
// the node resource group: by the address in the status of its Ingresses, with the listeners that they ask for.
func (m *Model) addIngresses(c *clusterNode) {
	if c.ApplicationGatewayID == "" || m.ix.gateways[idKey(c.ApplicationGatewayID)] != nil {
		return
	}
	gateway := &ApplicationGateway{
		ID: c.ApplicationGatewayID, Name: ShortName(c.ApplicationGatewayID), SubnetID: c.GatewaySubnetID,
	}
	e := entry{at: "application gateway", id: gateway.ID, gateway: gateway, cluster: c}
	for _, ingress := range c.Ingresses {
		gateway.Listeners = append(gateway.Listeners, ingress.Listeners...)
		for _, addr := range ingress.Addresses {
			e.addr = addr
			switch {
			case addr.IsPrivate():
				m.addPrivate(c, e)
			case len(m.entries[addr]) == 0:
				m.entries[addr] = []entry{e}
			}
		}
	}
}

// nodeGroups are the clusters by their node resource group.
func (m *Model) nodeGroups() map[string]*clusterNode {
	groups := map[string]*clusterNode{}
	for i := range m.n.Clusters {
		if group := m.n.Clusters[i].nodeGroup(); group != "" {
			groups[group] = m.cluster(m.n.Clusters[i].ID)
		}
	}
	return groups
}

// nodeGroup is the id of a cluster's node resource group, as a map key; empty when it is not known.
func (c *Cluster) nodeGroup() string {
	subscription, _, ok := strings.Cut(idKey(c.ID), "/resourcegroups/")
	if !ok || c.NodeResourceGroup == "" {
		return ""
	}
	return subscription + "/resourcegroups/" + strings.ToLower(c.NodeResourceGroup)
}

// owns tells whether a resource is in the cluster's node resource group.
func (c *Cluster) owns(id string) bool {
	return c.nodeGroup() != "" && resourceGroup(id) == c.nodeGroup()
}

// resourceGroup is the part of an ARM id that names its resource group, as a map key.
func resourceGroup(id string) string {
	group, _, _ := strings.Cut(idKey(id), "/providers/")
	return group
}

// servicePorts finds the ports of the Kubernetes service at a frontend's address; nil: not known.
func (e *entry) servicePorts() []ServicePort {
	if e.service != nil {
		return e.service.Ports
	}
	if e.cluster == nil {
		return nil
	}
	for i := range e.cluster.Services {
		for _, addr := range e.cluster.Services[i].Addresses {
			if addr == e.addr {
				return e.cluster.Services[i].Ports
			}
		}
	}
	return nil
}
