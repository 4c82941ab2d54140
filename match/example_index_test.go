package match_test

import (
	"fmt"
	"time"

	"insightbot/insight"
	"insightbot/match"
)

func ExampleIndex_Rank() {
	ix := match.NewIndex([]insight.Insight{
		{ID: "shop/signups", Title: "Sign-ups", Examples: []string{"how many people joined"}},
		{ID: "shop/revenue", Title: "Revenue", Description: "Payments less refunds."},
	}, match.Options{})

	r := match.Read("how many ppl sgined up last week?", nil, match.Clock{Now: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)})
	for _, h := range ix.Rank(r, 3) {
		fmt.Println(h.Insight.Title, "-", h.Why)
	}
	// Output: Sign-ups - title says “Sign-ups”
}

func ExampleDecide() {
	ix := match.NewIndex([]insight.Insight{
		{ID: "shop/wau", Title: "Weekly active users"},
		{ID: "shop/revenue", Title: "Revenue"},
	}, match.Options{})

	for _, q := range []string{"revenue", "monthly active users", "crash rate"} {
		d := match.Decide(ix.Rank(match.Reading{Text: q}, 4))
		fmt.Printf("%s %q\n", d.Outcome, d.Reason)
	}
	// Output:
	// answer ""
	// choose "Closest is “Weekly active users”, but weekly, not monthly."
	// none "Nothing saved is about this."
}
