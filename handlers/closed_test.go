package handlers

import (
	"testing"

	"insightbot/access"
	"insightbot/chat"
)

func TestClosed_SaysWhatToDoWhereTheRolesThatAreThereOpenNothing(t *testing.T) {
	b := administered(t)
	b.edit(t, mapGrowth)
	b.edit(t, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "empty", Abilities: []access.Ability{access.AbilityAsk}})
		p.PutRole(access.Role{ID: "gone", Tags: []string{"gone"}, Abilities: []access.Ability{access.AbilityAsk}})
		p.PutRole(access.Role{ID: "posts", Tags: []string{"growth"}})
		p.PutRole(access.Role{ID: "strict", Tags: []string{"growth"}, Strict: true, Abilities: []access.Ability{access.AbilityAsk}})
		for channel, role := range map[string]string{"C2": "empty", "C3": "gone", "C6": "posts", "C7": "strict"} {
			p.PutChannel(access.Channel{Key: access.Key{Platform: "web", Workspace: "w", ID: channel}, Roles: []string{role}})
		}
	})
	at := func(id string) chat.Place {
		p := growthRoom
		p.Channel, p.Name = id, "#"+id
		return p
	}
	const member, admin = "Ask an admin for access", "You are an admin: press the button below, or say “access” to me"
	for _, c := range []struct {
		name  string
		user  chat.User
		place chat.Place
		want  []string
		never string
	}{
		{"an admin without grants, alone", ann, directRoom, []string{"Nothing can be answered for you in private yet.", "Ask in a channel that is set up", admin, "under People give yourself a role"}, member},
		{"an admin where nothing is mapped", ann, boardRoomOf("C9"), []string{"Nothing can be answered here yet.", access.ReasonUnmapped.Sentence(), admin, "one click opens something"}, member},
		{"an admin in a strict channel", ann, at("C7"), []string{"Nothing can be answered for you yet.", access.ReasonStrict.Sentence(), admin, "give yourself a role"}, member},
		{"a member in a strict channel", mia, at("C7"), []string{"Nothing can be answered for you yet.", access.ReasonStrict.Sentence(), member}, "You are an admin"},
		{"a member whose channel has a role for nothing", mia, at("C2"), []string{"Nothing can be answered here yet.", access.ReasonNoRole.Sentence(), member}, "You are an admin"},
		{"a member whose channel has a role for what is gone", mia, at("C3"), []string{"Nothing can be answered here yet.", access.ReasonNoGrant.Sentence(), member}, "You are an admin"},
		{"a member whose channel only gets posts", mia, at("C6"), []string{"Nothing can be answered here yet.", access.ReasonAbility.Sentence(), member}, "You are an admin"},
		{"a guest in a channel of members", gus, growthRoom, []string{"Nothing can be answered here yet.", "guest"}, member},
	} {
		r := b.say(t, c.user, c.place, "sign-ups last week")
		if r.Outcome != chat.OutcomeClosed || !r.Private {
			t.Errorf("%s: outcome %q, private %v", c.name, r.Outcome, r.Private)
			continue
		}
		if c.name == "a guest in a channel of members" {
			c.want = c.want[:1]
		}
		says(t, r, c.want...)
		saysNot(t, r, c.never, "Sign-ups", "No saved insight")
	}
	r := b.say(t, mia, directRoom, "sign-ups last week")
	says(t, r, "Nothing can be answered for you in private yet.", "Ask in a channel that is set up", member)
	saysNot(t, r, "growth", "No role that may see anything")
	b.edit(t, func(p *access.Policy) { p.Channels = nil })
	says(t, b.say(t, mia, directRoom, "sign-ups last week"), "Nothing can be answered for you yet.", access.ReasonNoRole.Sentence(), member)
	b.edit(t, mapGrowth)
	if a := b.log.asks[len(b.log.asks)-1]; a.Outcome != chat.OutcomeClosed {
		t.Errorf("logged as %+v", a)
	}
	if r := b.say(t, mia, growthRoom, "sign-ups last week"); r.Outcome != chat.OutcomeAnswer {
		t.Errorf("where something is open: %s", words(r))
	}
	says(t, b.say(t, mia, growthRoom, "what is for lunch"), "No saved insight answers this.")
}

// boardRoomOf is a channel without a role.
func boardRoomOf(id string) chat.Place {
	p := boardRoom
	p.Channel = id
	return p
}

func TestClosed_InAStrictWorkspaceAMemberNeedsARole(t *testing.T) {
	b := administered(t)
	b.edit(t, mapGrowth)
	r := b.do(t, ann, directRoom, "access-mode", "mode", "strict")
	says(t, r, "Done: Strict.", "mention me there with the word “access”", "Then give roles to people")
	saysNot(t, b.do(t, ann, directRoom, "access-mode", "mode", "channel"), "Then give roles")
	b.do(t, ann, directRoom, "access-mode", "mode", "strict")
	says(t, b.say(t, mia, growthRoom, "sign-ups last week"), access.ReasonStrict.Sentence(), "Ask an admin for access")
	says(t, b.say(t, ann, growthRoom, "sign-ups last week"), "You are an admin: press the button below, or say “access” to me")
	b.edit(t, giveGrowth)
	if r := b.say(t, mia, growthRoom, "sign-ups last week"); r.Outcome != chat.OutcomeAnswer || r.Private {
		t.Errorf("with both keys: %s", words(r))
	}
}

func TestClosed_ARehearsalSaysSoToo(t *testing.T) {
	b := administered(t)
	b.edit(t, mapGrowth)
	b.edit(t, func(p *access.Policy) { p.SetMode("web", "w", access.ModeStrict) })
	b.keeper.seen = []access.Seen{{Key: access.ChannelOf(growthRoom), Name: "#growth", Kind: chat.PlacePublic, Shared: chat.No, Guests: chat.No}}
	r := b.do(t, ann, directRoom, "access-simulate", "go", "yes", "where", "C1", "q", "sign-ups last week")
	says(t, r, "Any member can ask nothing in", access.ReasonStrict.Sentence())
}

func TestReplyNone_SaysWhatIsKeptOnlyWhereItIs(t *testing.T) {
	const kept = "Your question is kept"
	says(t, administered(t, func(c *Config) { c.Rules = &fakeRules{rules: openRules()} }).say(t, mia, growthRoom, "what is for lunch"), kept)
	r := administered(t, func(c *Config) { c.Rules, c.Forgets = &fakeRules{rules: openRules()}, true }).say(t, mia, growthRoom, "what is for lunch")
	says(t, r, "I never make one up.")
	saysNot(t, r, kept)
}
