package handlers

import (
	"context"
	"net/url"
	"time"

	"insightbot/access"
	"insightbot/chat"
)

// signInFor is how long a link to the web console works.
const signInFor = 10 * time.Minute

// signIn gives the asker a link to the web console. Its token is written down
// nowhere but in the reply.
func (b *Bot) signIn(ctx context.Context, v *visit) (*chat.Reply, error) {
	switch {
	case !v.someone():
		return v.privately("", lead("There is nobody to sign in.")), nil
	case v.Console:
		// A link made from a link would keep what was known of somebody for
		// ever: their groups, and that they are no guest.
		return v.privately("Sign in", lead("You are signed in already. For another hour, ask for a link where you usually talk to me.")), nil
	case b.config.Console == "":
		return v.privately("Sign in", lead("The web console can be opened only on the machine I run on, at the address printed there when I started.")), nil
	}
	token, err := b.config.SignIns.MakeSignIn(ctx, v.User, v.Place, b.config.Now().Add(signInFor))
	if err != nil {
		return nil, err
	}
	v.note(ctx, access.ActionSignIn, "person:"+v.person(), "link made")
	return v.privately("Sign in",
		lead("This link signs you in to the web console. It works once, for 10 minutes, and is for you alone: do not pass it on."),
		chat.Link{Label: "Open the web console", URL: b.config.Console + "/sign-in?token=" + url.QueryEscape(token)}), nil
}
