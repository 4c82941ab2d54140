package match

import (
	"slices"
	"strings"
)

// fillers are words that carry no subject of their own: what people put between
// the words that matter when they talk to a colleague. Unlike a stop word a
// filler may be part of an insight's name ("What people do next"), where it
// counts. Where an insight lacks it nothing is held against it. A word that
// changes what is asked (a reason, a forecast, a seller, a browser) must never
// stand here, however common it is.
var fillers = fillerSet()

func fillerSet() map[string]bool {
	set := map[string]bool{}
	for _, list := range [...]string{fillerNouns, fillerAdjectives, fillerAdverbs, fillerPast} {
		for w := range strings.FieldsSeq(list) {
			set[w] = true
		}
	}
	for verb := range strings.FieldsSeq(fillerVerbs) {
		for _, w := range inflected(verb) {
			set[w] = true
		}
	}
	return set
}

// fillerVerbs say that something is there, moves or goes on, and what people
// want of the bot. Their other forms are made by rule.
const fillerVerbs = `
take burn blow hog hit perform turn come bring put keep run try seem feel think guess wonder believe hope mean say
help begin eat chew gobble guzzle suck swallow rack spit pull push grab throw exist stand sit lie arrive contribute
generate produce result lead appear occur involve concern regard relate belong consist span range reach fall rise climb
jump rocket soar plunge dip decline decrease improve worsen develop evolve shift fluctuate hover stack tally pile pan
shape hold deal tend prefer choose pick opt decide bother care matter spot notice observe ping clarify elaborate dig
drill zoom expect assume suppose suspect figure remember forget recall hear wish hate enjoy do go happen flow pour roll
drive gather consume incur accrue encounter witness attract garner yield hoover fork use
`

// fillerPast are the forms of irregular verbs.
const fillerPast = `
took taken burnt blew blown hit came brought kept ran tried felt thought meant said spoke spoken began begun ate eaten
threw thrown stood sat lain led fell fallen rose risen held dealt chose chosen sent hidden drew drawn understood
understand knew known seen saw found heard told gave gone went got gotten gets made makes making does did done has had
having been let lets goin doin gettin comin
`

// fillerNouns are for anything at all, and for where a number is needed.
const fillerNouns = `
anything something nothing everything someone somebody anybody anyone nobody everyone everybody thing things stuff part
parts portion portions deck decks overview summary summaries picture glance peek idea ideas clue way ways example
examples fact facts bunch couple ton tons heap heaps bit bits figure figures basis term terms regard respect detail
details moment while sake standup boss bosses ceo cfo coo cto exec execs standpoint perspective matter situation latest
scoop deal volume volumes split breakdown ups downs context interest curiosity btw fyi asap
`

// fillerAdjectives judge or point without saying at what.
const fillerAdjectives = `
good better best great worse worst nice cool fine ok okay decent current exact actual overall rough
approximate certain specific particular general major minor whole entire possible available single individual respective
typical usual normal common popular frequent favourite favorite big huge little much many more most less least few
several various sure ready able interesting important relevant useful aggregate aggregated combined cumulative ongoing
existing related else handy up down higher lower increasing
`

// fillerAdverbs are those that do not end in -ly.
const fillerAdverbs = `
often sometimes always never maybe perhaps pretty quite rather somewhat together around away back through thru till til
everywhere anywhere somewhere somehow though although however otherwise instead besides except even soon later ago once
twice ever almost enough further far long longer ahead along apart aside anyway anyways anymore like alike tbh imo lol
haha cheers ta dude man mate hiya because cuz coz cos due thus hence therefore towards toward upon via behind beyond
beside
`

// inflected makes the forms of a regular verb.
func inflected(verb string) []string {
	n := len(verb)
	last, before := verb[n-1], verb[n-2]
	short := verb
	switch {
	case last == 'e':
		short = verb[:n-1]
	case n <= 4 && !isVowel(last) && last != 'w' && last != 'x' && last != 'y' && isVowel(before) && !isVowel(verb[n-3]):
		// "hit" is doubled in "hitting".
		short = verb + string(last)
	}
	forms := []string{verb, short + "ing", short + "in"}
	switch {
	case last == 'y' && !isVowel(before):
		return append(forms, verb[:n-1]+"ies", verb[:n-1]+"ied")
	case last == 's', last == 'x', last == 'h' && (before == 'c' || before == 's'):
		return append(forms, verb+"es", short+"ed")
	}
	return append(forms, verb+"s", short+"ed")
}

func isVowel(b byte) bool { return strings.IndexByte("aeiou", b) >= 0 }

// isFiller reports whether a word carries no subject: one of fillers, or an
// adverb in -ly.
func isFiller(w string) bool {
	return fillers[w] || len(w) >= shortestAdverb && strings.HasSuffix(w, "ly") && !nounsInLy[w] && rhythms[w] == ""
}

// shortestAdverb keeps "ally" and "July" apart from adverbs.
const shortestAdverb = 6

// nounsInLy are nouns and verbs that end as adverbs do.
var nounsInLy = wordSet(`family supply reply assembly anomaly multiply comply imply monopoly butterfly melancholy apply
resupply bully rally`)

// telling leaves out the fillers that no insight has anything like, unless
// nothing were left then.
func (ix *Index) telling(r Reading, notions []notion) []notion {
	kept := make([]notion, 0, len(notions))
	for _, n := range notions {
		if n.filler && !ix.dict.has(n.text) && !ix.dict.kindred(n.stem) && !wanted(r, n) {
			continue
		}
		kept = append(kept, n)
	}
	if len(kept) == 0 {
		return notions
	}
	return kept
}

// has reports whether some insight has a word or another form of it.
func (d *dictionary) has(word string) bool {
	_, ok := d.stems[stem(word)]
	return ok
}

// kindred reports whether some insight has a relative of a stem.
func (d *dictionary) kindred(st string) bool {
	return slices.ContainsFunc(relatives[st], func(group int) bool { return len(d.kin[group]) > 0 })
}
