package match_test

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"testing"
	"time"

	"insightbot/envtest"
	"insightbot/match"
)

// TestReadPeriod_GivenPhrases reads phrases that nobody here wrote.
func TestReadPeriod_GivenPhrases(t *testing.T) {
	file, err := os.Open(envtest.Shared(t, "data", "periods", "periods.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	total, right := 0, 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var want struct {
			Text, Now, From string
			To              []string
		}
		if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		total++
		now, err := time.Parse(time.DateOnly, want.Now)
		if err != nil {
			t.Fatal(err)
		}
		r := match.Read(want.Text, nil, match.Clock{Now: now.Add(10 * time.Hour), Zone: time.UTC, WeekStart: time.Monday})
		if r.Period == nil {
			t.Logf("%q on %s: not read", want.Text, want.Now)
			continue
		}
		from, to := r.Period.Window.From.Format(time.DateOnly), r.Period.Window.To.Format(time.DateOnly)
		if from == want.From && slices.Contains(want.To, to) && r.Rest == "" {
			right++
			continue
		}
		t.Logf("%q on %s: %s to %s, rest %q, want %s to %v", want.Text, want.Now, from, to, r.Rest, want.From, want.To)
	}
	if total == 0 || 100*right < 95*total {
		t.Errorf("%d of %d phrases read as expected, want at least 95 %%", right, total)
	}
}
