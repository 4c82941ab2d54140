package main

import (
	"context"
	"crypto/rand"
	"fmt"

	"insightbot/access"
	"insightbot/access/policyfile"
	"insightbot/chat"
	"insightbot/source/demo"
	"insightbot/storage"
)

// ruleBook answers who may see what: from the store, but for the command line.
// Whoever can run the program with its files holds the keys to all of it, so
// no rule in one of those files could keep anything from them.
type ruleBook struct {
	store          *storage.Store
	platformAdmins bool
}

// Rules returns what concerns one person in one place, as it is now.
func (b ruleBook) Rules(ctx context.Context, u chat.User, p chat.Place) (access.Rules, error) {
	if p.Platform == terminalPlatform {
		return access.OperatorRules(), nil
	}
	r, err := b.store.Rules(ctx, u, p)
	if err != nil {
		return access.Rules{}, err
	}
	r.PlatformAdmins = b.platformAdmins
	return r, nil
}

// rules finds what concerns one person in one place, as the bot does.
func (w *wiring) rules() ruleBook { return ruleBook{w.store, w.config.PlatformAdmins} }

// newCode makes what the first admin of a workspace has to say.
func newCode() string {
	text := rand.Text()
	return text[:4] + "-" + text[4:8]
}

// seed lays the rules that come with what is configured.
func (w *wiring) seed(ctx context.Context) error {
	if w.workspace() != demo.Name {
		return nil
	}
	return w.seedDemo(ctx)
}

// seedDemo lays the rules of the demo company, once. They concern its own
// workspace in the playground, which exists only while no other source is
// configured.
func (w *wiring) seedDemo(ctx context.Context) error {
	place := playgroundPlaces(w.workspace())[0]
	rules, err := w.store.Rules(ctx, chat.User{}, place)
	if err != nil {
		return err
	}
	if rules.Mode != access.ModeUnset {
		return nil
	}
	given, err := policyfile.Read("access.yml", demo.Access())
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	by := access.Event{At: w.now(), Actor: access.ActorProgram, Action: access.ActionRule}
	_, err = w.store.ChangePolicy(ctx, by, func(p *access.Policy) error {
		if p.Mode(place.Platform, place.Workspace) != access.ModeUnset {
			return nil // another process was first
		}
		merge(p, given)
		return nil
	})
	return err
}

// merge adds to a policy what another one has and it lacks.
func merge(p *access.Policy, given access.Policy) {
	for _, r := range given.Roles {
		if _, ok := p.Role(r.ID); !ok {
			p.PutRole(r)
		}
	}
	for _, c := range given.Channels {
		p.PutChannel(c)
	}
	for _, person := range given.People {
		p.PutPerson(person)
	}
	for _, s := range given.Workspaces {
		p.SetMode(s.Platform, s.ID, s.Mode)
	}
}

// workspace is that of the playground: the demo company while there is nothing
// else to ask, so that its rules never hold for anybody's own data.
func (w *wiring) workspace() string {
	if len(w.config.Sources) == 0 {
		return demo.Name
	}
	return "local"
}
