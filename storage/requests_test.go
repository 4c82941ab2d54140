package storage

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/access"
)

// wish is a request of Mia for a channel.
func wish(channel string) access.Request {
	return access.Request{
		At: noon, Who: access.Key{Platform: "web", Workspace: "w", ID: "U-mia"}, WhoName: "Mia",
		Channel: access.Key{Platform: "web", Workspace: "w", ID: channel}, ChannelName: "#" + channel, State: access.RequestOpen,
	}
}

func opened(t testing.TB, s *Store, r access.Request) access.Request {
	t.Helper()
	r, fresh, err := s.OpenRequest(t.Context(), r)
	if err != nil || !fresh {
		t.Fatalf("opened %v, %v", fresh, err)
	}
	return r
}

func TestOpenRequest_ThereIsOneForAPersonAndAChannel(t *testing.T) {
	s := newStore(t)
	first := opened(t, s, wish("C1"))
	want := wish("C1")
	if want.ID = first.ID; want.ID < 1 {
		t.Errorf("id = %d", want.ID)
	}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	again := wish("C1")
	again.At, again.WhoName = noon.Add(time.Hour), "Mia M."
	got, fresh, err := s.OpenRequest(t.Context(), again)
	if err != nil || fresh {
		t.Errorf("fresh %v, %v", fresh, err)
	}
	if diff := cmp.Diff(first, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	direct, ben, elsewhere := wish("C1"), wish("C1"), wish("C2")
	direct.Direct, ben.Who.ID = true, "U-ben"
	nowhere := access.Request{At: noon, Who: want.Who, Direct: true, State: access.RequestOpen}
	all := []access.Request{first}
	for _, r := range []access.Request{direct, ben, elsewhere, nowhere} {
		r.ID = opened(t, s, r).ID
		all = append(all, r)
	}
	open, err := s.Requests(t.Context(), access.RequestOpen)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(all, open); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestOpenRequest_RefusesWhatNobodyCouldDecide(t *testing.T) {
	s := newStore(t)
	for name, f := range map[string]func(*access.Request){
		"no time":           func(r *access.Request) { r.At = time.Time{} },
		"nobody":            func(r *access.Request) { r.Who.ID = "" },
		"another workspace": func(r *access.Request) { r.Channel.Workspace = "w2" },
		"another platform":  func(r *access.Request) { r.Channel.Platform = "slack" },
	} {
		r := wish("C1")
		f(&r)
		if _, _, err := s.OpenRequest(t.Context(), r); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: err = %v, want ErrInvalid", name, err)
		}
	}
}

// decider is an admin who decides requests.
var decider = access.Event{At: noon.Add(time.Hour), Ref: "REF", Actor: "hash-of-ann", Action: access.ActionDecision}

// grant gives a channel a role.
func grant(role string) func(*access.Policy, access.Request) error {
	return func(p *access.Policy, r access.Request) error {
		p.PutChannel(access.Channel{Key: r.Channel, Name: r.ChannelName, Roles: []string{role}})
		return nil
	}
}

func TestDecideRequest_DecidesChangesAndAuditsAtOnce(t *testing.T) {
	s := newStore(t)
	change(t, s, func(p *access.Policy) { p.PutRole(access.Role{ID: "growth", Tags: []string{"growth"}}) })
	r := opened(t, s, wish("C1"))
	got, changes, err := s.DecideRequest(t.Context(), r.ID, decider, access.RequestApproved, "growth", grant("growth"))
	if err != nil {
		t.Fatal(err)
	}
	want := r
	want.State, want.DecidedAt, want.DecidedBy, want.RoleGiven = access.RequestApproved, decider.At, decider.Actor, "growth"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(changes) == 0 || changes[0].Subject != "channel:web/w/C1" {
		t.Errorf("changes = %+v", changes)
	}
	kept, err := s.Requests(t.Context(), access.RequestApproved)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]access.Request{want}, kept); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	events, err := s.Events(t.Context(), 1+len(changes))
	if err != nil {
		t.Fatal(err)
	}
	decision := decider
	decision.Subject, decision.Detail = fmt.Sprintf("request:%d", r.ID), "approved with the role growth"
	lines := []access.Event{decision}
	for _, c := range slices.Backward(changes) {
		rule := decider
		rule.Action, rule.Subject, rule.Detail = access.ActionRule, c.Subject, c.Text
		lines = append(lines, rule)
	}
	if diff := cmp.Diff(lines, events); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	verified(t, s)

	head := verified(t, s)
	for _, state := range []access.RequestState{access.RequestApproved, access.RequestDenied} {
		_, _, err := s.DecideRequest(t.Context(), r.ID, decider, state, "growth", grant("growth"))
		if !errors.Is(err, ErrDecided) {
			t.Errorf("again, to %s: err = %v, want ErrDecided", state, err)
		}
	}
	if after := verified(t, s); after != head {
		t.Error("what was not decided is in the log")
	}
	// They may ask once more; it is another request.
	if second := opened(t, s, wish("C1")); second.ID == r.ID {
		t.Error("the id was used again")
	}
}

func TestDecideRequest_ADenialAndAFailureChangeNoRule(t *testing.T) {
	s := newStore(t)
	r := opened(t, s, wish("C1"))
	refuse := func(*access.Policy, access.Request) error { return errStop }
	if _, _, err := s.DecideRequest(t.Context(), r.ID, decider, access.RequestApproved, "growth", refuse); !errors.Is(err, errStop) {
		t.Errorf("err = %v, want that of the change", err)
	}
	if _, _, err := s.DecideRequest(t.Context(), r.ID, decider, access.RequestApproved, "growth", grant("not there")); err == nil {
		t.Error("a role that is not there was given")
	}
	for _, id := range []int64{0, 99} {
		if _, _, err := s.DecideRequest(t.Context(), id, decider, access.RequestDenied, "", nil); !errors.Is(err, ErrInvalid) {
			t.Errorf("request %d: err = %v, want ErrInvalid", id, err)
		}
	}
	if _, _, err := s.DecideRequest(t.Context(), r.ID, decider, access.RequestOpen, "", nil); !errors.Is(err, ErrInvalid) {
		t.Errorf("to open: err = %v, want ErrInvalid", err)
	}
	if open, err := s.Requests(t.Context(), access.RequestOpen); err != nil || len(open) != 1 {
		t.Fatalf("open: %v, %v", open, err)
	}
	if head := verified(t, s); head.Rows != 0 {
		t.Errorf("%d lines about nothing", head.Rows)
	}
	got, changes, err := s.DecideRequest(t.Context(), r.ID, decider, access.RequestDenied, "", nil)
	if err != nil || len(changes) != 0 || got.State != access.RequestDenied {
		t.Errorf("%+v, %v, %v", got, changes, err)
	}
	if events, err := s.Events(t.Context(), -1); err != nil || len(events) != 1 || events[0].Detail != "denied" {
		t.Errorf("events %+v, %v", events, err)
	}
}

// Two admins press at once, one in the console and one in the chat.
func TestDecideRequest_OneOfManyDecides(t *testing.T) {
	path := newPath(t)
	first := reopen(t, path)
	change(t, first, func(p *access.Policy) { p.PutRole(access.Role{ID: "growth"}) })
	r := opened(t, first, wish("C1"))
	var won, lost atomic.Int32
	var group sync.WaitGroup
	for _, s := range []*Store{first, reopen(t, path)} {
		for range 4 {
			group.Go(func() {
				_, _, err := s.DecideRequest(t.Context(), r.ID, decider, access.RequestApproved, "growth", grant("growth"))
				switch {
				case err == nil:
					won.Add(1)
				case errors.Is(err, ErrDecided):
					lost.Add(1)
				default:
					t.Error(err)
				}
			})
		}
	}
	group.Wait()
	if won.Load() != 1 || lost.Load() != 7 {
		t.Errorf("%d decided, %d came late", won.Load(), lost.Load())
	}
}

func TestOpenRequest_OneOfManyIsFresh(t *testing.T) {
	path := newPath(t)
	var fresh atomic.Int32
	var ids sync.Map
	var group sync.WaitGroup
	for _, s := range []*Store{reopen(t, path), reopen(t, path)} {
		for range 4 {
			group.Go(func() {
				r, ok, err := s.OpenRequest(t.Context(), wish("C1"))
				if err != nil {
					t.Error(err)
				}
				ids.Store(r.ID, true)
				if ok {
					fresh.Add(1)
				}
			})
		}
	}
	group.Wait()
	var all []int64
	ids.Range(func(k, _ any) bool { all = append(all, k.(int64)); return true }) //nolint:errcheck,forcetypeassert // stored above
	if fresh.Load() != 1 || len(slices.Compact(all)) != 1 {
		t.Errorf("%d fresh, ids %v", fresh.Load(), all)
	}
}
