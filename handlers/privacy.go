package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"insightbot/access"
	"insightbot/chat"
)

// keptDays is how long the ask log keeps what was asked.
const keptDays = 90

// argOut leaves somebody out of what colleagues are shown; "no" joins again.
const argOut = "out"

// someone reports whether there is a person behind the visit, as the clock and
// the command line are nobody that anything is kept of.
func (v *visit) someone() bool { return v.User.ID != "" && !v.Clock }

// privacy says what is kept of the asker, and what they can do about it.
func (b *Bot) privacy(ctx context.Context, v *visit) (*chat.Reply, error) {
	if !v.someone() {
		return v.privately("", lead("Nothing is kept of you.")), nil
	}
	kept, err := b.config.Privacy.PersonalData(ctx, access.PersonOf(v.User, v.Place))
	if err != nil {
		return nil, err
	}
	seen := chat.Choice{Label: "Leave me out of what colleagues see", Call: chat.Call{Command: "privacy-opt-out", Args: chat.Args{argOut: yes}}}
	shown := "What you ask counts, without your name, in what colleagues see is asked often."
	if kept.OptOut {
		seen = chat.Choice{Label: "Count me in again", Call: chat.Call{Command: "privacy-opt-out", Args: chat.Args{argOut: "no"}}}
		shown = "You are left out of what colleagues are shown of each other's use."
	}
	return v.privately(
		"What is kept of you",
		lead("This is all that I keep of you. No answer and no number is among it, and your name only where an admin gave you a role or you asked for access."),
		chat.Facts{Items: []chat.Item{
			{Label: "Questions", Text: fmt.Sprintf("%d, each deleted after %d days", len(kept.Asks), keptDays)},
			{Label: "Feedback", Text: fmt.Sprintf("%d, deleted with the question", len(kept.Feedback))},
			{Label: "Conversations", Text: fmt.Sprintf("what you asked last in %d, for follow-ups, and that %d answers are yours to take back", len(kept.Threads), len(kept.Posted))},
			{Label: "Requests for access", Text: fmt.Sprint(len(kept.Requests))},
			{Label: "Roles given to you", Text: fmt.Sprint(len(kept.Roles))},
			{Label: "Lines of the audit log", Text: fmt.Sprintf("%d; they know you by a number alone and cannot be changed", len(kept.Events))},
			{Label: "Colleagues", Text: shown},
		}},
		chat.Choices{Items: []chat.Choice{
			{Label: "Export my data", Call: chat.Call{Command: "privacy-export"}},
			{Label: "Erase my data", Call: chat.Call{Command: "privacy-erase"}},
			seen,
		}},
	), nil
}

// personalJSON is everything that is kept of one person, as they get it.
type personalJSON struct {
	Person   string         `json:"person"`
	OptOut   bool           `json:"left_out_of_statistics"`
	Roles    []string       `json:"roles"`
	Asks     []askJSON      `json:"questions"`
	Feedback []feedbackJSON `json:"feedback"`
	Requests []requestJSON  `json:"requests"`
	TracesJSON
	Events []eventJSON `json:"audit_log"`
}

type askJSON struct {
	At       time.Time    `json:"at"`
	Ref      string       `json:"ref"`
	Channel  string       `json:"channel"`
	Question string       `json:"question"`
	Outcome  chat.Outcome `json:"outcome"`
	Insight  string       `json:"insight"`
}

type feedbackJSON struct {
	At      time.Time `json:"at"`
	Ref     string    `json:"ref"`
	Insight string    `json:"insight"`
	Kind    string    `json:"kind"`
}

type requestJSON struct {
	At        time.Time           `json:"at"`
	Name      string              `json:"name"`
	Channel   string              `json:"channel"`
	State     access.RequestState `json:"state"`
	DecidedAt *time.Time          `json:"decided_at"`
}

type eventJSON struct {
	At      time.Time     `json:"at"`
	Ref     string        `json:"ref"`
	Action  access.Action `json:"action"`
	Subject string        `json:"subject"`
	Detail  string        `json:"detail"`
}

// exportData gives the asker everything that is kept of them as a file.
func (b *Bot) exportData(ctx context.Context, v *visit) (*chat.Reply, error) {
	if !v.someone() {
		return v.privately("", lead("Nothing is kept of you.")), nil
	}
	kept, err := b.config.Privacy.PersonalData(ctx, access.PersonOf(v.User, v.Place))
	if err != nil {
		return nil, err
	}
	data, err := json.MarshalIndent(personal(v.User.ID, kept), "", "  ")
	if err != nil {
		return nil, err
	}
	v.note(ctx, access.ActionPrivacy, "person:"+v.person(), "exported")
	return v.privately("Your data", lead("Here is all that I keep of you."), chat.Attachment{
		Label: "Download my data", File: chat.File{Name: "my-data.json", Type: "application/json", Data: data},
	}), nil
}

// personal writes what is kept of a person for them.
func personal(id string, kept access.Personal) personalJSON {
	j := personalJSON{
		Person: id, OptOut: kept.OptOut, Roles: orEmpty(kept.Roles), Asks: []askJSON{}, Feedback: []feedbackJSON{},
		Requests: []requestJSON{}, TracesJSON: Traces(kept), Events: []eventJSON{},
	}
	for _, a := range kept.Asks {
		j.Asks = append(j.Asks, askJSON{a.At, a.Ref, a.Channel, a.Question, a.Outcome, a.Insight})
	}
	for _, f := range kept.Feedback {
		j.Feedback = append(j.Feedback, feedbackJSON{f.At, f.Ref, f.Insight, f.Kind})
	}
	for _, r := range kept.Requests {
		j.Requests = append(j.Requests, requestJSON{r.At, r.WhoName, r.Channel.ID, r.State, timeOrNull(r.DecidedAt)})
	}
	for _, e := range kept.Events {
		j.Events = append(j.Events, eventOf(e))
	}
	return j
}

// eventOf is a line of the audit log as the one who acted gets it. Of an insight
// that they reached for in vain the log says why, for admins: told to them, it
// would tell what is hidden from what was never there.
func eventOf(e access.Event) eventJSON {
	j := eventJSON{e.At, e.Ref, e.Action, e.Subject, e.Detail}
	if kind, _, _ := strings.Cut(e.Subject, ":"); e.Action == access.ActionDenied && kind == "insight" {
		j.Subject, j.Detail = kind, ""
	}
	return j
}

// eraseData erases what is kept of the asker, after a second yes. Nothing of
// it is written down again afterwards.
func (b *Bot) eraseData(ctx context.Context, v *visit) (*chat.Reply, error) {
	if !v.someone() {
		return v.privately("", lead("Nothing is kept of you.")), nil
	}
	if !isSet(v.Call.Args, argSure) {
		reply := v.privately("Please confirm", lead("Erase everything that I keep of you? Your questions, feedback and requests go, and this cannot be undone."),
			chat.Text{Style: chat.Caution, Text: "Roles that were given to you by name go too, so you may see less afterwards."})
		if v.admin() {
			reply.Parts = append(reply.Parts, chat.Text{Style: chat.Caution, Text: "You are an admin, and will be none afterwards. Make somebody else one first."})
		}
		reply.Parts = append(reply.Parts, chat.Choices{Items: []chat.Choice{
			{Label: "Yes, erase it", Call: v.Call.With(argSure, yes)},
			{Label: "No, keep it", Call: chat.Call{Command: "privacy"}},
		}})
		return reply, nil
	}
	by := v.event(access.ActionPrivacy)
	by.Subject, by.Detail = "person:"+v.person(), "erased"
	n, err := b.config.Privacy.ErasePerson(ctx, access.PersonOf(v.User, v.Place), by)
	if err != nil {
		return nil, err
	}
	return v.privately("Erased", lead(fmt.Sprintf("Done: %s erased. I know nothing of you any more, until you ask again.", plural(n, "entry was", "entries were"))),
		chat.Text{Style: chat.Note, Text: "Backups keep older copies for a while, at most 35 days. The audit log keeps that somebody did this, without saying who."}), nil
}

// optOut leaves the asker out of what colleagues see, or joins again.
func (b *Bot) optOut(ctx context.Context, v *visit) (*chat.Reply, error) {
	if !v.someone() {
		return v.privately("", lead("Nothing is kept of you.")), nil
	}
	out := v.Call.Args[argOut] != "no"
	if err := b.config.Privacy.SetOptOut(ctx, v.person(), out, b.config.Now()); err != nil {
		return nil, err
	}
	detail, words := "left out", "Done. You are left out of what colleagues are shown of each other's use. What you can ask stays the same."
	if !out {
		detail, words = "joined", "Done. What you ask counts again, without your name, in what colleagues see is asked often."
	}
	v.note(ctx, access.ActionPrivacy, "person:"+v.person(), detail)
	return v.privately("", lead(words), chat.Link{Label: "What is kept of me", Call: chat.Call{Command: "privacy"}}), nil
}
