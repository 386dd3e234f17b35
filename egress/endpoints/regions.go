package endpoints

import "slices"

// RegionsOn is the day of the data on regions.
const RegionsOn = "2026-12-01"

// zonal are the regions of Azure public cloud with availability zones, others those without. Source: the list of Azure
// regions, learn.microsoft.com/azure/reliability/regions-list, and of regions with zones,
// learn.microsoft.com/azure/reliability/availability-zones-region-support. Staging and canary regions are left out.
var (
	zonal = []string{
		"australiaeast", "austriaeast", "belgiumcentral", "brazilsouth", "canadacentral", "centralindia", "centralus",
		"chilecentral", "denmarkeast", "eastasia", "eastus", "eastus2", "francecentral", "germanywestcentral",
		"indonesiacentral", "israelcentral", "italynorth", "japaneast", "japanwest", "koreacentral", "malaysiawest",
		"mexicocentral", "newzealandnorth", "northeurope", "norwayeast", "polandcentral", "qatarcentral",
		"southafricanorth", "southcentralus", "southeastasia", "spaincentral", "swedencentral", "switzerlandnorth",
		"uaenorth", "uksouth", "westeurope", "westus2", "westus3",
	}
	others = []string{
		"australiacentral", "australiacentral2", "australiasoutheast", "brazilsoutheast", "canadaeast", "francesouth",
		"germanynorth", "jioindiacentral", "jioindiawest", "koreasouth", "northcentralus", "norwaywest",
		"southafricawest", "southindia", "swedensouth", "switzerlandwest", "uaecentral", "ukwest", "westcentralus",
		"westindia", "westus",
	}
)

// Regions are the short names of all regions of Azure public cloud, sorted.
func Regions() []string { return slices.Sorted(slices.Values(slices.Concat(zonal, others))) }

// HasZones reports whether a region has availability zones.
func HasZones(region string) bool { return slices.Contains(zonal, region) }
