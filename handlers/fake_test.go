package handlers

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
	"insightbot/render"
)

// now is a Wednesday.
var now = time.Date(2026, time.November, 25, 10, 0, 0, 0, time.UTC)

// fakeCatalogue answers every run with a series made from the query, or with
// an error, and keeps what was run.
type fakeCatalogue struct {
	ins      []insight.Insight
	revision int
	err      error
	ran      []insight.Query
}

func (f *fakeCatalogue) Insights() ([]insight.Insight, int) { return f.ins, f.revision }

func (f *fakeCatalogue) Run(_ context.Context, in insight.Insight, q insight.Query) (insight.Result, error) {
	f.ran = append(f.ran, q)
	if f.err != nil {
		return insight.Result{}, f.err
	}
	r := insight.Result{
		Shape: insight.ShapeTrend, Window: q.Window, Previous: q.Previous, Grain: q.Grain, AsOf: now, Filters: q.Filters,
	}
	for _, name := range q.Breakdowns {
		d, _ := in.Accepts.Dimension(name)
		r.BrokenDownBy = append(r.BrokenDownBy, d)
	}
	groups := []string{""}
	if len(q.Breakdowns) > 0 {
		groups = []string{"DE", "US"}
	}
	for i, key := range groups {
		s := insight.Series{Key: key, Label: key, Total: 100}
		if q.Grain != insight.GrainNone {
			for _, at := range q.Grain.Buckets(q.Window, in.WeekStart, 500) {
				s.Points = append(s.Points, insight.Point{At: at, Value: float64(10 * (i + 1))})
			}
		}
		r.Series = append(r.Series, s)
		if q.Compare != insight.CompareNone {
			r.Series = append(r.Series, insight.Series{Key: key, Label: key, Previous: true, Total: 80})
		}
	}
	return r, nil
}

// fakeLog keeps what was recorded.
type fakeLog struct {
	asks     []chat.Ask
	feedback []string
	err      error
}

func (f *fakeLog) RecordAsk(_ context.Context, a chat.Ask) error {
	f.asks = append(f.asks, a)
	return f.err
}

func (f *fakeLog) SawPlace(context.Context, chat.Place, time.Time) error { return f.err }

func (f *fakeLog) RecordFeedback(_ context.Context, ref, _, id, kind string, _ time.Time) error {
	f.feedback = append(f.feedback, ref+" "+id+" "+kind)
	return f.err
}

// fakeRules gives everybody the same rules, and keeps what was audited.
type fakeRules struct {
	rules  access.Rules
	err    error
	events []access.Event
}

func (f *fakeRules) Rules(context.Context, chat.User, chat.Place) (access.Rules, error) {
	return f.rules, f.err
}

func (f *fakeRules) RecordEvent(_ context.Context, e access.Event) error {
	f.events = append(f.events, e)
	return nil
}

// openRules let every full member see everything, everywhere among themselves.
func openRules() access.Rules {
	return access.Rules{Mode: access.ModeOpen, Roles: []access.Role{{ID: access.RoleEveryone}}}
}

// bench is a Bot over fakes.
type bench struct {
	*Bot
	catalogue *fakeCatalogue
	log       *fakeLog
	rules     *fakeRules
	lines     *strings.Builder
}

func newBench(t testing.TB) bench {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	ins := []insight.Insight{signups(berlin), revenue(berlin), old(berlin)}
	b := bench{catalogue: &fakeCatalogue{ins: ins, revision: 1}, log: &fakeLog{}, rules: &fakeRules{rules: openRules()}, lines: &strings.Builder{}}
	b.Bot = New(Config{
		Catalogue: b.catalogue, Painter: render.NewPainter(render.PainterOptions{}), Asks: b.log, Rules: b.rules, Audit: b.rules,
		Person: func(_, _, user string) string { return "hash of " + user },
		Log:    slog.New(slog.NewJSONHandler(b.lines, nil)), Now: func() time.Time { return now }, Zone: time.UTC, WeekStart: time.Monday,
	})
	return b
}

func signups(zone *time.Location) insight.Insight {
	return insight.Insight{
		ID: "shop/signups", Source: "shop", Title: "Sign-ups", Description: "New accounts. Counted once.", Tags: []string{"growth"},
		Examples: []string{"how many people joined"}, Owner: insight.Owner{Name: "Growth", Contact: "#growth"},
		Certified: insight.Certification{By: "Mia", On: now.AddDate(0, -1, 0), Until: now.AddDate(1, 0, 0)},
		Caveats: []insight.Caveat{
			{Text: "The app did not count.", From: time.Date(2026, 11, 17, 0, 0, 0, 0, zone), Until: time.Date(2026, 11, 18, 0, 0, 0, 0, zone)},
			{Text: "Long ago.", From: time.Date(2020, 1, 1, 0, 0, 0, 0, zone), Until: time.Date(2020, 2, 1, 0, 0, 0, 0, zone)},
		},
		Chart: insight.ChartLine, Format: insight.Format{Kind: insight.FormatNumber, Unit: "sign-ups", Decimals: -1}, FromZero: true,
		Zone: zone, WeekStart: time.Monday,
		Accepts: insight.Accepts{
			Windows: true, Grains: []insight.Grain{insight.GrainDay, insight.GrainWeek, insight.GrainMonth},
			Compare: []insight.Compare{insight.ComparePrevious, insight.CompareYear}, MaxBreakdowns: 1,
			Dimensions: []insight.Dimension{{
				Name: "country", Label: "Country", Breakdown: true, Filter: true,
				Values: []insight.Value{{Key: "DE", Label: "Germany"}, {Key: "US", Label: "United States", Words: []string{"USA"}}},
			}, {Name: "account", Label: "Account", Filter: true, Values: []insight.Value{{Key: "Smith, Sons; Co: 50%"}}}},
		},
		Default: insight.Defaults{Period: "last 30 days", Grain: insight.GrainDay}, Asked: 2,
	}
}

func revenue(zone *time.Location) insight.Insight {
	in := signups(zone)
	in.ID, in.Title, in.Description = "shop/revenue", "Revenue", "What customers paid."
	in.Examples, in.Tags, in.Caveats = []string{"how much did we earn"}, []string{"money"}, nil
	in.Format = insight.Format{Kind: insight.FormatCurrency, Currency: "EUR", Decimals: -1}
	in.Certified, in.Accepts.Dimensions, in.Asked = insight.Certification{}, nil, 0
	return in
}

func old(zone *time.Location) insight.Insight {
	in := revenue(zone)
	in.ID, in.Title = "shop/revenue-2019", "Turnover by hand"
	in.Examples = []string{"turnover from the spreadsheet"}
	in.Replaced = insight.Replacement{By: "shop/revenue", Why: "It missed refunds."}
	return in
}

// question is a request for a typed question.
func question(q string) *chat.Request {
	return &chat.Request{
		Ref: "REF1", Call: chat.Call{Command: "ask", Args: chat.Args{argQuestion: q}}, At: now, User: chat.User{ID: "mia", Guest: chat.No, External: chat.No},
		Place:  chat.Place{Platform: "web", Workspace: "w", Channel: "c", Kind: chat.PlacePublic, Audience: inside},
		Themes: []chat.Theme{chat.Light, chat.Dark},
	}
}

// call is a request for a pressed button.
func call(c chat.Call) *chat.Request {
	r := question("")
	r.Call = c
	return r
}

// must answers a request or ends the test.
func (b bench) must(t testing.TB, r *chat.Request) *chat.Reply {
	t.Helper()
	reply, err := b.Answer(t.Context(), r)
	if err != nil {
		t.Fatalf("Answer(%v) = %v", r.Call, err)
	}
	return reply
}

// find returns the parts of one kind, sections opened.
func find[T chat.Part](parts []chat.Part) []T {
	var found []T
	for _, p := range parts {
		if v, ok := p.(T); ok {
			found = append(found, v)
		}
		if s, ok := p.(chat.Section); ok {
			found = append(found, find[T](s.Parts)...)
		}
	}
	return found
}

// words are all texts of a reply.
func words(r *chat.Reply) string {
	var s []string
	for _, t := range find[chat.Text](r.Parts) {
		s = append(s, t.Text)
	}
	for _, f := range find[chat.Facts](r.Parts) {
		for _, i := range f.Items {
			s = append(s, i.Label+": "+i.Text)
		}
	}
	return strings.Join(s, "\n")
}

// button returns the choice with a label, or ends the test.
func button(t testing.TB, r *chat.Reply, label string) chat.Choice {
	t.Helper()
	for _, c := range find[chat.Choices](r.Parts) {
		for _, i := range c.Items {
			if i.Label == label {
				return i
			}
		}
	}
	t.Fatalf("no button %q in %v", label, find[chat.Choices](r.Parts))
	return chat.Choice{}
}

// inside are the facts of a place that only full members read.
var inside = chat.Audience{Shared: chat.No, Guests: chat.No}
