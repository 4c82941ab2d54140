package posthogtest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// background is a query that runs while somebody polls.
type background struct {
	// polls is how many times it still says that it runs; never never ends.
	polls int
	never bool
	// failed is why it failed, or "".
	failed string
	// body is the answer of the query as a whole.
	body json.RawMessage
}

// insight answers the run of a saved insight.
func (s *Server) insight(r Request, f Fault) answer {
	it := s.item(r.Insight)
	if it == nil || it.hidden {
		return answer{404, []byte(NotFound().Body)}
	}
	q, _ := url.ParseQuery(r.Query) //nolint:errcheck // it was looked at before
	a := s.saved(it)
	if err := s.lay(&a, []byte(q.Get("filters_override")), []byte(q.Get("variables_override")), f.Ignored); err != nil {
		return answer{400, []byte(problem("validation_error", "invalid_input", err.Error()))}
	}
	refresh := q.Get("refresh")
	async := strings.Contains(refresh, "async")
	key := fmt.Sprint(it.ID, a.seed, compact(encode(a.source)), compact(encode(a.filters)))
	switch {
	case f.NoResult:
		return s.full(a, outcome{})
	case f.Failed != "":
		return s.full(a, outcome{status: s.status(s.id(), true, f.Failed, nil)})
	case f.Never:
		id := s.start("", &background{never: true})
		return s.full(a, outcome{status: s.status(id, false, "", nil)})
	case it.file != "" && !a.changed && !s.missing(it):
		raw := s.file(it.file)
		s.promise(raw)
		return answer{200, raw}
	}
	s.mu.Lock()
	known := s.cached[key]
	s.mu.Unlock()
	o := s.outcome(a)
	o.cached = known
	switch {
	case known || refresh == "blocking" || refresh == "async_except_on_cache_miss":
		s.mu.Lock()
		s.cached[key] = true
		s.mu.Unlock()
		return s.full(a, o)
	case async:
		id := s.start("", &background{polls: s.options.Polls, body: s.response(a, o)})
		s.mu.Lock()
		s.cached[key] = true
		s.mu.Unlock()
		return s.full(a, outcome{status: s.status(id, false, "", nil)})
	default:
		return s.full(a, outcome{})
	}
}

// missing reports whether the recorded answer of an insight is one that is not
// in the cache: it can be calculated, which makes the answer up.
func (s *Server) missing(it *item) bool { return it.file == "derived/insightCacheMiss.json" }

// promise makes the query that a recorded answer says is under way one that can
// be polled.
func (s *Server) promise(raw []byte) {
	var o struct {
		Status struct {
			ID       string `json:"id"`
			Complete *bool  `json:"complete"`
		} `json:"query_status"`
	}
	if json.Unmarshal(raw, &o) != nil || o.Status.ID == "" || o.Status.Complete == nil || *o.Status.Complete {
		return
	}
	var whole struct {
		Status struct {
			Results json.RawMessage `json:"results"`
		} `json:"query_status"`
	}
	_ = json.Unmarshal(s.file("derived/queryStatusComplete.json"), &whole) //nolint:errcheck // a recorded answer
	s.start(o.Status.ID, &background{polls: s.options.Polls, body: whole.Status.Results})
}

// query answers a posted query.
func (s *Server) query(r Request, f Fault) answer {
	var body struct {
		Query     object          `json:"query"`
		Refresh   string          `json:"refresh"`
		ClientID  string          `json:"client_query_id"`
		Filters   json.RawMessage `json:"filters_override"`
		Variables json.RawMessage `json:"variables_override"`
		Name      string          `json:"name"`
	}
	if problems := s.posting(r.Body); len(problems) > 0 {
		s.wrong("%s", strings.Join(problems, "; "))
		return answer{400, []byte(problem("validation_error", "invalid_input", "The request is malformed."))}
	}
	if err := json.Unmarshal(r.Body, &body); err != nil {
		s.wrong("POST query/: %v", err)
		return answer{400, []byte(problem("validation_error", "invalid_input", "The request is malformed."))}
	}
	if body.Name == "" {
		s.wrong("POST query/ without a name, which the team looks for in its query log")
	}
	source := body.Query
	if inner := s.fields(encode(source))["source"]; !none(inner) {
		source = s.fields(inner)
	}
	a, err := s.posted(source)
	if err != nil {
		s.wrong("POST query/: %v", err)
		return answer{400, []byte(problem("validation_error", "invalid_input", "Nobody saved this."))}
	}
	if f.Ignored {
		a = s.saved(a.it)
	}
	if err := s.lay(&a, body.Filters, body.Variables, f.Ignored); err != nil {
		return answer{400, []byte(problem("validation_error", "invalid_input", err.Error()))}
	}
	o := s.outcome(a)
	id := body.ClientID
	switch {
	case f.NoResult:
		return answer{200, s.response(a, outcome{dates: o.dates})}
	case f.Failed != "":
		return answer{200, s.response(a, outcome{dates: o.dates, status: s.status(s.id(), true, f.Failed, nil)})}
	case f.Never:
		id = s.start(id, &background{never: true})
		return answer{202, s.wrapped(s.status(id, false, "", nil))}
	case strings.Contains(body.Refresh, "async"):
		id = s.start(id, &background{polls: s.options.Polls, body: s.response(a, o)})
		return answer{202, s.wrapped(s.status(id, false, "", nil))}
	default:
		return answer{200, s.response(a, o)}
	}
}

// posting is what is wrong with the body of a posted query.
func (s *Server) posting(raw []byte) (problems []string) {
	var top map[string]json.RawMessage
	if err := json.Unmarshal(raw, &top); err != nil {
		return []string{"POST query/: " + err.Error()}
	}
	for name := range top {
		if !slices.Contains([]string{"query", "refresh", "client_query_id", "filters_override", "variables_override", "name"}, name) {
			problems = append(problems, "POST query/ with the field "+name)
		}
	}
	if strings.HasPrefix(text(top["refresh"]), "force_") && text(top["refresh"]) != "force_cache" {
		problems = append(problems, "POST query/ with refresh="+text(top["refresh"]))
	}
	source := s.fields(top["query"])
	if inner := source["source"]; !none(inner) {
		source = s.fields(inner)
	}
	kind := text(source["kind"])
	if !slices.Contains([]string{"TrendsQuery", "FunnelsQuery", "RetentionQuery", "PathsQuery", "StickinessQuery", "LifecycleQuery", "HogQLQuery"}, kind) {
		return append(problems, fmt.Sprintf("POST query/ of a %q", kind))
	}
	if s.schemas == nil {
		return problems
	}
	if err := s.schemas.check(typesFile, "QueryRequest", raw); err != nil {
		problems = append(problems, err.Error())
	}
	if err := s.schemas.check(typesFile, kind, encode(source)); err != nil {
		problems = append(problems, err.Error())
	}
	// What the bot changes is held to the strict schema too.
	for name, definition := range map[string]string{
		"interval": "IntervalType", "compareFilter": "CompareFilter", "dateRange": "DateRange", "breakdownFilter": "BreakdownFilter",
	} {
		if part := source[name]; !none(part) {
			if err := s.schemas.check(queriesFile, definition, part); err != nil {
				problems = append(problems, fmt.Sprintf("%s: %v", name, err))
			}
		}
	}
	return problems
}

// poll answers how far a background query is.
func (s *Server) poll(r Request) answer {
	s.mu.Lock()
	b, ok := s.queries[r.QueryID]
	running := false
	if ok {
		running = b.never || b.polls > 0
		b.polls--
	}
	s.mu.Unlock()
	switch {
	case !ok:
		return answer{404, []byte(NotFound().Body)}
	case running:
		return answer{202, s.wrapped(s.status(r.QueryID, false, "", nil))}
	case b.failed != "":
		return answer{400, s.wrapped(s.status(r.QueryID, true, b.failed, nil))}
	default:
		return answer{200, s.wrapped(s.status(r.QueryID, true, "", b.body))}
	}
}

// cancel ends a background query, which must be one of the caller's own.
func (s *Server) cancel(r Request) answer {
	s.mu.Lock()
	_, ok := s.queries[r.QueryID]
	delete(s.queries, r.QueryID)
	s.mu.Unlock()
	if !ok {
		return answer{404, []byte(NotFound().Body)}
	}
	return answer{204, nil}
}

// Running are the ids of the queries that were neither cancelled nor are done:
// in the background, or posted with an id by somebody who then gave up.
func (s *Server) Running() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := []string{}
	for id, b := range s.queries {
		if b.never || b.polls >= 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// begin counts a posted query that has an id among those that run, until it is
// answered. When its caller gives up it goes on, and has to be cancelled.
func (s *Server) begin(r Request) (end func()) {
	var body struct {
		ClientID string `json:"client_query_id"`
	}
	if r.Route != RouteQuery || json.Unmarshal(r.Body, &body) != nil || body.ClientID == "" {
		return func() {}
	}
	b := &background{never: true}
	s.start(body.ClientID, b)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		// Run in the background, it is another one by now.
		if s.queries[body.ClientID] == b {
			delete(s.queries, body.ClientID)
		}
	}
}

// start keeps a background query, under a new id where it has none.
func (s *Server) start(id string, b *background) string {
	if id == "" {
		id = s.id()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queries[id] = b
	return id
}

// id is a new id of a query.
func (s *Server) id() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	return fmt.Sprintf("cache_made_query_%04d", s.serial)
}

// clock is now as PostHog writes it.
func (s *Server) clock(after time.Duration) json.RawMessage {
	return encode(stamp(s.options.Now().Add(after)))
}
