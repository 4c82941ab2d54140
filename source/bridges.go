package source

// determined lists the hidden cells that follow from what is shown, other than
// those that hide nobody. Every cell is a term of at most two sums, that of its
// unit and that of its column; with the sums as points and the hidden cells as
// lines between them, a line that lies on no circle has but one value, and one
// on a circle can be changed together with the others of the circle.
func (l *ledger) determined() []int {
	w := walk{ledger: l, edges: make([][]edge, 1+len(l.units)+len(l.cols))}
	for at, c := range l.cells {
		if !c.hidden {
			continue
		}
		// Point 0 stands for sums that nobody knows.
		from, to := 0, 0
		if c.counted {
			from = 1 + c.unit
		}
		if l.told[c.col] {
			to = 1 + len(l.units) + c.col
		}
		if from == to {
			continue
		}
		w.edges[from] = append(w.edges[from], edge{to, at})
		w.edges[to] = append(w.edges[to], edge{from, at})
	}
	w.seen, w.low = make([]int, len(w.edges)), make([]int, len(w.edges))
	for point := range w.edges {
		if w.seen[point] == 0 {
			w.visit(point)
		}
	}
	return w.found
}

// edge leads to a point by a cell.
type edge struct{ to, cell int }

// walk finds the lines that lie on no circle by walking every line once, from
// the first point it meets (Tarjan's algorithm).
type walk struct {
	ledger *ledger
	edges  [][]edge
	// seen is when a point was met, from 1; low is the earliest point that can
	// be reached from it without going back.
	seen, low []int
	clock     int
	found     []int
}

// stop is a point on the way, with the line that led there and the next to go.
type stop struct{ point, by, next int }

// visit walks all that can be reached from a point.
func (w *walk) visit(point int) {
	w.meet(point)
	way := []stop{{point: point, by: -1}}
	for len(way) > 0 {
		at := &way[len(way)-1]
		if at.next == len(w.edges[at.point]) {
			w.leave(way)
			way = way[:len(way)-1]
			continue
		}
		e := w.edges[at.point][at.next]
		at.next++
		switch {
		case e.cell == at.by:
		case w.seen[e.to] == 0:
			w.meet(e.to)
			way = append(way, stop{point: e.to, by: e.cell})
		default:
			w.low[at.point] = min(w.low[at.point], w.seen[e.to])
		}
	}
}

// meet notes a point that was not met before.
func (w *walk) meet(point int) {
	w.clock++
	w.seen[point], w.low[point] = w.clock, w.clock
}

// leave goes back from the last point of a way.
func (w *walk) leave(way []stop) {
	last := way[len(way)-1]
	if len(way) == 1 {
		return
	}
	before := way[len(way)-2].point
	w.low[before] = min(w.low[before], w.low[last.point])
	if w.low[last.point] > w.seen[before] && w.ledger.cells[last.by].value > 0 {
		w.found = append(w.found, last.by)
	}
}
