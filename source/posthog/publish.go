package posthog

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"insightbot/insight"
	"insightbot/source/posthog/shape"
)

// offered is an insight that can be run, and what is saved of it. It is not
// changed once others can see it.
type offered struct {
	insight insight.Insight
	// saved is what it was made of, and title its title before it was told
	// apart from others of the same name.
	saved json.RawMessage
	title string
	// What tells it apart: the dashboards it lies on, when it was made, and its
	// short id.
	dashboards []int64
	created    time.Time
	short      string
	// confirmed is the change, in nanoseconds of Unix time, up to which the
	// definition is known to be the one that is kept.
	confirmed atomic.Int64
}

// NotOffered is a saved insight that the bot does not offer.
type NotOffered struct {
	Title, Link string
	// Why is half a sentence: “it lists people”.
	Why string
}

// NotOffered are the saved insights that the bot does not offer, in order of
// their numbers.
func (s *Source) NotOffered() []NotOffered {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.refused)
}

// offers are the insights that can be asked now, in order of their ids.
func (s *Source) offers() []insight.Insight {
	s.mu.RLock()
	defer s.mu.RUnlock()
	list := make([]insight.Insight, 0, len(s.ids))
	for _, id := range s.ids {
		if _, gone := s.vanished[id]; !gone {
			list = append(list, s.current[id].insight)
		}
	}
	return list
}

// publish makes what is known the insights that can be asked. What did not
// change is not read again.
func (s *Source) publish(k known) {
	s.mu.RLock()
	before := s.current
	s.mu.RUnlock()
	if before != nil && !k.changed && !k.renewed {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.known = k
		return
	}
	project := k.Around.project(s.config)
	notes := k.Around.notes(project.Zone)
	current := make(map[string]*offered, len(k.Items))
	var refused []NotOffered
	missed := map[string]bool{}
	for _, number := range slices.Sorted(maps.Keys(k.Items)) {
		saved := k.Items[number].Saved
		id := s.config.Name + "/" + strconv.FormatInt(number, 10)
		missed[id] = k.Items[number].Missed > 0
		old := before[id]
		if old != nil && !k.renewed && bytes.Equal(old.saved, saved) {
			current[old.insight.ID] = old.again()
			continue
		}
		o, not := s.offer(project, k.Around, notes, saved)
		switch {
		case o != nil:
			current[o.insight.ID] = o
		case not.Why != "":
			refused = append(refused, not)
		}
	}
	tellApart(current, k.Around.Dashboards)
	k.changed, k.renewed = false, false
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known, s.current, s.project, s.refused = k, current, project, refused
	s.ids = slices.Sorted(maps.Keys(current))
	for id, at := range s.vanished {
		// It was found again, or is gone for good.
		if _, there := current[id]; !there || k.SweptAt.After(at) && !missed[id] {
			delete(s.vanished, id)
		}
	}
}

// again is the same under its own title.
func (o *offered) again() *offered {
	c := &offered{insight: o.insight, saved: o.saved, title: o.title, dashboards: o.dashboards, created: o.created, short: o.short}
	c.insight.Title = o.title
	c.confirmed.Store(o.confirmed.Load())
	return c
}

// offer makes an insight of what is saved, or says why not.
func (s *Source) offer(p shape.Project, a around, n notes, raw json.RawMessage) (*offered, NotOffered) {
	saved, err := shape.Parse(raw)
	if err != nil {
		return nil, NotOffered{}
	}
	link := s.link(saved.ShortID)
	in, ok, why := saved.Insight(p, link)
	if !ok {
		return nil, NotOffered{Title: saved.Title(), Link: link, Why: why}
	}
	for _, tag := range s.config.Tags {
		if !slices.Contains(in.Tags, tag) {
			in.Tags = append(in.Tags, tag)
		}
	}
	in.Viewers = a.Viewers[saved.ID]
	in.Caveats = n.of(saved.ID)
	return &offered{
		insight: in, saved: raw, title: in.Title, dashboards: saved.Dashboards, created: saved.Created, short: saved.ShortID,
	}, NotOffered{}
}

// tellApart adds to titles that several insights have what tells them apart:
// the dashboard they lie on, who made them, when, or their short ids.
func tellApart(all map[string]*offered, dashboards map[int64]string) {
	groups := map[string][]*offered{}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		o := all[id]
		key := strings.ToLower(o.title)
		groups[key] = append(groups[key], o)
	}
	ways := []func(*offered) string{
		func(o *offered) string {
			for _, id := range o.dashboards {
				if name := dashboards[id]; name != "" {
					return "on " + name
				}
			}
			return ""
		},
		func(o *offered) string { return o.insight.Owner.Name },
		func(o *offered) string {
			if o.created.IsZero() {
				return ""
			}
			return "made on " + o.created.In(o.insight.Zone).Format("2 January 2006")
		},
		func(o *offered) string { return cmp.Or(o.short, o.insight.ID) },
		func(o *offered) string { return o.insight.ID },
	}
	for _, twins := range groups {
		if len(twins) < 2 {
			continue
		}
		for _, way := range ways {
			if distinct(twins, way) {
				for _, o := range twins {
					if mark := way(o); mark != "" {
						o.insight.Title = o.title + " (" + mark + ")"
					}
				}
				break
			}
		}
	}
}

// distinct reports whether a way to tell insights apart does; one of them may
// have nothing to be told by.
func distinct(twins []*offered, way func(*offered) string) bool {
	seen := map[string]bool{}
	for _, o := range twins {
		mark := strings.ToLower(way(o))
		if seen[mark] {
			return false
		}
		seen[mark] = true
	}
	return true
}
