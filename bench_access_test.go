package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
	"insightbot/match"
)

// The size of what BenchmarkVisit decides about.
const (
	benchRoles    = 10_000
	benchChannels = 10_000
	benchInsights = 100_000
	benchVisible  = 1_000
)

// benchCatalogue has ten insights for each tag.
func benchCatalogue() *shelfBooks {
	nouns := []string{"Orders", "Returns", "Visits", "Trips", "Tickets", "Invoices", "Parcels", "Exports", "Crashes", "Logins"}
	verbs := []string{"made", "lost", "won", "kept", "sent", "seen", "opened", "closed", "paid", "shared"}
	b := &shelfBooks{revision: 1}
	for i := range benchInsights {
		tag := i / (benchInsights / benchRoles)
		in := plainInsight(fmt.Sprintf("big/%06d", i), fmt.Sprintf("%s %s in region %d", nouns[i%10], verbs[i/10%10], i/100%1000), fmt.Sprintf("tag-%d", tag))
		b.ins = append(b.ins, in)
	}
	return b
}

// benchBusy is how many of the channels have a hundred roles; the others have
// one, so that the audit log of the first start is not a million lines.
const benchBusy = 40

// benchPolicy has roles that grant one tag each.
func benchPolicy() access.Policy {
	can := []access.Ability{access.AbilityAsk, access.AbilityExport}
	var p access.Policy
	for i := range benchRoles {
		p.Roles = append(p.Roles, access.Role{ID: fmt.Sprintf("role-%d", i), Tags: []string{fmt.Sprintf("tag-%d", i)}, Abilities: can})
	}
	const each = benchVisible / (benchInsights / benchRoles)
	for i := range benchChannels {
		c := access.Channel{Key: access.Key{Platform: "web", Workspace: walkSpace, ID: fmt.Sprintf("channel-%d", i)}}
		for j := range each {
			if i >= benchBusy && j > 0 {
				break
			}
			c.Roles = append(c.Roles, fmt.Sprintf("role-%d", (i*7+j*97)%benchRoles))
		}
		p.Channels = append(p.Channels, c)
	}
	p.SetMode("web", walkSpace, access.ModeChannel)
	return p
}

// BenchmarkVisit asks among 100,000 insights of which 1,000 may be seen, under
// 10,000 roles and as many channels, and then each part of that by itself. The
// shelf is warm, as it is for the second question in a channel; "cold" makes it
// anew for each.
func BenchmarkVisit(b *testing.B) {
	catalogue := benchCatalogue()
	w := newWorld(b, catalogue)
	by := access.Event{At: attackNow, Actor: access.ActorOperator, Action: access.ActionRule}
	if _, err := w.store.ChangePolicy(b.Context(), by, func(p *access.Policy) error { *p = benchPolicy(); return nil }); err != nil {
		b.Fatal(err)
	}
	u := chat.User{ID: "mia", Guest: chat.No, External: chat.No}
	place := func(i int) chat.Place {
		return chat.Place{Platform: "web", Workspace: walkSpace, Channel: fmt.Sprintf("channel-%d", i), Kind: chat.PlacePublic, Audience: chat.Audience{Shared: chat.No, Guests: chat.No}}
	}
	const question = "orders made in region"
	request := func(i int) *chat.Request {
		return &chat.Request{Ref: newRef(), Call: called("insights", "q", question), User: u, Place: place(i), At: attackNow}
	}
	if reply, err := w.bot.Answer(b.Context(), request(0)); err != nil || len(reply.Parts) < 2 {
		b.Fatalf("nothing is found: %+v, %v", reply, err)
	}
	measured(b, "warm", func(int) error {
		_, err := w.bot.Answer(b.Context(), request(0))
		return err
	})
	measured(b, "cold", func(i int) error {
		_, err := w.bot.Answer(b.Context(), request(1+i%(benchBusy-1)))
		return err
	})
	measured(b, "ask-with-log", func(int) error {
		r := request(0)
		r.Call = called("ask", "q", question)
		w.bot.Ask(b.Context(), r)
		return nil
	})

	rules, err := w.store.Rules(b.Context(), u, place(0))
	if err != nil {
		b.Fatal(err)
	}
	audience, index := rules.Audience(u, place(0)), access.NewIndex(catalogue.ins)
	visible := index.Visible(audience)
	if len(visible) != benchVisible {
		b.Fatalf("%d insights may be seen, want %d", len(visible), benchVisible)
	}
	shelf := make([]insight.Insight, len(visible))
	for i, at := range visible {
		shelf[i] = catalogue.ins[at]
	}
	words, ranked := match.NewVocabulary(shelf), match.NewIndex(shelf, match.Options{Now: attackNow})
	clock := match.Clock{Now: attackNow, Zone: time.UTC, WeekStart: time.Monday}
	measured(b, "part-rules", func(int) error {
		_, err := w.store.Rules(b.Context(), u, place(0))
		return err
	})
	measured(b, "part-filter", func(int) error { index.Visible(rules.Audience(u, place(0))); return nil })
	measured(b, "part-rank", func(int) error { ranked.Rank(match.Read(question, words, clock), 50); return nil })
	measured(b, "part-shelf", func(int) error {
		match.NewVocabulary(shelf)
		match.NewIndex(shelf, match.Options{Now: attackNow})
		return nil
	})
}

// measured runs a step and reports half and nearly all of its times.
func measured(b *testing.B, name string, step func(i int) error) {
	b.Run(name, func(b *testing.B) {
		var took []time.Duration
		for b.Loop() {
			began := time.Now()
			if err := step(len(took)); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		at := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000 }
		b.ReportMetric(at(.5), "p50-ms")
		b.ReportMetric(at(.99), "p99-ms")
	})
}
