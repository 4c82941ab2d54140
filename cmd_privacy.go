package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/handlers"
	"insightbot/text"
)

// privacyCommand is about what is kept of one person.
func (a *app) privacyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "privacy",
		Short: "Export or erase what is kept of one person",
		Long: `Export or erase what is kept of one person, for those who ask for it by another way than the bot. In chat everybody can do it
for themselves: they say "privacy".`,
		Example: "  insightbot privacy export slack/T024/U7F3 > their-data.json\n  insightbot privacy erase slack/T024/U7F3",
		Args:    noCommandArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usage(fmt.Errorf("privacy takes export or erase; see %q", cmd.CommandPath()+" --help"))
		},
	}
	cmd.AddCommand(a.privacyExportCommand(), a.privacyEraseCommand())
	return cmd
}

// onePerson is the argument that names a person.
func onePerson(cmd *cobra.Command, args []string) (access.Key, error) {
	if len(args) != 1 {
		return access.Key{}, usage(fmt.Errorf("%s takes one person; see %q", cmd.Name(), cmd.CommandPath()+" --help"))
	}
	return parseKey("PERSON", args[0])
}

// personalJSON is everything that is kept of one person.
type personalJSON struct {
	Platform  string         `json:"platform"`
	Workspace string         `json:"workspace"`
	Person    string         `json:"person"`
	OptOut    bool           `json:"left_out_of_statistics"`
	Roles     []string       `json:"roles"`
	Asks      []keptAskJSON  `json:"questions"`
	Feedback  []feedbackJSON `json:"feedback"`
	Requests  []wishJSON     `json:"requests"`
	handlers.TracesJSON
	Events []eventJSON `json:"audit_log"`
}

type keptAskJSON struct {
	At       time.Time    `json:"at"`
	Ref      string       `json:"ref"`
	Channel  string       `json:"channel"`
	Question string       `json:"question"`
	Outcome  chat.Outcome `json:"outcome"`
	Insight  string       `json:"insight"`
}

type feedbackJSON struct {
	Ref     string    `json:"ref"`
	Insight string    `json:"insight"`
	Kind    string    `json:"kind"`
	At      time.Time `json:"at"`
}

type wishJSON struct {
	At        time.Time           `json:"at"`
	Name      string              `json:"name"`
	Channel   string              `json:"channel"`
	State     access.RequestState `json:"state"`
	DecidedAt time.Time           `json:"decided_at,omitzero"`
}

// personal writes what is kept of a person.
func personal(who access.Key, kept access.Personal) personalJSON {
	j := personalJSON{
		Platform: who.Platform, Workspace: who.Workspace, Person: who.ID, OptOut: kept.OptOut, Roles: append([]string{}, kept.Roles...),
		Asks: []keptAskJSON{}, Feedback: []feedbackJSON{}, Requests: []wishJSON{}, TracesJSON: handlers.Traces(kept), Events: eventsJSON(kept.Events),
	}
	for _, q := range kept.Asks {
		j.Asks = append(j.Asks, keptAskJSON{q.At, q.Ref, q.Channel, q.Question, q.Outcome, q.Insight})
	}
	for _, f := range kept.Feedback {
		j.Feedback = append(j.Feedback, feedbackJSON(f))
	}
	for _, r := range kept.Requests {
		j.Requests = append(j.Requests, wishJSON{r.At, r.WhoName, r.Channel.ID, r.State, r.DecidedAt})
	}
	return j
}

func (a *app) privacyExportCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "export PLATFORM/WORKSPACE/PERSON",
		Short: "Print everything that is kept of one person as JSON",
		RunE: func(cmd *cobra.Command, args []string) error {
			who, err := onePerson(cmd, args)
			if err != nil {
				return err
			}
			return a.withKept(cmd, func(ctx context.Context, w *wiring) error {
				kept, err := w.store.PersonalData(ctx, who)
				if err != nil {
					return err
				}
				// Before anything is printed: nobody's data leaves without a line.
				if err := w.store.RecordEvent(ctx, w.operated(access.ActionPrivacy, w.subject(who), "exported")); err != nil {
					return err
				}
				return printJSON(a, personal(who, kept))
			})
		},
	}
}

// subject is a person as the audit log knows them.
func (w *wiring) subject(who access.Key) string {
	return "person:" + w.person(who.Platform, who.Workspace, who.ID)
}

func (a *app) privacyEraseCommand() *cobra.Command {
	var sure bool
	cmd := &cobra.Command{
		Use:   "erase PLATFORM/WORKSPACE/PERSON",
		Short: "Erase everything that is kept of one person",
		Long: `Erase what one person asked and said of answers, the roles they hold by name, their requests for access, choices and sign-ins.
It cannot be undone. The audit log keeps its lines, in which they are a number; backups keep what they hold until they are
deleted.`,
		Example: "  insightbot privacy erase slack/T024/U7F3\n  insightbot privacy erase --yes slack/T024/U7F3",
		RunE: func(cmd *cobra.Command, args []string) error {
			who, err := onePerson(cmd, args)
			if err != nil {
				return err
			}
			return a.withKept(cmd, func(ctx context.Context, w *wiring) error {
				if !sure {
					if err := a.confirmErase(ctx, w, who); err != nil {
						return err
					}
				}
				return a.erase(ctx, w, who)
			})
		},
	}
	cmd.Flags().BoolVar(&sure, "yes", false, "do not ask")
	return cmd
}

// confirmErase says what would go, and asks.
func (a *app) confirmErase(ctx context.Context, w *wiring, who access.Key) error {
	in, ok := a.in.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return usage(errors.New("erase asks first, and there is nobody to ask here; say --yes"))
	}
	kept, err := w.store.PersonalData(ctx, who)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "Of %s there are kept: %s, %s, %s, %s.\n", text.Clean(keyText(who)), number(len(kept.Asks), "question", "questions"),
		number(len(kept.Feedback), "piece of feedback", "pieces of feedback"), number(len(kept.Requests), "request", "requests"), number(len(kept.Roles), "role", "roles"))
	return a.ask(a.in, "Erase all of it? It cannot be undone.")
}

// ask asks a question that "yes" alone answers.
func (a *app) ask(in io.Reader, question string) error {
	fmt.Fprint(a.out, question+" Type yes: ")
	line, err := bufio.NewReader(io.LimitReader(in, 100)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("the input: %w", err)
	}
	if strings.TrimSpace(strings.ToLower(line)) != "yes" {
		return errors.New("nothing was erased")
	}
	return nil
}

// erase erases a person, and says what remains where.
func (a *app) erase(ctx context.Context, w *wiring, who access.Key) error {
	before, err := w.store.Policy(ctx)
	if err != nil {
		return err
	}
	name := text.Clean(keyText(who))
	n, err := w.store.ErasePerson(ctx, who, w.operated(access.ActionPrivacy, "", "erased"))
	if err != nil && n > 0 {
		return fmt.Errorf("%s of %s erased, but a reader kept their bytes in the file: run this again, or start the bot again: %w", number(n, "row was", "rows were"), name, err)
	}
	if err != nil {
		return err
	}
	after, err := w.store.Policy(ctx)
	if err != nil {
		return err
	}
	if n == 0 {
		fmt.Fprintf(a.out, "Nothing was kept of %s; look whether the name is right.\n", name)
	} else {
		fmt.Fprintf(a.out, "Erased: %s of %s, and their bytes in the file.\n", number(n, "row", "rows"), name)
	}
	for _, place := range orphans(before, after) {
		fmt.Fprintf(a.out, "! Nobody administers %s any more; make somebody an admin with insightbot access apply.\n", text.Clean(place))
	}
	fmt.Fprintln(a.out, `What remains:
  the audit log keeps its lines, in which they are a number that only the master key can link to them;
  backups and copies of the database keep what they held until they are deleted: at most 35 days for those the bot makes.`)
	return nil
}
