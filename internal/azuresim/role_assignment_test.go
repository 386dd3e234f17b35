package azuresim

import (
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
	type changes = map[string]any
	for name, tc := range map[string]struct {
		code    string // "": success
		status  int
		message string
		changes changes
	}{
		"subscription":   {changes: changes{"scope": "/subscriptions/" + SubscriptionID}},
		"resource group": {changes: changes{"scope": "subscriptions/" + SubscriptionID + "/resourceGroups/RG"}},
		"subnet":         {changes: changes{"roleDefinitionId": "/providers/x/" + roleContributor}},
		"same again": {
			code: "RoleAssignmentExists", status: 409, message: "The role assignment already exists.", changes: changes{},
		},
		"no such subscription": {
			code: "SubscriptionNotFound", status: 404, changes: changes{"scope": "/subscriptions/other"},
		},
		"no such group": {
			code: "ResourceGroupNotFound", status: 404, message: "Resource group 'none' could not be found.",
			changes: changes{"scope": groupID("none")},
		},
		"no such resource": {
			code: "ResourceNotFound", status: 404, changes: changes{"scope": groupID("rg") + "/providers/Microsoft.Network/x/y"},
		},
		"no such role": {
			code: "RoleDefinitionDoesNotExist", status: 404,
			message: "The specified role definition with ID '11111111222233334444555555555555' does not exist.",
			changes: changes{"roleDefinitionId": roleDefinitionID("11111111-2222-3333-4444-555555555555")},
		},
		"no such principal": {
			code: "PrincipalNotFound", status: 400,
			changes: changes{"principalId": "11111111-2222-3333-4444-555555555555"},
		},
		"user": {
			code: "UnmatchedPrincipalType", status: 400, changes: changes{"principalType": "User"},
		},
		"the SDK's default type": {
			code: "UnmatchedPrincipalType", status: 400, changes: changes{"principalType": nil},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEstate(t)
			inputs := changes{
				"scope": e.nodes(), "principalId": guid("principal", e.identity()), "principalType": "ServicePrincipal",
				"roleDefinitionId": roleDefinitionID(roleNetworkContributor),
			}
			for k, v := range tc.changes {
				change(inputs, []string{k}, v)
			}
			id := e.nodes() + "/providers/Microsoft.Authorization/roleAssignments/new"
			r, err := e.put(roleAssignmentToken, id, inputs)
			if tc.code == "" {
				require.NoError(t, err)
				assert.Equal(t, "new", r.Outputs["name"])
				return
			}
			arm := refusedAs(t, tc.code, err)
			assert.Equal(t, tc.status, arm.Status)
			if tc.message != "" {
				assert.Equal(t, tc.message, arm.Message)
			}
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
