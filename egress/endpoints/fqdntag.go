package endpoints

import "slices"

// The FQDN tags of Azure Firewall whose hosts this package knows.
const (
	TagAKS           = "AzureKubernetesService"
	TagWindowsUpdate = "WindowsUpdate"
)

// FQDNTag expands a tag of Azure Firewall's application rules to its hosts, sorted and without duplicates; false when
// the tag is not known here. Azure publishes neither expansion:
//   - AzureKubernetesService stands for "all FQDNs of the AKS outbound-rules document" (azure-facts 5.6), so it is
//     RequiredFQDNs and every feature of azure-facts 6.3.
//   - WindowsUpdate is the list that WSUS needs (learn.microsoft.com/windows-server/administration/
//     windows-server-update-services/deploy/2-configure-wsus, 2025).
//
// Protocol and Port are those of the source; a rule with a tag names http:80 and https:443 and lets every host through
// on both.
func FQDNTag(tag, region string) ([]Endpoint, bool) {
	switch tag {
	case TagAKS:
		return distinct(slices.Concat(RequiredFQDNs(region), ubuntuNodeUpdates(), gpuNodes(), windowsNodes(), defender(),
			keyVaultDriver(), azureMonitor(region), azurePolicy(), clusterExtensions(region))), true
	case TagWindowsUpdate:
		return distinct(windowsUpdate()), true
	default:
		return nil, false
	}
}

func windowsUpdate() []Endpoint {
	const why = "Windows Update."
	var list []Endpoint
	for _, host := range []string{
		"windowsupdate.microsoft.com", "*.windowsupdate.microsoft.com", "*.update.microsoft.com", "*.windowsupdate.com",
		"download.windowsupdate.com", "*.download.windowsupdate.com", "download.microsoft.com", "wustat.windows.com",
		"ntservicepack.microsoft.com", "go.microsoft.com", "*.delivery.mp.microsoft.com", "dl.delivery.mp.microsoft.com",
	} {
		list = append(list, http(host, why))
	}
	for _, host := range []string{
		"*.windowsupdate.microsoft.com", "*.update.microsoft.com", "download.microsoft.com",
		"*.delivery.mp.microsoft.com", "dl.delivery.mp.microsoft.com",
	} {
		list = append(list, https(host, why))
	}
	return list
}

// distinct sorts by host, protocol and port; of endpoints that differ only in Why it keeps the first.
func distinct(list []Endpoint) []Endpoint {
	slices.SortStableFunc(list, compare)
	return slices.CompactFunc(list, func(a, b Endpoint) bool { return compare(a, b) == 0 })
}

// Beyond are the endpoints of a list by host name that an FQDN tag does not let through already.
func Beyond(tag string, list []Endpoint, region string) []Endpoint {
	hosts, _ := FQDNTag(tag, region)
	return slices.DeleteFunc(slices.Clone(list), func(e Endpoint) bool { return covers(hosts, e) })
}
