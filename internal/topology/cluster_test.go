package topology_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
	"aks-egress/internal/topology"
)

func TestClusterProfiles(t *testing.T) {
	t.Parallel()
	c := built(t, resource(t, "containerservice:ManagedCluster", clusterID, `{"networkProfile": {
		"outboundType": "loadBalancer", "loadBalancerProfile": {"managedOutboundIPs": {"count": 3},
		"outboundIPs": {"publicIPs": [{"id": "a"}]}, "outboundIPPrefixes": {"publicIPPrefixes": [{"id": "b"}]},
		"allocatedOutboundPorts": 4000, "idleTimeoutInMinutes": 30},
		"natGatewayProfile": {"managedOutboundIPProfile": {"count": 2}, "idleTimeoutInMinutes": 4}}}`)).Clusters[0]
	assert.Equal(t, &egress.LoadBalancerProfile{
		ManagedOutboundIPs: 3, OutboundIPIDs: []string{"a"}, OutboundIPPrefixIDs: []string{"b"},
		AllocatedOutboundPorts: 4000, IdleTimeoutInMinutes: 30,
	}, c.LoadBalancer)
	assert.Equal(t, &egress.NATGatewayProfile{ManagedOutboundIPs: 2, IdleTimeoutInMinutes: 4}, c.NATGateway)

	c = built(t, resource(t, "containerservice:ManagedCluster", clusterID, `{"networkProfile": {}}`)).Clusters[0]
	assert.Nil(t, c.LoadBalancer)
	assert.Nil(t, c.NATGateway)
}

// Nodes that a cluster may have: azure-facts 2.3.
func TestMaxNodeCount(t *testing.T) {
	t.Parallel()
	for pool, want := range map[string][2]int{
		`"count": 3`:                 {3, 4},
		`"count": 3, "maxCount": 10`: {3, 4},
		`"count": 3, "maxCount": 10, "enableAutoScaling": true`:  {3, 11},
		`"count": 12, "maxCount": 10, "enableAutoScaling": true`: {12, 13},
		`"count": 3, "upgradeSettings": {"maxSurge": "5"}`:       {3, 8},
		`"count": 3, "upgradeSettings": {"maxSurge": "0"}`:       {3, 3},
		`"count": 3, "upgradeSettings": {"maxSurge": "33%"}`:     {3, 4},
		`"count": 3, "upgradeSettings": {"maxSurge": "34%"}`:     {3, 5},
		`"count": 1, "maxCount": 10, "enableAutoScaling": true,
			"upgradeSettings": {"maxSurge": "10%"}`: {1, 11},
		`"count": 2, "name": "a"}, {"count": 1, "name": "b", "upgradeSettings": {}`: {3, 5},
	} {
		c := built(t, resource(t, "containerservice:ManagedCluster", clusterID,
			`{"agentPoolProfiles": [{`+pool+`}]}`)).Clusters[0]
		assert.Equal(t, want, [2]int{c.NodeCount, c.MaxNodeCount}, pool)
	}
	_, _, err := topology.Build([]topology.Resource{resource(t, "containerservice:AgentPool", clusterID+"/agentPools/p",
		`{"upgradeSettings": {"maxSurge": "some"}}`), resource(t, "containerservice:ManagedCluster", clusterID, `{}`)})
	require.EqualError(t, err, clusterID+
		`/agentPools/p upgradeSettings maxSurge: must be a number of nodes or a percentage (got "some")`)
}

// What prices depend on.
func TestTierAndPools(t *testing.T) {
	t.Parallel()
	c := built(t, resource(t, "containerservice:ManagedCluster", clusterID, `{"sku": {"name": "Base", "tier": "Standard"},
		"agentPoolProfiles": [{"name": "b", "count": 2, "vmSize": "Standard_D2s_v5", "availabilityZones": ["1", "3"]}]}`),
		resource(t, "containerservice:AgentPool", clusterID+"/agentPools/a", `{"count": 1}`)).Clusters[0]
	assert.Equal(t, "Standard", c.Tier)
	assert.Equal(t, []egress.NodePool{
		{Name: "a", Count: 1}, {Name: "b", Count: 2, VMSize: "Standard_D2s_v5", Zones: []string{"1", "3"}},
	}, c.Pools)
}

func TestNodePublicIPPrefixes(t *testing.T) {
	t.Parallel()
	c := built(t, resource(t, "containerservice:ManagedCluster", clusterID, `{"agentPoolProfiles": [
		{"name": "a", "enableNodePublicIP": true, "nodePublicIPPrefixID": "P"},
		{"name": "b", "enableNodePublicIP": true, "nodePublicIPPrefixID": "p"}]}`)).Clusters[0]
	assert.True(t, c.NodePublicIPs)
	assert.Equal(t, []string{"P"}, c.NodePublicIPPrefixIDs)
}

// azure-facts 7.7.
func TestIngressApplicationGateway(t *testing.T) {
	t.Parallel()
	for addon, want := range map[string]string{
		`"enabled": true, "config": {"applicationGatewayId": "a", "effectiveApplicationGatewayId": "b"}`:   "a",
		`"enabled": true, "config": {"effectiveApplicationGatewayId": "b", "applicationGatewayName": "c"}`: "b",
		`"enabled": true, "config": {"applicationGatewayName": "c"}`: "/subscriptions/00000000-0000-0000-0000-000000000001" +
			"/resourceGroups/MC_x/providers/Microsoft.Network/applicationGateways/c",
		`"enabled": true`: "",
		`"enabled": false, "config": {"applicationGatewayId": "a"}`: "",
	} {
		c := built(t, resource(t, "containerservice:ManagedCluster", clusterID, `{"nodeResourceGroup": "MC_x",
			"addonProfiles": {"ingressApplicationGateway": {`+addon+`}}}`)).Clusters[0]
		assert.Equal(t, want, c.ApplicationGatewayID, addon)
	}
}

// What AKS makes is known by its name; other load balancers of the group, such as that of internal services, are not
// it.
func TestManagedResourcesByName(t *testing.T) {
	t.Parallel()
	network := built(
		t,
		resource(t, "containerservice:ManagedCluster", clusterID, `{"nodeResourceGroup": "MC_rg_aks_westeurope",
			"agentPoolProfiles": [{"name": "a"}]}`),
		resource(t, "network:LoadBalancer", nodeGroup+"loadBalancers/Kubernetes", `{}`),
		resource(t, "network:LoadBalancer", nodeGroup+"loadBalancers/kubernetes-internal", `{}`),
		resource(t, "network:LoadBalancer", networkIDs+"loadBalancers/kubernetes", `{}`),
		resource(t, "network:VirtualNetwork", nodeGroup+"virtualNetworks/v", `{"subnets": [{"name": "aks-other"},
			{"name": "aks-subnet"}, {"name": "zzz"}]}`),
	)
	assert.Equal(t, nodeGroup+"loadBalancers/Kubernetes", network.Clusters[0].OutboundLoadBalancerID)
	assert.Equal(t, []string{nodeGroup + "virtualNetworks/v/subnets/aks-subnet"}, network.Clusters[0].NodeSubnetIDs)
	assert.Empty(t, network.Clusters[0].OutboundNATGatewayID)
}
