package posthog

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"time"

	"insightbot/source/posthog/shape"
)

// known is what is remembered of a project, also beyond the end of the program:
// what is saved, and never a result.
type known struct {
	// Form is the form of all this; Host and Project are what it is about.
	Form    int    `json:"form"`
	Host    string `json:"host"`
	Project int    `json:"project"`
	// Items are the saved insights by their number, as little as is needed.
	Items map[int64]item `json:"items"`
	// Mark is the latest change that was seen, in PostHog's time.
	Mark time.Time `json:"mark"`
	// SweptAt, LookedAt and AroundAt are when each was done last.
	SweptAt  time.Time `json:"swept_at"`
	LookedAt time.Time `json:"looked_at"`
	AroundAt time.Time `json:"around_at"`
	Around   around    `json:"around"`

	// changed says that something has to be kept, and renewed that what lies
	// around the insights was read anew.
	changed, renewed bool
	// gone are insights that this reading showed to be deleted, or taken from
	// the key.
	gone map[int64]bool
}

// item is one saved insight. Missed counts the whole sweeps it was not in.
type item struct {
	Saved  json.RawMessage `json:"saved"`
	Missed int             `json:"missed,omitempty"`
}

// form is the form in which state is kept now. Another one is not read.
const form = 1

// maxState bounds what is unpacked of a state.
const maxState = 512 << 20

// nothing is what is known at first.
func (s *Source) nothing() known {
	return known{Form: form, Host: s.config.Host, Project: s.config.Project, Items: map[int64]item{}}
}

// remembered is what is known: in memory, or of the program before this one.
// What is about another project, or cannot be read, is forgotten, and everything
// is read anew.
func (s *Source) remembered(ctx context.Context) (known, error) {
	s.mu.RLock()
	k, loaded := s.known, s.current != nil
	s.mu.RUnlock()
	if loaded {
		k.Items = maps.Clone(k.Items)
		return k, nil
	}
	if s.config.State == nil {
		return s.nothing(), nil
	}
	packed, err := s.config.State.LoadSourceState(ctx, s.config.Name)
	if err != nil {
		return known{}, fmt.Errorf("posthog: what was known of %s: %w", s.config.Name, err)
	}
	if len(packed) == 0 {
		return s.nothing(), nil
	}
	k, err = unpack(packed)
	switch {
	case err != nil || k.Form != form:
		s.config.Log.WarnContext(ctx, "what was known of a source cannot be read, so everything is read anew", "source", s.config.Name)
		return s.nothing(), nil //nolint:nilerr // it is said, and made good
	case k.Host != s.config.Host || k.Project != s.config.Project:
		s.config.Log.InfoContext(ctx, "a source is another project than before, so everything is read anew", "source", s.config.Name)
		return s.nothing(), nil
	}
	if k.Items == nil {
		k.Items = map[int64]item{}
	}
	k.renewed = true
	return k, nil
}

// remember keeps what is known. The mark moves with it, so that nothing is
// passed over that was not kept.
func (s *Source) remember(ctx context.Context, k known) error {
	if s.config.State == nil {
		return nil
	}
	packed, err := pack(k)
	if err == nil {
		err = s.config.State.SaveSourceState(ctx, s.config.Name, packed)
	}
	if err != nil {
		return fmt.Errorf("posthog: what is known of %s could not be kept: %w", s.config.Name, err)
	}
	return nil
}

// pack writes what is known as packed JSON: of ten thousand insights it makes
// some hundred kilobytes.
func pack(k known) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := errors.Join(json.NewEncoder(z).Encode(k), z.Close()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func unpack(packed []byte) (k known, err error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return k, fmt.Errorf("posthog: %w", err)
	}
	if err := json.NewDecoder(io.LimitReader(z, maxState)).Decode(&k); err != nil {
		return k, fmt.Errorf("posthog: %w", err)
	}
	return k, nil
}

// take puts one insight among others, and returns when it changed last. What is
// no insight, or hidden from the key, is passed over.
func (k *known) take(into map[int64]item, raw json.RawMessage) time.Time {
	saved, err := shape.Parse(raw)
	if err != nil {
		return time.Time{}
	}
	if saved.Deleted || saved.Hidden {
		// Hidden is taken from the key: what is known of it from before must not
		// be run for anybody.
		if k.gone == nil {
			k.gone = map[int64]bool{}
		}
		k.gone[saved.ID] = true
		_, was := k.Items[saved.ID]
		_, there := into[saved.ID]
		delete(into, saved.ID)
		k.changed = k.changed || was || there
		return saved.Modified
	}
	// When somebody looked at it, and when it was computed, says nothing about
	// what it is.
	saved.Refreshed, saved.Viewed = time.Time{}, time.Time{}
	compact, err := saved.Compact()
	if err != nil {
		return time.Time{}
	}
	if old, there := k.Items[saved.ID]; there && bytes.Equal(old.Saved, compact) {
		into[saved.ID] = item{Saved: old.Saved}
		k.changed = k.changed || old.Missed > 0
		return saved.Modified
	}
	into[saved.ID] = item{Saved: compact}
	k.changed = true
	return saved.Modified
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
