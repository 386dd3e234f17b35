package config

import (
	"regexp"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
)

// Load reads the whole configuration of a stack: qualified key (aks-egress:nodeCount, azure-native:location) to value,
// as Pulumi gives it to programs: text, and JSON for arrays and objects. Keys of other namespaces are ignored; absent
// keys have their defaults. The error is a Problems with everything that is wrong.
func Load(values map[string]string) (*Config, error) {
	in := read(values)
	in.refuseWithoutMeaning()
	config := &Config{
		OutboundType:            in.outboundType(),
		AllowClusterReplacement: in.flag("allowClusterReplacement"),
		PrivateCluster:          in.flag("privateCluster"),
	}
	in.loadLocation(config, values[LocationKey])
	in.loadMigration(config)
	in.loadCluster(config)
	in.loadIngress(config)
	in.loadAddresses(config)
	in.loadOutboundIPs(config)
	in.loadFirewall(config)
	in.loadExistingHub(config)
	in.loadAllow(config)
	in.loadAuthorizedRanges(config)
	in.loadProbe(config)
	in.loadTags(config)
	if len(in.problems) > 0 {
		return nil, in.problems.sorted()
	}
	return config, nil
}

var regionName = regexp.MustCompile(`^[a-z]+[0-9]*$`)

// loadLocation accepts a display name such as "West Europe", as Azure does.
func (in *input) loadLocation(config *Config, text string) {
	region := egress.RegionName(text)
	switch {
	case text == "":
		in.report(LocationKey, "", "is missing: set the region, such as westeurope")
	case !regionName.MatchString(region):
		in.report(LocationKey, show(text), "is not the name of an Azure region such as westeurope")
	case !endpoints.PublicCloud(region):
		in.report(LocationKey, show(text), "is outside Azure public cloud, the only one whose endpoints are known here")
	default:
		in.checkRegion(text, region)
	}
	config.Location = region
}
