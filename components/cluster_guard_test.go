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

const clusterID = "/subscriptions/sub/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks1"

// living answers for a cluster that exists: with what Azure has of the ignored inputs, whatever the program says.
type living struct {
	recorder
	network  map[string]any // networkProfile; nil: Azure does not say
	subnetID string
	calls    []string // functions that the program called
}

func (l *living) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	l.mu.Lock()
	l.calls = append(l.calls, args.Token[strings.LastIndex(args.Token, ":")+1:])
	l.mu.Unlock()
	return l.recorder.Call(args)
}

func (l *living) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	id, outputs, err := l.recorder.NewResource(args)
	if strings.HasSuffix(args.TypeToken, ":ManagedCluster") {
		id = clusterID
		delete(outputs, "networkProfile")
		if l.network != nil {
			outputs["networkProfile"] = resource.NewPropertyValue(l.network)
		}
		outputs["name"] = resource.NewProperty("aks1")
		outputs["agentPoolProfiles"] = resource.NewPropertyValue([]any{map[string]any{"vnetSubnetID": l.subnetID}})
	}
	return id, outputs, err
}

// profile is what Azure reports of a cluster of clusterArgs, with changes.
func profile(changes map[string]any) map[string]any {
	p := map[string]any{
		"outboundType": "loadBalancer", "networkPlugin": "azure", "networkPluginMode": "overlay",
		"serviceCidr": "172.16.0.0/16", "dnsServiceIP": "172.16.0.10", "podCidr": "10.244.0.0/16",
		"loadBalancerProfile": map[string]any{
			"managedOutboundIPs": map[string]any{"count": 1}, "allocatedOutboundPorts": 0, "idleTimeoutInMinutes": 30,
		},
	}
	for name, value := range changes {
		if value == nil {
			delete(p, name)
			continue
		}
		p[name] = value
	}
	return p
}

func balancer(profile map[string]any) map[string]any {
	return map[string]any{"loadBalancerProfile": profile}
}

func natProfile(profile map[string]any) map[string]any {
	return map[string]any{
		"outboundType": "managedNATGateway", "natGatewayProfile": profile, "loadBalancerProfile": nil,
	}
}

func references(ids ...string) []any {
	refs := make([]any, len(ids))
	for i, id := range ids {
		refs[i] = map[string]any{"id": id}
	}
	return refs
}

// guard runs a program with one cluster that exists in Azure.
func guard(args *components.AksClusterArgs, azure *living, dryRun bool) error {
	return pulumi.RunErr(func(ctx *pulumi.Context) error {
		_, err := components.NewAksCluster(ctx, "aks", args)
		return err
	}, pulumi.WithMocks("aks-egress", "test", azure), func(info *pulumi.RunInfo) { info.DryRun = dryRun })
}

// with is clusterArgs, changed.
func with(outboundType string, subnet pulumi.StringInput, change func(*components.AksClusterArgs),
) *components.AksClusterArgs {
	args := clusterArgs(outboundType, subnet)
	if change != nil {
		change(args)
	}
	return args
}

const command = "\n  az aks update --resource-group rg --name aks1 "

// Every setting, as wanted and not: what Azure changes in place is told with the command, the rest as impossible.
func TestGuard(t *testing.T) {
	t.Parallel()
	const ip, other, prefix = publicIPID, publicIPID + "2", "/subscriptions/s/resourceGroups/g/providers/" +
		"Microsoft.Network/publicIPPrefixes/own"
	own := pulumi.String(subnetID)
	lb := func(change func(*components.LoadBalancerEgress)) *components.AksClusterArgs {
		return with("loadBalancer", own, func(a *components.AksClusterArgs) { change(&a.LoadBalancer) })
	}
	nat := func(egress components.ManagedNatEgress) *components.AksClusterArgs {
		return with("managedNATGateway", nil, func(a *components.AksClusterArgs) { a.ManagedNat = egress })
	}
	plain := with("loadBalancer", own, nil)
	tests := map[string]struct {
		args   *components.AksClusterArgs
		azure  map[string]any // changes of profile
		subnet string         // "": the own one
		want   []string       // parts of the message; none: the guard accepts
	}{
		"as wanted":               {args: plain},
		"defaults left out":       {args: plain, azure: map[string]any{"loadBalancerProfile": nil, "outboundType": nil}},
		"empty profile":           {args: plain, azure: balancer(map[string]any{})},
		"computed fields are not": {args: plain, azure: map[string]any{"networkPolicy": "none", "ipFamilies": []any{"IPv4"}}},
		"IP count": {
			args:  lb(func(e *components.LoadBalancerEgress) { e.ManagedIPCount = 3 }),
			azure: balancer(map[string]any{"managedOutboundIPs": map[string]any{"count": 1}}),
			want: []string{
				"networkProfile.loadBalancerProfile.managedOutboundIPs.count: 1 in Azure, 3 wanted",
				command + "--load-balancer-managed-outbound-ip-count 3\n", "`pulumi refresh` and `pulumi up`",
			},
		},
		"same IP count": {
			args:  lb(func(e *components.LoadBalancerEgress) { e.ManagedIPCount = 3 }),
			azure: balancer(map[string]any{"managedOutboundIPs": map[string]any{"count": 3}}),
		},
		"default IP count": {
			args: plain, azure: balancer(map[string]any{"managedOutboundIPs": map[string]any{"count": 3}}),
			want: []string{"count: 3 in Azure, 1 wanted", command + "--load-balancer-managed-outbound-ip-count 1\n"},
		},
		"own IPs instead of AKS's": {
			args: lb(func(e *components.LoadBalancerEgress) { e.PublicIPIDs = []string{other, ip} }),
			want: []string{
				"networkProfile.loadBalancerProfile: managedOutboundIPs.count 1 in Azure, outboundIPs.publicIPs " +
					ip + "," + other + " wanted",
				command + "--load-balancer-outbound-ips " + ip + "," + other + "\n",
			},
		},
		"own IPs in another order and case": {
			args: lb(func(e *components.LoadBalancerEgress) { e.PublicIPIDs = []string{other, ip} }),
			azure: balancer(map[string]any{
				"outboundIPs": map[string]any{"publicIPs": references(strings.ToUpper(ip), other)},
			}),
		},
		"one own IP more": {
			args:  lb(func(e *components.LoadBalancerEgress) { e.PublicIPIDs = []string{ip, other} }),
			azure: balancer(map[string]any{"outboundIPs": map[string]any{"publicIPs": references(ip)}}),
			want:  []string{"loadBalancerProfile.outboundIPs.publicIPs: " + ip + " in Azure, " + ip + "," + other + " wanted"},
		},
		"prefixes": {
			args: lb(func(e *components.LoadBalancerEgress) { e.PublicIPPrefixIDs = []string{prefix} }),
			want: []string{command + "--load-balancer-outbound-ip-prefixes " + prefix + "\n"},
		},
		"same prefixes": {
			args: lb(func(e *components.LoadBalancerEgress) { e.PublicIPPrefixIDs = []string{prefix} }),
			azure: balancer(map[string]any{
				"outboundIPPrefixes": map[string]any{"publicIPPrefixes": references(prefix)},
			}),
		},
		"AKS's IPs instead of prefixes": {
			args: plain,
			azure: balancer(map[string]any{
				"outboundIPPrefixes": map[string]any{"publicIPPrefixes": references(prefix)},
			}),
			want: []string{
				"outboundIPPrefixes.publicIPPrefixes " + prefix + " in Azure, managedOutboundIPs.count 1 wanted",
				command + "--load-balancer-managed-outbound-ip-count 1\n",
			},
		},
		"ports": {
			args: lb(func(e *components.LoadBalancerEgress) { e.PortsPerNode = 4000 }),
			want: []string{"allocatedOutboundPorts: 0 in Azure, 4000 wanted", command + "--load-balancer-outbound-ports 4000\n"},
		},
		"ports back to automatic": {
			args: plain, azure: balancer(map[string]any{"allocatedOutboundPorts": 4000}),
			want: []string{command + "--load-balancer-outbound-ports 0\n"},
		},
		"idle timeout": {
			args: lb(func(e *components.LoadBalancerEgress) { e.IdleTimeoutMinutes = 10 }),
			want: []string{"loadBalancerProfile.idleTimeoutInMinutes: 30 in Azure, 10 wanted", command +
				"--load-balancer-idle-timeout 10\n"},
		},
		"default idle timeout": {args: lb(func(e *components.LoadBalancerEgress) { e.IdleTimeoutMinutes = 30 })},
		"several at once": {
			args: lb(func(e *components.LoadBalancerEgress) {
				*e = components.LoadBalancerEgress{ManagedIPCount: 3, PortsPerNode: 4000, IdleTimeoutMinutes: 10}
			}),
			want: []string{command + "--load-balancer-managed-outbound-ip-count 3 --load-balancer-outbound-ports 4000 " +
				"--load-balancer-idle-timeout 10\n"},
		},
		"NAT IP count": {
			args: nat(components.ManagedNatEgress{IPCount: 4}), subnet: "none",
			azure: natProfile(map[string]any{"managedOutboundIPProfile": map[string]any{"count": 1}}),
			want: []string{
				"networkProfile.natGatewayProfile.managedOutboundIPProfile.count: 1 in Azure, 4 wanted",
				command + "--nat-gateway-managed-outbound-ip-count 4\n",
			},
		},
		"NAT idle timeout": {
			args: nat(components.ManagedNatEgress{IdleTimeoutMinutes: 30}), subnet: "none",
			azure: natProfile(map[string]any{}),
			want: []string{"natGatewayProfile.idleTimeoutInMinutes: 4 in Azure, 30 wanted", command +
				"--nat-gateway-idle-timeout 30\n"},
		},
		"NAT defaults": {args: nat(components.ManagedNatEgress{}), subnet: "none", azure: natProfile(nil)},
		"the other type's profile does not count": {
			args: with("userAssignedNATGateway", own, nil),
			azure: map[string]any{
				"outboundType": "userAssignedNATGateway", "natGatewayProfile": map[string]any{"idleTimeoutInMinutes": 9},
				"loadBalancerProfile": map[string]any{"idleTimeoutInMinutes": 9},
			},
		},
		"network plugin": {
			args: plain, azure: map[string]any{"networkPlugin": nil},
			want: []string{
				"networkProfile.networkPlugin: kubenet in Azure, azure wanted",
				"No source knows a change in place of networkProfile.networkPlugin.", "allowClusterReplacement",
			},
		},
		"network plugin mode": {
			args: plain, azure: map[string]any{"networkPluginMode": nil},
			want: []string{`networkProfile.networkPluginMode: "" in Azure, overlay wanted`},
		},
		"service CIDR": {
			args: plain, azure: map[string]any{"serviceCidr": nil},
			want: []string{"networkProfile.serviceCidr: 10.0.0.0/16 in Azure, 172.16.0.0/16 wanted"},
		},
		"DNS service IP": {
			args: plain, azure: map[string]any{"dnsServiceIP": nil},
			want: []string{"networkProfile.dnsServiceIP: 10.0.0.10 in Azure, 172.16.0.10 wanted"},
		},
		"pod CIDR": {
			args: plain, azure: map[string]any{"podCidr": "10.64.0.0/16"},
			want: []string{"networkProfile.podCidr: 10.64.0.0/16 in Azure, 10.244.0.0/16 wanted"},
		},
		"default pod CIDR": {args: plain, azure: map[string]any{"podCidr": nil}},
		"subnet": {
			args: plain, subnet: subnetID + "2",
			want: []string{"agentPoolProfiles[0].vnetSubnetID: " + subnetID + "2 in Azure, " + subnetID + " wanted"},
		},
		"subnet in another case": {args: plain, subnet: strings.ToUpper(subnetID)},
		"fixed and in place together": {
			args:  lb(func(e *components.LoadBalancerEgress) { e.ManagedIPCount = 2 }),
			azure: map[string]any{"podCidr": "10.64.0.0/16"},
			want: []string{
				command + "--load-balancer-managed-outbound-ip-count 2\n", "No source knows a change in place of " +
					"networkProfile.podCidr.",
			},
		},
	}
	for name, test := range tests {
		for _, dryRun := range []bool{true, false} {
			t.Run(name+map[bool]string{true: ", preview", false: ", update"}[dryRun], func(t *testing.T) {
				t.Parallel()
				azure := &living{network: profile(test.azure), subnetID: test.subnet}
				switch test.subnet {
				case "":
					azure.subnetID = subnetID
				case "none":
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
				assert.Equal(t, 1, strings.Count(err.Error(), "is not as configured"), "one message")
			})
		}
	}
}

// An update uses nothing of a cluster that is refused: neither its credentials nor its addresses.
func TestGuard_HoldsTheClusterBack(t *testing.T) {
	t.Parallel()
	network := profile(nil)
	network["loadBalancerProfile"].(map[string]any)["effectiveOutboundIPs"] = references(publicIPID)
	args := clusterArgs("loadBalancer", pulumi.String(subnetID))
	accepted := &living{network: network, subnetID: subnetID}
	require.NoError(t, guard(args, accepted, false))
	assert.ElementsMatch(t, []string{"getPublicIPAddress", "listManagedClusterUserCredentials"}, accepted.calls)
	args.LoadBalancer.ManagedIPCount = 3
	refused := &living{network: network, subnetID: subnetID}
	require.Error(t, guard(args, refused, false))
	assert.Empty(t, refused.calls)
}

// asked is living whose registrations answer without a network profile, as a preview of an update does: only a look-up
// shows it.
type asked struct {
	living
	missing bool // Azure does not know the cluster
}

func (a *asked) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	id, outputs, err := a.living.NewResource(args)
	if strings.HasSuffix(args.TypeToken, ":ManagedCluster") {
		delete(outputs, "networkProfile")
	}
	return id, outputs, err
}

func (a *asked) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	if !strings.HasSuffix(args.Token, ":getManagedCluster") {
		return a.living.Call(args)
	}
	if a.missing {
		return nil, errors.New("ResourceNotFound")
	}
	return resource.NewPropertyMapFromMap(map[string]any{
		"networkProfile":    a.network,
		"agentPoolProfiles": []any{map[string]any{"vnetSubnetID": a.subnetID}},
	}), nil
}

// A preview that updates the cluster too has no profile to show; the guard asks Azure then.
func TestGuard_PreviewOfAnUpdate(t *testing.T) {
	t.Parallel()
	args := clusterArgs("loadBalancer", pulumi.String(subnetID))
	args.LoadBalancer.ManagedIPCount = 3
	program := func(ctx *pulumi.Context) error {
		_, err := components.NewAksCluster(ctx, "aks", args)
		return err
	}
	dryRun := func(info *pulumi.RunInfo) { info.DryRun = true }
	azure := func(count int) living {
		return living{subnetID: subnetID, network: profile(balancer(map[string]any{
			"managedOutboundIPs": map[string]any{"count": count},
		}))}
	}
	err := pulumi.RunErr(program, pulumi.WithMocks("aks-egress", "test", &asked{living: azure(1)}), dryRun)
	require.ErrorContains(t, err, "count: 1 in Azure, 3 wanted")
	assert.Equal(t, 1, strings.Count(err.Error(), "is not as configured"))
	require.NoError(t, pulumi.RunErr(program, pulumi.WithMocks("aks-egress", "test", &asked{living: azure(3)}), dryRun))
	gone := &asked{living: azure(1), missing: true}
	require.NoError(t, pulumi.RunErr(program, pulumi.WithMocks("aks-egress", "test", gone), dryRun))
}

// What the guard cannot know it does not judge, and what is allowed to be replaced it leaves to Pulumi.
func TestGuard_Silent(t *testing.T) {
	t.Parallel()
	changed := profile(balancer(map[string]any{"managedOutboundIPs": map[string]any{"count": 9}}))
	plain := func() *components.AksClusterArgs { return clusterArgs("loadBalancer", pulumi.String(subnetID)) }
	require.NoError(t, guard(plain(), &living{subnetID: subnetID}, true), "Azure does not say")

	args := plain()
	args.AllowReplacement = true
	azure := &living{network: changed, subnetID: subnetID + "2"}
	require.NoError(t, guard(args, azure, false))
	assert.Empty(t, azure.find(t, "ManagedCluster", "aks-cluster").ignoreChanges)

	azure = &living{network: changed, subnetID: subnetID}
	require.Error(t, guard(plain(), azure, false), "the same without AllowReplacement")
	assert.Equal(t, []string{"networkProfile", "agentPoolProfiles[0].vnetSubnetID"},
		azure.find(t, "ManagedCluster", "aks-cluster").ignoreChanges)
}

// A subnet that is not known yet, as in a preview of a new way out, is no difference.
func TestGuard_UnknownSubnet(t *testing.T) {
	t.Parallel()
	unknown := pulumi.UnsafeUnknownOutput(nil).ApplyT(func(any) string { return "" }).(pulumi.StringOutput)
	azure := &living{network: profile(nil), subnetID: subnetID}
	require.NoError(t, guard(clusterArgs("loadBalancer", unknown), azure, true))
}

// Names of resource groups may have parentheses, which shells read (azure-facts 11.1).
func TestGuard_CommandIsQuoted(t *testing.T) {
	t.Parallel()
	args := clusterArgs("loadBalancer", pulumi.String(subnetID))
	args.LoadBalancer.ManagedIPCount = 2
	azure := &parentheses{living{network: profile(nil), subnetID: subnetID}}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		_, err := components.NewAksCluster(ctx, "aks", args)
		return err
	}, pulumi.WithMocks("aks-egress", "test", azure))
	require.ErrorContains(t, err, `--resource-group "rg(1)" --name aks1 `)
}

type parentheses struct{ living }

func (p *parentheses) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	id, outputs, err := p.living.NewResource(args)
	return strings.Replace(id, "/rg/", "/rg(1)/", 1), outputs, err
}
