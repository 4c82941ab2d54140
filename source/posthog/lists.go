package posthog

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"insightbot/insight"
	"insightbot/source/posthog/shape"
)

// mostListed is how many entries of a list around the insights are read.
const mostListed = 2000

// each reads a list, page by page, and calls a function with each entry. An
// entry that cannot be read is passed over.
func each[T any](ctx context.Context, s *Source, below string, query url.Values, use func(T)) error {
	for offset := 0; offset < mostListed; {
		q := url.Values{"limit": {strconv.Itoa(pageSize)}, "offset": {strconv.Itoa(offset)}}
		maps.Copy(q, query)
		var list page
		if err := s.get(ctx, s.path(below), q, &list); err != nil {
			return err
		}
		for _, raw := range list.Results {
			var one T
			if json.Unmarshal(raw, &one) == nil {
				use(one)
			}
		}
		if offset += len(list.Results); !list.more() {
			return nil
		}
	}
	return nil
}

// readViewers reads how many people looked at which insight. Only those that
// somebody looked at are listed.
func (s *Source) readViewers(ctx context.Context, a *around) error {
	var list struct {
		Results []struct {
			ID    int64 `json:"id"`
			Views int   `json:"view_count"`
		} `json:"results"`
	}
	if err := s.get(ctx, s.path("insights/trending/"), url.Values{"days": {"30"}, "limit": {"100"}}, &list); err != nil {
		return err
	}
	a.Viewers = map[int64]int{}
	for _, r := range list.Results {
		a.Viewers[r.ID] = r.Views
	}
	return nil
}

// annotation is something that happened on a day.
type annotation struct {
	Text string    `json:"text"`
	At   time.Time `json:"at"`
	// Insight narrows it to one; 0 is the whole project.
	Insight int64 `json:"insight,omitempty"`
}

const (
	// annotated is how far back annotations are read.
	annotated = 90 * 24 * time.Hour
	// longestNote is how long one may be, in characters.
	longestNote = 400
)

// readAnnotations reads those of the project, of the organisation, and of one
// insight. Those of dashboards and recordings are about something else.
func (s *Source) readAnnotations(ctx context.Context, a *around) error {
	since := s.config.Now().Add(-annotated)
	var all []annotation
	err := each(ctx, s, "annotations/", nil, func(n struct {
		Content *string    `json:"content"`
		At      *time.Time `json:"date_marker"`
		Scope   string     `json:"scope"`
		Insight *int64     `json:"dashboard_item"`
		Deleted bool       `json:"deleted"`
	},
	) {
		if n.Content == nil || n.At == nil || n.Deleted || n.At.Before(since) {
			return
		}
		one := annotation{Text: strings.Join(strings.Fields(*n.Content), " "), At: *n.At}
		if runes := []rune(one.Text); len(runes) > longestNote {
			one.Text = string(runes[:longestNote]) + "…"
		}
		switch {
		case one.Text == "":
			return
		case n.Scope == "dashboard_item" && n.Insight != nil:
			one.Insight = *n.Insight
		case n.Scope != "project" && n.Scope != "organization":
			return
		}
		all = append(all, one)
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(all, func(x, y annotation) int { return x.At.Compare(y.At) })
	a.Annotations = all
	return nil
}

// notes are annotations as caveats: those of everything, and those of single
// insights.
type notes struct {
	all []insight.Caveat
	one map[int64][]insight.Caveat
}

// notes makes caveats of annotations, each for its day in the project's zone.
func (a around) notes(zone *time.Location) notes {
	n := notes{one: map[int64][]insight.Caveat{}}
	for _, note := range a.Annotations {
		day := insight.GrainDay.Floor(note.At.In(zone), time.Monday)
		c := insight.Caveat{Text: note.Text + " (" + day.Format("2 January 2006") + ")", From: day, Until: insight.GrainDay.Next(day)}
		if note.Insight != 0 {
			n.one[note.Insight] = append(n.one[note.Insight], c)
		} else {
			n.all = append(n.all, c)
		}
	}
	n.all = slices.Clip(n.all)
	return n
}

// of are the caveats of one insight. Most insights share one list.
func (n notes) of(id int64) []insight.Caveat {
	if own := n.one[id]; len(own) > 0 {
		return slices.Concat(own, n.all)
	}
	return n.all
}

func (s *Source) readDashboards(ctx context.Context, a *around) error {
	all := map[int64]string{}
	err := each(ctx, s, "dashboards/", nil, func(d struct {
		ID      int64  `json:"id"`
		Name    string `json:"name"`
		Deleted bool   `json:"deleted"`
	},
	) {
		if !d.Deleted && strings.TrimSpace(d.Name) != "" {
			all[d.ID] = strings.TrimSpace(d.Name)
		}
	})
	if err == nil {
		a.Dashboards = all
	}
	return err
}

func (s *Source) readCohorts(ctx context.Context, a *around) error {
	all := map[int64]string{}
	err := each(ctx, s, "cohorts/", nil, func(c struct {
		ID      int64  `json:"id"`
		Name    string `json:"name"`
		Deleted bool   `json:"deleted"`
	},
	) {
		if !c.Deleted {
			all[c.ID] = c.Name
		}
	})
	if err == nil {
		a.Cohorts = all
	}
	return err
}

func (s *Source) readVariables(ctx context.Context, a *around) error {
	var all []shape.Variable
	err := each(ctx, s, "insight_variables/", nil, func(v struct {
		ID     string `json:"id"`
		Code   string `json:"code_name"`
		Name   string `json:"name"`
		Type   string `json:"type"`
		Values []any  `json:"values"`
	},
	) {
		one := shape.Variable{ID: v.ID, Code: v.Code, Name: v.Name}
		for _, value := range v.Values {
			if text, ok := value.(string); ok && v.Type == "List" {
				one.Values = append(one.Values, text)
			}
		}
		all = append(all, one)
	})
	if err == nil {
		a.Variables = all
	}
	return err
}
