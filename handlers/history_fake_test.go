package handlers

import (
	"context"
	"time"

	"insightbot/chat"
)

// fakeHistory tells what it was given, and keeps what it was asked for.
type fakeHistory struct {
	asks       map[string][]chat.Ask
	unanswered []chat.Unanswered
	err        error
	where      []string
	since      time.Time
}

func (f *fakeHistory) RecentAsks(_ context.Context, person string, n int) ([]chat.Ask, error) {
	list := f.asks[person]
	return list[:min(n, len(list))], f.err
}

func (f *fakeHistory) Unanswered(_ context.Context, platform, workspace string, since time.Time, n int) ([]chat.Unanswered, error) {
	f.where, f.since = append(f.where, platform+"/"+workspace), since
	return f.unanswered[:min(n, len(f.unanswered))], f.err
}

// recalling gives a bench a history.
func recalling(h *fakeHistory) func(*Config) { return func(c *Config) { c.History = h } }
