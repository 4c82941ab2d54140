package demo

import (
	"slices"
	"time"
)

// hour is what one service did in one hour.
type hour struct {
	at                                 int64
	service                            string
	requests, errors, fast, slow, down int64 // fast and slow: median and 95th percentile in ms; down in seconds
}

// advert is what one campaign cost on one day.
type advert struct {
	date, channel, campaign  string
	cents, impressions, hits int64
}

// stock is how much is stored at the midnight a day begins with, in one plan
// and country.
type stock struct {
	at                     int64
	plan, country          string
	bytes, files, accounts int64
}

// services are the parts of the product. The table is read-only.
var services = []struct {
	name               string
	load               float64
	fast, slow, errors float64
}{
	{"Web", 5200, 85, 340, 0.0011},
	{"Sync", 21000, 120, 610, 0.0024},
	{"API", 3100, 60, 280, 0.0016},
}

// hours is what the services did on a day, hour by hour.
func (w *world) hours(day int) []hour {
	var all []hour
	first, last := w.start(day), w.start(day+1)
	d := w.dice.about(streamServices, int64(day), 0)
	trouble, when := d.pick(92, 3, 3, 2)-1, int64(d.IntN(24))
	for at := first; at < last; at += 3600 {
		for i, s := range services {
			clock := dayPattern[(at-first)/3600%24]
			load := s.load * growth(day) * w.season(day) * (0.3 + 0.7*w.weekday(day)) * (0.25 + float64(clock)/60)
			h := hour{at: at, service: s.name, fast: int64(d.around(s.fast, 0.08)), slow: int64(d.around(s.slow, 0.14))}
			h.requests = int64(d.around(load, 0.05))
			rate := d.around(s.errors, 0.35)
			switch {
			case at >= w.story.outageFrom && at < w.story.outageTo:
				rate, h.down = []float64{0.22, 0.71, 0.58}[i]*d.around(1, 0.08), []int64{0, 3600, 3600}[i]
				h.fast, h.slow = h.fast*4, h.slow*9
			case i == trouble && (at-first)/3600 == when:
				rate, h.down = 0.04+0.1*d.Float64(), int64(240+d.IntN(1500))
				h.slow *= 3
			}
			h.errors = int64(rate * float64(h.requests))
			all = append(all, h)
		}
	}
	return all
}

// campaigns are the paid ones. The table is read-only.
var campaigns = []struct {
	channel, name string
	cents, click  float64
}{
	{"Paid search", "Brand", 3100, 62},
	{"Paid search", "Share large files", 9200, 148},
	{"Paid social", "Design teams", 5600, 96},
	{"Paid social", "Retargeting", 2400, 55},
	{"Partner", "Marketplace", 1900, 80},
}

// adverts is what was spent on a day.
func (w *world) adverts(day int) []advert {
	var all []advert
	d := w.dice.about(streamAds, int64(day), 0)
	for _, c := range campaigns {
		a := advert{date: w.date(day).Format(time.DateOnly), channel: c.channel, campaign: c.name}
		a.cents = int64(d.around(c.cents*growth(day)*(0.5+0.5*w.story.interest(day)), 0.18))
		a.hits = int64(float64(a.cents) / d.around(c.click, 0.15))
		a.impressions = int64(float64(a.hits) * d.around(46, 0.2))
		all = append(all, a)
	}
	return all
}

// stored estimates what an account holds at an instant of a day: what it added
// while it was used, less what it deleted, within what its plan allows.
func (w *world) stored(a *account, day int) (bytes, files int64) {
	if a.upload >= day || a.closedAt > 0 && a.closedAt < w.start(day) {
		return 0, 0
	}
	held := a.daily * 0.7 * float64(min(day, a.quit)-a.upload)
	most := 5e9
	if len(a.subscriptions) > 0 && a.subscriptions[0].start < day {
		most = 2e12
	}
	held = min(held+3e6, most)
	return int64(held), 1 + int64(held/4.2e6)
}

// plans are what an account can be on. The table is read-only.
var plans = []string{"Free", "Pro", "Team", "Enterprise"}

// stocks is what is stored at the midnight a day begins with.
func (w *world) stocks(day int) []stock {
	at := w.start(day)
	sums := make([]stock, len(plans)*len(w.namers))
	for i, span := range w.spans {
		if int(span.upload) >= day {
			continue
		}
		a := w.accounts[i]
		if bytes, files := w.stored(a, day); files > 0 {
			s := &sums[slices.Index(plans, a.planAt(at))*len(w.namers)+a.from.index]
			s.bytes += bytes
			s.files += files
			s.accounts++
		}
	}
	var all []stock
	for i, s := range sums {
		if s.accounts > 0 {
			s.at, s.plan, s.country = at, plans[i/len(w.namers)], w.namers[i%len(w.namers)].key
			all = append(all, s)
		}
	}
	return all
}
