package tests

import (
	"net/netip"
	"strings"
	"testing"

	resources "github.com/pulumi/pulumi-azure-native-sdk/resources/v2/v20220901"
	azurenative "github.com/pulumi/pulumi-azure-native-sdk/v2"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/components"
	"aks-egress/egress/endpoints"
	"aks-egress/internal/engine"
)

const (
	region = "westeurope"
	image  = "docker.io/nginxinc/nginx-unprivileged:1.29.1"
)

var spokeSpace = netip.MustParsePrefix("10.1.0.0/16")

// behindFirewall is a program of another author: the components, without package program, behind a firewall that lets
// through what the test says.
func behindFirewall(allow *[]endpoints.Endpoint) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		azure, err := azurenative.NewProvider(ctx, "azure", &azurenative.ProviderArgs{Location: pulumi.String(region)})
		if err != nil {
			return err
		}
		on := pulumi.Providers(azure)
		group, err := resources.NewResourceGroup(ctx, "group", nil, pulumi.Provider(azure))
		if err != nil {
			return err
		}
		hub, err := components.NewHubFirewall(ctx, "hub", &components.HubFirewallArgs{
			ResourceGroupName: group.Name,
			AddressSpace:      netip.MustParsePrefix("10.0.0.0/22"),
			FirewallSubnet:    netip.MustParsePrefix("10.0.0.0/26"),
			Rules: []components.RuleGroup{
				{Name: "all", Priority: 200, Sources: []netip.Prefix{spokeSpace}, Allow: *allow},
			},
		}, on)
		if err != nil {
			return err
		}
		routes, err := components.NewRouteTable(ctx, "routes", &components.RouteTableArgs{
			ResourceGroupName: group.Name, FirewallPrivateIP: hub.PrivateIP,
		}, on)
		if err != nil {
			return err
		}
		spoke, err := components.NewSpokeNetwork(ctx, "spoke", &components.SpokeNetworkArgs{
			ResourceGroupName: group.Name, AddressSpace: spokeSpace, NodeSubnet: netip.MustParsePrefix("10.1.0.0/22"),
			RouteTableID: routes.ID, HubVnetID: hub.VnetID, DNSServers: []pulumi.StringInput{hub.PrivateIP},
		}, on)
		if err != nil {
			return err
		}
		aks, err := components.NewAksCluster(ctx, "aks", &components.AksClusterArgs{
			ResourceGroupName: group.Name, OutboundType: components.OutboundUserDefinedRouting,
			NodeSubnetID:      spoke.NodeSubnetID,
			NodePool:          components.NodePool{Count: 2, VMSize: "Standard_D2s_v5"},
			NetworkPluginMode: "overlay", PodCIDR: netip.MustParsePrefix("10.244.0.0/16"),
			ServiceCIDR: netip.MustParsePrefix("172.16.0.0/16"), DNSServiceIP: netip.MustParseAddr("172.16.0.10"),
		}, on)
		if err != nil {
			return err
		}
		return probe(ctx, aks, hub.PublicIPs, len(*allow))
	}
}

func probe(ctx *pulumi.Context, aks *components.AksCluster, expected pulumi.StringArrayOutput, rules int) error {
	provider, err := kubernetes.NewProvider(ctx, "aks", &kubernetes.ProviderArgs{
		Kubeconfig: aks.Kubeconfig, ClusterIdentifier: aks.ID,
	})
	if err != nil {
		return err
	}
	probe, err := components.NewEgressProbe(ctx, "probe", &components.EgressProbeArgs{
		Image: image, Target: "http://ifconfig.me/ip", ExpectedIPs: expected,
		SampleAgainOn: pulumi.Sprintf("%d rules", rules),
	}, pulumi.Providers(provider))
	if err != nil {
		return err
	}
	ctx.Export("observed", probe.ObservedIPs)
	return nil
}

func host(name string, protocol endpoints.Protocol, port uint16) endpoints.Endpoint {
	return endpoints.Endpoint{Host: name, Protocol: protocol, Port: port, Why: "test"}
}

// The walk of one who builds a firewall up from nothing: each refusal in Azure's or Kubernetes' own words, nothing lost
// in between, and the next up continues.
func TestBuildingUpAFirewall(t *testing.T) {
	t.Parallel()
	var allow []endpoints.Endpoint
	stack := newLab(t, "udr", behindFirewall(&allow))
	refused := func(words ...string) {
		t.Helper()
		result := stack.run((*engine.Stack).Up)
		require.False(t, result.OK)
		errors := strings.Join(result.Errors, "\n")
		for _, word := range words {
			assert.Contains(t, errors, word)
		}
	}

	refused("VMExtensionError_OutboundConnFail", "azmk8s.io:443: no rule matched (default deny)")
	allow = append(allow, endpoints.Endpoint{FQDNTag: endpoints.TagAKS, Protocol: endpoints.HTTPS, Why: "AKS"})
	refused("ErrImagePull", "registry-1.docker.io")
	pull, err := endpoints.Image(image)
	require.NoError(t, err)
	allow = append(allow, pull...)
	refused("HTTP 470: Action: Deny. Reason: No rule matched. Proceeding with default action.")
	allow = append(allow, host("ifconfig.me", endpoints.HTTP, 80))
	up := stack.must((*engine.Stack).Up)
	assert.Len(t, up.Outputs["observed"], 1)
	assert.Empty(t, changed(stack.must((*engine.Stack).Preview)))
	stack.must((*engine.Stack).Destroy)
}
