package main_test

import (
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// modulePath is the first element of our own import paths.
const modulePath = "insightbot"

// everything in an allow list is any package of ours.
const everything = "*"

// mayImport says which packages of ours a package may import: down only. The
// name is the folder; "bot/*" stands for every folder in bot that has no line
// of its own. It is docs as much as a rule, so it stays in the order of the
// layers, from the top.
var mayImport = map[string][]string{
	// wire
	".": {everything},
	// rim
	"bot/slack":            {"chat", "text", "bot/queue", "bot/slack/api", "bot/slack/receive", "bot/slack/screen"},
	"bot/slack/api":        {"chat", "text"},
	"bot/slack/manifest":   {"chat", "text"},
	"bot/slack/receive":    {"chat"},
	"bot/slack/screen":     {"chat", "text"},
	"bot/blockkit":         {"text"},
	"bot/*":                {"chat", "text"},
	"source/*":             {"source", "insight"},
	"source/posthog":       {"source", "insight", "source/guard", "source/posthog/shape"},
	"source/posthog/shape": {"insight"},
	"source/demo":          {"source", "insight", "source/sql"}, // uses its driver and its YAML
	"storage":              {"chat", "insight", "access", "scheduler"},
	// use
	"handlers":   {"chat", "insight", "access", "match", "render", "alert", "scheduler", "text"},
	"scheduler":  {"chat"},
	"bot":        {"chat"},
	"match/eval": {"match", "insight"},
	// draw
	"render": {"insight", "text"},
	// pure
	"access":            {"chat", "insight"},
	"access/policyfile": {"access", "insight"},
	"match":             {"insight"},
	"alert":             {"insight"},
	"source":            {"insight"},
	// words
	"chat":    {},
	"insight": {},
	"text":    {},
}

// outside says which packages may import a module that is not ours. Every
// module needs a line, so that a new dependency is a decision; a platform's or
// database's SDK has exactly one home, so that its types stay there.
var outside = map[string][]string{
	"github.com/slack-go/slack":             {"bot/slack", "bot/slack/api", "bot/slack/receive", "bot/slack/screen"},
	"github.com/bwmarrin/discordgo":         {"bot/discord"},
	"github.com/robfig/cron":                {"scheduler"},
	"github.com/wcharczuk/go-chart":         {"render"},
	"github.com/golang/freetype":            {"render"},
	"github.com/go-text/typesetting":        {"render"},
	"golang.org/x/image":                    {"render", "bot/terminal"},
	"github.com/klauspost/compress":         {"render"},
	"github.com/rivo/uniseg":                {"text", "render"},
	"modernc.org/sqlite":                    {"storage", "source/sql"},
	"github.com/kljensen/snowball":          {"match"},
	"github.com/goccy/go-yaml":              {".", "access/policyfile", "source/sql", "source/demo", "match/eval"},
	"github.com/spf13/cobra":                {"."},
	"github.com/schollz/progressbar":        {"."},
	"github.com/mattn/go-sixel":             {"bot/terminal"},
	"golang.org/x/term":                     {".", "bot/terminal"},
	"golang.org/x/sync":                     {everything},
	"golang.org/x/text":                     {everything},
	"golang.org/x/time":                     {"bot", "bot/slack/api", "source/posthog"},
	"github.com/jackc/pgx":                  {"source/sql"},
	"github.com/go-sql-driver/mysql":        {"source/sql"},
	"github.com/ClickHouse/clickhouse-go":   {"source/sql"},
	"github.com/trinodb/trino-go-client":    {"source/sql"},
	"github.com/sony/gobreaker":             {"source"},
	"github.com/hashicorp/golang-lru":       {"source"},
	"github.com/gorilla/websocket":          {"bot/slack/receive"},
	"github.com/santhosh-tekuri/jsonschema": {}, // tests
	"github.com/dlclark/regexp2":            {}, // tests
	"github.com/google/go-cmp":              {}, // tests
	"github.com/rogpeppe/go-internal":       {}, // tests
	"github.com/chromedp/chromedp":          {}, // tests
	"github.com/chromedp/cdproto":           {}, // tests
}

// maxOwnImports is how many packages of ours one may import; the command line
// and the handlers bring everything together and are apart.
const maxOwnImports = 6

// sharedVar names the variable that says where the tests' reference data is.
const sharedVar = "INSIGHTBOT_SHARED"

// sourceFile is what the rules need to know of one Go file.
type sourceFile struct {
	name, folder string
	test         bool
	imports      []string
	documented   bool
	inits        int
	readsShared  bool
}

func TestDependencyRule(t *testing.T) {
	files, err := parseTree(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 20 {
		t.Fatalf("found only %d Go files: the rule looks at the wrong place", len(files))
	}
	for _, v := range violations(files) {
		t.Error(v)
	}
}

// TestDependencies_AreExplained keeps the list of reasons complete.
func TestDependencies_AreExplained(t *testing.T) {
	files, err := parseTree(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	used := make(map[string]bool)
	for _, f := range files {
		for _, p := range f.imports {
			if module, ok := outsideModule(p); ok {
				used[module] = true
			}
		}
	}
	for module := range outside {
		if explained := strings.Contains(string(text), "`"+module); explained != used[module] {
			t.Errorf("%s: imported is %v, explained in docs/dependencies.md is %v", module, used[module], explained)
		}
	}
}

// violations returns a sentence for each thing the files do against the rules.
func violations(files []sourceFile) []string {
	var found []string
	report := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	own := make(map[string]map[string]bool) // folder to the packages of ours it imports
	documented := make(map[string]bool)
	for _, f := range files {
		documented[f.folder] = documented[f.folder] || f.documented
		if f.inits > 0 {
			report("%s: has a func init; pass what it would set up instead", f.name)
		}
		if f.readsShared && f.folder != "envtest" {
			report("%s: reads %s; envtest.Shared does, and does not let a test skip where it must run", f.name, sharedVar)
		}
		for _, p := range f.imports {
			if p == "log" {
				report("%s: imports log; a *slog.Logger is injected", f.name)
			}
			if strings.HasPrefix(p, "github.com/stretchr/testify") {
				report("%s: imports testify; tests use testing and go-cmp", f.name)
			}
		}
		if f.test || isTestPackage(f.folder) {
			continue
		}
		if own[f.folder] == nil {
			own[f.folder] = make(map[string]bool)
		}
		allowed, known := rule(f.folder)
		if !known {
			report("%s: package %q has no line in the table mayImport of deps_test.go; "+
				"decide its layer and add the line, or move the code into a package that has one", f.name, f.folder)
			continue
		}
		for _, p := range f.imports {
			if v := judge(f.folder, p, allowed); v != "" {
				report("%s: %s", f.name, v)
			}
			if to, ok := ownFolder(p); ok {
				own[f.folder][to] = true
			}
		}
	}
	for folder, imports := range own {
		if len(imports) > maxOwnImports && folder != "." && folder != "handlers" {
			report("%s: imports %d packages of ours, at most %d are allowed", folder, len(imports), maxOwnImports)
		}
	}
	for folder, ok := range documented {
		if !ok {
			report("%s: no file has a package comment", folder)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// judge says what is wrong with a package in folder importing p, or "".
func judge(folder, p string, allowed []string) string {
	if p == "testing" || strings.HasPrefix(p, "testing/") {
		return "imports " + p + " outside tests"
	}
	if to, ok := ownFolder(p); ok {
		switch {
		case to == ".":
			return "imports the command line, which nothing may"
		case isTestPackage(to):
			return fmt.Sprintf("imports %s, which is for tests", to)
		case !slices.Contains(allowed, everything) && !slices.Contains(allowed, to):
			return fmt.Sprintf("%s may not import %s; it may import %v", folder, to, allowed)
		}
		return ""
	}
	first, _, _ := strings.Cut(p, "/")
	if !strings.Contains(first, ".") {
		return "" // the standard library
	}
	module, ok := outsideModule(p)
	switch {
	case !ok:
		return fmt.Sprintf("imports %s, which has no line in the table outside of deps_test.go and docs/dependencies.md", p)
	case !slices.Contains(outside[module], everything) && !slices.Contains(outside[module], folder):
		return fmt.Sprintf("%s may not import %s; only %v may", folder, module, outside[module])
	}
	return ""
}

// rule finds the line of mayImport for a folder.
func rule(folder string) (allowed []string, known bool) {
	if allowed, known = mayImport[folder]; known {
		return allowed, true
	}
	allowed, known = mayImport[path.Dir(folder)+"/*"]
	return allowed, known
}

func ownFolder(importPath string) (folder string, ok bool) {
	if importPath == modulePath {
		return ".", true
	}
	return strings.CutPrefix(importPath, modulePath+"/")
}

func outsideModule(importPath string) (module string, ok bool) {
	for module := range outside {
		if importPath == module || strings.HasPrefix(importPath, module+"/") {
			return module, true
		}
	}
	return "", false
}

// isTestPackage reports whether a folder holds helpers for tests, by the
// convention of net/http/httptest.
func isTestPackage(folder string) bool { return strings.HasSuffix(folder, "test") }

// parseTree reads every Go file of the module in fsys. Folders that Go itself
// passes over are left out, and so are modules of their own and files that are
// only run by hand or by go generate (//go:build ignore).
func parseTree(fsys fs.FS) ([]sourceFile, error) {
	var files []sourceFile
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name == "." {
				return nil
			}
			base := d.Name()
			_, noModule := fs.Stat(fsys, path.Join(name, "go.mod"))
			if strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata" || noModule == nil {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		f, ignored, err := parseFile(fsys, name)
		if err == nil && !ignored {
			files = append(files, f)
		}
		return err
	})
	return files, err
}

func parseFile(fsys fs.FS, name string) (f sourceFile, ignored bool, err error) {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return f, false, err
	}
	tree, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return f, false, err
	}
	f = sourceFile{
		name: name, folder: path.Dir(name), test: strings.HasSuffix(name, "_test.go"),
		readsShared: strings.Contains(string(text), strconv.Quote(sharedVar)) && name != "deps_test.go",
		documented:  tree.Doc != nil && !strings.HasSuffix(tree.Name.Name, "_test"),
	}
	for _, group := range tree.Comments {
		for _, c := range group.List {
			if c.Pos() < tree.Package && constraint.IsGoBuild(c.Text) && c.Text == "//go:build ignore" {
				return f, true, nil
			}
		}
	}
	for _, spec := range tree.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return f, false, err
		}
		f.imports = append(f.imports, p)
	}
	for _, d := range tree.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			f.inits++
		}
	}
	return f, false, nil
}

// file makes a documented Go file with some imports for a planted tree.
func file(pkg string, imports ...string) string {
	text := "// Package " + pkg + " is planted.\npackage " + pkg + "\n\n"
	for _, p := range imports {
		text += "import _ " + strconv.Quote(p) + "\n"
	}
	return text
}

func TestDependencyRule_PlantedViolation(t *testing.T) {
	// sound is a tree that keeps every rule, uses each exemption, and is the
	// ground each violation is planted in.
	sound := map[string]string{
		"main.go":                file("main", "insightbot/bot/web", "insightbot/handlers", "insightbot/storage", "insightbot/source/demo"),
		"chat/chat.go":           file("chat", "context"),
		"chat/chattest/suite.go": file("chattest", "testing", "insightbot/chat", "insightbot/handlers"),
		"insight/insight.go":     file("insight"),
		"match/match.go":         file("match", "insightbot/insight"),
		"match/match_test.go":    file("match_test", "testing", "insightbot/source/demo", "github.com/google/go-cmp/cmp"),
		"match/gen.go":           "//go:build ignore\n\n" + file("main", "log", "insightbot/handlers"),
		"match/testdata/x.go":    file("x", "insightbot/handlers"),
		"handlers/ask.go":        file("handlers", "insightbot/chat", "insightbot/insight", "insightbot/match", "insightbot/access"),
		"access/access.go":       file("access", "insightbot/chat"),
		"bot/web/web.go":         file("web", "insightbot/chat", "net/http"),
		"bot/slack/slack.go":     file("slack", "insightbot/chat", "github.com/slack-go/slack/socketmode"),
		"source/source.go":       file("source", "insightbot/insight"),
		"source/sql/sql.go":      file("sql", "insightbot/source", "modernc.org/sqlite"),
		"source/demo/demo.go":    file("demo", "insightbot/source/sql"),
		"storage/storage.go":     file("storage", "insightbot/chat", "modernc.org/sqlite/lib"),
		"tools/go.mod":           "module insightbot/tools",
		"tools/tools.go":         file("tools", "log"),
	}
	for _, tt := range []struct{ name, file, text, want string }{
		{"nothing", "main.go", sound["main.go"], ""},
		{"words import", "chat/x.go", file("chat", "insightbot/insight"), "chat may not import insight"},
		{"pure imports up", "match/x.go", file("match", "insightbot/handlers"), "match may not import handlers"},
		{"rim imports use", "bot/web/x.go", file("web", "insightbot/handlers"), "bot/web may not import handlers"},
		{"rim imports rim", "bot/web/x.go", file("web", "insightbot/bot/slack"), "bot/web may not import bot/slack"},
		{"source imports source", "source/sql/x.go", file("sql", "insightbot/source/demo"), "source/sql may not import source/demo"},
		{"use imports rim", "handlers/x.go", file("handlers", "insightbot/storage"), "handlers may not import storage"},
		{"storage imports use", "storage/x.go", file("storage", "insightbot/handlers"), "storage may not import handlers"},
		{"somebody imports main", "handlers/x.go", file("handlers", "insightbot"), "imports the command line"},
		{"new package", "helpers/x.go", file("helpers"), `package "helpers" has no line in the table mayImport`},
		{"new package below", "handlers/shared/x.go", file("shared"), `package "handlers/shared" has no line`},
		{"new platform may only", "bot/irc/x.go", file("irc", "insightbot/insight"), "bot/irc may not import insight"},
		{"SDK elsewhere", "handlers/x.go", file("handlers", "github.com/slack-go/slack"), "handlers may not import github.com/slack-go/slack"},
		{"SDK in a neighbour", "bot/web/x.go", file("web", "github.com/bwmarrin/discordgo"), "only [bot/discord] may"},
		{"cron elsewhere", "alert/x.go", file("alert", "github.com/robfig/cron/v3"), "only [scheduler] may"},
		{"charts elsewhere", "bot/web/x.go", file("web", "github.com/wcharczuk/go-chart/v2"), "only [render] may"},
		{"driver elsewhere", "source/demo/x.go", file("demo", "modernc.org/sqlite"), "source/demo may not import modernc.org/sqlite"},
		{"similar name", "storage/x.go", file("storage", "modernc.org/sqlite2"), "has no line in the table outside"},
		{"unknown module", "text/x.go", file("text", "example.com/left-pad"), "imports example.com/left-pad, which has no line"},
		{"testing in code", "text/x.go", file("text", "testing/fstest"), "imports testing/fstest outside tests"},
		{"test helper in code", "main_x.go", file("main", "insightbot/chat/chattest"), "imports chat/chattest, which is for tests"},
		{"log", "text/x.go", file("text", "log"), "imports log;"},
		{"log in a test", "text/x_test.go", file("text", "log"), "imports log;"},
		{"testify in a test", "match/x_test.go", file("match", "github.com/stretchr/testify/assert"), "imports testify"},
		{"init", "text/x.go", file("text") + "\nfunc init() {}\n", "has a func init"},
		{"init in a test", "match/x_test.go", file("match") + "\nfunc init() {}\n", "has a func init"},
		{"a method named init is none", "chat/x.go", file("chat") + "\ntype t int\n\nfunc (t) init() {}\n", ""},
		{"own look for the data", "match/x_test.go", file("match_test") + "\nvar place = \"INSIGHTBOT_SHARED\"\n", "envtest.Shared does"},
		{"no package comment", "text/x.go", "package text\n", "text: no file has a package comment"},
		{"comment only on the test package", "text/x_test.go", file("text_test"), "text: no file has a package comment"},
		{"too many", "match/eval/x.go", file("eval", "insightbot/a", "insightbot/b", "insightbot/c",
			"insightbot/d", "insightbot/e", "insightbot/f", "insightbot/match"), "match/eval: imports 7 packages of ours"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tree := fstest.MapFS{}
			for name, text := range sound {
				tree[name] = &fstest.MapFile{Data: []byte(text)}
			}
			tree[tt.file] = &fstest.MapFile{Data: []byte(tt.text)}
			files, err := parseTree(tree)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(violations(files), "\n")
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("reported:\n%s\nwant: %q", got, tt.want)
			}
		})
	}
}
