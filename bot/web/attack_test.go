package web

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
	"insightbot/text"
)

// The tests of this file are named after the attacks they stand for.

// endless is a body without an end, of which nobody should read much.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	return copy(p, bytes.Repeat([]byte("a"), len(p))), nil
}

func TestA04_HugeAndDeepBodiesAreRefusedInBoundedMemory(t *testing.T) {
	s, err := New(testConfig())
	if err != nil {
		t.Fatal(err)
	}
	handler := &fake{}
	const form = "application/x-www-form-urlencoded"
	label := strings.Repeat("x", 70<<10)
	post := func(h http.Handler, kind, path string, body io.Reader) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost"+path, body)
		r.Header.Set("Content-Type", kind)
		r.ContentLength = -1
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	deep := strings.Repeat(`{"a":`, 3000) + "1" + strings.Repeat("}", 3000)
	for name, test := range map[string]struct {
		kind, body string
	}{
		"a string of 70 kB":   {form, "call=share&arg.to=" + label},
		"200,000 fields":      {form, strings.Repeat("a&", 200_000)},
		"32,000 empty fields": {form, strings.Repeat("&", 32_000)},
		"one name, 10,000 ×":  {form, strings.Repeat("arg.a=b&", 10_000)},
		"broken escapes":      {form, "q=%zz%%"},
		"deep JSON":           {"application/json", deep},
		"a key twice":         {"application/json", `{"q":"a","q":"b"}`},
		"files":               {"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"q\"; filename=\"f\"\r\n\r\n" + label + "\r\n--b--"},
		"no type":             {"", "q=hello"},
	} {
		for _, path := range []string{"/chat/growth", "/as", "/theme"} {
			if path == "/theme" && !strings.HasPrefix(name, "a string") {
				continue // it takes anything for "as the system has it"
			}
			if code := post(s.Handler(handler), test.kind, path, strings.NewReader(test.body)); code < 400 || code > 499 {
				t.Errorf("%s to %s: status %d, want 4xx", name, path, code)
			}
		}
	}
	if n := len(handler.requests()); n != 0 {
		t.Errorf("%d of them came through", n)
	}

	t.Log("memory")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	body := &endless{}
	for range 50 {
		if code := post(s.Handler(handler), form, "/chat/growth", io.MultiReader(strings.NewReader("q="), body)); code != http.StatusRequestEntityTooLarge {
			t.Fatalf("an endless body: status %d", code)
		}
	}
	runtime.ReadMemStats(&after)
	if taken := (after.TotalAlloc - before.TotalAlloc) / 50; taken > 2<<20 || body.read > 50*4*maxBody {
		t.Errorf("an endless body took %d kB of memory, and %d kB of it were read", taken>>10, body.read/50>>10)
	}

	t.Log("the twin: without the guard the long string comes through")
	if code := post(s.routes(handler), form, "/chat/growth", strings.NewReader("call=share&arg.to="+label)); code >= 400 || len(handler.requests()) != 1 {
		t.Errorf("status %d: this test proves nothing", code)
	}
	s.answers.Wait()
}

// outline is what a page is made of: its elements and the names of their
// attributes. Classes are left out, as one depends on the text of a cell. The
// texts are what a person reads or has read out. It fails for a character that
// no page may hold.
func outline(t *testing.T, page string) (elements, texts []string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return elements, texts
		}
		if err != nil {
			t.Fatalf("the page cannot be read: %v in\n%s", err, page)
		}
		switch token := token.(type) {
		case xml.StartElement:
			names := []string{token.Name.Local}
			for _, a := range token.Attr {
				switch a.Name.Local {
				case "class":
					continue
				case "value", "name", "action":
					// Ids of ours, for a program and not for a reader.
				default:
					texts = append(texts, a.Value)
				}
				names = append(names, a.Name.Local)
			}
			slices.Sort(names[1:])
			elements = append(elements, strings.Join(names, " "))
		case xml.EndElement:
			elements = append(elements, "/"+token.Name.Local)
		case xml.CharData:
			texts = append(texts, string(token))
		case xml.Comment:
			elements = append(elements, "comment")
		}
	}
}

// everywhere is a reply with a text in every place where one can be.
func everywhere(s string) *chat.Reply {
	call := chat.Call{Command: "share", Args: chat.Args{"a": s, s: "b"}}
	return &chat.Reply{Title: s, Private: true, Parts: []chat.Part{
		chat.Text{Text: s},
		chat.Text{Style: chat.Lead, Text: s},
		chat.Text{Style: chat.Note, Text: s},
		chat.Text{Style: chat.Caution, Text: s},
		chat.Text{Style: chat.Failure, Text: s},
		chat.Text{Style: chat.Heading, Text: s},
		chat.Facts{Items: []chat.Item{{Label: s, Text: s}, {Label: s, Text: s, Link: chat.Link{Label: s, Call: call}}, {Label: s, Text: s, Link: chat.Link{URL: "https://a.example"}}}},
		chat.Table{Title: s, Foot: s, Columns: []chat.Column{{Name: s}, {Name: s, Number: true}}, Rows: [][]chat.Cell{{{Text: s, Call: call}, {Text: s}}}},
		chat.Image{Alt: s, Files: map[chat.Theme]chat.File{chat.Light: {Name: s, Type: s}, chat.Dark: {Name: s}}},
		chat.Choices{Prompt: s, Items: []chat.Choice{{Label: s, Detail: s, Call: call}, {Label: s, Call: chat.Call{Command: "insight", Args: chat.Args{"id": "x"}}}}},
		chat.Choices{Prompt: s, Menu: true, Items: []chat.Choice{{Label: s, Detail: s, Call: call}}},
		chat.Form{Title: s, Submit: s, Call: call, Fields: []chat.Field{
			{Name: s, Label: s, Help: s, Value: s, Error: s, Required: true},
			{Name: s, Help: s, Kind: chat.FieldLong, Value: s},
			{Name: s, Label: s, Kind: chat.FieldSelect, Value: "b", Options: []chat.Option{{Value: s, Label: s}, {Value: "b", Label: s}}},
			{Name: s, Label: s, Kind: chat.FieldMulti, Value: "b", Error: s, Options: []chat.Option{{Value: s, Label: s}, {Value: "b", Label: s}}},
			{Name: s, Label: s, Kind: chat.FieldCheck, Value: "yes", Help: s},
		}},
		chat.Form{Title: s, Call: chat.Call{Command: "insights", Args: chat.Args{"hidden": s, s: s}}, Fields: []chat.Field{{Name: "q", Kind: chat.FieldSearch, Label: s, Value: s}}},
		chat.Link{Label: s, URL: "https://example.org/"},
		chat.Attachment{Label: s, File: chat.File{Name: s + ".csv", Type: s}},
		chat.Section{Title: s, Parts: []chat.Part{chat.Text{Text: s}}},
		chat.Section{Title: s, Folded: true, Parts: []chat.Part{chat.Text{Text: s}}},
	}}
}

// drawn is a reply as HTML, as a message that somebody of that name said.
func drawn(t *testing.T, s *Server, reply *chat.Reply, said string) string {
	t.Helper()
	d := &desk{Server: s}
	a := d.keep("session", reply, false)
	defer s.sessions.files.drop(a.files)
	dw := &drawer{server: s, prefix: "p-", send: &sending{Action: "/chat/x", As: "mia", Once: "once"}}
	m := &message{ref: "REF", said: said, user: chat.User{ID: said, Name: said, Title: said}, at: noon, answer: a}
	// What a person types is cleaned when it comes in.
	m.said = typed(said)
	var out bytes.Buffer
	if err := s.pages.all.ExecuteTemplate(&out, "fragment", fragmentView{false, dw.message(m, "")}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// hostileTexts are names that insights, people, channels and cells can have.
var hostileTexts = map[string]string{
	"markup":        "</p></script><script>alert(1)</script><img src=x onerror=alert(1)>",
	"attribute":     "\" autofocus onfocus=alert(1) x=\"' onmouseover='alert(1)",
	"comment":       "<!-- --> <![CDATA[ x ]]> <?xml ?> <!doctype html>",
	"template":      "{{.Secret}} ${x} <%= x %>",
	"entities":      "&lt;script&gt; &#60;b&#62; &nbsp;",
	"Slack":         "<!channel> <!here> <@U123> <!subteam^S1> <https://evil.example|click> &",
	"Discord":       "@everyone @here <@&1> <#2> [x](https://evil.example) ||spoiler||",
	"Markdown":      "# h *b* _i_ `c` ```\nblock\n``` > quote\n- list",
	"address":       "javascript:alert(1) data:text/html,<b>",
	"right to left": "\u202egnp.exe\u202c \u2066a\u2069 \u200f\u061c",
	"zero width":    "in\u200bvisi\u200dble\ufeff \u2060\u00ad\u180e\u3164",
	"stacked marks": "Z" + strings.Repeat("\u0301\u0322\u033f", 60) + "algo",
	"line breaks":   "one\ntwo\r\nthree\u2028four\u2029five\u0085six\vseven\feight",
	"terminal":      "\x1b[31mred\x1b[0m \x1b]0;title\a \x9b2J \x00\x08\x7f",
	"tags":          "ok\U000E0041\U000E0042\U000E007F",
	"not UTF-8":     "a\xff\xfe\xc0\xaf",
	"surrogates":    "\xed\xa0\x80",
	"long":          strings.Repeat("W", 5000),
}

// checkTexts fails for what a reader cannot see in any text, and for a line
// break where no paragraph is.
func checkTexts(t *testing.T, texts []string) {
	t.Helper()
	for _, s := range texts {
		for line := range strings.SplitSeq(s, "\n") {
			if plain := strings.Join(strings.Fields(line), " "); text.Clean(plain) != plain {
				t.Errorf("what cannot be seen survives in %q", s)
			}
		}
	}
}

func TestA22_NoTextBecomesMarkup(t *testing.T) {
	s, err := New(testConfig())
	if err != nil {
		t.Fatal(err)
	}
	want, _ := outline(t, drawn(t, s, everywhere("az"), "az"))
	for name, bad := range hostileTexts {
		t.Run(name, func(t *testing.T) {
			page := drawn(t, s, everywhere("a"+bad+"z"), "a"+bad+"z")
			got, texts := outline(t, page)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the text changes the page: %s", diff)
			}
			// A mention, a link in markup and the like are letters like any
			// other: they read as they are written, and are nothing else.
			cleaned, read := text.Clean("a"+bad+"z"), 0
			for _, s := range texts {
				if strings.Contains(text.Clean(s), cleaned) {
					read++
				}
			}
			if read < 50 {
				t.Errorf("the text can be read in %d places only", read)
			}
		})
	}
	t.Log("the twin: a text that is not escaped must be seen")
	raw := strings.ReplaceAll(drawn(t, s, everywhere("az"), "az"), ">az<", "><b>az</b><")
	if got, _ := outline(t, raw); slices.Equal(want, got) {
		t.Error("markup in a text is not seen: this test proves nothing")
	}
}

func TestA23_NothingInvisibleSurvives(t *testing.T) {
	s, err := New(testConfig())
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range hostileTexts {
		t.Run(name, func(t *testing.T) {
			page := drawn(t, s, everywhere(bad), bad)
			_, texts := outline(t, page)
			checkTexts(t, texts)
			// A title, a name, a label or a cell is one line, whatever it holds.
			v := (&drawer{server: s, send: &sending{}}).parts([]chat.Part{
				chat.Choices{Items: []chat.Choice{{Label: bad, Call: chat.Call{Command: "share"}}}},
				chat.Table{Columns: []chat.Column{{Name: bad}}, Rows: [][]chat.Cell{{{Text: bad}}}},
			}, 2)
			for _, s := range []string{
				v[0].Choices.Items[0].Label, v[1].Table.Columns[0].Name, v[1].Table.Rows[0][0].Text,
				person(chat.User{ID: "x", Name: bad}, false).Name, placeName(chat.Place{Channel: "x", Name: bad}),
			} {
				if strings.ContainsAny(s, "\n\r\u2028\u2029") || s == "" {
					t.Errorf("%q is no name on one line", s)
				}
			}
		})
	}
	t.Log("names of people and channels, around every page")
	for name, bad := range hostileTexts {
		with := func(s string) page {
			b := newBench(t, func(c *Config) {
				c.Users = []chat.User{{ID: "mia", Name: s, Title: s}, {ID: "ben", Name: s}}
				c.Places = []chat.Place{{Channel: "growth", Name: s, Kind: chat.PlacePublic}, {Channel: "direct", Name: s, Kind: chat.PlaceDirect}}
				c.Purpose = map[string]string{"growth": s}
			})
			return b.get("/chat/growth")
		}
		want, _ := outline(t, withoutDoctype(with("az").body))
		got, texts := outline(t, withoutDoctype(with("a"+bad+"z").body))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s changes the page: %s", name, diff)
		}
		checkTexts(t, texts)
	}
}

// withoutDoctype is a page that an XML decoder takes.
func withoutDoctype(page string) string { return strings.TrimPrefix(page, "<!doctype html>") }

func FuzzHostileNames(f *testing.F) {
	s, err := New(testConfig())
	if err != nil {
		f.Fatal(err)
	}
	for _, bad := range hostileTexts {
		f.Add(bad)
	}
	var want []string
	f.Fuzz(func(t *testing.T, bad string) {
		if len(bad) > 2000 {
			return
		}
		if want == nil {
			want, _ = outline(t, drawn(t, s, everywhere("az"), "az"))
		}
		got, texts := outline(t, drawn(t, s, everywhere("a"+bad+"z"), "a"+bad+"z"))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q changes the page: %s", bad, diff)
		}
		checkTexts(t, texts)
	})
}

func TestA32_LogLinesCannotBeForged(t *testing.T) {
	const forged = "\n{\"level\":\"INFO\",\"msg\":\"forged\"}\r\ntime=now level=INFO msg=forged \x1b[2J\u2028\u202e"
	for name, format := range map[string]func(io.Writer) slog.Handler{
		"json": func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) },
		"text": func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			var out lockedBuffer
			b := newBench(t, func(c *Config) {
				c.Log = slog.New(format(&out))
				c.SignIn = nil
			})
			lines := 0
			for _, cause := range []func(r *chat.Request) error{
				func(r *chat.Request) error { return fmt.Errorf("no filter %s", r.Call.Args["q"]) },
				func(r *chat.Request) error { return fmt.Errorf("no filter %s", forged) },
				func(*chat.Request) error { panic(forged) },
			} {
				d := &desk{Server: b.server, handler: chat.HandlerFunc(func(_ context.Context, r *chat.Request) (*chat.Reply, error) { return nil, cause(r) })}
				for _, call := range []chat.Call{
					{Command: "ask", Args: chat.Args{"q": forged}},
					{Command: "ask", Args: chat.Args{forged: forged}},
					{Command: "no\n" + forged},
				} {
					d.reply(t.Context(), &chat.Request{Ref: "REF1", Call: call})
					lines++
				}
			}
			// What net/http itself complains of goes the same way.
			slog.NewLogLogger(b.server.config.Log.Handler(), slog.LevelWarn).Print("http: superfluous " + forged)
			lines++
			log := out.String()
			if got := strings.Count(log, "\n"); got != lines {
				t.Errorf("%d lines, want %d:\n%s", got, lines, log)
			}
			for line := range strings.Lines(log) {
				if strings.ContainsAny(strings.TrimSuffix(line, "\n"), "\n\r\x1b\u2028\u202e") && name == "text" || strings.ContainsAny(strings.TrimSuffix(line, "\n"), "\n\r\x1b") {
					t.Errorf("a control character stands in %q", line)
				}
				var entry struct{ Msg string }
				if name == "json" && (json.Unmarshal([]byte(line), &entry) != nil || entry.Msg == "forged") {
					t.Errorf("not a line of ours: %q", line)
				}
				if name == "text" && !strings.HasPrefix(line, "time=") {
					t.Errorf("not a line of ours: %q", line)
				}
			}
		})
	}
}

func TestA40_HealthTellsNothingAndNobodyElseIsLetIn(t *testing.T) {
	if c := withDefaults(Config{}); c.Addr != "127.0.0.1:8080" || c.remote() {
		t.Errorf("by default it listens on %s", c.Addr)
	}
	c := testConfig()
	c.Addr = "0.0.0.0:8080"
	if _, err := New(c); err == nil {
		t.Error("other machines are let in without a sign-in")
	}
	for name, b := range map[string]*bench{"here": newBench(t), "elsewhere": newBench(t, newDoor(t).open)} {
		b.post("/chat/growth", "q", "sign-ups")
		p := b.get("/healthz")
		if p.status != http.StatusOK || p.body != "ok\n" {
			t.Errorf("%s: healthz: status %d, %q", name, p.status, p.body)
		}
		for h := range p.header {
			if slices.Contains([]string{"Server", "Set-Cookie", "X-Powered-By", "Via"}, h) {
				t.Errorf("%s: healthz has the header %s: %s", name, h, p.header.Get(h))
			}
		}
		for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/vars", "/health", "/status", "/.git/config", "/healthz/x"} {
			if p := b.get(path); p.status != http.StatusNotFound && p.status != http.StatusForbidden {
				t.Errorf("%s: %s: status %d", name, path, p.status)
			}
		}
		if p := b.do(b.request(http.MethodGet, "/healthz?verbose=1", "")); p.body != "ok\n" {
			t.Errorf("%s: asked for more, healthz says %q", name, p.body)
		}
	}
}
