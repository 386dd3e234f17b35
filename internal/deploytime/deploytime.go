// Package deploytime estimates how long a deployment takes on Azure: the longest chain of resources that wait for each
// other, with the durations that azure-facts 12.1 observed.
//
// What AKS makes in a node resource group is part of its cluster's duration. Objects of Kubernetes and Helm releases
// are not counted: no durations of them are known, and most take seconds.
package deploytime

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"aks-egress/internal/topology"
)

// Estimate is how long a deployment typically takes.
type Estimate struct {
	MinSeconds int    `json:"minSeconds"` // of the chain that takes longest if everything is quick
	MaxSeconds int    `json:"maxSeconds"` // of Chain
	Chain      []Step `json:"chain"`      // the chain that decides about the longest time, in order; never nil
	// Unknown are the types whose duration is not known, and that count as nothing; sorted, never nil.
	Unknown []string `json:"unknown"`
}

// Step is one resource of a chain.
type Step struct {
	Type       string `json:"type"` // token without API version, such as azure-native:network:AzureFirewall
	Name       string `json:"name"` // Pulumi's
	MinSeconds int    `json:"minSeconds"`
	MaxSeconds int    `json:"maxSeconds"`
	Source     string `json:"source"` // of the duration
}

// Kubernetes is how Unknown names all objects of Kubernetes and Helm releases together.
const Kubernetes = "kubernetes objects and Helm releases"

// FromExport reads what `pulumi stack export` writes, or the checkpoint that a file backend keeps. It fails where the
// file is something else (topology.ErrNotADeployment), or where resources depend on each other in a circle.
func FromExport(r io.Reader) (Estimate, error) {
	resources, err := read(r)
	if err != nil {
		return Estimate{}, err
	}
	g := newGraph(resources)
	last := ""
	e := Estimate{Chain: []Step{}}
	for _, urn := range g.order {
		p, err := g.path(urn)
		if err != nil {
			return Estimate{}, err
		}
		e.MinSeconds = max(e.MinSeconds, p.min)
		if p.max > e.MaxSeconds {
			e.MaxSeconds, last = p.max, urn
		}
	}
	e.Chain = g.chain(last)
	e.Unknown = unknown(resources)
	return e, nil
}

// unknown are the types of resources that something creates and whose duration nobody observed.
func unknown(resources []resource) []string {
	types := map[string]bool{}
	for _, r := range resources {
		token := topology.Unversioned(r.Type)
		_, known := durations[token]
		switch {
		case known || !r.created():
		case strings.HasPrefix(token, "kubernetes:"):
			types[Kubernetes] = true
		default:
			types[token] = true
		}
	}
	return append([]string{}, slices.Sorted(maps.Keys(types))...)
}

// created tells whether a deployment has to create it: no component, nothing that the program only reads, no provider.
func (r *resource) created() bool {
	return r.Custom && !r.External && !strings.HasPrefix(r.Type, "pulumi:")
}

// graph is who waits for whom.
type graph struct {
	order []string // URNs, as the file has them
	nodes map[string]*resource
	paths map[string]*path
}

// path is the longest way to the end of a resource.
type path struct {
	min, max int
	before   string // URN of what it waits for longest; empty: nothing
	done     bool
}

func newGraph(resources []resource) *graph {
	g := &graph{nodes: map[string]*resource{}, paths: map[string]*path{}}
	for i := range resources {
		r := &resources[i]
		if g.nodes[r.URN] == nil {
			g.order = append(g.order, r.URN)
			g.nodes[r.URN] = r
		}
	}
	return g
}

// path is the longest path to a resource of the graph.
func (g *graph) path(urn string) (*path, error) {
	if p := g.paths[urn]; p != nil {
		if !p.done {
			return nil, fmt.Errorf("%w: %s depends on itself", topology.ErrNotADeployment, urn)
		}
		return p, nil
	}
	p := &path{}
	g.paths[urn] = p
	r := g.nodes[urn]
	for _, other := range r.waitsFor() {
		if g.nodes[other] == nil {
			continue
		}
		q, err := g.path(other)
		if err != nil {
			return nil, err
		}
		p.min = max(p.min, q.min)
		if q.max > p.max {
			p.max, p.before = q.max, other
		}
	}
	d := r.duration()
	p.min, p.max, p.done = p.min+d.Min, p.max+d.Max, true
	return p, nil
}

// chain is the longest path to a resource, without what takes no time.
func (g *graph) chain(urn string) []Step {
	steps := []Step{}
	for ; urn != ""; urn = g.paths[urn].before {
		r := g.nodes[urn]
		if d := r.duration(); d.Max > 0 {
			steps = append(steps, Step{
				Type: topology.Unversioned(r.Type), Name: r.name(), MinSeconds: d.Min, MaxSeconds: d.Max,
				Source: d.Source,
			})
		}
	}
	slices.Reverse(steps)
	return steps
}

// duration is nothing for what is not created, and where it is not known.
func (r *resource) duration() Duration {
	if !r.created() {
		return Duration{}
	}
	return durations[topology.Unversioned(r.Type)]
}
