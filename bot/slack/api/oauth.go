package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"insightbot/chat"
)

// OAuth is what installing the app in a workspace needs.
type OAuth struct {
	// BaseURL is the address of the Web API, with a slash at its end.
	BaseURL      string
	HTTP         *http.Client
	ClientID     string
	ClientSecret chat.Secret
	// RedirectURL is where Slack sends the browser back to.
	RedirectURL string
	Scopes      []string
}

// methodOAuth is the method that gives tokens.
const methodOAuth = "oauth.v2.access"

// AuthoriseURL is where a browser goes to let the app in. state comes back with
// it, and proves that it is the same browser.
func (o OAuth) AuthoriseURL(state string) string {
	v := url.Values{"client_id": {o.ClientID}, "scope": {strings.Join(o.Scopes, ",")}, "state": {state}}
	if o.RedirectURL != "" {
		v.Set("redirect_uri", o.RedirectURL)
	}
	return strings.TrimSuffix(o.BaseURL, "api/") + "oauth/v2/authorize?" + v.Encode()
}

// Exchange makes an installation of the code that the browser came back with. A
// code works once.
func (o OAuth) Exchange(ctx context.Context, code string, now time.Time) (chat.Installation, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	r, err := slack.GetOAuthV2ResponseContext(ctx, plain(o.HTTP), o.ClientID, o.ClientSecret.Reveal(), code, o.RedirectURL, slack.OAuthOptionAPIURL(o.BaseURL))
	if err != nil {
		return chat.Installation{}, oauthError(err)
	}
	in := installation(r, now)
	if in.Workspace == "" {
		return chat.Installation{}, fmt.Errorf("slack: %s: it names no workspace: %w", methodOAuth, ErrAnswer)
	}
	if in.Token == "" || r.TokenType != "" && r.TokenType != "bot" {
		return chat.Installation{}, fmt.Errorf("slack: %s: it holds no token of a bot: %w", methodOAuth, ErrAnswer)
	}
	return in, nil
}

// Refresh gets the next token of an installation. A refresh token works once,
// so that what it returns must be kept before anything else.
func Refresh(ctx context.Context, o OAuth, in chat.Installation, now time.Time) (chat.Installation, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	r, err := slack.RefreshOAuthV2TokenContext(ctx, plain(o.HTTP), o.ClientID, o.ClientSecret.Reveal(), in.Refresh.Reveal(), slack.OAuthOptionAPIURL(o.BaseURL))
	if err != nil {
		return chat.Installation{}, oauthError(err)
	}
	next := installation(r, now)
	if next.Token == "" {
		return chat.Installation{}, fmt.Errorf("slack: %s: %w", methodOAuth, ErrAnswer)
	}
	if next.Workspace != "" && next.Workspace != in.Workspace {
		return chat.Installation{}, fmt.Errorf("slack: %s: the token is another workspace's: %w", methodOAuth, ErrAnswer)
	}
	in.Token, in.Expires = next.Token, next.Expires
	if next.Refresh != "" {
		in.Refresh = next.Refresh
	}
	if len(next.Scopes) > 0 {
		in.Scopes = next.Scopes
	}
	return in, nil
}

// installation is what an answer says of one. An app that a whole organisation
// let in has the organisation in the place of the workspace.
func installation(r *slack.OAuthV2Response, now time.Time) chat.Installation {
	in := chat.Installation{
		Platform: platform, Workspace: r.Team.ID, Enterprise: r.Enterprise.ID, Name: r.Team.Name, App: r.AppID, Bot: r.BotUserID,
		Token: chat.Secret(r.AccessToken), Refresh: chat.Secret(r.RefreshToken), Scopes: scopes(r.Scope), At: now,
	}
	if in.Workspace == "" && r.IsEnterpriseInstall {
		in.Workspace, in.Name = r.Enterprise.ID, r.Enterprise.Name
	}
	if r.ExpiresIn > 0 {
		in.Expires = now.Add(time.Duration(r.ExpiresIn) * time.Second)
	}
	return in
}

// scopes are those of a list that is joined by commas.
func scopes(list string) []string {
	var all []string
	for s := range strings.SplitSeq(list, ",") {
		if s = strings.TrimSpace(s); s != "" {
			all = append(all, s)
		}
	}
	return all
}

// oauthError is an error of the SDK without anything that it quotes.
func oauthError(err error) error {
	if e, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return refusal(methodOAuth, answer{Error: e.Err, Needed: e.Needed, Provided: e.Provided})
	}
	if e, ok := errors.AsType[slack.StatusCodeError](err); ok {
		return status(methodOAuth, e.Code)
	}
	if _, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return fmt.Errorf("slack: %s: %w", methodOAuth, ErrBusy)
	}
	if _, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("slack: %s: %w", methodOAuth, cause(err))
	}
	return fmt.Errorf("slack: %s: %w", methodOAuth, ErrAnswer)
}

// Identify asks Slack whose token it is. Of c it needs what a call needs.
func Identify(ctx context.Context, c Config, token chat.Secret) (chat.Installation, error) {
	c.Token = func(context.Context) (chat.Secret, error) { return token, nil }
	client := New(c)
	var a struct {
		Team       string `json:"team"`
		TeamID     string `json:"team_id"`
		User       string `json:"user_id"`
		Enterprise string `json:"enterprise_id"`
		App        string `json:"app_id"`
	}
	header, err := client.ask(ctx, nil, "auth.test", url.Values{}, &a)
	if err != nil {
		return chat.Installation{}, err
	}
	in := chat.Installation{
		Platform: platform, Workspace: firstOf(a.TeamID, a.Enterprise), Enterprise: a.Enterprise, Name: a.Team, App: a.App, Bot: a.User,
		Token: token, Scopes: scopes(header.Get("X-OAuth-Scopes")), At: client.config.Now(),
	}
	if in.Workspace == "" || in.Bot == "" {
		return chat.Installation{}, fmt.Errorf("slack: auth.test: %w", ErrAnswer)
	}
	return in, nil
}
