package demo

import (
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// pool is a list of words with their Latin forms.
type pool struct{ native, latin []string }

func readPool(list string) pool {
	var p pool
	for word := range strings.FieldsSeq(list) {
		native, latin, found := strings.Cut(strings.ReplaceAll(word, "_", " "), "|")
		if !found {
			latin = fold(native)
		}
		p.native, p.latin = append(p.native, native), append(p.latin, latin)
	}
	return p
}

// namer invents the names of one country.
type namer struct {
	country
	index                                    int // of the country
	givens, families, firsts, seconds, towns pool
	patterns                                 []string
}

func newNamer(index int, c country) namer {
	return namer{
		country: c, index: index, givens: readPool(c.given), families: readPool(c.family), firsts: readPool(c.first),
		seconds: readPool(c.second), towns: readPool(c.cities), patterns: readPool(c.company).native,
	}
}

// person gives a name and the local part of an address.
func (n *namer) person(d dice) (name, local string) {
	g, f := d.IntN(len(n.givens.native)), d.IntN(len(n.families.native))
	name = n.givens.native[g] + n.separator + n.families.native[f]
	if n.familyFirst {
		name = n.families.native[f] + n.separator + n.givens.native[g]
	}
	return name, n.givens.latin[g] + "." + n.families.latin[f]
}

// firm gives the name of a company and the first label of its domain. Where a
// name is taken, the town is added, and a number after that.
func (n *namer) firm(d dice, taken map[string]int) (name, domain string) {
	f, s := d.IntN(len(n.firsts.native)), d.IntN(len(n.seconds.native))
	pattern := n.patterns[d.IntN(len(n.patterns))]
	town := d.IntN(len(n.towns.native))
	name = strings.NewReplacer("1", n.firsts.native[f], "2", n.seconds.native[s]).Replace(pattern)
	domain = n.firsts.latin[f]
	if strings.Contains(pattern, "2") {
		domain += "-" + n.seconds.latin[s]
	}
	taken[name]++
	if taken[name] > 1 {
		name += " " + n.towns.native[town]
		domain += "-" + n.towns.latin[town]
		taken[name]++
	}
	if again := taken[name]; again > 1 {
		name += " " + strconv.Itoa(again)
	}
	// Different names may have one domain.
	taken["@"+domain]++
	if again := taken["@"+domain]; again > 1 {
		domain += strconv.Itoa(again)
	}
	return name, domain
}

// fold writes a word in the letters of an address.
func fold(word string) string {
	word = strings.NewReplacer("ß", "ss", "ı", "i", "đ", "d", "ø", "o").Replace(strings.ToLower(word))
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return -1
	}, norm.NFD.String(word))
}
