package match

import "strings"

// relatives are groups of words that people use for nearly the same thing when
// they ask about a product or a business. They are alike, not equal: an insight
// that has the very word comes first.
var relatives = relativeTable(`
revenue income earnings sales turnover money takings
churn cancel cancellation cancelled leaving quit lose losing lost attrition
lose losing lost close closed closing
win won winning open opened opening gain gained
signup join joined joining enrol enroll enrollment onboard subscribe registration
user member
user visitor
customer buyer shopper account company organisation organization firm business subscriber
team workspace group organisation organization
purchase order buy bought buying purchased sale transaction checkout
payment pay paid paying charge billing
refund chargeback
price cost expense spend spending expensive money budget
upload uploaded uploading add added
download downloaded downloading
delete deleted deletion remove removed removal erase
share shared sharing
link url
search query lookup
login signin session
visit visitor session traffic pageview hit
retention cohort retain retained stay stayed return returning sticky stickiness loyal loyalty comeback
conversion convert converted converting
active activity engagement engaged engage usage use used using
growth grow growing grew increase
error failure fail failed failing broken
current today now currently
downtime outage offline down unavailable
uptime availability available up
mix distribution split share percentage preference
spread range distribution unevenly uneven unequal unequally variation vary varies boxplot outlier deviation variance
answer reply response respond replied replying answering
confirmed verified validated
solve solved resolve resolved fix fixed
unsolved unresolved pending outstanding open
speed latency slow fast quick performance response
storage space disk capacity
size big large volume
topic subject category theme
seat licence license
satisfaction happy happiness satisfied unhappy
priority urgency urgent severity
upgrade upgraded expansion
downgrade downgraded contraction
expense cost spend
create created creation made new
country nation market
city town
region territory
device phone mobile platform
plan tier subscription package
feature function functionality
support helpdesk ticket complaint
invite invitation invited referral refer referred
trial demo
rate percentage
rating score satisfaction
employee staff worker colleague
colleague teammate coworker peer
name title
website site web
article post blog
duration time length speed
open opened opening
message notification
vacation holiday leave
install installed installation installs
funnel step dropoff
source channel origin
page screen
campaign marketing
`)

// relativeTable reads a group of words from each line as a table from the stem
// of each to the numbers of its groups.
func relativeTable(s string) map[string][]int {
	table := map[string][]int{}
	group := 0
	for line := range strings.Lines(s) {
		for w := range strings.FieldsSeq(line) {
			if st := stem(w); len(table[st]) == 0 || table[st][len(table[st])-1] != group {
				table[st] = append(table[st], group)
			}
		}
		group++
	}
	return table
}
