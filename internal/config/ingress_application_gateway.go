package config

import "net/netip"

// Prefix lengths of an application gateway's subnet.
const (
	smallestGatewaySubnet = 26
	largestOverlaySubnet  = 24
)

// checkApplicationGatewaySubnet refuses sizes that end badly: a gateway grows to 125 instances, and Azure recommends a
// /24 (azure-docs application-gateway/configuration-infrastructure.md); with overlay it has to be one, or smaller
// (ingress-controller-overview.md).
func (in *input) checkApplicationGatewaySubnet(subnet netip.Prefix) {
	const key = "gatewaySubnet"
	if in.ingress() != IngressApplicationGateway {
		return
	}
	if subnet.Bits() > smallestGatewaySubnet {
		in.refuse(key, "is smaller than /%d: an application gateway takes an address for each of up to 125 instances, and "+
			"in a smaller subnet it could not grow; Azure recommends /24", smallestGatewaySubnet)
	}
	overlay := in.good("networkPlugin", "networkPluginMode") && in.text("networkPlugin") == "azure" &&
		in.text("networkPluginMode") == "overlay"
	if overlay && subnet.Bits() < largestOverlaySubnet {
		in.refuse(key, "is larger than /%d, and an application gateway reaches pods with overlay addresses from a subnet of "+
			"/%d or smaller only: use a /%d", largestOverlaySubnet, largestOverlaySubnet, largestOverlaySubnet)
	}
}
