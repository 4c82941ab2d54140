package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"insightbot/bot/terminal"
	"insightbot/chat"
)

// askCommand answers one question.
func (a *app) askCommand() *cobra.Command {
	var asJSON bool
	args := map[string]*string{}
	cmd := &cobra.Command{
		Use:   "ask QUESTION",
		Short: "Answer one question",
		Long: `Answer one question from a saved insight: the finding, the chart, the period, the caveats, the owner.
Exit codes: 0 answered, 1 failed, 2 wrong usage, 3 nothing saved answers it, or several could.`,
		Example: `  insightbot ask "how many people signed up last week by country?"
  insightbot ask --json "revenue this month vs last month"
  insightbot ask --insight demo/signups --period "last 90 days"`,
		RunE: func(cmd *cobra.Command, words []string) error {
			call := chat.Call{Command: "ask", Args: chat.Args{"q": strings.Join(words, " ")}}
			for name, value := range args {
				call = call.With(name, *value)
			}
			if call.Args["q"] == "" && call.Args["insight"] == "" {
				return usage(errors.New(`ask takes a question; see "insightbot ask --help"`))
			}
			if call.Args["q"] != "" && call.Args["insight"] != "" {
				call = call.With("read", "yes")
			}
			return a.askOnce(cmd, call, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the whole answer as JSON, without a picture")
	for name, help := range map[string]string{
		"insight": "id of the insight to run, instead of finding one",
		"period":  "period, such as \"last 30 days\" (with --insight)",
		"by":      "dimension to break down by (with --insight)",
		"grain":   "hour, day, week, month, quarter or year (with --insight)",
		"compare": "previous or year (with --insight)",
		"filter":  "filters such as country:is:DE (with --insight)",
		"chart":   "how to show it: line, bar, number, table, csv … (with --insight)",
	} {
		args[name] = cmd.Flags().String(name, "", help)
	}
	return cmd
}

// askOnce sends one call and prints the answer.
func (a *app) askOnce(cmd *cobra.Command, call chat.Call, asJSON bool) (err error) {
	w, err := a.wireQuietly(cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if asJSON {
		r := &chat.Request{Ref: newRef(), Call: call, Place: terminalPlace(), User: terminalUser(a.getenv)}
		ctx, cancel := context.WithTimeout(cmd.Context(), answerLimit)
		defer cancel()
		answer := w.bot.Ask(ctx, r)
		if err := printJSON(a, answer.JSON(r.Ref, w.now())); err != nil {
			return err
		}
		return exitFor(answer.Outcome)
	}
	t := a.terminal(w, true)
	if err := t.Call(cmd.Context(), w.handler, call); err != nil {
		return &exitError{code: exitFailed}
	}
	return exitFor(t.Outcome())
}

// exitFor is the end of the program for what became of a question.
func exitFor(o chat.Outcome) error {
	switch o {
	case chat.OutcomeAnswer, "":
		return nil
	case chat.OutcomeFailed:
		return &exitError{code: exitFailed}
	default:
		return &exitError{code: exitNoAnswer}
	}
}

// wireQuietly puts the bot together for a command that prints its own result:
// only warnings and errors are logged.
func (a *app) wireQuietly(cmd *cobra.Command) (*wiring, error) {
	c, err := a.settings()
	if err != nil {
		return nil, err
	}
	log, err := logger(a.errOut, c.Log, slog.LevelWarn)
	if err != nil {
		return nil, err
	}
	return a.wire(cmd.Context(), c, log)
}

// terminal is the transport of this process; once is set where it ends after
// one reply.
func (a *app) terminal(w *wiring, once bool) *terminal.Terminal {
	return a.terminalFor(w, terminalUser(a.getenv), terminalPlace(), once)
}

// terminalFor is the same for whoever asks wherever.
func (a *app) terminalFor(w *wiring, u chat.User, p chat.Place, once bool) *terminal.Terminal {
	screen := terminal.Screen{Width: 100, Theme: chat.Light}
	if f, ok := a.out.(*os.File); ok {
		screen = terminal.DetectScreen(f, a.getenv)
	}
	return terminal.New(terminal.Config{
		In: a.in, Out: a.out, Screen: screen, User: u, Place: p,
		Once:   once,
		Charts: filepath.Join(w.config.Data, "charts"), NewRef: newRef, Log: w.log,
	})
}

// terminalUser is whoever runs the program.
func terminalUser(getenv func(string) string) chat.User {
	name := getenv("USER")
	if name == "" {
		name = "you"
	}
	return chat.User{ID: name, Name: name, Guest: chat.No, External: chat.No}
}

// terminalPlatform is the platform of the command line.
const terminalPlatform = "terminal"

// terminalPlace is the conversation in the terminal, which only its user reads.
func terminalPlace() chat.Place {
	return chat.Place{
		Platform: terminalPlatform, Workspace: "local", Channel: "terminal", Name: "terminal", Kind: chat.PlaceDirect,
		Audience: chat.Audience{Shared: chat.No, Guests: chat.No},
	}
}

// printJSON prints v on the output, indented.
func printJSON(a *app, v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// chatCommand talks in the terminal.
func (a *app) chatCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "chat",
		Short:   "Talk with the bot in the terminal",
		Example: "  insightbot chat",
		Args:    exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			w, err := a.wireQuietly(cmd)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, w.close()) }()
			return a.terminal(w, false).Run(cmd.Context(), w.handler)
		},
	}
}
