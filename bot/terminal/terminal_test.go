package terminal

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"image"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
)

// picture is a small PNG.
func picture(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewRGBA(image.Rect(0, 0, 4, 3))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// talk runs a conversation and returns what was printed and what was called.
func talk(t *testing.T, c Config, input string, reply func(r *chat.Request) (*chat.Reply, error)) (string, []chat.Request) {
	t.Helper()
	var out bytes.Buffer
	var asked []chat.Request
	c.In, c.Out, c.Log = strings.NewReader(input), &out, slog.New(slog.DiscardHandler)
	c.NewRef = func() string { return "REF12345" }
	if c.Screen.Width == 0 {
		c.Screen.Width = 60
	}
	if c.Charts == "" {
		c.Charts = t.TempDir()
	}
	err := New(c).Run(t.Context(), chat.HandlerFunc(func(_ context.Context, r *chat.Request) (*chat.Reply, error) {
		asked = append(asked, *r)
		return reply(r)
	}))
	if err != nil {
		t.Fatalf("Run() = %v", err)
	}
	return out.String(), asked
}

func TestTerminal_ReadsQuestionsCommandsAndButtons(t *testing.T) {
	pressed := chat.Call{Command: "ask", Args: chat.Args{"insight": "demo/signups", "by": "country"}}
	context := chat.Call{Command: "ask", Args: chat.Args{"insight": "demo/signups"}}
	out, asked := talk(t, Config{}, "sign-ups last week?\n1\n7\n\nhelp\ninsights revenue\nquit\nnever read\n",
		func(*chat.Request) (*chat.Reply, error) {
			return &chat.Reply{Context: context, Parts: []chat.Part{
				chat.Choices{Prompt: "Break down by", Items: []chat.Choice{{Label: "Country", Call: pressed}}},
			}}, nil
		})
	want := []chat.Call{
		{Command: "ask", Args: chat.Args{"q": "sign-ups last week?"}},
		pressed,
		{Command: "help"},
		{Command: "insights", Args: chat.Args{"q": "revenue"}},
	}
	var got []chat.Call
	for _, r := range asked {
		got = append(got, r.Call)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !asked[0].Context.IsZero() || !cmp.Equal(asked[1].Context, context) {
		t.Errorf("contexts %v and %v: a follow-up must carry what came before", asked[0].Context, asked[1].Context)
	}
	if !strings.Contains(out, "There is no button 7; the last reply has 1 to 1.") {
		t.Errorf("a wrong number is not explained:\n%s", out)
	}
}

func TestTerminal_DrawsEveryPartAsPlainText(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(t.TempDir())
	out, _ := talk(t, Config{Charts: dir}, "x\n", func(*chat.Request) (*chat.Reply, error) {
		return &chat.Reply{Ref: "REF12345", Parts: []chat.Part{
			chat.Text{Style: chat.Lead, Text: "Sign-ups: 1,234 in 16–22 Nov 2026, up 4.2% from 1,184 in 9–15 Nov 2026."},
			chat.Image{Alt: "Sign-ups", Files: map[chat.Theme]chat.File{chat.Light: {Name: "signups.png", Data: picture(t)}}},
			chat.Text{Style: chat.Caution, Text: "Acme is 30 % of uploads."},
			chat.Table{Columns: []chat.Column{{Name: "Country"}, {Name: "Sign-ups", Number: true}}, Rows: [][]chat.Cell{
				{{Text: "東京"}, {Text: "1,000"}}, {{Text: "القاهرة"}, {Text: "9"}},
			}, Foot: "2 of 9 rows"},
			chat.Section{Title: "Sign-ups · Growth", Parts: []chat.Part{chat.Facts{Items: []chat.Item{{Label: "Owner", Text: "Growth"}}}}},
			chat.Link{Label: "Source", URL: "https://example.com/1"},
			chat.Link{Label: "Everything", Call: chat.Call{Command: "insights"}},
			chat.Attachment{File: chat.File{Name: "../signups.csv", Data: []byte("a,b\n")}},
			chat.Form{Submit: "Search", Call: chat.Call{Command: "insights"}, Fields: []chat.Field{{Name: "q", Label: "words"}}},
		}}, nil
	})
	for _, want := range []string{
		"Sign-ups: 1,234 in 16–22 Nov 2026, up 4.2% from 1,184 in\n9–15 Nov 2026.", // wrapped at 60 cells
		"! Acme is 30 % of uploads.",
		"Chart: " + filepath.Join(dir, "REF12345-signups.png"),
		"東京        1,000\n", "2 of 9 rows", "Owner  Growth", "Source: https://example.com/1", "1 Everything", "Saved signups.csv",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("missing %q in\n%s", want, out)
		}
	}
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "Chart:") && len([]rune(strings.TrimSpace(line))) > 80 {
			t.Errorf("a line is longer than the screen: %q", line)
		}
	}
	if data, err := os.ReadFile("signups.csv"); err != nil || string(data) != "a,b\n" {
		t.Errorf("the file was not kept here: %q, %v", data, err)
	}
	if strings.Contains(out, "\x1b") {
		t.Error("escape sequences on a screen that takes none")
	}
}

func TestTerminal_HostileTextCannotDriveTheTerminal(t *testing.T) {
	out, _ := talk(t, Config{}, "x\n", func(*chat.Request) (*chat.Reply, error) {
		evil := "\x1b]0;pwned\a\x1b[2J\u202Etxt.exe\r\n"
		return &chat.Reply{Parts: []chat.Part{
			chat.Text{Text: evil},
			chat.Facts{Items: []chat.Item{{Label: evil, Text: evil}}},
			chat.Table{Columns: []chat.Column{{Name: evil}}, Rows: [][]chat.Cell{{{Text: evil}}}, Foot: evil},
			chat.Choices{Prompt: evil, Items: []chat.Choice{{Label: evil, Detail: evil}}},
			chat.Link{Label: evil, URL: evil},
			chat.Section{Title: evil},
			chat.Form{Submit: evil, Fields: []chat.Field{{Label: evil, Kind: chat.FieldSearch}}, Call: chat.Call{Command: evil}},
			chat.Form{Title: evil, Submit: evil, Fields: []chat.Field{{Label: evil, Value: evil, Error: evil, Help: evil}, {Name: evil}}},
			roleForm(evil),
		}}, nil
	})
	if strings.ContainsAny(out, "\x1b\a\r\u202E") {
		t.Errorf("control characters reached the terminal: %q", out)
	}
}

// roleForm has a field of every kind.
func roleForm(s string) chat.Form {
	return chat.Form{Title: "The role " + s, Submit: "Save", Call: chat.Call{Command: "role"}, Fields: []chat.Field{
		{Name: "name", Label: "Name", Kind: chat.FieldText, Value: s, Error: "Two letters at least."},
		{Name: "tags", Label: "Tags", Kind: chat.FieldMulti, Value: "a,c", Options: []chat.Option{{Value: "a", Label: "Growth " + s}, {Value: "b", Label: "Money"}, {Value: "c", Label: "Maps"}}},
		{Name: "none", Kind: chat.FieldMulti, Options: []chat.Option{{Value: "a", Label: "Growth"}}},
		{Name: "who", Label: "Who", Kind: chat.FieldSelect, Value: "m", Options: []chat.Option{{Value: "m", Label: "Members"}}},
		{Name: "strict", Label: "Strict", Kind: chat.FieldCheck, Value: "yes"},
		{Name: "ext", Label: "External", Kind: chat.FieldCheck},
		{Name: "why", Label: "Why", Kind: chat.FieldLong},
	}}
}

func TestTerminal_ShowsAFormWithWhatIsFilledIn(t *testing.T) {
	reply := func(*chat.Request) (*chat.Reply, error) {
		return &chat.Reply{Private: true, Parts: []chat.Part{roleForm("X")}}, nil
	}
	out, _ := talk(t, Config{}, "x\n", reply)
	want := `Only you can see this.
The role X
Name      X
Tags      Growth X, Maps
none      –
Who       Members
Strict    yes
External  no
Why       –
! Name: Two letters at least.
This form cannot be filled in here: open the bot in the
browser for it.
`
	if !strings.Contains(out, want) {
		t.Errorf("got\n%s\nwant in it\n%s", out, want)
	}
	var once bytes.Buffer
	term := New(Config{Out: &once, Once: true, Screen: Screen{Width: 60}, NewRef: func() string { return "R" }, Log: slog.New(slog.DiscardHandler)})
	err := term.Call(t.Context(), chat.HandlerFunc(func(context.Context, *chat.Request) (*chat.Reply, error) {
		return reply(nil)
	}), chat.Call{Command: "role"})
	if err != nil || once.String() != "" {
		t.Errorf("asked once it prints %q (%v)", once.String(), err)
	}
}

func TestTerminal_SaysWhatIsPrivate(t *testing.T) {
	for _, private := range []bool{true, false} {
		out, _ := talk(t, Config{}, "x\n", func(*chat.Request) (*chat.Reply, error) {
			return &chat.Reply{Private: private, Parts: []chat.Part{chat.Text{Text: "Hello"}}}, nil
		})
		if strings.Contains(out, "Only you can see this.\nHello\n") != private {
			t.Errorf("private %v:\n%s", private, out)
		}
	}
}

func TestTerminal_AFailureIsOneSentenceWithAReference(t *testing.T) {
	out, _ := talk(t, Config{}, "x\n", func(*chat.Request) (*chat.Reply, error) { return nil, errors.New("secret host db7") })
	if !strings.Contains(out, "REF12345") || strings.Contains(out, "db7") {
		t.Errorf("want the reference and not the cause:\n%s", out)
	}
}

func TestTerminal_CutsTheNamesOfFilesThatExist(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("a.csv", []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := talk(t, Config{}, "x\n", func(*chat.Request) (*chat.Reply, error) {
		return &chat.Reply{Parts: []chat.Part{chat.Attachment{File: chat.File{Name: "a.csv", Data: []byte("new")}}}}, nil
	})
	if data, _ := os.ReadFile("a.csv"); string(data) != "mine" {
		t.Error("a file of the person was overwritten")
	}
	if !strings.Contains(out, "Saved a-1.csv") {
		t.Errorf("got %s", out)
	}
}

func TestScreen_ShowsPicturesInEveryProtocol(t *testing.T) {
	data := picture(t)
	big := append(bytes.Clone(data), bytes.Repeat([]byte{7}, 9000)...)
	var out bytes.Buffer
	if err := (Screen{Images: Kitty}).showImage(&out, big); err != nil {
		t.Fatal(err)
	}
	var carried string
	for _, m := range regexp.MustCompile(`\x1b_G[^;]*;([^\x1b]*)\x1b\\`).FindAllStringSubmatch(out.String(), -1) {
		if len(m[1]) > kittyChunk {
			t.Errorf("a chunk of %d bytes", len(m[1]))
		}
		carried += m[1]
	}
	if got, err := base64.StdEncoding.DecodeString(carried); err != nil || !bytes.Equal(got, big) {
		t.Error("the picture did not arrive whole in kitty's protocol")
	}
	out.Reset()
	if err := (Screen{Images: ITerm2}).showImage(&out, data); err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`\x1b\]1337;File=[^:]*:([^\a]*)\a`).FindStringSubmatch(out.String())
	if m == nil {
		t.Fatal("no sequence of iTerm2")
	}
	if got, err := base64.StdEncoding.DecodeString(m[1]); err != nil || !bytes.Equal(got, data) {
		t.Error("the picture did not arrive whole in the protocol of iTerm2")
	}
	out.Reset()
	if err := (Screen{Images: Sixel}).showImage(&out, data); err != nil {
		t.Fatal(err)
	}
	if s := out.String(); !strings.HasPrefix(s, "\x1bP") || !strings.Contains(s, "\x1b\\") {
		t.Errorf("no sixel sequence: %q", s)
	}
}

func TestDetectScreen_ByEnvironment(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want ImageProtocol
	}{
		{map[string]string{"TERM": "xterm-kitty"}, Kitty},
		{map[string]string{"TERM_PROGRAM": "iTerm.app"}, ITerm2},
		{map[string]string{"TERM_PROGRAM": "WezTerm"}, ITerm2},
		{map[string]string{"TERM": "foot"}, Sixel},
		{map[string]string{"TERM": "xterm-256color"}, NoImages},
		{map[string]string{"TERM": "xterm-kitty", "TMUX": "/tmp/x"}, NoImages},
		{map[string]string{"TERM": "xterm-kitty", "INSIGHTBOT_IMAGES": "none"}, NoImages},
		{map[string]string{"TERM": "xterm", "INSIGHTBOT_IMAGES": "sixel"}, Sixel},
	} {
		if got := images(func(k string) string { return c.env[k] }); got != c.want {
			t.Errorf("%v: %q, want %q", c.env, got, c.want)
		}
	}
	if theme(func(string) string { return "15;0" }) != chat.Dark || theme(func(string) string { return "0;15" }) != chat.Light || theme(func(string) string { return "" }) != chat.Light {
		t.Error("the theme is not read from COLORFGBG")
	}
}

func TestKeepImage_KeepsOnlyTheNewest(t *testing.T) {
	dir := t.TempDir()
	for i := range maxKept + 5 {
		if _, err := keepImage(dir, chat.File{Name: "a.png", Data: []byte("x")}, string(rune('a'+i/26))+string(rune('a'+i%26))); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != maxKept {
		t.Errorf("%d pictures kept, want %d (%v)", len(entries), maxKept, err)
	}
}
