package azuresim

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (e *estate) poolID(name string) string { return e.clusterID("aks") + "/agentPools/" + name }

// pool puts the pool user of the cluster aks.
func (e *estate) pool(count float64) (*Record, error) {
	return e.put(agentPoolToken, e.poolID("user"), map[string]any{
		"resourceGroupName": "rg", "resourceName": "aks", "agentPoolName": "user",
		"mode": "User", "count": count, "vmSize": "Standard_D2s_v5", "vnetSubnetID": e.nodes(),
	})
}

// nodeCount is how many nodes Kubernetes has.
func (e *estate) nodeCount() int {
	e.t.Helper()
	cluster, err := e.cloud.Kubernetes().ClusterByServer(text(e.get(e.clusterID("aks")).Outputs, "fqdn"))
	require.NoError(e.t, err)
	return cluster.NodeCount
}

// poolNames are the pools that the cluster shows.
func (e *estate) poolNames() []string {
	var names []string
	for _, pool := range objects(e.get(e.clusterID("aks")).Outputs, "agentPoolProfiles") {
		names = append(names, text(pool, "name"))
	}
	return names
}

func TestAgentPool(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.cluster(nil)
	made, err := e.pool(2)
	require.NoError(t, err)
	assert.Equal(t, "Succeeded", made.Outputs["provisioningState"])
	assert.InEpsilon(t, 250.0, made.Outputs["maxPods"], 0, "AKS's default")
	assert.Equal(t, "VirtualMachineScaleSets", made.Outputs["type"])
	assert.Equal(t, []string{"system", "user"}, e.poolNames())
	assert.Equal(t, 5, e.nodeCount())

	// The model counts the nodes of both, once.
	network, err := e.cloud.operation("", "").buildNetwork()
	require.NoError(t, err)
	assert.Equal(t, 5, network.Clusters[0].NodeCount)
	assert.Equal(t, 7, network.Clusters[0].MaxNodeCount, "with surge")

	// A PUT of the cluster does not name the pool, and the pool stays (Azure/AKS issue 1511).
	_, err = e.update(map[string]any{"agentPoolProfiles.0.count": 4.0})
	require.NoError(t, err)
	assert.Equal(t, []string{"system", "user"}, e.poolNames())
	assert.Equal(t, 6, e.nodeCount())

	_, err = e.pool(3)
	require.NoError(t, err)
	assert.Equal(t, 7, e.nodeCount())
	e.delete(e.poolID("user"))
	assert.Equal(t, []string{"system"}, e.poolNames())
	assert.Equal(t, 4, e.nodeCount())
	_, err = e.update(map[string]any{"agentPoolProfiles.0.count": 4.0})
	require.NoError(t, err)
}

// az reads the cluster with all pools and sends them back.
func TestAgentPool_ClusterByAz(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.cluster(nil)
	_, err := e.pool(2)
	require.NoError(t, err)
	_, err = e.cloud.Change(e.clusterID("aks"), func(body map[string]any) error {
		body["tags"] = map[string]any{"a": "b"}
		return nil
	})
	require.NoError(t, err)
	assert.Equal(t, []string{"system", "user"}, e.poolNames())
	assert.Len(t, objects(e.get(e.clusterID("aks")).Inputs, "agentPoolProfiles"), 1,
		"the pool stays a resource of its own")
	_, err = e.cloud.Change(e.clusterID("aks"), func(body map[string]any) error {
		objects(body, "agentPoolProfiles")[1]["count"] = 9.0
		return nil
	})
	assert.ErrorContains(t, err, "not simulated")
}

// The rules of the cluster hold for a request about one pool.
func TestAgentPool_Refused(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.cluster(map[string]any{"networkProfile.loadBalancerProfile": map[string]any{
		"managedOutboundIPs": map[string]any{"count": 1.0}, "allocatedOutboundPorts": 8000.0,
	}})
	before := e.cloud.Records()
	_, err := e.pool(4)
	refusedAs(t, refuseAKSPorts.Code, err)
	_, err = e.put(agentPoolToken, e.poolID("system"), map[string]any{"vmSize": "Standard_D2s_v5", "count": 1.0})
	assert.ErrorContains(t, err, "not simulated")
	_, err = e.put(agentPoolToken, e.poolID("user"), map[string]any{"vmSize": "Standard_D2s_v5", "count": 1.0})
	refusedAs(t, refuseAKSPoolWithoutSubnet.Code, err)
	assert.Equal(t, before, e.cloud.Records())
	_, err = e.pool(1)
	require.NoError(t, err)
}

// New nodes of a pool that cannot reach what AKS requires fail the pool, and the other nodes run on.
func TestAgentPool_WithoutEgress(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.routeTable("VirtualAppliance", "10.1.2.4")
	e.firewall("10.1.2.4", "203.0.113.200", true)
	e.cluster(map[string]any{"networkProfile.outboundType": "userDefinedRouting"})
	e.firewall("10.1.2.4", "203.0.113.200", false)
	made, err := e.pool(2)
	require.Error(t, err)
	require.True(t, isPartial(err), "%v", err)
	assert.Equal(t, "Failed", made.Outputs["provisioningState"])
	assert.Equal(t, "Succeeded", e.get(e.clusterID("aks")).Outputs["provisioningState"])
	assert.Equal(t, 3, e.nodeCount())
	_, err = e.pool(2)
	require.True(t, isPartial(err), "the next request tries again: %v", err)

	e.firewall("10.1.2.4", "203.0.113.200", true)
	made, err = e.pool(2)
	require.NoError(t, err)
	assert.Equal(t, "Succeeded", made.Outputs["provisioningState"])
	assert.Equal(t, 5, e.nodeCount())
}

// Through azure-native: named after Pulumi, without drift, and gone with the cluster.
func TestAgentPoolThroughProvider(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	vnet, _, _, cluster := b.clusterParts()
	pool := b.create("containerservice:AgentPool", "user", input{
		"resourceGroupName": "rg", "resourceName": nameOf(cluster.id), "mode": "User", "count": 2.0,
		"vmSize": "Standard_D2s_v5", "vnetSubnetID": vnet.id + "/subnets/nodes",
	})
	assert.Equal(t, cluster.id+"/agentPools/user", pool.id)
	assert.True(t, b.read(pool).Inputs.DeepEquals(pool.inputs), "refresh finds no drift")
	assert.Empty(t, b.diff(pool, pool.inputs).DetailedDiff)
	require.NoError(t, b.remove(pool))
	assert.Nil(t, b.cloud.look(pool.id))
	b.create("containerservice:AgentPool", "user", input{
		"resourceGroupName": "rg", "resourceName": nameOf(cluster.id), "count": 1.0, "vmSize": "Standard_D2s_v5",
		"vnetSubnetID": vnet.id + "/subnets/nodes",
	})
	require.NoError(t, b.remove(cluster))
	assert.Nil(t, b.cloud.look(pool.id))
}
