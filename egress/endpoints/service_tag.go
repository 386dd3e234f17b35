package endpoints

import (
	"slices"
	"strings"
)

// hostTag is the service tag that holds the hosts with an ending.
type hostTag struct {
	suffix, tag string
	regional    bool // the hosts are resources, each of one region
}

// hostTags are service tags by host names (learn.microsoft.com/azure/virtual-network/service-tags-overview; Azure
// Monitor: azure-facts 6.3). Microsoft Container Registry is not among them: its entrance has addresses of Azure Front
// Door (github.com/microsoft/containerregistry, docs/client-firewall-rules.md).
var hostTags = []hostTag{
	{".azurecr.io", "AzureContainerRegistry", true},
	{".vault.azure.net", "AzureKeyVault", true},
	{".core.windows.net", "Storage", true},
	{".documents.azure.com", "AzureCosmosDB", true},
	{".management.azure.com", "AzureResourceManager", false},
	{".login.microsoftonline.com", "AzureActiveDirectory", false},
	{".opinsights.azure.com", "AzureMonitor", false},
	{".applicationinsights.azure.com", "AzureMonitor", false},
	{".monitor.azure.com", "AzureMonitor", false},
	{".monitoring.azure.com", "AzureMonitor", false},
}

// ServiceTags are the service tags that hold a host as far as its name tells, for resources in a region; nil: not
// known.
func ServiceTags(host, region string) []string {
	host = "." + strings.ToLower(host)
	i := slices.IndexFunc(hostTags, func(t hostTag) bool { return strings.HasSuffix(host, t.suffix) })
	switch {
	case i < 0:
		return nil
	case hostTags[i].regional && region != "":
		return []string{hostTags[i].tag + "." + region}
	}
	return []string{hostTags[i].tag}
}
