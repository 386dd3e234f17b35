package topology_test

import (
	"encoding/json"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aks-egress/egress"
	"aks-egress/internal/topology"
)

const (
	subscription = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/"
	networkIDs   = subscription + "rg-udr/providers/Microsoft.Network/"
	clusterID    = subscription + "rg-udr/providers/Microsoft.ContainerService/managedClusters/aks"
	nodeGroup    = subscription + "MC_rg_aks_westeurope/providers/Microsoft.Network/"
)

func exported(t require.TestingT) []topology.Resource {
	file, err := os.Open(filepath.Join("testdata", "udr.json"))
	require.NoError(t, err)
	defer file.Close()
	resources, err := topology.FromDeployment(file, "udr.json")
	require.NoError(t, err)
	return resources
}

func object(t *testing.T, text string) map[string]any {
	t.Helper()
	var out map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &out))
	return out
}

func probe() egress.Flow {
	return egress.Flow{From: clusterID, Pod: true, Host: "ifconfig.me", Port: 80, Protocol: egress.HTTP}
}

func TestExportedHubAndSpoke(t *testing.T) {
	t.Parallel()
	network, unknown, err := topology.Build(exported(t))
	require.NoError(t, err)
	require.NoError(t, network.Validate())

	require.Len(t, unknown, 1)
	assert.Equal(t, "azure-native:network/v20240501:VirtualNetworkGateway", unknown[0].Type)

	require.Len(t, network.VNets, 2, "what waits for deletion is gone")
	spoke := network.VNets[1]
	assert.Equal(t, []netip.Addr{netip.MustParseAddr("10.0.1.4")}, spoke.DNSServers)
	require.Len(t, spoke.Subnets, 1)
	require.NotNil(t, spoke.Subnets[0].DefaultOutboundAccess)
	assert.False(t, *spoke.Subnets[0].DefaultOutboundAccess)
	assert.Equal(t, "Connected", spoke.Peerings[0].State, "the first side of a peering is stale in a state")
	require.Len(t, network.RouteTables[0].Routes, 2, "inline and standalone")
	assert.Empty(t, network.NetworkSecurityGroups[0].Rules, "Azure's default rules are no user rules")

	cluster := network.Clusters[0]
	assert.Equal(t, 3, cluster.NodeCount)
	assert.Equal(t, []string{spoke.Subnets[0].ID}, cluster.NodeSubnetIDs)
	assert.Equal(t, "aks-1.hcp.westeurope.azmk8s.io", cluster.APIServerFQDN)

	got := network.Trace(probe())
	assert.Equal(t, egress.ExitsInternet, got.Disposition, got.Reason)
	assert.Equal(t, []netip.Prefix{netip.MustParsePrefix("203.0.113.10/32")}, got.Sources)
	denied := probe()
	denied.Host = "example.com"
	assert.Equal(t, egress.RefusedHTTP470, network.Trace(denied).Refusal)
}

// Neither the order of resources, nor the API version in tokens, nor the case of references changes the network's
// answer.
func TestBuildIsStable(t *testing.T) {
	t.Parallel()
	resources := exported(t)
	want, _, err := topology.Build(resources)
	require.NoError(t, err)
	version := regexp.MustCompile(`/v\d{8}:`)
	rapid.Check(t, func(t *rapid.T) {
		shuffled := make([]topology.Resource, len(resources))
		seed := rapid.Uint64().Draw(t, "seed")
		plain := rapid.Bool().Draw(t, "plain tokens")
		for i, j := range rand.New(rand.NewPCG(seed, 0)).Perm(len(resources)) {
			shuffled[i] = resources[j]
			if plain {
				shuffled[i].Type = version.ReplaceAllString(shuffled[i].Type, ":")
			}
		}
		got, _, err := topology.Build(shuffled)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})

	upper := exported(t)
	for i := range upper {
		upper[i].ID = strings.ToUpper(upper[i].ID)
	}
	got, _, err := topology.Build(upper)
	require.NoError(t, err)
	require.NoError(t, got.Validate())
	require.Equal(t, want.Trace(probe()).Sources, got.Trace(probe()).Sources)
}

func TestInlineAndStandaloneChildren(t *testing.T) {
	t.Parallel()
	vnet := networkIDs + "virtualNetworks/v"
	inline := topology.Resource{Type: "azure-native:network:VirtualNetwork", ID: vnet, Properties: object(t, `{
		"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
		"subnets": [{"name": "a", "addressPrefixes": ["10.0.0.0/24"], "serviceEndpoints": [{"service": "Microsoft.Storage"}]},
		            {"name": "b", "addressPrefix": "10.0.1.0/24"}]}`)}
	standalone := topology.Resource{Type: "azure-native:network:Subnet", ID: vnet + "/subnets/B", Properties: object(t, `{
		"addressPrefix": "10.0.1.0/24", "natGateway": {"id": "ng"}}`)}
	network, unknown, err := topology.Build([]topology.Resource{standalone, inline})
	require.NoError(t, err)
	require.Empty(t, unknown)
	require.Len(t, network.VNets[0].Subnets, 2)
	assert.Equal(t, vnet+"/subnets/a", network.VNets[0].Subnets[0].ID)
	assert.Equal(t, []string{"Microsoft.Storage"}, network.VNets[0].Subnets[0].ServiceEndpoints)
	assert.Equal(t, "ng", network.VNets[0].Subnets[1].NATGatewayID, "standalone wins over the parent's stale copy")

	_, unknown, err = topology.Build([]topology.Resource{standalone})
	require.NoError(t, err)
	standalone.Properties, standalone.Reason = nil, "its parent is not in the network"
	assert.Equal(t, []topology.Resource{standalone}, unknown, "a child without its parent is not dropped in silence")
}

// What AKS makes in the node resource group: azure-facts 1.7.
func TestManagedVNet(t *testing.T) {
	t.Parallel()
	cluster := func(outbound, profile string) topology.Resource {
		return topology.Resource{
			Type: "azure-native:containerservice/v20240901:ManagedCluster", ID: clusterID,
			Properties: object(t, `{"nodeResourceGroup": "mc_RG_aks_westeurope", "location": "westeurope",
				"agentPoolProfiles": [{"name": "system", "count": 2}],
				"networkProfile": {"outboundType": "`+outbound+`", "networkPlugin": "azure", "podCidr": "10.244.0.0/16",
					`+profile+`}}`),
		}
	}
	ip := func(name, address string) topology.Resource {
		return topology.Resource{
			Type: "azure-native:network:PublicIPAddress", ID: nodeGroup + "publicIPAddresses/" + name,
			Properties: map[string]any{"ipAddress": address},
		}
	}
	effective := `{"effectiveOutboundIPs": [{"id": "` + nodeGroup + `publicIPAddresses/a"}]}`
	vnet := func(nat string) topology.Resource {
		return topology.Resource{
			Type: "azure-native:network:VirtualNetwork",
			ID:   nodeGroup + "virtualNetworks/aks-vnet-12345678",
			Properties: object(t, `{"addressSpace": {"addressPrefixes": ["10.224.0.0/12"]}, "subnets": [
				{"name": "aks-appgateway", "addressPrefix": "10.238.0.0/24"},
				{"name": "aks-subnet", "addressPrefix": "10.224.0.0/16", "defaultOutboundAccess": false`+nat+`}]}`),
		}
	}
	lb := topology.Resource{
		Type: "azure-native:network:LoadBalancer", ID: nodeGroup + "loadBalancers/kubernetes",
		Properties: object(t, `{
		"frontendIPConfigurations": [{"name": "f", "id": "F", "publicIPAddress": {"id": "`+nodeGroup+`publicIPAddresses/b"}}],
		"outboundRules": [{"name": "aksOutboundRule", "protocol": "All", "frontendIPConfigurations": [{"id": "f"}],
			"backendAddressPool": {"id": "pool"}}]}`),
	}
	nat := topology.Resource{
		Type: "azure-native:network:NatGateway", ID: nodeGroup + "natGateways/ng",
		Properties: object(t, `{
		"idleTimeoutInMinutes": 4, "publicIpAddresses": [{"id": "`+nodeGroup+`publicIPAddresses/b"}]}`),
	}
	attached := `, "natGateway": {"id": "` + nat.ID + `"}`
	for name, c := range map[string]struct {
		resources []topology.Resource
		source    string
		rule      string
	}{
		"load balancer, real state": {
			[]topology.Resource{cluster("loadBalancer", `"loadBalancerProfile": `+effective)},
			"203.0.113.1/32", "effectiveOutboundIPs",
		},
		"load balancer, simulated": {[]topology.Resource{
			cluster("loadBalancer", `"loadBalancerProfile": `+effective),
			vnet(""), lb,
		}, "203.0.113.2/32", "outbound rule"},
		"NAT gateway, real state": {[]topology.Resource{cluster("managedNATGateway",
			`"natGatewayProfile": `+effective)}, "203.0.113.1/32", "effectiveOutboundIPs"},
		"NAT gateway, simulated": {[]topology.Resource{
			cluster("managedNATGateway", `"natGatewayProfile": `+effective),
			vnet(attached), nat,
		}, "203.0.113.2/32", "subnet aks-subnet"},
	} {
		network, unknown, err := topology.Build(append(c.resources, ip("a", "203.0.113.1"), ip("b", "203.0.113.2")))
		require.NoError(t, err, name)
		require.Empty(t, unknown, name)
		require.NoError(t, network.Validate(), name)
		assert.False(t, network.Clusters[0].PodCIDR.IsValid(), "podCidr means nothing without overlay")
		got := network.Trace(probe())
		require.Equal(t, egress.ExitsInternet, got.Disposition, "%s: %s", name, got.Reason)
		assert.Equal(t, []netip.Prefix{netip.MustParsePrefix(c.source)}, got.Sources, name)
		assert.Contains(t, got.Hops[len(got.Hops)-1].Rule, c.rule, name)
	}
}

func TestPoolsAndFirewallForms(t *testing.T) {
	t.Parallel()
	cluster := topology.Resource{
		Type: "azure-native:containerservice:ManagedCluster", ID: clusterID,
		Properties: object(t, `{
		"networkProfile": {"outboundType": "loadBalancer"}, "privateFQDN": "p.privatelink", "fqdn": "f",
		"apiServerAccessProfile": {"enablePrivateCluster": true},
		"agentPoolProfiles": [{"name": "system", "count": 2, "vnetSubnetID": "S"}, {"name": "user", "count": 1,
			"vnetSubnetID": "S"}]}`),
	}
	user := topology.Resource{
		Type: "azure-native:containerservice:AgentPool", ID: clusterID + "/agentPools/user",
		Properties: object(t, `{
		"count": 5, "vnetSubnetID": "T", "podSubnetID": "P", "enableNodePublicIP": true}`),
	}
	classic := topology.Resource{
		Type: "azure-native:network:AzureFirewall", ID: networkIDs + "azureFirewalls/f",
		Properties: object(t, `{
		"additionalProperties": {"Network.DNS.EnableProxy": "true"},
		"ipConfigurations": [{"privateIPAddress": "10.0.1.4", "subnet": {"id": "S"}, "publicIPAddress": {"id": "a"}},
			{"publicIPAddress": {"id": "b"}}],
		"natRuleCollections": [{"name": "n", "priority": 100, "action": {"type": "Dnat"}, "rules": [{"name": "r",
			"protocols": ["TCP"],
			"translatedAddress": "10.0.0.1", "translatedPort": "80"}]}],
		"networkRuleCollections": [{"name": "c", "priority": 100, "action": {"type": "Allow"}, "rules": [{"name": "r",
			"protocols": ["UDP"],
			"sourceIpGroups": ["g"], "destinationFqdns": ["ntp.ubuntu.com"], "destinationPorts": ["123"]}]}],
		"applicationRuleCollections": [{"name": "a", "priority": 100, "action": {"type": "Deny"}, "rules": [{"name": "r",
			"protocols": [{"port": 443, "protocolType": "Https"}], "fqdnTags": ["AzureKubernetesService"]}]}]}`),
	}
	policy := topology.Resource{
		Type: "azure-native:network:FirewallPolicy", ID: networkIDs + "firewallPolicies/p",
		Properties: object(t, `{
		"snat": {"privateRanges": ["10.0.0.0/8"]}, "basePolicy": {"id": "base"},
			"ruleCollectionGroups": [{"id": "elsewhere"}]}`),
	}
	network, unknown, err := topology.Build([]topology.Resource{cluster, user, classic, policy})
	require.NoError(t, err)
	require.Empty(t, unknown)

	c := network.Clusters[0]
	assert.Equal(t, 7, c.NodeCount)
	assert.Equal(t, []string{"S", "T"}, c.NodeSubnetIDs)
	assert.Equal(t, []string{"P"}, c.PodSubnetIDs)
	assert.True(t, c.NodePublicIPs)
	assert.Equal(t, "p.privatelink", c.APIServerFQDN)

	fw := network.Firewalls[0]
	assert.Equal(t, []string{"a", "b"}, fw.PublicIPIDs)
	assert.True(t, fw.DNSProxy)
	require.Len(t, fw.Collections, 3)
	assert.Equal(t, egress.ActionDNAT, fw.Collections[0].Action)
	assert.Equal(t, "80", fw.Collections[0].NATRules[0].TranslatedPort)
	assert.Equal(t, []string{"sourceIpGroups"}, fw.Collections[1].NetworkRules[0].NotModelled)
	assert.Equal(t, []egress.ApplicationProtocol{{Type: "Https", Port: 443}},
		fw.Collections[2].ApplicationRules[0].Protocols)
	assert.Equal(t, []string{"elsewhere"}, network.FirewallPolicies[0].AbsentGroupIDs)
	assert.Equal(t, []string{"10.0.0.0/8"}, network.FirewallPolicies[0].SNATPrivateRanges)
}

func TestBuildRefuses(t *testing.T) {
	t.Parallel()
	build := func(kind, text string) error {
		_, _, err := topology.Build([]topology.Resource{{
			Type: "azure-native:network:" + kind, ID: networkIDs + "x/y",
			Properties: object(t, text),
		}})
		return err
	}
	const at = networkIDs + "x/y "
	require.EqualError(t, build("VirtualNetwork", `{"addressSpace": {"addressPrefixes": ["10.0.0.0/99"]}}`),
		at+`addressSpace addressPrefixes: must be a prefix such as 10.0.0.0/16 (got "10.0.0.0/99")`)
	require.EqualError(t, build("VirtualNetwork", `{"subnets": [{"addressPrefix": 5}, 7]}`),
		at+"subnets[1]: must be an object (got 7)\n"+at+"subnets[0] addressPrefix: must be a string (got 5)")
	require.ErrorContains(t, build("PublicIPAddress", `{"ipAddress": "x"}`), `ipAddress: must be an IP address (got "x")`)
	require.ErrorContains(t, build("LoadBalancer", `{"loadBalancingRules": [{"frontendPort": 65536}]}`),
		"loadBalancingRules[0] frontendPort: must be a port (got 65536)")
	require.ErrorContains(t, build("NatGateway", `{"idleTimeoutInMinutes": 4.5}`), "must be a whole number (got 4.5)")
	require.ErrorContains(t, build("AzureFirewall",
		`{"applicationRuleCollections": [{"action": {"type": "Perhaps"}}]}`), "must be Allow, Deny or DNAT")

	_, _, err := topology.Build([]topology.Resource{{Type: "azure-native:network:RouteTable"}})
	require.EqualError(t, err, "azure-native:network:RouteTable has no id")
	twice := topology.Resource{Type: "azure-native:network:RouteTable", ID: "x"}
	_, _, err = topology.Build([]topology.Resource{twice, twice})
	require.EqualError(t, err, "x: two resources have this id")

	policy := networkIDs + "firewallPolicies/p"
	_, _, err = topology.Build([]topology.Resource{
		{Type: "azure-native:network:FirewallPolicy", ID: policy},
		{
			Type: "azure-native:network:FirewallPolicyRuleCollectionGroup", ID: policy + "/ruleCollectionGroups/g",
			Properties: object(t,
				`{"ruleCollections": [{"action": {"type": "Allow"}, "rules": [{"ruleType": "networkRule"}]}]}`),
		},
	})
	require.ErrorContains(t, err, `ruleType: must be NatRule, NetworkRule or ApplicationRule (got "networkRule")`)
}
