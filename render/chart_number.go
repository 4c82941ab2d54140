package render

import (
	"image/color"
	"math"
	"slices"

	"insightbot/insight"
)

// drawNumber draws one value as a card, with its change and the course of the
// same result below it.
func drawNumber(s *sheet) {
	t := timelineOf(s.Insight, s.Result)
	total, before := math.NaN(), math.NaN()
	for _, l := range t.lines {
		total, before = l.total, l.totalBefore
	}
	s.open(cardWidth, cardHeight)
	y := s.cardHead()
	value := Short(s.Insight.Format, total)
	number := style{size: sizeNumber, bold: true, color: s.colors.text, role: "number"}
	if s.measure(value, number) > cardWidth-2*margin {
		number.size = 2 * sizeTitle
	}
	y += 16 + capHeight*sizeNumber
	width := s.text(margin-1.5, y, value, number)
	if s.running() && width+60 < cardWidth-2*margin {
		s.text(margin+width+5, y, "so far", s.second().as("note"))
	}
	y += 23
	if !s.cardChange(y, total, before) {
		y -= 18
	}
	if len(t.lines) > 0 {
		s.spark(&t, t.lines[0], y+13, cardHeight-margin)
	}
}

// running reports whether the total itself is still growing.
func (s *sheet) running() bool {
	return s.Result.Running()
}

// cardHead writes title and period and returns the baseline below them.
func (s *sheet) cardHead() float64 {
	y := margin + capHeight*sizeText
	width := cardWidth - 2*margin
	for i, text := range s.wrap(s.title(), s.bold(s.colors.text), width, 2) {
		if i > 0 {
			y += lineHeight
		}
		s.text(margin, y, text, s.bold(s.colors.text).as("title"))
	}
	for _, text := range s.flow(s.subtitle(), s.second(), width, 1) {
		y += lineHeight
		s.text(margin, y, text, s.second().as("subtitle"))
	}
	return y
}

// cardChange writes the triangle, the change and what it is measured against.
// It reports whether there was anything to write.
func (s *sheet) cardChange(y, now, before float64) bool {
	if s.Result.Previous.IsZero() && !finite(before) {
		return false
	}
	d := Change(s.Insight.Format, now, before)
	if !isComparable(s.Result) {
		// A window that still fills is no match for a whole one.
		d = Delta{Base: d.Base + inAllOf(s.Result)}
	}
	x := margin
	col := s.deltaColor(d)
	if d.Up || d.Down {
		h := 9.0
		tip, foot := y-h, y
		if d.Down {
			tip, foot = y, y-h
		}
		s.polygon([]point{{x, foot}, {x + 5.5, tip}, {x + 11, foot}}, col)
		s.rec.mark(mark{kind: markDelta, color: col, box: box{x, y - h, x + 11, y}})
		x += 16
	}
	if d.Short != "" {
		x += s.text(x, y, s.fit(d.Short, s.bold(col), cardWidth/2), s.bold(col).as("delta")) + 5
	}
	s.text(x, y, s.fit("vs "+d.Base, s.second(), cardWidth-margin-x), s.second().as("base"))
	return true
}

// deltaColor is the colour of a change: blue for a welcome one, orange for an
// unwelcome one, neutral where the insight does not say.
func (s *sheet) deltaColor(d Delta) color.RGBA {
	switch {
	case s.Insight.Good == insight.GoodNeither || !d.Up && !d.Down:
		return s.colors.text
	case d.Up == (s.Insight.Good == insight.GoodUp):
		return s.colors.better
	}
	return s.colors.worse
}

// spark draws the course of the result between two heights, as an area from
// zero.
func (s *sheet) spark(t *timeline, l line, top, bottom float64) {
	if len(l.values) < 2 {
		return
	}
	p := &plot{left: margin, right: cardWidth - margin, top: top, bottom: bottom, slots: len(l.values)}
	lo, hi, _ := bounds(l.values)
	if lo > hi {
		return
	}
	p.scale = scale{lo: min(lo, 0), hi: max(hi, 0), from: bottom, to: top}
	if p.scale.lo == p.scale.hi {
		p.scale.hi++
	}
	col := s.colors.series[0]
	pts := p.points(l.values)
	solid := pts[min(t.whole, len(pts)):min(t.incomplete, len(pts))]
	zero := p.scale.at(0)
	s.area(solid, zero, s.colors.tint(col))
	s.rec.mark(mark{kind: markArea, color: s.colors.tint(col), box: extent(append([]point{{p.left, zero}}, solid...))})
	s.rule(p.left, zero, p.right, zero, 0.8, s.colors.axis)
	s.polyline(solid, stroke{width: 2, color: col})
	s.rec.mark(mark{kind: markLine, color: col, box: extent(solid)})
	for _, pt := range lonely(solid) {
		s.dot(pt.x, pt.y, 2, col)
	}
	var loose [][]point
	if t.whole > 0 {
		head := slices.Clone(pts[:t.whole+1])
		slices.Reverse(head)
		loose = append(loose, head)
	}
	if t.incomplete < len(pts) {
		loose = append(loose, pts[max(0, t.incomplete-1):])
	}
	for _, tail := range loose {
		s.polyline(tail, stroke{width: 2.2, color: col, dotted: true})
		s.rec.mark(mark{kind: markLine, color: col, box: extent(tail), dotted: true})
	}
}
