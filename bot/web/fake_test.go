package web

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"insightbot/chat"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The people, places and time of the tests.
var (
	mia = chat.User{ID: "mia", Name: "Mia Chen", Title: "Product manager", Zone: "Europe/Berlin"}
	ben = chat.User{ID: "ben", Name: "Ben Okafor", Title: "Finance"}
	eve = chat.User{ID: "eve", Name: "<script>alert(1)</script> \u202eEve", Title: "Guest", Guest: chat.Yes}

	growth = chat.Place{Workspace: "demo", Channel: "growth", Name: "#growth", Kind: chat.PlacePublic}
	money  = chat.Place{Workspace: "demo", Channel: "money", Name: "#money", Kind: chat.PlacePrivate}
	direct = chat.Place{Workspace: "demo", Channel: "direct", Name: "Insightbot", Kind: chat.PlaceDirect}

	noon = time.Date(2026, time.November, 25, 12, 0, 0, 0, time.UTC)
)

func testConfig() Config {
	return Config{
		Users: []chat.User{mia, ben, eve}, Places: []chat.Place{growth, money, direct},
		Purpose: map[string]string{"growth": "Sign-ups, activation and campaigns"},
		Title:   "Insightbot", Tagline: "Saved insights of Fernweh Maps, answered in chat",
		Welcome:  chat.Call{Command: "welcome"},
		ReadOnly: func(c string) bool { return slices.Contains([]string{"insights", "insight", "help", "access"}, c) },
		Now:      func() time.Time { return noon },
	}
}

// bench is a playground under test, with a browser that keeps cookies.
type bench struct {
	t      *testing.T
	server *Server
	fake   *fake
	url    string
	client *http.Client
	log    *lockedBuffer
	stop   func()
}

// newBench serves a playground whose names are counted, not random, so that
// pages can be compared.
func newBench(t *testing.T, change ...func(*Config)) *bench {
	t.Helper()
	b := &bench{t: t, fake: &fake{}, log: &lockedBuffer{}}
	c := testConfig()
	c.Log = slog.New(slog.NewTextHandler(b.log, nil))
	for _, f := range change {
		f(&c)
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	var n atomic.Int64
	s.random = func() string { return fmt.Sprintf("%08d-test", n.Add(1)) }
	s.failPause = 0
	b.server = s
	srv := httptest.NewServer(s.Handler(b.fake))
	t.Cleanup(srv.Close)
	b.url, b.stop = srv.URL, srv.Close
	b.client = b.browser()
	return b
}

// browser is another browser: one with cookies of its own.
func (b *bench) browser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

// restart makes the playground forget everything, as a new start does.
func (b *bench) restart() {
	ss := b.server.sessions
	ss.mu.Lock()
	defer ss.mu.Unlock()
	clear(ss.byID)
	ss.order.Init()
}

// page is a response, read whole.
type page struct {
	status int
	header http.Header
	url    *url.URL
	body   string
}

func (b *bench) do(r *http.Request) page {
	b.t.Helper()
	res, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var body bytes.Buffer
	if _, err := body.ReadFrom(res.Body); err != nil {
		b.t.Fatal(err)
	}
	return page{res.StatusCode, res.Header, res.Request.URL, body.String()}
}

func (b *bench) request(method, path, body string) *http.Request {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

func (b *bench) get(path string) page {
	b.t.Helper()
	return b.do(b.request(http.MethodGet, path, ""))
}

func (b *bench) post(path string, pairs ...string) page {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.send(path, form)
}

// send posts a form as a page of the playground does.
func (b *bench) send(path string, form url.Values) page {
	b.t.Helper()
	r := b.request(http.MethodPost, path, form.Encode())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// lockedBuffer is a log that many goroutines write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// fake is a handler that answers the way the real ones do, with every kind of
// part. Some questions make it misbehave.
type fake struct {
	// gate, when set, is waited for before an answer to "slow".
	gate chan struct{}

	mu   sync.Mutex
	seen []chat.Request
}

var errFake = errors.New("the secret cause")

func (f *fake) requests() []chat.Request {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]chat.Request(nil), f.seen...)
}

func (f *fake) Answer(ctx context.Context, r *chat.Request) (*chat.Reply, error) {
	if r.Call.Command == "welcome" {
		return welcome(), nil
	}
	f.mu.Lock()
	f.seen = append(f.seen, *r)
	f.mu.Unlock()
	a := r.Call.Args
	switch r.Call.Command {
	case "insights":
		return catalogue(a["q"]), nil
	case "insight":
		return insightPage(a["id"]), nil
	case "help":
		return &chat.Reply{Title: "Help", Parts: []chat.Part{chat.Text{Text: "Ask in your own words."}}}, nil
	case "access":
		return accessPage(), nil
	case "role":
		return roleSaved(a), nil
	case "feedback":
		return &chat.Reply{Private: true, Parts: []chat.Part{chat.Text{Text: "Thank you. The owner will see it."}}}, nil
	}
	switch q := strings.ToLower(a["q"]); {
	case a["insight"] == "" && strings.Contains(q, "active"):
		return candidates(), nil
	case q == "role":
		return &chat.Reply{Private: true, Title: "Roles", Parts: []chat.Part{roleForm(roleBefore, nil)}}, nil
	case strings.Contains(q, "hostile"):
		return hostile(), nil
	case q == "wide":
		return wide(), nil
	case q == "fail":
		return nil, errFake
	case q == "panic":
		panic("the secret crash")
	case q == "nothing":
		return nil, nil
	case q == "slow":
		select {
		case <-f.gate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return signups(r.Call, a["period"]), nil
}

// signups is an ordinary answer.
func signups(call chat.Call, period string) *chat.Reply {
	if period == "" {
		period = "last 30 days"
	}
	again := chat.Call{Command: "ask", Args: chat.Args{"insight": "demo/signups", "period": period}}
	periods := chat.Choices{Prompt: "Period"}
	for _, p := range []string{"last 7 days", "last 30 days", "last 90 days"} {
		periods.Items = append(periods.Items, chat.Choice{Label: strings.ToUpper(p[:1]) + p[1:], Call: again.With("period", p), Current: p == period})
	}
	return &chat.Reply{
		Context: call,
		Parts: []chat.Part{
			chat.Text{Style: chat.Lead, Text: "4,812 people signed up in the " + period + ", 12 % more than in the period before."},
			picture("Line chart: sign-ups rise from 142 to 187 a day over the " + period + "."),
			chat.Text{Style: chat.Note, Text: "26 Oct – 24 Nov 2026, Europe/Berlin · data as of 11:58 · today is incomplete and left out"},
			chat.Text{Style: chat.Caution, Text: "From 3 to 5 November the tracking on iOS was broken; about 40 sign-ups a day are missing."},
			chat.Facts{Items: []chat.Item{
				{Label: "Insight", Text: "New sign-ups", Link: chat.Link{Call: chat.Call{Command: "insight", Args: chat.Args{"id": "demo/signups"}}}},
				{Label: "Owner", Text: "Growth team, #growth"},
				{Label: "Certified", Text: "by Priya Nair on 2 November 2026"},
			}},
			periods,
			chat.Choices{Prompt: "Break down by", Menu: true, Items: []chat.Choice{
				{Label: "Country", Call: again.With("by", "country")}, {Label: "Plan", Call: again.With("by", "plan")},
			}},
			chat.Section{Title: "Show the table", Folded: true, Parts: []chat.Part{weekTable()}},
			chat.Attachment{Label: "Save as CSV", File: chat.File{Name: "sign-ups.csv", Type: "text/csv; charset=utf-8", Data: []byte("week,sign-ups\n2026-11-02,1100\n")}},
			chat.Link{Label: "Open in PostHog", URL: "https://posthog.example/insights/abc"},
			chat.Choices{Items: []chat.Choice{{Label: "Not what I meant", Call: chat.Call{Command: "feedback", Args: chat.Args{"insight": "demo/signups"}}}}},
		},
	}
}

func weekTable() chat.Table {
	t := chat.Table{
		Columns: []chat.Column{{Name: "Week"}, {Name: "Sign-ups", Number: true}, {Name: "Change", Number: true}},
		Foot:    "4 of 4 rows",
	}
	for i, n := range []int{1012, 1100, 1288, 1412} {
		t.Rows = append(t.Rows, []chat.Cell{{Text: fmt.Sprintf("%d Nov 2026", 2+7*i)}, {Text: fmt.Sprint(n)}, {Text: fmt.Sprintf("+%d %%", 3+i)}})
	}
	return t
}

// wide is a table that is wider than a phone.
func wide() *chat.Reply {
	t := chat.Table{Title: "Campaigns", Columns: []chat.Column{
		{Name: "Day"}, {Name: "Campaign"}, {Name: "Began"}, {Name: "Ended"}, {Name: "Visits", Number: true}, {Name: "Share"},
	}}
	for i := range 4 {
		t.Rows = append(t.Rows, []chat.Cell{
			{Text: fmt.Sprintf("%d November 2026", 2+7*i)},
			{Text: "Autumn sale for people who came back"},
			{Text: "2026-10-26 11:58"},
			{Text: "24 Nov 2026"},
			{Text: "1,012"},
			{Text: "12.5 %"},
		})
	}
	return &chat.Reply{Parts: []chat.Part{t}}
}

func candidates() *chat.Reply {
	pick := func(id, label, detail string) chat.Choice {
		return chat.Choice{Label: label, Detail: detail, Call: chat.Call{Command: "ask", Args: chat.Args{"q": "active users", "insight": id}}}
	}
	return &chat.Reply{Parts: []chat.Part{
		chat.Text{Style: chat.Lead, Text: "Several saved insights could answer that."},
		chat.Choices{Prompt: "Which one did you mean?", Items: []chat.Choice{
			pick("demo/dau", "Daily active users", "People who opened the app on a day · Product team"),
			pick("demo/wau", "Weekly active users", "People who opened the app in a week · Product team"),
			pick("demo/paying", "Active paying customers", "Subscriptions that are not cancelled · Finance"),
		}},
	}}
}

func catalogue(q string) *chat.Reply {
	t := chat.Table{Columns: []chat.Column{{Name: "Insight"}, {Name: "What it counts"}, {Name: "Owner"}, {Name: "Asked", Number: true}}}
	for _, in := range []struct{ id, title, about, owner, asked string }{
		{"demo/signups", "New sign-ups", "People who made an account, by day", "Growth", "212"},
		{"demo/dau", "Daily active users", "People who opened the app on a day", "Product", "148"},
		{"demo/revenue", "Revenue", "Invoices paid, less refunds", "Finance", "97"},
	} {
		if strings.Contains(strings.ToLower(in.title), strings.ToLower(q)) {
			t.Rows = append(t.Rows, []chat.Cell{
				{Text: in.title, Call: chat.Call{Command: "insight", Args: chat.Args{"id": in.id}}}, {Text: in.about}, {Text: in.owner}, {Text: in.asked},
			})
		}
	}
	t.Foot = fmt.Sprintf("%d of 3 insights", len(t.Rows))
	return &chat.Reply{Title: "Insights", Parts: []chat.Part{
		chat.Form{Submit: "Search", Call: chat.Call{Command: "insights"}, Fields: []chat.Field{
			{Name: "q", Label: "Search the insights", Kind: chat.FieldSearch, Value: q},
		}},
		t,
	}}
}

func insightPage(id string) *chat.Reply {
	return &chat.Reply{Title: "New sign-ups", Parts: []chat.Part{
		chat.Text{Text: "People who made an account. Test accounts do not count."},
		picture("Line chart of the last 30 days"),
		chat.Facts{Items: []chat.Item{{Label: "Id", Text: id}, {Label: "Owner", Text: "Growth team"}}},
		chat.Section{Title: "What it takes", Parts: []chat.Part{
			chat.Text{Style: chat.Heading, Text: "Periods"},
			chat.Text{Text: "Any, from 1 January 2024"},
		}},
		chat.Choices{Items: []chat.Choice{{Label: "Ask it now", Call: chat.Call{Command: "ask", Args: chat.Args{"insight": id}}}}},
		chat.Link{Label: "All insights", Call: chat.Call{Command: "insights"}},
	}}
}

// roleBefore is a role as it is saved.
var roleBefore = chat.Args{"id": "growth", "name": "Growth", "tags": "growth,product", "strict": "yes", "who": "members"}

// accessPage is a page of administration.
func accessPage() *chat.Reply {
	return &chat.Reply{Private: true, Title: "Access", Parts: []chat.Part{
		chat.Text{Text: "Who may see what. Only admins can open this page."},
		roleForm(roleBefore, nil),
		chat.Choices{Prompt: "Mia asks for access to #money", Items: []chat.Choice{
			{Label: "Allow", Call: chat.Call{Command: "role", Args: chat.Args{"name": "Money", "id": "money"}}},
		}},
	}}
}

// roleForm has a field of every kind. Its call has values of its own for some.
func roleForm(a chat.Args, wrong map[string]string) chat.Form {
	var tags []chat.Option
	for _, tag := range []string{"growth", "product", "money", "support", "maps & routes", "people", "paid", "web", "iOS", "Android", "e-mail", "trials", "churn", "a tag with a name that is too long for its column"} {
		tags = append(tags, chat.Option{Value: tag, Label: tag + " (12 insights)"})
	}
	fields := []chat.Field{
		{Name: "name", Label: "Name", Help: "How people read it", Kind: chat.FieldText, Required: true},
		{Name: "tags", Label: "Tags it grants", Help: "Every insight that has one of them", Kind: chat.FieldMulti, Options: tags},
		{Name: "strict", Label: "Strict", Help: "Who asks needs a role for it too", Kind: chat.FieldCheck},
		{Name: "who", Label: "Who may have it", Kind: chat.FieldSelect, Options: []chat.Option{{Value: "members", Label: "Members"}, {Value: "all", Label: "Guests as well"}}},
		{Name: "note", Label: "Why", Kind: chat.FieldLong, Help: "For the audit log"},
	}
	for i, f := range fields {
		fields[i].Value, fields[i].Error = a[f.Name], wrong[f.Name]
	}
	return chat.Form{
		Title: "The role “Growth”", Fields: fields, Submit: "Save",
		Call: chat.Call{Command: "role", Args: chat.Args{"id": a["id"], "tags": a["tags"], "strict": a["strict"]}},
	}
}

// roleSaved saves a role, or gives the form back with what is wrong.
func roleSaved(a chat.Args) *chat.Reply {
	if a["name"] == "x" {
		return &chat.Reply{Private: true, Title: "Roles", Parts: []chat.Part{
			chat.Text{Style: chat.Failure, Text: "Nothing was saved: look at what is marked."},
			roleForm(a, map[string]string{"name": "A name has two letters at least.", "tags": "Choose one at least."}),
		}}
	}
	return &chat.Reply{Private: true, Parts: []chat.Part{chat.Text{
		Style: chat.Lead, Text: fmt.Sprintf("Saved “%s”: tags %q, strict %q, for %q.", a["name"], a["tags"], a["strict"], a["who"]),
	}}}
}

// hostile holds, in every place where a text can be, what breaks a page that
// does not escape it.
func hostile() *chat.Reply {
	const bad = "</p><script>alert('x')</script>\"'><img src=x onerror=alert(1)> \u202egnp.exe\x00 javascript:alert(1)"
	call := chat.Call{Command: "ask", Args: chat.Args{bad: bad}}
	return &chat.Reply{Title: bad, Private: true, Parts: []chat.Part{
		chat.Text{Text: bad},
		chat.Text{Style: chat.Lead, Text: "ثلاثة آلاف مستخدم جديد " + bad},
		chat.Text{Style: chat.Note, Text: bad},
		chat.Text{Style: chat.Caution, Text: bad},
		chat.Text{Style: chat.Failure, Text: bad},
		chat.Text{Style: chat.Heading, Text: bad},
		chat.Facts{Items: []chat.Item{{Label: bad, Text: bad, Link: chat.Link{URL: "javascript:alert(1)"}}, {Label: "Call", Text: bad, Link: chat.Link{Call: call}}}},
		chat.Table{Title: bad, Foot: bad, Columns: []chat.Column{{Name: bad}, {Name: "Second", Number: true}}, Rows: [][]chat.Cell{
			{{Text: bad, Call: call}, {Text: "1"}, {Text: "a cell too many"}}, {{Text: strings.Repeat("verylongword", 40)}}, {},
		}},
		chat.Image{Files: map[chat.Theme]chat.File{chat.Light: {Name: "../../" + bad + ".png", Type: "text/html", Data: []byte("<script>alert(1)</script>")}}, Alt: bad},
		chat.Choices{Prompt: bad, Items: []chat.Choice{{Label: bad, Detail: bad, Call: call}}},
		chat.Choices{Prompt: bad, Menu: true, Items: []chat.Choice{{Label: bad, Detail: bad, Call: call}}},
		chat.Form{Title: bad, Submit: bad, Call: call, Fields: []chat.Field{
			{Name: bad, Label: bad, Help: bad, Value: bad, Error: bad, Required: true},
			{Name: "long", Label: "Long", Kind: chat.FieldLong, Value: bad},
			{Name: "pick", Label: "Pick", Kind: chat.FieldSelect, Value: "b", Options: []chat.Option{{Value: bad, Label: bad}, {Value: "b", Label: "B"}}},
			{Name: "yes", Label: "Yes", Kind: chat.FieldCheck, Value: "yes", Help: "A help"},
			{Name: "many", Label: bad, Kind: chat.FieldMulti, Value: "b," + bad, Help: bad, Error: bad, Options: []chat.Option{{Value: bad, Label: bad}, {Value: "b", Label: "B"}}},
		}},
		chat.Link{Label: bad, URL: "javascript:alert(1)"},
		chat.Link{Label: bad, URL: "https://example.org/\"><script>"},
		chat.Attachment{Label: bad, File: chat.File{Name: "..\\" + bad, Type: "text/html", Data: []byte("<script>alert(1)</script>")}},
		chat.Section{Title: bad, Parts: []chat.Part{chat.Section{Title: bad, Parts: []chat.Part{chat.Text{Style: chat.Heading, Text: bad}}}}},
		chat.Section{Title: bad, Folded: true, Parts: []chat.Part{chat.Text{Text: bad}}},
	}}
}

// pngs are a line that rises, in both themes, drawn once for all tests.
var pngs = sync.OnceValue(func() map[chat.Theme]chat.File {
	draw := func(back, grid, line color.RGBA) chat.File {
		const w, h = 1200, 675
		m := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{back, grid, line})
		for x := 60; x < w-60; x++ {
			for y := 75; y < h; y += 120 {
				m.SetColorIndex(x, y, 1)
			}
			for d := range 8 {
				m.SetColorIndex(x, 520-x/4+abs(x%160-80)+d, 2)
			}
		}
		var out bytes.Buffer
		if err := png.Encode(&out, m); err != nil {
			panic(err) // an image of this size can always be encoded
		}
		return chat.File{Name: "sign-ups.png", Type: "image/png", Data: out.Bytes()}
	}
	return map[chat.Theme]chat.File{
		chat.Light: draw(color.RGBA{255, 255, 255, 255}, color.RGBA{228, 228, 228, 255}, color.RGBA{36, 98, 200, 255}),
		chat.Dark:  draw(color.RGBA{26, 29, 33, 255}, color.RGBA{50, 54, 60, 255}, color.RGBA{110, 168, 255, 255}),
	}
})

func abs(n int) int { return max(n, -n) }

// picture is a chart with its text.
func picture(alt string) chat.Image {
	return chat.Image{Alt: alt, Width: 1200, Height: 675, Files: pngs()}
}

// welcome offers questions to begin with.
func welcome() *chat.Reply {
	var c chat.Choices
	for _, q := range []string{"How many people signed up last week?", "Sign-ups by country", "Active users this month"} {
		c.Items = append(c.Items, chat.Choice{Label: q, Call: chat.Call{Command: "ask", Args: chat.Args{"q": q}}})
	}
	return &chat.Reply{Parts: []chat.Part{chat.Text{Text: "Hello"}, c}}
}
