package components_test

import (
	"net/netip"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/components"
)

const (
	publicIPID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/publicIPAddresses/own"
	subnetID   = "/subscriptions/sub/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/nodes"
)

func clusterArgs(outboundType string, subnet pulumi.StringInput) *components.AksClusterArgs {
	return &components.AksClusterArgs{
		ResourceGroupName: group, OutboundType: outboundType, NodeSubnetID: subnet,
		NodePool:          components.NodePool{Count: 2, VMSize: "Standard_D2s_v5"},
		NetworkPluginMode: "overlay",
		ServiceCIDR:       netip.MustParsePrefix("172.16.0.0/16"),
		DNSServiceIP:      netip.MustParseAddr("172.16.0.10"),
		PodCIDR:           netip.MustParsePrefix("10.244.0.0/16"),
	}
}

func TestAksCluster(t *testing.T) {
	t.Parallel()
	subnet := pulumi.String(subnetID)
	tests := map[string]struct {
		args  *components.AksClusterArgs
		roles []string
		paths map[string]any // input path → value
	}{
		"load balancer with managed IPs": {
			clusterArgs("loadBalancer", subnet),
			[]string{"subnet"},
			map[string]any{"networkProfile.loadBalancerProfile.managedOutboundIPs.count": 1.0},
		},
		"load balancer with own IPs": {
			func() *components.AksClusterArgs {
				args := clusterArgs("loadBalancer", subnet)
				args.LoadBalancer = components.LoadBalancerEgress{
					PublicIPIDs: []string{publicIPID}, PortsPerNode: 1024, IdleTimeoutMinutes: 30,
				}
				return args
			}(),
			[]string{"subnet", "public-ip-1"},
			map[string]any{
				"networkProfile.loadBalancerProfile.outboundIPs.publicIPs[0].id": publicIPID,
				"networkProfile.loadBalancerProfile.managedOutboundIPs":          nil,
				"networkProfile.loadBalancerProfile.allocatedOutboundPorts":      1024.0,
			},
		},
		"managed NAT gateway on AKS's network": {
			clusterArgs("managedNATGateway", nil), nil,
			map[string]any{
				"networkProfile.natGatewayProfile.managedOutboundIPProfile.count": 1.0,
				"networkProfile.loadBalancerProfile":                              nil,
				"agentPoolProfiles[0].vnetSubnetID":                               nil,
			},
		},
		"user-defined routing": {
			clusterArgs("userDefinedRouting", subnet),
			[]string{"subnet"},
			map[string]any{
				"networkProfile.loadBalancerProfile": nil,
				"networkProfile.natGatewayProfile":   nil,
				"agentPoolProfiles[0].vnetSubnetID":  subnetID,
			},
		},
		"kubenet writes the route table": {
			func() *components.AksClusterArgs {
				args := clusterArgs("userDefinedRouting", subnet)
				args.NetworkPlugin, args.NetworkPluginMode = "kubenet", ""
				args.RouteTableID = pulumi.String(publicIPID)
				return args
			}(),
			[]string{"subnet", "route-table"},
			map[string]any{"networkProfile.networkPlugin": "kubenet"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bothWays(t, func(ctx *pulumi.Context) error {
				_, err := components.NewAksCluster(ctx, "aks", test.args)
				return err
			}, func(t *testing.T, r *recorder) {
				cluster := r.find(t, "ManagedCluster", "aks-cluster")
				for path, want := range test.paths {
					assert.Equal(t, want, cluster.input(t, path), path)
				}
				assert.Equal(t, len(test.roles), r.count("RoleAssignment"))
				for _, scope := range test.roles {
					role := r.find(t, "RoleAssignment", "aks-role-"+scope)
					assert.Equal(t, "ServicePrincipal", role.input(t, "principalType"), scope)
					assert.True(t, dependsOn(cluster, role.name), "the cluster waits for role %s", scope)
				}
			})
		})
	}
}

// A user pool is a resource of its own, in the cluster's subnet, and Azure gets one request after the other.
func TestAksCluster_UserPools(t *testing.T) {
	t.Parallel()
	args := clusterArgs("userDefinedRouting", pulumi.String(subnetID))
	args.UserPools = []components.UserPool{
		{Name: "batch", NodePool: components.NodePool{Count: 3, VMSize: "Standard_D8s_v5", MaxSurge: "33%"}},
		{Name: "web", NodePool: components.NodePool{VMSize: "Standard_D2s_v5"}},
	}
	bothWays(t, func(ctx *pulumi.Context) error {
		_, err := components.NewAksCluster(ctx, "aks", args)
		return err
	}, func(t *testing.T, r *recorder) {
		assert.Len(t, r.find(t, "ManagedCluster", "aks-cluster").input(t, "agentPoolProfiles"), 1, "the system pool")
		batch, web := r.find(t, "AgentPool", "aks-pool-batch"), r.find(t, "AgentPool", "aks-pool-web")
		for path, want := range map[string]any{
			"agentPoolName": "batch", "mode": "User", "count": 3.0, "vmSize": "Standard_D8s_v5", "vnetSubnetID": subnetID,
			"upgradeSettings.maxSurge": "33%",
		} {
			assert.Equal(t, want, batch.input(t, path), path)
		}
		assert.True(t, dependsOn(batch, "aks-cluster"))
		assert.True(t, dependsOn(web, "aks-pool-batch"))
		assert.Contains(t, batch.parent, "aks-egress:aks:AksCluster::aks")
	})
	args.UserPools = []components.UserPool{{Name: "system"}, {Name: "Batch", NodePool: components.NodePool{Count: -1}}}
	_, err := deploy(t, false, func(ctx *pulumi.Context) error {
		_, err := components.NewAksCluster(ctx, "aks", args)
		return err
	})
	for _, problem := range []string{
		`UserPools[0].Name "system" is taken by another pool`, `UserPools[1].Name "Batch" is not 1-12 lower-case`,
		"UserPools[1].Count -1 is below 0", "UserPools[0].VMSize is required", "UserPools[1].VMSize is required",
	} {
		assert.ErrorContains(t, err, problem)
	}
}

func TestAksCluster_KubeconfigIsSecretAndEgressIsResolved(t *testing.T) {
	t.Parallel()
	secret, egress := make(chan bool, 1), make(chan []string, 1)
	_, err := deploy(t, false, func(ctx *pulumi.Context) error {
		aks, err := components.NewAksCluster(ctx, "aks", clusterArgs("loadBalancer", pulumi.String(subnetID)))
		if err != nil {
			return err
		}
		ctx.Export("secret", pulumi.UnsecretWithContext(t.Context(), aks.Kubeconfig.ApplyT(func(text string) string {
			assert.Equal(t, "apiVersion: v1", text)
			return text
		})))
		secret <- pulumi.IsSecret(aks.Kubeconfig)
		ctx.Export("egress", aks.EgressIPs.ApplyT(func(ips []string) []string { egress <- ips; return ips }))
		return nil
	})
	require.NoError(t, err)
	assert.True(t, <-secret, "the kubeconfig is a secret")
	assert.Equal(t, []string{"203.0.113.50"}, <-egress)
}

// A preview of an update echoes inputs without what Azure adds to them. What is missing is unknown then, neither an
// error nor empty.
func TestPreviewOfAnUpdate(t *testing.T) {
	t.Parallel()
	r := &recorder{echo: true}
	program := func(ctx *pulumi.Context) error {
		hub, err := components.NewHubFirewall(ctx, "hub", firewallArgs(ruleGroups()...))
		if err != nil {
			return err
		}
		_, err = components.NewRouteTable(ctx, "routes", &components.RouteTableArgs{
			ResourceGroupName: group, FirewallPrivateIP: hub.PrivateIP,
		})
		if err != nil {
			return err
		}
		aks, err := components.NewAksCluster(ctx, "aks", clusterArgs("loadBalancer", pulumi.String(subnetID)))
		if err != nil {
			return err
		}
		args := probeArgs()
		args.ExpectedIPs, args.SampleAgainOn = aks.EgressIPs, pulumi.JSONMarshal(aks.EgressIPs)
		_, err = components.NewEgressProbe(ctx, "probe", args)
		return err
	}
	err := pulumi.RunErr(program, pulumi.WithMocks("aks-egress", "test", r),
		func(info *pulumi.RunInfo) { info.DryRun = true })
	require.NoError(t, err)
	// The mock monitor drops what is unknown.
	table := r.find(t, "RouteTable", "routes-routes")
	assert.Equal(t, "VirtualAppliance", table.input(t, "routes[0].nextHopType"))
	assert.Nil(t, table.input(t, "routes[0].nextHopIpAddress"), "the next hop is unknown")
	set := r.find(t, "StatefulSet", "probe-workload")
	assert.Nil(t, set.input(t, `spec.template.metadata.annotations["aks-egress/sampled-for"]`), "so are the addresses")
}
