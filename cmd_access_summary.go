package main

import (
	"context"
	"fmt"

	"insightbot/access"
)

// fewRisks is how many risks the summary names.
const fewRisks = 5

// summaryJSON is the state of the rules as scripts read it.
type summaryJSON struct {
	Workspaces   []workspaceJSON `json:"workspaces"`
	Roles        int             `json:"roles"`
	Channels     int             `json:"channels"`
	People       int             `json:"people"`
	Groups       int             `json:"groups"`
	Domains      int             `json:"domains"`
	OpenRequests int             `json:"open_requests"`
	// Risks is null where the sources could not be opened; Problem says why.
	Risks   []riskJSON `json:"risks"`
	Problem string     `json:"problem,omitempty"`
}

type workspaceJSON struct {
	Platform  string      `json:"platform"`
	Workspace string      `json:"workspace"`
	Mode      access.Mode `json:"mode"`
	Admin     bool        `json:"admin"`
}

type riskJSON struct {
	Subject string `json:"subject"`
	Name    string `json:"name"`
	Text    string `json:"text"`
}

// summary counts the rules and looks for risks.
func (w *wiring) summary(ctx context.Context) (summaryJSON, error) {
	p, err := w.store.Policy(ctx)
	if err != nil {
		return summaryJSON{}, err
	}
	open, err := w.store.Requests(ctx, access.RequestOpen)
	if err != nil {
		return summaryJSON{}, err
	}
	s := summaryJSON{
		Workspaces: []workspaceJSON{}, Roles: len(p.Roles), Channels: len(p.Channels), People: len(p.People),
		Groups: len(p.Groups), Domains: len(p.Domains), OpenRequests: len(open),
	}
	for _, k := range workspacesOf(p) {
		s.Workspaces = append(s.Workspaces, workspaceJSON{k.Platform, k.Workspace, p.Mode(k.Platform, k.Workspace), p.HasAdmin(k.Platform, k.Workspace)})
	}
	// What is known without the sources is worth telling while one is down.
	if err := w.openSources(ctx); err != nil {
		if ctx.Err() != nil {
			return summaryJSON{}, err
		}
		s.Problem = err.Error()
		return s, nil
	}
	r, err := w.report(ctx, p)
	s.Risks = risksJSON(r.Risks)
	return s, err
}

func risksJSON(risks []access.Risk) []riskJSON {
	list := make([]riskJSON, 0, len(risks))
	for _, r := range risks {
		list = append(list, riskJSON(r))
	}
	return list
}

// modeWords say what a mode means.
func modeWords(m access.Mode) string {
	switch m {
	case access.ModeOpen:
		return "open: full members see everything that is not tagged " + access.TagRestricted
	case access.ModeChannel:
		return "channel: a channel shows what its roles grant"
	case access.ModeStrict:
		return "strict: a channel shows what its roles grant, to who has a role of their own too"
	default:
		return "no mode chosen yet; like channel"
	}
}

func (a *app) printSummary(s summaryJSON) {
	for i, o := range s.Workspaces {
		label := ""
		if i == 0 {
			label = "Workspaces"
		}
		admin := ""
		if !o.Admin {
			admin = " (has no admin)"
		}
		a.fact(label, fmt.Sprintf("%s/%s  %s%s", o.Platform, o.Workspace, modeWords(o.Mode), admin))
	}
	if len(s.Workspaces) == 0 {
		a.fact("Workspaces", "none has rules yet, so nobody may see anything but you; see docs/access.md")
	}
	a.fact("Rules", fmt.Sprintf("%s, %s, %s, %s, %s", number(s.Roles, "role", "roles"), number(s.Channels, "channel", "channels"),
		number(s.People, "person", "people"), number(s.Groups, "group", "groups"), number(s.Domains, "e-mail domain", "e-mail domains")))
	requests := "none is open"
	if s.OpenRequests > 0 {
		requests = fmt.Sprintf("%d open; see insightbot access request list", s.OpenRequests)
	}
	a.fact("Requests", requests)
	switch {
	case s.Problem != "":
		a.fact("Risks", "not worked out, as a source could not be opened: "+s.Problem)
	case len(s.Risks) == 0:
		a.fact("Risks", "nothing stands out")
	default:
		a.fact("Risks", number(len(s.Risks), "thing to look at", "things to look at")+"; see insightbot access report")
		for _, r := range s.Risks[:min(len(s.Risks), fewRisks)] {
			a.fact("", riskLine(r))
		}
		if more := len(s.Risks) - fewRisks; more > 0 {
			a.fact("", fmt.Sprintf("and %d more", more))
		}
	}
}
