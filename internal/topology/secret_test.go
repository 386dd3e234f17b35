package topology_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aks-egress/egress"
	"aks-egress/internal/topology"
)

const (
	canary          = "canary-7f3d"
	signatureKey    = "4dabf18193072939515e22adb298388d"
	secretSignature = "1b47061264138c4ac30d75fd1eb44270"
	unknownString   = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
)

// secretOf wraps a value as an export with --show-secrets does, with the canary beside it.
func secretOf(v any) map[string]any {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // a test's own value
	}
	return map[string]any{signatureKey: secretSignature, "plaintext": string(text), "note": canary}
}

// everything is what Build makes of resources, with errors, as a reader could see it.
func everything(resources []topology.Resource) string {
	network, unknown, err := topology.Build(resources)
	text, jsonErr := json.Marshal(network)
	if jsonErr != nil {
		return jsonErr.Error()
	}
	return fmt.Sprintf("%s %+v %v", text, unknown, err)
}

// No reader shows a secret: neither one of its own type nor one where another type must be.
func TestSecretsAreNeverQuoted(t *testing.T) {
	t.Parallel()
	secrets := []any{
		canary, []any{canary}, map[string]any{"id": canary, "ip": canary}, []any{map[string]any{"id": canary}}, 7, true, nil,
	}
	// Each reader: text, flag, number, port, object, list of objects, texts, prefix, address, reference.
	for _, r := range []struct{ kind, property string }{
		{"network:PublicIPAddress", `"ipAddress": %s`},
		{"network:PublicIPAddress", `"ipConfiguration": %s`},
		{"network:PublicIPAddress", `"ipConfiguration": {"id": %s}`},
		{"network:PublicIPPrefix", `"ipPrefix": %s`},
		{"network:RouteTable", `"disableBgpRoutePropagation": %s`},
		{"network:RouteTable", `"routes": %s`},
		{"network:RouteTable", `"routes": [%s]`},
		{"network:RouteTable", `"routes": [{"nextHopIpAddress": %s}]`},
		{"network:NatGateway", `"idleTimeoutInMinutes": %s`},
		{"network:NatGateway", `"publicIpAddresses": [{"id": %s}]`},
		{"network:LoadBalancer", `"loadBalancingRules": [{"frontendPort": %s}]`},
		{"network:LoadBalancer", `"loadBalancingRules": [{"backendAddressPool": {"id": %s}}]`},
		{"network:VirtualNetwork", `"addressSpace": %s`},
		{"network:VirtualNetwork", `"addressSpace": {"addressPrefixes": %s}`},
		{"network:VirtualNetwork", `"dhcpOptions": {"dnsServers": [%s]}`},
		{"network:AzureFirewall", `"natRuleCollections": [{"action": {"type": %s}}]`},
		{"network:ApplicationGateway", `"backendAddressPools": [{"backendAddresses": [{"ipAddress": %s}]}]`},
		{"network:IpGroup", `"ipAddresses": [%s]`},
		{"containerservice:ManagedCluster", `"fqdn": %s`},
		{"containerservice:ManagedCluster", `"agentPoolProfiles": [{"upgradeSettings": {"maxSurge": %s}}]`},
		{"containerservice:ManagedCluster", `"apiServerAccessProfile": {"authorizedIPRanges": [%s]}`},
	} {
		for _, secret := range secrets {
			// A list or an object around the secret is of the wrong type as a whole in most places.
			for _, around := range []string{`%s`, `[%s]`, `{"a": %s}`, `[[%s]]`} {
				text, err := json.Marshal(secretOf(secret))
				require.NoError(t, err)
				properties := "{" + fmt.Sprintf(r.property, fmt.Sprintf(around, text)) + "}"
				got := everything([]topology.Resource{resource(t, r.kind, clusterID, properties)})
				assert.NotContains(t, got, canary, properties)
			}
		}
	}
}

// Wherever secrets are in a state: they are in no result and no error.
func TestSecretsStayInside(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		resources := exported(t)
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		share := rapid.Float64Range(0, 0.3).Draw(t, "share")
		for i := range resources {
			resources[i].Properties, _ = withSecrets(random, share, resources[i].Properties).(map[string]any)
		}
		require.NotContains(t, everything(resources), canary)
	})
}

// withSecrets replaces a share of the values within v by secrets, by wrong ones, or by lists with a secret inside.
func withSecrets(random *rand.Rand, share float64, v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, element := range v {
			out[key] = withSecrets(random, share, element)
			if random.Float64() < share {
				out[key] = []any{
					secretOf(element), secretOf(canary), []any{secretOf(canary)}, map[string]any{"id": secretOf(canary)},
				}[random.IntN(4)]
			}
		}
		return out
	case []any:
		var out []any
		for _, element := range v {
			if random.Float64() < share {
				element = secretOf(canary)
			}
			out = append(out, withSecrets(random, share, element))
		}
		return out
	default:
		return v
	}
}

// What the network has no word for makes the resource unknown; what it has a word for is absent.
func TestHiddenValues(t *testing.T) {
	t.Parallel()
	for _, hidden := range []any{
		secretOf("203.0.113.1"),
		map[string]any{signatureKey: secretSignature, "ciphertext": "v1:abc"},
		unknownString,
		map[string]any{signatureKey: "some other signature"},
	} {
		text, err := json.Marshal(hidden)
		require.NoError(t, err)
		network := built(t, resource(t, "network:PublicIPAddress", "a", `{"ipAddress": `+string(text)+`}`))
		assert.False(t, network.PublicIPs[0].Address.IsValid())

		network, unknown, err := topology.Build([]topology.Resource{
			resource(t, "network:NatGateway", "ng", `{"publicIpAddresses": [{"id": `+string(text)+`}]}`),
		})
		require.NoError(t, err)
		assert.Empty(t, network.NATGateways)
		require.Len(t, unknown, 1)
		assert.Equal(t, "publicIpAddresses is or holds a secret, or is not known yet", unknown[0].Reason)
		assert.Nil(t, unknown[0].Properties)
	}
}

// An object whose properties are one secret is not one without properties.
func TestWhollyHidden(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{
		"azure-native:network:PublicIPAddress", "azure-native:network:VirtualNetwork", "kubernetes:core/v1:Pod",
		"kubernetes:core/v1:Service",
	} {
		resources, err := read(`{"version": 3, "deployment": {"resources": [{"type": "` + kind + `", "id": "x", "outputs": {
			"` + signatureKey + `": "` + secretSignature + `", "ciphertext": "v1:a"}}]}}`)
		require.NoError(t, err)
		network, unknown, err := topology.Build(resources)
		require.NoError(t, err)
		assert.Equal(t, &egress.Network{}, network)
		require.Len(t, unknown, 1)
		assert.Equal(t, "all its properties are one secret", unknown[0].Reason)
	}
}

// A child that hides something is not simply missed: its parent would say that there is no such rule.
func TestHiddenChildren(t *testing.T) {
	t.Parallel()
	secret, err := json.Marshal(secretOf("x"))
	require.NoError(t, err)
	table := networkIDs + "routeTables/rt"
	network, unknown, err := topology.Build([]topology.Resource{
		resource(t, "network:RouteTable", table, `{}`),
		resource(t, "network:Route", table+"/routes/plain", `{}`),
		resource(t, "network:Route", strings.ToUpper(table)+"/routes/secret", `{"nextHopIpAddress": `+string(secret)+`}`),
	})
	require.NoError(t, err)
	assert.Empty(t, network.RouteTables)
	reasons := map[string]string{}
	for _, r := range unknown {
		reasons[r.ID[strings.LastIndex(r.ID, "/")+1:]] = r.Reason
	}
	assert.Equal(t, map[string]string{
		"rt":     "of secret, nextHopIpAddress is or holds a secret, or is not known yet",
		"plain":  "its parent is not in the network",
		"secret": "nextHopIpAddress is or holds a secret, or is not known yet",
	}, reasons)

	policy := networkIDs + "firewallPolicies/p"
	group := policy + "/ruleCollectionGroups/g"
	network, unknown, err = topology.Build([]topology.Resource{
		resource(t, "network:FirewallPolicy", policy, `{}`),
		resource(t, "network:FirewallPolicyRuleCollectionGroup", group, `{"ruleCollections": [`+string(secret)+`]}`),
	})
	require.NoError(t, err)
	require.Len(t, unknown, 1)
	assert.Equal(t, []string{group}, network.FirewallPolicies[0].AbsentGroupIDs, "a policy can say that a group is absent")
}

func TestLongTextsAreCut(t *testing.T) {
	t.Parallel()
	_, _, err := topology.Build([]topology.Resource{
		resource(t, "network:PublicIPAddress", "a", `{"ipAddress": "`+strings.Repeat("x", 100)+`"}`),
	})
	require.EqualError(t, err, `a ipAddress: must be an IP address (got "`+strings.Repeat("x", 80)+`" and 20 more bytes)`)
}
