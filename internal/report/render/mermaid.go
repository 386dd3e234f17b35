package render

import (
	"fmt"
	"strings"

	"aks-egress/internal/report"
)

// Mermaid draws a path as a flowchart of Mermaid's, which GitHub shows.
func Mermaid(p *report.Path) string {
	g := newGraph(p, loop)
	var b strings.Builder
	b.WriteString("flowchart TB\n")
	fmt.Fprintf(&b, "  accTitle: %s\n", mermaidText(g.title))
	places, names := g.places(), g.names()
	writeMermaid(&b, places, names, "  ")
	for _, e := range g.edges {
		arrow := "-->"
		if e.answer {
			arrow = "-.->"
		}
		fmt.Fprintf(&b, "  %s %s %s\n", names[e.from], arrow, names[e.to])
	}
	for _, n := range g.nodes {
		if n.stop {
			fmt.Fprintf(&b, "  style %s stroke:#d1242f,stroke-width:3px\n", names[n])
		}
	}
	return b.String()
}

// mermaidColumns is how wide the lines of a box are, in characters.
const mermaidColumns = 30

// mermaidShapes are the brackets around the labels of kinds.
var mermaidShapes = map[kind][2]string{
	kindStep: {"[", "]"}, kindDevice: {"[[", "]]"}, kindEnd: {"(", ")"}, kindAddress: {"([", "])"},
}

func writeMermaid(b *strings.Builder, p *placeTree, names map[*node]string, indent string) {
	for _, n := range p.nodes {
		lines := n.label(mermaidColumns)
		for i, text := range lines {
			lines[i] = mermaidText(text)
		}
		shape := mermaidShapes[n.kind]
		fmt.Fprintf(b, "%s%s%s\"%s\"%s\n", indent, names[n], shape[0], strings.Join(lines, "<br/>"), shape[1])
	}
	for _, inner := range p.inner {
		fmt.Fprintf(b, "%ssubgraph %s[\"%s\"]\n", indent, inner.id, mermaidText(plain(inner.name)))
		writeMermaid(b, inner, names, indent+"  ")
		fmt.Fprintf(b, "%send\n", indent)
	}
}

// mermaidText writes every character that could mean something to Mermaid, to the Markdown in its labels, or to HTML,
// by its number.
func mermaidText(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r > '~', r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', strings.ContainsRune(" /,", r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}
