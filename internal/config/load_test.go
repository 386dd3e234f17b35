package config

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// stack is the defaults of a stack with an outbound type, and pairs of key and value on top; a key without namespace is
// the project's.
func stack(outbound OutboundType, pairs ...string) map[string]string {
	values := Defaults()
	values[LocationKey] = "westeurope"
	values[Namespace+":outboundType"] = string(outbound)
	for i := 0; i+1 < len(pairs); i += 2 {
		key := pairs[i]
		if !strings.Contains(key, ":") {
			key = Namespace + ":" + key
		}
		values[key] = pairs[i+1]
	}
	return values
}

func TestLoadDefaults(t *testing.T) {
	t.Parallel()
	shared := func(c *Config) {
		assert.Equal(t, "westeurope", c.Location)
		assert.Equal(t, IngressNone, c.Ingress)
		assert.Equal(t, 2, c.NodeCount)
		assert.Equal(t, "Standard_D2s_v5", c.NodeVMSize)
		assert.Equal(t, 1, c.SurgeNodes())
		assert.Equal(t, netip.MustParsePrefix("172.16.0.0/16"), c.ServiceCIDR)
		assert.Equal(t, netip.MustParseAddr("172.16.0.10"), c.DNSServiceIP)
		assert.Equal(t, netip.MustParsePrefix("10.244.0.0/16"), c.PodCIDR)
		assert.Equal(t, "http://ifconfig.me/ip", c.ProbeTarget.String())
		assert.Empty(t, c.Tags)
	}
	tests := map[OutboundType]func(*Config){
		LoadBalancer: func(c *Config) {
			assert.Equal(t, []any{1, 30}, []any{c.OutboundIPCount, c.IdleTimeoutMinutes})
			assert.Equal(t, netip.MustParsePrefix("10.1.0.0/22"), c.NodeSubnet)
		},
		ManagedNATGateway: func(c *Config) {
			assert.Equal(t, []any{1, 4}, []any{c.OutboundIPCount, c.IdleTimeoutMinutes})
			assert.Equal(t, []netip.Prefix{{}, {}}, []netip.Prefix{c.SpokeAddressSpace, c.NodeSubnet})
		},
		UserAssignedNATGateway: func(c *Config) {
			assert.Equal(t, []any{1, 4}, []any{c.OutboundIPCount, c.IdleTimeoutMinutes})
			assert.Equal(t, netip.MustParsePrefix("10.1.0.0/16"), c.SpokeAddressSpace)
		},
		UserDefinedRouting: func(c *Config) {
			assert.Equal(t, []any{0, 0}, []any{c.OutboundIPCount, c.IdleTimeoutMinutes})
			assert.Equal(t, netip.MustParsePrefix("10.0.0.0/22"), c.HubAddressSpace)
			assert.Equal(t, netip.MustParsePrefix("10.0.0.0/26"), c.FirewallSubnet)
			assert.Equal(t, []any{"Standard", 1, "Alert"}, []any{c.FirewallTier, c.FirewallPublicIPCount, c.FirewallThreatIntel})
			assert.Equal(t, "http://example.com", c.ProbeMustBeBlocked.String())
		},
	}
	require.Len(t, tests, len(OutboundTypes()))
	for outbound, check := range tests {
		config, err := Load(stack(outbound))
		require.NoError(t, err)
		assert.Equal(t, outbound, config.OutboundType)
		shared(config)
		check(config)
		if outbound != UserDefinedRouting {
			assert.False(t, config.HubAddressSpace.IsValid())
			assert.Equal(t, []any{"", 0}, []any{config.FirewallTier, config.FirewallPublicIPCount})
			assert.Nil(t, config.ProbeMustBeBlocked)
		}

		// Pulumi.yaml's defaults are the program's too.
		bare, err := Load(map[string]string{LocationKey: "West Europe", Namespace + ":outboundType": string(outbound)})
		require.NoError(t, err)
		assert.Equal(t, config, bare)
	}
}

func TestLoadEffectiveValues(t *testing.T) {
	t.Parallel()
	config, err := Load(stack(UserAssignedNATGateway, "outboundIpPrefixLength", "30", "idleTimeoutMinutes", "120"))
	require.NoError(t, err)
	assert.Equal(t, []any{0, 30, 120},
		[]any{config.OutboundIPCount, config.OutboundIPPrefixLength, config.IdleTimeoutMinutes})

	config, err = Load(stack(LoadBalancer, "outboundPublicIpIds", `["`+publicIPID+`"]`, "networkPluginMode", ""))
	require.NoError(t, err)
	assert.Equal(t, []any{0, []string{publicIPID}}, []any{config.OutboundIPCount, config.OutboundPublicIPIDs})
	assert.Equal(t, []any{netip.Prefix{}, ""}, []any{config.PodCIDR, config.NetworkPluginMode})

	config, err = Load(stack(LoadBalancer, "networkPlugin", "kubenet"))
	require.NoError(t, err)
	assert.Equal(t, []any{"", true}, []any{config.NetworkPluginMode, config.PodCIDR.IsValid()})

	config, err = Load(stack(UserDefinedRouting, "firewallTier", "Basic", "probeMustBeBlocked", "",
		"allow", `["mcr","tcp://203.0.113.0/24:1"]`))
	require.NoError(t, err)
	assert.Equal(t, netip.MustParsePrefix("10.0.0.64/26"), config.FirewallManagementSubnet)
	assert.Nil(t, config.ProbeMustBeBlocked)
	assert.Len(t, config.Allow, 3)

	config, err = Load(stack(UserDefinedRouting, existingHub...))
	require.NoError(t, err)
	assert.Equal(t, []any{netip.Prefix{}, netip.Prefix{}, "", 0}, []any{
		config.HubAddressSpace, config.FirewallSubnet,
		config.FirewallTier, config.FirewallPublicIPCount,
	})
	assert.Equal(t, "192.168.0.4", config.ExistingFirewallPrivateIP.String())
	assert.Equal(t, []netip.Addr{netip.MustParseAddr("203.0.113.4")}, config.ExistingFirewallPublicIPs)

	config, err = Load(stack(UserAssignedNATGateway, "apiServerAuthorizedIpRanges", `["203.0.113.0/24","198.51.100.7"]`))
	require.NoError(t, err)
	assert.Equal(t, prefixList("203.0.113.0/24", "198.51.100.7/32"), config.APIServerAuthorizedIPRanges)
}

func TestSurgeNodes(t *testing.T) {
	t.Parallel()
	for surge, want := range map[string]int{"1": 1, "7": 7, "1%": 1, "33%": 4, "100%": 10} {
		assert.Equal(t, want, (&Config{NodeCount: 10, NodeMaxSurge: surge}).SurgeNodes(), surge)
	}
}

func TestProblemsAreSortedAndTyped(t *testing.T) {
	t.Parallel()
	_, err := Load(map[string]string{
		Namespace + ":nodeCuont": "3", Namespace + ":allow": "docker-hub", Namespace + ":nodeCount": "0", "other:key": "x",
	})
	assert.EqualError(t, err, strings.Join([]string{
		`config: allow docker-hub is not a list: write it as [a, b], or one "- item" a line`,
		"config: azure-native:location is missing: set the region, such as westeurope",
		"config: nodeCount 0 is outside 1-1000",
		"config: nodeCuont is not a key of this project: did you mean nodeCount?",
		"config: outboundType is missing: set it to loadBalancer, managedNATGateway, userAssignedNATGateway " +
			"or userDefinedRouting",
	}, "\n"))
	var problems Problems
	require.ErrorAs(t, err, &problems)
	assert.Len(t, problems, 5)
	var problem Problem
	require.True(t, errors.As(err, &problem))
	assert.Equal(t, Problem{Key: "allow", Value: "docker-hub", Rule: problem.Rule}, problem)
}

// A key that somebody sets has a meaning, or is refused; never is it ignored.
func TestEveryKeyIsUsedOrRefused(t *testing.T) {
	t.Parallel()
	other := map[string]string{
		"outboundIpCount": "3", "outboundIpPrefixLength": "29", "outboundPublicIpIds": `["` + publicIPID + `"]`,
		"outboundIpPrefixIds": `["` + prefixID + `"]`, "outboundPortsPerNode": "8", "idleTimeoutMinutes": "7",
		"firewallTier": "Premium", "firewallPublicIpCount": "2", "firewallThreatIntel": "Deny", "allow": `["mcr"]`,
		"zones":           `["2"]`,
		"hubAddressSpace": "10.0.0.0/21", "firewallSubnet": "10.0.1.0/26", "spokeAddressSpace": "10.1.0.0/17",
		"nodeSubnet": "10.1.4.0/22", "serviceCidr": "172.16.0.0/17", "dnsServiceIp": "172.16.0.11",
		"podCidr":   "10.245.0.0/16",
		"nodeCount": "3", "nodeVmSize": "Standard_D4s_v5", "userNodeCount": "3", "nodeMaxSurge": "2",
		"kubernetesVersion": "1.33",
		"networkPlugin":     "kubenet", "networkPluginMode": "", "clusterTier": "Standard", "ingress": "loadBalancer",
		"privateCluster": "true", "apiServerAuthorizedIpRanges": `["203.0.113.0/24"]`, "probeImage": "mcr.microsoft.com/a:1",
		"probeTarget": "https://a.example.com", "probeSamples": "11", "probeMustBeBlocked": "https://b.example.com",
		"allowProbe": "false",
		"tags":       `{"a":"b"}`, "migrateFromOutboundType": "loadBalancer", "allowClusterReplacement": "true",
	}
	together := map[string]bool{
		"firewallManagementSubnet": true, "userNodeVmSize": true, "gatewaySubnet": true,
		"allowAsymmetricIngress": true, "outboundType": true,
		existingHubKeys[0]: true, existingHubKeys[1]: true, existingHubKeys[2]: true,
	}
	for _, key := range Keys() {
		value, tested := other[key.Name]
		require.True(t, tested || together[key.Name], key.Name)
		for _, outbound := range OutboundTypes() {
			if !tested {
				continue
			}
			plain, err := Load(stack(outbound))
			require.NoError(t, err)
			changed, err := Load(stack(outbound, key.Name, value))
			if err == nil {
				assert.NotEqual(t, plain, changed, "%s is ignored under %s", key.Name, outbound)
			}
			belongs := len(key.OutboundTypes) == 0 || strings.Contains(fmt.Sprint(key.OutboundTypes), string(outbound))
			except := key.Name == "ingress" && outbound == UserDefinedRouting
			assert.Equal(t, belongs && !except, err == nil, "%s under %s: %v", key.Name, outbound, err)
		}
	}
}

// Whatever the configuration says, Load answers with a Config or with Problems, and the same ones each time.
func TestLoadNeverPanics(t *testing.T) {
	t.Parallel()
	texts := []string{
		"", "0", "1", "8", "16", "300", "-1", "true", "[]", "{}", "null", `["1"]`, `["1","1"]`, `[1]`,
		`{"a":1}`, "10.0.0.0/8", "10.0.0.0/31", "10.1.0.0/24", "0.0.0.0/0", "::/0", "10.0.0.4", "10%",
		"kubenet", "overlay", "Basic",
		"none", "loadBalancer", "userDefinedRouting", "http://a.com", "https://[::1]", `["mcr","https://a.com","udp://b:1"]`,
	}
	rapid.Check(t, func(t *rapid.T) {
		values := stack(rapid.SampledFrom(OutboundTypes()).Draw(t, "outboundType"))
		for range rapid.IntRange(1, 6).Draw(t, "changes") {
			key := rapid.SampledFrom(Keys()).Draw(t, "key")
			text := rapid.OneOf(rapid.SampledFrom(texts), rapid.SampledFrom(candidates(key)), rapid.String()).Draw(t, "text")
			values[key.QualifiedName()] = text
		}
		config, err := Load(values)
		assert.NotEqual(t, config == nil, err == nil)
		again, errAgain := Load(maps.Clone(values))
		assert.Equal(t, config, again)
		assert.Equal(t, err, errAgain)
		var problems Problems
		if err != nil {
			require.ErrorAs(t, err, &problems)
			require.NotEmpty(t, problems)
		}
	})
}

// candidates are texts that a key may well have.
func candidates(k Key) []string {
	text, _ := k.DefaultText()
	return append([]string{text}, k.Values...)
}

func FuzzLoad(f *testing.F) {
	f.Add("nodeSubnet", "10.1.0.0/29", "allow", `["https://*.example.com"]`)
	f.Add("nodeMaxSurge", "100%", "tags", `{"azure":"x"}`)
	f.Add("probeTarget", "http://user@host:0/#x", "probeImage", "a@sha256:b")
	f.Fuzz(func(t *testing.T, key1, value1, key2, value2 string) {
		for _, outbound := range OutboundTypes() {
			config, err := Load(stack(outbound, key1, value1, key2, value2))
			require.NotEqual(t, config == nil, err == nil)
		}
	})
}
