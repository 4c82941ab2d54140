package render_test

import (
	"fmt"
	"time"

	"insightbot/insight"
	"insightbot/render"
)

func ExampleShort() {
	number := insight.Format{Kind: insight.FormatNumber, Decimals: -1}
	for _, v := range []float64{861, 38650, 999950, -1234} {
		fmt.Println(render.Short(number, v))
	}
	fmt.Println(render.Short(insight.Format{Kind: insight.FormatPercent, Decimals: 1}, 0.9999))
	fmt.Println(render.Short(insight.Format{Kind: insight.FormatDuration}, 192))
	// Output:
	// 861
	// 38.7k
	// 1M
	// −1,234
	// >99.9%
	// 3 m 12 s
}

// week is the window that the examples are about, and the one before it.
func exampleWeeks() (week, before insight.Window) {
	monday := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	return insight.Window{From: monday, To: monday.AddDate(0, 0, 7)},
		insight.Window{From: monday.AddDate(0, 0, -7), To: monday}
}

func ExamplePeriodPhrase() {
	week, _ := exampleWeeks()
	fmt.Println(render.PeriodPhrase(week))
	fmt.Println(render.PeriodPhrase(insight.Window{From: week.From, To: week.From.AddDate(0, 0, 1)}))
	// Output:
	// in 16–22 Nov 2026
	// on Mon 16 Nov 2026
}

func ExampleFinding() {
	in := insight.Insight{Title: "Sign-ups", Format: insight.Format{Kind: insight.FormatNumber, Unit: "sign-ups", Decimals: -1}}
	week, before := exampleWeeks()
	fmt.Println(render.Finding(in, insight.Result{
		Shape: insight.ShapeTrend, Window: week, Previous: before,
		Series: []insight.Series{{Total: 1234}, {Total: 1184, Previous: true}},
	}))
	// Output: 1,234 sign-ups in 16–22 Nov 2026, up 4.2% from 1,184 in 9–15 Nov.
}

func ExampleGrid() {
	in := insight.Insight{Title: "Sign-ups"}
	week, _ := exampleWeeks()
	sheet := render.Grid(in, insight.Result{
		Shape: insight.ShapeTrend, Window: week, BrokenDownBy: []insight.Dimension{{Name: "country", Label: "Country"}},
		Series: []insight.Series{{Key: "DE", Label: "Germany", Total: 396}, {Key: "FR", Label: "France", Total: 301}},
	}, 10)
	fmt.Print(render.TextTable(sheet, 40))
	// Output:
	// Country  Sign-ups  Share
	// ───────  ────────  ─────
	// Germany       396  56.8%
	// France        301  43.2%
}
