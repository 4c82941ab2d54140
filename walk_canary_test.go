package main

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"insightbot/access"
	"insightbot/insight"
)

// canary is an insight that must appear nowhere, with all of its texts made up
// for this run.
type canary struct {
	// sent is the word of its title that questions hold; the other word is
	// never sent by anybody.
	sent, never, id, tag string
	// value is a number that only its results hold.
	value float64
	// texts are all its texts as they could be read, data those of results.
	texts, data []string
	insight     insight.Insight

	event, column, series, dimension, key string
}

// newCanary makes one up.
func newCanary(r *rand.Rand) *canary {
	c := &canary{}
	word := func() string {
		for {
			w := randomWord(r)
			if !slices.ContainsFunc(c.texts, func(o string) bool { return strings.Contains(o, w[:6]) }) {
				c.texts = append(c.texts, w)
				return w
			}
		}
	}
	c.sent, c.never, c.tag = word(), word(), word()
	c.id = word() + "/" + word()
	c.event, c.column, c.series, c.dimension, c.key = word(), word(), word(), word(), word()
	c.value = float64(2_000_000 + r.IntN(7_000_000))
	raw := strconv.FormatFloat(c.value, 'f', 0, 64)
	for _, mark := range []string{"", ",", ".", " ", "\u00a0", "\u202f", "’"} {
		c.data = append(c.data, raw[:1]+mark+raw[1:4]+mark+raw[4:])
	}
	c.data = append(c.data, c.column, c.series)
	source, _, _ := strings.Cut(c.id, "/")
	label := word()
	c.insight = insight.Insight{
		ID: c.id, Source: source, Version: "1", Title: capital(c.sent) + " " + capital(c.never), Description: "It counts " + word() + " with care.",
		Tags: []string{c.tag, access.TagRestricted}, Events: []string{c.event}, Examples: []string{"how much " + word() + " is there"},
		Owner: insight.Owner{Name: capital(word()), Contact: "#" + word()}, Certified: insight.Certification{By: capital(word()), On: attackNow.AddDate(0, -1, 0)},
		Caveats: []insight.Caveat{{Text: "Mind the " + word() + "."}},
		Chart:   insight.ChartTable, Format: insight.Format{Kind: insight.FormatNumber, Unit: word(), Decimals: -1}, FromZero: true,
		People: insight.PeopleNone, Zone: time.UTC, WeekStart: time.Monday,
		Accepts: insight.Accepts{
			Windows: true, Grains: []insight.Grain{insight.GrainDay, insight.GrainWeek, insight.GrainMonth}, MaxBreakdowns: 1,
			Compare: []insight.Compare{insight.ComparePrevious},
			Dimensions: []insight.Dimension{{
				Name: c.dimension, Label: capital(label), Words: []string{word()}, Breakdown: true, Filter: true,
				Values: []insight.Value{{Key: c.key, Label: capital(word()), Words: []string{word()}}},
			}},
			Columns: []insight.Column{{Name: c.column}},
		},
		Default: insight.Defaults{Period: "last 30 days", Breakdowns: []string{c.dimension}},
		Link:    "https://" + word() + ".example/board", Asked: 900,
	}
	c.texts = append(c.texts, c.data...)
	return c
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// result is what the canary answers: a trend, which is drawn as a picture,
// where it is asked over time, else a table.
func (c *canary) result(q insight.Query) insight.Result {
	if q.Grain == insight.GrainNone {
		return tableResult(q, c.column, c.series, c.value)
	}
	d := c.insight.Accepts.Dimensions[0]
	return insight.Result{
		Shape: insight.ShapeTrend, Window: q.Window, Grain: q.Grain, AsOf: attackNow, Filters: q.Filters, BrokenDownBy: []insight.Dimension{d},
		Series: []insight.Series{
			{Key: c.series, Label: c.series, Values: []string{c.series}, Total: c.value, Points: points(q, c.value)},
			{Key: d.Values[0].Key, Label: d.Values[0].Label, Values: []string{d.Values[0].Key}, Total: 7, Points: points(q, 7)},
		},
	}
}

// forbidden are the texts that nobody sent, among some.
func forbidden(texts []string, sent ...string) []string {
	said := plainly(strings.Join(sent, "\n"))
	return slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return strings.Contains(said, s) })
}

// found are those of the texts that stand in what came out.
func found(out string, texts []string) []string {
	var hits []string
	for _, s := range texts {
		if strings.Contains(out, s) {
			hits = append(hits, s)
		}
	}
	return hits
}

// walkBooks are a small catalogue with the canary in it.
func walkBooks(c *canary) *shelfBooks {
	ins := []insight.Insight{
		c.insight, plainInsight("depot/parcels", "Parcels sent", "staff"), plainInsight("depot/returns", "Parcels returned", "staff"),
		plainInsight("depot/partner", "Deliveries by partners", "partner"), plainInsight("depot/claims", "Broken goods", "staff", "quality"),
		plainInsight("depot/fuel", "Fuel used", "fleet"), plainInsight("depot/trips", "Trips driven", "fleet"), plainInsight("depot/stock", "Stock on hand", "staff"),
	}
	slices.SortFunc(ins, func(a, b insight.Insight) int { return strings.Compare(a.ID, b.ID) })
	return &shelfBooks{ins: ins, revision: 1, run: func(in insight.Insight, q insight.Query) (insight.Result, error) {
		if in.ID == c.id {
			return c.result(q), nil
		}
		return ordinaryResult(q), nil
	}}
}
