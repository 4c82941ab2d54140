package sqlsource

import (
	"strings"
	"testing"
	"time"

	"insightbot/insight"
)

func TestFresh_IsReadAndBounded(t *testing.T) {
	for text, want := range map[string]time.Duration{"15m": 15 * time.Minute, "6h": 6 * time.Hour, "1s": time.Second} {
		s := open(t, signups(t), item("number", "fresh: "+text, "SELECT 1 AS value"))
		if got := find(t, s).Fresh; got != want {
			t.Errorf("%s is %s", text, got)
		}
	}
	for _, text := range []string{"soon", "0s", "-1m", "1000h", `"15"`} {
		s := openBroken(t, signups(t), item("number", "fresh: "+text, "SELECT 1 AS value"))
		_, err := s.Insights(t.Context())
		if p := insight.Problems(err); len(p) != 1 || p[0].Line == 0 || !strings.Contains(p[0].Error(), "write it as 15m or 6h") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
