package egress

import (
	"net/netip"
	"sync"
)

// Model is a network made ready for tracing: ids resolved, routes in tries, rules parsed. It is safe for concurrent
// use. The network must not change after Compile.
type Model struct {
	n         *Network
	ix        *index
	subnets   map[string]*subnetNode
	vnets     map[*VNet]*vnetNode
	clusters  map[string]*clusterNode
	firewalls []*firewallNode
	byAddress map[netip.Addr][]*firewallNode // by private IP
	fqdnTags  map[string]*fqdnTag
	tags      tagTable
	entries   map[netip.Addr][]entry // what answers at a public address of the network
	private   map[privateAddress]entry
	apiServer map[string]*clusterNode // by host name
	frontends map[string]*trafficEntry
	actions   map[nextHop]string // of routes
	walks     sync.Pool          // of *walk
}

// privateAddress is an address inside a VNet; two VNets may use the same one.
type privateAddress struct {
	vnet *VNet
	addr netip.Addr
}

// Compile prepares a network for tracing. It takes every network, also one that is not valid: Trace answers
// Insufficient where an inconsistency matters.
func Compile(n *Network) *Model {
	m := &Model{
		n: n, ix: newIndex(n), tags: newTagTable(n.ServiceTags),
		subnets: map[string]*subnetNode{}, vnets: map[*VNet]*vnetNode{}, clusters: map[string]*clusterNode{},
		byAddress: map[netip.Addr][]*firewallNode{}, fqdnTags: map[string]*fqdnTag{},
		entries: map[netip.Addr][]entry{}, private: map[privateAddress]entry{}, apiServer: map[string]*clusterNode{},
		frontends: map[string]*trafficEntry{}, actions: map[nextHop]string{},
	}
	for i := range n.VNets {
		m.addVNet(&n.VNets[i])
	}
	for i := range n.Firewalls {
		m.addFirewall(&n.Firewalls[i])
	}
	for i := range n.Clusters {
		m.addCluster(&n.Clusters[i])
	}
	m.addEntries()
	return m
}

// subnet finds a subnet by id, which is likely spelled as the network spells it.
func (m *Model) subnet(id string) *subnetNode {
	if s := m.subnets[id]; s != nil {
		return s
	}
	return m.subnets[idKey(id)]
}

func (m *Model) cluster(id string) *clusterNode {
	if c := m.clusters[id]; c != nil {
		return c
	}
	return m.clusters[idKey(id)]
}
