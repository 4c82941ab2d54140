package source

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"insightbot/insight"
)

// asked is a query that says all it can.
func asked() insight.Query {
	from := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	return insight.Query{
		Window: insight.Window{From: from, To: from.AddDate(0, 1, 0)}, Grain: insight.GrainDay,
		Compare: insight.ComparePrevious, Previous: insight.Window{From: from.AddDate(0, -1, 0), To: from},
		CompareTotals: true, Breakdowns: []string{"country", "plan"},
		Filters: []insight.Filter{
			{Field: "plan", Op: insight.OpIs, Values: []string{"pro", "team"}, Words: "paying"},
			{Field: "country", Op: insight.OpIsNot, Values: []string{"DE"}},
		},
		Attributes: map[string][]string{"region": {"eu", "us"}, "team": {"a"}},
		Masks:      []string{"email", "name"}, MinGroup: 5, Now: from.AddDate(0, 2, 0),
	}
}

// another are changes of each field of a query that make it another question;
// those without any are not in the key.
var another = map[string][]func(*insight.Query){
	"Window": {
		func(q *insight.Query) { q.Window.From = q.Window.From.AddDate(0, 0, 1) },
		func(q *insight.Query) { q.Window.To = q.Window.To.Add(time.Nanosecond) },
		func(q *insight.Query) { q.Window = insight.Window{} },
		func(q *insight.Query) { // the same instants of another zone
			q.Window.From = q.Window.From.In(time.FixedZone("UTC", 3600))
		},
		func(q *insight.Query) { q.Window.From = q.Window.From.In(time.FixedZone("GMT", 0)) },
	},
	"Grain":         {func(q *insight.Query) { q.Grain = insight.GrainNone }},
	"Compare":       {func(q *insight.Query) { q.Compare = insight.CompareYear }},
	"Previous":      {func(q *insight.Query) { q.Previous.From = q.Previous.From.AddDate(0, 0, 1) }},
	"CompareTotals": {func(q *insight.Query) { q.CompareTotals = false }},
	"Breakdowns": {
		func(q *insight.Query) { q.Breakdowns = []string{"plan", "country"} },
		func(q *insight.Query) { q.Breakdowns = q.Breakdowns[:1] },
		func(q *insight.Query) { q.Breakdowns = []string{"countryplan"} },
	},
	"Filters": {
		func(q *insight.Query) { q.Filters[0].Op = insight.OpIsNot },
		func(q *insight.Query) { q.Filters[0].Field = "plans" },
		func(q *insight.Query) { q.Filters[0].Values = []string{"pro"} },
		func(q *insight.Query) { q.Filters[0].Values = []string{"proteam"} },
		func(q *insight.Query) { q.Filters = q.Filters[:1] },
	},
	"Attributes": {
		func(q *insight.Query) { q.Attributes["region"] = []string{"eu"} },
		func(q *insight.Query) { q.Attributes["region"] = nil },
		func(q *insight.Query) { delete(q.Attributes, "team") },
		func(q *insight.Query) { q.Attributes = nil },
		func(q *insight.Query) { // the same texts, otherwise shared out
			q.Attributes = map[string][]string{"region": {"eu"}, "team": {"a", "us"}}
		},
	},
	"Unbounded": {func(q *insight.Query) { q.Unbounded = true }},
	"Masks": {
		func(q *insight.Query) { q.Masks = nil },
		func(q *insight.Query) { q.Masks = []string{"email"} },
	},
	"MinGroup": {},
	"Now":      {},
}

func TestKeyOf_EveryFieldOfAQueryIsDecidedUpon(t *testing.T) {
	in := insight.Insight{ID: "shop/revenue", Source: "shop", Version: "1"}
	seen := map[resultKey]string{keyOf(in, asked(), asked().Now): "as it is"}
	for field := range reflect.TypeFor[insight.Query]().Fields() {
		name := field.Name
		changes, ok := another[name]
		if !ok {
			t.Errorf("is %s in the key or not?", name)
		}
		for n, change := range changes {
			q := asked()
			change(&q)
			key := keyOf(in, q, q.Now)
			if as, twice := seen[key]; twice {
				t.Errorf("%s %d has the key of the query %s", name, n, as)
			}
			seen[key] = fmt.Sprint(name, " ", n)
		}
	}
	for _, in := range []insight.Insight{
		{ID: "shop/orders", Source: "shop", Version: "1"},
		{ID: "shop/revenue", Source: "shop", Version: "2"},
		{ID: "shop/revenue", Source: "app", Version: "1"},
		{ID: "shop/revenues", Source: "hop", Version: "1"},
	} {
		if as, twice := seen[keyOf(in, asked(), asked().Now)]; twice {
			t.Errorf("%v has the key of the query %s", in, as)
		}
	}
}

func TestKeyOf_WhatMakesNoDifferenceIsLeftOut(t *testing.T) {
	in := insight.Insight{ID: "shop/revenue", Source: "shop", Version: "1"}
	for name, change := range map[string]func(*insight.Query){
		"small groups":      func(q *insight.Query) { q.MinGroup = 0 },
		"words":             func(q *insight.Query) { q.Filters[0].Words = "pro and team" },
		"order of filters":  func(q *insight.Query) { q.Filters[0], q.Filters[1] = q.Filters[1], q.Filters[0] },
		"order of values":   func(q *insight.Query) { q.Filters[0].Values = []string{"team", "pro"} },
		"order of masks":    func(q *insight.Query) { q.Masks = []string{"name", "email"} },
		"order of regions":  func(q *insight.Query) { q.Attributes["region"] = []string{"us", "eu"} },
		"an hour later":     func(q *insight.Query) { q.Now = q.Now.Add(time.Hour) },
		"a year later":      func(q *insight.Query) { q.Now = q.Now.AddDate(1, 0, 0) },
		"a monotonic clock": func(q *insight.Query) { q.Now = time.Now() },
	} {
		q := asked()
		before := asked()
		change(&q)
		kept := fmt.Sprint(q)
		if keyOf(in, q, q.Now) != keyOf(in, before, before.Now) {
			t.Errorf("%s makes another key", name)
		}
		if fmt.Sprint(q) != kept {
			t.Errorf("%s: the query was changed", name)
		}
	}
}

func TestPhase_ChangesWithEachBucketOfARunningWindow(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04", s, berlin)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	march := insight.Window{From: at("2026-03-01 00:00"), To: at("2026-04-01 00:00")}
	for _, tt := range []struct {
		grain insight.Grain
		a, b  string
		same  bool
	}{
		{insight.GrainDay, "2026-02-28 23:59", "2026-03-01 00:00", false}, // it begins
		{insight.GrainDay, "2026-02-27 10:00", "2026-02-28 23:59", true},
		{insight.GrainDay, "2026-03-29 00:00", "2026-03-29 23:59", true}, // a day of 23 hours
		{insight.GrainDay, "2026-03-28 23:59", "2026-03-29 00:00", false},
		{insight.GrainWeek, "2026-03-09 00:00", "2026-03-15 23:59", true}, // Monday to Sunday
		{insight.GrainWeek, "2026-03-15 23:59", "2026-03-16 00:00", false},
		{insight.GrainHour, "2026-03-15 12:00", "2026-03-15 12:59", true},
		{insight.GrainHour, "2026-03-15 12:59", "2026-03-15 13:00", false},
		{insight.GrainNone, "2026-03-01 00:00", "2026-03-31 23:59", true},
		{insight.GrainNone, "2026-03-31 23:59", "2026-04-01 00:00", false}, // it is over
		{insight.GrainDay, "2026-04-01 00:00", "2027-04-01 00:00", true},
	} {
		a, b := phase(march, tt.grain, time.Monday, at(tt.a).UTC()), phase(march, tt.grain, time.Monday, at(tt.b).UTC())
		if (a == b) != tt.same {
			t.Errorf("by %q, %s and %s are one: %v, want %v", tt.grain, tt.a, tt.b, a == b, tt.same)
		}
	}
	if phase(insight.Window{}, insight.GrainDay, time.Monday, at("2026-03-01 00:00")) != 0 {
		t.Error("no window has a phase")
	}
}
