package manifest

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dlclark/regexp2"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"insightbot/envtest"
)

// someCommands stand for the command table, which this package may not see.
func someCommands() []Command {
	return []Command{
		{Name: "ask", Summary: "answer a question from a saved insight", Examples: []string{"how many people signed up last week by country?"}},
		{Name: "insights", Summary: "list and search what can be asked"},
		{Name: "help", Summary: "say what the bot can do here"},
		{Name: "privacy", Summary: "show, export or erase what is kept of you"},
	}
}

// variants are the manifests that the options can make.
func variants() map[string]Manifest {
	return map[string]Manifest{
		"socket mode":   New(Options{Commands: someCommands()}),
		"http":          New(Options{URL: "https://bot.example/", Commands: someCommands(), UnfurlDomains: []string{"bot.example", "posthog.example"}}),
		"no commands":   New(Options{}),
		"a long name":   New(Options{Name: strings.Repeat("Zahlen & Ähnliches ", 9), Commands: someCommands()}),
		"an emoji name": New(Options{Name: strings.Repeat("👩‍🚀", 40), Commands: someCommands()}),
		"many domains":  New(Options{UnfurlDomains: []string{"a.example", "b.example", "c.example", "d.example", "e.example", "f.example"}}),
		"long commands": New(Options{Commands: []Command{
			{Name: "ask", Summary: strings.Repeat("very ", 1000), Examples: []string{strings.Repeat("long ", 1000)}}, {Name: "help", Summary: "help"},
		}}),
	}
}

func TestNew_FollowsSlacksSchema(t *testing.T) {
	schema := manifestSchema(t)
	for name, m := range variants() {
		t.Run(name, func(t *testing.T) {
			if err := schema.Validate(document(t, m)); err != nil {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestManifestSchema_FindsMistakes proves that the test above can fail.
func TestManifestSchema_FindsMistakes(t *testing.T) {
	schema := manifestSchema(t)
	mistakes := map[string]func(*Manifest){
		"a name of 36":              func(m *Manifest) { m.Display.Name = strings.Repeat("x", 36) },
		"no description":            func(m *Manifest) { m.Display.Description = "" },
		"a command without a slash": func(m *Manifest) { m.Features.SlashCommands[0].Command = "insight" },
		"a shortcut of 25":          func(m *Manifest) { m.Features.Shortcuts[0].Name = strings.Repeat("x", 25) },
		"an unknown kind":           func(m *Manifest) { m.Features.Shortcuts[0].Type = "everywhere" },
		"a domain with a scheme":    func(m *Manifest) { m.Features.UnfurlDomains = []string{"https://bot.example"} },
		"a dot first":               func(m *Manifest) { m.Features.UnfurlDomains = []string{".example"} },
		"an address without scheme": func(m *Manifest) { m.Settings.Events.URL = "bot.example/slack/events" },
		"an event twice":            func(m *Manifest) { m.Settings.Events.Bot = []string{"app_mention", "app_mention"} },
		"too long for an agent":     func(m *Manifest) { m.Features.AgentView.Description = strings.Repeat("x", 301) },
	}
	for name, spoil := range mistakes {
		t.Run(name, func(t *testing.T) {
			m := New(Options{Commands: someCommands()})
			spoil(&m)
			if err := schema.Validate(document(t, m)); err == nil {
				t.Error("the schema does not find it")
			}
		})
	}
}

func TestNew_SocketModeNeedsNoAddress(t *testing.T) {
	m := New(Options{Commands: someCommands()})
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b, []byte("http")) || !m.Settings.SocketMode {
		t.Errorf("Socket Mode with an address: %s", b)
	}
}

func TestNew_OverHTTPNamesEveryAddress(t *testing.T) {
	m := variants()["http"]
	got := []string{
		m.Settings.Events.URL, m.Settings.Interactivity.URL, m.Settings.Interactivity.OptionsURL,
		m.Features.SlashCommands[0].URL, m.OAuth.RedirectURLs[0],
	}
	want := []string{
		"https://bot.example/slack/events", "https://bot.example/slack/interactions", "https://bot.example/slack/interactions",
		"https://bot.example/slack/commands", "https://bot.example/slack/oauth",
	}
	if d := cmp.Diff(want, got); d != "" || m.Settings.SocketMode {
		t.Errorf("socket mode %v, addresses (-want +got):\n%s", m.Settings.SocketMode, d)
	}
}

func TestNew_CommandAndPromptsComeFromTheTable(t *testing.T) {
	m := New(Options{Commands: someCommands()})
	want := SlashCommand{
		Command: "/insight", Description: "Answer a question from a saved insight",
		UsageHint: "how many people signed up last week by country? (or: insights, help, privacy)", Escape: true,
	}
	if d := cmp.Diff([]SlashCommand{want}, m.Features.SlashCommands); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	prompts := []Prompt{
		{Title: "List and search what can be asked", Message: "insights"},
		{Title: "Say what the bot can do here", Message: "help"},
		{Title: "Show, export or erase what is kept of you", Message: "privacy"},
	}
	if d := cmp.Diff(prompts, m.Features.AgentView.Prompts); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// slackScopes are the scopes of a bot token that Slack's page "Scopes" names
// and that have to do with what this bot does. The schema knows none of them,
// so that a misspelt one would only be found by Slack.
var slackScopes = []string{
	"app_mentions:read", "assistant:write", "channels:history", "channels:join", "channels:manage", "channels:read", "chat:write",
	"chat:write.customize", "chat:write.public", "commands", "emoji:read", "files:read", "files:write", "groups:history", "groups:read",
	"groups:write", "im:history", "im:read", "im:write", "incoming-webhook", "links:read", "links:write", "metadata.message:read",
	"mpim:history", "mpim:read", "mpim:write", "pins:read", "pins:write", "reactions:read", "reactions:write", "team:read",
	"usergroups:read", "usergroups:write", "users.profile:read", "users:read", "users:read.email", "users:write",
}

// forbidden are scopes that the bot must not ask for: they read what is not
// said to it, or speak in the name of others.
var forbidden = []string{"channels:history", "groups:history", "mpim:history", "chat:write.customize", "chat:write.public", "users:write"}

func TestScopes_AreSlacksAndNoMoreThanNeeded(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Scopes() {
		if !slices.Contains(slackScopes, s.Name) {
			t.Errorf("%s is no scope of Slack's", s.Name)
		}
		if slices.Contains(forbidden, s.Name) {
			t.Errorf("%s reads or says what it must not", s.Name)
		}
		if seen[s.Name] || s.Why == "" {
			t.Errorf("%s is there twice or without a reason", s.Name)
		}
		seen[s.Name] = true
	}
	m := New(Options{})
	for _, o := range m.OAuth.Scopes.Optional {
		if !slices.Contains(m.OAuth.Scopes.Bot, o) {
			t.Errorf("%s is optional and not asked for, which Slack refuses", o)
		}
		if Optional()[o] == "" {
			t.Errorf("%s is optional, and nothing says what does not work without it", o)
		}
	}
	if !slices.IsSorted(m.OAuth.Scopes.Bot) || !slices.IsSorted(m.Settings.Events.Bot) {
		t.Error("scopes and events are to be sorted, so that two manifests can be compared")
	}
}

func TestEvents_AreSlacks(t *testing.T) {
	known := eventTypes(t)
	for _, e := range Events() {
		if !known[e.Name] {
			t.Errorf("%s is no event of Slack's", e.Name)
		}
		if e.Why == "" {
			t.Errorf("%s has no reason", e.Name)
		}
	}
	if known["app_mentioned"] {
		t.Error("the list of Slack's events takes what is none")
	}
}

// methodScopes are the scopes each method of the Web API wants, from the pages
// of the methods; at least one of them, depending on the kind of the place.
var methodScopes = map[string][]string{
	"auth.test":                             {},
	"users.info":                            {"users:read", "users:read.email"},
	"users.list":                            {"users:read", "users:read.email"},
	"usergroups.list":                       {"usergroups:read"},
	"conversations.info":                    {"channels:read", "groups:read", "im:read", "mpim:read"},
	"conversations.members":                 {"channels:read", "groups:read", "im:read", "mpim:read"},
	"conversations.open":                    {"im:write"},
	"files.info":                            {"files:read"},
	"files.getUploadURLExternal":            {"files:write"},
	"files.completeUploadExternal":          {"files:write"},
	"files.delete":                          {"files:write"},
	"chat.postMessage":                      {"chat:write"},
	"chat.postEphemeral":                    {"chat:write"},
	"chat.update":                           {"chat:write"},
	"chat.delete":                           {"chat:write"},
	"chat.unfurl":                           {"links:write"},
	"reactions.add":                         {"reactions:write"},
	"reactions.remove":                      {"reactions:write"},
	"views.open":                            {},
	"views.update":                          {},
	"views.publish":                         {},
	"assistant.threads.setStatus":           {"assistant:write"},
	"assistant.threads.setSuggestedPrompts": {"assistant:write"},
}

// TestScopes_EachIsUsedAndNoneIsMissing holds the scopes to the methods that
// the client calls and to the events.
func TestScopes_EachIsUsedAndNoneIsMissing(t *testing.T) {
	used := map[string]bool{"commands": true} // of the slash command and the shortcuts
	for _, method := range calledMethods(t) {
		needs, known := methodScopes[method]
		if !known {
			t.Errorf("the client calls %s: say in methodScopes which scopes it wants", method)
		}
		for _, s := range needs {
			used[s] = true
		}
	}
	for _, e := range Events() {
		for _, s := range e.Scopes {
			used[s] = true
		}
	}
	for s := range used {
		if !slices.Contains(ScopeNames(), s) {
			t.Errorf("%s is needed and not asked for", s)
		}
	}
	for _, s := range ScopeNames() {
		if !used[s] {
			t.Errorf("%s is asked for, and no method and no event needs it", s)
		}
	}
}

// TestEvents_EachIsHandled finds the name of each event in the transport.
func TestEvents_EachIsHandled(t *testing.T) {
	handled := map[string]bool{}
	for _, file := range goFiles(t, "..") {
		ast.Inspect(file, func(n ast.Node) bool {
			if c, ok := n.(*ast.CaseClause); ok {
				for _, e := range c.List {
					if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
						handled[unquote(t, lit.Value)] = true
					}
				}
			}
			return true
		})
	}
	for _, e := range Events() {
		if name, _, _ := strings.Cut(e.Name, "."); !handled[name] {
			t.Errorf("nothing handles %s, so there is no reason to be told of it", e.Name)
		}
	}
}

// TestShortcuts_AreThoseOfTheTransport compares the names that both packages
// have to agree on.
func TestShortcuts_AreThoseOfTheTransport(t *testing.T) {
	var found []string
	for _, file := range goFiles(t, "..") {
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				found = append(found, unquote(t, lit.Value))
			}
			return true
		})
	}
	for _, s := range New(Options{}).Features.Shortcuts {
		if !slices.Contains(found, s.CallbackID) {
			t.Errorf("nothing answers the shortcut %q", s.CallbackID)
		}
	}
}

// calledMethods are the keys of the table of methods in the client.
func calledMethods(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, file := range goFiles(t, "../api") {
		for _, d := range file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, spec := range g.Specs {
				v, ok := spec.(*ast.ValueSpec)
				if !ok || v.Names[0].Name != "methods" {
					continue
				}
				table, ok := v.Values[0].(*ast.CompositeLit)
				if !ok {
					t.Fatal("the table of methods is no literal any more")
				}
				for _, e := range table.Elts {
					if pair, ok := e.(*ast.KeyValueExpr); ok {
						if lit, ok := pair.Key.(*ast.BasicLit); ok { // the others are no methods of the Web API
							names = append(names, unquote(t, lit.Value))
						}
					}
				}
			}
		}
	}
	if len(names) < 10 {
		t.Fatalf("found only the methods %v in bot/slack/api", names)
	}
	return names
}

func goFiles(t *testing.T, folder string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no Go files in %s: %v", folder, err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

func unquote(t *testing.T, s string) string {
	t.Helper()
	s, err := strconv.Unquote(s)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// eventTypes are the events a bot can subscribe to, by Slack's own types.
func eventTypes(t *testing.T) map[string]bool {
	t.Helper()
	b, err := os.ReadFile(envtest.Shared(t, "data", "slack", "events.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Definitions map[string]struct {
			Properties struct {
				Type struct {
					Const string `json:"const"`
				} `json:"type"`
				EventTS json.RawMessage `json:"event_ts"`
			} `json:"properties"`
		} `json:"definitions"`
	}
	if err := json.Unmarshal(b, &schema); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for name, d := range schema.Definitions {
		if strings.HasSuffix(name, "Event") && d.Properties.Type.Const != "" {
			known[d.Properties.Type.Const] = true
		}
	}
	if len(known) < 50 {
		t.Fatalf("found only %d events", len(known))
	}
	delete(known, "message")
	for _, kind := range []string{"channels", "groups", "im", "mpim"} {
		known["message."+kind] = true
	}
	return known
}

func document(t *testing.T, m Manifest) any {
	t.Helper()
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// ecma is a regular expression with look-ahead, which the schema uses.
type ecma struct{ re *regexp2.Regexp }

func (e ecma) MatchString(s string) bool { ok, err := e.re.MatchString(s); return err == nil && ok }
func (e ecma) String() string            { return e.re.String() }

// manifestSchema is Slack's own. Its parts are registered under the addresses
// they name each other by, so that nothing is downloaded.
func manifestSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	const base = "https://raw.githubusercontent.com/slackapi/manifest-schema/v0.5.0/schemas/"
	c := jsonschema.NewCompiler()
	c.UseRegexpEngine(func(p string) (jsonschema.Regexp, error) {
		re, err := regexp2.Compile(p, regexp2.ECMAScript)
		return ecma{re}, err
	})
	for _, n := range []string{"manifest.schema.1.0.0.json", "manifest.schema.2.0.0.json"} {
		b, err := os.ReadFile(envtest.Shared(t, "data", "slack", "schemas", n))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource(base+n, doc); err != nil {
			t.Fatal(err)
		}
	}
	s, err := c.Compile(envtest.Shared(t, "data", "slack", "manifest.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}
