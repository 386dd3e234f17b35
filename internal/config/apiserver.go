package config

import (
	"net/netip"
)

// maxAuthorizedRanges counts the stack's own egress IPs too (azure-facts 7.2).
const maxAuthorizedRanges = 200

const managedNATRule = "does not work with outboundType managedNATGateway: its public IPs are not known before the " +
	"cluster exists, so that the new nodes could not reach the API server; use userAssignedNATGateway, or privateCluster"

// onlyOwnEgress is AKS's way to authorize nothing but the load balancer's outbound IPs.
var onlyOwnEgress = netip.MustParsePrefix("0.0.0.0/32")

func (in *input) loadAuthorizedRanges(config *Config) {
	const key = "apiServerAuthorizedIpRanges"
	if !in.applies(key) || !in.isSet(key) {
		return
	}
	if config.PrivateCluster {
		in.report(key, "", "does not work with privateCluster, whose API server has no public address: remove one of them")
	}
	config.APIServerAuthorizedIPRanges = in.prefixes(key)
	for _, prefix := range config.APIServerAuthorizedIPRanges {
		switch {
		case prefix == onlyOwnEgress && config.OutboundType == LoadBalancer:
		case prefix == onlyOwnEgress:
			in.report(key, prefix.String(),
				"stands for the load balancer's outbound IPs: remove it, the egress IPs are added for you")
		case prefix.Bits() == 0:
			in.report(key, prefix.String(), "authorizes everybody: leave the list empty for that")
		case !isPublic(prefix):
			in.report(key, prefix.String(), "is not public: AKS sees callers by their public address")
		}
	}
	in.checkOverlaps(config)
	if own := in.ownRanges(config); len(config.APIServerAuthorizedIPRanges)+own > maxAuthorizedRanges {
		in.report(key, "", "has %d ranges, and AKS takes %d with the stack's own %d",
			len(config.APIServerAuthorizedIPRanges), maxAuthorizedRanges, own)
	}
}

// ownRanges counts the egress IPs and prefixes that the stack adds; AKS adds those of its load balancer itself.
func (in *input) ownRanges(config *Config) int {
	own := 0
	if in.builds(UserAssignedNATGateway) {
		own += config.OutboundIPCount + len(config.OutboundPublicIPIDs) + len(config.OutboundIPPrefixIDs)
		if config.OutboundIPPrefixLength > 0 {
			own++
		}
	}
	if in.builds(UserDefinedRouting) {
		own += config.FirewallPublicIPCount + len(config.ExistingFirewallPublicIPs)
	}
	return own
}
