package match

import (
	"strings"
	"sync"
)

// opening is a phrase that opens a list of dimensions, and what may follow.
type opening struct {
	// sure: the words can only mean a breakdown ("split by").
	sure bool
	// known: only a dimension that some insight has may follow.
	known bool
}

// breakdownTable holds the phrases that a breakdown begins with.
var breakdownTable = sync.OnceValue(func() *table[opening] {
	open := func(o opening) func(*found) (opening, bool) {
		return func(*found) (opening, bool) { return o, true }
	}
	sure, plain, known := open(opening{sure: true}), open(opening{}), open(opening{known: true})
	return newTable([]rule[opening]{
		{"broken|broke|break|breaking|breakdown|split|splitted|splitting|grouped|group|segmented|segment|sliced|slice|divided|separated|categorized|categorised|bucketed|distributed|spread " +
			"down|up|out|it|them|this? by|per|into|on|across each|every|the?", sure},
		{"split|splitted|divided|distributed|spread over|among|between|across all|the|our?", known},
		{"breakdown of|for", known},
		{"by|per", plain},
		{"by|per each|every|the|individual", plain},
		{"for|in|on|across|within|at each|every", sure},
		{"of|from? each|every", plain},
		{"for|in|of|on|from|at? all the? different|various?", known},
		{"across|over|among|between all|the|our|different|various?", known},
		{"across all|the|our the? different|various", known},
		{"which|what|whose", known},
		{"in|from|on|for|of which|what", known},
		{"compare|comparing all|the|our|different?", known},
		{"all|different|various", known},
		{"top|bottom|best|worst|biggest|largest|smallest|leading performing? <n>?", known},
		{"the? <n> top|best|worst|biggest|largest|smallest|leading performing?", known},
	})
})

// readBreakdown reads "by country and plan", "for each platform", "which
// plan", "country breakdown".
func readBreakdown(p *parse, at int, _ *Reading) (finding, bool) {
	if f, ok := p.suffixed(at); ok {
		return f, true
	}
	o, next, ok := longest(p, breakdownTable(), at)
	if !ok || next >= len(p.terms) {
		return finding{}, false
	}
	question := false
	for i := at; i < next; i++ {
		switch p.terms[i].Text {
		case "which", "what", "whose", "all", "different", "various", "compare", "comparing", "each", "every":
			question = p.terms[i].Text != "each" && p.terms[i].Text != "every"
		}
	}
	var wishes []BreakdownWish
	for {
		w, to, ok := p.wish(next, o, at, len(wishes) > 0)
		if !ok {
			break
		}
		w.Sure = w.Sure && !question
		wishes = append(wishes, w)
		next = to
		and := p.and(next)
		if and == next || and >= len(p.terms) || len(wishes) == 4 {
			break
		}
		if _, _, more := p.wish(and, o, at, true); !more {
			break
		}
		next = and
	}
	if len(wishes) == 0 {
		return finding{}, false
	}
	role := RoleBreakdown
	for _, w := range wishes {
		if w.Name == "" {
			// Words that no dimension has may be in the title of the insight
			// that is meant: "revenue by invoice".
			role = ""
		}
	}
	return finding{role: role, next: next, apply: func(r *Reading) { r.addBreakdowns(wishes) }}, true
}

// addBreakdowns adds wishes, each dimension once.
func (r *Reading) addBreakdowns(wishes []BreakdownWish) {
	for _, w := range wishes {
		again := false
		for i, have := range r.Breakdowns {
			if have.Name == w.Name && (w.Name != "" || have.Words == w.Words) {
				r.Breakdowns[i].Sure = have.Sure || w.Sure
				again = true
			}
		}
		if !again {
			r.Breakdowns = append(r.Breakdowns, w)
		}
	}
}

// suffixed reads "country breakdown", "plan-wise", "split by" aside.
func (p *parse) suffixed(at int) (finding, bool) {
	names, next := p.dimensionAt(at)
	if names == nil || next >= len(p.terms) {
		return finding{}, false
	}
	i := next
	if p.terms[i].Text == "-" && i+1 < len(p.terms) {
		i++
	}
	switch p.terms[i].Text {
	case "breakdown", "split", "wise", "distribution", "breakdowns":
	default:
		return finding{}, false
	}
	w := BreakdownWish{Name: names[0], Words: p.words(at, next), Sure: true}
	return finding{role: RoleBreakdown, next: i + 1, apply: func(r *Reading) { r.addBreakdowns([]BreakdownWish{w}) }}, true
}

// and returns the first term behind what joins a list at a term, or the term
// itself where nothing does.
func (p *parse) and(at int) int {
	next := at
	for next < len(p.terms) {
		switch p.terms[next].Text {
		case "and", ",", "&", "/", "then", "or", "+", "x":
			next++
		case "by", "per", "the", "also":
			if next == at {
				return at
			}
			next++
		default:
			return next
		}
	}
	return at
}

// wish reads one dimension, known or not. opened is where the phrase began.
func (p *parse) wish(at int, o opening, opened int, more bool) (BreakdownWish, int, bool) {
	if names, next := p.dimensionAt(at); names != nil {
		return BreakdownWish{Name: names[0], Words: p.words(at, next), Sure: true}, next, true
	}
	if o.known {
		return BreakdownWish{}, at, false
	}
	if name, ok := p.nearDimension(at); ok {
		return BreakdownWish{Name: name, Words: p.words(at, at+1), Sure: true}, at + 1, true
	}
	next := p.unknown(at)
	if next == at {
		return BreakdownWish{}, at, false
	}
	if more && next < len(p.terms) && !p.terms[next].sign && !stopWords[p.terms[next].Text] {
		return BreakdownWish{}, at, false
	}
	sure := o.sure || p.terms[opened].Text == "by" && !p.agent(at, opened) && !p.ranks(opened)
	return BreakdownWish{Words: p.words(at, next), Sure: sure}, next, true
}

// unknown returns where a noun that nobody knows ends: at a small word, a
// sign, a value or a phrase about time, three words at most.
func (p *parse) unknown(at int) int {
	next := at
	if i := p.unitOfUnit(at); i > at {
		return i
	}
	for next < len(p.terms) && next-at < 3 {
		t := p.terms[next]
		if t.sign && next > at && t.Text == "-" && t.tight && next+1 < len(p.terms) && p.terms[next+1].tight {
			next++
			continue
		}
		if t.sign || t.digits > 0 || stopWords[t.Text] || t.entry != (entry{}) || notNouns[t.Text] || grainAdverbs[t.Text] != "" {
			break
		}
		if refs, to := p.valueAt(next); refs != nil && to > next && next == at && !p.nickname(at, to) {
			break
		}
		if _, _, ok := p.phrase(next); ok || next == at && len(t.Text) > 5 && strings.HasSuffix(t.Text, "ing") {
			break
		}
		next++
	}
	return next
}

// unitOfUnit reads "day of the week", which is no bucket of time.
func (p *parse) unitOfUnit(at int) int {
	if at+2 >= len(p.terms) || p.terms[at].unit.times != 1 || p.terms[at].digits > 0 || p.terms[at+1].Text != "of" {
		return at
	}
	i := at + 2
	if p.terms[i].Text == "the" && i+1 < len(p.terms) {
		i++
	}
	if p.terms[i].unit.times != 1 || p.terms[i].digits > 0 {
		return at
	}
	return i + 1
}

// notNouns follow "by" or "per" without naming anything to split by.
var notNouns = setOf("default far hand chance mistake accident itself themselves myself heart law means way now cent capita se " +
	"using doing clicking going adding taking making getting reducing increasing")

// countedNouns are things that insights count. "Revenue by invoice" may well be
// about invoices rather than split by them.
var countedNouns = setOf("user users customer customers person people invoice invoices order orders session sessions visitor visitors " +
	"employee employees agent agents member members team teams card email mail phone item items ticket tickets us me")

// ranks reports whether "by" may say what is ranked by: "top 10 countries by
// sign-ups", "sorted by revenue".
func (p *parse) ranks(opened int) bool {
	for _, t := range p.terms[:opened] {
		switch t.Text {
		case "top", "bottom", "best", "worst", "biggest", "largest", "smallest", "highest", "lowest", "most", "least",
			"rank", "ranked", "sort", "sorted", "order", "ordered", "leading":
			return true
		}
	}
	return false
}

// agent reports whether the noun behind "by" may be who did it ("closed by
// agents") or what is counted, and no breakdown.
func (p *parse) agent(at, opened int) bool {
	if countedNouns[p.terms[at].Text] {
		return true
	}
	if opened == 0 {
		return false
	}
	before := p.terms[opened-1].Text
	if before == "made" || before == "sent" || before == "paid" || before == "done" || before == "given" || before == "bought" {
		return true
	}
	return len(before) > 4 && strings.HasSuffix(before, "ed")
}
