package doctor

import (
	"net/netip"
	"slices"
	"strings"

	"aks-egress/egress"
)

// standIns are addresses that nobody has (RFC 1112, class E). A public IP whose address is not known gets one of them,
// because whether a flow arrives does not depend on it, and the addresses in a node resource group are in no Pulumi
// state. No finding shows one.
var standIns = netip.MustParsePrefix("240.0.0.0/4")

// withAddresses is the network with an address for every public IP.
func withAddresses(n *egress.Network) *egress.Network {
	out := *n
	out.PublicIPs = slices.Clone(n.PublicIPs)
	known := map[string]bool{}
	for i := range out.PublicIPs {
		known[strings.ToLower(out.PublicIPs[i].ID)] = true
	}
	for _, c := range n.Clusters {
		for _, id := range c.OutboundPublicIPIDs {
			if key := strings.ToLower(id); !known[key] {
				known[key] = true
				out.PublicIPs = append(out.PublicIPs, egress.PublicIP{ID: id})
			}
		}
	}
	next := standIns.Addr()
	for i := range out.PublicIPs {
		if !out.PublicIPs[i].Address.IsValid() {
			next = next.Next()
			out.PublicIPs[i].Address = next
		}
	}
	return &out
}

// withoutRanges asks about a network whose API servers have no authorized IP ranges.
func withoutRanges(n *egress.Network) func(egress.Flow) egress.Trace {
	var model *egress.Model
	return func(f egress.Flow) egress.Trace {
		if model == nil {
			open := *n
			open.Clusters = slices.Clone(n.Clusters)
			for i := range open.Clusters {
				open.Clusters[i].AuthorizedIPRanges = nil
			}
			model = egress.Compile(&open)
		}
		return model.Trace(f)
	}
}
