// Package snatplot draws a comparison of SNAT ports given in advance and taken on demand.
package snatplot

import (
	"bytes"
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"aks-egress/egress/snat"
)

// Size of the drawing.
const (
	width  = 18 * vg.Centimeter
	height = 11 * vg.Centimeter
	margin = vg.Length(6)
)

// Two colours of Okabe and Ito's palette, which people with any colour vision tell apart. The lines differ in dashes
// and marks too, for print.
var (
	vermilion = color.RGBA{R: 213, G: 94, B: 0, A: 255}
	blue      = color.RGBA{R: 0, G: 114, B: 178, A: 255}
	lightGrey = color.Gray{Y: 220}
)

// WriteSVG draws refused connections against load, a line for the load balancer and one for the NAT gateway, in black
// on white. Fonts are not embedded; what the drawing asks for has the widths of Arial and Helvetica.
func WriteSVG(w io.Writer, c snat.Comparison, points []snat.Point) error {
	if len(points) == 0 {
		return errors.New("drawing: a comparison without points has no lines")
	}
	p, err := newPlot(c, points)
	if err != nil {
		return fmt.Errorf("drawing: %w", err)
	}
	canvas := vgsvg.New(width, height)
	p.Draw(draw.Crop(draw.New(canvas), margin, -margin, margin, -margin))
	var svg bytes.Buffer
	if _, err := canvas.WriteTo(&svg); err != nil {
		return fmt.Errorf("drawing: %w", err)
	}
	// A viewer without the library's font would take one with serifs.
	_, err = io.WriteString(w, strings.ReplaceAll(svg.String(),
		"font-family:Liberation Sans;", "font-family:Liberation Sans,Arial,Helvetica,sans-serif;"))
	return err
}

func newPlot(c snat.Comparison, points []snat.Point) (*plot.Plot, error) {
	p := plot.New()
	english := message.NewPrinter(language.English)
	p.Title.Text = english.Sprintf("%d of %d nodes open half of the connections to one destination",
		c.BusyNodes(), c.Nodes)
	p.Title.Padding = vg.Points(10)
	p.X.Label.Text = english.Sprintf("Offered load (ports wanted on average, %% of %d ports)", c.Ports())
	p.Y.Label.Text = "Refused connections (%)"
	p.X.Min, p.Y.Min = 0, 0
	p.X.Tick.Marker, p.Y.Tick.Marker = ticks(20), ticks(10)
	own := make(plotter.XYs, len(points))
	shared := make(plotter.XYs, len(points))
	for i, point := range points {
		own[i] = plotter.XY{X: 100 * point.Load, Y: 100 * point.LoadBalancer.RefusedShare()}
		shared[i] = plotter.XY{X: 100 * point.Load, Y: 100 * point.NATGateway.RefusedShare()}
		p.X.Max = max(p.X.Max, own[i].X)
		p.Y.Max = max(p.Y.Max, own[i].Y, shared[i].Y)
	}
	p.Y.Max = 10 * math.Ceil((p.Y.Max+1)/10) // up to a tick
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = lightGrey, lightGrey
	p.Add(grid)
	ownName := english.Sprintf("Load balancer: %d ports for each of %d nodes", c.PortsPerNode, c.Nodes)
	sharedName := english.Sprintf("NAT gateway: %d ports for whichever node asks", c.Ports())
	lines := []struct {
		name  string
		xys   plotter.XYs
		color color.Color
		shape draw.GlyphDrawer
		dash  []vg.Length
	}{
		{ownName, own, vermilion, draw.CircleGlyph{}, nil},
		{sharedName, shared, blue, draw.BoxGlyph{}, []vg.Length{vg.Points(6), vg.Points(3)}},
	}
	for _, l := range lines {
		line, marks, err := plotter.NewLinePoints(l.xys)
		if err != nil {
			return nil, err
		}
		line.Color, line.Width, line.Dashes = l.color, vg.Points(2), l.dash
		marks.Color, marks.Radius, marks.Shape = l.color, vg.Points(3.5), l.shape
		p.Add(line, marks)
		p.Legend.Add(l.name, line, marks)
	}
	setText(p)
	return p, nil
}

// setText chooses fonts, and where the legend stands: top left, where refusals of neither line reach.
func setText(p *plot.Plot) {
	sizes := map[*text.Style]vg.Length{
		&p.Title.TextStyle: 13, &p.Legend.TextStyle: 12, &p.X.Label.TextStyle: 12, &p.Y.Label.TextStyle: 12,
		&p.X.Tick.Label: 11, &p.Y.Tick.Label: 11,
	}
	for style, size := range sizes {
		style.Font.Variant, style.Font.Size = "Sans", size
	}
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.XOffs, p.Legend.YOffs = vg.Points(8), vg.Points(-10)
	p.Legend.Padding = vg.Points(3)
	p.Legend.ThumbnailWidth = vg.Points(34)
	p.X.Label.Padding, p.Y.Label.Padding = vg.Points(6), vg.Points(6)
}

// ticks marks multiples of a step, each with its number.
type ticks float64

// Ticks is for plot.Ticker.
func (step ticks) Ticks(low, high float64) []plot.Tick {
	var marks []plot.Tick
	for i := math.Ceil(low / float64(step)); i*float64(step) <= high+1e-9; i++ {
		value := i * float64(step)
		marks = append(marks, plot.Tick{Value: value, Label: strconv.FormatFloat(value, 'f', -1, 64)})
	}
	return marks
}
