package screen

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"insightbot/bot/slack/screentest"
	"insightbot/chat"
	"insightbot/text"
)

// drawn draws a message that Slack takes.
func drawn(t *testing.T, r *chat.Reply, o Options) (Drawn, string) {
	t.Helper()
	m, err := Message(r, o)
	if err != nil {
		t.Fatal(err)
	}
	raw := screentest.JSON(t, m.Blocks)
	screentest.Check(t, raw)
	for _, p := range screentest.Text(m.Text) {
		t.Error(p)
	}
	return m, strings.Join(screentest.Strings(raw), "\x00")
}

func TestMessage_ATableSaysWhatIsMissing(t *testing.T) {
	table := func(rows, columns, cell int) chat.Table {
		t := chat.Table{Foot: "the foot"}
		for c := range columns {
			t.Columns = append(t.Columns, chat.Column{Name: fmt.Sprint("c", c), Number: c > 0})
		}
		for r := range rows {
			var row []chat.Cell
			for range columns {
				row = append(row, chat.Cell{Text: fmt.Sprint(r) + strings.Repeat("x", cell)})
			}
			t.Rows = append(t.Rows, row)
		}
		return t
	}
	for _, c := range []struct {
		table   chat.Table
		outcome chat.Outcome
		want    string
	}{
		{table(99, 3, 1), "", ""},
		{table(111, 3, 1), "", "12 more rows not shown here."},
		{table(111, 3, 1), chat.OutcomeAnswer, "12 more rows not shown here; a CSV has all."},
		{table(100, 3, 1), "", "1 more row not shown here."},
		{table(5, 23, 1), "", "3 more columns not shown here."},
		{table(120, 21, 1), "", "21 more rows and 1 more column not shown here."},
		{table(50, 4, 100), "", "more rows not shown here."},
	} {
		_, shown := drawn(t, &chat.Reply{Outcome: c.outcome, Parts: []chat.Part{c.table}}, Options{})
		if c.want == "" && strings.Contains(shown, "not shown") || !strings.Contains(shown, c.want) || !strings.Contains(shown, "the foot") {
			t.Errorf("%d rows of %d: want %q in %q", len(c.table.Rows), len(c.table.Columns), c.want, shown)
		}
	}
}

func TestMessage_OfSeveralTablesTheWidestIsOne(t *testing.T) {
	m, _ := drawn(t, report(), options(newShelf()))
	tables := 0
	for _, b := range m.Blocks {
		if b, ok := b.(*slack.TableBlock); ok {
			if tables++; len(b.Rows[0]) != 4 {
				t.Errorf("a table of %d columns", len(b.Rows[0]))
			}
		}
	}
	if tables != 1 {
		t.Errorf("%d tables", tables)
	}
	// An empty table, and rows of other lengths than the head.
	_, shown := drawn(t, &chat.Reply{Parts: []chat.Part{
		chat.Table{Columns: []chat.Column{{Name: "a"}, {Name: "b"}, {Name: "c"}}},
		chat.Table{Columns: []chat.Column{{Name: "a"}}, Rows: [][]chat.Cell{{}, {{Text: "one"}, {Text: "two"}}}},
		chat.Table{Columns: []chat.Column{{Name: "a"}}, Rows: [][]chat.Cell{{}}},
		chat.Table{Rows: [][]chat.Cell{{}}},
	}}, Options{})
	for _, want := range []string{"There is nothing in this table.", "one", "two"} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %q in %q", want, shown)
		}
	}
}

func TestMessage_WhatMattersStaysWhenThereIsTooMuch(t *testing.T) {
	r := answer()
	long := []chat.Part{}
	for range 30 {
		long = append(long, chat.Text{Text: strings.Repeat("many words ", 200)})
	}
	r.Parts = append(long, r.Parts...)
	o := options(newShelf())
	o.Retract = true
	m, shown := drawn(t, r, o)
	for _, want := range []string{"1,204 people signed up", "Caution: Tracking was off", "Period: Last week", "Remove", "do not fit into one message."} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %q", want)
		}
	}
	if len(m.More) == 0 {
		t.Error("nothing is said for the log")
	}
	// Ten thousand buttons.
	c := chat.Choices{Menu: true, Prompt: "Which?"}
	for i := range 10_000 {
		c.Items = append(c.Items, chat.Choice{Label: fmt.Sprint("entry ", i), Call: chat.Call{Command: "c", Args: chat.Args{"i": fmt.Sprint(i)}}})
	}
	if _, shown := drawn(t, &chat.Reply{Parts: []chat.Part{c}}, Options{}); !strings.Contains(shown, "more choices do not fit into this menu.") || !strings.Contains(shown, "entry 0") {
		t.Errorf("%.300q", shown)
	}
	// More blocks than there are.
	many := &chat.Reply{}
	for i := range 80 {
		many.Parts = append(many.Parts, chat.Text{Text: fmt.Sprint("text ", i)})
	}
	if m, shown := drawn(t, many, Options{}); len(m.Blocks) != maxMessageBlocks || !strings.Contains(shown, "31 more parts do not fit into one message.") {
		t.Errorf("%d blocks", len(m.Blocks))
	}
}

func TestMessage_APictureThatIsMissingIsSaidInWords(t *testing.T) {
	o := options(newShelf())
	o.Pictures = []string{""}
	if _, shown := drawn(t, answer(), o); !strings.Contains(shown, "The picture could not be shown here. It shows: Lines, Sign-ups by day") {
		t.Errorf("%q", shown)
	}
	r := &chat.Reply{Parts: []chat.Part{
		chat.Image{Alt: "one"}, chat.Section{Parts: []chat.Part{chat.Image{Alt: "two"}, chat.Attachment{Label: "a"}}}, chat.Image{Alt: "three"}, chat.Attachment{Label: "b"},
	}}
	o.Pictures = []string{"F0000000001", "", "F0000000003"}
	m, _ := drawn(t, r, o)
	if b, ok := m.Blocks[0].(*slack.ImageBlock); !ok || b.SlackFile.ID != "F0000000001" || b.AltText != "one" {
		t.Errorf("%v", m.Blocks[0])
	}
	if b, ok := m.Blocks[3].(*slack.ImageBlock); !ok || b.SlackFile.ID != "F0000000003" {
		t.Errorf("%v", m.Blocks[3])
	}
	var alts, labels []string
	for _, p := range Pictures(r) {
		alts = append(alts, p.Alt)
	}
	for _, a := range Attachments(r) {
		labels = append(labels, a.Label)
	}
	if diff := cmp.Diff([]string{"one", "two", "three", "a", "b"}, append(alts, labels...)); diff != "" {
		t.Error(diff)
	}
}

func TestMessage_TextStandsForAllOfIt(t *testing.T) {
	m, _ := drawn(t, answer(), options(newShelf()))
	if !strings.HasPrefix(m.Text, "1,204 people signed up") {
		t.Errorf("a notification begins with %.60q", m.Text)
	}
	for _, want := range []string{"Lines, Sign-ups by day", "Caution: Tracking was off", "data as of 23 Nov 2026"} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("no %q", want)
		}
	}
	m, _ = drawn(t, &chat.Reply{}, Options{})
	if m.Text != nothing || len(m.Blocks) != 1 {
		t.Errorf("%v", m)
	}
	m, _ = drawn(t, &chat.Reply{Parts: []chat.Part{chat.Text{Text: strings.Repeat("<&>", 3000)}}}, Options{})
	if n := text.UTF16(m.Text); n > maxFallback || n < maxFallback-100 || !strings.HasSuffix(m.Text, shortened) {
		t.Errorf("%d characters, ending in %.40q", n, m.Text[len(m.Text)-40:])
	}
}

func TestMessage_DrawingTwiceGivesTheSame(t *testing.T) {
	r := answer()
	o := options(newShelf())
	first, _ := drawn(t, r, o)
	second, _ := drawn(t, r, o)
	if diff := cmp.Diff(string(screentest.JSON(t, first)), string(screentest.JSON(t, second))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(answer(), r); diff != "" {
		t.Errorf("drawing changes the reply: %s", diff)
	}
}

func TestTitled_DataIsNeverMarkup(t *testing.T) {
	for s, want := range map[string]string{
		"plain": "*plain*", "a < b & c": "*a &lt; b &amp; c*", "snake_case": "snake_case", "*x*": "*x*", ":tada:": ":tada:", "`x`": "`x`", "> x": "> x", "12:30": "*12:30*",
	} {
		got := titled(s, "")
		kind := slack.PlainTextType
		if strings.HasPrefix(want, "*") && s != "*x*" {
			kind = slack.MarkdownType
		}
		if got.Text != want || got.Type != kind {
			t.Errorf("%q is drawn as %s %q", s, got.Type, got.Text)
		}
	}
}

func TestSafeURL(t *testing.T) {
	for raw, want := range map[string]string{
		"https://a.example/x?y=1&z=<|>": "https://a.example/x?y=1&z=%3C%7C%3E", "javascript:x": "", "//a.example": "", "https://": "", "https://user:pass@a.example": "",
		"ftp://a.example": "", " http://a.example ": "http://a.example", "https://a.example/" + strings.Repeat("x", 3000): "", "https://a b": "",
	} {
		if got := safeURL(raw); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}
