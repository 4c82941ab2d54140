package render

import (
	"image/color"
	"math"

	"insightbot/insight"
)

// The measures of a bar chart.
const (
	barShare      = 0.74 // of a slot
	barMost       = 46.0
	barRound      = 2.0
	barValuesMost = 8
	outlineWidth  = 1.8
)

// drawBar draws one series as bars over slots. A comparison stands as a short
// line across each.
func drawBar(s *sheet) {
	t := timelineOf(s.Insight, s.Result)
	lines := s.drawnLines(&t)
	if len(lines) == 0 {
		drawEmpty(s)
		return
	}
	l := lines[0]
	s.barNotes(&t, l)
	top := s.layoutHead()
	p := s.layoutBars(&t, l, top)
	s.drawHead()
	s.drawGrid(p)
	s.drawSlots(p, t.slots)
	texts := ShortAll(t.format, l.values)
	for i, v := range l.values {
		x0, width := p.x(i)-p.bar()/2, p.bar()
		m := mark{key: l.key, color: l.color}
		if t.partly(i) {
			m.color, m.faded, m.dotted = s.colors.unfinished(l.color), true, true
		}
		s.bar(p, x0, width, v, m)
		if m.dotted {
			s.outline(p, x0, width, v, l.color)
		}
		if l.previous != nil && finite(l.previous[i]) {
			y := p.scale.at(l.previous[i])
			s.notch(l.key, l.previous[i], box{x0 - 1, y, x0 + width + 1, y})
		}
		if len(l.values) <= barValuesMost && l.previous == nil && finite(v) {
			s.barValue(p, p.x(i), v, texts[i])
		}
	}
	s.zeroLine(p)
}

// barNotes tells in words what marks and dots mean.
func (s *sheet) barNotes(t *timeline, l *drawnLine) {
	s.note(t.note)
	switch s.Result.Shape {
	case insight.ShapeStickiness:
		s.note("by number of " + plural(periodName(s.Result.Grain)))
	case insight.ShapeHistogram:
		s.note("each bar from the value below it to the next")
	default:
	}
	if l.previous != nil {
		s.note("marks: " + s.previousPeriod())
	}
	s.note(t.cutNote(s.Result.Grain))
	if l.running >= t.incomplete && !t.over {
		s.note("dotted: " + t.slots[l.running] + ", " + Short(t.format, l.values[l.running]) + " so far")
	}
}

// plural is the plural of a period name, in small letters.
func plural(name string) string { return lowerFirst(name) + "s" }

// layoutBars opens the canvas and places the plot of a bar chart.
func (s *sheet) layoutBars(t *timeline, l *drawnLine, top float64) *plot {
	p := &plot{slots: len(t.slots), at: t.at, top: top + 12}
	values := append(append([]float64{}, l.values...), l.previous...)
	p.scale = newScale(t.format, values, true)
	if len(l.values) <= barValuesMost {
		p.top += 8 // room for a value above the highest bar
	}
	p.bottom = p.top + lineChartHeight - 70 - footHeight
	p.scale.from, p.scale.to = p.bottom, p.top
	if lo, _, _ := bounds(l.values); lo < 0 && len(l.values) <= barValuesMost && p.scale.at(lo) > p.bottom-20 {
		p.scale.from -= 20 // and below the lowest
	}
	s.axisWidth(p, t)
	p.right = chartWidth - margin
	slot := (p.right - p.left) / float64(max(1, p.slots))
	p.inset = slot / 2
	// The last label is centred on the last bar and must not leave the
	// picture.
	if n := len(t.slots); n > 1 {
		half := s.measure(t.slots[n-1], s.second()) / 2
		if over := half - p.inset; over > 0 {
			p.right -= over
			p.inset = (p.right - p.left) / float64(p.slots) / 2
		}
	}
	s.open(chartWidth, p.bottom+footHeight)
	return p
}

// bar is the width of one bar, on whole pixels.
func (p *plot) bar() float64 {
	return max(1, math.Round(min(p.step()*barShare, barMost)*imageScale)) / imageScale
}

// bar draws one bar from zero. A value of zero has none.
func (s *sheet) bar(p *plot, x, width, v float64, m mark) {
	if !finite(v) {
		return
	}
	y, zero := p.scale.at(v), p.scale.at(0)
	m.kind, m.value, m.box = markBar, v, box{x, min(y, zero), x + width, max(y, zero)}
	s.rect(x, m.box.y0, width, m.box.y1-m.box.y0, min(barRound, (m.box.y1-m.box.y0)/2), m.color)
	// Round only the far end: the near one stands on the line.
	if h := m.box.y1 - m.box.y0; h > 2*barRound {
		if v > 0 {
			s.rect(x, zero-barRound, width, barRound, 0, m.color)
		} else {
			s.rect(x, zero, width, barRound, 0, m.color)
		}
	}
	s.rec.mark(m)
}

// outline draws dots around three sides of an incomplete bar.
func (s *sheet) outline(p *plot, x, width, v float64, col color.RGBA) {
	if !finite(v) || v == 0 {
		return
	}
	y, zero, in := p.scale.at(v), p.scale.at(0), outlineWidth/2
	if v < 0 {
		in = -in
	}
	a := math.Abs(in)
	s.polyline([]point{{x + a, zero}, {x + a, y + in}, {x + width - a, y + in}, {x + width - a, zero}},
		stroke{width: outlineWidth, color: col, dotted: true})
	s.rec.mark(mark{kind: markLine, color: col, dotted: true, box: box{x, min(y, zero), x + width, max(y, zero)}})
}

// barValue writes a value above its bar, or below one that hangs down.
func (s *sheet) barValue(p *plot, x, v float64, text string) {
	y := p.scale.at(v) - 5
	if v < 0 {
		y = p.scale.at(v) + 5 + capHeight*sizeText
	}
	style := s.bold(s.colors.text).center().as("value")
	s.clearBehind(x-s.measure(text, style)/2, y, text, style)
	s.text(x, y, text, style)
}

// zeroLine draws the line that bars stand on once more, over their feet.
func (s *sheet) zeroLine(p *plot) {
	y := p.scale.at(0)
	s.rule(p.left, y, p.right, y, 0.8, s.colors.axis)
}
