package render

import (
	"image/color"
	"math"
	"slices"
	"strings"
)

// The measures of a line chart.
const (
	lineChartHeight = 270.0
	labelSpacing    = 36.0
	labelShare      = 0.27 // of the width, for the names beside the lines
	labelGap        = 11.0
	axisGap         = 9.0
	footHeight      = 35.0
	previousWidth   = 1.6
	dotRadius       = 3.4
	dottedWidth     = 2.6
	ringRadius      = 4.6
)

// soFar follows the value of a period that is not over.
const soFar = " so far"

// drawnLine is a line with its colour and what stands beside it.
type drawnLine struct {
	line
	color color.RGBA
	// last is the newest complete slot with a value and running the newest
	// incomplete one; -1 where there is none.
	last, running int
	// late is the incomplete slot that is told beside the line, or -1.
	late        int
	name, value string
	y           float64 // where the label stands
}

// drawLine draws lines over slots, usually of time.
func drawLine(s *sheet) {
	t := timelineOf(s.Insight, s.Result)
	t.trim()
	lines := s.drawnLines(&t)
	right := s.labelTexts(&t, lines)
	p := &plot{slots: len(t.slots), scale: s.lineScale(&t, lines)}
	s.lineNotes(&t, lines)
	if p.scale.lo > 0 {
		s.note("axis starts above 0")
	}
	s.layoutPlot(p, &t, len(lines), right)
	s.drawHead()
	s.drawGrid(p)
	s.drawSlots(p, t.slots)
	for _, l := range lines {
		s.drawPrevious(p, l)
	}
	for _, l := range lines {
		s.drawOneLine(p, l, &t)
	}
	s.drawLabels(p, lines)
}

// drawnLines colours the lines and finds their ends.
func (s *sheet) drawnLines(t *timeline) []*drawnLine {
	palette := s.paint(t.lines)
	var list []*drawnLine
	for i, l := range t.lines {
		d := &drawnLine{line: l, color: palette[i], last: -1, running: -1}
		for j, v := range l.values {
			switch {
			case !finite(v):
			case !t.partly(j):
				d.last = j
			case j >= t.incomplete || d.running < 0:
				d.running = j
			}
		}
		if t.whole > 0 && d.running < t.whole && d.last >= 0 {
			d.running = -1 // the first slot is no news
		}
		list = append(list, d)
	}
	return list
}

// lineNotes tells in words what dashes and dots mean and what was left out.
func (s *sheet) lineNotes(t *timeline, lines []*drawnLine) {
	s.note(t.note)
	shown := 0
	compared, running := false, -1
	for _, l := range lines {
		if l.rest == 0 {
			shown++
		}
		compared = compared || l.previous != nil
		if !strings.HasSuffix(l.value, soFar) {
			running = max(running, l.running)
		}
	}
	if shown < t.groups && !slices.ContainsFunc(lines, func(l *drawnLine) bool { return l.rest > 0 }) {
		s.note("top " + itoa(shown) + " of " + itoa(t.groups))
	}
	if compared {
		s.note("dashed: " + s.previousPeriod())
	}
	if running >= 0 && !t.over {
		s.note("dotted: " + t.slots[running] + soFar)
	}
	s.note(t.cutNote(s.Result.Grain))
}

// previousPeriod names the window of the comparison.
func (s *sheet) previousPeriod() string {
	if label := PeriodLabel(s.Result.Previous); label != "" {
		// The year stands in the period before it, where it is the same.
		year := s.Result.Previous.From.Format(" 2006")
		if strings.HasSuffix(PeriodLabel(s.Result.Window), year) && len(label) > len(year)+3 {
			label = strings.TrimSuffix(label, year)
		}
		return label
	}
	return "the period before"
}

// drawPrevious draws the comparison as a thin, faded, dashed line.
func (s *sheet) drawPrevious(p *plot, l *drawnLine) {
	if l.previous == nil {
		return
	}
	col := s.colors.faded(l.color)
	pts := p.points(l.previous)
	s.polyline(pts, stroke{width: previousWidth, color: col, dash: 6, gap: 4})
	s.rec.mark(mark{kind: markLine, key: l.key, color: col, box: extent(pts), faded: true, dashed: true})
	for _, pt := range lonely(pts) {
		s.dot(pt.x, pt.y, previousWidth, col)
	}
}

// drawOneLine draws the complete part solid, up to a dot, and the rest dotted.
func (s *sheet) drawOneLine(p *plot, l *drawnLine, t *timeline) {
	pts := p.points(l.values)
	solid := pts[min(t.whole, len(pts)):min(t.incomplete, len(pts))]
	s.polyline(solid, stroke{width: p.stroke(), color: l.color})
	s.rec.mark(mark{kind: markLine, key: l.key, color: l.color, box: extent(solid)})
	for _, pt := range lonely(solid) {
		s.dot(pt.x, pt.y, p.stroke(), l.color)
	}
	if t.whole > 0 {
		head := slices.Clone(pts[:t.whole+1])
		slices.Reverse(head) // dots begin where the solid line ends
		s.unsure(head, pts[t.whole], l)
	}
	if l.running >= t.incomplete {
		if l.last >= 0 {
			s.unsure(pts[l.last:], pts[l.last], l)
		} else {
			s.unsure(pts[t.incomplete:], point{math.NaN(), math.NaN()}, l)
		}
	}
	if l.last >= 0 {
		s.dot(pts[l.last].x, pts[l.last].y, dotRadius, l.color)
		s.rec.mark(mark{kind: markDot, key: l.key, color: l.color, value: l.values[l.last], box: around(pts[l.last], dotRadius)})
	}
}

// unsure draws what is not the whole of its buckets: dotted, from a
// complete point on. Any other without a neighbour is a ring.
func (s *sheet) unsure(pts []point, complete point, l *drawnLine) {
	s.polyline(pts, stroke{width: dottedWidth, color: l.color, dotted: true})
	s.rec.mark(mark{kind: markLine, key: l.key, color: l.color, box: extent(pts), dotted: true})
	for _, pt := range lonely(pts) {
		if pt != complete {
			s.ring(pt, l)
		}
	}
}

// ring is a hollow dot.
func (s *sheet) ring(pt point, l *drawnLine) {
	s.dot(pt.x, pt.y, ringRadius, l.color)
	s.dot(pt.x, pt.y, ringRadius-strokeWidth, s.colors.background)
	s.rec.mark(mark{kind: markDot, key: l.key, color: l.color, box: around(pt, ringRadius), dotted: true})
}

// lonely are the points without a neighbour, which no line shows.
func lonely(pts []point) []point {
	var list []point
	for _, part := range parts(pts) {
		if len(part) == 1 {
			list = append(list, part[0])
		}
	}
	return list
}
