package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"insightbot/storage"
	"insightbot/text"
)

// fileFindings look at who can read and change what the bot keeps. What is not
// there yet is made with the right mode.
func fileFindings(c config) []finding {
	if runtime.GOOS == "windows" {
		return nil // there the access list of the folder decides
	}
	// What others may not do: with the settings they could have another
	// database asked, but nothing in them is secret.
	looked := []struct {
		path    string
		forbid  fs.FileMode
		command string
	}{
		{c.Data, 0o077, "chmod 700"},
		{filepath.Join(c.Data, keyFile), 0o077, "chmod 600"},
		{c.file, 0o002, "chmod o-w"},
	}
	var wrong, mend []string
	for _, l := range looked {
		info, err := os.Stat(l.path)
		if err != nil || info.Mode().Perm()&l.forbid == 0 {
			continue
		}
		wrong = append(wrong, fmt.Sprintf("%s has mode %04o", l.path, info.Mode().Perm()))
		mend = append(mend, fmt.Sprintf("%s %q", l.command, l.path))
	}
	if len(wrong) == 0 {
		return []finding{{What: "files", OK: true, Says: "nobody else can read the bot's files or change its settings"}}
	}
	return []finding{{What: "files", Says: "others can read or change them: " + strings.Join(wrong, "; "), Do: "Run: " + strings.Join(mend, "; ")}}
}

// accessFindings look at the rules: whether somebody can change them in chat,
// and whether they show more than they should. Neither keeps the bot from
// working, so neither has to be mended.
func accessFindings(ctx context.Context, w *wiring) []finding {
	p, err := w.store.Policy(ctx)
	if err != nil {
		return []finding{{What: "access", Says: err.Error(), Do: "Stop the bot and restore the last backup."}}
	}
	var without []string
	all := workspacesOf(p)
	for _, k := range all {
		if !p.HasAdmin(k.Platform, k.Workspace) {
			without = append(without, k.Platform+"/"+k.Workspace)
		}
	}
	admins := finding{What: "access", OK: true, Says: "every workspace with rules has an admin"}
	switch {
	case len(all) == 0:
		admins.Says = "no workspace has rules yet, so nobody may see anything but you"
		admins.Do = "Say the code that the bot prints when it starts, or write rules with insightbot access apply."
	case len(without) > 0:
		admins.Says = "there is no admin in " + text.JoinWords(without)
		admins.Do = "Give somebody there a role that can admin, with insightbot access apply."
	}
	r, err := w.report(ctx, p)
	if err != nil {
		return []finding{admins, {What: "access", Says: err.Error(), Do: "Stop the bot and restore the last backup."}}
	}
	risks := finding{What: "access", OK: true, Says: "nothing in the rules stands out"}
	if n := len(r.Risks); n > 0 {
		risks.Says, risks.Do = number(n, "thing", "things")+" in the rules to look at", "See insightbot access report."
	}
	return []finding{admins, risks}
}

// auditFinding proves the audit log.
func auditFinding(ctx context.Context, w *wiring) finding {
	head, err := w.store.VerifyAudit(ctx, "")
	switch {
	case errors.Is(err, storage.ErrTampered):
		return finding{What: "audit", Says: "the audit log is not as it was written: " + problemOf(err), Do: "Keep the data directory as it is, and compare it with a backup."}
	case err != nil:
		return finding{What: "audit", Says: err.Error(), Do: "See insightbot audit verify."}
	}
	return finding{What: "audit", OK: true, Says: "the audit log is as it was written, " + number(head.Rows, "row", "rows")}
}
