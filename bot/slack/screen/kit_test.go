package screen

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
)

var update = flag.Bool("update", false, "write the golden files")

// shelf keeps calls as the storage does.
type shelf struct {
	calls map[string]chat.Call
	puts  int
}

func newShelf() *shelf { return &shelf{calls: map[string]chat.Call{}} }

func (s *shelf) keep(c chat.Call) (string, error) {
	s.puts++
	for key, known := range s.calls {
		if cmp.Equal(known, c) {
			return key, nil
		}
	}
	key := fmt.Sprintf("key%023d", len(s.calls)) // as long as those of the storage
	s.calls[key] = c
	return key, nil
}

func (s *shelf) kept(key string) (chat.Call, bool, error) {
	c, ok := s.calls[key]
	return c, ok, nil
}

// golden compares something with a file, or writes it.
func golden(t *testing.T, name string, v any) {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// state is the call of an answer, as long as they are.
func state() chat.Call {
	return chat.Call{Command: "ask", Args: chat.Args{
		"insight": "demo/sign-ups", "q": "how many people signed up in germany last week?", "filter": "country:is:DE",
		"period": "@2026-11-16T00:00:00+01:00/2026-11-23T00:00:00+01:00/calendar/week/1", "by": "channel", "grain": "day",
	}}
}

// answer is a whole answer.
func answer() *chat.Reply {
	s := state()
	period := func(words string, current bool) chat.Choice {
		return chat.Choice{Label: strings.ToUpper(words[:1]) + words[1:], Call: s.With("period", words).With("grain", "any"), Current: current}
	}
	by := func(label, name string) chat.Choice {
		return chat.Choice{Label: label, Call: s.With("by", name), Current: name == "channel"}
	}
	return &chat.Reply{
		Title: "Sign-ups", Ref: "ABCD1234", Outcome: chat.OutcomeAnswer, Context: s,
		Parts: []chat.Part{
			chat.Text{Style: chat.Lead, Text: "1,204 people signed up in the week of 16 November 2026, 12 % more than the week before."},
			chat.Image{Alt: "Lines, Sign-ups by day: search 812, mail 240, partners 152.", Width: 1200, Height: 675, Files: map[chat.Theme]chat.File{
				chat.Light: {Name: "sign-ups-2026-11-16.png", Type: "image/png", Data: []byte("png")},
			}},
			chat.Text{Style: chat.Note, Text: "16–22 November 2026 · compared with 9–15 November 2026 · time zone Europe/Berlin · data as of 23 Nov 2026, 06:10"},
			chat.Text{Style: chat.Caution, Text: "Tracking was off on 18 November, from 10:00 to 14:00."},
			chat.Text{Style: chat.Caution, Text: "The source sampled its data, so these numbers are estimates."},
			chat.Section{Title: "Sign-ups · Growth · certified", Folded: true, Parts: []chat.Part{chat.Facts{Items: []chat.Item{
				{Label: "Insight", Text: "Sign-ups", Link: chat.Link{Label: "Sign-ups", Call: chat.Call{Command: "insight", Args: chat.Args{"id": "demo/sign-ups"}}}},
				{Label: "Chosen because", Text: "its title says “sign-ups”"},
				{Label: "Certified", Text: "by Mia Chen, until 3 March 2027"},
				{Label: "Owner", Text: "Growth (growth@example.com)"},
				{Label: "Asked", Text: "12 times in the last 30 days"},
				{Label: "Source", Text: "https://eu.posthog.com/insights/x?a=1&b=2", Link: chat.Link{Label: "Open in its source", URL: "https://eu.posthog.com/insights/x?a=1&b=2"}},
			}}}},
			chat.Choices{Prompt: "Period", Items: []chat.Choice{
				period("last week", true), period("this month", false), period("last month", false), period("last 90 days", false), period("last 12 months", false),
			}},
			chat.Choices{Prompt: "Break down by", Items: []chat.Choice{by("Channel", "channel"), by("Country", "country"), by("Nothing", "")}},
			chat.Choices{Prompt: "More", Items: []chat.Choice{
				{Label: "Table", Call: s.With("chart", "table")},
				{Label: "Compare with the period before", Call: s.With("compare", "previous")},
				{Label: "CSV", Call: s.With("chart", "csv")},
				{Label: "Share to a channel", Call: chat.Call{Command: "share", Args: s.Args}},
				{Label: "Not what I meant", Call: chat.Call{Command: "feedback", Args: chat.Args{"q": s.Args["q"], "insight": "demo/sign-ups", "ref": "ABCD1234"}}},
			}},
		},
	}
}

// tabular is an answer as a table.
func tabular(rows int) *chat.Reply {
	t := chat.Table{Title: "Sign-ups", Foot: fmt.Sprintf("%d of 340 rows", rows), Columns: []chat.Column{{Name: "Country"}, {Name: "Sign-ups", Number: true}, {Name: "Change", Number: true}}}
	for i := range rows {
		t.Rows = append(t.Rows, []chat.Cell{{Text: fmt.Sprintf("Country %d", i+1)}, {Text: fmt.Sprint(1000 - i)}, {Text: "+1 %"}})
	}
	r := answer()
	r.Parts[1] = t
	return r
}

// choose is a question with several candidates.
func choose() *chat.Reply {
	c := chat.Choices{}
	for _, name := range []string{"Sign-ups", "Sign-ups by mail", "Trial starts", "New customers", "Visitors", "Downloads", "First orders"} {
		c.Items = append(c.Items, chat.Choice{
			Label: name, Detail: name + " in the shop, counted once for each person. (Growth, certified by Mia Chen)",
			Call: chat.Call{Command: "ask", Args: chat.Args{"q": "new people", "insight": "demo/" + strings.ToLower(strings.ReplaceAll(name, " ", "-")), "read": "yes"}},
		})
	}
	return &chat.Reply{Outcome: chat.OutcomeChoose, Parts: []chat.Part{
		chat.Text{Style: chat.Lead, Text: "Several insights fit. Which one do you mean?"},
		c,
		chat.Choices{Items: []chat.Choice{{Label: "None of these", Call: chat.Call{Command: "feedback", Args: chat.Args{"q": "new people", "insight": "demo/a,demo/b", "ref": "ABCD1234"}}}}},
	}}
}

// closed is a door.
func closed() *chat.Reply {
	return &chat.Reply{Private: true, Outcome: chat.OutcomeClosed, Parts: []chat.Part{
		chat.Text{Style: chat.Lead, Text: "Nothing can be answered here yet."},
		chat.Text{Text: "No admin opened this channel to any insight yet."},
		chat.Choices{Items: []chat.Choice{{Label: "Ask an admin for access", Call: chat.Call{Command: "request"}}}},
	}}
}

// failed is an insight that could not be run.
func failed() *chat.Reply {
	return &chat.Reply{Title: "Sign-ups", Outcome: chat.OutcomeFailed, Parts: []chat.Part{
		chat.Text{Style: chat.Lead, Text: "“Sign-ups” is the insight for this, but it could not be run."},
		chat.Text{Style: chat.Failure, Text: "This took longer than the data source allows. Try a shorter period."},
		chat.Text{Style: chat.Note, Text: "Reference ABCD1234 · Owner Growth (growth@example.com)"},
		chat.Choices{Items: []chat.Choice{{Label: "Try again", Call: state()}, {Label: "Only the last 7 days", Call: state().With("period", "last 7 days")}}},
	}}
}

// report is the matrix of who reads what where.
func report() *chat.Reply {
	risks := chat.Table{Columns: []chat.Column{{Name: "Where"}, {Name: "What"}}, Rows: [][]chat.Cell{
		{{Text: "#partners", Call: chat.Call{Command: "access", Args: chat.Args{"channel": "C02ABCDEFGH"}}}, {Text: "People of another company read what is shown here."}},
		{{Text: "Role finance", Call: chat.Call{Command: "access-role", Args: chat.Args{"role": "finance"}}}, {Text: "It is marked external and grants everything."}},
	}}
	matrix := chat.Table{Columns: []chat.Column{{Name: "Insight"}, {Name: "#growth"}, {Name: "#board"}, {Name: "#partners"}}, Foot: "“all” is read by everybody in the channel; “–” is not there."}
	for _, name := range []string{"Sign-ups", "Revenue", "Churn"} {
		matrix.Rows = append(matrix.Rows, []chat.Cell{{Text: name}, {Text: "all"}, {Text: "with a role"}, {Text: "–"}})
	}
	return &chat.Reply{Title: "Report", Private: true, Parts: []chat.Part{
		chat.Text{Style: chat.Heading, Text: "What to look at"},
		risks,
		chat.Text{Style: chat.Heading, Text: "Who reads what where"},
		chat.Form{Submit: "Filter", Call: chat.Call{Command: "report"}, Fields: []chat.Field{
			{Name: "q", Label: "Insights", Help: "Part of a title, a tag or an id", Kind: chat.FieldSearch},
			{Name: "channel", Label: "Channels", Help: "Part of a name, or an id", Kind: chat.FieldSearch},
		}},
		matrix,
		chat.Choices{Items: []chat.Choice{{Label: "Channels", Call: chat.Call{Command: "access-channels"}}, {Label: "Roles", Call: chat.Call{Command: "access-roles"}}}},
	}}
}

// roleForm is a form with every kind of field, which came back.
func roleForm() *chat.Reply {
	many := []chat.Option{{Value: "", Label: "–"}}
	for i := range 130 {
		many = append(many, chat.Option{Value: fmt.Sprintf("C%09d", i), Label: fmt.Sprintf("#channel-%03d", i)})
	}
	return &chat.Reply{Title: "The role “Growth and everybody around it”", Private: true, Parts: []chat.Part{
		chat.Text{Style: chat.Failure, Text: "Nothing was saved: look at what is marked."},
		chat.Form{
			Title: "The role “Growth”", Submit: "Save", Call: chat.Call{Command: "access-role", Args: chat.Args{"save": "yes", "role": "growth", "name": "old"}},
			Fields: []chat.Field{
				{Name: "name", Label: "Name", Help: "How people read it", Kind: chat.FieldText, Value: "Growth <!channel>", Required: true, Error: "That name is taken."},
				{Name: "insights", Label: "Single insights", Kind: chat.FieldLong, Value: "demo/a\ndemo/b"},
				{Name: "channel", Label: "Channel", Help: "Those I was used in", Kind: chat.FieldSelect, Options: many, Value: "C000000120"},
				{Name: "abilities", Label: "What people may do with it", Kind: chat.FieldMulti, Value: "ask,export", Options: []chat.Option{
					{Value: "ask", Label: "Ask"},
					{Value: "export", Label: "Take numbers away as a file"},
					{Value: "admin", Label: "Change these rules, which takes a role by name and is nothing for everybody in a workspace"},
				}},
				{Name: "tags", Label: "Insights tagged", Kind: chat.FieldMulti, Value: "growth,gone", Options: []chat.Option{
					{Value: "growth", Label: "growth (4 insights)"},
					{Value: "b", Label: "b (1 insight)"},
					{Value: "c", Label: "c (1 insight)"},
					{Value: "d", Label: "d (1 insight)"},
					{Value: "e", Label: "e (1 insight)"},
					{Value: strings.Repeat("long", 30), Label: "long (1 insight)"},
				}},
				{Name: "strict", Label: "Strict", Help: "Who asks needs a role for it too", Kind: chat.FieldCheck, Value: "yes"},
				{Name: "q", Label: "Search", Kind: chat.FieldSearch},
				{Name: "to", Label: "In the channel", Kind: chat.FieldPlace, Required: true},
			},
		},
		chat.Text{Style: chat.Note, Text: "3 people and 2 channels have it."},
		chat.Choices{Items: []chat.Choice{{Label: "Delete this role", Call: chat.Call{Command: "access-role", Args: chat.Args{"role": "growth", "delete": "yes"}}}}},
	}}
}

// help is what the bot does.
func help() *chat.Reply {
	return &chat.Reply{Title: "What I can do", Parts: []chat.Part{
		chat.Text{Style: chat.Lead, Text: "Ask in your own words; I answer from insights your colleagues saved and stand behind."},
		chat.Text{Text: "There are 42 insights here. Say a period (“last month”), a breakdown (“by country”) or a form (“as a table”), and I run the insight for it."},
		chat.Choices{Prompt: "You could ask", Items: []chat.Choice{
			{Label: "How many people signed up last week?", Call: chat.Call{Command: "ask", Args: chat.Args{"q": "How many people signed up last week?"}}},
			{Label: "Revenue by country", Call: chat.Call{Command: "ask", Args: chat.Args{"q": "Revenue by country"}}},
		}},
		chat.Facts{Items: []chat.Item{
			{Label: "ask", Text: "answer a question"}, {Label: "insights", Text: "list what can be asked"}, {Label: "why", Text: "say why something cannot be seen"},
		}},
		chat.Link{Label: "See everything that can be asked", Call: chat.Call{Command: "insights"}},
	}}
}

// homePage is where people begin.
func homePage() *chat.Reply {
	return &chat.Reply{Title: "Home", Private: true, Parts: []chat.Part{
		chat.Text{Style: chat.Lead, Text: "Hello, Mia. Ask me in your own words; I answer from insights your colleagues saved and stand behind."},
		chat.Text{Text: "You can ask 42 insights here, and only you read the answers."},
		chat.Choices{Prompt: "You could ask", Items: []chat.Choice{
			{Label: "Sign-ups", Detail: "People who signed up. (Growth, certified by Mia Chen)", Call: chat.Call{Command: "ask", Args: chat.Args{"insight": "demo/sign-ups"}}},
			{Label: "Revenue", Detail: "Money that came in. (Finance)", Call: chat.Call{Command: "ask", Args: chat.Args{"insight": "demo/revenue"}}},
		}},
		chat.Link{Label: "See everything that can be asked", Call: chat.Call{Command: "insights"}},
		chat.Choices{Prompt: "You asked lately", Items: []chat.Choice{
			{Label: "sign-ups in germany last week", Call: chat.Call{Command: "ask", Args: chat.Args{"q": "sign-ups in germany last week"}}},
		}},
		chat.Section{Title: "1 open request", Parts: []chat.Part{
			chat.Text{Text: "Ana asks for access to #growth."},
			chat.Choices{Items: []chat.Choice{{Label: "Give the role growth", Call: chat.Call{Command: "decide", Args: chat.Args{"id": "7"}}}, {Label: "No", Call: chat.Call{Command: "decide", Args: chat.Args{"id": "7", "state": "no"}}}}},
		}},
		chat.Link{Label: "What is kept of me", Call: chat.Call{Command: "privacy"}},
	}}
}
