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

// sent is a dialog as Slack sends it when nobody changes a thing: every input
// with what it begins with.
func sent(t *testing.T, v slack.ModalViewRequest) slack.View {
	t.Helper()
	out := slack.View{CallbackID: v.CallbackID, PrivateMetadata: v.PrivateMetadata, State: &slack.ViewState{Values: map[string]map[string]slack.BlockAction{}}}
	for _, b := range v.Blocks.BlockSet {
		in, ok := b.(*slack.InputBlock)
		if !ok {
			continue
		}
		var e struct {
			Type     string                    `json:"type"`
			ActionID string                    `json:"action_id"`
			Value    string                    `json:"initial_value"`
			Option   slack.OptionBlockObject   `json:"initial_option"`
			Options  []slack.OptionBlockObject `json:"initial_options"`
			Place    string                    `json:"initial_conversation"`
		}
		if err := json.Unmarshal(screentest.JSON(t, in.Element), &e); err != nil {
			t.Fatal(err)
		}
		out.State.Values[in.BlockID] = map[string]slack.BlockAction{e.ActionID: {
			Type: slack.ActionType(e.Type), Value: e.Value, SelectedOption: e.Option, SelectedOptions: e.Options, SelectedConversation: e.Place,
		}}
	}
	return out
}

// modal draws a dialog.
func modal(t *testing.T, r *chat.Reply, s *shelf) slack.ModalViewRequest {
	t.Helper()
	v, err := Modal(r, Meta{Call: chat.Call{Command: "opened"}, Channel: "C1", Thread: "1.2", ResponseURL: "u"}, options(s))
	if err != nil {
		t.Fatal(err)
	}
	screentest.CheckModal(t, screentest.JSON(t, v))
	return v
}

func TestSubmitted_SendingAFormUntouchedChangesNothing(t *testing.T) {
	s := newShelf()
	r := roleForm()
	form := collect[chat.Form](r.Parts)[0]
	meta, call, place, err := Submitted(sent(t, modal(t, r, s)), s.kept)
	if err != nil {
		t.Fatal(err)
	}
	want := form.Call
	for _, f := range form.Fields {
		want = want.With(f.Name, f.Value)
	}
	if diff := cmp.Diff(want, call); diff != "" {
		t.Errorf("the call (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(Meta{Call: chat.Call{Command: "opened"}, Channel: "C1", Thread: "1.2", ResponseURL: "u"}, meta); diff != "" {
		t.Error(diff)
	}
	if place != "" {
		t.Errorf("the place %q", place)
	}
}

func TestSubmitted_TakesWhatWasFilledIn(t *testing.T) {
	s := newShelf()
	v := modal(t, roleForm(), s)
	view := sent(t, v)
	form := collect[chat.Form](roleForm().Parts)[0]
	set := func(field, kind string, a slack.BlockAction) {
		view.State.Values[blockID(form.Call, field)] = map[string]slack.BlockAction{kind: a}
	}
	set("name", kindText, slack.BlockAction{Value: "  "}) // emptied, which the call has a value for
	set("strict", kindCheck, slack.BlockAction{})
	set("to", kindPlace, slack.BlockAction{SelectedConversation: "C0CHOSEN"})
	long := ""
	for key, c := range s.calls {
		if c.Command == valueCommand {
			long = key
		}
	}
	set("tags", kindMulti, slack.BlockAction{SelectedOptions: []slack.OptionBlockObject{{Value: "=b"}, {Value: "k" + long}, {Value: "="}}})
	_, call, place, err := Submitted(view, s.kept)
	if err != nil {
		t.Fatal(err)
	}
	if place != "C0CHOSEN" || PlaceBlock(view) != blockID(form.Call, "to") {
		t.Errorf("place %q in the block %q", place, PlaceBlock(view))
	}
	if _, there := call.Args["to"]; there {
		t.Error("the place is an argument too")
	}
	if call.Args["tags"] != "b,"+strings.Repeat("long", 30) {
		t.Errorf("tags %q", call.Args["tags"])
	}
	for _, name := range []string{"name", "strict"} {
		if v, there := call.Args[name]; there {
			t.Errorf("%s was emptied and is %q", name, v)
		}
	}
}

func TestSubmitted_RefusesWhatIsNotOurs(t *testing.T) {
	s := newShelf()
	for name, v := range map[string]slack.View{
		"no metadata":   {},
		"no form":       {PrivateMetadata: `{"c":"[\"a\"]"}`},
		"bad metadata":  {PrivateMetadata: `{`},
		"bad call":      {PrivateMetadata: `{"f":"x"}`},
		"unknown input": {PrivateMetadata: `{"f":"[\"a\"]"}`, State: &slack.ViewState{Values: map[string]map[string]slack.BlockAction{"f.0.x": {"other": {}}}}},
		"bad option":    {PrivateMetadata: `{"f":"[\"a\"]"}`, State: &slack.ViewState{Values: map[string]map[string]slack.BlockAction{"f.0.x": {kindSelect: {SelectedOption: slack.OptionBlockObject{Value: "x"}}}}}},
	} {
		if _, c, _, err := Submitted(v, s.kept); err == nil {
			t.Errorf("%s: read as %v", name, c)
		}
	}
	if _, _, _, err := Submitted(slack.View{PrivateMetadata: `{"f":"kgone"}`}, s.kept); !errors.Is(err, ErrStale) {
		t.Errorf("got %v", err)
	}
	if meta, err := MetaOf(slack.View{}, s.kept); err != nil || meta.Channel != "" {
		t.Errorf("a dialog without metadata: %v %v", meta, err)
	}
}

func TestFieldErrors_StandInTheBlocksOfTheOpenDialog(t *testing.T) {
	s := newShelf()
	r := roleForm()
	view := sent(t, modal(t, r, s))
	form := collect[chat.Form](r.Parts)[0]
	want := map[string]string{blockID(form.Call, "name"): "That name is taken."}
	if diff := cmp.Diff(want, FieldErrors(form)); diff != "" {
		t.Error(diff)
	}
	if got, ok := ErrorsIn(view, form); !ok || !cmp.Equal(got, want) {
		t.Errorf("%v %v", got, ok)
	}
	// The same form with other values has the same blocks.
	form.Fields[0].Value = "something else"
	if _, ok := ErrorsIn(view, form); !ok {
		t.Error("other values made another form")
	}
	// Another form of the same fields does not, so that no value of one shows in
	// the other.
	form.Call = form.Call.With("role", "other")
	if got, ok := ErrorsIn(view, form); ok {
		t.Errorf("errors of another form: %v", got)
	}
	if _, ok := ErrorsIn(slack.View{}, form); ok {
		t.Error("a dialog without inputs shows no errors")
	}
}

func TestModal_AFormIsWholeOrNotThere(t *testing.T) {
	fields := func(n int, f func(i int) chat.Field) *chat.Reply {
		form := chat.Form{Submit: "Save", Call: chat.Call{Command: "save"}}
		for i := range n {
			form.Fields = append(form.Fields, f(i))
		}
		return &chat.Reply{Title: "T", Parts: []chat.Part{form, chat.Text{Text: "below"}}}
	}
	text := func(i int) chat.Field { return chat.Field{Name: fmt.Sprint("n", i), Label: "l"} }
	for name, r := range map[string]*chat.Reply{
		"too many fields":  fields(120, text),
		"too long a value": fields(2, func(i int) chat.Field { return chat.Field{Name: fmt.Sprint("n", i), Value: strings.Repeat("x", 3001)} }),
		"too many chosen": fields(1, func(int) chat.Field {
			f := chat.Field{Name: "n", Kind: chat.FieldMulti}
			for i := range 600 {
				f.Value += fmt.Sprintf("v%d,", i)
			}
			return f
		}),
	} {
		v := modal(t, r, newShelf())
		raw := string(screentest.JSON(t, v))
		if v.Submit != nil || strings.Contains(raw, `"input"`) || !strings.Contains(raw, "too large for a dialog") || !strings.Contains(raw, "below") {
			t.Errorf("%s: %s", name, raw)
		}
		if _, _, _, err := Submitted(sent(t, v), newShelf().kept); err == nil {
			t.Errorf("%s: it can be sent", name)
		}
	}
	for name, r := range map[string]*chat.Reply{
		"the same name twice": fields(2, func(int) chat.Field { return chat.Field{Name: "n"} }),
		"a name of 300":       fields(1, func(int) chat.Field { return chat.Field{Name: strings.Repeat("n", 300)} }),
	} {
		if _, err := Modal(r, Meta{}, options(newShelf())); err == nil {
			t.Errorf("%s is drawn", name)
		}
	}
}

func TestModal_ListsManyOptionsInGroups(t *testing.T) {
	f := chat.Field{Name: "n", Kind: chat.FieldSelect, Value: "v1999"}
	for i := range 2000 {
		f.Options = append(f.Options, chat.Option{Value: fmt.Sprint("v", i), Label: fmt.Sprint("Channel ", i)})
	}
	s := newShelf()
	v := modal(t, &chat.Reply{Title: "T", Parts: []chat.Part{chat.Form{Submit: "Save", Call: chat.Call{Command: "save"}, Fields: []chat.Field{f}}}}, s)
	in, _ := v.Blocks.BlockSet[0].(*slack.InputBlock)
	e, ok := in.Element.(*slack.SelectBlockElement)
	if !ok || len(e.OptionGroups) != 5 || e.InitialOption == nil || e.InitialOption.Value != "=v1999" {
		t.Errorf("%d groups, begins with %v", len(e.OptionGroups), e.InitialOption)
	}
	if hint := in.Hint.Text; hint != "(1500 more options are not listed here.)" {
		t.Errorf("the hint is %q", hint)
	}
	if _, c, _, err := Submitted(sent(t, v), s.kept); err != nil || c.Args["n"] != "v1999" {
		t.Errorf("%v %v", c, err)
	}
}

func TestMessage_AFormIsAButtonThatMakesTheSameCallAgain(t *testing.T) {
	o := options(newShelf())
	press := func(r *chat.Reply) (Press, string) {
		m, err := Message(r, o)
		if err != nil {
			t.Fatal(err)
		}
		p := pressables(t, m.Blocks)[0]
		got, err := Pressed(&p.action, nil)
		if err != nil {
			t.Fatal(err)
		}
		return got, p.label
	}
	// Its own call would save it as it stands.
	if got, label := press(roleForm()); !got.Dialog || !cmp.Equal(got.Call, o.Call) || label != "The role “Growth” …" {
		t.Errorf("%v %q", got, label)
	}
	search := &chat.Reply{Parts: []chat.Part{chat.Form{Submit: "Search", Call: chat.Call{Command: "insights"}, Fields: []chat.Field{{Name: "q", Kind: chat.FieldSearch}}}}}
	if got, _ := press(search); !got.Dialog || got.Call.Command != "insights" {
		t.Errorf("%v", got)
	}
	o.Call = chat.Call{}
	m, err := Message(roleForm(), o)
	if err != nil || !strings.Contains(string(screentest.JSON(t, m.Blocks)), "cannot be filled in here") || len(m.More) == 0 {
		t.Errorf("%v %v", m, err)
	}
}

func TestAsked(t *testing.T) {
	s := newShelf()
	view := func(question, chosen string) slack.View {
		return slack.View{State: &slack.ViewState{Values: map[string]map[string]slack.BlockAction{
			AskBlock: {kindText: {Value: question}}, askInsight: {kindSelect: {SelectedOption: slack.OptionBlockObject{Value: chosen}}},
		}}}
	}
	offered := Suggest(choose())[0].Value
	for _, c := range []struct {
		question, chosen string
		want             string
	}{
		{"", "", ""},
		{"  ", "", ""},
		{" sign-ups? ", "", `["ask","q","sign-ups?"]`},
		{"", `["ask","insight","demo/a"]`, `["ask","insight","demo/a"]`},
		{"by country", `["ask","insight","demo/a"]`, `["ask","insight","demo/a","q","by country","read","yes"]`},
		{"x", "rubbish", `["ask","q","x"]`},
		{"", offered, offered},
	} {
		got, ok := Asked(view(c.question, c.chosen), s.kept)
		if ok != (c.want != "") || ok && encode(got) != c.want {
			t.Errorf("%q %q: %v %v", c.question, c.chosen, encode(got), ok)
		}
	}
	if _, ok := Asked(slack.View{}, s.kept); ok {
		t.Error("an empty dialog asks something")
	}
}

func TestSuggest_OffersWhatFitsAMenu(t *testing.T) {
	r := &chat.Reply{Parts: []chat.Part{chat.Choices{}}}
	c := chat.Choices{}
	for i := range 150 {
		c.Items = append(c.Items, chat.Choice{Label: strings.Repeat("x", i), Call: chat.Call{Command: "ask", Args: chat.Args{"insight": strings.Repeat("i", i)}}})
	}
	r.Parts = append(r.Parts, c)
	got := Suggest(r)
	if len(got) == 0 || len(got) > 100 {
		t.Fatalf("%d options", len(got))
	}
	for _, o := range got {
		if len(o.Value) > 75 || len(o.Text.Text) > 77 || o.Text.Text == "" {
			t.Errorf("%v", o)
		}
	}
	if raw := screentest.JSON(t, Suggest(&chat.Reply{})); string(raw) != "[]" {
		t.Errorf("no choices are %s", raw)
	}
}
