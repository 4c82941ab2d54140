package slacktest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"
)

// method is one method of the Web API.
type method struct {
	// scopes is what a bot's token needs, of which one is enough; app is for
	// methods that take an app's token, and open for those that take none.
	scopes    []string
	app, open bool
	run       func(*request) (any, error)
}

// methods are those that the fake knows.
var methods = map[string]method{
	"auth.test":                             {run: (*request).authTest},
	"auth.revoke":                           {run: (*request).authRevoke},
	"apps.connections.open":                 {app: true, run: (*request).connectionsOpen},
	"oauth.v2.access":                       {open: true, run: (*request).oauthAccess},
	"users.info":                            {scopes: []string{"users:read"}, run: (*request).usersInfo},
	"users.list":                            {scopes: []string{"users:read"}, run: (*request).usersList},
	"usergroups.list":                       {scopes: []string{"usergroups:read"}, run: (*request).usergroupsList},
	"conversations.info":                    {run: (*request).conversationsInfo},
	"conversations.members":                 {run: (*request).conversationsMembers},
	"conversations.list":                    {run: (*request).conversationsList},
	"conversations.open":                    {scopes: []string{"im:write", "mpim:write"}, run: (*request).conversationsOpen},
	"conversations.replies":                 {run: (*request).conversationsReplies},
	"conversations.history":                 {run: (*request).conversationsHistory},
	"chat.postMessage":                      {scopes: []string{"chat:write"}, run: (*request).postMessage},
	"chat.postEphemeral":                    {scopes: []string{"chat:write"}, run: (*request).postEphemeral},
	"chat.update":                           {scopes: []string{"chat:write"}, run: (*request).chatUpdate},
	"chat.delete":                           {scopes: []string{"chat:write"}, run: (*request).chatDelete},
	"chat.unfurl":                           {scopes: []string{"links:write"}, run: (*request).chatUnfurl},
	"chat.getPermalink":                     {run: (*request).getPermalink},
	"files.getUploadURLExternal":            {scopes: []string{"files:write"}, run: (*request).uploadURL},
	"files.completeUploadExternal":          {scopes: []string{"files:write"}, run: (*request).completeUpload},
	"files.info":                            {scopes: []string{"files:read"}, run: (*request).filesInfo},
	"files.delete":                          {scopes: []string{"files:write"}, run: (*request).filesDelete},
	"views.open":                            {run: (*request).viewsOpen},
	"views.push":                            {run: (*request).viewsPush},
	"views.update":                          {run: (*request).viewsUpdate},
	"views.publish":                         {run: (*request).viewsPublish},
	"reactions.add":                         {scopes: []string{"reactions:write"}, run: (*request).reactionsAdd},
	"reactions.remove":                      {scopes: []string{"reactions:write"}, run: (*request).reactionsRemove},
	"assistant.threads.setStatus":           {scopes: []string{"assistant:write", "chat:write"}, run: (*request).setStatus},
	"assistant.threads.setTitle":            {scopes: []string{"assistant:write"}, run: (*request).setTitle},
	"assistant.threads.setSuggestedPrompts": {scopes: []string{"assistant:write"}, run: (*request).setPrompts},
}

// run checks who calls and does the call.
func (c *request) run() (any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m, ok := methods[c.method]
	if !ok {
		return nil, refuse("unknown_method")
	}
	switch {
	case m.open:
	case c.token == "":
		return nil, refuse("not_authed")
	case m.app:
		if c.token != c.App.AppToken {
			return nil, refuse(wrongToken(c.token))
		}
	default:
		if err := c.who(); err != nil {
			return nil, err
		}
		if err := c.need(m.scopes...); err != nil {
			return nil, err
		}
	}
	return m.run(c)
}

// wrongToken is the error for a token that does not fit.
func wrongToken(token string) string {
	if strings.HasPrefix(token, "xoxb-") {
		return "not_allowed_token_type"
	}
	return "invalid_auth"
}

// who finds the installation of the token.
func (c *request) who() error {
	if c.token == c.App.AppToken {
		return refuse("not_allowed_token_type")
	}
	for _, in := range c.installs {
		switch {
		case in.Token != c.token:
		case in.dead != "":
			return refuse(in.dead)
		case !in.Expires.IsZero() && !c.now().Before(in.Expires):
			return refuse("token_expired")
		default:
			c.in = in
			return nil
		}
	}
	return refuse("invalid_auth")
}

// need checks that the token may do what one of the scopes allows.
func (c *request) need(scopes ...string) error {
	if len(scopes) == 0 || len(c.in.Scopes) == 0 || slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(c.in.Scopes, s) }) {
		return nil
	}
	return &refusal{code: "missing_scope", needed: scopes[0], provided: strings.Join(c.in.Scopes, ",")}
}

// needFor checks the scope of a channel's kind, such as channels:read.
func (c *request) needFor(kind Kind, right string) error {
	return c.need(map[Kind]string{Public: "channels:", Private: "groups:", Direct: "im:", Group: "mpim:"}[kind] + right)
}

// is reports whether an argument is true.
func (c *request) is(name string) bool {
	v := c.args.Get(name)
	return v == "true" || v == "1"
}

// decode reads an argument that is JSON.
func (c *request) decode(name string, into any) error {
	if err := json.Unmarshal([]byte(c.args.Get(name)), into); err != nil {
		return refuse("invalid_arguments", "failed to parse "+name)
	}
	return nil
}

// multipartValues are the values of a multipart form that are no files.
func multipartValues(body []byte, boundary string) (url.Values, error) {
	values := url.Values{}
	r := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := r.NextPart()
		if err == io.EOF { //nolint:errorlint // as documented
			return values, nil
		}
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		values.Add(part.FormName(), string(b))
	}
}
