package match

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// noSuchDay says that a month has no such day and which one was taken. Only of
// 29 February does it depend on the year.
func noSuchDay(y int, m time.Month, d, last int) string {
	asked := strconv.Itoa(d) + " " + m.String()
	if d == 29 {
		asked += " " + strconv.Itoa(y)
	}
	return "There is no " + asked + "; " + strconv.Itoa(last) + " " + m.String() + " is shown."
}

// ambiguous notes how a date of numbers alone was read, where the day could be
// the month as well.
func (m *found) ambiguous(s span, month, d int) span {
	if month != d && 1 <= month && month <= 12 && 1 <= d && d <= 12 && s.note == "" {
		s.note = m.p.words(m.from, m.to) + " is read as " + dayText(s.from.utc()) + "."
	}
	return s
}

// note is what there is to say about a period, the terms from..to: about
// itself and about the days that it is made of.
func (p *parse) note(s span, from, to int) string {
	if s.note != "" {
		return s.note
	}
	var notes []string
	for at := from; at < to; {
		d := p.remember(spanDate, at)
		if !d.ok || d.next > to {
			at++
			continue
		}
		if d.span.note != "" && !slices.Contains(notes, d.span.note) {
			notes = append(notes, d.span.note)
		}
		at = d.next
	}
	return strings.Join(notes, " ")
}
