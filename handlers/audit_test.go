package handlers

import (
	"fmt"
	"testing"

	"insightbot/access"
	"insightbot/chat"
)

func TestAudit_ShowsTheNewestAndNamesNobody(t *testing.T) {
	b := administered(t)
	for i := range 150 {
		b.keeper.events = append(b.keeper.events, access.Event{At: now, Ref: fmt.Sprintf("R%d", i), Actor: "1a2b3c4d5e6f", Action: access.ActionDenied, Subject: "person:ffeeddccbb", Detail: "x"})
	}
	b.keeper.events = append(b.keeper.events, access.Event{At: now, Actor: access.ActorOperator, Action: access.ActionRule, Subject: "role:growth"})
	r := b.do(t, ann, growthRoom, "audit")
	says(t, r, "somebody (1a2b3c)", "somebody (ffeedd)", "the operator", "role growth", "you", "looked at the rules", "audit verify", "100 lines")
	saysNot(t, r, "1a2b3c4", "ffeeddc", "R10 ")
	if rows := find[chat.Table](r.Parts)[0].Rows; len(rows) != maxEvents || rows[0][1].Text != "you" {
		t.Errorf("%d rows, the first %v", len(rows), rows[0])
	}
}

func TestLists_ShowWhatThereIsAndAreBounded(t *testing.T) {
	b := administered(t)
	says(t, b.do(t, ann, directRoom, "access-channels"), "I was used in no channel yet")
	b.edit(t, mapGrowth)
	b.edit(t, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "eu", Name: "EU", Sources: []string{"shop"}, Strict: true, External: true, Masks: []string{"email"}, MinGroup: 5, Attributes: map[string][]string{"region": {"eu"}}})
		p.PutPerson(access.Person{Key: access.Key{Platform: "web", Workspace: "other", ID: "zoe"}, Name: "Zoe", Roles: []string{"eu"}})
	})
	says(t, b.do(t, ann, directRoom, "access-roles"), "Growth", "tagged growth", "1 channel has it.", "strict; external; region=eu; hides email; groups of 5 and more", "Every full member.")
	says(t, b.do(t, ann, directRoom, "access-channels"), "#growth", "not known")
	r := b.do(t, ann, directRoom, "access-people")
	says(t, r, "Ann", "Admins")
	saysNot(t, r, "Zoe")
	b.edit(t, func(p *access.Policy) {
		for i := range maxListRows + 3 {
			p.PutRole(access.Role{ID: fmt.Sprintf("r%d", i)})
		}
	})
	table := find[chat.Table](b.do(t, ann, directRoom, "access-roles").Parts)[0]
	if len(table.Rows) != maxListRows || table.Foot != "and 7 more roles" {
		t.Errorf("%d rows, foot %q", len(table.Rows), table.Foot)
	}
}
