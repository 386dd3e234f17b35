package azuresim

import (
	"net/netip"
	"strings"

	"aks-egress/egress"
	"aks-egress/internal/topology"
)

// Resources are all resources as a Pulumi state would hold them after a refresh.
func (c *Cloud) Resources() []topology.Resource {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.operation("", "").resources()
}

// Network is the cloud as the egress model sees it.
func (c *Cloud) Network() (*egress.Network, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.operation("", "").buildNetwork()
}

// resources are all resources as a Pulumi state would hold them, with this operation's writes.
func (op *operation) resources() []topology.Resource {
	var all []topology.Resource
	for _, r := range op.records() {
		all = append(all, topology.Resource{Type: r.Token, ID: r.ID, Properties: r.Outputs})
	}
	return all
}

// buildNetwork is the network as the egress model sees it, with this operation's writes.
func (op *operation) buildNetwork() (*egress.Network, error) {
	n, _, err := topology.Build(op.resources())
	if err != nil {
		return nil, err
	}
	Complete(n, op.cloud.operator)
	return n, nil
}

// networkInvokes are the get… functions of the network provider.
func networkInvokes() map[string]invoke {
	return map[string]invoke{
		"azure-native:network:getAzureFirewall":   lookup(azureFirewallToken),
		"azure-native:network:getNatGateway":      lookup(natGatewayToken),
		"azure-native:network:getPublicIPAddress": lookup(publicIPToken),
		"azure-native:network:getPublicIPPrefix":  lookup(publicPrefixToken),
		"azure-native:network:getSubnet":          lookup(subnetToken),
		"azure-native:network:getVirtualNetwork":  lookup(virtualNetworkToken),
		"azure-native:resources:getResourceGroup": lookup(resourceGroupToken),
	}
}

// Complete adds to a network of the simulated Azure what no resource shows: who its operator is, and that nothing but
// the nodes' VNet is linked to the private DNS zones of API servers, since such links are not simulated.
func Complete(n *egress.Network, operator netip.Addr) {
	n.Operator = operator
	for i := range n.Clusters {
		c := &n.Clusters[i]
		if !c.PrivateCluster || len(c.NodeSubnetIDs) == 0 {
			continue
		}
		vnet, _, _ := strings.Cut(c.NodeSubnetIDs[0], "/subnets/")
		c.ServerZoneVNetIDs = []string{vnet}
	}
}
