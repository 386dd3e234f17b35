package azuresim

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// clusterParts is a network, an identity with its role, and a cluster without names, all through the provider.
func (b *bench) clusterParts() (vnet, identity, role, cluster created) {
	b.Helper()
	b.group()
	vnet = b.vnet("spoke", "10.1.0.0/16", input{
		"name": "nodes", "addressPrefix": "10.1.1.0/24", "defaultOutboundAccess": false,
	})
	identity = b.create("managedidentity:UserAssignedIdentity", "control", input{"resourceGroupName": "rg"})
	role = b.create("authorization:RoleAssignment", "join", input{
		"scope": vnet.id + "/subnets/nodes", "principalId": identity.out("principalId"),
		"principalType": "ServicePrincipal", "roleDefinitionId": roleDefinitionID(roleNetworkContributor),
	})
	cluster = b.create("containerservice:ManagedCluster", "aks", b.clusterInput(vnet, identity))
	return vnet, identity, role, cluster
}

func (b *bench) clusterInput(vnet, identity created) input {
	return input{
		"resourceGroupName": "rg", "dnsPrefix": "lab",
		"identity": input{"type": "UserAssigned", "userAssignedIdentities": []any{identity.id}},
		"agentPoolProfiles": []any{input{
			"name": "system", "mode": "System", "count": 2.0, "vmSize": "Standard_D2s_v5",
			"vnetSubnetID": vnet.id + "/subnets/nodes",
		}},
		"networkProfile": input{
			"networkPlugin": "azure", "networkPluginMode": "overlay", "outboundType": "loadBalancer",
			"serviceCidr": "10.2.0.0/16", "dnsServiceIP": "10.2.0.10", "podCidr": "10.244.0.0/16",
		},
	}
}

func TestClusterThroughProvider(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	vnet, identity, role, cluster := b.clusterParts()
	assert.Regexp(t, `/managedClusters/aks[0-9a-f]{8}$`, cluster.id, "azure-native names it")
	assert.Regexp(t, `/roleAssignments/[0-9a-f-]{36}$`, role.id)
	assert.Nil(t, cluster.out("resourceGroupName"), "path parameters are no outputs")
	assert.Equal(t, "Succeeded", cluster.out("provisioningState"))
	pip := cluster.out("networkProfile", "loadBalancerProfile", "effectiveOutboundIPs", 0, "id").(string)
	result, err := b.provider.Invoke(t.Context(), plugin.InvokeRequest{
		Tok:  "azure-native:network/v20240501:getPublicIPAddress",
		Args: from(input{"resourceGroupName": groupOf(pip), "publicIpAddressName": nameOf(pip)}),
	})
	require.NoError(t, err)
	assert.NotEmpty(t, result.Properties["ipAddress"].StringValue())

	for _, c := range []created{vnet, identity, role, cluster} {
		assert.True(t, b.read(c).Inputs.DeepEquals(c.inputs), "refresh finds no drift in %s", c.name)
	}
	refusedAs(t, "InUseSubnetCannotBeDeleted", b.remove(vnet))
	require.NoError(t, b.remove(cluster))
	for _, c := range []created{role, identity, vnet} {
		require.NoError(t, b.remove(c))
	}
	require.NoError(t, b.remove(created{short: "resources:ResourceGroup", name: "rg", id: groupID("rg")}))
	assert.Empty(t, b.cloud.Records())
	assert.Empty(t, b.cloud.addresses)
}

func TestGroupTakesClusterAlong(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.clusterParts()
	require.NoError(t, b.remove(created{short: "resources:ResourceGroup", name: "rg", id: groupID("rg")}))
	assert.Empty(t, b.cloud.Records(), "the node resource group too")
	assert.Empty(t, b.cloud.addresses)
}

// The same program gets the same addresses, whatever its random names.
func TestAddressesAreDeterministic(t *testing.T) {
	t.Parallel()
	addresses := func(name string) []string {
		b := newBench(t)
		b.group()
		vnet := b.vnet("spoke", "10.1.0.0/16", input{"name": "nodes", "addressPrefix": "10.1.1.0/24"})
		identity := b.create("managedidentity:UserAssignedIdentity", "control", input{"resourceGroupName": "rg"})
		b.create("authorization:RoleAssignment", "join", input{
			"scope": vnet.id + "/subnets/nodes", "principalId": identity.out("principalId"),
			"principalType": "ServicePrincipal", "roleDefinitionId": roleDefinitionID(roleNetworkContributor),
		})
		in := b.clusterInput(vnet, identity)
		in["resourceName"] = name
		cluster := b.create("containerservice:ManagedCluster", "aks", in)
		service, err := b.cloud.Kubernetes().ServiceAddress(webService(cluster.id, "default", "web", serviceUID, false))
		require.NoError(t, err)
		found := []string{service.String()}
		for _, r := range b.cloud.Records() {
			if strings.HasSuffix(r.Token, ":PublicIPAddress") && text(r.Outputs, "tags", serviceTag) == "" {
				found = append(found, text(r.Outputs, "ipAddress"))
			}
		}
		return found
	}
	first := addresses("aks11111111")
	require.Len(t, first, 2)
	assert.Equal(t, first, addresses("aks22222222"))
}

func TestAbsentInputsFailCheck(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, failures := b.check("containerservice:ManagedCluster", "aks", input{
		"resourceGroupName": "rg", "dnsPrefix": "lab", "httpProxyConfig": input{"httpProxy": "http://proxy"},
		"agentPoolProfiles": []any{input{"name": "system", "enableAutoScaling": false}},
	})
	require.Len(t, failures, 1, "what asks for nothing is taken")
	assert.Equal(t, resource.PropertyKey("httpProxyConfig"), failures[0].Property)
}

func TestFailedClusterStays(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	table := b.create("network:RouteTable", "rt", input{
		"resourceGroupName": "rg", "routes": []any{input{
			"name": "default", "addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.1.9.4",
		}},
	})
	vnet := b.vnet("spoke", "10.1.0.0/16", input{
		"name": "nodes", "addressPrefix": "10.1.1.0/24", "routeTable": input{"id": table.id},
	})
	identity := b.create("managedidentity:UserAssignedIdentity", "control", input{"resourceGroupName": "rg"})
	b.create("authorization:RoleAssignment", "join", input{
		"scope": vnet.id, "principalId": identity.out("principalId"), "principalType": "ServicePrincipal",
		"roleDefinitionId": roleDefinitionID(roleNetworkContributor),
	})
	in := b.clusterInput(vnet, identity)
	in["resourceName"] = "aks"
	in["networkProfile"].(input)["outboundType"] = "userDefinedRouting"
	_, err := b.try("containerservice:ManagedCluster", "aks", in)
	require.ErrorContains(t, err, "VMExtensionError_OutboundConnFail")
	failed := b.read(created{
		short: "containerservice:ManagedCluster", name: "aks",
		id: groupID("rg") + "/providers/Microsoft.ContainerService/managedClusters/aks",
	})
	assert.Equal(t, "Failed", failed.Outputs["provisioningState"].StringValue())
}
