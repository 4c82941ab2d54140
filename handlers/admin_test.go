package handlers

import (
	"strings"
	"testing"

	"insightbot/access"
	"insightbot/chat"
)

func TestA33_AdminCommandsNeedAnAdmin(t *testing.T) {
	groupie, domainie, stranger := mia, mia, chat.User{ID: "zoe", Name: "Zoe", Guest: chat.No, External: chat.No, Admin: chat.Yes}
	groupie.Groups, domainie.Domain = []string{"G1"}, "fernfold.example"
	people := map[string]chat.User{
		"member": mia, "guest": gus, "external": eve, "unknown": nina,
		"held through a group": groupie, "held through a domain": domainie, "admin of another workspace, owner of this one": stranger,
	}
	args := chat.Args{
		"save": "yes", "sure": "yes", "go": "yes", "channel": "C1", "role": "growth", "mode": "open", "id": "1", "state": "approved", "roles": "admins",
		"name": "x", "tag": "money", "insight": "shop/salaries", "q": "what do people earn", "delete": "yes", "everything": "yes", "abilities": "admin",
	}
	tested := 0
	for _, c := range adminCommands() {
		for who, u := range people {
			b := administered(t)
			b.edit(t, func(p *access.Policy) {
				p.PutGroup(access.Group{Key: access.Key{Platform: "web", Workspace: "w", ID: "G1"}, Roles: []string{"admins"}})
				p.PutDomain(access.Domain{Name: "fernfold.example", Roles: []string{"admins"}})
				p.PutPerson(access.Person{Key: access.Key{Platform: "web", Workspace: "other", ID: "zoe"}, Roles: []string{"admins"}})
				for _, outsider := range []chat.User{gus, eve, nina} {
					p.PutPerson(access.Person{Key: access.PersonOf(outsider, growthRoom), Roles: []string{"admins"}})
				}
			})
			b.keeper.requests = []access.Request{{ID: 1, Who: access.PersonOf(mia, directRoom), Direct: true, State: access.RequestOpen}}
			before := clonePolicy(b.keeper.policy)
			for _, place := range []chat.Place{growthRoom, directRoom} {
				b.keeper.events = nil
				r := b.press(t, u, place, chat.Call{Command: c.Name, Args: args})
				if got := strings.TrimSpace(everything(r)); got != "Only an admin of the bot can do that." {
					t.Errorf("%s, %s: told %q", c.Name, who, got)
				}
				if len(b.keeper.events) != 1 || b.keeper.events[0].Action != access.ActionDenied || b.keeper.events[0].Subject != "command:"+c.Name {
					t.Errorf("%s, %s: audited as %+v", c.Name, who, b.keeper.events)
				}
			}
			if d := access.Diff(before, b.keeper.policy); len(d) != 0 || b.keeper.requests[0].State != access.RequestOpen {
				t.Errorf("%s, %s: changed %+v, request %s", c.Name, who, d, b.keeper.requests[0].State)
			}
			tested++
		}
		// The twin: the same call by an admin gets past the gate.
		b := administered(t)
		if got := everything(b.press(t, ann, growthRoom, chat.Call{Command: c.Name, Args: args})); strings.Contains(got, "Only an admin") {
			t.Errorf("%s refuses an admin", c.Name)
		}
	}
	if want := len(people) * 15; tested < want {
		t.Errorf("%d cells were walked, want %d at least", tested, want)
	}
}

// TestA33_WithoutTheGateAMemberCould is the twin: past the gate the same calls
// tell what they should not, and a change is stopped by the second look alone,
// which asks the rules of the moment of the change.
func TestA33_WithoutTheGateAMemberCould(t *testing.T) {
	b := administered(t)
	ungated := func(run runner, c chat.Call) *chat.Reply {
		r := call(c)
		r.User, r.Place = mia, directRoom
		v, err := b.visit(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		reply, err := run(t.Context(), b.Bot, v)
		if err != nil {
			t.Fatal(err)
		}
		return reply
	}
	open := chat.Call{Command: "access-mode", Args: chat.Args{argMode: "open", argSure: yes}}
	says(t, ungated(runWith((*Bot).mode), open), "Nothing was changed.", "You are no admin any more.")
	if b.keeper.policy.Mode("web", "w") == access.ModeOpen {
		t.Error("a member changed the mode")
	}
	b.keeper.policy.PutPerson(access.Person{Key: access.Key{Platform: "web", Workspace: "w", ID: mia.ID}, Roles: []string{"admins"}})
	if ungated(runWith((*Bot).mode), open); b.keeper.policy.Mode("web", "w") != access.ModeOpen {
		t.Error("an admin cannot change the mode: the test reaches nothing")
	}
	says(t, ungated(runWith((*Bot).roles), chat.Call{Command: "access-roles"}), "Admins")
}

func TestA33_TheClockIsNoAdmin(t *testing.T) {
	b := administered(t)
	for _, c := range adminCommands() {
		r := call(chat.Call{Command: c.Name, Args: chat.Args{"mode": "strict"}})
		r.User, r.Place, r.Clock = ann, directRoom, true
		says(t, b.must(t, r), "Only an admin of the bot can do that.")
	}
}

func TestA33_EveryCommandAboutAccessIsGated(t *testing.T) {
	open := map[string]bool{}
	for _, c := range personalCommands() {
		open[c.Name] = true
	}
	for _, c := range Commands() {
		if (strings.HasPrefix(c.Name, "access-") || c.Name == "audit" || c.Name == "report") && open[c.Name] {
			t.Errorf("%s is open to everybody", c.Name)
		}
	}
	for _, c := range adminCommands() {
		if !c.Hidden {
			t.Errorf("%s is listed in everybody's help", c.Name)
		}
	}
}

func TestAdmin_WhatOnlyLooksIsReadOnlyAndKept(t *testing.T) {
	b := administered(t)
	before := clonePolicy(b.keeper.policy)
	for _, c := range Commands() {
		if !c.ReadOnly {
			continue
		}
		b.keeper.events = nil
		b.press(t, ann, directRoom, chat.Call{Command: c.Name, Args: chat.Args{"save": "yes", "sure": "yes", "go": "yes", "who": "mia", "insight": "shop/salaries", "q": "revenue", "roles": "admins"}})
		if len(access.Diff(before, b.keeper.policy)) != 0 {
			t.Errorf("%s changed the rules", c.Name)
		}
		for _, admin := range adminCommands() {
			if admin.Name == c.Name && (len(b.keeper.events) != 1 || b.keeper.events[0].Action != access.ActionView) {
				t.Errorf("%s is audited as %+v", c.Name, b.keeper.events)
			}
		}
	}
}

func TestAdmin_TheLastOneCannotBeLost(t *testing.T) {
	b := administered(t)
	for _, c := range []chat.Call{
		{Command: "access-person", Args: chat.Args{"save": "yes", "id": "ann", "sure": "yes"}},
		{Command: "access-person", Args: chat.Args{"save": "yes", "id": "ann", "roles": "growth", "sure": "yes"}},
		{Command: "access-role", Args: chat.Args{"role": "admins", "delete": "yes", "sure": "yes"}},
		{Command: "access-role", Args: chat.Args{"role": "admins", "save": "yes", "name": "Admins", "abilities": "ask", "sure": "yes"}},
	} {
		says(t, b.press(t, ann, directRoom, c), "leave nobody who may change these rules")
		if !b.keeper.policy.HasAdmin("web", "w") {
			t.Fatalf("%v left nobody", c)
		}
	}
}

func TestTyped_AdminCommandsArePhrases(t *testing.T) {
	b := administered(t)
	for words, title := range map[string]string{
		"access roles": "Roles", "Access Channels": "Channels", "/insight access people": "People", "access mode": "Who may ask what?",
		"report": "Report", "access report": "Report", "audit": "Audit log", "access role": "A new role", "access explain": "Who sees what, and why", "access": "Who may see what",
	} {
		if r := b.say(t, ann, directRoom, words); r.Title != title {
			t.Errorf("%q opens %q, want %q", words, r.Title, title)
		}
	}
	if r := b.say(t, ann, directRoom, "report of sign-ups last week"); r.Title == "Report" {
		t.Error("a question was taken for a command")
	}
}
