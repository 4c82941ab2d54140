package render

import (
	"math"
	"slices"
	"strings"

	"insightbot/insight"
)

// labelTexts writes what stands beside the lines and returns the width it
// takes.
func (s *sheet) labelTexts(t *timeline, lines []*drawnLine) float64 {
	most := math.Floor(labelShare * chartWidth)
	var values []float64
	for _, l := range lines {
		if t.over && l.last >= 0 {
			l.late = -1 // the part of a bucket is no news
		} else {
			l.late = l.running
		}
		for _, i := range [...]int{l.last, l.late} {
			if i >= 0 {
				values = append(values, l.values[i])
			}
		}
	}
	texts := ShortAll(t.format, values)
	width, newest := 0.0, min(t.incomplete, len(t.slots))-1
	for _, l := range lines {
		if l.last >= 0 {
			l.value, texts = texts[0], texts[1:]
		}
		if dated := l.value + " · " + t.slot(l.last); l.last >= 0 && l.last < newest && s.measure(dated, s.second()) <= most {
			l.value = dated // it ends before the others do
		}
		if l.late >= 0 {
			now := texts[0] + t.suffix()
			texts = texts[1:]
			if both := l.value + " · " + now; l.last >= 0 && s.measure(both, s.second()) <= most && len(lines) > 1 {
				now = both
			}
			switch {
			case l.last < 0 || len(lines) > 1 && strings.Contains(now, "·"):
				l.value = now
			case len(lines) == 1:
				l.name, l.value = l.value, now
			}
		}
		if l.last < 0 && l.late < 0 {
			l.value = "no data" // it still has its name
			if l.status == insight.StatusDormant && s.Result.Running() {
				l.value = "not known yet"
			}
		}
		s.nameLine(l, len(lines), most)
		width = max(width, s.measure(l.name, s.bold(l.color)), s.measure(l.value, s.second()))
	}
	return width
}

// nameLine sets the bold upper line of a label: the name of the series or,
// where there is only one and the title names it, its value.
func (s *sheet) nameLine(l *drawnLine, n int, most float64) {
	label := clean(l.label)
	switch {
	case n == 1 && l.name != "":
	case n == 1 && (l.key == "" || label == "" || label == clean(s.Insight.Title)):
		l.name, l.value = l.value, ""
	default:
		if label == "" {
			label = l.key
		}
		if label == "" {
			label = "(none)"
		}
		l.name = s.fit(label, s.bold(l.color), most)
	}
}

// drawLabels writes name and value beside the end of each line, pushed apart
// until none touches another.
func (s *sheet) drawLabels(p *plot, lines []*drawnLine) {
	var shown []*drawnLine
	for _, l := range lines {
		i := l.last
		if i < 0 {
			i = l.running
		}
		if i < 0 {
			l.y = p.bottom
		} else {
			l.y = p.scale.at(l.values[i])
		}
		shown = append(shown, l)
	}
	slices.SortStableFunc(shown, func(a, b *drawnLine) int {
		switch {
		case a.y < b.y:
			return -1
		case a.y > b.y:
			return 1
		}
		return 0
	})
	ys := make([]float64, len(shown))
	for i, l := range shown {
		ys[i] = l.y
	}
	spread(ys, labelSpacing, p.top+2, p.bottom-22)
	x := p.right + labelGap
	if p.slots == 1 {
		x = p.x(0) + labelGap // beside the only dot
	}
	for i, l := range shown {
		if p.slots == 1 {
			s.clearBehind(x, ys[i]+5, l.name, s.bold(l.color))
			s.clearBehind(x, ys[i]+5+17, l.value, s.second())
		}
		s.text(x, ys[i]+5, l.name, s.bold(l.color).as("series"))
		s.text(x, ys[i]+5+17, l.value, s.second().as("value"))
	}
}

// spread moves sorted places apart to at least gap, as little as possible, and
// keeps them between lo and hi.
func spread(ys []float64, gap, lo, hi float64) {
	for range 50 {
		moved := false
		for i := 1; i < len(ys); i++ {
			if d := gap - (ys[i] - ys[i-1]); d > 0.01 {
				ys[i-1] -= d / 2
				ys[i] += d / 2
				moved = true
			}
		}
		if !moved {
			break
		}
	}
	for i := range ys { // from above, then from below: the last word
		ys[i] = max(ys[i], lo+float64(i)*gap)
	}
	for i := range ys {
		j := len(ys) - 1 - i
		ys[j] = min(ys[j], hi-float64(i)*gap)
		if j+1 < len(ys) {
			ys[j] = min(ys[j], ys[j+1]-gap)
		}
	}
}
