package render

import (
	"image/color"
	"math"
)

// chunk is how many segments are stroked at once. The rasteriser keeps a list
// of cells for each scan line, so its time grows with the square of what one
// path crosses.
const chunk = 32

// stroke says how a line is drawn. Lengths are logical pixels.
type stroke struct {
	width float64
	color color.RGBA
	// dash and gap make a dashed line; 0 makes a solid one.
	dash, gap float64
	// dotted makes a line of round dots instead.
	dotted bool
}

// polyline strokes a line through pts. A point that is not a number ends the
// line; the next one begins a new one.
func (c *canvas) polyline(pts []point, s stroke) {
	for _, part := range parts(pts) {
		part = reduce(part)
		if s.dotted {
			c.dotted(part, s)
			continue
		}
		c.strokePart(part, s)
	}
}

// parts cuts a line at its gaps.
func parts(pts []point) [][]point {
	var list [][]point
	start := 0
	for i := 0; i <= len(pts); i++ {
		if i < len(pts) && finite(pts[i].x, pts[i].y) {
			continue
		}
		if i > start {
			list = append(list, pts[start:i])
		}
		start = i + 1
	}
	return list
}

// column is how many pixels wide the columns are that keep two points each:
// half as wide as a line.
const column = 3

// reduce keeps at most the lowest and highest point of each column, in their
// order, and the ends. What it drops could not be seen.
func reduce(pts []point) []point {
	if float64(len(pts)) <= chartWidth*imageScale/column {
		return pts
	}
	out := make([]point, 0, int(2*chartWidth*imageScale/column)+4)
	for i := 0; i < len(pts); {
		col := math.Floor(px(pts[i].x) / column)
		lo, hi := i, i
		j := i
		for ; j < len(pts) && math.Floor(px(pts[j].x)/column) == col; j++ {
			if pts[j].y < pts[lo].y {
				lo = j
			}
			if pts[j].y > pts[hi].y {
				hi = j
			}
		}
		a, b := min(lo, hi), max(lo, hi)
		out = append(out, pts[a])
		if b != a {
			out = append(out, pts[b])
		}
		i = j
	}
	if last := pts[len(pts)-1]; out[len(out)-1] != last {
		out = append(out, last)
	}
	return out
}

// strokePart strokes a line without gaps in chunks, carrying the phase of the
// dashes over. The library's stroker knows no joins, so each sharp corner gets
// a round one.
func (c *canvas) strokePart(pts []point, s stroke) {
	g := c.gc
	g.SetStrokeColor(s.color)
	g.SetLineWidth(s.width * imageScale)
	dash := []float64{s.dash * imageScale, s.gap * imageScale}
	dashed := s.dash > 0 && s.gap > 0 && dash[0]+dash[1] >= 0.5
	phase := 0.0
	for i := 0; i+1 < len(pts); i += chunk {
		c.check()
		end := min(i+chunk, len(pts)-1)
		if dashed {
			g.SetLineDash(dash, phase)
		} else {
			g.SetLineDash(nil, 0)
		}
		g.BeginPath()
		g.MoveTo(px(pts[i].x), px(pts[i].y))
		for j := i + 1; j <= end; j++ {
			g.LineTo(px(pts[j].x), px(pts[j].y))
			phase += math.Hypot(px(pts[j].x)-px(pts[j-1].x), px(pts[j].y)-px(pts[j-1].y))
		}
		phase = math.Mod(phase, dash[0]+dash[1])
		g.Stroke()
	}
	g.SetLineDash(nil, 0)
	if !dashed {
		c.dots(corners(pts), s.width/2, s.color)
	}
}

// corners are the ends of a line and the points where it turns visibly.
func corners(pts []point) []point {
	out := make([]point, 0, len(pts))
	for i, p := range pts {
		if i > 0 && i < len(pts)-1 {
			a := math.Atan2(p.y-pts[i-1].y, p.x-pts[i-1].x)
			b := math.Atan2(pts[i+1].y-p.y, pts[i+1].x-p.x)
			turn := math.Abs(math.Remainder(a-b, 2*math.Pi))
			if turn < 0.15 {
				continue
			}
		}
		out = append(out, p)
	}
	return out
}

// dotted draws round dots along a line, the first one step from its start,
// where the solid line ends.
func (c *canvas) dotted(pts []point, s stroke) {
	step := 2.1 * s.width
	var at []point
	travel := 0.0 // since the last dot
	for i := 1; i < len(pts); i++ {
		a, b := pts[i-1], pts[i]
		length := math.Hypot(b.x-a.x, b.y-a.y)
		if length > 20*chartWidth || len(at) > 2000 {
			return
		}
		for d := step - travel; d <= length; d += step {
			t := d / length
			at = append(at, point{a.x + t*(b.x-a.x), a.y + t*(b.y-a.y)})
		}
		travel = math.Mod(travel+length, step)
	}
	if n := len(pts); n > 1 {
		last := pts[n-1]
		if k := len(at); k > 0 && math.Hypot(at[k-1].x-last.x, at[k-1].y-last.y) < step/2 {
			at[k-1] = last
		} else {
			at = append(at, last)
		}
	}
	c.dots(at, s.width/2, s.color)
}

// area fills between a line and the height base, in chunks that overlap by a
// segment so that no seam shows.
func (c *canvas) area(pts []point, base float64, col color.RGBA) {
	for _, part := range parts(pts) {
		part = reduce(part)
		for i := 0; i+1 < len(part); i += chunk - 1 {
			end := min(i+chunk, len(part)-1)
			shape := make([]point, 0, chunk+3)
			shape = append(shape, part[i:end+1]...)
			shape = append(shape, point{part[end].x, base}, point{part[i].x, base})
			c.polygon(shape, col)
		}
	}
}
