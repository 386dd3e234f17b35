package components

import (
	"fmt"

	authorization "github.com/pulumi/pulumi-azure-native-sdk/authorization/v2/v20220401"
	managedidentity "github.com/pulumi/pulumi-azure-native-sdk/managedidentity/v2/v20230131"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/utilities"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// The ALB Controller's chart (AGC docs, quickstart with Helm; release notes).
const (
	albControllerChart = "oci://mcr.microsoft.com/application-lb/charts/alb-controller"

	// ALBControllerVersion is the version of the chart. Its Gateway API is v1.2.1, and it asks for Kubernetes 1.27.
	ALBControllerVersion = "1.9.13"

	albControllerNamespace = "azure-alb-system"
	albControllerAccount   = "alb-controller-sa"
)

// The roles of the ALB Controller's identity (azure-facts 7.3).
const (
	reader               = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
	configurationManager = "fbc52c3f-28ad-4303-a892-8a056630b8f1"
)

// albController is what writes Kubernetes' Gateways and HTTPRoutes into an Application Gateway for Containers.
type albController struct {
	*ApplicationGatewayForContainers

	name      string
	args      *ApplicationGatewayForContainersArgs
	azure     *trafficResources
	identity  *managedidentity.UserAssignedIdentity
	authority []pulumi.Resource // what the identity needs before it can work
}

// helmRelease is kubernetes:helm.sh/v3:Release. The SDK's package of it also has the older Chart, which brings every
// other package of the SDK along: minutes of compiling. So it is registered here as that package registers it.
type helmRelease struct {
	pulumi.CustomResourceState
}

// install gives the controller an identity and installs its chart.
func (c *albController) install(ctx *pulumi.Context) (*helmRelease, error) {
	if err := c.newIdentity(ctx); err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	release := &helmRelease{}
	err := ctx.RegisterResource("kubernetes:helm.sh/v3:Release", c.name+"-alb-controller", pulumi.Map{
		"compat":          pulumi.String("true"),
		"name":            pulumi.String("alb-controller"),
		"chart":           pulumi.String(albControllerChart),
		"version":         pulumi.String(ALBControllerVersion),
		"namespace":       pulumi.String(albControllerNamespace),
		"createNamespace": pulumi.Bool(true),
		"values": pulumi.Map{"albController": pulumi.Map{
			"namespace":   pulumi.String(albControllerNamespace),
			"podIdentity": pulumi.Map{"clientID": c.identity.ClientId},
		}},
	}, release, utilities.PkgResourceDefaultOpts([]pulumi.ResourceOption{
		pulumi.Parent(c.ApplicationGatewayForContainers), pulumi.DependsOn(c.authority),
	})...)
	if err != nil {
		return nil, fmt.Errorf("alb controller: %w", err)
	}
	return release, nil
}

// newIdentity makes the controller's identity, which the cluster's tokens for the controller's service account stand
// for, and gives it the three roles of the AGC docs.
func (c *albController) newIdentity(ctx *pulumi.Context) (err error) {
	child := pulumi.Parent(c.ApplicationGatewayForContainers)
	c.identity, err = managedidentity.NewUserAssignedIdentity(ctx, c.name+"-identity",
		&managedidentity.UserAssignedIdentityArgs{ResourceGroupName: c.args.ResourceGroupName, Tags: c.args.Tags}, child)
	if err != nil {
		return err
	}
	credential, err := managedidentity.NewFederatedIdentityCredential(ctx, c.name+"-credential",
		&managedidentity.FederatedIdentityCredentialArgs{
			ResourceGroupName:                       c.args.ResourceGroupName,
			ResourceName:                            c.identity.Name,
			FederatedIdentityCredentialResourceName: pulumi.String("alb-controller"),
			Issuer:                                  c.args.OIDCIssuerURL,
			Subject: pulumi.Sprintf("system:serviceaccount:%s:%s",
				albControllerNamespace, albControllerAccount),
			Audiences: pulumi.StringArray{pulumi.String("api://AzureADTokenExchange")},
		}, child)
	if err != nil {
		return fmt.Errorf("federated credential: %w", err)
	}
	c.authority = append(c.authority, credential)
	for _, grant := range c.grants() {
		role, err := authorization.NewRoleAssignment(ctx, c.name+"-role-"+grant.suffix, &authorization.RoleAssignmentArgs{
			PrincipalId:      c.identity.PrincipalId,
			PrincipalType:    pulumi.String("ServicePrincipal"), // see newIdentity of AksCluster
			RoleDefinitionId: roleDefinition(grant.scope, grant.role),
			Scope:            grant.scope,
		}, child)
		if err != nil {
			return fmt.Errorf("role on %s: %w", grant.suffix, err)
		}
		c.authority = append(c.authority, role)
	}
	return nil
}

// roleGrant is a role on a scope.
type roleGrant struct {
	grant
	role string
}

// grants are the roles on the scopes that the AGC docs name: the group of the traffic controller, for its
// configuration; its subnet; and the node resource group, where the controller looks at the nodes (azure-facts 7.8).
func (c *albController) grants() []roleGrant {
	own := c.azure.controller.ID().ToStringOutput()
	return []roleGrant{
		{grant{"configuration", groupScope(own, c.args.ResourceGroupName)}, configurationManager},
		{grant{"subnet", c.args.SubnetID}, networkContributor},
		{grant{"nodes", groupScope(own, c.args.NodeResourceGroup)}, reader},
	}
}

// groupScope is the id of a resource group in the subscription of another resource.
func groupScope(sibling pulumi.StringOutput, group pulumi.StringInput) pulumi.StringOutput {
	return pulumi.All(sibling, group).ApplyT(func(values []any) (string, error) {
		parsed, err := resourceID(values[0].(string), "resource")
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("/subscriptions/%s/resourceGroups/%s", parsed.SubscriptionID, values[1].(string)), nil
	}).(pulumi.StringOutput)
}
