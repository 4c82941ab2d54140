package posthogtest

import (
	"encoding/json"
	"fmt"
	"time"
)

// The queries of generated insights, by turns. They are of every kind that can
// be made up without a recording.
var variants = []string{
	`{"kind":"InsightVizNode","source":{"kind":"TrendsQuery","series":[{"kind":"EventsNode","event":"uploaded_file","name":"uploaded_file","math":"total"}],"interval":"day","dateRange":{"date_from":"-7d"},"trendsFilter":{"display":"ActionsLineGraph"},"version":2}}`,
	`{"kind":"InsightVizNode","source":{"kind":"TrendsQuery","series":[{"kind":"EventsNode","event":"signed_up","name":"signed_up","math":"dau"}],"interval":"week","dateRange":{"date_from":"-90d"},"trendsFilter":{"display":"ActionsBar"},"version":2}}`,
	`{"kind":"InsightVizNode","source":{"kind":"TrendsQuery","series":[{"kind":"EventsNode","event":"paid_bill","name":"paid_bill","math":"sum","math_property":"amount_usd"}],"dateRange":{"date_from":"-30d"},"trendsFilter":{"display":"BoldNumber"},"version":2}}`,
	`{"kind":"InsightVizNode","source":{"kind":"FunnelsQuery","series":[{"kind":"EventsNode","event":"signed_up","name":"signed_up"},{"kind":"EventsNode","event":"paid_bill","name":"paid_bill"}],"dateRange":{"date_from":"-30d"},"funnelsFilter":{"funnelVizType":"steps"}}}`,
	`{"kind":"InsightVizNode","source":{"kind":"LifecycleQuery","series":[{"kind":"EventsNode","event":"uploaded_file","name":"uploaded_file"}],"interval":"day","dateRange":{"date_from":"-7d"}}}`,
	`{"kind":"InsightVizNode","source":{"kind":"StickinessQuery","series":[{"kind":"EventsNode","event":"uploaded_file","name":"uploaded_file"}],"interval":"day","dateRange":{"date_from":"-7d"},"stickinessFilter":{}}}`,
	`{"kind":"InsightVizNode","source":{"kind":"PathsQuery","pathsFilter":{"includeEventTypes":["$pageview"],"stepLimit":5},"dateRange":{"date_from":"-7d"}}}`,
	`{"kind":"DataVisualizationNode","source":{"kind":"HogQLQuery","query":"select event, count() as n from events where {filters} group by event order by n desc"}}`,
	`{"kind":"DataVisualizationNode","source":{"kind":"HogQLQuery","query":"select plan, count() as n from accounts group by plan"}}`,
	`{"kind":"DataVisualizationNode","source":{"kind":"HogQLQuery","query":"select count() as n from events where properties.plan = {variables.plan}","variables":{"00000000-0000-4000-a000-000000000001":{"variableId":"00000000-0000-4000-a000-000000000001","code_name":"plan"}}}}`,
}

// Variants is how many kinds of generated insights there are: the insight of
// number n, counted from 1, is of kind (n-1) modulo Variants.
func Variants() int { return len(variants) }

// firstID is the number of the first generated insight.
const firstID = 100_001

// GeneratedID is the number of the n-th generated insight, from 1 on.
func GeneratedID(n int) int { return firstID + n - 1 }

// query is the query of a generated insight.
func query(variant int) json.RawMessage { return json.RawMessage(variants[variant%len(variants)]) }

// generate fills the project with made-up insights. They are written when they
// are listed, so that ten thousand of them take no room.
func (s *Server) generate() {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for n := range s.options.Generated {
		name := fmt.Sprintf("Generated insight %05d", n+1)
		s.items = append(s.items, &item{
			variant: n,
			meta: meta{
				ID: firstID + n, ShortID: shortID(firstID + n), Name: name, DerivedName: name,
				Modified: begin.Add(time.Duration(n) * time.Minute), Saved: true, Tags: []string{"generated"},
			},
		})
	}
	if s.schemas == nil {
		return
	}
	for n := range min(len(variants), len(s.items)) {
		s.made("_InsightQuerySchema", query(n))
	}
}
