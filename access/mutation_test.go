package access

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// equivalent are the mutants that do the same as the original, by "function:
// condition = value", and why.
var equivalent = map[string]string{}

// mutant is the source with one condition replaced.
type mutant struct {
	file, function, condition string
	line                      int
	value                     bool
	source                    []byte
}

func (m mutant) name() string { return fmt.Sprintf("%s: %s = %v", m.function, m.condition, m.value) }

// TestMutation_EveryCheckIsTested replaces every condition of the files that
// decide by true and by false, and fails for each that the tests do not see.
func TestMutation_EveryCheckIsTested(t *testing.T) {
	if os.Getenv("INSIGHTBOT_MUTATE") != "1" {
		t.Skip("runs the tests once for every condition, which takes minutes; set INSIGHTBOT_MUTATE=1")
	}
	var all []mutant
	for _, file := range []string{"access.go", "policy.go", "audience.go", "decide.go", "index.go"} {
		all = append(all, mutants(t, file)...)
	}
	cache := t.TempDir()
	// The original has to pass in the same way, or every mutant would fail.
	if out, err := runMutant(t, cache, mutant{file: "access.go", source: read(t, "access.go")}); err != nil {
		t.Fatalf("without a mutation: %v\n%s", err, out)
	}
	survived := make([]bool, len(all))
	var wait sync.WaitGroup
	slots := make(chan struct{}, 2)
	for i, m := range all {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			out, err := runMutant(t, cache, m)
			survived[i] = err == nil
			if bytes.Contains(out, []byte("[build failed]")) || bytes.Contains(out, []byte("[setup failed]")) {
				t.Errorf("%s:%d %s does not compile:\n%s", m.file, m.line, m.name(), out)
			}
		})
	}
	wait.Wait()
	unused := map[string]bool{}
	for name := range equivalent {
		unused[name] = true
	}
	killed, excused := 0, 0
	for i, m := range all {
		result := "killed"
		switch _, ok := equivalent[m.name()]; {
		case survived[i] && ok:
			result = "the same: " + equivalent[m.name()]
			excused++
			delete(unused, m.name())
		case survived[i]:
			result = "SURVIVED"
			t.Errorf("%s:%d %s survived", m.file, m.line, m.name())
		default:
			killed++
		}
		t.Logf("%s:%d %s → %s", m.file, m.line, m.name(), result)
	}
	for name := range unused {
		t.Errorf("%q is listed as equivalent, and is not there or is seen by a test", name)
	}
	t.Logf("%d mutants, %d killed, %d equivalent, %d survived", len(all), killed, excused, len(all)-killed-excused)
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	source, err := os.ReadFile(file) //nolint:gosec // a file of this package
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// runMutant runs the quick tests of the package with one file replaced.
func runMutant(t *testing.T, cache string, m mutant) ([]byte, error) {
	dir := t.TempDir()
	changed := filepath.Join(dir, m.file)
	if err := os.WriteFile(changed, m.source, 0o600); err != nil {
		return nil, err
	}
	original, err := filepath.Abs(m.file)
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(map[string]map[string]string{"Replace": {original: changed}})
	if err != nil {
		return nil, err
	}
	overlay := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, data, 0o600); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-short", "-run", ".", "-vet=off", "-count=1", "-failfast", "-timeout=2m", "-overlay", overlay, ".") //nolint:gosec // fixed words
	// What the mutants compile to is not kept.
	cmd.Env = append(os.Environ(), "INSIGHTBOT_MUTATE=", "GOCACHE="+cache)
	return cmd.CombinedOutput()
}

// mutants finds the conditions of a file: of if statements, the cases of
// switches without a tag, the sides of && and ||, comparisons, and what
// functions return as a bool.
func mutants(t *testing.T, file string) []mutant {
	t.Helper()
	source, files := read(t, file), token.NewFileSet()
	parsed, err := parser.ParseFile(files, file, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	var found []mutant
	done := map[[2]int]bool{}
	for _, d := range parsed.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		for _, e := range conditions(f.Body, f.Type) {
			from, to := files.Position(e.Pos()).Offset, files.Position(e.End()).Offset
			if done[[2]int{from, to}] {
				continue
			}
			done[[2]int{from, to}] = true
			text := string(source[from:to])
			for _, value := range []bool{true, false} {
				if text == strconv.FormatBool(value) {
					continue
				}
				// The condition stays, so that what it uses is used.
				with := "(true || (" + text + "))"
				if !value {
					with = "(false && (" + text + "))"
				}
				found = append(found, mutant{
					file: file, function: f.Name.Name, condition: strings.Join(strings.Fields(text), " "), line: files.Position(e.Pos()).Line, value: value,
					source: slices.Concat(source[:from], []byte(with), source[to:]),
				})
			}
		}
	}
	return found
}

// conditions finds the boolean expressions in the body of a function.
func conditions(body *ast.BlockStmt, typ *ast.FuncType) []ast.Expr {
	var found []ast.Expr
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			found = append(found, conditions(n.Body, n.Type)...)
			return false
		case *ast.IfStmt:
			found = append(found, n.Cond)
		case *ast.SwitchStmt:
			if n.Tag == nil {
				for _, s := range n.Body.List {
					if c, ok := s.(*ast.CaseClause); ok {
						found = append(found, c.List...)
					}
				}
			}
		case *ast.BinaryExpr:
			switch n.Op {
			case token.LAND, token.LOR:
				found = append(found, n.X, n.Y)
			case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
				found = append(found, n)
			default:
			}
		case *ast.ReturnStmt:
			for i, r := range n.Results {
				if isBool(typ, i, len(n.Results)) {
					found = append(found, r)
				}
			}
		}
		return true
	})
	return found
}

// isBool reports whether the i-th of n results of a function is a bool.
func isBool(typ *ast.FuncType, i, n int) bool {
	if typ.Results == nil {
		return false
	}
	var types []ast.Expr
	for _, field := range typ.Results.List {
		for range max(1, len(field.Names)) {
			types = append(types, field.Type)
		}
	}
	if len(types) != n {
		return false
	}
	id, ok := types[i].(*ast.Ident)
	return ok && id.Name == "bool"
}
