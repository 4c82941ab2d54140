package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"insightbot/access"
	"insightbot/bot"
	"insightbot/chat"
	"insightbot/handlers"
	"insightbot/insight"
	"insightbot/render"
	"insightbot/storage"
)

// attackNow is the clock of the tests about access, a Wednesday.
var attackNow = time.Date(2026, time.November, 25, 10, 0, 0, 0, time.UTC)

// shelfBooks is a catalogue in memory whose runs are made up.
type shelfBooks struct {
	ins      []insight.Insight
	revision int
	// run answers instead of the made-up results, where it is set.
	run func(in insight.Insight, q insight.Query) (insight.Result, error)
}

func (b *shelfBooks) Insights() ([]insight.Insight, int) { return b.ins, b.revision }

func (b *shelfBooks) Run(_ context.Context, in insight.Insight, q insight.Query) (insight.Result, error) {
	if b.run != nil {
		return b.run(in, q)
	}
	return ordinaryResult(q), nil
}

// without is the catalogue after some insights were deleted.
func (b *shelfBooks) without(gone func(insight.Insight) bool) *shelfBooks {
	return &shelfBooks{ins: slices.DeleteFunc(slices.Clone(b.ins), gone), revision: 1, run: b.run}
}

// ordinaryResult is a table of one row, which takes no time to draw.
func ordinaryResult(q insight.Query) insight.Result {
	return tableResult(q, "Count", "all", 100)
}

// tableResult is a table of one row.
func tableResult(q insight.Query, column, row string, value float64) insight.Result {
	return insight.Result{
		Shape: insight.ShapeTable, Window: q.Window, AsOf: attackNow, Filters: q.Filters,
		Table: insight.Table{
			Columns: []insight.Column{{Name: column}, {Name: "Number", Type: insight.ColumnNumber}},
			Rows:    [][]insight.Cell{{{Text: row}, {Text: fmt.Sprint(value), Number: value, IsNumber: true}}},
		},
	}
}

// points are the buckets of a query, all of one value.
func points(q insight.Query, value float64) []insight.Point {
	var list []insight.Point
	if q.Grain != insight.GrainNone {
		for _, at := range q.Grain.Buckets(q.Window, time.Monday, 40) {
			list = append(list, insight.Point{At: at, Value: value})
		}
	}
	return list
}

// plainInsight is an ordinary insight that draws no picture by itself.
func plainInsight(id, title string, tags ...string) insight.Insight {
	source, _, _ := strings.Cut(id, "/")
	return insight.Insight{
		ID: id, Source: source, Version: "1", Title: title, Description: title + " as they were counted.", Tags: tags,
		Examples: []string{"show the " + strings.ToLower(title)}, Owner: insight.Owner{Name: "Operations"},
		Chart: insight.ChartTable, Format: insight.Format{Kind: insight.FormatNumber, Decimals: -1}, Zone: time.UTC, WeekStart: time.Monday,
		People: insight.PeopleNone, FromZero: true,
		Accepts: insight.Accepts{Windows: true, Grains: []insight.Grain{insight.GrainDay, insight.GrainWeek}, Compare: []insight.Compare{insight.ComparePrevious}},
		Default: insight.Defaults{Period: "last 30 days"},
	}
}

// world is a whole bot over a store of its own.
type world struct {
	store *storage.Store
	bot   *handlers.Bot
	// handler is the bot with what every request passes, as wire builds it.
	handler chat.Handler
	log     *lockedLog
	slog    *slog.Logger
	refs    int
}

// newWorld opens a store in a file of its own. It belongs to the test, and to
// its bubble where there is one.
func newWorld(t testing.TB, c handlers.Catalogue, change ...func(*handlers.Config)) *world {
	t.Helper()
	return openWorld(t, filepath.Join(t.TempDir(), "bot", "bot.db"), c, change...)
}

// openWorld is newWorld over a given file, which other worlds may share.
func openWorld(t testing.TB, path string, c handlers.Catalogue, change ...func(*handlers.Config)) *world {
	t.Helper()
	w := &world{log: &lockedLog{}}
	now := func() time.Time { return attackNow }
	log, err := logger(w.log, logConfig{Level: "debug", Format: "json"}, slog.LevelDebug)
	if err != nil {
		t.Fatal(err)
	}
	w.slog = log
	w.store, err = storage.Open(t.Context(), path, storage.Options{Log: log, Person: hashed, AuditKey: []byte("a key for tests only"), SealKey: bytes.Repeat([]byte{7}, 32), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.store.Close(); err != nil {
			t.Error(err)
		}
	})
	config := handlers.Config{
		Catalogue: c, Painter: render.NewPainter(render.PainterOptions{}), Asks: w.store, Rules: w.store, Audit: w.store, Keeper: w.store,
		Privacy: w.store, SignIns: w.store, History: w.store, Code: "ABCD-2345", Console: "https://console.example", Person: hashed, Log: log, Now: now,
		Zone: time.UTC, WeekStart: time.Monday,
	}
	for _, f := range change {
		f(&config)
	}
	w.bot = handlers.New(config)
	w.handler = chat.Chain(w.bot, bot.Log(log, now), bot.Recover(log), bot.Timeout(answerLimit))
	return w
}

// hashed stands for the keyed hash of a person.
func hashed(platform, workspace, user string) string {
	sum := sha256.Sum256([]byte(platform + "/" + workspace + "/" + user))
	return hex.EncodeToString(sum[:])
}

// decree puts a whole policy in the place of the one there is.
func (w *world) decree(t testing.TB, p access.Policy) {
	t.Helper()
	w.edit(t, func(now *access.Policy) { *now = p })
}

// edit changes the rules as the command line does.
func (w *world) edit(t testing.TB, change func(*access.Policy)) {
	t.Helper()
	by := access.Event{At: attackNow, Actor: access.ActorOperator, Action: access.ActionRule}
	if _, err := w.store.ChangePolicy(t.Context(), by, func(p *access.Policy) error { change(p); return nil }); err != nil {
		t.Fatal(err)
	}
}

// ref is a new reference.
func (w *world) ref() string {
	w.refs++
	return fmt.Sprintf("R%07d", w.refs)
}

// ask sends one call past every transport.
func (w *world) ask(t testing.TB, u chat.User, p chat.Place, c chat.Call) *chat.Reply {
	t.Helper()
	reply, err := w.handler.Answer(t.Context(), &chat.Request{Ref: w.ref(), Call: c, User: u, Place: p, At: attackNow})
	if err != nil {
		t.Fatalf("%v by %s in %s: %v", c, u.ID, p.Channel, err)
	}
	return reply
}

// called makes a call of a command and pairs of arguments.
func called(command string, pairs ...string) chat.Call {
	c := chat.Call{Command: command, Args: chat.Args{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		c.Args[pairs[i]] = pairs[i+1]
	}
	return c
}

// lockedLog is what was logged. It may be written from many goroutines.
type lockedLog struct {
	mu  sync.Mutex
	all strings.Builder
	cut int
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// since is what was logged since the last call of it.
func (l *lockedLog) since() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.all.String()[l.cut:]
	l.cut = l.all.Len()
	return s
}

// everyText is all text that a value holds in any depth, the bytes of files
// too. What is a new kind of part tomorrow is read as well.
func everyText(v any) string {
	var b strings.Builder
	gather(&b, reflect.ValueOf(v))
	return b.String()
}

func gather(b *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		b.WriteString(v.String() + "\n")
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			gather(b, v.Elem())
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			gather(b, field)
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 && v.Kind() == reflect.Slice {
			b.Write(v.Bytes())
			b.WriteByte('\n')
			return
		}
		for i := range v.Len() {
			gather(b, v.Index(i))
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(x, y reflect.Value) int { return strings.Compare(x.String(), y.String()) })
		for _, k := range keys {
			gather(b, k)
			gather(b, v.MapIndex(k))
		}
	default:
	}
}

// plainly is text as a reader could search it: without markup, in one case.
func plainly(s string) string { return strings.ToLower(html.UnescapeString(s)) }

// seeded is a source of random numbers that can be made again from the log of
// a failed test.
func seeded(t testing.TB) *rand.Rand {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // cases that can be made again, not secrets
}

// randomWord makes a word that is in no dictionary.
func randomWord(r *rand.Rand) string {
	const first, second = "bdfgklmnprtvz", "aeiou"
	var b strings.Builder
	for range 5 {
		b.WriteByte(first[r.IntN(len(first))])
		b.WriteByte(second[r.IntN(len(second))])
	}
	return b.String() + "x"
}
