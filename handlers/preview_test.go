package handlers

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
)

// linkedBench is one whose insights can be looked at in their source.
func linkedBench(t testing.TB, change ...func(*Config)) accessBench {
	t.Helper()
	b := administered(t, append([]func(*Config){func(c *Config) { c.Console = "https://bot.example/console" }}, change...)...)
	for i := range b.catalogue.ins {
		in := &b.catalogue.ins[i]
		in.Link = "https://eu.Source.example/project/1/" + in.ID[len("shop/"):] + "?b=2&a=1"
	}
	b.edit(t, mapGrowth)
	return b
}

// posted is what the clock is told of an address that was posted in a place.
func (b accessBench) posted(t testing.TB, p chat.Place, address string) *chat.Reply {
	t.Helper()
	r := call(chat.Call{Command: "preview", Args: chat.Args{argURL: address}})
	r.Place, r.User, r.Clock = p, chat.User{}, true
	return b.must(t, r)
}

// noPreview is the reply to every address that shows nothing.
func noPreview() *chat.Reply {
	return &chat.Reply{Ref: "REF1", Private: true, Parts: []chat.Part{lead("There is nothing to show for this address.")}}
}

const signupsLink = "https://eu.source.example/project/1/signups?a=1&b=2"

func TestPreview_ShowsTheAnswerWithoutButtons(t *testing.T) {
	b := linkedBench(t)
	r := b.posted(t, growthRoom, signupsLink)
	says(t, r, "100 sign-ups", "data as of 25 Nov 2026", "Owner: Growth (#growth)", "Certified: by Mia")
	saysNot(t, r, "Chosen because")
	if r.Private || len(find[chat.Image](r.Parts)) != 1 || len(find[chat.Choices](r.Parts)) != 0 || len(find[chat.Form](r.Parts)) != 0 || !r.Context.IsZero() || r.Title != "Sign-ups" {
		t.Errorf("the preview is %+v", r)
	}
	if len(b.log.asks) != 0 || len(b.keeper.events) != 0 {
		t.Errorf("nobody asked, and kept is %+v %+v", b.log.asks, b.keeper.events)
	}
}

func TestPreview_ComparesAddresses(t *testing.T) { synctest.Test(t, comparesAddresses) }

func comparesAddresses(t *testing.T) {
	b := linkedBench(t)
	for address, shown := range map[string]bool{
		signupsLink: true, "HTTPS://EU.SOURCE.example:443/project/1/signups/?b=2&a=1": true, " " + signupsLink + " ": true,
		"https://bot.example/console/insights/shop/signups": true, "https://BOT.example/console/insights/shop/signups/": true,
		"https://bot.example/console/c/insight?id=shop%2Fsignups": true, "https://bot.example/console/insights/shop%2Fsignups": true,

		"http://eu.source.example/project/1/signups?a=1&b=2": false, "https://eu.source.example/project/1/signups": false,
		signupsLink + "&c=3": false, signupsLink + "#x": false, strings.Replace(signupsLink, "signups", "Signups", 1): false,
		strings.Replace(signupsLink, "//", "//me:pw@", 1): false, strings.Replace(signupsLink, "example/", "example:8443/", 1): false,
		"https://bot.example/insights/shop/signups": false, "https://other.example/console/insights/shop/signups": false,
		"https://bot.example/console/insights/shop/signups?x=1": false, "https://bot.example/console/insights/": false, "https://bot.example/console/insights/shop/nothing": false,
		"https://bot.example/console/c/insight?id=shop/signups&id=x": false, "https://bot.example/console/c/ask?id=shop/signups": false,
		"": false, "shop/signups": false, "signups": false, "mailto:a@b.example": false, "javascript:alert(1)": false, "https://": false, "https://%zz": false,
		"https://x.example/?a=%zz": false, "https://" + strings.Repeat("a", maxLink): false, "file:///etc/passwd": false,
	} {
		if r := b.posted(t, growthRoom, address); (r.Title == "Sign-ups") != shown {
			t.Errorf("%.80q: shown %v, want %v", address, !shown, shown)
		} else if diff := cmp.Diff(noPreview(), r); !shown && diff != "" {
			t.Errorf("%.80q:\n%s", address, diff)
		}
	}
	if r := linkedBench(t, func(c *Config) { c.Console = "" }).posted(t, growthRoom, "/insights/shop/signups"); !r.Private {
		t.Error("without a console there is no page of it")
	}
}

func TestPreview_OfAnAddressOfSeveralShowsTheOneThatCanBeMeant(t *testing.T) {
	synctest.Test(t, ofAnAddressOfSeveralShowsTheOneThatCanBeMeant)
}

func ofAnAddressOfSeveralShowsTheOneThatCanBeMeant(t *testing.T) {
	b := linkedBench(t)
	at := func(id string) *insight.Insight {
		for i := range b.catalogue.ins {
			if b.catalogue.ins[i].ID == id {
				b.catalogue.revision++
				return &b.catalogue.ins[i]
			}
		}
		t.Fatalf("no %s", id)
		return nil
	}
	at("shop/salaries").Link = signupsLink // which #growth may not see
	if r := b.posted(t, growthRoom, signupsLink); r.Title != "Sign-ups" {
		t.Errorf("a hidden one stands in the way: %s", everything(r))
	}
	at("shop/revenue").Link, at("shop/revenue").Tags = signupsLink, []string{"growth"}
	if diff := cmp.Diff(noPreview(), b.posted(t, growthRoom, signupsLink)); diff != "" {
		t.Errorf("one of two is chosen:\n%s", diff)
	}
	at("shop/revenue").Replaced = insight.Replacement{Why: "It missed refunds."}
	if r := b.posted(t, growthRoom, signupsLink); r.Title != "Sign-ups" {
		t.Errorf("an outdated one stands in the way: %s", everything(r))
	}
	at("shop/signups").Link = ""
	says(t, b.posted(t, growthRoom, signupsLink), "This insight is outdated. It missed refunds.")
}

func TestPreview_IsDecidedForTheChannel(t *testing.T) { synctest.Test(t, isDecidedForTheChannel) }

func isDecidedForTheChannel(t *testing.T) {
	b := linkedBench(t)
	b.edit(t, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "money", Tags: []string{"money"}, Abilities: []access.Ability{access.AbilityAsk}})
		p.PutRole(access.Role{ID: "money-strict", Tags: []string{"money"}, Strict: true, Abilities: []access.Ability{access.AbilityAsk}})
		p.PutPerson(access.Person{Key: access.PersonOf(mia, directRoom), Roles: []string{"money"}})
		p.PutChannel(access.Channel{Key: access.ChannelOf(moneyRoom), Roles: []string{"money-strict"}})
		p.PutChannel(access.Channel{Key: access.ChannelOf(sharedRoom), Roles: []string{"growth"}, Approved: true})
		p.PutChannel(access.Channel{Key: access.ChannelOf(unknownRoom), Roles: []string{"growth"}, Approved: true})
	})
	revenueLink := strings.Replace(signupsLink, "signups", "revenue", 1)
	for _, c := range []struct {
		name  string
		place chat.Place
		user  chat.User
		clock bool
		link  string
		shown bool
	}{
		{"the channel's key", growthRoom, chat.User{}, true, signupsLink, true},
		{"another channel's", growthRoom, chat.User{}, true, revenueLink, false},
		{"a strict role alone", moneyRoom, chat.User{}, true, revenueLink, false},
		{"a strict role, and the poster's own", moneyRoom, mia, true, revenueLink, false},
		{"the poster's own", growthRoom, mia, true, revenueLink, false},
		{"a channel with another company", sharedRoom, chat.User{}, true, signupsLink, false},
		{"a channel nobody knows the readers of", unknownRoom, chat.User{}, true, signupsLink, false},
		{"a channel that is not mapped", boardRoom, chat.User{}, true, signupsLink, false},
		{"a direct message to who may see it", directRoom, mia, true, revenueLink, true},
		{"a direct message to who may not", directRoom, mia, true, signupsLink, false},
		{"asked for by a member", growthRoom, mia, false, signupsLink, true},
		{"asked for by a guest", growthRoom, gus, false, signupsLink, false},
		{"asked for by somebody not known", growthRoom, nina, false, signupsLink, false},
		{"asked for with the person's key", growthRoom, mia, false, revenueLink, false},
		{"asked for with both keys", moneyRoom, mia, false, revenueLink, false},
	} {
		r := call(chat.Call{Command: "preview", Args: chat.Args{argURL: c.link}})
		r.Place, r.User, r.Clock = c.place, c.user, c.clock
		ran := len(b.catalogue.ran)
		reply := b.must(t, r)
		if got := reply.Title != ""; got != c.shown || reply.Private == c.shown {
			t.Errorf("%s: shown %v, private %v", c.name, got, reply.Private)
		}
		if !c.shown {
			if diff := cmp.Diff(noPreview(), reply); diff != "" || len(b.catalogue.ran) != ran {
				t.Errorf("%s: ran %d times\n%s", c.name, len(b.catalogue.ran)-ran, diff)
			}
		}
	}
	// The twin: where the channel has the key, strict is all that hides it.
	b.edit(t, func(p *access.Policy) {
		p.PutChannel(access.Channel{Key: access.ChannelOf(moneyRoom), Roles: []string{"money-strict", "money"}})
	})
	if r := b.posted(t, moneyRoom, revenueLink); r.Private || r.Title != "Revenue" {
		t.Errorf("with a role that is not strict: %s", everything(r))
	}
}

// TestPreview_HiddenMissingAndFailingAreOne compares replies, times and what is
// kept.
func TestPreview_HiddenMissingAndFailingAreOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := linkedBench(t)
		took := func(address string) (*chat.Reply, time.Duration, []access.Event) {
			b.keeper.events = nil
			began := time.Now()
			r := b.posted(t, growthRoom, address)
			return r, time.Since(began), b.keeper.events
		}
		hidden, hiddenTime, hiddenKept := took(strings.Replace(signupsLink, "signups", "salaries", 1))
		missing, missingTime, missingKept := took(strings.Replace(signupsLink, "signups", "nothing", 1))
		if diff := cmp.Diff(hidden, missing); diff != "" || hiddenTime != missingTime || hiddenTime != missTime {
			t.Errorf("after %v and %v:\n%s", hiddenTime, missingTime, diff)
		}
		if len(hiddenKept) != 1 || len(missingKept) != 1 || hiddenKept[0].Action != access.ActionDenied || hiddenKept[0].Subject != "insight:shop/salaries" || missingKept[0].Subject != "insight" {
			t.Errorf("kept %+v and %+v", hiddenKept, missingKept)
		}
		b.catalogue.err = errors.New("dial db7.internal")
		failing, failingTime, _ := took(signupsLink)
		if diff := cmp.Diff(missing, failing); diff != "" || failingTime != missTime {
			t.Errorf("failing, after %v:\n%s", failingTime, diff)
		}
		b.catalogue.err = nil
		if r, shown, _ := took(signupsLink); r.Private || shown != 0 {
			t.Errorf("shown after %v: %s", shown, everything(r))
		}
	})
}
