//go:build unix

package slacktest_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/slack-go/slack"

	"insightbot/bot/slack/slacktest"
)

// tap keeps what the methods answer.
type tap struct{ answers map[string][]byte }

func (p *tap) RoundTrip(r *http.Request) (*http.Response, error) {
	w, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = w.Body.Close() }()
	b, err := io.ReadAll(w.Body)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(r.URL.Path, "/api/") {
		p.answers[path.Base(r.URL.Path)] = b
	}
	w.Body = io.NopCloser(bytes.NewReader(b))
	return w, nil
}

// TestAnswers_AreThoseOfSlack holds an answer of each method against the types
// of Slack's own client, which know every field that there is.
func TestAnswers_AreThoseOfSlack(t *testing.T) {
	line := slacktest.Node(t, nil, "node_modules/ts-json-schema-generator/bin/ts-json-schema-generator.js",
		"--path", "answers.ts", "--tsconfig", "tsconfig.json", "--type", "Answers", "--no-type-check", "--minify", "--expose", "none").Line(t)
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
	if err != nil {
		t.Fatal(err)
	}
	loosen(doc)
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("answers.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("answers.json")
	if err != nil {
		t.Fatal(err)
	}
	answers := everyAnswer(t)
	if len(answers) < 29 {
		t.Errorf("only %d methods were called", len(answers))
	}
	for name, b := range answers {
		if !bytes.HasPrefix(b, []byte(`{"ok":true`)) {
			t.Errorf("%s answers %s", name, b)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(fmt.Sprintf("{%q:%s}", name, b)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := schema.Validate(withoutNulls(value)); err != nil {
			t.Errorf("%s: %v\n%s", name, err, b)
		}
	}
}

// loosen takes out of the schema what the client's types get wrong or say twice.
// Blocks have a schema of their own.
func loosen(schema any) {
	switch x := schema.(type) {
	case map[string]any:
		if all, ok := x["properties"].(map[string]any); ok {
			for _, name := range []string{"blocks", "attachments", "state", "root"} {
				if _, ok := all[name]; ok {
					all[name] = true
				}
			}
			if revoke, ok := all["auth.revoke"].(map[string]any); ok {
				delete(revoke, "additionalProperties") // "revoked" stands in the reference only
			}
		}
		for _, v := range x {
			loosen(v)
		}
	case []any:
		for _, v := range x {
			loosen(v)
		}
	}
}

// withoutNulls takes null out of an answer: the types do not know that what is
// there may be nothing.
func withoutNulls(value any) any {
	switch x := value.(type) {
	case map[string]any:
		for k, v := range x {
			if v == nil {
				delete(x, k)
			} else {
				x[k] = withoutNulls(v)
			}
		}
	case []any:
		for i, v := range x {
			x[i] = withoutNulls(v)
		}
	}
	return value
}

// everyAnswer calls every method once and returns what they answer. The
// assistant's methods answer nothing but ok.
func everyAnswer(t *testing.T) map[string][]byte {
	t.Helper()
	s, ann, _, _, channel := room(t)
	overHTTP(t, s)
	s.App.Rotation = true
	s.AddGroup(slacktest.UserGroup{Users: []string{ann}})
	p := &tap{answers: map[string][]byte{}}
	web := &http.Client{Transport: p}
	c := slack.New(s.Token, slack.OptionAPIURL(s.API), slack.OptionAppLevelToken(s.App.AppToken), slack.OptionHTTPClient(web))
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := c.AuthTestContext(ctx)
	must(err)
	_, _, err = c.StartSocketModeContext(ctx)
	must(err)
	_, err = c.GetUserInfoContext(ctx, ann)
	must(err)
	_, err = c.GetUsersContext(ctx)
	must(err)
	_, err = c.GetUserGroupsContext(ctx, slack.GetUserGroupsOptionIncludeUsers(true))
	must(err)
	_, err = c.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: channel, IncludeNumMembers: true})
	must(err)
	_, _, err = c.GetUsersInConversationContext(ctx, &slack.GetUsersInConversationParameters{ChannelID: channel})
	must(err)
	_, _, err = c.GetConversationsContext(ctx, &slack.GetConversationsParameters{})
	must(err)
	_, _, _, err = c.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{ann}, ReturnIM: true})
	must(err)
	said := s.PostLink(ann, channel, "https://analytics.example/1")
	_, _, _, err = c.UnfurlMessageContext(ctx, channel, said.TS, map[string]slack.Attachment{"https://analytics.example/1": {Text: "Revenue"}})
	must(err)
	_, ts, err := c.PostMessageContext(ctx, channel, text("words"), slack.MsgOptionBlocks(section("words")))
	must(err)
	_, _, _, err = c.UpdateMessageContext(ctx, channel, ts, text("other words"))
	must(err)
	_, err = c.PostEphemeralContext(ctx, channel, ann, text("psst"))
	must(err)
	must(c.AddReactionContext(ctx, "eyes", slack.NewRefToMessage(channel, ts)))
	_, _, _, err = c.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{ChannelID: channel, Timestamp: ts})
	must(err)
	_, err = c.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{ChannelID: channel})
	must(err)
	must(c.RemoveReactionContext(ctx, "eyes", slack.NewRefToMessage(channel, ts)))
	_, err = c.GetPermalinkContext(ctx, &slack.PermalinkParameters{Channel: channel, Ts: ts})
	must(err)
	_, _, err = c.DeleteMessageContext(ctx, channel, ts)
	must(err)
	file := uploadWith(t, c, "chart.png", channel, []byte("PNG"))
	_, _, _, err = c.GetFileInfoContext(ctx, file, 0, 0)
	must(err)
	must(c.DeleteFileContext(ctx, file))
	withButton(t, s, channel)
	v, err := c.OpenViewContext(ctx, s.Press(ann, "Subscribe").Wait(t).Trigger, form())
	must(err)
	_, err = c.UpdateViewContext(ctx, form(), "", v.Hash, v.ID)
	must(err)
	s.CloseDialog(ann)
	_, err = c.OpenViewContext(ctx, s.Press(ann, "Subscribe").Wait(t).Trigger, form())
	must(err)
	_, err = c.PushViewContext(ctx, s.Shortcut(ann, "more").Wait(t).Trigger, form())
	must(err)
	home := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{section("Home")}}}
	_, err = c.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: ann, View: home})
	must(err)
	back := s.Consent("https://slack.com/oauth/v2/authorize?client_id="+s.App.ClientID+"&scope=chat:write&redirect_uri=https%3A%2F%2Fbot.example%2F", s.Home.ID, ann)
	k := back[strings.Index(back, "code=")+len("code=") : strings.Index(back, "&state")]
	_, err = slack.GetOAuthV2ResponseContext(ctx, web, s.App.ClientID, s.App.ClientSecret, k, "https://bot.example/", slack.OAuthOptionAPIURL(s.API))
	must(err)
	_, err = c.SendAuthRevokeContext(ctx, "")
	must(err)
	return p.answers
}
