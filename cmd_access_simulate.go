package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/handlers"
)

// accessSimulateCommand answers a question as somebody else would be answered.
func (a *app) accessSimulateCommand() *cobra.Command {
	var f rehearsalFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "simulate --in PLACE QUESTION",
		Short: "Answer a question as somebody else would be answered somewhere",
		Long: `Answer a question exactly as the bot would answer somebody in a channel, under the rules of this moment, with the real numbers.
The question is not counted as theirs; the audit log says that the operator looked.
Exit codes are those of ask: 3 when they would be told that nothing saved answers it.`,
		Example: `  insightbot access simulate --as web/demo/luca --in web/demo/agency "sign-ups last week by country"
  insightbot access simulate --in web/demo/general "revenue last month"`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			words := strings.TrimSpace(strings.Join(args, " "))
			if words == "" {
				return usage(fmt.Errorf("simulate takes a question; see %q", cmd.CommandPath()+" --help"))
			}
			w, err := a.wireQuietly(cmd)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, w.close()) }()
			h, err := f.rehearsal(cmd.Context(), w)
			if err != nil {
				return err
			}
			if err := w.noteRehearsal(cmd.Context(), h, "simulated a question"); err != nil {
				return err
			}
			return a.simulate(cmd.Context(), w, h, words, asJSON)
		},
	}
	f.add(cmd, "as", "in")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the whole answer as JSON, without a picture")
	return cmd
}

// keepsNothing is where a rehearsal is logged: it is neither a question nor an
// act of the person who is looked through.
type keepsNothing struct{}

func (keepsNothing) RecordAsk(context.Context, chat.Ask) error { return nil }

func (keepsNothing) RecordFeedback(context.Context, string, string, string, string, time.Time) error {
	return nil
}

func (keepsNothing) SawPlace(context.Context, chat.Place, time.Time) error { return nil }

func (keepsNothing) RecordEvent(context.Context, access.Event) error { return nil }

// rehearsalBot is the bot as it is, but that it forgets.
func (w *wiring) rehearsalBot() (*handlers.Bot, error) {
	c, err := w.botConfig()
	if err != nil {
		return nil, err
	}
	c.Asks, c.Audit, c.Shown, c.Code, c.Forgets = keepsNothing{}, keepsNothing{}, nil, "", true
	return handlers.New(c), nil
}

// question asks for what was typed and nothing else: a command that is typed as
// a question comes alone, so that the empty insight beside it makes this a
// question whatever it says, and nobody's data is erased in a rehearsal.
func question(words string) chat.Call {
	return chat.Call{Command: "ask", Args: chat.Args{"q": words, "insight": ""}}
}

// simulationJSON is a rehearsed answer as scripts read it.
type simulationJSON struct {
	As     string `json:"as"`
	In     string `json:"in"`
	Person string `json:"person"`
	Place  string `json:"place"`
	// Where is "" when there is no answer.
	Where  access.Where        `json:"where"`
	Answer handlers.AnswerJSON `json:"answer"`
}

// simulate asks as somebody else, and says first who reads the reply.
func (a *app) simulate(ctx context.Context, w *wiring, h rehearsal, words string, asJSON bool) error {
	rehearsed, err := w.rehearsalBot()
	if err != nil {
		return err
	}
	call := question(words)
	if asJSON {
		r := &chat.Request{Ref: newRef(), Call: call, Place: h.place, User: h.user}
		ctx, cancel := context.WithTimeout(ctx, answerLimit)
		defer cancel()
		answer := rehearsed.Ask(ctx, r)
		err := printJSON(a, simulationJSON{
			As: h.as(), In: keyText(access.ChannelOf(h.place)), Person: h.personWords(), Place: h.placeWords(),
			Where: answer.Decision.Where, Answer: answer.JSON(r.Ref, w.now()),
		})
		return errors.Join(err, exitFor(answer.Outcome))
	}
	a.fact("As", h.who()+": "+h.personWords())
	a.fact("In", h.where()+": "+h.placeWords())
	a.fact("Kept", "nothing of this but a line in the audit log that the operator looked")
	handler := chat.Chain(rehearsed, w.middleware()...)
	t := a.terminalFor(w, h.user, h.place, true)
	err = t.Call(ctx, chat.HandlerFunc(func(ctx context.Context, r *chat.Request) (*chat.Reply, error) {
		reply, err := handler.Answer(ctx, r)
		if err == nil {
			a.fact("Read by", readers(h, reply))
		}
		return reply, err
	}), call)
	if err != nil {
		return &exitError{code: exitFailed}
	}
	return exitFor(t.Outcome())
}

// readers say who would read a reply.
func readers(h rehearsal, reply *chat.Reply) string {
	switch {
	case h.place.Kind == chat.PlaceDirect:
		return "them alone, as in every direct message"
	case reply.Private:
		return "them alone: the reply is private"
	default:
		return "everybody who reads the channel: the reply is public"
	}
}
