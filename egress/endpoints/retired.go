package endpoints

import (
	"path"
	"strings"
)

// RetiredSourceDate is when the sources of the list of retired host names were read.
const RetiredSourceDate = "2026-11-24"

// acsMirror is in RequiredFQDNs and among the retired names: the source lists it until every node image is newer.
const acsMirror = "acs-mirror.azureedge.net"

// Retired is a host name that AKS once required.
type Retired struct {
	Host    string // a "*" stands for any characters, such as the region
	Instead string // the host name that took its place
	Since   string // year and month in which the source says so
	Source  string

	// StillListed: RequiredSource still asks for it, beside Instead. Both are to be allowed; without it old node images
	// fail.
	StillListed bool
}

var retired = []Retired{
	{
		Host: acsMirror, Instead: "packages.aks.azure.com", Since: "2025-05", StillListed: true,
		Source: "github.com/Azure/AKS/issues/4792",
	},
	{
		Host: "*.cdn.mscr.io", Instead: "*.data.mcr.microsoft.com", Since: "2020-06",
		Source: "github.com/microsoft/containerregistry/pull/17 (client-firewall-rules.md)",
	},
	{
		// Of the tunnel that konnectivity replaced, which uses the API server's name.
		Host: "*.tun.*.azmk8s.io", Instead: "*.hcp.<region>.azmk8s.io", Since: "2021-12",
		Source: "needed in github.com/Azure/AKS/issues/1044 (2019), not since konnectivity " +
			"(github.com/MicrosoftDocs/azure-docs/issues/85149), nor in " + RequiredSource,
	},
}

// RetiredHosts are the host names that AKS no longer needs, or will soon not need.
func RetiredHosts() []Retired { return append([]Retired{}, retired...) }

// FindRetired says whether a host name, or the pattern of an application rule, is a retired one.
func FindRetired(host string) (Retired, bool) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, r := range retired {
		if same, err := path.Match(r.Host, host); err == nil && same {
			return r, true
		}
	}
	return Retired{}, false
}
