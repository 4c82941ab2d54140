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

// refreshBefore is how long before its end a token is renewed.
const refreshBefore = 2 * time.Hour

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

// token is the one to call with, renewed in time where tokens end.
func (w *workspace) token(ctx context.Context) (chat.Secret, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	in := w.kept
	switch {
	case w.gone:
		return "", errGone
	case w.fixed || in.Expires.IsZero() || in.Refresh == "" || w.config.Now().Before(in.Expires.Add(-refreshBefore)):
		return in.Token, nil
	}
	next, err := api.Refresh(ctx, api.OAuth{
		BaseURL: w.config.API, HTTP: w.config.Client, ClientID: w.config.ClientID, ClientSecret: w.config.ClientSecret,
	}, in, w.config.Now())
	if err != nil {
		if w.config.Now().Before(in.Expires) {
			w.config.Log.WarnContext(ctx, "a token could not be renewed yet", "workspace", w.id, "error", err)
			return in.Token, nil
		}
		return "", fmt.Errorf("slack: renew the token: %w", err)
	}
	// A refresh token works once: the next one must not be lost, even when
	// this call ends.
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	w.kept = next
	if err := w.config.Store.PutInstallation(keep, next); err != nil {
		w.config.Log.ErrorContext(ctx, "a renewed token could not be kept", "workspace", w.id, "error", err)
	}
	return next.Token, nil
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
