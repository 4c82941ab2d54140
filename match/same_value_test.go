package match

import (
	"testing"

	"insightbot/insight"
)

// Two sources call a country by different names; a question about Germany is for
// either.
func TestRank_AValueThatTwoDimensionsHaveNarrowsBoth(t *testing.T) {
	billing := insight.Dimension{
		Name: "billing_country", Label: "Billing country", Breakdown: true, Filter: true, Values: values("Germany", "France"),
	}
	ins := []insight.Insight{
		saved("signups", "Sign-ups", "New accounts.", []string{"how many people signed up"}, country),
		saved("revenue", "Revenue", "What customers paid.", []string{"how much did we earn"}, billing),
	}
	words := NewVocabulary(ins)
	index := NewIndex(ins, Options{Now: testNow})
	for question, id := range map[string]string{"revenue in Germany": "demo/revenue", "sign-ups in Germany": "demo/signups"} {
		reading := Read(question, words, Clock{Now: testNow, Zone: testNow.Location()})
		d := Decide(index.Rank(reading, 5))
		if d.Outcome != Answer || d.Hits[0].Insight.ID != id {
			t.Errorf("%s: %v %+v", question, d.Outcome, d.Hits)
			continue
		}
		if q, misfits := Fit(reading, d.Hits[0].Insight, Clock{Now: testNow, Zone: testNow.Location()}); len(q.Filters) != 1 || len(misfits) > 0 {
			t.Errorf("%s: %+v, %+v", question, q.Filters, misfits)
		}
	}
}
