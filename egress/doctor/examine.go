package doctor

import (
	"strings"

	"aks-egress/egress"
)

// Examine looks for everything that Checks lists. The answer is sorted by severity, resource and id, and depends on
// nothing but the network; a healthy network has no findings. No network makes it panic.
func Examine(n *egress.Network) []Finding {
	x := newExamination(n)
	checks := Checks()
	for _, symptoms := range []bool{false, true} {
		for _, c := range checks {
			if c.symptom == symptoms {
				x.run(c)
			}
		}
	}
	return sortFindings(x.findings)
}

// examination is the state of one Examine.
type examination struct {
	*index
	trace    func(egress.Flow) egress.Trace // asks the model about the network
	open     func(egress.Flow) egress.Trace // the same with API servers that let everybody in
	clusters []*cluster
	rules    []*ruleSet

	findings []Finding
	broken   map[string]bool // lower-case ids of resources with a finding that explains symptoms
}

func newExamination(n *egress.Network) *examination {
	known := withAddresses(n)
	x := &examination{
		index: newIndex(n), trace: egress.Compile(known).Trace, open: withoutRanges(known),
		findings: []Finding{}, broken: map[string]bool{},
	}
	for i := range n.Clusters {
		x.clusters = append(x.clusters, x.newCluster(&n.Clusters[i]))
	}
	x.rules = x.ruleSets()
	for _, c := range x.clusters {
		c.probes = x.probe(c)
	}
	return x
}

func (x *examination) run(c Check) {
	for _, f := range c.find(x) {
		f.ID, f.Rule, f.Why, f.Source = c.ID, c.Rule, c.Why, c.Source
		if f.Severity == "" {
			f.Severity = c.Severity
		}
		if c.breaks {
			x.broken[strings.ToLower(f.Resource)] = true
		}
		x.findings = append(x.findings, f)
	}
}

// explained says whether a finding about the cluster's path out already accounts for how its flows end.
func (x *examination) explained(c *cluster) bool {
	for id := range x.path(c) {
		if x.broken[id] {
			return true
		}
	}
	return false
}

// path holds the lower-case ids of what the cluster's traffic may pass on its way out.
func (x *examination) path(c *cluster) map[string]bool {
	path := map[string]bool{}
	add := func(ids ...string) {
		for _, id := range ids {
			if id != "" {
				path[strings.ToLower(id)] = true
			}
		}
	}
	add(c.ID, c.OutboundLoadBalancerID, c.OutboundNATGatewayID)
	for _, s := range c.subnets {
		add(s.subnet.ID, s.vnet.ID, s.subnet.RouteTableID, s.subnet.NATGatewayID, s.subnet.NSGID)
		for _, p := range s.vnet.Peerings {
			add(p.ID)
			if remote := x.vnet(p.RemoteVNetID); remote != nil {
				for _, back := range remote.Peerings {
					if same(back.RemoteVNetID, s.vnet.ID) {
						add(back.ID)
					}
				}
			}
		}
		for _, fw := range x.firewallsNear(s.vnet) {
			add(fw.ID, fw.SubnetID, fw.PolicyID)
			if home := x.subnet(fw.SubnetID); home != nil {
				add(home.subnet.RouteTableID, home.subnet.NATGatewayID)
			}
		}
	}
	return path
}
