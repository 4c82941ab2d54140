package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"insightbot/access"
	"insightbot/storage"
)

// auditCommand is about the append-only log of what was decided, denied and
// taken away.
func (a *app) auditCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Show, export and verify the audit log",
		Long: `Show, export and verify the audit log: what was changed, denied, answered privately, exported and looked at. People in it are
numbers that only the master key can link to anybody.`,
		Example: "  insightbot audit verify\n  insightbot audit show -n 20\n  insightbot audit export > audit.jsonl",
		Args:    noCommandArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usage(fmt.Errorf("audit takes verify, show or export; see %q", cmd.CommandPath()+" --help"))
		},
	}
	cmd.AddCommand(a.auditVerifyCommand(), a.auditShowCommand(), a.auditExportCommand())
	return cmd
}

// withKept runs f with the bot's own database, which must be there with its
// key: in a directory that was mistyped nothing would be found, and that would
// look like an answer.
func (a *app) withKept(cmd *cobra.Command, f func(ctx context.Context, w *wiring) error) error {
	c, err := a.settings()
	if err != nil {
		return err
	}
	if _, err := os.Stat(c.database()); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("nothing is kept in %s: there is no database; name another directory with --data", c.Data)
	}
	_, err = os.Stat(filepath.Join(c.Data, keyFile))
	if errors.Is(err, fs.ErrNotExist) && a.getenv(keyEnv) == "" {
		return fmt.Errorf("the master key of %s is missing: set %s, or put %s back; nobody can be found with another one", c.Data, keyEnv, keyFile)
	}
	return a.openOwn(cmd, f)
}

// verdictJSON is what became of a verification, for scripts.
type verdictJSON struct {
	OK      bool   `json:"ok"`
	Rows    int    `json:"rows"`
	Head    string `json:"head"`
	Problem string `json:"problem,omitempty"`
}

func (a *app) auditVerifyCommand() *cobra.Command {
	var head string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Prove that the audit log is as it was written",
		Long: `Read the whole audit log and prove that no row was changed, inserted, moved or removed since it was written. It prints the
head, which names the last row: noted elsewhere and given with --head later, it proves as well that no older copy of the whole
database was put back.
Exit codes: 0 as it was written, 1 not, with the first row that is not right.`,
		Example: "  insightbot audit verify\n  insightbot audit verify --head 12:9f86d081…",
		Args:    exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withKept(cmd, func(ctx context.Context, w *wiring) error {
				h, err := w.store.VerifyAudit(ctx, head)
				if errors.Is(err, storage.ErrInvalid) {
					return usage(fmt.Errorf("--head %q is no head of an audit log, such as %q and 64 digits", head, "12:"))
				}
				if err != nil && !errors.Is(err, storage.ErrTampered) {
					return err
				}
				return a.printVerdict(h, head, err, asJSON)
			})
		},
	}
	cmd.Flags().StringVar(&head, "head", "", "a head that was noted earlier, which must be in the log")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return cmd
}

// printVerdict says whether the log is as it was written.
func (a *app) printVerdict(h storage.AuditHead, noted string, tampered error, asJSON bool) error {
	v := verdictJSON{OK: tampered == nil, Rows: h.Rows, Head: h.Head}
	if tampered != nil {
		v.Problem = problemOf(tampered)
	}
	if asJSON {
		if err := printJSON(a, v); err != nil || v.OK {
			return err
		}
		return &exitError{code: exitFailed}
	}
	if !v.OK {
		return fmt.Errorf("the audit log is not as it was written: %s\nKeep the data directory as it is, and compare it with a backup", v.Problem)
	}
	fmt.Fprintf(a.out, "The audit log is as it was written: %s.\n", number(v.Rows, "row", "rows"))
	if noted != "" {
		fmt.Fprintln(a.out, "The head that was noted earlier is in it.")
	}
	if v.Head != "" {
		fmt.Fprintln(a.out, "Head, to note elsewhere:", v.Head)
	}
	return nil
}

// problemOf is what is wrong with the log, without the words around it.
func problemOf(err error) string {
	_, what, found := strings.Cut(err.Error(), storage.ErrTampered.Error()+": ")
	if !found {
		return err.Error()
	}
	return what
}

func (a *app) auditExportCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "export",
		Short: "Print the audit log as JSON lines, oldest first, with the hash of each row",
		Args:  exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withKept(cmd, func(ctx context.Context, w *wiring) error {
				out := bufio.NewWriter(a.out)
				return errors.Join(w.store.ExportAudit(ctx, out), out.Flush())
			})
		},
	}
}

// eventJSON is a line of the log as scripts read it.
type eventJSON struct {
	At      time.Time     `json:"at"`
	Ref     string        `json:"ref"`
	Actor   string        `json:"actor"`
	Action  access.Action `json:"action"`
	Subject string        `json:"subject"`
	Detail  string        `json:"detail"`
}

func (a *app) auditShowCommand() *cobra.Command {
	var n int
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show",
		Short:   "Show the newest lines of the audit log, newest first",
		Example: "  insightbot audit show\n  insightbot audit show -n 200 --json",
		Args:    exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if n < 1 {
				return usage(fmt.Errorf("-n %d is not a number of lines, 1 or more", n))
			}
			return a.withKept(cmd, func(ctx context.Context, w *wiring) error {
				events, err := w.store.Events(ctx, n)
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(a, eventsJSON(events))
				}
				if len(events) == 0 {
					fmt.Fprintln(a.out, "The audit log is empty.")
					return nil
				}
				grid := [][]string{{"When", "Who", "What", "About", "Detail", "Ref"}}
				for _, e := range events {
					grid = append(grid, []string{instant(e.At), shortPerson(e.Actor), string(e.Action), shortSubject(e.Subject), e.Detail, e.Ref})
				}
				a.printGrid(grid)
				return nil
			})
		},
	}
	cmd.Flags().IntVarP(&n, "number", "n", 50, "how many lines")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print them as JSON, with the whole number of each person")
	return cmd
}

func eventsJSON(events []access.Event) []eventJSON {
	list := make([]eventJSON, 0, len(events))
	for _, e := range events {
		list = append(list, eventJSON(e))
	}
	return list
}

// personShown is how much of the number of a person is shown: enough to tell
// people apart.
const personShown = 6

// shortPerson is an actor as people read it.
func shortPerson(actor string) string {
	switch actor {
	case access.ActorOperator, access.ActorProgram, "":
		return actor
	}
	return "somebody (" + actor[:min(len(actor), personShown)] + ")"
}

// shortSubject is a subject as people read it.
func shortSubject(subject string) string {
	if who, ok := strings.CutPrefix(subject, "person:"); ok {
		return shortPerson(who)
	}
	return subject
}
