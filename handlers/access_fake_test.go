package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
	"insightbot/render"
)

// errDecided is what the store says of a request that was decided already.
var errDecided = errors.New("decided already")

// fakeKeeper keeps the rules in memory, with the checks that the store makes.
type fakeKeeper struct {
	mu       sync.Mutex
	policy   access.Policy
	seen     []access.Seen
	requests []access.Request
	events   []access.Event
	out      map[string]bool
	personal access.Personal
	erased   []access.Key
	tokens   []string
	expires  time.Time
	// between runs before a decision, as another admin could.
	between func()
}

func (f *fakeKeeper) Rules(_ context.Context, u chat.User, p chat.Place) (access.Rules, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.policy.For(u, p), nil
}

func (f *fakeKeeper) RecordEvent(_ context.Context, e access.Event) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.events = append(f.events, e)
	return nil
}

func (f *fakeKeeper) Policy(context.Context) (access.Policy, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return clonePolicy(f.policy), nil
}

func (f *fakeKeeper) ChangePolicy(_ context.Context, by access.Event, change func(*access.Policy) error) ([]access.Change, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.apply(by, change)
}

// apply needs the lock.
func (f *fakeKeeper) apply(by access.Event, change func(*access.Policy) error) ([]access.Change, error) {
	after := clonePolicy(f.policy)
	if err := change(&after); err != nil {
		return nil, fmt.Errorf("fake: change policy: %w", err)
	}
	after = after.Normalize()
	if err := after.Check(); err != nil {
		return nil, err
	}
	changes := access.Diff(f.policy, after)
	for _, c := range changes {
		e := by
		if e.Subject, e.Detail = c.Subject, c.Text; c.Subject == "" {
			e.Subject = "person:hash of " + c.Person.ID
		}
		f.events = append(f.events, e)
	}
	f.policy = after
	return changes, nil
}

func (f *fakeKeeper) SeenChannels(context.Context, time.Time) ([]access.Seen, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.seen), nil
}

func (f *fakeKeeper) OpenRequest(_ context.Context, r access.Request) (access.Request, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, o := range f.requests {
		if o.State == access.RequestOpen && o.Who == r.Who && o.Channel == r.Channel && o.Direct == r.Direct {
			return o, false, nil
		}
	}
	r.ID = int64(len(f.requests) + 1)
	f.requests = append(f.requests, r)
	return r, true, nil
}

func (f *fakeKeeper) Requests(_ context.Context, state access.RequestState) ([]access.Request, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(f.requests), func(r access.Request) bool { return r.State != state }), nil
}

func (f *fakeKeeper) DecideRequest(_ context.Context, id int64, by access.Event, state access.RequestState, role string,
	change func(*access.Policy, access.Request) error,
) (access.Request, []access.Change, error) {
	if f.between != nil {
		f.between()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.requests, func(r access.Request) bool { return r.ID == id })
	if i < 0 || f.requests[i].State != access.RequestOpen {
		return access.Request{}, nil, errDecided
	}
	rule := by
	rule.Action = access.ActionRule
	changes, err := f.apply(rule, func(p *access.Policy) error { return change(p, f.requests[i]) })
	if err != nil {
		return access.Request{}, nil, err
	}
	r := &f.requests[i]
	r.State, r.DecidedAt, r.DecidedBy, r.RoleGiven = state, by.At, by.Actor, role
	by.Subject, by.Detail = fmt.Sprintf("request:%d", id), string(state)
	f.events = append(f.events, by)
	return *r, changes, nil
}

func (f *fakeKeeper) Events(_ context.Context, n int) ([]access.Event, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	newest := slices.Clone(f.events)
	slices.Reverse(newest)
	return newest[:min(n, len(newest))], nil
}

func (f *fakeKeeper) OptOut(_ context.Context, person string) (bool, error) {
	return f.out[person], nil
}

func (f *fakeKeeper) SetOptOut(_ context.Context, person string, out bool, _ time.Time) error {
	f.out[person] = out
	return nil
}

func (f *fakeKeeper) PersonalData(_ context.Context, who access.Key) (access.Personal, error) {
	p := f.personal
	p.OptOut = f.out["hash of "+who.ID]
	return p, nil
}

func (f *fakeKeeper) ErasePerson(_ context.Context, who access.Key, by access.Event) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.erased, f.events = append(f.erased, who), append(f.events, by)
	f.policy.DropPerson(who)
	return 7, nil
}

func (f *fakeKeeper) MakeSignIn(_ context.Context, _ chat.User, _ chat.Place, expires time.Time) (string, error) {
	f.tokens, f.expires = append(f.tokens, "tok+en/"+rand.Text()), expires
	return f.tokens[len(f.tokens)-1], nil
}

// accessBench is a Bot over a fakeKeeper, in a workspace that ann administers.
type accessBench struct {
	*bench
	keeper *fakeKeeper
}

// The people and places of the tests.
var (
	ann  = chat.User{ID: "ann", Name: "Ann", Guest: chat.No, External: chat.No}
	mia  = chat.User{ID: "mia", Name: "Mia", Guest: chat.No, External: chat.No}
	gus  = chat.User{ID: "gus", Name: "Gus", Guest: chat.Yes, External: chat.No}
	eve  = chat.User{ID: "eve", Name: "Eve", Guest: chat.No, External: chat.Yes}
	nina = chat.User{ID: "nina", Name: "Nina"} // nothing is known of her

	inHere = chat.Audience{Shared: chat.No, Guests: chat.No}

	growthRoom  = chat.Place{Platform: "web", Workspace: "w", Channel: "C1", Name: "#growth", Kind: chat.PlacePublic, Audience: inHere}
	moneyRoom   = chat.Place{Platform: "web", Workspace: "w", Channel: "C2", Name: "#money", Kind: chat.PlacePrivate, Audience: inHere}
	boardRoom   = chat.Place{Platform: "web", Workspace: "w", Channel: "C3", Name: "#board", Kind: chat.PlacePrivate, Audience: inHere}
	sharedRoom  = chat.Place{Platform: "web", Workspace: "w", Channel: "C4", Name: "#partners", Kind: chat.PlacePublic, Audience: chat.Audience{Shared: chat.Yes, Guests: chat.No}}
	unknownRoom = chat.Place{Platform: "web", Workspace: "w", Channel: "C5", Name: "#fog", Kind: chat.PlacePublic}
	directRoom  = chat.Place{Platform: "web", Workspace: "w", Channel: "D1", Kind: chat.PlaceDirect, Audience: inHere}
)

// newAccessBench has four insights: one tagged growth, two money, and one money
// and restricted.
func newAccessBench(t testing.TB, change ...func(*Config)) accessBench {
	t.Helper()
	b := newBench(t)
	secret := revenue(b.catalogue.ins[0].Zone)
	secret.ID, secret.Title, secret.Examples = "shop/salaries", "Salaries", []string{"what do people earn"}
	secret.Tags = []string{"money", access.TagRestricted}
	b.catalogue.ins = append(b.catalogue.ins, secret)
	slices.SortFunc(b.catalogue.ins, func(x, y insight.Insight) int { return strings.Compare(x.ID, y.ID) })
	k := &fakeKeeper{out: map[string]bool{}}
	c := Config{
		Catalogue: b.catalogue, Painter: render.NewPainter(render.PainterOptions{}), Asks: b.log, Rules: k, Audit: k, Keeper: k, Privacy: k, SignIns: k,
		Code: "ABCD-2345", Person: func(_, _, user string) string { return "hash of " + user },
		Log: slog.New(slog.NewJSONHandler(b.lines, nil)), Now: func() time.Time { return now }, Zone: time.UTC, WeekStart: time.Monday,
	}
	for _, f := range change {
		f(&c)
	}
	b.Bot = New(c)
	k.policy = access.Policy{}.Normalize()
	return accessBench{&b, k}
}

// administered is a bench whose admin is ann, with a role growth.
func administered(t testing.TB, change ...func(*Config)) accessBench {
	t.Helper()
	b := newAccessBench(t, change...)
	b.edit(t, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "admins", Name: "Admins", Abilities: access.Abilities()})
		p.PutRole(access.Role{ID: "growth", Name: "Growth", Tags: []string{"growth"}, Abilities: []access.Ability{access.AbilityAsk, access.AbilityExport}})
		p.PutPerson(access.Person{Key: access.Key{Platform: "web", Workspace: "w", ID: "ann"}, Name: "Ann", Roles: []string{"admins"}})
		p.SetMode("web", "w", access.ModeChannel)
	})
	return b
}

// edit changes the rules as somebody else did before.
func (b accessBench) edit(t testing.TB, change func(*access.Policy)) {
	t.Helper()
	after := clonePolicy(b.keeper.policy)
	change(&after)
	b.keeper.policy = after.Normalize()
	if err := b.keeper.policy.Check(); err != nil {
		t.Fatal(err)
	}
}

// do calls a command as somebody, somewhere.
func (b accessBench) do(t testing.TB, u chat.User, p chat.Place, command string, args ...string) *chat.Reply {
	t.Helper()
	c := chat.Call{Command: command, Args: chat.Args{}}
	for i := 0; i+1 < len(args); i += 2 {
		c.Args[args[i]] = args[i+1]
	}
	return b.press(t, u, p, c)
}

// press sends a call as somebody, somewhere; its reply must be private.
func (b accessBench) press(t testing.TB, u chat.User, p chat.Place, c chat.Call) *chat.Reply {
	t.Helper()
	r := call(c)
	r.User, r.Place = u, p
	reply := b.must(t, r)
	if p.Kind != chat.PlaceDirect && !reply.Private {
		t.Errorf("%v: the reply can be read by everybody", c)
	}
	return reply
}

// say types words as somebody, somewhere.
func (b accessBench) say(t testing.TB, u chat.User, p chat.Place, words string) *chat.Reply {
	t.Helper()
	r := question(words)
	r.User, r.Place = u, p
	return b.must(t, r)
}

// last is the newest line of the audit log.
func (b accessBench) last() access.Event {
	if n := len(b.keeper.events); n > 0 {
		return b.keeper.events[n-1]
	}
	return access.Event{}
}

// everything is all that a reply says, buttons, tables and forms included.
func everything(r *chat.Reply) string {
	return r.Title + "\n" + words(r) + "\n" + strings.Join(rest(r.Parts), "\n")
}

func rest(parts []chat.Part) []string {
	var s []string
	for _, p := range parts {
		switch p := p.(type) {
		case chat.Section:
			s = append(append(s, p.Title), rest(p.Parts)...)
		case chat.Choices:
			s = append(s, p.Prompt)
			for _, i := range p.Items {
				s = append(s, i.Label, i.Detail)
			}
		case chat.Table:
			s = append(s, p.Title, p.Foot)
			for _, row := range p.Rows {
				for _, c := range row {
					s = append(s, c.Text)
				}
			}
		case chat.Form:
			for _, f := range p.Fields {
				s = append(s, f.Label, f.Help, f.Value, f.Error)
				for _, o := range f.Options {
					s = append(s, o.Label)
				}
			}
		case chat.Link:
			s = append(s, p.Label, p.URL)
		}
	}
	return s
}

// says fails the test unless the reply says all of these.
func says(t testing.TB, r *chat.Reply, want ...string) {
	t.Helper()
	all := everything(r)
	for _, w := range want {
		if !strings.Contains(all, w) {
			t.Errorf("the reply does not say %q:\n%s", w, all)
		}
	}
}

// saysNot fails the test if the reply says any of these.
func saysNot(t testing.TB, r *chat.Reply, never ...string) {
	t.Helper()
	all := everything(r)
	for _, w := range never {
		if strings.Contains(all, w) {
			t.Errorf("the reply says %q:\n%s", w, all)
		}
	}
}
