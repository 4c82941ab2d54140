package posthogtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// foreign is the host that the addresses of next pages name, as behind a
// proxy. Nobody may go there with the key.
const foreign = "https://us.posthog.com"

// item is one insight of the project: what lists tell of it, and what is
// needed to find it.
type item struct {
	meta
	// file is the recorded answer behind it, or "" for a made-up one.
	file string
	// raw is the basic form as it is listed; nil for a generated one, which is
	// written when it is needed.
	raw json.RawMessage
	// hidden ones show nothing but their number; variant says what a generated
	// one looks like.
	hidden  bool
	variant int
}

// meta are the fields that lists are sorted and searched by.
type meta struct {
	ID          int       `json:"id"`
	ShortID     string    `json:"short_id"`
	Name        string    `json:"name"`
	DerivedName string    `json:"derived_name"`
	Modified    time.Time `json:"last_modified_at"`
	Saved       bool      `json:"saved"`
	Favorited   bool      `json:"favorited"`
	Dashboards  []int     `json:"dashboards"`
	Tags        []string  `json:"tags"`
}

// page is the envelope of all lists.
type page struct {
	Count    int               `json:"count"`
	Next     *string           `json:"next"`
	Previous *string           `json:"previous"`
	Results  []json.RawMessage `json:"results"`
}

// load fills the project.
func (s *Server) load() error {
	if s.options.Generated > 0 {
		s.generate()
		return nil
	}
	var files []struct {
		ID   int
		File string
	}
	if err := json.Unmarshal(s.file("derived/insightListFiles.json"), &files); err != nil {
		return fmt.Errorf("posthogtest: insightListFiles.json: %w", err)
	}
	behind := map[int]string{}
	for _, f := range files {
		behind[f.ID] = f.File
	}
	for n := 1; n <= 4; n++ {
		var p page
		if err := json.Unmarshal(s.file(fmt.Sprintf("derived/insightListPage%d.json", n)), &p); err != nil {
			return fmt.Errorf("posthogtest: insightListPage%d.json: %w", n, err)
		}
		for _, raw := range p.Results {
			it := &item{raw: raw}
			if err := json.Unmarshal(raw, &it.meta); err != nil {
				return fmt.Errorf("posthogtest: insightListPage%d.json: %w", n, err)
			}
			it.file = behind[it.ID]
			s.items = append(s.items, it)
		}
	}
	return nil
}

// list answers a list of insights. The pages that were recorded are served as
// they were recorded.
func (s *Server) list(r Request) answer {
	q, _ := url.ParseQuery(r.Query) //nolint:errcheck // it was looked at before
	limit, offset := paging(q)
	s.mu.Lock()
	all := slices.Clone(s.items)
	s.mu.Unlock()
	if s.asRecorded(all) && limit == 10 && offset%10 == 0 && offset < 40 && plain(q) {
		return answer{200, s.file(fmt.Sprintf("derived/insightListPage%d.json", offset/10+1))}
	}
	all = slices.DeleteFunc(all, func(it *item) bool { return !it.matches(q) })
	order(all, q.Get("order"), offset)
	p := s.page("insights/", q, len(all), limit, offset)
	for _, it := range all[min(offset, len(all)):min(offset+limit, len(all))] {
		p.Results = append(p.Results, s.basic(it))
	}
	return answer{200, encode(p)}
}

// asRecorded reports whether nothing was changed since the project was loaded.
func (s *Server) asRecorded(all []*item) bool {
	return s.options.Generated == 0 && len(all) == 37 && s.Project == 1 &&
		!slices.ContainsFunc(all, func(it *item) bool { return it.file == "" || it.hidden })
}

// plain reports whether a list asks for everything, in the order of the
// recording.
func plain(q url.Values) bool {
	for name := range q {
		if !slices.Contains([]string{"basic", "limit", "offset", "order"}, name) {
			return false
		}
	}
	return q.Get("order") == "" || q.Get("order") == "id"
}

// paging is the part of a list that was asked for.
func paging(q url.Values) (limit, offset int) {
	limit = 100
	if n, err := strconv.Atoi(q.Get("limit")); err == nil {
		limit = n
	}
	if n, err := strconv.Atoi(q.Get("offset")); err == nil {
		offset = n
	}
	return limit, offset
}

// page is the envelope of one page. The address of the next one is on a
// foreign host.
func (s *Server) page(path string, q url.Values, count, limit, offset int) page {
	p := page{Count: count, Results: []json.RawMessage{}}
	at := func(offset int) *string {
		next := url.Values{}
		maps.Copy(next, q)
		next.Set("limit", strconv.Itoa(limit))
		next.Set("offset", strconv.Itoa(offset))
		text := fmt.Sprintf("%s/api/projects/%d/%s?%s", foreign, s.Project, path, next.Encode())
		return &text
	}
	if offset+limit < count {
		p.Next = at(offset + limit)
	}
	if offset > 0 {
		p.Previous = at(max(0, offset-limit))
	}
	return p
}

// matches reports whether an insight belongs into a list.
func (it *item) matches(q url.Values) bool {
	for name, values := range q {
		v := values[0]
		switch name {
		case "search":
			if !strings.Contains(strings.ToLower(it.Name+" "+it.DerivedName), strings.ToLower(v)) {
				return false
			}
		case "short_id":
			if it.ShortID != v {
				return false
			}
		case "saved":
			if !it.Saved && len(it.Dashboards) == 0 {
				return false
			}
		case "favorited":
			if !it.Favorited {
				return false
			}
		case "date_from":
			if from, err := time.Parse(time.RFC3339, v); err == nil && it.Modified.Before(from) {
				return false
			}
		case "tags":
			if !slices.ContainsFunc(strings.Split(v, ","), func(tag string) bool { return slices.Contains(it.Tags, tag) }) {
				return false
			}
		}
	}
	return true
}

// order sorts a list. Without an order there is none: pages overlap.
func order(all []*item, by string, offset int) {
	field, down := strings.CutPrefix(by, "-")
	compare := func(a, b *item) int {
		n := 0
		switch field {
		case "last_modified_at":
			n = a.Modified.Compare(b.Modified)
		case "name":
			n = strings.Compare(a.Name, b.Name)
		case "":
			n = (a.ID*2654435761+offset)%1009 - (b.ID*2654435761+offset)%1009
		}
		if n == 0 {
			n = a.ID - b.ID
		}
		if down {
			n = -n
		}
		return n
	}
	slices.SortStableFunc(all, compare)
}
