package topology

import (
	"slices"
	"strings"

	"aks-egress/egress"
)

// Names that AKS gives in the node resource group (azure-facts 1.7).
const (
	managedSubnet       = "aks-subnet"
	managedLoadBalancer = "kubernetes"
)

// pool is an agent pool, inline or standalone, waiting for its cluster to be linked.
type pool struct {
	cluster      string // id
	name         string
	count        int
	subnetID     string
	podSubnetID  string
	nodePublicIP bool
}

func (b *builder) managedCluster(id string, p *properties) bool {
	network := p.object("networkProfile")
	access := p.object("apiServerAccessProfile")
	c := egress.Cluster{
		ID: id, Name: lastName(id), Location: p.text("location"), NodeResourceGroup: p.text("nodeResourceGroup"),
		OutboundType:  network.text("outboundType"),
		NetworkPlugin: network.text("networkPlugin"), NetworkPluginMode: network.text("networkPluginMode"),
		ServiceCIDR: network.prefix("serviceCidr"), APIServerFQDN: p.text("fqdn"),
		PrivateCluster: access.flag("enablePrivateCluster"), AuthorizedIPRanges: access.prefixes("authorizedIPRanges"),
	}
	if private := p.text("privateFQDN"); c.PrivateCluster && private != "" {
		c.APIServerFQDN = private
	}
	// The SDK sends podCidr with every plugin; it means something with these only.
	if strings.EqualFold(c.NetworkPluginMode, "overlay") || strings.EqualFold(c.NetworkPlugin, "kubenet") {
		c.PodCIDR = network.prefix("podCidr")
	}
	profile := "loadBalancerProfile"
	if strings.EqualFold(c.OutboundType, "managedNATGateway") {
		profile = "natGatewayProfile"
	}
	c.OutboundPublicIPIDs = network.object(profile).ids("effectiveOutboundIPs")
	b.network.Clusters = append(b.network.Clusters, c)
	for _, inline := range p.objects("agentPoolProfiles") {
		b.pools = append(b.pools, readPool(id, inline.text("name"), inline))
	}
	return true
}

func (b *builder) agentPool(id string, p *properties) bool {
	cluster := parentID(id)
	for i := range b.network.Clusters {
		if strings.EqualFold(b.network.Clusters[i].ID, cluster) {
			b.pools = put(b.pools, readPool(cluster, lastName(id), p), func(p pool) string { return p.cluster + "/" + p.name })
			return true
		}
	}
	return false
}

func readPool(cluster, name string, p *properties) pool {
	return pool{
		cluster: cluster, name: name, count: p.number("count"), subnetID: p.text("vnetSubnetID"),
		podSubnetID: p.text("podSubnetID"), nodePublicIP: p.flag("enableNodePublicIP"),
	}
}

// linkClusters gives every cluster its pools' subnets and what AKS made in its node resource group.
func (b *builder) linkClusters() {
	for i := range b.network.Clusters {
		c := &b.network.Clusters[i]
		for _, p := range b.pools {
			if strings.EqualFold(p.cluster, c.ID) {
				b.linkPool(c, p)
			}
		}
		if lb := b.managed(c, managedLoadBalancer); lb != "" {
			c.OutboundLoadBalancerID = lb
		}
		for _, g := range b.network.NATGateways {
			if strings.EqualFold(c.OutboundType, "managedNATGateway") && inNodeResourceGroup(c, g.ID) {
				c.OutboundNATGatewayID = g.ID
			}
		}
	}
}

func (b *builder) linkPool(c *egress.Cluster, p pool) {
	c.NodeCount += p.count
	c.NodePublicIPs = c.NodePublicIPs || p.nodePublicIP
	subnet := p.subnetID
	if subnet == "" {
		subnet = b.managedSubnet(c)
	}
	c.NodeSubnetIDs = addID(c.NodeSubnetIDs, subnet)
	c.PodSubnetIDs = addID(c.PodSubnetIDs, p.podSubnetID)
}

func (b *builder) managedSubnet(c *egress.Cluster) string {
	for _, v := range b.network.VNets {
		if !inNodeResourceGroup(c, v.ID) {
			continue
		}
		for _, s := range v.Subnets {
			if strings.EqualFold(s.Name, managedSubnet) {
				return s.ID
			}
		}
	}
	return ""
}

// managed finds a load balancer of the node resource group by name.
func (b *builder) managed(c *egress.Cluster, name string) string {
	for _, lb := range b.network.LoadBalancers {
		if strings.EqualFold(lb.Name, name) && inNodeResourceGroup(c, lb.ID) {
			return lb.ID
		}
	}
	return ""
}

func inNodeResourceGroup(c *egress.Cluster, id string) bool {
	if c.NodeResourceGroup == "" {
		return false
	}
	subscription, _, _ := strings.Cut(strings.ToLower(c.ID), "/resourcegroups/")
	prefix := subscription + "/resourcegroups/" + strings.ToLower(c.NodeResourceGroup) + "/"
	return strings.HasPrefix(strings.ToLower(id), prefix)
}

func addID(ids []string, id string) []string {
	same := func(known string) bool { return strings.EqualFold(known, id) }
	if id == "" || slices.ContainsFunc(ids, same) {
		return ids
	}
	return append(ids, id)
}
