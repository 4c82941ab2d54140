package handlers

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"insightbot/access"
	"insightbot/chat"
)

// completed are the titles that are suggested.
func completed(t testing.TB, r *chat.Reply) []string {
	t.Helper()
	if len(r.Parts) != 1 {
		t.Fatalf("%d parts, want the choices alone", len(r.Parts))
	}
	c, ok := r.Parts[0].(chat.Choices)
	if !ok {
		t.Fatalf("the part is %T", r.Parts[0])
	}
	titles := []string{}
	for _, i := range c.Items {
		if i.Call.Command != "ask" || i.Call.Args[argInsight] == "" {
			t.Errorf("%q calls %v", i.Label, i.Call)
		}
		titles = append(titles, i.Label)
	}
	return titles
}

func TestComplete_FindsTitlesByTheBeginningsOfTheirWords(t *testing.T) {
	b := newBench(t)
	busy := b.catalogue.ins[1]
	busy.ID, busy.Title, busy.Asked = "shop/plans", "Revenue by plan (sign-ups)", 50
	b.catalogue.ins = append(b.catalogue.ins, busy)
	for typed, want := range map[string][]string{
		"":                              {"Sign-ups", "Revenue by plan (sign-ups)", "Revenue"}, // certified, then asked most
		"   ":                           {"Sign-ups", "Revenue by plan (sign-ups)", "Revenue"},
		"rev":                           {"Revenue by plan (sign-ups)", "Revenue"},
		"REVENUE b":                     {"Revenue by plan (sign-ups)"},
		"sign":                          {"Sign-ups", "Revenue by plan (sign-ups)"},
		"Sign-ups":                      {"Sign-ups", "Revenue by plan (sign-ups)"},
		"plan rev":                      {"Revenue by plan (sign-ups)"},
		"evenue":                        {},
		"turnover":                      {"Revenue", "Revenue by plan (sign-ups)"}, // a search knows the word, and leaves out what is outdated
		"!!!":                           {},
		"how much did we earn":          {"Revenue", "Revenue by plan (sign-ups)"},
		strings.Repeat("revenue ", 900): {},
	} {
		got := completed(t, b.must(t, call(chat.Call{Command: "complete", Args: chat.Args{argQuestion: typed}})))
		if len(want) == 0 && typed == "evenue" {
			continue // a search may put the slip right
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%.20q (-want +got):\n%s", typed, diff)
		}
	}
	for i := range 60 {
		in := busy
		in.ID, in.Title = fmt.Sprintf("shop/r%d", i), fmt.Sprintf("Revenue %d", i)
		b.catalogue.ins, b.catalogue.revision = append(b.catalogue.ins, in), 2
	}
	for _, typed := range []string{"", "rev"} {
		if got := completed(t, b.must(t, call(chat.Call{Command: "complete", Args: chat.Args{argQuestion: typed}}))); len(got) != maxCompletions {
			t.Errorf("%q: %d suggestions", typed, len(got))
		}
	}
}

func TestComplete_SuggestsWhatMayBeToldWhereItIsTyped(t *testing.T) {
	b := administered(t)
	b.edit(t, mapGrowth)
	b.edit(t, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "money", Tags: []string{"money"}, Abilities: []access.Ability{access.AbilityAsk}})
		p.PutPerson(access.Person{Key: access.PersonOf(mia, directRoom), Roles: []string{"money"}})
	})
	for _, c := range []struct {
		place chat.Place
		typed string
		want  []string
	}{
		{growthRoom, "", []string{"Sign-ups"}},
		{growthRoom, "rev", []string{}},
		{growthRoom, "sign", []string{"Sign-ups"}},
		{directRoom, "", []string{"Revenue", "Salaries"}},
		{directRoom, "sal", []string{"Salaries"}},
		{directRoom, "sign", []string{}},
		{boardRoom, "", []string{}},
	} {
		r := call(chat.Call{Command: "complete", Args: chat.Args{argQuestion: c.typed}})
		r.User, r.Place = mia, c.place
		reply := b.must(t, r)
		if diff := cmp.Diff(c.want, completed(t, reply)); diff != "" || reply.Private {
			t.Errorf("%q in %s, private %v (-want +got):\n%s", c.typed, c.place.Name, reply.Private, diff)
		}
	}
	if len(b.keeper.events) != 0 || len(b.log.asks) != 0 {
		t.Errorf("typing leaves a trace: %+v %+v", b.keeper.events, b.log.asks)
	}
}
