package source

import "insightbot/insight"

// What the parts of a result take in memory, in bytes, without their text.
const (
	sizeResult    = 600
	sizeString    = 16
	sizeSeries    = 136
	sizePoint     = 40
	sizeFunnel    = 88
	sizeStep      = 40
	sizeCohorts   = 80
	sizeCohort    = 72
	sizeNumber    = 8
	sizePath      = 56
	sizeHistogram = 56
	sizeBin       = 16
	sizeBoxes     = 56
	sizeBox       = 72
	sizeColumn    = 32
	sizeRow       = 24
	sizeCell      = 40
	sizeDimension = 104
	sizeValue     = 56
	sizeFilter    = 72
)

// sizeOf estimates what a result takes in memory, in bytes.
func sizeOf(r insight.Result) int64 {
	n := sizeResult + textsSize(r.Notes)
	for _, s := range r.Series {
		n += sizeSeries + len(s.Key) + len(s.Label) + textsSize(s.Values) + sizePoint*len(s.Points)
	}
	for _, f := range r.Funnels {
		n += sizeFunnel + len(f.Key) + len(f.Label) + textsSize(f.Values)
		for _, s := range f.Steps {
			n += sizeStep + len(s.Name)
		}
	}
	for _, c := range r.Cohorts {
		n += sizeCohorts + len(c.Key) + len(c.Label) + textsSize(c.Values)
		for _, row := range c.Rows {
			n += sizeCohort + len(row.Label) + sizeNumber*len(row.Counts)
		}
	}
	for _, p := range r.Paths {
		n += sizePath + len(p.Source) + len(p.Target)
	}
	for _, h := range r.Bins {
		n += sizeHistogram + len(h.Label) + sizeBin*len(h.Bins)
	}
	for _, b := range r.Boxes {
		n += sizeBoxes + len(b.Key) + len(b.Label) + sizeBox*len(b.Boxes)
	}
	return int64(n + tableSize(r.Table) + partsSize(r))
}

// tableSize is what a table takes.
func tableSize(t insight.Table) int {
	n := 0
	for _, c := range t.Columns {
		n += sizeColumn + len(c.Name)
	}
	for _, row := range t.Rows {
		n += sizeRow + sizeCell*len(row)
		for _, c := range row {
			n += len(c.Text)
		}
	}
	return n
}

// partsSize is what the dimensions and filters of a result take.
func partsSize(r insight.Result) int {
	n := 0
	for _, d := range r.BrokenDownBy {
		n += sizeDimension + len(d.Name) + len(d.Label) + textsSize(d.Words)
		for _, v := range d.Values {
			n += sizeValue + len(v.Key) + len(v.Label) + textsSize(v.Words)
		}
	}
	for _, f := range r.Filters {
		n += sizeFilter + len(f.Field) + len(f.Op) + textsSize(f.Values)
	}
	return n
}

// textsSize is what a list of texts takes.
func textsSize(list []string) int {
	n := sizeString * len(list)
	for _, s := range list {
		n += len(s)
	}
	return n
}
