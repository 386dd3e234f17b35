package topology_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"aks-egress/egress"
	"aks-egress/internal/topology"
)

// Whatever a state file holds, nothing panics, and the network that comes out is the same after its JSON.
func FuzzFromDeployment(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		resources, err := topology.FromDeployment(bytes.NewReader(data), "fuzz")
		if err != nil {
			return
		}
		_ = topology.NoAzure(resources)
		network, _, err := topology.Build(resources)
		if err != nil {
			return
		}
		_ = network.Validate()
		text, err := json.Marshal(network)
		require.NoError(t, err)
		var again egress.Network
		require.NoError(t, json.Unmarshal(text, &again), string(text))
		require.Equal(t, network, &again)
	})
}

func seeds(f *testing.F) {
	f.Helper()
	exported, err := os.ReadFile(filepath.Join("testdata", "udr.json"))
	require.NoError(f, err)
	f.Add(exported)
	var small bytes.Buffer
	require.NoError(f, export(&small, estate{1, 1, func() bool { return false }}.resources()))
	f.Add(small.Bytes())
	for _, resource := range []string{
		`{"type": "azure-native:network:Subnet", "id": "/a", "outputs": {"addressPrefix": 1}}`,
		`{"type": "azure-native:network:VirtualNetwork", "id": "/v", "outputs": {"addressSpace": {"addressPrefixes":
			["::ffff:10.0.0.0/104", "fe80::1%a"]}, "subnets": [{"name": "s", "defaultOutboundAccess": false}, {}]}}`,
		`{"type": "azure-native:network:PublicIPAddress", "id": "/p", "outputs": {"ipAddress": "fe80::1%eth0"}}`,
		`{"type": "azure-native:containerservice:ManagedCluster", "id": "` + clusterID + `", "outputs": {
			"nodeResourceGroup": "mc", "agentPoolProfiles": [{"upgradeSettings": {"maxSurge": "33%"}}],
			"networkProfile": {"loadBalancerProfile": {"idleTimeoutInMinutes": 4}}, "addonProfiles": {
			"ingressApplicationGateway": {"enabled": true, "config": {"applicationGatewayName": "g"}}}}},
			{"type": "kubernetes:core/v1:Service", "id": "a/b", "outputs": {"spec": {"type": "LoadBalancer", "ports":
			[{"port": 1}]}, "status": {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}}}},
			{"type": "kubernetes:batch/v1:CronJob", "id": "a/b", "outputs": {"spec": {"jobTemplate": {"spec": {"template":
			{"spec": {"containers": [{"image": "i"}]}}}}}}}`,
		`{"type": "azure-native:network:LoadBalancer", "id": "/lb", "outputs": {"frontendIPConfigurations": [{"name": "f"}],
			"backendAddressPools": [{"name": "b", "loadBalancerBackendAddresses": [{"ipAddress": "10.0.0.4"}]}],
			"loadBalancingRules": [{"frontendIPConfiguration": {"id": "$self/f"}, "frontendPort": 80}]}}`,
		`{"type": "azure-native:network:ApplicationGateway", "id": "/g", "outputs": {"frontendPorts": [{"name": "p",
			"port": 80}], "httpListeners": [{"frontendPort": {"id": "p"}, "hostNames": ["a", "b"]}]}}`,
		`{"type": "azure-native:servicenetworking:TrafficControllerInterface", "id": "/t", "outputs": {
			"frontends": [{"id": "/t/frontends/f"}]}}`,
		`{"type": "azure-native:network:NatGateway", "id": "/n", "external": true}, {"type":
			"azure-native:network:NatGateway", "id": "/N", "outputs": {"publicIpAddresses": {"` + signatureKey + `": "x"}}}`,
	} {
		f.Add([]byte(`{"version": 3, "deployment": {"resources": [` + resource + `]}}`))
	}
	f.Add([]byte(`{"version": 4, "checkpoint": {"latest": {"resources": [{"id": "a", "type": "aws:x:Y"}]}}}`))
}

// One resource of any type with any properties: small inputs, so that the fuzzer gets deep.
func FuzzBuild(f *testing.F) {
	for _, seed := range [][2]string{
		{"azure-native:network:VirtualNetwork", `{"subnets": [{"name": "a", "addressPrefix": "10.0.0.0/24"}]}`},
		{"azure-native:network:LoadBalancer", `{"outboundRules": [{"frontendIPConfigurations": [{"id": "$self/a"}]}]}`},
		{"azure-native:network:ApplicationGateway", `{"httpListeners": [{"frontendPort": {"id": "x/a"}}]}`},
		{"azure-native:network:AzureFirewall", `{"natRuleCollections": [{"action": {"type": "Dnat"}, "rules": [{}]}]}`},
		{
			"azure-native:containerservice:ManagedCluster",
			`{"agentPoolProfiles": [{"upgradeSettings": {"maxSurge": "9%"}}]}`,
		},
		{"azure-native:network:NetworkSecurityGroup", `{"securityRules": [{"name": "a", "priority": 100}]}`},
		{"azure-native:servicenetworking:FrontendsInterface", `{"fqdn": "a"}`},
		{"kubernetes:core/v1:Service", `{"spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}}`},
		{"kubernetes:apps/v1:Deployment", `{"spec": {"template": {"spec": {"containers": [{"image": "i"}]}}}}`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, kind, properties string) {
		r := topology.Resource{Type: kind, ID: clusterID + "/x/y"}
		if json.Unmarshal([]byte(properties), &r.Properties) != nil {
			return
		}
		network, _, err := topology.Build([]topology.Resource{
			r,
			{Type: "azure-native:containerservice:ManagedCluster", ID: clusterID},
			{Type: "azure-native:servicenetworking:TrafficControllerInterface", ID: clusterID + "/a/b"},
		})
		if err == nil {
			_ = network.Validate()
		}
	})
}
