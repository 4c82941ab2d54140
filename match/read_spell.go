package match

import "strings"

// correct replaces misspelt words about time. Short words are only corrected
// where the word beside them leaves no doubt: "lst week", "last moth".
func (p *parse) correct() {
	for i := range p.terms {
		t := &p.terms[i]
		if t.sign || t.digits > 0 || !t.head || !t.tail || len(t.Text) != t.To-t.From {
			continue
		}
		if p.vocab.hasTitleWord(t.Text) || p.isName(t.Text) {
			continue
		}
		if _, ok := lexicon[t.Text]; ok || stopWords[t.Text] {
			continue
		}
		word := ""
		if !notMisspelt[t.Text] {
			word = nearWord(t.Text, spellings)
		}
		if word != "" && common(t.Text) {
			word = ""
		}
		if word == "" && !notMisspelt[t.Text] && i+1 < len(p.terms) && p.terms[i+1].unit.times > 0 {
			word = nearWord(t.Text, shortRelations)
		}
		if word == "" && i > 0 && p.terms[i-1].rel != relNone && p.ends(i+1) {
			word = nearWord(t.Text, shortUnitWords)
		}
		if word == "" && i > 1 && p.terms[i-1].num > 0 && p.terms[i-2].rel != relNone {
			word = nearWord(t.Text, shortUnitWords)
		}
		if word != "" {
			t.Text, t.entry = word, lexicon[word]
		}
	}
}

func (p *parse) isName(word string) bool {
	return p.vocab != nil && (p.vocab.dimensions[word] != nil || p.vocab.values[word] != nil)
}

// ends reports whether a phrase may end before a term: nothing follows, or a
// sign or a small word does.
func (p *parse) ends(at int) bool {
	return at >= len(p.terms) || p.terms[at].sign || stopWords[p.terms[at].Text]
}

// spellings are the words worth correcting wherever they stand.
var spellings = []string{
	"yesterday", "today", "tomorrow",
	"january", "february", "april", "august", "september", "october", "november", "december",
	"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
	"quarter", "quarters", "weekend", "previous", "current", "month", "months", "compared", "versus", "country",
	"hourly", "daily", "weekly", "monthly", "quarterly", "yearly",
}

var (
	shortRelations = []string{"last", "past", "this", "next"}
	shortUnitWords = []string{"day", "days", "week", "weeks", "month", "months", "quarter", "quarters", "year", "years", "hour", "hours"}
)

// notMisspelt are words of their own, one letter away from one of spellings.
var notMisspelt = setOf("mouth mouths moth toady dairy dally meekly weakly sundry toda county counts currant quartet quarters " +
	"quartz previously currently compare compares comparer verses augusta aprils todays least lost list lust lasts past pasts paste pass " +
	"cast fast vast east mast best text nest thin thus then them these those his hist")

// nearWord returns the only word that is one edit away, or "". The first
// letter is hardly ever wrong.
func nearWord(typed string, words []string) string {
	if len(typed) < 3 {
		return ""
	}
	best := ""
	for _, w := range words {
		if w[0] != typed[0] || !oneEdit(typed, w) {
			continue
		}
		if best != "" && !strings.HasPrefix(w, best) {
			return ""
		}
		if best == "" || len(w) == len(typed) {
			best = w
		}
	}
	return best
}

// oneEdit reports whether b is a with one letter changed, added, dropped or
// swapped with its neighbour.
func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) {
		return false
	}
	if a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// stopWords are small words that carry no subject.
var stopWords = setOf("a an the this that these those of in on at to for from by with within into onto over under per and or but nor " +
	"is are was were be been being do does did has have had can could will would shall should may might must " +
	"i me my we us our you your he she it its they them their who whom whose which what when where why how " +
	"not no as than then so if because while until till since before after during about between among across " +
	"vs versus compared please show tell give get me see find list plot chart graph draw all any each every some " +
	"there here just only also too very much many more most less least up down out off")

// inWords reports whether all words are among the words of a text, in the
// singular or the plural, written as one or as two.
func inWords(words []string, text string) bool {
	if len(words) == 0 {
		return false
	}
	have := map[string]bool{}
	before := ""
	for _, t := range Tokens(text) {
		for _, form := range numbers(t.Text) {
			have[form] = true
			have[before+form] = true
		}
		before = t.Text
	}
	for i, w := range words {
		joins := i+1 < len(words) && have[w+words[i+1]] || i > 0 && have[words[i-1]+w]
		if !have[w] && !joins {
			return false
		}
	}
	return true
}
