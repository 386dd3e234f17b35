package endpoints

import (
	"slices"
	"strings"
)

// RequiredSource is where the AKS lists of this package come from, and RequiredSourceDate the date of the copy read.
const (
	RequiredSource     = "https://learn.microsoft.com/azure/aks/outbound-rules-control-egress"
	RequiredSourceDate = "2026-06-18"
)

// PublicCloud says whether a region is in Azure public cloud, the only one whose hosts this package knows: those of the
// sovereign clouds have other names (azure-facts 6.3).
func PublicCloud(region string) bool {
	return !slices.ContainsFunc([]string{"china", "usgov", "usdod"}, func(cloud string) bool {
		return strings.HasPrefix(region, cloud)
	})
}

// Required is everything that every AKS cluster in Azure public cloud needs, in the order of the source: network
// endpoints, then host names. Region is Azure's short name, such as westeurope.
func Required(region string) []Endpoint {
	return slices.Concat(RequiredNetwork(region), RequiredFQDNs(region))
}

// RequiredNetwork is the part of Required that no host name can express (azure-facts 6.1). Clusters with konnectivity,
// which AKS creates today, no longer open these tunnels; the source keeps them in its list and in its firewall
// example, and both ports are too narrow to shadow a rule by host name.
// TCP 443 to AzureCloud is not here on purpose: network rules come first, so it would end every rule by host name.
func RequiredNetwork(region string) []Endpoint {
	cloud := "AzureCloud." + region
	return []Endpoint{
		{
			ServiceTag: cloud, Protocol: UDP, Port: 1194,
			Why: "Tunnel between nodes and control plane for clusters without konnectivity.",
		},
		{
			ServiceTag: cloud, Protocol: TCP, Port: 9000,
			Why: "Tunnel between nodes and control plane for clusters without konnectivity.",
		},
	}
}

// RequiredFQDNs is the part of Required that a firewall matches by host name: HTTPS on 443 (azure-facts 6.2).
func RequiredFQDNs(region string) []Endpoint {
	return []Endpoint{
		https("*.hcp."+region+".azmk8s.io", "Nodes and konnectivity talk to the API server."),
		https("mcr.microsoft.com", "AKS pulls its own images from Microsoft Container Registry."),
		https("*.data.mcr.microsoft.com", "Image layers of Microsoft Container Registry."),
		https("mcr-0001.mcr-msedge.net", "Image layers of Microsoft Container Registry."),
		https("management.azure.com", "Kubernetes calls the Azure API."),
		https("login.microsoftonline.com", "Microsoft Entra ID issues the tokens of nodes and workloads."),
		https("packages.microsoft.com", "Nodes install packages while they join the cluster."),
		https(acsMirror, "Nodes download Kubernetes and CNI binaries (being replaced)."),
		https("packages.aks.azure.com", "Nodes download Kubernetes and CNI binaries."),
	}
}

func https(host, why string) Endpoint {
	return Endpoint{Host: host, Protocol: HTTPS, Port: 443, Why: why}
}

func http(host, why string) Endpoint {
	return Endpoint{Host: host, Protocol: HTTP, Port: 80, Why: why}
}
