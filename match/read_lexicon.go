package match

import (
	"time"

	"insightbot/insight"
)

// entry is what a single word can mean in a phrase about time. A word may mean
// several things: "second" is an ordinal and a unit, "may" a month and a verb.
type entry struct {
	month time.Month
	// weekday is one more than a time.Weekday, so that 0 means none.
	weekday int
	unit    unit
	// num is a cardinal, ord an ordinal; 0 means none.
	num, ord int
	rel      relation
}

// unit is a unit of time: so many grains.
type unit struct {
	grain insight.Grain
	times int
}

// relation says where a unit lies, seen from now.
type relation int

const (
	relNone relation = iota
	relLast
	relThis
	relNext
)

// offset is how many units away from the present one.
func (r relation) offset() int { return int(r) - int(relThis) }

// openPast is where a period begins that has no beginning of its own ("before
// June", "all time"): before any day that a phrase can name. Fit moves it to
// where the data begins.
var openPast = dayOf(1500, time.January, 1)

// lexicon holds every word about time that stands alone.
var lexicon = buildLexicon()

func buildLexicon() map[string]entry {
	lex := make(map[string]entry, 220)
	set := func(f func(*entry, int), words ...[]string) {
		for i, group := range words {
			for _, w := range group {
				e := lex[w]
				f(&e, i+1)
				lex[w] = e
			}
		}
	}
	set(func(e *entry, i int) { e.month = time.Month(i) }, monthWords...)
	set(func(e *entry, i int) { e.weekday = i }, weekdayWords...)
	set(func(e *entry, i int) { e.num = i }, numberWords...)
	set(func(e *entry, i int) { e.num = 10 * i }, tensWords...)
	set(func(e *entry, i int) { e.ord = i }, ordinalWords...)
	set(func(e *entry, i int) { e.ord = 10 * i }, tensOrdinalWords...)
	set(func(e *entry, i int) { e.rel = relation(i) }, relationWords...)
	for _, u := range unitWords {
		for _, w := range u.words {
			e := lex[w]
			e.unit = u.unit
			lex[w] = e
		}
	}
	return lex
}

var monthWords = [][]string{
	{"january", "jan"},
	{"february", "feb", "febr"},
	{"march", "mar"},
	{"april", "apr"},
	{"may"},
	{"june", "jun"},
	{"july", "jul"},
	{"august", "aug"},
	{"september", "sep", "sept"},
	{"october", "oct"},
	{"november", "nov"},
	{"december", "dec"},
}

var weekdayWords = [][]string{
	{"sunday", "sun"},
	{"monday", "mon"},
	{"tuesday", "tue", "tues"},
	{"wednesday", "wed", "weds", "wedn"},
	{"thursday", "thu", "thur", "thurs"},
	{"friday", "fri"},
	{"saturday", "sat"},
}

var numberWords = [][]string{
	{"one"},
	{"two", "couple"},
	{"three", "few", "several"},
	{"four"},
	{"five"},
	{"six"},
	{"seven"},
	{"eight"},
	{"nine"},
	{"ten"},
	{"eleven"},
	{"twelve", "dozen"},
	{"thirteen"},
	{"fourteen"},
	{"fifteen"},
	{"sixteen"},
	{"seventeen"},
	{"eighteen"},
	{"nineteen"},
}

var tensWords = [][]string{
	nil,
	{"twenty"},
	{"thirty"},
	{"forty"},
	{"fifty"},
	{"sixty"},
	{"seventy"},
	{"eighty"},
	{"ninety"},
}

var ordinalWords = [][]string{
	{"first"},
	{"second"},
	{"third"},
	{"fourth"},
	{"fifth"},
	{"sixth"},
	{"seventh"},
	{"eighth"},
	{"ninth"},
	{"tenth"},
	{"eleventh"},
	{"twelfth"},
	{"thirteenth"},
	{"fourteenth"},
	{"fifteenth"},
	{"sixteenth"},
	{"seventeenth"},
	{"eighteenth"},
	{"nineteenth"},
}

var tensOrdinalWords = [][]string{nil, {"twentieth"}, {"thirtieth"}}

// relationWords are in the order of the relations.
var relationWords = [][]string{
	{"last", "previous", "past", "prior", "preceding", "prev"},
	{"this", "current"},
	{"next", "coming", "upcoming", "following"},
}

var unitWords = []struct {
	unit  unit
	words []string
}{
	{unit{insight.GrainHour, 1}, []string{"hour", "hours", "hr", "hrs"}},
	{unit{insight.GrainDay, 1}, []string{"day", "days"}},
	{unit{insight.GrainWeek, 1}, []string{"week", "weeks", "wk", "wks"}},
	{unit{insight.GrainWeek, 2}, []string{"fortnight", "fortnights"}},
	{unit{insight.GrainMonth, 1}, []string{"month", "months", "mo", "mos", "mth", "mths"}},
	{unit{insight.GrainQuarter, 1}, []string{"quarter", "quarters", "qtr", "qtrs"}},
	{unit{insight.GrainYear, 1}, []string{"year", "years", "yr", "yrs"}},
	{unit{insight.GrainYear, 10}, []string{"decade", "decades"}},
	{unit{insight.GrainYear, 100}, []string{"century", "centuries"}},
}

// shortUnits are units only right behind digits: "30d".
var shortUnits = map[string]unit{
	"h": {insight.GrainHour, 1},
	"d": {insight.GrainDay, 1},
	"w": {insight.GrainWeek, 1},
	"m": {insight.GrainMonth, 1},
	"q": {insight.GrainQuarter, 1},
	"y": {insight.GrainYear, 1},
}
