package api

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
)

// object is a JSON object.
type object map[string]any

// The people of the matrix. None of their ids says what they are.
var people = map[string]object{
	"member":    {"id": "U0AAA1", "team_id": ourTeam, "profile": object{"display_name": "Mia", "title": "PM", "email": "Mia@Example.COM", "team": ourTeam}, "tz": "Europe/Berlin", "locale": "en-US"},
	"admin":     {"id": "U0AAA2", "team_id": ourTeam, "is_admin": true, "profile": object{"real_name": "Ann", "email": "ann@example.com"}},
	"single":    {"id": "U0AAA3", "team_id": ourTeam, "is_restricted": true, "is_ultra_restricted": true, "profile": object{"email": "g@example.com"}},
	"multi":     {"id": "W0AAA4", "team_id": ourTeam, "is_restricted": true, "is_admin": true, "profile": object{"email": "h@example.com"}},
	"external":  {"id": "U0AAA5", "team_id": "T0THEIRS", "is_stranger": false, "is_admin": true, "profile": object{"email": "x@example.com", "team": "T0THEIRS"}},
	"stranger":  {"id": "U0AAA6", "team_id": ourTeam, "is_stranger": true, "profile": object{"email": "s@example.com"}},
	"sibling":   {"id": "W0AAA7", "team_id": "T0SIBLING", "is_admin": true, "enterprise_user": object{"enterprise_id": ourOrg}, "profile": object{"display_name": "Sib", "email": "sib@example.com"}},
	"cousin":    {"id": "W0AAA8", "team_id": "T0COUSIN", "enterprise_user": object{"enterprise_id": "E0OTHER"}, "profile": object{"email": "c@example.com"}},
	"bot":       {"id": "U0AAA9", "team_id": ourTeam, "is_bot": true, "is_admin": true, "profile": object{"email": "b@example.com"}},
	"theirbot":  {"id": "U0AAB1", "team_id": "T0THEIRS", "is_bot": true, "profile": object{}},
	"deleted":   {"id": "U0AAB2", "team_id": ourTeam, "deleted": true, "is_admin": true, "profile": object{"email": "d@example.com"}},
	"leftguest": {"id": "U0AAB5", "team_id": ourTeam, "deleted": true, "is_restricted": true, "profile": object{"email": "l@example.com"}},
	"teamless":  {"id": "U0AAB3", "profile": object{"email": "t@example.com"}},
	"homeless":  {"id": "U0AAB4", "team_id": ourTeam, "profile": object{"email": "p@example.com", "team": "T0THEIRS"}},
}

func idOf(name string) string {
	id, ok := people[name]["id"].(string)
	if !ok {
		panic(name)
	}
	return id
}

// flags are those of a channel that is not shared.
func flags(more object) object {
	o := object{
		"name": "growth", "is_channel": true, "is_shared": false, "is_ext_shared": false, "is_org_shared": false, "is_pending_ext_shared": false,
		"pending_shared": []string{}, "pending_connected_team_ids": []string{},
	}
	maps.Copy(o, more)
	return o
}

// workspace makes the fake know all people, and one channel with some of them.
func (f *fake) workspace(channel object, members ...string) {
	byID := map[string]object{}
	var all []object
	for _, p := range people {
		id, _ := p["id"].(string)
		byID[id] = p
		all = append(all, p)
	}
	f.says("users.list", asJSON(f.t, object{"ok": true, "members": all}))
	f.on("users.info", func(v url.Values) string {
		if p, ok := byID[v.Get("user")]; ok {
			return asJSON(f.t, object{"ok": true, "user": p})
		}
		return `{"ok":false,"error":"user_not_found"}`
	})
	ids := []string{ourBot}
	for _, m := range members {
		ids = append(ids, idOf(m))
	}
	f.on("conversations.info", func(v url.Values) string {
		o := maps.Clone(channel)
		o["id"] = v.Get("channel")
		return asJSON(f.t, object{"ok": true, "channel": o})
	})
	f.says("conversations.members", asJSON(f.t, object{"ok": true, "members": ids}))
	f.says("usergroups.list", `{"ok":true,"usergroups":[{"id":"S0GROW","team_id":"`+ourTeam+`","users":["U0AAA1","U0AAA3"]},{"id":"S0EXT","is_external":true,"users":["U0AAA1"]},{"id":"S0TWO","users":["U0AAA1"]}]}`)
}

func TestClient_UserKnowsWhatPeopleAre(t *testing.T) {
	type want struct {
		external, guest, admin chat.Fact
		domain                 string
	}
	const yes, no, unknown = chat.Yes, chat.No, chat.Unknown
	// The facts with an organisation of ours, and without one.
	tests := map[string][2]want{
		"member":    {{no, no, no, "example.com"}, {no, no, no, "example.com"}},
		"admin":     {{no, no, yes, "example.com"}, {no, no, yes, "example.com"}},
		"single":    {{no, yes, no, ""}, {no, yes, no, ""}},
		"multi":     {{no, yes, no, ""}, {no, yes, no, ""}},
		"external":  {{yes, no, no, ""}, {yes, no, no, ""}},
		"stranger":  {{yes, no, no, ""}, {yes, no, no, ""}},
		"sibling":   {{no, no, no, "example.com"}, {yes, no, no, ""}},
		"cousin":    {{yes, no, no, ""}, {yes, no, no, ""}},
		"bot":       {{no, unknown, unknown, ""}, {no, unknown, unknown, ""}},
		"theirbot":  {{yes, unknown, unknown, ""}, {yes, unknown, unknown, ""}},
		"deleted":   {{no, unknown, unknown, ""}, {no, unknown, unknown, ""}},
		"leftguest": {{no, unknown, unknown, ""}, {no, unknown, unknown, ""}},
		"teamless":  {{unknown, no, no, ""}, {unknown, no, no, ""}},
		"homeless":  {{yes, no, no, ""}, {yes, no, no, ""}},
	}
	if len(tests) != len(people) {
		t.Fatalf("%d people, %d expectations", len(people), len(tests))
	}
	for name, pair := range tests {
		for i, org := range []string{ourOrg, ""} {
			t.Run(fmt.Sprintf("%s in organisation %q", name, org), func(t *testing.T) {
				f := newFake(t)
				f.workspace(flags(nil))
				c := f.config()
				c.Enterprise = org
				u, err := New(c).User(t.Context(), idOf(name), "")
				must(t, err)
				got := want{u.External, u.Guest, u.Admin, u.Domain}
				if got != pair[i] {
					t.Errorf("got %+v, want %+v", got, pair[i])
				}
			})
		}
	}
}

func TestClient_UserHasWhatPeopleSeeAndTheirGroups(t *testing.T) {
	f := newFake(t)
	f.workspace(flags(nil))
	c := f.client()
	got, err := c.User(t.Context(), "U0AAA1", ourTeam)
	must(t, err)
	want := chat.User{
		ID: "U0AAA1", Name: "Mia", Title: "PM", Guest: chat.No, External: chat.No, Admin: chat.No,
		Groups: []string{"S0GROW", "S0TWO"}, Domain: "example.com", Locale: "en-US", Zone: "Europe/Berlin",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, err = c.User(t.Context(), "U0AAA1", ourTeam)
	must(t, err)
	f.count("users.info", 1)
	f.count("usergroups.list", 1)
	f.clock.pass(time.Hour)
	_, err = c.User(t.Context(), "U0AAA1", ourTeam)
	must(t, err)
	f.count("users.info", 2)
	f.count("usergroups.list", 2)
}

func TestClient_UserBelievesAnEventThatNamesAnotherTeam(t *testing.T) {
	f := newFake(t)
	f.workspace(flags(nil))
	config := f.config()
	config.Enterprise = ourOrg
	c := New(config)
	for _, tt := range []struct {
		id, team string
		want     chat.Fact
	}{
		{"U0AAA1", "", chat.No},
		{"U0AAA1", ourTeam, chat.No},
		{"U0AAA1", ourOrg, chat.No},
		{"U0AAA1", "T0THEIRS", chat.Yes},
		{"W0AAA7", "T0SIBLING", chat.No},
		{"U0AAA5", ourTeam, chat.Yes},
	} {
		u, err := c.User(t.Context(), tt.id, tt.team)
		must(t, err)
		if u.External != tt.want || tt.want == chat.Yes && u.Domain != "" {
			t.Errorf("%s of %q: external %q, domain %q", tt.id, tt.team, u.External, u.Domain)
		}
	}
}

func TestClient_UserWithoutAnAnswerIsUnknown(t *testing.T) {
	for name, body := range map[string]string{
		"not ok":        `{"ok":false,"error":"user_not_found"}`,
		"no word of ok": `{"user":{"id":"U0AAA1","team_id":"` + ourTeam + `"}}`,
		"not ok, mute":  `{"ok":false,"user":{"id":"U0AAA1","team_id":"` + ourTeam + `"}}`,
		"somebody else": `{"ok":true,"user":{"id":"U0OTHER","team_id":"` + ourTeam + `"}}`,
		"nobody":        `{"ok":true}`,
		"no JSON":       `<html>`,
		"a wrong type":  `{"ok":true,"user":{"id":"U0AAA1","team_id":"` + ourTeam + `","is_restricted":"true"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.says("users.info", body)
			c := f.client()
			u, err := c.User(t.Context(), "U0AAA1", "")
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(chat.User{ID: "U0AAA1"}, u); diff != "" {
				t.Error(diff)
			}
			// And it is not kept: the next one is looked up again.
			f.workspace(flags(nil))
			if u, err = c.User(t.Context(), "U0AAA1", ""); err != nil || u.External != chat.No {
				t.Errorf("then %+v, %v", u, err)
			}
		})
	}
}

func TestClient_UserAddressThatNobodyConfirmedIsNone(t *testing.T) {
	for confirmed, want := range map[string]string{"": "example.com", `"is_email_confirmed":true,`: "example.com", `"is_email_confirmed":false,`: ""} {
		f := newFake(t)
		f.says("users.info", `{"ok":true,"user":{"id":"U0AAA1","team_id":"`+ourTeam+`",`+confirmed+`"profile":{"email":"a@example.com"}}}`)
		u, err := f.client().User(t.Context(), "U0AAA1", "")
		must(t, err)
		if u.Domain != want {
			t.Errorf("%q gives %q", confirmed, u.Domain)
		}
	}
}

func TestClient_GroupsThatCannotBeReadAreNone(t *testing.T) {
	f := newFake(t)
	f.workspace(flags(nil))
	f.says("usergroups.list", `{"ok":false,"error":"paid_teams_only"}`)
	c := f.client()
	for range 3 {
		u, err := c.User(t.Context(), "U0AAA1", "")
		must(t, err)
		if u.Groups != nil || u.External != chat.No {
			t.Errorf("got %+v", u)
		}
	}
	f.count("usergroups.list", 1)
	f.workspace(flags(nil))
	f.clock.pass(groupsFailedFor)
	u, err := c.User(t.Context(), "U0AAA1", "")
	must(t, err)
	if len(u.Groups) != 2 {
		t.Errorf("groups %v after a while", u.Groups)
	}
	c.ForgetGroups()
	_, err = c.User(t.Context(), "U0AAA1", "")
	must(t, err)
	f.count("usergroups.list", 3)
}

// The Slack Connect matrix: who is in the channel, and what kind of channel it is.
func TestClient_PlaceKnowsWhoCanRead(t *testing.T) {
	type facts struct{ shared, guests chat.Fact }
	const yes, no, unknown = chat.Yes, chat.No, chat.Unknown
	places := map[string]struct {
		channel object
		kind    chat.PlaceKind
		name    string
		shared  chat.Fact
	}{
		"public":            {flags(nil), chat.PlacePublic, "#growth", no},
		"private":           {flags(object{"is_private": true}), chat.PlacePrivate, "#growth", no},
		"MPIM":              {flags(object{"is_mpim": true, "is_private": false}), chat.PlacePrivate, "group message", no},
		"ext-shared":        {flags(object{"is_shared": true, "is_ext_shared": true}), chat.PlacePublic, "#growth", yes},
		"ext and org":       {flags(object{"is_shared": true, "is_ext_shared": true, "is_org_shared": true}), chat.PlacePublic, "#growth", yes},
		"pending":           {flags(object{"is_pending_ext_shared": true}), chat.PlacePublic, "#growth", yes},
		"pending list":      {flags(object{"pending_shared": []string{"T0THEIRS"}}), chat.PlacePublic, "#growth", yes},
		"pending connected": {flags(object{"pending_connected_team_ids": []string{"T0THEIRS"}}), chat.PlacePublic, "#growth", yes},
		"org-shared":        {flags(object{"is_shared": true, "is_org_shared": true}), chat.PlacePublic, "#growth", no},
		"shared, no more":   {flags(object{"is_shared": true}), chat.PlacePublic, "#growth", yes},
		"no flags":          {object{"name": "growth", "is_channel": true}, chat.PlacePublic, "#growth", unknown},
		"null flags":        {flags(object{"is_shared": nil, "is_ext_shared": nil}), chat.PlacePublic, "#growth", unknown},
	}
	// What a member adds to what the channel says of itself.
	members := map[string]facts{
		"member": {no, no}, "admin": {no, no}, "single": {no, yes}, "multi": {no, yes}, "external": {yes, no}, "stranger": {yes, no},
		"sibling": {no, no}, "cousin": {yes, no}, "bot": {no, no}, "theirbot": {yes, no}, "deleted": {no, no}, "leftguest": {no, no},
		"teamless": {unknown, unknown}, "homeless": {yes, no},
	}
	if len(members) != len(people) {
		t.Fatalf("%d people, %d expectations", len(people), len(members))
	}
	for placeName, p := range places {
		for member, adds := range members {
			t.Run(placeName+" with "+member, func(t *testing.T) {
				f := newFake(t)
				f.workspace(p.channel, "admin", member)
				config := f.config()
				config.Enterprise = ourOrg
				got, err := New(config).Place(t.Context(), "C0ANY", false)
				must(t, err)
				want := facts{p.shared, adds.guests}
				switch {
				case adds.shared == yes:
					want.shared = yes
				case adds.shared == unknown && p.shared == no:
					want.shared = unknown
				}
				if got.Kind != p.kind || got.Name != p.name || got.Channel != "C0ANY" {
					t.Errorf("place %+v", got)
				}
				if (facts{got.Audience.Shared, got.Audience.Guests}) != want {
					t.Errorf("audience %+v, want %+v", got.Audience, want)
				}
			})
		}
	}
}

func TestClient_PlaceIsJudgedByNoPrefix(t *testing.T) {
	for _, id := range []string{"C0X", "G0X", "D0X", "X0X"} {
		f := newFake(t)
		f.workspace(flags(nil), "member")
		p, err := f.client().Place(t.Context(), id, false)
		must(t, err)
		if p.Kind != chat.PlacePublic || p.Audience.Guests != chat.No {
			t.Errorf("%s: %+v", id, p)
		}
		f.workspace(object{"is_im": true, "user": "U0AAA5"})
		if p, err = f.client().Place(t.Context(), id, false); err != nil || p.Kind != chat.PlaceDirect || p.Name != "direct messages" {
			t.Errorf("%s as a direct message: %+v, %v", id, p, err)
		}
	}
}

func TestClient_PlaceThatAnEventCallsDirectNeedsNoCall(t *testing.T) {
	f := newFake(t)
	p, err := f.client().Place(t.Context(), "D0X", true)
	must(t, err)
	want := chat.Place{
		Platform: "slack", Workspace: ourTeam, Channel: "D0X", Name: "direct messages", Kind: chat.PlaceDirect,
		Audience: chat.Audience{Shared: chat.No, Guests: chat.No},
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
	if len(f.calls) != 0 {
		t.Errorf("%d calls", len(f.calls))
	}
}

func TestClient_PlaceWithoutAnAnswerIsUnknownAndNotKept(t *testing.T) {
	broken := map[string]http.HandlerFunc{
		"an error":      answering(200, `{"ok":false,"error":"channel_not_found"}`),
		"a lost scope":  answering(200, `{"ok":false,"error":"missing_scope","needed":"channels:read","provided":"chat:write"}`),
		"no word of ok": answering(200, `{"channel":{"id":"C0X","is_shared":false,"is_ext_shared":false},"members":["U0AAA1"]}`),
		"a mute no":     answering(200, `{"ok":false}`),
		"a page":        answering(200, `<html>sorry</html>`),
		"status 500":    answering(500, `oops`),
		"status 403":    answering(403, `{"ok":true,"channel":{"id":"C0X","is_shared":false}}`),
		"nothing":       answering(200, ``),
		"a cut answer":  answering(200, `{"ok":true,"channel":{"id":"C0X","is_sha`),
		"wrong types":   answering(200, `{"ok":true,"channel":"C0X","members":"U0AAA1","response_metadata":{}}`),
	}
	for _, method := range []string{"conversations.info", "conversations.members", "users.list"} {
		for name, h := range broken {
			t.Run(method+" answers "+name, func(t *testing.T) {
				f := newFake(t)
				f.workspace(flags(nil), "member")
				f.handle(method, h)
				c := f.client()
				p, err := c.Place(t.Context(), "C0X", false)
				if err == nil {
					t.Error("no error")
				}
				if p.Audience != (chat.Audience{}) || p.Kind == chat.PlaceDirect {
					t.Errorf("got %+v", p)
				}
				f.workspace(flags(nil), "member")
				before := len(f.of(method))
				p, err = c.Place(t.Context(), "C0X", false)
				must(t, err)
				f.count(method, before+1)
				if p.Audience != (chat.Audience{Shared: chat.No, Guests: chat.No}) {
					t.Errorf("then %+v", p)
				}
			})
		}
	}
}

// answering always answers the same.
func answering(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func TestClient_PlaceOfAnotherChannelIsNotBelieved(t *testing.T) {
	f := newFake(t)
	f.workspace(flags(nil), "member")
	f.says("conversations.info", `{"ok":true,"channel":{"id":"C0OTHER","is_shared":false,"is_ext_shared":false}}`)
	if p, err := f.client().Place(t.Context(), "C0X", false); !errors.Is(err, ErrAnswer) || p.Audience != (chat.Audience{}) {
		t.Errorf("got %+v, %v", p, err)
	}
}

func TestClient_PlaceIsAtMostAnHourOld(t *testing.T) {
	f := newFake(t)
	f.workspace(flags(nil), "member")
	c := f.client()
	place := func(channel string) chat.Place {
		p, err := c.Place(t.Context(), channel, false)
		must(t, err)
		return p
	}
	place("C0X")
	f.clock.pass(40 * time.Minute)
	place("C0X")
	f.count("conversations.info", 1)
	// Another channel, by the list of people that is 40 minutes old.
	place("C0Y")
	f.count("users.list", 1)
	f.clock.pass(21 * time.Minute)
	f.workspace(flags(nil), "member", "single")
	if p := place("C0Y"); p.Audience.Guests != chat.Yes {
		t.Errorf("facts by a list that is too old: %+v", p.Audience)
	}
	f.count("users.list", 2)
	f.count("conversations.info", 3)
}

func TestClient_PlaceLooksUpMembersThatTheListLacks(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(people)) {
		f := newFake(t)
		f.workspace(flags(nil), name)
		f.says("users.list", `{"ok":true,"members":[]}`)
		c := f.client()
		p, err := c.Place(t.Context(), "C0X", false)
		must(t, err)
		listed := newFake(t)
		listed.workspace(flags(nil), name)
		want, err := listed.client().Place(t.Context(), "C0X", false)
		must(t, err)
		if p.Audience != want.Audience {
			t.Errorf("%s: looked up %+v, listed %+v", name, p.Audience, want.Audience)
		}
		f.count("users.info", 1)
	}
}

func TestClient_PlaceWithMembersNobodyKnowsIsUnknown(t *testing.T) {
	f := newFake(t)
	f.workspace(flags(nil), "member")
	ids := []string{ourBot, "U0AAA1"}
	for i := range maxLookups + 1 {
		ids = append(ids, fmt.Sprintf("U1%03d", i))
	}
	f.says("conversations.members", asJSON(t, object{"ok": true, "members": ids}))
	c := f.client()
	for range 2 {
		p, err := c.Place(t.Context(), "C0X", false)
		must(t, err)
		if p.Audience != (chat.Audience{}) {
			t.Errorf("got %+v", p.Audience)
		}
	}
	f.count("users.info", 0)
	f.count("conversations.info", 2) // what is not known is not kept
	// One that Slack does not show, in a channel that is shared anyway.
	f.workspace(flags(object{"is_ext_shared": true}), "member")
	f.says("conversations.members", asJSON(t, object{"ok": true, "members": []string{"U0AAA1", "U1000"}}))
	p, err := c.Place(t.Context(), "C0X", false)
	must(t, err)
	if p.Audience != (chat.Audience{Shared: chat.Yes, Guests: chat.Unknown}) {
		t.Errorf("got %+v", p.Audience)
	}
}

func TestClient_PlaceReadsEveryPage(t *testing.T) {
	f := newFake(t)
	f.workspace(flags(nil))
	pages := map[string]string{
		"":   `{"ok":true,"members":["` + ourBot + `","U0AAA1"],"response_metadata":{"next_cursor":"p2"}}`,
		"p2": `{"ok":true,"members":["U0AAA2"],"response_metadata":{"next_cursor":"p3"}}`,
		"p3": `{"ok":true,"members":["U0AAA3"],"response_metadata":{"next_cursor":""}}`,
	}
	f.on("conversations.members", func(v url.Values) string { return pages[v.Get("cursor")] })
	list := map[string]string{
		"":   asJSON(t, object{"ok": true, "members": []object{people["member"]}, "response_metadata": object{"next_cursor": "l2"}}),
		"l2": asJSON(t, object{"ok": true, "members": []object{people["admin"], people["single"]}}),
	}
	f.on("users.list", func(v url.Values) string { return list[v.Get("cursor")] })
	c := f.client()
	p, err := c.Place(t.Context(), "C0X", false)
	must(t, err)
	if p.Audience.Guests != chat.Yes {
		t.Errorf("the guest on the last page is not seen: %+v", p.Audience)
	}
	f.count("users.info", 0)
	for _, tt := range []struct {
		user string
		want bool
	}{{"U0AAA1", true}, {"U0AAA3", true}, {"U0AAA9", false}, {"", false}} {
		if in, err := c.Member(t.Context(), "C0X", tt.user); err != nil || in != tt.want {
			t.Errorf("%q is a member: %v, %v", tt.user, in, err)
		}
	}
	// A cursor that does not move is an error, not an end.
	f.says("conversations.members", pages["p2"])
	if in, err := c.Member(t.Context(), "C0X", "U0AAA9"); in || !errors.Is(err, ErrAnswer) {
		t.Errorf("got %v, %v", in, err)
	}
}

func TestClient_PlaceWithTooManyMembersIsUnknown(t *testing.T) {
	f := newFake(t)
	f.workspace(flags(nil))
	page := 0
	f.on("conversations.members", func(url.Values) string {
		page++
		return fmt.Sprintf(`{"ok":true,"members":["U0AAA1"],"response_metadata":{"next_cursor":"p%d"}}`, page)
	})
	c := f.client()
	p, err := c.Place(t.Context(), "C0X", false)
	must(t, err)
	if p.Audience != (chat.Audience{Shared: chat.No}) {
		t.Errorf("got %+v", p.Audience)
	}
	f.count("conversations.members", maxPages)
	if in, err := c.Member(t.Context(), "C0X", "U0NOBODY"); in || err == nil {
		t.Errorf("got %v, %v", in, err)
	}
}

func TestClient_ForgetMakesFactsNew(t *testing.T) {
	f := newFake(t)
	f.workspace(flags(nil), "member", "admin")
	c := f.client()
	place := func() chat.Audience {
		p, err := c.Place(t.Context(), "C0X", false)
		must(t, err)
		return p.Audience
	}
	place()
	f.workspace(flags(object{"is_ext_shared": true}), "member", "admin")
	if a := place(); a.Shared != chat.No {
		t.Errorf("not kept: %+v", a)
	}
	c.Forget("C0X")
	if a := place(); a.Shared != chat.Yes {
		t.Errorf("not forgotten: %+v", a)
	}

	if u, err := c.User(t.Context(), "U0AAA1", ""); err != nil || u.Guest != chat.No {
		t.Errorf("got %+v, %v", u, err)
	}
	// Somebody becomes a guest: only places they are in are forgotten.
	demoted := maps.Clone(people["member"])
	demoted["is_restricted"] = true
	f.says("users.info", asJSON(t, object{"ok": true, "user": demoted}))
	f.count("conversations.info", 2)
	c.ForgetUser("U0NOTHERE")
	place()
	f.count("conversations.info", 2)
	c.ForgetUser("U0AAA1")
	if a := place(); a.Guests != chat.Yes {
		t.Errorf("a guest by now: %+v", a)
	}
	f.count("users.list", 1)
	u, err := c.User(t.Context(), "U0AAA1", "")
	must(t, err)
	if u.Guest != chat.Yes {
		t.Errorf("got %+v", u)
	}
	c.ForgetAll()
	place()
	f.count("users.list", 2)
}

func TestClient_TheListOfPeopleIsReadAgainBeforeItIsTooOld(t *testing.T) {
	f := newFake(t)
	f.workspace(flags(nil), "member")
	c := f.client()
	must(t, c.Warm(t.Context()))
	f.count("users.list", 1)
	f.count("usergroups.list", 1)
	f.clock.pass(refreshAfter)
	goOn, old := make(chan bool), f.answers["users.list"]
	f.handle("users.list", func(w http.ResponseWriter, r *http.Request) {
		<-goOn
		old(w, r)
	})
	for _, channel := range []string{"C0X", "C0Y"} { // nobody waits for it
		_, err := c.Place(t.Context(), channel, false)
		must(t, err)
	}
	close(goOn)
	waitFor(t, "a new list", func() bool { return c.facts.rosterNow().at.Equal(f.clock.Now()) })
	f.count("users.list", 2)
	f.clock.pass(20 * time.Minute)
	_, err := c.Place(t.Context(), "C0Z", false)
	must(t, err)
	f.count("users.list", 2)
}

// waitFor waits until ok, in real time.
func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: " + what)
		}
	}
}

func TestClient_ForgetDuringALookUpIsNotLost(t *testing.T) {
	for name, forget := range map[string]func(*Client){
		"the channel": func(c *Client) { c.Forget("C0X") },
		"a person":    func(c *Client) { c.ForgetUser("U0AAA1") },
		"everything":  func(c *Client) { c.ForgetAll() },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.workspace(flags(nil), "member")
			c := f.client()
			reached, goOn := make(chan bool, 1), make(chan bool)
			old := f.answers["conversations.info"]
			f.handle("conversations.info", func(w http.ResponseWriter, r *http.Request) {
				reached <- true
				<-goOn
				old(w, r)
			})
			var wg sync.WaitGroup
			wg.Go(func() {
				if p, err := c.Place(t.Context(), "C0X", false); err != nil || p.Audience.Shared != chat.No {
					t.Errorf("the first one: %+v, %v", p, err)
				}
			})
			<-reached
			forget(c)
			f.workspace(flags(object{"is_ext_shared": true}), "member")
			// Who asks after the change does not get what was true before it.
			p, err := c.Place(t.Context(), "C0X", false)
			must(t, err)
			if p.Audience.Shared != chat.Yes {
				t.Errorf("after the change: %+v", p.Audience)
			}
			close(goOn)
			wg.Wait()
			if p, err = c.Place(t.Context(), "C0X", false); err != nil || p.Audience.Shared != chat.Yes {
				t.Errorf("the old answer was kept: %+v, %v", p.Audience, err)
			}
		})
	}
}

func TestClient_ForgetUserWhileTheListIsRead(t *testing.T) {
	f := newFake(t)
	f.workspace(flags(nil), "member")
	c := f.client()
	reached, goOn := make(chan bool, 1), make(chan bool)
	old := f.answers["users.list"]
	f.handle("users.list", func(w http.ResponseWriter, r *http.Request) {
		reached <- true
		<-goOn
		old(w, r)
	})
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = c.Place(t.Context(), "C0X", false) })
	<-reached
	demoted := maps.Clone(people["member"])
	demoted["is_ultra_restricted"] = true
	f.says("users.info", asJSON(t, object{"ok": true, "user": demoted}))
	c.ForgetUser("U0AAA1")
	close(goOn)
	wg.Wait()
	p, err := c.Place(t.Context(), "C0X", false)
	must(t, err)
	if p.Audience.Guests != chat.Yes {
		t.Errorf("by a list from before the change: %+v", p.Audience)
	}
	f.count("users.list", 1)
}

func TestClient_PlaceIsLookedUpOnceForAll(t *testing.T) {
	f := newFake(t)
	f.workspace(flags(nil), "member")
	goOn := make(chan bool)
	old := f.answers["conversations.info"]
	f.handle("conversations.info", func(w http.ResponseWriter, r *http.Request) {
		<-goOn
		old(w, r)
	})
	c := f.client()
	var wg sync.WaitGroup
	leaves, leave := context.WithCancel(t.Context())
	wg.Go(func() { // the first one leaves, the others are not harmed
		if _, err := c.Place(leaves, "C0X", false); !errors.Is(err, context.Canceled) {
			t.Errorf("who left: %v", err)
		}
	})
	waitFor(t, "the first call", func() bool { return len(f.of("conversations.info")) == 1 })
	for range 20 {
		wg.Go(func() {
			if p, err := c.Place(t.Context(), "C0X", false); err != nil || p.Audience.Guests != chat.No {
				t.Errorf("%+v, %v", p, err)
			}
		})
	}
	leave()
	close(goOn)
	wg.Wait()
	f.count("conversations.info", 1)
	f.count("users.list", 1)
}

func TestClient_ListsNameTheTeamWhereTheTokenIsForAnOrganisation(t *testing.T) {
	for org, want := range map[string]string{"": "", ourOrg: ourTeam} {
		f := newFake(t)
		f.workspace(flags(nil), "member")
		config := f.config()
		config.Enterprise = org
		_, err := New(config).Place(t.Context(), "C0X", false)
		must(t, err)
		if got := f.of("users.list")[0].form.Get("team_id"); got != want {
			t.Errorf("organisation %q: team_id %q", org, got)
		}
	}
}

func TestCache_IsBounded(t *testing.T) {
	clock := newClock()
	c := newCache[int](clock.Now, 10)
	for i := range 100 {
		c.put(strings.Repeat("x", i), i, clock.Now(), 3)
		clock.pass(time.Second)
	}
	if len(c.kept) != 3 || c.weight != 9 {
		t.Errorf("%d values of weight %d", len(c.kept), c.weight)
	}
	if _, _, ok := c.get(strings.Repeat("x", 99)); !ok {
		t.Error("the newest is gone")
	}
	c.put("heavy", 1, clock.Now(), 11)
	if _, _, ok := c.get("heavy"); ok || c.weight != 9 {
		t.Error("what has no room is kept")
	}
	clock.pass(-2 * time.Hour)
	if _, _, ok := c.get(strings.Repeat("x", 99)); ok {
		t.Error("a clock that is set back makes old facts new")
	}
}

// In a busy workspace somebody changes all the time. Were each a reason to look
// again, every question would cost a look-up, and Slack would soon allow none.
func TestClient_AChangeOfSomebodyElseDuringALookUpSpoilsNothing(t *testing.T) {
	for name, c := range map[string]struct {
		forget func(*Client)
		calls  int
	}{
		"somebody who is not there": {func(c *Client) { c.ForgetUser("U0NOTHERE") }, 1},
		"another channel":           {func(c *Client) { c.Forget("C0OTHER") }, 1},
		"the groups":                {func(c *Client) { c.ForgetGroups() }, 1},
		"somebody who is there":     {func(c *Client) { c.ForgetUser("U0AAA1") }, 2},
		"the channel itself":        {func(c *Client) { c.Forget("C0X") }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.workspace(flags(nil), "member")
			client := f.client()
			old := f.answers["conversations.info"]
			f.handle("conversations.info", func(w http.ResponseWriter, r *http.Request) {
				c.forget(client)
				f.handle("conversations.info", old)
				old(w, r)
			})
			for range 3 {
				if p, err := client.Place(t.Context(), "C0X", false); err != nil || p.Audience.Guests != chat.No {
					t.Fatalf("%+v, %v", p, err)
				}
			}
			f.count("conversations.info", c.calls)
		})
	}
}

// What was found before somebody joined would let something be shown to them.
func TestClient_PlaceNowMissesNobodyWhoJoinsDuringTheLookUp(t *testing.T) {
	f := newFake(t)
	f.workspace(flags(nil), "member")
	c := f.client()
	before := f.answers["conversations.info"]
	f.handle("conversations.info", func(w http.ResponseWriter, r *http.Request) {
		before(w, r)
		f.workspace(flags(object{"is_ext_shared": true}), "member")
		c.Forget("C0X")
	})
	p, err := c.PlaceNow(t.Context(), "C0X")
	must(t, err)
	if p.Audience.Shared != chat.Yes {
		t.Errorf("by what was true before the change: %+v", p.Audience)
	}
	f.count("conversations.info", 2)

	f.handle("conversations.info", func(w http.ResponseWriter, _ *http.Request) {
		c.Forget("C0Y")
		_, _ = w.Write([]byte(`{"ok":true,"channel":{"id":"C0Y","name":"y","is_shared":false,"is_ext_shared":false}}`))
	})
	if p, err := c.PlaceNow(t.Context(), "C0Y"); !errors.Is(err, ErrBusy) || p.Audience != (chat.Audience{}) {
		t.Errorf("of a place that changes all the time: %+v, %v", p, err)
	}
}
