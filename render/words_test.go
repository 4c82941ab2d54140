package render_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"insightbot/insight"
)

// The results below are written by hand and shared by the tests of everything
// that is said in words.

var nan = math.NaN()

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	l, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// days is the window from one civil day to another, the last excluded.
func days(l *time.Location, y, m, d, y2, m2, d2 int) insight.Window {
	return insight.Window{
		From: time.Date(y, time.Month(m), d, 0, 0, 0, 0, l), To: time.Date(y2, time.Month(m2), d2, 0, 0, 0, 0, l),
	}
}

// story is an insight with a result that shows one case.
type story struct {
	name string
	in   insight.Insight
	r    insight.Result
	// drawn is the kind it is drawn as.
	drawn insight.Chart
	// finding is what must be said.
	finding string
}

// country is a dimension with known values.
func country() insight.Dimension {
	return insight.Dimension{
		Name: "country", Label: "Country", Breakdown: true, Filter: true,
		Values: []insight.Value{{Key: "DE", Label: "Germany"}, {Key: "FR", Label: "France"}, {Key: "IT", Label: "Italy"}, {Key: "US", Label: "United States"}},
	}
}

// signups is the insight of most stories.
func signups(l *time.Location) insight.Insight {
	return insight.Insight{
		ID: "shop/signups", Title: "Sign-ups", Chart: insight.ChartLine, FromZero: true, Zone: l,
		Format: insight.Format{Kind: insight.FormatNumber, Unit: "sign-ups", Decimals: -1},
		Good:   insight.GoodUp,
		Accepts: insight.Accepts{Windows: true, Dimensions: []insight.Dimension{
			country(),
			{Name: "account", Label: "Account", Filter: true, Values: []insight.Value{{Key: "acme", Label: "Acme"}}},
			{Name: "paid", Label: "Paid", Filter: true, Values: []insight.Value{{Key: "true"}, {Key: "false"}}},
		}},
	}
}

func titled(in insight.Insight, title string, f insight.Format) insight.Insight {
	in.Title, in.Format = title, f
	return in
}

// total is a series without points.
func total(key, label string, v float64) insight.Series {
	return insight.Series{Key: key, Label: label, Total: v}
}

// prev marks a series as one of the comparison window.
func prev(s insight.Series) insight.Series {
	s.Previous = true
	return s
}

// daily is a series of buckets from a start, with its own total.
func daily(g insight.Grain, from time.Time, total float64, values ...float64) insight.Series {
	s := insight.Series{Total: total}
	for _, v := range values {
		s.Points = append(s.Points, insight.Point{At: from, Value: v})
		from = g.Next(from)
	}
	return s
}

func named(key, label string, s insight.Series) insight.Series {
	s.Key, s.Label = key, label
	return s
}

// stories are all cases.
func stories(t testing.TB) []story {
	l := zone(t, "Europe/Berlin")
	return slices.Concat(trendStories(l), shapeStories(l), groupStories(l), edgeStories(l))
}

func trendStories(l *time.Location) []story {
	week, last := days(l, 2026, 11, 16, 2026, 11, 23), days(l, 2026, 11, 9, 2026, 11, 16)
	in := signups(l)
	trend := func(previous insight.Window, series ...insight.Series) insight.Result {
		return insight.Result{Shape: insight.ShapeTrend, Window: week, Previous: previous, Series: series}
	}
	points := func(r insight.Result, g insight.Grain) insight.Result {
		r.Grain = g
		return r
	}
	by := func(r insight.Result) insight.Result {
		r.BrokenDownBy = []insight.Dimension{country()}
		return r
	}
	filtered := func(r insight.Result, filters ...insight.Filter) insight.Result {
		r.Filters = filters
		return r
	}
	running := func(r insight.Result, from, asOf time.Time) insight.Result {
		r.Incomplete, r.AsOf = from, asOf
		return r
	}
	rate := insight.Format{Kind: insight.FormatPercent, Decimals: 1}
	wau := titled(in, "Weekly active users", insight.Format{Kind: insight.FormatNumber, Unit: "users", Decimals: -1})
	none := insight.Window{}
	weekly := points(insight.Result{
		Shape: insight.ShapeTrend, Window: days(l, 2026, 10, 26, 2026, 11, 23),
		Series: []insight.Series{daily(insight.GrainWeek, time.Date(2026, 10, 26, 0, 0, 0, 0, l), nan, 12800, 13200, 14800, 8200)},
	}, insight.GrainWeek)
	return []story{
		{"total with change", in, trend(last, total("", "", 1234), prev(total("", "", 1184))), insight.ChartNumber, "1,234 sign-ups in 16–22 Nov 2026, up 4.2% from 1,184 in 9–15 Nov."},
		{"total without comparison", in, trend(none, total("", "", 1234)), insight.ChartNumber, "1,234 sign-ups in 16–22 Nov 2026."},
		{"title and unit differ", titled(in, "New accounts", in.Format), trend(last, total("", "", 38650), prev(total("", "", 34000))), insight.ChartNumber, "New accounts: 38.7k sign-ups in 16–22 Nov 2026, up 13.7% from 34k in 9–15 Nov."},
		{"title ends with the unit", wau, trend(last, total("", "", 14800), prev(total("", "", 13203))), insight.ChartNumber, "Weekly active users: 14.8k in 16–22 Nov 2026, up 12.1% from 13.2k in 9–15 Nov."},
		{"only one", in, trend(last, total("", "", 1), prev(total("", "", 3))), insight.ChartNumber, "1 sign-up in 16–22 Nov 2026, down from 3 in 9–15 Nov."},
		{"base of zero", in, trend(last, total("", "", 12), prev(total("", "", 0))), insight.ChartNumber, "12 sign-ups in 16–22 Nov 2026, up from 0 in 9–15 Nov."},
		{"base below ten", in, trend(last, total("", "", 12), prev(total("", "", 9))), insight.ChartNumber, "12 sign-ups in 16–22 Nov 2026, up from 9 in 9–15 Nov."},
		{"down to zero", in, trend(last, total("", "", 0), prev(total("", "", 120))), insight.ChartNumber, "0 sign-ups in 16–22 Nov 2026, down from 120 in 9–15 Nov."},
		{"zero twice", in, trend(last, total("", "", 0), prev(total("", "", 0))), insight.ChartNumber, "0 sign-ups in 16–22 Nov 2026, unchanged from 0 in 9–15 Nov."},
		{"hardly changed", in, trend(last, total("", "", 1000400), prev(total("", "", 1000000))), insight.ChartNumber, "1M sign-ups in 16–22 Nov 2026, unchanged from 1M in 9–15 Nov."},
		{"previous missing", in, trend(last, total("", "", 12), prev(total("", "", nan))), insight.ChartNumber, "12 sign-ups in 16–22 Nov 2026, with no data in 9–15 Nov to compare."},
		{"previous absent", in, trend(last, total("", "", 12)), insight.ChartNumber, "12 sign-ups in 16–22 Nov 2026, with no data in 9–15 Nov to compare."},
		{"a rate in points", titled(in, "Conversion rate", rate), trend(last, total("", "", 0.123), prev(total("", "", 0.111))), insight.ChartNumber, "Conversion rate: 12.3% in 16–22 Nov 2026, up 1.2 points from 11.1% in 9–15 Nov."},
		{"money", titled(in, "Revenue", insight.Format{Kind: insight.FormatCurrency, Currency: "EUR", Decimals: -1}), trend(last, total("", "", 38650), prev(total("", "", 41000.5))), insight.ChartNumber, "Revenue: €38.7k in 16–22 Nov 2026, down 5.7% from €41k in 9–15 Nov."},
		{"duration", titled(in, "Time to first reply", insight.Format{Kind: insight.FormatDuration}), trend(last, total("", "", 192), prev(total("", "", 240))), insight.ChartNumber, "Time to first reply: 3 m 12 s in 16–22 Nov 2026, down 20.0% from 4 m in 9–15 Nov."},
		{"year before", in, trend(days(l, 2025, 11, 17, 2025, 11, 24), total("", "", 1234), prev(total("", "", 900))), insight.ChartNumber, "1,234 sign-ups in 16–22 Nov 2026, up 37.1% from 900 in 17–23 Nov 2025."},
		{"days of a week", in, points(trend(last,
			daily(insight.GrainDay, week.From, 1234, 180, 214, 190, 200, 202, 150, 98),
			prev(daily(insight.GrainDay, last.From, 1184, 170, 200, 190, 180, 190, 150, 104))), insight.GrainDay), insight.ChartLine, "1,234 sign-ups in 16–22 Nov 2026, up 4.2% from 1,184 in 9–15 Nov."},
		{"days without comparison", in, points(trend(none, daily(insight.GrainDay, week.From, 1234, 180, 214, 190, 200, 202, 150, 98)), insight.GrainDay), insight.ChartLine, "1,234 sign-ups in 16–22 Nov 2026; Sun 22 Nov: 98, down 34.7% from 150 on Sat 21 Nov."},
		{"running week against a whole one", in, running(points(trend(last,
			daily(insight.GrainDay, week.From, 512, 180, 214, 118), prev(daily(insight.GrainDay, last.From, 1184, 170, 200, 190, 180, 190, 150, 104))), insight.GrainDay),
			week.From.AddDate(0, 0, 2), week.From.Add(62*time.Hour)), insight.ChartLine, "512 sign-ups so far in 16–22 Nov 2026; 1,184 in all of 9–15 Nov."},
		{"running month, nearly over", in, func() insight.Result {
			r := running(trend(days(l, 2026, 10, 1, 2026, 11, 1), total("", "", 5000), prev(total("", "", 4000))), time.Date(2026, 11, 30, 0, 0, 0, 0, l), time.Date(2026, 11, 30, 12, 0, 0, 0, l))
			r.Window = days(l, 2026, 11, 1, 2026, 12, 1)
			return r
		}(), insight.ChartNumber, "5,000 sign-ups so far in November 2026, up 25.0% from 4,000 in October."},
		{"last complete week leads", wau, running(weekly, time.Date(2026, 11, 16, 0, 0, 0, 0, l), time.Date(2026, 11, 18, 9, 0, 0, 0, l)), insight.ChartLine, "Weekly active users: 14.8k in 9–15 Nov 2026, up 12.1% from 13.2k in 2–8 Nov."},
		{"only a running bucket", wau, func() insight.Result {
			r := points(trend(none, daily(insight.GrainWeek, week.From, nan, 8200)), insight.GrainWeek)
			return running(r, week.From, week.From.Add(30*time.Hour))
		}(), insight.ChartLine, "Weekly active users: 8,200 so far in 16–22 Nov 2026."},
		{"by country", in, by(trend(none, total("DE", "Germany", 396), total("FR", "France", 301), total("", "Other", 537))), insight.ChartHorizontalBar, "1,234 sign-ups in 16–22 Nov 2026; most from Germany (32.1%)."},
		{"by country, compared", in, by(trend(last,
			total("DE", "Germany", 396), total("FR", "France", 301), total("IT", "Italy", 537),
			prev(total("DE", "Germany", 351)), prev(total("FR", "France", 290)), prev(total("IT", "Italy", 543)))), insight.ChartHorizontalBar, "1,234 sign-ups in 16–22 Nov 2026, up 4.2% from 1,184 in 9–15 Nov; largest rise: Germany (+45 to 396)."},
		{"by country, fallen", in, by(trend(last,
			total("DE", "Germany", 300), total("FR", "France", 301), prev(total("DE", "Germany", 351)), prev(total("FR", "France", 290)))), insight.ChartHorizontalBar, "601 sign-ups in 16–22 Nov 2026, down 6.2% from 641 in 9–15 Nov; largest fall: Germany (−51 to 300)."},
		{"rate by country", titled(in, "Conversion rate", rate), by(trend(last,
			total("DE", "Germany", 0.123), total("FR", "France", 0.031), prev(total("DE", "Germany", 0.111)), prev(total("FR", "France", 0.04)))), insight.ChartHorizontalBar, "Conversion rate in 16–22 Nov 2026: highest Germany (12.3%, up 1.2 points from 11.1% in 9–15 Nov); lowest France (3.1%)."},
		{"distinct people by country", wau, by(points(trend(none,
			named("DE", "Germany", daily(insight.GrainDay, week.From, 5, 2, 3, 4)), named("FR", "France", daily(insight.GrainDay, week.From, 3, 1, 2, 2))), insight.GrainDay)), insight.ChartLine, "Weekly active users in 16–22 Nov 2026: highest Germany (5); lowest France (3)."},
		{"filtered", in, filtered(trend(last, total("", "", 396), prev(total("", "", 351))),
			insight.Filter{Field: "country", Op: insight.OpIs, Values: []string{"DE"}}, insight.Filter{Field: "account", Op: insight.OpIsNot, Values: []string{"acme"}}), insight.ChartNumber, "396 sign-ups in 16–22 Nov 2026 (Germany only, without Acme), up 12.8% from 351 in 9–15 Nov."},
		{"filtered by many", in, filtered(trend(none, total("", "", 396)),
			insight.Filter{Field: "country", Op: insight.OpIs, Values: []string{"DE", "FR", "IT", "US"}}, insight.Filter{Field: "paid", Op: insight.OpIs, Values: []string{"true"}}), insight.ChartNumber, "396 sign-ups in 16–22 Nov 2026 (Germany, France and 2 more only, Paid true only)."},
		{"several metrics", titled(in, "Traffic", insight.Format{Kind: insight.FormatNumber, Decimals: -1}), trend(last,
			total("a", "Page views", 38650), total("b", "Sign-ups", 861), total("c", "Orders", 120), total("d", "Refunds", 3), prev(total("a", "Page views", 34000))), insight.ChartLine, "Traffic in 16–22 Nov 2026: Page views 38.7k, Sign-ups 861, Orders 120 and 1 more; Page views up 13.7% from 34k in 9–15 Nov."},
	}
}

func shapeStories(l *time.Location) []story {
	week, last := days(l, 2026, 11, 16, 2026, 11, 23), days(l, 2026, 11, 9, 2026, 11, 16)
	in := signups(l)
	in.Format = insight.Format{Kind: insight.FormatNumber, Decimals: -1}
	steps := func(counts ...float64) []insight.Step {
		var list []insight.Step
		for i, c := range counts {
			s := insight.Step{Name: []string{"Visit", "Cart", "Payment", "Thanks"}[i], Count: c, Average: -1, Median: -1}
			if i > 0 {
				s.Average, s.Median = time.Duration(i)*90*time.Second, time.Duration(i)*time.Minute
			}
			list = append(list, s)
		}
		return list
	}
	cohorts := insight.Cohorts{Rows: []insight.Cohort{
		{At: time.Date(2026, 11, 2, 0, 0, 0, 0, l), Counts: []float64{100, 40, 20}},
		{At: time.Date(2026, 11, 9, 0, 0, 0, 0, l), Counts: []float64{200, 60, 9}, Incomplete: true},
		{At: time.Date(2026, 11, 16, 0, 0, 0, 0, l), Counts: []float64{50, 3}, Incomplete: true},
	}}
	status := func(st insight.Status, vs ...float64) insight.Series {
		s := daily(insight.GrainWeek, time.Date(2026, 11, 9, 0, 0, 0, 0, l), nan, vs...)
		s.Key, s.Label, s.Status = string(st), string(st), st
		return s
	}
	sticky := insight.Series{Total: 100}
	for i, v := range []float64{60, 20, 10, 5, 2, 2, 1} {
		sticky.Points = append(sticky.Points, insight.Point{X: i + 1, Value: v})
	}
	box := insight.BoxSeries{Boxes: []insight.Box{
		{At: last.From, Min: 1, P25: 2, Median: 3, P75: 5, Max: 9, Mean: 3.4}, {At: week.From, Min: 1, P25: 2.1, Median: 3.5, P75: 4.5, Max: 8, Mean: 3.6},
	}}
	funnel := titled(in, "Checkout", in.Format)
	return []story{
		{"funnel", funnel, insight.Result{Shape: insight.ShapeFunnel, Window: week, Previous: last, Funnels: []insight.Funnel{
			{Steps: steps(4812, 2400, 700, 592)}, {Previous: true, Steps: steps(4000, 2000, 600, 444)},
		}}, insight.ChartFunnel, "Checkout: 12.3% of 4,812 came through all 4 steps in 16–22 Nov 2026, up 1.2 points from 11.1% in 9–15 Nov; largest loss before “Cart” (50.1%)."},
		{"funnel by country", funnel, insight.Result{Shape: insight.ShapeFunnel, Window: week, BrokenDownBy: []insight.Dimension{country()}, Funnels: []insight.Funnel{
			{Key: "DE", Label: "Germany", Steps: steps(100, 50, 20, 12)}, {Key: "FR", Label: "France", Steps: steps(80, 30, 10, 3)}, {Key: "IT", Label: "Italy", Steps: steps(0, 0, 0, 0)},
		}}, insight.ChartFunnel, "Checkout in 16–22 Nov 2026: highest Germany (12.0%); lowest France (3.8%)."},
		{"funnel nobody entered", funnel, insight.Result{Shape: insight.ShapeFunnel, Window: week, Funnels: []insight.Funnel{{Steps: steps(0, 0)}}}, insight.ChartFunnel, "Checkout: nobody reached the first step, “Visit”, in 16–22 Nov 2026."},
		{"funnel over time", funnel, insight.Result{Shape: insight.ShapeFunnel, Grain: insight.GrainDay, Window: week, Incomplete: week.From.AddDate(0, 0, 2), Series: []insight.Series{
			daily(insight.GrainDay, week.From, 111, 40, 41.25, 12),
		}}, insight.ChartLine, "Checkout: 41.3% on Tue 17 Nov 2026, up 1.3 points from 40.0% on Mon 16 Nov."},
		{"retention", titled(in, "Retention", in.Format), insight.Result{Shape: insight.ShapeRetention, Grain: insight.GrainWeek, Window: days(l, 2026, 11, 2, 2026, 11, 23), Incomplete: week.From, Cohorts: []insight.Cohorts{cohorts}}, insight.ChartRetention, "Retention in 2–22 Nov 2026: 33.3% came back after 1 week (2 weekly groups of people) and 20.0% after 2 weeks (1 group)."},
		{"retention too early", titled(in, "Retention", in.Format), insight.Result{Shape: insight.ShapeRetention, Grain: insight.GrainWeek, Window: week, Cohorts: []insight.Cohorts{{Rows: cohorts.Rows[2:]}}}, insight.ChartRetention, "Retention in 16–22 Nov 2026: too early to say who came back."},
		{"lifecycle", titled(in, "User lifecycle", in.Format), insight.Result{Shape: insight.ShapeLifecycle, Grain: insight.GrainWeek, Window: days(l, 2026, 11, 9, 2026, 11, 23), Incomplete: week.From, Series: []insight.Series{
			status(insight.StatusDormant, -250, -10), status(insight.StatusNew, 400, 90), status(insight.StatusReturning, 512, 300), status(insight.StatusResurrecting, 32, 5),
		}}, insight.ChartLifecycle, "User lifecycle in 9–15 Nov 2026: 400 new, 512 returning, 32 resurrecting and 250 dormant; net change +182."},
		{"stickiness", titled(in, "Stickiness", insight.Format{Kind: insight.FormatNumber, Unit: "users", Decimals: -1}), insight.Result{Shape: insight.ShapeStickiness, Grain: insight.GrainDay, Window: week, Series: []insight.Series{sticky}}, insight.ChartStickiness, "Stickiness in 16–22 Nov 2026: most often on 1 day (60.0% of 100 users); 1.0% on 7 days."},
		{"paths", titled(in, "Paths", in.Format), insight.Result{Shape: insight.ShapePaths, Window: week, Paths: []insight.Path{
			{Step: 1, Source: "1_https://example.com/pricing?email=a@b.c", Target: "2_https://example.com/signup#top", Count: 120, AverageAfter: 90 * time.Second}, {Step: 2, Source: "2_/signup", Target: "3_/thanks", Count: 80},
		}}, insight.ChartPaths, "Paths in 16–22 Nov 2026: most went from /pricing to /signup (120, 60.0% of all steps)."},
		{"histogram", titled(in, "Time to convert", insight.Format{Kind: insight.FormatDuration}), insight.Result{Shape: insight.ShapeHistogram, Window: week, Bins: []insight.Histogram{
			{Average: 95, Bins: []insight.Bin{{From: 0, Count: 10}, {From: 60, Count: 25}, {From: 120, Count: 5}}},
		}}, insight.ChartHistogram, "Time to convert in 16–22 Nov 2026: average 1 m 35 s over 40; most often 1 m to 2 m (62.5%)."},
		{"box plot", titled(in, "Order size", in.Format), insight.Result{Shape: insight.ShapeBox, Grain: insight.GrainWeek, Window: days(l, 2026, 11, 9, 2026, 11, 23), Boxes: []insight.BoxSeries{box}}, insight.ChartBox, "Order size: median 3.5 in 16–22 Nov 2026, up from 3 in 9–15 Nov; half lie between 2.1 and 4.5."},
		{"table", titled(in, "Top customers", in.Format), insight.Result{Shape: insight.ShapeTable, Window: week, Table: insight.Table{
			Columns: []insight.Column{{Name: "customer"}, {Name: "revenue", Type: insight.ColumnNumber}},
			Rows: [][]insight.Cell{
				{{Text: "Acme"}, {Number: 1200.5, IsNumber: true}}, {{Text: "=HYPERLINK(\"x\")"}, {Number: -3, IsNumber: true}}, {{Null: true}, {Null: true}},
			},
		}}, insight.ChartTable, "Top customers in 16–22 Nov 2026: 3 rows; highest revenue: Acme (1,200.5)."},
		{"table of one row", titled(in, "Queue", in.Format), insight.Result{Shape: insight.ShapeTable, Table: insight.Table{
			Columns: []insight.Column{{Name: "open"}, {Name: "oldest"}}, Rows: [][]insight.Cell{{{Number: 12, IsNumber: true}, {Text: "3 days"}}},
		}}, insight.ChartTable, "Queue now: open 12, oldest 3 days."},
	}
}

// groupStories are shapes with several groups, and those with little in them.
func groupStories(l *time.Location) []story {
	week, last := days(l, 2026, 11, 16, 2026, 11, 23), days(l, 2026, 11, 9, 2026, 11, 16)
	in := signups(l)
	plain := titled(in, "Things", number)
	by := []insight.Dimension{country()}
	cohort := func(key, label string, came float64) insight.Cohorts {
		return insight.Cohorts{Key: key, Label: label, Rows: []insight.Cohort{{At: last.From, Counts: []float64{100, came}}, {At: week.From, Counts: []float64{50}}}}
	}
	sticky := func(key, label string, vs ...float64) insight.Series {
		s := insight.Series{Key: key, Label: label}
		for i, v := range vs {
			s.Points = append(s.Points, insight.Point{X: i + 1, Value: v})
		}
		return s
	}
	status := func(st insight.Status, v float64) insight.Series {
		return insight.Series{Key: string(st), Label: string(st), Status: st, Total: v}
	}
	step := func(name string, n float64) insight.Step {
		return insight.Step{Name: name, Count: n, Average: -1, Median: -1}
	}
	bins := []insight.Bin{{From: 0, Count: 10}, {From: 60, Count: 25}}
	box := func(key string, median float64) insight.BoxSeries {
		return insight.BoxSeries{Key: key, Label: key, Boxes: []insight.Box{{At: week.From, Min: nan, P25: nan, Median: median, P75: nan, Max: nan, Mean: nan}}}
	}
	cells := func(list ...insight.Cell) []insight.Cell { return list }
	text := func(s string) insight.Cell { return insight.Cell{Text: s} }
	num := func(v float64) insight.Cell { return insight.Cell{Number: v, IsNumber: true} }
	return []story{
		{"one country alone", in, insight.Result{Shape: insight.ShapeTrend, Window: week, BrokenDownBy: by, Series: []insight.Series{total("DE", "Germany", 12)}}, insight.ChartHorizontalBar, "12 sign-ups in 16–22 Nov 2026; all from Germany."},
		{"two countries level", in, insight.Result{Shape: insight.ShapeTrend, Window: week, BrokenDownBy: by, Series: []insight.Series{total("DE", "Germany", 12), total("FR", "France", 12)}}, insight.ChartHorizontalBar, "24 sign-ups in 16–22 Nov 2026."},
		{"all zero", in, insight.Result{Shape: insight.ShapeTrend, Window: week, BrokenDownBy: by, Series: []insight.Series{total("DE", "Germany", 0), total("FR", "France", 0)}}, insight.ChartHorizontalBar, "0 sign-ups in 16–22 Nov 2026."},
		{"rates level", titled(in, "Win rate", percent), insight.Result{Shape: insight.ShapeTrend, Window: week, BrokenDownBy: by, Series: []insight.Series{total("DE", "Germany", 0.5), total("FR", "France", 0.5)}}, insight.ChartHorizontalBar, "Win rate in 16–22 Nov 2026: all the same, 50.0%."},
		{"rate of one country", titled(in, "Win rate", percent), insight.Result{Shape: insight.ShapeTrend, Window: week, Previous: last, BrokenDownBy: by, Series: []insight.Series{total("DE", "Germany", 0.5), prev(total("DE", "Germany", 0.4))}}, insight.ChartHorizontalBar, "Win rate in 16–22 Nov 2026: Germany 50.0%, up 10 points from 40.0% in 9–15 Nov."},
		{"rates over time without totals", titled(in, "Win rate", percent), insight.Result{Shape: insight.ShapeTrend, Grain: insight.GrainWeek, Window: days(l, 2026, 11, 9, 2026, 11, 23), BrokenDownBy: by, Series: []insight.Series{
			named("DE", "Germany", daily(insight.GrainWeek, last.From, nan, 0.4, 0.5)), named("FR", "France", daily(insight.GrainWeek, last.From, nan, 0.3, 0.2)),
		}}, insight.ChartLine, "Win rate in 16–22 Nov 2026: highest Germany (50.0%); lowest France (20.0%)."},
		{"running by country", in, insight.Result{Shape: insight.ShapeTrend, Window: week, Previous: last, Incomplete: week.From, BrokenDownBy: by, Series: []insight.Series{
			total("DE", "Germany", 12), total("FR", "France", 10), prev(total("DE", "Germany", 120)), prev(total("FR", "France", 100)),
		}}, insight.ChartHorizontalBar, "22 sign-ups so far in 16–22 Nov 2026; 220 in all of 9–15 Nov."},
		{"funnel of one step", plain, insight.Result{Shape: insight.ShapeFunnel, Window: week, Funnels: []insight.Funnel{{Steps: []insight.Step{step("Visit", 120)}}}}, insight.ChartFunnel, "Things: 120 at “Visit” in 16–22 Nov 2026."},
		{"funnels nobody entered", plain, insight.Result{Shape: insight.ShapeFunnel, Window: week, BrokenDownBy: by, Funnels: []insight.Funnel{
			{Key: "DE", Label: "Germany", Steps: []insight.Step{step("Visit", 0), step("Buy", 0)}}, {Key: "FR", Label: "France", Steps: []insight.Step{step("Visit", 0), step("Buy", 0)}},
		}}, insight.ChartFunnel, "Things: nobody reached the first step, “Visit”, in 16–22 Nov 2026."},
		{"retention by country", titled(in, "Retention", number), insight.Result{Shape: insight.ShapeRetention, Grain: insight.GrainWeek, Window: days(l, 2026, 11, 9, 2026, 11, 23), BrokenDownBy: by, Cohorts: []insight.Cohorts{cohort("DE", "Germany", 40), cohort("FR", "France", 20)}}, insight.ChartRetention, "Retention in 9–22 Nov 2026: after 1 week, highest Germany (40.0%); lowest France (20.0%)."},
		{"lifecycle as totals", titled(in, "User lifecycle", number), insight.Result{Shape: insight.ShapeLifecycle, Window: week, Incomplete: week.From, Series: []insight.Series{
			status(insight.StatusNew, 40), status(insight.StatusReturning, 52), status(insight.StatusDormant, -60),
		}}, insight.ChartLifecycle, "User lifecycle so far in 16–22 Nov 2026: 40 new and 52 returning."},
		{"stickiness by country", titled(in, "Stickiness", number), insight.Result{Shape: insight.ShapeStickiness, Grain: insight.GrainWeek, Window: week, BrokenDownBy: by, Series: []insight.Series{sticky("DE", "Germany", 5, 15), sticky("FR", "France", 2)}}, insight.ChartStickiness, "Stickiness in 16–22 Nov 2026: Germany: most often on 2 weeks (75.0% of 20)."},
		{"stickiness of nobody", titled(in, "Stickiness", number), insight.Result{Shape: insight.ShapeStickiness, Grain: insight.GrainDay, Window: week, Series: []insight.Series{sticky("", "", 0, 0)}}, insight.ChartStickiness, "Stickiness in 16–22 Nov 2026: 0 on any day."},
		{"histogram without average", titled(in, "Order size", number), insight.Result{Shape: insight.ShapeHistogram, Window: week, Bins: []insight.Histogram{{Average: nan, Bins: bins}}}, insight.ChartHistogram, "Order size in 16–22 Nov 2026: 35 in all; most often 60 or more (71.4%)."},
		{"histogram compared", titled(in, "Time to convert", seconds), insight.Result{Shape: insight.ShapeHistogram, Window: week, Previous: last, Bins: []insight.Histogram{{Average: 95, Bins: bins}, {Average: 100, Previous: true, Bins: bins[:1]}}}, insight.ChartHistogram, "Time to convert in 16–22 Nov 2026: average 1 m 35 s over 35, down 5.0% from 1 m 40 s in 9–15 Nov; most often 1 m or more (71.4%)."},
		{"histogram of the average alone", titled(in, "Time to convert", seconds), insight.Result{Shape: insight.ShapeHistogram, Window: week, Bins: []insight.Histogram{{Average: 95}}}, insight.ChartHistogram, "Time to convert: average 1 m 35 s in 16–22 Nov 2026."},
		{"two box plots", titled(in, "Order size", number), insight.Result{Shape: insight.ShapeBox, Grain: insight.GrainWeek, Window: week, Incomplete: week.From, Boxes: []insight.BoxSeries{box("Web", 3), box("App", 4)}}, insight.ChartBox, "Order size: Web median 3 so far in 16–22 Nov 2026."},
		{"a table that was cut", titled(in, "Orders", number), insight.Result{Shape: insight.ShapeTable, Window: week, More: true, Table: insight.Table{
			Columns: []insight.Column{{Name: "order_id"}, {Name: "customer"}}, Rows: [][]insight.Cell{cells(num(100234), text("Acme")), cells(num(100235), text("null"))},
		}}, insight.ChartTable, "Orders in 16–22 Nov 2026: more than 2 rows."},
		{"a table of one cell", titled(in, "Open tickets", number), insight.Result{Shape: insight.ShapeTable, Window: week, Table: insight.Table{Columns: []insight.Column{{Name: "count()"}}, Rows: [][]insight.Cell{cells(num(1234))}}}, insight.ChartTable, "Open tickets in 16–22 Nov 2026: 1,234."},
		{"an unknown filter", in, insight.Result{Shape: insight.ShapeTrend, Window: week, Series: []insight.Series{total("", "", 12)}, Filters: []insight.Filter{{Field: "browser", Op: insight.OpIs, Values: []string{"Chrome"}}, {Field: "version", Op: insight.OpIsNot, Values: []string{"12"}}}}, insight.ChartNumber, "12 sign-ups in 16–22 Nov 2026 (Chrome only, without version 12)."},
	}
}

func edgeStories(l *time.Location) []story {
	week := days(l, 2026, 11, 16, 2026, 11, 23)
	in := signups(l)
	state := insight.Result{Shape: insight.ShapeTrend, Series: []insight.Series{total("", "", 1234)}, AsOf: time.Date(2026, 11, 22, 9, 5, 0, 0, time.UTC)}
	long := titled(in, "The number of people who opened the pricing page, then read at least three articles of the help centre and still wrote to support within a day, by plan and by country of the account, without employees", insight.Format{Decimals: -1})
	return []story{
		{"no data", in, insight.Result{Shape: insight.ShapeTrend, Window: week}, insight.ChartLine, "No data for “Sign-ups” in 16–22 Nov 2026."},
		{"no data, filtered", in, insight.Result{Shape: insight.ShapeTrend, Window: week, Series: []insight.Series{total("", "", nan)}, Filters: []insight.Filter{{Field: "country", Op: insight.OpIs, Values: []string{"DE"}}}}, insight.ChartLine, "No data for “Sign-ups” in 16–22 Nov 2026 (Germany only)."},
		{"present state", in, state, insight.ChartNumber, "1,234 sign-ups as of 22 Nov 2026, 10:05."},
		{"one hour", in, insight.Result{Shape: insight.ShapeTrend, Window: insight.Window{From: week.From.Add(9 * time.Hour), To: week.From.Add(12 * time.Hour)}, Series: []insight.Series{total("", "", 12)}}, insight.ChartNumber, "12 sign-ups on Mon 16 Nov 2026, 09:00–12:00."},
		{"estimated", in, insight.Result{Shape: insight.ShapeTrend, Window: week, Estimated: true, Series: []insight.Series{total("", "", 1234)}}, insight.ChartNumber, "1,234 sign-ups in 16–22 Nov 2026 (estimated)."},
		{"a title that is too long", long, insight.Result{Shape: insight.ShapeTrend, Window: week, Previous: days(l, 2025, 11, 17, 2025, 11, 24), Series: []insight.Series{total("", "", 1234), prev(total("", "", 1000))}, Filters: []insight.Filter{{Field: "country", Op: insight.OpIs, Values: []string{"DE", "FR", "US"}}}}, insight.ChartNumber, "The number of people who opened the pricing page, then read…: 1,234 in 16–22 Nov 2026 (Germany, France and United States only), up 23.4% from 1,000 in 17–23 Nov 2025."},
		{"hostile title", titled(in, "\u202eSign\u200b-ups\n<!channel>", in.Format), insight.Result{Shape: insight.ShapeTrend, Window: week, Series: []insight.Series{total("", "", 1234)}}, insight.ChartNumber, "Sign-ups <!channel>: 1,234 sign-ups in 16–22 Nov 2026."},
	}
}
