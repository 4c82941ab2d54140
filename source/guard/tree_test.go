package guard

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"insightbot/insight"
	"insightbot/match"
)

// calls lists the calls of functions of packages in a file: “regexp.Compile”
// with its arguments, by the name under which the package is imported.
func calls(file *ast.File, path string) map[*ast.CallExpr]string {
	name := ""
	for _, spec := range file.Imports {
		if strings.Trim(spec.Path.Value, "\"`") != path {
			continue
		}
		name = path[strings.LastIndex(path, "/")+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
	}
	found := map[*ast.CallExpr]string{}
	if name == "" {
		return found
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if of, ok := call.Fun.(*ast.SelectorExpr); ok {
			if pkg, ok := of.X.(*ast.Ident); ok && pkg.Name == name {
				found[call] = of.Sel.Name
			}
		}
		return true
	})
	return found
}

// patterns lists the places where a pattern is compiled that is not written
// there, so that it could come from somebody.
func patterns(set *token.FileSet, file *ast.File) (loose []string, compiled int) {
	for call, name := range calls(file, "regexp") {
		if !strings.HasPrefix(name, "Compile") && !strings.HasPrefix(name, "MustCompile") && !strings.HasPrefix(name, "Match") {
			continue
		}
		compiled++
		if len(call.Args) == 0 || !written(call.Args[0]) {
			loose = append(loose, set.Position(call.Pos()).String())
		}
	}
	return loose, compiled
}

// written reports whether an expression is text that stands there.
func written(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Kind == token.STRING
	case *ast.BinaryExpr:
		return written(e.X) && written(e.Y)
	case *ast.ParenExpr:
		return written(e.X)
	}
	return false
}

// program calls look for every file of the program that is no test.
func program(t *testing.T, look func(set *token.FileSet, name string, file *ast.File)) {
	t.Helper()
	root := filepath.Join("..", "..")
	files := 0
	err := fs.WalkDir(os.DirFS(root), ".", func(p string, d fs.DirEntry, err error) error {
		switch base := filepath.Base(p); {
		case err != nil:
			return err
		case d.IsDir() && p != "." && (strings.HasPrefix(base, ".") || base == "testdata" || base == "tools"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go"):
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, filepath.Join(root, p), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files++
		look(set, filepath.ToSlash(p), file)
		return nil
	})
	if err != nil || files < 100 {
		t.Fatalf("%d files, %v", files, err)
	}
}

func TestA28_NoPatternComesFromAnybody(t *testing.T) {
	all := 0
	program(t, func(set *token.FileSet, name string, file *ast.File) {
		loose, compiled := patterns(set, file)
		all += compiled
		for _, at := range loose {
			t.Errorf("%s: a pattern that is not written there: %s", name, at)
		}
		for _, spec := range file.Imports {
			if path := strings.Trim(spec.Path.Value, "\""); strings.Contains(path, "regexp2") || strings.Contains(path, "pcre") {
				t.Errorf("%s imports %s, whose patterns can take for ever", name, path)
			}
		}
	})
	if all < 5 {
		t.Errorf("only %d patterns are found: this looks at the wrong place", all)
	}
	// The twin: a program that compiles what somebody says.
	for _, body := range []string{"regexp.MustCompile(s)", "regexp.MatchString(\"a\"+s, s)", "r.Compile(fmt.Sprint(s))", "regexp.CompilePOSIX((\"(\" + s + \")\"))"} {
		imported := map[bool]string{true: "r \"regexp\"", false: "\"regexp\""}[strings.HasPrefix(body, "r.")]
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, "x.go", fmt.Sprintf("package x\nimport %s\nfunc f(s string) { %s }", imported, body), 0)
		if err != nil {
			t.Fatal(err)
		}
		if loose, _ := patterns(set, file); len(loose) != 1 {
			t.Errorf("%s is not found", body)
		}
	}
}

func TestA28_AQuestionOfAMegabyteIsReadInNoTime(t *testing.T) {
	d := insight.Dimension{Name: "country", Label: "Country", Filter: true, Breakdown: true}
	for i := range 200 {
		d.Values = append(d.Values, insight.Value{Key: fmt.Sprint("c", i), Label: fmt.Sprintf("Country %d of (a+)+$ many", i)})
	}
	in := []insight.Insight{{ID: "a/b", Title: "Sign-ups", Description: "New accounts.", Accepts: insight.Accepts{Windows: true, Dimensions: []insight.Dimension{d}}}}
	words, index := match.NewVocabulary(in), match.NewIndex(in, match.Options{})
	clock := match.Clock{Now: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC), Zone: time.UTC}
	for _, unit := range []string{
		"a", "a ", "((((", "(a+)+$", "last last ", "from 3 to ", "not not in ", "country 1 of ", "vs vs ", "1", "1.", "-", "\xff", "e\u0301", "日", "\u202e", "\n", "what is ", "last 99999999999 weeks ", "2026-01-",
	} {
		question := strings.Repeat(unit, 1<<20/len(unit))
		start := time.Now()
		reading := match.Read(question, words, clock)
		index.Rank(reading, 10)
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("a megabyte of %q took %s", unit, took)
		}
	}
}

func TestA26_PicturesOfStrangersAreNotDecoded(t *testing.T) {
	// Who decodes a picture, and why it is none of a stranger.
	mine := map[string]string{
		"render/glyph.go":       "emoji of a font that the operator installed, of bounded size",
		"bot/terminal/image.go": "the charts that the program drew itself",
	}
	var found []string
	program(t, func(_ *token.FileSet, name string, file *ast.File) {
		for _, path := range []string{"image", "image/png", "image/jpeg", "image/gif", "golang.org/x/image/webp", "golang.org/x/image/bmp", "golang.org/x/image/tiff"} {
			for _, call := range calls(file, path) {
				if strings.HasPrefix(call, "Decode") {
					found = append(found, name)
				}
			}
		}
	})
	for _, name := range found {
		if mine[name] == "" {
			t.Errorf("%s decodes pictures: whose are they, and how large?", name)
		}
	}
	for name, why := range mine {
		if !slices.Contains(found, name) {
			t.Errorf("%s decodes no picture any more, not even %s", name, why)
		}
	}
}
