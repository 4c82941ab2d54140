package handlers

import (
	"context"
	"fmt"
	"slices"
	"time"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
	"insightbot/match"
	"insightbot/text"
)

// visit is one request with what its audience may see. It is the gate: every
// command gets its insights from here, already filtered, and the reply becomes
// private when it names one that the place may not see.
type visit struct {
	*chat.Request
	bot      *Bot
	rules    access.Rules
	audience access.Audience
	stock    *stock
	shelf    *shelf

	// private is set when something was named that only the asker may see.
	private bool
	// missed is set when something was reached for that is not there, or not
	// for them: the two are answered after the same time.
	missed bool
	began  time.Time
}

// visit decides who the audience is, from rules and facts of this moment.
// Where the rules cannot be read nothing is answered.
func (b *Bot) visit(ctx context.Context, r *chat.Request) (*visit, error) {
	rules, err := b.config.Rules.Rules(ctx, r.User, r.Place)
	if err != nil {
		return nil, fmt.Errorf("handlers: access rules: %w", err)
	}
	v := &visit{Request: r, bot: b, rules: rules, began: time.Now()}
	if r.Clock {
		v.audience = rules.Posting(r.User, r.Place)
	} else {
		v.audience = rules.Audience(r.User, r.Place)
	}
	v.stock, v.shelf = b.shelves.take(b.config, v.audience)
	return v, nil
}

// decide says where an insight may be told.
func (v *visit) decide(in insight.Insight) access.Decision { return v.audience.Decide(in) }

// mention marks that the reply names insights. One that the place may not see
// makes the whole reply private.
func (v *visit) mention(ins ...insight.Insight) {
	for _, in := range ins {
		if !v.tellsHere(in) {
			v.private = true
		}
	}
}

// mentionHits marks the insights of a menu.
func (v *visit) mentionHits(hits []match.Hit) {
	for _, h := range hits {
		v.mention(h.Insight)
	}
}

// here is what may be told where the reply can be read, without making it
// private; all of it where the asker alone reads.
func (v *visit) here() []insight.Insight {
	if v.audience.Direct {
		return v.shelf.insights
	}
	return slices.DeleteFunc(slices.Clone(v.shelf.insights), func(in insight.Insight) bool { return !v.tellsHere(in) })
}

// tellsHere reports whether an insight of the shelf may be told without making
// the reply private.
func (v *visit) tellsHere(in insight.Insight) bool {
	return v.audience.Direct || v.decide(in).Where == access.Publicly
}

// reach looks up an insight that a button, a link or an id names. What is not
// there and what is not for them is answered, kept and timed alike.
func (v *visit) reach(ctx context.Context, id string) (insight.Insight, bool) {
	in, ok := v.shelf.find(id)
	if ok {
		return in, true
	}
	v.missed = true
	reason := "missing"
	if hidden, there := v.stock.index.Find(id); there {
		reason = string(v.decide(hidden).Reason)
	}
	subject := "insight"
	if insightID.MatchString(id) {
		subject += ":" + id // anything else could be a sentence, which is not kept there
	}
	v.note(ctx, access.ActionDenied, subject, reason)
	return insight.Insight{}, false
}

// outdated is why an insight should not be used any more, in its author's
// words. They name the newer one, so they are said only to who may see that
// one, and as privately.
func (v *visit) outdated(in insight.Insight) string {
	if in.Replaced.By == "" {
		return in.Replaced.Why
	}
	newer, ok := v.shelf.find(in.Replaced.By)
	if !ok || !v.audience.Direct && v.decide(newer).Where != v.decide(in).Where && v.decide(newer).Where != access.Publicly {
		return ""
	}
	return in.Replaced.Why
}

// maxSubject bounds what somebody typed on its way into the audit log.
const maxSubject = 200

// note writes a line into the audit log. An answer does not fail for it, as the
// store that could not take it fails loudly by itself.
func (v *visit) note(ctx context.Context, action access.Action, subject, detail string) {
	e := v.event(action)
	e.Subject, e.Detail = text.Truncate(text.Clean(subject), maxSubject, text.Bytes), text.Truncate(text.Clean(detail), maxSubject, text.Bytes)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), logLimit)
	defer cancel()
	if err := v.bot.config.Audit.RecordEvent(ctx, e); err != nil {
		v.bot.config.Log.ErrorContext(ctx, "the audit log could not be written", "ref", v.Ref, "action", action, "error", err)
	}
}

// event is a line of the audit log that still lacks its subject.
func (v *visit) event(action access.Action) access.Event {
	return access.Event{At: v.bot.config.Now(), Ref: v.Ref, Actor: v.actor(), Action: action}
}

// person is the keyed hash of who asked.
func (v *visit) person() string {
	return v.bot.config.Person(v.Place.Platform, v.Place.Workspace, v.User.ID)
}

// actor is who asked as the audit log knows them.
func (v *visit) actor() string {
	switch {
	case v.Clock:
		return access.ActorProgram
	case v.operator():
		return access.ActorOperator
	}
	return v.person()
}

// operator reports whether the command line asks.
func (v *visit) operator() bool {
	return slices.ContainsFunc(v.audience.Person, func(r access.Role) bool { return r.ID == access.RoleOperator })
}

// channel is the subject of audit lines about the place.
func (v *visit) channel() string {
	return "channel:" + v.Place.Platform + "/" + v.Place.Workspace + "/" + v.Place.Channel
}

// missTime is how long an answer takes at least when something was not found,
// so that its time does not tell whether it exists.
const missTime = 150 * time.Millisecond

// close finishes the reply.
func (v *visit) close(ctx context.Context, reply *chat.Reply) {
	reply.Ref = v.Ref
	for _, n := range reply.Notices {
		n.Reply.Ref = v.Ref
	}
	if v.private && !v.audience.Direct && !reply.Private {
		reply.Private = true
		reply.Parts = append(reply.Parts, chat.Text{Style: chat.Note, Text: "Only you see this: it names what not everybody who reads " + v.placeName() + " may see."})
	}
	v.wait(ctx)
}

// wait lets the time of a miss pass.
func (v *visit) wait(ctx context.Context) {
	if !v.missed {
		return
	}
	timer := time.NewTimer(missTime - time.Since(v.began))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// placeName is the place as people call it.
func (v *visit) placeName() string {
	if name := text.Clean(v.Place.Name); name != "" {
		return name
	}
	return "this channel"
}
