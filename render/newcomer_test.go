package render

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"insightbot/insight"
)

// drawn draws and returns what was recorded.
func drawn(t *testing.T, d Drawing) *record {
	t.Helper()
	var rec record
	if _, err := NewPainter(PainterOptions{}).draw(d, &rec); err != nil {
		t.Fatal(err)
	}
	return &rec
}

// texts are all texts of one role, "" for every one.
func (r *record) said(role string) []string {
	var list []string
	for _, m := range r.texts {
		if role == "" || m.role == role {
			list = append(list, m.text)
		}
	}
	return list
}

func TestDraw_TitleNamesADimensionOnce(t *testing.T) {
	for _, c := range []struct{ title, label, want string }{
		{"Plan mix", "Plan", "Plan mix"},
		{"Active users on our platforms", "Platform", "Active users on our platforms"},
		{"Top countries", "Country", "Top countries"},
		{"Sign-ups", "Plan", "Sign-ups by plan"},
		{"Plane tickets", "Plan", "Plane tickets by plan"},
	} {
		d := drawingOf(c.title, insight.ChartHorizontalBar, totals([]string{"a", "b"}, []float64{1, 2})...).by(c.label)
		if got := drawn(t, d).said("title"); len(got) != 1 || got[0] != c.want {
			t.Errorf("%s by %s: %q", c.title, c.label, got)
		}
	}
}

func TestDraw_NothingInTheWindowIsNoData(t *testing.T) {
	d := numberCase()
	d.Result.Series[0].Total = math.NaN()
	for i := range d.Result.Series[0].Points {
		d.Result.Series[0].Points[i].Value = math.NaN()
	}
	if got := drawn(t, d).said("empty"); len(got) != 1 {
		t.Errorf("no card without data: %q", drawn(t, d).said(""))
	}
}

func TestDraw_RestOfTheSourceIsGreyAndLast(t *testing.T) {
	rec := drawn(t, linesWithRest())
	grey := 0
	for _, m := range rec.marks {
		if m.kind == markLine && m.color == colorsOf(Light).other {
			grey++
		}
	}
	if names := rec.said("series"); grey != 1 || !slices.Contains(names, "Other") || len(names) != directLabels+1 {
		t.Errorf("%d grey lines, names %q", grey, names)
	}
	rows := drawn(t, markedRows()).said("label")
	if rows[len(rows)-1] != "Other" {
		t.Errorf("rows %q", rows)
	}
	all, n := groupRows(scriptRows().Insight, insight.Result{Series: append(scriptRows().Result.Series,
		insight.Series{Key: insight.KeyOther, Total: 1e6})})
	if last := all[len(all)-1]; n != 17 || len(all) != maxRows+1 || last.label != "Other" || last.value != 1e6+402+120+60 {
		t.Errorf("%d of %d rows, the last %+v", len(all), n, last)
	}
}

func TestDraw_ValuesStandBesideTheirBars(t *testing.T) {
	rec := drawn(t, markedRows())
	for _, text := range rec.texts {
		if !strings.HasPrefix(text.role, "value") {
			continue
		}
		for _, m := range rec.marks {
			if m.kind == markNotch && m.box.y0 < text.box.y0 && m.box.y1 > text.box.y1 && m.box.x0 < text.box.x0-2 {
				bar := slices.IndexFunc(rec.marks, func(b mark) bool { return b.kind == markBar && b.key == m.key })
				if end := rec.marks[bar].box.x1; m.box.x0 > end+4 {
					t.Errorf("%q stands behind the mark of %v", text.text, m.value)
				}
			}
		}
	}
}

func TestDraw_AnUnfinishedWeekHasNoDormant(t *testing.T) {
	d := lifecycleCase()
	d.Result.AsOf = date(11, 20)
	d = d.until(date(11, 16))
	for _, l := range timelineOf(d.Insight, d.Result).lines {
		if got := math.IsNaN(l.values[len(l.values)-1]); got != (l.status == insight.StatusDormant) {
			t.Errorf("%s: missing %v", l.status, got)
		}
	}
	for _, s := range lint(drawn(t, d), d, insight.ChartLine) {
		t.Error(s)
	}
}

func TestDraw_SaysTheUnitOnce(t *testing.T) {
	for _, c := range []struct {
		title, unit string
		want        bool
	}{{"Response time", "ms", true}, {"Response time in ms", "ms", false}, {"Sign-ups per day", "sign-ups", false}} {
		d := onePoint()
		d.Insight.Title, d.Insight.Format.Unit = c.title, c.unit
		if got := strings.Contains(strings.Join(drawn(t, d).said("subtitle"), " "), "in "+c.unit); got != c.want {
			t.Errorf("%s, %s: %v", c.title, c.unit, got)
		}
	}
}

func TestTimeline_CutsTheEdges(t *testing.T) {
	d := cutWeeks()
	if l := timelineOf(d.Insight, d.Result); l.whole != 1 || l.incomplete != 4 || !l.over {
		t.Errorf("of five weeks, whole from %d to %d, over %v", l.whole, l.incomplete, l.over)
	}
	d.Result.Window = window(date(9, 28), date(11, 1))
	if l := timelineOf(d.Insight, d.Result); l.whole != 0 || l.incomplete != 5 || l.cutNote("week") != "" {
		t.Errorf("of whole weeks, whole from %d to %d", l.whole, l.incomplete)
	}
}

func TestDraw_HoursAreRound(t *testing.T) {
	for _, got := range drawn(t, hourLine()).said("tick-x") {
		if at, err := time.Parse("15:04", got); err != nil || at.Hour()%6 != 0 {
			t.Errorf("the day is marked at %s", got)
		}
	}
}
