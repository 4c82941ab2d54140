package handlers

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
	"insightbot/match"
)

// chartCSV asks for the answer as a file instead of a picture.
const chartCSV = "csv"

// maxQuestion is how long a question may be, in bytes.
const maxQuestion = 4000

// ask is the command: it answers and says so in parts.
func (b *Bot) ask(ctx context.Context, v *visit) (*chat.Reply, error) {
	// "help" typed as a question means the command, on every platform.
	if c, args, ok := b.typedCommand(v.Call.Args); ok {
		v.Request = v.WithCall(chat.Call{Command: c.Name, Args: args})
		return c.run(ctx, b, v)
	}
	a := b.answer(ctx, v)
	if a.Outcome == chat.OutcomeClosed {
		return b.withMeant(v, v.closed(ctx)), nil
	}
	reply, err := b.reply(v, a)
	if err != nil {
		return nil, err
	}
	reply.Outcome = a.Outcome
	if a.Outcome == chat.OutcomeNone {
		reply = b.withMeant(v, reply)
	}
	return reply, nil
}

// Ask answers a question, or a button below an answer, without drawing it.
// What did not work is logged, and what a person must be told of it is in the
// Answer.
func (b *Bot) Ask(ctx context.Context, r *chat.Request) Answer {
	v, err := b.visit(ctx, r)
	if err != nil {
		failure := failureFor(err)
		b.config.Log.ErrorContext(ctx, "no rules, so no answer", "ref", r.Ref, "error", err)
		return Answer{Outcome: chat.OutcomeFailed, Failure: &failure}
	}
	a := b.answer(ctx, v)
	v.wait(ctx)
	return a
}

// answer answers a question and keeps it in the ask log.
func (b *Bot) answer(ctx context.Context, v *visit) Answer {
	began := b.config.Now()
	a := Answer{Outcome: chat.OutcomeClosed, Question: v.Call.Args[argQuestion]}
	if b.holdsCode(a.Question) {
		// A code that was mistyped as a question must not lie in the ask log.
		return Answer{Outcome: chat.OutcomeNone, Notice: "To become the first admin, say the word claim and then the code alone."}
	}
	if v.shut() {
		v.noteClosed(ctx)
	} else {
		a = b.resolve(ctx, v)
	}
	if a.Outcome == chat.OutcomeAnswer {
		b.run(ctx, v, &a)
	}
	// A question that ran out of time is one to learn from, so it is logged
	// beyond the end of its context.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), logLimit)
	defer cancel()
	err := b.config.Asks.RecordAsk(ctx, chat.Ask{
		Ref: v.Ref, At: began,
		Platform: v.Place.Platform, Workspace: v.Place.Workspace, Channel: v.Place.Channel,
		User: v.person(), Question: typed(v.Call.Args), Outcome: a.Outcome, Insight: a.Insight.ID, Confidence: a.Confidence,
		Took: b.config.Now().Sub(began),
	})
	if err == nil && !v.audience.Direct {
		err = b.config.Asks.SawPlace(ctx, v.Place, began)
	}
	if err != nil {
		// An answer is worth more than its place in the log.
		b.config.Log.WarnContext(ctx, "a question could not be logged", "ref", v.Ref, "error", err)
	}
	return a
}

// typed is the question of a call that somebody typed; "" for a pressed button,
// which asks nothing new.
func typed(args chat.Args) string {
	if args[argInsight] != "" && args[argRead] == "" {
		return ""
	}
	return args[argQuestion]
}

// resolve finds out which insight is meant and what is asked of it.
func (b *Bot) resolve(ctx context.Context, v *visit) Answer {
	args, shelf := v.Call.Args, v.shelf
	question := strings.TrimSpace(args[argQuestion])
	if len(question) > maxQuestion {
		return Answer{Outcome: chat.OutcomeNone, Notice: "This question is too long to read. Ask it in one or two sentences."}
	}
	if id := args[argInsight]; id != "" {
		in, ok := v.reach(ctx, id)
		if !ok {
			return Answer{Outcome: chat.OutcomeNone, Question: args[argQuestion], Notice: "There is no such insight, or not any more."}
		}
		return b.resolveChosen(v, args, in)
	}
	if question == "" {
		return Answer{Outcome: chat.OutcomeNone, Notice: "Ask me something, for example: " + v.example()}
	}
	reading := match.Read(question, shelf.words, b.clock())
	if a, ok := b.resolveFollowUp(v, reading); ok {
		return a
	}
	hits := shelf.index.Rank(reading, rankLimit)
	hits = slices.DeleteFunc(hits, func(h match.Hit) bool { return isListed(args[argNot], h.Insight.ID) })
	d := match.Decide(hits)
	a := Answer{Question: question, Reading: reading, Confidence: d.Confidence, Reason: d.Reason, Hits: d.Hits}
	switch d.Outcome {
	case match.Answer:
		a = b.resolveChosen(v, v.Call.With(argRead, "yes").Args, d.Hits[0].Insight)
		a.Confidence, a.Why, a.Alternatives = d.Confidence, d.Hits[0].Why, others(hits, d.Hits[0].Insight.ID)
	case match.Choose:
		a.Outcome = chat.OutcomeChoose
	default:
		a.Outcome = chat.OutcomeNone
	}
	return a
}

// logLimit is how long the ask log may take: an answer waits for it.
const logLimit = 5 * time.Second

// rankLimit is how many candidates are ranked: enough for a menu of four after
// some were ruled out.
const rankLimit = 12

// resolveChosen is for buttons, links and callers that name the insight.
func (b *Bot) resolveChosen(v *visit, args chat.Args, in insight.Insight) Answer {
	clock := b.clockFor(in)
	a := Answer{Outcome: chat.OutcomeAnswer, Question: args[argQuestion], Insight: in, Confidence: 1, Why: "you chose it", CSV: args[argChart] == chartCSV}
	reading, err := readState(args, in, clock)
	if err != nil {
		return Answer{Outcome: chat.OutcomeNone, Question: a.Question, Notice: "I could not read that: " + err.Error() + "."}
	}
	if args[argRead] != "" {
		// A menu was shown for a question that is still to be read.
		reading = change(match.Read(a.Question, v.shelf.words, clock), reading)
	}
	a.fit(reading, clock)
	return a
}

// run runs the insight under the terms of where the answer goes, and puts it
// into words.
func (b *Bot) run(ctx context.Context, v *visit, a *Answer) {
	a.Decision = v.decide(a.Insight)
	terms := a.Decision.Terms
	a.Query.Attributes, a.Query.Masks, a.Query.MinGroup, a.Query.Unbounded = terms.Attributes, terms.Masks, terms.MinGroup, terms.Unbounded
	if a.CSV && !terms.Can(access.AbilityExport) {
		a.CSV, a.Reading.Chart = false, insight.ChartTable
		a.Caveats = append(a.Caveats, "You may read this, but not take it away as a file. An admin can allow it.")
		v.note(ctx, access.ActionDenied, "insight:"+a.Insight.ID, string(access.ReasonAbility))
	}
	result, err := b.config.Catalogue.Run(insight.WithTag(ctx, v.tag(a.Insight)), a.Insight, a.Query)
	if err != nil {
		failure := failureFor(err)
		a.Outcome, a.Failure = chat.OutcomeFailed, &failure
		b.config.Log.ErrorContext(ctx, "an insight failed", "ref", v.Ref, "insight", a.Insight.ID, "error", err)
		return
	}
	a.Result, a.Outdated = result, v.outdated(a.Insight)
	a.describe(b.config.Now())
	v.noteShown(ctx, a)
	if a.CSV {
		v.note(ctx, access.ActionExport, "insight:"+a.Insight.ID, string(a.Decision.Where))
	}
	if a.Decision.Reason == access.ReasonOnlyPerson {
		v.note(ctx, access.ActionPrivate, "insight:"+a.Insight.ID, v.channel())
	}
}

// others are the ids ranked beside the one that answers, best first.
func others(hits []match.Hit, id string) []string {
	var ids []string
	for _, h := range hits {
		if h.Insight.ID != id && len(ids) < 3 {
			ids = append(ids, h.Insight.ID)
		}
	}
	return ids
}

// splitSeq yields the parts of a list; nothing for "".
func splitSeq(s, sep string) iter.Seq[string] {
	if s == "" {
		return func(func(string) bool) {}
	}
	return strings.SplitSeq(s, sep)
}

// isListed reports whether id is in a comma-separated list.
func isListed(list, id string) bool {
	for s := range splitSeq(list, ",") {
		if s == id {
			return true
		}
	}
	return false
}
