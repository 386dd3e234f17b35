package compare

import (
	"net/netip"
	"slices"
	"strings"

	"aks-egress/egress"
	"aks-egress/egress/price"
)

// Who owns egress addresses.
const (
	byAKS = "AKS"
	byYou = "you"
)

// way is how the traffic of a network's cluster leaves, as the model follows it.
type way struct {
	network *egress.Network
	cluster *egress.Cluster
	trace   egress.Trace
}

// wayOf follows what every cluster is let out for. False: there is no cluster, or it has no way to the internet.
func wayOf(n *egress.Network) (way, bool) {
	if len(n.Clusters) == 0 {
		return way{network: n}, false
	}
	w := way{network: n, cluster: &n.Clusters[0]}
	w.trace = n.Trace(price.Sent(w.cluster))
	return w, w.trace.Disposition == egress.ExitsInternet
}

// at is the id of the last resource of a kind on the way; empty: there is none.
func (w *way) at(kind string) string {
	for _, hop := range slices.Backward(w.trace.Hops) {
		if hop.At == kind {
			return hop.Resource
		}
	}
	return ""
}

// egressIPs are the addresses and prefixes that the far end sees.
func (w *way) egressIPs() []string {
	texts := []string{}
	for _, source := range w.trace.Sources {
		texts = append(texts, egress.PrefixText(source))
	}
	return texts
}

// managedBy tells who owns the addresses: AKS what is in the node resource group (azure-facts 1.7).
func (w *way) managedBy() string {
	if len(w.trace.Sources) == 0 {
		return ""
	}
	for _, source := range w.trace.Sources {
		if id, _ := w.resource(source); !inGroup(id, w.cluster.NodeResourceGroup) {
			return byYou
		}
	}
	return byAKS
}

// resource is the public IP or prefix of a source address, with its zones.
func (w *way) resource(source netip.Prefix) (id string, zones []string) {
	for i := range w.network.PublicIPs {
		if ip := &w.network.PublicIPs[i]; source.IsSingleIP() && ip.Address == source.Addr() {
			return ip.ID, ip.Zones
		}
	}
	for i := range w.network.PublicIPPrefixes {
		if p := &w.network.PublicIPPrefixes[i]; p.Prefix == source {
			return p.ID, p.Zones
		}
	}
	return "", nil
}

// zones is in how many zones that stands by which traffic leaves: the address, and the NAT gateway or firewall. The one
// in the fewest decides.
func (w *way) zones() string {
	var all [][]string
	for _, source := range w.trace.Sources {
		_, zones := w.resource(source)
		all = append(all, zones)
	}
	for i := range w.network.NATGateways {
		if g := &w.network.NATGateways[i]; strings.EqualFold(g.ID, w.at("NAT gateway")) {
			all = append(all, g.Zones)
		}
	}
	for i := range w.network.Firewalls {
		if fw := &w.network.Firewalls[i]; strings.EqualFold(fw.ID, w.at("firewall")) {
			all = append(all, fw.Zones)
		}
	}
	if len(all) == 0 {
		return ""
	}
	fewest := slices.MinFunc(all, func(a, b []string) int { return len(a) - len(b) })
	switch len(fewest) {
	case 0:
		return "no zone"
	case 1:
		return "zone " + fewest[0]
	default:
		return "zone-redundant"
	}
}

func inGroup(id, group string) bool {
	return group != "" && strings.Contains(strings.ToLower(id), strings.ToLower("/resourceGroups/"+group+"/"))
}
