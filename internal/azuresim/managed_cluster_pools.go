package azuresim

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"aks-egress/egress"
)

// Names (azure-facts 11.1).
var (
	clusterName = regexp.MustCompile(`^[a-zA-Z0-9]$|^[a-zA-Z0-9][-_a-zA-Z0-9]{0,61}[a-zA-Z0-9]$`)
	poolName    = regexp.MustCompile(`^[a-z][a-z0-9]{0,11}$`)
	dnsPrefix   = regexp.MustCompile(`^[a-zA-Z\d]$|^[a-zA-Z\d][-a-zA-Z\d]{0,52}[a-zA-Z\d]$`)
)

// kubernetesVersions are the versions that the simulated region offers: a fixed list, oldest first, the newest patch of
// a minor version last. Real regions offer others at other times.
var kubernetesVersions = []string{
	"1.31.9", "1.31.10", "1.32.5", "1.32.6", "1.33.1", "1.33.2", "1.34.0", "1.34.1",
}

// defaultKubernetesVersion is what a cluster gets that asks for no version.
const defaultKubernetesVersion = "1.33"

// Limits of a cluster (azure-facts 11.3).
const (
	maxNodes        = 5000
	maxNodesPerPool = 1000
	maxKubenetNodes = 400
	maxPools        = 100
	minPodsPerNode  = 10
	maxPodsPerNode  = 250
	minPodsPerPool  = 30
	maxOverlayName  = 63  // azure-facts 11.1
	clusterQuota    = 100 // in a region
)

func (c *clusterRequest) checkNames() error {
	s := c.spec
	if name := nameOf(c.desired.ID); !clusterName.MatchString(name) {
		return refuseAKSClusterName.because(name, clusterName)
	}
	if s.DNSPrefix == "" {
		return refuseAKSDNSPrefixMissing.because()
	}
	if !dnsPrefix.MatchString(s.DNSPrefix) {
		return refuseAKSDNSPrefix.because(s.DNSPrefix, dnsPrefix)
	}
	if n := len(s.NodeResourceGroup); n > 80 {
		return refuseAKSNodeResourceGroupName.because(s.NodeResourceGroup, n)
	}
	if c.old == nil {
		return c.checkNodeResourceGroup()
	}
	return nil
}

// checkNodeResourceGroup refuses a node resource group that is there already.
func (c *clusterRequest) checkNodeResourceGroup() error {
	name, home := c.spec.NodeResourceGroup, groupOf(c.desired.ID)
	switch {
	case sameID(name, home):
		return refuseAKSNodeResourceGroupSame.because(name, home)
	case c.op.exists(groupID(name)):
		return refuseAKSNodeResourceGroupExists.because(name, SubscriptionID)
	}
	return nil
}

// checkPools checks names, counts and modes of the agent pools (azure-facts 11.1, 11.3).
func (c *clusterRequest) checkPools() error {
	pools := c.spec.AgentPoolProfiles
	if len(pools) == 0 {
		return refuseAKSPoolsMissing.because()
	}
	if len(pools) > maxPools {
		return refuseAKSTooManyPools.because(len(pools), maxPools)
	}
	names := map[string]bool{}
	system := false
	for _, p := range pools {
		if err := checkPool(p); err != nil {
			return err
		}
		if names[p.Name] {
			return refuseAKSPoolNameTwice.because(p.Name)
		}
		names[p.Name] = true
		system = system || p.Mode == "System"
	}
	if !system {
		return refuseAKSNoSystemPool.because()
	}
	count, _ := c.spec.nodes()
	switch {
	case c.spec.NetworkProfile.NetworkPlugin == "kubenet" && count > maxKubenetNodes:
		return refuseAKSKubenetNodes.because(count, maxKubenetNodes)
	case count > maxNodes:
		return refuseAKSClusterNodes.because(count, maxNodes)
	}
	return nil
}

func checkPool(p *poolSpec) error {
	if !poolName.MatchString(p.Name) {
		return refuseAKSPoolName.because()
	}
	if p.VMSize == "" {
		return refuseAKSVMSizeMissing.because(p.Name)
	}
	least := 0
	switch p.Mode {
	case "System":
		least = 1
		if egress.TooSmallForSystemPool(p.VMSize) {
			return refuseAKSSystemPoolSize.because(p.Name)
		}
	case "User":
	default:
		return refuseAKSPoolMode.because(p.Name, p.Mode)
	}
	if *p.Count < least || *p.Count > maxNodesPerPool {
		return refuseAKSPoolCount.because(*p.Count, least)
	}
	if _, ok := p.surge(); !ok {
		return refuseAKSMaxSurge.because(p.Name, p.UpgradeSettings.MaxSurge)
	}
	return checkMaxPods(p)
}

func checkMaxPods(p *poolSpec) error {
	switch n := *p.MaxPods; {
	case n < minPodsPerNode:
		return refuseAKSFewPodsPerNode.because(p.Name, n, minPodsPerNode)
	case n > maxPodsPerNode:
		return refuseAKSManyPodsPerNode.because(p.Name, n, maxPodsPerNode)
	case *p.Count > 0 && *p.Count*n < minPodsPerPool:
		return refuseAKSFewPodsPerPool.because(p.Name, *p.Count*n, *p.Count)
	}
	return nil
}

// resolveVersion is the patch version that a version stands for: itself, or the newest patch of a minor version.
func resolveVersion(version string) (string, bool) {
	for _, v := range slices.Backward(kubernetesVersions) {
		if v == version || minorOf(v) == version {
			return v, true
		}
	}
	return "", false
}

// currentVersion is the version that the cluster will run. A minor version that is running already is not upgraded.
func (c *clusterRequest) currentVersion() string {
	if c.old != nil {
		running := text(c.old.Outputs, "currentKubernetesVersion")
		if c.spec.KubernetesVersion == minorOf(running) {
			return running
		}
	}
	version, _ := resolveVersion(c.spec.KubernetesVersion)
	return version
}

// checkVersion refuses unknown versions, downgrades and skipped minor versions; pools run the cluster's version.
func (c *clusterRequest) checkVersion() error {
	defaultTo(&c.spec.KubernetesVersion, defaultKubernetesVersion)
	if _, ok := resolveVersion(c.spec.KubernetesVersion); !ok {
		return refuseAKSVersion.because(nameOf(c.desired.ID), c.spec.KubernetesVersion)
	}
	next := c.currentVersion()
	for _, p := range c.spec.AgentPoolProfiles {
		if v := p.OrchestratorVersion; v != "" && v != next && v != minorOf(next) {
			return notSimulated(c.desired.ID, fmt.Sprintf("agentPoolProfiles %s orchestratorVersion, another version than "+
				"the cluster's (got %s, cluster %s)", p.Name, v, next))
		}
	}
	if c.old == nil {
		return nil
	}
	running := text(c.old.Outputs, "currentKubernetesVersion")
	from, to := slices.Index(kubernetesVersions, running), slices.Index(kubernetesVersions, next)
	if to < from || minorNumber(next) > minorNumber(running)+1 {
		return refuseAKSUpgrade.because(running, next, upgradesOf(running))
	}
	return nil
}

// upgradesOf lists the versions that a cluster of this version can be upgraded to, newest first.
func upgradesOf(running string) string {
	var upgrades []string
	for _, v := range kubernetesVersions[slices.Index(kubernetesVersions, running)+1:] {
		if minorNumber(v) <= minorNumber(running)+1 {
			upgrades = append([]string{v}, upgrades...)
		}
	}
	return strings.Join(upgrades, " ")
}

// minorOf is 1.33 of 1.33.2.
func minorOf(version string) string { return version[:max(strings.LastIndexByte(version, '.'), 0)] }

// minorNumber is 33 of 1.33.2.
func minorNumber(version string) int {
	_, minor, _ := strings.Cut(minorOf(version), ".")
	n, _ := strconv.Atoi(minor) // versions come from the list
	return n
}
