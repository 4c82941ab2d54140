package eval

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"insightbot/envtest"
	"insightbot/insight"
	"insightbot/match"
)

const corpus = `{"id":"a","title":"Sign-ups","description":"New accounts.","tags":["growth"]}

{"id":"b","title":"accept reservations","description":"does it take bookings / can i get a table","tags":[]}
{"id":"c","title":"Revenue","description":"","tags":null}
`

const questions = `{"q":"sign ups","relevant":["a"],"kind":"in","variant":"clean"}
{"q":"revnue","relevant":["c"],"kind":"in","variant":"typo"}
{"q":"weather in paris","relevant":[],"kind":"far_oos","variant":"clean"}
{"q":"crash rate","relevant":[]}
`

func TestLoad(t *testing.T) {
	s, err := Load(strings.NewReader(corpus), strings.NewReader(questions))
	if err != nil {
		t.Fatal(err)
	}
	want := []insight.Insight{
		{ID: "a", Title: "Sign-ups", Description: "New accounts.", Tags: []string{"growth"}},
		{ID: "b", Title: "accept reservations", Tags: []string{}, Examples: []string{"does it take bookings", "can i get a table"}},
		{ID: "c", Title: "Revenue"},
	}
	if diff := cmp.Diff(want, s.Insights); diff != "" {
		t.Error(diff)
	}
	if len(s.Questions) != 4 || s.Questions[1].Variant != "typo" || s.Questions[2].Kind != KindFar {
		t.Errorf("questions %+v", s.Questions)
	}
}

func TestLoad_NamesTheLineThatIsWrong(t *testing.T) {
	for name, c := range map[string][2]string{
		"eval: catalogue: line 2: ": {"{\"id\":\"a\"}\n{broken", ""},
		"eval: catalogue: line 1: ": {`{"title":"no id"}`, ""},
		"eval: questions: line 3: ": {"", "{}\n\n[]"},
	} {
		_, err := Load(strings.NewReader(c[0]), strings.NewReader(c[1]))
		if err == nil || !strings.HasPrefix(err.Error(), name) {
			t.Errorf("got %v, want %s…", err, name)
		}
	}
}

func TestRun(t *testing.T) {
	s, err := Load(strings.NewReader(corpus), strings.NewReader(questions))
	if err != nil {
		t.Fatal(err)
	}
	r := Run(t.Context(), s, Options{})
	if r.Insights != 3 || len(r.Variants) != 3 {
		t.Fatalf("report %+v", r)
	}
	clean, typo := r.Variants[0], r.Variants[1]
	if clean.Variant != "clean" || clean.Hit1 != 1 || clean.Right != 1 || clean.AUROCFar != 1 || clean.AUROCNear != -1 || clean.F1 != 1 {
		t.Errorf("clean %+v", clean)
	}
	if typo.Hit1 != 1 || typo.MRR != 1 || typo.F1 != -1 || typo.P50MS <= 0 {
		t.Errorf("typo %+v", typo)
	}
	if _, err := json.Marshal(RunAll(t.Context(), []Set{s}, Options{})); err != nil {
		t.Error(err)
	}
	table := r.String()
	if lines := strings.Count(table, "\n"); lines != 4 || !strings.Contains(table, "typo") {
		t.Errorf("table:\n%s", table)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if r := Run(stopped, s, Options{}); len(r.Variants) > 0 && r.Variants[0].InScope > 0 {
		t.Errorf("it goes on after its context has ended: %+v", r)
	}
}

func TestLoadFolder(t *testing.T) {
	dir := fstest.MapFS{
		"one/corpus.jsonl":    {Data: []byte(corpus)},
		"one/questions.jsonl": {Data: []byte(strings.Repeat(questions, 3))},
		"half/corpus.jsonl":   {Data: []byte(corpus)},
		"distractors.jsonl":   {Data: []byte(`{"id":"d","title":"Turnout by district"}` + "\n" + `{"id":"a","title":"taken"}`)},
	}
	sets, err := LoadFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(sets) != 2 || sets[0].Name != "one" || sets[1].Name != "one+" {
		t.Fatalf("sets %+v", sets)
	}
	if len(sets[1].Insights) != 4 || len(sets[1].Questions) != 4 {
		t.Errorf("grown: %d insights, %d questions", len(sets[1].Insights), len(sets[1].Questions))
	}
	all := RunAll(t.Context(), append(sets, sets...), Options{})
	if len(all.Means) != 2 || all.Means[0].Name != "mean" || all.Means[1].Name != "mean+" || all.Means[0].Variants[0].Hit1 != 1 {
		t.Errorf("means %+v", all.Means)
	}
	if _, err := LoadFolder(fstest.MapFS{}); err == nil {
		t.Error("an empty folder is no error")
	}
}

func TestAUROC(t *testing.T) {
	scores := func(list ...float64) (out []asked) {
		for _, s := range list {
			out = append(out, asked{score: s})
		}
		return out
	}
	for _, c := range []struct {
		in, out []asked
		want    float64
	}{
		{scores(2, 3), scores(0, 1), 1},
		{scores(0, 1), scores(2, 3), 0},
		{scores(1, 1), scores(1), .5},
		{scores(1, 3), scores(2, 0), .75},
		{nil, scores(1), -1},
	} {
		if got := auroc(c.in, c.out); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%v against %v: %v, want %v", c.in, c.out, got, c.want)
		}
	}
}

// floors are what each figure of the mean of the three question sets must
// reach, a little below what is reached.
var floors = map[string]struct{ hit1, hit3, far, near float64 }{
	"clean": {.70, .84, .93, .72},
	"typo":  {.685, .83, .92, .71},
	"short": {.62, .80, .92, .68},
}

// TestQuestionSets measures the matcher on the question sets and, in the same
// run, the peer: SQLite's full-text search with the Porter stemmer.
func TestQuestionSets(t *testing.T) {
	sets, err := LoadFolder(os.DirFS(envtest.Shared(t, "data", "match")))
	if err != nil {
		t.Fatal(err)
	}
	sets = slices.DeleteFunc(sets, func(s Set) bool { return strings.HasSuffix(s.Name, "+") })
	slack := 0.0
	if testing.Short() {
		// A sample for the race detector, which takes many times as long; the
		// full run follows without it.
		slack = .05
		for i := range sets {
			sets[i].Questions = sample(sets[i].Questions, 10)
		}
	}
	all := RunAll(t.Context(), sets, Options{})
	t.Logf("\n%s", all)
	peer := map[string]float64{}
	for _, s := range sets {
		hit1, took := runPeer(t, s)
		for variant, h := range hit1 {
			peer[variant] += h / float64(len(sets))
		}
		t.Logf("%-10s FTS5 porter hit@1 clean %.3f, typo %.3f, short %.3f; %.3f ms for one question",
			s.Name, hit1["clean"], hit1["typo"], hit1["short"], took)
	}
	for _, m := range all.Means[0].Variants {
		floor := floors[m.Variant]
		if m.Hit1 < floor.hit1-slack || m.Hit3 < floor.hit3-slack || m.AUROCFar < floor.far-slack || m.AUROCNear < floor.near-slack {
			t.Errorf("%s: hit@1 %.3f, hit@3 %.3f, AUROC far %.3f, near %.3f; at least %+v", m.Variant, m.Hit1, m.Hit3, m.AUROCFar, m.AUROCNear, floor)
		}
		if m.Hit1 < peer[m.Variant]+.05-slack {
			t.Errorf("%s: hit@1 %.3f, the peer has %.3f", m.Variant, m.Hit1, peer[m.Variant])
		}
		if m.Wrong > .05+slack || m.FarAnswered > .02+slack || m.NearAnswered > .167+slack {
			t.Errorf("%s: answered wrong %.3f, far %.3f, near %.3f", m.Variant, m.Wrong, m.FarAnswered, m.NearAnswered)
		}
	}
}

// sample is every nth question.
func sample(questions []Question, n int) []Question {
	var kept []Question
	for i := 0; i < len(questions); i += n {
		kept = append(kept, questions[i])
	}
	return kept
}

// peerIndex is a set in SQLite's full-text search.
func peerIndex(tb testing.TB, s Set) *sql.Stmt {
	tb.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(tb.Context(), `CREATE VIRTUAL TABLE docs USING fts5(id UNINDEXED, title, tags, description, tokenize = 'porter unicode61')`); err != nil {
		tb.Fatal(err)
	}
	tx, err := db.BeginTx(tb.Context(), nil)
	if err != nil {
		tb.Fatal(err)
	}
	for _, in := range s.Insights {
		text := in.Description + " " + strings.Join(in.Examples, " ")
		if _, err := tx.ExecContext(tb.Context(), `INSERT INTO docs VALUES (?, ?, ?, ?)`, in.ID, in.Title, strings.Join(in.Tags, " "), text); err != nil {
			tb.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		tb.Fatal(err)
	}
	find, err := db.PrepareContext(tb.Context(), `SELECT id FROM docs WHERE docs MATCH ? ORDER BY bm25(docs, 0, 1, .5, .6), id LIMIT 10`)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = find.Close() })
	return find
}

// askPeer puts a question to full-text search: any of its words.
func askPeer(tb testing.TB, find *sql.Stmt, question string) []string {
	tb.Helper()
	var words []string
	for _, token := range match.Tokens(question) {
		words = append(words, `"`+token.Text+`"`)
	}
	if len(words) == 0 {
		return nil
	}
	rows, err := find.QueryContext(tb.Context(), strings.Join(words, " OR "))
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			tb.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return ids
}

// runPeer measures hit@1 by variant and the mean time in milliseconds.
func runPeer(t *testing.T, s Set) (hit1 map[string]float64, took float64) {
	t.Helper()
	find := peerIndex(t, s)
	hits, asked := map[string]float64{}, map[string]float64{}
	began, n := time.Now(), 0
	for _, q := range s.Questions {
		if len(q.Relevant) == 0 {
			continue
		}
		n++
		asked[q.Variant]++
		if ids := askPeer(t, find, q.Text); len(ids) > 0 && slices.Contains(q.Relevant, ids[0]) {
			hits[q.Variant]++
		}
	}
	took = milliseconds(time.Since(began)) / float64(max(n, 1))
	for variant := range asked {
		hits[variant] /= asked[variant]
	}
	return hits, took
}

// benchSets are the first question set and the same with the distractors.
func benchSets(b *testing.B) []Set {
	sets, err := LoadFolder(os.DirFS(envtest.Shared(b, "data", "match")))
	if err != nil {
		b.Fatal(err)
	}
	var picked []Set
	for _, name := range []string{"nvbench", "nvbench+"} {
		i := slices.IndexFunc(sets, func(s Set) bool { return s.Name == name })
		if i < 0 {
			b.Skipf("there is no set %s", name)
		}
		picked = append(picked, sets[i])
	}
	return picked
}

// BenchmarkRank reads, ranks and decides, warm, and reports the 99th
// percentile beside the mean.
func BenchmarkRank(b *testing.B) {
	for _, s := range benchSets(b) {
		ix, words := match.NewIndex(s.Insights, match.Options{}), match.NewVocabulary(s.Insights)
		b.Run(fmt.Sprint(len(s.Insights)), func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				q := s.Questions[len(took)%len(s.Questions)]
				began := time.Now()
				match.Decide(ix.Rank(read(q.Text, words), depth))
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(milliseconds(took[len(took)*99/100]), "p99-ms")
		})
	}
}

// BenchmarkFTS5 asks the peer the same questions.
func BenchmarkFTS5(b *testing.B) {
	for _, s := range benchSets(b) {
		find := peerIndex(b, s)
		b.Run(fmt.Sprint(len(s.Insights)), func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				q := s.Questions[len(took)%len(s.Questions)]
				began := time.Now()
				askPeer(b, find, q.Text)
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(milliseconds(took[len(took)*99/100]), "p99-ms")
		})
	}
}
