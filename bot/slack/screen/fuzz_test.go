package screen

import (
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"insightbot/bot/slack/screentest"
	"insightbot/chat"
	"insightbot/text"
)

// nasty are texts that data sources can hold.
var nasty = []string{
	"", " ", "\n", "plain words", "<!channel>", "<!here|here>", "<@U1>", "<#C1|general>", "<!subteam^S1>", "<http://evil.example|bank>",
	"&lt;!here&gt;", "&amp;lt;", "a & b < c > d", "*bold* _it_ ~st~ `code` ```pre```", "> quote\n> more", ":tada: :+1::skin-tone-2:",
	"\u202Eevil\u202C", "zero\u200Bwidth\u2060", "Z\u0335\u0336\u0337\u0338\u0339\u033A\u033B\u033C\u033D", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "e\u0301", "\x00\x07\x1b[31m", "\xff\xfe",
	"한국어 文字 العربية हिन्दी", "https://example.com/a|b>c", "@everyone @channel #general", "{\"json\":[1]}", "[\"ask\"]", "!", "k", "d[", "=",
	strings.Repeat("word ", 1000), strings.Repeat("👩🏽‍🚀", 700), strings.Repeat("<&>", 1700), strings.Repeat("x", 5000), "line\n" + strings.Repeat("é", 2990),
}

// source gives choices and texts out of bytes.
type source struct {
	data  []byte
	words []string
	at    int
	// big makes lists that are longer than any limit.
	big bool
}

func (s *source) n(limit int) int {
	if len(s.data) == 0 {
		return 0
	}
	s.at++
	return int(s.data[s.at%len(s.data)]+byte(s.at/len(s.data))*31) % limit
}

// many is the length of a list.
func (s *source) many(limit int) int {
	if s.big {
		return s.n(limit)
	}
	return s.n(min(limit, 8))
}

func (s *source) text() string { return s.words[s.n(len(s.words))] }

func (s *source) call() chat.Call {
	switch s.n(6) {
	case 0:
		return chat.Call{}
	case 1:
		return chat.Call{Command: "share", Args: chat.Args{"q": s.text()}}
	case 2:
		return chat.Call{Command: s.text(), Args: chat.Args{s.text(): s.text()}}
	default:
		return chat.Call{Command: "ask", Args: chat.Args{"q": s.text(), "by": s.text(), "insight": "demo/one"}}
	}
}

// reply builds a reply.
func (s *source) reply() *chat.Reply {
	r := &chat.Reply{Title: s.text(), Private: s.n(2) == 0}
	if s.n(2) == 0 {
		r.Outcome = chat.OutcomeAnswer
	}
	for range s.n(14) {
		r.Parts = append(r.Parts, s.part(2))
	}
	return r
}

func (s *source) part(depth int) chat.Part {
	switch s.n(11) {
	case 0:
		return chat.Text{Text: s.text(), Style: []chat.TextStyle{chat.Body, chat.Lead, chat.Note, chat.Caution, chat.Failure, chat.Heading}[s.n(6)]}
	case 1:
		f := chat.Facts{}
		for range s.many(30) {
			f.Items = append(f.Items, chat.Item{Label: s.text(), Text: s.text(), Link: s.link()})
		}
		return f
	case 2, 3:
		return s.table()
	case 4:
		return chat.Image{Alt: s.text()}
	case 5, 6:
		c := chat.Choices{Prompt: s.text(), Menu: s.n(3) == 0}
		for range s.many(200) {
			c.Items = append(c.Items, chat.Choice{Label: s.text(), Detail: []string{"", s.text()}[s.n(2)], Call: s.call(), Current: s.n(5) == 0})
		}
		return c
	case 7:
		return s.form()
	case 8:
		return s.link()
	case 9:
		return chat.Attachment{Label: s.text(), File: chat.File{Name: s.text(), Data: []byte("x")}}
	}
	section := chat.Section{Title: s.text(), Folded: s.n(2) == 0}
	if depth > 0 {
		for range s.n(5) {
			section.Parts = append(section.Parts, s.part(depth-1))
		}
	}
	return section
}

func (s *source) link() chat.Link {
	l := chat.Link{Label: s.text(), Call: s.call()}
	switch s.n(4) {
	case 0:
		l.URL = "https://example.com/" + s.text() + "?a=1&b=<|>"
	case 1:
		l.URL = "javascript:" + s.text()
	}
	return l
}

func (s *source) table() chat.Table {
	t := chat.Table{Title: s.text(), Foot: s.text()}
	columns := s.many(26)
	for range columns {
		t.Columns = append(t.Columns, chat.Column{Name: s.text(), Number: s.n(2) == 0})
	}
	for range s.many(130) {
		var row []chat.Cell
		for range columns + s.n(3) - 1 {
			cell := chat.Cell{Text: s.text()}
			if s.n(8) == 0 {
				cell.Call = s.call()
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (s *source) form() chat.Form {
	f := chat.Form{Title: s.text(), Submit: s.text(), Call: chat.Call{Command: "save", Args: chat.Args{"a": s.text()}}}
	kinds := []chat.FieldKind{chat.FieldText, chat.FieldLong, chat.FieldSelect, chat.FieldCheck, chat.FieldSearch, chat.FieldMulti, chat.FieldPlace}
	for i := range s.n(12) {
		field := chat.Field{
			Name: fmt.Sprintf("f%d.%s", i, text.Head(s.text(), 20, text.Bytes)), Label: s.text(), Help: s.text(), Kind: kinds[s.n(len(kinds))],
			Value: s.text(), Required: s.n(2) == 0, Error: s.text(),
		}
		for range s.many(250) {
			field.Options = append(field.Options, chat.Option{Value: s.text(), Label: s.text()})
		}
		f.Fields = append(f.Fields, field)
	}
	return f
}

// draws draws a reply in every way and checks what comes out.
func draws(t *testing.T, r *chat.Reply, seed int) {
	t.Helper()
	s := newShelf()
	o := options(s)
	o.Retract, o.Private = seed%2 == 0, seed%3 == 0
	if seed%5 == 0 {
		o.Call = chat.Call{}
	}
	m, err := Message(r, o)
	if err != nil {
		t.Fatal(err)
	}
	screentest.Check(t, screentest.JSON(t, m.Blocks))
	for _, p := range screentest.Text(m.Text) {
		t.Error(p)
	}
	h, err := Home(r, o)
	if err != nil {
		t.Fatal(err)
	}
	screentest.CheckHome(t, screentest.JSON(t, h))
	v, err := Modal(r, Meta{Call: state(), Channel: "C1"}, o)
	if err != nil {
		t.Fatal(err)
	}
	screentest.CheckModal(t, screentest.JSON(t, v))
	cutIsSaid(t, r, m, screentest.JSON(t, m.Blocks))
}

// cutIsSaid checks that every text of a reply is in its message, or that the
// message says that something is not.
func cutIsSaid(t *testing.T, r *chat.Reply, m Drawn, raw []byte) {
	t.Helper()
	shown := strings.Join(screentest.Strings(raw), "\x00")
	if len(m.More) > 0 {
		for _, words := range []string{"… (shortened)", "not fit", "not shown here", "cannot be filled in here"} {
			if strings.Contains(shown, words) {
				return
			}
		}
		t.Errorf("cut and not said: %v\n%s", m.More, raw)
		return
	}
	for _, want := range texts(r.Parts) {
		for line := range strings.SplitSeq(clean(want), "\n") {
			if line = text.Clean(line); !visible(shown, line) {
				t.Errorf("%q is missing, and nothing says so\n%s", line, raw)
			}
		}
	}
}

// visible reports whether a line is shown, or its beginning with a mark that it
// was cut.
func visible(shown, line string) bool {
	if line == "" || strings.Contains(shown, line) || strings.Contains(shown, escape(line)) {
		return true
	}
	// The longest beginning that is there must be followed by the mark.
	heads := func(n int) string { return strings.TrimSpace(text.Head(line, n, text.UTF16)) }
	n := sort.Search(text.UTF16(line), func(n int) bool {
		return !strings.Contains(shown, heads(n)) && !strings.Contains(shown, escape(heads(n)))
	})
	for i := range 3 { // the end of a head may be a space, or half a character
		if head := heads(n - i); head != "" && (strings.Contains(shown, head+"…") || strings.Contains(shown, escape(head)+"…")) {
			return true
		}
	}
	return false
}

// texts are the words of parts that must be seen.
func texts(parts []chat.Part) []string {
	var out []string
	for _, p := range parts {
		switch p := p.(type) {
		case chat.Text:
			out = append(out, p.Text)
		case chat.Facts:
			for _, i := range p.Items {
				out = append(out, i.Label)
				if i.Link.URL == "" {
					out = append(out, i.Text)
				}
			}
		case chat.Table:
			out = append(out, p.Foot)
			if len(p.Rows) == 0 {
				continue
			}
			for _, row := range p.Rows {
				for _, c := range row {
					out = append(out, c.Text)
				}
			}
		case chat.Image:
			out = append(out, p.Alt)
		case chat.Choices:
			for _, i := range p.Items {
				if !i.Call.IsZero() {
					out = append(out, i.Label, i.Detail)
				}
			}
		case chat.Section:
			out = append(out, texts(p.Parts)...)
		}
	}
	return out
}

func FuzzMessage(f *testing.F) {
	for i := range 16 {
		f.Add(seed(i), nasty[i%len(nasty)], nasty[(i*7+3)%len(nasty)])
	}
	f.Fuzz(func(t *testing.T, data []byte, a, b string) {
		if len(a)+len(b) > 20_000 || len(data) == 0 {
			t.Skip("longer than any source gives")
		}
		draws(t, (&source{data: data, words: []string{a, b, a + b, a, b, nasty[len(a)%len(nasty)], "a few words", "x"}}).reply(), len(data)+len(a))
	})
}

// FuzzMarkup puts any text into everything that is drawn as mrkdwn: it shows as
// it is, and nothing in it is a link, a mention or a format.
func FuzzMarkup(f *testing.F) {
	for i, s := range nasty {
		f.Add(s, nasty[(i*5+2)%len(nasty)])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		a, b = clean(a), clean(b)
		if o := titled(a, b); o.Type == slack.MarkdownType {
			for _, p := range screentest.Markup(o.Text) {
				t.Error(p)
			}
			back := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(o.Text)
			if want := strings.TrimSuffix("*"+a+"*\n"+b, "\n"); back != want || strings.ContainsAny(a+b, "*_~`") {
				t.Errorf("%q and %q show as %q", a, b, o.Text)
			}
		}
		if link := (fact{label: a, text: b, url: safeURL("https://example.com/" + a)}).link(); link != "" {
			for _, p := range screentest.Markup(link) {
				t.Error(p)
			}
		}
		for _, p := range screentest.Text(fallback(&chat.Reply{Title: a, Parts: []chat.Part{chat.Text{Text: b}, chat.Link{Label: a, URL: "https://example.com/" + b}}}, Options{Asker: "U1", Asked: a})) {
			t.Error(p)
		}
	})
}

// seed is where a made-up reply begins.
func seed(i int) []byte { return []byte(fmt.Sprintf("%d seed %d", i*7919, i)) }

// TestScreens_MoreThanFits draws replies that are longer than every limit.
func TestScreens_MoreThanFits(t *testing.T) {
	for i := range 24 {
		s := &source{data: seed(i), words: []string{nasty[i%len(nasty)], "a few words", fmt.Sprint("x", i), "Some longer words about sign-ups in Germany"}, big: true}
		draws(t, s.reply(), i)
	}
}

// TestScreens_AnyTextInEveryPlace puts every nasty text into every kind of part
// alone, so that nothing hides it.
func TestScreens_AnyTextInEveryPlace(t *testing.T) {
	for i, s := range nasty {
		c := chat.Call{Command: "ask", Args: chat.Args{"q": s, "insight": "demo/one"}}
		parts := []chat.Part{
			chat.Text{Text: s},
			chat.Text{Text: s, Style: chat.Lead},
			chat.Text{Text: s, Style: chat.Note},
			chat.Text{Text: s, Style: chat.Caution},
			chat.Text{Text: s, Style: chat.Failure},
			chat.Text{Text: s, Style: chat.Heading},
			chat.Facts{Items: []chat.Item{{Label: s, Text: s}, {Label: "a", Text: s, Link: chat.Link{Label: s, URL: "https://example.com/" + s}}}},
			chat.Section{Title: s, Folded: true, Parts: []chat.Part{chat.Facts{Items: []chat.Item{{Label: s, Text: s, Link: chat.Link{Label: s, URL: "https://example.com/x", Call: c}}}}}},
			chat.Table{Title: s, Foot: s, Columns: []chat.Column{{Name: s}, {Name: s, Number: true}}, Rows: [][]chat.Cell{{{Text: s, Call: c}, {Text: s}}}},
			chat.Image{Alt: s},
			chat.Choices{Prompt: s, Items: []chat.Choice{{Label: s, Call: c}}},
			chat.Choices{Prompt: s, Items: []chat.Choice{{Label: s, Detail: s, Call: c}}},
			chat.Choices{Prompt: s, Menu: true, Items: []chat.Choice{{Label: s, Detail: s, Call: c}}},
			chat.Form{Title: s, Submit: s, Call: c, Fields: []chat.Field{{Name: "a", Label: s, Help: s, Value: s, Error: s}, {Name: "b", Kind: chat.FieldMulti, Value: s, Options: []chat.Option{{Value: s, Label: s}}}}},
			chat.Link{Label: s, Call: c},
			chat.Link{Label: s, URL: s},
			chat.Attachment{Label: s, File: chat.File{Name: s}},
			chat.Section{Title: s, Parts: []chat.Part{chat.Text{Text: s}}},
		}
		for j, p := range parts {
			t.Run(fmt.Sprintf("%d_%T_%d", i, p, j), func(t *testing.T) {
				draws(t, &chat.Reply{Title: s, Parts: []chat.Part{p}}, j)
			})
		}
	}
}
