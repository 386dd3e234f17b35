package azcli_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What az aks update does with the network profile: azure-cli's update_load_balancer_profile and
// update_nat_gateway_profile, and Azure's answer.
func TestUpdateLoadBalancer(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	cluster := e.cluster(object{"outboundType": "loadBalancer", "loadBalancerProfile": object{
		"managedOutboundIPs": object{"count": 1.0}, "allocatedOutboundPorts": 8000.0,
	}})
	balancer := func(flags string) object {
		t.Helper()
		e.must("az aks update --resource-group rg --name aks " + flags)
		profile, _ := e.get(cluster.ID)["networkProfile"].(object)
		found, _ := profile["loadBalancerProfile"].(object)
		return found
	}
	profile := balancer("--load-balancer-managed-outbound-ip-count 3")
	assert.Equal(t, object{"count": 3.0}, profile["managedOutboundIPs"])
	assert.InDelta(t, 8000.0, profile["allocatedOutboundPorts"], 0, "the rest stays")
	assert.Len(t, profile["effectiveOutboundIPs"], 3)

	profile = balancer("--load-balancer-outbound-ports 4000 --load-balancer-idle-timeout 10")
	assert.InDelta(t, 4000.0, profile["allocatedOutboundPorts"], 0)
	assert.InDelta(t, 10.0, profile["idleTimeoutInMinutes"], 0)
	assert.Len(t, profile["effectiveOutboundIPs"], 3)

	own := e.address("own")
	profile = balancer("--load-balancer-outbound-ips " + own.ID)
	assert.NotContains(t, profile, "managedOutboundIPs", "one source of addresses, so the other goes")
	assert.Equal(t, []any{object{"id": own.ID}}, profile["effectiveOutboundIPs"])

	profile = balancer("--load-balancer-managed-outbound-ip-count 2")
	assert.NotContains(t, profile, "outboundIPs")
	assert.Len(t, profile["effectiveOutboundIPs"], 2)

	_, err := e.az("az aks update -g rg -n aks --load-balancer-outbound-ports 64000 " +
		"--load-balancer-managed-outbound-ip-count 1")
	require.ErrorContains(t, err, "(InvalidLoadBalancerProfileAllocatedOutboundPorts) Load balancer profile allocated "+
		"ports 64000 is not in an allowable range", "azure-facts 2.3")
	profile = balancer("--load-balancer-idle-timeout 30")
	assert.Len(t, profile["effectiveOutboundIPs"], 2, "a refused update changed nothing")
}

// Moving away from the load balancer drops its profile and releases its addresses (azure-facts 1.6).
func TestUpdateOutboundType(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	cluster := e.cluster(object{
		"outboundType": "loadBalancer", "loadBalancerProfile": object{"managedOutboundIPs": object{"count": 2.0}},
	})
	addresses := len(e.cloud.List("azure-native:network:PublicIPAddress"))
	network := func(flags string) object {
		t.Helper()
		e.must("az aks update -g rg -n aks " + flags)
		profile, _ := e.get(cluster.ID)["networkProfile"].(object)
		return profile
	}
	_, err := e.az("az aks update -g rg -n aks --outbound-type userAssignedNATGateway")
	require.ErrorContains(t, err, "(SubnetNotAssociatedWithNATGateway) ", "azure-facts 1.4")
	e.put("network:NatGateway", object{"natGatewayName": "nat"}, object{
		"sku": object{"name": "Standard"}, "publicIpAddresses": []any{object{"id": e.address("own").ID}},
	})
	e.must("az network vnet subnet update -g rg --vnet-name spoke -n nodes --nat-gateway nat")
	profile := network("--outbound-type userAssignedNATGateway")
	assert.Equal(t, "userAssignedNATGateway", profile["outboundType"])
	assert.NotContains(t, profile, "loadBalancerProfile")
	assert.Len(t, e.cloud.List("azure-native:network:PublicIPAddress"), addresses-2+1)

	profile = network("--outbound-type loadBalancer")
	assert.Equal(t, object{"count": 1.0}, profile["loadBalancerProfile"].(object)["managedOutboundIPs"])
	profile = network("--outbound-type loadBalancer --load-balancer-managed-outbound-ip-count 2")
	assert.Equal(t, object{"count": 2.0}, profile["loadBalancerProfile"].(object)["managedOutboundIPs"])
	_, err = e.az("az aks update -g rg -n aks --outbound-type managedNATGateway")
	require.Error(t, err, "no path from one's own network (azure-facts 1.2, 1.6)")
}

func TestUpdateAPIServer(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	cluster := e.cluster(object{"outboundType": "loadBalancer"})
	e.must("az aks update -g rg -n aks --api-server-authorized-ip-ranges 20.1.2.0/28,20.1.3.4/32")
	assert.Equal(t, []any{"20.1.2.0/28", "20.1.3.4/32"},
		e.get(cluster.ID)["apiServerAccessProfile"].(object)["authorizedIPRanges"])
	e.must(`az aks update -g rg -n aks --api-server-authorized-ip-ranges ""`)
	assert.Empty(t, e.get(cluster.ID)["apiServerAccessProfile"].(object)["authorizedIPRanges"])
}

func TestScale(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	cluster := e.cluster(object{"outboundType": "loadBalancer"})
	count := func() any { return e.get(cluster.ID)["agentPoolProfiles"].([]any)[0].(object)["count"] }
	e.must("az aks scale -g rg -n aks -c 3")
	assert.InDelta(t, 3.0, count(), 0)
	e.must("az aks nodepool scale -g rg --cluster-name aks -n system --node-count 4")
	assert.InDelta(t, 4.0, count(), 0)
	_, err := e.az("az aks nodepool scale -g rg --cluster-name aks --name gone --node-count 4")
	require.ErrorContains(t, err, `--nodepool-name "gone": the cluster has the pools system`)
	_, err = e.az("az aks scale -g rg -n gone -c 3")
	require.ErrorContains(t, err, "(ResourceNotFound) The Resource 'Microsoft.ContainerService/managedClusters/gone' "+
		"under resource group 'rg' was not found.")
	_, err = e.az("az aks delete -g rg -n aks")
	require.ErrorContains(t, err, "Use --yes")
	e.must("az aks delete -g rg -n aks -y")
	assert.Empty(t, e.cloud.List("azure-native:containerservice:ManagedCluster"))
}

func TestRoleAssignments(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.cluster(object{"outboundType": "loadBalancer"})
	roles := e.cloud.List("azure-native:authorization:RoleAssignment")
	require.NotEmpty(t, roles)
	principal, _ := roles[0].Outputs["principalId"].(string)
	_, err := e.az("az role assignment delete --assignee " + principal + " --role Owner")
	require.ErrorContains(t, err, "No matched assignments were found to delete")
	_, err = e.az("az role assignment delete")
	require.ErrorContains(t, err, "give --ids")
	e.must("az role assignment delete --ids " + roles[0].ID)
	assert.Len(t, e.cloud.List("azure-native:authorization:RoleAssignment"), len(roles)-1)
}

func TestTagsAndDeletion(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	table := e.id("network:RouteTable", object{"routeTableName": "rt"})
	tag := func(flags string) any {
		e.must("az tag update --resource-id " + table + " " + flags)
		return e.get(table)["tags"]
	}
	assert.Equal(t, object{"a": "1", "b": "2"}, tag("--operation Merge --tags a=1 b=2"))
	assert.Equal(t, object{"b": "2", "c": "3"}, func() any {
		tag("--operation Delete --tags a=1")
		return tag("--operation Merge --tags c=3")
	}())
	assert.Equal(t, object{"d": ""}, tag("--operation replace --tags d"))
	assert.Len(t, e.get(table)["routes"], 1, "tags touch nothing else")

	_, err := e.az("az resource delete --ids " + table)
	require.ErrorContains(t, err, "(InUseRouteTableCannotBeDeleted) ")
	_, err = e.az("az resource delete --ids " + table + "x")
	require.ErrorContains(t, err, "(ResourceNotFound) ")
	_, err = e.az("az group delete -n rg")
	require.ErrorContains(t, err, "Use --yes")
	e.must("az group delete --name rg --yes")
	assert.Empty(t, e.cloud.Records())
}
