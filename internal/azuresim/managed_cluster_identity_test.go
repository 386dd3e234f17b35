package azuresim

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIdentityWithoutRoles(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	assignment := roleAssignmentOn(e, e.nodes())
	e.delete(assignment)
	_, err := e.update(nil)
	arm := refusedAs(t, "LinkedAuthorizationFailed", err)
	assert.Equal(t, 403, arm.Status)
	assert.Contains(t, arm.Message, "Microsoft.Network/virtualNetworks/subnets/join/action")
	assert.Contains(t, arm.Message, e.nodes())

	system := map[string]any{"identity": map[string]any{"type": "SystemAssigned"}}
	c, err := e.update(system)
	require.NoError(t, err, "azure-facts 1.3: its role comes after the cluster")
	_, err = e.cloud.Kubernetes().ServiceAddress(c.ID, "default", "web", "0a1b2c3d", true)
	refusedAs(t, "LinkedAuthorizationFailed", err)
	e.create(roleAssignmentToken, e.nodes()+"/providers/Microsoft.Authorization/roleAssignments/1", map[string]any{
		"scope": e.nodes(), "principalId": text(c.Outputs, "identity", "principalId"), "principalType": "ServicePrincipal",
		"roleDefinitionId": roleDefinitionID(roleNetworkContributor),
	})
	addr, err := e.cloud.Kubernetes().ServiceAddress(c.ID, "default", "web", "0a1b2c3d", true)
	require.NoError(t, err)
	assert.True(t, netip.MustParsePrefix("10.1.1.0/24").Contains(addr))
}

func roleAssignmentOn(e *estate, scope string) string {
	return scope + "/providers/Microsoft.Authorization/roleAssignments/" +
		guid("assignment", roleNetworkContributor, scope)
}

func TestKubenetNeedsTheRouteTable(t *testing.T) {
	t.Parallel()
	kubenet := map[string]any{
		"networkProfile.networkPlugin": "kubenet", "networkProfile.networkPluginMode": nil,
		"networkProfile.outboundType": "userDefinedRouting",
	}
	e := newEstate(t)
	e.firewall("10.1.2.4", "203.0.113.220", true)
	table := e.routeTable("VirtualAppliance", "10.1.2.4")
	_, err := e.update(kubenet)
	refusedAs(t, "CustomRouteTableMissingPermission", err)
	e.assign(roleNetworkContributor, table)
	_, err = e.update(kubenet)
	require.NoError(t, err)

	e = newEstate(t)
	e.routeTable("VirtualAppliance", "10.1.2.4")
	kubenet["identity"] = map[string]any{"type": "SystemAssigned"}
	_, err = e.update(kubenet)
	assert.Equal(t, "Clusters using managed identity type SystemAssigned do not support bringing your own route table. "+
		"Please see https://aka.ms/aks/customrt for more information",
		refusedAs(t, "CustomRouteTableWithUnsupportedMSIType", err).Message)
}
