package posthog

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"insightbot/insight"
)

// Finding is one thing that Probe looked at.
type Finding struct {
	OK bool
	// Says is what was found, and Do what to do about it when OK is false.
	Says, Do string
}

// Scope is a right that the key should have, and what for.
type Scope struct {
	Name, For string
	// Needed is false where a part is left out without it.
	Needed bool

	path string
}

// Scopes are the rights that the key should have, all of them to read.
func Scopes() []Scope {
	return []Scope{
		{"project:read", "the time zone of the project", true, ""},
		{"insight:read", "the saved insights", true, "insights/"},
		{"query:read", "answers for another period or breakdown", true, "query/insightbot-probe/"},
		{"dashboard:read", "names of dashboards", false, "dashboards/"},
		{"annotation:read", "what happened on a day", false, "annotations/"},
		{"event_definition:read", "what events mean", false, "event_definitions/"},
		{"property_definition:read", "what can be broken down by", false, "property_definitions/"},
		{"cohort:read", "names of cohorts", false, "cohorts/"},
		{"insight_variable:read", "variables of SQL insights", false, "insight_variables/"},
		{"activity_log:read", "who changed an insight", false, "insights/%d/activity/"},
		{"user:read", "whose key it is", false, "users/@me/"},
	}
}

// Probe tries the key out: whether it is valid, whether the project is there,
// whose it is, and which rights are missing. It runs no insight.
func (s *Source) Probe(ctx context.Context) []Finding {
	var p around
	if err := s.readProject(ctx, &p); err != nil {
		return []Finding{{Says: err.Error(), Do: advice(err)}}
	}
	found := []Finding{{OK: true, Says: "the project is “" + p.Name + "”, its time zone " + p.Zone}}
	var missing []string
	for _, scope := range Scopes() {
		err := s.try(ctx, scope)
		switch {
		case err == nil:
		case errors.Is(err, ErrScope) && !scope.Needed:
			missing = append(missing, scope.Name+" ("+scope.For+")")
		case errors.Is(err, ErrScope):
			found = append(found, Finding{Says: "the key lacks " + scope.Name + ": " + scope.For, Do: advice(err)})
		default:
			return append(found, Finding{Says: scope.Name + ": " + err.Error(), Do: advice(err)})
		}
	}
	if len(missing) > 0 {
		found = append(found, Finding{OK: true, Says: "the key may not read " + strings.Join(missing, ", ") + "; these parts are left out", Do: "Add the scopes in PostHog to have them."})
	}
	if f, ok := s.owner(ctx); ok {
		found = append(found, f)
	}
	if refused := s.NotOffered(); len(refused) > 0 {
		found = append(found, Finding{OK: true, Says: notOffered(refused)})
	}
	return found
}

// try makes the least call for which a right is needed.
func (s *Source) try(ctx context.Context, scope Scope) error {
	r := request{method: http.MethodGet, path: s.path(scope.path), query: url.Values{"limit": {"1"}}}
	switch {
	case scope.path == "", strings.HasPrefix(scope.path, "users/"):
		return nil // it is asked elsewhere
	case scope.path == "insights/":
		r.query.Set("basic", "true")
	case strings.HasPrefix(scope.path, "query/"):
		r.query = nil
	case strings.Contains(scope.path, "%d"):
		number, ok := s.anyNumber()
		if !ok {
			return nil
		}
		r.path = s.path(fmt.Sprintf(scope.path, number))
	}
	if _, err := s.client.do(ctx, r); err != nil && !errors.Is(err, insight.ErrUnknown) {
		return err
	}
	return nil // “not found” is said to those who may ask
}

// anyNumber is the number of some insight.
func (s *Source) anyNumber() (int64, bool) {
	for _, in := range s.offers() {
		if number, err := s.number(in.ID); err == nil {
			return number, true
		}
	}
	return 0, false
}

// admin is the level in an organisation from which on somebody may change
// everything.
const admin = 8

// owner says whose key it is, where that is to be said: the bot sees what that
// person sees.
func (s *Source) owner(ctx context.Context) (Finding, bool) {
	var me struct {
		Organization struct {
			Level int `json:"membership_level"`
		} `json:"organization"`
	}
	err := s.get(ctx, "users/@me/", nil, &me)
	switch {
	case errors.Is(err, ErrScope):
		return Finding{OK: true, Says: "the key lacks user:read, so nobody can tell whose it is"}, true
	case err == nil && me.Organization.Level >= admin:
		return Finding{
			OK: true, Says: "the key belongs to somebody who administers the organisation",
			Do: "Better make a member with viewer rights for the bot: it sees what that member sees.",
		}, true
	}
	return Finding{}, false
}

// notOffered counts what is not offered, and why.
func notOffered(list []NotOffered) string {
	counts := map[string]int{}
	var reasons []string
	for _, n := range list {
		if counts[n.Why] == 0 {
			reasons = append(reasons, n.Why)
		}
		counts[n.Why]++
	}
	for i, why := range reasons {
		reasons[i] = fmt.Sprintf("%d: %s", counts[why], why)
	}
	return fmt.Sprintf("%d saved insights are not offered (%s)", len(list), strings.Join(reasons, "; "))
}

// advice says what to do about an error.
func advice(err error) string {
	switch {
	case errors.Is(err, ErrKey):
		return "Make a new personal API key in PostHog and put it where key_env or key_file of the settings say."
	case errors.Is(err, ErrScope):
		return "Give the key that scope, to read, and access to the project; docs/sources.md lists all."
	case errors.Is(err, insight.ErrUnknown):
		return "Check the number of the project, which stands in its address in PostHog, and that the key may see it."
	case errors.Is(err, insight.ErrBusy):
		return "PostHog's limits are used up for now; try again in some minutes."
	}
	return "Check host in the settings, and that this machine may reach it; for a private network see private in docs/sources.md."
}
