package handlers

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"insightbot/access"
	"insightbot/chat"
)

func TestPrivacy_SaysWhatIsKeptAndGivesItAway(t *testing.T) {
	b := administered(t)
	b.keeper.personal = access.Personal{
		Roles: []string{"growth"}, Asks: []chat.Ask{{Ref: "R1", At: now, Channel: "C1", Question: "sign-ups?", User: "hash of mia"}},
		Requests: []access.Request{{ID: 1, At: now, WhoName: "Mia"}}, Events: []access.Event{{Ref: "R2", Actor: "hash of mia", Action: access.ActionExport}},
		Feedback: []access.Feedback{{Ref: "R1", Insight: "shop/signups", Kind: "not_meant"}},
	}
	r := b.say(t, mia, growthRoom, "privacy")
	says(t, r, "Questions: 1, each deleted after 90 days", "Roles given to you: 1", "Requests for access: 1", "Export my data", "Erase my data")
	if !r.Private {
		t.Error("everybody reads it")
	}
	file := b.press(t, mia, growthRoom, button(t, r, "Export my data").Call)
	data := find[chat.Attachment](file.Parts)[0].File
	var j personalJSON
	if err := json.Unmarshal(data.Data, &j); err != nil || data.Type != "application/json" {
		t.Fatalf("%s: %v", data.Type, err)
	}
	if j.Person != "mia" || len(j.Asks) != 1 || j.Asks[0].Question != "sign-ups?" || len(j.Roles) != 1 || len(j.Feedback) != 1 || len(j.Requests) != 1 || len(j.Events) != 1 {
		t.Errorf("the file has %+v", j)
	}
	if e := b.last(); e.Action != access.ActionPrivacy || e.Detail != "exported" || e.Subject != "person:hash of mia" {
		t.Errorf("audited as %+v", e)
	}
}

func TestPrivacy_ErasesAfterASecondYesAndKeepsNothingOfIt(t *testing.T) {
	b := administered(t)
	r := b.do(t, ann, growthRoom, "privacy-erase")
	says(t, r, "cannot be undone", "Roles that were given to you by name go too", "You are an admin")
	saysNot(t, b.do(t, mia, growthRoom, "privacy-erase"), "You are an admin")
	if len(b.keeper.erased) != 0 {
		t.Fatal("erased before the second yes")
	}
	b.keeper.events = nil
	says(t, b.press(t, ann, growthRoom, button(t, r, "Yes, erase it").Call), "7 entries were erased")
	if len(b.keeper.erased) != 1 || b.keeper.erased[0] != access.PersonOf(ann, growthRoom) {
		t.Errorf("erased %v", b.keeper.erased)
	}
	if len(b.keeper.events) != 1 || b.keeper.events[0].Action != access.ActionPrivacy || len(b.log.asks) != 0 {
		t.Errorf("afterwards there are %+v and %+v", b.keeper.events, b.log.asks)
	}
	if b.keeper.policy.HasAdmin("web", "w") {
		t.Error("her roles are still there")
	}
}

func TestPrivacy_OptOutAndJoinAgain(t *testing.T) {
	b := administered(t)
	b.press(t, mia, directRoom, button(t, b.do(t, mia, directRoom, "privacy"), "Leave me out of what colleagues see").Call)
	if !b.keeper.out["hash of mia"] || b.last().Action != access.ActionPrivacy {
		t.Errorf("out %v, audited %+v", b.keeper.out, b.last())
	}
	b.press(t, mia, directRoom, button(t, b.do(t, mia, directRoom, "privacy"), "Count me in again").Call)
	if b.keeper.out["hash of mia"] {
		t.Error("she is still left out")
	}
}

func TestPrivacy_NobodyHasNothing(t *testing.T) {
	b := administered(t)
	for _, command := range []string{"privacy", "privacy-export", "privacy-erase", "privacy-opt-out"} {
		says(t, b.do(t, chat.User{}, directRoom, command, "sure", "yes"), "Nothing is kept of you.")
	}
	if len(b.keeper.erased) != 0 || len(b.keeper.out) != 0 {
		t.Errorf("erased %v, out %v", b.keeper.erased, b.keeper.out)
	}
}

func TestSignIn_GivesALinkThatIsWrittenNowhereElse(t *testing.T) {
	b := administered(t, func(c *Config) { c.Console = "https://bot.example" })
	r := b.say(t, mia, growthRoom, "sign in")
	if !r.Private {
		t.Error("everybody reads the link")
	}
	says(t, r, "works once", "for you alone", "10 minutes")
	link, err := url.Parse(find[chat.Link](r.Parts)[0].URL)
	if err != nil || link.Host != "bot.example" || link.Path != "/sign-in" || link.Query().Get("token") != b.keeper.tokens[0] {
		t.Errorf("the link is %v, %v", link, err)
	}
	if b.keeper.expires != now.Add(10*time.Minute) {
		t.Errorf("it ends %v", b.keeper.expires)
	}
	if e := b.last(); e.Action != access.ActionSignIn {
		t.Errorf("audited as %+v", e)
	}
	for _, e := range b.keeper.events {
		if strings.Contains(e.Subject+e.Detail, b.keeper.tokens[0]) {
			t.Error("the token is in the audit log")
		}
	}
	if strings.Contains(b.lines.String(), b.keeper.tokens[0]) {
		t.Error("the token is in the log")
	}
}

func TestSignIn_WithoutAConsoleSaysWhereItOpens(t *testing.T) {
	b := administered(t)
	says(t, b.say(t, mia, growthRoom, "signin"), "only on the machine I run on")
	says(t, b.do(t, chat.User{}, directRoom, "signin"), "nobody to sign in")
	if len(b.keeper.tokens) != 0 {
		t.Error("a token was made")
	}
}
