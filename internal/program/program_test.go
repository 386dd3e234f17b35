package program

import (
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// registrations counts what a program registers, by type.
type registrations struct {
	mu    sync.Mutex
	count map[string]int
}

func (r *registrations) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count[args.TypeToken[strings.LastIndex(args.TypeToken, ":")+1:]]++
	outputs := args.Inputs.Copy()
	outputs["name"] = resource.NewProperty(args.Name)
	if strings.HasSuffix(args.TypeToken, ":ResourceGroup") { // from the provider's configuration, known in previews
		outputs["location"] = resource.NewProperty("westeurope")
	}
	return "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/" + args.Name, outputs, nil
}

func (r *registrations) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	if strings.HasSuffix(args.Token, "Credentials") {
		return resource.NewPropertyMapFromMap(map[string]any{
			"kubeconfigs": []any{map[string]any{"name": "clusterUser", "value": "YQ=="}},
		}), nil
	}
	return args.Args, nil
}

// preview runs the program as in a first preview, where nothing that Azure computes is known.
func preview(t *testing.T, values map[string]string) (map[string]int, error) {
	t.Helper()
	r := &registrations{count: map[string]int{}}
	err := pulumi.RunErr(Deploy, pulumi.WithMocks("aks-egress", "test", r), func(info *pulumi.RunInfo) {
		info.DryRun = true
		info.Config = values
		info.RootDirectory = t.TempDir()
	})
	return r.count, err
}

func TestDeploy_RefusesBeforeRegistering(t *testing.T) {
	t.Parallel()
	count, err := preview(t, map[string]string{
		"azure-native:location":      "westeurope",
		"aks-egress:outboundType":    "loadBalancer",
		"aks-egress:nodeCount":       "many",
		"aks-egress:outboundIpCount": "101",
	})
	require.ErrorContains(t, err, "nodeCount")
	require.ErrorContains(t, err, "outboundIpCount", "every problem at once")
	assert.Empty(t, count, "nothing is registered")
}

// A deployed stack cannot change to another region by half: what azure-native leaves where it is needs the name of the
// resource group, which fails.
func TestDeploy_RefusesAnotherRegion(t *testing.T) {
	t.Parallel()
	count, err := preview(t, map[string]string{
		"azure-native:location": "North Europe", "aks-egress:outboundType": "userDefinedRouting",
	})
	require.ErrorContains(t, err, "azure-native:location northeurope: the stack is deployed in westeurope")
	assert.Zero(t, count["ManagedCluster"]+count["AzureFirewall"]+count["VirtualNetwork"])
}

func TestDeploy_ExistingHub(t *testing.T) {
	t.Parallel()
	count, err := preview(t, map[string]string{
		"azure-native:location":   "westeurope",
		"aks-egress:outboundType": "userDefinedRouting",
		"aks-egress:existingHubVnetId": "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/hub" +
			"/providers/Microsoft.Network/virtualNetworks/hub",
		"aks-egress:existingFirewallPrivateIp": "10.0.0.4",
		"aks-egress:existingFirewallPublicIps": `["203.0.113.7"]`,
	})
	require.NoError(t, err)
	assert.Zero(t, count["AzureFirewall"]+count["FirewallPolicy"], "the enterprise's firewall is used")
	assert.Equal(t, 1, count["VirtualNetwork"], "the spoke")
	assert.Equal(t, 2, count["VirtualNetworkPeering"], "both sides")
	assert.Equal(t, 2, count["RouteTable"], "the component and its resource")
}

func TestDeploy_ApplicationGatewayForContainers(t *testing.T) {
	t.Parallel()
	count, err := preview(t, map[string]string{
		"azure-native:location":   "westeurope",
		"aks-egress:outboundType": "userDefinedRouting",
		"aks-egress:ingress":      "applicationGatewayForContainers",
	})
	require.NoError(t, err)
	for kind, want := range map[string]int{
		"TrafficControllerInterface": 1, "FrontendsInterface": 1, "AssociationsInterface": 1, "Release": 1, "Gateway": 1,
		"HTTPRoute": 1, "FederatedIdentityCredential": 1, "FirewallPolicyRuleCollectionGroup": 3, "RoleAssignment": 4,
	} {
		assert.Equal(t, want, count[kind], kind)
	}
}

func TestCountAddresses(t *testing.T) {
	t.Parallel()
	count, err := countAddresses([]string{"203.0.113.1", "198.51.100.0/28"})
	require.NoError(t, err)
	assert.Equal(t, 17, count)
	_, err = countAddresses([]string{"x"})
	require.Error(t, err)
}
