package api

import "context"

// Guard looks, right before something is shown, whether it still may be. It is
// asked before every attempt, after the wait for its turn: in a busy channel
// minutes can pass, in which somebody joins. An error of it ends the call.
type Guard func(ctx context.Context) error

type guardKey struct{}

// guarded lets a guard stand before the calls that show something.
func guarded(ctx context.Context, g Guard) context.Context {
	if g == nil {
		return ctx
	}
	return context.WithValue(ctx, guardKey{}, g)
}

// shows are the methods that show something to more people than one.
var shows = map[string]bool{"chat.postMessage": true, "chat.unfurl": true, "files.completeUploadExternal": true}

// allowed asks the guard of a call, where it has one. What the guard itself
// looks up has none.
func allowed(ctx context.Context, method string) error {
	g, ok := ctx.Value(guardKey{}).(Guard)
	if !ok || g == nil || !shows[method] {
		return nil
	}
	return g(context.WithValue(ctx, guardKey{}, Guard(nil)))
}
