package render

import (
	"math"
	"net/url"
	"strings"

	"insightbot/insight"
	"insightbot/text"
)

// PathName makes the name of a place in a path readable: without the number of
// its step ("1_") and, where it is an address, without host, query string and
// fragment, which may hold personal data. A long one is cut in the middle.
func PathName(s string) string {
	s = strings.TrimSpace(text.Clean(s))
	if digits := strings.TrimLeft(s, "0123456789"); digits != s && strings.HasPrefix(digits, "_") {
		s = digits[1:]
	}
	if strings.Contains(s, "://") || strings.HasPrefix(s, "/") {
		if u, err := url.Parse(s); err == nil {
			path := u.Path
			if path == "" {
				path = "/"
			}
			s = path
		} else if i := strings.IndexAny(s, "?#"); i >= 0 {
			s = s[:i] // not an address after all, but what follows may still be private
		}
	}
	return text.Middle(text.Clean(s), maxName, text.Graphemes)
}

// paths is the sentence for the most frequent hop.
func (s *sentence) paths(r insight.Result) bool {
	sum, best := 0.0, -1
	for i, p := range r.Paths {
		if !finite(p.Count) {
			continue
		}
		sum += p.Count
		if best < 0 || p.Count > r.Paths[best].Count {
			best = i
		}
	}
	if best < 0 {
		return false
	}
	s.late = true
	p := r.Paths[best]
	s.body = "most went from " + PathName(p.Source) + " to " + PathName(p.Target) + " (" + Short(countFormat, p.Count)
	if sum > 0 && !r.More {
		s.body += ", " + Short(shareFormat, p.Count/sum) + " of all steps"
	}
	s.body += ")"
	return true
}

// histogram is the sentence for a distribution: how many values, their average
// and the fullest bin.
func (s *sentence) histogram(in insight.Insight, r insight.Result) bool {
	for _, h := range r.Bins {
		if h.Previous {
			continue
		}
		sum, best := 0.0, -1
		for i, b := range h.Bins {
			if !finite(b.Count) {
				continue
			}
			sum += b.Count
			if best < 0 || b.Count > h.Bins[best].Count {
				best = i
			}
		}
		if best < 0 {
			if math.IsNaN(h.Average) {
				return false
			}
			s.body = "average " + WithUnit(in.Format, h.Average)
			return true
		}
		s.late = true
		s.body = Short(countFormat, sum) + " in all"
		if sum > 0 {
			s.extra = "most often " + mostOften(in.Format, h.Bins, best) + " (" + Short(shareFormat, h.Bins[best].Count/sum) + ")"
		}
		if finite(h.Average) {
			s.body = "average " + WithUnit(in.Format, h.Average) + " over " + Short(countFormat, sum)
			s.histogramChange(in, r, h.Average)
		}
		return true
	}
	return false
}

// histogramChange compares the averages of both windows.
func (s *sentence) histogramChange(in insight.Insight, r insight.Result, average float64) {
	for _, h := range r.Bins {
		if h.Previous && finite(h.Average) {
			extra := s.extra
			if s.changed(r, in.Format, average, h.Average); s.change != "" {
				s.extra = extra
			}
			return
		}
	}
}

// mostOften names a bin as an answer to how much: "10 s to 20 s".
func mostOften(f insight.Format, bins []insight.Bin, i int) string {
	if i == len(bins)-1 {
		return WithUnit(f, bins[i].From) + " or more"
	}
	return strings.TrimPrefix(binWords(f, bins, i), "from ")
}

// binWords names a bin by its bounds: "from 10 s to 20 s"; the last bin is
// open.
func binWords(f insight.Format, bins []insight.Bin, i int) string {
	if i == len(bins)-1 {
		return "from " + WithUnit(f, bins[i].From) + " on"
	}
	return "from " + Short(f, bins[i].From) + " to " + WithUnit(f, bins[i+1].From)
}

// boxes is the sentence for a box plot: the median and the middle half of the
// last complete bucket.
func (s *sentence) boxes(in insight.Insight, r insight.Result) bool {
	for _, b := range r.Boxes {
		points := make([]insight.Point, len(b.Boxes))
		for i, x := range b.Boxes {
			points[i] = insight.Point{At: x.At, Value: x.Median}
		}
		last, before, ok := lastComplete(r, points)
		so := ""
		if !ok {
			for _, p := range points {
				if !math.IsNaN(p.Value) {
					last, ok = p, true
				}
			}
			if isFilling(r, last) {
				so = "so far "
			}
		}
		if !ok {
			continue
		}
		s.body = "median " + inWords(in.Format, last.Value)
		if name := nameOf(b.Label, b.Key); name != "" && len(r.Boxes) > 1 {
			s.body = name + " median " + inWords(in.Format, last.Value)
		}
		s.when = so + BucketPhrase(r.Grain, last.At, r.Window)
		if isWhole(r, last) {
			s.change = stepWords(r, in.Format, last, before)
		}
		for _, x := range b.Boxes {
			if x.At.Equal(last.At) && finite(x.P25, x.P75) {
				s.extra = "half lie between " + Short(in.Format, x.P25) + " and " + inWords(in.Format, x.P75)
			}
		}
		return true
	}
	return false
}

// table is the sentence for rows: how many there are, and the one with the
// highest number; a single row is told in full.
func (s *sentence) table(r insight.Result) bool {
	t := r.Table
	if len(t.Rows) == 0 {
		return false
	}
	s.late = true
	if len(t.Rows) == 1 {
		return s.row(t)
	}
	s.body = countOf(len(t.Rows), "rows")
	if r.More {
		s.body = "more than " + s.body
	}
	label, number := -1, -1
	for i := range t.Columns {
		kind := columnKind(t, i)
		switch {
		case kind == insight.ColumnNumber && number < 0:
			number = i
		case kind == insight.ColumnPlain && label < 0:
			label = i
		}
	}
	best := -1
	for i, row := range t.Rows {
		if number < 0 || number >= len(row) || !row[number].IsNumber || row[number].Null || !finite(row[number].Number) {
			continue
		}
		if best < 0 || row[number].Number > t.Rows[best][number].Number {
			best = i
		}
	}
	if best >= 0 && label >= 0 && label < len(t.Rows[best]) && !r.More && !t.Rows[best][label].Null {
		s.extra = "highest " + nameOf(t.Columns[number].Name, "") + ": " + nameOf(t.Rows[best][label].Text, NoValue) +
			" (" + cellText(t.Columns[number].Name, t.Rows[best][number]) + ")"
	}
	return true
}

// row tells a table of one row, at most three of its cells.
func (s *sentence) row(t insight.Table) bool {
	var list []string
	for i, c := range t.Rows[0] {
		if i >= len(t.Columns) || len(list) == 3 {
			break
		}
		value := text.Truncate(cellText(t.Columns[i].Name, c), 25, text.Graphemes)
		if len(t.Columns) == 1 {
			list = append(list, value)
			continue
		}
		list = append(list, text.Truncate(nameOf(t.Columns[i].Name, ""), 20, text.Graphemes)+" "+value)
	}
	s.body = strings.Join(list, ", ")
	return s.body != ""
}

// columnKind is the type of a column; where the insight does not know it, a
// column whose every value is a number is one of numbers.
func columnKind(t insight.Table, i int) insight.ColumnType {
	if kind := t.Columns[i].Type; kind != insight.ColumnPlain {
		return kind
	}
	numbers := false
	for _, row := range t.Rows {
		if i >= len(row) || row[i].Null {
			continue
		}
		if !row[i].IsNumber {
			return insight.ColumnPlain
		}
		numbers = true
	}
	if numbers {
		return insight.ColumnNumber
	}
	return insight.ColumnPlain
}
