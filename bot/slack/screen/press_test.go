package screen

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"insightbot/bot/slack/screentest"
	"insightbot/chat"
)

// pressable is something that can be pressed: its label and the action that
// Slack sends for it.
type pressable struct {
	label  string
	action slack.BlockAction
}

// pressables are everything in blocks that can be pressed, as it comes back
// from Slack: through JSON.
func pressables(t *testing.T, blocks []slack.Block) []pressable {
	t.Helper()
	var raw []struct {
		Elements  json.RawMessage `json:"elements"`
		Accessory json.RawMessage `json:"accessory"`
		Type      string          `json:"type"`
	}
	if err := json.Unmarshal(screentest.JSON(t, blocks), &raw); err != nil {
		t.Fatal(err)
	}
	type element struct {
		Type     string `json:"type"`
		ActionID string `json:"action_id"`
		Value    string `json:"value"`
		URL      string `json:"url"`
		Text     struct {
			Text string `json:"text"`
		} `json:"text"`
		Options      []slack.OptionBlockObject      `json:"options"`
		OptionGroups []slack.OptionGroupBlockObject `json:"option_groups"`
	}
	var found []pressable
	for _, b := range raw {
		var list []element
		if b.Type == "actions" {
			if err := json.Unmarshal(b.Elements, &list); err != nil {
				t.Fatal(err)
			}
		}
		if b.Accessory != nil {
			var e element
			if err := json.Unmarshal(b.Accessory, &e); err != nil {
				t.Fatal(err)
			}
			list = append(list, e)
		}
		for _, e := range list {
			if e.Type == "button" {
				found = append(found, pressable{e.Text.Text, slack.BlockAction{ActionID: e.ActionID, Type: slack.ActionType(e.Type), Value: e.Value}})
				continue
			}
			for _, g := range e.OptionGroups {
				for _, o := range g.Options {
					e.Options = append(e.Options, *o)
				}
			}
			for _, o := range e.Options {
				found = append(found, pressable{o.Text.Text, slack.BlockAction{ActionID: e.ActionID, Type: slack.ActionType(e.Type), SelectedOption: o}})
			}
		}
	}
	return found
}

func TestPressed_GivesTheCallThatWasDrawn(t *testing.T) {
	for _, r := range []*chat.Reply{answer(), choose(), failed(), help(), homePage(), closed()} {
		s := newShelf()
		m, err := Message(r, options(s))
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]bool{}
		for _, c := range append(collect[chat.Choices](r.Parts), chat.Choices{}) {
			for _, i := range c.Items {
				want[encode(i.Call)] = true
			}
		}
		for _, l := range collect[chat.Link](r.Parts) {
			want[encode(l.Call)] = true
		}
		for _, f := range collect[chat.Facts](r.Parts) {
			for _, i := range f.Items {
				if !i.Link.Call.IsZero() {
					want[encode(i.Link.Call)] = true
				}
			}
		}
		for _, p := range pressables(t, m.Blocks) {
			press, err := Pressed(&p.action, s.kept)
			if err != nil {
				t.Fatalf("%s: %v", p.label, err)
			}
			key := encode(press.Call)
			if !want[key] {
				t.Errorf("%q makes the call %s, which the reply does not have", p.label, key)
			}
			if press.Dialog != dialogs(press.Call) {
				t.Errorf("%q: dialog %v", p.label, press.Dialog)
			}
			delete(want, key)
		}
		if len(want) > 0 {
			t.Errorf("nothing to press for %v", want)
		}
	}
}

func TestMessage_KeepsLittleForAnAnswer(t *testing.T) {
	s := newShelf()
	if _, err := Message(answer(), options(s)); err != nil {
		t.Fatal(err)
	}
	if s.puts > 3 {
		t.Errorf("%d calls are kept for one answer, so that it costs as many writes", s.puts)
	}
}

func TestMessage_WithoutAPlaceToKeepALongCallFails(t *testing.T) {
	if _, err := Message(answer(), Options{}); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("got %v", err)
	}
	short := &chat.Reply{Parts: []chat.Part{chat.Choices{Prompt: "x", Menu: true, Items: []chat.Choice{{Label: "a", Call: chat.Call{Command: "help"}}}}}}
	if _, err := Message(short, Options{}); err != nil {
		t.Errorf("a short call needs none: %v", err)
	}
	long := &chat.Reply{Parts: []chat.Part{chat.Choices{Items: []chat.Choice{{Label: "a", Call: chat.Call{Command: "ask", Args: chat.Args{"q": strings.Repeat("x", 2000)}}}}}}}
	if _, err := Message(long, Options{}); err == nil {
		t.Error("a call of 2,000 characters fits no button")
	}
	broken := errors.New("the disk is full")
	if _, err := Message(long, Options{Keep: func(chat.Call) (string, error) { return "", broken }}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if _, err := Message(long, Options{Keep: func(chat.Call) (string, error) { return "", nil }}); err == nil {
		t.Error("an empty key finds nothing")
	}
	if _, err := Message(answer(), Options{Keep: func(chat.Call) (string, error) { return strings.Repeat("k", 80), nil }}); err == nil {
		t.Error("a key of 80 characters fits no menu")
	}
}

func TestPressed_ReadsOnlyWhatIsOurs(t *testing.T) {
	s := newShelf()
	s.calls["K"] = chat.Call{Command: "ask", Args: chat.Args{"q": "x", "by": "y"}}
	press := func(value string) (Press, error) {
		return Pressed(&slack.BlockAction{ActionID: "a1", Value: value}, s.kept)
	}
	for value, want := range map[string]Press{
		"":                          {},
		`["help"]`:                  {Call: chat.Call{Command: "help"}},
		`!["ask","q","<&>"]`:        {Call: chat.Call{Command: "ask", Args: chat.Args{"q": "<&>"}}, Dialog: true},
		"kK":                        {Call: s.calls["K"]},
		`dK["by",""]`:               {Call: chat.Call{Command: "ask", Args: chat.Args{"q": "x"}}},
		`!dK["by","z","grain","d"]`: {Call: chat.Call{Command: "ask", Args: chat.Args{"q": "x", "by": "z", "grain": "d"}}, Dialog: true},
	} {
		got, err := press(value)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", value, err, diff)
		}
	}
	for _, value := range []string{"x", "k", "[]", `[""]`, `["a","b"]`, "{}", "dK", `dK["a"]`, "null", `[1]`, "!", "d[", "!!"} {
		if got, err := press(value); err == nil {
			t.Errorf("%q is read as %v", value, got)
		}
	}
	for _, value := range []string{"kgone", `dgone["a","b"]`} {
		if _, err := press(value); !errors.Is(err, ErrStale) {
			t.Errorf("%q: got %v, want ErrStale", value, err)
		}
	}
	down := errors.New("the store is down")
	if _, err := Pressed(&slack.BlockAction{Value: "kK"}, func(string) (chat.Call, bool, error) { return chat.Call{}, false, down }); !errors.Is(err, down) {
		t.Errorf("got %v", err)
	}
	got, err := Pressed(&slack.BlockAction{ActionID: "retract", Value: "retract"}, nil)
	if err != nil || !got.Retract {
		t.Errorf("got %v %v", got, err)
	}
	got, err = Pressed(&slack.BlockAction{ActionID: "text", BlockID: "f.00000000.name", Value: "typed"}, nil)
	if err != nil || !cmp.Equal(got, Press{}) {
		t.Errorf("an input of a dialog presses %v %v", got, err)
	}
}

func TestMessage_RemoveAsksOnceMoreWhereOthersRead(t *testing.T) {
	for _, private := range []bool{false, true} {
		o := options(newShelf())
		o.Retract, o.Private = true, private
		m, err := Message(answer(), o)
		if err != nil {
			t.Fatal(err)
		}
		all := pressables(t, m.Blocks)
		if last := all[len(all)-1]; last.label != "Remove" || last.action.ActionID != retractID {
			t.Errorf("the last button is %v", last)
		}
		if asks := strings.Contains(string(screentest.JSON(t, m.Blocks)), `"confirm":`); asks == private {
			t.Errorf("private %v: asks %v", private, asks)
		}
	}
	// A reply without any button gets a row for it.
	o := options(newShelf())
	o.Retract = true
	m, err := Message(&chat.Reply{Parts: []chat.Part{chat.Text{Text: "x"}}}, o)
	if err != nil || len(m.Blocks) != 2 {
		t.Errorf("%v %v", m, err)
	}
}

func TestMessage_ChoicesTakeTheFormThatSuitsThem(t *testing.T) {
	items := func(n int, label string) []chat.Choice {
		var list []chat.Choice
		for i := range n {
			list = append(list, chat.Choice{Label: fmt.Sprintf("%s%d", label, i), Call: chat.Call{Command: "c" + fmt.Sprint(i)}})
		}
		return list
	}
	for _, c := range []struct {
		name  string
		parts []chat.Part
		want  string
	}{
		{"five buttons are seen", []chat.Part{chat.Choices{Items: items(5, "b")}}, "button button button button button"},
		{"of six, four are, and a menu of two", []chat.Part{chat.Choices{Items: items(6, "b")}}, "button button button button overflow"},
		{"of eleven, four are, and a select", []chat.Part{chat.Choices{Items: items(11, "b")}}, "button button button button static_select"},
		{"a menu is a select", []chat.Part{chat.Choices{Menu: true, Items: items(3, "b")}}, "static_select"},
		{"links and choices share a row", []chat.Part{chat.Choices{Items: items(2, "b")}, chat.Link{Label: "l", URL: "https://example.com"}, chat.Link{Label: "c", Call: chat.Call{Command: "x"}}}, "button button button button"},
		{"a prompt has a row of its own", []chat.Part{chat.Choices{Items: items(2, "b")}, chat.Choices{Prompt: "Which?", Items: items(2, "c")}}, "button button | Which? | button button"},
		{"one choice carries its prompt", []chat.Part{chat.Choices{Prompt: "By", Items: items(1, "c")}}, "button"},
		{"what is explained stands in lines, the rest below", []chat.Part{chat.Choices{Items: append([]chat.Choice{{Label: "d", Detail: "why", Call: chat.Call{Command: "d"}}}, items(2, "b")...)}}, "§ | button button"},
		{"a list of questions stays one", []chat.Part{chat.Choices{Items: append([]chat.Choice{{Label: strings.Repeat("long ", 9), Call: chat.Call{Command: "d"}}}, items(1, "b")...)}}, "§ | §"},
		{"a link to nowhere is none", []chat.Part{chat.Text{Text: "t"}, chat.Link{Label: "l", URL: "javascript:alert(1)"}}, "§"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := Message(&chat.Reply{Parts: c.parts}, options(newShelf()))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, b := range m.Blocks {
				switch b := b.(type) {
				case *slack.ActionBlock:
					var kinds []string
					for _, e := range b.Elements.ElementSet {
						kinds = append(kinds, string(e.ElementType()))
					}
					got = append(got, strings.Join(kinds, " "))
				case *slack.ContextBlock:
					if o, ok := b.ContextElements.Elements[0].(*slack.TextBlockObject); ok {
						got = append(got, o.Text)
					}
				default:
					got = append(got, "§")
				}
			}
			if s := strings.Join(got, " | "); s != c.want {
				t.Errorf("got %q, want %q", s, c.want)
			}
		})
	}
}
