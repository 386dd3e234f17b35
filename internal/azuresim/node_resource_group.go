package azuresim

import (
	"net/netip"
)

const (
	securityGroupToken = "azure-native:network:NetworkSecurityGroup"
	routeTableToken    = "azure-native:network:RouteTable"

	managedSubnetName = "aks-subnet"
)

// The network that AKS makes for a cluster without a subnet (azure-facts 1.7). Of its subnets only the nodes' is made.
var (
	managedNetworkRange = netip.MustParsePrefix("10.224.0.0/12")
	managedSubnetRange  = netip.MustParsePrefix("10.224.0.0/16")
)

// reconcileNodeResourceGroup makes, changes and removes what AKS owns in the node resource group (azure-facts 1.7), and
// then what the cluster itself answers. It never touches addresses that keep serving.
func (c *clusterRequest) reconcileNodeResourceGroup() error {
	c.own(c.group(), resourceGroupToken, map[string]any{
		"type": "Microsoft.Resources/resourceGroups", "managedBy": c.desired.ID,
		"properties": map[string]any{"provisioningState": "Succeeded"},
		"tags": map[string]any{
			"aks-managed-cluster-name": nameOf(c.desired.ID), "aks-managed-cluster-rg": groupOf(c.desired.ID),
		},
	})
	c.own(c.kubeletIdentity(), userAssignedIdentityToken, identityOutputs(c.kubeletIdentity(), c.spec.Location, nil))
	c.own(c.networkID("networkSecurityGroups", "aks-agentpool-"+c.suffix()+"-nsg"), securityGroupToken, map[string]any{
		"type": "Microsoft.Network/networkSecurityGroups", "securityRules": []any{}, "provisioningState": "Succeeded",
	})
	c.makeRouteTable()
	c.makeVirtualNetwork()
	c.reconcileGateway()
	effective, err := c.reconcileEgress()
	if err != nil {
		return err
	}
	c.desired.Outputs = c.answer(effective)
	c.op.put(c.desired)
	return nil
}

// own writes a resource that the cluster owns, with name and location filled in.
func (c *clusterRequest) own(id, token string, outputs map[string]any) {
	outputs["name"] = nameOf(id)
	outputs["location"] = location(c.spec.Location)
	c.op.put(&Record{Token: token, ID: id, Outputs: outputs, Owner: c.desired.ID})
}

// group is the id of the node resource group.
func (c *clusterRequest) group() string { return groupID(c.spec.NodeResourceGroup) }

// networkID is the id of a network resource in the node resource group.
func (c *clusterRequest) networkID(kind, name string) string {
	return networkID(c.spec.NodeResourceGroup, kind, name)
}

func networkID(group, kind, name string) string {
	return groupID(group) + "/providers/Microsoft.Network/" + kind + "/" + name
}

// suffix is the cluster's number in names such as aks-vnet-12345678.
func (c *clusterRequest) suffix() string { return digits8("cluster", c.desired.ID) }

// kubeletIdentity is the id of the identity that AKS makes for the nodes.
func (c *clusterRequest) kubeletIdentity() string {
	return c.group() + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/" +
		nameOf(c.desired.ID) + "-agentpool"
}

// makeVirtualNetwork makes the network of a cluster without a subnet of the program's. Its node subnet is private, as
// in new clusters (azure-facts 1.7).
func (c *clusterRequest) makeVirtualNetwork() {
	if len(c.spec.subnets()) > 0 {
		return
	}
	c.own(parentOf(c.managedSubnet()), virtualNetworkToken, map[string]any{
		"type":              "Microsoft.Network/virtualNetworks",
		"addressSpace":      map[string]any{"addressPrefixes": []any{managedNetworkRange.String()}},
		"provisioningState": "Succeeded",
	})
	outputs := map[string]any{
		"type":                  "Microsoft.Network/virtualNetworks/subnets",
		"addressPrefix":         managedSubnetRange.String(),
		"defaultOutboundAccess": false,
		"provisioningState":     "Succeeded",
		"networkSecurityGroup": reference(
			c.networkID("networkSecurityGroups", "aks-agentpool-"+c.suffix()+"-nsg")),
	}
	if c.spec.NetworkProfile.NetworkPlugin == "kubenet" {
		outputs["routeTable"] = reference(c.routeTable())
	}
	if c.spec.NetworkProfile.OutboundType == outboundManagedNATGateway {
		outputs["natGateway"] = reference(c.natGateway())
	}
	id := c.managedSubnet()
	outputs["name"], outputs["id"] = nameOf(id), id
	c.op.put(&Record{Token: subnetToken, ID: id, Outputs: outputs, Owner: c.desired.ID})
}

// managedSubnet is the id of the node subnet that AKS makes.
func (c *clusterRequest) managedSubnet() string {
	return c.networkID("virtualNetworks", "aks-vnet-"+c.suffix()) + "/subnets/" + managedSubnetName
}

// routeTable is the id of the route table that AKS makes for kubenet.
func (c *clusterRequest) routeTable() string {
	return c.networkID("routeTables", "aks-agentpool-"+c.suffix()+"-routetable")
}

// makeRouteTable makes kubenet's route table and associates it with subnets that have none. The routes to the pods of
// each node are left out: they end on the nodes and decide nothing about egress.
func (c *clusterRequest) makeRouteTable() {
	if c.spec.NetworkProfile.NetworkPlugin != "kubenet" {
		return
	}
	subnets := c.spec.subnets()
	made := len(subnets) == 0
	for _, id := range subnets {
		subnet, ok := c.op.get(id)
		if !ok || text(subnet.Outputs, "routeTable", "id") != "" || !c.joins(id) {
			continue
		}
		subnet.Outputs["routeTable"] = reference(c.routeTable())
		c.op.put(subnet)
		made = true
	}
	if made {
		c.own(c.routeTable(), routeTableToken, map[string]any{
			"type": "Microsoft.Network/routeTables", "disableBgpRoutePropagation": false, "routes": []any{},
			"provisioningState": "Succeeded",
		})
	}
}

// removeNodeResourceGroup removes a cluster's node resource group with everything in it, and what AKS owns elsewhere.
func removeNodeResourceGroup(op *operation, cluster *Record) {
	group := groupID(text(cluster.Outputs, "nodeResourceGroup"))
	for _, subnet := range op.list(subnetToken) {
		table := text(subnet.Outputs, "routeTable", "id")
		if r, ok := op.get(table); ok && sameID(r.Owner, cluster.ID) && subnet.Owner == "" {
			delete(subnet.Outputs, "routeTable")
			op.put(subnet)
		}
	}
	for _, r := range op.within(group) {
		if service := text(r.Outputs, "tags", serviceTag); service != "" {
			op.release(serviceKey(cluster.ID, service))
		}
		op.remove(r.ID)
	}
	op.remove(group)
	op.release(gatewayKey(cluster.ID))
	for i := range maxManagedIPs {
		op.release(outboundKey(cluster.ID, i))
		op.release(natKey(cluster.ID, i))
	}
}
