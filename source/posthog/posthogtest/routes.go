package posthogtest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Route is one address that the bot may call.
type Route string

// The routes.
const (
	RouteMe          Route = "me"
	RouteProject     Route = "project"
	RouteInsights    Route = "insights"
	RouteInsight     Route = "insight"
	RouteTrending    Route = "trending"
	RouteLastViewed  Route = "last viewed"
	RouteActivity    Route = "activity"
	RouteQuery       Route = "query"
	RoutePoll        Route = "poll"
	RouteCancel      Route = "cancel"
	RouteDashboards  Route = "dashboards"
	RouteAnnotations Route = "annotations"
	RouteEvents      Route = "event definitions"
	RouteProperties  Route = "property definitions"
	RouteCohorts     Route = "cohorts"
	RouteVariables   Route = "insight variables"
)

// address says how a route is written and what it takes.
type address struct {
	route  Route
	method string
	// pattern is the path below the project; * stands for one part of it.
	pattern string
	scope   string
	bucket  bucket
	params  string
}

// listParams is what a list of insights takes.
const listParams = "basic limit offset search tags saved favorited created_by dashboards insight date_from date_to short_id order"

// addresses are all that may be called. More exact patterns come first.
func addresses() []address {
	return []address{
		{RouteInsights, http.MethodGet, "insights/", "insight:read", bucketInsights, listParams},
		{RouteTrending, http.MethodGet, "insights/trending/", "insight:read", bucketInsights, "days limit"},
		{RouteLastViewed, http.MethodGet, "insights/my_last_viewed/", "insight:read", bucketInsights, ""},
		{RouteInsight, http.MethodGet, "insights/*/", "insight:read", bucketInsights, "refresh filters_override variables_override from_dashboard"},
		{RouteActivity, http.MethodGet, "insights/*/activity/", "activity_log:read", bucketInsights, "page limit"},
		{RouteQuery, http.MethodPost, "query/", "query:read", bucketQuery, ""},
		{RoutePoll, http.MethodGet, "query/*/", "query:read", bucketQuery, ""},
		{RouteCancel, http.MethodDelete, "query/*/", "query:read", bucketQuery, ""},
		{RouteDashboards, http.MethodGet, "dashboards/", "dashboard:read", bucketRest, "limit offset search"},
		{RouteAnnotations, http.MethodGet, "annotations/", "annotation:read", bucketRest, "limit offset search"},
		{RouteEvents, http.MethodGet, "event_definitions/", "event_definition:read", bucketRest, "limit offset search ordering"},
		{RouteProperties, http.MethodGet, "property_definitions/", "property_definition:read", bucketRest, "limit offset search type event_names"},
		{RouteCohorts, http.MethodGet, "cohorts/", "cohort:read", bucketRest, "limit offset"},
		{RouteVariables, http.MethodGet, "insight_variables/", "insight_variable:read", bucketRest, "limit offset page"},
	}
}

// find is the address that a request goes to, and the changing part of its
// path. It reports false for what may not be called.
func (s *Server) find(r *http.Request) (a address, part string, ok bool) {
	path, ok := strings.CutPrefix(r.URL.Path, s.options.Prefix+"/api/")
	if !ok || r.URL.RawPath != "" {
		return address{}, "", false
	}
	project := strconv.Itoa(s.Project)
	switch {
	case r.Method == http.MethodGet && path == "users/@me/":
		return address{route: RouteMe, scope: "user:read", bucket: bucketRest}, "", true
	case r.Method == http.MethodGet && path == "projects/"+project+"/":
		return address{route: RouteProject, scope: "project:read", bucket: bucketRest}, "", true
	}
	rest, ok := strings.CutPrefix(path, "projects/"+project+"/")
	if !ok {
		if rest, ok = strings.CutPrefix(path, "environments/"+project+"/"); !ok {
			return address{}, "", false
		}
	}
	for _, a := range addresses() {
		if part, fits := fits(a.pattern, rest); fits && a.method == r.Method {
			return a, part, true
		}
	}
	return address{}, "", false
}

// fits reports whether a path is written like a pattern, and what stands where
// the pattern has its star. An insight is addressed by its number alone.
func fits(pattern, path string) (part string, ok bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return "", false
	}
	for i := range want {
		switch {
		case want[i] != "*" && want[i] != got[i], want[i] == "*" && got[i] == "":
			return "", false
		case want[i] == "*":
			part = got[i]
		}
	}
	if _, err := strconv.Atoi(part); err != nil && strings.HasPrefix(pattern, "insights/*") {
		return "", false
	}
	return part, true
}

// params looks at everything behind the question mark. It reports what PostHog
// or our own rules do not allow.
func (s *Server) params(a address, q url.Values) (problems []string) {
	say := func(name string) { problems = append(problems, a.method+" "+a.pattern+" with "+name+"="+q.Get(name)) }
	for name, values := range q {
		if len(values) != 1 || !slices.Contains(strings.Fields(a.params), name) {
			say(name)
			continue
		}
		v := values[0]
		n, err := strconv.Atoi(v)
		switch name {
		case "limit":
			if err != nil || n < 1 || n > 100 {
				say(name)
			}
		case "offset", "page", "days", "created_by", "from_dashboard":
			if err != nil || n < 0 {
				say(name)
			}
		case "basic", "saved", "favorited":
			if v != "true" {
				say(name)
			}
		case "order", "ordering":
			if !slices.Contains([]string{"id", "name", "created_at", "last_modified_at", "last_viewed_at", "last_seen_at"}, strings.TrimPrefix(v, "-")) {
				say(name)
			}
		case "refresh":
			if !slices.Contains([]string{"force_cache", "blocking", "async", "lazy_async", "async_except_on_cache_miss"}, v) {
				say(name)
			}
		case "filters_override", "variables_override", "dashboards":
			if !json.Valid([]byte(v)) {
				say(name)
			}
		}
	}
	if a.route == RouteInsights && q.Get("basic") != "true" {
		problems = append(problems, "a list of insights without basic=true carries all results")
	}
	return problems
}
