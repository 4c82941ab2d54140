package match

import "time"

// connector reads the word between the two ends of a range.
func (p *parse) connector(at int) int {
	switch t := p.terms[at]; t.Text {
	case "to", "till", "until", "til", "thru", "through", "-", "~", "→":
		if next := at + 1; t.Text == "to" && next < len(p.terms) && p.terms[next].Text == "date" {
			return 0
		}
		if at+1 < len(p.terms) && p.terms[at+1].Text == "the" {
			return 2
		}
		return 1
	case "up":
		if at+1 < len(p.terms) && p.terms[at+1].Text == "to" {
			return 2
		}
	}
	return 0
}

// decade reads "90s", "1990s", "nineties", "two thousands" and "nineteen
// eighties" as the decade's first year.
func (p *parse) decade(at int) (int, int) {
	t := p.terms[at]
	if t.number() && t.num%10 == 0 && at+1 < len(p.terms) {
		next := p.terms[at+1]
		if next.Text == "s" && (next.tight || p.terms[at].tight) {
			switch t.digits {
			case 4:
				return t.num, 2
			case 2:
				return p.century(t.num), 2
			}
		}
		return 0, 0
	}
	if n, ok := decadeWords[t.Text]; ok {
		return p.century(n), 1
	}
	if at+1 >= len(p.terms) {
		return 0, 0
	}
	if p.terms[at+1].Text == "-" && at+2 < len(p.terms) {
		n, ok := decadeWords[p.terms[at+2].Text]
		return 100*t.num + n, 3 * boolInt(ok && 18 <= t.num && t.num <= 20 && t.digits == 0)
	}
	next := p.terms[at+1].Text
	if t.Text == "two" && next == "thousands" {
		return 2000, 2
	}
	n, ok := decadeWords[next]
	if ok && 18 <= t.num && t.num <= 20 && t.digits == 0 {
		return 100*t.num + n, 2
	}
	return 0, 0
}

var decadeWords = map[string]int{
	"twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70,
	"eighties": 80, "nineties": 90, "noughties": 0,
}

// century fills up a year of two digits: not later than ten years from now.
func (p *parse) century(yy int) int {
	y := 2000 + yy
	if y > p.today.year()+10 {
		y -= 100
	}
	return y
}

// cardinal reads a count and how many terms it takes: "12", "twenty-five",
// "a few", "couple of".
func (p *parse) cardinal(at int) (int, int) {
	t, i := p.terms[at], at
	if (t.Text == "a" || t.Text == "the") && at+1 < len(p.terms) {
		switch p.terms[at+1].Text {
		case "few", "couple", "dozen", "hundred":
			i++
			t = p.terms[i]
		}
	}
	if t.digits > 0 {
		return t.num, boolInt(t.number() && t.digits <= 4)
	}
	n := t.num
	switch {
	case t.Text == "some":
		n = 3
	case t.Text == "hundred":
		return 100, i + 1 - at
	case n == 0:
		return 0, 0
	}
	i++
	rest := p.terms[i:]
	if len(rest) > 0 && rest[0].Text == "of" && (t.Text == "couple" || t.Text == "few") {
		i++
	}
	if n >= 20 && n%10 == 0 {
		if len(rest) > 1 && rest[0].Text == "-" {
			rest = rest[1:]
		}
		if len(rest) > 0 && rest[0].digits == 0 && 0 < rest[0].num && rest[0].num < 10 {
			n += rest[0].num
			i = len(p.terms) - len(rest) + 1
		}
	}
	if i < len(p.terms) && p.terms[i].Text == "hundred" && n < 100 {
		return n * 100, i + 1 - at
	}
	return n, i - at
}

// dayOfMonth reads a day of a month: "12", "12th", "twenty first".
func (p *parse) dayOfMonth(at int) (int, int) {
	t := p.terms[at]
	switch {
	case t.number():
		return t.num, boolInt(t.digits <= 2 && 1 <= t.num && t.num <= 31)
	case t.ord > 0:
		return t.ord, boolInt(t.ord <= 31)
	case t.num == 20 || t.num == 30:
		i := at + 1
		if i+1 < len(p.terms) && p.terms[i].Text == "-" {
			i++
		}
		if i < len(p.terms) && p.terms[i].digits == 0 && 0 < p.terms[i].ord && p.terms[i].ord < 10 && t.num+p.terms[i].ord <= 31 {
			return t.num + p.terms[i].ord, i + 1 - at
		}
	}
	return 0, 0
}

// year reads a year: "2016", "nineteen ninety nine", "two thousand and five".
func (p *parse) year(at int) (int, int) {
	t := p.terms[at]
	if t.digits > 0 {
		return t.num, boolInt(t.number() && t.digits == 4 && 1600 <= t.num && t.num <= 2100)
	}
	word := func(i int) string {
		if at+i < len(p.terms) {
			return p.terms[at+i].Text
		}
		return ""
	}
	if (t.Text == "two" || t.Text == "one") && word(1) == "thousand" {
		i := 2
		if word(i) == "and" {
			i++
		}
		if n, width := p.small(at + i); width > 0 && t.Text == "two" {
			return 2000 + n, i + width
		}
		return 1000 * t.num, 2
	}
	if t.num < 16 || t.num > 20 {
		return 0, 0
	}
	if word(1) == "hundred" {
		return 100 * t.num, 2
	}
	n, width := p.small(at + 1)
	if width == 0 || n < 10 && p.terms[at+1].num > 0 {
		return 0, 0
	}
	return 100*t.num + n, 1 + width
}

// small reads the last two digits of a year in words.
func (p *parse) small(at int) (int, int) {
	if at >= len(p.terms) || p.terms[at].digits > 0 {
		return 0, 0
	}
	if w := p.terms[at].Text; (w == "oh" || w == "o" || w == "zero") && at+1 < len(p.terms) {
		if n := p.terms[at+1].num; 0 < n && n < 10 && p.terms[at+1].digits == 0 {
			return n, 2
		}
	}
	n, width := p.cardinal(at)
	if n < 1 || n > 99 {
		return 0, 0
	}
	return n, width
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// month is a shorthand for a captured month.
func (m *found) month(i int) time.Month { return time.Month(m.num(i)) }
