package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"insightbot/chat"
	"insightbot/insight"
	"insightbot/render"
)

// The formats of counts and of shares between them.
var (
	plainCount = insight.Format{Kind: insight.FormatNumber, Decimals: -1}
	plainShare = insight.Format{Kind: insight.FormatPercent, Decimals: 1}
)

const week = 7 * 24 * 60 * 60

// sides runs compute for both spans.
func sides(now, then span, compute func(side string, s span)) {
	compute("now", now)
	compute("then", then)
}

// funnelCount is how many reached each step, and the seconds from the step before
// added up.
type funnelCount struct{ people, seconds [6]float64 }

func (a *auditor) checkFunnel(t *testing.T) {
	august, july := a.days("2026-08-01", "2026-09-01"), a.days("2026-07-01", "2026-08-01")
	steps := []string{"Visited", "Signed up", "Uploaded", "Shared", "Invited", "Paid"}
	for _, by := range []string{"", "platform"} {
		t.Run("by "+by, func(t *testing.T) {
			got := a.ask(t, "onboarding-funnel", chat.Args{"period": "August", "by": by, "compare": "previous"}, august, july)
			want, counts := numbers{}, map[string]map[string]*funnelCount{}
			sides(august, july, func(side string, s span) {
				counts[side] = a.books.funnels(s, by != "")
				for key, c := range counts[side] {
					for i, name := range steps {
						n := fmt.Sprint(i + 1)
						average := time.Duration(-1)
						if i > 0 && c.people[i] > 0 {
							average = time.Duration(c.seconds[i] / c.people[i] * float64(time.Second))
						}
						want.set(t, c.people[i], side, key, n, name)
						want.set(t, average.Seconds(), side, key, n, "average")
						want.set(t, time.Duration(-1).Seconds(), side, key, n, "median")
					}
				}
			})
			want.compare(t, numbersOf(t, got.Result))
			now, then := counts["now"], counts["then"]
			keys := slices.SortedFunc(maps.Keys(now), func(x, y string) int { return cmp.Compare(now[y].people[0], now[x].people[0]) })
			var rows [][]string
			for _, key := range keys {
				for i := range steps {
					n, e := now[key].people, then[key].people
					before, took := render.NoValue, render.NoValue
					if i > 0 {
						before = render.Exact(plainShare, n[i]/n[i-1])
						took = render.DurationText(time.Duration(now[key].seconds[i] / n[i] * float64(time.Second)))
					}
					rows = append(rows, []string{
						render.Exact(plainCount, n[i]), render.Exact(plainShare, n[i]/n[0]), before, took, render.NoValue,
						render.Exact(plainCount, e[i]), render.Exact(plainShare, e[i]/e[0]),
					})
				}
			}
			compareGrid(t, got.Insight, got.Result, rows)
			whole := func(c *funnelCount) float64 { return c.people[5] / c.people[0] }
			if by == "" {
				says(t, got.Finding, render.Short(plainShare, whole(now[""]))+" of "+render.Short(plainCount, now[""].people[0]))
				says(t, got.Finding, changeWords(plainShare, whole(now[""]), whole(then[""])))
				return
			}
			slices.SortFunc(keys, func(x, y string) int { return cmp.Compare(whole(now[y]), whole(now[x])) })
			high, low := keys[0], keys[len(keys)-1]
			says(t, got.Finding, high+" ("+render.Short(plainShare, whole(now[high]))+", "+
				changeWords(plainShare, whole(now[high]), whole(then[high])))
			says(t, got.Finding, low+" ("+render.Short(plainShare, whole(now[low]))+")")
		})
	}
}

// funnels follows every visit of a span as far as it came: each step is the
// first of its kind after the step before.
func (b *books) funnels(s span, split bool) map[string]*funnelCount {
	steps := map[string]map[int64][]int64{"paid": {}}
	for _, e := range b.events {
		if steps[e.name] == nil {
			steps[e.name] = map[int64][]int64{}
		}
		steps[e.name][e.account] = append(steps[e.name][e.account], e.at)
	}
	for _, p := range b.subscriptions {
		steps["paid"][p.account] = append(steps["paid"][p.account], p.started)
	}
	all := map[string]*funnelCount{}
	for _, v := range b.visits {
		if !s.holds(v.at) {
			continue
		}
		key := ""
		if split {
			key = v.platform
		}
		if all[key] == nil {
			all[key] = &funnelCount{}
		}
		c := all[key]
		c.people[0]++
		if !v.account.Valid {
			continue
		}
		at := b.accounts[v.account.Int64].created
		c.people[1]++
		c.seconds[1] += float64(at - v.at)
		for i, name := range []string{"file_uploaded", "file_shared", "member_invited", "paid"} {
			next := int64(math.MaxInt64)
			for _, when := range steps[name][v.account.Int64] {
				if when >= at {
					next = min(next, when)
				}
			}
			if next == math.MaxInt64 {
				break
			}
			c.people[i+2]++
			c.seconds[i+2] += float64(next - at)
			at = next
		}
	}
	return all
}

func (a *auditor) checkRetention(t *testing.T) {
	september := a.days("2026-09-01", "2026-10-01")
	got := a.ask(t, "user-retention", chat.Args{"period": "September", "grain": "week"}, september, span{})
	starts, parts := bucketsOf(september, "week")
	// who came in which week of their own, by the cohort they belong to
	came := make([]map[int64]map[int64]bool, len(parts))
	most := int64(0)
	put := func(u userRow, n int64) {
		for i, part := range parts {
			if !part.holds(u.created) {
				continue
			}
			if came[i] == nil {
				came[i] = map[int64]map[int64]bool{}
			}
			if came[i][n] == nil {
				came[i][n] = map[int64]bool{}
			}
			came[i][n][u.id] = true
			most = max(most, n)
		}
	}
	for _, u := range a.books.users {
		put(u, 0)
	}
	for _, e := range a.books.events {
		if u := a.books.users[e.user]; e.at >= u.created+week {
			put(u, (e.at-u.created)/week)
		}
	}
	want := numbers{}
	// A column is there when the youngest of the first cohort have begun it.
	columns := int(most)
	for columns > 0 && !dayAfter(starts[0], 7*columns+7).Before(questionsNow) {
		columns--
	}
	var rows [][]string
	var sizes float64
	returned, of := make([]float64, columns+1), make([]float64, columns+1)
	for i, start := range starts {
		size := float64(len(came[i][0]))
		sizes += size
		row := []string{render.Exact(plainCount, size)}
		for n := range columns + 1 {
			// Week n of the youngest begins n weeks after the cohort ended.
			begins, ends := start, dayAfter(start, 7)
			if n > 0 {
				begins, ends = dayAfter(start, 7*n+7), dayAfter(start, 7*n+14)
			}
			if !begins.Before(questionsNow) {
				if n > 0 {
					row = append(row, "")
				}
				continue
			}
			v := float64(len(came[i][int64(n)]))
			want.set(t, v, "", start.Format(time.RFC3339), fmt.Sprint(n))
			so := " so far"
			if !ends.After(questionsNow) {
				returned[n], of[n], so = returned[n]+v, of[n]+size, ""
			}
			if n > 0 {
				row = append(row, render.Exact(plainShare, v/size)+so)
			}
		}
		rows = append(rows, row)
	}
	want.compare(t, numbersOf(t, got.Result))
	average := []string{render.Exact(insight.Format{Kind: insight.FormatNumber}, sizes/float64(len(starts)))}
	for n := 1; n <= columns; n++ {
		average = append(average, render.Exact(plainShare, returned[n]/of[n]))
	}
	compareGrid(t, got.Insight, got.Result, append(rows, average))
	last := columns
	for of[last] == 0 {
		last--
	}
	says(t, got.Finding, render.Short(plainShare, returned[1]/of[1])+" came back after 1 week")
	says(t, got.Finding, fmt.Sprintf("%s after %d weeks", render.Short(plainShare, returned[last]/of[last]), last))
}

func (a *auditor) checkHistogram(t *testing.T) {
	october, september := a.days("2026-10-01", "2026-11-01"), a.days("2026-09-01", "2026-10-01")
	got := a.ask(t, "file-sizes", chat.Args{"period": "October", "filter": "plan:is:Pro,Team", "compare": "previous"}, october, september)
	want, counts, all := numbers{}, map[string]map[int64]float64{}, map[string]float64{}
	sides(october, september, func(side string, s span) {
		counts[side] = map[int64]float64{}
		for _, e := range a.books.events {
			plan := a.books.accounts[e.account].plan
			if e.name != "file_uploaded" || !s.holds(e.at) || plan != "Pro" && plan != "Team" || e.bytes.Int64 <= 0 {
				continue
			}
			from := int64(32 << 10) // of 32 KiB to 1 GiB, the powers of two
			for from < 1<<30 && e.bytes.Int64 >= 2*from {
				from *= 2
			}
			counts[side][from]++
			all[side]++
		}
		for from, n := range counts[side] {
			want.set(t, n, side, fmt.Sprint(float64(from)))
		}
	})
	want.compare(t, numbersOf(t, got.Result))
	var rows [][]string
	bins := slices.Sorted(maps.Keys(counts["now"]))
	fullest := 0
	for i, from := range bins {
		to := "and more"
		if i < len(bins)-1 {
			to = render.Exact(got.Insight.Format, float64(bins[i+1]))
		}
		n, before := counts["now"][from], render.NoValue
		if v, ok := counts["then"][from]; ok {
			before = render.Exact(plainCount, v)
		}
		rows = append(rows, []string{render.Exact(got.Insight.Format, float64(from)), to, render.Exact(plainCount, n), share(n / all["now"]), before})
		if n > counts["now"][bins[fullest]] {
			fullest = i
		}
	}
	compareGrid(t, got.Insight, got.Result, rows)
	says(t, got.Finding, render.Short(plainCount, all["now"])+" in all")
	says(t, got.Finding, "most often "+render.Short(got.Insight.Format, float64(bins[fullest]))+" to "+
		render.Short(got.Insight.Format, float64(bins[fullest+1]))+" ("+render.Short(plainShare, counts["now"][bins[fullest]]/all["now"])+")")
}

func (a *auditor) checkStickiness(t *testing.T) {
	october, september := a.days("2026-10-01", "2026-11-01"), a.days("2026-09-01", "2026-10-01")
	got := a.ask(t, "stickiness", chat.Args{"period": "last month", "by": "plan", "compare": "previous"}, october, september)
	want := numbers{}
	people, total := map[string]map[int]float64{}, map[string]float64{} // those of October, by plan
	longest := 0
	sides(october, september, func(side string, s span) {
		days := map[string]map[int64]map[string]bool{}
		for _, e := range a.books.events {
			if !s.holds(e.at) {
				continue
			}
			plan := a.books.accounts[e.account].plan
			if days[plan] == nil {
				days[plan] = map[int64]map[string]bool{}
			}
			if days[plan][e.user] == nil {
				days[plan][e.user] = map[string]bool{}
			}
			days[plan][e.user][time.Unix(e.at, 0).In(a.zone).Format(time.DateOnly)] = true
		}
		most, counts := 0, map[string]map[int]float64{}
		for plan, users := range days {
			counts[plan] = map[int]float64{}
			for _, on := range users {
				counts[plan][len(on)]++
				most = max(most, len(on))
			}
		}
		for plan, users := range days {
			want.set(t, float64(len(users)), side, plan, "total")
			for n := 1; n <= most; n++ {
				want.set(t, counts[plan][n], side, plan, fmt.Sprint(n))
			}
			if side == "now" {
				total[plan] = float64(len(users))
			}
		}
		if side == "now" {
			people, longest = counts, most
		}
	})
	want.compare(t, numbersOf(t, got.Result))
	plans := slices.SortedFunc(maps.Keys(total), func(x, y string) int { return cmp.Compare(total[y], total[x]) })
	var rows [][]string
	for n := 1; n <= longest; n++ {
		row := []string{fmt.Sprint(n)}
		for _, plan := range plans {
			row = append(row, render.Exact(plainCount, people[plan][n]), render.Exact(plainShare, people[plan][n]/total[plan]))
		}
		rows = append(rows, row)
	}
	compareGrid(t, got.Insight, got.Result, rows)
	top := 1
	for n := range longest + 1 {
		if people[plans[0]][n] > people[plans[0]][top] {
			top = n
		}
	}
	says(t, got.Finding, fmt.Sprintf("most often on %d day (%s of %s users)", top,
		render.Short(plainShare, people[plans[0]][top]/total[plans[0]]), render.Short(plainCount, total[plans[0]])))
}

func (a *auditor) checkTopCustomers(t *testing.T) {
	october := a.days("2026-10-01", "2026-11-01")
	got := a.ask(t, "top-customers", chat.Args{"period": "October", "filter": "country:is:DE,US"}, october, span{})
	cents := map[int64]int64{}
	for _, p := range a.books.payments {
		country := a.books.accounts[p.account].country
		if october.holds(p.at) && p.kind != "failed" && (country == "DE" || country == "US") {
			cents[p.account] += p.cents
		}
	}
	order := slices.SortedFunc(maps.Keys(cents), func(x, y int64) int { return cmp.Or(cmp.Compare(cents[y], cents[x]), cmp.Compare(x, y)) })
	want := numbers{}
	var rows [][]string
	for i, id := range order[:min(40, len(order))] {
		want.set(t, float64(cents[id])/100, fmt.Sprint(i+1), "revenue_eur")
		rows = append(rows, []string{render.Exact(plainCount, float64(cents[id])/100)})
		if name := got.Result.Table.Rows[i][0].Text; name != a.books.accounts[id].name {
			t.Errorf("row %d is %s, computed %s", i+1, name, a.books.accounts[id].name)
		}
	}
	want.compare(t, numbersOf(t, got.Result))
	compareGrid(t, got.Insight, got.Result, rows)
	says(t, got.Finding, a.books.accounts[order[0]].name+" ("+render.Exact(plainCount, float64(cents[order[0]])/100)+")")
}
