package render

import (
	"math"
	"strconv"
	"time"

	"insightbot/insight"
)

// berlin is a zone with summer time, so that a day of 25 hours lies in the
// windows of the cases.
var berlin = func() *time.Location {
	l, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return l
}()

// chartCase is one drawing that goldens, lint and benchmarks share.
type chartCase struct {
	name string
	kind insight.Chart // what it must be drawn as
	Drawing
}

// date is a midnight in Berlin of 2026.
func date(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 0, 0, 0, 0, berlin)
}

// window is the days from the first to the last, both included.
func window(from, last time.Time) insight.Window {
	return insight.Window{From: from, To: insight.GrainDay.Next(last)}
}

// november is 24 October to 22 November, before the 30 days ahead of it.
var november, before = window(date(10, 24), date(11, 22)), window(date(9, 24), date(10, 23))

// wave gives n daily values with a week in them: deterministic, and lively
// enough to look like data.
func wave(n int, level, swing float64, seed int) []float64 {
	values := make([]float64, n)
	for i := range values {
		week := []float64{0.1, 0.2, 0.3, 0.25, 0.2, -0.6, -0.75}[(i+seed)%7]
		noise := math.Sin(float64(i*i+seed*7)) * 0.25
		values[i] = math.Round(level + swing*(week+noise) + level*0.15*float64(i)/float64(n))
	}
	return values
}

// series makes a series of buckets of a grain from a start.
func series(key, label string, g insight.Grain, from time.Time, values []float64) insight.Series {
	s := insight.Series{Key: key, Label: label}
	for _, v := range values {
		s.Points = append(s.Points, insight.Point{At: from, Value: v})
		if !math.IsNaN(v) {
			s.Total += v
		}
		from = g.Next(from)
	}
	return s
}

// previous marks a series as one of the comparison.
func previous(s insight.Series) insight.Series {
	s.Previous = true
	return s
}

// drawingOf is a drawing of series over November.
func drawingOf(title string, chart insight.Chart, list ...insight.Series) Drawing {
	return Drawing{
		Insight: insight.Insight{
			ID: "demo/x", Title: title, Chart: chart, FromZero: true, Good: insight.GoodUp, Zone: berlin,
			Format: insight.Format{Kind: insight.FormatNumber, Decimals: -1},
		},
		Result: insight.Result{Shape: insight.ShapeTrend, Window: november, Grain: insight.GrainDay, Series: list},
	}
}

// by breaks a drawing down by a dimension.
func (d Drawing) by(label string) Drawing {
	d.Result.BrokenDownBy = []insight.Dimension{{Name: label, Label: label}}
	return d
}

// versus compares a drawing with the period before.
func (d Drawing) versus() Drawing {
	d.Result.Previous = before
	return d
}

// until marks the last day as incomplete.
func (d Drawing) until(t time.Time) Drawing {
	d.Result.Incomplete = t
	return d
}

// running halves the last value, as for a day that has just begun.
func running(values []float64) []float64 {
	values[len(values)-1] = math.Round(values[len(values)-1] * 0.55)
	return values
}

// totals are series without points.
func totals(labels []string, values []float64) []insight.Series {
	list := make([]insight.Series, len(labels))
	for i := range labels {
		list[i] = insight.Series{Key: "k" + strconv.Itoa(i), Label: labels[i], Total: values[i]}
	}
	return list
}

// places are names in many scripts. Chinese and Korean have no embedded font.
var places = []string{
	"Москва и Московская область", "القاهرة الكبرى والجيزة (مصر 2)", "नई दिल्ली राष्ट्रीय राजधानी क्षेत्र",
	"São Paulo – Região Metropolitana", "Θεσσαλονίκη Κεντρική Μακεδονία", "กรุงเทพมหานคร เขตวัฒนา",
	"תל אביב-יפו והמרכז", "Thành phố Hồ Chí Minh (Quận 1)", "東京都新宿区", "🚀 Launch campaign 🎉",
	"Zürich (e\u0301te\u0301)", "https://example.com/very/long/address/of/a/page/pricing", "Lagos", "Quito", "Oslo", "Lima",
}

func lineCase() Drawing {
	g := insight.GrainDay
	return drawingOf("Daily active users", insight.ChartLine,
		series("web", "Web app", g, november.From, running(wave(30, 12800, 2400, 1))),
		series("ios", "iOS", g, november.From, running(wave(30, 7900, 1000, 1))),
		series("android", "Android", g, november.From, running(wave(30, 3800, 700, 1))),
		previous(series("web", "Web app", g, before.From, wave(30, 11200, 2200, 4))),
		previous(series("ios", "iOS", g, before.From, wave(30, 7000, 1000, 4))),
		previous(series("android", "Android", g, before.From, wave(30, 3500, 700, 4))),
	).by("Platform").versus().until(date(11, 22))
}

func manyLines() Drawing {
	var list []insight.Series
	for i, name := range []string{
		"Germany", "United States of America", "Brazil", "India", "Japan", "Nigeria", "France", "Egypt", "Peru",
	} {
		list = append(list, series(strconv.Itoa(i), name, insight.GrainDay, november.From, wave(20, 900-float64(i*95), 60, i)))
	}
	d := drawingOf("Orders", insight.ChartLine, list...).by("Country")
	d.Result.Window = window(november.From, date(11, 12))
	return d
}

func gapLine() Drawing {
	v := []float64{-120, -80, -40, 20, 75, math.NaN(), math.NaN(), 60, 30, -20, math.NaN(), 45, math.NaN(), 10, -35, -50, -20, 15, 40, 38}
	d := drawingOf("Net revenue per day", insight.ChartLine, series("", "", insight.GrainDay, date(11, 3), v))
	d.Result.Window = window(date(11, 3), date(11, 22))
	d.Insight.Format = insight.Format{Kind: insight.FormatCurrency, Currency: "EUR", Decimals: -1}
	return d
}

func barCase() Drawing {
	return drawingOf("Sign-ups per day", insight.ChartBar,
		series("", "", insight.GrainDay, november.From, running(wave(30, 420, 160, 2))),
		previous(series("", "", insight.GrainDay, before.From, wave(30, 380, 140, 5))),
	).versus().until(date(11, 22))
}

func fewBars() Drawing {
	d := drawingOf("Net new accounts", insight.ChartBar,
		series("", "", insight.GrainMonth, date(5, 1), []float64{184, 96, -42, 0, 131, 207, 88}))
	d.Result.Window, d.Result.Grain = insight.Window{From: date(5, 1), To: date(11, 23)}, insight.GrainMonth
	return d.until(date(11, 1))
}

func scriptRows() Drawing {
	values := []float64{48200, 42000, 38650, 33100, 29900, 24400, 19800, 15000, 13000, 9300, 4100, 861, 402, 120, 60, 0}
	return drawingOf("Sign-ups", insight.ChartHorizontalBar, totals(places, values)...).by("Region")
}

func signedRows() Drawing {
	labels := []string{"Germany", "United Kingdom", "Brazil", "India", "Japan", "France"}
	list := totals(labels, []float64{0.124, 0.061, 0.018, 0, -0.027, -0.083})
	for i, v := range []float64{0.08, 0.093, -0.01, 0.004, -0.02, -0.031} {
		list = append(list, insight.Series{Key: list[i].Key, Previous: true, Total: v})
	}
	d := drawingOf("Change of active users", insight.ChartPie, list...).by("Country").versus()
	d.Insight.Format = insight.Format{Kind: insight.FormatPercent, Decimals: 1}
	return d
}

func funnelCase() Drawing {
	d := drawingOf("Checkout funnel", insight.ChartFunnel)
	d.Result.Shape = insight.ShapeFunnel
	d.Result.Funnels = []insight.Funnel{{Steps: []insight.Step{
		{Name: "Visited pricing page", Count: 18412},
		{Name: "Clicked “Start trial”", Count: 9301},
		{Name: "Created account", Count: 6204},
		{Name: "Added payment method", Count: 2871},
		{Name: "Subscribed", Count: 2304},
	}}}
	return d
}

func numberCase() Drawing {
	s := series("", "", insight.GrainDay, november.From, wave(30, 12800, 3400, 1))
	s.Total = 14761
	return drawingOf("Weekly active users", insight.ChartNumber, s,
		insight.Series{Previous: true, Total: 13121}).versus()
}

func churnCase() Drawing {
	s := series("", "", insight.GrainDay, november.From, running(wave(30, 60, 40, 3)))
	s.Total = 61
	d := drawingOf("Churned accounts", insight.ChartNumber, s, insight.Series{Previous: true, Total: 48}).
		versus().until(date(11, 22))
	d.Insight.Good = insight.GoodDown
	return d
}

func stickinessCase() Drawing {
	s := insight.Series{Label: "Users", Total: 4200}
	for i := range 7 {
		s.Points = append(s.Points, insight.Point{X: i + 1, Value: math.Round(1600 / float64(i+1))})
	}
	d := drawingOf("Stickiness", insight.ChartStickiness, s)
	d.Result.Shape = insight.ShapeStickiness
	return d
}

func emptyCase() Drawing {
	d := drawingOf("Daily active users", insight.ChartLine)
	d.Result.Series = nil
	return d
}

func onePoint() Drawing {
	d := drawingOf("Sign-ups", insight.ChartLine, series("", "", insight.GrainDay, date(11, 22), []float64{412}))
	d.Result.Window = window(date(11, 22), date(11, 22))
	return d
}

func lifecycleCase() Drawing {
	g := insight.GrainWeek
	var list []insight.Series
	for status, v := range map[insight.Status][]float64{
		insight.StatusNew: {700, 740, 790, 760, 680, 640, 720, 750}, insight.StatusReturning: {1900, 2040, 2150, 2270, 2380, 2500, 2640, 2760},
		insight.StatusResurrecting: {310, 260, 230, 300, 280, 240, 330, 280}, insight.StatusDormant: {-1130, -1280, -1220, -1040, -1010, -1170, -1300, -1190},
	} {
		s := series(string(status), map[insight.Status]string{"new": "New", "returning": "Returning", "resurrecting": "Resurrecting", "dormant": "Dormant"}[status], g, date(9, 28), v)
		s.Status = status
		list = append(list, s)
	}
	d := drawingOf("Lifecycle", insight.ChartLifecycle, list...)
	d.Result.Shape, d.Result.Grain = insight.ShapeLifecycle, g
	d.Result.Window = window(date(9, 28), date(11, 22))
	return d
}

// cutWeeks are the weeks of a month that begins and ends within one.
func cutWeeks() Drawing {
	d := drawingOf("Support tickets", insight.ChartLine,
		series("", "", insight.GrainWeek, date(9, 28), []float64{212, 498, 530, 471, 388}))
	d.Result.Grain, d.Result.Window = insight.GrainWeek, window(date(10, 1), date(10, 30))
	return d
}

// loneRunning is one bucket that has only begun.
func loneRunning() Drawing {
	d := drawingOf("MRR", insight.ChartLine, series("", "", insight.GrainDay, date(11, 24), []float64{103400}))
	d.Insight.Format = insight.Format{Kind: insight.FormatCurrency, Currency: "EUR", Decimals: -1}
	d.Result.Window = window(date(11, 24), date(11, 24))
	d.Result.AsOf = date(11, 24).Add(10 * time.Hour)
	return d.until(date(11, 24))
}

// hourLine is a day that is not over.
func hourLine() Drawing {
	values := wave(24, 632, 200, 2)
	for i := 17; i < 24; i++ {
		values[i] = math.NaN()
	}
	d := drawingOf("Response time", insight.ChartLine, series("", "", insight.GrainHour, date(11, 24), values))
	d.Insight.Format.Unit = "ms"
	d.Result.Grain, d.Result.Window = insight.GrainHour, window(date(11, 24), date(11, 24))
	d.Result.AsOf = date(11, 24).Add(16*time.Hour + 20*time.Minute)
	return d.until(date(11, 24).Add(16 * time.Hour))
}

// markedRows are bars with marks beyond, near and within them, and a rest that
// the source has summed up.
func markedRows() Drawing {
	labels := []string{"Germany", "France", "Italy", "Spain", "Peru", "Chad", "Fiji", "Other"}
	list := totals(labels, []float64{980, 760, 520, 410, 120, 40, 6, 300})
	for i, v := range []float64{700, 790, 524, 900, 138, 66, 400, 310} {
		list = append(list, insight.Series{Key: list[i].Key, Previous: true, Total: v})
	}
	list[7].Key, list[15].Key = insight.KeyOther, insight.KeyOther
	return drawingOf("Sign-ups", insight.ChartHorizontalBar, list...).by("Country").versus()
}

// linesWithRest has a rest of the source beside more lines than are named.
func linesWithRest() Drawing {
	d := manyLines()
	d.Result.Series = append(d.Result.Series,
		series(insight.KeyOther, "Other", insight.GrainDay, november.From, wave(20, 700, 60, 3)))
	return d
}

// chartCases are the pictures every test looks at.
func chartCases() []chartCase {
	return []chartCase{
		{"line", insight.ChartLine, lineCase()},
		{"line-many", insight.ChartLine, manyLines()},
		{"line-gaps", insight.ChartLine, gapLine()},
		{"line-one-point", insight.ChartLine, onePoint()},
		{"lifecycle", insight.ChartLine, lifecycleCase()},
		{"bar", insight.ChartBar, barCase()},
		{"bar-few", insight.ChartBar, fewBars()},
		{"stickiness", insight.ChartBar, stickinessCase()},
		{"rows-scripts", insight.ChartHorizontalBar, scriptRows()},
		{"rows-signed", insight.ChartHorizontalBar, signedRows()},
		{"funnel", insight.ChartHorizontalBar, funnelCase()},
		{"number", insight.ChartNumber, numberCase()},
		{"number-worse", insight.ChartNumber, churnCase()},
		{"line-cut-weeks", insight.ChartLine, cutWeeks()},
		{"line-lone-running", insight.ChartLine, loneRunning()},
		{"line-hours", insight.ChartLine, hourLine()},
		{"line-rest", insight.ChartLine, linesWithRest()},
		{"rows-marks", insight.ChartHorizontalBar, markedRows()},
		{"bar-cut-weeks", insight.ChartBar, func() Drawing {
			d := cutWeeks()
			d.Insight.Chart = insight.ChartBar
			return d
		}()},
		{"no-data", insight.ChartLine, emptyCase()},
	}
}
