package components_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/components"
)

const gatewaySubnetID = "/subscriptions/sub/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v" +
	"/subnets/gateway"

func gatewayIngressArgs() *components.ApplicationGatewayIngressArgs {
	return &components.ApplicationGatewayIngressArgs{
		IdentityObjectID: pulumi.String(addOnIdentity), SubnetID: pulumi.String(gatewaySubnetID),
		Backend: components.ServiceBackend{Namespace: pulumi.String("shop"), Service: pulumi.String("web"), Port: 8080},
	}
}

// The controller has its role before it is asked for anything.
func TestApplicationGatewayIngress(t *testing.T) {
	t.Parallel()
	ip := make(chan string, 2)
	program := func(ctx *pulumi.Context) error {
		args := gatewayIngressArgs()
		args.Host, args.Path = "shop.example", "/api"
		ingress, err := components.NewApplicationGatewayIngress(ctx, "in", args)
		if err == nil {
			ctx.Export("ip", ingress.IngressIP.ApplyT(func(text string) string { ip <- text; return text }))
		}
		return err
	}
	bothWays(t, program, func(t *testing.T, r *recorder) {
		role := r.find(t, "RoleAssignment", "in-role-subnet")
		assert.Equal(t, addOnIdentity, role.input(t, "principalId"))
		assert.Equal(t, "ServicePrincipal", role.input(t, "principalType"))
		assert.Equal(t, gatewaySubnetID, role.input(t, "scope"))
		assert.Equal(t, "/subscriptions/sub/providers/Microsoft.Authorization/roleDefinitions/"+
			"4d97b98b-1d4f-4787-a291-c67834d212e7", role.input(t, "roleDefinitionId"), "Network Contributor")
		ingress := r.find(t, "Ingress", "in-ingress")
		assert.True(t, dependsOn(ingress, "in-role-subnet"))
		assert.Equal(t, "azure-application-gateway", ingress.input(t, "spec.ingressClassName"))
		assert.Equal(t, "shop", ingress.input(t, "metadata.namespace"))
		assert.Equal(t, "shop.example", ingress.input(t, "spec.rules[0].host"))
		const path = "spec.rules[0].http.paths[0]."
		assert.Equal(t, "/api", ingress.input(t, path+"path"))
		assert.Equal(t, "Prefix", ingress.input(t, path+"pathType"))
		assert.Equal(t, "web", ingress.input(t, path+"backend.service.name"))
		assert.InDelta(t, 8080, ingress.input(t, path+"backend.service.port.number"), 0)
		assert.Equal(t, "203.0.113.99", <-ip)
	})
}

// An Ingress without an address is no entrance.
func TestApplicationGatewayIngress_NoAddress(t *testing.T) {
	t.Parallel()
	_, err := deployOn(&recorder{echo: true}, false, func(ctx *pulumi.Context) error {
		ingress, err := components.NewApplicationGatewayIngress(ctx, "in", gatewayIngressArgs())
		if err == nil {
			ctx.Export("ip", ingress.IngressIP)
		}
		return err
	})
	require.ErrorContains(t, err, "application gateway ingress: the Ingress has no address")
}

// addOns is a recorder that also answers a look-up of the cluster.
type addOns struct {
	recorder
	live map[string]any // addonProfiles; nil: the cluster is not found
}

func (a *addOns) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	id, outputs, err := a.recorder.NewResource(args)
	if strings.HasSuffix(args.TypeToken, ":ManagedCluster") {
		id = "/subscriptions/sub/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks"
	}
	return id, outputs, err
}

func (a *addOns) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	switch {
	case !strings.HasSuffix(args.Token, ":getManagedCluster"):
		return a.recorder.Call(args)
	case a.live == nil:
		return nil, errors.New("ResourceNotFound")
	}
	return resource.NewPropertyMapFromMap(map[string]any{"addonProfiles": a.live}), nil
}

// The identity by which the add-on acts is known when the cluster stands, also in previews that change the cluster.
func TestAksCluster_ApplicationGateway(t *testing.T) {
	t.Parallel()
	const addOn = "ingressApplicationGateway"
	identity := func(id string) map[string]any {
		return map[string]any{addOn: map[string]any{"enabled": true, "identity": map[string]any{"objectId": id}}}
	}
	for name, test := range map[string]struct {
		mocks  *addOns
		dryRun bool
		want   string // empty: not known
		err    string
	}{
		"update":                      {&addOns{}, false, addOnIdentity, ""},
		"update without identity":     {&addOns{recorder: recorder{echo: true}}, false, "", "no identity of add-on"},
		"preview of a living cluster": {&addOns{live: identity("live")}, true, "live", ""},
		"preview that turns it on":    {&addOns{live: map[string]any{}}, true, "", ""},
		"preview without cluster":     {&addOns{}, true, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := make(chan string, 1)
			err := pulumi.RunErr(func(ctx *pulumi.Context) error {
				args := clusterArgs("loadBalancer", pulumi.String(subnetID))
				args.ApplicationGateway = &components.ApplicationGatewayAddOn{
					Name: "gw", SubnetID: pulumi.String(gatewaySubnetID),
				}
				aks, err := components.NewAksCluster(ctx, "aks", args)
				if err == nil {
					ctx.Export("id", aks.ApplicationGatewayIdentityID.ApplyT(func(id string) string { seen <- id; return id }))
				}
				return err
			}, pulumi.WithMocks("aks-egress", "test", test.mocks), func(info *pulumi.RunInfo) { info.DryRun = test.dryRun })
			if test.err != "" {
				require.ErrorContains(t, err, test.err)
				return
			}
			require.NoError(t, err)
			cluster := test.mocks.find(t, "ManagedCluster", "aks-cluster")
			profile := "addonProfiles." + addOn + "."
			assert.Equal(t, true, cluster.input(t, profile+"enabled"))
			assert.Equal(t, "gw", cluster.input(t, profile+"config.applicationGatewayName"))
			assert.Equal(t, gatewaySubnetID, cluster.input(t, profile+"config.subnetId"))
			select {
			case id := <-seen:
				assert.Equal(t, test.want, id)
			default:
				assert.Empty(t, test.want, "the identity is not known")
			}
		})
	}
}
