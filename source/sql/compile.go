package sqlsource

import (
	"fmt"
	"slices"
	"strings"

	"insightbot/insight"
)

// maxValues is how many values the filters of one query may name.
const maxValues = 1000

// request is one statement to run: a query made exact for one window.
type request struct {
	window     insight.Window
	grain      insight.Grain
	breakdowns []string
	filters    []insight.Filter
	attributes map[string][]string
	// unbounded leaves the rows of all attributes in.
	unbounded bool
	// stored asks for the time column as it is stored, whatever the window
	// and the filters: the bucket holds its type and its text.
	stored bool
	// only narrows the run to these breakdown groups, where not nil.
	only [][]string
}

// statement is SQL that is ready to run.
type statement struct {
	text string
	args []any
}

// compiler makes SQL of one definition and one request.
type compiler struct {
	def     definition
	request request
	dialect dialect
	text    strings.Builder
	args    []any
}

// compile fills the placeholders of a statement. Names come from the
// definition and values are bound: nothing of the request is ever spliced.
func compile(def definition, r request, d dialect) (statement, error) {
	c := compiler{def: def, request: r, dialect: d}
	for _, p := range def.statement.pieces {
		if p.hole == "" {
			c.text.WriteString(p.sql)
			continue
		}
		if err := c.fill(p.hole); err != nil {
			return statement{}, err
		}
	}
	return statement{text: c.text.String(), args: c.args}, nil
}

// fill writes what a placeholder stands for.
func (c *compiler) fill(hole string) error {
	switch hole {
	case holeBucket:
		c.text.WriteString(c.bucket() + " AS bucket")
	case holeBreakdown:
		return c.breakdown()
	case holeGroup:
		return c.group()
	case holeFilters:
		return c.filters()
	case holeWindow:
		if c.request.stored {
			c.text.WriteString("((" + c.def.time.column + ") IS NOT NULL)")
			return nil
		}
		from, to := c.def.time.bounds(c.request.window)
		column := "(" + c.def.time.column + ")"
		c.text.WriteString("(" + column + " >= " + c.moment(from) + " AND " + column + " < " + c.moment(to) + ")")
	case holeFrom:
		from, _ := c.def.time.bounds(c.request.window)
		c.text.WriteString(c.moment(from))
	case holeTo:
		_, to := c.def.time.bounds(c.request.window)
		c.text.WriteString(c.moment(to))
	}
	return nil
}

// bind adds a parameter and returns how the statement names it.
func (c *compiler) bind(value any) string {
	c.args = append(c.args, value)
	return c.dialect.bind(len(c.args))
}

// moment adds a bound of a window as a parameter.
func (c *compiler) moment(bound any) string { return c.dialect.moment(c.def.time.kind, c.bind(bound)) }

// bucket is the expression of the time bucket.
func (c *compiler) bucket() string {
	if c.request.stored {
		return c.dialect.stored(c.def.time.column)
	}
	if c.request.grain == insight.GrainNone || c.def.time == nil {
		return c.dialect.null
	}
	zone := c.request.window.Zone()
	segs := segments(c.request.window, zone, c.def.time.stored)
	return c.dialect.bucket(*c.def.time, c.request.grain, segs, c.def.insight.WeekStart)
}

// columns are the expressions of the breakdowns that were asked for.
func (c *compiler) columns() ([]string, error) {
	var columns []string
	for _, name := range c.request.breakdowns {
		column, ok := c.def.dimensions[name]
		if !ok {
			return nil, fmt.Errorf("no dimension %q: %w", name, insight.ErrUnsupported)
		}
		columns = append(columns, c.dialect.group(column))
	}
	return columns, nil
}

// breakdown writes the columns of the breakdowns.
func (c *compiler) breakdown() error {
	columns, err := c.columns()
	if err != nil {
		return err
	}
	// The second column is always there where it may be: a statement around
	// this one can then name it.
	for len(columns) < max(1, c.def.insight.Accepts.MaxBreakdowns) {
		columns = append(columns, c.dialect.null)
	}
	c.text.WriteString(columns[0] + " AS breakdown")
	if len(columns) > 1 {
		c.text.WriteString(", " + columns[1] + " AS breakdown_2")
	}
	return nil
}

// group writes what to group by.
func (c *compiler) group() error {
	columns, err := c.columns()
	if err != nil {
		return err
	}
	if c.def.statement.has(holeBucket) {
		columns = slices.Insert(columns, 0, c.bucket())
	}
	if len(columns) == 0 {
		columns = []string{c.dialect.null}
	}
	c.text.WriteString(strings.Join(columns, ", "))
	return nil
}

// filters writes the filters, the row attributes and the groups to keep.
func (c *compiler) filters() error {
	if c.request.stored {
		c.text.WriteString("(1 = 1)")
		return nil
	}
	var all []string
	for _, f := range c.request.filters {
		column, ok := c.def.dimensions[f.Field]
		if !ok {
			return fmt.Errorf("no dimension %q: %w", f.Field, insight.ErrUnsupported)
		}
		all = append(all, c.filter(column, f))
	}
	for _, a := range c.def.attributes {
		if c.request.unbounded {
			break
		}
		values := c.request.attributes[a.name]
		if len(values) == 0 {
			return fmt.Errorf("attribute %q: %w", a.name, insight.ErrAttribute)
		}
		all = append(all, c.in(a.column, values))
	}
	if c.request.only != nil {
		condition, err := c.groups(c.request.only)
		if err != nil {
			return err
		}
		all = append(all, condition)
	}
	if len(all) == 0 {
		all = []string{"1 = 1"}
	}
	c.text.WriteString("(" + strings.Join(all, " AND ") + ")")
	if len(c.args) > 4*maxValues {
		return fmt.Errorf("%d values: %w", len(c.args), insight.ErrUnsupported)
	}
	return nil
}

// list binds values and returns them as a list.
func (c *compiler) list(values []string) string {
	var names []string
	for _, v := range values {
		for _, key := range c.dialect.keys(v) {
			names = append(names, c.bind(key))
		}
	}
	return strings.Join(names, ", ")
}

// in is the condition that a column has one of these values.
func (c *compiler) in(column string, values []string) string {
	if !c.dialect.alike {
		return c.dialect.compare(column) + " IN (" + c.list(values) + ")"
	}
	return "((" + column + ") IN (" + c.list(values) + ") AND " + c.dialect.compare(column) + " IN (" + c.list(values) + "))"
}

// filter is the condition of one filter. Rows without a value are kept when
// other values are excluded; the empty key stands for them.
func (c *compiler) filter(column string, f insight.Filter) string {
	none := slices.Contains(f.Values, "")
	some := slices.DeleteFunc(slices.Clone(f.Values), func(v string) bool { return v == "" })
	value, exact := c.dialect.group(column), c.dialect.compare(column)
	switch exclude := f.Op == insight.OpIsNot; {
	case len(some) == 0 && none && exclude:
		return "(" + value + " IS NOT NULL)"
	case len(some) == 0 && none:
		return "(" + value + " IS NULL)"
	case len(some) == 0 && exclude:
		return "(1 = 1)" // nothing is excluded
	case len(some) == 0:
		return "(1 = 0)" // no value is allowed
	case none && exclude:
		return "(" + value + " IS NOT NULL AND " + exact + " NOT IN (" + c.list(some) + "))"
	case none:
		return "(" + value + " IS NULL OR " + c.in(column, some) + ")"
	case exclude:
		return "(" + exact + " IS NULL OR " + exact + " NOT IN (" + c.list(some) + "))"
	default:
		return "(" + c.in(column, some) + ")"
	}
}

// groups is the condition that keeps some breakdown groups.
func (c *compiler) groups(only [][]string) (string, error) {
	columns, err := c.columns()
	if err != nil {
		return "", err
	}
	var any []string
	for _, values := range only {
		var both []string
		for i, column := range columns {
			if values[i] == "" {
				both = append(both, column+" IS NULL")
			} else {
				both = append(both, column+" IN ("+c.list(values[i:i+1])+")")
			}
		}
		any = append(any, "("+strings.Join(both, " AND ")+")")
	}
	return "(" + strings.Join(any, " OR ") + ")", nil
}
