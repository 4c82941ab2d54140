package storage

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
)

// tenant is a workspace in which the ids are those of every other one.
type tenant struct{ platform, workspace string }

func (x tenant) name() string { return x.platform + "/" + x.workspace }

func (x tenant) key(id string) access.Key {
	return access.Key{Platform: x.platform, Workspace: x.workspace, ID: id}
}

func (x tenant) place() chat.Place {
	return chat.Place{
		Platform: x.platform, Workspace: x.workspace, Channel: "C1", Name: "#" + x.name(), Kind: chat.PlacePublic,
		Audience: chat.Audience{Shared: chat.No, Guests: chat.No},
	}
}

// role is the id of a role of the tenant's own; roles are of all tenants.
func (x tenant) role() string { return strings.ToLower("of-" + x.platform + "-" + x.workspace) }

func (x tenant) hash() string { return hashOf(x.platform, x.workspace, "U1") }

// fills writes one of everything for the same ids.
func (x tenant) fills(t *testing.T, s *Store) {
	t.Helper()
	ctx := t.Context()
	change(t, s, func(p *access.Policy) {
		role := x.role()
		p.PutRole(access.Role{ID: role, Tags: []string{role}, Abilities: []access.Ability{access.AbilityAsk}})
		p.SetMode(x.platform, x.workspace, access.ModeStrict)
		p.PutChannel(access.Channel{Key: x.key("C1"), Name: x.name(), Roles: []string{role}, Approved: true})
		p.PutPerson(access.Person{Key: x.key("U1"), Name: x.name(), Roles: []string{role}})
		p.PutGroup(access.Group{Key: x.key("G1"), Name: x.name(), Roles: []string{role}})
	})
	a := ask(x.name())
	a.Platform, a.Workspace, a.Channel, a.User, a.Question = x.platform, x.workspace, "C1", x.hash(), x.name()
	record(t, s, a)
	if err := s.RecordFeedback(ctx, a.Ref, x.hash(), "demo/signups", Right, noon); err != nil {
		t.Fatal(err)
	}
	opened(t, s, access.Request{At: noon, Who: x.key("U1"), WhoName: x.name(), Channel: x.key("C1"), ChannelName: x.name()})
	saw(t, s, x.place(), noon)
	if err := s.SetOptOut(ctx, x.hash(), true, noon); err != nil {
		t.Fatal(err)
	}
	if err := s.RecordEvent(ctx, access.Event{At: noon, Actor: x.hash(), Action: access.ActionDenied, Subject: x.name()}); err != nil {
		t.Fatal(err)
	}
	x.talks(t, s)
}

// talks writes one of everything that a chat leaves.
func (x tenant) talks(t *testing.T, s *Store) {
	t.Helper()
	for _, person := range []string{"", x.hash()} {
		if _, err := s.NoteShown(t.Context(), x.place(), person, "demo/"+x.name(), "v1", noon); err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	d := delivery("event:E1")
	d.Platform, d.Workspace, d.Person = x.platform, x.workspace, "U1"
	_, fresh, err := s.Accept(ctx, d)
	if err != nil || !fresh {
		t.Fatalf("%s: fresh %v, %v", x.name(), fresh, err)
	}
	mine, key := x.place(), ""
	mine.Thread = "alone"
	for _, err := range []error{
		s.PutInstallation(ctx, installation(x.platform, x.workspace)),
		s.PutThread(ctx, x.place(), "", chat.Call{Command: x.name()}, noon),
		s.PutThread(ctx, mine, "U1", chat.Call{Command: x.name()}, noon),
		s.PutPosted(ctx, chat.Posted{Platform: x.platform, Workspace: x.workspace, Channel: "C1", Message: "1.2", User: "U1", Ref: x.name(), At: noon}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if key, err = s.KeepCall(ctx, x.platform, x.workspace, chat.Call{Command: "ask"}, noon); err != nil || key != x.callKey() {
		t.Fatalf("the key of a call is %q, %v, want %q", key, err, x.callKey())
	}
}

// callKey is the key of the call that every tenant keeps.
func (x tenant) callKey() string { return callKey(x.platform, x.workspace, `{"command":"ask"}`) }

// traces count what is read of a tenant, by what it was read with.
func (x tenant) traces(t *testing.T, s *Store) map[string]int {
	t.Helper()
	ctx, u := t.Context(), chat.User{ID: "U1", Groups: []string{"G1"}, Guest: chat.No, External: chat.No}
	got := map[string]int{}
	rules, err := s.Rules(ctx, u, x.place())
	if err != nil {
		t.Fatal(err)
	}
	got["mode"], got["held"] = len(rules.Mode), len(rules.Held)
	if rules.Mapped {
		got["channel"]++
	}
	personal, err := s.PersonalData(ctx, x.key("U1"))
	if err != nil {
		t.Fatal(err)
	}
	got["roles"], got["asks"], got["feedback"] = len(personal.Roles), len(personal.Asks), len(personal.Feedback)
	got["requests"], got["events"] = len(personal.Requests), len(personal.Events)
	if personal.OptOut {
		got["opt out"]++
	}
	seen, err := s.SeenChannels(ctx, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range seen {
		if c.Key == x.key("C1") && c.Name == "#"+x.name() {
			got["seen"]++
		}
	}
	x.talkTraces(t, s, personal, got)
	for what, n := range got {
		if n == 0 {
			delete(got, what)
		}
	}
	return got
}

// talkTraces count what is read of what a chat left.
func (x tenant) talkTraces(t *testing.T, s *Store, personal access.Personal, got map[string]int) {
	t.Helper()
	ctx := t.Context()
	got["waiting"], got["threads"], got["posted"] = len(personal.Waiting), len(personal.Threads), len(personal.Posted)
	got["shown"] = len(personal.Shown)
	installed, err := s.Installations(ctx, x.platform)
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range installed {
		if in.Workspace == x.workspace {
			got["installation"]++
		}
	}
	pending, err := s.Pending(ctx, x.platform, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range pending {
		if d.Workspace == x.workspace {
			got["pending"]++
		}
	}
	alone := x.place()
	alone.Thread = "alone"
	for what, p := range map[string]chat.Place{"thread": x.place(), "thread alone": alone} {
		c, err := s.Thread(ctx, p, "U1")
		if err != nil {
			t.Fatal(err)
		}
		if !c.IsZero() {
			got[what]++
		}
	}
	if _, known, err := s.Posted(ctx, x.platform, x.workspace, "C1", "1.2"); err != nil || known {
		got["message"]++
	}
	if _, theirs, err := s.PostedBy(ctx, x.platform, x.workspace, "C1", "1.2", "U1"); err != nil || theirs {
		got["message of theirs"]++
	}
	for _, any := range tenants() {
		if _, known, err := s.KeptCall(ctx, x.platform, x.workspace, any.callKey()); err != nil || known {
			got["kept call"]++
		}
	}
}

func tenants() []tenant {
	return []tenant{{"slack", "T1"}, {"slack", "T2"}, {"discord", "T1"}, {"discord", "T2"}, {"slack", "T"}, {"slackT", "1"}}
}

// Ids are the same everywhere, and still nobody reads what is another tenant's:
// each row is found through its platform and its workspace alone.
func TestA05_ATenantReadsNothingOfAnother(t *testing.T) {
	for _, owner := range tenants() {
		s := newStore(t)
		owner.fills(t, s)
		if got := owner.traces(t, s); len(got) != 21 {
			t.Fatalf("%s reads only %v of its own: this proves nothing", owner.name(), got)
		}
		for _, other := range tenants() {
			if other == owner {
				continue
			}
			if got := other.traces(t, s); len(got) > 0 {
				t.Errorf("%s reads of %s: %v", other.name(), owner.name(), got)
			}
		}
	}
}

// The same with all of them in one file: what each one reads is its own alone,
// by content, and what one erases is no other's.
func TestA05_AllTenantsInOneFileKeepToTheirOwn(t *testing.T) {
	s := newStore(t)
	all := tenants()
	for _, x := range all {
		x.fills(t, s)
	}
	u := chat.User{ID: "U1", Groups: []string{"G1"}, Guest: chat.No, External: chat.No}
	checked := 0
	for _, owner := range all {
		rules, err := s.Rules(t.Context(), u, owner.place())
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range all {
			shown := rules.Audience(u, owner.place()).Decide(insight.Insight{ID: "x/y", Tags: []string{other.role()}}).Where != access.Nowhere
			if shown != (other == owner) {
				t.Errorf("in %s what %s may see is shown: %v", owner.name(), other.name(), shown)
			}
			checked++
		}
		personal, err := s.PersonalData(t.Context(), owner.key("U1"))
		if err != nil {
			t.Fatal(err)
		}
		if len(personal.Asks) != 1 || personal.Asks[0].Question != owner.name() || len(personal.Requests) != 1 ||
			personal.Requests[0].WhoName != owner.name() || len(personal.Events) != 1 || personal.Events[0].Subject != owner.name() {
			t.Errorf("%s: %+v", owner.name(), personal)
		}
		// Feedback on another's question.
		for _, other := range all {
			err := s.RecordFeedback(t.Context(), other.name(), owner.hash(), "demo/other", NotMeant, noon)
			if (err == nil) != (other == owner) || err != nil && !errors.Is(err, ErrInvalid) {
				t.Errorf("%s about the question of %s: %v", owner.name(), other.name(), err)
			}
		}
	}
	if checked != len(all)*len(all) {
		t.Errorf("checked %d cells", checked)
	}
	before := map[tenant]map[string]int{}
	for _, x := range all {
		before[x] = x.traces(t, s)
	}
	if _, err := s.ErasePerson(t.Context(), all[0].key("U1"), by); err != nil {
		t.Fatal(err)
	}
	for _, x := range all {
		want := before[x]
		if x == all[0] { // the channel, the mode, the group and the log are no person's
			want = map[string]int{
				"mode": want["mode"], "held": 1, "channel": 1, "seen": 1, "events": 1, "installation": 1, "thread": 1, "kept call": 1,
			}
		}
		if diff := cmp.Diff(want, x.traces(t, s)); diff != "" {
			t.Errorf("%s after the erasure in %s (-want +got)\n%s", x.name(), all[0].name(), diff)
		}
	}
}

func TestA05_ASignInIsOfTheTenantItWasMadeIn(t *testing.T) {
	s := newStore(t)
	tokens := map[tenant]string{}
	for _, x := range tenants() {
		token, err := s.MakeSignIn(t.Context(), chat.User{ID: "U1", Name: x.name()}, x.place(), noon.Add(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		tokens[x] = token
	}
	first := tenants()[0]
	if _, err := s.ErasePerson(t.Context(), first.key("U1"), by); err != nil {
		t.Fatal(err)
	}
	for x, token := range tokens {
		u, p, err := s.RedeemSignIn(t.Context(), token, noon)
		if x == first {
			if !errors.Is(err, ErrSignIn) {
				t.Errorf("the link of who was erased: %v", err)
			}
			continue
		}
		if err != nil || fmt.Sprint(u.Name, p) != fmt.Sprint(x.name(), x.place()) {
			t.Errorf("%s: %+v, %+v, %v", x.name(), u, p, err)
		}
	}
}
