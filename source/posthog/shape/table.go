package shape

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"insightbot/insight"
)

// sql reads the rows of a statement: as series, where its author drew them over
// time, or else as a table.
func (r *reading) sql(a Answer) error {
	if !isList(a.body.result) {
		return fmt.Errorf("rows that are no list: %w", insight.ErrBroken)
	}
	if listsPeople(a.body.result) {
		return fmt.Errorf("it lists people: %w", insight.ErrRefused)
	}
	r.result.Grain = insight.GrainNone
	r.settle(r.actual(a, r.query.Window, nil, insight.GrainDay))
	table, err := r.table(a)
	if err != nil {
		return err
	}
	if r.saved.sqlChart() != insight.ChartTable && r.drawn(table) {
		return nil
	}
	r.result.Shape, r.result.Table = insight.ShapeTable, table
	r.running()
	return nil
}

// table reads rows of cells.
func (r *reading) table(a Answer) (insight.Table, error) {
	rows := listOf(a.body.result)
	if limit := r.project.maxRows(); len(rows) > limit {
		rows, r.result.More = rows[:limit], true
	}
	var t insight.Table
	var secret []bool
	for i, name := range a.body.columns {
		if name == "" {
			name = fmt.Sprintf("Column %d", i+1)
		}
		t.Columns = append(t.Columns, insight.Column{Name: hideAddresses(name), Type: typeOfColumn(name, a.body.types, i)})
		secret = append(secret, isPersonal(name) || r.isMask(name))
	}
	covered := false
	for _, raw := range rows {
		cells := listOf(raw)
		if cells == nil {
			return insight.Table{}, fmt.Errorf("a row that is no list: %w", insight.ErrBroken)
		}
		if len(cells) > len(t.Columns) {
			// Nobody knows what the others are, and so whether they may be read.
			return insight.Table{}, fmt.Errorf("a row of more cells than columns: %w", insight.ErrBroken)
		}
		row := make([]insight.Cell, len(t.Columns))
		for i := range row {
			switch {
			case i >= len(cells):
				row[i] = insight.Cell{Null: true}
			case secret[i]:
				row[i] = insight.Cell{Text: hidden}
				covered = true
			default:
				row[i] = cellOf(cells[i])
				covered = covered || strings.Contains(row[i].Text, hidden)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	if covered {
		r.note("What tells who somebody is is not shown.")
	}
	numbersOf(&t)
	return t, nil
}

// isMask reports whether the audience may not read a column.
func (r *reading) isMask(name string) bool {
	for _, m := range r.query.Masks {
		if strings.EqualFold(m, name) || bareName(m) != "" && bareName(m) == bareName(name) {
			return true
		}
	}
	return false
}

// cellOf reads one cell. Numbers stay as they are written, however long.
func cellOf(raw json.RawMessage) insight.Cell {
	switch kindOf(raw) {
	case 0, 'n':
		return insight.Cell{Null: true}
	case '"', 't', 'f':
		return insight.Cell{Text: hideAddresses(textOf(raw))}
	case '[':
		var parts []string
		for _, one := range listOf(raw) {
			c := cellOf(one)
			if c.Null {
				c.Text = "–"
			}
			parts = append(parts, c.Text)
		}
		return insight.Cell{Text: strings.Join(parts, ", ")}
	case '{':
		var parts []string
		f := fieldsOf(raw)
		for _, name := range sortedKeys(f) {
			c := cellOf(f[name])
			if isPersonal(name) {
				c.Text = hidden
			}
			parts = append(parts, hideAddresses(name)+": "+c.Text)
		}
		return insight.Cell{Text: strings.Join(parts, ", ")}
	}
	n := numberOf(raw)
	return insight.Cell{Text: textOf(raw), Number: n, IsNumber: !math.IsNaN(n) && !math.IsInf(n, 0)}
}

// typeOfColumn is the type of a column, by what ClickHouse calls it where that
// is said: a list of pairs of name and type, or of types.
func typeOfColumn(name string, types []json.RawMessage, i int) insight.ColumnType {
	switch bare := bareName(name); {
	case strings.HasSuffix(bare, "email"):
		return insight.ColumnEmail
	case bare == "ip" || bare == "ipaddress":
		return insight.ColumnIP
	}
	if i >= len(types) {
		return insight.ColumnPlain
	}
	typ := textOf(types[i])
	if pair := listOf(types[i]); len(pair) == 2 {
		typ = textOf(pair[1])
	}
	typ = strings.TrimPrefix(strings.TrimPrefix(typ, "LowCardinality("), "Nullable(")
	switch {
	case strings.HasPrefix(typ, "Int"), strings.HasPrefix(typ, "UInt"), strings.HasPrefix(typ, "Float"), strings.HasPrefix(typ, "Decimal"):
		return insight.ColumnNumber
	case strings.HasPrefix(typ, "Date"):
		return insight.ColumnTime
	}
	return insight.ColumnPlain
}

// numbersOf finds the columns that hold nothing but numbers where nobody said.
func numbersOf(t *insight.Table) {
	for i := range t.Columns {
		if t.Columns[i].Type != insight.ColumnPlain {
			continue
		}
		some, all := false, true
		for _, row := range t.Rows {
			if i >= len(row) || row[i].Null {
				continue
			}
			some, all = some || row[i].IsNumber, all && row[i].IsNumber
		}
		if some && all {
			t.Columns[i].Type = insight.ColumnNumber
		}
	}
}

// drawn makes series of a table as the settings of its chart say, and reports
// whether they could be: the axis must hold times in order, the others numbers.
func (r *reading) drawn(t insight.Table) bool {
	x := columnNamed(t, r.saved.def.sql.x)
	if x < 0 || len(t.Rows) == 0 {
		return false
	}
	var days []time.Time
	for _, row := range t.Rows {
		at := momentOf(row[x].Text, r.zone)
		if at.IsZero() || len(days) > 0 && !at.After(days[len(days)-1]) {
			return false
		}
		days = append(days, at)
	}
	var all []insight.Series
	for _, name := range r.saved.def.sql.y {
		y := columnNamed(t, name)
		if y < 0 {
			return false
		}
		s := insight.Series{Key: name, Label: hideAddresses(name), Total: missing()}
		if len(r.saved.def.sql.y) == 1 {
			s.Key = ""
		}
		for i, row := range t.Rows {
			value := missing()
			switch c := row[y]; {
			case c.IsNumber:
				value = c.Number
			case !c.Null:
				return false
			}
			s.Points = append(s.Points, insight.Point{At: days[i], Value: value})
		}
		all = append(all, s)
	}
	r.result.Shape, r.result.Series, r.result.Grain = insight.ShapeTrend, all, grainOfDays(days, insight.GrainDay)
	if r.result.Window.IsZero() {
		r.result.Window = insight.Window{From: days[0], To: r.result.Grain.Next(days[len(days)-1])}
	}
	for _, at := range days {
		if !r.limit.IsZero() && r.result.Grain.Next(at).After(r.limit) {
			r.result.Incomplete = at
			break
		}
	}
	return true
}

// columnNamed is the place of a column, or -1.
func columnNamed(t insight.Table, name string) int {
	for i, c := range t.Columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}
