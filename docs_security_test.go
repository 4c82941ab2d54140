package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// attacks is how many attacks docs/security.md has to answer for.
const attacks = 41

var (
	// attackRow is a row of its table, with the number of the attack and what
	// the last column says.
	attackRow = regexp.MustCompile(`(?m)^\| A(\d+) \|.*\|([^|]*)\|$`)
	// testInDocs is the name of a test in that column.
	testInDocs = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9_]+)`")
	// noTestWhy is what a row without a test has to say.
	noTestWhy = regexp.MustCompile(`Comes with [A-Z]|Not applicable: \w`)
	// attackTest is the name of a test of an attack.
	attackTest = regexp.MustCompile(`^(?:Test|Fuzz)A(\d\d)_`)
)

// TestSecurityGuide_EveryAttackHasARowAndEveryTestExists holds the table of
// attacks to the tests in the tree, so that it promises nothing that nobody
// proves.
func TestSecurityGuide_EveryAttackHasARowAndEveryTestExists(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join("docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range checkAttacks(string(guide), testNames(t)) {
		t.Error("docs/security.md: " + problem)
	}
}

// checkAttacks reports what is wrong with the table of attacks, given the names
// of all tests.
func checkAttacks(guide string, tests map[string]bool) []string {
	var problems []string
	report := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	proofs := map[string]string{}
	for _, row := range attackRow.FindAllStringSubmatch(guide, -1) {
		number := fmt.Sprintf("%02s", row[1])
		if _, twice := proofs[number]; twice {
			report("A%s has two rows", row[1])
		}
		proofs[number] = row[2]
	}
	known := map[string][]string{}
	for name := range tests {
		if m := attackTest.FindStringSubmatch(name); m != nil {
			known[m[1]] = append(known[m[1]], name)
		}
	}
	for n := 1; n <= attacks; n++ {
		number := fmt.Sprintf("%02d", n)
		proof, ok := proofs[number]
		if !ok {
			report("A%d has no row", n)
			continue
		}
		named := testInDocs.FindAllStringSubmatch(proof, -1)
		if len(named) == 0 && !noTestWhy.MatchString(proof) {
			report("A%d names no test, and not why there is none", n)
		}
		own := false
		for _, m := range named {
			if !tests[m[1]] {
				report("A%d names %s, which does not exist", n, m[1])
			}
			own = own || slices.Contains(known[number], m[1])
		}
		if len(known[number]) > 0 && !own {
			slices.Sort(known[number])
			report("A%d does not name its test %s", n, known[number][0])
		}
	}
	return problems
}

// testNames are the names of all tests and fuzz targets of the tree.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range f.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if ok && fn.Recv == nil && (strings.HasPrefix(fn.Name.Name, "Test") || strings.HasPrefix(fn.Name.Name, "Fuzz")) {
				names[fn.Name.Name] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestSecurityGuide_PlantedGaps is the twin: each way in which the table can be
// wrong is found.
func TestSecurityGuide_PlantedGaps(t *testing.T) {
	var rows []string
	for n := 1; n <= attacks; n++ {
		rows = append(rows, fmt.Sprintf("| A%d | an attack | a defence | `TestA%02d_Holds` |", n, n))
	}
	rows[2] = "| A3 | an attack | a defence | Comes with Discord |"
	tests := map[string]bool{"TestOther": true}
	for n := 1; n <= attacks; n++ {
		if n != 3 {
			tests[fmt.Sprintf("TestA%02d_Holds", n)] = true
		}
	}
	if problems := checkAttacks(strings.Join(rows, "\n"), tests); len(problems) > 0 {
		t.Fatalf("a table without a gap: %q", problems)
	}
	for name, c := range map[string]struct {
		row  int
		text string
		want string
	}{
		"no row":             {6, "", "A7 has no row"},
		"two rows":           {6, rows[6] + "\n" + rows[6], "A7 has two rows"},
		"no test, no reason": {6, "| A7 | an attack | a defence | later |", "A7 names no test, and not why there is none"},
		"a test of nowhere":  {6, "| A7 | an attack | a defence | `TestA07_Holds`, `TestA07_Gone` |", "A7 names TestA07_Gone, which does not exist"},
		"another's test":     {6, "| A7 | an attack | a defence | `TestOther` |", "A7 does not name its test TestA07_Holds"},
		"not so any more":    {6, "| A7 | an attack | a defence | Comes with Discord |", "A7 does not name its test TestA07_Holds"},
	} {
		t.Run(name, func(t *testing.T) {
			changed := slices.Clone(rows)
			changed[c.row] = c.text
			if got := checkAttacks(strings.Join(changed, "\n"), tests); !slices.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
