package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
)

// operator runs commands over a directory of its own, as somebody does in a
// shell while the bot may be running.
type operator struct {
	t   *testing.T
	dir string
}

// newOperator has the demo company as its source, by name, so that no rules
// come with it.
func newOperator(t *testing.T) operator {
	t.Helper()
	o := operator{t, t.TempDir()}
	copyDemo(t, o.data())
	o.file("insightbot.yml", "sources:\n  - {name: demo, type: demo}\n")
	return o
}

func (o operator) data() string { return filepath.Join(o.dir, "data") }

func (o operator) file(name, text string) string {
	o.t.Helper()
	path := filepath.Join(o.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		o.t.Fatal(err)
	}
	return path
}

// run runs a command and returns its code and what it printed.
func (o operator) run(args ...string) (code int, out, errOut string) {
	o.t.Helper()
	var stdout, stderr bytes.Buffer
	args = append([]string{"--config", filepath.Join(o.dir, "insightbot.yml"), "--data", o.data()}, args...)
	code = run(o.t.Context(), args, func(string) string { return "" }, strings.NewReader(""), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// must is run for what has to work; it returns the output.
func (o operator) must(args ...string) string {
	o.t.Helper()
	code, out, errOut := o.run(args...)
	if code != exitOK {
		o.t.Fatalf("%q: exit %d: %s%s", args, code, out, errOut)
	}
	return out
}

// refused is run for what must not work; it returns what was said.
func (o operator) refused(want string, args ...string) {
	o.t.Helper()
	code, out, errOut := o.run(args...)
	if code != exitFailed || !strings.Contains(errOut, want) {
		o.t.Errorf("%q: exit %d, says %q%q, want exit 1 and %q", args, code, out, errOut, want)
	}
}

// bot opens the same directory as a running bot does.
func (o operator) bot() *wiring {
	o.t.Helper()
	a := &app{getenv: func(string) string { return "" }, in: strings.NewReader(""), out: io.Discard, errOut: io.Discard}
	w := a.newWiring(config{Data: o.data(), Sources: []sourceConfig{{Name: "demo", Type: "demo"}}}, slog.New(slog.DiscardHandler))
	if err := w.openStore(context.WithoutCancel(o.t.Context()), a.getenv); err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() {
		if err := w.close(); err != nil {
			o.t.Error(err)
		}
	})
	return w
}

const requestRules = `
roles:
  - {id: growth, tags: [growth], can: [ask]}
  - {id: partners, tags: [marketing], can: [ask], external: true}
`

func TestAccessRequest_PersonGetsTheRoleOnce(t *testing.T) {
	o := newOperator(t)
	w := o.bot()
	o.must("access", "apply", o.file("rules.yml", requestRules))
	who := access.Key{Platform: "slack", Workspace: "T1", ID: "U1"}
	if _, _, err := w.store.OpenRequest(t.Context(), access.Request{At: time.Now(), Who: who, WhoName: "Anna\x1b[31m", Direct: true}); err != nil {
		t.Fatal(err)
	}
	list := o.must("access", "request", "list")
	if !strings.Contains(list, "slack/T1/U1") || !strings.Contains(list, "a role of their own") || strings.ContainsRune(list, '\x1b') {
		t.Errorf("list says %q", list)
	}
	o.refused(`nothing was changed: there is no role "growht"`, "access", "request", "approve", "1", "growht")
	if said := o.must("access", "request", "approve", "1", "growth"); !strings.Contains(said, "Request 1 is approved.\n+ person:slack/T1/U1") {
		t.Errorf("approve says %q", said)
	}
	o.refused("no open request has the number 1", "access", "request", "approve", "1", "growth")
	p, err := w.store.Policy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(p.People) != 1 || p.People[0].Key != who || !cmp.Equal(p.People[0].Roles, []string{"growth"}) {
		t.Errorf("people are %+v", p.People)
	}
	events, err := w.store.Events(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.Actor != access.ActorOperator || strings.Contains(e.Subject+e.Detail, "U1") {
			t.Errorf("the audit log says %+v", e)
		}
	}
	if events[0].Action != access.ActionDecision || events[1].Action != access.ActionRule {
		t.Errorf("the audit log says %v, %v", events[0].Action, events[1].Action)
	}
}

func TestAccessRequest_DenyChangesNoRule(t *testing.T) {
	o := newOperator(t)
	w := o.bot()
	o.must("access", "apply", o.file("rules.yml", requestRules))
	before := o.must("access", "export")
	who := access.Key{Platform: "slack", Workspace: "T1", ID: "U1"}
	if _, _, err := w.store.OpenRequest(t.Context(), access.Request{At: time.Now(), Who: who, Direct: true}); err != nil {
		t.Fatal(err)
	}
	if said := o.must("access", "request", "deny", "1"); said != "Request 1 is denied.\n" {
		t.Errorf("deny says %q", said)
	}
	if after := o.must("access", "export"); after != before {
		t.Errorf("the rules changed:\n%s", cmp.Diff(before, after))
	}
}

// A channel that others read, or of which nothing is known, is opened by a role
// for outsiders alone, and only when the operator says that they know.
func TestAccessRequest_ChannelOfOutsiders(t *testing.T) {
	for name, facts := range map[string]*chat.Audience{
		"unknown": nil,
		"guests":  {Shared: chat.No, Guests: chat.Yes},
		"shared":  {Shared: chat.Yes, Guests: chat.No},
		"ours":    {Shared: chat.No, Guests: chat.No},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOperator(t)
			w := o.bot()
			o.must("access", "apply", o.file("rules.yml", requestRules))
			place := chat.Place{Platform: "slack", Workspace: "T1", Channel: "C1", Name: "#c", Kind: chat.PlacePublic}
			if facts != nil {
				place.Audience = *facts
				if err := w.store.SawPlace(t.Context(), place, time.Now()); err != nil {
					t.Fatal(err)
				}
			}
			who := access.Key{Platform: "slack", Workspace: "T1", ID: "U1"}
			_, _, err := w.store.OpenRequest(t.Context(), access.Request{At: time.Now(), Who: who, Channel: access.ChannelOf(place), ChannelName: "#c"})
			if err != nil {
				t.Fatal(err)
			}
			if name == "ours" {
				o.must("access", "request", "approve", "1", "growth")
			} else {
				o.refused("a role marked external", "access", "request", "approve", "1", "growth")
				o.refused("a role marked external", "access", "request", "approve", "1", "growth", "--outside")
				o.refused("and --outside", "access", "request", "approve", "1", "partners")
				o.must("access", "request", "approve", "1", "partners", "--outside")
			}
			p, err := w.store.Policy(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Channels) != 1 || p.Channels[0].Approved != (name != "ours") {
				t.Errorf("channels are %+v", p.Channels)
			}
		})
	}
}

// What was true of a channel when somebody last asked there is what a rehearsal
// goes by; a flag wins over it.
func TestAccessExplain_TakesWhatIsKnownOfTheChannel(t *testing.T) {
	o := newOperator(t)
	w := o.bot()
	o.must("access", "apply", o.file("rules.yml", requestRules+`
channels:
  - {platform: slack, workspace: T1, channel: C1, roles: [growth]}
`))
	place := chat.Place{
		Platform: "slack", Workspace: "T1", Channel: "C1", Name: "#growth", Kind: chat.PlacePublic,
		Audience: chat.Audience{Shared: chat.No, Guests: chat.No},
	}
	if err := w.store.SawPlace(t.Context(), place, time.Now()); err != nil {
		t.Fatal(err)
	}
	explain := []string{"access", "explain", "--where", "slack/T1/C1", "--insight", "demo/signups"}
	for _, test := range []struct {
		want  string
		flags []string
	}{
		{"everybody in the channel can read it", nil},
		{"public; no people of another company read there; no guests read there\n", nil},
		{"(channel_has_guests)", []string{"--guests"}},
		{"(channel_shared)", []string{"--shared"}},
		{"(channel_has_guests)", []string{"--guest"}},
		{"(channel_unknown)", []string{"--unknown"}},
	} {
		if said := o.must(append(explain, test.flags...)...); !strings.Contains(said, test.want) {
			t.Errorf("%v says %q, want %q", test.flags, said, test.want)
		}
	}
}

// Erasing works while the bot runs, and leaves no byte in the file or in its
// write-ahead log.
func TestPrivacyErase_LeavesNoBytesWhileTheBotRuns(t *testing.T) {
	o := newOperator(t)
	w := o.bot()
	o.must("access", "apply", o.file("rules.yml", `
roles: [{id: growth, tags: [growth]}]
people: [{platform: slack, workspace: T1, person: UQUIRINA, name: Quirina Xylander, roles: [growth]}]
`))
	canaries := []string{"UQUIRINA", "Quirina Xylander", "zanzibarday"}
	err := w.store.RecordAsk(t.Context(), chat.Ask{
		Ref: "R1", At: time.Now(), Platform: "slack", Workspace: "T1", User: w.person("slack", "T1", "UQUIRINA"), Question: "zanzibarday", Outcome: chat.OutcomeNone,
	})
	if err != nil {
		t.Fatal(err)
	}
	kept := func() (all []byte) {
		for _, name := range []string{"bot.db", "bot.db-wal"} {
			data, err := os.ReadFile(filepath.Join(o.data(), name))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, data...)
		}
		return all
	}
	for _, c := range canaries {
		if !bytes.Contains(kept(), []byte(c)) {
			t.Fatalf("%q was never there", c)
		}
	}
	if said := o.must("privacy", "erase", "--yes", "slack/T1/UQUIRINA"); !strings.Contains(said, "Erased: 2 rows of slack/T1/UQUIRINA") {
		t.Errorf("erase says %q", said)
	}
	for _, c := range canaries {
		if bytes.Contains(kept(), []byte(c)) {
			t.Errorf("%q is still there", c)
		}
	}
}

func TestPrivacyErase_OnlyAWholeYesErases(t *testing.T) {
	for answer, want := range map[string]bool{"yes\n": true, " YES \n": true, "yes": true, "y\n": false, "\n": false, "": false, "no yes\n": false, "no\nyes\n": false} {
		var out bytes.Buffer
		a := &app{out: &out}
		if err := a.ask(strings.NewReader(answer), "Erase it?"); (err == nil) != want {
			t.Errorf("%q: %v, want it erased: %v", answer, err, want)
		}
		if out.String() != "Erase it? Type yes: " {
			t.Errorf("asks %q", out.String())
		}
	}
}

func TestSignin_LinkWorksOnce(t *testing.T) {
	o := newOperator(t)
	w := o.bot()
	o.file("insightbot.yml", "console: https://bot.example\nsources:\n  - {name: demo, type: demo}\n")
	link, _, _ := strings.Cut(o.must("signin"), "\n")
	_, token, ok := strings.Cut(link, "https://bot.example/sign-in?token=")
	if !ok {
		t.Fatalf("signin says %q", link)
	}
	_, place, err := w.store.RedeemSignIn(t.Context(), token, time.Now())
	if err != nil || place.Platform != terminalPlatform {
		t.Errorf("the link leads to %+v, %v", place, err)
	}
	if _, _, err := w.store.RedeemSignIn(t.Context(), token, time.Now()); err == nil {
		t.Error("the link works twice")
	}
	later, _, _ := strings.Cut(o.must("signin"), "\n")
	_, token, _ = strings.Cut(later, "token=")
	if _, _, err := w.store.RedeemSignIn(t.Context(), token, time.Now().Add(signInFor+time.Second)); err == nil {
		t.Error("the link works after its time")
	}
}

// The marks lean on the words of the changes. What shows more on the way there
// has to show less on the way back, or the words have drifted apart.
func TestMark_TurnsAroundWithTheChange(t *testing.T) {
	k := func(id string) access.Key { return access.Key{Platform: "p", Workspace: "w", ID: id} }
	plain := access.Policy{
		Roles: []access.Role{{ID: "r", Name: "R"}}, Channels: []access.Channel{{Key: k("c")}},
		Workspaces: []access.Workspace{{Platform: "p", ID: "strict", Mode: access.ModeStrict}, {Platform: "p", ID: "open", Mode: access.ModeOpen}},
	}.Normalize()
	full := access.Policy{
		Roles: []access.Role{{
			ID: "r", Name: "Other", Everything: true, Tags: []string{"t"}, Sources: []string{"s"}, Insights: []string{"s/i"}, Abilities: access.Abilities(),
			Attributes: map[string][]string{"region": {"EMEA"}}, Strict: true, External: true, Masks: []string{"m"},
			Unmask: []insight.ColumnType{insight.ColumnEmail}, MinGroup: 5,
		}},
		Channels: []access.Channel{{Key: k("c"), Roles: []string{"r"}, Approved: true}}, People: []access.Person{{Key: k("u"), Roles: []string{"r"}}},
		Groups: []access.Group{{Key: k("g"), Roles: []string{"r"}}}, Domains: []access.Domain{{Name: "d.example", Roles: []string{"r"}}},
		Workspaces: []access.Workspace{{Platform: "p", ID: "w", Mode: access.ModeChannel}, {Platform: "p", ID: "strict", Mode: access.ModeChannel}, {Platform: "p", ID: "open", Mode: access.ModeChannel}},
	}.Normalize()
	counts := func(changes []access.Change) map[string]int {
		n := map[string]int{}
		for _, c := range changes {
			n[mark(c)]++
		}
		return n
	}
	there, back := counts(access.Diff(plain, full)), counts(access.Diff(full, plain))
	want := map[string]int{markMore: there[markLess], markLess: there[markMore], markNeither: there[markNeither]}
	if diff := cmp.Diff(want, back); diff != "" {
		t.Errorf("there %v and back %v do not fit:\n%s", there, back, diff)
	}
	// The name, and the mode that nobody had chosen.
	if there[markNeither] != 2 {
		t.Errorf("%d changes are said to change nothing, want 2", there[markNeither])
	}
}

func TestOrphans_NameWorkspacesThatLoseTheirLastAdmin(t *testing.T) {
	admin := access.Role{ID: "admin", Abilities: []access.Ability{access.AbilityAdmin}}
	person := func(workspace, id string, roles ...string) access.Person {
		return access.Person{Key: access.Key{Platform: "p", Workspace: workspace, ID: id}, Roles: roles}
	}
	before := access.Policy{Roles: []access.Role{admin}, People: []access.Person{person("a", "1", "admin"), person("b", "1", "admin"), person("c", "1")}}
	after := access.Policy{Roles: []access.Role{admin}, People: []access.Person{person("a", "2", "admin"), person("b", "1"), person("c", "1")}}
	if diff := cmp.Diff([]string{"p/b"}, orphans(before, after)); diff != "" {
		t.Error(diff)
	}
	admin.Abilities = nil // the role is there, and lets nobody do anything any more
	after.Roles = []access.Role{admin}
	if diff := cmp.Diff([]string{"p/a", "p/b"}, orphans(before, after)); diff != "" {
		t.Error(diff)
	}
}
