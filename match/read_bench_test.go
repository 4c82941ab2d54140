package match_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"insightbot/insight"
	"insightbot/match"
)

// bigVocabulary has as many account names as a large company.
func bigVocabulary() *match.Vocabulary {
	ins := catalogue()
	d := insight.Dimension{Name: "customer", Label: "Customer", Breakdown: true, Filter: true}
	for i := range 5000 {
		d.Values = append(d.Values, insight.Value{Key: fmt.Sprintf("Customer number %d Ltd", i)})
	}
	ins[0].Accepts.Dimensions = append(ins[0].Accepts.Dimensions, d)
	return match.NewVocabulary(ins)
}

func BenchmarkRead(b *testing.B) {
	v := bigVocabulary()
	c := match.Clock{Now: time.Date(2026, 11, 24, 10, 30, 0, 0, time.UTC), Zone: time.UTC, WeekStart: time.Monday}
	for name, q := range map[string]string{
		"usual": "How many people signed up last week by country in Germany vs the week before?",
		"short": "mrr last month",
		"long":  strings.Repeat("how many people signed up between 3 and 17 may in Germany, ", 80),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				match.Read(q, v, c)
			}
		})
	}
}
