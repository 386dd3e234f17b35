package azuresim

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestUserAssignedIdentity(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	out := e.get(e.identity()).Outputs
	uuid := `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`
	assert.Regexp(t, uuid, out["principalId"])
	assert.Regexp(t, uuid, out["clientId"])
	assert.NotEqual(t, out["principalId"], out["clientId"])
	assert.Equal(t, TenantID, out["tenantId"])
	assert.Equal(t, "control", out["name"])
}

func TestRoleAssignment(t *testing.T) {
	t.Parallel()
	for name, changes := range map[string]map[string]any{
		"subscription":   {"scope": "/subscriptions/" + SubscriptionID},
		"resource group": {"scope": "subscriptions/" + SubscriptionID + "/resourceGroups/RG"},
		"other role":     {"roleDefinitionId": "/providers/x/" + roleContributor},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEstate(t)
			inputs := map[string]any{
				"scope": e.nodes(), "principalId": guid("principal", e.identity()), "principalType": "ServicePrincipal",
				"roleDefinitionId": roleDefinitionID(roleNetworkContributor),
			}
			maps.Copy(inputs, changes)
			r, err := e.put(roleAssignmentToken, e.nodes()+"/providers/Microsoft.Authorization/roleAssignments/new", inputs)
			require.NoError(t, err)
			assert.Equal(t, "new", r.Outputs["name"])
		})
	}
}

func TestRoleReachesDown(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.delete(roleAssignmentOn(e, e.nodes()))
	principal := guid("principal", e.identity())
	may := func() (ok bool) {
		require.NoError(t, e.cloud.do("", "", func(op *operation) error {
			ok = mayWrite(op, principal, e.nodes())
			return nil
		}))
		return ok
	}
	assert.False(t, may())
	e.subnet("node", "10.1.4.0/24", nil)
	e.assign(roleNetworkContributor, e.subnetID("node"))
	assert.False(t, may(), "another subnet whose name begins alike")
	e.assign("acdd72a7-3385-48ef-bd42-f606fba81ae7", groupID("rg"))
	assert.False(t, may(), "Reader")
	for _, scope := range []string{
		e.network("virtualNetworks/spoke"), groupID("rg"), "/subscriptions/" + SubscriptionID,
	} {
		id := e.assign(roleContributor, scope)
		assert.True(t, may(), scope)
		e.delete(id)
		assert.False(t, may(), scope)
	}
}
