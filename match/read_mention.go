package match

import (
	"strings"

	"insightbot/insight"
)

// readMention reads "@mia", which names somebody or something of a workspace
// that no source knows. Behind a word such as "by" or "for" it is a wish to
// narrow, which Fit refuses where no value is called that; anywhere else it is
// a mention, of which Fit says that it was left out.
func (p *parse) readMention(at int) (finding, bool) {
	if p.terms[at].Text != "@" || at > 0 && p.terms[at].tight && !p.terms[at-1].sign {
		return finding{}, false // an e-mail address, or no sign at all
	}
	next := at + 1
	for next < len(p.terms) && p.terms[next].tight {
		if p.terms[next].sign && (next+1 == len(p.terms) || !p.terms[next+1].tight || p.terms[next+1].sign || !handleSigns[p.terms[next].Text]) {
			break
		}
		next++
	}
	if next == at+1 {
		return finding{}, false
	}
	words := p.words(at, next)
	name := strings.TrimSuffix(strings.TrimSuffix(words, "'s"), "’s")
	before := ""
	if at > 0 {
		before = p.terms[at-1].Text
	}
	if !narrowers[before] && name == words {
		return finding{role: RoleMention, next: next, apply: func(r *Reading) { r.Mentions = append(r.Mentions, name) }}, true
	}
	w := FilterWish{Op: insight.OpIs, Words: name, Sure: true}
	if leavers[before] {
		w.Op = insight.OpIsNot
	}
	return finding{role: RoleFilter, next: next, apply: func(r *Reading) { r.addFilter(w) }}, true
}

// handleSigns may stand within the name of somebody.
var handleSigns = setOf(". - _")

// narrowers are the words behind which a mention is a wish to narrow, and
// leavers those that leave it out.
var (
	narrowers = setOf("by for of from in on at with via through per to under and or vs only just without excluding except not minus")
	leavers   = setOf("without excluding except not minus")
)

// danglingAt reads a "by" at the very end, behind which something was to come.
func (p *parse) danglingAt(r *Reading) {
	last := len(p.terms) - 1
	for last > 0 && p.terms[last].sign {
		last--
	}
	if last > 0 && (p.terms[last].Text == "by" || p.terms[last].Text == "per") && (len(r.Spans) == 0 || r.Spans[len(r.Spans)-1].To <= p.terms[last].From) {
		r.Mentions = append(r.Mentions, p.words(last, last+1))
	}
}

// mentions says which mentions mean nothing to the insight: a number for
// everybody must not pass for one about somebody.
func (f *fitting) mentions() {
	for _, m := range f.r.Mentions {
		why := "I do not know what " + inQuotes(m) + " means here, so it was left out: this is not about that alone."
		if !strings.HasPrefix(m, "@") {
			why = "Nothing that I can read follows " + inQuotes(m) + ", so it was left out."
		}
		f.miss(RoleMention, m, why)
	}
}
