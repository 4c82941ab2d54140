package match

import (
	"strings"
	"time"
	"unicode/utf8"

	"insightbot/insight"
)

// maxQuestion is how many bytes of a question are read.
const maxQuestion = 4096

// Read reads what a question says besides its subject. It understands any
// text, valid UTF-8 or not, and takes time in proportion to its length; beyond
// 4 kB the text is cut. Periods are read by the clock; a nil zone is UTC. A
// nil Vocabulary knows no dimensions and no values.
func Read(question string, v *Vocabulary, c Clock) Reading {
	question = cut(question, maxQuestion)
	p := newParse(question, v, c)
	r := Reading{Text: question}
	p.whole = p.isPhrase()
	for at := 0; at < len(p.terms); {
		f, ok := p.readAt(at, &r)
		if !ok {
			at++
			continue
		}
		f.apply(&r)
		if f.role != "" {
			r.Spans = append(r.Spans, Span{From: p.terms[at].From, To: p.terms[f.next-1].To, Role: f.role})
		}
		at = f.next
	}
	p.settle(&r)
	p.danglingAt(&r)
	r.Rest = tidy(question, r.Spans)
	return r
}

// isPhrase reports whether the text is a period and nothing else.
func (p *parse) isPhrase() bool {
	if len(p.terms) == 0 {
		return false
	}
	_, next, ok := p.periodAt(0)
	return ok && p.only(next, len(p.terms))
}

// finding is a part of a question that one of the readers understood.
type finding struct {
	// role is "" where the words should stay in the rest, for they may be the
	// subject as well.
	role Role
	// next is the first term behind it.
	next  int
	apply func(*Reading)
}

// readAt asks every reader what begins at a term. The longest part wins, and
// of two the one whose reader comes first.
func (p *parse) readAt(at int, r *Reading) (finding, bool) {
	if f, ok := p.readMention(at); ok {
		return f, true
	}
	var best finding
	if p.terms[at].sign && p.terms[at].Text != "/" && p.terms[at].Text != "'" {
		return best, false
	}
	for _, read := range []func(*parse, int, *Reading) (finding, bool){
		readCompare, readPeriod, readChart, readGrain, readBreakdown, readFilter,
	} {
		if f, ok := read(p, at, r); ok && f.next > best.next {
			best = f
		}
	}
	return best, best.next > at
}

func readPeriod(p *parse, at int, _ *Reading) (finding, bool) {
	s, next, ok := p.phrase(at)
	if !ok || p.wentThrough(at) {
		return finding{}, false
	}
	return finding{role: RolePeriod, next: next, apply: func(r *Reading) {
		period := p.period(s)
		period.Note = p.note(s, at, next)
		period.Words = p.periodWords(s, at, next)
		if r.Period == nil {
			r.Period = &period
			return
		}
		r.Others = append(r.Others, period)
	}}, true
}

// periodWords is what was typed for a period, without the preposition before
// it where the rest says the same: "2019" for "in 2019".
func (p *parse) periodWords(s span, at, next int) string {
	if prepositions[p.terms[at].Text] && at+1 < next {
		inner, to, ok := p.periodAt(at + 1)
		if ok && to == next && inner.from == s.from && inner.to == s.to && inner.hours == s.hours && inner.ahead == s.ahead {
			at++
		}
	}
	return p.words(at, next)
}

// words is the text of the terms from..to.
func (p *parse) words(from, to int) string {
	if from >= to {
		return ""
	}
	return p.text[p.terms[from].From:p.terms[to-1].To]
}

// settle decides what only the whole question shows.
func (p *parse) settle(r *Reading) {
	if r.Period == nil && p.implied != "" {
		if period, ok := ReadPeriod(p.implied, p.clock); ok {
			r.Period = &period
		}
	}
	if p.daysBack > 0 && r.Period != nil && r.Period.Unit == insight.GrainDay && r.Period.Count == 1 {
		// "today against the same day last week"
		words := (civilDay(r.Period.Window.From) - day(p.daysBack)).utc().Format(time.DateOnly)
		if period, ok := ReadPeriod(words, p.clock); ok {
			r.Against = &period
		}
		return
	}
	if r.Against == nil {
		return
	}
	if r.Period == nil {
		p.imply(r)
		return
	}
	if r.Against.Window == r.Period.Window {
		// "last 7 days vs previous 7 days" are the seven before.
		r.Against = nil
		return
	}
	if r.Against.Window.From.After(r.Period.Window.From) {
		// "May vs June" is June, compared with May.
		r.Period, r.Against = r.Against, r.Period
	}
	for _, c := range []insight.Compare{insight.ComparePrevious, insight.CompareYear} {
		whole := *r.Period
		if whole.Kind == PeriodRunning {
			whole.Kind = PeriodCalendar
		}
		w := EarlierWindow(whole.Window, whole.Kind, whole.Unit, whole.Count, c, p.clock.Now)
		if w.From.Equal(r.Against.Window.From) && (w.To.Equal(r.Against.Window.To) || r.Period.Kind == PeriodRunning) {
			r.Compare, r.Against = c, nil
			return
		}
	}
	if r.Against.Unit == insight.GrainYear && r.Against.Count == 1 && r.Period.Unit != insight.GrainYear {
		// "last week vs last year" is the same week of last year.
		r.Compare, r.Against = insight.CompareYear, nil
	}
}

// imply takes "how do sign-ups compare to last month" to be about this month.
// A year is taken for the same period a year ago.
func (p *parse) imply(r *Reading) {
	a := r.Against
	r.Against = nil
	if a.Unit == insight.GrainYear && a.Count == 1 && !hasDigit(a.Words) {
		// "signups vs last year" are those of the usual period, a year ago.
		r.Compare = insight.CompareYear
		return
	}
	if a.Count != 1 || a.Kind != PeriodCalendar || a.Unit == insight.GrainNone || a.Unit == insight.GrainHour {
		return
	}
	words := "this " + string(a.Unit)
	if a.Unit == insight.GrainDay {
		words = "today"
	}
	if period, ok := ReadPeriod(words, p.clock); ok && !a.Window.To.After(period.Window.From) {
		r.Period = &period
	}
}

// cut shortens a text to at most n bytes, at the end of a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// tidy is the text without its spans, and without the small words that then
// dangle at the cuts and at the end.
func tidy(text string, spans []Span) string {
	if len(spans) == 0 {
		return strings.Join(strings.Fields(text), " ")
	}
	parts := []string{dangling(text[:spans[0].From])}
	for i, s := range spans {
		end := len(text)
		if i+1 < len(spans) {
			end = spans[i+1].From
		}
		part := dangling(text[s.To:end])
		if len(part) > 3 && strings.EqualFold(part[:3], "of ") {
			part = part[3:]
		}
		parts = append(parts, part)
	}
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}

// dangling drops small words and signs from the end of a piece, and signs
// from its start.
func dangling(s string) string {
	for {
		s = strings.TrimRight(s, " \t\r\n,;:-–—(&/")
		i := strings.LastIndexAny(s, " \t\r\n") + 1
		if !danglers[strings.ToLower(s[i:])] {
			break
		}
		s = s[:i]
	}
	return strings.TrimLeft(s, " \t\r\n,;:)?!.")
}

var danglers = setOf("in on at for from by per of the a an and vs versus to during over within as since with across each only just between")
