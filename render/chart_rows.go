package render

import (
	"math"
)

// The measures of a horizontal bar chart.
const (
	rowHeight     = 22.0
	rowHeightMost = 44.0
	rowBarShare   = 0.62
	rowRound      = 2.4
	rowLabelShare = 0.42
	rowGap        = 10.0
	rowValueGap   = 6.0
	notchWidth    = 1.6
	notchRim      = 0.8
	notchOver     = 3.2 // how far a mark reaches over its bar
)

// drawRows draws groups as horizontal bars, one row each.
func drawRows(s *sheet) {
	rows, all := rowsOf(s.Insight, s.Result)
	compared := false
	shown := 0
	for _, r := range rows {
		compared = compared || finite(r.before)
		if r.rest == 0 {
			shown++
		}
	}
	if shown < all && rows[len(rows)-1].rest == 0 {
		s.note("top " + itoa(shown) + " of " + itoa(all))
	}
	if compared {
		s.note("marks: " + s.previousPeriod())
	}
	if s.Result.Running() {
		s.note("so far")
	}
	top := s.layoutHead() + 8
	labels := s.rowLabels(rows)
	b := s.layoutRows(rows, labels)
	b.row = max(rowHeight, min(rowHeightMost, (chartHeightLeast-top-margin)/float64(len(rows))))
	bottom := top + b.row*float64(len(rows))
	s.open(chartWidth, max(chartHeightLeast, bottom+margin-2))
	s.drawHead()
	for i, r := range rows {
		s.drawRow(b, r, labels[i], top+b.row*(float64(i)+0.5))
	}
	if b.lo < 0 {
		s.rule(b.at(0), top, b.at(0), bottom, 0.8, s.colors.axis)
		s.rec.mark(mark{kind: markAxis, color: s.colors.axis, box: box{b.at(0), top, b.at(0), bottom}})
	}
}

// rowLabels shortens the names of the rows to their share of the width.
func (s *sheet) rowLabels(rows []row) []string {
	labels := make([]string, len(rows))
	for i, r := range rows {
		label := clean(r.label)
		if label == "" {
			label = clean(r.key)
		}
		if label == "" {
			label = "(none)"
		}
		labels[i] = s.fit(label, s.plain(), rowLabelShare*chartWidth)
	}
	return labels
}

// rowPlot is where the bars of a horizontal bar chart lie.
type rowPlot struct {
	// labels is the right edge of the names, row the height of one.
	labels, row float64
	scale
}

// layoutRows finds the length of the bars: what labels and values leave.
func (s *sheet) layoutRows(rows []row, labels []string) rowPlot {
	names, after, before := 0.0, 0.0, 0.0
	lo, hi := 0.0, 0.0
	for i, r := range rows {
		names = max(names, s.measure(labels[i], s.plain()))
		width := s.measure(r.text, s.bold(s.colors.text)) + rowValueGap
		if r.value < 0 {
			before = max(before, width)
		} else {
			after = max(after, width)
		}
		for _, v := range []float64{r.value, r.before} {
			if finite(v) {
				lo, hi = min(lo, max(v, -hugeValue)), max(hi, min(v, hugeValue))
			}
		}
	}
	if lo == 0 && hi == 0 || hi-lo < 1/hugeValue {
		lo, hi = 0, 1
	}
	b := rowPlot{labels: margin + math.Ceil(names), scale: scale{lo: lo, hi: hi}}
	b.from = math.Round((b.labels+rowGap+before)*imageScale) / imageScale // bars begin on a whole pixel
	b.to = chartWidth - margin - after
	return b
}

// drawRow draws one row around the height y.
func (s *sheet) drawRow(b rowPlot, r row, label string, y float64) {
	base, rowBar := y+capHeight*sizeText/2, b.row*rowBarShare
	s.text(b.labels, base, label, s.plain().right().as("label"))
	col := s.colors.series[0]
	if r.rest > 0 {
		col = s.colors.other
	}
	zero, end := b.at(0), b.at(0)
	if finite(r.value) {
		end = b.at(r.value)
		m := mark{kind: markBar, key: r.key, color: col, value: r.value}
		m.box = box{min(zero, end), y - rowBar/2, max(zero, end), y + rowBar/2}
		s.rect(m.box.x0, m.box.y0, m.box.x1-m.box.x0, rowBar, min(rowRound, (m.box.x1-m.box.x0)/2), col)
		if m.box.x1-m.box.x0 > 2*rowRound { // only the far end is round
			s.rect(min(zero, zero+math.Copysign(rowRound, r.value)), m.box.y0, rowRound, rowBar, 0, col)
		}
		s.rec.mark(m)
	}
	if finite(r.before) {
		x := b.at(r.before)
		s.notch(r.key, r.before, box{x, y - rowBar/2 - notchOver, x, y + rowBar/2 + notchOver})
	}
	s.rowValue(b, r, end, base)
}

// rowValue writes the value of a row right behind the end of its bar. Where
// the mark of the period before stands in the way the value goes into the bar,
// or, if that is too short, over the middle of the mark: behind the mark it
// would be taken for what the mark means.
func (s *sheet) rowValue(b rowPlot, r row, end, base float64) {
	style := s.bold(s.colors.text).as("value")
	away := 1.0 // the way the bar goes
	if r.value < 0 {
		away, style = -1, style.right()
	}
	width := s.measure(r.text, style)
	ahead := math.Inf(1) // from the end of the bar to the mark
	if finite(r.before) {
		ahead = away * (b.at(r.before) - end)
	}
	x := end + away*rowValueGap
	switch {
	case ahead < -3 || ahead > rowValueGap+width+3:
	case ahead <= 3: // at the end of the bar: right behind both
		x += away * max(0, ahead+2)
	case math.Abs(end-b.at(0)) >= width+2*rowValueGap:
		x = end - away*rowValueGap
		style.color, style.role = s.colors.background, "value inside"
		if away > 0 {
			style = style.right()
		} else {
			style.align = alignLeft
		}
	default:
		left := x
		if away < 0 {
			left -= width
		}
		s.rect(left-2, base-capHeight*sizeText-1, width+4, capHeight*sizeText+2, 0, s.colors.background)
	}
	s.text(x, base, r.text, style)
}

// notch draws a short line that stands for the value of the period before,
// with a rim of background so that it shows on a bar as well.
func (s *sheet) notch(key string, v float64, b box) {
	if b.x0 == b.x1 {
		s.rule(b.x0, b.y0, b.x1, b.y1, notchWidth+2*notchRim, s.colors.background)
	} else {
		s.rule(b.x0-notchRim, b.y0, b.x1+notchRim, b.y1, notchWidth+2*notchRim, s.colors.background)
	}
	s.rule(b.x0, b.y0, b.x1, b.y1, notchWidth, s.colors.text)
	s.rec.mark(mark{kind: markNotch, key: key, color: s.colors.text, value: v, box: b})
}
