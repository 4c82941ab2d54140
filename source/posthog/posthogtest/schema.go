package posthogtest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The files of the schemas: the types of the interface as of 2026, which let
// unknown fields pass, and those of queries as of 2024, which do not.
const (
	typesFile   = "openapi-types-2026-05.schema.json"
	queriesFile = "query-schema-2024-10.json"
)

// schemas are the published schemas of PostHog. Each definition is compiled
// when it is first needed. It is safe for many goroutines.
type schemas struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	byName   map[string]*jsonschema.Schema
}

// shared keeps compiled schemas for all servers of a test binary: reading them
// takes longer than most tests.
var shared = struct {
	mu    sync.Mutex
	byDir map[string]*schemas
}{byDir: map[string]*schemas{}}

// compiled are the schemas of a folder.
func compiled(t testing.TB, dir string) *schemas {
	t.Helper()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if s, ok := shared.byDir[dir]; ok {
		return s
	}
	s := &schemas{compiler: jsonschema.NewCompiler(), byName: map[string]*jsonschema.Schema{}}
	for _, name := range []string{typesFile, queriesFile} {
		raw, err := os.ReadFile(filepath.Join(dir, "schema", name)) //nolint:gosec // the folder of the test data
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := s.compiler.AddResource("file:///"+name, doc); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	shared.byDir[dir] = s
	return s
}

// check holds JSON to a definition of a schema. The error is long, and names
// every place.
func (s *schemas) check(file, definition string, raw []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := "file:///" + file + "#/definitions/" + definition
	schema, ok := s.byName[name]
	if !ok {
		var err error
		if schema, err = s.compiler.Compile(name); err != nil {
			return err //nolint:wrapcheck // it says which definition
		}
		s.byName[name] = schema
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return err //nolint:wrapcheck // it is all there is to say
	}
	return schema.Validate(doc) //nolint:wrapcheck // it is all there is to say
}

// made holds what the server made up to the types of the interface, and hands
// it on as it is.
func (s *Server) made(definition string, raw json.RawMessage) []byte {
	if s.schemas == nil {
		return raw
	}
	if err := s.schemas.check(typesFile, definition, bridge(raw)); err != nil {
		s.t.Errorf("posthogtest made up a wrong %s: %v\n%s", definition, err, raw)
	}
	return raw
}

// bridge closes the known gaps between the schema and what PostHog sends: the
// progress of a query may be null, and so may people, who in recordings lack
// fields too.
func bridge(raw []byte) []byte {
	raw = bytes.ReplaceAll(raw, []byte(`"query_progress":null,`), nil)
	var o object
	if json.Unmarshal(raw, &o) != nil {
		return raw
	}
	for _, name := range []string{"created_by", "last_modified_by"} {
		if person, ok := o[name]; ok && !bytes.Contains(person, []byte("hedgehog_config")) {
			o[name] = json.RawMessage(somebody)
		}
	}
	return encode(o)
}

// somebody is a person of the project. Nothing of it is real.
const somebody = `{"id":1,"uuid":"00000000-0000-4000-8000-000000000064","distinct_id":"synthetic-id-000065","first_name":"User Fifteen","last_name":"","email":"user15@example.com","is_email_verified":null,"hedgehog_config":null,"role_at_organization":"engineering"}`
