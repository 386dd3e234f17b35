package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/components"
)

// The outbound type: what the matrix of azure-facts 1.6 says.
func TestGuard_OutboundType(t *testing.T) {
	t.Parallel()
	own := pulumi.String(subnetID)
	const impossible = "Azure does not make this change of the outbound type: "
	tests := map[string]struct {
		args    *components.AksClusterArgs
		from    string
		managed bool // the nodes are in AKS's network
		want    []string
		not     []string
	}{
		"to a NAT gateway of one's own": {
			args: with("userAssignedNATGateway", own, nil), from: "loadBalancer",
			want: []string{
				"networkProfile.outboundType: loadBalancer in Azure, userAssignedNATGateway wanted",
				"1. Set migrateFromOutboundType to loadBalancer", "a NAT gateway with at least one public IP",
				"\n     az aks update --resource-group rg --name aks1 --outbound-type userAssignedNATGateway\n",
				"3. Run `pulumi refresh`.", "4. Remove migrateFromOutboundType and run `pulumi up`.",
				"the egress IPs change", "allow-lists", "authorizedIPRanges", "are released",
			},
			not: []string{"allowClusterReplacement"},
		},
		"to a firewall": {
			args: with("userDefinedRouting", own, nil), from: "userAssignedNATGateway",
			want: []string{
				"1. Set migrateFromOutboundType to userAssignedNATGateway", "0.0.0.0/0 to a VirtualAppliance",
				"--outbound-type userDefinedRouting\n",
			},
		},
		"to a load balancer": {
			args: with("loadBalancer", own, func(a *components.AksClusterArgs) {
				a.LoadBalancer = components.LoadBalancerEgress{ManagedIPCount: 3, IdleTimeoutMinutes: 10}
			}),
			from: "userDefinedRouting",
			want: []string{
				"  1. Change it", "--outbound-type loadBalancer --load-balancer-managed-outbound-ip-count 3 " +
					"--load-balancer-idle-timeout 10\n", "no IP of the old egress", "3. Run `pulumi up`.",
			},
			not: []string{"migrateFromOutboundType", "allowClusterReplacement", "managedOutboundIPs.count:"},
		},
		"within AKS's network": {
			args: with("managedNATGateway", nil, func(a *components.AksClusterArgs) { a.ManagedNat.IPCount = 2 }),
			from: "loadBalancer", managed: true,
			want: []string{"--outbound-type managedNATGateway --nat-gateway-managed-outbound-ip-count 2\n"},
			not:  []string{"migrateFromOutboundType"},
		},
		"back within AKS's network": {
			args: with("loadBalancer", nil, nil), from: "managedNATGateway", managed: true,
			want: []string{impossible + "in the VNet that AKS manages Azure changes managedNATGateway into " +
				"managedNATGatewayV2, none, block.", "the table counts here", "allowClusterReplacement"},
			not: []string{"az aks update"},
		},
		"into AKS's network": {
			args: with("managedNATGateway", nil, nil), from: "loadBalancer",
			want: []string{impossible + "a cluster in a VNet of your own cannot move to the VNet that AKS manages"},
			not:  []string{"az aks update"},
		},
		"out of AKS's network": {
			args: with("userDefinedRouting", own, nil), from: "managedNATGateway", managed: true,
			want: []string{impossible + "a cluster in the VNet that AKS manages cannot move", "allowClusterReplacement"},
			not:  []string{"az aks update"},
		},
		"migration under way": {
			args: with("userDefinedRouting", own, func(a *components.AksClusterArgs) { a.MigrateFrom = "loadBalancer" }),
			from: "loadBalancer",
		},
		"migration done": {
			args: with("userDefinedRouting", own, func(a *components.AksClusterArgs) { a.MigrateFrom = "loadBalancer" }),
			from: "userDefinedRouting",
		},
		"migration from another type": {
			args: with("userDefinedRouting", own, func(a *components.AksClusterArgs) { a.MigrateFrom = "loadBalancer" }),
			from: "userAssignedNATGateway", want: []string{"1. Set migrateFromOutboundType to userAssignedNATGateway"},
		},
	}
	for name, test := range tests {
		for _, dryRun := range []bool{true, false} {
			t.Run(name+map[bool]string{true: ", preview", false: ", update"}[dryRun], func(t *testing.T) {
				t.Parallel()
				azure := &living{network: profile(map[string]any{"outboundType": test.from}), subnetID: subnetID}
				if test.managed {
					azure.subnetID = ""
				}
				err := guard(test.args, azure, dryRun)
				if len(test.want) == 0 {
					require.NoError(t, err)
					return
				}
				for _, part := range test.want {
					require.ErrorContains(t, err, part)
				}
				for _, part := range test.not {
					assert.NotContains(t, err.Error(), part)
				}
			})
		}
	}
}

func TestMigrateFromIsValidated(t *testing.T) {
	t.Parallel()
	for want, args := range map[string]*components.AksClusterArgs{
		"MigrateFrom managedNATGateway: Azure does not change it to userDefinedRouting": with("userDefinedRouting",
			pulumi.String(subnetID), func(a *components.AksClusterArgs) { a.MigrateFrom = "managedNATGateway" }),
		"MigrateFrom userDefinedRouting: nothing is to be built before a change to loadBalancer": with("loadBalancer",
			pulumi.String(subnetID), func(a *components.AksClusterArgs) { a.MigrateFrom = "userDefinedRouting" }),
		"MigrateFrom and AllowReplacement exclude each other": with("userDefinedRouting", pulumi.String(subnetID),
			func(a *components.AksClusterArgs) { a.MigrateFrom, a.AllowReplacement = "loadBalancer", true }),
	} {
		require.ErrorContains(t, guard(args, &living{}, true), want)
	}
}
