package render

import (
	"errors"
	"slices"
	"strings"
	"unicode"

	"insightbot/insight"
)

// CSV writes a result of any shape as a file by RFC 4180, in UTF-8 and with all
// rows and columns. Numbers are raw, with a point and all their digits; rates
// are fractions, durations seconds. Buckets are ISO dates in the zone that
// their column names; hours carry their offset. Where something is still
// filling, the column "Complete" says for which rows.
//
// Text that a spreadsheet would run as a formula gets an apostrophe before it.
// Numbers do not need one: they are numbers by type, whatever their sign. It
// fails for a result that holds no table at all.
func CSV(in insight.Insight, r insight.Result) ([]byte, error) {
	t := tableOf(in, r)
	if len(t.columns) == 0 {
		return nil, errors.New("render: csv: the result has no columns")
	}
	marked := slices.ContainsFunc(t.rows, isFillingRow)
	var b strings.Builder
	record := make([]string, 0, len(t.columns)+1)
	for _, c := range t.columns {
		name := c.raw
		if name == "" {
			name = c.name
		}
		record = append(record, guard(name))
	}
	if marked {
		record = append(record, "Complete")
	}
	writeRecord(&b, record)
	for _, row := range t.rows {
		if len(row) > 0 && row[0].summary {
			continue
		}
		record = record[:0]
		for _, c := range row {
			if c.number {
				record = append(record, c.raw)
			} else {
				record = append(record, guard(c.raw))
			}
		}
		switch {
		case marked && isFillingRow(row):
			record = append(record, "no")
		case marked:
			record = append(record, "yes")
		}
		writeRecord(&b, record)
	}
	return []byte(b.String()), nil
}

// isFillingRow reports whether any cell of a row is incomplete.
func isFillingRow(row []fullCell) bool {
	return slices.ContainsFunc(row, func(c fullCell) bool { return c.filling })
}

// guard makes text safe in a spreadsheet. Excel and LibreOffice run a cell
// that begins with one of these characters, quoted or not; the full-width ones
// count in some locales.
func guard(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	danger := s != "" && strings.ContainsRune("=+-@\t\r\n\x00＝＋－＠", []rune(s)[0])
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
	// What was hidden by a control character may be a formula without it.
	if danger || s != "" && strings.ContainsRune("=+-@\t\n＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}

// writeRecord writes one line. A lone empty field is quoted, because an empty
// line would be no record to many readers.
func writeRecord(b *strings.Builder, record []string) {
	for i, field := range record {
		if i > 0 {
			b.WriteByte(',')
		}
		if strings.ContainsAny(field, "\",\n\r\t") || strings.TrimSpace(field) != field || len(record) == 1 && field == "" {
			b.WriteString(`"` + strings.ReplaceAll(field, `"`, `""`) + `"`)
		} else {
			b.WriteString(field)
		}
	}
	b.WriteString("\r\n")
}
