package egress

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// clusterNode is a cluster with what AKS made for its egress.
type clusterNode struct {
	*Cluster
	region  string
	podMode string        // see translatedPods
	nodes   []*subnetNode // nil for a subnet that the network lacks
	pods    []*subnetNode
	managed *exit // of AKS's NAT gateway, for a VNet that the network lacks
	tcp     *exit // of AKS's load balancer; nil: it has no rule for that, or there is none
	udp     *exit
	public  *exit // of the nodes' own public addresses
}

func (m *Model) addCluster(c *Cluster) {
	node := &clusterNode{Cluster: c, region: RegionName(c.Location), podMode: c.translatedPods()}
	for _, id := range c.NodeSubnetIDs {
		node.nodes = append(node.nodes, m.subnet(id))
	}
	for _, id := range c.PodSubnetIDs {
		node.pods = append(node.pods, m.subnet(id))
	}
	lb := m.ix.loadBalancer(c.OutboundLoadBalancerID)
	switch {
	case c.OutboundLoadBalancerID == "" && c.outbound("loadBalancer"):
		node.tcp = m.effectiveExit(c, "load balancer", "")
		node.udp = node.tcp
	case c.OutboundLoadBalancerID == "":
	case lb == nil:
		node.tcp = &exit{unknown: fmt.Sprintf("load balancer %s is not in the network", c.OutboundLoadBalancerID)}
		node.udp = node.tcp
	default:
		node.tcp, node.udp = m.balancerExit(lb, TCP), m.balancerExit(lb, UDP)
	}
	if c.outbound("managedNATGateway") {
		node.managed = m.managedNATExit(c)
	}
	if len(c.NodePublicIPPrefixIDs) > 0 {
		node.public = m.newExit("node", c.ID, "public IPs of the nodes", nil, c.NodePublicIPPrefixIDs)
	}
	key := idKey(c.ID)
	if m.clusters[key] == nil {
		m.clusters[key] = node
		m.clusters[c.ID] = node
	}
	if host := hostKey(c.APIServerFQDN); host != "" && m.apiServer[host] == nil {
		m.apiServer[host] = node
	}
}

// effectiveExit is what the cluster reports (effectiveOutboundIPs) where the thing that translates is not in the
// network, as in a Pulumi state, which never holds the node resource group.
func (m *Model) effectiveExit(c *Cluster, at, id string) *exit {
	if len(c.OutboundPublicIPIDs) == 0 {
		return &exit{unknown: fmt.Sprintf(
			"the %s of cluster %s is not in the network, and the cluster reports no effective outbound IPs", at, c.Name)}
	}
	return m.newExit(at, id, "effectiveOutboundIPs of the cluster", c.OutboundPublicIPIDs, nil)
}

func (m *Model) managedNATExit(c *Cluster) *exit {
	gateway := m.ix.natGateway(c.OutboundNATGatewayID)
	if gateway == nil {
		return m.effectiveExit(c, "NAT gateway", c.OutboundNATGatewayID)
	}
	return m.newExit("NAT gateway", gateway.ID, "managed NAT gateway", gateway.PublicIPIDs, gateway.PublicIPPrefixIDs)
}

// balancer is the way out by AKS's load balancer for a protocol.
func (c *clusterNode) balancer(p Protocol) *exit {
	if p == UDP {
		return c.udp
	}
	return c.tcp
}

// outbound compares the cluster's outbound type.
func (c *Cluster) outbound(kind string) bool { return strings.EqualFold(c.OutboundType, kind) }

// authorizes says whether a public API server lets in flows from a source: no list, or one with the address; AKS adds
// the outbound addresses of its load balancer by itself (azure-facts 7.2).
func (c *clusterNode) authorizes(source netip.Prefix) bool {
	if len(c.AuthorizedIPRanges) == 0 || anyCovers(c.AuthorizedIPRanges, source) {
		return true
	}
	return c.outbound("loadBalancer") && c.tcp != nil && slices.Contains(c.tcp.sources, source)
}
