package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/handlers"
	"insightbot/insight"
)

// The places of the attacks: what is in the way of the canary stands in the
// name of each.
func attackPlaces() map[string]chat.Place {
	place := func(id string, kind chat.PlaceKind, shared, guests chat.Fact) chat.Place {
		return chat.Place{Platform: "web", Workspace: walkSpace, Channel: id, Name: "#" + id, Kind: kind, Audience: chat.Audience{Shared: shared, Guests: guests}}
	}
	places := map[string]chat.Place{}
	for _, p := range []chat.Place{
		place("open", chat.PlacePublic, chat.No, chat.No), place("without-key", chat.PlacePrivate, chat.No, chat.No), place("strict", chat.PlacePublic, chat.No, chat.No),
		place("approved", chat.PlacePrivate, chat.Yes, chat.Yes), place("not-external", chat.PlacePrivate, chat.No, chat.Yes),
		place("not-approved", chat.PlacePublic, chat.Yes, chat.No), place("fog", chat.PlacePublic, chat.Unknown, chat.No), place("direct", chat.PlaceDirect, chat.No, chat.No),
	} {
		places[p.Channel] = p
	}
	return places
}

// attackPolicy maps them.
func attackPolicy(c *canary) access.Policy {
	p := walkPolicy(c, access.ModeChannel)
	p.Channels = nil
	can := []access.Ability{access.AbilityAsk, access.AbilityExport}
	p.PutRole(access.Role{ID: "keys-strict", Tags: []string{c.tag}, Abilities: can, Strict: true})
	for id, roles := range map[string][]string{
		"open": {roleKeys}, "without-key": nil, "strict": {"keys-strict"}, "approved": {roleKeysOut}, "not-external": {roleKeys}, "not-approved": {roleKeysOut}, "fog": {roleKeys, roleKeysOut},
	} {
		p.PutChannel(access.Channel{
			Key: access.Key{Platform: "web", Workspace: walkSpace, ID: id}, Roles: append(roles, roleStaff, rolePartners), Approved: id != "not-approved",
		})
	}
	return p
}

// attackPeople are those who press buttons.
func attackPeople() map[string]chat.User {
	people := map[string]chat.User{"holder": holder}
	for _, u := range walkPeople() {
		people[u.ID] = u
	}
	return people
}

// told is how a reply tells of the canary: to "all", to "one", or "" not at
// all, in which case it is exactly what is said of what does not exist.
func (w *world) told(t *testing.T, c *canary, u chat.User, p chat.Place, call chat.Call) string {
	t.Helper()
	reply := w.ask(t, u, p, call)
	if len(found(plainly(everyText(reply)), forbidden(c.texts, everyText(call)))) == 0 {
		missing := call.With("insight", "depot/was-never-there")
		if u.ID != "" {
			other := w.ask(t, u, p, missing)
			other.Ref, reply.Ref = "", ""
			if got, want := everyText(reply), everyText(other); got != want {
				t.Errorf("%s in %s: what is hidden is answered\n%s\nand what is missing\n%s", u.ID, p.Channel, got, want)
			}
		}
		return ""
	}
	if reply.Private || p.Kind == chat.PlaceDirect {
		return "one"
	}
	return "all"
}

// TestA05_TwoWorkspacesShareNothing has people and channels of the same ids in
// two workspaces.
func TestA05_TwoWorkspacesShareNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCanary(seeded(t))
		w := newWorld(t, walkBooks(c))
		w.decree(t, attackPolicy(c))
		open := attackPlaces()["open"]
		button := called("ask", "insight", c.id)
		if got := w.told(t, c, holder, open, button); got != "all" {
			t.Fatalf("in their own workspace the button tells %q", got)
		}
		w.ask(t, attackPeople()["member"], open, called("request"))
		for _, id := range []string{"holder", "member", "admin"} {
			u := attackPeople()[id]
			for _, p := range attackPlaces() {
				p.Workspace = "another"
				if got := w.told(t, c, u, p, button); got != "" {
					t.Errorf("%s of another workspace, in %s there, is told to %q", id, p.Channel, got)
				}
				for _, call := range []chat.Call{called("access"), called("insights"), called("audit"), called("access-people"), called("access-decide", "id", "1", "state", "approved", "role", roleKeys)} {
					if all := plainly(everyText(w.ask(t, u, p, call))); len(found(all, append(c.texts, "asks for access", "approved"))) > 0 {
						t.Errorf("%s of another workspace reads in %s:\n%s", id, p.Channel, all)
					}
				}
			}
		}
		// The twin: the same calls of the admin of this workspace do tell.
		if all := plainly(everyText(w.ask(t, attackPeople()["admin"], open, called("access")))); !strings.Contains(all, "asks for access") {
			t.Errorf("not even the admin of the workspace is shown the request:\n%s", all)
		}
	})
}

// TestA09_AButtonIsDecidedAnewForWhoPressesItWhere presses the buttons of one
// answer as everybody, everywhere, and back and forth.
func TestA09_AButtonIsDecidedAnewForWhoPressesItWhere(t *testing.T) {
	want := map[string]map[string]string{ // by place and person; others are told nothing
		"open":         {"holder": "all", "member": "all", "staff": "all", "elsewhere": "all", "admin": "all"},
		"without-key":  {"holder": "one"},
		"strict":       {"holder": "all"},
		"approved":     {"holder": "all", "member": "all", "staff": "all", "elsewhere": "all", "admin": "all", "guest": "all", "external": "all"},
		"not-external": {"holder": "one"},
		"not-approved": {"holder": "one"},
		"fog":          {"holder": "one"},
		"direct":       {"holder": "one"},
	}
	synctest.Test(t, func(t *testing.T) {
		c := newCanary(seeded(t))
		w := newWorld(t, walkBooks(c))
		w.decree(t, attackPolicy(c))
		answer := w.ask(t, holder, attackPlaces()["open"], called("ask", "insight", c.id))
		var buttons []chat.Call
		for _, p := range answer.Parts {
			if choices, ok := p.(chat.Choices); ok {
				for _, i := range choices.Items {
					if i.Call.Command == "ask" {
						buttons = append(buttons, i.Call)
					}
				}
			}
		}
		if len(buttons) < 6 {
			t.Fatalf("an answer has only the buttons %v", buttons)
		}
		cells := 0
		for place, p := range attackPlaces() {
			for id, u := range attackPeople() {
				for _, b := range buttons {
					if got := w.told(t, c, u, p, b); got != want[place][id] {
						t.Errorf("%s presses %v in %s: told to %q, want %q", id, b.Args, place, got, want[place][id])
					}
					cells++
				}
			}
		}
		t.Logf("%d buttons pressed", cells)
	})
}

// TestA10_FactsThatChangeBetweenTwoPressesCount presses a button, lets one fact
// change, and presses it again.
func TestA10_FactsThatChangeBetweenTwoPressesCount(t *testing.T) {
	flips := []struct {
		name, place string
		flip        func(*chat.User, *chat.Place, *access.Policy)
		want        string
	}{
		{"guests came", "open", func(_ *chat.User, p *chat.Place, _ *access.Policy) { p.Audience.Guests = chat.Yes }, ""},
		{"another company came", "open", func(_ *chat.User, p *chat.Place, _ *access.Policy) { p.Audience.Shared = chat.Yes }, ""},
		{"who reads is not known any more", "open", func(_ *chat.User, p *chat.Place, _ *access.Policy) { p.Audience = chat.Audience{} }, ""},
		{"a fact of no known kind", "open", func(_ *chat.User, p *chat.Place, _ *access.Policy) { p.Audience.Guests = "perhaps" }, ""},
		{"the person became a guest", "open", func(u *chat.User, _ *chat.Place, _ *access.Policy) { u.Guest = chat.Yes }, ""},
		{"the person left for another company", "open", func(u *chat.User, _ *chat.Place, _ *access.Policy) { u.External = chat.Yes }, ""},
		{"nothing is known of the person", "open", func(u *chat.User, _ *chat.Place, _ *access.Policy) { u.Guest, u.External = "", "" }, ""},
		{"the reply goes to the person alone", "open", func(_ *chat.User, p *chat.Place, _ *access.Policy) { p.Kind = chat.PlaceDirect }, ""},
		{"another channel of the same name", "open", func(_ *chat.User, p *chat.Place, _ *access.Policy) { p.Channel = "other" }, ""},
		{"another workspace", "open", func(_ *chat.User, p *chat.Place, _ *access.Policy) { p.Workspace = "another" }, ""},
		{"another platform", "open", func(_ *chat.User, p *chat.Place, _ *access.Policy) { p.Platform = "slack" }, ""},
		{"the mode became strict", "open", func(_ *chat.User, _ *chat.Place, r *access.Policy) { r.SetMode("web", walkSpace, access.ModeStrict) }, ""},
		{"the channel was unmapped", "open", func(_ *chat.User, p *chat.Place, r *access.Policy) { r.DropChannel(access.ChannelOf(*p)) }, ""},
		{"the role was deleted", "open", func(_ *chat.User, _ *chat.Place, r *access.Policy) { r.DropRole(roleKeys) }, ""},
		{"the role cannot ask any more", "open", func(_ *chat.User, _ *chat.Place, r *access.Policy) {
			role, _ := r.Role(roleKeys)
			role.Abilities = nil
			r.PutRole(role)
		}, ""},
		{"the approval was withdrawn", "approved", func(_ *chat.User, p *chat.Place, r *access.Policy) {
			r.PutChannel(access.Channel{Key: access.ChannelOf(*p), Roles: []string{roleKeysOut}})
		}, ""},
		{"the role is not external any more", "approved", func(_ *chat.User, _ *chat.Place, r *access.Policy) {
			role, _ := r.Role(roleKeysOut)
			role.External = false
			r.PutRole(role)
		}, ""},
		{"the name alone changed", "open", func(_ *chat.User, p *chat.Place, _ *access.Policy) { p.Name = "#renamed" }, "all"},
		{"it became private", "open", func(_ *chat.User, p *chat.Place, _ *access.Policy) { p.Kind = chat.PlacePrivate }, "all"},
	}
	synctest.Test(t, func(t *testing.T) {
		c := newCanary(seeded(t))
		w := newWorld(t, walkBooks(c))
		for _, f := range flips {
			for _, button := range []chat.Call{called("ask", "insight", c.id), called("ask", "insight", c.id, "chart", "csv")} {
				policy := attackPolicy(c)
				w.decree(t, policy)
				u, p := attackPeople()["member"], attackPlaces()[f.place]
				if got := w.told(t, c, u, p, button); got != "all" {
					t.Fatalf("%s: at first it is told to %q", f.name, got)
				}
				f.flip(&u, &p, &policy)
				w.decree(t, policy)
				if got := w.told(t, c, u, p, button); got != f.want {
					t.Errorf("%s: then %v is told to %q, want %q", f.name, button.Args, got, f.want)
				}
			}
		}
	})
}

// TestA13_WhatIsRevokedIsGoneAtOnce takes a right away through another process
// that has the same file open, after everything was answered and kept.
func TestA13_WhatIsRevokedIsGoneAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCanary(seeded(t))
		catalogue, ran := walkBooks(c), 0
		run := catalogue.run
		catalogue.run = func(in insight.Insight, q insight.Query) (insight.Result, error) {
			if in.ID == c.id {
				ran++
			}
			return run(in, q)
		}
		path := filepath.Join(t.TempDir(), "bot", "bot.db")
		w, another := openWorld(t, path, catalogue), openWorld(t, path, catalogue)
		u, p := attackPeople()["member"], attackPlaces()["open"]
		calls := []chat.Call{
			called("ask", "insight", c.id), called("ask", "q", c.sent), called("ask", "insight", c.id, "chart", "csv"), called("ask", "insight", c.id, "chart", "table"),
			called("ask", "insight", c.id, "grain", "week", "chart", "bar"), called("insight", "id", c.id), called("insights"), called("insights", "q", c.sent), called("help"),
			called("why", "q", c.sent), called("feedback", "q", c.sent, "insight", "depot/fuel"),
		}
		for round := range 3 {
			another.decree(t, attackPolicy(c))
			for _, call := range calls {
				if all := plainly(everyText(w.ask(t, u, p, call))); len(found(all, forbidden(c.texts, everyText(call)))) == 0 {
					t.Fatalf("round %d: %v tells nothing before anything was revoked:\n%s", round, call, all)
				}
			}
			another.edit(t, func(policy *access.Policy) {
				policy.PutChannel(access.Channel{Key: access.ChannelOf(p), Roles: []string{roleStaff}})
			})
			ran = 0
			for _, call := range calls {
				reply, err := w.handler.Answer(t.Context(), &chat.Request{Ref: w.ref(), Call: call, Context: calls[0], User: u, Place: p, At: attackNow})
				if err != nil {
					t.Fatal(err)
				}
				if hits := found(plainly(everyText(reply)), forbidden(c.texts, everyText(call))); len(hits) > 0 {
					t.Errorf("round %d: after it was revoked %v tells %q", round, call, hits)
				}
			}
			if ran > 0 {
				t.Errorf("round %d: it was run %d times for nobody", round, ran)
			}
		}
	})
}

// TestA16_ExistenceIsNotToldByWordsOrTime reaches for what is hidden and for
// what was never there. The clock is that of a bubble, which moves only while
// everybody waits, so that the load of the machine decides nothing.
func TestA16_ExistenceIsNotToldByWordsOrTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCanary(seeded(t))
		w := newWorld(t, walkBooks(c))
		w.decree(t, attackPolicy(c))
		type miss struct {
			text   string
			took   time.Duration
			events []access.Event
		}
		reach := func(u chat.User, p chat.Place, call chat.Call) miss {
			ref, began := w.ref(), time.Now()
			reply, err := w.handler.Answer(t.Context(), &chat.Request{Ref: ref, Call: call, User: u, Place: p, At: attackNow})
			if err != nil {
				t.Fatal(err)
			}
			m := miss{took: time.Since(began)}
			reply.Ref = ""
			m.text = fmt.Sprintf("%t %s", reply.Private, everyText(reply))
			events, err := w.store.Events(t.Context(), 5)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				if e.Ref == ref {
					m.events = append(m.events, e)
				}
			}
			return m
		}
		const never = "depot/was-never-there"
		member, where := attackPeople()["member"], []chat.Place{attackPlaces()["without-key"], attackPlaces()["strict"], attackPlaces()["direct"]}
		w.edit(t, func(p *access.Policy) { // so that nothing is closed to the member where nobody else reads
			p.PutPerson(access.Person{Key: access.Key{Platform: "web", Workspace: walkSpace, ID: "member"}, Roles: []string{roleStaff}})
		})
		for _, p := range where {
			for name, call := range map[string]func(id string) chat.Call{
				"page":   func(id string) chat.Call { return called("insight", "id", id) },
				"ask":    func(id string) chat.Call { return called("ask", "insight", id) },
				"csv":    func(id string) chat.Call { return called("ask", "insight", id, "chart", "csv") },
				"menu":   func(id string) chat.Call { return called("ask", "q", "parcels", "insight", id, "read", "yes") },
				"broken": func(id string) chat.Call { return called("ask", "insight", id, "grain", "nonsense") },
				"why":    func(id string) chat.Call { return called("why", "q", id) },
				"typed":  func(id string) chat.Call { return called("ask", "q", "why can't I see "+id+"?") },
			} {
				hides, missing := reach(member, p, call(c.id)), reach(member, p, call(never))
				if hides.text != missing.text {
					t.Errorf("%s in %s: what is hidden is answered\n%s\nwhat is missing\n%s", name, p.Channel, hides.text, missing.text)
				}
				if hides.took != missing.took || hides.took < 150*time.Millisecond {
					t.Errorf("%s in %s: what is hidden takes %s, what is missing %s; want the same, 150 ms at least", name, p.Channel, hides.took, missing.took)
				}
				for _, m := range []miss{hides, missing} {
					if len(m.events) != 1 || m.events[0].Action != access.ActionDenied || !strings.HasPrefix(m.events[0].Subject, "insight:") {
						t.Errorf("%s in %s: the audit log holds %+v, want one denial", name, p.Channel, m.events)
					}
				}
				// The twin: what may be seen is answered at once, so that the
				// time above is the wait and not the work.
				if shown := reach(member, p, call("depot/parcels")); shown.took != 0 || shown.text == missing.text {
					t.Errorf("%s in %s: what may be seen takes %s and is answered\n%s", name, p.Channel, shown.took, shown.text)
				}
			}
			// What is kept of somebody must not tell them either, although the
			// log knows it.
			export := everyText(w.ask(t, member, p, called("privacy-export")))
			if slices.ContainsFunc([]access.Reason{access.ReasonNoGrant, access.ReasonStrict, "missing"}, func(r access.Reason) bool {
				return strings.Contains(export, fmt.Sprintf(`"detail": %q`, r))
			}) {
				t.Errorf("the export of their data tells in %s what is hidden from what is missing", p.Channel)
			}
			w.ask(t, member, p, called("why", "q", c.insight.Title))
			if export := everyText(w.ask(t, member, p, called("privacy-export"))); strings.Contains(strings.ReplaceAll(export, `"question": "why can't I see `+c.id, ""), `"insight:`+c.id) {
				t.Errorf("the export of their data tells in %s the id of a title", p.Channel)
			}
		}
	})
}

// leaky are errors and panics with what must not be told.
type leaky struct{ host, user, password, table, token, key string }

func (l leaky) String() string {
	return fmt.Sprintf("dial postgres://%s:%s@%s/warehouse: relation %q: with xoxb-%s and phx_%s, password=%s", l.user, l.password, l.host, l.table, l.token, l.key, l.password)
}

// told are those of its words that stand in a text, secrets those that may not
// even be logged.
func (l leaky) told(s string) []string {
	return found(strings.ToLower(s), []string{l.host, l.user, l.password, l.table, l.token, l.key})
}

func (l leaky) secrets(s string) []string {
	return found(strings.ToLower(s), []string{l.password, l.token, l.key, "xoxb-", "phx_"})
}

// ruleless is a store whose rules cannot be read.
type ruleless struct{ err error }

func (r ruleless) Rules(context.Context, chat.User, chat.Place) (access.Rules, error) {
	return access.Rules{}, r.err
}

// TestA17_A29_NoErrorTellsHostsTablesOrSecrets lets everything fail that can,
// with errors full of canaries, over every transport.
func TestA17_A29_NoErrorTellsHostsTablesOrSecrets(t *testing.T) {
	r := seeded(t)
	l := leaky{randomWord(r), randomWord(r), randomWord(r), randomWord(r), randomWord(r), randomWord(r)}
	failing := func(err error) func(*shelfBooks, *handlers.Config) {
		return func(b *shelfBooks, _ *handlers.Config) {
			b.run = func(insight.Insight, insight.Query) (insight.Result, error) { return insight.Result{}, err }
		}
	}
	ways := map[string]func(*shelfBooks, *handlers.Config){
		"an error":      failing(errors.New(l.String())),
		"a rules error": func(_ *shelfBooks, c *handlers.Config) { c.Rules = ruleless{errors.New(l.String())} },
		"a panic": func(b *shelfBooks, _ *handlers.Config) {
			b.run = func(insight.Insight, insight.Query) (insight.Result, error) { panic(l) }
		},
		"a panic with a text": func(b *shelfBooks, _ *handlers.Config) {
			b.run = func(insight.Insight, insight.Query) (insight.Result, error) { panic(l.String()) }
		},
	}
	for _, err := range []error{
		insight.ErrUnavailable, insight.ErrTimeout, insight.ErrBroken, insight.ErrRefused, insight.ErrBusy, insight.ErrTooLarge,
		insight.ErrUnknown, insight.ErrUnsupported, insight.ErrAttribute, insight.ErrSmallGroups, insight.ErrChanged,
	} {
		ways[err.Error()] = failing(fmt.Errorf("%s: %w", l, err))
	}
	for name, change := range ways {
		synctest.Test(t, func(t *testing.T) {
			catalogue := walkBooks(newCanary(r))
			w := newWorld(t, catalogue, func(c *handlers.Config) { change(catalogue, c) })
			w.decree(t, walkPolicy(newCanary(r), access.ModeOpen))
			h := &tapped{next: w.handler}
			for _, tr := range walkTransports() {
				send := tr.open(t, w, h)
				for _, p := range []chat.Place{walkPlaces()[0], walkPlaces()[5]} {
					for _, v := range []variant{
						{call: called("ask", "insight", "depot/parcels")},
						{call: called("ask", "q", "parcels sent"), typed: "parcels sent"},
						{call: called("ask", "insight", "depot/parcels", "chart", "csv")},
						{call: called("insights")},
					} {
						a := v.attempt(audience{user: walkPeople()[1], place: p})
						if !tr.takes(a) {
							continue
						}
						h.begin(chat.Call{})
						w.log.since()
						out := send(a)
						replies, _ := h.kept()
						log := w.log.since()
						if tr.name == "handler" {
							out = "" // the error itself, which every transport answers with a sentence
						}
						if hits := l.told(out + everyText(replies)); len(hits) > 0 {
							t.Errorf("%s over %s: %v tells %q:\n%.3000s", name, tr.name, v.call, hits, out)
						}
						if hits := l.secrets(log); len(hits) > 0 {
							t.Errorf("%s over %s: the log holds %q:\n%.3000s", name, tr.name, hits, log)
						}
						ran := v.call.Command == "ask" && tr.name != "web page" && (tr.name != "handler" || name != "a rules error")
						cause := l.table
						if strings.HasPrefix(name, "a panic") {
							cause = "handler panicked" // with what is not told: it may be what a person said
						}
						if n := strings.Count(strings.ToLower(log), cause); ran && n == 0 || n > 2 {
							t.Errorf("%s over %s: the cause of %v stands in the log %d times:\n%.3000s", name, tr.name, v.call, n, log)
						}
					}
				}
			}
		})
	}
	if hits := l.secrets(l.String()); len(hits) != 5 {
		t.Errorf("the errors hold only %q, so that nothing was tried", hits)
	}
}

// TestHideSecrets_LeavesWhatIsNone pins what is taken out of a log.
func TestHideSecrets_LeavesWhatIsNone(t *testing.T) {
	for text, want := range map[string]string{
		"open postgres://bot:s3:cr/et@db.example:5432/x?y=1": "open postgres://[hidden]@db.example:5432/x?y=1",
		"get https://eu.posthog.example/api?x=1":             "get https://eu.posthog.example/api?x=1",
		"http://localhost:8080/a@b":                          "http://[hidden]@b", // rather too much than a password with a slash
		"slack: xoxb-" + "1-2-abc failed":                    "slack: [hidden] failed",
		"key phx_" + "AbC_1 is wrong":                        "key [hidden] is wrong",
		`dsn host=db password="a b" user=x`:                  `dsn host=db password=[hidden] user=x`,
		"Authorization: Bearer abcdefghijklmnopqrstuv.w":     "Authorization: Bearer [hidden]",
		"somebody signed in from=web":                        "somebody signed in from=web",
	} {
		if got := hideSecrets(text); got != want {
			t.Errorf("hideSecrets(%q) = %q, want %q", text, got, want)
		}
	}
}
