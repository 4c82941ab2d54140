package match

// class is a kind of thing in a pattern.
type class int

const (
	// Things of one or a few terms; found.num holds their value.
	classNumber  class = iota // 12, twelve, a dozen, a few
	classOrdinal              // 3rd, third
	classDay                  // a day of a month: 12, 12th, twelfth
	classDate                 // a day of a month that cannot be a count: 12th
	classMonth                // June
	classMonthNr              // 6
	classWeekday              // Friday: a time.Weekday
	classYear                 // 2016, nineteen ninety nine
	classYear2                // 16
	classDecade               // 90s, nineties
	classCompact              // 20160131
	classRel                  // last, this, next
	classUnit                 // weeks
	classTo                   // to, until, -
	classSeason               // summer
	classVersus               // compared to
	// Spans of days.
	spanYear
	spanMonth
	spanQuarter
	spanDate
	spanSimple
	spanPeriod
	classCount
)

func (c class) isSpan() bool { return c >= spanYear }

// isPlain reports whether a capture of the class has no value of its own.
func (c class) isPlain() bool { return c == classTo || c == classUnit || c == classVersus }

var classes = map[string]class{
	"<n>": classNumber, "<ord>": classOrdinal, "<dd>": classDay, "<th>": classDate,
	"<mon>": classMonth, "<mm>": classMonthNr, "<wday>": classWeekday, "<yr>": classYear, "<yy>": classYear2,
	"<decade>": classDecade, "<ymd>": classCompact, "<rel>": classRel, "<unit>": classUnit, "<to>": classTo, "<season>": classSeason, "<vs>": classVersus,
	"<Y>": spanYear, "<M>": spanMonth, "<Q>": spanQuarter, "<D>": spanDate, "<X>": spanSimple, "<P>": spanPeriod,
}

// parse is one text being read.
type parse struct {
	*grammar
	text  string
	terms []term
	clock Clock
	today day
	vocab *Vocabulary
	// whole: the text is a phrase about time and nothing else, so that doubts
	// ("may", "sun") fall away.
	whole bool
	// implied is the period that a comparison is about unless one is named.
	implied string
	// daysBack is how many days back a comparison is meant, or 0.
	daysBack int
	// guesses counts the words looked up as misspelt values.
	guesses int
	memo    []remembered
	founds  []*found
	depth   int
}

// remembered is what a class of spans gave at a term, so that no phrase is
// read twice at one place and reading stays linear.
type remembered struct {
	done, ok bool
	next     int
	span     span
}

// capture reads one class at a term.
func (p *parse) capture(c class, at int) (capture, int, bool) {
	if c.isSpan() {
		m := p.remember(c, at)
		return capture{class: c, at: at, span: &m.span}, m.next, m.ok
	}
	t := p.terms[at]
	v := capture{class: c, at: at}
	width, ok := 1, false
	switch c {
	case classNumber:
		v.num, width = p.cardinal(at)
		ok = width > 0
	case classOrdinal:
		v.num, ok = t.ord, t.ord > 0
	case classDay:
		v.num, width = p.dayOfMonth(at)
		ok = width > 0
	case classDate:
		v.num, width = p.dayOfMonth(at)
		ok = width > 0 && !t.number()
	case classMonth:
		v.num, ok = int(t.month), t.month > 0
	case classMonthNr:
		v.num, ok = t.num, t.number() && t.digits <= 2 && 1 <= t.num && t.num <= 12
	case classWeekday:
		v.num, ok = t.weekday-1, t.weekday > 0
	case classYear:
		v.num, width = p.year(at)
		ok = width > 0
	case classYear2:
		v.num, ok = t.num, t.number() && t.digits == 2
	case classDecade:
		v.num, width = p.decade(at)
		ok = width > 0
	case classCompact:
		v.num, ok = t.num, t.number() && t.digits == 8
	case classRel:
		v.num, ok = int(t.rel), t.rel != relNone
	case classUnit:
		v.unit, ok = t.unit, t.unit.times > 0
	case classSeason:
		v.num, ok = seasonWords[t.Text], seasonWords[t.Text] > 0
	case classVersus:
		width = p.versus(at)
		ok = width > 0
	case classTo:
		width = p.connector(at)
		ok = width > 0
	default:
	}
	return v, at + width, ok
}

// periodAt reads a period at a term.
func (p *parse) periodAt(at int) (span, int, bool) {
	m := p.remember(spanPeriod, at)
	return m.span, m.next, m.ok
}

// remember reads a class of spans at a term, once for each place.
func (p *parse) remember(c class, at int) *remembered {
	if p.memo == nil {
		p.memo = make([]remembered, int(classCount-spanYear)*len(p.terms))
	}
	m := &p.memo[int(c-spanYear)*len(p.terms)+at]
	if !m.done {
		// Marked first: a pattern that begins with its own class finds
		// nothing instead of recursing without end.
		m.done = true
		m.span, m.next, m.ok = longest(p, p.spans[c-spanYear], at)
	}
	return m
}

// soft reports whether the sign at a term may be passed over inside a phrase:
// the hyphen of "year-to-date", the dot of "Oct. 2", the comma of "May 5, 2016".
func (p *parse) soft(at int) bool {
	if at+1 >= len(p.terms) || at == 0 || !p.terms[at].sign {
		return false
	}
	t, before, next := p.terms[at], p.terms[at-1], p.terms[at+1]
	switch t.Text {
	case "-":
		return t.tight && next.tight
	case ".":
		return t.tight && (next.tight && before.digits == 0 || before.month > 0 && len(before.Text) <= 4)
	case ",":
		return before.month > 0 || next.digits == 4
	}
	return false
}
