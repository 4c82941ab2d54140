package api

import (
	"context"
	"net/url"
)

// Guard looks, right before something is shown, whether it still may be. It is
// asked before every attempt, after the wait for its turn: in a busy channel
// minutes can pass, in which somebody joins. An error of it ends the call. Nil
// lets everything pass.
type Guard func(ctx context.Context) error

// show is call for a method that shows something to more people than one.
func (c *Client) show(ctx context.Context, g Guard, name string, v url.Values, out any) error {
	_, err := c.ask(ctx, g, name, v, out)
	return err
}
