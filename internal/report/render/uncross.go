package render

import (
	"strings"

	"oss.terrastruct.com/d2/d2target"
	"oss.terrastruct.com/d2/lib/geo"
	"oss.terrastruct.com/d2/lib/label"
)

// corners are where the name of a place may stand, the best first.
var corners = []label.Position{
	label.InsideTopLeft, label.InsideTopRight, label.InsideBottomLeft, label.InsideBottomRight,
}

// uncross moves the names of places to corners where no line crosses them and no box stands.
func uncross(d *d2target.Diagram) {
	for i := range d.Shapes {
		s := &d.Shapes[i]
		if !isPlace(s.ID) {
			continue
		}
		for _, corner := range corners {
			if !crossed(d, s, corner) {
				s.LabelPosition = corner.String()
				break
			}
		}
	}
}

// isPlace says whether a shape's id is that of a place: see placeTree.
func isPlace(id string) bool { return id[strings.LastIndexByte(id, '.')+1] == 'p' }

func crossed(d *d2target.Diagram, s *d2target.Shape, corner label.Position) bool {
	box := geo.NewBox(geo.NewPoint(float64(s.Pos.X), float64(s.Pos.Y)), float64(s.Width), float64(s.Height))
	width, height := float64(s.LabelWidth), float64(s.LabelHeight)
	name := geo.NewBox(corner.GetPointOnBox(box, label.PADDING, width, height), width, height)
	for _, c := range d.Connections {
		if crosses(c.Route, c.IsCurve, name) {
			return true
		}
	}
	for i := range d.Shapes {
		o := &d.Shapes[i]
		other := geo.NewBox(geo.NewPoint(float64(o.Pos.X), float64(o.Pos.Y)), float64(o.Width), float64(o.Height))
		if strings.HasPrefix(o.ID, s.ID+".") && other.Overlaps(*name) {
			return true
		}
	}
	return false
}

// crosses says whether a line, of Bézier curves or straight, goes through a box.
func crosses(route []*geo.Point, curved bool, box *geo.Box) bool {
	const samples = 50
	step := 1
	if curved {
		step = 3
	}
	for i := 0; i+step < len(route); i += step {
		for k := range samples + 1 {
			t := float64(k) / samples
			p := between(route[i], route[i+1], t)
			if curved {
				q, r := between(route[i+1], route[i+2], t), between(route[i+2], route[i+3], t)
				p = between(between(p, q, t), between(q, r, t), t)
			}
			if box.Contains(p) {
				return true
			}
		}
	}
	return false
}

func between(a, b *geo.Point, t float64) *geo.Point {
	return geo.NewPoint(a.X+t*(b.X-a.X), a.Y+t*(b.Y-a.Y))
}
