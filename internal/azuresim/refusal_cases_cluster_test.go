package azuresim

import (
	"fmt"
	"maps"
	"strings"
	"testing"
)

// estateCase is the case of a row of the AKS resource provider's on the hand-made estate. setup may be nil.
func estateCase(
	row *Refusal, says string, setup func(e *estate), refused, accepted func(e *estate) error,
) refusalCase {
	return refusalCase{row: row, says: says, base: func(t *testing.T) (*Cloud, func() error, func() error) {
		t.Helper()
		e := newEstate(t)
		if setup != nil {
			setup(e)
		}
		return e.cloud, func() error { return refused(e) }, func() error { return accepted(e) }
	}}
}

// clusterCase is a case about one PUT of the cluster aks, by the changes to its usual inputs.
func clusterCase(row *Refusal, says string, refused, accepted map[string]any) refusalCase {
	return estateCase(row, says, nil, puts(refused), puts(accepted))
}

// puts is a PUT of the cluster aks with changes to its usual inputs.
func puts(changes map[string]any) func(e *estate) error {
	return func(e *estate) error {
		_, err := e.update(changes)
		return err
	}
}

// after does something to the estate before a PUT with the usual inputs.
func after(first func(e *estate), changes map[string]any) func(e *estate) error {
	return func(e *estate) error {
		first(e)
		return puts(changes)(e)
	}
}

// merge joins changes; later ones win.
func merge(all ...map[string]any) map[string]any {
	merged := map[string]any{}
	for _, one := range all {
		maps.Copy(merged, one)
	}
	return merged
}

// kubenet changes the usual inputs to network plugin kubenet.
func kubenet(more map[string]any) map[string]any {
	return merge(map[string]any{
		"networkProfile.networkPlugin": "kubenet", "networkProfile.networkPluginMode": nil,
	}, more)
}

// bigSubnet makes a subnet with room for 16,379 nodes and gives the identity its role there.
func bigSubnet(e *estate) {
	e.subnet("big", "10.1.64.0/18", nil)
	e.assign(roleNetworkContributor, e.subnetID("big"))
}

// poolsIn are agent pools with these node counts in a subnet; the first is the system pool.
func poolsIn(subnet string, counts ...float64) []any {
	var pools []any
	for i, n := range counts {
		pools = append(pools, map[string]any{
			"name": fmt.Sprintf("pool%d", i), "mode": "User", "count": n, "vmSize": "Standard_D2s_v5",
			"vnetSubnetID": subnet,
		})
	}
	pools[0].(map[string]any)["mode"] = "System"
	return pools
}

// manyPools are n agent pools in the subnet nodes, all but the first empty.
func manyPools(n int) func(e *estate) error {
	return func(e *estate) error {
		counts := make([]float64, n)
		counts[0] = 1
		return puts(map[string]any{"agentPoolProfiles": poolsIn(e.nodes(), counts...)})(e)
	}
}

// manyNodes are clusters with these pools in the subnet big, and a pod range for all.
func manyNodes(changes map[string]any, counts ...float64) func(e *estate) error {
	return func(e *estate) error {
		return puts(merge(changes, map[string]any{
			"agentPoolProfiles": poolsIn(e.subnetID("big"), counts...), "networkProfile.podCidr": "10.128.0.0/11",
		}))(e)
	}
}

func init() {
	refusalCases = append(refusalCases, clusterNameCases, clusterPoolCases, clusterChangeCases)
}

var clusterNameCases = []refusalCase{
	estateCase(refuseAKSClusterName, `"aks-" must match`, nil,
		func(e *estate) error {
			_, err := e.put(managedClusterToken, e.clusterID("aks-"), e.inputs(nil))
			return err
		},
		func(e *estate) error {
			_, err := e.put(managedClusterToken, e.clusterID("aks-1"), e.inputs(nil))
			return err
		}),
	clusterCase(refuseAKSDNSPrefixMissing, "Required parameter dnsPrefix is missing (null).",
		map[string]any{"dnsPrefix": nil}, nil),
	clusterCase(refuseAKSDNSPrefix, strings.Repeat("a", 55),
		map[string]any{"dnsPrefix": strings.Repeat("a", 55)}, map[string]any{"dnsPrefix": strings.Repeat("a", 54)}),
	clusterCase(refuseAKSNodeResourceGroupName, "has 81 characters; 80 are allowed",
		map[string]any{"nodeResourceGroup": strings.Repeat("n", 81)},
		map[string]any{"nodeResourceGroup": strings.Repeat("n", 80)}),
	estateCase(refuseAKSNodeResourceGroupExists, "Node resource group 'nodes' under subscription "+
		"'00000000-0000-0000-0000-000000000001' already exists, please provide a new one.",
		func(e *estate) {
			e.write(resourceGroupToken, groupID("nodes"), `{"name": "nodes", "location": "westeurope"}`)
		},
		puts(map[string]any{"nodeResourceGroup": "nodes"}), puts(map[string]any{"nodeResourceGroup": "nodes2"})),
	clusterCase(refuseAKSNodeResourceGroupSame, "Node resource group 'rg' is the same as ResourceGroup 'rg', which is "+
		"not "+
		"allowed, please provide a different node resource group.",
		map[string]any{"nodeResourceGroup": "rg"}, map[string]any{"nodeResourceGroup": "rg2"}),
	estateCase(refuseAKSOverlayNames, "has 64",
		func(e *estate) {
			e.subnet(strings.Repeat("s", 64), "10.1.3.0/24", nil)
			e.subnet(strings.Repeat("s", 63), "10.1.4.0/24", nil)
			e.assign(roleNetworkContributor, e.network("virtualNetworks/spoke"))
		},
		func(e *estate) error {
			return puts(map[string]any{firstPool + "vnetSubnetID": e.subnetID(strings.Repeat("s", 64))})(e)
		},
		func(e *estate) error {
			return puts(map[string]any{firstPool + "vnetSubnetID": e.subnetID(strings.Repeat("s", 63))})(e)
		}),
}

const firstPool = "agentPoolProfiles.0."

var clusterPoolCases = []refusalCase{
	estateCase(refuseAKSPoolIntroduced, "A new agent pool was introduced.",
		func(e *estate) { e.cluster(map[string]any{"agentPoolProfiles": poolsIn(e.nodes(), 1)}) },
		func(e *estate) error { return puts(map[string]any{"agentPoolProfiles": poolsIn(e.nodes(), 1, 1)})(e) },
		func(e *estate) error { return puts(map[string]any{"agentPoolProfiles": poolsIn(e.nodes(), 2)})(e) }),
	clusterCase(refuseAKSPoolsMissing, "Required parameter agentPoolProfiles is missing (null).",
		map[string]any{"agentPoolProfiles": nil}, nil),
	estateCase(refuseAKSTooManyPools, "101 agent pools; 100 are allowed", nil, manyPools(101), manyPools(100)),
	clusterCase(refuseAKSPoolName, "The value of parameter agentPoolProfile.name is invalid. Please see "+
		"https://aka.ms/aks-naming-rules for more details.",
		map[string]any{firstPool + "name": "Nodes"}, map[string]any{firstPool + "name": "nodes"}),
	clusterCase(refuseAKSPoolName, "agentPoolProfile.name is invalid", map[string]any{firstPool + "name": "abcdefghijklm"},
		map[string]any{firstPool + "name": "abcdefghijkl"}),
	estateCase(refuseAKSPoolNameTwice, `"pool0" is used twice`, nil,
		func(e *estate) error {
			twice := append(poolsIn(e.nodes(), 1), poolsIn(e.nodes(), 1)...)
			return puts(map[string]any{"agentPoolProfiles": twice})(e)
		},
		func(e *estate) error { return puts(map[string]any{"agentPoolProfiles": poolsIn(e.nodes(), 1, 1)})(e) }),
	clusterCase(refuseAKSVMSizeMissing, "agent pool 'system'", map[string]any{firstPool + "vmSize": nil}, nil),
	clusterCase(refuseAKSSystemPoolSize, "System node pool must use VM sku with more than 2 cores and 4GB memory. "+
		"Nodepool "+
		"name: system.",
		map[string]any{firstPool + "vmSize": "Standard_DS1_v2"}, map[string]any{firstPool + "vmSize": "Standard_DS2_v2"}),
	clusterCase(refuseAKSPoolMode, `got "Both"`, map[string]any{firstPool + "mode": "Both"}, nil),
	clusterCase(refuseAKSNoSystemPool, "Must define at least one system pool.",
		map[string]any{firstPool + "mode": "User"}, map[string]any{firstPool + "mode": "System"}),
	clusterCase(refuseAKSPoolCount, "agentPoolProfile.count was 0. It must be greater or equal to minCount:1 and less "+
		"than "+
		"or equal to maxCount:1000. If allowedMinCount was expected to be 0 but is 1: 1) The nodepool is a VMAS pool. 2) "+
		"api Version is less than 2020-03-01. 3) The node is a system pool.",
		map[string]any{firstPool + "count": 0.0}, map[string]any{firstPool + "count": 1.0}),
	estateCase(refuseAKSPoolCount, "was 1001", bigSubnet, manyNodes(nil, 1001), manyNodes(nil, 1000)),
	estateCase(refuseAKSClusterNodes, "5001 nodes; 5000 are allowed", bigSubnet,
		manyNodes(nil, 1000, 1000, 1000, 1000, 1000, 1), manyNodes(nil, 1000, 1000, 1000, 1000, 1000)),
	estateCase(refuseAKSKubenetNodes, "Cluster's upper limit node count is 401 which exceeds the limit for Kubenet "+
		"400.", bigSubnet,
		manyNodes(kubenet(nil), 401), manyNodes(kubenet(nil), 400)),
	clusterCase(refuseAKSFewPodsPerNode, "maxPods 9", map[string]any{firstPool + "maxPods": 9.0},
		map[string]any{firstPool + "maxPods": 10.0}),
	clusterCase(refuseAKSManyPodsPerNode, "maxPods 251", map[string]any{firstPool + "maxPods": 251.0},
		map[string]any{firstPool + "maxPods": 250.0}),
	clusterCase(refuseAKSFewPodsPerPool, "room for 20 pods on 2 nodes",
		map[string]any{firstPool + "maxPods": 10.0, firstPool + "count": 2.0},
		map[string]any{firstPool + "maxPods": 15.0, firstPool + "count": 2.0}),
	clusterCase(refuseAKSMaxSurge, `got "101%"`, map[string]any{firstPool + "upgradeSettings.maxSurge": "101%"},
		map[string]any{firstPool + "upgradeSettings.maxSurge": "100%"}),
	estateCase(refuseAKSClusterQuota, "westeurope has 100 managed clusters",
		func(e *estate) {
			for i := range 100 {
				e.write(managedClusterToken, e.clusterID(fmt.Sprintf("other%d", i)), `{"location": "westeurope"}`)
			}
		},
		puts(nil),
		after(func(e *estate) {
			e.write(managedClusterToken, e.clusterID("other0"), `{"location": "northeurope"}`)
		}, nil)),
}

// Versions and what cannot change on a living cluster (azure-facts 1.6).
var clusterChangeCases = []refusalCase{
	clusterCase(refuseAKSVersion, "Managed cluster aks is on version 1.19.1 which is not supported in this region. "+
		"Please use "+
		"[az aks get-versions] command to get the supported version list in this region. For more information, please "+
		"check https://aka.ms/supported-version-list",
		map[string]any{"kubernetesVersion": "1.19.1"}, map[string]any{"kubernetesVersion": "1.33.1"}),
	estateCase(refuseAKSUpgrade, "Upgrading Kubernetes version 1.32.5 to 1.34.1 is not allowed. Available upgrades: "+
		"[1.33.2 "+
		"1.33.1 1.32.6]. Please see https://aka.ms/aks-supported-k8s-ver for version details.",
		func(e *estate) { e.cluster(map[string]any{"kubernetesVersion": "1.32.5"}) },
		puts(map[string]any{"kubernetesVersion": "1.34"}), puts(map[string]any{"kubernetesVersion": "1.33"})),
	estateCase(refuseAKSPropertyChange, "Changing property 'networkProfile.serviceCidr' is not allowed.",
		func(e *estate) { e.cluster(nil) },
		puts(map[string]any{"networkProfile.serviceCidr": "10.2.0.0/17"}),
		puts(map[string]any{"tags": map[string]any{"a": "b"}})),
	estateCase(refuseAKSVMSizeChange,
		`Changing property "agentPoolProfile.vmSize" is not allowed in an api-version before "2026-01-02-preview".`,
		func(e *estate) { e.cluster(nil) },
		puts(map[string]any{firstPool + "vmSize": "Standard_D4s_v5"}), puts(map[string]any{firstPool + "count": 4.0})),
	estateCase(refuseAKSIssuerDisabled, "OIDC issuer feature cannot be disabled.",
		func(e *estate) { e.cluster(map[string]any{"oidcIssuerProfile.enabled": true}) },
		puts(map[string]any{"oidcIssuerProfile.enabled": false}), puts(nil)),
	estateCase(refuseAKSOutboundMove, "from loadBalancer to managedNATGateway is not allowed: outbound type "+
		"managedNATGateway does not exist in a VNet of your own.",
		func(e *estate) {
			e.cluster(nil)
			e.natGateway(e.publicIP("egress", "203.0.113.210", nil))
		},
		puts(outbound("managedNATGateway")), puts(outbound("userAssignedNATGateway"))),
}
