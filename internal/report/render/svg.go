package render

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"

	"oss.terrastruct.com/d2/d2graph"
	"oss.terrastruct.com/d2/d2layouts/d2dagrelayout"
	"oss.terrastruct.com/d2/d2lib"
	"oss.terrastruct.com/d2/d2renderers/d2svg"
	"oss.terrastruct.com/d2/d2target"
	d2log "oss.terrastruct.com/d2/lib/log"
	"oss.terrastruct.com/d2/lib/textmeasure"

	"aks-egress/internal/report"
)

// Drawing draws a path as an SVG that needs nothing else, in the light or dark colours that its reader prefers: from
// left to right for a wide screen, else one box below the other.
func Drawing(p *report.Path, wide bool) ([]byte, error) {
	f := line
	if wide {
		f = loop
	}
	g := newGraph(p, f)
	return g.svg(f, "")
}

// svg lays a graph out and draws it. Salt tells drawings of the same graph on one page apart.
func (g *graph) svg(f form, salt string) ([]byte, error) {
	ruler, err := textmeasure.NewRuler()
	if err != nil {
		return nil, fmt.Errorf("drawing: %w", err)
	}
	source, byID := g.d2Source(f, ruler)
	options := drawingOptions(salt + source)
	ctx := d2log.With(context.Background(), slog.New(slog.NewTextHandler(io.Discard, nil)))
	diagram, _, err := d2lib.Compile(ctx, source, &d2lib.CompileOptions{
		Ruler:          ruler,
		LayoutResolver: func(string) (d2graph.LayoutGraph, error) { return d2dagrelayout.DefaultLayout, nil },
	}, options)
	if err != nil {
		return nil, fmt.Errorf("drawing: %w", err)
	}
	for i := range diagram.Shapes {
		colour(&diagram.Shapes[i], byID[diagram.Shapes[i].ID])
	}
	uncross(diagram)
	for i := range diagram.Connections {
		c := &diagram.Connections[i]
		c.Stroke = colourLine
		if c.DstArrow == d2target.NoArrowhead { // an answer in a loop, see d2Source
			c.SrcArrow = d2target.TriangleArrowhead
		}
	}
	svg, err := d2svg.Render(diagram, options)
	if err != nil {
		return nil, fmt.Errorf("drawing: %w", err)
	}
	named := `<svg role="img" aria-label="` + html.EscapeString(plain(g.title)) + `" `
	svg = bytes.Replace(svg, []byte("<svg "), []byte(named), 1)
	return titlesOnly(svg), nil
}

// titlesOnly leaves the first line of a box bold: the rest gets the font of places' names.
func titlesOnly(svg []byte) []byte {
	const regular = `-font-regular";`
	end := bytes.Index(svg, []byte(regular))
	start := bytes.LastIndex(svg[:max(end, 0)], []byte("font-family"))
	if end < 0 || start < 0 {
		return svg
	}
	rule := fmt.Sprintf(".text-bold tspan:not(:first-child){%s}\n", svg[start:end+len(regular)])
	return bytes.Replace(svg, []byte("<![CDATA["), []byte("<![CDATA[\n"+rule), 1)
}

// Slots of d2's palette, by what they colour here; palette has their colours.
const (
	colourText      = "N1"
	colourLine      = "N2"
	colourFaint     = "N4" // borders of places
	colourPaper     = "N7"
	colourStep      = "B6"
	colourStepLine  = "B4"
	colourDevice    = "B5"
	colourAccent    = "B2"
	colourAddress   = "AA5"
	colourGreenLine = "AA2"
	colourStop      = "AB5"
	colourStopLine  = "AB4"
	colourPlace     = "N6"
)

// colour paints a box by its kind, a place without a node in a neutral way.
func colour(s *d2target.Shape, n *node) {
	s.Color = colourText
	switch {
	case n == nil:
		s.Fill, s.Stroke = colourPlace, colourFaint
	case n.stop:
		s.Fill, s.Stroke, s.StrokeWidth = colourStop, colourStopLine, 3
	case n.kind == kindDevice:
		s.Fill, s.Stroke = colourDevice, colourAccent
	case n.kind == kindAddress:
		s.Fill, s.Stroke = colourAddress, colourGreenLine
	case n.kind == kindEnd:
		s.Fill, s.Stroke = colourPaper, colourLine
	default:
		s.Fill, s.Stroke = colourStep, colourStepLine
	}
}

func drawingOptions(salt string) *d2svg.RenderOpts {
	pad, scale, yes := int64(8), 1.0, true
	return &d2svg.RenderOpts{
		Pad: &pad, Scale: &scale, NoXMLTag: &yes, OmitVersion: &yes, Salt: &salt,
		ThemeID: &lightTheme, ThemeOverrides: &lightPalette, DarkThemeID: &darkTheme, DarkThemeOverrides: &darkPalette,
	}
}
