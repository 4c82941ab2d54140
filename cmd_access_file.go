package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"insightbot/access"
	"insightbot/access/policyfile"
	"insightbot/text"
)

// accessExportCommand writes the rules as a file.
func (a *app) accessExportCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "export [FILE]",
		Short: "Write all rules as YAML, to keep and review them like code",
		Long: `Write all rules as YAML, to the output or to FILE. Applying such a file gives the same rules again. It names people by their
ids, so FILE can be read by its owner alone.`,
		Example: "  insightbot access export\n  insightbot access export access.yml",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage(fmt.Errorf("export takes one file or none; see %q", cmd.CommandPath()+" --help"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withStore(cmd, func(ctx context.Context, w *wiring) error {
				p, err := w.store.Policy(ctx)
				if err != nil {
					return err
				}
				data, err := policyfile.Write(p)
				if err != nil {
					return err
				}
				if len(args) == 0 || args[0] == "-" {
					_, err = a.out.Write(data)
					return err
				}
				if err := writePrivate(args[0], data); err != nil {
					return err
				}
				fmt.Fprintf(a.out, "The rules are in %s. Look at what a change would do: insightbot access apply --dry-run %s\n", args[0], args[0])
				return nil
			})
		},
	}
}

// writePrivate writes a file that only its owner can read. It is whole or not
// there: what was in its place stays until the new one is complete.
func writePrivate(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".access-*.tmp")
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(0o600), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name()) //nolint:errcheck // what went wrong is said
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// applyFlags are how rules are applied.
type applyFlags struct{ dryRun, force, asJSON bool }

// accessApplyCommand replaces the rules by those of a file.
func (a *app) accessApplyCommand() *cobra.Command {
	var f applyFlags
	cmd := &cobra.Command{
		Use:   "apply FILE",
		Short: "Replace all rules by those of a file, and show what that changes",
		Long: `Replace all rules by those of FILE ("-" is the input), at once or not at all, and show what that changes:
  +  somebody may see or do more
  -  somebody may see or do less
  ~  neither
What FILE does not name is gone afterwards. Each line goes into the audit log. With --dry-run nothing changes.`,
		Example: "  insightbot access apply --dry-run access.yml\n  insightbot access apply access.yml",
		Args:    exactly(1, "one file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			given, err := a.readPolicy(args[0])
			if err != nil {
				return err
			}
			return a.withStore(cmd, func(ctx context.Context, w *wiring) error { return a.apply(ctx, w, given, f) })
		},
	}
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "show what would change, and change nothing")
	cmd.Flags().BoolVar(&f.force, "force", false, "apply it even where a workspace loses its last admin")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print the changes as JSON")
	return cmd
}

// readPolicy reads the rules of a file, or of the input for "-".
func (a *app) readPolicy(name string) (access.Policy, error) {
	if name == "-" {
		data, err := io.ReadAll(a.in)
		if err != nil {
			return access.Policy{}, fmt.Errorf("the input: %w", err)
		}
		return policyfile.Read("the input", data)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return access.Policy{}, err
	}
	return policyfile.Read(name, data)
}

// apply compares the rules with those given and, unless it is a rehearsal,
// replaces them. The last admin is looked for in the same transaction, so that
// nobody slips away in between.
func (a *app) apply(ctx context.Context, w *wiring, given access.Policy, f applyFlags) error {
	before, err := w.store.Policy(ctx)
	if err != nil {
		return err
	}
	if f.dryRun {
		if err := a.printChanges(before, given, access.Diff(before, given), f); err != nil {
			return err
		}
		if lost := orphans(before, given); len(lost) > 0 && !f.force {
			fmt.Fprintln(a.errOut, "insightbot: this would be refused:", orphanError(lost))
		}
		return nil
	}
	changes, err := w.store.ChangePolicy(ctx, w.operated(access.ActionRule, "", ""), func(p *access.Policy) error {
		before = *p
		if lost := orphans(*p, given); len(lost) > 0 && !f.force {
			return orphanError(lost)
		}
		*p = given
		return nil
	})
	if err != nil {
		return refused(err)
	}
	return a.printChanges(before, given, changes, f)
}

// refusal is a sentence that stops a change from within its transaction.
type refusal string

func (r refusal) Error() string { return string(r) }

// refused is the sentence of what stopped a change, without the words of the
// store around it; any other error as it is.
func refused(err error) error {
	if r, ok := errors.AsType[refusal](err); ok {
		return fmt.Errorf("nothing was changed: %w", r)
	}
	return err
}

// orphanError says which workspaces would lose their last admin.
func orphanError(lost []string) error {
	return refusal(text.JoinWords(lost) + " would be left without anybody who may change the rules in chat; give somebody there a role that can admin, or say --force")
}

// orphans are the workspaces that have an admin and would have none.
func orphans(before, after access.Policy) []string {
	var lost []string
	for _, k := range workspacesOf(before) {
		if before.HasAdmin(k.Platform, k.Workspace) && !after.HasAdmin(k.Platform, k.Workspace) {
			lost = append(lost, k.Platform+"/"+k.Workspace)
		}
	}
	return lost
}

// changeJSON is a difference as scripts read it.
type changeJSON struct {
	Mark    string `json:"mark"`
	Subject string `json:"subject"`
	Name    string `json:"name"`
	Text    string `json:"text"`
}

// printChanges says what is different, one line for each change, and sums it
// up.
func (a *app) printChanges(before, after access.Policy, changes []access.Change, f applyFlags) error {
	list := make([]changeJSON, 0, len(changes))
	counts := map[string]int{}
	for _, c := range changes {
		subject, name := subjectOf(c, before, after)
		list = append(list, changeJSON{mark(c), subject, name, c.Text})
		counts[mark(c)]++
	}
	if f.asJSON {
		return printJSON(a, struct {
			Applied bool         `json:"applied"`
			Changes []changeJSON `json:"changes"`
		}{!f.dryRun, list})
	}
	if len(list) == 0 {
		fmt.Fprintln(a.out, "There is nothing to change.")
		return nil
	}
	for _, c := range list {
		fmt.Fprintln(a.out, c.Mark, text.Clean(named(c.Subject, c.Name)+" "+c.Text))
	}
	done := number(len(list), "change was applied", "changes were applied")
	if f.dryRun {
		done = number(len(list), "change would be applied", "changes would be applied")
	}
	fmt.Fprintf(a.out, "%s: %d for more, %d for less, %d for neither.\n", done, counts[markMore], counts[markLess], counts[markNeither])
	return nil
}

// The marks of changes.
const (
	markMore    = "+"
	markLess    = "-"
	markNeither = "~"
)

// mark says whether somebody may see or do more or less than before.
func mark(c access.Change) string {
	neither := func(t string) bool {
		// A role or a channel that is new does nothing yet: what it may see
		// stands in lines of its own. The unset mode grants what channel does.
		return t == "is new" || t == "is mapped" || strings.HasPrefix(t, "is called ") ||
			t == "mode is channel, was not chosen" || t == "mode is not chosen, was channel"
	}
	switch {
	case c.Widens:
		return markMore
	case neither(c.Text):
		return markNeither
	default:
		return markLess
	}
}

// subjectOf names what changed, a person by their id too: the operator may
// know it, while the audit log must not.
func subjectOf(c access.Change, before, after access.Policy) (subject, name string) {
	if c.Subject == "" {
		k := c.Person
		for _, p := range slices.Concat(after.People, before.People) {
			if p.Key == k {
				name = p.Name
				break
			}
		}
		return fmt.Sprintf("person:%s/%s/%s", k.Platform, k.Workspace, k.ID), name
	}
	for _, o := range slices.Concat(after.Channels, before.Channels) {
		if c.Subject == fmt.Sprintf("channel:%s/%s/%s", o.Platform, o.Workspace, o.ID) {
			return c.Subject, o.Name
		}
	}
	for _, o := range slices.Concat(after.Groups, before.Groups) {
		if c.Subject == fmt.Sprintf("group:%s/%s/%s", o.Platform, o.Workspace, o.ID) {
			return c.Subject, o.Name
		}
	}
	return c.Subject, ""
}
