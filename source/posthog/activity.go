package posthog

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"insightbot/insight"
)

// Edit is one thing that somebody did to a saved insight.
type Edit struct {
	At time.Time
	// By is the name of who did it, or "" where that is not known.
	By string
	// Activity is PostHog's word for it: “updated”.
	Activity string
	// Field is what was changed, Action how (“changed”), or "" for neither.
	Field, Action string
	// Before and After are short texts; they are empty for what is none, such as
	// a query. They are for curators.
	Before, After string
}

const (
	// edits is how many entries of the activity of an insight are read.
	edits = 20
	// longestEdit is how long a text of one may be, in characters.
	longestEdit = 200
)

// Activity is who changed what about an insight lately, the latest first: what
// is news for its curator. It fails with insight.ErrUnknown for one that is not
// there, and with ErrScope where the key may not read it.
func (s *Source) Activity(ctx context.Context, id string) ([]Edit, error) {
	number, err := s.number(id)
	if err != nil {
		return nil, err
	}
	raw, err := s.client.do(ctx, request{
		method: http.MethodGet, path: s.path("insights/" + strconv.FormatInt(number, 10) + "/activity/"),
		query: url.Values{"page": {"1"}, "limit": {strconv.Itoa(edits)}},
	})
	if err != nil {
		return nil, fmt.Errorf("posthog: activity of %s: %w", id, err)
	}
	list, err := readPage(raw)
	if err != nil {
		return nil, fmt.Errorf("posthog: activity of %s: %w", id, err)
	}
	var all []Edit
	for _, entry := range list.Results {
		all = append(all, readEdits(entry)...)
	}
	return all, nil
}

// number is the number of an insight of this source by its id.
func (s *Source) number(id string) (int64, error) {
	key, ok := strings.CutPrefix(id, s.config.Name+"/")
	number, err := strconv.ParseInt(key, 10, 64)
	if !ok || err != nil || number <= 0 {
		return 0, fmt.Errorf("posthog: %q is no insight of %s: %w", id, s.config.Name, insight.ErrUnknown)
	}
	return number, nil
}

// readEdits reads one entry, which can hold several changes, or none that are
// told.
func readEdits(raw json.RawMessage) []Edit {
	var e struct {
		At       time.Time       `json:"created_at"`
		User     json.RawMessage `json:"user"`
		Activity string          `json:"activity"`
		Detail   struct {
			Changes []struct {
				Field  string          `json:"field"`
				Action string          `json:"action"`
				Before json.RawMessage `json:"before"`
				After  json.RawMessage `json:"after"`
			} `json:"changes"`
		} `json:"detail"`
	}
	if json.Unmarshal(raw, &e) != nil {
		return nil
	}
	one := Edit{At: e.At, By: person(e.User), Activity: e.Activity}
	if len(e.Detail.Changes) == 0 {
		return []Edit{one}
	}
	var all []Edit
	for _, c := range e.Detail.Changes {
		edit := one
		edit.Field, edit.Action, edit.Before, edit.After = c.Field, c.Action, short(c.Before), short(c.After)
		all = append(all, edit)
	}
	return all
}

// short is a text of JSON, cut; "" for what is no text.
func short(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return ""
	}
	if runes := []rune(text); len(runes) > longestEdit {
		return string(runes[:longestEdit]) + "…"
	}
	return text
}
