package config

import (
	"net/netip"
	"slices"
	"strings"
)

// containersGatewayBits is the length of the subnet of an Application Gateway for Containers: it wants 256 addresses,
// and with overlay pods exactly that (azure-facts 7.8).
const containersGatewayBits = 24

// containersGatewayRegions are where Azure offers Application Gateway for Containers (AGC docs, overview of
// 2025-11-10).
var containersGatewayRegions = []string{
	"australiaeast", "brazilsouth", "canadacentral", "centralindia", "centralus", "eastasia", "eastus", "eastus2",
	"francecentral", "germanywestcentral", "koreacentral", "northcentralus", "northeurope", "norwayeast",
	"southcentralus", "southeastasia", "switzerlandnorth", "uaenorth", "uksouth", "westeurope", "westus", "westus2",
	"westus3",
}

// checkContainersRegion refuses regions without Application Gateway for Containers.
func (in *input) checkContainersRegion(config *Config) {
	if in.ingress() != IngressApplicationGatewayForContainers || config.Location == "" {
		return
	}
	if !slices.Contains(containersGatewayRegions, config.Location) {
		in.refuse("ingress", "is not offered by Azure in %s: use applicationGateway, or one of %s", config.Location,
			strings.Join(containersGatewayRegions, ", "))
	}
}

// checkContainersSubnet refuses a subnet of another size than the gateway takes.
func (in *input) checkContainersSubnet(subnet netip.Prefix) {
	const key = "gatewaySubnet"
	if in.ingress() != IngressApplicationGatewayForContainers {
		return
	}
	overlay := in.good("networkPluginMode") && in.text("networkPluginMode") == "overlay"
	switch bits := subnet.Bits(); {
	case bits > containersGatewayBits:
		in.refuse(key, "has %d addresses, and Application Gateway for Containers needs 256: use /24", size(subnet))
	case bits < containersGatewayBits && overlay:
		in.refuse(key, "is larger than /24, and with networkPluginMode overlay Application Gateway for Containers takes a "+
			"/24 only: use /24")
	}
}
