package access

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
	"insightbot/insight"
)

func TestTerms_SeeHidesWhatIsMasked(t *testing.T) {
	in := insight.Insight{
		ID: "demo/x", Accepts: insight.Accepts{Dimensions: []insight.Dimension{{Name: "Email"}, {Name: "country"}}},
		Default: insight.Defaults{Breakdowns: []string{"EMAIL", "country"}},
	}
	got := Terms{Masks: []string{"email"}}.See(in)
	if diff := cmp.Diff([]insight.Dimension{{Name: "country"}}, got.Accepts.Dimensions); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"country"}, got.Default.Breakdowns); diff != "" {
		t.Error(diff)
	}
	if len(in.Accepts.Dimensions) != 2 || in.Accepts.Dimensions[0].Name != "Email" || in.Default.Breakdowns[0] != "EMAIL" {
		t.Error("See changed the catalogue")
	}
	if diff := cmp.Diff(in, (Terms{}).See(in)); diff != "" {
		t.Error(diff)
	}
	// Nothing is copied where nothing is hidden: this is done for a whole
	// catalogue.
	if n := testing.AllocsPerRun(10, func() { (Terms{}).See(in) }); n > 0 {
		t.Errorf("%v allocations for nothing", n)
	}
}

func TestIndex_FindKnowsEveryID(t *testing.T) {
	x := NewIndex([]insight.Insight{{ID: "a", Title: "A"}, {ID: "b", Title: "B"}})
	if in, ok := x.Find("b"); !ok || in.Title != "B" {
		t.Errorf("b is %+v, %v", in, ok)
	}
	if in, ok := x.Find("c"); ok || in.ID != "" {
		t.Errorf("c is %+v, %v", in, ok)
	}
}

// people is an insight with one column of each type.
func people(attributes ...string) insight.Insight {
	return insight.Insight{ID: "demo/people", Source: "demo", Tags: []string{"people"}, Accepts: insight.Accepts{Attributes: attributes, Columns: []insight.Column{
		{Name: "Plan"}, {Name: "Mail", Type: insight.ColumnEmail}, {Name: "Who", Type: insight.ColumnName}, {Name: "Addr", Type: insight.ColumnIP}, {Name: "N", Type: insight.ColumnNumber},
	}}}
}

func TestRole_PersonalColumnsAreMaskedUnlessItSaysOtherwise(t *testing.T) {
	for name, c := range map[string]struct {
		role Role
		want []string
	}{
		"by itself":       {Role{}, []string{"addr", "mail", "who"}},
		"with masks":      {Role{Masks: []string{"PLAN", "mail"}}, []string{"addr", "mail", "plan", "who"}},
		"with one":        {Role{Unmask: []insight.ColumnType{insight.ColumnEmail}}, []string{"addr", "who"}},
		"with all":        {Role{Unmask: personalColumns()}, nil},
		"the operator":    {Operator(), nil},
		"masked, not all": {Role{Unmask: personalColumns(), Masks: []string{"Mail"}}, []string{"mail"}},
	} {
		if diff := cmp.Diff(c.want, c.role.terms(people()).Masks); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// decideHeld decides for a member who holds the roles, in private.
func decideHeld(in insight.Insight, roles ...Role) Decision {
	p := Policy{Roles: roles}
	o := Person{Key: Key{"web", "demo", "u"}}
	for _, r := range roles {
		o.Roles = append(o.Roles, r.ID)
	}
	p.PutPerson(o)
	place := chat.Place{Platform: "web", Workspace: "demo", Channel: "d", Kind: chat.PlaceDirect}
	return p.For(member("u"), place).Audience(member("u"), place).Decide(in)
}

func TestDecide_GrantingRolesUniteAndOthersLendNothing(t *testing.T) {
	ask := []Ability{AbilityAsk}
	eu := Role{ID: "eu", Tags: []string{"people"}, Abilities: ask, Attributes: map[string][]string{"region": {"eu"}}, Unmask: []insight.ColumnType{insight.ColumnEmail, insight.ColumnIP}, MinGroup: 10}
	us := Role{ID: "us", Sources: []string{"demo"}, Abilities: []Ability{AbilityAsk, AbilityExport}, Attributes: map[string][]string{"region": {"us"}, "team": {"a"}}, Unmask: []insight.ColumnType{insight.ColumnName, insight.ColumnIP}, MinGroup: 5}
	other := Role{ID: "other", Tags: []string{"other"}, Abilities: Abilities(), Attributes: map[string][]string{"region": {"apac"}, "plan": {"x"}}, Unmask: personalColumns()}
	mute := Role{ID: "mute", Tags: []string{"people"}, Abilities: []Ability{AbilityCurate}, Attributes: map[string][]string{"region": {"apac"}, "plan": {"x"}}, Unmask: personalColumns()}

	d := decideHeld(people("region", "team"), eu, us, other, mute)
	want := Decision{
		Where: Privately, Reason: ReasonPersonKey, Person: ReasonPersonKey, Roles: []string{"eu", "us"},
		Terms: Terms{Attributes: map[string][]string{"region": {"eu", "us"}, "team": {"a"}}, Masks: nil, MinGroup: 5, Abilities: []Ability{AbilityAsk, AbilityExport}},
	}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Error(diff)
	}
	if d := decideHeld(people("region"), eu); !cmp.Equal(d.Terms.Masks, []string{"who"}) || d.Terms.MinGroup != 10 {
		t.Errorf("eu alone: %+v", d.Terms)
	}
	for name, d := range map[string]Decision{
		"one attribute of two":             decideHeld(people("region", "team"), eu, other),
		"of a role that does not grant it": decideHeld(people("plan"), eu, other),
		"of a role that cannot ask":        decideHeld(people("plan"), eu, mute),
		"with no value":                    decideHeld(people("region"), Role{ID: "none", Tags: []string{"people"}, Abilities: ask, Attributes: map[string][]string{"region": {}}}),
	} {
		if d.Where != Nowhere || d.Reason != ReasonAttribute || d.Roles != nil {
			t.Errorf("%s: %+v", name, d)
		}
	}
	if d := decideHeld(people(), mute); d.Where != Nowhere || d.Reason != ReasonAbility {
		t.Errorf("a role that cannot ask: %+v", d)
	}
	if d := decideHeld(people(), mute, other); d.Reason != ReasonAbility {
		t.Errorf("a role that cannot ask and another: %+v", d)
	}
}

func TestDecide_AStrictRoleReachesAsFarAsBothKeys(t *testing.T) {
	ask := []Ability{AbilityAsk, AbilityExport}
	channel := Role{ID: "channel", Tags: []string{"people"}, Strict: true, Abilities: ask, Attributes: map[string][]string{"region": {"eu", "us"}, "team": {"a"}}, Masks: []string{"plan"}, Unmask: personalColumns(), MinGroup: 5}
	person := Role{ID: "person", Tags: []string{"people"}, Abilities: []Ability{AbilityAsk, AbilityCurate}, Attributes: map[string][]string{"region": {"us", "apac"}, "plan": {"x"}}, Unmask: []insight.ColumnType{insight.ColumnEmail, insight.ColumnIP}, MinGroup: 10}
	loose := Role{ID: "loose", Tags: []string{"people"}, Abilities: ask, Attributes: map[string][]string{"region": {"apac"}}, Unmask: personalColumns(), MinGroup: 20}
	mute := Role{ID: "mute", Tags: []string{"people"}}
	place := chat.Place{Platform: "web", Workspace: "demo", Channel: "c", Kind: chat.PlacePrivate, Audience: chat.Audience{Shared: chat.No, Guests: chat.No}}
	decide := func(in insight.Insight, roles ...string) Decision {
		p := Policy{Roles: []Role{channel, person, loose, mute}, People: []Person{{Key: Key{"web", "demo", "u"}, Roles: []string{"person"}}}}
		p.PutChannel(Channel{Key: ChannelOf(place), Roles: roles})
		return p.For(member("u"), place).Audience(member("u"), place).Decide(in)
	}
	want := Decision{
		Where: Publicly, Reason: ReasonBothKeys, Channel: ReasonBothKeys, Person: ReasonPersonKey, Roles: []string{"channel"},
		Terms: Terms{Attributes: map[string][]string{"region": {"us"}}, Masks: []string{"plan", "who"}, MinGroup: 10, Abilities: []Ability{AbilityAsk}},
	}
	if diff := cmp.Diff(want, decide(people("region"), "channel")); diff != "" {
		t.Error(diff)
	}
	// What one of the two does not lend is not lent: told to the person alone,
	// where that key suffices.
	if d := decide(people("team"), "channel"); d.Where != Nowhere || d.Channel != ReasonStrict || d.Person != ReasonAttribute {
		t.Errorf("team: %+v", d)
	}
	if d := decide(people("plan"), "channel"); d.Where != Privately || d.Channel != ReasonAttribute {
		t.Errorf("plan: %+v", d)
	}
	// A role that is not strict is enough by itself, and adds to the other.
	want.Reason, want.Channel, want.Roles = ReasonChannelKey, ReasonChannelKey, []string{"channel", "loose"}
	want.Terms = Terms{Attributes: map[string][]string{"region": {"apac", "us"}}, MinGroup: 10, Abilities: []Ability{AbilityAsk, AbilityExport}}
	if diff := cmp.Diff(want, decide(people("region"), "channel", "loose")); diff != "" {
		t.Error(diff)
	}
	// Whichever comes last, what a role that can ask lacks is the reason.
	for _, roles := range [][]string{{"channel", "mute"}, {"mute", "channel"}} {
		if d := decide(people("team"), roles...); d.Reason != ReasonStrict {
			t.Errorf("%v: %+v", roles, d)
		}
	}
}

func TestOperator_SeesEverythingWithoutLimits(t *testing.T) {
	place := chat.Place{Platform: "terminal", Kind: chat.PlaceDirect}
	a := OperatorRules().Audience(member("me"), place)
	in := people("region", "team")
	in.Tags = []string{TagRestricted}
	d := a.Decide(in)
	want := Decision{
		Where: Privately, Reason: ReasonPersonKey, Person: ReasonPersonKey, Roles: []string{RoleOperator},
		Terms: Terms{Abilities: Abilities(), Unbounded: true},
	}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Error(diff)
	}
	for _, ability := range Abilities() {
		if !a.Can(ability) || !d.Terms.Can(ability) {
			t.Errorf("cannot %s", ability)
		}
	}
	if a.Closed() || a.Clock || !a.Direct {
		t.Errorf("%+v", a)
	}
	// It is unbounded only as long as both keys are.
	r := Role{ID: "r", Attributes: map[string][]string{"region": {"eu"}}}
	op := Operator().terms(in)
	if r.terms(in).join(r.terms(in)).Unbounded || !op.join(r.terms(in)).Unbounded || !r.terms(in).join(op).Unbounded {
		t.Error("one unbounded role of two")
	}
	if !op.meet(op).Unbounded || op.meet(r.terms(in)).Unbounded || r.terms(in).meet(op).Unbounded {
		t.Error("one unbounded key of two")
	}
}

func TestRules_ThatWereNeverFilledGrantNothing(t *testing.T) {
	for _, kind := range []chat.PlaceKind{chat.PlaceDirect, chat.PlacePublic, ""} {
		place := chat.Place{Kind: kind, Audience: chat.Audience{Shared: chat.No, Guests: chat.No}}
		for _, a := range []Audience{Rules{}.Audience(member("u"), place), Rules{}.Posting(member("u"), place), {}} {
			if d := a.Decide(people()); d.Where != Nowhere || a.Admin || !a.Closed() || a.Can(AbilityAsk) {
				t.Errorf("%+v: %+v", a, d)
			}
		}
	}
}

func TestRules_OpenModeIsForFullMembersAmongThemselves(t *testing.T) {
	free, restricted := insight.Insight{ID: "a"}, insight.Insight{ID: "b", Tags: []string{TagRestricted}}
	place := chat.Place{Platform: "web", Workspace: "demo", Channel: "c", Kind: chat.PlacePublic, Audience: chat.Audience{Shared: chat.No, Guests: chat.No}}
	for mode, want := range map[Mode]Where{ModeUnset: Nowhere, ModeChannel: Nowhere, ModeStrict: Nowhere, ModeOpen: Publicly} {
		var p Policy
		p.SetMode("web", "demo", mode)
		p = p.Normalize()
		a := p.For(member("u"), place).Audience(member("u"), place)
		if d := a.Decide(free); d.Where != want || want == Publicly && !cmp.Equal(d.Terms.Abilities, []Ability{AbilityAsk, AbilityExport}) {
			t.Errorf("%q: %+v", mode, d)
		}
		if d := a.Decide(restricted); d.Where != Nowhere {
			t.Errorf("%q, restricted: %+v", mode, d)
		}
		if a.Closed() != (want == Nowhere) {
			t.Errorf("%q: closed %v", mode, a.Closed())
		}
		// A person without an id is nobody in particular.
		direct := place
		direct.Kind = chat.PlaceDirect
		if a := p.For(member(""), direct).Audience(member(""), direct); len(a.Person) > 0 || !a.Closed() {
			t.Errorf("%q: nobody holds %v", mode, a.Person)
		}
		elsewhere := place
		elsewhere.Workspace = "other"
		if d := p.For(member("u"), elsewhere).Audience(member("u"), elsewhere).Decide(free); d.Where != Nowhere {
			t.Errorf("%q, another workspace: %+v", mode, d)
		}
	}
}

func TestPolicy_ForPicksWhatConcernsOnePersonInOnePlace(t *testing.T) {
	p := Policy{Roles: []Role{{ID: RoleEveryone}, {ID: "a"}, {ID: "b"}, {ID: "c"}, {ID: "d"}, {ID: "e"}, {ID: "unused"}}}
	p.SetMode("web", "demo", ModeStrict)
	k := func(id string) Key { return Key{"web", "demo", id} }
	mapped := Channel{Key: k("c"), Name: "#c", Roles: []string{"a"}, Approved: true}
	p.PutChannel(Channel{Key: k("x"), Roles: []string{"unused"}})
	p.PutChannel(mapped)
	p.PutPerson(Person{Key: k("u"), Roles: []string{"b"}})
	p.PutPerson(Person{Key: k(""), Roles: []string{"unused"}})
	p.PutPerson(Person{Key: k("v"), Roles: []string{"unused"}})
	p.PutGroup(Group{Key: k("g"), Roles: []string{"c", "gone"}})
	p.PutGroup(Group{Key: k("h"), Roles: []string{"unused"}})
	p.PutGroup(Group{Key: Key{"web", "other", "g"}, Roles: []string{"unused"}})
	p.PutGroup(Group{Key: Key{"slack", "demo", "g"}, Roles: []string{"unused"}})
	p.PutDomain(Domain{Name: "a.example", Roles: []string{"d"}})
	p.PutDomain(Domain{Name: "b.example", Roles: []string{"unused"}})
	p.Domains = append(p.Domains, Domain{Name: "", Roles: []string{"unused"}})

	place := chat.Place{Platform: "web", Workspace: "demo", Channel: "c", Thread: "t"}
	u := chat.User{ID: "u", Groups: []string{"z", "g"}, Domain: "a.example"}
	want := Rules{
		Mode: ModeStrict, Channel: mapped, Mapped: true,
		Held:  []Holding{{"b", ViaName, ""}, {"c", ViaGroup, "g"}, {"gone", ViaGroup, "g"}, {"d", ViaDomain, "a.example"}},
		Roles: []Role{{ID: RoleEveryone}, {ID: "a"}, {ID: "b"}, {ID: "c"}, {ID: "d"}},
	}
	if diff := cmp.Diff(want, p.For(u, place)); diff != "" {
		t.Error(diff)
	}
	place.Channel = "nowhere"
	if diff := cmp.Diff(Rules{Mode: ModeStrict, Roles: []Role{{ID: RoleEveryone}}}, p.For(chat.User{}, place)); diff != "" {
		t.Errorf("nobody, nowhere: %s", diff)
	}
}

func TestAudience_SaysWhyThereAreNoRoles(t *testing.T) {
	p := Policy{Roles: []Role{{ID: RoleEveryone}, {ID: "r", Abilities: []Ability{AbilitySchedule}}}}
	place := chat.Place{Platform: "web", Workspace: "demo", Channel: "c", Audience: chat.Audience{Shared: chat.No, Guests: chat.No}}
	nobody := member("")
	a := p.For(nobody, place).Audience(nobody, place)
	if a.PersonWhy != ReasonNoRole || a.ChannelWhy != ReasonUnmapped {
		t.Errorf("%+v", a)
	}
	p.PutChannel(Channel{Key: ChannelOf(place)})
	if a := p.For(nobody, place).Audience(nobody, place); a.ChannelWhy != ReasonNoRole {
		t.Errorf("%+v", a)
	}
	p.PutChannel(Channel{Key: ChannelOf(place), Roles: []string{"r"}})
	p.PutPerson(Person{Key: Key{"web", "demo", "u"}, Roles: []string{"r"}})
	a = p.For(member("u"), place).Audience(member("u"), place)
	if a.ChannelWhy != "" || a.PersonWhy != "" || !a.Closed() || !a.Can(AbilitySchedule) || a.Can(AbilityCurate) || a.Can(AbilityAdmin) {
		t.Errorf("%+v", a)
	}
}

// Check refuses these policies; where one is read all the same, it gives
// nobody from outside anything by being a member of nothing.
func TestAudience_EveryoneIsForMembersEvenWhereItIsMarkedExternal(t *testing.T) {
	everyone := Role{ID: RoleEveryone, Tags: []string{"people"}, Abilities: []Ability{AbilityAsk}, External: true}
	place := chat.Place{Platform: "web", Workspace: "demo", Channel: "c", Kind: chat.PlacePublic, Audience: chat.Audience{Shared: chat.No, Guests: chat.Yes}}
	p := Policy{Roles: []Role{everyone}}
	p.SetMode("web", "demo", ModeOpen)
	p.PutChannel(Channel{Key: ChannelOf(place), Approved: true})
	guest := chat.User{ID: "u", Guest: chat.Yes, External: chat.No}
	if a := p.For(guest, place).Audience(guest, place); len(a.Person) > 0 || len(a.Channel) > 0 || a.Decide(people()).Where != Nowhere {
		t.Errorf("a guest: %+v", a)
	}
	// The twin: a member has it, and so has a channel of ours alone.
	place.Audience.Guests = chat.No
	if a := p.For(member("u"), place).Audience(member("u"), place); len(a.Person) != 1 || len(a.Channel) != 1 {
		t.Errorf("a member: %+v", a)
	}
}

func TestAudience_ARoleThatIsGoneIsNoRole(t *testing.T) {
	place := chat.Place{Platform: "web", Workspace: "demo", Channel: "c", Audience: chat.Audience{Shared: chat.No, Guests: chat.No}}
	var p Policy
	p.PutChannel(Channel{Key: ChannelOf(place), Roles: []string{"gone"}})
	p.PutPerson(Person{Key: Key{"web", "demo", "u"}, Roles: []string{"gone"}})
	a := p.For(member("u"), place).Audience(member("u"), place)
	if len(a.Person) > 0 || len(a.Channel) > 0 || a.PersonWhy != ReasonNoRole || a.ChannelWhy != ReasonNoRole {
		t.Errorf("%+v", a)
	}
}
