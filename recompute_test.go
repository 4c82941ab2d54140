package main

import (
	"cmp"
	"database/sql"
	"fmt"
	"log/slog"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"insightbot/chat"
	"insightbot/handlers"
	"insightbot/insight"
	"insightbot/render"
	"insightbot/source"
	"insightbot/source/demo"
)

// TestRecomputed asks the whole bot and computes every number of its answers
// once more from the raw rows: of the result, of its table, and the headline
// and the change in the finding.
func TestRecomputed(t *testing.T) {
	slowUnderRace(t)
	a := newAuditor(t)
	for _, c := range a.trends() {
		t.Run(c.name, func(t *testing.T) { a.checkTrend(t, c) })
	}
	t.Run("onboarding funnel", a.checkFunnel)
	t.Run("retention of users", a.checkRetention)
	t.Run("sizes of files", a.checkHistogram)
	t.Run("stickiness by plan", a.checkStickiness)
	t.Run("top customers", a.checkTopCustomers)
}

// auditor asks the bot and has the rows that its answers are made of.
type auditor struct {
	bot   *handlers.Bot
	books *books
	zone  *time.Location
}

func newAuditor(t *testing.T) *auditor {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now, log := func() time.Time { return questionsNow }, slog.New(slog.DiscardHandler)
	cfg := demo.Config{Dir: t.TempDir(), Now: now, Log: log}
	path, err := demo.Fill(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	forgetSome(t, path)
	src, err := demo.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	})
	catalogue, err := source.New(source.Config{Sources: []insight.Source{src}, Log: log, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if err := catalogue.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	return &auditor{
		books: readBooks(t, path), zone: zone,
		bot: handlers.New(handlers.Config{
			Catalogue: catalogue, Painter: render.NewPainter(render.PainterOptions{}), Asks: forgetful{}, Rules: forgetful{}, Audit: forgetful{},
			Person: func(_, _, user string) string { return user },
			Log:    log, Now: now, Zone: zone, WeekStart: time.Monday,
		}),
	}
}

// forgetSome takes away the language of one account in nine and what ended one
// subscription in nine, so that there is something without a name, once as the
// empty text and once as NULL. The demo company itself knows everything.
func forgetSome(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path}).String())
	if err != nil {
		t.Fatal(err)
	}
	for _, forget := range []string{
		"UPDATE accounts SET language = '' WHERE id % 9 = 0",
		"UPDATE subscriptions SET ended_by = NULL WHERE id % 9 = 0",
	} {
		if _, err := db.ExecContext(t.Context(), forget); err != nil {
			t.Error(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// upToNow is the span from a day up to another one at the present time of day.
func (a *auditor) upToNow(from, to string) span {
	s := a.days(from, to)
	now := questionsNow.In(a.zone)
	y, m, d := s.to.Date()
	return span{s.from, time.Date(y, m, d, now.Hour(), now.Minute(), 0, 0, a.zone)}
}

// days is the span from the first day up to, but without, the last.
func (a *auditor) days(from, to string) span {
	at := func(day string) time.Time {
		v, err := time.ParseInLocation(time.DateOnly, day, a.zone)
		if err != nil {
			panic(err) // a slip in the table below
		}
		return v
	}
	return span{at(from), at(to)}
}

// ask asks for an insight the way a button does, and checks the days of the
// answer. A span of the zero value is none.
func (a *auditor) ask(t *testing.T, name string, args chat.Args, now, then span) handlers.Answer {
	t.Helper()
	call := chat.Call{Command: "ask", Args: args}.With("insight", demo.Name+"/"+name)
	got := a.bot.Ask(t.Context(), &chat.Request{
		Ref: "TEST", Call: call, Place: chat.Place{Platform: "terminal", Channel: "terminal", Kind: chat.PlaceDirect},
		User: chat.User{ID: "mia", Guest: chat.No, External: chat.No}, At: questionsNow,
	})
	if got.Outcome != chat.OutcomeAnswer || len(got.Misfits) > 0 {
		t.Fatalf("outcome %q: %s %v %v", got.Outcome, got.Notice, got.Misfits, got.Failure)
	}
	r := got.Result
	if !r.Window.From.Equal(now.from) || !r.Window.To.Equal(now.to) {
		t.Fatalf("window %v, want %v", r.Window, now)
	}
	if !r.Previous.From.Equal(then.from) || !r.Previous.To.Equal(then.to) {
		t.Fatalf("compared with %v, want %v", r.Previous, then)
	}
	t.Log(got.Finding)
	return got
}

// checkTrend computes series and totals.
func (a *auditor) checkTrend(t *testing.T, c trend) {
	got := a.ask(t, c.insight, c.args, c.now, c.then)
	in, r := got.Insight, got.Result
	c.ledger.split = len(r.BrokenDownBy) > 0
	now, then := c.ledger.figure(c.entries(a.books), c.now, c.then)
	if c.args["compare"] == "" {
		for i := range then { // nobody asked to see the earlier buckets
			then[i].starts, then[i].points = nil, nil
		}
	}
	if len(now) < c.groups {
		t.Errorf("%d groups, want at least %d", len(now), c.groups)
	}
	want := numbers{}
	for side, all := range map[string][]figures{"now": now, "then": then} {
		for _, f := range all {
			want.set(t, f.total, side, f.key, "total")
			for i, v := range f.points {
				want.set(t, v, side, f.key, f.starts[i].Format(time.RFC3339))
			}
		}
	}
	want.compare(t, numbersOf(t, r))
	for _, s := range r.Series {
		if label := readable(in, r, s.Key); s.Label != label {
			t.Errorf("series %q is called %q, want %q", s.Key, s.Label, label)
		}
	}
	var rows [][]string
	if len(now[0].points) > 0 {
		rows = bucketRows(in, r, now, then)
	} else {
		rows = totalRows(in, c.parts, now, then)
	}
	compareGrid(t, in, r, rows)
	for _, words := range c.say(in, r, now, then) {
		says(t, got.Finding, words)
	}
}

// partner is the figures of a group in the earlier span.
func partner(f figures, then []figures) figures {
	if i := slices.IndexFunc(then, func(e figures) bool { return e.key == f.key }); i >= 0 {
		return then[i]
	}
	return figures{key: f.key, total: math.NaN()}
}

// bucketRows are the numbers of a table over time: for each series the value
// and, beside the series of an earlier span, the value then and the change.
func bucketRows(in insight.Insight, r insight.Result, now, then []figures) [][]string {
	var rows [][]string
	for i, at := range now[0].starts {
		var row []string
		for _, f := range now {
			row = append(row, render.Exact(in.Format, f.points[i]))
			if !slices.ContainsFunc(then, func(e figures) bool { return len(e.points) > 0 }) {
				continue
			}
			before := math.NaN()
			if e := partner(f, then); i < len(e.points) {
				before = e.points[i]
			}
			change := changed(in.Format, f.points[i], before)
			if !r.Incomplete.IsZero() && !at.Before(r.Incomplete) {
				change = render.NoValue
			}
			row = append(row, render.Exact(in.Format, before), change)
		}
		rows = append(rows, row)
	}
	return rows
}

// totalRows are the numbers of a table of groups: the value, the share where
// the groups are parts of a whole, the value then and the change.
func totalRows(in insight.Insight, parts bool, now, then []figures) [][]string {
	whole := 0.0
	for _, f := range now {
		whole += f.total
	}
	var rows [][]string
	for _, f := range now {
		row := []string{render.Exact(in.Format, f.total)}
		if parts {
			row = append(row, share(f.total/whole))
		}
		if len(then) > 0 {
			before := partner(f, then).total
			row = append(row, render.Exact(in.Format, before), changed(in.Format, f.total, before))
		}
		rows = append(rows, row)
	}
	return rows
}

// changed is a change as a table writes it: signed, and where a percentage
// would mislead the difference itself.
func changed(f insight.Format, now, before float64) string {
	amount, way := moved(f, now, before)
	sign := map[int]string{1: "+", -1: "−", 0: "±"}[way]
	switch points := f.Kind == insight.FormatPercent; {
	case math.IsNaN(now - before):
		return render.NoValue
	case way == 0 && points:
		return "±0 pts"
	case way == 0:
		return "±0%"
	case points:
		return sign + amount + " pts"
	case now == 0 && before >= 10:
		return "−100%"
	case amount == "":
		return sign + render.Short(f, math.Abs(now-before))
	}
	return sign + amount
}

// changeWords is a change as a finding says it.
func changeWords(f insight.Format, now, before float64) string {
	amount, way := moved(f, now, before)
	if f.Kind == insight.FormatPercent && amount != "" {
		amount += map[bool]string{true: " point", false: " points"}[amount == "1"]
	}
	words := map[int]string{1: "up ", -1: "down ", 0: "unchanged "}[way]
	if amount != "" && way != 0 {
		words += amount + " "
	}
	if way == 0 && render.Short(f, now) != render.Short(f, before) {
		return "about the same as " + render.Short(f, before)
	}
	return words + "from " + render.Short(f, before)
}

// moved computes how much and which way something changed: points of a rate,
// per cent of anything else. Below ten, and of nothing, there is no amount.
func moved(f insight.Format, now, before float64) (amount string, way int) {
	tenths := func(v float64) string { return strconv.FormatFloat(math.Floor(v*10+0.5+1e-9)/10, 'f', 1, 64) }
	size := math.Abs(now - before)
	way = cmp.Compare(now, before)
	if f.Kind == insight.FormatPercent {
		if size < 0.0005 {
			way = 0
		}
		return strings.TrimSuffix(tenths(100*size), ".0"), way
	}
	if now == before || size < 0.0005*before {
		return "", 0
	}
	if before <= 0 || now < 0 || before < 10 && f.Kind == insight.FormatNumber || size >= 100*before {
		return "", way
	}
	return tenths(100*size/before) + "%", way
}

// share marks a cell that holds a share: such are rounded so that they make up
// a hundred together, so the last digit may be another.
func share(v float64) string { return "share " + strconv.FormatFloat(v, 'g', -1, 64) }

// compareGrid compares the cells of all columns of numbers. Of more columns
// than a table for people has, the first are compared.
func compareGrid(t *testing.T, in insight.Insight, r insight.Result, want [][]string) {
	t.Helper()
	const most = 20
	sheet := render.Grid(in, r, 0)
	var columns []int
	for i, c := range sheet.Columns {
		if c.Number {
			columns = append(columns, i)
		}
	}
	if len(sheet.Rows) != len(want) {
		t.Fatalf("the table has %d rows, want %d", len(sheet.Rows), len(want))
	}
	for i, row := range sheet.Rows {
		if len(columns) > len(want[i]) || len(columns) < len(want[i]) && len(sheet.Columns) < most {
			t.Fatalf("the table has %d columns of numbers, want %d", len(columns), len(want[i]))
		}
		for k, column := range columns {
			if !sameCell(row[column], want[i][k]) {
				t.Errorf("row %d (%s), %s: %q, computed %q", i+1, row[0], sheet.Columns[column].Name, row[column], want[i][k])
			}
		}
	}
}

func sameCell(got, want string) bool {
	exact, ok := strings.CutPrefix(want, "share ")
	if !ok {
		return got == want
	}
	of, err1 := strconv.ParseFloat(exact, 64)
	percent, err2 := strconv.ParseFloat(strings.Trim(got, "<>%"), 64)
	return err1 == nil && err2 == nil && math.Abs(percent-100*of) <= 0.1
}

// readable is what people read for the key of a group.
func readable(in insight.Insight, r insight.Result, key string) string {
	if key == insight.KeyOther {
		return "Other"
	}
	if len(r.BrokenDownBy) == 0 {
		return in.Title
	}
	var names []string
	for i, value := range strings.Split(key, "\x1f") {
		name := value
		for _, v := range r.BrokenDownBy[i].Values {
			if v.Key == value {
				name = v.Name()
			}
		}
		if name == "" {
			name = "None"
		}
		names = append(names, name)
	}
	return strings.Join(names, " · ")
}

func says(t *testing.T, finding, words string) {
	t.Helper()
	if !strings.Contains(finding, words) {
		t.Errorf("the finding %q does not say %q", finding, words)
	}
}

// numbers are all numbers of a result by what they are of.
type numbers map[string]float64

func (n numbers) set(t *testing.T, v float64, path ...string) {
	t.Helper()
	key := strings.Join(path, "|")
	if _, twice := n[key]; twice {
		t.Fatalf("two numbers for %q", key)
	}
	n[key] = v
}

// compare fails unless both hold the same numbers, up to what rounding does.
func (n numbers) compare(t *testing.T, got numbers) {
	t.Helper()
	near := gocmp.Comparer(func(a, b float64) bool {
		return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-9*max(1, math.Abs(a))
	})
	if diff := gocmp.Diff(n, got, near); diff != "" {
		t.Errorf("numbers (-computed +answered):\n%s", diff)
	}
	sum := 0.0
	for _, v := range n {
		if !math.IsNaN(v) {
			sum += math.Abs(v)
		}
	}
	if len(n) == 0 || sum == 0 {
		t.Error("nothing but zeros was compared")
	}
	t.Logf("%d numbers", len(n))
}

// numbersOf lists every number that a result holds.
func numbersOf(t *testing.T, r insight.Result) numbers {
	t.Helper()
	n := numbers{}
	side := map[bool]string{false: "now", true: "then"}
	for _, s := range r.Series {
		n.set(t, s.Total, side[s.Previous], s.Key, "total")
		for _, p := range s.Points {
			at := p.At.Format(time.RFC3339)
			if p.At.IsZero() {
				at = fmt.Sprint(p.X)
			}
			n.set(t, p.Value, side[s.Previous], s.Key, at)
		}
	}
	for _, f := range r.Funnels {
		for i, s := range f.Steps {
			n.set(t, s.Count, side[f.Previous], f.Key, fmt.Sprint(i+1), s.Name)
			n.set(t, s.Average.Seconds(), side[f.Previous], f.Key, fmt.Sprint(i+1), "average")
			n.set(t, s.Median.Seconds(), side[f.Previous], f.Key, fmt.Sprint(i+1), "median")
		}
	}
	for _, c := range r.Cohorts {
		for _, row := range c.Rows {
			for i, v := range row.Counts {
				n.set(t, v, c.Key, row.At.Format(time.RFC3339), fmt.Sprint(i))
			}
		}
	}
	for _, h := range r.Bins {
		for _, b := range h.Bins {
			n.set(t, b.Count, side[h.Previous], fmt.Sprint(b.From))
		}
	}
	for i, row := range r.Table.Rows {
		for k, cell := range row {
			if cell.IsNumber {
				n.set(t, cell.Number, fmt.Sprint(i+1), r.Table.Columns[k].Name)
			}
		}
	}
	return n
}
