package handlers

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"insightbot/chat"
	"insightbot/match"
)

// chartCSV asks for the answer as a file instead of a picture.
const chartCSV = "csv"

// maxQuestion is how long a question may be, in bytes.
const maxQuestion = 4000

// ask is the command: it answers and says so in parts.
func (b *Bot) ask(ctx context.Context, r *chat.Request) (*chat.Reply, error) {
	// "help" typed as a question means the command, on every platform.
	for _, c := range b.commands {
		if c.ReadOnly && strings.EqualFold(strings.TrimSpace(r.Call.Args[argQuestion]), c.Name) && len(r.Call.Args) == 1 {
			return c.run(ctx, b, r.WithCall(chat.Call{Command: c.Name}))
		}
	}
	a := b.Ask(ctx, r)
	reply, err := b.reply(r, a)
	if err != nil {
		return nil, err
	}
	reply.Outcome = a.Outcome
	return reply, nil
}

// Ask answers a question, or a button below an answer, without drawing it.
// What did not work is logged, and what a person must be told of it is in the
// Answer.
func (b *Bot) Ask(ctx context.Context, r *chat.Request) Answer {
	began := b.config.Now()
	a := b.resolve(r)
	if a.Outcome == chat.OutcomeAnswer {
		b.run(ctx, r, &a)
	}
	// A question that ran out of time is one to learn from, so it is logged
	// beyond the end of its context.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), logLimit)
	defer cancel()
	err := b.config.Asks.RecordAsk(ctx, chat.Ask{
		Ref: r.Ref, At: began,
		Platform: r.Place.Platform, Workspace: r.Place.Workspace, Channel: r.Place.Channel,
		User:     b.config.Person(r.Place.Platform, r.Place.Workspace, r.User.ID),
		Question: typed(r.Call.Args), Outcome: a.Outcome, Insight: a.Insight.ID, Confidence: a.Confidence,
		Took: b.config.Now().Sub(began),
	})
	if err != nil {
		// An answer is worth more than its place in the log.
		b.config.Log.WarnContext(ctx, "a question could not be logged", "ref", r.Ref, "error", err)
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
func (b *Bot) resolve(r *chat.Request) Answer {
	args, shelf := r.Call.Args, b.shelfFor(r)
	question := strings.TrimSpace(args[argQuestion])
	if len(question) > maxQuestion {
		return Answer{Outcome: chat.OutcomeNone, Notice: "This question is too long to read. Ask it in one or two sentences."}
	}
	if id := args[argInsight]; id != "" {
		return b.resolveChosen(r, shelf, id)
	}
	if question == "" {
		return Answer{Outcome: chat.OutcomeNone, Notice: "Ask me something, for example: " + example(shelf)}
	}
	reading := match.Read(question, shelf.words, b.clock())
	if a, ok := b.resolveFollowUp(r, shelf, reading); ok {
		return a
	}
	hits := shelf.index.Rank(reading, rankLimit)
	hits = slices.DeleteFunc(hits, func(h match.Hit) bool { return isListed(args[argNot], h.Insight.ID) })
	d := match.Decide(hits)
	a := Answer{Question: question, Reading: reading, Confidence: d.Confidence, Reason: d.Reason, Hits: d.Hits}
	switch d.Outcome {
	case match.Answer:
		chosen := r.WithCall(r.Call.With(argRead, "yes"))
		a = b.resolveChosen(chosen, shelf, d.Hits[0].Insight.ID)
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
func (b *Bot) resolveChosen(r *chat.Request, s *shelf, id string) Answer {
	in, ok := s.find(id)
	if !ok {
		return Answer{Outcome: chat.OutcomeNone, Question: r.Call.Args[argQuestion], Notice: "There is no such insight, or not any more."}
	}
	args, clock := r.Call.Args, b.clockFor(in)
	a := Answer{Outcome: chat.OutcomeAnswer, Question: args[argQuestion], Insight: in, Confidence: 1, Why: "you chose it", CSV: args[argChart] == chartCSV}
	reading, err := readState(args, in, clock)
	if err != nil {
		return Answer{Outcome: chat.OutcomeNone, Question: a.Question, Notice: "I could not read that: " + err.Error() + "."}
	}
	if args[argRead] != "" {
		// A menu was shown for a question that is still to be read.
		reading = change(match.Read(a.Question, s.words, clock), reading)
	}
	a.fit(reading, clock)
	return a
}

// run runs the insight and puts the answer into words.
func (b *Bot) run(ctx context.Context, r *chat.Request, a *Answer) {
	result, err := b.config.Catalogue.Run(ctx, a.Insight, a.Query)
	if err != nil {
		failure := failureFor(err)
		a.Outcome, a.Failure = chat.OutcomeFailed, &failure
		b.config.Log.ErrorContext(ctx, "an insight failed", "ref", r.Ref, "insight", a.Insight.ID, "error", err)
		return
	}
	a.Result = result
	a.describe(b.config.Now())
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
