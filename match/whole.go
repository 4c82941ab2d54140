package match

import "slices"

// whole is a title or an example question as a whole.
type whole struct {
	// form are its content words, small the small words it would not be the
	// same without: "what people do" is more than "people".
	form  string
	small []string
}

// filling are small words that make no difference to a whole.
var filling = wordSet(`a an the of in on at to for by from with our we us i you my is are was were be been
do does did have has had get gets got show me give please`)

// wholeOf makes a text a whole.
func wholeOf(notions []notion) whole {
	w := whole{form: joinedStems(content(notions))}
	for _, n := range notions {
		if n.stop && !filling[n.text] {
			w.small = append(w.small, n.text)
		}
	}
	return w
}

// joinedStems joins the stems of words, without those that say no more than
// that something is counted.
func joinedStems(notions []notion) string {
	var b []byte
	for _, n := range notions {
		if !plain[n.text] {
			b = append(append(b, n.stem...), ' ')
		}
	}
	return string(b)
}

// typeWhole notes the forms in which the question may be a title typed whole:
// as it stands, without what was read as period, breakdown and so on, and with
// the grain alone of these, as in "weekly active users in Asia".
func (q *query) typeWhole(r Reading, notions []notion) {
	var rest, rhythm []notion
	for _, n := range notions {
		part := role(r, n.from, n.to)
		if part == "" {
			rest = append(rest, n)
		}
		if part == "" || part == RoleGrain {
			rhythm = append(rhythm, n)
		}
	}
	q.entire = joinedStems(content(notions))
	for _, list := range [...][]notion{rhythm, rest} {
		if form := joinedStems(content(list)); form != "" && !slices.Contains(q.core, form) {
			q.core = append(q.core, form)
		}
	}
}

// exactness says whether one of the wholes was typed: 1 where it is all of the
// question, a half where a period, a breakdown or the like came with it, else 0.
func (q *query) exactness(wholes []whole) float64 {
	most := 0.0
	for _, w := range wholes {
		if w.form == "" || slices.ContainsFunc(w.small, func(s string) bool { return !q.small[s] }) {
			continue
		}
		if w.form == q.entire {
			return 1
		}
		if slices.Contains(q.core, w.form) {
			most = .5
		}
	}
	return most
}

// passing are words without which an example question names no period and no
// comparison; reading those that have none would be wasted.
var passing = wordSet(`last this past previous next current today yesterday now year years month months week weeks
quarter quarters day days hour hours since until till between before after vs versus compared ago recent date so far
january february march april may june july august september october november december q1 q2 q3 q4 ytd mtd qtd`)

// lasting are the words of an example question without its period and the
// like: "how many people signed up last week" is an example for every week.
func lasting(example string, notions []notion) []notion {
	if !slices.ContainsFunc(notions, func(n notion) bool { return passing[n.text] || n.numeric() }) {
		return notions
	}
	r := Read(example, nil, Clock{})
	kept := make([]notion, 0, len(notions))
	for _, n := range notions {
		switch role(r, n.from, n.to) {
		case RolePeriod, RoleCompare, RoleChart:
		default:
			kept = append(kept, n)
		}
	}
	if len(kept) == 0 {
		return notions
	}
	return kept
}
