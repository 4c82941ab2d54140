package access

import (
	"cmp"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// equivalent are the mutants that do the same as the original, by "function:
// condition = value", and why.
var equivalent = map[string]string{
	"within: len(list) <= short = false":                        "a set holds what its list holds",
	"HasAdmin: ok = true":                                       "the role that is not there has no ability",
	"sees: len(in.Accepts.Attributes) > 0 = true":               "the long way says the same",
	"NewIndex: !slices.Contains(in.Tags, TagRestricted) = true": "each candidate is decided anew",
	"granted: r.ID == RoleOperator = true":                      "each candidate is decided anew",
	"granted: r.Everything = true":                              "each candidate is decided anew",
	"granted: ok = true":                                        "each candidate is decided anew",
}

// mutant is one condition that is replaced by true, by false, or by its
// opposite.
type mutant struct {
	file, function, condition, value string
	line                             int
}

func (m mutant) name() string { return fmt.Sprintf("%s: %s = %s", m.function, m.condition, m.value) }

// opposite is the value of a mutant that turns its condition around.
const opposite = "opposite"

// chooser is the file that every mutated file takes its mutant from. All of
// them are in one program, so that it is compiled once; 0 is the original.
const chooser = `package access

import (
	"os"
	"strconv"
)

var mutantID, _ = strconv.Atoi(os.Getenv("INSIGHTBOT_MUTANT"))
`

// failed finds the first test that failed.
var failed = regexp.MustCompile(`(?m)^--- FAIL: (\S+)`)

// TestMutation_EveryCheckIsTested replaces every condition of the files that
// decide by true, by false and by its opposite, and fails for each that the
// tests do not see.
func TestMutation_EveryCheckIsTested(t *testing.T) {
	if os.Getenv("INSIGHTBOT_MUTATE") != "1" {
		t.Skip("runs the tests once for every condition, which takes minutes; set INSIGHTBOT_MUTATE=1")
	}
	dir := t.TempDir()
	var all []mutant
	replace := map[string]string{}
	put := func(name string, source []byte) {
		original, err := filepath.Abs(name)
		if err != nil {
			t.Fatal(err)
		}
		replace[original] = filepath.Join(dir, name)
		if err := os.WriteFile(replace[original], source, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("mutant_chooser.go", []byte(chooser))
	for _, file := range []string{"access.go", "policy.go", "audience.go", "decide.go", "index.go"} {
		var source []byte
		source, all = mutate(t, file, all)
		put(file, source)
	}
	binary := compile(t, dir, replace)
	// The original has to pass in the same way, or every mutant would fail.
	if out, err := runMutant(t, binary, 0); err != nil {
		t.Fatalf("without a mutation: %v\n%s", err, out)
	}
	killers := make([]string, len(all))
	var wait sync.WaitGroup
	slots := make(chan struct{}, 2)
	for i := range all {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if out, err := runMutant(t, binary, i+1); err != nil {
				killers[i] = "panic or time out"
				if found := failed.FindSubmatch(out); found != nil {
					killers[i] = string(found[1])
				}
			}
		})
	}
	wait.Wait()
	judge(t, all, killers)
}

// judge writes the table, and fails for what survived: that which no test
// killed.
func judge(t *testing.T, all []mutant, killers []string) {
	t.Helper()
	unused := maps.Clone(equivalent)
	killed, excused := 0, 0
	for i, m := range all {
		result := "killed by " + killers[i]
		switch why, ok := equivalent[m.name()]; {
		case killers[i] == "" && ok:
			result = "the same: " + why
			excused++
			delete(unused, m.name())
		case killers[i] == "":
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

// compile makes the tests of the package with some files replaced.
func compile(t *testing.T, dir string, replace map[string]string) string {
	t.Helper()
	data, err := json.Marshal(map[string]map[string]string{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	overlay, binary := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "mutants.test")
	if err := os.WriteFile(overlay, data, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-c", "-vet=off", "-o", binary, "-overlay", overlay, ".") //nolint:gosec // fixed words
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("compile the mutants: %v\n%s", err, out)
	}
	return binary
}

// runMutant runs the quick tests of one mutant, until one fails.
func runMutant(t *testing.T, binary string, id int) ([]byte, error) {
	cmd := exec.CommandContext(t.Context(), binary, "-test.short", "-test.failfast", "-test.timeout=2m") //nolint:gosec // compiled above
	cmd.Env = append(os.Environ(), "INSIGHTBOT_MUTATE=", "INSIGHTBOT_MUTANT="+strconv.Itoa(id))
	return cmd.CombinedOutput()
}

// mutate finds the conditions of a file: of if statements, the cases of
// switches without a tag, the sides of && and ||, comparisons, and what
// functions return as a bool. It returns the file with all of them made to
// choose, and the mutants after those that are there; the id of one is its
// position in the list, from 1.
func mutate(t *testing.T, file string, all []mutant) ([]byte, []mutant) {
	t.Helper()
	source, err := os.ReadFile(file) //nolint:gosec // a file of this package
	if err != nil {
		t.Fatal(err)
	}
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, file, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	type insertion struct {
		at, length int
		text       string
	}
	var insertions []insertion
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
			text := strings.Join(strings.Fields(string(source[from:to])), " ")
			choose := func(value, code string) string {
				if text == value {
					return ""
				}
				all = append(all, mutant{file: file, function: f.Name.Name, condition: text, line: files.Position(e.Pos()).Line, value: value})
				return fmt.Sprintf(code, len(all))
			}
			choice := choose("true", "mutantID == %d || ") + choose("false", "mutantID != %d && ") + "(" + choose(opposite, "(mutantID == %d) != ")
			insertions = append(insertions, insertion{from, to - from, "(" + choice + "("}, insertion{to, 0, ")))"})
		}
	}
	// What ends somewhere comes before what begins there, and the outer of two
	// that begin there before the inner one.
	slices.SortStableFunc(insertions, func(a, b insertion) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(min(a.length, 1), min(b.length, 1)), cmp.Compare(b.length, a.length))
	})
	var out []byte
	last := 0
	for _, in := range insertions {
		out = append(append(out, source[last:in.at]...), in.text...)
		last = in.at
	}
	return append(out, source[last:]...), all
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
