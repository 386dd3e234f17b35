package components_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/components"
)

// every component, built with arguments that make all its children.
var constructors = map[string]func(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error{
	components.SpokeNetworkType: func(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
		_, err := components.NewSpokeNetwork(ctx, name, &components.SpokeNetworkArgs{
			ResourceGroupName: group, AddressSpace: spokeSpace, NodeSubnet: nodes, HubVnetID: pulumi.String(hubID),
			Gateway: &components.GatewaySubnet{Prefix: netip.MustParsePrefix("10.1.4.0/24")},
		}, opts...)
		return err
	},
	components.FirewallIngressType: func(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
		_, err := components.NewFirewallIngress(ctx, name, firewallIngressArgs(), opts...)
		return err
	},
	components.ApplicationGatewayIngressType: func(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
		_, err := components.NewApplicationGatewayIngress(ctx, name, gatewayIngressArgs(), opts...)
		return err
	},
	components.HubFirewallType: func(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
		_, err := components.NewHubFirewall(ctx, name, firewallArgs(ruleGroups()...), opts...)
		return err
	},
	components.RouteTableType: func(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
		_, err := components.NewRouteTable(ctx, name, &components.RouteTableArgs{
			ResourceGroupName: group, FirewallPrivateIP: pulumi.String("10.0.0.4"),
		}, opts...)
		return err
	},
	components.NatEgressType: func(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
		_, err := components.NewNatEgress(ctx, name, &components.NatEgressArgs{ResourceGroupName: group}, opts...)
		return err
	},
	components.AksClusterType: func(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
		_, err := components.NewAksCluster(ctx, name, clusterArgs("loadBalancer", pulumi.String(subnetID)), opts...)
		return err
	},
	components.ApplicationGatewayForContainersType: func(
		ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption,
	) error {
		_, err := components.NewApplicationGatewayForContainers(ctx, name, containersGatewayArgs(), opts...)
		return err
	},
	components.EgressProbeType: func(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
		_, err := components.NewEgressProbe(ctx, name, probeArgs("203.0.113.1"), opts...)
		return err
	},
}

// The contract of doc.go, held by every component: children parented and prefixed, no option leaks, the same
// resources in preview and update.
func TestContract(t *testing.T) {
	t.Parallel()
	for token, construct := range constructors {
		t.Run(token, func(t *testing.T) {
			t.Parallel()
			program := func(ctx *pulumi.Context) error {
				return construct(ctx, "thing", pulumi.IgnoreChanges([]string{"leak"}))
			}
			names := map[bool][]string{}
			for _, dryRun := range []bool{false, true} {
				r, err := deploy(t, dryRun, program)
				require.NoError(t, err)
				for _, reg := range r.all {
					if reg.token == token || reg.token == "pulumi:pulumi:Stack" {
						continue
					}
					names[dryRun] = append(names[dryRun], reg.token+" "+reg.name)
					assert.True(t, strings.HasPrefix(reg.name, "thing-"), "%s is not prefixed", reg.name)
					assert.True(t, strings.HasSuffix(reg.parent, token+"::thing"), "%s has parent %q", reg.name, reg.parent)
					assert.NotContains(t, reg.ignoreChanges, "leak", "the caller's options leaked to %s", reg.name)
				}
			}
			assert.NotEmpty(t, names[false])
			assert.ElementsMatch(t, names[false], names[true], "preview and update register the same resources")
		})
	}
}

func TestNilArgs(t *testing.T) {
	t.Parallel()
	_, err := deploy(t, false, func(ctx *pulumi.Context) error {
		_, spoke := components.NewSpokeNetwork(ctx, "n", nil)
		_, hub := components.NewHubFirewall(ctx, "n", nil)
		_, table := components.NewRouteTable(ctx, "n", nil)
		_, nat := components.NewNatEgress(ctx, "n", nil)
		_, aks := components.NewAksCluster(ctx, "n", nil)
		_, probe := components.NewEgressProbe(ctx, "n", nil)
		_, ingress := components.NewFirewallIngress(ctx, "n", nil)
		_, gateway := components.NewApplicationGatewayIngress(ctx, "n", nil)
		_, containers := components.NewApplicationGatewayForContainers(ctx, "n", nil)
		for _, err := range []error{spoke, hub, table, nat, aks, probe, ingress, gateway, containers} {
			require.ErrorContains(t, err, `"n": args are nil`)
		}
		return nil
	})
	require.NoError(t, err)
}

func TestInvalidArgs(t *testing.T) {
	t.Parallel()
	outside := netip.MustParsePrefix("192.168.0.0/24")
	tests := map[string]struct {
		construct func(ctx *pulumi.Context) error
		want      []string
	}{
		"spoke network": {func(ctx *pulumi.Context) error {
			_, err := components.NewSpokeNetwork(ctx, "x", &components.SpokeNetworkArgs{
				AddressSpace: spokeSpace, NodeSubnet: outside,
			})
			return err
		}, []string{"ResourceGroupName is required", "NodeSubnet 192.168.0.0/24 is outside"}},
		"hub firewall": {func(ctx *pulumi.Context) error {
			args := firewallArgs(components.RuleGroup{Name: "open", Priority: 1})
			args.FirewallSubnet, args.PublicIPCount, args.Tier = netip.MustParsePrefix("10.0.0.0/27"), 251, "Basic"
			args.ThreatIntelMode = "Deny"
			_, err := components.NewHubFirewall(ctx, "x", args)
			return err
		}, []string{
			"FirewallSubnet must be /26", "251 is outside 1-250", "needs a ManagementSubnet",
			"priority 1 is outside 100-65000", "Sources is empty", "no ThreatIntelMode Deny",
		}},
		"gateway beside the nodes": {func(ctx *pulumi.Context) error {
			_, err := components.NewSpokeNetwork(ctx, "x", &components.SpokeNetworkArgs{
				ResourceGroupName: group, AddressSpace: spokeSpace, NodeSubnet: nodes,
				Gateway: &components.GatewaySubnet{Prefix: netip.MustParsePrefix("10.1.3.0/24")},
			})
			return err
		}, []string{"Gateway.Prefix 10.1.3.0/24 overlaps NodeSubnet 10.1.0.0/22"}},
		"firewall ingress": {func(ctx *pulumi.Context) error {
			_, err := components.NewFirewallIngress(ctx, "x", &components.FirewallIngressArgs{Port: 70000, Priority: 7})
			return err
		}, []string{
			"ResourceGroupName is required", "PolicyName is required", "PublicIP is required", "TargetIP is required",
			"Port 70000 is outside", "TargetPort 0 is outside", "Priority 7 is outside",
		}},
		"application gateway ingress": {func(ctx *pulumi.Context) error {
			_, err := components.NewApplicationGatewayIngress(ctx, "x", &components.ApplicationGatewayIngressArgs{Path: "shop"})
			return err
		}, []string{
			"IdentityObjectID is required", "SubnetID is required", "Backend.Namespace is required",
			"Backend.Service is required", "Backend.Port 0 is outside 1-65535", `Path "shop" does not begin with /`,
		}},
		"application gateway of a cluster in AKS's network": {func(ctx *pulumi.Context) error {
			args := clusterArgs("loadBalancer", nil)
			args.NetworkPlugin, args.NetworkPluginMode = "kubenet", ""
			args.ApplicationGateway = &components.ApplicationGatewayAddOn{}
			_, err := components.NewAksCluster(ctx, "x", args)
			return err
		}, []string{
			"ApplicationGateway.Name is required", "ApplicationGateway.SubnetID is required",
			"ApplicationGateway needs NodeSubnetID", "ApplicationGateway excludes NetworkPlugin kubenet",
		}},
		"nat egress": {func(ctx *pulumi.Context) error {
			_, err := components.NewNatEgress(ctx, "x", &components.NatEgressArgs{
				ResourceGroupName: group, PublicIPCount: 17, PrefixLength: 27, IdleTimeoutMinutes: 3, Zone: "4",
			})
			return err
		}, []string{"got 2 of them", "17 is outside 1-16", "27 is outside 28-31", "3 is outside 4-120", `Zone "4"`}},
		"aks cluster": {func(ctx *pulumi.Context) error {
			args := clusterArgs("userDefinedRouting", nil)
			args.NodePool.Count, args.PodCIDR = 0, netip.Prefix{}
			_, err := components.NewAksCluster(ctx, "x", args)
			return err
		}, []string{"userDefinedRouting needs NodeSubnetID", "Count 0 is below 1", "PodCIDR goes with overlay"}},
		"managed NAT on own network": {func(ctx *pulumi.Context) error {
			_, err := components.NewAksCluster(ctx, "x", clusterArgs("managedNATGateway", pulumi.String("s")))
			return err
		}, []string{"managedNATGateway excludes NodeSubnetID"}},
		"application gateway for containers": {func(ctx *pulumi.Context) error {
			_, err := components.NewApplicationGatewayForContainers(ctx, "x", &components.ApplicationGatewayForContainersArgs{})
			return err
		}, []string{
			"ResourceGroupName is required", "SubnetID is required", "OIDCIssuerURL is required",
			"NodeResourceGroup is required", "Backend needs Namespace and Service", "Backend.Port 0 is outside 1-65535",
		}},
		"egress probe": {func(ctx *pulumi.Context) error {
			_, err := components.NewEgressProbe(ctx, "x", &components.EgressProbeArgs{Samples: 51, IntervalMinutes: 10})
			return err
		}, []string{
			"Image is required", "Target is required", "51 is outside 1-50", "10 is outside 11-1440", "ExpectedIPs is required",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := deploy(t, false, test.construct)
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
			assert.LessOrEqual(t, len(r.all), 1, "nothing but the stack is registered")
		})
	}
}
