package slack

import (
	"encoding/json"
	"testing"
	"time"

	"insightbot/bot/slack/receive"
	"insightbot/chat"
)

func TestTyped_ReadsAsItWasTyped(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"<@UBOT> how many sign-ups?", "how many sign-ups?"},
		{"<@UBOT|insightbot> how many sign-ups?", "how many sign-ups?"},
		{"hey <@UBOT>, revenue &gt; 10 &amp;amp; &lt;more&gt;", "hey  , revenue > 10 &amp; <more>"},
		{"sign-ups in <#C12|growth>", "sign-ups in #growth"},
		{"sign-ups of <@U2|mia>", "sign-ups of @mia"},
		{"sign-ups of <@U2>", "sign-ups of @someone"},
		{"sign-ups of <!subteam^S1|@growth> or <!subteam^S2>", "sign-ups of @growth or @someone"},
		{"sign-ups in <#C12>", "sign-ups in #channel"},
		{"<!here|@here> and <!channel>", "@here and @channel"},
		{"since <!date^1392734382^{date}|3 May>", "since 3 May"},
		{":wave: how many sign-ups? :tada::tada: :+1::skin-tone-3: (:100:)", "how many sign-ups?     ( )"},
		{"country:is:DE at 10:30:45", "country:is:DE at 10:30:45"},
		{"see <https://a.example/x?a=1&amp;b=2|the board>", "see the board"},
		{"see <https://a.example/x?a=1&amp;b=2>", "see https://a.example/x?a=1&b=2"},
		{"a < b and <unknown", "a < b and <unknown"},
		{"<@UBOT>", ""},
		{"", ""},
	} {
		if got := typed(c.text, "UBOT"); got != c.want {
			t.Errorf("%q reads %q, not %q", c.text, got, c.want)
		}
	}
}

func FuzzTyped(f *testing.F) {
	for _, s := range []string{"<@UBOT> x", "<<@UBOT>>", "<!channel", "&lt;&amp;lt;", "<http://x|y>"} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, s string) {
		typed(s, "UBOT")
		mentions(s, "UBOT")
	})
}

func TestEvent_OnlyPeopleAreHeard(t *testing.T) {
	for _, c := range []struct {
		name, event string
		want        bool
	}{
		{"a person", `{"type":"message","user":"U1","text":"x"}`, true},
		{"with a file", `{"type":"message","subtype":"file_share","user":"U1"}`, true},
		{"sent to the channel too", `{"type":"message","subtype":"thread_broadcast","user":"U1"}`, true},
		{"a bot", `{"type":"message","user":"U1","bot_id":"B1"}`, false},
		{"a bot of old", `{"type":"message","subtype":"bot_message","text":"x"}`, false},
		{"itself", `{"type":"message","user":"UBOT"}`, false},
		{"an edit of its own", `{"type":"message","subtype":"message_changed","message":{"bot_id":"B1"}}`, false},
		{"an edit by a person", `{"type":"message","subtype":"message_changed","message":{"user":"U1"}}`, false},
		{"an edit that hides its kind", `{"type":"message","user":"U1","message":{"bot_id":"B1"}}`, false},
		{"a join", `{"type":"message","subtype":"channel_join","user":"U1"}`, false},
		{"nobody", `{"type":"message","text":"x"}`, false},
	} {
		e, err := readEvent(receive.Delivery{Payload: json.RawMessage(`{"event":` + c.event + `}`)})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := e.spoken("UBOT"); got != c.want {
			t.Errorf("%s is heard: %v", c.name, got)
		}
	}
}

func TestEvent_ReadsBothFormsOfPeopleAndChannels(t *testing.T) {
	for _, s := range []string{
		`{"user":"U1","channel":"C1"}`, `{"user":{"id":"U1","team_id":"T1"},"channel":{"id":"C1","name":"x"}}`,
	} {
		e, err := readEvent(receive.Delivery{Payload: json.RawMessage(`{"event":` + s + `}`)})
		if err != nil || e.User.ID != "U1" || e.Channel != "C1" {
			t.Errorf("%s reads %+v, %v", s, e, err)
		}
	}
	// What is of a form that nobody knows yet is left alone, and is no error.
	e, err := readEvent(receive.Delivery{Payload: json.RawMessage(`{"event":{"type":"x","user":[1],"channel":7}}`)})
	if err != nil || e.User.ID != "" || e.Channel != "" {
		t.Errorf("reads %+v, %v", e, err)
	}
}

func TestInstalledIn_IsThatOfTheInstallation(t *testing.T) {
	event := func(authorizations string) receive.Delivery {
		return receive.Delivery{
			Kind: receive.KindEvent, Team: "TOTHER", Enterprise: "EOTHER", Payload: json.RawMessage(`{"authorizations":[` + authorizations + `]}`),
		}
	}
	for want, d := range map[string]receive.Delivery{
		"T1/": event(`{"team_id":"T1"}`), "T1/E1": event(`{"team_id":"T1","enterprise_id":"E1"}`), "/E1": event(`{"team_id":null,"enterprise_id":"E1"}`),
		"TOTHER/EOTHER": event(`{}`),
		"T2/E2":         {Kind: receive.KindEvent, Team: "T2", Enterprise: "E2", Payload: json.RawMessage(`{}`)},
		"T3/":           {Kind: receive.KindCommand, Team: "T3", Payload: json.RawMessage(`{"authorizations":[{"team_id":"T1"}]}`)},
	} {
		if team, enterprise := installedIn(d); team+"/"+enterprise != want {
			t.Errorf("%+v is for %s/%s, not %s", d, team, enterprise, want)
		}
	}
}

func TestRef_StaysThatOfTheDelivery(t *testing.T) {
	d := chat.Delivery{Workspace: "T1", ID: 7, Keys: []string{"event:Ev1"}}
	other := d
	other.ID = 8
	if again := d; refOf(d) != refOf(again) || refOf(d) == refOf(other) || len(refOf(d)) != 8 {
		t.Errorf("references %q and %q", refOf(d), refOf(other))
	}
}

func TestStates_EndOnce(t *testing.T) {
	now := time.Date(2026, time.November, 25, 10, 0, 0, 0, time.UTC)
	s := newStates(func() time.Time { return now })
	state := s.make()
	if !s.take(state) || s.take(state) || s.take("") {
		t.Error("a state is good once")
	}
	state = s.make()
	now = now.Add(stateFor + time.Second)
	if s.take(state) {
		t.Error("a state ends")
	}
	for range 3 * maxStates {
		s.make()
	}
	if len(s.begun) > maxStates {
		t.Errorf("%d are kept", len(s.begun))
	}
}

func TestSlow_OneOfTheTwoDecides(t *testing.T) {
	for range 1000 {
		var s slow
		late, there := make(chan bool), make(chan bool)
		go func() { late <- s.answered() }()
		go func() { there <- s.give() }()
		// Either the answer comes in time and is taken, or it does not and is
		// shown later; never both, and never neither.
		if l, th := <-late, <-there; l == th {
			t.Fatalf("late %v, taken %v", l, th)
		}
	}
}
