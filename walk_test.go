package main

import (
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"text/tabwriter"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/handlers"
)

// walk is a walk through the whole bot: every command, called in every way, by
// everybody, everywhere, in every mode, over every transport.
type walk struct {
	canary   *canary
	variants []variant
	// admins are the commands that only admins are answered.
	admins map[string]bool
	// known is a bot whose holder may see the canary; shows says in which ways
	// they are told of it, as far as somebody wanted to know.
	known *walker
	shows map[string]bool
	depth depth

	// learning is held by who asks known. It is a channel, as time stands still
	// in a bubble while somebody waits for a mutex.
	learning chan struct{}

	mu     sync.Mutex
	counts walkCounts
	failed map[string]int
}

// depth is how much is walked.
type depth int

// The depths: one way of each command for every audience in every mode; all
// ways as some of them besides; all ways as all of them, which takes minutes.
const (
	shallow depth = iota
	ordinary
	whole
)

// walkWhole walks everything.
var walkWhole = flag.Bool("walk-whole", false, "walk every cell of the canary walk, which takes minutes")

func walkDepth() depth {
	switch {
	case *walkWhole:
		return whole
	case testing.Short() || raceOn:
		return shallow
	}
	return ordinary
}

// walkCounts is what was walked.
type walkCounts struct{ cells, closed, granted, shown, leaks, missing int }

// TestWalk_ACanaryAppearsNowhere reaches for an insight in every way there is,
// as everybody who may not see it, and then as the same people after it was
// opened to them by as little as it takes. Before, nothing of it may appear in
// anything that leaves the program; afterwards it must, so that this cannot
// pass by reaching nothing.
func TestWalk_ACanaryAppearsNowhere(t *testing.T) {
	if raceOn {
		t.Skip("walks alone, so there is no race to see; the check walks it without the race detector")
	}
	t.Chdir(t.TempDir()) // the terminal keeps files where it runs
	r := seeded(t)
	synctest.Test(t, func(t *testing.T) {
		c := newCanary(r)
		k := &walk{canary: c, variants: walkVariants(c), depth: walkDepth(), shows: map[string]bool{}, learning: make(chan struct{}, 1), failed: map[string]int{}}
		k.learn(t)
		type group struct {
			audience
			mode access.Mode
			seed uint64
		}
		groups := make(chan group, 1000)
		n := 0
		for _, mode := range []access.Mode{access.ModeUnset, access.ModeOpen, access.ModeChannel, access.ModeStrict} {
			for _, a := range walkAudiences() {
				groups <- group{a, mode, r.Uint64()}
				n++
			}
		}
		close(groups)
		var workers sync.WaitGroup
		for range runtime.GOMAXPROCS(0) {
			w := k.worker(t)
			workers.Go(func() {
				for g := range groups {
					w.group(t, g.audience, g.mode, rand.New(rand.NewPCG(g.seed, 2))) //nolint:gosec // cases that can be made again
				}
			})
		}
		workers.Wait()
		k.report(t, n)
	})
}

// report prints what was walked, and fails where it was too little.
func (k *walk) report(t *testing.T, audiences int) {
	t.Helper()
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "commands\tways to call\ttransports\taudiences × modes\tcells\tof them closed\tgranted\tshown\tleaks\t")
	fmt.Fprintf(table, "%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", len(handlers.Commands()), len(k.variants), len(walkTransports()), audiences,
		k.counts.cells, k.counts.closed, k.counts.granted, k.counts.shown, k.counts.leaks)
	table.Flush() //nolint:errcheck // a string
	t.Log("\n" + b.String())
	if k.counts.cells < 1000 || k.counts.shown < 300 {
		t.Errorf("only %d cells were walked, and %d showed the canary when it was opened", k.counts.cells, k.counts.shown)
	}
	if k.counts.leaks > 0 || k.counts.missing > 0 {
		t.Errorf("%d cells tell of the canary, and %d do not when it is opened", k.counts.leaks, k.counts.missing)
	}
}

// fail tells of a cell, but not of hundreds of one kind.
func (k *walk) fail(t *testing.T, kind, format string, args ...any) {
	t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failed[kind]++; k.failed[kind] <= 3 {
		t.Errorf(format, args...)
	}
}

// count adds to the counts.
func (k *walk) count(add func(*walkCounts)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	add(&k.counts)
}

// walker is one of those who walk, with a bot and every transport of their own.
type walker struct {
	*walk
	world *world
	tap   *tapped
	send  map[string]func(attempt) string
}

func (k *walk) worker(t *testing.T) *walker {
	t.Helper()
	w := newWorld(t, walkBooks(k.canary))
	h := &tapped{next: w.handler}
	k2 := &walker{walk: k, world: w, tap: h, send: map[string]func(attempt) string{}}
	for _, tr := range walkTransports() {
		k2.send[tr.name] = tr.open(t, w, h)
	}
	return k2
}

// cell is what came of one attempt.
type cell struct {
	// all is what left the program: what was drawn, and what was logged. log is
	// the latter alone.
	all, log string
	replies  []*chat.Reply
}

// try makes one attempt.
func (w *walker) try(transport string, a attempt) cell {
	w.tap.begin(a.context)
	w.world.log.since()
	out := w.send[transport](a)
	replies, errs := w.tap.kept()
	c := cell{log: w.world.log.since(), replies: replies}
	c.all = plainly(out + "\n" + everyText(replies) + "\n" + c.log)
	for _, err := range errs {
		c.all += "\n" + plainly(err.Error())
	}
	return c
}

func (v variant) attempt(a audience) attempt {
	return attempt{audience: a, call: v.call, typed: v.typed, context: v.context}
}

// learn finds out what admins alone are answered, and makes the bot that tells
// the holder of the canary.
func (k *walk) learn(t *testing.T) {
	t.Helper()
	k.admins, k.known = map[string]bool{}, k.worker(t)
	policy := walkPolicy(k.canary, access.ModeChannel)
	opening{channel: []string{roleKeys}}.open(&policy, audience{place: walkPlaces()[0]})
	k.known.world.decree(t, policy)
	for _, c := range handlers.Commands() {
		out := k.known.try("handler", attempt{audience: audience{user: walkPeople()[0], place: walkPlaces()[5]}, call: called(c.Name)}).all
		k.admins[c.Name] = strings.Contains(out, "only an admin of the bot can do that")
	}
	for command, reach := range map[string]string{
		"ask": toReach, "insights": toReach, "insight": toReach, "help": toReach, "feedback": toReach, "why": toReach, "home": toReach, "complete": toReach,
		"preview": toAll, "share": toAll,
	} {
		if !slices.ContainsFunc(k.variants, func(v variant) bool { return v.command == command && k.told("web", v, reach) }) {
			t.Errorf("not even who may see it is told of the canary by %q", command)
		}
	}
}

// told reports whether somebody who may see the canary is told of it.
func (k *walk) told(transport string, v variant, reach string) bool {
	if !v.points(k.canary) {
		return false
	}
	k.learning <- struct{}{}
	defer func() { <-k.learning }()
	key := strings.Join([]string{transport, v.command, v.name, reach}, " · ")
	if told, ok := k.shows[key]; ok {
		return told
	}
	place := map[string]chat.Place{toAll: walkPlaces()[0], toOne: walkPlaces()[1], toReach: walkPlaces()[5]}[reach]
	c := k.known.try(transport, v.attempt(audience{user: holder, place: place}))
	k.shows[key] = len(found(c.all, k.texts(v))) > 0
	return k.shows[key]
}

// texts are those that nobody sent with a variant. What somebody asked before
// stands in what is kept of them, and in what they can ask again.
func (k *walk) texts(v variant) []string {
	sent := v.sent()
	if strings.HasPrefix(v.command, "privacy") || v.command == "home" {
		sent += k.canary.id + " " + k.canary.sent
	}
	return forbidden(k.canary.texts, sent)
}

// group walks everything as one audience in one mode.
func (w *walker) group(t *testing.T, a audience, mode access.Mode, r *rand.Rand) {
	t.Helper()
	policy := walkPolicy(w.canary, mode)
	w.world.decree(t, policy)
	// Somebody who may see it asks first, so that whatever is kept is kept.
	w.try("handler", attempt{audience: audience{user: holder, place: walkPlaces()[5]}, call: called("ask", "insight", w.canary.id)})
	chosen := w.choose(a, r)
	for _, c := range chosen {
		w.closed(t, c.transport, c.variant, a, mode)
	}
	for _, g := range openings(a, mode) {
		w.world.edit(t, func(p *access.Policy) { *p = policy; g.open(p, a) })
		for _, c := range chosen {
			if g.reach == "" || posts(c.variant, a, mode) {
				w.closed(t, c.transport, c.variant, a, mode)
			} else {
				w.opened(t, c.transport, c.variant, a, mode, g)
			}
		}
	}
}

// posts reports whether a call shows a channel what nobody asks for there, so
// that a key that also asks for a person's opens nothing.
func posts(v variant, a audience, mode access.Mode) bool {
	return v.call.Command == "preview" && mode == access.ModeStrict && !a.direct()
}

// way is a call over a transport.
type way struct {
	transport string
	variant   variant
}

// choose are the ways that an audience tries.
func (w *walker) choose(a audience, r *rand.Rand) []way {
	byCommand := map[string][]way{}
	var all, some, one []way
	for _, v := range w.variants {
		first := len(all)
		for _, tr := range walkTransports() {
			if tr.takes(v.attempt(a)) {
				all = append(all, way{tr.name, v})
				byCommand[v.command] = append(byCommand[v.command], way{tr.name, v})
			}
		}
		some = append(some, all[first+r.IntN(len(all)-first)])
	}
	for _, c := range handlers.Commands() {
		one = append(one, byCommand[c.Name][r.IntN(len(byCommand[c.Name]))])
	}
	deep := !a.clock && slices.Contains([]string{"member in public", "guest in guests", "member in direct"}, a.String())
	switch {
	case w.depth == whole:
		return all
	case w.depth == ordinary && deep:
		return some
	}
	return one
}

// adminPage reports whether an audience is shown a page of admins, which may
// name insights, but none of their data.
func (w *walker) adminPage(a audience, v variant) bool {
	return a.user.ID == "admin" && (w.admins[v.command] || v.command == "access" || v.command == "home" || w.admins[v.typed])
}

// closed is a cell in which nothing may appear.
func (w *walker) closed(t *testing.T, transport string, v variant, a audience, mode access.Mode) {
	t.Helper()
	never := w.texts(v)
	if w.adminPage(a, v) {
		never = forbidden(w.canary.data, v.sent())
	}
	c := w.try(transport, v.attempt(a))
	hits := found(c.all, never)
	if said := plainly(c.log); v.command != "insight" && strings.Contains(said, w.canary.sent) {
		hits = append(hits, "what was asked, in the log")
	}
	w.count(func(n *walkCounts) {
		n.cells++
		n.closed++
		if len(hits) > 0 {
			n.leaks++
		}
	})
	if len(hits) > 0 {
		w.fail(t, "leak "+v.command, "%s, mode %q, over %s: %s (%s) tells %q:\n%.2000q", a, mode, transport, v.command, v.name, hits, c.all)
	}
}

// opened is a cell in which the canary must appear as it does for anybody who
// may see it, and in private where the place has no key of its own.
func (w *walker) opened(t *testing.T, transport string, v variant, a audience, mode access.Mode, g opening) {
	t.Helper()
	if w.adminPage(a, v) || !w.told(transport, v, g.reach) {
		return
	}
	never := w.texts(v)
	c := w.try(transport, v.attempt(a))
	hits := found(c.all, never)
	w.count(func(n *walkCounts) {
		n.cells++
		n.granted++
		if len(hits) > 0 {
			n.shown++
		} else {
			n.missing++
		}
	})
	if len(hits) == 0 {
		w.fail(t, "missing "+v.command, "%s, mode %q, over %s, given %s: %s (%s) tells nothing:\n%.900q", a, mode, transport, g.name, v.command, v.name, c.all)
	}
	if hits := found(plainly(c.log), w.canary.texts); len(hits) > 0 {
		w.fail(t, "log", "%s over %s: the log holds %q:\n%s", a, transport, hits, c.log)
	}
	for _, reply := range c.replies {
		tells := len(found(plainly(everyText(reply)), never)) > 0
		if g.reach == toOne && tells && !reply.Private {
			w.fail(t, "private "+v.command, "%s, mode %q, over %s, given %s: everybody there reads the reply to %s (%s)", a, mode, transport, g.name, v.command, v.name)
		}
	}
}

// TestWalk_EveryTransportIsWalked fails where the program has a platform that
// the walk does not take.
func TestWalk_EveryTransportIsWalked(t *testing.T) {
	env := map[string]string{"SLACK_BOT_TOKEN": "xoxb-walk", "SLACK_APP_TOKEN": "xapp-walk"}
	a := &app{getenv: func(name string) string { return env[name] }}
	c, err := a.settings()
	if err != nil {
		t.Fatal(err)
	}
	platforms, err := a.newWiring(c, slog.New(slog.DiscardHandler)).platforms()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range platforms {
		if !slices.ContainsFunc(walkTransports(), func(tr walkTransport) bool { return tr.of == p.Name() }) {
			t.Errorf("%s is not in the table of transports that are walked", p.Name())
		}
	}
}
