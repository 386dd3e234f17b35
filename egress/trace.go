package egress

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Trace follows a flow through the network to its end: Compile(n).Trace(f). To trace many flows, compile once.
func (n *Network) Trace(f Flow) Trace { return Compile(n).Trace(f) }

// Trace follows a flow through the network to its end, and its answer back. Sources are what the far end may see:
// public when the flow exits to the internet, the private prefixes of the sender when it is delivered locally, the
// client's address when it comes from outside; empty otherwise, or when Azure picks an address that belongs to nobody
// (default outbound access). What the network lacks makes the trace Insufficient, never a guess.
//
// A flow from a cluster starts in each of its node subnets (pod subnets for pods that have them); all must end alike.
// A flow from a subnet is that of a machine without a public IP and outside every load balancer's backend pool.
func (m *Model) Trace(f Flow) Trace {
	t := m.trace(f)
	if t.Sources == nil {
		t.Sources = []netip.Prefix{} // a list in JSON, never null
	}
	if t.Hops == nil {
		t.Hops = []Hop{}
	}
	return t
}

func (m *Model) trace(f Flow) Trace {
	if reason := f.incomplete(); reason != "" {
		return Trace{Disposition: Insufficient, Reason: reason}
	}
	switch f.From {
	case FromInternet:
		return m.walk(f, (*walk).fromInternet)
	case FromOperator:
		return m.operator(f)
	}
	if cluster := m.cluster(f.From); cluster != nil {
		return m.traceCluster(cluster, f)
	}
	if s := m.subnet(f.From); s != nil {
		if f.Pod {
			return Trace{Disposition: Insufficient, Reason: "a pod needs a cluster to start from, not a subnet"}
		}
		return m.walk(f, func(w *walk) *Trace {
			w.region = RegionName(s.vnet.Location)
			return w.from(s)
		})
	}
	return Trace{Disposition: Insufficient, Reason: f.From + " is neither a cluster nor a subnet of the network"}
}

// incomplete says what a flow lacks to be followed.
func (f Flow) incomplete() string {
	switch {
	case f.From == "":
		return "the flow does not say where it starts"
	case f.Protocol != TCP && f.Protocol != UDP && f.Protocol != HTTP && f.Protocol != HTTPS:
		return fmt.Sprintf("protocol %q is not one of TCP, UDP, HTTP, HTTPS", f.Protocol)
	case f.Port == 0:
		return "the flow has no destination port"
	case f.Host == "" && !f.Addr.IsValid():
		return "the flow has neither a host name nor an address"
	case f.Addr.IsValid() && !f.Addr.Is4():
		return fmt.Sprintf("address %s is not IPv4, the only version modelled", f.Addr)
	case f.Client.IsValid() && !f.Client.Is4():
		return fmt.Sprintf("client %s is not IPv4, the only version modelled", f.Client)
	}
	return ""
}

func (m *Model) traceCluster(cluster *clusterNode, f Flow) Trace {
	if f.Addr.IsValid() && cluster.PodCIDR.Contains(f.Addr) {
		return Trace{
			Disposition: DeliveredLocal, Reason: fmt.Sprintf("%s is a pod of the cluster", f.Addr),
			Arrived: netip.AddrPortFrom(f.Addr, f.Port),
			Hops: []Hop{{
				At: "cluster", Resource: cluster.ID, Rule: "pod CIDR " + cluster.PodCIDR.String(),
				Action: "delivered to " + f.Addr.String(),
			}},
		}
	}
	if f.Addr.IsValid() && cluster.ServiceCIDR.Contains(f.Addr) {
		return Trace{
			Disposition: Insufficient,
			Reason:      fmt.Sprintf("%s is a Service: its endpoints are not part of the network", f.Addr),
		}
	}
	starts, ids := cluster.nodes, cluster.NodeSubnetIDs
	ownSubnet := f.Pod && len(cluster.pods) > 0
	if ownSubnet {
		starts, ids = cluster.pods, cluster.PodSubnetIDs
	}
	start := func(follow func(*walk) *Trace) Trace {
		return m.walk(f, func(w *walk) *Trace {
			w.cluster, w.region = cluster, cluster.region
			return follow(w)
		})
	}
	if len(starts) == 0 {
		return start(func(w *walk) *Trace {
			w.leavePod(nil)
			return w.managedNetwork()
		})
	}
	if i := slices.Index(starts, nil); i >= 0 {
		return Trace{
			Disposition: Insufficient,
			Reason:      fmt.Sprintf("cluster %s: subnet %s is not in the network", cluster.Name, ids[i]),
		}
	}
	from := func(s *subnetNode) Trace {
		return start(func(w *walk) *Trace {
			if ownSubnet {
				w.hop("pod", cluster.ID, "pod subnet", "leaves with its own address in "+s.Name)
			} else {
				w.leavePod(s)
			}
			return w.from(s)
		})
	}
	if len(starts) == 1 {
		return from(starts[0])
	}
	traces := make([]Trace, len(starts))
	for i, s := range starts {
		traces[i] = from(s)
	}
	return merge("the subnets of cluster "+cluster.Name+" differ", starts, traces)
}

// leavePod records how a pod's address becomes its node's (azure-facts 7.4: overlay; kubenet; node-subnet CNI takes
// pod addresses from the node subnet). Subnet is nil in a VNet that AKS manages and the network lacks.
func (w *walk) leavePod(subnet *subnetNode) {
	if !w.flow.Pod {
		return
	}
	switch mode := w.cluster.podMode; {
	case mode != "":
		w.hop("pod", w.cluster.ID, mode, "SNAT to node address")
	case subnet == nil:
		w.hop("pod", w.cluster.ID, "node subnet", "leaves with an address of the node subnet")
	default:
		w.hop("pod", w.cluster.ID, "node subnet", "leaves with an address of "+subnet.Name)
	}
}

// translatedPods is the network mode of a cluster whose pods take their node's address outside, and its pod CIDR; empty
// for other modes.
func (c *Cluster) translatedPods() string {
	mode := ""
	switch {
	case strings.EqualFold(c.NetworkPluginMode, "overlay"):
		mode = "overlay"
	case strings.EqualFold(c.NetworkPlugin, "kubenet"):
		mode = "kubenet"
	}
	if mode != "" && c.PodCIDR.IsValid() {
		mode += " " + c.PodCIDR.String()
	}
	return mode
}

// merge joins the traces of several subnets: alike ends become one with all sources, others are Insufficient.
func merge(differ string, subnets []*subnetNode, traces []Trace) Trace {
	joined := traces[0]
	if len(traces) == 1 {
		return joined
	}
	var sources []netip.Prefix
	for i, t := range traces {
		if t.Disposition != joined.Disposition || t.Refusal != joined.Refusal {
			return Trace{Disposition: Insufficient, Hops: joined.Hops, Reason: fmt.Sprintf(
				"%s: %s ends as %s (%s), %s as %s (%s); trace from one subnet instead",
				differ, ShortName(subnets[0].ID), joined.Disposition, joined.Reason,
				ShortName(subnets[i].ID), t.Disposition, t.Reason)}
		}
		sources = append(sources, t.Sources...)
	}
	joined.Sources = sortedSet(sources)
	joined.Reason += fmt.Sprintf(" (the same from each of %d subnets; hops from %s)",
		len(traces), ShortName(subnets[0].ID))
	return joined
}
