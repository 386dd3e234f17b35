package azuresim

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
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
)

func (c *clusterRequest) checkNames() error {
	s := c.spec
	if name := nameOf(c.desired.ID); !clusterName.MatchString(name) {
		return invalidParameter("resourceName", "the name %q must match %s", name, clusterName)
	}
	if s.DNSPrefix == "" {
		return refuseAKS("InvalidParameter", "dnsPrefix", "Required parameter dnsPrefix is missing (null).")
	}
	if !dnsPrefix.MatchString(s.DNSPrefix) {
		return invalidParameter("dnsPrefix", "the prefix %q must match %s", s.DNSPrefix, dnsPrefix)
	}
	if len(s.NodeResourceGroup) > 80 {
		return invalidParameter("nodeResourceGroup", "the name %q is longer than 80 characters", s.NodeResourceGroup)
	}
	if _, exists := c.op.get(groupID(s.NodeResourceGroup)); exists && c.old == nil {
		return invalidParameter("nodeResourceGroup", "the resource group %q exists already", s.NodeResourceGroup)
	}
	return nil
}

// checkPools checks names, counts and modes of the agent pools (azure-facts 11.1, 11.3). The texts are ours.
func (c *clusterRequest) checkPools() error {
	pools := c.spec.AgentPoolProfiles
	if len(pools) == 0 {
		return refuseAKS("InvalidParameter", "agentPoolProfiles", "Required parameter agentPoolProfiles is missing (null).")
	}
	if len(pools) > maxPools {
		return invalidParameter("agentPoolProfiles", "a cluster has at most %d agent pools (got %d)", maxPools, len(pools))
	}
	names := map[string]bool{}
	system := false
	for _, p := range pools {
		if err := checkPool(p); err != nil {
			return err
		}
		if names[p.Name] {
			return invalidParameter("agentPoolProfile.name", "agent pool name %q is used twice", p.Name)
		}
		names[p.Name] = true
		system = system || p.Mode == "System"
	}
	if !system {
		return refuseAKS("InvalidParameter", "properties.agentPoolProfiles", "Must define at least one system pool.")
	}
	count, _ := c.spec.nodes()
	limit := maxNodes
	if c.spec.NetworkProfile.NetworkPlugin == "kubenet" {
		limit = maxKubenetNodes
	}
	if count > limit {
		return invalidParameter("agentPoolProfile.count", "the cluster can have at most %d nodes (got %d)", limit, count)
	}
	return nil
}

func checkPool(p *poolSpec) error {
	if !poolName.MatchString(p.Name) {
		return invalidParameter("agentPoolProfile.name", "agent pool name %q must match %s", p.Name, poolName)
	}
	if p.VMSize == "" {
		return refuseAKS("InvalidParameter", "agentPoolProfile.vmSize",
			"Required parameter agentPoolProfile.vmSize is missing (null).")
	}
	least := 0
	switch p.Mode {
	case "System":
		least = 1
	case "User":
	default:
		return invalidParameter("agentPoolProfile.mode", "the mode is System or User (got %q)", p.Mode)
	}
	if *p.Count < least || *p.Count > maxNodesPerPool {
		return invalidParameter("agentPoolProfile.count", "a pool of mode %s has %d to %d nodes (got %d)",
			p.Mode, least, maxNodesPerPool, *p.Count)
	}
	if *p.MaxPods < minPodsPerNode || *p.MaxPods > maxPodsPerNode || *p.Count**p.MaxPods < 30 && *p.Count > 0 {
		return invalidParameter("agentPoolProfile.maxPods",
			"a node has %d to %d pods and a pool room for at least 30 (got %d pods on each of %d nodes)",
			minPodsPerNode, maxPodsPerNode, *p.MaxPods, *p.Count)
	}
	if _, ok := p.surge(); !ok {
		return invalidParameter("agentPoolProfile.upgradeSettings.maxSurge",
			"maxSurge is a positive number or a percentage from 1%% to 100%% (got %q)", p.UpgradeSettings.MaxSurge)
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
		return refuseAKS("K8sVersionNotSupported", "", "Managed cluster %s has invalid version %s. Please use "+
			"[az aks get-versions] command to get the supported version list in this region. For more information, "+
			"please check https://aka.ms/supported-version-list", nameOf(c.desired.ID), c.spec.KubernetesVersion)
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
		return refuseAKS("OperationNotAllowed", "", "Upgrading Kubernetes version %s to %s is not allowed. Available "+
			"upgrades: [%s]. Please see https://aka.ms/aks-minor-version-upgrade", running, next, upgradesOf(running))
	}
	return nil
}

// upgradesOf lists the versions that a cluster of this version can be upgraded to.
func upgradesOf(running string) string {
	var upgrades []string
	for _, v := range kubernetesVersions[slices.Index(kubernetesVersions, running)+1:] {
		if minorNumber(v) <= minorNumber(running)+1 {
			upgrades = append(upgrades, v)
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
