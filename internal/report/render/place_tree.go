package render

import (
	"slices"
	"strconv"
)

// placeTree is a place with what lies in it.
type placeTree struct {
	id, name string
	part     string
	nodes    []*node
	inner    []*placeTree
}

// places sorts the nodes of a graph into their places, in the flow's order.
func (g *graph) places() *placeTree {
	root, count := &placeTree{}, 0
	for _, n := range g.nodes {
		at := root
		for _, name := range n.place {
			if plain(name) == "" {
				continue // Mermaid has no place without a name
			}
			i := slices.IndexFunc(at.inner, func(p *placeTree) bool { return p.name == name && p.part == n.part })
			if i < 0 {
				count++
				i = len(at.inner)
				at.inner = append(at.inner, &placeTree{id: "p" + strconv.Itoa(count), name: name, part: n.part})
			}
			at = at.inner[i]
		}
		at.nodes = append(at.nodes, n)
	}
	return root
}

// names are the nodes' names in sources of drawings.
func (g *graph) names() map[*node]string {
	names := map[*node]string{}
	for i, n := range g.nodes {
		names[n] = "n" + strconv.Itoa(i+1)
	}
	return names
}
