package source

import (
	"cmp"
	"math"
	"slices"
)

// cell is one number of people in a result.
type cell struct {
	value float64
	// unit is the series or other group that the cell belongs to, col the
	// bucket or other place it has in common with cells of other units.
	unit, col int
	// head marks the number that stands for its whole unit: without it nothing
	// of the unit is shown.
	head bool
	// counted says that the cell is one of those that add up to its head.
	counted bool
	hidden  bool
}

// ledger is numbers of people that belong together, and the sums of them that a
// reader knows or can find out by asking again.
type ledger struct {
	cells []cell
	units [][]int
	cols  [][]int
	// across is set where the cells of a column add up to a number that an
	// answer without a breakdown tells.
	across bool
	// told says of which columns it does: not where it is small itself.
	told []bool
	// loose keeps the cells of a unit whose head is hidden.
	loose bool
}

// newUnit begins a unit and returns its number.
func (l *ledger) newUnit() int {
	l.units = append(l.units, nil)
	return len(l.units) - 1
}

// add puts a number into the ledger and returns its place, or -1 for one that
// is not there.
func (l *ledger) add(c cell) int {
	c.value = math.Abs(c.value)
	if math.IsNaN(c.value) || math.IsInf(c.value, 0) {
		return -1
	}
	at := len(l.cells)
	l.cells = append(l.cells, c)
	l.units[c.unit] = append(l.units[c.unit], at)
	for len(l.cols) <= c.col {
		l.cols = append(l.cols, nil)
	}
	l.cols[c.col] = append(l.cols[c.col], at)
	return at
}

// isHidden reports whether the cell at a place is hidden; -1 is no cell.
func (l *ledger) isHidden(at int) bool { return at >= 0 && l.cells[at].hidden }

// hide hides a cell, and with a head all that it stands for. It reports whether
// that changed anything.
func (l *ledger) hide(at int) bool {
	c := &l.cells[at]
	if c.hidden {
		return false
	}
	c.hidden = true
	if c.head && !l.loose {
		l.hideUnit(c.unit)
	}
	return true
}

// hideUnit hides everything of a unit.
func (l *ledger) hideUnit(unit int) {
	for _, at := range l.units[unit] {
		l.cells[at].hidden = true
	}
}

// maxRounds is how often more is hidden before all of it is. A round settles
// everything that is open when it begins, so that few are ever needed.
const maxRounds = 100

// protect hides every number of fewer than k people, and as many others as it
// takes that none of these can be worked out. Zero is shown: it tells of nobody.
func (l *ledger) protect(k float64) {
	for at, c := range l.cells {
		if c.value > 0 && c.value < k {
			l.hide(at)
		}
	}
	l.told = make([]bool, len(l.cols))
	for col, cells := range l.cols {
		sum := 0.0
		for _, at := range cells {
			sum += l.cells[at].value
		}
		l.told[col] = l.across && sum >= k
	}
	for range maxRounds {
		changed := false
		for _, cells := range l.units {
			changed = l.cover(k, l.addends(cells)) || changed
		}
		for col, cells := range l.cols {
			if l.told[col] {
				changed = l.cover(k, cells) || changed
			}
		}
		if !changed {
			for _, at := range l.determined() {
				changed = l.pair(at) || changed
			}
		}
		if !changed {
			return
		}
	}
	for at := range l.cells {
		l.cells[at].hidden = true
	}
}

// addends are the cells of a unit whose sum is shown: none where they make no
// sum, or where it is hidden as well.
func (l *ledger) addends(cells []int) []int {
	var all []int
	for _, at := range cells {
		switch c := l.cells[at]; {
		case c.head && c.hidden:
			return nil
		case c.counted && !c.head:
			all = append(all, at)
		}
	}
	return all
}

// cover hides more of some cells whose sum is known, until what is hidden of
// them could be any number up to k at least for each: the sum of what is
// hidden is known too, and two people in two groups are one in each.
func (l *ledger) cover(k float64, cells []int) bool {
	var sum float64
	some, all := 0, 0
	least := -1
	for _, at := range cells {
		switch c := l.cells[at]; {
		case c.hidden:
			all++
			sum += c.value
			if c.value > 0 {
				some++
			}
		case c.value > 0 && (least < 0 || l.before(at, least)):
			least = at
		}
	}
	if sum == 0 || all > 1 && sum-float64(some-1) >= k {
		return false
	}
	if least >= 0 {
		return l.hide(least)
	}
	changed := false
	for _, at := range cells {
		changed = l.hide(at) || changed
	}
	return changed
}

// before orders cells by what it costs to hide them: heads cost all they stand
// for, and others what they say.
func (l *ledger) before(a, b int) bool {
	x, y := l.cells[a], l.cells[b]
	if x.head != y.head {
		return y.head
	}
	return cmp.Or(cmp.Compare(x.value, y.value), cmp.Compare(a, b)) < 0
}

// pair hides a second way to fill the sums that a cell is determined by: the
// rectangle of it with another unit and another column, so that people can be
// moved between its corners in thought without any sum changing.
func (l *ledger) pair(at int) bool {
	c := l.cells[at]
	other := l.cheapest(l.cols[c.col], func(o cell) bool { return o.unit != c.unit })
	if !l.told[c.col] || other < 0 {
		if next := l.cheapest(l.units[c.unit], func(o cell) bool { return o.col != c.col && o.counted && !o.head && !o.hidden }); next >= 0 {
			return l.hide(next)
		}
		return l.dropUnit(c.unit)
	}
	partners := map[int]int{}
	for _, p := range l.units[l.cells[other].unit] {
		if o := l.cells[p]; o.counted && !o.head {
			partners[o.col] = p
		}
	}
	best, cost := -1, math.Inf(1)
	for _, p := range l.units[c.unit] {
		o := l.cells[p]
		partner, ok := partners[o.col]
		if !ok || o.col == c.col || !o.counted || o.head {
			continue
		}
		if v := l.price(p) + l.price(partner); v < cost {
			best, cost = p, v
		}
	}
	if best < 0 {
		return l.dropUnit(c.unit)
	}
	a, b, d := l.hide(other), l.hide(best), l.hide(partners[l.cells[best].col])
	return a || b || d || l.dropUnit(c.unit)
}

// dropUnit is hideUnit that reports whether it changed anything.
func (l *ledger) dropUnit(unit int) bool {
	changed := slices.ContainsFunc(l.units[unit], func(at int) bool { return !l.cells[at].hidden })
	l.hideUnit(unit)
	return changed
}

// price is what hiding a cell costs.
func (l *ledger) price(at int) float64 {
	if l.cells[at].hidden {
		return 0
	}
	return 1 + l.cells[at].value
}

// cheapest is the cell that costs least to hide among those that fit, or -1.
func (l *ledger) cheapest(cells []int, fits func(cell) bool) int {
	best := -1
	for _, at := range cells {
		if fits(l.cells[at]) && (best < 0 || l.price(at) < l.price(best)) {
			best = at
		}
	}
	return best
}
