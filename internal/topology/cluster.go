package topology

import (
	"cmp"
	"slices"
	"strings"

	"aks-egress/egress"
)

// Names that AKS gives in the node resource group (azure-facts 1.7).
const (
	managedSubnet       = "aks-subnet"
	managedLoadBalancer = "kubernetes"
)

func (b *builder) managedCluster(id string, p *properties) bool {
	network := p.object("networkProfile")
	access := p.object("apiServerAccessProfile")
	c := egress.Cluster{
		ID: id, Name: lastName(id), Location: p.text("location"), NodeResourceGroup: p.text("nodeResourceGroup"),
		OutboundType: network.text("outboundType"), Tier: p.object("sku").text("tier"),
		NetworkPlugin: network.text("networkPlugin"), NetworkPluginMode: network.text("networkPluginMode"),
		ServiceCIDR: network.prefix("serviceCidr"), APIServerFQDN: p.text("fqdn"),
		PrivateCluster: access.flag("enablePrivateCluster"), AuthorizedIPRanges: access.prefixes("authorizedIPRanges"),
		LoadBalancer: readLoadBalancerProfile(network), NATGateway: readNATGatewayProfile(network),
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
	addon := p.object("addonProfiles").object("ingressApplicationGateway")
	c.ApplicationGatewayID = readIngressGateway(&c, addon)
	if addon.flag("enabled") {
		c.GatewaySubnetID = addon.object("config").text("subnetId")
	}
	b.network.Clusters = put(b, b.network.Clusters, "clusters", id, c)
	for _, inline := range p.objects("agentPoolProfiles") {
		b.putPool(readPool(id, inline.text("name"), inline))
	}
	return true
}

func (b *builder) cluster(id string) *egress.Cluster {
	return find(b, b.network.Clusters, "clusters", id)
}

// readLoadBalancerProfile is nil when the cluster has none.
func readLoadBalancerProfile(network *properties) *egress.LoadBalancerProfile {
	p := network.object("loadBalancerProfile")
	if len(p.values) == 0 {
		return nil
	}
	return &egress.LoadBalancerProfile{
		ManagedOutboundIPs:     p.object("managedOutboundIPs").number("count"),
		OutboundIPIDs:          p.object("outboundIPs").ids("publicIPs"),
		OutboundIPPrefixIDs:    p.object("outboundIPPrefixes").ids("publicIPPrefixes"),
		AllocatedOutboundPorts: p.number("allocatedOutboundPorts"), IdleTimeoutInMinutes: p.number("idleTimeoutInMinutes"),
	}
}

// readNATGatewayProfile is nil when the cluster has none.
func readNATGatewayProfile(network *properties) *egress.NATGatewayProfile {
	p := network.object("natGatewayProfile")
	if len(p.values) == 0 {
		return nil
	}
	return &egress.NATGatewayProfile{
		ManagedOutboundIPs:   p.object("managedOutboundIPProfile").number("count"),
		IdleTimeoutInMinutes: p.number("idleTimeoutInMinutes"),
	}
}

// readIngressGateway is the application gateway of the AGIC add-on: one that exists already, or the one that the add-on
// makes in the node resource group, which Azure reports as effectiveApplicationGatewayId (azure-facts 7.7).
func readIngressGateway(c *egress.Cluster, addon *properties) string {
	if !addon.flag("enabled") {
		return ""
	}
	config := addon.object("config")
	id := cmp.Or(config.text("applicationGatewayId"), config.text("effectiveApplicationGatewayId"))
	name := config.text("applicationGatewayName")
	if id != "" || name == "" || c.NodeResourceGroup == "" {
		return id
	}
	subscription := subscriptionOf(c.ID)
	if subscription == "" {
		return ""
	}
	return subscription + "/resourceGroups/" + c.NodeResourceGroup + "/providers/Microsoft.Network/applicationGateways/" +
		name
}

// linkClusters gives every cluster its pools' subnets and what AKS made in its node resource group.
func (b *builder) linkClusters() {
	pools := map[string][]pool{} // by lower-case id of the cluster
	for _, p := range b.pools {
		id := strings.ToLower(p.cluster)
		pools[id] = append(pools[id], p)
	}
	managed := b.managedResources()
	for i := range b.network.Clusters {
		c := &b.network.Clusters[i]
		made := managed[nodeResourceGroup(c)]
		for _, p := range pools[strings.ToLower(c.ID)] {
			linkPool(c, p, made.subnet)
		}
		c.OutboundLoadBalancerID = made.loadBalancer
		if strings.EqualFold(c.OutboundType, "managedNATGateway") {
			c.OutboundNATGatewayID = made.natGateway
		}
	}
}

// managedIDs are the ids of what AKS makes in a node resource group.
type managedIDs struct{ subnet, loadBalancer, natGateway string }

// managedResources are what could be AKS's own in every resource group, by the group's lower-case id.
func (b *builder) managedResources() map[string]managedIDs {
	all := map[string]managedIDs{}
	note := func(id string, set func(*managedIDs)) {
		if group := groupOf(id); group != "" {
			ids := all[group]
			set(&ids)
			all[group] = ids
		}
	}
	for _, v := range slices.Backward(b.network.VNets) {
		for _, s := range slices.Backward(v.Subnets) {
			if strings.EqualFold(s.Name, managedSubnet) {
				note(v.ID, func(ids *managedIDs) { ids.subnet = s.ID })
			}
		}
	}
	for _, lb := range b.network.LoadBalancers {
		if strings.EqualFold(lb.Name, managedLoadBalancer) {
			note(lb.ID, func(ids *managedIDs) { ids.loadBalancer = lb.ID })
		}
	}
	for _, g := range b.network.NATGateways {
		note(g.ID, func(ids *managedIDs) { ids.natGateway = g.ID })
	}
	return all
}

// nodeResourceGroup is the lower-case id of a cluster's node resource group; empty when it is not known.
func nodeResourceGroup(c *egress.Cluster) string {
	subscription := subscriptionOf(c.ID)
	if c.NodeResourceGroup == "" || subscription == "" {
		return ""
	}
	return strings.ToLower(subscription + "/resourceGroups/" + c.NodeResourceGroup)
}

func addID(ids []string, id string) []string {
	same := func(known string) bool { return strings.EqualFold(known, id) }
	if id == "" || slices.ContainsFunc(ids, same) {
		return ids
	}
	return append(ids, id)
}
