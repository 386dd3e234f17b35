package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/components"
)

func containersGatewayArgs() *components.ApplicationGatewayForContainersArgs {
	return &components.ApplicationGatewayForContainersArgs{
		ResourceGroupName: group,
		SubnetID:          pulumi.String(subnetID),
		OIDCIssuerURL:     pulumi.String("https://issuer/"),
		NodeResourceGroup: pulumi.String("MC_rg"),
		Backend: components.ServiceBackend{
			Namespace: pulumi.String("web"), Service: pulumi.String("shop"), Port: 8080,
		},
	}
}

func TestApplicationGatewayForContainers(t *testing.T) {
	t.Parallel()
	bothWays(t, func(ctx *pulumi.Context) error {
		gateway, err := components.NewApplicationGatewayForContainers(ctx, "agc", containersGatewayArgs())
		if err != nil {
			return err
		}
		ctx.Export("url", gateway.IngressURL)
		return nil
	}, func(t *testing.T, r *recorder) {
		association := r.find(t, "AssociationsInterface", "agc-association")
		assert.Equal(t, subnetID, association.input(t, "subnet.id"))
		assert.Equal(t, "subnets", association.input(t, "associationType"))
		credential := r.find(t, "FederatedIdentityCredential", "agc-credential")
		assert.Equal(t, "system:serviceaccount:azure-alb-system:alb-controller-sa", credential.input(t, "subject"))
		assert.Equal(t, "https://issuer/", credential.input(t, "issuer"))
		for role, scope := range map[string]string{
			"configuration": "/subscriptions/sub/resourceGroups/rg", "subnet": subnetID,
			"nodes": "/subscriptions/sub/resourceGroups/MC_rg",
		} {
			assigned := r.find(t, "RoleAssignment", "agc-role-"+role)
			assert.Equal(t, scope, assigned.input(t, "scope"), role)
			assert.Equal(t, "ServicePrincipal", assigned.input(t, "principalType"), role)
		}
		release := r.find(t, "Release", "agc-alb-controller")
		assert.Equal(t, components.ALBControllerVersion, release.input(t, "version"))
		assert.Equal(t, "22222222-2222-2222-2222-222222222222",
			release.input(t, "values.albController.podIdentity.clientID"))
		for _, needed := range []string{"agc-credential", "agc-role-configuration", "agc-role-subnet", "agc-role-nodes"} {
			assert.True(t, dependsOn(release, needed), "the controller works from its start: %s", needed)
		}
		gateway := r.find(t, "Gateway", "agc-gateway")
		assert.Equal(t, "web", gateway.input(t, "metadata.namespace"))
		assert.Equal(t, "condition=Programmed", gateway.input(t, `metadata.annotations["pulumi.com/waitFor"]`))
		assert.Contains(t, gateway.input(t, `metadata.annotations["alb.networking.azure.io/alb-id"]`), "trafficControllers/")
		assert.Equal(t, "azure-alb-external", gateway.input(t, "spec.gatewayClassName"))
		assert.True(t, dependsOn(gateway, "agc-alb-controller"), "the chart brings the kind")
		assert.True(t, dependsOn(gateway, "agc-association"))
		route := r.find(t, "HTTPRoute", "agc-route")
		assert.Equal(t, "shop", route.input(t, "spec.rules[0].backendRefs[0].name"))
		assert.Equal(t, 8080.0, route.input(t, "spec.rules[0].backendRefs[0].port"))
		assert.Equal(t, "agc", route.input(t, "spec.parentRefs[0].name"))
	})
}

// The issuer is there only with workload identity, and a preview in which the provider echoes inputs does not know it.
func TestAksCluster_WorkloadIdentity(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		enabled bool
		want    string
	}{"without": {false, ""}, "with": {true, "https://issuer.example/"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := make(chan string, 1)
			r, err := deploy(t, false, func(ctx *pulumi.Context) error {
				args := clusterArgs("loadBalancer", pulumi.String(subnetID))
				args.WorkloadIdentity = test.enabled
				cluster, err := components.NewAksCluster(ctx, "aks", args)
				if err != nil {
					return err
				}
				ctx.Export("issuer", cluster.OIDCIssuerURL.ApplyT(func(url string) string { got <- url; return url }))
				return nil
			})
			require.NoError(t, err)
			assert.Equal(t, test.want, <-got)
			cluster := r.find(t, "ManagedCluster", "aks-cluster")
			if !test.enabled {
				assert.Nil(t, cluster.input(t, "oidcIssuerProfile"))
				assert.Nil(t, cluster.input(t, "securityProfile"))
				return
			}
			assert.Equal(t, true, cluster.input(t, "oidcIssuerProfile.enabled"))
			assert.Equal(t, true, cluster.input(t, "securityProfile.workloadIdentity.enabled"))
		})
	}
	echoed := make(chan string, 1)
	_, err := deployOn(&recorder{echo: true}, true, func(ctx *pulumi.Context) error {
		args := clusterArgs("loadBalancer", pulumi.String(subnetID))
		args.WorkloadIdentity = true
		cluster, err := components.NewAksCluster(ctx, "aks", args)
		if err != nil {
			return err
		}
		ctx.Export("issuer", cluster.OIDCIssuerURL.ApplyT(func(url string) string { echoed <- url; return url }))
		return nil
	})
	require.NoError(t, err)
	assert.Empty(t, echoed, "an echo is not known")
}
