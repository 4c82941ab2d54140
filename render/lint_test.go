package render

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"insightbot/insight"
)

// lint checks a recorded drawing against the rules a finished chart must pass
// and returns what is wrong.
func lint(r *record, d Drawing, kind insight.Chart) []string {
	l := &linter{record: r, d: d, kind: kind}
	l.frame()
	l.type360()
	l.boxes()
	l.contrasts()
	l.ticks()
	l.series()
	return l.found
}

// linter collects what is wrong with one drawing.
type linter struct {
	*record
	d     Drawing
	kind  insight.Chart
	found []string
}

func (l *linter) say(format string, args ...any) {
	l.found = append(l.found, fmt.Sprintf(format, args...))
}

// frame is rule 1.
func (l *linter) frame() {
	switch l.width {
	case chartWidth:
		if l.height < 240 || l.height > 500 {
			l.say("height is %.1f, want 240 to 500", l.height)
		}
	case cardWidth:
		if l.height != cardHeight {
			l.say("card is %.1f high, want %v", l.height, cardHeight)
		}
	default:
		l.say("width is %.1f", l.width)
	}
}

// type360 is rule 2: sizes on a phone, where the picture is 360 px wide. A card
// stands two in a row there.
func (l *linter) type360() {
	phone := 360 / chartWidth
	sizes, weights := map[float64]bool{}, map[bool]bool{}
	for _, t := range l.texts {
		sizes[t.size], weights[t.bold] = true, true
		if got := t.size * phone; got < 9.5 {
			l.say("%q is %.1f px on a phone", t.text, got)
		}
		if t.role == "title" && l.width == chartWidth && t.size*phone < 13 {
			l.say("title is %.1f px on a phone", t.size*phone)
		}
		if t.role == "number" && l.kind == insight.ChartNumber && t.size*phone < 27 {
			l.say("number is %.1f px on a phone", t.size*phone)
		}
	}
	if len(sizes) > 4 || len(weights) > 2 {
		l.say("%d sizes and %d weights", len(sizes), len(weights))
	}
}

// boxes is rule 3.
func (l *linter) boxes() {
	for i, t := range l.texts {
		b := t.ink
		if b.x0 < 12 || b.y0 < 12 || b.x1 > l.width-12 || b.y1 > l.height-12 {
			l.say("%q at %+v is nearer than 12 to the edge of %vx%v", t.text, b, l.width, l.height)
		}
		if t.missing > 0 {
			l.say("%q has %d glyphs no font has", t.text, t.missing)
		}
		for _, o := range l.texts[i+1:] {
			if overlap(t.box, o.box) {
				l.say("%q overlaps %q: %.1f, %.1f", t.text, o.text, t.box, o.box)
			}
		}
		for _, m := range l.marks {
			if m.kind == markBar && t.role != "value inside" && overlap(t.box, shrink(m.box, 0.5)) {
				l.say("%q lies on the bar of %v", t.text, m.value)
			}
		}
	}
}

func overlap(a, b box) bool { return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1 }

func shrink(b box, by float64) box { return box{b.x0 + by, b.y0 + by, b.x1 - by, b.y1 - by} }

// contrasts is rule 4.
func (l *linter) contrasts() {
	for _, t := range l.texts {
		if t.contrast < 4.5 {
			l.say("%q has a contrast of %.2f", t.text, t.contrast)
		}
	}
	for _, m := range l.marks {
		got := contrast(m.color, l.colors.background)
		switch m.kind {
		case markGrid:
			if got < 1.15 || got > 1.6 {
				l.say("grid has a contrast of %.2f", got)
			}
		case markArea: // the line above it is what is read
		case markBar:
			if got < 3 && !m.dotted {
				l.say("bar has a contrast of %.2f", got)
			}
		default:
			if got < 3 {
				l.say("%s has a contrast of %.2f", m.kind, got)
			}
		}
	}
}

// ticks is rule 5.
func (l *linter) ticks() {
	var ys, xs []mark
	for _, m := range l.marks {
		switch {
		case m.kind == markTick:
			xs = append(xs, m)
		case (m.kind == markGrid || m.kind == markAxis) && m.box.y0 == m.box.y1:
			ys = append(ys, m)
		}
	}
	l.valueTicks(ys)
	most := 5
	if l.d.Result.Shape == insight.ShapeStickiness {
		most = 10
	}
	if len(xs) > most {
		l.say("%d labels on the x axis", len(xs))
	}
	if len(ys) > 0 && len(xs) == 0 {
		l.say("no label on the x axis")
	}
	even(l, xs, func(m mark) float64 { return m.box.x0 })
	if len(xs) > 0 {
		last := slices.MaxFunc(xs, func(a, b mark) int { return int(a.value - b.value) })
		if want := float64(l.slots() - 1); last.value != want && l.d.Result.Grain != insight.GrainHour {
			l.say("the newest slot %v is not labelled, %v is", want, last.value)
		}
	}
}

// slots is how many buckets the drawing has.
func (l *linter) slots() int {
	t := timelineOf(l.d.Insight, l.d.Result)
	return len(t.slots)
}

// valueTicks checks the axis of values.
func (l *linter) valueTicks(ys []mark) {
	if len(ys) == 0 {
		return
	}
	if len(ys) < 3 || len(ys) > 6 {
		l.say("%d ticks on the y axis", len(ys))
	}
	even(l, ys, func(m mark) float64 { return m.box.y0 })
	step := ys[1].value - ys[0].value
	if l.d.Insight.Format.Kind != insight.FormatDuration && !isNice(step) {
		l.say("ticks are %v apart", step)
	}
	zero := slices.ContainsFunc(ys, func(m mark) bool { return m.value == 0 && m.kind == markAxis })
	if bars := slices.ContainsFunc(l.marks, func(m mark) bool { return m.kind == markBar }); (bars || l.d.Insight.FromZero) && !zero {
		l.say("no zero line")
	}
	labels := map[string]bool{}
	n := 0
	for _, t := range l.texts {
		if t.role == "tick-y" {
			labels[t.text] = true
			n++
		}
	}
	if n != len(ys) || len(labels) != n {
		l.say("%d ticks have %d labels, %d of them different", len(ys), n, len(labels))
	}
}

// even checks that ticks are evenly spaced, to half a pixel.
func even(l *linter, ms []mark, at func(mark) float64) {
	for i := 2; i < len(ms); i++ {
		a, b := at(ms[i])-at(ms[i-1]), at(ms[i-1])-at(ms[i-2])
		if math.Abs(a-b)*imageScale > 0.5 {
			l.say("ticks are %.2f and %.2f apart", b, a)
		}
	}
}

// isNice reports whether a step is 1, 2, 2.5 or 5 times a power of ten.
func isNice(step float64) bool {
	m := step / math.Pow(10, math.Floor(math.Log10(step)+1e-9))
	return slices.ContainsFunc([]float64{1, 2, 2.5, 5}, func(n float64) bool { return math.Abs(m-n) < 1e-6 })
}

// series is rules 7 and 8: colours that everybody can tell apart, nothing told
// by colour alone.
func (l *linter) series() {
	var list []color.RGBA
	keys := map[string]color.RGBA{}
	for _, m := range l.marks {
		if m.kind != markLine || m.faded || m.dotted || l.width == cardWidth {
			continue
		}
		if c, ok := keys[m.key]; ok && c != m.color {
			l.say("%q has two colours", m.key)
		}
		keys[m.key] = m.color
		list = append(list, m.color)
	}
	if limit := leastDistance(len(list)); worstDistance(list) < limit {
		l.say("%d colours are only %.1f apart, want %v", len(list), worstDistance(list), limit)
	}
	if len(list) > directLabels+1 {
		l.say("%d lines", len(list))
	}
	names := 0
	for _, t := range l.texts {
		if t.role == "series" && t.text != "" {
			names++
		}
	}
	if names != len(list) && l.width == chartWidth {
		l.say("%d lines and %d names", len(list), names)
	}
	for _, m := range l.marks {
		if m.faded && m.kind == markLine {
			if c := contrast(m.color, l.colors.background); c < 3 || c > 3.3 {
				l.say("faded line has a contrast of %.2f", c)
			}
			if !m.dashed {
				l.say("the period before is told by colour alone")
			}
		}
	}
	l.words()
}

// words checks that what dashes, dots and marks mean is written.
func (l *linter) words() {
	var all strings.Builder
	for _, t := range l.texts {
		all.WriteString(t.text + "\n")
		checkEllipsis(l, t.text)
	}
	has := func(kind func(mark) bool) bool { return slices.ContainsFunc(l.marks, kind) }
	need := func(when bool, word string) {
		if when && !strings.Contains(all.String(), word) {
			l.say("%q is not written", word)
		}
	}
	if strings.Contains(all.String(), " partly") {
		return
	}
	need(has(func(m mark) bool { return m.dotted }), "so far")
	need(has(func(m mark) bool { return m.dashed }), "dashed")
	need(has(func(m mark) bool { return m.kind == markNotch }), "marks")
}

// checkEllipsis checks that a cut did not split a grapheme: what precedes the
// ellipsis must not end in a lone joiner, and the text must be valid.
func checkEllipsis(l *linter, text string) {
	if !utf8.ValidString(text) {
		l.say("%q is not valid UTF-8", text)
	}
	if head, tail, ok := strings.Cut(text, "…"); ok {
		if strings.HasSuffix(head, "\u200d") || tail != "" && uniseg.GraphemeClusterCount(head+tail) != uniseg.GraphemeClusterCount(head)+uniseg.GraphemeClusterCount(tail) {
			l.say("%q is cut within a grapheme", text)
		}
	}
}

func TestLint_AllCases(t *testing.T) {
	p := NewPainter(PainterOptions{})
	for _, c := range chartCases() {
		for _, theme := range []Theme{Light, Dark} {
			t.Run(c.name+"-"+string(theme), func(t *testing.T) {
				d := c.Drawing
				d.Theme = theme
				var rec record
				pic, err := p.draw(d, &rec)
				if err != nil {
					t.Fatal(err)
				}
				if pic.Drawn != c.kind {
					t.Errorf("drawn as %s, want %s", pic.Drawn, c.kind)
				}
				for _, s := range lint(&rec, d, pic.Drawn) {
					t.Error(s)
				}
				checkFile(t, pic)
			})
		}
	}
}

// checkFile is rule 12.
func checkFile(t *testing.T, pic Picture) {
	t.Helper()
	img := decode(t, pic.PNG)
	if _, ok := img.(interface{ ColorIndexAt(x, y int) uint8 }); !ok {
		t.Errorf("not indexed: %T", img)
	}
	if size := len(pic.PNG); size > 60_000 {
		t.Errorf("%d bytes, at most 60 kB", size)
	}
	if mp := pic.Width * pic.Height; mp > 1_500_000 || img.Bounds().Dx() != pic.Width || img.Bounds().Dy() != pic.Height {
		t.Errorf("%dx%d, of %v", pic.Width, pic.Height, img.Bounds())
	}
	for _, c := range []struct{ x, y int }{{0, 0}, {pic.Width - 1, pic.Height - 1}} {
		if _, _, _, a := img.At(c.x, c.y).RGBA(); a != 0xFFFF {
			t.Error("background is not opaque")
		}
	}
}

// TestLint_FindsFaults proves that the rules can fail.
func TestLint_FindsFaults(t *testing.T) {
	bg := colorsOf(Light)
	faulty := &record{
		width: chartWidth, height: 200, colors: bg,
		texts: []textMark{
			{text: "tiny", style: style{size: 9, role: "title"}, box: box{2, 20, 40, 30}, ink: box{2, 20, 40, 30}, missing: 1, contrast: 2},
			{text: "over", style: style{size: 14}, box: box{30, 25, 60, 40}, ink: box{30, 25, 60, 40}, contrast: 9},
		},
		marks: []mark{
			{kind: markLine, key: "a", color: bg.grid, dotted: true},
			{kind: markLine, key: "a", color: rgb(0x777777)},
			{kind: markLine, key: "b", color: rgb(0x777778)},
			{kind: markGrid, color: bg.text, box: box{0, 10, 5, 10}, value: 3},
			{kind: markGrid, color: bg.grid, box: box{0, 30, 5, 30}, value: 6},
			{kind: markLine, key: "c", color: bg.text, faded: true},
		},
	}
	got := strings.Join(lint(faulty, Drawing{Insight: insight.Insight{FromZero: true}}, insight.ChartLine), "\n")
	for _, want := range []string{
		"height is", "px on a phone", "nearer than 12", "no font has", "overlaps", "contrast of 2.00", "line has a contrast",
		"grid has a contrast", "2 ticks on the y axis", "ticks are 3 apart", "no zero line", "no label on the x axis", "only 0.", "so far",
		"faded line has", "by colour alone",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lint does not report %q in:\n%s", want, got)
		}
	}
}
