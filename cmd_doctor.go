package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"insightbot/insight"
	"insightbot/render"
	"insightbot/source/demo"
	"insightbot/source/posthog"
	sqlsource "insightbot/source/sql"
	"insightbot/storage"
	"insightbot/text"
)

// finding is one thing that doctor looked at.
type finding struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	// Says is what was found, and Do what to do about it when OK is false.
	Says string `json:"says"`
	Do   string `json:"do,omitempty"`
}

// doctorCommand looks at everything the bot needs and says what to do.
func (a *app) doctorCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "doctor",
		Short:   "Check settings, files, database, audit log, sources, rules, clock and fonts, and say what to do",
		Long:    "Check settings, files, database, audit log, sources, rules, clock and fonts, and say what to do.\nExit codes: 0 all is well, 1 something must be mended.",
		Example: "  insightbot doctor\n  insightbot doctor --json",
		Args:    exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			found := a.examine(cmd.Context())
			if asJSON {
				if err := printJSON(a, found); err != nil {
					return err
				}
			} else {
				a.printFindings(found)
			}
			for _, f := range found {
				if !f.OK {
					return &exitError{code: exitFailed}
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return cmd
}

func (a *app) printFindings(found []finding) {
	for _, f := range found {
		mark := "ok  "
		if !f.OK {
			mark = "MEND"
		}
		fmt.Fprintf(a.out, "%s  %-9s %s\n", mark, f.What, plainLines(f.Says))
		if f.Do != "" {
			fmt.Fprintf(a.out, "      %9s %s\n", "", f.Do)
		}
	}
}

// examine looks at one thing after the other; what depends on something that
// is broken is left out.
func (a *app) examine(ctx context.Context) []finding {
	c, err := a.settings()
	if err != nil {
		return []finding{{What: "settings", Says: errors.Unwrap(err).Error(), Do: "Mend the file or the flag; README.md, \"Your own data\", has an example."}}
	}
	found := append([]finding{settingsFinding(c), clockFinding(time.Now()), addrFinding(ctx, c)}, fileFindings(c)...)
	w, err := a.wire(ctx, c, slog.New(slog.DiscardHandler))
	if err != nil {
		return append(found, wireFinding(c, err))
	}
	defer w.close() //nolint:errcheck // nothing was written
	found = append(found, databaseFinding(ctx, w), auditFinding(ctx, w))
	found = append(found, sourceFindings(ctx, w)...)
	found = append(found, accessFindings(ctx, w)...)
	found = append(found, slackFindings(ctx, w)...)
	return append(found, fontFinding(c))
}

func settingsFinding(c config) finding {
	if c.file == "" {
		return finding{What: "settings", OK: true, Says: "no " + configName + ": everything by default, over the demo company"}
	}
	return finding{What: "settings", OK: true, Says: fmt.Sprintf("%s, %d sources", c.file, len(c.Sources))}
}

// built is before any moment at which this program can run.
var built = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

func clockFinding(now time.Time) finding {
	f := finding{What: "clock", OK: true, Says: now.UTC().Format(time.RFC3339)}
	if now.Before(built) {
		f.OK, f.Do = false, "The clock of this machine is years behind, so every period would be wrong: set it, or start a time service."
	}
	return f
}

func addrFinding(ctx context.Context, c config) finding {
	addr := c.Addr
	f := finding{What: "address", OK: true, Says: addr + " is free for the playground"}
	if err := c.checkAddr(addr); err != nil {
		f.OK, f.Says, f.Do = false, err.Error(), "Set addr in the settings, INSIGHTBOT_ADDR or --addr."
		return f
	}
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", addr)
	if err != nil {
		f.Says = addr + " is in use, which is right when the bot is running; otherwise choose another with --addr"
		return f
	}
	l.Close() //nolint:errcheck // nothing was accepted
	return f
}

// wireFinding says what stops the bot from starting.
func wireFinding(c config, err error) finding {
	f := finding{What: "start", Says: err.Error()}
	switch {
	case errors.Is(err, storage.ErrExposed):
		f.What, f.Do = "database", "Take the rights of others away with the chmod named above."
	case errors.Is(err, storage.ErrNewer):
		f.What, f.Do = "database", "Start the newer version again, or restore the copy made before the upgrade, beside "+filepath.Join(c.Data, "bot.db")+"."
	case errors.Is(err, storage.ErrReadOnly):
		f.What, f.Do = "database", "Give the user that runs the bot the right to write there, or choose another directory with --data."
	case errors.Is(err, storage.ErrForeign):
		f.What, f.Do = "database", "Choose another directory with --data."
	case errors.Is(err, os.ErrPermission):
		f.Do = "Give the user that runs the bot the right to write there, or choose another directory with --data."
	default:
		f.Do = "Mend this first; the rest is checked after it."
	}
	return f
}

func databaseFinding(ctx context.Context, w *wiring) finding {
	f := finding{What: "database", OK: true, Says: w.store.Path() + " is whole"}
	if err := w.store.Check(ctx); err != nil {
		f.OK, f.Says, f.Do = false, err.Error(), "Stop the bot and restore the last backup."
	}
	return f
}

// sourceFindings says for each source what it offers and what is wrong in it.
func sourceFindings(ctx context.Context, w *wiring) []finding {
	snapshot := w.catalogue.Snapshot()
	var found []finding
	for _, s := range w.sources {
		n := 0
		for _, in := range snapshot.Insights {
			if in.Source == s.Name() {
				n++
			}
		}
		f := finding{What: "source", OK: true, Says: fmt.Sprintf("%s: %d insights", s.Name(), n)}
		if problem := snapshot.Problems[s.Name()]; problem != nil {
			f.OK, f.Do = false, "Mend these; what could be loaded is served meanwhile."
			f.Says += "\n" + problem.Error()
		}
		found = append(found, f)
		found = append(found, rightsFindings(ctx, s)...)
		if c, ok := s.(checker); ok && s.Name() != demo.Name {
			found = append(found, insightFindings(ctx, c, w.now())...)
		}
	}
	return found
}

// rightsFindings says what is wrong with the rights of the bot in a source.
func rightsFindings(ctx context.Context, s insight.Source) []finding {
	var found []finding
	switch s := s.(type) {
	case *posthog.Source:
		for _, f := range s.Probe(ctx) {
			found = append(found, finding{What: "source", OK: f.OK, Says: s.Name() + ": " + f.Says, Do: f.Do})
		}
	case *sqlsource.Source:
		says, err := s.Rights(ctx)
		switch {
		case err != nil:
			found = append(found, finding{What: "source", Says: fmt.Sprintf("%s: %v", s.Name(), err), Do: "Check the address, the name and the password; docs/sources.md has an example."})
		case says != "":
			found = append(found, finding{What: "source", OK: true, Says: s.Name() + ": " + says, Do: "The bot reads in read-only transactions all the same."})
		}
	}
	return found
}

// insightFindings tries every insight out as it is saved.
func insightFindings(ctx context.Context, c checker, now time.Time) []finding {
	tried, err := c.Check(ctx, defaultQuery(now))
	if err != nil && len(tried) == 0 {
		return nil // nothing could be loaded, which was said
	}
	var found []finding
	for _, t := range tried {
		f := finding{What: "insight", OK: true, Says: t.Insight + " is " + string(t.Verdict)}
		switch t.Verdict {
		case sqlsource.VerdictGood:
			continue
		case sqlsource.VerdictBroken:
			f.OK, f.Says, f.Do = false, fmt.Sprintf("%s fails: %v", t.Insight, t.Err), "Mend its statement."
		case sqlsource.VerdictSlow:
			f.Do = fmt.Sprintf("It took %s; add an index or a shorter default period.", t.Took.Round(time.Millisecond))
		default:
			f.Do = "It gives no data for its default period."
		}
		found = append(found, f)
	}
	return found
}

// fontFinding says which scripts pictures can be written in.
func fontFinding(c config) finding {
	missing := render.NewPainter(painterOptions(c)).MissingScripts()
	f := finding{What: "fonts", OK: true, Says: "every script can be drawn"}
	if len(missing) > 0 {
		f.Says = "pictures cannot show " + text.JoinWords(missing) + "; labels in them are spelled out beside the picture"
		f.Do = "To draw them too, install the packages fonts-wqy-microhei and fonts-noto-color-emoji, or set fonts: to a directory that holds such fonts."
	}
	return f
}
