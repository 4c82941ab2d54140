package access

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
	"insightbot/insight"
)

func TestReport_ShowsEveryChannelThatIsMappedOrWasSeen(t *testing.T) {
	ins := []insight.Insight{
		{ID: "demo/signups", Source: "demo", Tags: []string{"growth"}},
		{ID: "demo/salaries", Source: "demo", Tags: []string{"people", TagRestricted}},
		{ID: "demo/secret", Source: "demo", Tags: []string{"board"}},
	}
	ask := []Ability{AbilityAsk}
	p := Policy{Roles: []Role{
		{ID: "growth", Name: "Growth", Tags: []string{"growth"}, Abilities: ask},
		{ID: "people", Name: "People", Tags: []string{"people"}, Abilities: ask},
		{ID: "board", Name: "Board", Tags: []string{"board", "growth"}, Abilities: ask, Strict: true},
		{ID: "partner", Name: "Partner", Tags: []string{"growth"}, Abilities: ask, External: true},
		{ID: "admins", Name: "Admins", Abilities: []Ability{AbilityAdmin}},
		{ID: "idle", Name: "Idle", Tags: []string{"growth"}},
		{ID: "empty", Name: "Empty", Tags: []string{"typo"}},
		{ID: "byGroup", Tags: []string{"growth"}},
		{ID: "byDomain", Tags: []string{"growth"}},
	}}
	at := func(id string) Key { return Key{"web", "demo", id} }
	p.SetMode("web", "demo", ModeChannel)
	p.SetMode("web", "free", ModeOpen)
	p.PutPerson(Person{Key: at("mia"), Roles: []string{"admins"}})
	p.PutPerson(Person{Key: Key{"web", "free", "joe"}, Roles: []string{"empty", "gone"}})
	p.PutGroup(Group{Key: at("g"), Roles: []string{"byGroup"}})
	p.PutDomain(Domain{Name: "a.example", Roles: []string{"byDomain"}})
	for id, c := range map[string]Channel{
		"all":     {Roles: []string{"growth", "people"}},
		"board":   {Roles: []string{"board"}},
		"agency":  {Roles: []string{"partner"}, Approved: true},
		"orbit":   {Roles: []string{"growth"}},
		"comet":   {Roles: []string{"growth"}, Approved: true},
		"fog":     {Roles: []string{"growth"}},
		"mist":    {Roles: []string{"growth"}},
		"unseen":  {Roles: []string{"growth"}, Name: "#kept"},
		"private": {Roles: []string{"people", "board"}},
	} {
		c.Key = at(id)
		p.PutChannel(c)
	}
	seen := []Seen{
		{Key: at("all"), Name: "#all", Kind: chat.PlacePublic, Shared: chat.No, Guests: chat.No, Asked: 7},
		{Key: at("board"), Name: "#board", Kind: chat.PlacePublic, Shared: chat.No, Guests: chat.No},
		{Key: at("agency"), Name: "#agency", Kind: chat.PlacePrivate, Shared: chat.No, Guests: chat.Yes},
		{Key: at("orbit"), Name: "#orbit", Kind: chat.PlacePrivate, Shared: chat.Yes, Guests: chat.No},
		{Key: at("comet"), Name: "#comet", Kind: chat.PlacePrivate, Shared: chat.Yes, Guests: chat.Unknown},
		{Key: at("fog"), Name: "#fog", Kind: chat.PlacePrivate, Shared: chat.Unknown, Guests: chat.No},
		{Key: at("mist"), Name: "#mist", Kind: chat.PlacePrivate, Shared: chat.No, Guests: chat.Unknown},
		{Key: at("private"), Name: "#private", Kind: chat.PlacePrivate, Shared: chat.No, Guests: chat.No},
		{Key: at("random"), Name: "#random", Kind: chat.PlacePublic, Shared: chat.No, Guests: chat.No, Asked: 1},
		{Key: at("quiet"), Name: "#quiet", Kind: chat.PlacePublic, Shared: chat.No, Guests: chat.No},
		{Key: at("lost"), Name: "#lost", Kind: chat.PlacePublic, Shared: chat.Unknown, Guests: chat.Unknown, Asked: 3},
		{Key: Key{"web", "free", "any"}, Name: "#any", Kind: chat.PlacePublic, Shared: chat.No, Guests: chat.No, Asked: 2},
		{Key: Key{"web", "new", "any"}, Name: "#new", Kind: chat.PlacePublic, Shared: chat.No, Guests: chat.No},
	}
	r := p.Normalize().Report(ins, seen)

	public := map[string]int{}
	var order []string
	for _, c := range r.Channels {
		public[c.Workspace+"/"+c.ID] = c.Public()
		order = append(order, c.Workspace+"/"+c.ID)
		if len(c.Decisions) != len(ins) {
			t.Errorf("%s has %d decisions", c.ID, len(c.Decisions))
		}
		if c.Known == (c.ID == "unseen") || c.Mapped == slices.Contains([]string{"random", "quiet", "lost", "any"}, c.ID) {
			t.Errorf("%s: known %v, mapped %v", c.ID, c.Known, c.Mapped)
		}
		if c.ID == "unseen" && c.Name != "#kept" || c.ID == "all" && (c.Name != "#all" || c.Kind != chat.PlacePublic || c.Asked != 7) {
			t.Errorf("%s: %+v", c.ID, c)
		}
	}
	wantPublic := map[string]int{
		"demo/agency": 1, "demo/all": 2, "demo/board": 0, "demo/comet": 0, "demo/fog": 0, "demo/lost": 0, "demo/mist": 0, "demo/orbit": 0, "demo/private": 1,
		"demo/quiet": 0, "demo/random": 0, "demo/unseen": 0, "free/any": 2, "new/any": 0,
	}
	if diff := cmp.Diff(wantPublic, public); diff != "" {
		t.Errorf("public: %s", diff)
	}
	if !slices.IsSorted(order) {
		t.Errorf("not in order: %v", order)
	}
	want := []Risk{
		{"channel:web/demo/agency", "#agency", "is read by guests or another company and shows 1 insight"},
		{"channel:web/demo/all", "#all", "is public and shows 1 restricted insight"},
		{"channel:web/demo/board", "#board", "is public and has 2 insights behind a strict role"},
		{"channel:web/demo/comet", "#comet", "is mapped, but it is not known who reads there, so nothing is shown"},
		{"channel:web/demo/fog", "#fog", "is mapped, but it is not known who reads there, so nothing is shown"},
		{"channel:web/demo/lost", "#lost", "is not mapped, but people asked there 3 times in the last 30 days"},
		{"channel:web/demo/mist", "#mist", "is mapped, but it is not known who reads there, so nothing is shown"},
		{"channel:web/demo/orbit", "#orbit", "is read by guests or another company, so its mapping has no effect until an admin approves the channel"},
		{"channel:web/demo/random", "#random", "is not mapped, but people asked there 1 time in the last 30 days"},
		{"channel:web/demo/unseen", "#kept", "is mapped, but the bot was never used there"},
		{"workspace:web/free", "free", "has nobody who administers it by name"},
		{"workspace:web/free", "free", "is open: all full members see everything that is not tagged restricted"},
		{"workspace:web/new", "new", "has nobody who administers it by name"},
		{"role:empty", "Empty", "grants nothing that exists"},
		{"role:idle", "Idle", "is held by nobody and mapped to no channel"},
	}
	if diff := cmp.Diff(want, r.Risks); diff != "" {
		t.Errorf("risks: %s", diff)
	}
	if diff := cmp.Diff(ins, r.Insights); diff != "" {
		t.Error(diff)
	}
	// The same in every run, although it is worked out of maps.
	for range 5 {
		if diff := cmp.Diff(r, p.Normalize().Report(ins, seen)); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestPolicy_HasAdminNeedsAPersonByName(t *testing.T) {
	boss := Role{ID: "boss", Abilities: []Ability{AbilityAdmin}}
	for name, c := range map[string]struct {
		policy Policy
		want   bool
	}{
		"by name":           {Policy{Roles: []Role{boss}, People: []Person{{Key: Key{"web", "demo", "a"}, Roles: []string{"other", "boss"}}}}, true},
		"another platform":  {Policy{Roles: []Role{boss}, People: []Person{{Key: Key{"slack", "demo", "a"}, Roles: []string{"boss"}}}}, false},
		"another workspace": {Policy{Roles: []Role{boss}, People: []Person{{Key: Key{"web", "x", "a"}, Roles: []string{"boss"}}}}, false},
		"another role":      {Policy{Roles: []Role{boss, {ID: "r"}}, People: []Person{{Key: Key{"web", "demo", "a"}, Roles: []string{"r"}}}}, false},
		"a role not there":  {Policy{People: []Person{{Key: Key{"web", "demo", "a"}, Roles: []string{"boss"}}}}, false},
		"a group":           {Policy{Roles: []Role{boss}, Groups: []Group{{Key: Key{"web", "demo", "a"}, Roles: []string{"boss"}}}}, false},
	} {
		if got := c.policy.HasAdmin("web", "demo"); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
