package sqlsource

import (
	"errors"
	"testing"
	"time"

	"insightbot/insight"
)

// whatIsCutOff asks for far more rows than are
// shown. A driver that reads on to give the connection back would take minutes.
func whatIsCutOff(t *testing.T, on *bare) {
	endless := map[string]string{
		TypePostgres: "SELECT generate_series(1, 2000000000) AS n",
		TypeMySQL:    "SELECT seq AS n FROM seq_1_to_2000000000",
	}
	for _, server := range on.empty(t) {
		t.Run(server.kind, func(t *testing.T) {
			for _, tt := range []struct {
				chart string
				want  error
			}{{"table", nil}, {"number", insight.ErrTooLarge}} {
				statement := endless[server.kind]
				if tt.chart == "number" {
					statement = "SELECT x.n AS value FROM (" + statement + ") x"
				}
				s := server.open(t, item(tt.chart, "people: none", statement), func(c *Config) { c.MaxRows, c.Timeout = 1000, time.Minute })
				in := find(t, s)
				start := time.Now()
				r, err := s.Run(t.Context(), in, insight.Query{})
				if !errors.Is(err, tt.want) || tt.want == nil && (len(r.Table.Rows) != 1000 || !r.More) {
					t.Errorf("%s: %d rows, more %v, %v", tt.chart, len(r.Table.Rows), r.More, err)
				}
				if took := time.Since(start); took > 5*time.Second {
					t.Errorf("%s: it took %s", tt.chart, took)
				}
				waitUntil(t, "the statement is stopped", func() bool { n, _ := server.running(t, "insightbot"); return n == 0 })
				if r, err := s.Run(t.Context(), in, insight.Query{}); !errors.Is(err, tt.want) || tt.want == nil && !r.More {
					t.Errorf("%s again: %v", tt.chart, err)
				}
			}
		})
	}
}
