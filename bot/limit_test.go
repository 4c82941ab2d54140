package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
)

var noon = time.Date(2026, time.November, 25, 12, 0, 0, 0, time.UTC)

// answered is what the handler behind a limit says.
const answered = "answered"

// limited is a limit whose clock a test sets, over a handler that counts.
type limited struct {
	t       *testing.T
	at      time.Time
	handler chat.Handler
	passed  int
}

func newLimited(t *testing.T, l Limits) *limited {
	t.Helper()
	s := &limited{t: t, at: noon}
	s.handler = chat.Chain(chat.HandlerFunc(func(context.Context, *chat.Request) (*chat.Reply, error) {
		s.passed++
		return &chat.Reply{Title: answered}, nil
	}), Limit(l, func() time.Time { return s.at }))
	return s
}

// by is a question of somebody in a channel.
func by(user, channel string) *chat.Request {
	return &chat.Request{
		Ref: "REF1", Call: chat.Call{Command: "ask", Args: chat.Args{"q": "secret revenue"}},
		User: chat.User{ID: user}, Place: chat.Place{Platform: "slack", Workspace: "T1", Channel: channel, Kind: chat.PlacePublic},
	}
}

// ask is what is said to a request: answered, or the words of the refusal.
func (s *limited) ask(r *chat.Request) string {
	s.t.Helper()
	reply, err := s.handler.Answer(s.t.Context(), r)
	if err != nil {
		s.t.Fatalf("a limit is no error: %v", err)
	}
	if reply.Title == answered {
		return answered
	}
	text, ok := reply.Parts[0].(chat.Text)
	if !ok || len(reply.Parts) != 1 || !reply.Private || reply.Ref != r.Ref || reply.Outcome != "" {
		s.t.Fatalf("the refusal is %+v: want one private sentence with the reference", reply)
	}
	return text.Text
}

// times asks n times and returns how often it was answered.
func (s *limited) times(n int, r *chat.Request) int {
	s.t.Helper()
	got := 0
	for range n {
		if s.ask(r) == answered {
			got++
		}
	}
	return got
}

func TestLimit_TellsWhenToTryAgainAndKeepsIt(t *testing.T) {
	s := newLimited(t, Limits{})
	if n := s.times(11, by("mia", "C1")); n != 10 {
		t.Fatalf("%d of 11 questions were answered, want 10", n)
	}
	want := "You have asked me a lot in a short time. Nothing was looked up. Try again in 6 seconds."
	if diff := cmp.Diff(want, s.ask(by("mia", "C1"))); diff != "" {
		t.Error(diff)
	}
	for i := range 500 { // whoever waits as long as was said is answered, every time
		s.at = s.at.Add(6*time.Second - time.Millisecond)
		if got := s.ask(by("mia", "C1")); !strings.HasSuffix(got, "Try again in 1 second.") {
			t.Fatalf("round %d, a moment too early: %s", i, got)
		}
		s.at = s.at.Add(time.Millisecond)
		if got := s.ask(by("mia", "C1")); got != answered {
			t.Fatalf("round %d, after 6 seconds: %s", i, got)
		}
	}
	s.at = s.at.Add(time.Hour)
	if n := s.times(20, by("mia", "C1")); n != 10 {
		t.Errorf("after an hour %d are answered at once, want 10", n)
	}
	s.at = s.at.Add(-24 * time.Hour) // a clock that is set back
	if n := s.times(20, by("mia", "C1")); n > 10 {
		t.Errorf("after the clock was set back %d are answered at once", n)
	}
}

func TestLimit_ABoundForEachChannelWorkspaceAndForAll(t *testing.T) {
	person := func(i int) string { return fmt.Sprint("U", i) }
	for name, test := range map[string]struct {
		request func(i int) *chat.Request
		want    int
		words   string
	}{
		"a channel": {func(i int) *chat.Request { return by(person(i), "C1") }, 30, "This channel has asked me a lot"},
		"a workspace": {func(i int) *chat.Request {
			return by(person(i), fmt.Sprint("C", i/4))
		}, 300, "I am being asked more than I can answer"},
		"all": {func(i int) *chat.Request {
			r := by(person(i), fmt.Sprint("C", i/4))
			r.Place.Workspace = fmt.Sprint("T", i/100)
			return r
		}, 1000, "I am being asked more than I can answer"},
		"direct messages have the bound of a person only": {func(i int) *chat.Request {
			r := by(person(i), "direct")
			r.Place.Kind = chat.PlaceDirect
			return r
		}, 300, "I am being asked more"},
	} {
		t.Run(name, func(t *testing.T) {
			s, refused := newLimited(t, Limits{}), ""
			for i := range 1200 {
				if got := s.ask(test.request(i)); got != answered && refused == "" {
					refused = got
				}
			}
			if s.passed != test.want || !strings.HasPrefix(refused, test.words) {
				t.Errorf("%d of 1,200 were answered, want %d; the first refusal: %q", s.passed, test.want, refused)
			}
		})
	}
}

func TestLimit_WhoIsRefusedTakesNothingFromOthers(t *testing.T) {
	s := newLimited(t, Limits{})
	if n := s.times(100_000, by("abuser", "C1")); n != 10 {
		t.Fatalf("the abuser had %d answers", n)
	}
	if n := s.times(30, by("mia", "C1")); n != 10 {
		t.Errorf("mia had %d answers in the same channel, want her 10", n)
	}
	if n := s.times(30, by("ben", "C1")); n != 10 {
		t.Errorf("ben had %d answers in the same channel, want the 10 that the channel has left", n)
	}
	// A full channel takes nothing from the person who asks in it in vain.
	if n := s.times(30, by("eve", "C1")); n != 0 {
		t.Errorf("a channel at its bound gave %d answers", n)
	}
	if n := s.times(30, by("eve", "C2")); n != 10 {
		t.Errorf("eve had %d answers elsewhere, want 10", n)
	}
	// The same id in another workspace, or on another platform, is another person.
	other, discord := by("abuser", "C1"), by("abuser", "C1")
	other.Place.Workspace, discord.Place.Platform = "T2", "discord"
	if s.ask(other) != answered || s.ask(discord) != answered {
		t.Error("somebody pays for a namesake elsewhere")
	}
}

func TestLimit_CostsByWhatIsCalled(t *testing.T) {
	s := newLimited(t, Limits{})
	help := by("mia", "C1")
	help.Call = chat.Call{Command: "help"}
	if n := s.times(150, help); n != 100 {
		t.Errorf("%d calls that run nothing were answered, want 100", n)
	}
	if n := s.times(1, by("mia", "C1")); n != 0 {
		t.Error("they cost a question nothing")
	}
	s = newLimited(t, Limits{Person: 2, Cost: func(c chat.Call) int {
		return map[string]int{"free": 0, "odd": -5, "huge": 1000}[c.Command]
	}})
	for command, want := range map[string]int{"free": 50, "odd": 50} {
		help.Call.Command = command
		if n := s.times(50, help); n != want {
			t.Errorf("%s: %d answered, want %d", command, n, want)
		}
	}
	help.Call.Command = "huge" // more than a bucket can hold: once, when it is full
	if n := s.times(2, help); n != 1 {
		t.Errorf("huge: %d answered, want 1", n)
	}
	s.at = s.at.Add(time.Minute)
	if n := s.times(2, help); n != 1 {
		t.Errorf("huge, a minute later: %d answered, want 1", n)
	}
}

func TestLimit_TheClockIsNotCounted(t *testing.T) {
	s := newLimited(t, Limits{})
	r := by("mia", "C1")
	r.Clock = true
	if n := s.times(200, r); n != 200 {
		t.Errorf("%d of 200 scheduled calls went through", n)
	}
	if n := s.times(20, by("mia", "C1")); n != 10 {
		t.Errorf("afterwards %d questions were answered, want 10", n)
	}
}

func TestLimit_SaysNothingOfWhatWasAskedAndKeepsTheContext(t *testing.T) {
	s := newLimited(t, Limits{Person: 1})
	r := by("mia", "C1")
	r.Context = chat.Call{Command: "ask", Args: chat.Args{"insight": "demo/hidden"}}
	s.ask(r)
	reply, err := s.handler.Answer(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r.Context, reply.Context); diff != "" {
		t.Errorf("the context: %s", diff)
	}
	first := s.ask(r)
	r.Call = chat.Call{Command: "ask", Args: chat.Args{"insight": "demo/other", "q": "nothing like it"}}
	if second := s.ask(r); first != second || strings.Contains(first, "secret") || strings.Contains(first, "hidden") {
		t.Errorf("the words depend on what was asked: %q, %q", first, second)
	}
}

func TestLimit_KeepsABoundedNumberOfBuckets(t *testing.T) {
	at := noon
	l := newLimiter(Limits{Kept: 100, All: 1 << 20}, func() time.Time { return at })
	held := func() [3]int {
		for _, b := range []*buckets{l.people, l.channels, l.workspaces} {
			if len(b.byKey) != b.order.Len() {
				t.Fatalf("%d buckets, %d in order", len(b.byKey), b.order.Len())
			}
		}
		return [3]int{l.people.order.Len(), l.channels.order.Len(), l.workspaces.order.Len()}
	}
	busy := by("busy", "busy")
	for range 10 {
		l.refuse(busy)
	}
	for i := range 100_000 {
		r := by(fmt.Sprint("U", i), fmt.Sprint("C", i))
		r.Place.Workspace = fmt.Sprint("T", i)
		l.refuse(r)
		if i%50 == 0 && l.refuse(busy) == nil {
			t.Fatalf("after %d others, who asks all the time is forgotten and has a full bucket again", i)
		}
	}
	if got := held(); got != [3]int{100, 100, 100} {
		t.Errorf("%v buckets are kept, want 100 each", got)
	}
	at = at.Add(time.Minute + time.Second)
	l.refuse(busy)
	if got := held(); got != [3]int{1, 1, 1} {
		t.Errorf("after a minute %v buckets are kept, want the one in use", got)
	}
}

// simulated is a warehouse that answers four questions at once, each in 50 ms
// of a time that nobody waits for.
type simulated struct {
	free [4]time.Time
}

// run is how long a question takes that comes at a time, the wait included.
func (s *simulated) run(at time.Time) time.Duration {
	next := 0
	for i := range s.free {
		if s.free[i].Before(s.free[next]) {
			next = i
		}
	}
	start := at
	if s.free[next].After(start) {
		start = s.free[next]
	}
	s.free[next] = start.Add(50 * time.Millisecond)
	return s.free[next].Sub(at)
}

// flood plays a minute in which 40 people ask six questions each, and somebody
// asks 500 a second if there is an abuser. It returns how many of the others
// were answered within 5 seconds, the 99th percentile of how long those took,
// and how many answers the abuser had.
func flood(t *testing.T, abuser bool, ms ...chat.Middleware) (served int, p99 time.Duration, abused int) {
	t.Helper()
	at := noon
	warehouse := &simulated{}
	var took time.Duration
	h := chat.HandlerFunc(func(context.Context, *chat.Request) (*chat.Reply, error) {
		took = warehouse.run(at)
		return &chat.Reply{Title: answered}, nil
	})
	if len(ms) == 0 {
		ms = []chat.Middleware{Limit(Limits{}, func() time.Time { return at })}
	}
	handler := chat.Chain(h, ms...)
	ask := func(r *chat.Request) bool {
		reply, err := handler.Answer(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		return reply.Title == answered
	}
	var all []time.Duration
	for ms := range 60_000 {
		at = noon.Add(time.Duration(ms) * time.Millisecond)
		if abuser && ms%2 == 0 && ask(by("abuser", "C0")) {
			abused++
		}
		// 240 questions of 40 people in 10 channels, one each 250 ms.
		if ms%250 == 125 {
			i := ms / 250
			if ask(by(fmt.Sprint("U", i%40), fmt.Sprint("C", i%10))) && took <= 5*time.Second {
				served++
				all = append(all, took)
			}
		}
	}
	slices.Sort(all)
	if len(all) > 0 {
		p99 = all[len(all)*99/100]
	}
	return served, p99, abused
}

func TestA35_OnePersonFloodsAndTheOthersAreServed(t *testing.T) {
	served, calm, _ := flood(t, false)
	if served != 240 {
		t.Fatalf("without an abuser %d of 240 questions were answered", served)
	}
	served, p99, abused := flood(t, true)
	if served != 240 {
		t.Errorf("beside an abuser %d of 240 questions of the others were answered", served)
	}
	if p99 > calm*3/2 {
		t.Errorf("beside an abuser the others waited %v (99th percentile), without %v", p99, calm)
	}
	// Ten at once, and ten more in the minute.
	if abused < 19 || abused > 20 {
		t.Errorf("the abuser had %d of 30,000 answers, want 20", abused)
	}
	t.Logf("others: 240 of 240, p99 %v beside an abuser and %v without; the abuser had %d of 30,000", p99, calm, abused)

	t.Log("the twin: the same minute without the limit must starve the others")
	none := func(next chat.Handler) chat.Handler { return next }
	served, _, abused = flood(t, true, none)
	if served > 60 || abused != 30_000 {
		t.Errorf("without a limit %d of 240 others were answered: this test proves nothing", served)
	}
	t.Logf("without a limit: others %d of 240, the abuser %d of 30,000", served, abused)
}

func TestLimit_ManyAtOnce(t *testing.T) {
	var passed atomic.Int64
	h := chat.Chain(chat.HandlerFunc(func(context.Context, *chat.Request) (*chat.Reply, error) {
		passed.Add(1)
		return &chat.Reply{}, nil
	}), Limit(Limits{Kept: 5}, func() time.Time { return noon }))
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for range 500 {
				if _, err := h.Answer(t.Context(), by(fmt.Sprint("U", i%4), "C1")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := passed.Load(); n != 30 {
		t.Errorf("%d questions got through, want the 30 of the channel", n)
	}
}

func BenchmarkLimit(b *testing.B) {
	h := chat.Chain(chat.HandlerFunc(func(context.Context, *chat.Request) (*chat.Reply, error) { return &chat.Reply{}, nil }),
		Limit(Limits{}, time.Now))
	r := by("mia", "C1")
	for b.Loop() {
		if _, err := h.Answer(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
}
