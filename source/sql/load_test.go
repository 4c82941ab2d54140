package sqlsource

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
)

// update rewrites the goldens.
var update = flag.Bool("update", false, "rewrite the goldens")

func TestLoad_BrokenFilesSayWhatIsWrong(t *testing.T) {
	f, problems := loadFolder(os.DirFS(filepath.Join("testdata", "broken")), "insights", settings{source: "shop", zone: time.UTC})
	var b strings.Builder
	files := map[string]bool{}
	for _, p := range problems {
		b.WriteString(p.Error() + "\n")
		files[p.File] = true
	}
	golden := filepath.Join("testdata", "broken.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Error(diff)
	}
	all, err := filepath.Glob(filepath.Join("testdata", "broken", "*.yml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range all {
		base := filepath.Base(name)
		if good := base == "good.yml" || base == "dimension-1.yml"; files["insights/"+base] == good {
			t.Errorf("%s: problems %v", base, files["insights/"+base])
		}
	}
	var ids []string
	for _, d := range f.insights {
		ids = append(ids, d.insight.ID)
	}
	if diff := cmp.Diff([]string{"shop/days", "shop/duplicate", "shop/good", "shop/right"}, ids); diff != "" {
		t.Errorf("what is right still loads: %s", diff)
	}
}

func TestInsights_GoodOnesComeBesideTheProblems(t *testing.T) {
	s, err := Open(t.Context(), Config{Name: "shop", Path: signups(t), Dir: filepath.Join("testdata", "broken")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // nothing is written
	all, err := s.Insights(t.Context())
	if !slices.ContainsFunc(all, func(in insight.Insight) bool { return in.ID == "shop/good" }) {
		t.Errorf("got %d insights", len(all))
	}
	if n := len(insight.Problems(err)); n < 60 {
		t.Errorf("only %d problems", n)
	}
	var first insight.Problem
	if !errors.As(err, &first) || first.Line == 0 || !strings.HasPrefix(first.File, "testdata/broken/") {
		t.Errorf("the first problem is %+v", first)
	}
}

func TestLoad_Limits(t *testing.T) {
	load := func(fsys fstest.MapFS) []string {
		_, problems := loadFolder(fsys, "insights", settings{source: "shop", zone: time.UTC})
		var texts []string
		for _, p := range problems {
			texts = append(texts, p.Error())
		}
		return texts
	}
	large := append([]byte("insights:\n"), bytes.Repeat([]byte("# comment\n"), 110_000)...)
	bomb := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'k'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+", ", 9) + "]\n"
	}
	for name, tt := range map[string]struct {
		fsys fstest.MapFS
		want string
	}{
		"no files":  {fstest.MapFS{"readme.txt": {}}, "insights: no insights, the folder needs files that end in .yml"},
		"large":     {fstest.MapFS{"a.yml": {Data: large}}, "insights/a.yml: the file is larger than 1 MB, split it"},
		"aliases":   {fstest.MapFS{"a.yml": {Data: []byte(bomb + "insights: *k\n")}}, "insights/a.yml:1:1: unknown key “a”, it is one of dimensions, insights"},
		"loop":      {fstest.MapFS{"a.yml": {Data: []byte("insights: &a\n  - &b\n    <<: *b\n")}}, "insights/a.yml: too many aliases"},
		"elsewhere": {fstest.MapFS{"sub/.hidden/a.yml": {Data: []byte("x")}, ".b.yml": {}}, "insights: no insights, the folder needs files that end in .yml"},
	} {
		start := time.Now()
		got := load(tt.fsys)
		if !slices.Contains(got, tt.want) {
			t.Errorf("%s: got %q", name, got)
		}
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("%s: took %s", name, took)
		}
	}
}

func TestInsights_EmptyNamesAreProblems(t *testing.T) {
	for name, yaml := range map[string]string{
		"a dimension":        item("number", "dimensions: {\"\": s.plan}", "SELECT {{breakdown}}, 1 AS value FROM s WHERE {{filters}}"),
		"a shared dimension": "dimensions: {\"\": {values: [a]}}\n" + item("number", "dimensions: {\"\": s.plan}", "SELECT 1 AS value"),
		"an attribute":       item("number", "attributes: {\"\": s.plan}", "SELECT 1 AS value FROM s WHERE {{filters}}"),
		"a column":           item("table", "columns: {\"\": number}", "SELECT 1"),
		"a value":            "dimensions: {plan: {values: [{key: \"\"}]}}\n" + item("number", "tags: [a]", "SELECT 1 AS value"),
		"an id":              strings.Replace(item("number", "tags: [a]", "SELECT 1 AS value"), "id: x", "id: \"\"", 1),
	} {
		s := openBroken(t, signups(t), yaml)
		if _, err := s.Insights(t.Context()); len(insight.Problems(err)) == 0 {
			t.Errorf("%s without a name: %v", name, err)
		}
	}
}
