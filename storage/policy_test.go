package storage

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
)

// by is an admin who changes rules.
var by = access.Event{At: noon, Ref: "REF", Actor: "hash-of-ann", Action: access.ActionRule}

func change(t testing.TB, s *Store, f func(*access.Policy)) []access.Change {
	t.Helper()
	changes, err := s.ChangePolicy(t.Context(), by, func(p *access.Policy) error {
		f(p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

// names are ids that a query could trip over.
var names = []string{"a", "b", "growth", "C1", "ü'\"", "x y", "[]", "%", "a/b", "日本", "0", "null", `\`, "👩‍👩‍👧‍👦"}

// dice makes up policies, people and places out of few names, so that they meet.
type dice struct{ *rand.Rand }

func (d dice) name() string { return names[d.IntN(len(names))] }

func (d dice) some(from []string) []string {
	var list []string
	for _, s := range from {
		if d.IntN(4) == 0 {
			list = append(list, s)
		}
	}
	return list
}

func (d dice) workspace() (platform, id string) {
	return []string{"web", "slack"}[d.IntN(2)], []string{"w1", "w2", "ü"}[d.IntN(3)]
}

func (d dice) key() access.Key {
	platform, workspace := d.workspace()
	return access.Key{Platform: platform, Workspace: workspace, ID: d.name()}
}

func (d dice) fact() chat.Fact { return []chat.Fact{chat.Yes, chat.No, chat.Unknown}[d.IntN(3)] }

func (d dice) role(id string) access.Role {
	r := access.Role{
		ID: id, Name: "Role " + d.name(), Tags: d.some([]string{"growth", "money", "ü"}), Sources: d.some([]string{"demo", "shop"}),
		Insights: d.some([]string{"demo/mrr", "shop/orders"}), Everything: d.IntN(3) == 0, Strict: d.IntN(3) == 0,
		External: d.IntN(3) == 0, Masks: d.some([]string{"email", "country"}), MinGroup: d.IntN(3) * 5,
	}
	for _, a := range access.Abilities() {
		if d.IntN(2) == 0 {
			r.Abilities = append(r.Abilities, a)
		}
	}
	if d.IntN(2) == 0 {
		r.Unmask = []insight.ColumnType{insight.ColumnEmail}
	}
	if d.IntN(2) == 0 {
		r.Attributes = map[string][]string{"region": {"eu", "us"}, "team": {"ü'\""}}
	}
	return r
}

// policy makes up a policy that passes its check.
func (d dice) policy() access.Policy {
	var p access.Policy
	var ids []string
	for i := range 1 + d.IntN(6) {
		ids = append(ids, fmt.Sprintf("role-%d", i))
		p.PutRole(d.role(ids[i]))
	}
	if d.IntN(2) == 0 {
		everyone := d.role(access.RoleEveryone)
		everyone.External, everyone.Abilities = false, []access.Ability{access.AbilityAsk}
		p.PutRole(everyone)
	}
	ids = append(ids, access.RoleEveryone)
	for range d.IntN(4) {
		platform, id := d.workspace()
		p.SetMode(platform, id, access.Modes()[d.IntN(len(access.Modes()))])
	}
	for range d.IntN(12) {
		p.PutChannel(access.Channel{Key: d.key(), Name: "#" + d.name(), Roles: d.some(ids), Approved: d.IntN(2) == 0})
	}
	for range d.IntN(12) {
		p.PutPerson(access.Person{Key: d.key(), Name: "P " + d.name(), Roles: d.some(ids)})
	}
	for range d.IntN(12) {
		p.PutGroup(access.Group{Key: d.key(), Name: "G " + d.name(), Roles: d.some(ids)})
	}
	for range d.IntN(4) {
		p.PutDomain(access.Domain{Name: fmt.Sprintf("d%d.example", d.IntN(3)), Roles: d.some(ids)})
	}
	return p
}

func (d dice) user() chat.User {
	u := chat.User{ID: d.name(), Guest: d.fact(), External: d.fact(), Admin: d.fact(), Groups: d.some(names), Domain: fmt.Sprintf("d%d.example", d.IntN(4))}
	switch d.IntN(8) {
	case 0:
		u.ID = ""
	case 1:
		u.Domain, u.Groups = "", nil
	case 2:
		u.Groups = append(u.Groups, u.Groups...)
	case 3:
		u.Groups = append(u.Groups, "\xff", "")
	}
	return u
}

func (d dice) place() chat.Place {
	platform, workspace := d.workspace()
	return chat.Place{
		Platform: platform, Workspace: workspace, Channel: d.name(), Thread: d.name(),
		Kind: []chat.PlaceKind{chat.PlaceDirect, chat.PlacePrivate, chat.PlacePublic}[d.IntN(3)],
	}
}

// Whatever admins decide comes back as it went in, and the query for one person
// in one place finds what the pure function picks out of all of it.
func TestRules_AreThoseThatThePolicyPicks(t *testing.T) {
	s := newStore(t)
	d := dice{rand.New(rand.NewPCG(7, 7))}
	var kept, held, mapped int
	rounds := 80
	if testing.Short() { // the race detector sees the same code in fewer
		rounds = 15
	}
	for round := range rounds {
		want := d.policy()
		change(t, s, func(p *access.Policy) { *p = clonePolicy(want) })
		want = clonePolicy(want).Normalize()
		got, err := s.Policy(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("round %d (-want +got)\n%s", round, diff)
		}
		for range 20 {
			u, place := d.user(), d.place()
			rules, err := s.Rules(t.Context(), u, place)
			if err != nil {
				t.Fatal(err)
			}
			if picked := got.For(u, place); !reflect.DeepEqual(picked, rules) {
				t.Fatalf("round %d, %+v in %+v (-want +got)\n%s", round, u, place, cmp.Diff(picked, rules))
			}
			kept++
			held += len(rules.Held)
			if rules.Mapped {
				mapped++
			}
		}
	}
	if held < kept/4 || mapped < kept/20 {
		t.Errorf("of %d rules %d had a holding and %d a channel: this proves little", kept, held, mapped)
	}
	verified(t, s)
}

func TestRole_RoundTripsEveryField(t *testing.T) {
	var want access.Role
	fill(t, reflect.ValueOf(&want).Elem(), time.UTC)
	text, err := encodeRole(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeRole(want.ID, text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestRules_OfAnEmptyStoreGrantNothing(t *testing.T) {
	s := newStore(t)
	u, place := chat.User{ID: "mia", Guest: chat.No, External: chat.No}, chat.Place{Platform: "web", Workspace: "w", Channel: "C1"}
	rules, err := s.Rules(t.Context(), u, place)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(access.Policy{}.Normalize().For(u, place), rules); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if a := rules.Audience(u, place); !a.Closed() {
		t.Errorf("%+v is not closed", a)
	}
}

// A row that no admin could make gives nothing to those of whom nothing is known.
func TestRules_NobodyHoldsNothing(t *testing.T) {
	s := newStore(t)
	if _, err := s.write.ExecContext(t.Context(), `
		INSERT INTO access_people VALUES ('web', 'w', '', '', '["everyone"]');
		INSERT INTO access_domains VALUES ('', '["everyone"]')`); err != nil {
		t.Fatal(err)
	}
	rules, err := s.Rules(t.Context(), chat.User{}, chat.Place{Platform: "web", Workspace: "w"})
	if err != nil || len(rules.Held) != 0 {
		t.Errorf("held %v, %v", rules.Held, err)
	}
}

func TestRules_FailRatherThanGiveHalf(t *testing.T) {
	s := newStore(t)
	change(t, s, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "growth", Everything: true})
		p.PutChannel(access.Channel{Key: access.Key{Platform: "web", Workspace: "w", ID: "C1"}, Roles: []string{"growth"}})
	})
	if _, err := s.write.ExecContext(t.Context(), `UPDATE access_roles SET definition = '[]'`); err != nil {
		t.Fatal(err)
	}
	rules, err := s.Rules(t.Context(), chat.User{ID: "mia"}, chat.Place{Platform: "web", Workspace: "w", Channel: "C1"})
	if err == nil || !reflect.DeepEqual(rules, access.Rules{}) {
		t.Errorf("rules = %+v, err = %v, want an error and nothing", rules, err)
	}
}

func TestChangePolicy_WritesALineForEachChangeAndNamesNobody(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	mia := access.Key{Platform: "web", Workspace: "w", ID: "U-mia"}
	changes := change(t, s, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "growth", Name: "Growth", Tags: []string{"growth"}, Abilities: []access.Ability{access.AbilityAsk}})
		p.PutChannel(access.Channel{Key: access.Key{Platform: "web", Workspace: "w", ID: "C1"}, Name: "#growth", Roles: []string{"growth"}})
		p.PutPerson(access.Person{Key: mia, Name: "Mia Miller", Roles: []string{"growth"}})
		p.SetMode("web", "w", access.ModeChannel)
	})
	events, err := s.Events(t.Context(), -1)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(events)
	if len(changes) < 4 || len(events) != len(changes) {
		t.Fatalf("%d changes, %d lines, want as many, four or more", len(changes), len(events))
	}
	subjects := map[string]bool{}
	for i, c := range changes {
		want := by
		want.Subject, want.Detail = c.Subject, c.Text
		if c.Subject == "" {
			want.Subject = "person:" + hashOf("web", "w", "U-mia")
		}
		if diff := cmp.Diff(want, events[i]); diff != "" {
			t.Errorf("line %d (-want +got)\n%s", i, diff)
		}
		subjects[want.Subject] = true
		for _, name := range []string{"U-mia", "Mia"} {
			if strings.Contains(fmt.Sprint(events[i]), name) {
				t.Errorf("line %d names her: %v", i, events[i])
			}
		}
	}
	for _, want := range []string{"role:growth", "channel:web/w/C1", "workspace:web/w", "person:" + hashOf("web", "w", "U-mia")} {
		if !subjects[want] {
			t.Errorf("no line about %s in %v", want, subjects)
		}
	}
	verified(t, s)
}

func TestChangePolicy_WritesOnlyTheRowsThatDiffer(t *testing.T) {
	s := newStore(t)
	key := func(i int) access.Key {
		return access.Key{Platform: "web", Workspace: "w", ID: fmt.Sprintf("C%03d", i)}
	}
	change(t, s, func(p *access.Policy) {
		for i := range 200 {
			p.PutRole(access.Role{ID: fmt.Sprintf("r%03d", i), Tags: []string{"growth"}})
			p.PutChannel(access.Channel{Key: key(i), Roles: []string{fmt.Sprintf("r%03d", i)}})
			p.PutPerson(access.Person{Key: key(i), Roles: []string{fmt.Sprintf("r%03d", i)}})
		}
	})
	rows := func() (n int) {
		if err := s.write.QueryRowContext(t.Context(), `SELECT total_changes()`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, tt := range []struct {
		name string
		f    func(*access.Policy)
		want int
	}{
		// A line of the log is two rows: itself and the head.
		{"nothing", func(*access.Policy) {}, 0},
		{"one channel", func(p *access.Policy) { p.PutChannel(access.Channel{Key: key(7), Roles: []string{"r008"}}) }, 1},
		{"one dropped", func(p *access.Policy) { p.DropPerson(key(9)) }, 1},
		{"one role", func(p *access.Policy) { p.PutRole(access.Role{ID: "r007", Tags: []string{"money"}}) }, 1},
		{"a mode", func(p *access.Policy) { p.SetMode("web", "w", access.ModeOpen) }, 1},
	} {
		before := rows()
		changes := change(t, s, tt.f)
		if got, want := rows()-before, tt.want+2*len(changes); got != want || (tt.want > 0) != (len(changes) > 0) {
			t.Errorf("%s: %d rows were written for %d changes, want %d", tt.name, got, len(changes), want)
		}
	}
}

var errStop = errors.New("stop")

func TestChangePolicy_AFailureChangesNothing(t *testing.T) {
	s := newStore(t)
	change(t, s, func(p *access.Policy) { p.PutRole(access.Role{ID: "growth", Tags: []string{"growth", "money"}}) })
	want, err := s.Policy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	head := verified(t, s)
	for name, tt := range map[string]struct {
		f    func(*access.Policy) error
		want error
	}{
		"it says no": {func(p *access.Policy) error { p.PutRole(access.Role{ID: "x"}); return errStop }, errStop},
		"a role that is not there": {func(p *access.Policy) error {
			p.PutChannel(access.Channel{Key: access.Key{Platform: "web", Workspace: "w", ID: "C1"}, Roles: []string{"growht"}})
			return nil
		}, nil},
		"no text": {func(p *access.Policy) error { p.PutRole(access.Role{ID: "x", Tags: []string{"\xff"}}); return nil }, nil},
	} {
		changes, err := s.ChangePolicy(t.Context(), by, tt.f)
		if err == nil || len(changes) > 0 || tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, %v, want %v", name, changes, err, tt.want)
		}
	}
	if _, err := s.ChangePolicy(t.Context(), access.Event{At: noon}, func(*access.Policy) error { return nil }); !errors.Is(err, ErrInvalid) {
		t.Errorf("nobody changed it: err = %v, want ErrInvalid", err)
	}
	got, err := s.Policy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if after := verified(t, s); after != head {
		t.Errorf("the log went from %v to %v", head, after)
	}
}

// What recovers from a panic must not find the only writer taken for ever.
func TestChangePolicy_APanicFreesTheWriter(t *testing.T) {
	s := newStore(t)
	func() {
		defer func() { _ = recover() }()
		_, _ = s.ChangePolicy(t.Context(), by, func(*access.Policy) error { panic("a bug") })
		t.Error("it did not panic")
	}()
	done := make(chan error, 1)
	go func() { done <- s.RecordEvent(t.Context(), happened(1)) }()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the writer is still taken")
	}
}

// A change may rewrite what it was given in place; the difference is found all
// the same.
func TestChangePolicy_FindsWhatWasRewrittenInPlace(t *testing.T) {
	s := newStore(t)
	key := access.Key{Platform: "web", Workspace: "w", ID: "C1"}
	change(t, s, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "growth", Tags: []string{"growth"}})
		p.PutRole(access.Role{ID: "money", Tags: []string{"money"}})
		p.PutChannel(access.Channel{Key: key, Roles: []string{"growth"}})
	})
	changes := change(t, s, func(p *access.Policy) {
		p.Channels[0].Roles[0] = "money"
		p.Roles = slices.DeleteFunc(p.Roles, func(r access.Role) bool { return r.ID == "growth" })
	})
	p, err := s.Policy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, there := p.Role("growth"); there || !slices.Equal(p.Channels[0].Roles, []string{"money"}) {
		t.Errorf("policy = %+v", p)
	}
	subjects := map[string]bool{}
	for _, c := range changes {
		subjects[c.Subject] = true
	}
	if !subjects["role:growth"] || !subjects["channel:web/w/C1"] {
		t.Errorf("changes = %+v", changes)
	}
}

func TestClonePolicy_SharesNothing(t *testing.T) {
	d := dice{rand.New(rand.NewPCG(1, 2))}
	p := d.policy()
	p.Roles = append(p.Roles, access.Role{
		ID: "full", Tags: []string{"t"}, Sources: []string{"s"}, Insights: []string{"i"}, Abilities: access.Abilities(),
		Attributes: map[string][]string{"region": {"eu"}}, Masks: []string{"m"}, Unmask: []insight.ColumnType{insight.ColumnIP},
	})
	seen := map[uintptr]bool{}
	visitPointers(reflect.ValueOf(p), func(at uintptr) { seen[at] = true })
	if len(seen) < 10 {
		t.Fatalf("found %d lists: this proves nothing", len(seen))
	}
	copied := clonePolicy(p)
	if diff := cmp.Diff(p, copied); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
	visitPointers(reflect.ValueOf(copied), func(at uintptr) {
		if seen[at] {
			t.Error("a list or a map is shared")
		}
	})
}

func visitPointers(v reflect.Value, f func(uintptr)) {
	switch v.Kind() {
	case reflect.Struct:
		for _, field := range v.Fields() {
			visitPointers(field, f)
		}
	case reflect.Slice:
		if v.Len() > 0 {
			f(v.Pointer())
		}
		for i := range v.Len() {
			visitPointers(v.Index(i), f)
		}
	case reflect.Map:
		if v.Len() > 0 {
			f(v.Pointer())
		}
		for _, k := range v.MapKeys() {
			visitPointers(v.MapIndex(k), f)
		}
	default:
	}
}

// The server and the command line have the file open at once: what one changes
// holds for the other's very next request.
func TestRules_SeeTheOtherProcesssChangeAtOnce(t *testing.T) {
	path := newPath(t)
	server, cli := reopen(t, path), reopen(t, path)
	u := chat.User{ID: "mia", Guest: chat.No, External: chat.No}
	place := chat.Place{Platform: "web", Workspace: "w", Channel: "C1", Kind: chat.PlacePublic, Audience: chat.Audience{Shared: chat.No, Guests: chat.No}}
	in := insight.Insight{ID: "demo/mrr", Source: "demo", Tags: []string{"money"}}
	change(t, cli, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "money", Tags: []string{"money"}, Abilities: []access.Ability{access.AbilityAsk}})
	})
	stop := make(chan struct{})
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() { // others ask all the while
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := server.Rules(t.Context(), u, place); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range 40 {
		open := i%2 == 0
		change(t, cli, func(p *access.Policy) {
			p.DropChannel(access.ChannelOf(place))
			if open {
				p.PutChannel(access.Channel{Key: access.ChannelOf(place), Roles: []string{"money"}})
			}
		})
		rules, err := server.Rules(t.Context(), u, place)
		if err != nil {
			t.Fatal(err)
		}
		if got := rules.Audience(u, place).Decide(in).Where == access.Publicly; got != open {
			t.Fatalf("change %d: shown %v, want %v", i, got, open)
		}
	}
	close(stop)
	group.Wait()
	verified(t, server)
}

func TestChangePolicy_ManyAtOnceLoseNothing(t *testing.T) {
	path := newPath(t)
	var group sync.WaitGroup
	for i := range 2 {
		s := reopen(t, path)
		for j := range 2 {
			group.Go(func() {
				for k := range 10 {
					id := fmt.Sprintf("r-%d-%d-%d", i, j, k)
					if _, err := s.ChangePolicy(t.Context(), by, func(p *access.Policy) error {
						p.PutRole(access.Role{ID: id})
						return nil
					}); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	group.Wait()
	s := reopen(t, path)
	p, err := s.Policy(t.Context())
	if err != nil || len(p.Roles) != 41 {
		t.Errorf("%d roles, %v, want 40 and everyone", len(p.Roles), err)
	}
	verified(t, s)
}
