package tests

import (
	"net/netip"
	"strings"
	"testing"

	resources "github.com/pulumi/pulumi-azure-native-sdk/resources/v2/v20220901"
	azurenative "github.com/pulumi/pulumi-azure-native-sdk/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/components"
	"aks-egress/internal/engine"
	"aks-egress/internal/migrate"
)

// In the network that AKS makes, which the stacks of this project have with managedNATGateway only, a component of
// another program goes from a load balancer to a NAT gateway by the plan of `lab migrate`: az, refresh, up.
func TestMigrate_WithinTheNetworkOfAKS(t *testing.T) {
	t.Parallel()
	outboundType := "loadBalancer"
	l := newLab(t, "managednat", func(ctx *pulumi.Context) error { return clusterAlone(ctx, outboundType) })
	before := l.must((*engine.Stack).Up)
	network, err := l.deployed()
	require.NoError(t, err)

	plan, err := migrate.New(migrate.Stack{
		Name: l.name, Network: network,
		File: map[string]string{
			"azure-native:location": "westeurope", "aks-egress:outboundType": "managedNATGateway",
			"aks-egress:outboundIpCount": "2",
		},
	}, "managedNATGateway")
	require.NoError(t, err)
	require.Len(t, plan.Steps, 3)

	outboundType = "managedNATGateway"
	message := refusedByGuard(l)
	assert.Contains(t, message, "     "+plan.Steps[0].Commands[0]+"\n", "the component says the same as the plan")
	executePrinted(l, message)
	l.must((*engine.Stack).Refresh)
	up := l.must((*engine.Stack).Up)
	assert.Empty(t, changed(l.must((*engine.Stack).Preview)))
	assert.Len(t, up.Outputs["egressIps"], 2)
	assert.NotEqual(t, before.Outputs["egressIps"], up.Outputs["egressIps"])
	network, err = l.deployed()
	require.NoError(t, err)
	assert.Equal(t, "managedNATGateway", network.Clusters[0].OutboundType)

	_, err = migrate.New(migrate.Stack{Name: l.name, Network: network}, "loadBalancer")
	require.ErrorContains(t, err, "Azure changes managedNATGateway into")
	outboundType = "loadBalancer"
	refused := l.run((*engine.Stack).Up)
	assert.Contains(t, strings.Join(refused.Errors, "\n"), "Azure changes managedNATGateway into", "no way back")
}

// clusterAlone is a program of somebody else: one cluster in the network that AKS makes.
func clusterAlone(ctx *pulumi.Context, outboundType string) error {
	azure, err := azurenative.NewProvider(ctx, "azure", &azurenative.ProviderArgs{Location: pulumi.String("westeurope")})
	if err != nil {
		return err
	}
	group, err := resources.NewResourceGroup(ctx, "shop", &resources.ResourceGroupArgs{}, pulumi.Provider(azure))
	if err != nil {
		return err
	}
	aks, err := components.NewAksCluster(ctx, "shop", &components.AksClusterArgs{
		ResourceGroupName: group.Name, OutboundType: outboundType,
		ManagedNat:    components.ManagedNatEgress{IPCount: 2},
		NodePool:      components.NodePool{Count: 2, VMSize: "Standard_D2s_v5"},
		NetworkPlugin: "azure", NetworkPluginMode: "overlay",
		ServiceCIDR: netip.MustParsePrefix("172.16.0.0/16"), DNSServiceIP: netip.MustParseAddr("172.16.0.10"),
		PodCIDR: netip.MustParsePrefix("10.244.0.0/16"),
	}, pulumi.Providers(azure))
	if err != nil {
		return err
	}
	ctx.Export("outboundType", pulumi.String(outboundType))
	ctx.Export("egressIps", aks.EgressIPs)
	ctx.Export("nodeResourceGroup", aks.NodeResourceGroup)
	return nil
}
