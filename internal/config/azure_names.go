package config

import (
	"regexp"
	"slices"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
)

// checkRegion refuses regions that do not exist: azure-native would send them to Azure, which refuses each resource.
func (in *input) checkRegion(text, region string) {
	if slices.Contains(endpoints.Regions(), region) {
		return
	}
	if near, ok := nearest(region, endpoints.Regions()); ok {
		in.report(LocationKey, show(text), "is not an Azure region: did you mean %s?", near)
		return
	}
	in.report(LocationKey, show(text), "is not among the regions of Azure public cloud of %s; az account list-locations "+
		"lists them, and a newer one is to be added to egress/endpoints/regions.go", endpoints.RegionsOn)
}

// checkZones: zones are for regions that have them.
func (in *input) checkZones(config *Config) {
	known := slices.Contains(endpoints.Regions(), config.Location)
	if len(config.Zones) > 0 && known && !endpoints.HasZones(config.Location) {
		in.refuse("zones", "needs a region with availability zones, and %s has none", config.Location)
	}
}

// vmSize is how Azure names sizes: family, vCPUs, constrained vCPUs, features, accelerator, version, as in
// Standard_E96-24ds_v5 and Standard_NC24ads_A100_v4 (learn.microsoft.com/azure/virtual-machines/vm-naming-conventions).
// Whether a size exists, in which region and for whom, only Azure knows.
var vmSize = regexp.MustCompile(
	`^Standard_[A-Z]{1,3}[0-9]{1,4}(-[0-9]{1,3})?[a-z]{0,5}(_[A-Z][A-Za-z0-9]{1,8})*(_v[0-9]{1,2})?$`)

func (in *input) checkVMSize(key string) {
	if in.good(key) && !vmSize.MatchString(in.text(key)) {
		in.refuse(key, "is not a VM size: sizes are named by family, number of vCPUs, features and version, such as "+
			"Standard_D2s_v5")
	}
}

// checkSystemPool is about the first pool, in which AKS runs its own pods.
func (in *input) checkSystemPool() {
	const key = "nodeVmSize"
	if in.good(key) && egress.TooSmallForSystemPool(in.text(key)) {
		in.refuse(key, "is too small: a system pool of AKS needs 2 vCPUs and 4 GB, as Standard_D2s_v5 or Standard_B2s has")
	}
}

// maxFreeNodes is what a cluster of tier Free takes; Standard and Premium take 5,000 (azure-facts 11.3,
// learn.microsoft.com/azure/aks/free-standard-pricing-tiers).
const maxFreeNodes = 1000

func (in *input) checkTier(config *Config) {
	nodes := config.NodeCount + config.UserNodeCount
	if in.good(nodeKeys...) && config.ClusterTier == "Free" && nodes > maxFreeNodes {
		in.refuse("clusterTier", "takes %d nodes, and both pools have %d: use Standard", maxFreeNodes, nodes)
	}
}

// checkOverlaps: AKS takes each address once in the authorized ranges.
func (in *input) checkOverlaps(config *Config) {
	ranges := config.APIServerAuthorizedIPRanges
	for i, prefix := range ranges {
		for j, other := range ranges {
			if i != j && other.Overlaps(prefix) && (other.Bits() < prefix.Bits() || other == prefix && j < i) {
				in.report("apiServerAuthorizedIpRanges", prefix.String(), "is part of %s, which is listed too: remove it", other)
				break
			}
		}
	}
}
