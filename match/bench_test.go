package match

import (
	"fmt"
	"testing"

	"insightbot/insight"
)

// made builds n insights with titles of a limited vocabulary, so that lists
// are as long as in a real catalogue of that size.
func made(n int) []insight.Insight {
	subjects := []string{"Sign-ups", "Uploads", "Downloads", "Revenue", "Active users", "Support tickets", "Failed payments", "Shared links", "Storage", "Invitations", "Searches", "Comments"}
	ways := []string{"by country", "by plan", "per week", "over time", "of new customers", "of large teams", "on mobile", "after onboarding", "in the first week", "without trial"}
	list := make([]insight.Insight, n)
	for i := range list {
		s, w := subjects[i%len(subjects)], ways[i/len(subjects)%len(ways)]
		area := fmt.Sprintf("area%d", i/(len(subjects)*len(ways)))
		list[i] = insight.Insight{
			ID: fmt.Sprintf("made/%05d", i), Title: s + " " + w + " " + area,
			Description: "How many " + s + " there were " + w + ", counted once a day for " + area + ".",
			Tags:        []string{"team" + fmt.Sprint(i%37)},
			Examples:    []string{"how are " + s + " doing " + w + " in " + area},
		}
	}
	return list
}

var benchQuestions = []string{
	"how many sign-ups by country last week", "uplods per week in area12", "revenue of new customers area3 vs last month",
	"failed payments", "support tickets of large teams area1 as a table", "weather in Berlin", "invitations over time",
}

func BenchmarkNewIndex(b *testing.B) {
	for _, n := range []int{1000, 20000} {
		list := made(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				NewIndex(list, Options{Now: testNow})
			}
		})
	}
}

func BenchmarkRank(b *testing.B) {
	for _, n := range []int{1000, 20000} {
		ix := NewIndex(made(n), Options{Now: testNow})
		var readings []Reading
		for _, q := range benchQuestions {
			readings = append(readings, Read(q, nil, Clock{Now: testNow}))
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			i := 0
			for b.Loop() {
				ix.Rank(readings[i%len(readings)], 10)
				i++
			}
		})
	}
}
