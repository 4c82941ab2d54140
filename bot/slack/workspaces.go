package slack

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"insightbot/bot/slack/api"
	"insightbot/chat"
)

const (
	// refreshBefore is how long before its end a token is renewed.
	refreshBefore = 2 * time.Hour
	// renewPause is how long nothing is tried after that failed, while the old
	// token is valid.
	renewPause = time.Minute
)

// workspace is one workspace that let the bot in.
type workspace struct {
	*api.Client
	id string

	config Config
	mu     sync.Mutex
	// kept is the installation; fixed is set when its token comes from the
	// settings, so that nothing about it is written down.
	kept  chat.Installation
	fixed bool
	// gone is set when Slack took the token back.
	gone bool
	// again is when to renew the token again after that failed; renewing is held
	// by who does.
	again    time.Time
	renewing sync.Mutex
	// readers are people in channels, and until when that is believed.
	readers map[[2]string]time.Time
}

// workspaces are all of them, by id.
type workspaces struct {
	config Config
	mu     sync.RWMutex
	byID   map[string]*workspace
}

func newWorkspaces(c Config) *workspaces {
	return &workspaces{config: c, byID: map[string]*workspace{}}
}

// load finds the workspaces: the one of the settings, and those that installed
// the app.
func (ws *workspaces) load(ctx context.Context) error {
	if ws.config.BotToken != "" {
		in, err := api.Identify(ctx, ws.apiConfig(), ws.config.BotToken)
		if err != nil {
			return fmt.Errorf("slack: the bot token: %w", err)
		}
		ws.add(in, true)
	}
	all, err := ws.config.Store.Installations(ctx, Name)
	if err != nil {
		return fmt.Errorf("slack: installations: %w", err)
	}
	for _, in := range all {
		if ws.of(in.Workspace) == nil {
			ws.add(in, false)
		}
	}
	return nil
}

func (ws *workspaces) apiConfig() api.Config {
	return api.Config{BaseURL: ws.config.API, HTTP: ws.config.Client, Log: ws.config.Log, Now: ws.config.Now}
}

// add makes a workspace known, in the place of an earlier one of its id.
func (ws *workspaces) add(in chat.Installation, fixed bool) {
	w := &workspace{id: in.Workspace, config: ws.config, kept: in, fixed: fixed}
	c := ws.apiConfig()
	c.Token, c.Team, c.Enterprise, c.BotUser = w.token, in.Workspace, in.Enterprise, in.Bot
	if ws.config.Calls != nil {
		ws.config.Calls(&c)
	}
	w.Client = api.New(c)
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.byID[w.id] = w
}

// of is the workspace of the first of these ids that is one, or nil.
func (ws *workspaces) of(ids ...string) *workspace {
	ws.mu.RLock()
	defer ws.mu.RUnlock()
	for _, id := range ids {
		if w := ws.byID[id]; w != nil && id != "" {
			return w
		}
	}
	return nil
}

// all are the workspaces there are now.
func (ws *workspaces) all() []*workspace {
	ws.mu.RLock()
	defer ws.mu.RUnlock()
	return slices.Collect(maps.Values(ws.byID))
}

// drop forgets a workspace and what is cached of it.
func (ws *workspaces) drop(id string) {
	ws.mu.Lock()
	w := ws.byID[id]
	delete(ws.byID, id)
	ws.mu.Unlock()
	if w != nil {
		w.leave()
		w.ForgetAll()
	}
}

// errGone says that a workspace took the bot's token back.
var errGone = errors.New("slack: the workspace took the token back")

// token is the one to call with, renewed in time where tokens end. While one
// call renews it the others go on with the old one, as long as that is valid.
func (w *workspace) token(ctx context.Context) (chat.Secret, error) {
	in, gone, due := w.state()
	switch {
	case gone:
		return "", errGone
	case !due:
		return in.Token, nil
	}
	valid := w.config.Now().Before(in.Expires)
	if !w.renewing.TryLock() {
		if valid {
			return in.Token, nil
		}
		w.renewing.Lock()
	}
	defer w.renewing.Unlock()
	if in, gone, due = w.state(); gone || !due {
		return in.Token, nil // somebody else was first
	}
	next, err := w.renew(ctx, in)
	switch {
	case err == nil:
		return next.Token, nil
	case valid:
		w.config.Log.WarnContext(ctx, "a token could not be renewed yet", "workspace", w.id, "error", err)
		return in.Token, nil
	}
	return "", fmt.Errorf("slack: renew the token: %w", err)
}

// state is the installation now, whether it is gone, and whether its token has
// to be renewed.
func (w *workspace) state() (in chat.Installation, gone, due bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.config.Now()
	ends := !w.fixed && !w.kept.Expires.IsZero() && w.kept.Refresh != ""
	due = ends && !now.Before(w.kept.Expires.Add(-refreshBefore)) && (!now.Before(w.kept.Expires) || !now.Before(w.again))
	return w.kept, w.gone, due
}

// renew gets the next token and keeps it. Nothing waits for it but who needs it.
func (w *workspace) renew(ctx context.Context, in chat.Installation) (chat.Installation, error) {
	next, err := api.Refresh(ctx, api.OAuth{
		BaseURL: w.config.API, HTTP: w.config.Client, ClientID: w.config.ClientID, ClientSecret: w.config.ClientSecret,
	}, in, w.config.Now())
	w.mu.Lock()
	if err != nil {
		w.again = w.config.Now().Add(renewPause)
		w.mu.Unlock()
		return chat.Installation{}, err
	}
	w.kept = next
	w.mu.Unlock()
	// A refresh token works once: the next one must not be lost, even when
	// this call ends.
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := w.config.Store.PutInstallation(keep, next); err != nil {
		w.config.Log.ErrorContext(ctx, "a renewed token could not be kept", "workspace", w.id, "error", err)
	}
	return next, nil
}

// installation is what is known of the workspace now.
func (w *workspace) installation() chat.Installation {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.kept
}

// leave makes every further call fail.
func (w *workspace) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gone = true
}

// left reports whether the token was taken back.
func (w *workspace) left() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.gone
}
