package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"insightbot/chat"
)

// Recover turns a panic of a handler into an error, so that one bad answer
// never takes the bot down. The stack goes to the log, never to a person.
func Recover(log *slog.Logger) chat.Middleware {
	return func(next chat.Handler) chat.Handler {
		return chat.HandlerFunc(func(ctx context.Context, r *chat.Request) (reply *chat.Reply, err error) {
			defer func() {
				if p := recover(); p != nil {
					log.ErrorContext(ctx, "handler panicked", "ref", r.Ref, "panic", chat.Recovered(p), "stack", string(debug.Stack()))
					reply, err = nil, errPanic
				}
			}()
			return next.Answer(ctx, r)
		})
	}
}

var errPanic = errors.New("bot: handler panicked")

// Log writes one line for each request: what was called where, how long it
// took, and whether it was answered. It never holds a question, an argument or
// a result value; the cause of a failure is logged once, by the transport that
// has to say so.
func Log(log *slog.Logger, now func() time.Time) chat.Middleware {
	return func(next chat.Handler) chat.Handler {
		return chat.HandlerFunc(func(ctx context.Context, r *chat.Request) (*chat.Reply, error) {
			began := now()
			reply, err := next.Answer(ctx, r)
			outcome := chat.OutcomeFailed
			if err == nil {
				outcome = reply.Outcome
			}
			log.InfoContext(ctx, "request", "ref", r.Ref, "platform", r.Place.Platform, "command", r.Call.Command,
				"outcome", outcome, "took_ms", now().Sub(began).Milliseconds())
			return reply, err
		})
	}
}

// Timeout bounds each answer. The context it passes on outlives that of the
// transport, so that a shutdown lets answers in flight finish within the
// bound.
func Timeout(limit time.Duration) chat.Middleware {
	return func(next chat.Handler) chat.Handler {
		return chat.HandlerFunc(func(ctx context.Context, r *chat.Request) (*chat.Reply, error) {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
			defer cancel()
			reply, err := next.Answer(ctx, r)
			if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return nil, fmt.Errorf("bot: no answer within %s: %w", limit, err)
			}
			return reply, err
		})
	}
}
