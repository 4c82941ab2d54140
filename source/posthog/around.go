package posthog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"insightbot/insight"
	"insightbot/source/posthog/shape"
)

// around is what lies around the insights of a project.
type around struct {
	Name      string `json:"name"`
	Zone      string `json:"zone"`
	WeekStart int    `json:"week_start"`
	Currency  string `json:"currency"`
	// Viewers is how many different people looked at an insight in 30 days.
	Viewers     map[int64]int    `json:"viewers"`
	Annotations []annotation     `json:"annotations"`
	Dashboards  map[int64]string `json:"dashboards"`
	Events      []Definition     `json:"events"`
	Described   []Definition     `json:"described"`
	Properties  []string         `json:"properties"`
	Cohorts     map[int64]string `json:"cohorts"`
	Variables   []shape.Variable `json:"variables"`
}

// project is what package shape has to know.
func (a around) project(c Config) shape.Project {
	zone, err := location(a.Zone)
	if err != nil {
		zone = time.UTC // it was looked at when it was read
	}
	p := shape.Project{
		Source: c.Name, Zone: zone, WeekStart: time.Weekday(a.WeekStart), Currency: a.Currency, MaxRows: c.MaxRows,
		Variables: a.Variables, Cohorts: a.Cohorts,
	}
	for _, name := range a.Properties {
		p.Properties = append(p.Properties, shape.Property{Name: name})
	}
	return p
}

// location is a zone by its name. That of this machine is none.
func location(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, errors.New("no name of a zone")
	}
	return time.LoadLocation(name)
}

// lookAround reads all of it. A part that cannot be read stays as it was: it is
// a part and not all, and the key or the plan of the project may not allow it.
// whole reports whether nothing is missing that may come yet. It fails where the
// project itself cannot be read: then nothing else is asked either.
func (s *Source) lookAround(ctx context.Context, k *known) (whole bool, err error) {
	next := k.Around
	whole = true
	if err := s.readProject(ctx, &next); err != nil {
		if k.Around.Zone == "" || !errors.Is(err, ErrScope) {
			return false, err
		}
		s.config.Log.WarnContext(ctx, "a project may not be read any more, and stays as it was", "source", s.config.Name, "error", err)
	}
	for _, part := range []struct {
		what string
		read func(context.Context, *around) error
	}{
		{"views", s.readViewers},
		{"annotations", s.readAnnotations},
		{"dashboards", s.readDashboards},
		{"event definitions", s.readEvents},
		{"property definitions", s.readProperties},
		{"cohorts", s.readCohorts},
		{"variables", s.readVariables},
	} {
		err := part.read(ctx, &next)
		log := s.config.Log.With("source", s.config.Name, "part", part.what)
		switch {
		case err == nil:
		case ctx.Err() != nil, errors.Is(err, ErrKey):
			return false, err
		case errors.Is(err, ErrScope), errors.Is(err, insight.ErrUnknown):
			log.InfoContext(ctx, "a part of a project may not be read, and is left out", "error", err)
		default:
			whole = false
			log.WarnContext(ctx, "a part of a project could not be read, and stays as it was", "error", err)
		}
	}
	k.Around = next
	return whole, nil
}

// readProject reads the project itself. Only what is named here is taken from
// it: the answer holds tokens too.
func (s *Source) readProject(ctx context.Context, a *around) error {
	var p struct {
		Name      string `json:"name"`
		Zone      string `json:"timezone"`
		WeekStart *int   `json:"week_start_day"`
		Currency  string `json:"base_currency"`
	}
	if err := s.get(ctx, s.path(""), nil, &p); err != nil {
		return fmt.Errorf("posthog: the project: %w", err)
	}
	if _, err := location(p.Zone); err != nil {
		return fmt.Errorf("posthog: the project is in the zone %.60q, which is not known here: %w", p.Zone, insight.ErrUnavailable)
	}
	a.Name, a.Zone, a.Currency, a.WeekStart = p.Name, p.Zone, p.Currency, int(time.Sunday)
	if p.WeekStart != nil && *p.WeekStart == int(time.Monday) {
		a.WeekStart = int(time.Monday)
	}
	return nil
}

// get reads one object, as a call that nobody waits for.
func (s *Source) get(ctx context.Context, path string, query url.Values, into any) error {
	raw, err := s.client.do(ctx, request{method: http.MethodGet, path: path, query: query, sync: true})
	if err != nil {
		return err
	}
	if json.Unmarshal(raw, into) != nil {
		// What is wrong in it would be quoted by the error.
		return fmt.Errorf("posthog: an answer of another form than expected: %w", insight.ErrUnavailable)
	}
	return nil
}
