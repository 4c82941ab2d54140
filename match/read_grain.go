package match

import (
	"slices"
	"sync"

	"insightbot/insight"
)

// bucketing is what a phrase says about the time axis.
type bucketing struct {
	grain    insight.Grain
	overTime bool
}

// grainTable holds the phrases that name a time bucket, or ask for a series of
// any.
var grainTable = sync.OnceValue(func() *table[bucketing] {
	return newTable([]rule[bucketing]{
		{"hourly", grain(insight.GrainHour)},
		{"daily", grain(insight.GrainDay)},
		{"weekly", grain(insight.GrainWeek)},
		{"monthly", grain(insight.GrainMonth)},
		{"quarterly", grain(insight.GrainQuarter)},
		{"yearly|annually|annual", grain(insight.GrainYear)},
		{"on a hourly|daily|weekly|monthly|quarterly|yearly|annual basis|level", adverb(2)},
		{"on an hourly|annual basis|level", adverb(2)},
		{"per|by|each|every the? single|calendar? <unit>", grainUnit},
		{"for|in|on|of|during each|every|any single|calendar? <unit>", grainUnit},
		{"split|broken|grouped|group|bucketed|aggregated|summed|counted|plotted|shown down|up? by|per|into|in the? <unit>", grainUnit},
		{"by|per the? date", func(m *found) (bucketing, bool) {
			return bucketing{grain: insight.GrainDay}, !m.p.followedBy(m.to, "of")
		}},
		{"a|an <unit>", func(m *found) (bucketing, bool) {
			// "sign-ups a day", but neither "a year ago" nor "a week of".
			b, ok := grainUnit(m)
			return b, ok && m.from > 0 && m.p.ends(m.to) && !m.p.followedBy(m.to, "of", "or") && !stopWords[m.p.terms[m.from-1].Text] && m.p.terms[m.from-1].Text != "half"
		}},
		{"/ <unit>", func(m *found) (bucketing, bool) {
			b, ok := grainUnit(m)
			return b, ok && m.from > 0 && !m.p.terms[m.from-1].sign && m.p.terms[m.from-1].digits == 0
		}},
		{"<unit> by|after|to <unit>", sameUnit},
		{"<unit> level|granularity|resolution|buckets|intervals|interval|wise", grainUnit},
		{"at|in|with|into|on a|the? <unit> level|granularity|resolution|buckets|intervals|interval", grainUnit},
		{"over|across time", inTime},
		{"over|across|through|throughout the? years|months|weeks|days", inTime},
		{"as a? trend|timeline", inTime},
		{"the? trend|trends|trendline|evolution|development|timeline|history|progression of|in|for", inTime},
		{"trend|trends|trending|trended|trendline|timeline|evolution|evolve|evolved|timeseries", inTime},
		{"time series", inTime},
	})
})

func grain(g insight.Grain) func(*found) (bucketing, bool) {
	return func(*found) (bucketing, bool) { return bucketing{grain: g}, true }
}

func inTime(*found) (bucketing, bool) { return bucketing{overTime: true}, true }

// grainUnit takes a unit as the bucket; fortnights and decades are none.
func grainUnit(m *found) (bucketing, bool) {
	u := m.unit()
	return bucketing{grain: u.grain}, u.times == 1 && m.p.unitOfUnit(m.to-1) == m.to-1
}

func sameUnit(m *found) (bucketing, bool) {
	b, ok := grainUnit(m)
	return b, ok && len(m.captures) == 2 && m.captures[0].unit == m.captures[1].unit
}

func adverb(i int) func(*found) (bucketing, bool) {
	return func(m *found) (bucketing, bool) {
		return bucketing{grain: grainAdverbs[m.text(i)]}, true
	}
}

// grainAdverbs are words for a bucket that may be part of a title: "Monthly
// active users".
var grainAdverbs = map[string]insight.Grain{
	"hourly": insight.GrainHour, "daily": insight.GrainDay, "weekly": insight.GrainWeek, "monthly": insight.GrainMonth,
	"quarterly": insight.GrainQuarter, "yearly": insight.GrainYear, "annual": insight.GrainYear, "annually": insight.GrainYear,
}

func (p *parse) followedBy(at int, words ...string) bool {
	return at < len(p.terms) && slices.Contains(words, p.terms[at].Text)
}

func readGrain(p *parse, at int, _ *Reading) (finding, bool) {
	b, next, ok := longest(p, grainTable(), at)
	if !ok {
		return finding{}, false
	}
	return finding{role: RoleGrain, next: next, apply: func(r *Reading) {
		if b.grain != insight.GrainNone {
			r.Grain = b.grain
		}
		r.OverTime = r.OverTime || b.overTime
	}}, true
}
