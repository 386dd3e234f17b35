package tests

import (
	"net/netip"
	"path"
	"testing"

	network "github.com/pulumi/pulumi-azure-native-sdk/network/v2/v20240501"
	resources "github.com/pulumi/pulumi-azure-native-sdk/resources/v2/v20220901"
	azurenative "github.com/pulumi/pulumi-azure-native-sdk/v2"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/components"
	"aks-egress/internal/azcli"
	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
)

// gatewayEstate is what the author of gatewayProgram decides.
type gatewayEstate struct {
	table      bool   // the gateway's subnet has a default route to an appliance
	delegation string // of that subnet
	role       bool   // the add-on's identity may use it
}

// gatewayProgram is a program of another author: a network of its own, AKS's application gateway add-on, and an
// Ingress.
func gatewayProgram(estate *gatewayEstate) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		azure, err := azurenative.NewProvider(ctx, "azure", &azurenative.ProviderArgs{Location: pulumi.String(region)})
		if err != nil {
			return err
		}
		group, err := resources.NewResourceGroup(ctx, "group", nil, pulumi.Provider(azure))
		if err != nil {
			return err
		}
		vnet, err := gatewayNetwork(ctx, estate, group, pulumi.Provider(azure))
		if err != nil {
			return err
		}
		gatewaySubnet := pulumi.Sprintf("%s/subnets/gateway", vnet.ID())
		aks, err := components.NewAksCluster(ctx, "aks", &components.AksClusterArgs{
			ResourceGroupName: group.Name, OutboundType: components.OutboundLoadBalancer,
			NodeSubnetID:       pulumi.Sprintf("%s/subnets/nodes", vnet.ID()),
			ApplicationGateway: &components.ApplicationGatewayAddOn{Name: "gw", SubnetID: gatewaySubnet},
			NodePool:           components.NodePool{Count: 2, VMSize: "Standard_D2s_v5"},
			NetworkPluginMode:  "overlay", PodCIDR: netip.MustParsePrefix("10.244.0.0/16"),
			ServiceCIDR: netip.MustParsePrefix("172.16.0.0/16"), DNSServiceIP: netip.MustParseAddr("172.16.0.10"),
		}, pulumi.Providers(azure))
		if err != nil {
			return err
		}
		provider, err := kubernetes.NewProvider(ctx, "aks", &kubernetes.ProviderArgs{
			Kubeconfig: aks.Kubeconfig, ClusterIdentifier: aks.ID,
		})
		if err != nil {
			return err
		}
		if !estate.role {
			_, err = networkingv1.NewIngress(ctx, "bare", bareIngress(), pulumi.Provider(provider))
			return err
		}
		ingress, err := components.NewApplicationGatewayIngress(ctx, "shop", &components.ApplicationGatewayIngressArgs{
			IdentityObjectID: aks.ApplicationGatewayIdentityID, SubnetID: gatewaySubnet,
			Backend: components.ServiceBackend{
				Namespace: pulumi.String("default"), Service: pulumi.String("shop"), Port: 80,
			},
		}, pulumi.Providers(azure, provider))
		if err != nil {
			return err
		}
		ctx.Export("ingressUrl", pulumi.Sprintf("http://%s/", ingress.IngressIP))
		return nil
	}
}

func gatewayNetwork(
	ctx *pulumi.Context, estate *gatewayEstate, group *resources.ResourceGroup, on pulumi.ResourceOption,
) (*network.VirtualNetwork, error) {
	table, err := network.NewRouteTable(ctx, "table", &network.RouteTableArgs{
		ResourceGroupName: group.Name,
		Routes: network.RouteTypeArray{network.RouteTypeArgs{
			Name: pulumi.String("all"), AddressPrefix: pulumi.String("0.0.0.0/0"),
			NextHopType: pulumi.String("VirtualAppliance"), NextHopIpAddress: pulumi.String("10.1.9.4"),
		}},
	}, on)
	if err != nil {
		return nil, err
	}
	gateway := network.SubnetTypeArgs{Name: pulumi.String("gateway"), AddressPrefix: pulumi.String("10.1.4.0/24")}
	if estate.delegation != "" {
		gateway.Delegations = network.DelegationArray{network.DelegationArgs{
			Name: pulumi.String("gateway"), ServiceName: pulumi.String(estate.delegation),
		}}
	}
	if estate.table {
		gateway.RouteTable = network.RouteTableTypeArgs{Id: table.ID().ToStringOutput().ToStringPtrOutput()}
	}
	return network.NewVirtualNetwork(ctx, "spoke", &network.VirtualNetworkArgs{
		ResourceGroupName: group.Name,
		AddressSpace: network.AddressSpaceArgs{
			AddressPrefixes: pulumi.StringArray{pulumi.String(spokeSpace.String())},
		},
		Subnets: network.SubnetTypeArray{
			network.SubnetTypeArgs{Name: pulumi.String("nodes"), AddressPrefix: pulumi.String("10.1.0.0/22")}, gateway,
		},
	}, on)
}

func bareIngress() *networkingv1.IngressArgs {
	return &networkingv1.IngressArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String("bare"), Namespace: pulumi.String("default")},
		Spec: networkingv1.IngressSpecArgs{
			IngressClassName: pulumi.String("azure-application-gateway"),
			DefaultBackend: networkingv1.IngressBackendArgs{Service: networkingv1.IngressServiceBackendArgs{
				Name: pulumi.String("shop"), Port: networkingv1.ServiceBackendPortArgs{Number: pulumi.Int(80)},
			}},
		},
	}
}

// The walk of one who puts an application gateway before a cluster: each mistake is refused or waited for in the words
// of Azure and the provider, and the next up continues.
func TestBuildingAnApplicationGateway(t *testing.T) {
	t.Parallel()
	var estate gatewayEstate
	l := newLab(t, "udr", gatewayProgram(&estate))
	l.refused([]string{"Azure CNI Overlay", "Microsoft.Network/applicationGateways"})
	estate.delegation = components.ApplicationGatewayDelegation
	l.refused([]string{"Ingress .status.loadBalancer field was not updated with a hostname/IP address"})
	estate.role = true
	up := l.must((*engine.Stack).Up)
	assert.Empty(t, changed(l.must((*engine.Stack).Preview)))

	answer := l.curl(up.Outputs["ingressUrl"].(string))
	assert.Contains(t, answer.Output, "502 Bad Gateway", "no such service")
	estate.table = true
	l.refused([]string{"ApplicationGatewaySubnetUserDefinedRouteNotAllowed"})
	estate.table = false
	l.must((*engine.Stack).Up)
	l.must((*engine.Stack).Destroy)
}

// Who gives the gateway's subnet the nodes' route table, as all other subnets have it, is refused.
func TestApplicationGatewayKeepsItsRoutes(t *testing.T) {
	t.Parallel()
	l := newStack(t, "udr-appgw")
	up := l.must((*engine.Stack).Up)
	inAzure(l, func(c engine.Cloud) {
		azure, err := simulation.Azure(c)
		require.NoError(t, err)
		var spoke string
		for _, vnet := range azure.List("azure-native:network:VirtualNetwork") {
			if len(vnet.Outputs["subnets"].([]any)) == 2 && path.Base(vnet.ID)[:5] == "spoke" {
				spoke = path.Base(vnet.ID)
			}
		}
		table := l.only(azure, "azure-native:network:RouteTable")
		_, err = azcli.Run(azure, []string{
			"network", "vnet", "subnet", "update", "--resource-group", up.Outputs["resourceGroup"].(string),
			"--vnet-name", spoke, "--name", "gateway", "--route-table", table.ID,
		})
		require.ErrorContains(t, err, "ApplicationGatewaySubnetUserDefinedRouteNotAllowed")
	})
	assert.Equal(t, 0, l.curl(up.Outputs["ingressUrl"].(string)).ExitCode)
}
