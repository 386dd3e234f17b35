package migration

import (
	"slices"
	"strconv"
	"strings"
)

// Profile is what AKS has to know of an outbound type whose addresses it keeps: loadBalancer and managedNATGateway.
type Profile struct {
	ManagedIPs   int      // addresses that AKS makes, at least 1 without others
	PublicIPIDs  []string // existing addresses instead; loadBalancer only
	PrefixIDs    []string // existing prefixes instead; loadBalancer only
	PortsPerNode int      // 0: AKS's default; loadBalancer only
	IdleMinutes  int      // 0: AKS's default
}

// Flags are those of az aks update that change a cluster to an outbound type with this profile: always a source of
// addresses, since Azure asks for exactly one (azure-facts 1.6).
func (p Profile) Flags(to OutboundType) []string {
	flags := []string{"--outbound-type", string(to)}
	number := func(flag string, value int) {
		if value != 0 {
			flags = append(flags, flag, strconv.Itoa(value))
		}
	}
	switch to {
	case LoadBalancer:
		switch {
		case len(p.PublicIPIDs) > 0:
			flags = append(flags, "--load-balancer-outbound-ips", idList(p.PublicIPIDs))
		case len(p.PrefixIDs) > 0:
			flags = append(flags, "--load-balancer-outbound-ip-prefixes", idList(p.PrefixIDs))
		default:
			number("--load-balancer-managed-outbound-ip-count", max(p.ManagedIPs, 1))
		}
		number("--load-balancer-outbound-ports", p.PortsPerNode)
		number("--load-balancer-idle-timeout", p.IdleMinutes)
	case ManagedNATGateway:
		number("--nat-gateway-managed-outbound-ip-count", max(p.ManagedIPs, 1))
		number("--nat-gateway-idle-timeout", p.IdleMinutes)
	default: // the addresses are not AKS's
	}
	return flags
}

// idList joins ids in an order that does not depend on how they are listed.
func idList(ids []string) string {
	sorted := slices.Clone(ids)
	slices.SortFunc(sorted, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return strings.Join(sorted, ",")
}
