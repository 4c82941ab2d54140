package handlers

import (
	"context"
	"fmt"
	"strings"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
)

// explain says for an admin why somebody sees an insight somewhere, or not.
func (b *Bot) explain(ctx context.Context, v *visit) (*chat.Reply, error) {
	p, err := b.config.Keeper.Policy(ctx)
	if err != nil {
		return nil, err
	}
	wrong := wrongs{}
	reply := v.privately("Who sees what, and why")
	if isSet(v.Call.Args, argGo) {
		h, err := v.rehearse(ctx, p, wrong)
		if err != nil {
			return nil, err
		}
		in, ok := byName(v.stock.insights, v.Call.Args[argInsight])
		if !ok {
			wrong[argInsight] = "There is no insight of that id or title."
		}
		if len(wrong) == 0 {
			v.noteRehearsal(ctx, h, "explained "+in.ID)
			reply.Parts = append(reply.Parts, explained(h, in)...)
		}
	}
	f := form{args: v.Call.Args, wrong: wrong}
	if err := v.rehearsalFields(ctx, p, &f); err != nil {
		return nil, err
	}
	f.add(chat.Field{Name: argInsight, Label: "Insight", Help: "Its id or its title", Kind: chat.FieldText, Required: true})
	reply.Parts = append(reply.Parts, wrong.failed()...)
	reply.Parts = append(reply.Parts, chat.Form{Title: "Explain", Fields: f.fields, Submit: "Explain", Call: chat.Call{Command: "access-explain", Args: chat.Args{argGo: yes}}},
		chat.Link{Label: "Try a question instead", Call: chat.Call{Command: "access-simulate"}})
	return reply, nil
}

// failed is the sentence above a form of a page that came back.
func (w wrongs) failed() []chat.Part {
	if len(w) == 0 {
		return nil
	}
	return []chat.Part{chat.Text{Style: chat.Failure, Text: "That could not be worked out: look at what is marked."}}
}

// explained is a decision in words.
func explained(h rehearsal, in insight.Insight) []chat.Part {
	d := h.audience().Decide(in)
	parts := []chat.Part{lead(fmt.Sprintf("If %s asks for “%s” in %s:", h.who(), in.Title, h.where()))}
	return append(append(parts, sentences(d)...), h.known())
}

// sentences are a decision explained to an admin.
func sentences(d access.Decision) []chat.Part {
	var parts []chat.Part
	for _, s := range access.Explain(d) {
		parts = append(parts, chat.Text{Text: s})
	}
	return parts
}

// simulate says what a person would be answered somewhere. Nothing is run, so
// there is no number in it, and nothing is kept as a question.
func (b *Bot) simulate(ctx context.Context, v *visit) (*chat.Reply, error) {
	p, err := b.config.Keeper.Policy(ctx)
	if err != nil {
		return nil, err
	}
	wrong := wrongs{}
	reply := v.privately("What would they be answered?")
	if isSet(v.Call.Args, argGo) {
		h, err := v.rehearse(ctx, p, wrong)
		if err != nil {
			return nil, err
		}
		question := strings.TrimSpace(v.Call.Args[argQuestion])
		if question == "" || len(question) > maxQuestion {
			wrong[argQuestion] = "Write a question in one or two sentences."
		}
		if len(wrong) == 0 {
			v.noteRehearsal(ctx, h, "simulated a question")
			reply.Parts = append(reply.Parts, b.simulated(ctx, v, h, question)...)
		}
	}
	f := form{args: v.Call.Args, wrong: wrong}
	if err := v.rehearsalFields(ctx, p, &f); err != nil {
		return nil, err
	}
	f.add(chat.Field{Name: argQuestion, Label: "Question", Help: "As they would type it", Kind: chat.FieldText, Required: true})
	reply.Parts = append(reply.Parts, wrong.failed()...)
	reply.Parts = append(reply.Parts, chat.Form{Title: "Try a question", Fields: f.fields, Submit: "Try it", Call: chat.Call{Command: "access-simulate", Args: chat.Args{argGo: yes}}},
		chat.Link{Label: "Explain one insight instead", Call: chat.Call{Command: "access-explain"}})
	return reply, nil
}

// simulated resolves a question with the shelf of somebody else.
func (b *Bot) simulated(ctx context.Context, v *visit, h rehearsal, question string) []chat.Part {
	r := &chat.Request{Ref: v.Ref, Call: chat.Call{Command: "ask", Args: chat.Args{argQuestion: question}}, Place: h.place, User: h.user, At: v.At}
	sim := &visit{Request: r, bot: b, rules: h.rules, audience: h.audience(), began: v.began}
	sim.stock, sim.shelf = b.shelves.take(b.config, sim.audience)
	if sim.shut() {
		return []chat.Part{
			lead(fmt.Sprintf("%s can ask nothing in %s.", sentenceCase(h.who()), h.where())),
			chat.Text{Text: sim.closedReason().Sentence()},
			h.known(),
		}
	}
	a := b.resolve(ctx, sim)
	switch a.Outcome {
	case chat.OutcomeAnswer, chat.OutcomeRefused:
		d := sim.decide(a.Insight)
		verdict := fmt.Sprintf("It would be answered from “%s”.", a.Insight.Title)
		if a.Outcome == chat.OutcomeRefused {
			verdict = fmt.Sprintf("“%s” would be found, but it cannot take a part of the question.", a.Insight.Title)
		}
		return append(append([]chat.Part{lead(verdict)}, sentences(d)...), h.known())
	case chat.OutcomeChoose:
		parts := []chat.Part{lead("They would be asked which of these they mean.")}
		var items []chat.Item
		for _, hit := range a.Hits {
			items = append(items, chat.Item{Label: hit.Insight.Title, Text: "would be answered " + whereWords(sim.decide(hit.Insight), h.where())})
		}
		return append(parts, chat.Facts{Items: items}, h.known())
	default:
		return []chat.Part{
			lead("They would be told that no saved insight answers this."),
			chat.Facts{Items: []chat.Item{{Label: "Could ask there", Text: plural(len(sim.shelf.insights), "insight", "insights")}}},
			h.known(),
		}
	}
}
