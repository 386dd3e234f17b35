package azuresim

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// refusedAs expects Azure's refusal with this code and answers it.
func refusedAs(t *testing.T, code string, err error) *armError {
	t.Helper()
	var arm *armError
	require.ErrorAs(t, err, &arm)
	require.Equal(t, code, arm.Code, arm.Message)
	return arm
}

// profile changes the load balancer profile, with one managed address unless the values say otherwise.
func profile(values map[string]any) map[string]any {
	p := map[string]any{"managedOutboundIPs": map[string]any{"count": 1.0}}
	for k, v := range values {
		p[k] = v
		if v == nil {
			delete(p, k)
		}
	}
	return map[string]any{"networkProfile.loadBalancerProfile": p}
}

// own changes the load balancer profile to addresses or prefixes of the program's.
func own(provider, list string, ids ...string) map[string]any {
	return profile(map[string]any{"managedOutboundIPs": nil, provider: map[string]any{list: references(ids)}})
}

// managedNAT changes the usual inputs to a managed NAT gateway with one property of its profile.
func managedNAT(property string, v any) map[string]any {
	return managedNetwork(map[string]any{
		"networkProfile.outboundType": "managedNATGateway", "networkProfile.natGatewayProfile": map[string]any{property: v},
	})
}

// ranges are n address ranges.
func ranges(n int) []any {
	var all []any
	for i := range n {
		all = append(all, fmt.Sprintf("203.0.%d.%d/32", 100+i/250, 1+i%250))
	}
	return all
}

// refusal is a code and the changes to the usual inputs that it refuses.
type refusal struct {
	code    string
	changes map[string]any
}

const firstPool = "agentPoolProfiles.0."

// Names, pools and versions (azure-facts 11.1, 11.3).
var clusterPoolRefusals = map[string]refusal{
	"no dns prefix":     {"InvalidParameter", map[string]any{"dnsPrefix": nil}},
	"bad dns prefix":    {"InvalidParameter", map[string]any{"dnsPrefix": "-lab"}},
	"long node group":   {"InvalidParameter", map[string]any{"nodeResourceGroup": string(make([]byte, 81))}},
	"node group exists": {"InvalidParameter", map[string]any{"nodeResourceGroup": "rg"}},
	"no pool":           {"InvalidParameter", map[string]any{"agentPoolProfiles": nil}},
	"pool name":         {"InvalidParameter", map[string]any{firstPool + "name": "Nodes"}},
	"pool without size": {"InvalidParameter", map[string]any{firstPool + "vmSize": nil}},
	"no system pool":    {"InvalidParameter", map[string]any{firstPool + "mode": nil}},
	"empty system pool": {"InvalidParameter", map[string]any{firstPool + "count": 0.0}},
	"1001 nodes":        {"InvalidParameter", map[string]any{firstPool + "count": 1001.0}},
	"few pods":          {"InvalidParameter", map[string]any{firstPool + "count": 1.0, firstPool + "maxPods": 20.0}},
	"surge":             {"InvalidParameter", map[string]any{firstPool + "upgradeSettings.maxSurge": "101%"}},
	"two pools, one name": {
		"InvalidParameter", map[string]any{
			"agentPoolProfiles.1": map[string]any{"name": "system", "vmSize": "x"},
		},
	},
	"version": {"K8sVersionNotSupported", map[string]any{"kubernetesVersion": "1.19.1"}},
}

// Plugins, ranges and subnets (azure-facts 11.2).
var clusterNetworkRefusals = map[string]refusal{
	"plugin":          {"InvalidParameter", map[string]any{"networkProfile.networkPlugin": "weave"}},
	"kubenet overlay": {"InvalidParameter", map[string]any{"networkProfile.networkPlugin": "kubenet"}},
	"basic load balancer": {
		"UnexpectedLoadBalancerSkuForCurrentOutboundConfiguration", map[string]any{
			"networkProfile.loadBalancerSku": "Basic",
		},
	},
	"service CIDR": {"InvalidParameter", map[string]any{"networkProfile.serviceCidr": "10.2.0.0"}},
	"large service CIDR": {
		"InvalidParameter", map[string]any{
			"networkProfile.serviceCidr":  "10.0.0.0/12",
			"networkProfile.dnsServiceIP": "10.0.0.10",
		},
	},
	"public service CIDR": {
		"InvalidParameter", map[string]any{
			"networkProfile.serviceCidr":  "20.0.0.0/16",
			"networkProfile.dnsServiceIP": "20.0.0.10",
		},
	},
	"reserved service CIDR": {
		"InvalidParameter", map[string]any{
			"networkProfile.serviceCidr":  "172.30.4.0/24",
			"networkProfile.dnsServiceIP": "172.30.4.10",
		},
	},
	"reserved pod CIDR": {"InvalidParameter", map[string]any{"networkProfile.podCidr": "172.16.0.0/12"}},
	"service CIDR in VNet": {
		"ServiceCidrOverlapExistingSubnetsCidr", map[string]any{
			"networkProfile.serviceCidr":  "10.1.0.0/16",
			"networkProfile.dnsServiceIP": "10.1.0.10",
		},
	},
	"pod CIDR in VNet":   {"InvalidParameter", map[string]any{"networkProfile.podCidr": "10.1.0.0/16"}},
	"pods in services":   {"InvalidParameter", map[string]any{"networkProfile.podCidr": "10.2.0.0/16"}},
	"pod CIDR too small": {"InvalidParameter", map[string]any{"networkProfile.podCidr": "10.244.0.0/23"}},
	"DNS IP outside": {
		"DnsServiceIpOutOfServiceCidr", map[string]any{
			"networkProfile.dnsServiceIP": "10.0.0.10",
		},
	},
	"DNS IP first": {"DnsServiceIpConflicting", map[string]any{"networkProfile.dnsServiceIP": "10.2.0.1"}},
	"DNS IP last": {
		"DnsBroadcastAddressConflicting", map[string]any{
			"networkProfile.dnsServiceIP": "10.2.255.255",
		},
	},
	"subnet missing": {
		"SubnetNotFound", map[string]any{
			firstPool + "vnetSubnetID": "/subscriptions/x/subnets/none",
		},
	},
	"subnet too small": {
		"InsufficientSubnetSize", map[string]any{
			firstPool + "count":      252.0,
			"networkProfile.podCidr": "10.128.0.0/10",
		},
	},
	"node subnet CNI": {
		"InsufficientSubnetSize", map[string]any{
			"networkProfile.networkPluginMode": nil,
			firstPool + "count":                9.0,
		},
	},
	"one pool without": {
		"InvalidParameter", map[string]any{
			"agentPoolProfiles.1": map[string]any{"name": "user", "vmSize": "x", "count": 1.0},
		},
	},
}

// Outbound types, addresses and ports (azure-facts 1.4, 2).
var clusterOutboundRefusals = map[string]refusal{
	"outbound type":         {"UnsupportedOutboundType", outbound("magic")},
	"managed NAT, own VNet": {"InvalidParameter", outbound("managedNATGateway")},
	"own NAT, managed VNet": {
		"UserAssignedNATGatewayWithManagedVNetNotAllowed", managedNetwork(outbound("userAssignedNATGateway")),
	},
	"own NAT, none there": {"SubnetNotAssociatedWithNATGateway", outbound("userAssignedNATGateway")},
	"UDR, managed VNet":   {"InvalidParameter", managedNetwork(outbound("userDefinedRouting"))},
	"UDR, no table":       {"ExistingRouteTableNotAssociatedWithSubnet", outbound("userDefinedRouting")},
	"UDR, profile": {
		"InvalidUserDefinedRoutingWithLoadBalancerProfile", map[string]any{
			"networkProfile.outboundType":        "userDefinedRouting",
			"networkProfile.loadBalancerProfile": map[string]any{"managedOutboundIPs": map[string]any{"count": 1.0}},
		},
	},
	"UDR, node public IP": {
		"UDRWithNodePublicIPNotAllowed", map[string]any{
			"networkProfile.outboundType":    "userDefinedRouting",
			firstPool + "enableNodePublicIP": true,
		},
	},
	"no provider": {
		"InvalidLoadBalancerProfile", own("outboundIPs", "publicIPs"),
	},
	"two providers": {
		"InvalidLoadBalancerProfile",
		profile(map[string]any{"outboundIPs": map[string]any{"publicIPs": []any{reference("x")}}}),
	},
	"101 addresses": {
		"InvalidLoadBalancerProfileManagedOutboundIPCount",
		profile(map[string]any{"managedOutboundIPs": map[string]any{"count": 101.0}}),
	},
	"idle timeout": {
		"InvalidLoadBalancerProfileIdleTimeoutInMinutes", profile(map[string]any{"idleTimeoutInMinutes": 3.0}),
	},
	"ports": {
		"InvalidLoadBalancerProfileAllocatedOutboundPorts", profile(map[string]any{"allocatedOutboundPorts": 64008.0}),
	},
	"ports not of 8": {
		"LoadBalancerProfileAllocatedOutboundPortsMustBeMultipleOfEight",
		profile(map[string]any{"allocatedOutboundPorts": 1001.0}),
	},
	"own IP missing": {
		"LoadBalancerProfileOutboundIPNotExist", own("outboundIPs", "publicIPs", "/none"),
	},
	"own prefix elsewhere": {
		"LoadBalancerProfileOutboundIPPrefixNotInTheSameSubscription",
		own("outboundIPPrefixes", "publicIPPrefixes", "/subscriptions/y/p"),
	},
	"17 NAT addresses": {
		"InvalidNATGatewayProfileManagedOutboundIPCount",
		managedNAT("managedOutboundIPProfile", map[string]any{"count": 17.0}),
	},
	"NAT timeout": {
		"InvalidNATGatewayProfileIdleTimeoutInMinutes", managedNAT("idleTimeoutInMinutes", 121.0),
	},
}

// Identities and the API server (azure-facts 1.3, 7.2).
var clusterAccessRefusals = map[string]refusal{
	"no identity": {"InvalidParameter", map[string]any{"identity": nil}},
	"identity missing": {
		"FailedIdentityOperation", map[string]any{
			"identity.userAssignedIdentities": []any{"/none"},
		},
	},
	"identity type": {"InvalidParameter", map[string]any{"identity.type": "Both"}},
	"kubenet without role": {
		"InvalidParameter", map[string]any{
			"identity":                         map[string]any{"type": "SystemAssigned"},
			"networkProfile.networkPlugin":     "kubenet",
			"networkProfile.networkPluginMode": nil,
		},
	},
	"201 authorized ranges": {
		"InvalidParameter", map[string]any{
			"apiServerAccessProfile.authorizedIPRanges": ranges(201),
		},
	},
	"bad authorized range": {
		"InvalidParameter", map[string]any{
			"apiServerAccessProfile.authorizedIPRanges": []any{"everyone"},
		},
	},
	"ranges, private access": {
		"InvalidParameter", map[string]any{
			"apiServerAccessProfile": map[string]any{"enablePrivateCluster": true, "authorizedIPRanges": ranges(1)},
		},
	},
}

func TestClusterRefusals(t *testing.T) {
	t.Parallel()
	for _, table := range []map[string]refusal{
		clusterPoolRefusals, clusterNetworkRefusals, clusterOutboundRefusals, clusterAccessRefusals,
	} {
		for name, tc := range table {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				e := newEstate(t)
				before := e.cloud.Records()
				_, err := e.put(managedClusterToken, e.clusterID("aks"), e.inputs(tc.changes))
				refusedAs(t, tc.code, err)
				assert.Equal(t, before, e.cloud.Records(), "a refused request changes nothing")
			})
		}
	}
}
