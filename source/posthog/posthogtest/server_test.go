package posthogtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/envtest"
)

// noon is a moment after the week that was recorded.
var noon = time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)

// witness is a test that notes what it would fail with.
type witness struct {
	testing.TB
	mu   sync.Mutex
	said []string
}

func (w *witness) Errorf(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said = append(w.said, fmt.Sprintf(format, args...))
}

// start is a server whose clock stands still, and what it complained about.
func start(t *testing.T, o Options) (*Server, *witness) {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return noon }
	}
	w := &witness{TB: t}
	return New(w, o), w
}

// call makes a request with the key.
func call(t *testing.T, s *Server, method, path, body string) (int, []byte, http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.Key)
	r.Header.Set("Accept-Encoding", "identity")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()                                 //nolint:errcheck // it was read
	raw, _ := io.ReadAll(io.LimitReader(answer.Body, 10<<20)) //nolint:errcheck // some are cut on purpose
	return answer.StatusCode, raw, answer.Header
}

// get is call for a GET below the project.
func get(t *testing.T, s *Server, path string) (int, []byte) {
	t.Helper()
	status, raw, _ := call(t, s, http.MethodGet, fmt.Sprintf("/api/projects/%d/%s", s.Project, path), "")
	return status, raw
}

// post is call for a query.
func post(t *testing.T, s *Server, body string) (int, []byte) {
	t.Helper()
	status, raw, _ := call(t, s, http.MethodPost, fmt.Sprintf("/api/projects/%d/query/", s.Project), body)
	return status, raw
}

// content is what the test is for: no complaint was made.
func content(t *testing.T, w *witness) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.said) > 0 {
		t.Errorf("the server complained:\n%s", strings.Join(w.said, "\n"))
	}
}

// read is JSON as any.
func read[T any](t *testing.T, raw []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return v
}

func TestServer_ServesRecordingsByteForByte(t *testing.T) {
	s, w := start(t, Options{})
	root := envtest.Shared(t, "data", "posthog")
	want := func(name string) string {
		raw, err := os.ReadFile(filepath.Join(root, name)) //nolint:gosec // the folder of the test data
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	for n := range 4 {
		if _, got := get(t, s, fmt.Sprintf("insights/?basic=true&order=id&limit=10&offset=%d", 10*n)); string(got) != want(fmt.Sprintf("derived/insightListPage%d.json", n+1)) {
			t.Errorf("page %d is not the recording", n+1)
		}
	}
	for _, id := range s.Insights() {
		if _, got := get(t, s, fmt.Sprintf("insights/%d/?refresh=blocking", id)); string(got) != want(s.File(id)) && !s.missing(s.item(id)) {
			t.Errorf("insight %d is not %s", id, s.File(id))
		}
	}
	content(t, w)
}

func TestServer_ListsEverythingOnceInOrder(t *testing.T) {
	for name, o := range map[string]Options{"recorded": {}, "generated": {Generated: 250}} {
		t.Run(name, func(t *testing.T) {
			s, w := start(t, o)
			var ids []int
			for offset, next := 0, true; next; offset += 100 {
				_, raw := get(t, s, fmt.Sprintf("insights/?basic=true&order=id&limit=100&offset=%d", offset))
				p := read[page](t, raw)
				for _, r := range p.Results {
					ids = append(ids, read[meta](t, r).ID)
				}
				if next = p.Next != nil; next && !strings.HasPrefix(*p.Next, foreign) {
					t.Errorf("the next page is on the same host: %s", *p.Next)
				}
			}
			if diff := cmp.Diff(s.Insights(), ids); diff != "" {
				t.Error(diff)
			}
			content(t, w)
		})
	}
}

func TestServer_WithoutOrderPagesOverlap(t *testing.T) {
	s, _ := start(t, Options{Generated: 250})
	seen := map[int]bool{}
	for offset := 0; offset < 250; offset += 50 {
		_, raw := get(t, s, fmt.Sprintf("insights/?basic=true&limit=50&offset=%d", offset))
		for _, r := range read[page](t, raw).Results {
			seen[read[meta](t, r).ID] = true
		}
	}
	if len(seen) == 250 {
		t.Error("pages without an order came in one")
	}
}

func TestServer_ChangesAndRemovalsShow(t *testing.T) {
	s, w := start(t, Options{})
	s.Remove(6002, 6003)
	s.Hide(6004)
	s.Rename(6001, "Another name", noon)
	added := s.Add("New one", variants[0], noon.Add(time.Minute))
	_, raw := get(t, s, "insights/?basic=true&limit=100&offset=0&order=-last_modified_at")
	p := read[page](t, raw)
	var first []string
	for _, r := range p.Results[:2] {
		first = append(first, read[meta](t, r).Name)
	}
	if diff := cmp.Diff([]string{"New one", "Another name"}, first); diff != "" {
		t.Error(diff)
	}
	if p.Count != 36 || added != 6038 {
		t.Errorf("%d insights, the new one is %d", p.Count, added)
	}
	hidden := slices.IndexFunc(p.Results, func(r json.RawMessage) bool { return strings.Contains(string(r), "6004") })
	if got := string(p.Results[hidden]); got != `{"id":6004,"short_id":"dEv09104","user_access_level":"none"}` {
		t.Errorf("the hidden one is %s", got)
	}
	for _, id := range []int{6002, 6004, 1} {
		if status, _ := get(t, s, fmt.Sprintf("insights/%d/", id)); status != 404 {
			t.Errorf("insight %d gives %d", id, status)
		}
	}
	content(t, w)
}

func TestServer_FailsTheTestForWhatMayNotBeCalled(t *testing.T) {
	s, w := start(t, Options{})
	base := "/api/projects/1/"
	calls := [][2]string{
		{"POST", base + "insights/viewed/"},
		{"POST", base + "insights/"},
		{"PATCH", base + "insights/6001/"},
		{"DELETE", base + "insights/6001/"},
		{"PUT", base + "dashboards/4/"},
		{"POST", base + "cohorts/"},
		{"GET", base + "insights/6001/sharing/"},
		{"GET", base + "persons/"},
		{"GET", base + "cohorts/3/persons/"},
		{"GET", base + "events/"},
		{"GET", base + "exports/"},
		{"GET", "/api/person/funnel/?funnel_step=1"},
		{"GET", base + "insights/?limit=10"},
		{"GET", base + "insights/?basic=true&limit=1000"},
		{"GET", base + "insights/?basic=true&unheard=1"},
		{"GET", base + "insights/dEv09101/"},
		{"GET", base + "insights/6001/?refresh=force_blocking"},
		{"GET", base + "insights/6001"},
		{"GET", "/api/projects/2/insights/?basic=true"},
		{"GET", "/api/projects/@current/"},
		{"GET", "/"},
	}
	for i, c := range calls {
		status, _, _ := call(t, s, c[0], c[1], "{}")
		if status != http.StatusTeapot || len(s.Wrongs()) != i+1 {
			t.Errorf("%s %s gives %d, and %d complaints of %d", c[0], c[1], status, len(s.Wrongs()), i+1)
		}
	}
	if len(w.said) != len(calls) {
		t.Errorf("the test failed %d times for %d calls", len(w.said), len(calls))
	}
}

func TestServer_LooksAtTheKey(t *testing.T) {
	s, w := start(t, Options{Scopes: []string{"insight:read"}})
	if status, raw := get(t, s, "dashboards/"); status != 403 || !strings.Contains(string(raw), "dashboard:read") {
		t.Errorf("a scope is missing: %d %s", status, raw)
	}
	content(t, w)
	call(t, s, http.MethodGet, "/api/projects/1/insights/?basic=true&search="+s.Key, "")
	if len(s.Wrongs()) != 1 || strings.Contains(s.Wrongs()[0], s.Key) {
		t.Errorf("the key in an address: %q", s.Wrongs())
	}
	s.Key = "phx_another"
	if status, _ := get(t, s, "insights/?basic=true"); status != 401 && status != 403 {
		t.Errorf("a wrong key gives %d", status)
	}
}

func TestServer_FailsTheTestForSecretsInTheLog(t *testing.T) {
	for _, text := range []string{DefaultKey, Canary, "harmless"} {
		w := &witness{}
		t.Run(text, func(t *testing.T) {
			w.TB = t
			s := New(w, Options{Generated: 1})
			s.Logger().Debug("asked", "with", "a "+text+" in it")
		})
		if want := text != "harmless"; (len(w.said) > 0) != want {
			t.Errorf("%s in the log: %q", text, w.said)
		}
	}
}

func TestServer_LaysOverridesOverTrends(t *testing.T) {
	s, w := start(t, Options{})
	override := url.QueryEscape(`{"date_from":"2026-02-02","date_to":"2026-02-04","breakdown_filter":{"breakdowns":[{"property":"$browser","type":"event"}]}}`)
	_, raw := get(t, s, "insights/6001/?refresh=blocking&filters_override="+override)
	got := read[struct {
		Result   []line
		Resolved struct{ DateFrom, DateTo string } `json:"-"`
		Range    map[string]string                 `json:"resolved_date_range"`
	}](t, raw)
	if diff := cmp.Diff(map[string]string{"date_from": "2026-02-02T00:00:00Z", "date_to": "2026-02-04T23:59:59.999999Z"}, got.Range); diff != "" {
		t.Error(diff)
	}
	if len(got.Result) != 8 {
		t.Fatalf("%d series, compared and broken down by 4 values", len(got.Result))
	}
	first, earlier := got.Result[0], got.Result[4]
	if diff := cmp.Diff([]string{"2026-02-02", "2026-02-03", "2026-02-04"}, first.Days); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"2026-01-30", "2026-01-31", "2026-02-01"}, earlier.Days); diff != "" {
		t.Error(diff)
	}
	if first.Data[1] != Number("", "Chrome", "2026-02-03") || string(first.Breakdown) != `["Chrome"]` {
		t.Errorf("the first series is %+v", first)
	}
	content(t, w)
}

func TestServer_IgnoresWhatPostHogIgnoresAndSaysSo(t *testing.T) {
	breakdown := `{"breakdown_filter":{"breakdowns":[{"property":"$os","type":"event"}]}}`
	for _, c := range []struct {
		name     string
		id       int
		override string
	}{
		{"paths are not broken down", 6032, breakdown},
		{"stickiness is not broken down", 6025, breakdown},
		{"lifecycle is not broken down", 6023, breakdown},
		{"SQL without filters has no dates", 6034, `{"date_from":"2026-02-02","date_to":"2026-02-04"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, w := start(t, Options{})
			_, raw := get(t, s, fmt.Sprintf("insights/%d/?refresh=blocking&filters_override=%s", c.id, url.QueryEscape(c.override)))
			if !bytes.Equal(raw, s.Recorded(s.File(c.id))) {
				t.Errorf("the override had an effect: %s", raw)
			}
			if len(w.said) != 1 {
				t.Errorf("the test heard %q", w.said)
			}
			lenient, quiet := start(t, Options{NoRefusal: true})
			get(t, lenient, fmt.Sprintf("insights/%d/?refresh=blocking&filters_override=%s", c.id, url.QueryEscape(c.override)))
			content(t, quiet)
		})
	}
	s, _ := start(t, Options{})
	get(t, s, "insights/6001/?filters_override="+url.QueryEscape(`{"date_from":"-7d"}`))
	get(t, s, "insights/6001/?filters_override="+url.QueryEscape(`{"properties":[{"key":"nonsense","value":["a"],"operator":"exact","type":"event"}]}`))
	if len(s.Wrongs()) != 2 {
		t.Errorf("one date, and an unknown property: %q", s.Wrongs())
	}
}

func TestServer_MakesUpOnlyWhatTheSchemasAllow(t *testing.T) {
	override := url.QueryEscape(`{"date_from":"2026-02-02","date_to":"2026-02-15"}`)
	for name, o := range map[string]Options{"recorded": {NoRefusal: true}, "generated": {Generated: 20, NoRefusal: true, Paid: true}} {
		t.Run(name, func(t *testing.T) {
			s, w := start(t, o)
			for _, id := range s.Insights() {
				for _, refresh := range []string{"force_cache", "async", "blocking"} {
					if status, raw := get(t, s, fmt.Sprintf("insights/%d/?refresh=%s&filters_override=%s", id, refresh, override)); status != 200 {
						t.Errorf("insight %d, %s: %d %s", id, refresh, status, raw)
					}
				}
				if a := s.saved(s.item(id)); a.source != nil {
					if status, raw := post(t, s, string(encode(object{"query": encode(a.source), "refresh": encode("blocking"), "name": encode("test")}))); status != 200 {
						t.Errorf("insight %d, posted: %d %s", id, status, raw)
					}
				}
			}
			for _, path := range []string{
				"insights/trending/?days=30&limit=100", "insights/my_last_viewed/", fmt.Sprintf("insights/%d/activity/?page=1", s.Insights()[0]), "dashboards/", "annotations/?limit=2&offset=1",
				"event_definitions/?ordering=-last_seen_at", "property_definitions/?limit=3", "cohorts/", "insight_variables/",
			} {
				if status, raw := get(t, s, path); status != 200 || !json.Valid(raw) {
					t.Errorf("%s: %d %s", path, status, raw)
				}
			}
			for _, path := range []string{"/api/users/@me/", "/api/projects/1/"} {
				if status, raw, _ := call(t, s, http.MethodGet, path, ""); status != 200 {
					t.Errorf("%s: %d %s", path, status, raw)
				}
			}
			content(t, w)
		})
	}
}

func TestServer_RunsInTheBackground(t *testing.T) {
	s, w := start(t, Options{Polls: 2})
	query := string(s.fields(s.saved(s.item(6001)).wrapper["source"])["kind"])
	if query != `"TrendsQuery"` {
		t.Fatal(query)
	}
	source := s.saved(s.item(6001)).source
	source["interval"] = encode("week")
	body := string(encode(object{"query": encode(source), "refresh": encode("async"), "client_query_id": encode("mine"), "name": encode("test")}))
	if status, raw := post(t, s, body); status != 202 || !strings.Contains(string(raw), `"id":"mine"`) {
		t.Fatalf("%d %s", status, raw)
	}
	var seen []int
	var last []byte
	for range 3 {
		status, raw := get(t, s, "query/mine/")
		seen, last = append(seen, status), raw
	}
	if diff := cmp.Diff([]int{202, 202, 200}, seen); diff != "" {
		t.Error(diff)
	}
	whole := read[struct {
		Status struct{ Results struct{ Results []line } } `json:"query_status"`
	}](t, last)
	if days := whole.Status.Results.Results[0].Days; !slices.Equal(days, []string{"2026-03-02"}) {
		t.Errorf("weeks are %q", days)
	}
	if status, _ := get(t, s, "query/unknown/"); status != 404 {
		t.Errorf("an unknown query gives %d", status)
	}
	s.Fail(RouteQuery, Fault{Never: true})
	post(t, s, body)
	if diff := cmp.Diff([]string{"mine"}, s.Running()); diff != "" {
		t.Error(diff)
	}
	if status, _, _ := call(t, s, http.MethodDelete, "/api/projects/1/query/mine/", ""); status != 204 || len(s.Running()) != 0 {
		t.Errorf("cancelled with %d, %q still run", status, s.Running())
	}
	content(t, w)
}

func TestServer_FailsTheTestForQueriesNobodySaved(t *testing.T) {
	for name, body := range map[string]string{
		"other SQL":            `{"name":"x","query":{"kind":"HogQLQuery","query":"select 1"}}`,
		"another event":        `{"name":"x","query":{"kind":"TrendsQuery","series":[{"kind":"EventsNode","event":"deleted_file"}]}}`,
		"no name":              `{"query":{"kind":"TrendsQuery","series":[{"kind":"EventsNode","event":"uploaded_file","name":"uploaded_file","math":"total"}],"interval":"day","dateRange":{"date_from":"2026-03-02","date_to":"2026-03-08"},"compareFilter":{"compare":true},"trendsFilter":{"display":"ActionsLineGraph"},"version":2}}`,
		"a list of people":     `{"name":"x","query":{"kind":"ActorsQuery"}}`,
		"an unknown field":     `{"name":"x","async":true,"query":{"kind":"HogQLQuery","query":"select 1"}}`,
		"an interval of years": `{"name":"x","query":{"kind":"TrendsQuery","series":[{"kind":"EventsNode","event":"uploaded_file","name":"uploaded_file","math":"total"}],"interval":"year"}}`,
		"no JSON":              `{"name":`,
	} {
		t.Run(name, func(t *testing.T) {
			s, w := start(t, Options{})
			post(t, s, body)
			if len(w.said) == 0 {
				t.Error("the test heard nothing")
			}
		})
	}
}

func TestServer_KeepsTheRateLimits(t *testing.T) {
	now := noon
	s, w := start(t, Options{Generated: 1, Now: func() time.Time { return now }})
	for n := range 241 {
		status, _, header := call(t, s, http.MethodGet, "/api/projects/1/insights/?basic=true", "")
		if want := map[bool]int{true: 200, false: 429}[n < 240]; status != want {
			t.Fatalf("request %d gives %d", n, status)
		}
		if status == 429 && header.Get("Retry-After") != "60" {
			t.Errorf("wait for %q seconds", header.Get("Retry-After"))
		}
	}
	if status, _ := get(t, s, "dashboards/"); status != 200 {
		t.Errorf("another bucket gives %d", status)
	}
	now = now.Add(time.Minute)
	if status, _ := get(t, s, "insights/?basic=true"); status != 200 {
		t.Errorf("a minute later: %d", status)
	}
	content(t, w)
}

func TestServer_Breaks(t *testing.T) {
	s, w := start(t, Options{})
	statuses := map[int]Fault{
		400: BadRequest(), 401: Unauthorized(), 402: PaymentRequired(), 403: NoScope("query:read"), 404: NotFound(), 429: Throttled(3 * time.Second),
		500: ServerError(), 502: Gateway(502), 504: TookTooLong(), 512: Estimate(), 513: Memory(), 302: Redirect("http://example.com/"),
	}
	for want, f := range statuses {
		s.Fail(RouteInsight, f)
		if status, _ := get(t, s, "insights/6001/"); status != want {
			t.Errorf("%d instead of %d", status, want)
		}
	}
	for name, c := range map[string]struct {
		fault Fault
		holds string
	}{
		"no result":   {Fault{NoResult: true}, `"query_status":null`},
		"failed":      {Fault{Failed: "out of luck"}, `"error_message":"out of luck"`},
		"never":       {Fault{Never: true}, `"complete":false`},
		"wrong types": {Fault{WrongTypes: true}, `"many"`},
		"truncated":   {Truncated(), `[410, 39`},
		"cut":         {CutOff(), `{"id": 1}`},
		"not JSON":    {NotJSON(), `<!DOCTYPE`},
		"huge":        {Huge(), `                `},
	} {
		s.Fail(RouteInsight, c.fault)
		if status, raw := get(t, s, "insights/6001/"); status != 200 || !strings.Contains(string(raw), c.holds) {
			t.Errorf("%s: %d %.300s", name, status, raw)
		}
	}
	s.Down(ServerError())
	if status, _ := get(t, s, "dashboards/"); status != 500 {
		t.Errorf("a server that is down gives %d", status)
	}
	s.Heal()
	if status, _ := get(t, s, "dashboards/"); status != 200 {
		t.Errorf("a server that was healed gives %d", status)
	}
	content(t, w)
}

func TestServer_HangsUntilTheCallerGivesUp(t *testing.T) {
	s, w := start(t, Options{})
	s.Always(RouteInsight, Silence())
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/api/projects/1/insights/6001/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.Key)
	client := http.Client{Timeout: 50 * time.Millisecond}
	answer, err := client.Do(r)
	if err == nil {
		answer.Body.Close() //nolint:errcheck,gosec // it should not be there
		t.Error("there was an answer")
	}
	content(t, w)
}

func TestServer_QueriesGoOnWhenTheirCallerGivesUp(t *testing.T) {
	s, w := start(t, Options{})
	s.Always(RouteQuery, Silence())
	body := string(encode(object{"query": encode(s.saved(s.item(6001)).source), "client_query_id": encode("mine"), "name": encode("test")}))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/api/projects/1/query/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.Key)
	client := http.Client{Timeout: 50 * time.Millisecond}
	if answer, err := client.Do(r); err == nil {
		answer.Body.Close() //nolint:errcheck,gosec // it should not be there
		t.Error("there was an answer")
	}
	if diff := cmp.Diff([]string{"mine"}, s.Running()); diff != "" {
		t.Error(diff)
	}
	if status, _, _ := call(t, s, http.MethodDelete, "/api/projects/1/query/mine/", ""); status != 204 || len(s.Running()) != 0 {
		t.Errorf("cancelled with %d, %q still run", status, s.Running())
	}
	s.Heal()
	if status, _ := post(t, s, body); status != 200 || len(s.Running()) != 0 {
		t.Errorf("answered with %d, %q still run", status, s.Running())
	}
	content(t, w)
}
