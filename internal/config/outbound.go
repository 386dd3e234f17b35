package config

import (
	"fmt"

	"aks-egress/egress/snat"
)

// Azure's idle timeouts in minutes (azure-facts 2.1, 3).
const (
	loadBalancerIdleTimeout = 30
	natGatewayIdleTimeout   = 4
)

var outboundIPKeys = []string{"outboundIpCount", "outboundIpPrefixLength", "outboundPublicIpIds", "outboundIpPrefixIds"}

func (in *input) loadOutboundIPs(config *Config) {
	if !in.applies("outboundIpCount") {
		return
	}
	config.OutboundIPCount = in.number("outboundIpCount")
	config.OutboundPortsPerNode = in.number("outboundPortsPerNode")
	config.IdleTimeoutMinutes = in.number("idleTimeoutMinutes")
	if config.IdleTimeoutMinutes == 0 {
		config.IdleTimeoutMinutes = natGatewayIdleTimeout
		if config.OutboundType == LoadBalancer {
			config.IdleTimeoutMinutes = loadBalancerIdleTimeout
		}
	}
	if in.applies("outboundPublicIpIds") {
		config.OutboundPublicIPIDs = in.list("outboundPublicIpIds")
		config.OutboundIPPrefixIDs = in.list("outboundIpPrefixIds")
	}
	if in.applies("outboundIpPrefixLength") {
		config.OutboundIPPrefixLength = in.number("outboundIpPrefixLength")
	}
	if in.chooseOneSource() == "" {
		config.OutboundIPCount = 1
	}
	in.checkIPCounts(config)
	in.checkPorts(config)
}

// chooseOneSource is the one key that says where the outbound IPs come from, or "" when none does.
func (in *input) chooseOneSource() string {
	chosen := ""
	for _, key := range outboundIPKeys {
		switch {
		case !in.applies(key) || !in.isSet(key):
		case chosen == "":
			chosen = key
		default:
			in.bad[key] = true
			in.report(key, "", "is set beside %s: the outbound IPs come from one of them, remove the other", chosen)
		}
	}
	return chosen
}

func (in *input) checkIPCounts(config *Config) {
	if config.OutboundType == LoadBalancer {
		for _, key := range []string{"outboundPublicIpIds", "outboundIpPrefixIds"} {
			if n := len(in.list(key)); n > snat.MaxLoadBalancerIPs {
				in.report(key, "", "has %d ids, and a load balancer takes %d", n, snat.MaxLoadBalancerIPs)
			}
		}
		return
	}
	if config.OutboundIPCount > snat.MaxNATGatewayIPs && in.good("outboundIpCount") {
		in.refuse("outboundIpCount", "is outside 1-%d, which is what a NAT gateway takes", snat.MaxNATGatewayIPs)
	}
	if n := len(config.OutboundPublicIPIDs); n > snat.MaxNATGatewayIPs {
		in.report("outboundPublicIpIds", "", "has %d ids, and a NAT gateway takes %d addresses", n, snat.MaxNATGatewayIPs)
	}
	// The smallest prefix is a /31, so that more than half as many prefixes are certainly too many.
	if n := len(config.OutboundIPPrefixIDs); n > snat.MaxNATGatewayIPs/2 {
		in.report("outboundIpPrefixIds", "", "has %d ids, and a NAT gateway takes %d addresses, so %d prefixes of 2",
			n, snat.MaxNATGatewayIPs, snat.MaxNATGatewayIPs/2)
	}
}

// checkPorts is the arithmetic of azure-facts 2.3, with AKS's own numbers in the message. The size of a prefix of
// somebody else is not known, so that prefixes are left to Azure.
func (in *input) checkPorts(config *Config) {
	ports := config.OutboundPortsPerNode
	if ports == 0 || !in.applies("outboundPortsPerNode") || !in.good("outboundPortsPerNode") {
		return
	}
	if rounded := snat.RoundToBlock(ports); rounded != ports {
		in.refuse("outboundPortsPerNode", "is not a multiple of 8: use %d", rounded)
		return
	}
	ips := config.OutboundIPCount + len(config.OutboundPublicIPIDs)
	if len(config.OutboundIPPrefixIDs) > 0 || !in.good(outboundIPKeys...) || !in.good(nodeKeys...) {
		return
	}
	a := snat.Allocation{Nodes: in.nodes(), PortsPerNode: ports, IPs: ips}
	if a.Fits() {
		return
	}
	wayOut := fmt.Sprintf("use %d ports or fewer", a.MostPorts())
	if enough := a.LeastIPs(); enough <= snat.MaxLoadBalancerIPs {
		wayOut += fmt.Sprintf(", or %d IPs", enough)
	}
	in.refuse("outboundPortsPerNode", "is not in an allowable range: total node count %d (%s) requires %d ports but only "+
		"%d ports are available given %s; %s", a.Nodes, in.nodesInWords(), a.Required(), a.Available(),
		plural(ips, "outbound public IP"), wayOut)
}
