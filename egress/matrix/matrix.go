package matrix

import (
	"slices"
	"strings"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
)

// Verdict is whether a flow arrives.
type Verdict string

// The verdicts.
const (
	Allowed Verdict = "allowed" // it arrives, and its answer comes back
	Blocked Verdict = "blocked"
	Unknown Verdict = "unknown" // the network lacks what is needed to tell; Row.Reason says what
)

// Row is what becomes of flows to one destination.
type Row struct {
	Class       string             `json:"class"`
	Destination string             `json:"destination"` // in the form of an entry of the `allow` list
	Flow        egress.Flow        `json:"flow"`
	Path        string             `json:"path"`
	SourceIPs   []string           `json:"sourceIps"` // as the far end sees them; empty too where Azure picks one
	Verdict     Verdict            `json:"verdict"`
	BlockedBy   string             `json:"blockedBy,omitempty"`
	OpenedBy    string             `json:"openedBy,omitempty"` // the entry of `allow` with which it arrives
	Caveat      string             `json:"caveat,omitempty"`   // what the model did not consider
	Disposition egress.Disposition `json:"disposition"`
	Refusal     egress.Refusal     `json:"refusal,omitempty"`
	Reason      string             `json:"reason"`
	ruled       bool
}

// Start is where the flows of a matrix begin.
type Start struct {
	From string // ARM id of a cluster or of a subnet
	Pod  bool   // in a pod of the cluster
}

// Region is Azure's short name of the region of a start; empty: the network does not tell.
func (s Start) Region(n *egress.Network) string {
	if c := s.cluster(n); c != nil {
		return egress.RegionName(c.Location)
	}
	for i := range n.VNets {
		for _, subnet := range n.VNets[i].Subnets {
			if strings.EqualFold(subnet.ID, s.From) {
				return egress.RegionName(n.VNets[i].Location)
			}
		}
	}
	return ""
}

// cluster is nil for a start in a subnet.
func (s Start) cluster(n *egress.Network) *egress.Cluster {
	for i := range n.Clusters {
		if strings.EqualFold(n.Clusters[i].ID, s.From) {
			return &n.Clusters[i]
		}
	}
	return nil
}

// Rows asks a network for destinations: a row for each, in their order.
func Rows(n *egress.Network, start Start, list []Destination) []Row {
	q := &question{
		network: n, model: egress.Compile(n), start: start, cluster: start.cluster(n), region: start.Region(n),
		allowing: map[allowance]*egress.Model{},
	}
	rows := make([]Row, len(list))
	for i, d := range list {
		rows[i] = q.ask(d)
	}
	return rows
}

// Shown leaves out of the rows of several networks, one for each destination, what nobody asked for: what is known from
// the rule of some firewall only, and arrives from nowhere.
func Shown(all [][]Row) [][]Row {
	shown := make([][]Row, len(all))
	if len(all) == 0 {
		return shown
	}
	for i := range all[0] {
		if all[0][i].ruled && !slices.ContainsFunc(all, func(rows []Row) bool { return rows[i].Verdict == Allowed }) {
			continue
		}
		for j := range all {
			shown[j] = append(shown[j], all[j][i])
		}
	}
	return shown
}

// question is a network that is asked.
type question struct {
	network  *egress.Network
	model    *egress.Model
	start    Start
	cluster  *egress.Cluster
	region   string
	allowing map[allowance]*egress.Model
}

// allowance is an entry of an `allow` list, and the firewall that it is for.
type allowance struct{ firewall, entry string }

func (q *question) ask(d Destination) Row {
	flow := d.flow(q.start.From, q.start.Pod, q.cluster, q.region)
	trace := q.model.Trace(flow)
	row := Row{
		Class: d.Class, Destination: d.Endpoint.String(), Flow: flow, Path: trace.Path(), SourceIPs: []string{},
		Verdict: verdict(trace.Disposition), BlockedBy: trace.Stop(), Caveat: trace.Caveat(),
		Disposition: trace.Disposition, Refusal: trace.Refusal, Reason: trace.Reason, ruled: d.ruled,
	}
	for _, source := range trace.Sources {
		row.SourceIPs = append(row.SourceIPs, egress.PrefixText(source))
	}
	if trace.Disposition == egress.DeniedOut {
		row.OpenedBy = q.opener(d, flow, trace.Hops[len(trace.Hops)-1])
	}
	return row
}

func verdict(d egress.Disposition) Verdict {
	switch {
	case d.Arrives():
		return Allowed
	case d == egress.Insufficient:
		return Unknown
	}
	return Blocked
}

// opener is the entry with which the firewall that denied a flow would let it arrive; empty: none, or no firewall did.
// That is not taken for granted but tried: a rule that denies may come first, or something else be in the way.
func (q *question) opener(d Destination, flow egress.Flow, denied egress.Hop) string {
	if denied.At != "firewall" {
		return ""
	}
	concrete := d.Endpoint
	concrete.Host = flow.Host
	for _, entry := range slices.DeleteFunc([]string{d.Entry, concrete.String()}, func(e string) bool { return e == "" }) {
		if model := q.with(allowance{denied.Resource, entry}); model != nil && model.Trace(flow).Disposition.Arrives() {
			return entry
		}
	}
	return ""
}

// with is the model of the network with an allowance; nil: there is none.
func (q *question) with(a allowance) *egress.Model {
	if model, known := q.allowing[a]; known {
		return model
	}
	var model *egress.Model
	if list, err := endpoints.Parse(a.entry, q.region); err == nil {
		if changed := allowing(q.network, a.firewall, list); changed != nil {
			model = egress.Compile(changed)
		}
	}
	q.allowing[a] = model
	return model
}
