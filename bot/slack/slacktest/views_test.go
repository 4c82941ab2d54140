package slacktest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"insightbot/bot/slack/slacktest"
)

func plain(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, text, false, false)
}

func form() slack.ModalViewRequest {
	typed := slack.NewPlainTextInputBlockElement(plain("every day at nine"), "when")
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("Period"), "period",
		slack.NewOptionBlockObject("week", plain("Last week"), nil), slack.NewOptionBlockObject("month", plain("Last month"), nil))
	menu.InitialOption = menu.Options[0]
	insight := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plain("Insight"), "insight")
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: plain("Subscribe"), Submit: plain("Save"), CallbackID: "subscribe", PrivateMetadata: "meta",
		Blocks: slack.Blocks{BlockSet: []slack.Block{
			slack.NewInputBlock("b_when", plain("When"), nil, typed),
			slack.NewInputBlock("b_period", plain("Period"), nil, menu).WithOptional(true),
			slack.NewInputBlock("b_insight", plain("Insight"), nil, insight).WithOptional(true),
		}},
	}
}

// withButton posts a message with a button and a menu.
func withButton(t *testing.T, s *slacktest.Server, channel string) string {
	t.Helper()
	menu := slack.NewOverflowBlockElement("more", slack.NewOptionBlockObject("csv", plain("As CSV"), nil))
	_, ts, err := client(s).PostMessageContext(t.Context(), channel, slack.MsgOptionText("words", false), slack.MsgOptionBlocks(
		section("Revenue"), slack.NewActionBlock("", slack.NewButtonBlockElement("go", "v1", plain("Subscribe")), menu)))
	if err != nil {
		t.Fatal(err)
	}
	return ts
}

func TestPress_CarriesWhereItStands(t *testing.T) {
	s, ann, _, _, channel := room(t)
	b := overHTTP(t, s)
	ts := withButton(t, s, channel)
	d := s.Press(ann, "Subscribe").Wait(t)
	i := b.last(t).payload(t)
	action := i.ActionCallback.BlockActions[0]
	if action.ActionID != "go" || action.Value != "v1" || action.BlockID == "" || i.Container.MessageTs != ts || i.Container.IsEphemeral ||
		i.Channel.ID != channel || i.User.ID != ann || i.TriggerID != d.Trigger || i.ResponseURL == "" || i.Message.Timestamp != ts {
		t.Errorf("the payload is %+v", i)
	}
	s.Choose(ann, "", "As CSV").Wait(t)
	if got := b.last(t).payload(t).ActionCallback.BlockActions[0]; got.SelectedOption.Value != "csv" || got.ActionID != "more" {
		t.Errorf("the menu gives %+v", got)
	}
	if got := s.Buttons(channel, ts); !cmp.Equal(got, []string{"Subscribe"}) {
		t.Errorf("buttons %v", got)
	}
}

func TestViews_TriggersAreShortAndSingle(t *testing.T) {
	s, ann, _, _, channel := room(t)
	overHTTP(t, s)
	c := client(s)
	withButton(t, s, channel)
	open := func(trigger string) (*slack.ViewResponse, error) {
		return c.OpenViewContext(t.Context(), trigger, form())
	}
	d := s.Press(ann, "Subscribe").Wait(t)
	v, err := open(d.Trigger)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open(d.Trigger); code(err) != "exchanged_trigger_id" {
		t.Errorf("a second time: %v", err)
	}
	if _, err := open("1.2.3"); code(err) != "invalid_trigger_id" {
		t.Errorf("made up: %v", err)
	}
	s.CloseDialog(ann)
	d = s.Press(ann, "Subscribe").Wait(t)
	s.Advance(4 * time.Second)
	if _, err := open(d.Trigger); code(err) != "expired_trigger_id" {
		t.Errorf("after four seconds: %v", err)
	}
	if _, err := c.UpdateViewContext(t.Context(), form(), "", "", v.ID); code(err) != "not_found" {
		t.Errorf("a dialog that is closed: %v", err)
	}

	v, err = open(s.Press(ann, "Subscribe").Wait(t).Trigger)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.UpdateViewContext(t.Context(), form(), "", v.Hash, v.ID); err != nil {
		t.Error(err)
	}
	if _, err := c.UpdateViewContext(t.Context(), form(), "", v.Hash, v.ID); code(err) != "hash_conflict" {
		t.Errorf("with the hash of before: %v", err)
	}
	wrong := form()
	wrong.Submit = nil
	if _, err := c.UpdateViewContext(t.Context(), wrong, "", "", v.ID); code(err) != "invalid_arguments" {
		t.Errorf("inputs without a submit button: %v", err)
	}
}

func TestSubmit_GivesValuesAndShowsErrors(t *testing.T) {
	s, ann, _, _, channel := room(t)
	b := overHTTP(t, s)
	withButton(t, s, channel)
	if _, err := client(s).OpenViewContext(t.Context(), s.Press(ann, "Subscribe").Wait(t).Trigger, form()); err != nil {
		t.Fatal(err)
	}
	if got := s.Submit(t, ann, nil); got.Action != "refused" || got.Errors["When"] == "" {
		t.Errorf("an empty input is sent: %+v", got)
	}
	b.answering(func(w http.ResponseWriter, g got) {
		w.Header().Set("Content-Type", "application/json")
		i := g.payload(t)
		switch {
		case i.Type == slack.InteractionTypeBlockSuggestion:
			i.Value = strings.TrimPrefix(i.Value, "The ")
			_ = json.NewEncoder(w).Encode(slack.OptionsResponse{Options: []*slack.OptionBlockObject{slack.NewOptionBlockObject("rev", plain("The "+i.Value), nil)}})
		case i.View.State.Values["b_when"]["when"].Value == "never":
			_, _ = fmt.Fprint(w, `{"response_action":"errors","errors":{"b_when":"That is no time."}}`)
		}
	})
	got := s.Submit(t, ann, map[string]string{"When": "never"})
	if got.Action != "errors" || got.Errors["b_when"] != "That is no time." || !s.SeesText(ann, "That is no time.") {
		t.Errorf("errors: %+v", got)
	}
	got = s.Submit(t, ann, map[string]string{"When": "daily", "Period": "Last month", "Insight": "The revenue"})
	if got.Action != "" || !got.Acked() {
		t.Fatalf("sent: %+v", got)
	}
	i := b.last(t).payload(t)
	values := i.View.State.Values
	if i.Type != slack.InteractionTypeViewSubmission || i.View.PrivateMetadata != "meta" || values["b_when"]["when"].Value != "daily" ||
		values["b_period"]["period"].SelectedOption.Value != "month" || values["b_insight"]["insight"].SelectedOption.Value != "rev" {
		t.Errorf("the payload is %+v", values)
	}
	if _, open := s.Dialog(ann); open {
		t.Error("the dialog is still open")
	}
	if p := s.Problems(); len(p) > 0 {
		t.Errorf("problems: %v", p)
	}
}

func TestSubmit_PushesUpdatesAndClears(t *testing.T) {
	s, ann, _, _, channel := room(t)
	b := overHTTP(t, s)
	withButton(t, s, channel)
	if _, err := client(s).OpenViewContext(t.Context(), s.Press(ann, "Subscribe").Wait(t).Trigger, form()); err != nil {
		t.Fatal(err)
	}
	next := form()
	next.Title = plain("Second")
	answer := slack.NewPushViewSubmissionResponse(&next)
	b.answering(func(w http.ResponseWriter, _ got) { _ = json.NewEncoder(w).Encode(answer) })
	for i, want := range []string{"push", "push", "failed"} {
		if got := s.Submit(t, ann, map[string]string{"When": "x"}); got.Action != want {
			t.Errorf("push %d: %s, want %s", i, got.Action, want)
		}
	}
	if v, _ := s.Dialog(ann); v.Title != "Second" {
		t.Errorf("on top is %q", v.Title)
	}
	if p := s.Problems(); len(p) != 1 || !strings.Contains(p[0], "push_limit_reached") {
		t.Errorf("problems: %v", p)
	}
	b.answering(func(w http.ResponseWriter, _ got) {
		_ = json.NewEncoder(w).Encode(slack.NewClearViewSubmissionResponse())
	})
	s.Submit(t, ann, map[string]string{"When": "x"})
	if _, open := s.Dialog(ann); open {
		t.Error("clear leaves a dialog open")
	}
}

func TestHome_IsForOnePerson(t *testing.T) {
	s, ann, ben, _, _ := room(t)
	b := overHTTP(t, s)
	s.OpenHome(ann).Wait(t)
	if body := string(b.last(t).body); !strings.Contains(body, `"tab":"home"`) {
		t.Errorf("the event is %s", body)
	}
	page := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{
		section("Your digests"), slack.NewActionBlock("", slack.NewButtonBlockElement("go", "v", plain("Refresh"))),
	}}}
	if _, err := client(s).PublishViewContext(t.Context(), slack.PublishViewContextRequest{UserID: ann, View: page}); err != nil {
		t.Fatal(err)
	}
	if v, ok := s.HomeOf(ann); !ok || !strings.Contains(v.Words, "Your digests") || s.SeesText(ben, "Your digests") {
		t.Errorf("the page is %+v", v)
	}
	s.Press(ann, "Refresh").Wait(t)
	if i := b.last(t).payload(t); i.View.Type != slack.VTHomeTab || i.Container.ViewID != i.View.ID || i.View.ID == "" {
		t.Errorf("the payload is %+v", i)
	}
}
