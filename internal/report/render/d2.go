package render

import (
	"fmt"
	"strings"

	"oss.terrastruct.com/d2/d2ast"
	"oss.terrastruct.com/d2/d2format"
	"oss.terrastruct.com/d2/d2renderers/d2fonts"
	"oss.terrastruct.com/d2/lib/textmeasure"
)

// layout is what differs between the forms of a drawing.
type layout struct {
	direction    string
	columns      int // of a line in a box
	placeColumns int // of a line in a place's name
	size         int // of the font, in pixels
	width        int // of a box, in pixels, at least
}

// layouts are those of the forms. Wide drawings are scaled down on most screens, hence the larger letters. In those
// that go down, an arrow comes into the middle of a place, so the place's name fits into its left half.
var layouts = map[form]layout{
	loop: {direction: "right", columns: 26, placeColumns: 48, size: 20},
	line: {direction: "down", columns: 32, placeColumns: 20, size: 16, width: 290},
}

// d2Source is a graph in the language of d2, and the nodes by the ids that they have there. An answer's line starts at
// its end, and has its head later: so the layout ranks nodes by the flow alone.
func (g *graph) d2Source(f form, ruler *textmeasure.Ruler) (source string, byID map[string]*node) {
	w := &d2Writer{
		layout: layouts[f], ruler: ruler, names: g.names(), ids: map[*node]string{}, byID: map[string]*node{},
	}
	fmt.Fprintf(w, "direction: %s\n", w.layout.direction)
	w.write(g.places(), "")
	for _, e := range g.edges {
		switch {
		case e.answer && f == loop:
			fmt.Fprintf(w, "%s -- %s: {style.stroke-dash: 4}\n", w.ids[e.to], w.ids[e.from])
		case e.answer:
			fmt.Fprintf(w, "%s -> %s: {style.stroke-dash: 4}\n", w.ids[e.from], w.ids[e.to])
		default:
			fmt.Fprintf(w, "%s -> %s\n", w.ids[e.from], w.ids[e.to])
		}
	}
	return w.String(), w.byID
}

type d2Writer struct {
	strings.Builder
	layout layout
	ruler  *textmeasure.Ruler
	names  map[*node]string
	ids    map[*node]string
	byID   map[string]*node
}

func (w *d2Writer) write(p *placeTree, path string) {
	for _, n := range p.nodes {
		id := path + w.names[n]
		w.ids[n], w.byID[id] = id, n
		text := strings.Join(n.label(w.layout.columns), "\n")
		fmt.Fprintf(w, "%s: %s {style.border-radius: %d; style.font-size: %d; width: %d}\n",
			w.names[n], quoteD2(text), n.kind.radius(), w.layout.size, w.width(text))
	}
	for _, inner := range p.inner {
		name := quoteD2(strings.Join(wrap(plain(inner.name), w.layout.placeColumns), "\n"))
		fmt.Fprintf(w, "%s: %s {\nlabel.near: top-left\nstyle.border-radius: 8\nstyle.font-size: %d\n",
			inner.id, name, w.layout.size-2)
		w.write(inner, path+inner.id+".")
		w.WriteString("}\n")
	}
}

// width of a box, in pixels: that of its text with margins.
func (w *d2Writer) width(text string) int {
	font := d2fonts.SourceSansPro.Font(w.layout.size, d2fonts.FONT_STYLE_BOLD)
	width, _ := w.ruler.Measure(font, text)
	return max(w.layout.width, width+2*w.layout.size)
}

// radius of a box's corners, in pixels.
func (k kind) radius() int {
	switch k {
	case kindDevice:
		return 3
	case kindEnd:
		return 16
	case kindAddress:
		return 40
	case kindStep:
	}
	return 6
}

func quoteD2(text string) string { return d2format.Format(d2ast.FlatDoubleQuotedString(text)) }
