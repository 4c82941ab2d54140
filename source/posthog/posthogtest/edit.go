package posthogtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// object is JSON whose parts stay as they came.
type object map[string]json.RawMessage

// Insights are the numbers of all insights that the project holds.
func (s *Server) Insights() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := []int{}
	for _, it := range s.items {
		ids = append(ids, it.ID)
	}
	return ids
}

// File is the recorded answer behind an insight, as a path below the reference
// data: "derived/funnelOneStep.json"; "" for one that is made up.
func (s *Server) File(id int) string {
	if it := s.item(id); it != nil {
		return it.file
	}
	return ""
}

// Recorded is a recorded answer, by its path below the reference data.
func (s *Server) Recorded(name string) []byte { return s.file(name) }

// Remove deletes insights. Deleted ones are never listed, and not found.
func (s *Server) Remove(ids ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items = slices.DeleteFunc(s.items, func(it *item) bool { return slices.Contains(ids, it.ID) })
}

// Hide takes the right to an insight away: of one on a dashboard only the
// number, the short id and the access level are still listed.
func (s *Server) Hide(id int) {
	s.edit(id, func(it *item) { it.hidden = true })
}

// Rename gives an insight another name, as somebody would at some moment.
func (s *Server) Rename(id int, name string, at time.Time) {
	s.Change(id, at, map[string]string{"name": string(encode(name))})
}

// Change gives the basic form of an insight other fields, each as JSON, and
// moves its date of modification, unless that is zero.
func (s *Server) Change(id int, at time.Time, fields map[string]string) {
	s.edit(id, func(it *item) {
		o := s.fields(s.unlocked(it))
		for name, raw := range fields {
			o[name] = json.RawMessage(raw)
		}
		if !at.IsZero() {
			o["last_modified_at"] = encode(stamp(at))
			it.Modified = at
		}
		file := it.file
		it.adopt(o)
		it.file = file
	})
}

// Add puts an insight into the project, from the JSON of its query. It returns
// its number.
func (s *Server) Add(name, query string, at time.Time) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := 1
	for _, it := range s.items {
		id = max(id, it.ID+1)
	}
	it := &item{}
	it.adopt(s.fresh(id, name, json.RawMessage(query), at))
	s.items = append(s.items, it)
	return id
}

// View says how many people looked at an insight, for the list of what is
// trending.
func (s *Server) View(id, people int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trends = append(s.trends, trending{id, people})
}

// adopt takes the fields of an insight over as its basic form.
func (it *item) adopt(o object) {
	it.raw = encode(o)
	it.meta = meta{}
	if err := json.Unmarshal(it.raw, &it.meta); err != nil {
		panic(fmt.Sprintf("posthogtest: a changed insight cannot be read: %v", err))
	}
}

// edit changes one insight.
func (s *Server) edit(id int, do func(*item)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, it := range s.items {
		if it.ID == id {
			// Lists that are under way keep what they saw.
			changed := *it
			do(&changed)
			s.items[i] = &changed
			return
		}
	}
	s.t.Errorf("posthogtest: there is no insight %d", id)
}

// item is an insight of the project, or nil.
func (s *Server) item(id int) *item {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, it := range s.items {
		if it.ID == id {
			return it
		}
	}
	return nil
}

// basic is what lists tell of an insight.
func (s *Server) basic(it *item) json.RawMessage {
	if it.hidden {
		return encode(struct {
			ID      int    `json:"id"`
			ShortID string `json:"short_id"`
			Level   string `json:"user_access_level"`
		}{it.ID, it.ShortID, "none"})
	}
	return s.unlocked(it)
}

// unlocked is the basic form of an insight whose rights nobody asks about.
func (s *Server) unlocked(it *item) json.RawMessage {
	if it.raw != nil {
		return it.raw
	}
	return encode(s.fresh(it.ID, it.Name, query(it.variant), it.Modified))
}

// fields are the parts of a JSON object.
func (s *Server) fields(raw json.RawMessage) object {
	var o object
	if err := json.Unmarshal(raw, &o); err != nil {
		s.t.Errorf("posthogtest: %v", err)
	}
	return o
}

// fresh is the basic form of an insight that was just saved.
func (s *Server) fresh(id int, name string, query json.RawMessage, at time.Time) object {
	return object{
		"id": encode(id), "short_id": encode(shortID(id)), "name": encode(name), "derived_name": encode(name),
		"filters": json.RawMessage("{}"), "query": query,
		"dashboards": json.RawMessage("[]"), "dashboard_tiles": json.RawMessage("[]"), "description": encode("About " + name),
		"last_refresh": encode(stamp(at)), "refreshing": json.RawMessage("false"), "saved": json.RawMessage("true"),
		"tags": json.RawMessage(`["generated"]`), "updated_at": encode(stamp(at)), "created_by": json.RawMessage(somebody),
		"created_at": encode(stamp(at)), "last_modified_at": encode(stamp(at)), "favorited": json.RawMessage("false"),
		"user_access_level": encode("viewer"), "last_viewed_at": json.RawMessage("null"),
	}
}

// shortID is the short id of a made-up insight.
func shortID(id int) string { return fmt.Sprintf("gen%05d", id) }
