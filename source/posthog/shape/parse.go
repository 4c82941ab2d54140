package shape

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// errNoInsight is what Parse fails with.
var errNoInsight = errors.New("shape: not an insight")

// Parse reads one insight, in its basic or its full form, as it stands in a
// list or alone. It fails only when raw is no insight at all: one of a kind
// that cannot be run is read, and Insight says why it is not offered.
func Parse(raw json.RawMessage) (Saved, error) {
	f := fieldsOf(raw)
	s := Saved{ID: f.whole(0, "id"), ShortID: f.text("short_id")}
	if s.ID <= 0 {
		return Saved{}, errNoInsight
	}
	s.Name, s.Derived, s.Description = clean(f.text("name")), derived(f.text("derived_name")), clean(f.text("description"))
	s.Tags = f.texts("tags")
	s.Owner = ownerOf(f["created_by"])
	s.addDashboard(f["dashboard"]) // of before an insight could lie on several
	for _, id := range f.list("dashboards") {
		s.addDashboard(id)
	}
	for _, raw := range f.list("dashboard_tiles") {
		if tile := fieldsOf(raw); !tile.bool("deleted") {
			s.addDashboard(tile["dashboard_id"])
		}
	}
	s.Kept, s.Favorited, s.Deleted = f.bool("saved"), f.bool("favorited"), f.bool("deleted")
	_, hasQuery := f["query"]
	_, hasFilters := f["filters"]
	s.Hidden = !hasQuery && !hasFilters
	s.Created, s.Modified = f.time("created_at"), f.time("last_modified_at")
	if s.Modified.IsZero() {
		s.Modified = f.time("updated_at")
	}
	s.Refreshed, s.Viewed = f.time("last_refresh"), f.time("last_viewed_at")
	s.Kind, s.def = define(f["query"], f["filters"])
	// What is kept must not hold on to the whole page it came in.
	s.def.source, s.def.filters = bytes.Clone(s.def.source), bytes.Clone(s.def.filters)
	s.query = kept(f["query"], s.def.source)
	return s, nil
}

// kept is the query with its nodes; nil where there are none around it.
func kept(query, source json.RawMessage) json.RawMessage {
	if isNull(query) || bytes.Equal(query, source) {
		return nil
	}
	return bytes.Clone(query)
}

// addDashboard notes a dashboard once.
func (s *Saved) addDashboard(raw json.RawMessage) {
	id := int64(numberOf(raw))
	if isNull(raw) || id <= 0 {
		return
	}
	if !slices.Contains(s.Dashboards, id) {
		s.Dashboards = append(s.Dashboards, id)
	}
}

// ownerOf is the name of a person; old data has a bare number, or none.
func ownerOf(raw json.RawMessage) string {
	f := fieldsOf(raw)
	name := strings.TrimSpace(f.text("first_name") + " " + f.text("last_name"))
	if strings.Contains(name, "@") {
		return "" // some people call themselves by their address
	}
	return clean(name)
}

// clean trims a text and hides addresses in it.
func clean(s string) string { return hideAddresses(strings.TrimSpace(s)) }

// derived is what PostHog made of a query, without what it could not name.
func derived(s string) string { return strings.TrimSuffix(clean(s), " by null") }

// compacted is what Compact writes: names as in the API, so that Parse reads
// it.
type compacted struct {
	ID          int64           `json:"id"`
	ShortID     string          `json:"short_id"`
	Name        string          `json:"name,omitempty"`
	Derived     string          `json:"derived_name,omitempty"`
	Description string          `json:"description,omitempty"`
	Tags        []string        `json:"tags,omitempty"`
	Owner       *compactOwner   `json:"created_by,omitempty"`
	Dashboards  []int64         `json:"dashboards,omitempty"`
	Kept        bool            `json:"saved,omitempty"`
	Favorited   bool            `json:"favorited,omitempty"`
	Deleted     bool            `json:"deleted,omitempty"`
	Created     string          `json:"created_at,omitempty"`
	Modified    string          `json:"last_modified_at,omitempty"`
	Refreshed   string          `json:"last_refresh,omitempty"`
	Viewed      string          `json:"last_viewed_at,omitempty"`
	Query       json.RawMessage `json:"query,omitempty"`
	Filters     json.RawMessage `json:"filters,omitempty"`
}

type compactOwner struct {
	Name string `json:"first_name"`
}

// Compact is the insight as little JSON as Parse needs to read the same again,
// without results: what to keep between two syncs.
func (s Saved) Compact() (json.RawMessage, error) {
	c := compacted{
		ID: s.ID, ShortID: s.ShortID, Name: s.Name, Derived: s.Derived, Description: s.Description, Tags: s.Tags, Dashboards: s.Dashboards,
		Kept: s.Kept, Favorited: s.Favorited, Deleted: s.Deleted,
		Created: stamp(s.Created), Modified: stamp(s.Modified), Refreshed: stamp(s.Refreshed), Viewed: stamp(s.Viewed),
		Query: s.query, Filters: s.def.filters,
	}
	if c.Query == nil {
		c.Query = s.def.source
	}
	if s.Owner != "" {
		c.Owner = &compactOwner{s.Owner}
	}
	if c.Query == nil && c.Filters == nil && !s.Hidden {
		c.Filters = json.RawMessage("{}")
	}
	return json.Marshal(c)
}

// Key is the part of the insight's id after the source's name: its number.
func (s Saved) Key() string { return strconv.FormatInt(s.ID, 10) }

// Title is what people call the insight: its name, or what PostHog makes of
// its query.
func (s Saved) Title() string {
	switch {
	case s.Name != "":
		return s.Name
	case s.Derived != "":
		return s.Derived
	case s.ShortID != "":
		return "Insight " + s.ShortID
	}
	return "Insight " + s.Key()
}
