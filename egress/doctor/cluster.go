package doctor

import (
	"net/netip"
	"strings"

	"aks-egress/egress"
)

// cluster is a managed cluster with what checks ask about it again and again.
type cluster struct {
	*egress.Cluster
	subnets []*place // its node and pod subnets that the network holds
	managed bool     // its nodes are in the VNet that AKS manages
	region  string   // Azure's short name; empty: not known
	probes  []probe

	shutOut bool           // its API server's authorized IP ranges refuse its own nodes
	leaves  []netip.Prefix // the addresses by which they come there then
}

func (x *examination) newCluster(c *egress.Cluster) *cluster {
	out := &cluster{Cluster: c, region: egress.RegionName(c.Location), managed: true}
	seen := map[string]bool{}
	for _, id := range append(append([]string{}, c.NodeSubnetIDs...), c.PodSubnetIDs...) {
		key := strings.ToLower(id)
		if !inGroup(id, c.ID, c.NodeResourceGroup) {
			out.managed = false
		}
		if p := x.subnet(id); p != nil && !seen[key] {
			out.subnets = append(out.subnets, p)
			if out.region == "" {
				out.region = egress.RegionName(p.vnet.Location)
			}
		}
		seen[key] = true
	}
	return out
}

// is compares the outbound type.
func (c *cluster) is(types ...string) bool {
	for _, t := range types {
		if strings.EqualFold(c.OutboundType, t) {
			return true
		}
	}
	return false
}

// The outbound types of azure-facts 1.2.
const (
	loadBalancer           = "loadBalancer"
	managedNATGateway      = "managedNATGateway"
	managedNATGatewayV2    = "managedNATGatewayV2"
	userAssignedNATGateway = "userAssignedNATGateway"
	userDefinedRouting     = "userDefinedRouting"
	noOutbound             = "none"
	blockOutbound          = "block"
)

// hasPools tells a cluster whose pools are known from one whose pools are in another state.
func (c *cluster) hasPools() bool { return c.nodes() > 0 || len(c.NodeSubnetIDs) > 0 }

// nodes is how many nodes the cluster may have at once, with autoscaling and upgrade surge where they are known.
func (c *cluster) nodes() int { return max(c.NodeCount, c.MaxNodeCount) }

// eachTable runs f on every route table of every cluster's subnets, with the subnets that have it as a sentence names
// them, and one of them.
func (x *examination) eachTable(f func(c *cluster, p *place, subnets string) []Finding) []Finding {
	var found []Finding
	for _, c := range x.clusters {
		seen := map[*egress.RouteTable]bool{}
		for _, p := range c.subnets {
			if p.table == nil || seen[p.table] {
				continue
			}
			seen[p.table] = true
			var names []string
			for _, q := range c.subnets {
				if q.table == p.table {
					names = append(names, short(q.subnet.ID))
				}
			}
			found = append(found, f(c, p, list(names))...)
		}
	}
	return found
}

// each runs f on every subnet of every cluster.
func (x *examination) each(f func(*cluster, *place) []Finding) []Finding {
	var found []Finding
	for _, c := range x.clusters {
		for _, p := range c.subnets {
			found = append(found, f(c, p)...)
		}
	}
	return found
}
