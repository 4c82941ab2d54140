package match

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"insightbot/envtest"
	"insightbot/insight"
)

// questionSets are those that the model of confidence is fitted on.
var questionSets = []string{"clinc", "nvbench", "spidersyn"}

// sample is what the top hit of one question looked like, and whether it was
// right.
type sample struct {
	features features
	right    bool
	kind     string
}

// samples asks all questions of a set.
func samples(t *testing.T, set string) []sample {
	t.Helper()
	dir := envtest.Shared(t, "data", "match", set)
	var ins []insight.Insight
	eachLine(t, filepath.Join(dir, "corpus.jsonl"), func(line []byte) error {
		var e struct {
			ID, Title, Description string
			Tags                   []string
		}
		err := json.Unmarshal(line, &e)
		in := insight.Insight{ID: e.ID, Title: e.Title, Description: e.Description, Tags: e.Tags}
		if parts := strings.Split(e.Description, " / "); len(parts) > 1 {
			in.Description, in.Examples = "", parts
		}
		ins = append(ins, in)
		return err
	})
	ix, vocabulary := NewIndex(ins, Options{}), NewVocabulary(ins)
	var list []sample
	eachLine(t, filepath.Join(dir, "questions.jsonl"), func(line []byte) error {
		var q struct {
			Q        string
			Relevant []string
			Kind     string
		}
		err := json.Unmarshal(line, &q)
		_, ranked := ix.rank(Read(q.Q, vocabulary, Clock{Now: testNow}))
		if len(ranked) == 0 {
			return err
		}
		s := sample{features: featuresOf(ranked, 0, ix), kind: q.Kind}
		for _, id := range q.Relevant {
			s.right = s.right || ix.docs[ranked[0].doc].insight.ID == id
		}
		list = append(list, s)
		return err
	})
	return list
}

func eachLine(t *testing.T, name string, f func([]byte) error) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		if err := f(lines.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// kindShares are how much the questions of a kind count in a fit: people ask
// mostly for what there is, while the sets are up to half out of scope.
var kindShares = map[string]float64{"in": .7, "near_oos": .15, "far_oos": .15}

// fit finds the logistic model by Newton's method. Every set counts the same.
func fit(sets [][]sample) [featureCount + 1]float64 {
	const n, ridge = featureCount + 1, 1e-4
	var w [n]float64
	for range 25 {
		var gradient [n]float64
		var hessian [n][n]float64
		for _, set := range sets {
			kinds := map[string]float64{}
			for _, s := range set {
				kinds[s.kind]++
			}
			for _, s := range set {
				share := kindShares[s.kind] / kinds[s.kind]
				var x [n]float64
				copy(x[:], s.features[:])
				x[n-1] = 1
				z := 0.0
				for i := range x {
					z += w[i] * x[i]
				}
				p := 1 / (1 + math.Exp(-z))
				off := p
				if s.right {
					off--
				}
				for i := range x {
					gradient[i] += off * x[i] * share
					for j := range x {
						hessian[i][j] += p * (1 - p) * x[i] * x[j] * share
					}
				}
			}
		}
		for i := range n - 1 {
			gradient[i] += ridge * w[i]
			hessian[i][i] += ridge
		}
		for i, step := range solve(hessian, gradient) {
			w[i] -= step
		}
	}
	return w
}

// solve solves a linear system by elimination with pivots.
func solve(m [featureCount + 1][featureCount + 1]float64, right [featureCount + 1]float64) [featureCount + 1]float64 {
	n := len(right)
	for i := range n {
		pivot := i
		for j := i + 1; j < n; j++ {
			if math.Abs(m[j][i]) > math.Abs(m[pivot][i]) {
				pivot = j
			}
		}
		m[i], m[pivot] = m[pivot], m[i]
		right[i], right[pivot] = right[pivot], right[i]
		for j := i + 1; j < n; j++ {
			factor := m[j][i] / m[i][i]
			for k := i; k < n; k++ {
				m[j][k] -= factor * m[i][k]
			}
			right[j] -= factor * right[i]
		}
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			right[i] -= m[i][k] * right[k]
		}
		right[i] /= m[i][i]
	}
	return right
}

// TestConfidence_OutOfFamily fits the model on two sets and looks at it on the
// third. The coefficients in use are those fitted on all three.
func TestConfidence_OutOfFamily(t *testing.T) {
	var all [][]sample
	for _, set := range questionSets {
		all = append(all, samples(t, set))
	}
	for i, set := range questionSets {
		var others [][]sample
		for j := range all {
			if j != i {
				others = append(others, all[j])
			}
		}
		w := fit(others)
		var asked, right, wrong, far, farAnswered float64
		var bins, hits [5]float64
		for _, s := range all[i] {
			p := confidence(w, s.features)
			bin := min(int(p*5), 4)
			bins[bin]++
			if s.right {
				hits[bin]++
			}
			answer := p >= answerConfidence && s.features[featureConflicts] == 0
			switch s.kind {
			case "in":
				asked++
				if answer && s.right {
					right++
				} else if answer {
					wrong++
				}
			case "far_oos":
				far++
				if answer {
					farAnswered++
				}
			}
		}
		t.Logf("%-10s %.2f", set, w)
		t.Logf("%-10s answered right %.3f, wrong %.3f, far ones answered %.3f", set, right/asked, wrong/asked, farAnswered/far)
		for b := range bins {
			t.Logf("  confidence %.1f to %.1f: right %.2f of %.0f", float64(b)/5, float64(b+1)/5, hits[b]/bins[b], bins[b])
		}
		if top := hits[4] / bins[4]; top < .70 {
			t.Errorf("%s: of the surest only %.2f are right", set, top)
		}
		if right/asked < .30 || wrong/asked > .10 || farAnswered/far > .03 {
			t.Errorf("%s: answered right %.3f, wrong %.3f, far %.3f", set, right/asked, wrong/asked, farAnswered/far)
		}
	}
	w := fit(all)
	t.Logf("all sets   %.2f", w)
	for i, c := range coefficients {
		if math.Abs(c-w[i]) > .35 {
			t.Errorf("coefficient %d is %.2f, fitted %.2f", i, c, w[i])
		}
	}
}
