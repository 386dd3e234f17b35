package azuresim

import (
	"math"
	"strconv"
	"strings"
)

// surge is how many nodes an upgrade adds (azure-facts 2.3: one unless maxSurge says otherwise), and whether maxSurge
// is a positive number or a percentage from 1 to 100.
func (p *poolSpec) surge() (int, bool) {
	if p.UpgradeSettings == nil || p.UpgradeSettings.MaxSurge == "" {
		return 1, true
	}
	number, percent := strings.CutSuffix(p.UpgradeSettings.MaxSurge, "%")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || percent && n > 100 {
		return 0, false
	}
	if percent {
		return int(math.Ceil(float64(*p.Count) * float64(n) / 100)), true
	}
	return n, true
}

// nodes counts the cluster's nodes, and the nodes that an upgrade may add in every pool.
func (s *clusterSpec) nodes() (count, surge int) {
	for _, p := range s.AgentPoolProfiles {
		extra, _ := p.surge()
		count, surge = count+*p.Count, surge+extra
	}
	return count, surge
}

// subnets are the ids of the node subnets that the program gave, each once; none for the network that AKS manages.
func (s *clusterSpec) subnets() []string {
	var ids []string
	seen := map[string]bool{}
	for _, p := range s.AgentPoolProfiles {
		if key := strings.ToLower(p.VnetSubnetID); key != "" && !seen[key] {
			seen[key] = true
			ids = append(ids, p.VnetSubnetID)
		}
	}
	return ids
}

// managedIPs is how many outbound addresses AKS makes for the load balancer; none with addresses or prefixes of the
// program's.
func (s *clusterSpec) managedIPs() int {
	p := s.NetworkProfile.LoadBalancerProfile
	switch {
	case p == nil:
		return 1
	case p.ManagedOutboundIPs == nil:
		return 0
	default:
		return value(p.ManagedOutboundIPs.Count, 1)
	}
}

// managedIPv6 is how many IPv6 addresses a profile asks for.
func (p *loadBalancer) managedIPv6() int {
	if p == nil || p.ManagedOutboundIPs == nil {
		return 0
	}
	return value(p.ManagedOutboundIPs.CountIPv6, 0)
}

// natIPs is how many outbound addresses AKS makes for the managed NAT gateway.
func (s *clusterSpec) natIPs() int {
	p := s.NetworkProfile.NATGatewayProfile
	if p == nil || p.ManagedOutboundIPProfile == nil {
		return 1
	}
	return value(p.ManagedOutboundIPProfile.Count, 1)
}
