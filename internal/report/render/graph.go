package render

import (
	"slices"
	"strings"

	"aks-egress/egress"
	"aks-egress/internal/report"
)

// graph is a path as both drawings have it. The one idea: a node for each device that decides and each step between
// two devices, in the flow's order, and every word of a hop is in a node.
type graph struct {
	title string
	nodes []*node
	edges []edge
}

// node is a box of a drawing.
type node struct {
	kind   kind
	title  string
	lines  []string
	place  []string // names of what it lies in, from the outside in
	part   string   // tells places of the same names apart, so that a part of the drawing has its own
	device string   // key of a device, by which its hops find each other; empty: no device
	stop   bool     // the flow, or its answer, ends here and should not
}

// edge leads from a node to the next.
type edge struct {
	from, to *node
	answer   bool
}

// kind is what a node stands for.
type kind int

const (
	kindStep    kind = iota // a route, a peering, a security group
	kindDevice              // it takes the flow and gives it away: firewall, NAT gateway, load balancer, …
	kindEnd                 // where the flow starts, or should arrive
	kindAddress             // a public address
)

// form is how a graph is laid out.
type form int

const (
	// loop shows the answer as a way back between the nodes of the flow: a wide drawing.
	loop form = iota
	// line shows the answer after the flow, with nodes of its own: a drawing that is one node wide.
	line
)

// newGraph draws a path.
func newGraph(p *report.Path, f form) *graph {
	b := &builder{path: p, form: f, graph: &graph{}}
	b.flow()
	b.answer()
	b.graph.title = b.describe()
	return b.graph
}

// builder follows a trace.
type builder struct {
	path  *report.Path
	form  form
	graph *graph
	last  *node // where the flow, or the answer, is

	answers bool // it follows the answer
}

// flow follows the flow to its end.
func (b *builder) flow() {
	b.start()
	hops := b.path.Trace.Hops
	if len(hops) > 0 && hops[0].At == "pod" && b.path.Flow.Pod {
		b.last.tell(&hops[0])
		hops = hops[1:]
	}
	for i := range hops {
		b.hop(&hops[i])
	}
	if n := b.last; !b.end() {
		n.stopped(string(b.path.Trace.Disposition))
	}
}

// start is the node where the flow starts, and for clients the public name or address that they ask for.
func (b *builder) start() {
	f := &b.path.Flow
	n := &node{kind: kindEnd, title: startTitle(f)}
	if f.From != egress.FromInternet && f.From != egress.FromOperator {
		n.lines = []string{egress.ShortName(f.From)}
		n.place = b.placeOf(f.From)
	}
	b.add(n)
	if f.From == egress.FromInternet {
		b.next(&node{kind: kindAddress, title: entryTitle(f), lines: []string{f.String()}})
	}
}

func startTitle(f *egress.Flow) string {
	switch {
	case f.From == egress.FromInternet && f.Client.IsValid():
		return "client " + f.Client.String()
	case f.From == egress.FromInternet:
		return "client on the internet"
	case f.From == egress.FromOperator:
		return strings.TrimSpace("operator " + addrText(f.Client))
	case f.Pod:
		return "pod"
	case strings.Contains(strings.ToLower(f.From), "/subnets/"):
		return "machine in subnet"
	}
	return "node"
}

func entryTitle(f *egress.Flow) string {
	if f.Host != "" {
		return "public name"
	}
	return "public IP"
}

// end adds what the flow reached, and says whether it did.
func (b *builder) end() bool {
	t := &b.path.Trace
	switch {
	case leaves(t):
		address := &node{kind: kindAddress, title: "public IP", lines: sources(t)}
		if len(address.lines) == 0 {
			address.lines = []string{"that Azure picks"}
		}
		device := b.last
		b.next(address)
		b.next(&node{kind: kindEnd, title: "internet", lines: []string{b.path.Flow.String()}})
		b.last = device // which takes the answer
	case t.Disposition == egress.DeliveredService:
		b.next(&node{kind: kindEnd, title: "service", lines: []string{b.path.Flow.String()}})
	case t.Disposition == egress.DeliveredLocal || lost(t) && len(t.Hops) > 0:
		b.next(&node{kind: kindEnd, title: b.destination(), place: b.last.place, part: b.last.part})
	default:
		return false
	}
	return true
}

// lost says whether the flow arrives, and its answer does not.
func lost(t *egress.Trace) bool {
	return t.Disposition == egress.NoReturn || t.Disposition == egress.Asymmetric
}

// leaves says whether the flow is on the internet at its end.
func leaves(t *egress.Trace) bool {
	return t.Disposition == egress.ExitsInternet ||
		lost(t) && len(t.Hops) > 0 && strings.HasPrefix(t.Hops[len(t.Hops)-1].Action, "SNAT")
}

// destination is what the last hop delivers to, such as "nodes of cluster aks".
func (b *builder) destination() string {
	hops := b.path.Trace.Hops
	if len(hops) > 0 {
		action := strings.TrimPrefix(hops[len(hops)-1].Action, "delivered ")
		if to, ok := strings.CutPrefix(action, "to "); ok {
			return strings.TrimPrefix(to, "the ")
		}
	}
	return b.path.Flow.String()
}

// answer follows the answer to where the flow started, as far as it comes.
func (b *builder) answer() {
	t := &b.path.Trace
	if len(t.Return) == 0 {
		return
	}
	b.answers = true
	if b.form == line {
		b.again(b.last)
	}
	for i := range t.Return {
		b.hop(&t.Return[i])
	}
	if lost(t) {
		b.last.stopped(string(t.Disposition))
		return
	}
	start := b.graph.nodes[0]
	if b.form == line {
		start = &node{
			kind: kindEnd, title: start.title, lines: []string{"has its answer"}, place: start.place, part: answerPart,
		}
	}
	b.next(start)
}

// answerPart names the part of a drawing that repeats nodes for the answer.
const answerPart = "answer"

// again starts the answer's own line with the device that gets it first; a destination sends it itself.
func (b *builder) again(n *node) {
	from := b.graph.nodes[len(b.graph.nodes)-1]
	if from == n {
		return
	}
	repeated := &node{
		kind: n.kind, title: n.title, lines: []string{"gets the answer"}, place: n.place, part: answerPart, device: n.device,
	}
	b.add(repeated)
	b.graph.edges = append(b.graph.edges, edge{from: from, to: repeated, answer: true})
	b.last = repeated
}

// hop goes one hop on. Hops of one device are one node; what lies between them is decided inside.
func (b *builder) hop(h *egress.Hop) {
	n := &node{kind: kindOf(h), title: h.At, place: b.place(h)}
	if b.answers {
		n.title = "answer: " + n.title
		if b.form == line {
			n.part = answerPart
		}
	}
	if n.kind == kindDevice {
		n.device = strings.ToLower(h.At + " " + h.Resource)
	}
	if known := b.known(n.device); known != nil {
		if b.answers && b.last != known {
			b.connect(known)
		}
		known.tell(h)
		b.last = known
		return
	}
	if h.Resource != "" {
		n.lines = append(n.lines, h.ResourceName())
	}
	n.tell(h)
	b.next(n)
}

// known is the node of a device where the flow is already, save for one route of its own subnet, which becomes a
// part of it; of an answer, the node that the flow took before.
func (b *builder) known(device string) *node {
	if device == "" {
		return nil
	}
	nodes := b.graph.nodes
	if b.answers {
		i := slices.IndexFunc(nodes, func(n *node) bool {
			return n.device == device && (b.form == loop || n.part == answerPart)
		})
		if i < 0 {
			return nil
		}
		return nodes[i]
	}
	last := len(nodes) - 1
	switch {
	case nodes[last].device == device:
		return nodes[last]
	case last > 0 && nodes[last].route() && nodes[last-1].device == device:
		known := nodes[last-1]
		known.lines = append(known.lines, nodes[last].title)
		known.lines = append(known.lines, nodes[last].lines...)
		b.graph.nodes = nodes[:last]
		b.graph.edges = b.graph.edges[:len(b.graph.edges)-1]
		return known
	}
	return nil
}

func (b *builder) add(n *node) {
	b.graph.nodes = append(b.graph.nodes, n)
	b.last = n
}

// next goes on to a node.
func (b *builder) next(n *node) {
	from := b.last
	if !slices.Contains(b.graph.nodes, n) {
		b.add(n)
	}
	b.last = from
	b.connect(n)
	b.last = n
}

func (b *builder) connect(to *node) {
	b.graph.edges = append(b.graph.edges, edge{from: b.last, to: to, answer: b.answers})
}

// tell adds what a hop decides.
func (n *node) tell(h *egress.Hop) {
	for _, text := range []string{h.Action, h.Rule} {
		if text != "" {
			n.lines = append(n.lines, text)
		}
	}
}

func (n *node) route() bool { return n.title == "route" || n.title == "answer: route" }

func (n *node) stopped(disposition string) {
	n.stop = true
	n.lines = append(n.lines, stopSign+disposition)
}

// stopSign marks where a flow ends that should go on, for eyes that do not see colours.
const stopSign = "✕ "

// kindOf says which hops are devices.
func kindOf(h *egress.Hop) kind {
	switch h.At {
	case "route", "peering", "subnet", securityGroup, "AKS-managed VNet", "pod":
		return kindStep
	}
	return kindDevice
}

// describe is the drawing in one sentence.
func (b *builder) describe() string {
	var flow, answer []string
	seen := map[*node]bool{}
	for _, e := range b.graph.edges {
		if e.answer {
			answer = append(answer, e.to.title)
			continue
		}
		if !seen[e.from] {
			flow = append(flow, e.from.title)
		}
		flow = append(flow, e.to.title)
		seen[e.from], seen[e.to] = true, true
	}
	if len(flow) == 0 {
		flow = []string{b.graph.nodes[0].title}
	}
	text := b.path.Title + ": " + strings.Join(flow, ", ") + "; " + string(b.path.Trace.Disposition)
	if len(answer) > 0 {
		text += "; the answer: " + strings.TrimPrefix(strings.Join(answer, ", "), "answer: ")
	}
	return text
}
