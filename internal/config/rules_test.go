package config

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	armGroup   = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network"
	publicIPID = armGroup + "/publicIPAddresses/egress"
	prefixID   = armGroup + "/publicIPPrefixes/egress"
	hubID      = armGroup + "/virtualNetworks/hub"
)

var existingHub = []string{
	"existingHubVnetId", hubID, "existingFirewallPrivateIp", "192.168.0.4",
	"existingFirewallPublicIps", `["203.0.113.4"]`,
}

// ruleTest is one configuration and what Load says; no want: it is valid.
type ruleTest struct {
	outbound OutboundType
	set      []string
	want     []string
}

func ok(outbound OutboundType, set ...string) ruleTest { return ruleTest{outbound: outbound, set: set} }

func (r ruleTest) says(lines ...string) ruleTest {
	r.want = lines
	return r
}

func runRules(t *testing.T, tests []ruleTest) {
	t.Helper()
	t.Parallel()
	for _, test := range tests {
		t.Run(fmt.Sprint(test.outbound, " ", test.set), func(t *testing.T) {
			t.Parallel()
			config, err := Load(stack(test.outbound, test.set...))
			if len(test.want) == 0 {
				require.NoError(t, err)
				require.NotNil(t, config)
				return
			}
			require.Nil(t, config)
			assert.EqualError(t, err, "config: "+strings.Join(test.want, "\nconfig: "))
		})
	}
}

// ids is a JSON list of n ARM ids.
func ids(id string, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%s%d", id, i)
	}
	text, _ := json.Marshal(list)
	return string(text)
}

// addresses is a JSON list of n public addresses.
func addresses(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("203.0.113.%d", i)
	}
	text, _ := json.Marshal(list)
	return string(text)
}

func TestTypesAndValues(t *testing.T) {
	runRules(t, []ruleTest{
		ok("none").says(
			"outboundType none needs AKS API 2025-01-01 or newer, and the azure-native v2 SDK ends at 2024-09-01: use " +
				"userDefinedRouting, whose firewall blocks what nothing allows"),
		ok("block").says(
			"outboundType block is a preview of AKS that no GA API has, and the azure-native v2 SDK ends at API " +
				"2024-09-01: use userDefinedRouting, whose firewall blocks what nothing allows"),
		ok("managedNATGatewayV2").says(
			"outboundType managedNATGatewayV2 was only in AKS preview APIs; the GA API 2026-06-01 has it as " +
				"managedNATGateway with sku StandardV2, and the azure-native v2 SDK ends at 2024-09-01: use managedNATGateway"),
		ok("loadbalancer").says(
			"outboundType loadbalancer is not one of loadBalancer, managedNATGateway, userAssignedNATGateway or " +
				"userDefinedRouting: did you mean loadBalancer?"),
		ok("").says(
			`outboundType "" is not one of loadBalancer, managedNATGateway, userAssignedNATGateway or userDefinedRouting`),
		ok(LoadBalancer, LocationKey, "").says("azure-native:location is missing: set the region, such as westeurope"),
		ok(LoadBalancer, LocationKey, "West Europe"),
		ok(LoadBalancer, LocationKey, "west-europe").says(
			"azure-native:location west-europe is not the name of an Azure region such as westeurope"),
		ok(LoadBalancer, LocationKey, "chinanorth3").says(
			"azure-native:location chinanorth3 is outside Azure public cloud, the only one whose endpoints are known here"),
		ok(LoadBalancer, LocationKey, "westeuropa").says(
			"azure-native:location westeuropa is not an Azure region: did you mean westeurope?"),
		ok(LoadBalancer, LocationKey, "atlantis").says("azure-native:location atlantis is not among the regions of Azure " +
			"public cloud of 2026-12-01; az account list-locations lists them, and a newer one is to be added to " +
			"egress/endpoints/regions.go"),
		ok(LoadBalancer, LocationKey, "germanycentral").says(
			"azure-native:location germanycentral is not among the regions of Azure public cloud of 2026-12-01; az account " +
				"list-locations lists them, and a newer one is to be added to egress/endpoints/regions.go"),
		ok(UserDefinedRouting, "zones", `["1"]`, LocationKey, "westus").says(
			`zones [1] needs a region with availability zones, and westus has none`),
		ok(UserDefinedRouting, "zones", `["1"]`, LocationKey, "westus2"),
		ok(LoadBalancer, "nodeVmSize", "Standard_Banana").says("nodeVmSize Standard_Banana is not a VM size: sizes are " +
			"named " +
			"by family, number of vCPUs, features and version, such as Standard_D2s_v5"),
		ok(LoadBalancer, "nodeVmSize", "Standard_B1s").says("nodeVmSize Standard_B1s is too small: a system pool of AKS " +
			"needs 2 vCPUs and 4 GB, as Standard_D2s_v5 or Standard_B2s has"),
		ok(LoadBalancer, "nodeVmSize", "Standard_NC24ads_A100_v4"),
		ok(LoadBalancer, "nodeVmSize", "Standard_E96-24ds_v5"),
		ok(LoadBalancer, "nodeVmSize", "Standard_D4as_v9"),
		ok(LoadBalancer, "nodeVmSize", "Standard_HB120-16rs_v3"),
		ok(LoadBalancer, "nodeVmSize", "Standard_ND96isr_H100_v5"),
		ok(ManagedNATGateway, "nodeCount", "1000", "userNodeCount", "1", "podCidr", "10.64.0.0/12").says(
			"clusterTier Free takes 1000 nodes, and both pools have 1001: use Standard"),
		ok(LoadBalancer, "tags", `{"a":"b\u0000"}`).says(
			"tags a has a control character in its name or value: remove it"),
		ok(LoadBalancer, "probeImage", "127.0.0.1:5000/nginx:1").says("probeImage 127.0.0.1:5000/nginx:1 is at a registry " +
			"that " +
			`nodes cannot reach: image "127.0.0.1:5000/nginx:1": registry 127.0.0.1:5000: 127.0.0.1 is the node itself`),
		ok(LoadBalancer, "apiServerAuthorizedIpRanges", `["8.8.8.8","8.8.8.8/32"]`).says(
			"apiServerAuthorizedIpRanges 8.8.8.8/32 is part of 8.8.8.8/32, which is listed too: remove it"),
		ok(LoadBalancer, "apiServerAuthorizedIpRanges", `["8.8.8.0/24","8.8.8.8"]`).says(
			"apiServerAuthorizedIpRanges 8.8.8.8/32 is part of 8.8.8.0/24, which is listed too: remove it"),
		ok(LoadBalancer, "noodCount", "1").says("noodCount is not a key of this project: did you mean nodeCount?"),
		ok(LoadBalancer, "location", "westeurope").says(
			"location is not a key of this project: docs/reference/config.md lists them"),
		ok(LoadBalancer, "nodeCount", "two").says("nodeCount two is not an integer"),
		ok(LoadBalancer, "privateCluster", "yes").says("privateCluster yes is not a boolean: write true or false"),
		ok(UserDefinedRouting, "allow", "null").says(
			`allow null is not a list: write it as [a, b], or one "- item" a line`),
		ok(UserDefinedRouting, "zones", "[1]").says("zones [1] has an item that is not text: quote each item"),
		ok(LoadBalancer, "tags", "[]").says(`tags [] is not a map: write it as {name: value}, or one "name: value" a line`),
		ok(LoadBalancer, "tags", `{"a":1}`).says(`tags {"a":1} has a value that is not text: quote each value`),
		ok(LoadBalancer, "clusterTier", "Premium x").says(
			`clusterTier "Premium x" is not one of Free, Standard or Premium: did you mean Premium?`),
		ok(LoadBalancer, "clusterTier", "Premium"),
		ok(LoadBalancer, "networkPlugin", "cilium").says("networkPlugin cilium is not one of azure or kubenet"),
		ok(LoadBalancer, "networkPluginMode", "underlay").says(`networkPluginMode underlay is not one of overlay or ""`),
		ok(LoadBalancer, "networkPluginMode", "Overlay").says(
			`networkPluginMode Overlay is not one of overlay or "": did you mean overlay?`),
	})
}

func TestClusterRules(t *testing.T) {
	runRules(t, []ruleTest{
		ok(ManagedNATGateway, "nodeCount", "1000", "podCidr", "10.232.0.0/13").says(
			"podCidr 10.232.0.0/13 overlaps 10.224.0.0/12, the VNet that AKS creates for managedNATGateway: choose another " +
				"range"),
		ok(ManagedNATGateway, "nodeCount", "1000", "podCidr", "10.64.0.0/12"),
		ok(LoadBalancer, "nodeCount", "1001").says("nodeCount 1001 is outside 1-1000"),
		ok(LoadBalancer, "nodeMaxSurge", "33%"),
		ok(LoadBalancer, "nodeMaxSurge", "0").says(
			"nodeMaxSurge 0 is neither a number of nodes nor a percentage such as 33%"),
		ok(LoadBalancer, "nodeMaxSurge", "101%").says(
			"nodeMaxSurge 101% is neither a number of nodes nor a percentage such as 33%"),
		ok(LoadBalancer, "userNodeCount", "1", "userNodeVmSize", "Standard_D4s_v5"),
		ok(LoadBalancer, "userNodeVmSize", "Standard_D4s_v5").says(
			"userNodeVmSize Standard_D4s_v5 has no meaning without userNodeCount: remove it"),
		ok(LoadBalancer, "nodeVmSize", "D2s_v5").says("nodeVmSize D2s_v5 is not a VM size such as Standard_D2s_v5"),
		ok(LoadBalancer, "kubernetesVersion", "1.30"),
		ok(LoadBalancer, "kubernetesVersion", "1.30.4"),
		ok(LoadBalancer, "kubernetesVersion", "1.3").says(
			"kubernetesVersion 1.3 is not a version such as 1.30 or 1.30.4: quote it in YAML, which reads 1.30 as 1.3"),
		ok(LoadBalancer, "networkPlugin", "kubenet", "nodeCount", "399", "podCidr", "10.64.0.0/15"),
		ok(LoadBalancer, "networkPlugin", "kubenet", "nodeCount", "400", "podCidr", "10.64.0.0/15").says(
			"nodeCount 400 is too many for kubenet: 400 nodes and 1 for surge are 401, and it takes 400"),
		ok(LoadBalancer, "ingress", "loadBalancer"),
		ok(UserDefinedRouting, "ingress", "loadBalancer").says(
			"ingress loadBalancer does not work under userDefinedRouting: requests come in by the load balancer, but the " +
				"default route sends the replies to the firewall, which has not seen the requests and drops them; use " +
				"firewallDnat, applicationGateway or applicationGatewayForContainers, or set allowAsymmetricIngress to true to " +
				"watch it fail"),
		ok(UserDefinedRouting, "ingress", "loadBalancer", "allowAsymmetricIngress", "true"),
		ok(UserDefinedRouting, "ingress", "firewallDnat"),
		ok(UserDefinedRouting, append([]string{"ingress", "firewallDnat"}, existingHub...)...).says(
			"ingress firewallDnat needs a rule in the firewall of the existing hub, whose owner decides it: ask the owner for " +
				"it, or use applicationGateway or applicationGatewayForContainers"),
		ok(LoadBalancer, "ingress", "firewallDnat").says(
			"ingress firewallDnat needs a firewall, which outboundType loadBalancer does not have: use loadBalancer"),
		ok(UserDefinedRouting, "ingress", "applicationGateway"),
		ok(UserAssignedNATGateway, "ingress", "applicationGatewayForContainers"),
		ok(UserAssignedNATGateway, "ingress", "applicationGatewayForContainers", LocationKey, "Poland Central").says(
			"ingress applicationGatewayForContainers is not offered by Azure in polandcentral: use applicationGateway, or one " +
				"of " + strings.Join(containersGatewayRegions, ", ")),
		ok(ManagedNATGateway, "ingress", "applicationGateway").says(
			"ingress applicationGateway needs a subnet beside the nodes, and with outboundType managedNATGateway the VNet " +
				"belongs to AKS: use loadBalancer, or outboundType userAssignedNATGateway"),
		ok(UserDefinedRouting, "ingress", "applicationGatewayForContainers", "networkPlugin", "kubenet").says(
			"ingress applicationGatewayForContainers reaches pods by their own addresses, which networkPlugin kubenet hides " +
				"behind routes of the node subnet: use networkPlugin azure"),
		ok(LoadBalancer, "ingress", "nginx").says("ingress nginx is not one of none, loadBalancer, firewallDnat, " +
			"applicationGateway or applicationGatewayForContainers"),
		ok(UserDefinedRouting, "privateCluster", "true"),
	})
}

func TestKeysWithoutMeaning(t *testing.T) {
	runRules(t, []ruleTest{
		ok(UserDefinedRouting, "outboundIpCount", "2").says(
			"outboundIpCount 2 has no meaning with outboundType userDefinedRouting: remove it (it belongs to loadBalancer, " +
				"managedNATGateway or userAssignedNATGateway)"),
		ok(UserDefinedRouting, "idleTimeoutMinutes", "300").says(
			"idleTimeoutMinutes 300 has no meaning with outboundType userDefinedRouting: remove it (it belongs to " +
				"loadBalancer, managedNATGateway or userAssignedNATGateway)"),
		ok(UserDefinedRouting, "outboundIpCount", "0"),
		ok(ManagedNATGateway, "nodeSubnet", "10.1.4.0/22").says(
			"nodeSubnet 10.1.4.0/22 has no meaning with outboundType managedNATGateway: remove it (it belongs to " +
				"loadBalancer, userAssignedNATGateway or userDefinedRouting)"),
		ok(LoadBalancer, "allow", `["mcr","ghcr"]`).says(
			"allow [mcr, ghcr] has no meaning with outboundType loadBalancer: remove it (it belongs to userDefinedRouting)"),
		ok(LoadBalancer, "probeMustBeBlocked", "").says(
			`probeMustBeBlocked "" has no meaning with outboundType loadBalancer: remove it (it belongs to ` +
				`userDefinedRouting)`),
		ok(UserDefinedRouting, append([]string{"firewallTier", "Premium"}, existingHub...)...).says(
			"firewallTier Premium has no meaning with an existing hub, whose owner decides it: remove it"),
		ok(UserDefinedRouting, append([]string{"allow", `["mcr"]`}, existingHub...)...).says(
			"allow [mcr] has no meaning with an existing hub, whose owner decides it: remove it"),
		ok(UserDefinedRouting, "firewallManagementSubnet", "10.0.1.0/26").says(
			"firewallManagementSubnet 10.0.1.0/26 has no meaning with firewallTier Standard: remove it (only Basic needs a " +
				"management subnet)"),
		ok(UserDefinedRouting, "firewallTier", "Basic", "firewallManagementSubnet", "10.0.1.0/26"),
		ok(LoadBalancer, "networkPluginMode", "", "podCidr", "10.245.0.0/16").says(
			"podCidr 10.245.0.0/16 has no meaning with networkPlugin azure without overlay, where pods take addresses of " +
				"nodeSubnet: remove it"),
		ok(LoadBalancer, "podCidr", "10.245.0.0/16"),
		ok(LoadBalancer, "gatewaySubnet", "10.1.5.0/24").says(
			"gatewaySubnet 10.1.5.0/24 has no meaning with ingress none: remove it (only a gateway needs a subnet)"),
		ok(LoadBalancer, "gatewaySubnet", "10.1.5.0/24", "ingress", "applicationGateway"),
		ok(UserDefinedRouting, "allowAsymmetricIngress", "true", "ingress", "firewallDnat").says(
			"allowAsymmetricIngress true has no meaning with ingress firewallDnat: remove it (it is about ingress " +
				"loadBalancer)"),
		ok(UserDefinedRouting, append([]string{"allowProbe", "false"}, existingHub...)...).says(
			"allowProbe false has no meaning with an existing hub, whose owner decides it: remove it"),
	})
}

func TestOutboundIPRules(t *testing.T) {
	runRules(t, []ruleTest{
		ok(LoadBalancer, "outboundIpCount", "100"),
		ok(LoadBalancer, "outboundIpCount", "101").says("outboundIpCount 101 is outside 1-100"),
		ok(LoadBalancer, "outboundIpCount", "-1").says("outboundIpCount -1 is outside 1-100"),
		ok(ManagedNATGateway, "outboundIpCount", "16"),
		ok(ManagedNATGateway, "outboundIpCount", "17").says(
			"outboundIpCount 17 is outside 1-16, which is what a NAT gateway takes"),
		ok(UserAssignedNATGateway, "outboundIpCount", "16"),
		ok(UserAssignedNATGateway, "outboundIpCount", "17").says(
			"outboundIpCount 17 is outside 1-16, which is what a NAT gateway takes"),
		ok(UserAssignedNATGateway, "outboundIpPrefixLength", "28"),
		ok(UserAssignedNATGateway, "outboundIpPrefixLength", "27").says("outboundIpPrefixLength 27 is outside 28-31"),
		ok(UserAssignedNATGateway, "outboundIpPrefixLength", "31", "outboundIpCount", "2").says(
			"outboundIpPrefixLength is set beside outboundIpCount: the outbound IPs come from one of them, remove the other"),
		ok(LoadBalancer, "outboundPublicIpIds", ids(publicIPID, 1), "outboundIpPrefixIds", ids(prefixID, 1)).says(
			"outboundIpPrefixIds is set beside outboundPublicIpIds: the outbound IPs come from one of them, remove the other"),
		ok(LoadBalancer, "outboundPublicIpIds", ids(publicIPID, 100)),
		ok(LoadBalancer, "outboundPublicIpIds", ids(publicIPID, 101)).says(
			"outboundPublicIpIds has 101 ids, and a load balancer takes 100"),
		ok(UserAssignedNATGateway, "outboundPublicIpIds", ids(publicIPID, 16)),
		ok(UserAssignedNATGateway, "outboundPublicIpIds", ids(publicIPID, 17)).says(
			"outboundPublicIpIds has 17 ids, and a NAT gateway takes 16 addresses"),
		ok(UserAssignedNATGateway, "outboundIpPrefixIds", ids(prefixID, 8)),
		ok(UserAssignedNATGateway, "outboundIpPrefixIds", ids(prefixID, 9)).says(
			"outboundIpPrefixIds has 9 ids, and a NAT gateway takes 16 addresses, so 8 prefixes of 2"),
		ok(LoadBalancer, "outboundPublicIpIds", `["`+prefixID+`"]`).says(
			"outboundPublicIpIds " + prefixID + " is not the ARM id of a public IP address"),
		ok(LoadBalancer, "outboundIpPrefixIds", `["egress"]`).says(
			"outboundIpPrefixIds egress is not the ARM id of a public IP prefix"),
		ok(LoadBalancer, "outboundIpPrefixIds", `["`+prefixID+`","`+strings.ToLower(prefixID)+`"]`).says(
			"outboundIpPrefixIds " + strings.ToLower(prefixID) + " is there twice"),
		ok(LoadBalancer, "outboundIpPrefixIds", `["`+strings.ToLower(prefixID)+`"]`),
		ok(LoadBalancer, "idleTimeoutMinutes", "120"),
		ok(LoadBalancer, "idleTimeoutMinutes", "300").says("idleTimeoutMinutes 300 is outside 4-120"),
		ok(ManagedNATGateway, "idleTimeoutMinutes", "4"),
		ok(ManagedNATGateway, "idleTimeoutMinutes", "3").says("idleTimeoutMinutes 3 is outside 4-120"),
		ok(UserAssignedNATGateway, "zones", `["2"]`),
		ok(UserAssignedNATGateway, "zones", `["1","2"]`).says(
			"zones [1, 2] has more than one zone, and a NAT gateway is in one zone or in none"),
	})
}

func TestPortRules(t *testing.T) {
	runRules(t, []ruleTest{
		ok(LoadBalancer, "outboundPortsPerNode", "64000", "nodeCount", "1", "outboundIpCount", "2"),
		ok(LoadBalancer, "outboundPortsPerNode", "64008").says("outboundPortsPerNode 64008 is outside 0-64000"),
		ok(LoadBalancer, "outboundPortsPerNode", "1023").says("outboundPortsPerNode 1023 is not a multiple of 8: use 1024"),
		ok(LoadBalancer, "outboundPortsPerNode", "63999").says(
			"outboundPortsPerNode 63999 is not a multiple of 8: use 64000"),
		ok(LoadBalancer, "outboundPortsPerNode", "8000", "nodeCount", "7"),
		ok(LoadBalancer, "outboundPortsPerNode", "8000", "nodeCount", "8").says(
			"outboundPortsPerNode 8000 is not in an allowable range: total node count 9 (8 nodes and 1 for surge) requires " +
				"72000 ports but only 64000 ports are available given 1 outbound public IP; use 7104 ports or fewer, or 2 IPs"),
		ok(LoadBalancer, "outboundPortsPerNode", "8000", "nodeCount", "8", "outboundIpCount", "2"),
		ok(LoadBalancer, "outboundPortsPerNode", "8000", "userNodeCount", "4"),
		ok(LoadBalancer, "outboundPortsPerNode", "8000", "userNodeCount", "5").says(
			"outboundPortsPerNode 8000 is not in an allowable range: total node count 9 (2 nodes, 5 of the second pool and 2 " +
				"for surge) requires 72000 ports but only 64000 ports are available given 1 outbound public IP; use 7104 ports " +
				"or fewer, or 2 IPs"),
		ok(LoadBalancer, "outboundPortsPerNode", "8000", "nodeCount", "8", "outboundPublicIpIds", ids(publicIPID, 2)),
		ok(LoadBalancer, "outboundPortsPerNode", "8000", "nodeCount", "16", "nodeMaxSurge", "10%", "outboundPublicIpIds",
			ids(publicIPID, 2)).says(
			"outboundPortsPerNode 8000 is not in an allowable range: total node count 18 (16 nodes and 2 for surge) " +
				"requires 144000 ports but only 128000 ports are available given 2 outbound public IPs; use 7104 ports or " +
				"fewer, or 3 IPs"),
		ok(LoadBalancer, "outboundPortsPerNode", "64000", "nodeCount", "100").says(
			"outboundPortsPerNode 64000 is not in an allowable range: total node count 101 (100 nodes and 1 for surge) " +
				"requires 6464000 ports but only 64000 ports are available given 1 outbound public IP; use 632 ports or fewer"),
		ok(LoadBalancer, "outboundPortsPerNode", "64000", "nodeCount", "100", "outboundIpPrefixIds", ids(prefixID, 1)),
	})
}
