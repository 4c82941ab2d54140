package eval

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"insightbot/insight"
)

// Set is a catalogue and the questions to be asked of it.
type Set struct {
	Name      string
	Insights  []insight.Insight
	Questions []Question
}

// Question is one question and what answers it.
type Question struct {
	Text string `json:"q"`
	// Relevant are the ids of the right insights; empty means that nothing
	// saved answers it.
	Relevant []string `json:"relevant"`
	// Kind says why nothing answers it: "near_oos" where the subject is saved
	// but not this, "far_oos" where the subject is another one. May be "".
	Kind string `json:"kind"`
	// Variant is how it was written: "clean", "typo", "short"; or "".
	Variant string `json:"variant"`
}

// The kinds of questions that nothing answers.
const (
	KindNear = "near_oos"
	KindFar  = "far_oos"
)

// entry is one line of a catalogue.
type entry struct {
	ID          string   `json:"id"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Tags        []string `json:"tags"`
	Examples    []string `json:"examples"`
}

// Load reads a catalogue of lines {"id","title","description","tags"} and
// questions of lines {"q","relevant"} with an optional "kind" and "variant".
// Blank lines are skipped. A description of parts with " / " between them is a
// list of example questions, which is how such sets write them.
func Load(corpus, questions io.Reader) (Set, error) {
	var s Set
	err := lines(corpus, func(line []byte) error {
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return err
		}
		if e.ID == "" {
			return fmt.Errorf("no id")
		}
		in := insight.Insight{ID: e.ID, Title: e.Title, Description: e.Description, Tags: e.Tags, Examples: e.Examples}
		if parts := strings.Split(e.Description, " / "); len(parts) > 1 {
			in.Description, in.Examples = "", append(in.Examples, parts...)
		}
		s.Insights = append(s.Insights, in)
		return nil
	})
	if err != nil {
		return Set{}, fmt.Errorf("eval: catalogue: %w", err)
	}
	err = lines(questions, func(line []byte) error {
		var q Question
		if err := json.Unmarshal(line, &q); err != nil {
			return err
		}
		s.Questions = append(s.Questions, q)
		return nil
	})
	if err != nil {
		return Set{}, fmt.Errorf("eval: questions: %w", err)
	}
	return s, nil
}

// LoadFolder reads every sub-folder with corpus.jsonl and questions.jsonl as a
// set named after it, in order of the names. With a distractors.jsonl beside
// them it returns each set again, its catalogue grown by the distractors and
// with every third question, named with "+" at the end.
func LoadFolder(dir fs.FS) ([]Set, error) {
	names, err := fs.Glob(dir, "*/corpus.jsonl")
	if err != nil {
		return nil, fmt.Errorf("eval: %w", err)
	}
	var sets []Set
	for _, name := range names {
		folder := path.Dir(name)
		questions, err := fs.ReadFile(dir, path.Join(folder, "questions.jsonl"))
		if err != nil {
			continue
		}
		corpus, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, fmt.Errorf("eval: %w", err)
		}
		s, err := Load(bytes.NewReader(corpus), bytes.NewReader(questions))
		if err != nil {
			return nil, fmt.Errorf("%w (in %s)", err, folder)
		}
		s.Name = folder
		sets = append(sets, s)
	}
	if len(sets) == 0 {
		return nil, fmt.Errorf("eval: no folder with corpus.jsonl and questions.jsonl")
	}
	distractors, err := fs.ReadFile(dir, "distractors.jsonl")
	if err != nil {
		return sets, nil //nolint:nilerr // they are optional
	}
	more, err := Load(bytes.NewReader(distractors), strings.NewReader(""))
	if err != nil {
		return nil, err
	}
	for _, s := range sets {
		sets = append(sets, s.grown(more.Insights))
	}
	return sets, nil
}

// grown is the set with more insights that answer none of its questions, and
// with every third question of each variant and kind.
func (s Set) grown(more []insight.Insight) Set {
	big := Set{Name: s.Name + "+"}
	taken := map[string]bool{}
	for _, in := range s.Insights {
		taken[in.ID] = true
	}
	big.Insights = append(big.Insights, s.Insights...)
	for _, in := range more {
		if !taken[in.ID] {
			taken[in.ID] = true
			big.Insights = append(big.Insights, in)
		}
	}
	seen := map[[2]string]int{}
	for _, q := range s.Questions {
		key := [2]string{q.Kind, q.Variant}
		if seen[key]%3 == 0 {
			big.Questions = append(big.Questions, q)
		}
		seen[key]++
	}
	return big
}

// lines calls f with each line that is not blank; errors name the line.
func lines(r io.Reader, f func([]byte) error) error {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, 4<<20)
	for n := 1; scanner.Scan(); n++ {
		line := bytes.TrimSpace(scanner.Bytes())
		if len(line) == 0 {
			continue
		}
		if err := f(line); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return scanner.Err()
}
