package handlers

import (
	"fmt"
	"strings"
	"testing"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
)

// cells are the words of a report's matrix: insight title to channel to word.
func cells(t testing.TB, r *chat.Reply) map[string]map[string]string {
	t.Helper()
	tables := find[chat.Table](r.Parts)
	m := tables[len(tables)-1]
	got := map[string]map[string]string{}
	for _, row := range m.Rows {
		got[row[0].Text] = map[string]string{}
		for i, c := range row[1:] {
			got[row[0].Text][m.Columns[i+1].Name] = c.Text
		}
	}
	return got
}

func TestReport_IsWhatTheChannelsReallyShow(t *testing.T) {
	b := administered(t)
	b.edit(t, mapGrowth)
	b.edit(t, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "money", Name: "Money", Tags: []string{"money"}, Strict: true, Abilities: []access.Ability{access.AbilityAsk}})
		p.PutChannel(access.Channel{Key: access.ChannelOf(moneyRoom), Name: "#money", Roles: []string{"money"}})
		p.PutChannel(access.Channel{Key: access.Key{Platform: "web", Workspace: "other", ID: "C9"}, Name: "#theirs", Roles: []string{"growth"}})
		p.PutRole(access.Role{ID: "theirs", Name: "Theirs", Tags: []string{"growth"}})
		p.PutPerson(access.Person{Key: access.Key{Platform: "web", Workspace: "other", ID: "zoe"}, Name: "Zoe", Roles: []string{"theirs"}})
	})
	for _, p := range []chat.Place{growthRoom, moneyRoom, sharedRoom} {
		b.keeper.seen = append(b.keeper.seen, access.Seen{Key: access.ChannelOf(p), Name: p.Name, Kind: p.Kind, Shared: p.Audience.Shared, Guests: p.Audience.Guests, Asked: 3})
	}
	r := b.do(t, ann, directRoom, "report")
	got := cells(t, r)
	if got["Sign-ups"]["#growth"] != "all" || got["Revenue"]["#growth"] != "–" || got["Salaries"]["#money"] != "with a role" || got["Sign-ups"]["#partners"] != "–" {
		t.Errorf("the matrix is %v", got)
	}
	says(t, r, "#partners", "Is not mapped, but people asked there 3 times")
	saysNot(t, r, "#theirs", "Zoe", "Theirs") // another workspace uses that role
	for title, row := range got {
		for name, place := range map[string]chat.Place{"#growth": growthRoom, "#money": moneyRoom, "#partners": sharedRoom} {
			answer := b.say(t, mia, place, title+" last week")
			if public := answer.Outcome == chat.OutcomeAnswer && answer.Title == title && !answer.Private; public != (row[name] == "all") {
				t.Errorf("%s in %s: the report says %q, the answer is public %v", title, name, row[name], public)
			}
		}
	}
}

func TestReport_AFilterNarrowsTheMatrixAndNothingElse(t *testing.T) {
	b := administered(t)
	b.edit(t, mapGrowth)
	b.keeper.seen = []access.Seen{{Key: access.ChannelOf(moneyRoom), Name: "#money", Kind: chat.PlacePrivate, Shared: chat.No, Guests: chat.No}}
	risks := find[chat.Table](b.do(t, ann, directRoom, "report").Parts)[0].Rows
	for words, want := range map[string]int{"sign": 1, "MONEY": 3, "shop/revenue": 1, "zzz": 0} {
		r := b.do(t, ann, directRoom, "report", "q", words)
		if tables := find[chat.Table](r.Parts); len(tables[0].Rows) != len(risks) || want > 0 && len(tables[1].Rows) != want || want == 0 && len(tables) != 1 {
			t.Errorf("%q: %s", words, everything(r))
		}
		if field(t, r, "q").Value != words {
			t.Errorf("%q: the form forgot it", words)
		}
	}
	if got := cells(t, b.do(t, ann, directRoom, "report", "channel", "#Money"))["Sign-ups"]; len(got) != 1 || got["#money"] != "–" {
		t.Errorf("filtered by channel it has %v", got)
	}
	says(t, b.do(t, ann, directRoom, "report", "channel", "nowhere"), "Nothing matches these words.")
}

func TestReport_IsBoundedAndSaysHowMuchIsLeftOut(t *testing.T) {
	b := administered(t)
	for i := range maxReportChannels + 8 {
		k := access.Key{Platform: "web", Workspace: "w", ID: fmt.Sprintf("X%02d", i)}
		b.keeper.seen = append(b.keeper.seen, access.Seen{Key: k, Name: "#" + k.ID, Kind: chat.PlacePublic, Shared: chat.No, Guests: chat.No, Asked: 1})
	}
	b.edit(t, func(p *access.Policy) {
		p.PutChannel(access.Channel{Key: access.Key{Platform: "web", Workspace: "w", ID: "X19"}, Roles: []string{"growth"}})
	})
	in := b.catalogue.ins[0]
	for i := range maxReportInsights {
		in.ID = fmt.Sprintf("shop/more-%02d", i)
		b.catalogue.ins = append(b.catalogue.ins, in)
	}
	b.catalogue.revision++
	r := b.do(t, ann, directRoom, "report")
	m := find[chat.Table](r.Parts)[1]
	if len(m.Columns) != maxReportChannels+1 || len(m.Rows) != maxReportInsights || m.Columns[1].Name != "#X19" {
		t.Errorf("%d columns, the first %q, and %d rows", len(m.Columns), m.Columns[1].Name, len(m.Rows))
	}
	for _, want := range []string{"8 more channels are not shown.", "4 more insights are not shown.", "insightbot access report"} {
		if !strings.Contains(m.Foot, want) {
			t.Errorf("the foot does not say %q: %s", want, m.Foot)
		}
	}
}

func TestReport_OfNothing(t *testing.T) {
	b := administered(t)
	b.catalogue.ins, b.catalogue.revision = []insight.Insight{}, 9
	says(t, b.do(t, ann, directRoom, "report"), "I was used in no channel yet")
}
