package storage

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"insightbot/insight"
)

// SaveCatalogue keeps the whole list of insights a source gave at a moment, so
// that the bot knows its catalogue before a source answers again. Insights of
// that source which are not in the list any more are marked as gone, and come
// back when they are listed again. The counter Asked is not kept.
//
// It fails with ErrInvalid, and changes nothing, where an insight is of another
// source, is listed twice, or has no zone that can be loaded by name.
func (s *Store) SaveCatalogue(ctx context.Context, source string, ins []insight.Insight, at time.Time) error {
	definitions := make(map[string]string, len(ins))
	for _, in := range ins {
		if in.Source != source || in.ID == "" {
			return fmt.Errorf("%w: insight %q of source %q in the catalogue of %q", ErrInvalid, in.ID, in.Source, source)
		}
		if _, twice := definitions[in.ID]; twice {
			return fmt.Errorf("%w: insight %q is listed twice", ErrInvalid, in.ID)
		}
		text, err := encode(in)
		if err != nil {
			return fmt.Errorf("storage: insight %q: %w", in.ID, err)
		}
		definitions[in.ID] = text
	}

	return s.update(ctx, "save catalogue of "+source, func(tx *sql.Tx) error {
		// All go, then those that are listed come back: no list of ids has to
		// be passed, which SQLite would bound.
		_, err := tx.ExecContext(ctx,
			`UPDATE catalogue SET gone_at = ?1 WHERE source = ?2 AND gone_at IS NULL`, at.UnixMilli(), source)
		if err != nil {
			return err
		}
		statement, err := tx.PrepareContext(ctx, `
			INSERT INTO catalogue (source, id, version, definition, first_seen, changed_at)
			VALUES (?1, ?2, ?3, ?4, ?5, ?5)
			ON CONFLICT (source, id) DO UPDATE SET
				changed_at = CASE WHEN version = excluded.version THEN changed_at ELSE excluded.changed_at END,
				version    = excluded.version,
				definition = excluded.definition,
				gone_at    = NULL`)
		if err != nil {
			return err
		}
		defer func() { _ = statement.Close() }()
		for _, in := range ins {
			_, err := statement.ExecContext(ctx, source, in.ID, in.Version, definitions[in.ID], at.UnixMilli())
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// LoadCatalogue returns the insights a source listed when SaveCatalogue was
// last called for it, in the order of their ids; none for a source that is not
// known.
func (s *Store) LoadCatalogue(ctx context.Context, source string) ([]insight.Insight, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT id, version, definition FROM catalogue
		WHERE source = ? AND gone_at IS NULL ORDER BY id`, source)
	if err != nil {
		return nil, wrap("load catalogue of "+source, err)
	}
	defer func() { _ = rows.Close() }()
	var ins []insight.Insight
	for rows.Next() {
		var id, version, text string
		if err := rows.Scan(&id, &version, &text); err != nil {
			return nil, wrap("load catalogue of "+source, err)
		}
		in, err := decode(text)
		if err != nil {
			return nil, fmt.Errorf("storage: load insight %q: %w", id, err)
		}
		in.ID, in.Source, in.Version = id, source, version
		ins = append(ins, in)
	}
	return ins, wrap("load catalogue of "+source, rows.Err())
}
