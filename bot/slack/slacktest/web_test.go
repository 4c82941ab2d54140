package slacktest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"insightbot/bot/slack/slacktest"
)

func TestAPI_IsStrictAboutTokens(t *testing.T) {
	s := slacktest.New(t)
	other := s.Install(s.AddTeam(slacktest.Team{Name: "Other"}).ID, "chat:write", "commands")
	for name, c := range map[string]struct{ token, want string }{
		"unknown":   {"xoxb-made-up", "invalid_auth"},
		"none":      {"", "not_authed"},
		"app token": {s.App.AppToken, "not_allowed_token_type"},
		"good":      {s.Token, ""},
	} {
		_, err := slack.New(c.token, slack.OptionAPIURL(s.API)).AuthTestContext(t.Context())
		if code(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	limited := slack.New(other.Token, slack.OptionAPIURL(s.API))
	_, err := limited.GetUserInfoContext(t.Context(), other.Bot)
	var e slack.SlackErrorResponse
	if !errors.As(err, &e) || e.Err != "missing_scope" || e.Needed != "users:read" || e.Provided != "chat:write,commands" {
		t.Errorf("without the scope: %#v", err)
	}
	if _, _, err := client(s).StartSocketModeContext(t.Context()); err != nil {
		t.Errorf("with the app token: %v", err)
	}
	s.Revoke(s.Home.ID, "token_revoked")
	if _, err := client(s).AuthTestContext(t.Context()); code(err) != "token_revoked" {
		t.Errorf("after the revocation: %v", err)
	}
	if got := s.Calls("auth.test"); len(got) != 5 || got[4].Result != "token_revoked" || got[0].Args.Has("token") {
		t.Errorf("recorded %+v", got)
	}
}

func TestAPI_FaultsAreThoseThatWereAskedFor(t *testing.T) {
	s := slacktest.New(t)
	c := client(s)
	s.Break("auth.test", slacktest.Fault{Times: 1, RetryAfter: 1500 * time.Millisecond})
	_, err := c.AuthTestContext(t.Context())
	var limited *slack.RateLimitedError
	if !errors.As(err, &limited) || limited.RetryAfter != 2*time.Second {
		t.Errorf("limited: %v", err)
	}
	if _, err := c.AuthTestContext(t.Context()); err != nil {
		t.Errorf("the second call: %v", err)
	}
	s.Break("auth.test", slacktest.Fault{Times: 1, Status: http.StatusBadGateway})
	if _, err := c.AuthTestContext(t.Context()); err == nil || !strings.Contains(err.Error(), "502") {
		t.Errorf("bad gateway: %v", err)
	}
	s.Break("", slacktest.Fault{Code: "fatal_error"})
	if _, err := c.AuthTestContext(t.Context()); code(err) != "fatal_error" {
		t.Errorf("any method: %v", err)
	}
	s.Heal("")

	s.Break("auth.test", slacktest.Fault{Hang: true})
	done := make(chan error, 1)
	go func() {
		_, err := c.AuthTestContext(context.WithoutCancel(t.Context()))
		done <- err
	}()
	s.Eventually(t, "the call hangs", func() bool { return s.Busy() == 1 })
	s.Heal("auth.test")
	if err := <-done; err != nil {
		t.Errorf("after healing: %v", err)
	}

	ann := s.AddUser(slacktest.User{}).ID
	channel := s.DirectOf(ann)
	s.Break("chat.postMessage", slacktest.Fault{Times: 1, Status: http.StatusInternalServerError, After: true})
	if _, _, err := c.PostMessageContext(t.Context(), channel, slack.MsgOptionText("hello", false)); err == nil {
		t.Error("the lost answer is no error")
	}
	if got := s.Messages(channel); len(got) != 1 {
		t.Errorf("%d messages though only the answer was lost", len(got))
	}
}

func TestAPI_FactsOfPeopleAndChannels(t *testing.T) {
	s, ann, ben, eve, channel := room(t)
	foreign := s.AddTeam(slacktest.Team{Name: "Client"}).ID
	zoe := s.AddUser(slacktest.User{Name: "zoe", Team: foreign}).ID
	c := client(s)
	if _, err := c.GetUserInfoContext(t.Context(), zoe); code(err) != "user_not_found" {
		t.Errorf("somebody of nowhere: %v", err)
	}
	shared := s.AddChannel(slacktest.Channel{Kind: slacktest.Private, Members: []string{zoe, s.Bot}, Teams: []string{foreign}, Shared: true, ExtShared: true}).ID
	u, err := c.GetUserInfoContext(t.Context(), zoe)
	if err != nil || u.TeamID != foreign || u.IsStranger {
		t.Errorf("an external: %+v, %v", u, err)
	}
	g, err := c.GetUserInfoContext(t.Context(), eve)
	if err != nil || !g.IsRestricted || g.IsUltraRestricted || g.TZ != "Europe/Amsterdam" {
		t.Errorf("a guest: %+v, %v", g, err)
	}
	info, err := c.GetConversationInfoContext(t.Context(), &slack.GetConversationInfoInput{ChannelID: shared})
	if err != nil || !info.IsExtShared || !info.IsPrivate || !slices.Contains(info.ConnectedTeamIDs, foreign) {
		t.Errorf("a shared channel: %+v, %v", info, err)
	}
	hidden := s.AddChannel(slacktest.Channel{Kind: slacktest.Private, Members: []string{ann}}).ID
	if _, err := c.GetConversationInfoContext(t.Context(), &slack.GetConversationInfoInput{ChannelID: hidden}); code(err) != "channel_not_found" {
		t.Errorf("a private channel without the bot: %v", err)
	}

	s.PageSize = 2
	members, cursor, err := c.GetUsersInConversationContext(t.Context(), &slack.GetUsersInConversationParameters{ChannelID: channel})
	if err != nil || !cmp.Equal(members, []string{ann, ben}) || cursor == "" {
		t.Errorf("the first page: %v %q %v", members, cursor, err)
	}
	all, err := c.GetUsersContext(t.Context())
	if err != nil || len(all) != 4 {
		t.Errorf("%d people of the home workspace, %v", len(all), err)
	}
	group := s.AddGroup(slacktest.UserGroup{Handle: "managers", Users: []string{ann}})
	groups, err := c.GetUserGroupsContext(t.Context(), slack.GetUserGroupsOptionIncludeUsers(true))
	if err != nil || len(groups) != 1 || groups[0].ID != group.ID || !cmp.Equal(groups[0].Users, []string{ann}) {
		t.Errorf("groups: %+v, %v", groups, err)
	}
}

func section(text string) slack.Block {
	return slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, text, false, false), nil, nil)
}

func TestAPI_RefusesWrongBlocks(t *testing.T) {
	s, _, _, _, channel := room(t)
	c := client(s)
	post := func(blocks ...slack.Block) error {
		_, _, err := c.PostMessageContext(t.Context(), channel, slack.MsgOptionText("words", false), slack.MsgOptionBlocks(blocks...))
		return err
	}
	if err := post(section("fine")); err != nil {
		t.Fatal(err)
	}
	many := make([]slack.Block, 51)
	for i := range many {
		many[i] = slack.NewDividerBlock()
	}
	twice := slack.NewActionBlock("",
		slack.NewButtonBlockElement("x", "1", slack.NewTextBlockObject(slack.PlainTextType, "A", false, false)),
		slack.NewButtonBlockElement("x", "2", slack.NewTextBlockObject(slack.PlainTextType, "B", false, false)))
	for name, blocks := range map[string][]slack.Block{
		"51 blocks":   many,
		"same action": {twice},
		"empty text":  {slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, "", false, false))},
		"no file":     {slack.NewImageBlockSlackFile(&slack.SlackFileObject{ID: "F0NOTTHERE"}, "alt", "", nil)},
	} {
		if err := post(blocks...); code(err) != "invalid_blocks" {
			t.Errorf("%s: %v", name, err)
		}
	}
	long := make([]slack.Block, 5)
	for i := range long {
		long[i] = section(strings.Repeat("x", 2900))
	}
	if err := post(long...); code(err) != "msg_blocks_too_long" {
		t.Errorf("too long: %v", err)
	}
}

// upload takes the three steps.
func upload(t *testing.T, s *slacktest.Server, name, channel string, content []byte) string {
	t.Helper()
	return uploadWith(t, client(s), name, channel, content)
}

func uploadWith(t *testing.T, c *slack.Client, name, channel string, content []byte) string {
	t.Helper()
	u, err := c.GetUploadURLExternalContext(t.Context(), slack.GetUploadURLExternalParameters{FileName: name, FileSize: len(content), AltTxt: "a line that rises"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, u.UploadURL, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Body.Close(); err != nil || w.StatusCode != http.StatusOK {
		t.Fatalf("upload: %d, %v", w.StatusCode, err)
	}
	if _, err := c.CompleteUploadExternalContext(t.Context(), slack.CompleteUploadExternalParameters{
		Files: []slack.FileSummary{{ID: u.FileID, Title: "Revenue"}}, Channel: channel,
	}); err != nil {
		t.Fatal(err)
	}
	return u.FileID
}

func picture(id string) slack.Block {
	return slack.NewImageBlockSlackFile(&slack.SlackFileObject{ID: id}, "a line that rises", "", nil)
}

func TestAPI_FilesBecomeReadyAndSharedLate(t *testing.T) {
	s, ann, ben, eve, channel := room(t)
	c := client(s)
	s.ReadyAfter(time.Minute)
	id := upload(t, s, "chart.png", "", []byte("PNG canary"))
	post := func() error {
		_, _, err := c.PostMessageContext(t.Context(), channel, slack.MsgOptionText("words", false), slack.MsgOptionBlocks(picture(id)))
		return err
	}
	if info, _, _, err := c.GetFileInfoContext(t.Context(), id, 0, 0); err != nil || info.Mimetype != "" {
		t.Errorf("not ready: %+v, %v", info, err)
	}
	if err := post(); code(err) != "invalid_blocks" {
		t.Errorf("a file that is not ready: %v", err)
	}
	s.Advance(2 * time.Minute)
	if info, _, _, err := c.GetFileInfoContext(t.Context(), id, 0, 0); err != nil || info.Mimetype != "image/png" {
		t.Errorf("ready: %+v, %v", info, err)
	}
	// Seen by one person alone, it is the bot's and nobody else's.
	if _, err := c.PostEphemeralContext(t.Context(), channel, ann, slack.MsgOptionText("for you", false), slack.MsgOptionBlocks(picture(id))); err != nil {
		t.Fatal(err)
	}
	if seen := s.Sees(ann); len(seen) != 1 || !cmp.Equal(seen[0].Broken, []string{id}) || s.SeesText(ann, "canary") {
		t.Errorf("an ephemeral with the bot's file: %+v", seen)
	}
	if err := post(); err != nil {
		t.Fatal(err)
	}
	if !s.SeesText(ann, "canary") || !s.SeesText(ben, "canary") || s.SeesText(eve, "canary") {
		t.Error("a picture in a channel is seen by its readers and nobody else")
	}
	s.ReadyAfter(0)
	s.NeverShare(1)
	for want := range 2 {
		file := upload(t, s, "table.csv", channel, []byte("a,b\n"))
		info, _, _, err := c.GetFileInfoContext(t.Context(), file, 0, 0)
		if err != nil || len(info.Shares.Public[channel]) != want {
			t.Errorf("upload %d is shared as %+v, %v", want, info.Shares, err)
		}
	}
	if _, err := c.GetUploadURLExternalContext(t.Context(), slack.GetUploadURLExternalParameters{FileName: "empty.csv", FileSize: 0}); err == nil {
		t.Error("an upload of nothing is taken")
	}
	if p := s.Problems(); len(p) > 0 {
		t.Errorf("problems: %v", p)
	}
}

func TestSees_KnowsWhoCouldRead(t *testing.T) {
	s, ann, ben, eve, channel := room(t)
	c := client(s)
	secret := s.AddChannel(slacktest.Channel{Kind: slacktest.Private, Members: []string{ann, s.Bot}}).ID
	say := func(channel, text string) string {
		_, ts, err := c.PostMessageContext(t.Context(), channel, slack.MsgOptionText(text, false))
		if err != nil {
			t.Fatal(err)
		}
		return ts
	}
	say(secret, "stays")
	gone := say(secret, "goes")
	if _, _, _, err := c.UpdateMessageContext(t.Context(), secret, gone, slack.MsgOptionText("changed", false)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.DeleteMessageContext(t.Context(), secret, gone); err != nil {
		t.Fatal(err)
	}
	late := s.AddUser(slacktest.User{Name: "late"}).ID
	if s.SeesText(late, "stays") {
		t.Error("a stranger of a private channel reads it")
	}
	s.Joined(late, secret, ann)
	dm := s.DirectOf(ben)
	say(dm, "between us")
	say(channel, "open")
	for _, w := range []struct {
		user, text string
		want       bool
	}{
		{ann, "goes", true},
		{ann, "changed", true},
		{late, "stays", true},
		{late, "goes", false},
		{late, "changed", false},
		{ben, "between us", true},
		{ann, "between us", false},
		{late, "open", true}, // a full member reads public channels
		{eve, "open", false}, // a guest does not
	} {
		if got := s.SeesText(w.user, w.text); got != w.want {
			t.Errorf("%s sees %q: %v", w.user, w.text, got)
		}
	}
}

func TestOAuth_CodesAndTokensEnd(t *testing.T) {
	s := slacktest.New(t)
	s.App.Rotation = true
	team := s.AddTeam(slacktest.Team{Name: "Second"})
	back := s.Consent("https://slack.com/oauth/v2/authorize?client_id="+s.App.ClientID+"&scope=chat:write,commands&state=s1&redirect_uri=https%3A%2F%2Fbot.example%2Fback", team.ID, "U1")
	if !strings.HasPrefix(back, "https://bot.example/back?") || !strings.Contains(back, "state=s1") {
		t.Fatal(back)
	}
	k := back[strings.Index(back, "code=")+5 : strings.Index(back, "&state")]
	exchange := func(secret, redirect string) (*slack.OAuthV2Response, error) {
		return slack.GetOAuthV2ResponseContext(t.Context(), http.DefaultClient, s.App.ClientID, secret, k, redirect, slack.OAuthOptionAPIURL(s.API))
	}
	if _, err := exchange("wrong", "https://bot.example/back"); code(err) != "bad_client_secret" {
		t.Errorf("wrong secret: %v", err)
	}
	if _, err := exchange(s.App.ClientSecret, "https://bot.example/other"); code(err) != "bad_redirect_uri" {
		t.Errorf("wrong redirect: %v", err)
	}
	a, err := exchange(s.App.ClientSecret, "https://bot.example/back")
	if err != nil || a.Team.ID != team.ID || a.Scope != "chat:write,commands" || a.ExpiresIn != 43200 || a.RefreshToken == "" {
		t.Fatalf("%+v, %v", a, err)
	}
	if _, err := exchange(s.App.ClientSecret, "https://bot.example/back"); code(err) != "code_already_used" {
		t.Errorf("the code a second time: %v", err)
	}
	s.Advance(13 * time.Hour)
	if _, err := slack.New(a.AccessToken, slack.OptionAPIURL(s.API)).AuthTestContext(t.Context()); code(err) != "token_expired" {
		t.Errorf("after 13 hours: %v", err)
	}
	for i, want := range []string{"", "invalid_refresh_token"} {
		n, err := slack.RefreshOAuthV2TokenContext(t.Context(), http.DefaultClient, s.App.ClientID, s.App.ClientSecret, a.RefreshToken, slack.OAuthOptionAPIURL(s.API))
		if code(err) != want {
			t.Fatalf("refresh %d: %v", i, err)
		}
		if err == nil {
			if r, err := slack.New(n.AccessToken, slack.OptionAPIURL(s.API)).AuthTestContext(t.Context()); err != nil || r.TeamID != team.ID {
				t.Errorf("the new token: %+v, %v", r, err)
			}
		}
	}
}

func TestResponseURL_TakesFiveRepliesInHalfAnHour(t *testing.T) {
	s, ann, ben, _, channel := room(t)
	b := overHTTP(t, s)
	d := s.Command(ann, channel, "/insight", "revenue").Wait(t)
	if form := string(b.last(t).body); !strings.Contains(form, "command=%2Finsight") || !strings.Contains(form, "text=revenue") {
		t.Errorf("the command is %s", form)
	}
	reply := func(address, body string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		w, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = w.Body.Close() }()
		var text bytes.Buffer
		_, _ = text.ReadFrom(w.Body)
		return w.StatusCode, text.String()
	}
	for i, body := range []string{
		`{"text":"private"}`, `{"text":"replaced","replace_original":true}`, `{"text":"public","response_type":"in_channel"}`,
		`{"delete_original":true}`, `{"text":"again"}`,
	} {
		if status, text := reply(d.ResponseURL, body); status != http.StatusOK || text != "ok" {
			t.Errorf("reply %d: %d %s", i, status, text)
		}
	}
	if status, text := reply(d.ResponseURL, `{"text":"sixth"}`); status != http.StatusNotFound || !strings.Contains(text, "used_url") {
		t.Errorf("the sixth: %d %s", status, text)
	}
	var words []string
	for _, m := range s.Ephemerals(ann) {
		words = append(words, m.Text)
	}
	if !cmp.Equal(words, []string{"replaced", "again"}) {
		t.Errorf("ephemerals: %v", words)
	}
	if s.SeesText(ben, "private") || !s.SeesText(ann, "private") || !s.SeesText(ben, "public") {
		t.Error("who sees what is wrong")
	}
	d = s.Command(ann, channel, "/insight", "").Wait(t)
	s.Advance(31 * time.Minute)
	if status, text := reply(d.ResponseURL, `{"text":"late"}`); status != http.StatusNotFound || !strings.Contains(text, "expired_url") {
		t.Errorf("after 31 minutes: %d %s", status, text)
	}
}

func TestCommand_ShowsTheAnswerOfItsAcknowledgement(t *testing.T) {
	s, ann, ben, _, channel := room(t)
	b := overHTTP(t, s)
	b.answering(func(w http.ResponseWriter, _ got) { _, _ = fmt.Fprint(w, `{"text":"working on it"}`) })
	s.Command(ann, channel, "/insight", "revenue").Wait(t)
	if !s.SeesText(ann, "working on it") || s.SeesText(ben, "working on it") {
		t.Error("the answer of the acknowledgement is for who typed alone")
	}
	b.answering(func(w http.ResponseWriter, _ got) { w.WriteHeader(http.StatusInternalServerError) })
	d := s.Command(ann, channel, "/insight", "revenue").Wait(t)
	if d.Acked() || d.Attempts() != 1 || !s.SeesText(ann, `/insight failed with the error "http_error"`) {
		t.Errorf("a command that fails: %d attempts", d.Attempts())
	}
}
