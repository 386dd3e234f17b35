package components

import (
	"fmt"

	authorization "github.com/pulumi/pulumi-azure-native-sdk/authorization/v2/v20220401"
	managedidentity "github.com/pulumi/pulumi-azure-native-sdk/managedidentity/v2/v20230131"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// networkContributor is the built-in role that lets AKS join nodes to a subnet and write a route table (azure-facts
// 7.3). It is the narrowest built-in one; the scope makes it narrow.
const networkContributor = "4d97b98b-1d4f-4787-a291-c67834d212e7"

// newIdentity makes the control plane's identity and gives it its roles. The identity is user-assigned, since only
// then can the roles exist before the cluster needs them (azure-facts 1.3).
func (c *AksCluster) newIdentity(
	ctx *pulumi.Context, name string, a *AksClusterArgs,
) (*managedidentity.UserAssignedIdentity, []pulumi.Resource, error) {
	identity, err := managedidentity.NewUserAssignedIdentity(ctx, name+"-identity",
		&managedidentity.UserAssignedIdentityArgs{ResourceGroupName: a.ResourceGroupName, Tags: a.Tags},
		pulumi.Parent(c))
	if err != nil {
		return nil, nil, err
	}
	var roles []pulumi.Resource
	for _, grant := range a.grants() {
		role, err := authorization.NewRoleAssignment(ctx, name+"-role-"+grant.suffix, &authorization.RoleAssignmentArgs{
			PrincipalId: identity.PrincipalId,
			// The SDK's default is User, which Azure refuses for an identity (azure-native.md 1.2); saying what it is also
			// spares Azure the look-up that fails while a new identity replicates (azure-facts 13).
			PrincipalType:    pulumi.String("ServicePrincipal"),
			RoleDefinitionId: roleDefinition(grant.scope, networkContributor),
			Scope:            grant.scope,
		}, pulumi.Parent(c))
		if err != nil {
			return nil, nil, fmt.Errorf("role on %s: %w", grant.suffix, err)
		}
		roles = append(roles, role)
	}
	return identity, roles, nil
}

type grant struct {
	suffix string
	scope  pulumi.StringInput
}

func (a *AksClusterArgs) grants() []grant {
	var grants []grant
	if a.NodeSubnetID != nil {
		grants = append(grants, grant{"subnet", a.NodeSubnetID})
	}
	if a.RouteTableID != nil && a.NetworkPlugin == "kubenet" {
		grants = append(grants, grant{"route-table", a.RouteTableID})
	}
	if a.OutboundType != OutboundLoadBalancer {
		return grants
	}
	for i, id := range a.LoadBalancer.PublicIPIDs {
		grants = append(grants, grant{fmt.Sprintf("public-ip-%d", i+1), pulumi.String(id)})
	}
	for i, id := range a.LoadBalancer.PublicIPPrefixIDs {
		grants = append(grants, grant{fmt.Sprintf("public-ip-prefix-%d", i+1), pulumi.String(id)})
	}
	return grants
}

// roleDefinition is the id of a built-in role in the subscription of scope, as Azure answers it.
func roleDefinition(scope pulumi.StringInput, role string) pulumi.StringOutput {
	return scope.ToStringOutput().ApplyT(func(scope string) (string, error) {
		parsed, err := resourceID(scope, "scope")
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("/subscriptions/%s/providers/Microsoft.Authorization/roleDefinitions/%s",
			parsed.SubscriptionID, role), nil
	}).(pulumi.StringOutput)
}
