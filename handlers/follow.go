package handlers

import (
	"slices"
	"strings"

	"insightbot/chat"
	"insightbot/insight"
	"insightbot/match"
)

// resolveFollowUp answers "and by country?" after another answer: a question
// that names no subject of its own changes the last one of its thread.
func (b *Bot) resolveFollowUp(v *visit, reading match.Reading) (Answer, bool) {
	id := v.Context.Args[argInsight]
	if id == "" || !namesNoSubject(reading) {
		return Answer{}, false
	}
	in, ok := v.shelf.find(id)
	if !ok {
		return Answer{}, false
	}
	clock := b.clockFor(in)
	before, err := readState(v.Context.Args, in, clock)
	if err != nil {
		return Answer{}, false
	}
	a := Answer{
		Outcome: chat.OutcomeAnswer, Question: reading.Text, Insight: in, Confidence: 1, Why: "it follows your last question",
		CSV: asksForFile(reading),
	}
	a.fit(change(before, match.Read(reading.Text, v.shelf.words, clock)), clock)
	return a, true
}

// change is the earlier reading with what the later one says put in its place.
func change(before, later match.Reading) match.Reading {
	r := before
	if later.Period != nil {
		r.Period = later.Period
		if later.Grain == insight.GrainNone && r.Grain != insight.GrainNone {
			r.Grain, r.OverTime = insight.GrainNone, true
		}
	}
	if later.Grain != insight.GrainNone {
		r.Grain = later.Grain
	}
	r.OverTime = r.OverTime || later.OverTime
	if later.Compare != insight.CompareNone {
		r.Compare, r.Against = later.Compare, later.Against
	}
	if len(later.Breakdowns) > 0 {
		r.Breakdowns = later.Breakdowns
	}
	if len(later.Filters) > 0 {
		r.Filters = later.Filters
	}
	r.Mentions = slices.Concat(r.Mentions, later.Mentions)
	if later.Chart != "" {
		r.Chart = later.Chart
	}
	return r
}

// namesNoSubject reports whether a reading says how, but not of what.
func namesNoSubject(r match.Reading) bool {
	said := len(r.Spans) > 0 || asksForFile(r)
	for _, t := range match.Tokens(r.Rest) {
		if !followWords[t.Text] && !fileWords[t.Text] {
			return false
		}
	}
	return said
}

// asksForFile reports whether a follow-up wants the numbers as a file.
func asksForFile(r match.Reading) bool {
	return slices.ContainsFunc(match.Tokens(r.Rest), func(t match.Token) bool { return fileWords[t.Text] })
}

// fileWords ask for the numbers as a file.
var fileWords = wordSet("csv download excel export file spreadsheet")

// followWords are the words between which a follow-up puts its wish.
var followWords = wordSet(`a about again also and as at but by can could do does for from give how i in instead is it just
	look like make me now of ok okay on only please same show split so that the then there these this to us vs what when
	with would you`)

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		set[w] = true
	}
	return set
}
