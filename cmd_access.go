package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
	"insightbot/text"
)

// seenFor is how long a channel counts as one the bot is used in.
const seenFor = 90 * 24 * time.Hour

// accessCommand shows and changes who may see what, where.
func (a *app) accessCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "access",
		Short: "See and change who may see what, where",
		Long: `See and change who may see what, where. Without a command it sums the rules up.
Whoever can run this program with its files is the operator: no rule keeps anything from them, and the audit log says that it
was the operator.`,
		Example: `  insightbot access
  insightbot access export access.yml
  insightbot access apply --dry-run access.yml
  insightbot access explain --who web/demo/mia --where web/demo/revenue --insight demo/revenue
  insightbot access report`,
		Args: noCommandArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withStore(cmd, func(ctx context.Context, w *wiring) error {
				s, err := w.summary(ctx)
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(a, s)
				}
				a.printSummary(s)
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	cmd.AddCommand(a.accessExportCommand(), a.accessApplyCommand(), a.accessExplainCommand(), a.accessSimulateCommand(), a.accessReportCommand(), a.accessRequestCommand())
	return cmd
}

// withStore runs f with the bot's own database alone, and the rules that come
// with what is configured. No source is opened, so that it works while one is
// down.
func (a *app) withStore(cmd *cobra.Command, f func(ctx context.Context, w *wiring) error) error {
	return a.openOwn(cmd, func(ctx context.Context, w *wiring) error {
		if err := w.seed(ctx); err != nil {
			return err
		}
		return f(ctx, w)
	})
}

// openOwn opens the bot's own database for f.
func (a *app) openOwn(cmd *cobra.Command, f func(ctx context.Context, w *wiring) error) (err error) {
	c, err := a.settings()
	if err != nil {
		return err
	}
	log, err := logger(a.errOut, c.Log, slog.LevelWarn)
	if err != nil {
		return err
	}
	w := a.newWiring(c, log)
	defer func() { err = errors.Join(err, w.close()) }()
	if err := w.openStore(cmd.Context(), a.getenv); err != nil {
		return err
	}
	return f(cmd.Context(), w)
}

// operated is a line of the audit log for what the operator does.
func (w *wiring) operated(action access.Action, subject, detail string) access.Event {
	return access.Event{At: w.now(), Ref: newRef(), Actor: access.ActorOperator, Action: action, Subject: subject, Detail: detail}
}

// workspacesOf are the workspaces that a policy says anything about, in order.
func workspacesOf(p access.Policy) []access.Key {
	var all []access.Key
	add := func(platform, workspace string) {
		all = append(all, access.Key{Platform: platform, Workspace: workspace})
	}
	for _, o := range p.Workspaces {
		add(o.Platform, o.ID)
	}
	for _, o := range p.Channels {
		add(o.Platform, o.Workspace)
	}
	for _, o := range p.People {
		add(o.Platform, o.Workspace)
	}
	for _, o := range p.Groups {
		add(o.Platform, o.Workspace)
	}
	slices.SortFunc(all, func(a, b access.Key) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.Workspace, b.Workspace))
	})
	return slices.Compact(all)
}

// report works out what every channel can read; the sources are open.
func (w *wiring) report(ctx context.Context, p access.Policy) (access.Report, error) {
	seen, err := w.store.SeenChannels(ctx, w.now().Add(-seenFor))
	if err != nil {
		return access.Report{}, err
	}
	ins, _ := w.catalogue.Insights()
	return p.Report(ins, append(seen, w.playgroundSeen(seen)...)), nil
}

// playgroundSeen are the channels of the playground that were not used yet:
// all that is to be known of them is known.
func (w *wiring) playgroundSeen(seen []access.Seen) []access.Seen {
	var more []access.Seen
	for _, p := range playgroundPlaces(w.workspace()) {
		k := access.ChannelOf(p)
		known := slices.ContainsFunc(seen, func(s access.Seen) bool { return s.Key == k })
		if w.playground(k) && !known && p.Kind != chat.PlaceDirect {
			more = append(more, access.Seen{Key: k, Name: p.Name, Kind: p.Kind, Shared: p.Audience.Shared, Guests: p.Audience.Guests, At: w.now()})
		}
	}
	return more
}

// insightOf looks an insight up by its id.
func (w *wiring) insightOf(id string) (insight.Insight, error) {
	ins, _ := w.catalogue.Insights()
	for _, in := range ins {
		if in.ID == id {
			return in, nil
		}
	}
	return insight.Insight{}, fmt.Errorf(`there is no insight %q; "insightbot insights" lists them`, id)
}

// riskLine is a risk with what it is about.
func riskLine(r riskJSON) string {
	return named(r.Subject, r.Name) + " " + r.Text
}

// named is a subject with the name that people call it by.
func named(subject, name string) string {
	bare := strings.TrimPrefix(name, "#")
	if bare == "" || name == subject || strings.HasSuffix(subject, ":"+bare) || strings.HasSuffix(subject, "/"+bare) {
		return subject
	}
	return fmt.Sprintf("%s (%s)", subject, name)
}

// fact prints a line with a label in a column of its own.
func (a *app) fact(label, what string) {
	fmt.Fprintf(a.out, "%s%s\n", text.Pad(label, 12, false), text.Clean(what))
}

// number writes a number with its noun.
func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
