package config

import (
	"strconv"
	"strings"
)

// kubenetMaxNodes is the limit of kubenet, which needs one route a node (azure-facts 11.3).
const kubenetMaxNodes = 400

func (in *input) loadCluster(config *Config) {
	config.NodeCount = in.number("nodeCount")
	config.NodeVMSize = in.text("nodeVmSize")
	config.NodeMaxSurge = in.text("nodeMaxSurge")
	config.KubernetesVersion = in.text("kubernetesVersion")
	config.NetworkPlugin = in.text("networkPlugin")
	config.ClusterTier = in.text("clusterTier")
	if config.NetworkPlugin == "azure" {
		config.NetworkPluginMode = in.text("networkPluginMode")
	}
	if in.good("nodeCount", "nodeMaxSurge") && config.NetworkPlugin == "kubenet" && in.nodes() > kubenetMaxNodes {
		in.refuse("nodeCount", "is too many for kubenet: %s are %d, and it takes %d",
			in.nodesInWords(), in.nodes(), kubenetMaxNodes)
	}
}

// SurgeNodes is how many nodes an upgrade adds: NodeMaxSurge, a percentage of NodeCount rounded up.
func (c *Config) SurgeNodes() int { return surgeNodes(c.NodeCount, c.NodeMaxSurge) }

func surgeNodes(nodeCount int, maxSurge string) int {
	if percent, ok := strings.CutSuffix(maxSurge, "%"); ok {
		n, _ := strconv.Atoi(percent)
		return (nodeCount*n + 99) / 100
	}
	n, _ := strconv.Atoi(maxSurge)
	return n
}

func (in *input) surge() int { return surgeNodes(in.number("nodeCount"), in.text("nodeMaxSurge")) }

// nodes counts surge nodes too: an upgrade needs their addresses and ports.
func (in *input) nodes() int { return in.number("nodeCount") + in.surge() }

func (in *input) nodesInWords() string {
	return plural(in.number("nodeCount"), "node") + " and " + strconv.Itoa(in.surge()) + " for surge"
}
