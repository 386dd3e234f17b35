package config

import (
	"strconv"
	"strings"
)

// kubenetMaxNodes is the limit of kubenet, which needs one route a node (azure-facts 11.3).
const kubenetMaxNodes = 400

func (in *input) loadCluster(config *Config) {
	config.NodeCount = in.number("nodeCount")
	in.checkVMSize("nodeVmSize")
	in.checkSystemPool()
	config.NodeVMSize = in.text("nodeVmSize")
	config.NodeMaxSurge = in.text("nodeMaxSurge")
	if config.UserNodeCount = in.number("userNodeCount"); config.UserNodeCount > 0 {
		in.checkVMSize("userNodeVmSize")
		config.UserNodeVMSize = in.text("userNodeVmSize")
	}
	config.KubernetesVersion = in.text("kubernetesVersion")
	config.NetworkPlugin = in.text("networkPlugin")
	config.ClusterTier = in.text("clusterTier")
	in.checkTier(config)
	if config.NetworkPlugin == "azure" {
		config.NetworkPluginMode = in.text("networkPluginMode")
	}
	if in.good(nodeKeys...) && config.NetworkPlugin == "kubenet" && in.nodes() > kubenetMaxNodes {
		in.refuse("nodeCount", "is too many for kubenet: %s are %d, and it takes %d",
			in.nodesInWords(), in.nodes(), kubenetMaxNodes)
	}
}

// SurgeNodes is how many nodes an upgrade adds: NodeMaxSurge, a percentage of each pool rounded up.
func (c *Config) SurgeNodes() int { return surgeOf(c.NodeMaxSurge, c.NodeCount, c.UserNodeCount) }

// nodeKeys decide how many nodes there can be.
var nodeKeys = []string{"nodeCount", "userNodeCount", "nodeMaxSurge"}

// surgeOf is what an upgrade of all pools at the same time adds.
func surgeOf(maxSurge string, pools ...int) int {
	surge := 0
	for _, nodes := range pools {
		if nodes > 0 {
			surge += surgeNodes(nodes, maxSurge)
		}
	}
	return surge
}

func surgeNodes(nodeCount int, maxSurge string) int {
	if percent, ok := strings.CutSuffix(maxSurge, "%"); ok {
		n, _ := strconv.Atoi(percent)
		return (nodeCount*n + 99) / 100
	}
	n, _ := strconv.Atoi(maxSurge)
	return n
}

func (in *input) surge() int {
	return surgeOf(in.text("nodeMaxSurge"), in.number("nodeCount"), in.number("userNodeCount"))
}

// nodes counts surge nodes too: an upgrade needs their addresses and ports.
func (in *input) nodes() int { return in.number("nodeCount") + in.number("userNodeCount") + in.surge() }

func (in *input) nodesInWords() string {
	words := plural(in.number("nodeCount"), "node")
	if user := in.number("userNodeCount"); user > 0 {
		words += ", " + strconv.Itoa(user) + " of the second pool"
	}
	return words + " and " + strconv.Itoa(in.surge()) + " for surge"
}
