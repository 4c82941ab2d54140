package access

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
	"insightbot/insight"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The company of the matrix: six roles, eight kinds of channel and the direct
// message, five insights.

func demoInsights() []insight.Insight {
	in := func(key string, attributes []string, tags ...string) insight.Insight {
		return insight.Insight{ID: "demo/" + key, Source: "demo", Title: "Title of " + key, Tags: tags, Accepts: insight.Accepts{Attributes: attributes}}
	}
	return []insight.Insight{
		in("signups", nil, "growth"),
		in("revenue", nil, "finance", TagRestricted),
		in("regions", []string{"region"}, "regional"),
		in("partners", nil, "partner"),
		in("salaries", nil, "people", TagRestricted),
	}
}

func demoRoles() []Role {
	ask := []Ability{AbilityAsk, AbilityExport}
	return []Role{
		{ID: RoleEveryone, Name: "Everyone"},
		{ID: "growth", Name: "Growth", Tags: []string{"growth"}, Abilities: ask},
		{ID: "finance", Name: "Finance", Tags: []string{"finance"}, Abilities: ask, Strict: true},
		{ID: "europe", Name: "Europe", Tags: []string{"regional"}, Attributes: map[string][]string{"region": {"eu"}}, Abilities: ask},
		{ID: "partner", Name: "Partner", Tags: []string{"partner"}, Abilities: ask, External: true},
		{ID: "poster", Name: "Poster", Tags: []string{"growth", "partner"}, External: true},
	}
}

// demoPlace is one kind of place, and what is mapped to it.
type demoPlace struct {
	about    string
	place    chat.Place
	roles    []string
	unmapped bool
	approved bool
}

func demoPlaces() []demoPlace {
	at := func(id string, kind chat.PlaceKind, shared, guests chat.Fact) chat.Place {
		return chat.Place{Platform: "web", Workspace: "demo", Channel: id, Name: "#" + id, Kind: kind, Audience: chat.Audience{Shared: shared, Guests: guests}}
	}
	mixed := []string{"europe", "growth", "partner"}
	return []demoPlace{
		{about: "public, ours alone", place: at("growth", chat.PlacePublic, chat.No, chat.No), roles: []string{"growth"}},
		{about: "private, ours alone", place: at("finance", chat.PlacePrivate, chat.No, chat.No), roles: []string{"finance"}},
		{about: "public, ours alone, scheduled posts", place: at("news", chat.PlacePublic, chat.No, chat.No), roles: []string{"europe", "poster"}},
		{about: "not mapped", place: at("random", chat.PlacePublic, chat.No, chat.No), unmapped: true},
		{about: "shared with another company, approved", place: at("orbit", chat.PlacePrivate, chat.Yes, chat.No), roles: mixed, approved: true},
		{about: "shared with another company, not approved", place: at("comet", chat.PlacePrivate, chat.Yes, chat.No), roles: mixed},
		{about: "with guests, approved", place: at("agency", chat.PlacePrivate, chat.No, chat.Yes), roles: mixed, approved: true},
		{about: "nobody knows who reads, approved", place: at("fog", chat.PlacePublic, chat.Unknown, chat.Unknown), roles: mixed, approved: true},
		{about: "direct message", place: at("D1", chat.PlaceDirect, chat.No, chat.No), unmapped: true},
	}
}

func demoPolicy(mode Mode) Policy {
	p := Policy{Roles: demoRoles()}
	p.SetMode("web", "demo", mode)
	for _, d := range demoPlaces() {
		if !d.unmapped {
			p.PutChannel(Channel{Key: ChannelOf(d.place), Name: d.place.Name, Roles: d.roles, Approved: d.approved})
		}
	}
	for _, r := range demoRoles() {
		p.PutPerson(Person{Key: Key{"web", "demo", "U-" + r.ID}, Name: r.Name, Roles: []string{r.ID}})
	}
	return p.Normalize()
}

func member(id string) chat.User { return chat.User{ID: id, Guest: chat.No, External: chat.No} }

// matrix writes what everybody is told everywhere. weaken takes a defence away;
// nil leaves all of them.
func matrix(mode Mode, weaken func(*Rules, *chat.User, *chat.Place)) string {
	var b strings.Builder
	word := map[Mode]string{ModeOpen: "open", ModeChannel: "channel", ModeStrict: "strict"}[mode]
	fmt.Fprintf(&b, "mode %s. Rows: a full member who holds that role; the clock. Cells: where it is told, and why.\n", word)
	p := demoPolicy(mode)
	for _, d := range demoPlaces() {
		roles := strings.Join(d.roles, ", ")
		if d.unmapped {
			roles = "none"
		}
		fmt.Fprintf(&b, "\n%s: %s (roles: %s)\n%-10s", d.place.Name, d.about, roles, "")
		for _, in := range demoInsights() {
			fmt.Fprintf(&b, "%-27s", strings.TrimPrefix(in.ID, "demo/"))
		}
		row := func(name string, decide func(insight.Insight) Decision) {
			fmt.Fprintf(&b, "\n%-10s", name)
			for _, in := range demoInsights() {
				c := decide(in)
				where := string(c.Where)
				if c.Where == Nowhere {
					where = "–"
				}
				fmt.Fprintf(&b, "%-27s", where+" "+string(c.Reason))
			}
		}
		for _, r := range demoRoles() {
			u, place := member("U-"+r.ID), d.place
			rules := p.For(u, place)
			if weaken != nil {
				weaken(&rules, &u, &place)
			}
			row(r.ID, rules.Audience(u, place).Decide)
		}
		u, place := member("U-growth"), d.place
		rules := p.For(u, place)
		if weaken != nil {
			weaken(&rules, &u, &place)
		}
		row("(clock)", rules.Posting(u, place).Decide)
		b.WriteString("\n")
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func wholeMatrix() string {
	return matrix(ModeChannel, nil) + "\n" + matrix(ModeStrict, nil) + "\n" + matrix(ModeOpen, nil)
}

// A cell that changes needs its reason in the commit.
func TestA06_TheMatrixOfRolesChannelsAndInsightsIsTheReviewedOne(t *testing.T) {
	name := filepath.Join("testdata", "matrix.golden")
	got := wholeMatrix()
	if *update {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Error(diff)
	}
}

// The failing twins: with one defence gone, the matrix is another one.
func TestA06_TheMatrixSeesEveryDefence(t *testing.T) {
	right := wholeMatrix()
	for name, weaken := range map[string]func(*Rules, *chat.User, *chat.Place){
		"facts about the place": func(_ *Rules, _ *chat.User, p *chat.Place) {
			p.Audience = chat.Audience{Shared: chat.No, Guests: chat.No}
		},
		"approval":        func(r *Rules, _ *chat.User, _ *chat.Place) { r.Channel.Approved = true },
		"direct messages": func(_ *Rules, _ *chat.User, p *chat.Place) { p.Kind = chat.PlacePublic },
		"the mode":        func(r *Rules, _ *chat.User, _ *chat.Place) { r.Mode = ModeOpen },
		"roles that are not strict": func(r *Rules, _ *chat.User, _ *chat.Place) {
			r.Roles = all(r.Roles, func(o *Role) { o.Strict = false })
		},
		"roles that are internal": func(r *Rules, _ *chat.User, _ *chat.Place) {
			r.Roles = all(r.Roles, func(o *Role) { o.External = true })
		},
		"attributes": func(r *Rules, _ *chat.User, _ *chat.Place) {
			r.Roles = all(r.Roles, func(o *Role) { o.Attributes = nil })
		},
		"the ability to ask": func(r *Rules, _ *chat.User, _ *chat.Place) {
			r.Roles = all(r.Roles, func(o *Role) { o.Abilities = Abilities() })
		},
		"grants": func(r *Rules, _ *chat.User, _ *chat.Place) {
			r.Roles = all(r.Roles, func(o *Role) { o.Sources = []string{"demo"} })
		},
		"restricted insights": func(r *Rules, _ *chat.User, _ *chat.Place) {
			r.Roles = all(r.Roles, func(o *Role) { o.Everything = true })
		},
		"that the person is a guest": func(_ *Rules, u *chat.User, _ *chat.Place) { u.Guest = chat.Yes },
	} {
		if matrix(ModeChannel, weaken)+"\n"+matrix(ModeStrict, weaken)+"\n"+matrix(ModeOpen, weaken) == right {
			t.Errorf("the matrix does not see %s", name)
		}
	}
}

// all changes a copy of every role.
func all(roles []Role, change func(*Role)) []Role {
	roles = slices.Clone(roles)
	for i := range roles {
		change(&roles[i])
	}
	return roles
}

func demoDecision(user, channel, key string) Decision {
	p := demoPolicy(ModeChannel)
	for _, d := range demoPlaces() {
		if d.place.Channel != channel {
			continue
		}
		for _, in := range demoInsights() {
			if in.ID == "demo/"+key {
				return p.For(member(user), d.place).Audience(member(user), d.place).Decide(in)
			}
		}
	}
	panic("no such channel or insight: " + channel + " " + key)
}

func TestA06_WithoutAKeyForbiddenIsTheSameAsMissing(t *testing.T) {
	missing := Audience{ChannelWhy: ReasonUnmapped, PersonWhy: ReasonNoRole}.Decide(insight.Insight{ID: "demo/gone"})
	if missing.Where != Nowhere || missing.Roles != nil {
		t.Fatalf("missing: %+v", missing)
	}
	// Asked in a public channel, and in every other, by whoever has no key.
	for _, d := range demoPlaces() {
		for _, in := range demoInsights() {
			p := demoPolicy(ModeChannel)
			got := p.For(member("stranger"), d.place).Audience(member("stranger"), d.place).Decide(in)
			if got.Where == Publicly {
				continue
			}
			if got.Where != Nowhere || got.Roles != nil || !cmp.Equal(got.Terms, Terms{}) {
				t.Errorf("%s in %s: %+v", in.ID, d.place.Name, got)
			}
			// What can be said of it names nothing that is hidden.
			for _, said := range append(Explain(got), got.Reason.Sentence()) {
				for _, hidden := range []string{in.ID, in.Title, "growth", "finance", "europe", "restricted"} {
					if strings.Contains(said, hidden) {
						t.Errorf("%q names %q", said, hidden)
					}
				}
			}
		}
	}
}

func TestA06_WithTheOwnKeyAloneNothingIsSaidInTheChannel(t *testing.T) {
	for user, key := range map[string]string{"U-finance": "revenue", "U-europe": "regions", "U-partner": "partners"} {
		d := demoDecision(user, "growth", key)
		if d.Where != Privately || d.Reason != ReasonOnlyPerson || d.Channel != ReasonNoGrant || d.Person != ReasonPersonKey {
			t.Errorf("%s asks for %s in #growth: %+v", user, key, d)
		}
	}
	// With the channel's key as well it is public, for whoever asks.
	if d := demoDecision("stranger", "growth", "signups"); d.Where != Publicly || d.Reason != ReasonChannelKey || d.Person != ReasonNoGrant {
		t.Errorf("signups in #growth: %+v", d)
	}
	// A strict role needs both.
	if d := demoDecision("U-finance", "finance", "revenue"); d.Where != Publicly || d.Reason != ReasonBothKeys {
		t.Errorf("revenue in #finance: %+v", d)
	}
	if d := demoDecision("stranger", "finance", "revenue"); d.Where != Nowhere || d.Reason != ReasonStrict {
		t.Errorf("revenue in #finance for a stranger: %+v", d)
	}
}

func TestA07_ADirectMessageHasNoRolesOfAnyChannel(t *testing.T) {
	p := demoPolicy(ModeChannel)
	// Even a direct message whose id is mapped as a channel lends nothing.
	direct := demoPlaces()[8].place
	p.PutChannel(Channel{Key: ChannelOf(direct), Roles: []string{"growth", "finance", "europe", "partner"}, Approved: true})
	for _, in := range demoInsights() {
		u := member("stranger")
		if d := p.For(u, direct).Audience(u, direct).Decide(in); d.Where != Nowhere || d.Channel != "" {
			t.Errorf("%s: %+v", in.ID, d)
		}
		// The twin: in a channel of the same mapping something is told.
		channel := direct
		channel.Kind = chat.PlacePublic
		if in.ID == "demo/signups" && p.For(u, channel).Audience(u, channel).Decide(in).Where != Publicly {
			t.Error("the mapping grants nothing, so that nothing was tried")
		}
	}
	if d := demoDecision("U-growth", "D1", "signups"); d.Where != Privately || d.Reason != ReasonPersonKey {
		t.Errorf("signups in a direct message: %+v", d)
	}
}

// All combinations of what is known of the person and the place.
func TestA11_WhoIsFromOutsideNeedsARoleMarkedExternalAndAnApprovedChannel(t *testing.T) {
	facts := []chat.Fact{chat.No, chat.Yes, chat.Unknown}
	bools := []bool{false, true}
	in := insight.Insight{ID: "demo/x", Tags: []string{"x"}}
	told, refused := 0, 0
	for _, external := range bools {
		for _, approved := range bools {
			for _, guest := range facts {
				for _, foreign := range facts {
					for _, shared := range facts {
						for _, guests := range facts {
							p := Policy{Roles: []Role{{ID: "r", Tags: []string{"x"}, Abilities: []Ability{AbilityAsk}, External: external}}}
							place := chat.Place{Platform: "slack", Workspace: "T1", Channel: "C1", Kind: chat.PlacePublic, Audience: chat.Audience{Shared: shared, Guests: guests}}
							p.PutChannel(Channel{Key: ChannelOf(place), Roles: []string{"r"}, Approved: approved})
							u := chat.User{ID: "U1", Guest: guest, External: foreign}
							held := p
							held.PutPerson(Person{Key: Key{"slack", "T1", "U1"}, Roles: []string{"r"}})
							all := []chat.Fact{guest, foreign, shared, guests}
							unknown := slices.Contains(all, chat.Unknown)
							outside := slices.Contains(all, chat.Yes)
							want := Nowhere
							if !unknown && (!outside || external && approved) {
								want = Publicly
							}
							name := fmt.Sprintf("external %v, approved %v, guest %q, foreign %q, shared %q, guests %q", external, approved, guest, foreign, shared, guests)
							got := p.For(u, place).Audience(u, place).Decide(in)
							if got.Where != want {
								t.Errorf("%s: %+v, want %q", name, got, want)
							}
							if want == Nowhere {
								refused++
								wantReason := ReasonGuests
								switch {
								case unknown:
									wantReason = ReasonUnknownPlace
								case shared == chat.Yes || foreign == chat.Yes:
									wantReason = ReasonShared
								}
								if got.Reason != wantReason {
									t.Errorf("%s: reason %s, want %s", name, got.Reason, wantReason)
								}
							} else {
								told++
							}
							// The person's own key, in private.
							own := guest == chat.No && foreign == chat.No || guest != chat.Unknown && foreign != chat.Unknown && external && approved
							a := held.For(u, place).Audience(u, place)
							if (len(a.Person) > 0) != own || a.Can(AbilityAsk) != own || a.Closed() != (len(a.Person)+len(a.Channel) == 0) {
								t.Errorf("%s: the person has %v, want %v", name, a.Person, own)
							}
							why := Reason("")
							switch {
							case own:
							case guest == chat.Unknown || foreign == chat.Unknown:
								why = ReasonUnknownPerson
							case foreign == chat.Yes:
								why = ReasonExternal
							default:
								why = ReasonGuest
							}
							if a.PersonWhy != why {
								t.Errorf("%s: the person's reason is %q, want %q", name, a.PersonWhy, why)
							}
						}
					}
				}
			}
		}
	}
	// 1 case of members among themselves for each of four, and the 15 others
	// of known facts for one of them.
	if told != 4+15 || refused != 4*81-19 {
		t.Errorf("told %d, refused %d", told, refused)
	}
}

func TestA12_AMappingFollowsTheIDAndNotTheName(t *testing.T) {
	p := demoPolicy(ModeChannel)
	u := member("stranger")
	signups := demoInsights()[0]
	growth := demoPlaces()[0].place
	decide := func(p Policy, place chat.Place) Where {
		return p.For(u, place).Audience(u, place).Decide(signups).Where
	}
	if decide(p, growth) != Publicly {
		t.Fatal("#growth shows nothing")
	}
	renamed := growth
	renamed.Name, renamed.Thread = "#something-else", "171234.5"
	if decide(p, renamed) != Publicly {
		t.Error("a renamed channel lost its mapping")
	}
	for what, place := range map[string]chat.Place{
		"another channel":   {Platform: "web", Workspace: "demo", Channel: "C99", Name: "#growth"},
		"another workspace": {Platform: "web", Workspace: "other", Channel: "growth", Name: "#growth"},
		"another platform":  {Platform: "slack", Workspace: "demo", Channel: "growth", Name: "#growth"},
		"a name as an id":   {Platform: "web", Workspace: "demo", Channel: "#growth", Name: "#growth"},
	} {
		place.Kind, place.Audience = growth.Kind, growth.Audience
		if decide(p, place) != Nowhere {
			t.Errorf("%s of that name has its mapping", what)
		}
	}
	// The same for people: a display name is nothing.
	finance, direct := demoInsights()[1], demoPlaces()[8].place
	imposter := chat.User{ID: "U-x", Name: "Finance", Title: "finance", Guest: chat.No, External: chat.No}
	if p.For(imposter, direct).Audience(imposter, direct).Decide(finance).Where != Nowhere {
		t.Error("somebody of the same name has the roles")
	}
	elsewhere := direct
	elsewhere.Workspace = "other"
	if p.For(member("U-finance"), elsewhere).Audience(member("U-finance"), elsewhere).Decide(finance).Where != Nowhere {
		t.Error("the same id in another workspace has the roles")
	}
}

func TestA12_ARoleMadeAgainHasNoRights(t *testing.T) {
	p := demoPolicy(ModeChannel)
	p.PutGroup(Group{Key: Key{"web", "demo", "S1"}, Roles: []string{"growth", "europe"}})
	p.PutDomain(Domain{Name: "Fernfold.example", Roles: []string{"growth"}})
	before := p
	u := chat.User{ID: "U-growth", Guest: chat.No, External: chat.No, Groups: []string{"S1"}, Domain: "fernfold.example"}
	signups, growth := demoInsights()[0], demoPlaces()[0].place
	if p.For(u, growth).Audience(u, growth).Decide(signups).Where != Publicly {
		t.Fatal("#growth shows nothing")
	}
	old, _ := p.Role("growth")
	p.DropRole("growth")
	p.PutRole(old)
	rules := p.For(u, growth)
	if d := rules.Audience(u, growth).Decide(signups); d.Where != Nowhere {
		t.Errorf("the role made again opens it: %+v", d)
	}
	if len(rules.Channel.Roles) != 0 || len(rules.Held) != 1 || rules.Held[0] != (Holding{"europe", ViaGroup, "S1"}) {
		t.Errorf("left are %v and %v", rules.Channel.Roles, rules.Held)
	}
	// Who still holds the old policy sees it unchanged.
	if before.For(u, growth).Audience(u, growth).Decide(signups).Where != Publicly {
		t.Error("DropRole changed the policy that it was made of")
	}
	// The twin: with the references left, the new role would have the rights.
	twin := before
	twin.PutRole(old)
	if twin.For(u, growth).Audience(u, growth).Decide(signups).Where != Publicly {
		t.Error("nothing was tried")
	}
}

func TestA33_AdminComesByNameAlone(t *testing.T) {
	direct := demoPlaces()[8].place
	admin := Role{ID: "boss", Abilities: []Ability{AbilityAsk, AbilityAdmin}, External: true, Everything: true}
	base := func() Policy {
		p := Policy{Roles: []Role{{ID: RoleEveryone}, admin}}
		p.PutChannel(Channel{Key: ChannelOf(direct), Approved: true})
		return p
	}
	user := func(change func(*chat.User)) chat.User {
		u := chat.User{ID: "U1", Guest: chat.No, External: chat.No, Groups: []string{"S1"}, Domain: "a.example"}
		if change != nil {
			change(&u)
		}
		return u
	}
	named := func(p *Policy) { p.PutPerson(Person{Key: Key{"web", "demo", "U1"}, Roles: []string{"boss"}}) }
	for _, c := range []struct {
		name   string
		policy func(*Policy)
		user   func(*chat.User)
		place  func(*chat.Place)
		rules  func(*Rules)
		want   bool
	}{
		{name: "by name", policy: named, want: true},
		{name: "nothing", policy: func(*Policy) {}},
		{name: "through a group", policy: func(p *Policy) { p.PutGroup(Group{Key: Key{"web", "demo", "S1"}, Roles: []string{"boss"}}) }},
		{name: "through a domain", policy: func(p *Policy) { p.PutDomain(Domain{Name: "a.example", Roles: []string{"boss"}}) }},
		{name: "through a channel", policy: func(p *Policy) {
			p.PutChannel(Channel{Key: ChannelOf(direct), Roles: []string{"boss"}, Approved: true})
		}, place: func(p *chat.Place) { p.Kind = chat.PlacePublic }},
		{name: "through everyone", policy: func(p *Policy) { p.PutRole(Role{ID: RoleEveryone, Abilities: Abilities()}) }},
		{name: "through a name of nobody", policy: func(p *Policy) { p.PutPerson(Person{Roles: []string{"boss"}}) }, user: func(u *chat.User) { u.ID = "" }},
		{name: "a guest by name", policy: named, user: func(u *chat.User) { u.Guest = chat.Yes }},
		{name: "of another company by name", policy: named, user: func(u *chat.User) { u.External = chat.Yes }},
		{name: "perhaps a guest by name", policy: named, user: func(u *chat.User) { u.Guest = chat.Unknown }},
		{name: "perhaps of another company by name", policy: named, user: func(u *chat.User) { u.External = chat.Unknown }},
		{name: "by name elsewhere", policy: named, place: func(p *chat.Place) { p.Workspace = "other" }},
		{name: "by the name of a role without it", policy: func(p *Policy) { named(p); p.PutRole(Role{ID: "boss", Abilities: []Ability{AbilityCurate}}) }},
		{name: "by the name of a role that is gone", policy: func(p *Policy) { named(p); p.Roles = nil }},
		{name: "admin of the platform", policy: func(*Policy) {}, user: func(u *chat.User) { u.Admin = chat.Yes }},
		{name: "admin of the platform, configured", policy: func(*Policy) {}, user: func(u *chat.User) { u.Admin = chat.Yes }, rules: func(r *Rules) { r.PlatformAdmins = true }, want: true},
		{name: "perhaps admin of the platform, configured", policy: func(*Policy) {}, rules: func(r *Rules) { r.PlatformAdmins = true }},
		{name: "guest and admin of the platform, configured", policy: func(*Policy) {}, user: func(u *chat.User) { u.Admin, u.Guest = chat.Yes, chat.Yes }, rules: func(r *Rules) { r.PlatformAdmins = true }},
	} {
		p, u, place := base(), user(c.user), direct
		c.policy(&p)
		if c.place != nil {
			c.place(&place)
		}
		rules := p.For(u, place)
		if c.rules != nil {
			c.rules(&rules)
		}
		a := rules.Audience(u, place)
		if a.Admin != c.want || a.Can(AbilityAdmin) != c.want {
			t.Errorf("%s: admin %v, want %v", c.name, a.Admin, c.want)
		}
		// Admins may do everything that is not about one insight; others only
		// what a role of theirs says.
		if curates := a.Can(AbilityCurate); c.want && !curates {
			t.Errorf("%s: an admin cannot curate", c.name)
		}
	}
	if !OperatorRules().Audience(member("me"), direct).Admin {
		t.Error("the operator is no admin")
	}
}

func TestA10_ADigestIsDecidedByTheChannelAsItIsNow(t *testing.T) {
	p := demoPolicy(ModeChannel)
	signups, growth := demoInsights()[0], demoPlaces()[0].place
	maker := member("U-growth")
	post := func(p Policy, place chat.Place) Decision {
		return p.For(maker, place).Posting(maker, place).Decide(signups)
	}
	if first := post(p, growth); first.Where != Publicly {
		t.Fatalf("the first was not posted: %+v", first)
	}
	for what, c := range map[string]struct {
		flip func(*chat.Place)
		want Reason
	}{
		"shared":               {func(p *chat.Place) { p.Audience.Shared = chat.Yes }, ReasonShared},
		"perhaps shared":       {func(p *chat.Place) { p.Audience.Shared = chat.Unknown }, ReasonUnknownPlace},
		"has guests":           {func(p *chat.Place) { p.Audience.Guests = chat.Yes }, ReasonGuests},
		"perhaps has guests":   {func(p *chat.Place) { p.Audience.Guests = chat.Unknown }, ReasonUnknownPlace},
		"nothing known":        {func(p *chat.Place) { p.Audience = chat.Audience{} }, ReasonUnknownPlace},
		"another id":           {func(p *chat.Place) { p.Channel = "C99" }, ReasonUnmapped},
		"a direct message now": {func(p *chat.Place) { p.Kind, p.Channel = chat.PlaceDirect, "D9" }, ReasonPersonKey},
	} {
		now := growth
		c.flip(&now)
		second := post(p, now)
		if second.Where == Publicly || second.Reason != c.want {
			t.Errorf("%s: the second is %+v", what, second)
		}
		// The other way it is posted again.
		if post(p, growth).Where != Publicly {
			t.Errorf("%s: the third was not posted", what)
		}
	}
	for what, change := range map[string]func(*Policy){
		"the mapping went": func(p *Policy) { p.DropChannel(ChannelOf(growth)) },
		"the role became strict": func(p *Policy) {
			p.PutRole(Role{ID: "growth", Tags: []string{"growth"}, Abilities: Abilities(), Strict: true})
		},
		"the role went":      func(p *Policy) { p.DropRole("growth") },
		"the mode is strict": func(p *Policy) { p.SetMode("web", "demo", ModeStrict) },
	} {
		now := p
		change(&now)
		if second := post(now, growth); second.Where != Nowhere {
			t.Errorf("%s: the second is %+v, although its maker has the role", what, second)
		}
	}
	// A direct digest goes to whom it is for as long as they hold the key, and
	// their role need not let them ask.
	direct := demoPlaces()[8].place
	poster := member("U-poster")
	if d := p.For(poster, direct).Posting(poster, direct).Decide(signups); d.Where != Privately {
		t.Errorf("a digest for a person: %+v", d)
	}
	if d := p.For(poster, direct).Audience(poster, direct).Decide(signups); d.Where != Nowhere || d.Reason != ReasonAbility {
		t.Errorf("the same person asks: %+v", d)
	}
	poster.Guest = chat.Yes
	if d := p.For(poster, direct).Posting(poster, direct).Decide(signups); d.Where != Nowhere || d.Reason != ReasonGuest {
		t.Errorf("a digest for a person who became a guest: %+v", d)
	}
}
