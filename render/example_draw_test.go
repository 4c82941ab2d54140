package render_test

import (
	"fmt"
	"time"

	"insightbot/insight"
	"insightbot/render"
)

// A breakdown with totals alone is drawn as horizontal bars, whatever kind the
// insight names.
func ExamplePainter_Draw() {
	painter := render.NewPainter(render.PainterOptions{})
	from := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	picture, err := painter.Draw(render.Drawing{
		Insight: insight.Insight{Title: "Sign-ups", Chart: insight.ChartPie, Format: insight.Format{Kind: insight.FormatNumber}},
		Result: insight.Result{
			Shape:        insight.ShapeTrend,
			Window:       insight.Window{From: from, To: from.AddDate(0, 1, 0)},
			Series:       []insight.Series{{Key: "DE", Label: "Germany", Total: 120}, {Key: "JP", Label: "日本", Total: 45}},
			BrokenDownBy: []insight.Dimension{{Name: "country", Label: "Country"}},
		},
		Theme: render.Dark,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(picture.Drawn, picture.Width, picture.Height)
	fmt.Println(picture.Cut) // no embedded font has these characters
	// Output:
	// horizontal_bar 1200 600
	// [日本]
}
