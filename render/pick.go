package render

import (
	"math"
	"slices"

	"insightbot/insight"
)

// kind is one way to draw a result.
type kind struct {
	chart insight.Chart
	// fits reports whether it can show a result of that form.
	fits func(f form) bool
	draw func(s *sheet)
}

// kinds are the charts that can be drawn. To add one, write a file with its
// draw function and add a line here.
func kinds() []kind {
	return []kind{
		{insight.ChartLine, form.fitsLine, drawLine},
		{insight.ChartBar, form.fitsBar, drawBar},
		{insight.ChartHorizontalBar, form.fitsRows, drawRows},
		{insight.ChartNumber, form.fitsNumber, drawNumber},
	}
}

// fallbacks are the kinds to try, in this order, where the one wished for cannot
// be drawn or does not fit.
func fallbacks(wish insight.Chart) []insight.Chart {
	switch wish {
	case insight.ChartBar, insight.ChartStacked, insight.ChartStickiness, insight.ChartHistogram:
		return []insight.Chart{insight.ChartBar, insight.ChartLine, insight.ChartHorizontalBar, insight.ChartNumber}
	case insight.ChartHorizontalBar, insight.ChartPie, insight.ChartPaths, insight.ChartFunnel:
		return []insight.Chart{insight.ChartHorizontalBar, insight.ChartNumber, insight.ChartLine}
	case insight.ChartNumber:
		return []insight.Chart{insight.ChartNumber, insight.ChartHorizontalBar, insight.ChartLine}
	default:
		return []insight.Chart{insight.ChartLine, insight.ChartBar, insight.ChartHorizontalBar, insight.ChartNumber}
	}
}

// Pick says which kind of chart a result is drawn as. It is the kind wished
// for, or the insight's own for "", where that can be drawn and fits the
// result; otherwise the nearest one that does. A table is never drawn. An
// empty result is of the kind wished for, because nothing of it is seen.
func Pick(in insight.Insight, r insight.Result, wish insight.Chart) insight.Chart {
	if wish == "" {
		wish = in.Chart
	}
	if wish == "" {
		wish = insight.ChartLine
	}
	if r.Empty() {
		return wish
	}
	if r.Shape == insight.ShapeTable {
		return insight.ChartTable
	}
	if wish == insight.ChartTable {
		wish = insight.ChartLine // somebody asked for a picture of it
	}
	f := formOf(r)
	for _, c := range append([]insight.Chart{wish}, fallbacks(wish)...) {
		if i := slices.IndexFunc(kinds(), func(k kind) bool { return k.chart == c }); i >= 0 && kinds()[i].fits(f) {
			return c
		}
	}
	return insight.ChartNumber
}

// form is what decides how a result may be drawn.
type form struct {
	shape insight.Shape
	// series is how many groups there are in the current period, buckets the
	// most points any of them has.
	series, buckets int
	// rows is how many rows a bar chart of the totals would have.
	rows int
	// broken is true for a result that was broken down.
	broken bool
}

// formOf measures a result.
func formOf(r insight.Result) form {
	f := form{shape: r.Shape, broken: len(r.BrokenDownBy) > 0}
	for _, s := range r.Series {
		if s.Previous {
			continue
		}
		f.series++
		f.buckets = max(f.buckets, len(s.Points))
		if s.Key != "" || !math.IsNaN(s.Total) {
			f.rows++
		}
	}
	for _, c := range r.Cohorts {
		f.series++
		for _, row := range c.Rows {
			f.buckets = max(f.buckets, len(row.Counts))
		}
	}
	for _, b := range r.Boxes {
		f.series++
		f.buckets = max(f.buckets, len(b.Boxes))
	}
	for _, h := range r.Bins {
		if !h.Previous {
			f.series = 1
			f.buckets = max(f.buckets, len(h.Bins))
		}
	}
	switch r.Shape {
	case insight.ShapeFunnel:
		for _, fn := range r.Funnels {
			f.rows = max(f.rows, len(fn.Steps), len(r.Funnels))
		}
	case insight.ShapePaths:
		f.rows = len(r.Paths)
	case insight.ShapeRetention, insight.ShapeBox, insight.ShapeHistogram, insight.ShapeStickiness, insight.ShapeLifecycle:
		f.rows = 0
	default:
	}
	return f
}

// fitsLine wants points.
func (f form) fitsLine() bool { return f.buckets > 0 }

// fitsBar wants the points of one series, and few enough to see each bar.
func (f form) fitsBar() bool {
	return f.series == 1 && f.buckets > 0 && f.buckets <= maxBars
}

// fitsRows wants groups. A single total without a breakdown is a number.
func (f form) fitsRows() bool {
	if f.shape == insight.ShapeFunnel || f.shape == insight.ShapePaths {
		return f.rows > 0
	}
	return f.rows > 1 || f.rows == 1 && f.broken
}

// fitsNumber wants one total.
func (f form) fitsNumber() bool { return f.series == 1 && f.rows > 0 }
