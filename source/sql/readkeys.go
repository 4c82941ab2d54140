package sqlsource

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"insightbot/insight"
)

// readOwner reads who answers for an insight.
func readOwner(f *file, n ast.Node, o *insight.Owner) {
	f.object(n, "`owner`", keys{"name": f.text(&o.Name), "contact": f.text(&o.Contact)}, "name")
}

// readCertified reads who vouches for an insight.
func readCertified(f *file, n ast.Node, c *insight.Certification) {
	seen := f.object(n, "`certified`", keys{
		"by": f.text(&c.By), "on": f.date(&c.On), "until": f.date(&c.Until),
	}, "by", "on")
	if !c.Until.IsZero() && !c.Until.After(c.On) {
		f.problem(seen["until"], "certified until before it begins", "")
	}
}

// readReplaced reads what took the place of an insight.
func (d *draft) readReplaced(n ast.Node) {
	why := &d.def.insight.Replaced.Why
	seen := d.file.object(n, "`replaced`", keys{"by": d.file.text(&d.replacedBy), "why": d.file.text(why)})
	if len(seen) == 0 {
		d.file.problem(n, "`replaced` says nothing", "give `by`, `why` or both")
	}
	d.replacedNode = seen["by"]
}

// readCaveats reads what a reader of an insight must know.
func readCaveats(f *file, n ast.Node, into *[]insight.Caveat) {
	for _, item := range f.list(n) {
		var c insight.Caveat
		if _, plain := f.resolve(item).(*ast.StringNode); plain {
			f.text(&c.Text)(item)
			*into = append(*into, c)
			continue
		}
		seen := f.object(item, "a caveat", keys{
			"text": f.text(&c.Text), "from": f.date(&c.From), "until": f.date(&c.Until),
		}, "text")
		if !c.From.IsZero() && !c.Until.IsZero() && !c.Until.After(c.From) {
			f.problem(seen["until"], "a caveat that ends before it begins", "`until` is the first day after")
		}
		*into = append(*into, c)
	}
}

// readFormat reads how values are written.
func readFormat(f *file, n ast.Node, format *insight.Format) {
	seen := f.object(n, "`format`", keys{
		"kind": oneOf(f, &format.Kind, "format", insight.FormatNumber, insight.FormatPercent,
			insight.FormatCurrency, insight.FormatDuration, insight.FormatBytes),
		"unit":     f.text(&format.Unit),
		"currency": f.text(&format.Currency),
		"decimals": f.number(&format.Decimals, 0, 9),
	})
	code := format.Currency
	upper := len(code) == 3 && strings.ToUpper(code) == code
	switch {
	case code != "" && !upper:
		f.problem(seen["currency"], "“"+clip(code)+"” is no currency", "use an ISO code such as EUR")
	case format.Kind == insight.FormatCurrency && code == "" && seen["currency"] == nil:
		f.problem(n, "the format `currency` has no `currency`", "use an ISO code such as EUR")
	}
}

// readGood reads which change is welcome.
func readGood(f *file, n ast.Node, d *insight.Direction) {
	oneOf(f, d, "direction", insight.GoodUp, insight.GoodDown, "neither")(n)
	if *d == "neither" {
		*d = insight.GoodNeither
	}
}

// readLink reads an address that people can open.
func readLink(f *file, n ast.Node, into *string) {
	s, ok := f.asText(n)
	if !ok {
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		f.problem(n, "“"+clip(s)+"” is no link", "it begins with https://")
		return
	}
	*into = s
}

// readFresh reads how long a result may be used again.
func readFresh(f *file, n ast.Node, into *time.Duration) {
	const most = 7 * 24 * time.Hour
	s, ok := f.asText(n)
	if !ok {
		return
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < time.Second || d > most {
		f.problem(n, "“"+clip(s)+"” is no time from 1s to 168h", "write it as 15m or 6h")
		return
	}
	*into = d
}

// readTime reads the column that windows are compared with.
func (d *draft) readTime(n ast.Node) {
	f, a := d.file, &d.def.insight.Accepts
	d.timeNode = n
	c := timeColumn{}
	d.timeSeen = f.object(n, "`time`", keys{
		"column":      d.column(&c.column),
		"type":        oneOf(f, &c.kind, "type of time", timeUnix, timeUnixMS, timeDatetime, timeDate, timeInstant),
		"stored_zone": f.text(&d.storedZone),
		"grains":      someOf(f, &a.Grains, "grain", insight.Grains()...),
		"earliest":    f.date(&a.Earliest),
		"compare":     someOf(f, &a.Compare, "comparison", insight.ComparePrevious, insight.CompareYear),
	}, "column", "type")
	if c.kind == timeDate && slices.Contains(a.Grains, insight.GrainHour) {
		f.problem(d.timeSeen["grains"], "a `date` has no hours", "leave out the grain hour")
	}
	if d.storedZone != "" && c.kind != timeDatetime {
		f.problem(d.timeSeen["stored_zone"], "only a `datetime` has a `stored_zone`", "leave it out")
	}
	slices.SortFunc(a.Grains, func(x, y insight.Grain) int {
		return slices.Index(insight.Grains(), x) - slices.Index(insight.Grains(), y)
	})
	d.def.time = &c
}

// column reads a column expression.
func (d *draft) column(into *string) reader {
	return func(n ast.Node) {
		s, ok := d.file.asText(n)
		if !ok {
			return
		}
		if wrong := checkColumn(s, d.file.fault); wrong != "" {
			d.file.problem(n, wrong, "a column is a name such as s.created_at, or a function of one")
			return
		}
		*into = s
	}
}

// readDefault reads what runs when nobody says.
func (d *draft) readDefault(n ast.Node) {
	f, in := d.file, &d.def.insight
	d.defaultSeen = f.object(n, "`default`", keys{
		"period": f.loose(&in.Default.Period),
		"grain":  oneOf(f, &in.Default.Grain, "grain", insight.Grains()...),
		"breakdown": func(n ast.Node) {
			if _, list := f.resolve(n).(*ast.SequenceNode); list {
				f.texts(&in.Default.Breakdowns)(n)
				return
			}
			if s, ok := f.asText(n); ok {
				in.Default.Breakdowns = []string{s}
			}
		},
	})
}

// readDimensions reads what an insight may be broken down and filtered by.
func (d *draft) readDimensions(n ast.Node) {
	f := d.file
	fields, _ := f.fields(n, "`dimensions`")
	for _, fd := range fields {
		checkName(f, fd.at, fd.key)
		use := dimensionUse{name: fd.key, breakdown: true, filter: true, node: fd.at}
		if _, long := f.resolve(fd.value).(ast.MapNode); long {
			f.object(fd.value, "a dimension", keys{
				"column": d.column(&use.column), "breakdown": f.truth(&use.breakdown), "filter": f.truth(&use.filter),
			}, "column")
		} else {
			d.column(&use.column)(orNode(fd.value, fd.at))
		}
		if !use.breakdown && !use.filter {
			f.problem(fd.at, "dimension “"+fd.key+"” may be used for nothing", "allow `breakdown` or `filter`")
		}
		d.dimensions = append(d.dimensions, use)
	}
}

// readAttributes reads the row attributes an audience must hold.
func (d *draft) readAttributes(n ast.Node) {
	fields, _ := d.file.fields(n, "`attributes`")
	for _, fd := range fields {
		checkName(d.file, fd.at, fd.key)
		a := attribute{name: fd.key}
		d.column(&a.column)(orNode(fd.value, fd.at))
		d.def.attributes = append(d.def.attributes, a)
		d.def.insight.Accepts.Attributes = append(d.def.insight.Accepts.Attributes, fd.key)
	}
}

// readColumns reads the types of the columns of a table.
func readColumns(f *file, n ast.Node, into *[]insight.Column) {
	fields, _ := f.fields(n, "`columns`")
	for _, fd := range fields {
		c := insight.Column{Name: fd.key}
		if fd.key == "" {
			f.problem(fd.at, "a column without a name", "")
		}
		oneOf(f, &c.Type, "column type", insight.ColumnNumber, insight.ColumnTime,
			insight.ColumnEmail, insight.ColumnName, insight.ColumnIP, "plain")(orNode(fd.value, fd.at))
		if c.Type == "plain" {
			c.Type = insight.ColumnPlain
		}
		*into = append(*into, c)
	}
}

// readStatement reads the statement and checks it.
func (d *draft) readStatement(n ast.Node) {
	sql, ok := d.file.asText(n)
	if !ok {
		return
	}
	t, faults := parseTemplate(sql, d.file.fault)
	if len(faults) > 0 {
		d.file.sqlProblems(n, sql, faults)
		return
	}
	d.sql, d.def.statement = sql, t
}

// sqlProblems reports what is wrong in a statement at its own place, where
// the form of the YAML tells which line that is.
func (f *file) sqlProblems(n ast.Node, sql string, faults []sqlFault) {
	literal, ok := f.resolve(n).(*ast.LiteralNode)
	for _, fault := range faults {
		before := len(f.problems)
		f.problem(n, fault.message, fault.want)
		if !ok || literal.Start == nil || !strings.HasPrefix(strings.TrimSpace(literal.Start.Value), "|") {
			continue
		}
		head := sql[:min(fault.at, len(sql))]
		line := literal.Start.Position.Line + 1
		for line <= len(f.lines) && strings.TrimSpace(f.lines[line-1]) == "" {
			line++ // the statement was trimmed, so empty lines before it do not count
		}
		if line > len(f.lines) {
			continue
		}
		indent := len(f.lines[line-1]) - len(strings.TrimLeft(f.lines[line-1], " "))
		p := &f.problems[before]
		p.Line = line + strings.Count(head, "\n")
		p.Column = len([]rune(head[strings.LastIndexByte(head, '\n')+1:])) + indent + 1
	}
}
