package insight

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProblem_SaysWhereAndWhat(t *testing.T) {
	for want, p := range map[string]Problem{
		"a.yml:14:7: unknown key “titel”, did you mean “title”?": {"a.yml", 14, 7, "unknown key “titel”", "did you mean “title”?"},
		"a.yml:3: no owner":     {File: "a.yml", Line: 3, Message: "no owner"},
		"a.yml: empty":          {File: "a.yml", Message: "empty"},
		"no folder, make one":   {Message: "no folder", Want: "make one"},
		"a.yml: no place, none": {File: "a.yml", Column: 4, Message: "no place", Want: "none"},
	} {
		if got := p.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestProblems_FindsEveryOneInATree(t *testing.T) {
	a, b, c := Problem{Message: "a"}, Problem{Message: "b"}, Problem{Message: "c"}
	err := fmt.Errorf("load: %w", errors.Join(a, fmt.Errorf("deeper: %w", errors.Join(b, errors.New("other"))), c))
	if diff := cmp.Diff([]Problem{a, b, c}, Problems(err)); diff != "" {
		t.Error(diff)
	}
	if got := Problems(errors.New("other")); len(got) != 0 {
		t.Errorf("got %v from an error without problems", got)
	}
	var first Problem
	if !errors.As(err, &first) || first != a {
		t.Errorf("errors.As found %v", first)
	}
}
