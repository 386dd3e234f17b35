package topology

import (
	"strconv"
	"strings"

	"aks-egress/egress"
)

// pool is an agent pool, inline or standalone, waiting for its cluster to be linked.
type pool struct {
	cluster      string // id
	name         string
	count        int
	maxCount     int // with upgrade surge
	subnetID     string
	podSubnetID  string
	nodePublicIP bool
	prefixID     string // of the nodes' public addresses
	vmSize       string
	zones        []string
}

func (b *builder) putPool(p pool) { b.pools = put(b, b.pools, "pools", p.cluster+"/"+p.name, p) }

func (b *builder) agentPool(id string, p *properties) bool {
	c := b.cluster(parentID(id))
	if c == nil {
		return false
	}
	b.putPool(readPool(c.ID, lastName(id), p))
	return true
}

func readPool(cluster, name string, p *properties) pool {
	out := pool{
		cluster: cluster, name: name, count: p.number("count"), subnetID: p.text("vnetSubnetID"),
		podSubnetID: p.text("podSubnetID"), nodePublicIP: p.flag("enableNodePublicIP"),
		prefixID: p.text("nodePublicIPPrefixID"), vmSize: p.text("vmSize"), zones: p.texts("availabilityZones"),
	}
	out.maxCount = out.count
	if p.flag("enableAutoScaling") {
		out.maxCount = max(out.count, p.number("maxCount"))
	}
	out.maxCount += readSurge(p.object("upgradeSettings"), out.maxCount)
	return out
}

// defaultSurge is how many nodes an upgrade adds to a pool that says nothing of it (azure-facts 2.3).
const defaultSurge = 1

// readSurge is how many nodes an upgrade adds to a pool: maxSurge is a number of nodes, or a share of the pool such as
// 33%, rounded up (learn.microsoft.com/azure/aks/upgrade-aks-cluster).
func readSurge(p *properties, nodes int) int {
	text := p.text("maxSurge")
	if text == "" {
		return defaultSurge
	}
	digits, share := strings.CutSuffix(text, "%")
	n, err := strconv.ParseUint(digits, 10, 16)
	switch {
	case err != nil:
		p.fail("maxSurge", "must be a number of nodes or a percentage", text)
		return 0
	case share:
		return (nodes*int(n) + 99) / 100
	default:
		return int(n)
	}
}

func linkPool(c *egress.Cluster, p pool, managedSubnet string) {
	c.Pools = append(c.Pools, egress.NodePool{Name: p.name, Count: p.count, VMSize: p.vmSize, Zones: p.zones})
	c.NodeCount += p.count
	c.MaxNodeCount += p.maxCount
	c.NodePublicIPs = c.NodePublicIPs || p.nodePublicIP
	c.NodePublicIPPrefixIDs = addID(c.NodePublicIPPrefixIDs, p.prefixID)
	subnet := p.subnetID
	if subnet == "" {
		subnet = managedSubnet
	}
	c.NodeSubnetIDs = addID(c.NodeSubnetIDs, subnet)
	c.PodSubnetIDs = addID(c.PodSubnetIDs, p.podSubnetID)
}
