package match

import (
	"slices"
	"strings"

	"insightbot/insight"
)

// ask adds to the slots of a question what the reading says, and leaves out
// the numbers that belong to periods and other parts that were understood.
func (s *slots) ask(r Reading, notions []notion) {
	if r.Grain != insight.GrainNone {
		s.grains = append(s.grains, r.Grain)
	}
	s.numbers = slices.DeleteFunc(s.numbers, func(number string) bool {
		return slices.ContainsFunc(notions, func(n notion) bool {
			return n.text == bare(number) && role(r, n.from, n.to) != ""
		})
	})
}

// takes says of each breakdown wish whether the insight can be split so.
func takes(r Reading, a insight.Accepts) []bool {
	can := make([]bool, len(r.Breakdowns))
	for i, b := range r.Breakdowns {
		d, ok := a.Dimension(b.Name)
		can[i] = b.Name != "" && ok && d.Breakdown
	}
	return can
}

// conflicts lists the slots in which a question and an insight disagree.
func conflicts(q *query, d *document, a *alignment, can []bool) []Conflict {
	var list []Conflict
	if c, ok := aggregateConflict(q, d); ok {
		list = append(list, c)
	}
	if c, ok := grainConflict(q, d); ok {
		list = append(list, c)
	}
	for i, b := range q.reading.Breakdowns {
		if (b.Sure || b.Name == "") && !can[i] && !q.has(a, b.Words) {
			list = append(list, Conflict{Slot: SlotBreakdown, Asked: strings.ToLower(b.Words), Has: d.slots.by})
		}
	}
	for _, f := range q.reading.Filters {
		if (f.Sure || f.Field == "") && !takesFilter(d.insight.Accepts, f) && !q.has(a, f.Words) {
			list = append(list, Conflict{Slot: SlotFilter, Asked: f.Words})
		}
	}
	for _, n := range q.slots.numbers {
		if !slices.ContainsFunc(d.numbers, func(has string) bool { return bare(has) == bare(n) }) {
			has := ""
			if len(d.slots.numbers) > 0 {
				has = d.slots.numbers[0]
			}
			list = append(list, Conflict{Slot: SlotNumber, Asked: n, Has: has})
		}
	}
	return list
}

// aggregateConflict compares how the two count. What a description or an
// example question says shows that the insight answers it. An insight that
// does not say how it counts gives a number or a sum.
func aggregateConflict(q *query, d *document) (Conflict, bool) {
	asked, has := q.slots.aggregates, d.slots.aggregates
	switch {
	case asked == 0 || asked&(has|d.aggregates) != 0:
		return Conflict{}, false
	case has != 0:
		return Conflict{Slot: SlotAggregate, Asked: asked.String(), Has: has.String()}, true
	case asked&inCount != 0:
		return Conflict{}, false
	}
	return Conflict{Slot: SlotAggregate, Asked: asked.String()}, true
}

// mostLacking is the share of a question's subject that an answer may leave
// out.
const mostLacking = .28

// subjectConflict says that an insight is about something else, or about less,
// where it lacks too much of the subject, or a word that is the name of
// another: it then cannot be what was meant.
func subjectConflict(a *alignment, missing []string, named bool) (Conflict, bool) {
	if a.lacking <= mostLacking && !named || len(missing) == 0 {
		return Conflict{}, false
	}
	return Conflict{Slot: SlotSubject, Asked: missing[0]}, true
}

// asked reports whether a question has a word of the index.
func (ix *Index) asked(q *query, id wordID) bool {
	l := &ix.dict.list[id]
	return slices.ContainsFunc(q.words, func(a asked) bool {
		return !a.stop && similarity(&a, id, l, ix.dict.groups[l.stem]) >= sameness
	})
}

// grainConflict compares rhythms: a weekly number of people is another metric
// than a monthly one, while sign-ups per week are sign-ups per month drawn
// differently.
func grainConflict(q *query, d *document) (Conflict, bool) {
	asked := q.slots.rhythm
	if len(asked) == 0 {
		asked = q.slots.grains
	}
	if len(asked) == 0 {
		return Conflict{}, false
	}
	if len(d.slots.rhythm) == 0 && len(d.slots.grains) == 0 {
		can := d.insight.Accepts.Grains
		cannot := len(can) > 0 && !slices.ContainsFunc(asked, func(g insight.Grain) bool { return slices.Contains(can, g) })
		return Conflict{Slot: SlotGrain, Asked: rhythmName(asked[0])}, cannot
	}
	for _, g := range asked {
		if slices.Contains(d.slots.rhythm, g) || slices.Contains(d.slots.grains, g) {
			return Conflict{}, false
		}
		if len(d.slots.rhythm) == 0 && slices.Contains(d.insight.Accepts.Grains, g) {
			return Conflict{}, false
		}
	}
	has := slices.Concat(d.slots.rhythm, d.slots.grains)
	return Conflict{Slot: SlotGrain, Asked: rhythmName(asked[0]), Has: rhythmName(has[0])}, true
}

// takesFilter reports whether an insight can be narrowed as wished: by the
// dimension that the words were read as, or by another one of its own that knows
// them. What one source calls a country is a billing country in the next.
func takesFilter(a insight.Accepts, f FilterWish) bool {
	if f.Field == "" {
		return false
	}
	if d, ok := a.Dimension(f.Field); ok && d.Filter && hasKeys(d, f.Values) {
		return true
	}
	words := listed(f.Words)
	return slices.ContainsFunc(a.Dimensions, func(d insight.Dimension) bool {
		if !d.Filter || len(words) == 0 {
			return false
		}
		_, missing := lookup(d, words)
		return len(missing) == 0
	})
}

// has reports whether the insight's own text has all words of a wish.
func (q *query) has(a *alignment, words string) bool {
	tokens := Tokens(words)
	for _, t := range tokens {
		if stops[t.Text] {
			continue
		}
		there := false
		for i := range q.words {
			if a.best[i] < nearlySame {
				continue
			}
			there = there || slices.ContainsFunc(Tokens(q.words[i].typed), func(u Token) bool { return u.Text == t.Text })
		}
		if !there {
			return false
		}
	}
	return len(tokens) > 0
}

// bare is a number without its measure.
func bare(number string) string {
	number, _, _ = strings.Cut(number, " ")
	return number
}
