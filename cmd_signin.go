package main

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"insightbot/access"
)

// signInFor is how long a link to the web console works.
const signInFor = 10 * time.Minute

// signinCommand lets the operator into the web console.
func (a *app) signinCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "signin",
		Short: "Make a link that signs you in to the web console",
		Long: `Make a link that signs you in to the web console as the operator. It works once, for 10 minutes. Where no console is set up,
the playground needs no sign-in, and this says where it is.`,
		Args: exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.settings()
			if err != nil {
				return err
			}
			if c.Console == "" {
				fmt.Fprintf(a.out, "The playground is at http://%s while the bot runs (insightbot serve), and needs no sign-in.\nFor a console that other machines reach, set console in the settings.\n", c.Addr)
				return nil
			}
			return a.withKept(cmd, func(ctx context.Context, w *wiring) error {
				user, place := terminalUser(a.getenv), terminalPlace()
				token, err := w.store.MakeSignIn(ctx, user, place, w.now().Add(signInFor))
				if err != nil {
					return err
				}
				err = w.store.RecordEvent(ctx, w.operated(access.ActionSignIn, w.subject(access.PersonOf(user, place)), "link made"))
				if err != nil {
					return err
				}
				fmt.Fprintf(a.out, "%s/sign-in?token=%s\n", c.Console, url.QueryEscape(token))
				fmt.Fprintln(a.errOut, "This link works once, for 10 minutes. Whoever opens it is the operator: do not pass it on.")
				return nil
			})
		},
	}
}
