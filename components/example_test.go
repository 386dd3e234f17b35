package components_test

import (
	"net/netip"

	resources "github.com/pulumi/pulumi-azure-native-sdk/resources/v2/v20220901"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aks-egress/components"
	"aks-egress/egress/endpoints"
)

// A NAT gateway with a /30, that is four addresses in one range, for partners who allow-list ranges.
func ExampleNewNatEgress() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		group, err := resources.NewResourceGroup(ctx, "shop", nil)
		if err != nil {
			return err
		}
		nat, err := components.NewNatEgress(ctx, "shop", &components.NatEgressArgs{
			ResourceGroupName: group.Name, PrefixLength: 30, Zone: "1",
		})
		if err != nil {
			return err
		}
		ctx.Export("allowList", nat.PublicIPs)
		return nil
	})
}

// A spoke whose nodes leave through a NAT gateway.
func ExampleNewSpokeNetwork() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		group := pulumi.String("shop")
		nat, err := components.NewNatEgress(ctx, "shop", &components.NatEgressArgs{ResourceGroupName: group})
		if err != nil {
			return err
		}
		spoke, err := components.NewSpokeNetwork(ctx, "shop", &components.SpokeNetworkArgs{
			ResourceGroupName: group,
			AddressSpace:      netip.MustParsePrefix("10.1.0.0/16"),
			NodeSubnet:        netip.MustParsePrefix("10.1.0.0/22"),
			NatGatewayID:      nat.ID,
		})
		if err != nil {
			return err
		}
		ctx.Export("nodeSubnet", spoke.NodeSubnetID)
		return nil
	})
}

// A hub firewall that lets one spoke reach what AKS requires and one API, and nothing else.
func ExampleNewHubFirewall() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		from := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}
		api, err := endpoints.Parse("https://api.example.com", "westeurope")
		if err != nil {
			return err
		}
		hub, err := components.NewHubFirewall(ctx, "hub", &components.HubFirewallArgs{
			ResourceGroupName: pulumi.String("hub"),
			AddressSpace:      netip.MustParsePrefix("10.0.0.0/22"),
			FirewallSubnet:    netip.MustParsePrefix("10.0.0.0/26"),
			Rules: []components.RuleGroup{
				{Name: "aks", Priority: 200, Sources: from, Allow: endpoints.Required("westeurope")},
				{Name: "shop", Priority: 300, Sources: from, Allow: api},
			},
		})
		if err != nil {
			return err
		}
		ctx.Export("egressIps", hub.PublicIPs)
		return nil
	})
}

// Routes for a spoke behind a firewall that exists already.
func ExampleNewRouteTable() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		group := pulumi.String("shop")
		routes, err := components.NewRouteTable(ctx, "shop", &components.RouteTableArgs{
			ResourceGroupName: group, FirewallPrivateIP: pulumi.String("10.0.0.4"),
		})
		if err != nil {
			return err
		}
		_, err = components.NewSpokeNetwork(ctx, "shop", &components.SpokeNetworkArgs{
			ResourceGroupName: group,
			AddressSpace:      netip.MustParsePrefix("10.1.0.0/16"),
			NodeSubnet:        netip.MustParsePrefix("10.1.0.0/22"),
			RouteTableID:      routes.ID,
			HubVnetID: pulumi.String("/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/hub" +
				"/providers/Microsoft.Network/virtualNetworks/hub"),
		})
		return err
	})
}

// The smallest cluster: AKS makes the network and a NAT gateway with two addresses.
func ExampleNewAksCluster() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		cluster, err := components.NewAksCluster(ctx, "shop", &components.AksClusterArgs{
			ResourceGroupName: pulumi.String("shop"),
			OutboundType:      components.OutboundManagedNATGateway,
			ManagedNat:        components.ManagedNatEgress{IPCount: 2},
			NodePool:          components.NodePool{Count: 2, VMSize: "Standard_D2s_v5"},
			NetworkPluginMode: "overlay",
			ServiceCIDR:       netip.MustParsePrefix("172.16.0.0/16"),
			DNSServiceIP:      netip.MustParseAddr("172.16.0.10"),
			PodCIDR:           netip.MustParsePrefix("10.244.0.0/16"),
		})
		if err != nil {
			return err
		}
		ctx.Export("egressIps", cluster.EgressIPs)
		return nil
	})
}

// A probe on any cluster whose egress is known: the update fails if traffic leaves by another address.
func ExampleNewEgressProbe() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		provider, err := kubernetes.NewProvider(ctx, "shop", &kubernetes.ProviderArgs{
			Kubeconfig: pulumi.String("~/.kube/config"),
		})
		if err != nil {
			return err
		}
		probe, err := components.NewEgressProbe(ctx, "egress-probe", &components.EgressProbeArgs{
			Image:       "docker.io/nginxinc/nginx-unprivileged:1.29.1",
			Target:      "http://ifconfig.me/ip",
			ExpectedIPs: pulumi.ToStringArray([]string{"203.0.113.0/30"}),
		}, pulumi.Providers(provider))
		if err != nil {
			return err
		}
		ctx.Export("observed", probe.ObservedIPs)
		return nil
	})
}

// A service published by the application gateway of a cluster in a spoke.
func ExampleNewApplicationGatewayIngress() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		group := pulumi.String("shop")
		spoke, err := components.NewSpokeNetwork(ctx, "shop", &components.SpokeNetworkArgs{
			ResourceGroupName: group,
			AddressSpace:      netip.MustParsePrefix("10.1.0.0/16"),
			NodeSubnet:        netip.MustParsePrefix("10.1.0.0/22"),
			Gateway: &components.GatewaySubnet{
				Prefix:     netip.MustParsePrefix("10.1.4.0/24"),
				Delegation: components.ApplicationGatewayDelegation,
				TCPPorts:   []int{80},
			},
		})
		if err != nil {
			return err
		}
		cluster, err := components.NewAksCluster(ctx, "shop", &components.AksClusterArgs{
			ResourceGroupName:  group,
			OutboundType:       components.OutboundLoadBalancer,
			NodeSubnetID:       spoke.NodeSubnetID,
			ApplicationGateway: &components.ApplicationGatewayAddOn{Name: "shop", SubnetID: spoke.GatewaySubnetID},
			NodePool:           components.NodePool{Count: 2, VMSize: "Standard_D2s_v5"},
			NetworkPluginMode:  "overlay",
			ServiceCIDR:        netip.MustParsePrefix("172.16.0.0/16"),
			DNSServiceIP:       netip.MustParseAddr("172.16.0.10"),
			PodCIDR:            netip.MustParsePrefix("10.244.0.0/16"),
		})
		if err != nil {
			return err
		}
		provider, err := kubernetes.NewProvider(ctx, "shop", &kubernetes.ProviderArgs{Kubeconfig: cluster.Kubeconfig})
		if err != nil {
			return err
		}
		ingress, err := components.NewApplicationGatewayIngress(ctx, "shop", &components.ApplicationGatewayIngressArgs{
			IdentityObjectID: cluster.ApplicationGatewayIdentityID,
			SubnetID:         spoke.GatewaySubnetID,
			Backend: components.ServiceBackend{
				Namespace: pulumi.String("shop"), Service: pulumi.String("web"), Port: 80,
			},
		}, pulumi.Providers(provider))
		if err != nil {
			return err
		}
		ctx.Export("ip", ingress.IngressIP)
		return nil
	})
}

// A service behind an internal load balancer, published by a firewall's first public address.
func ExampleNewFirewallIngress() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		ingress, err := components.NewFirewallIngress(ctx, "shop", &components.FirewallIngressArgs{
			ResourceGroupName: pulumi.String("hub"),
			PolicyName:        pulumi.String("hub-policy"),
			Priority:          100,
			PublicIP:          pulumi.String("203.0.113.5"),
			Port:              443,
			TargetIP:          pulumi.String("10.1.3.254"),
			TargetPort:        443,
			Sources:           []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")},
		})
		if err != nil {
			return err
		}
		ctx.Export("ip", ingress.IngressIP)
		return nil
	})
}

// A service behind an Application Gateway for Containers, on a cluster whose nodes leave through a NAT gateway.
func ExampleNewApplicationGatewayForContainers() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		group := pulumi.String("shop")
		nat, err := components.NewNatEgress(ctx, "shop", &components.NatEgressArgs{ResourceGroupName: group})
		if err != nil {
			return err
		}
		spoke, err := components.NewSpokeNetwork(ctx, "shop", &components.SpokeNetworkArgs{
			ResourceGroupName: group,
			AddressSpace:      netip.MustParsePrefix("10.1.0.0/16"),
			NodeSubnet:        netip.MustParsePrefix("10.1.0.0/22"),
			NatGatewayID:      nat.ID,
			Gateway: &components.GatewaySubnet{
				Prefix:     netip.MustParsePrefix("10.1.4.0/24"),
				Delegation: components.TrafficControllerDelegation,
				TCPPorts:   []int{80},
			},
		})
		if err != nil {
			return err
		}
		cluster, err := components.NewAksCluster(ctx, "shop", &components.AksClusterArgs{
			ResourceGroupName: group,
			OutboundType:      components.OutboundUserAssignedNATGateway,
			NodeSubnetID:      spoke.NodeSubnetID,
			NodePool:          components.NodePool{Count: 2, VMSize: "Standard_D2s_v5"},
			NetworkPluginMode: "overlay",
			ServiceCIDR:       netip.MustParsePrefix("172.16.0.0/16"),
			DNSServiceIP:      netip.MustParseAddr("172.16.0.10"),
			PodCIDR:           netip.MustParsePrefix("10.244.0.0/16"),
			WorkloadIdentity:  true,
		})
		if err != nil {
			return err
		}
		provider, err := kubernetes.NewProvider(ctx, "shop", &kubernetes.ProviderArgs{
			Kubeconfig: cluster.Kubeconfig, ClusterIdentifier: cluster.ID,
		})
		if err != nil {
			return err
		}
		gateway, err := components.NewApplicationGatewayForContainers(ctx, "shop",
			&components.ApplicationGatewayForContainersArgs{
				ResourceGroupName: group,
				SubnetID:          spoke.GatewaySubnetID,
				OIDCIssuerURL:     cluster.OIDCIssuerURL,
				NodeResourceGroup: cluster.NodeResourceGroup,
				Backend: components.ServiceBackend{
					Namespace: pulumi.String("shop"), Service: pulumi.String("frontend"), Port: 80,
				},
			}, pulumi.Providers(provider))
		if err != nil {
			return err
		}
		ctx.Export("url", gateway.IngressURL)
		return nil
	})
}
