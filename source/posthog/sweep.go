package posthog

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"insightbot/insight"
)

const (
	// overlap is how far a look goes back behind the one before it.
	overlap = 10 * time.Minute
	// pageSize is how many entries a page has, mostPages how many pages of
	// insights are read.
	pageSize, mostPages = 100, 1000
	// missedSweeps is after how many whole sweeps without it an insight is gone.
	missedSweeps = 2
)

// pages reads insights page by page, and calls use with each until it returns
// false. The address of the next page is not followed: behind a proxy it names
// a host that is not ours to send the key to. How many there are is not
// believed either: what counts is what comes.
func (s *Source) pages(ctx context.Context, order string, use func(json.RawMessage) bool) error {
	offset := 0
	for range mostPages {
		raw, err := s.client.do(ctx, request{method: http.MethodGet, sync: true, path: s.path("insights/"), query: url.Values{
			"basic": {"true"}, "limit": {strconv.Itoa(pageSize)}, "offset": {strconv.Itoa(offset)}, "order": {order},
		}})
		if err != nil {
			return err
		}
		list, err := readPage(raw)
		if err != nil {
			return err
		}
		for _, one := range list.Results {
			if !use(one) {
				return nil
			}
		}
		if offset += len(list.Results); !list.more() {
			return nil
		}
	}
	return fmt.Errorf("posthog: more than %d pages of insights: %w", mostPages, insight.ErrTooLarge)
}

// page is the envelope of a list.
type page struct {
	Next    *string           `json:"next"`
	Results []json.RawMessage `json:"results"`
}

func readPage(raw []byte) (p page, err error) {
	if json.Unmarshal(raw, &p) != nil || p.Results == nil {
		// What is wrong in it would be quoted by the error.
		return page{}, fmt.Errorf("posthog: a list of another form than expected: %w", insight.ErrUnavailable)
	}
	return p, nil
}

// more reports whether there is another page.
func (p page) more() bool { return p.Next != nil && *p.Next != "" && len(p.Results) > 0 }

// sweep reads all insights. What was in none of two whole sweeps is gone; a
// sweep that found less than half of what is known says nothing about that, and
// neither does one that ended half-way, whose pages count all the same.
func (s *Source) sweep(ctx context.Context, k *known) error {
	seen := map[int64]item{}
	k.gone = nil
	mark := k.Mark
	err := s.pages(ctx, "id", func(raw json.RawMessage) bool {
		mark = later(mark, k.take(seen, raw))
		return true
	})
	whole := err == nil && len(seen)*2 >= len(k.Items)
	for id, old := range k.Items {
		switch _, there := seen[id]; {
		case there, k.gone[id]:
		case !whole:
			seen[id] = old
		case old.Missed+1 < missedSweeps:
			old.Missed++
			seen[id] = old
		}
	}
	k.Items = seen
	if err != nil {
		return err
	}
	k.Mark = mark
	return nil
}

// look reads the insights that changed since the one before. Nothing is kept of
// one that ended half-way, or what is older would be passed over.
func (s *Source) look(ctx context.Context, k *known) error {
	items, mark, until := maps.Clone(k.Items), k.Mark, k.Mark.Add(-overlap)
	err := s.pages(ctx, "-last_modified_at", func(raw json.RawMessage) bool {
		at := k.take(items, raw)
		mark = later(mark, at)
		return at.IsZero() || !at.Before(until)
	})
	if err != nil {
		return err
	}
	k.Items, k.Mark = items, mark
	return nil
}
