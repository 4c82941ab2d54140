package render

import (
	"math"
	"strings"

	"insightbot/insight"
)

// Delta is how one value changed against an earlier one, in words that finding
// and number card share. It is computed before anything is rounded.
type Delta struct {
	// Words is for sentences: "up 12.1% from 13.2k", "up from 0",
	// "unchanged from 13.2k". It is "" when either value is missing.
	Words string
	// Short is for cards, signed: "+12.5%", "−4", "+1.2 pts", "±0%". It is ""
	// where no amount can be given: a base of zero, or a value missing.
	Short string
	// Base is the earlier value, written like every other: "13.1k".
	Base string
	// Up and Down say which way it went; neither when it did not change.
	Up, Down bool
}

// delta is a Delta in the making; same says that both values are printed alike.
type delta struct {
	Delta
	same bool
}

// Change compares now with before. Rates change in points and never in per
// cent of per cent, and so do scores in points; counts below ten, bases of zero, numbers below zero and
// changes of a hundred times are set side by side without a percentage, which
// would mislead there.
func Change(f insight.Format, now, before float64) Delta {
	if math.IsNaN(now) || math.IsNaN(before) {
		return Delta{Base: Short(f, before)}
	}
	d := delta{Delta: Delta{Base: Short(f, before), Up: now > before, Down: now < before}}
	difference := now - before
	if math.IsInf(now, 0) || math.IsInf(before, 0) || math.IsInf(difference, 0) {
		return d.say("", "")
	}
	d.same = Short(f, now) == d.Base
	switch {
	case f.Kind == insight.FormatPercent:
		return d.points(decimalOf(math.Abs(difference)).shift(2), 1)
	case inPoints(f):
		places := 1
		if f.Decimals == 0 {
			places = 0 // as the scores themselves are written
		}
		return d.points(decimalOf(math.Abs(difference)), places)
	}
	ratio := math.Abs(difference / before)
	switch {
	case now == before, before != 0 && ratio < 0.0005:
		return d.still("%")
	case before == 0:
		return d.say("", "")
	case before < 0 || now < 0 || math.Abs(before) < 10 && plainKind(f):
		return d.say("", Short(f, math.Abs(difference)))
	case now == 0:
		return Delta{Base: d.Base, Words: "down from " + d.Base, Short: "−100%", Down: true}
	}
	if ratio >= 100 {
		return d.say("", Short(f, math.Abs(difference))) // nobody can picture 25,000%
	}
	share := changePercent(ratio)
	return d.say(share+" ", share)
}

// inPoints reports whether values of f are points on a scale, such as a net
// promoter score, of which per cent mean nothing.
func inPoints(f insight.Format) bool {
	switch strings.ToLower(strings.TrimSpace(f.Unit)) {
	case "points", "pts", "percentage points", "pp":
		return plainKind(f)
	}
	return false
}

// still is a change too small to be told. Numbers that are printed alike are
// unchanged; where rounding sets them apart they are about the same.
func (d delta) still(unit string) Delta {
	words := "about the same as "
	if d.same {
		words = "unchanged from "
	}
	return Delta{Base: d.Base, Words: words + d.Base, Short: "±0" + unit}
}

// points is the change by so many points, written with some decimals at most.
func (d delta) points(difference decimal, places int) Delta {
	n := trimZeros(difference.fixed(places))
	if isZeroText(n) {
		return d.still(" pts")
	}
	unit := " points "
	if n == "1" {
		unit = " point "
	}
	return d.say(n+unit, n+" pts")
}

// say fills in the words. amount is what stands after "up", with a space
// behind it; short is the size for cards.
func (d delta) say(amount, short string) Delta {
	switch {
	case d.Up:
		d.Words, d.Short = "up "+amount+"from "+d.Base, "+"+short
	case d.Down:
		d.Words, d.Short = "down "+amount+"from "+d.Base, "−"+short
	default:
		d.Words, d.Short = "unchanged from "+d.Base, "±0"
	}
	if short == "" {
		d.Short = ""
	}
	return d.Delta
}

// plainKind reports whether small values of f are counts.
func plainKind(f insight.Format) bool {
	return f.Kind == insight.FormatNumber || f.Kind == ""
}

// changePercent writes a relative change. The rule that 100.0 must be exact is
// for shares of a whole and does not hold here: a rise may well be 100.04%.
func changePercent(ratio float64) string {
	d := decimalOf(ratio).shift(2)
	if d.round(1).exp > 3 {
		return group(d.fixed(0)) + "%"
	}
	return d.fixed(1) + "%"
}
