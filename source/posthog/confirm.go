package posthog

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"insightbot/insight"
	"insightbot/source/posthog/shape"
)

// confirm makes sure that what PostHog ran is what was found: an insight that is
// run by its number is run as it is saved at that moment. Where it changed since
// it was read, its definition is read again, and when that is another one the
// answer is not used: insight.ErrChanged.
func (s *Source) confirm(ctx context.Context, found *offered, call shape.Call, raw json.RawMessage) error {
	if call.Endpoint != shape.EndpointInsight {
		return nil
	}
	ran, wrong := shape.Parse(raw)
	if wrong != nil || ran.ID != call.ID || !ran.Modified.After(found.insight.UpdatedAt) || ran.Modified.UnixNano() <= found.confirmed.Load() {
		return nil //nolint:nilerr // an answer without the insight says nothing against it
	}
	// What is in the answer has the overrides in it.
	plain, err := s.client.do(ctx, request{method: http.MethodGet, path: s.path("insights/"), query: url.Values{
		"basic": {"true"}, "limit": {"1"}, "short_id": {ran.ShortID},
	}})
	if err != nil {
		return err
	}
	list, err := readPage(plain)
	if err != nil {
		return err
	}
	s.mu.RLock()
	project := s.project
	s.mu.RUnlock()
	seen := false
	for _, one := range list.Results {
		saved, err := shape.Parse(one)
		if err != nil || saved.ID != call.ID {
			continue
		}
		seen = true
		if now, ok, _ := saved.Insight(project, ""); !ok || now.Version != found.insight.Version {
			s.due()
			return fmt.Errorf("it was changed at %s: %w", saved.Modified.Format(time.RFC3339), insight.ErrChanged)
		}
	}
	if !seen {
		s.due()
		return fmt.Errorf("it is not listed any more: %w", insight.ErrChanged)
	}
	found.confirmed.Store(ran.Modified.UnixNano())
	return nil
}

// due makes the next Insights read what changed.
func (s *Source) due() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known.LookedAt = time.Time{}
}
