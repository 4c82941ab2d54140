package match

import "strings"

// phrase is a run of words that means the same as one word.
type phrase struct {
	words []string
	one   string
}

// phrases are by their first word, the longest first, so that "how many" wins
// over a phrase it begins. An empty right side drops the words.
var phrases = phraseTable(`
how many = number
share of = percentage
what share = percentage
what share of = percentage
what part of = percentage
what part = percentage
what portion of = percentage
what fraction of = percentage
what proportion of = percentage
how big a share of = percentage
how large a share of = percentage
how much = amount
how often = often
how long = duration
how fast = speed
how quick = speed
how slow = speed
how quickly = speed
number of = number
count of = number
amount of = amount
total number of = number
over time = trend
by time = trend
broken down by = per
broken down per = per
breakdown by = per
split by = per
split up by = per
grouped by = per
group by = per
for each = per
for every = per
in each = per
of each = per
sign up = signup
sign ups = signup
signs up = signup
signed up = signup
signing up = signup
log in = login
log ins = login
logs in = login
logged in = login
logging in = login
check out = checkout
checked out = checkout
drop off = dropoff
dropped off = dropoff
drop out = dropoff
set up = setup
e mail = email
e mails = email
page view = pageview
page views = pageview
work space = workspace
time to = duration
come back = comeback
comes back = comeback
came back = comeback
coming back = comeback
stick around = retention
sticks around = retention
sticking around = retention
stuck around = retention
keep using = retention
keep coming = retention
turn into = conversion
turns into = conversion
turned into = conversion
turning into = conversion
end up as = conversion
blow up = fail
blows up = fail
blew up = fail
blowing up = fail
blown up = fail
go wrong = fail
goes wrong = fail
went wrong = fail
going wrong = fail
gone wrong = fail
not go through = fail
not going through = fail
t go through = fail
t go thru = fail
not go thru = fail
t going through = fail
t work = fail
t working = fail
not work = fail
not working = fail
didnt go through = fail
didnt go thru = fail
didnt work = fail
dont go through = fail
dont go thru = fail
dont work = fail
doesnt work = fail
doesnt go through = fail
box plot = boxplot
box plots = boxplot
box and whisker = boxplot
life cycle = lifecycle
down time = downtime
up time = uptime
95th percentile = p95
99th percentile = p99
90th percentile = p90
50th percentile = median
at least = atleast
more than = over
less than = under
daily actives = daily active user
weekly actives = weekly active user
monthly actives = monthly active user
`)

// synonyms stand for another word whatever is around them. Only words that
// people use for the very same thing belong here; mere relatives are in
// relatives.
var synonyms = wordTable(`
average: avg mean averaged averages averaging
first: 1st
net: nett netto
second: 2nd
third: 3rd
fail: failed fails failing failure failures
teammate: teammates coworker coworkers
maximum: max highest most top largest biggest greatest maximal maxima peak
minimum: min lowest least smallest fewest minimal minima
number: count counts counted counting numbers num nr cnt quantity
amount: amounts
total: sum totals overall altogether summed
percentage: percent pct proportion fraction portion
rate: rates ratio ratios
trend: trends trending development evolution timeline
per: each every
ad: ads advert adverts advertising advertisement advertisements
user: users people person persons folks folk guys peeps ppl usr usrs humans dudes
customer: customers client clients
signup: signups registration registrations register registered registering registers
different: distinct unique
file: files doc docs document documents
email: emails mail mails
pageview: pageviews
daily: dly
monthly: mthly
duration: durations
`)

// shorthand are the letters that teams write for a metric.
var shorthand = map[string][]string{
	"dau": {"daily", "active", "user"}, "daus": {"daily", "active", "user"},
	"wau": {"weekly", "active", "user"}, "waus": {"weekly", "active", "user"},
	"mau": {"monthly", "active", "user"}, "maus": {"monthly", "active", "user"},
	"mrr": {"monthly", "recurring", "revenue"}, "arr": {"annual", "recurring", "revenue"},
	"arpu": {"average", "revenue", "per", "user"}, "arpa": {"average", "revenue", "per", "account"},
	"aov": {"average", "order", "value"}, "ltv": {"lifetime", "value"}, "clv": {"customer", "lifetime", "value"},
	"cac": {"customer", "acquisition", "cost"}, "ctr": {"click", "rate"}, "nps": {"nps"},
	"newbie": {"new", "user"}, "newbies": {"new", "user"}, "noobs": {"new", "user"}, "newcomer": {"new", "user"}, "newcomers": {"new", "user"},
	"longest": {"maximum", "duration"}, "shortest": {"minimum", "duration"},
}

// stops are words that say nothing about the subject: the small words of
// English, and what people say to a bot before they come to the point.
var stops = wordSet(`
a an the and or but nor so as at by for from in into of off on onto to with without within about across against
among between during than then
i me my mine we us our ours you your yours he him his she her hers it its they them their theirs one ones
this that these those there here
am is are was were be been being do does did doing done has have had having can could may might must shall should
will would ll ve re s t d m don doesn didn isn aren wasn won
what whats which who whom whose when where why how if whether
all any some such both either neither no not only own same too very just also again now still already yet ever
up down out
please pls plz thanks thank thx hey hi hello yo ok okay hm hmm um uh well kindly dear bot
show shows showing shown give gives giving gimme gime tell tells find finds get gets getting got see want wants wanna
need needs know let lets look looking like liked display plot plots draw drawing visualize visualise graph chart charts
list return fetch pull bring present provide report create make made compute calculate
would could can
currently lately recently right going gonna go goes went happening happened happen
info information data stats stat statistics figures figure analytics metric metrics kpi kpis insight insights
before after vs versus compared over under above below than more less fewer
wat wut wht whts hw u r ur nd dis dat da abt wrt bout
stuff thing things kind kinds sort bit lot lots
`)

// light words colour a question without being its subject: they may say how
// something is counted, but an insight about something else is no better for
// having one, and one about the subject hardly worse for lacking it.
var light = wordSet(`
number amount total average maximum minimum trend per different percentage rate duration speed
user
daily weekly monthly quarterly yearly hourly annual day week month quarter year hour today yesterday
bar pie line table scatter histogram group ordered order sorted sort ascending descending
larger bigger greater smaller atleast
new recent latest last first previous current everyone everybody everything
`)

// measures are words behind a number that belong to it.
var measures = wordSet(`kb mb gb tb pb kib mib gib percent seconds minutes hours days ms eur usd euro euros dollar dollars`)

// plain are the light words that say no more than that something is counted,
// which every insight does.
var plain = wordSet(`number amount total per trend different`)

// anybody are words for the people an insight counts, which say nothing where
// it does not name them: "how many people use it".
var anybody = wordSet(`people ppl folks guys peeps person persons`)

// wordSet reads words separated by white space.
func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		set[w] = true
	}
	return set
}

// wordTable reads lines "word: others" as a table from each other to the word.
func wordTable(s string) map[string]string {
	table := map[string]string{}
	for line := range strings.Lines(s) {
		one, others, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		for w := range strings.FieldsSeq(others) {
			table[w] = strings.TrimSpace(one)
		}
	}
	return table
}

// phraseTable reads lines "words = word".
func phraseTable(s string) map[string][]phrase {
	table := map[string][]phrase{}
	for line := range strings.Lines(s) {
		left, right, ok := strings.Cut(line, "=")
		if !ok {
			continue
		}
		words := strings.Fields(left)
		list := table[words[0]]
		at := 0
		for at < len(list) && len(list[at].words) >= len(words) {
			at++
		}
		list = append(list, phrase{})
		copy(list[at+1:], list[at:])
		list[at] = phrase{words: words, one: strings.TrimSpace(right)}
		table[words[0]] = list
	}
	return table
}
