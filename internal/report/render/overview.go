package render

import (
	"slices"

	"aks-egress/internal/report"
)

// Overview draws the ways out of several stacks side by side, from left to right, as an SVG like those of Drawing: what
// takes the traffic of a pod out, and by which public IP. Stacks that do not deploy are left out.
func Overview(stacks []report.Stack) ([]byte, error) { return newOverview(stacks).svg(loop, "") }

func newOverview(stacks []report.Stack) *graph {
	pod, internet := &node{kind: kindEnd, title: "pod"}, &node{kind: kindEnd, title: "internet"}
	g := &graph{nodes: []*node{pod}, title: "ways out"}
	for i := range stacks {
		s := &stacks[i]
		p := egressPath(s)
		if p == nil {
			continue
		}
		flow := newGraph(p, loop).nodes
		exit := exitOf(flow)
		exit.title, exit.lines, exit.place = s.Name, []string{s.OutboundType, exit.title}, nil
		g.nodes = append(g.nodes, exit)
		g.edges = append(g.edges, edge{from: pod, to: exit})
		g.title += "; " + s.Name + ": " + exit.lines[1]
		at := slices.IndexFunc(flow, func(n *node) bool { return n.kind == kindAddress })
		if !leaves(&p.Trace) || at < 0 {
			exit.stopped(string(p.Trace.Disposition))
			continue
		}
		flow[at].place = nil
		g.nodes = append(g.nodes, flow[at])
		g.edges = append(g.edges, edge{from: exit, to: flow[at]}, edge{from: flow[at], to: internet})
	}
	g.nodes = append(g.nodes, internet)
	return g
}

// waysOut are the stacks that an overview shows.
func (g *graph) waysOut() int {
	count := 0
	for _, e := range g.edges {
		if e.from == g.nodes[0] {
			count++
		}
	}
	return count
}

// egressPath is a stack's way out; nil: it has none to show.
func egressPath(s *report.Stack) *report.Path {
	if len(s.Problems) > 0 {
		return nil
	}
	i := slices.IndexFunc(s.Paths, func(p report.Path) bool { return p.Title == "egress" })
	if i < 0 {
		return nil
	}
	return &s.Paths[i]
}

// exitOf is the last device that a flow goes through, or the last box before its end.
func exitOf(flow []*node) *node {
	exit := flow[0]
	for _, n := range flow {
		switch n.kind {
		case kindAddress:
			return exit
		case kindDevice, kindStep:
			if n.kind == kindDevice || exit.kind != kindDevice {
				exit = n
			}
		case kindEnd:
		}
	}
	return exit
}
