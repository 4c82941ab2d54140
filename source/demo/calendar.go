package demo

import (
	"math"
	"math/rand/v2"
	"time"
	_ "time/tzdata" // Fernfold reports in its own zone, wherever the bot runs
)

// zoneName is where Fernfold sits: days begin there.
const zoneName = "Europe/Berlin"

// seed makes every run of the generator the same.
const seed uint64 = 0x5fe2_f01d_2022_0301

// Days are counted in civil days since 1970-01-01.
const (
	founded  = 19052 // 2022-03-01: the first account ever
	reported = 18    // months of history a new file begins with
)

// calendar turns days into instants and back.
type calendar struct{ zone *time.Location }

// start is the first second of a day.
func (c calendar) start(day int) int64 { return c.date(day).Unix() }

// date is midnight of a day in Fernfold's zone.
func (c calendar) date(day int) time.Time {
	return time.Date(1970, time.January, 1+day, 0, 0, 0, 0, c.zone)
}

// dayOf is the civil day an instant lies in.
func (c calendar) dayOf(t time.Time) int {
	y, m, d := t.In(c.zone).Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// origin is the first day of a file begun at now: the first of the month
// eighteen months before, so that monthly charts begin with a whole month.
func (c calendar) origin(now time.Time) int {
	y, m, _ := now.In(c.zone).Date()
	return max(founded, c.dayOf(time.Date(y, m-reported, 1, 0, 0, 0, 0, c.zone)))
}

// story is what happened to Fernfold in the time a file tells of. It depends on
// the quarter the file begins in, so that the launch is always some months
// ago when a file is new, and stays where it was when the file grows.
type story struct {
	// launch is the day "Spaces" came out, a Tuesday.
	launch int
	// outage is the Thursday on which the storage was away for nine hours,
	// from outageFrom to outageTo.
	outage               int
	outageFrom, outageTo int64
	// spam is the Saturday a script signed up again and again.
	spam int
	// gapFrom and gapTo bound the days, half-open, on which the iOS app sent
	// no events.
	gapFrom, gapTo int
	// acme is the day the largest customer signed up.
	acme int
}

// storyOf is the story of a file that begins at origin.
func (c calendar) storyOf(origin int) story {
	y, m, _ := c.date(origin).Date()
	m -= (m - 1) % 3
	nth := func(months, n int, weekday time.Weekday) int {
		first := time.Date(y, m+time.Month(months), 1, 0, 0, 0, 0, c.zone)
		return c.dayOf(first) + (int(weekday)-int(first.Weekday())+7)%7 + 7*(n-1)
	}
	s := story{
		spam:   nth(12, 3, time.Saturday),
		launch: nth(14, 1, time.Tuesday),
		outage: nth(16, 2, time.Thursday),
		acme:   founded + 97,
	}
	noon := c.date(s.outage)
	at := func(hour int) int64 {
		return time.Date(noon.Year(), noon.Month(), noon.Day(), hour, 0, 0, 0, c.zone).Unix()
	}
	s.outageFrom, s.outageTo = at(9), at(18)
	s.gapFrom = nth(17, 2, time.Monday)
	s.gapTo = s.gapFrom + 3
	return s
}

// growth is how large the business is on a day, 1 at the start of 2026: it
// doubles in three years, and stops growing before a file could get too big.
func growth(day int) float64 {
	return math.Exp2(min(max(float64(day-20454)/1095, -1), 1))
}

// weekday is how much work is done on that day of the week, 1 on an ordinary
// working day.
func (c calendar) weekday(day int) float64 {
	return [7]float64{0.30, 1.04, 1.08, 1.05, 1.0, 0.83, 0.34}[(day+4)%7]
}

// season is the mark the time of the year leaves: a quiet August, and hardly
// anything between Christmas and New Year.
func (c calendar) season(day int) float64 {
	_, m, d := c.date(day).Date()
	switch {
	case m == time.December && d >= 24, m == time.January && d == 1:
		return 0.45
	case m == time.August:
		return 0.88
	}
	return 1
}

// interest is how many more people than usual want to sign up because of the
// launch: a wave that ebbs within a month, and a little for good.
func (s story) interest(day int) float64 {
	if day < s.launch {
		return 1
	}
	return 1.10 + 1.3*math.Exp(-float64(day-s.launch)/9)
}

// Streams keep the dice of different matters apart: one more ticket must not
// change anybody's name.
const (
	streamSignups = iota + 1
	streamAccount
	streamActivity
	streamPause
	streamVisits
	streamTickets
	streamSurveys
	streamServices
	streamAds
	streamPayments
)

// dice gives the random numbers of one matter.
type dice struct {
	*rand.Rand
	pcg *rand.PCG
}

func newDice() dice {
	pcg := rand.NewPCG(0, 0)
	return dice{rand.New(pcg), pcg}
}

// about seeds the dice for one matter and returns them.
func (d dice) about(stream int, a, b int64) dice {
	d.pcg.Seed(mix(seed+uint64(stream), uint64(a)), mix(uint64(a)+1, uint64(b)))
	return d
}

// mix spreads two numbers over 64 bits, so that neighbouring days and accounts
// get unrelated dice.
func mix(a, b uint64) uint64 {
	z := a*0x9e3779b97f4a7c15 ^ (b + 0x632be59bd9b4e019)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// chance is true with probability p.
func (d dice) chance(p float64) bool { return d.Float64() < p }

// pick chooses an index by weight.
func (d dice) pick(weights ...int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	n := d.IntN(total)
	for i, w := range weights {
		if n < w {
			return i
		}
		n -= w
	}
	return 0
}

// count is a number of independent happenings whose mean is mean.
func (d dice) count(mean float64) int {
	if mean > 40 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*d.NormFloat64())))
	}
	n, p, limit := 0, d.Float64(), math.Exp(-mean)
	for p > limit {
		n++
		p *= d.Float64()
	}
	return n
}

// wait is a time, in the unit of mean, until something that may happen at any
// moment.
func (d dice) wait(mean float64) float64 { return d.ExpFloat64() * mean }

// around is a positive value with the given median; spread is the standard
// deviation of its logarithm.
func (d dice) around(median, spread float64) float64 {
	return median * math.Exp(spread*d.NormFloat64())
}
