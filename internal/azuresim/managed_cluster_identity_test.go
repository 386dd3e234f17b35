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
	assert.Contains(t, arm.Message, joinRefusal(e))
	var partial *partialError
	require.ErrorAs(t, err, &partial, "the cluster stays")
	assert.Equal(t, "Failed", e.get(e.clusterID("aks")).Outputs["provisioningState"])

	system := map[string]any{"identity": map[string]any{"type": "SystemAssigned"}}
	c, err := e.update(system)
	require.NoError(t, err, "azure-facts 1.3: its role comes after the cluster")
	_, err = e.cloud.Kubernetes().ServiceAddress(webService(c.ID, "default", "web", "0a1b2c3d", true))
	refusedAs(t, "LinkedAuthorizationFailed", err)
	e.create(roleAssignmentToken, e.nodes()+"/providers/Microsoft.Authorization/roleAssignments/1", map[string]any{
		"scope": e.nodes(), "principalId": text(c.Outputs, "identity", "principalId"), "principalType": "ServicePrincipal",
		"roleDefinitionId": roleDefinitionID(roleNetworkContributor),
	})
	addr, err := e.cloud.Kubernetes().ServiceAddress(webService(c.ID, "default", "web", "0a1b2c3d", true))
	require.NoError(t, err)
	assert.True(t, netip.MustParsePrefix("10.1.1.0/24").Contains(addr))
}

func roleAssignmentOn(e *estate, scope string) string {
	return scope + "/providers/Microsoft.Authorization/roleAssignments/" +
		guid("assignment", roleNetworkContributor, scope)
}

// AKS cannot associate its route table with a subnet that its identity may not join.
func TestKubenetWithoutRoleLeavesTheSubnet(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.delete(roleAssignmentOn(e, e.nodes()))
	_, err := e.update(kubenet(nil))
	refusedAs(t, "LinkedAuthorizationFailed", err)
	assert.Empty(t, text(e.get(e.nodes()).Outputs, "routeTable", "id"))
	e.assign(roleNetworkContributor, e.nodes())
	_, err = e.update(kubenet(nil))
	require.NoError(t, err, "the next PUT tries again")
	assert.Regexp(t, `routetable$`, text(e.get(e.nodes()).Outputs, "routeTable", "id"))
}
