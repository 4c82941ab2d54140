package main

import (
	"fmt"
	"math"
	"slices"

	"insightbot/chat"
	"insightbot/insight"
	"insightbot/render"
)

// trend is an answer in series or totals, and how to compute it.
type trend struct {
	name, insight string
	args          chat.Args
	now, then     span
	ledger        ledger
	entries       func(b *books) []entry
	// groups is how many there must be at least.
	groups int
	// parts: the groups are parts of a whole, so that a table has their shares.
	parts bool
	// say gives what the finding must say.
	say func(in insight.Insight, r insight.Result, now, then []figures) []string
}

// trends are the questions; every one has a trap of its own.
func (a *auditor) trends() []trend {
	october, september := a.days("2026-10-01", "2026-11-01"), a.days("2026-09-01", "2026-10-01")
	summer, summerBefore := a.days("2026-07-01", "2026-10-01"), a.days("2025-07-01", "2025-10-01")
	spring := a.days("2026-04-01", "2026-07-01")
	lastWeek, weekBefore := a.days("2026-11-16", "2026-11-23"), a.days("2026-11-09", "2026-11-16")
	count := ledger{measure: counted, adds: true}
	by := func(l ledger, grain string) ledger { l.grain = grain; return l }
	return []trend{
		{
			// The clocks go back in October: one day has 25 hours.
			name: "sign-ups by day", insight: "signups",
			args: chat.Args{"period": "October", "grain": "day", "compare": "previous"},
			now:  october, then: september, ledger: by(count, "day"), entries: signups(nobody), groups: 1, say: sayOne,
		},
		{
			name: "sign-ups of a month that still runs", insight: "signups",
			args: chat.Args{"period": "this month", "grain": "day"},
			now:  a.days("2026-11-01", "2026-11-26"), then: a.upToNow("2026-10-01", "2026-10-25"),
			ledger: by(count, "day"), entries: signups(nobody), groups: 1, say: sayOne,
		},
		{
			name: "sign-ups by country", insight: "signups",
			args: chat.Args{"period": "last week", "by": "country", "compare": "previous"},
			now:  lastWeek, then: weekBefore, ledger: count, parts: true, groups: 13, say: sayParts,
			entries: signups(func(a accountRow) string { return a.country }),
		},
		{
			// Nobody knows the language of some; leaving out German keeps them, as a
			// fourteenth group, “None”.
			name: "sign-ups by language without German", insight: "signups",
			args: chat.Args{"period": "October", "by": "language", "filter": "language:is_not:German", "compare": "previous"},
			now:  october, then: september, ledger: count, parts: true, groups: 14, say: sayParts,
			entries: func(b *books) []entry {
				return slices.DeleteFunc(signups(func(a accountRow) string { return a.language })(b),
					func(f entry) bool { return f.group == "German" })
			},
		},
		{
			// Of some it is not known what ended them: NULL is no upgrade.
			name: "subscriptions that ended without an upgrade", insight: "subscription-changes",
			args: chat.Args{"period": "last quarter", "by": "movement", "grain": "month", "filter": "movement:is_not:upgrade", "compare": "previous"},
			now:  summer, then: spring, ledger: by(count, "month"), groups: 3, say: sayParts,
			entries: func(b *books) (all []entry) {
				for _, p := range b.subscriptions {
					if p.ended.Valid && p.endedBy.String != "upgrade" {
						all = append(all, entry{at: p.ended.Int64, group: p.endedBy.String})
					}
				}
				return all
			},
		},
		{
			// A hundred groups, of which most are “Other”.
			name: "sign-ups by country and industry", insight: "signups",
			args: chat.Args{"period": "October", "by": "country,industry", "compare": "previous"},
			now:  october, then: september, ledger: count, parts: true, groups: 26, say: sayParts,
			entries: signups(func(a accountRow) string { return a.country + "\x1f" + a.industry }),
		},
		{
			name: "weekly active users", insight: "weekly-active-users",
			args: chat.Args{"period": "31 August to 22 November 2026", "grain": "week", "compare": "previous"},
			now:  a.days("2026-08-31", "2026-11-23"), then: a.days("2026-06-08", "2026-08-31"),
			ledger: ledger{grain: "week", measure: distinct, total: meanOf}, groups: 1, say: sayOne,
			entries: func(b *books) (all []entry) {
				for _, e := range b.events {
					all = append(all, entry{at: e.at, who: e.user})
				}
				return all
			},
		},
		{
			// Acme is American, uploads most and stands in the description.
			name: "uploads of the United States without Acme", insight: "uploads",
			args: chat.Args{"period": "last 30 days", "grain": "day", "filter": "country:is:US;account:is_not:Acme"},
			now:  a.days("2026-10-26", "2026-11-25"), then: a.days("2026-09-26", "2026-10-26"),
			ledger: by(count, "day"), groups: 1, say: sayOne,
			entries: uploads(func(_ eventRow, a accountRow) (string, bool) { return "", a.country == "US" && a.name != "Acme" }),
		},
		{
			// Thousands of accounts, over time and with those of the week before.
			name: "uploads by account", insight: "uploads",
			args: chat.Args{"period": "last week", "by": "account", "grain": "day", "compare": "previous"},
			now:  lastWeek, then: weekBefore, ledger: by(count, "day"), groups: 26, say: sayParts,
			entries: uploads(func(_ eventRow, a accountRow) (string, bool) { return a.name, true }),
		},
		{
			// On that Sunday 02:00 to 03:00 happens twice.
			name: "uploads by hour on the day the clocks go back", insight: "uploads",
			args: chat.Args{"period": "25 October 2026", "grain": "hour", "compare": "previous"},
			now:  a.days("2026-10-25", "2026-10-26"), then: a.days("2026-10-24", "2026-10-25"),
			ledger: by(count, "hour"), groups: 1, say: sayOne,
			entries: uploads(func(eventRow, accountRow) (string, bool) { return "", true }),
		},
		{
			name: "median of uploads by plan", insight: "median-uploads",
			args: chat.Args{"period": "last quarter", "by": "plan", "compare": "previous"},
			now:  summer, then: spring, ledger: ledger{measure: medianEach}, groups: 4, say: sayExtremes,
			entries: uploads(func(_ eventRow, a accountRow) (string, bool) { return a.plan, true }),
		},
		{
			name: "median of uploads by week", insight: "median-uploads",
			args: chat.Args{"period": "October", "grain": "week", "compare": "previous"},
			now:  october, then: september, ledger: ledger{grain: "week", measure: medianEach}, groups: 1, say: sayOne,
			entries: uploads(func(eventRow, accountRow) (string, bool) { return "", true }),
		},
		{
			name: "revenue by plan and month against a year ago", insight: "revenue-by-plan",
			args: chat.Args{"period": "last quarter", "grain": "month", "by": "plan", "compare": "year"},
			now:  summer, then: summerBefore, ledger: ledger{grain: "month", measure: summed, adds: true}, groups: 3, say: sayParts,
			entries: func(b *books) (all []entry) {
				for _, p := range b.payments {
					if p.kind != "failed" { // no money moved
						all = append(all, entry{at: p.at, group: p.plan, value: float64(p.cents) / 100})
					}
				}
				return all
			},
		},
		{
			// The value of a quarter is that of its last month.
			name: "MRR by plan and month", insight: "mrr",
			args: chat.Args{"period": "last quarter", "grain": "month", "by": "plan", "compare": "previous"},
			now:  summer, then: spring, ledger: ledger{grain: "month", measure: running, total: lastOf}, groups: 3, say: sayParts,
			entries: payingDays(span{spring.from, summer.to}, func(p subscriptionRow, _ span) entry {
				return entry{group: p.plan, value: float64(p.cents) / 100}
			}),
		},
		{
			name: "churn by month", insight: "churn-rate",
			args: chat.Args{"period": "last quarter", "grain": "month", "compare": "year"},
			now:  summer, then: summerBefore, ledger: ledger{grain: "month", measure: perDay}, groups: 1, say: sayOne,
			entries: payingDays(span{summerBefore.from, summer.to}, cancelled),
		},
		{
			name: "churn by plan", insight: "churn-rate",
			args: chat.Args{"period": "last quarter", "by": "plan", "compare": "previous"},
			now:  summer, then: spring, ledger: ledger{measure: perDay}, groups: 3, say: sayExtremes,
			entries: payingDays(span{summerBefore.from, summer.to}, func(p subscriptionRow, today span) entry {
				e := cancelled(p, today)
				e.group = p.plan
				return e
			}),
		},
		{
			// October cuts a week in two at either end.
			name: "activation by week", insight: "activation-rate",
			args: chat.Args{"period": "October", "grain": "week", "compare": "previous"},
			now:  october, then: september, ledger: ledger{grain: "week", measure: shared}, groups: 1, say: sayOne,
			entries: activations,
		},
		{
			name: "errors by hour on the day of the outage", insight: "error-rate",
			args: chat.Args{"period": "13 August 2026", "grain": "hour", "compare": "previous"},
			now:  a.days("2026-08-13", "2026-08-14"), then: a.days("2026-08-12", "2026-08-13"),
			ledger: ledger{grain: "hour", measure: shared}, groups: 1, say: sayOne,
			entries: serviceHours(func(h hourRow) entry { return entry{value: float64(h.errors), of: float64(h.requests)} }),
		},
		{
			name: "uptime by service in the month of the outage", insight: "uptime",
			args: chat.Args{"period": "August", "by": "service", "compare": "previous"},
			now:  a.days("2026-08-01", "2026-09-01"), then: a.days("2026-07-01", "2026-08-01"),
			ledger: ledger{measure: shared}, groups: 3, say: sayExtremes,
			entries: serviceHours(func(h hourRow) entry {
				return entry{group: h.service, value: float64(3600 - h.down), of: 3600}
			}),
		},
	}
}

func nobody(accountRow) string { return "" }

// signups is an entry for each account, in the group that it is given.
func signups(group func(accountRow) string) func(*books) []entry {
	return func(b *books) (all []entry) {
		for _, a := range b.accounts {
			all = append(all, entry{at: a.created, group: group(a)})
		}
		return all
	}
}

// uploads is an entry for each uploaded file of the accounts that are kept.
func uploads(group func(eventRow, accountRow) (key string, keep bool)) func(*books) []entry {
	return func(b *books) (all []entry) {
		for _, e := range b.events {
			if e.name != "file_uploaded" {
				continue
			}
			if key, keep := group(e, b.accounts[e.account]); keep {
				all = append(all, entry{at: e.at, group: key, who: e.account})
			}
		}
		return all
	}
}

// payingDays is an entry for each day on which an account pays.
func payingDays(s span, of func(p subscriptionRow, today span) entry) func(*books) []entry {
	return func(b *books) (all []entry) {
		for day := s.from; day.Before(s.to); day = dayAfter(day, 1) {
			for _, p := range b.subscriptions {
				if p.started < day.Unix() && (!p.ended.Valid || p.ended.Int64 >= day.Unix()) {
					e := of(p, span{day, dayAfter(day, 1)})
					e.at = day.Unix()
					all = append(all, e)
				}
			}
		}
		return all
	}
}

// cancelled weighs the days on which an account cancels against all.
func cancelled(p subscriptionRow, today span) entry {
	e := entry{of: 1}
	if p.ended.Valid && today.holds(p.ended.Int64) && p.endedBy.String == "churn" {
		e.value = 1
	}
	return e
}

// activations is an entry for each account, which weighs one if it uploaded
// something within seven days.
func activations(b *books) (all []entry) {
	first := map[int64]int64{}
	for _, e := range b.events {
		if at, ok := first[e.account]; e.name == "file_uploaded" && (!ok || e.at < at) {
			first[e.account] = e.at
		}
	}
	for _, a := range b.accounts {
		f := entry{at: a.created, of: 1}
		if at, ok := first[a.id]; ok && at-a.created < 7*24*60*60 {
			f.value = 1
		}
		all = append(all, f)
	}
	return all
}

// serviceHours is an entry for each hour of each service.
func serviceHours(of func(hourRow) entry) func(*books) []entry {
	return func(b *books) (all []entry) {
		for _, h := range b.hours {
			f := of(h)
			f.at = h.at
			all = append(all, f)
		}
		return all
	}
}

// sayOne expects the value of the only series and how it changed.
func sayOne(in insight.Insight, r insight.Result, now, then []figures) []string {
	return sayChange(in.Format, now[0].total, then[0].total)
}

func sayChange(f insight.Format, now, then float64) []string {
	return []string{render.Short(f, now), changeWords(f, now, then)}
}

// sayParts expects the sum of the groups, how it changed, and the group that
// moved most in the same direction.
func sayParts(in insight.Insight, r insight.Result, now, then []figures) []string {
	var sum, before float64
	for _, f := range now {
		sum += f.total
	}
	for _, f := range then {
		before += f.total
	}
	words := sayChange(in.Format, sum, before)
	var mover figures
	most, sign := 0.0, math.Copysign(1, sum-before)
	for _, f := range now {
		if change := sign * (f.total - partner(f, then).total); f.key != insight.KeyOther && change > most {
			mover, most = f, change
		}
	}
	if most == 0 {
		return words
	}
	mark := "+"
	if sign < 0 {
		mark = "−"
	}
	return append(words, fmt.Sprintf("%s (%s%s to %s)", readable(in, r, mover.key), mark,
		render.Short(in.Format, most), render.Short(in.Format, mover.total)))
}

// sayExtremes expects the highest and the lowest group.
func sayExtremes(in insight.Insight, r insight.Result, now, then []figures) []string {
	high, low := now[0], now[len(now)-1]
	return []string{
		readable(in, r, high.key) + " (" + render.Short(in.Format, high.total) + ", " +
			changeWords(in.Format, high.total, partner(high, then).total),
		readable(in, r, low.key) + " (" + render.Short(in.Format, low.total) + ")",
	}
}
