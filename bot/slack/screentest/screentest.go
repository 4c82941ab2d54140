// Package screentest holds what goes to Slack against its published schemas
// and against the rules that stand in no schema, for the tests of everything
// that sends messages, dialogs and home pages.
package screentest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"insightbot/envtest"
)

// Check fails a test for every rule of Slack's that the blocks of a message
// break. Without the schemas only the rules that stand in none are checked,
// unless the reference data is required.
func Check(t testing.TB, blocks []byte) {
	t.Helper()
	report(t, blocks, Blocks(Dir(t), blocks))
}

// CheckModal is Check for a dialog.
func CheckModal(t testing.TB, view []byte) {
	t.Helper()
	report(t, view, Modal(Dir(t), view))
}

// CheckHome is Check for a home page.
func CheckHome(t testing.TB, view []byte) {
	t.Helper()
	report(t, view, Home(Dir(t), view))
}

// report fails a test.
func report(t testing.TB, raw []byte, problems []string) {
	t.Helper()
	if len(problems) > 0 {
		t.Errorf("Slack would refuse this:\n%s\n%s", strings.Join(problems, "\n"), raw)
	}
}

// Dir is the folder of the schemas; "" without the reference data, which the
// test says and, where it is required, fails for.
func Dir(t testing.TB) string {
	t.Helper()
	if required := os.Getenv(envtest.RequireSharedVar); os.Getenv(envtest.SharedVar) == "" && (required == "" || required == "0") {
		t.Log("the schemas of Slack are not checked: " + envtest.SharedVar + " is not set")
		return ""
	}
	return envtest.Shared(t, "data", "slack")
}

// JSON is anything as JSON, for Check.
func JSON(t testing.TB, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// Blocks are the problems of the blocks of a message, each in a sentence. dir
// is the folder of the schemas, or "" to check the rules that stand in none.
func Blocks(dir string, raw []byte) []string {
	c := checker{dir: dir, message: true}
	c.schema("blocks", raw)
	var blocks []any
	if err := json.Unmarshal(raw, &blocks); err != nil {
		return append(c.problems, "blocks: "+err.Error())
	}
	c.blocks(blocks, 50)
	if n := Size(blocks); n > 12_000 {
		c.say("blocks", "%d characters, 12,000 is the limit", n)
	}
	return c.problems
}

// Modal are the problems of a dialog.
func Modal(dir string, raw []byte) []string { return view(dir, "modal", raw) }

// Home are the problems of a home page.
func Home(dir string, raw []byte) []string { return view(dir, "home", raw) }

// view checks a dialog or a home page.
func view(dir, kind string, raw []byte) []string {
	c := checker{dir: dir}
	c.schema(kind, raw)
	var v struct {
		Type     string `json:"type"`
		Blocks   []any  `json:"blocks"`
		Title    object `json:"title"`
		Submit   object `json:"submit"`
		Close    object `json:"close"`
		Metadata string `json:"private_metadata"`
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return append(c.problems, kind+": "+err.Error())
	}
	if v.Type != kind {
		c.say(kind, "the type is %q", v.Type)
	}
	c.blocks(v.Blocks, 100)
	if len(raw) > 250_000 {
		c.say(kind, "%d bytes, 250,000 is the limit", len(raw))
	}
	if kind == "home" {
		if c.inputs > 0 {
			c.say(kind, "a home page has no inputs here")
		}
		return c.problems
	}
	c.text("title", v.Title, 24, true)
	if v.Close != nil {
		c.text("close", v.Close, 24, true)
	}
	if v.Submit != nil {
		c.text("submit", v.Submit, 24, true)
	} else if c.inputs > 0 {
		c.say(kind, "it has inputs and nothing to submit them")
	}
	c.long("private_metadata", v.Metadata, 3000)
	return c.problems
}

// compiled are the schemas, compiled once for each file.
type compiled struct {
	mu     sync.Mutex
	byPath map[string]*jsonschema.Schema
}

// schemas is filled as they are used; what it holds never changes.
var schemas = compiled{byPath: map[string]*jsonschema.Schema{}}

// at is the schema in a file.
func (s *compiled) at(path string) (*jsonschema.Schema, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.byPath[path]; c != nil {
		return c, nil
	}
	c, err := jsonschema.NewCompiler().Compile(path)
	if err == nil {
		s.byPath[path] = c
	}
	return c, err
}

// schema checks JSON against the schema of its kind, where there is one.
func (c *checker) schema(kind string, raw []byte) {
	if c.dir == "" {
		return
	}
	s, err := schemas.at(filepath.Join(c.dir, kind+".schema.json"))
	if err != nil {
		c.say(kind, "no schema: %v", err)
		return
	}
	x, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	if err == nil {
		err = s.Validate(x)
	}
	if err != nil {
		c.say(kind, "%s", short(err.Error()))
	}
}

// short cuts the reasons of a schema with many choices.
func short(s string) string {
	if len(s) > 1500 {
		return s[:1500] + " …"
	}
	return s
}
