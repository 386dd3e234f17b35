package snatplot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot"

	"aks-egress/egress/snat"
)

func point(load float64, loadBalancer, natGateway int) snat.Point {
	return snat.Point{
		Load:         load,
		LoadBalancer: snat.Result{Offered: 100, Accepted: 100 - loadBalancer, Refused: loadBalancer},
		NATGateway:   snat.Result{Offered: 100, Accepted: 100 - natGateway, Refused: natGateway},
	}
}

func drawn(t *testing.T, points ...snat.Point) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, WriteSVG(&out, snat.Comparison{Nodes: 200, PortsPerNode: 256}, points))
	return out.String()
}

// texts are what a reader of the drawing reads; it fails if the drawing is no XML.
func texts(t *testing.T, svg string) []string {
	t.Helper()
	var found []string
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for inText := false; ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return found
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			inText = token.Name.Local == "text"
		case xml.EndElement:
			inText = false
		case xml.CharData:
			if inText {
				found = append(found, string(token))
			}
		}
	}
}

func TestWriteSVG(t *testing.T) {
	t.Parallel()
	svg := drawn(t, point(0.1, 0, 0), point(0.6, 33, 0), point(1.2, 42, 17))
	read := texts(t, svg)
	for _, want := range []string{
		"20 of 200 nodes open half of the connections to one destination",
		"Offered load (ports wanted on average, % of 51,200 ports)", "Refused connections (%)",
		"Load balancer: 256 ports for each of 200 nodes", "NAT gateway: 51,200 ports for whichever node asks",
		"0", "20", "120", "50",
	} {
		assert.Contains(t, read, want)
	}
	assert.NotContains(t, svg, "@font-face", "no font is embedded")
	assert.NotContains(t, svg, "NaN")
	assert.Contains(t, svg, "fill:#FFFFFF", "a white ground, for black text on a dark page")
	assert.Contains(t, svg, "sans-serif", "a font for those who have not the first")
	assert.Equal(t, 1+1, strings.Count(svg, "stroke:#D55E00;stroke-width:2"), "the load balancer's line, and its legend")
	assert.Equal(t, 1+1, strings.Count(svg, "stroke:#0072B2;stroke-width:2"), "the NAT gateway's")
}

// line are the coordinates of the line of a colour, x and y alternately; y grows upwards.
func line(t *testing.T, svg, colour string) []float64 {
	t.Helper()
	pattern := regexp.MustCompile(`<path d="M([^"]*)" style="fill:none;stroke:` + colour + `;stroke-width:2`)
	path := pattern.FindStringSubmatch(svg)
	require.NotNil(t, path)
	var coordinates []float64
	for number := range strings.FieldsFuncSeq(path[1], func(r rune) bool { return r == ',' || r == 'L' }) {
		value, err := strconv.ParseFloat(number, 64)
		require.NoError(t, err)
		coordinates = append(coordinates, value)
	}
	return coordinates
}

// The lines are where the numbers are.
func TestWriteSVG_Lines(t *testing.T) {
	t.Parallel()
	svg := drawn(t, point(0.2, 0, 0), point(0.6, 25, 0), point(1, 50, 20))
	own, shared := line(t, svg, "#D55E00"), line(t, svg, "#0072B2")
	require.Len(t, own, 6)
	require.Len(t, shared, 6)
	for i := 0; i < 6; i += 2 {
		assert.InDelta(t, own[i], shared[i], 0.01, "the same loads")
	}
	assert.InDelta(t, own[2]-own[0], own[4]-own[2], 0.01, "evenly spaced loads")
	assert.InDelta(t, 2*(own[3]-own[1]), own[5]-own[1], 0.01, "50 % is twice as high as 25 %")
	assert.InDelta(t, shared[1], shared[3], 0.01, "nothing refused")
	assert.InDelta(t, 0.4*(own[5]-own[1]), shared[5]-shared[1], 0.01, "20 % of 50 %")
}

// The axes begin at nothing and end at a tick above the highest value.
func TestNewPlot_Axes(t *testing.T) {
	t.Parallel()
	p, err := newPlot(snat.Comparison{Nodes: 2, PortsPerNode: 8}, []snat.Point{point(0.1, 0, 0), point(1.2, 49, 50)})
	require.NoError(t, err)
	assert.Equal(t, []float64{0, 120, 0, 60}, []float64{p.X.Min, p.X.Max, p.Y.Min, p.Y.Max}, "room above the highest")
	p, err = newPlot(snat.Comparison{Nodes: 2, PortsPerNode: 8}, []snat.Point{point(0.1, 0, 0)})
	require.NoError(t, err)
	assert.InDelta(t, 10, p.Y.Max, 1e-9, "nothing refused")
}

func TestTicks(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []plot.Tick{{Value: 20, Label: "20"}, {Value: 40, Label: "40"}}, ticks(20).Ticks(1, 40))
}

func TestWriteSVG_Same(t *testing.T) {
	t.Parallel()
	points := []snat.Point{point(0.1, 0, 0), point(0.6, 33, 0)}
	assert.Equal(t, drawn(t, points...), drawn(t, points...))
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteSVG_Fails(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, WriteSVG(io.Discard, snat.Comparison{Nodes: 2, PortsPerNode: 8}, nil), "without points")
	require.ErrorContains(t, WriteSVG(full{}, snat.Comparison{Nodes: 2, PortsPerNode: 8},
		[]snat.Point{point(0.1, 0, 0)}), "disk full")
}
