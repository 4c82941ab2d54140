package sqlsource

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"insightbot/insight"
)

const (
	// draftSample is how many rows are looked at for a draft.
	draftSample = 1000
	// draftDimensions is how many columns are proposed as breakdowns.
	draftDimensions = 6
	// draftTimes is how many columns are tried out as the time column.
	draftTimes = 3
)

// Draft writes an insight in YAML over a table, or a view, of the database, to be
// looked at and edited: it counts rows by the column that most likely says when
// they came about, and may be broken down by the columns with few values. The
// table is named as the database names it, with its schema where that is not the
// default one. The draft loads without a problem, and ran once. It fails with
// insight.ErrUnknown where there is no such table for the bot.
func (s *Source) Draft(ctx context.Context, table string) ([]byte, error) {
	columns, err := s.look(ctx, table)
	if err != nil {
		return nil, fmt.Errorf("sqlsource: draft: %w", err)
	}
	f, _ := loadFolder(s.config.Insights, s.config.Dir, s.settings()) // what is wrong there is no business of the draft
	d := proposal{table: table, kind: s.config.Type, dimensions: dimensionsOf(columns), numbers: numbersOf(columns), taken: f}
	var last error
	times := timesOf(columns)
	for i := range min(len(times), draftTimes) {
		d.time = times[i]
		text := d.yaml()
		if last = s.runsOnce(ctx, text); last == nil {
			return text, nil
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("sqlsource: draft: %w", context.Cause(ctx))
		}
	}
	d.time = seenColumn{}
	text := d.yaml()
	if err := s.runsOnce(ctx, text); err != nil {
		return nil, fmt.Errorf("sqlsource: draft: the draft does not run: %w", err)
	}
	return text, nil
}

// settings are those that the insights of the source are read with.
func (s *Source) settings() settings {
	return settings{
		source: s.config.Name, zone: s.config.Zone, weekStart: s.config.WeekStart, period: s.config.Period, fault: s.engine.fault,
	}
}

// runsOnce tries a draft out as a folder of its own.
func (s *Source) runsOnce(ctx context.Context, text []byte) error {
	c := s.config
	var err error
	if c.Insights, err = folderOf("draft.yml", text); err != nil {
		return err
	}
	c.Dir = "draft"
	trial := &Source{config: c, engine: s.engine, db: s.db, gate: s.gate, fresh: map[string]freshness{}}
	if _, err := trial.Insights(ctx); err != nil {
		return err
	}
	findings, err := trial.Check(ctx, nil)
	if err != nil {
		return err
	}
	for _, f := range findings {
		if f.Verdict == VerdictBroken {
			return f.Err
		}
	}
	return nil
}

// folderOf is a folder in memory that holds one file.
func folderOf(name string, text []byte) (fs.FS, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create(name)
	if err != nil {
		return nil, err
	}
	if _, err := f.Write(text); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
}

// look reads the columns of a table, and some of its rows.
func (s *Source) look(ctx context.Context, table string) ([]seenColumn, error) {
	var columns []seenColumn
	err := s.session(ctx, func(ctx context.Context, q querier) error {
		listed, err := s.engine.tables(ctx, q, table)
		if err != nil && !errors.Is(err, insight.ErrBroken) {
			return err
		}
		var names []string
		for _, c := range listed {
			if drawable.MatchString(c.name) && len(columns) < maxColumns {
				columns = append(columns, seenColumn{name: c.name, kind: kindOf(s.config.Type, c.kind)})
				names = append(names, quoteName(c.name))
			}
		}
		if len(columns) == 0 {
			return fmt.Errorf("there is no table %q, or the bot may not read it: %w", table, insight.ErrUnknown)
		}
		st := statement{text: fmt.Sprintf("SELECT %s FROM %s LIMIT %d", strings.Join(names, ", "), tableName(table), draftSample)}
		rows, err := fetch(ctx, q, st, caps{rows: draftSample, bytes: s.config.MaxBytes, cut: true})
		if err != nil {
			return err
		}
		for _, row := range rows.rows {
			for i, v := range row {
				columns[i].see(v)
			}
		}
		return nil
	})
	return columns, err
}

// proposal is what a draft is made of.
type proposal struct {
	table, kind string
	time        seenColumn
	dimensions  []seenColumn
	numbers     []seenColumn
	// taken is what the folder holds already.
	taken folder
}

// id is a free id for the insight.
func (p proposal) id() string {
	_, short := splitName(p.table)
	base := strings.ReplaceAll(snake(short), "_", "-")
	for i := 1; ; i++ {
		id := base
		if i > 1 {
			id = fmt.Sprintf("%s-%d", base, i)
		}
		if !slices.ContainsFunc(p.taken.insights, func(d definition) bool { return strings.HasSuffix(d.insight.ID, "/"+id) }) {
			return id
		}
	}
}
