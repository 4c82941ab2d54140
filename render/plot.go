package render

import (
	"math"
	"strconv"
	"time"

	"insightbot/insight"
)

// plot is the area between the axes of a chart with slots.
type plot struct {
	left, right, top, bottom float64
	scale                    scale
	ticks                    []string
	// inset is the distance of the first and last slot from the edges; slots is
	// how many there are.
	inset float64
	slots int
	// at are the starts of the slots, nil where they are no times.
	at []time.Time
}

// x is the middle of a slot.
func (p *plot) x(slot int) float64 {
	if p.slots <= 1 {
		return (p.left + p.right) / 2
	}
	return p.left + p.inset + float64(slot)*p.step()
}

// step is the distance of two slots.
func (p *plot) step() float64 {
	if p.slots <= 1 {
		return p.right - p.left
	}
	return (p.right - p.left - 2*p.inset) / float64(p.slots-1)
}

// stroke is the width of lines: thinner where they are dense.
func (p *plot) stroke() float64 { return max(1.4, min(strokeWidth, 1.1*p.step())) }

// points are the places of values on the plot.
func (p *plot) points(values []float64) []point {
	pts := make([]point, len(values))
	for i, v := range values {
		pts[i] = point{p.x(i), p.scale.at(v)}
	}
	return pts
}

// lineScale is the value axis of lines.
func (s *sheet) lineScale(t *timeline, lines []*drawnLine) scale {
	var values []float64
	for _, l := range lines {
		values = append(append(values, l.values...), l.previous...)
	}
	return newScale(t.format, values, s.Insight.FromZero)
}

// layoutPlot opens the canvas of a line chart and places its plot. labels is
// the width of what stands to the right of it, lines how many names that is.
func (s *sheet) layoutPlot(p *plot, t *timeline, lines int, labels float64) {
	p.top = s.layoutHead() + 12
	p.bottom = p.top + max(lineChartHeight-70-footHeight, float64(lines)*labelSpacing)
	p.scale.from, p.scale.to = p.bottom, p.top
	s.axisWidth(p, t)
	p.right = chartWidth - margin - labels - labelGap
	p.at = t.at
	s.open(chartWidth, p.bottom+footHeight)
}

// axisWidth writes the labels of the value axis and makes room for them.
func (s *sheet) axisWidth(p *plot, t *timeline) {
	p.ticks = TickLabels(t.format, p.scale.ticks)
	width := 0.0
	for _, text := range p.ticks {
		width = max(width, s.measure(text, s.second()))
	}
	p.left = margin + math.Ceil(width) + axisGap
}

// drawGrid draws the lines and labels of the value axis; zero is an axis line.
func (s *sheet) drawGrid(p *plot) {
	if p.scale.ticks[0] > p.scale.lo || p.scale.from < p.bottom {
		s.rule(p.left, p.bottom, p.right, p.bottom, 0.8, s.colors.grid) // what the slots hang from
	}
	for i, v := range p.scale.ticks {
		y := p.scale.at(v)
		col, kind := s.colors.grid, markGrid
		if v == 0 {
			col, kind = s.colors.axis, markAxis
		}
		s.rule(p.left, y, p.right, y, 0.8, col)
		s.rec.mark(mark{kind: kind, color: col, value: v, box: box{p.left, y, p.right, y}})
		s.text(p.left-axisGap, y+sizeText*capHeight/2, p.ticks[i], s.second().right().as("tick-y"))
	}
}

// clearBehind takes grid lines away where a text is going to stand.
func (s *sheet) clearBehind(x, y float64, text string, st style) {
	if text == "" {
		return
	}
	s.rect(x-3, y-st.size*capHeight-3, s.measure(text, st)+6, st.size*capHeight+6, 0, s.colors.background)
}

// drawSlots labels a few slots, evenly and counted from the newest.
func (s *sheet) drawSlots(p *plot, slots []string) {
	if len(slots) == 0 {
		return
	}
	most := maxSlotLabels
	if s.Result.Shape == insight.ShapeStickiness {
		most = 2 * maxSlotLabels // whole numbers, which are short
	}
	style := s.second().center().as("tick-x")
	width := 0.0
	for i := range slots {
		if i >= len(slots)-64 || i%64 == 0 { // enough to know; measuring costs
			width = max(width, s.measure(slots[i], style))
		}
	}
	step := labelStep(len(slots), most, p.step(), width, s.Result.Grain)
	for i := newestTick(p.at, step, s.Result.Grain, len(slots)); i >= 0; i -= step {
		x := p.x(i)
		half := s.measure(slots[i], style) / 2
		if x-half < margin-2 || x+half > s.width-margin+2 {
			if len(slots) > 1 {
				continue
			}
		}
		s.rule(x, p.bottom, x, p.bottom+4, 0.8, s.colors.axis)
		s.rec.mark(mark{kind: markTick, color: s.colors.axis, value: float64(i), box: box{x, p.bottom, x, p.bottom + 4}})
		s.text(x, p.bottom+19, slots[i], style)
	}
}

// newestTick is the newest slot with a label: the last one or, where slots are
// hours, the last at which a span of the day begins.
func newestTick(at []time.Time, step int, g insight.Grain, n int) int {
	if g == insight.GrainHour && len(at) == n && 24%step == 0 || g == insight.GrainHour && step%24 == 0 {
		for i := n - 1; i >= max(0, n-24); i-- {
			if i < len(at) && at[i].Hour()%min(step, 24) == 0 {
				return i
			}
		}
	}
	return n - 1
}

// extent is the box around points.
func extent(pts []point) box {
	b := box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range pts {
		if finite(p.x, p.y) {
			b = box{min(b.x0, p.x), min(b.y0, p.y), max(b.x1, p.x), max(b.y1, p.y)}
		}
	}
	return b
}

// around is the box of a dot.
func around(p point, r float64) box { return box{p.x - r, p.y - r, p.x + r, p.y + r} }

// itoa is strconv.Itoa.
func itoa(n int) string { return strconv.Itoa(n) }
