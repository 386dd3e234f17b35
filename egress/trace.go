package egress

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Trace follows a flow through the network to its end. Sources are public when the flow exits to the internet, the
// private prefixes of the sender when it is delivered locally, and empty otherwise or when Azure picks an address
// that belongs to nobody (default outbound access). What the network lacks makes the trace Insufficient, never a
// guess.
//
// A flow from a cluster starts in each of its node subnets (pod subnets for pods that have them); all must end alike.
// A flow from a subnet is that of a machine without a public IP and outside every load balancer's backend pool.
func (n *Network) Trace(f Flow) Trace {
	t := n.trace(f)
	if t.Sources == nil {
		t.Sources = []netip.Prefix{} // a list in JSON, never null
	}
	if t.Hops == nil {
		t.Hops = []Hop{}
	}
	return t
}

func (n *Network) trace(f Flow) Trace {
	if reason := f.incomplete(); reason != "" {
		return Trace{Disposition: Insufficient, Reason: reason}
	}
	if private := n.privateAPIServer(f.Host); private != nil && !f.Addr.IsValid() {
		return Trace{Disposition: Insufficient, Reason: fmt.Sprintf(
			"%s is the API server of private cluster %s: give the flow its private address", f.Host, private.Name)}
	}
	if cluster := n.cluster(f.From); cluster != nil {
		return n.traceCluster(cluster, f)
	}
	if vnet, subnet := n.subnet(f.From); subnet != nil {
		if f.Pod {
			return Trace{Disposition: Insufficient, Reason: "a pod needs a cluster to start from, not a subnet"}
		}
		w := &walk{n: n, flow: f, region: vnet.Location}
		return w.from(vnet, subnet)
	}
	return Trace{Disposition: Insufficient, Reason: f.From + " is neither a cluster nor a subnet of the network"}
}

func (n *Network) privateAPIServer(host string) *Cluster {
	for i := range n.Clusters {
		if c := &n.Clusters[i]; c.PrivateCluster && host != "" && strings.EqualFold(c.APIServerFQDN, host) {
			return c
		}
	}
	return nil
}

// incomplete says what a flow lacks to be followed.
func (f Flow) incomplete() string {
	switch {
	case f.From == "":
		return "the flow does not say where it starts"
	case !slices.Contains([]Protocol{TCP, UDP, HTTP, HTTPS}, f.Protocol):
		return fmt.Sprintf("protocol %q is not one of TCP, UDP, HTTP, HTTPS", f.Protocol)
	case f.Port == 0:
		return "the flow has no destination port"
	case f.Host == "" && !f.Addr.IsValid():
		return "the flow has neither a host name nor an address"
	case f.Addr.IsValid() && !f.Addr.Is4():
		return fmt.Sprintf("address %s is not IPv4, the only version modelled", f.Addr)
	}
	return ""
}

// target is the destination as a sentence names it.
func (f Flow) target() string {
	host := f.Host
	switch {
	case host == "":
		host = f.Addr.String()
	case f.Addr.IsValid():
		host = fmt.Sprintf("%s (%s)", host, f.Addr)
	}
	return fmt.Sprintf("%s %s:%d", f.Protocol, host, f.Port)
}

func (n *Network) traceCluster(cluster *Cluster, f Flow) Trace {
	if f.Addr.IsValid() && cluster.PodCIDR.Contains(f.Addr) {
		return Trace{
			Disposition: DeliveredLocal, Reason: fmt.Sprintf("%s is a pod of the cluster", f.Addr),
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
	starts := cluster.NodeSubnetIDs
	ownSubnet := f.Pod && len(cluster.PodSubnetIDs) > 0
	if ownSubnet {
		starts = cluster.PodSubnetIDs
	}
	if len(starts) == 0 {
		w := &walk{n: n, flow: f, cluster: cluster, region: cluster.Location}
		w.leavePod(nil)
		return w.managedNetwork()
	}
	traces := make([]Trace, 0, len(starts))
	for _, id := range starts {
		vnet, subnet := n.subnet(id)
		if subnet == nil {
			return Trace{
				Disposition: Insufficient,
				Reason:      fmt.Sprintf("cluster %s: subnet %s is not in the network", cluster.Name, id),
			}
		}
		w := &walk{n: n, flow: f, cluster: cluster, region: cluster.Location}
		if ownSubnet {
			w.hop("pod", cluster.ID, "pod subnet", "leaves with its own address in "+subnet.Name)
		} else {
			w.leavePod(subnet)
		}
		traces = append(traces, w.from(vnet, subnet))
	}
	return merge(cluster, starts, traces)
}

// leavePod records how a pod's address becomes its node's (azure-facts 7.4: overlay; kubenet; node-subnet CNI takes
// pod addresses from the node subnet). Subnet is nil in a VNet that AKS manages and the network lacks.
func (w *walk) leavePod(subnet *Subnet) {
	if !w.flow.Pod {
		return
	}
	overlay := strings.EqualFold(w.cluster.NetworkPluginMode, "overlay")
	kubenet := strings.EqualFold(w.cluster.NetworkPlugin, "kubenet")
	switch {
	case overlay, kubenet:
		mode := "kubenet"
		if overlay {
			mode = "overlay"
		}
		if w.cluster.PodCIDR.IsValid() {
			mode += " " + w.cluster.PodCIDR.String()
		}
		w.hop("pod", w.cluster.ID, mode, "SNAT to node address")
	case subnet == nil:
		w.hop("pod", w.cluster.ID, "node subnet", "leaves with an address of the node subnet")
	default:
		w.hop("pod", w.cluster.ID, "node subnet", "leaves with an address of "+subnet.Name)
	}
}

// merge joins the traces of several start subnets: alike ends become one with all sources, others are Insufficient.
func merge(cluster *Cluster, starts []string, traces []Trace) Trace {
	joined := traces[0]
	var sources []netip.Prefix
	for i, t := range traces {
		if t.Disposition != joined.Disposition || t.Refusal != joined.Refusal {
			return Trace{Disposition: Insufficient, Hops: joined.Hops, Reason: fmt.Sprintf(
				"the subnets of cluster %s differ: %s ends as %s (%s), %s as %s (%s); trace from one subnet instead",
				cluster.Name, shortName(starts[0]), joined.Disposition, joined.Reason,
				shortName(starts[i]), t.Disposition, t.Reason)}
		}
		sources = append(sources, t.Sources...)
	}
	joined.Sources = sortedSet(sources)
	if len(traces) > 1 {
		joined.Reason += fmt.Sprintf(" (the same from each of %d subnets; hops from %s)",
			len(traces), shortName(starts[0]))
	}
	return joined
}
