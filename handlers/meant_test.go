package handlers

import (
	"strings"
	"testing"

	"insightbot/access"
	"insightbot/chat"
)

func TestAsk_AMistypedCommandIsOffered(t *testing.T) {
	b := newBench(t)
	for typed, want := range map[string]string{
		"acess": "access", "Hepl?": "help", "privcy": "privacy", "/insight reqest": "request", "insihgts": "insights", "insigth": "insights", "sigin": "", "helpp": "help",
		"acces roles": "", "hel": "", "insight": "", "kites": "", "feedbck": "", "rebort": "", "acess1": "", "": "", "sign-ups": "", strings.Repeat("access", 20): "",
	} {
		r := b.must(t, question(typed))
		if typed == "sigin" && r.Outcome != chat.OutcomeAnswer {
			t.Error("an insight that is meant as likely is not answered")
		}
		offered := ""
		for _, c := range find[chat.Choices](r.Parts) {
			if strings.HasPrefix(c.Prompt, "Did you mean “") {
				offered = c.Items[0].Call.Command
			}
		}
		if offered != want {
			t.Errorf("%q: offered %q, want %q: %s", typed, offered, want, everything(r))
		}
	}
}

func TestAsk_ACommandOfWhichTwoAreAsNearIsNotOffered(t *testing.T) {
	b := New(Config{})
	b.commands = []Command{{Name: "alpha"}, {Name: "alphx"}, {Name: "gamma", Hidden: true}, {Name: "delta", Args: []Arg{{Name: "id", Required: true}}}}
	for _, word := range []string{"alphy", "gamm", "delt"} {
		if c, ok := b.meant(word); ok {
			t.Errorf("%q: offered %q", word, c.Name)
		}
	}
	if c, ok := b.meant("alphax"); ok {
		t.Errorf("offered %q", c.Name)
	}
	if c, ok := b.meant("lpha"); !ok || c.Name != "alpha" {
		t.Errorf("offered %q", c.Name)
	}
}

func TestAsk_AMistypedCommandIsOfferedWhereNothingCanBeAsked(t *testing.T) {
	b := administered(t)
	r := b.say(t, ann, boardRoom, "acess")
	says(t, r, access.ReasonUnmapped.Sentence(), "Did you mean “access”?")
	says(t, b.press(t, ann, boardRoom, button(t, r, "access").Call), "Who may ask what?")
}

func TestMistyped_CountsLetters(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "help", 4}, {"hepl", "help", 2}, {"acess", "access", 1}, {"kitten", "sitting", 3}, {"hülp", "help", 1}, {"help", "help", 0}} {
		if got := mistyped(c.a, c.b); got != c.want || mistyped(c.b, c.a) != got {
			t.Errorf("%q and %q: %d and %d, want %d", c.a, c.b, got, mistyped(c.b, c.a), c.want)
		}
	}
}
