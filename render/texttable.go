package render

import (
	"strings"

	"insightbot/text"
)

// The narrowest a column is squeezed to, and the space between two of them.
const (
	minColumn = 6
	columnGap = 2
)

// TextTable writes a table for a terminal or a block of fixed-width text of
// the given width in cells; 0 or less sets no bound. Columns are aligned by
// how wide their text is on the screen, in any script. Wide text is cut with
// an ellipsis, numbers never are; columns that find no room are left out, and
// a line below says how many.
func TextTable(s Sheet, width int) string {
	if len(s.Columns) == 0 {
		return s.Foot
	}
	rows := make([][]string, len(s.Rows))
	widths := make([]int, len(s.Columns))
	for i, c := range s.Columns {
		widths[i] = text.Cells(text.Clean(c.Name))
	}
	for k, row := range s.Rows {
		rows[k] = make([]string, len(s.Columns))
		for i := range s.Columns {
			if i < len(row) {
				rows[k][i] = text.Clean(row[i])
			}
			widths[i] = max(widths[i], text.Cells(rows[k][i]))
		}
	}
	shown := fitColumns(s.Columns, rows, widths, width)
	var b strings.Builder
	head := make([]string, shown)
	rule := make([]string, shown)
	for i := range shown {
		head[i] = text.Clean(s.Columns[i].Name)
		rule[i] = strings.Repeat("─", widths[i])
	}
	writeTableLine(&b, s.Columns, widths, head)
	writeTableLine(&b, s.Columns, widths, rule)
	for _, row := range rows {
		writeTableLine(&b, s.Columns, widths, row[:shown])
	}
	if s.Foot != "" {
		b.WriteString(s.Foot + "\n")
	}
	if left := len(s.Columns) - shown; left > 0 {
		b.WriteString(unitCount(left, "more column") + "\n")
	}
	return b.String()
}

// fitColumns narrows the widest columns of text until the table fits, and returns
// how many columns can be shown. Columns of numbers keep the width of their
// widest number, but not that of their head.
func fitColumns(columns []SheetColumn, rows [][]string, widths []int, width int) (shown int) {
	shown = len(columns)
	if width <= 0 {
		return shown
	}
	least := make([]int, len(columns))
	for i, c := range columns {
		least[i] = min(minColumn, widths[i])
		if c.Number {
			for _, row := range rows {
				least[i] = max(least[i], text.Cells(row[i]))
			}
		}
	}
	for {
		total := columnGap * (shown - 1)
		widest := -1
		for i := range shown {
			total += widths[i]
			if widths[i] > least[i] && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		switch {
		case total <= width:
			return shown
		case widest >= 0:
			widths[widest]--
		case shown > 1:
			shown--
		default:
			widths[0] = min(widths[0], width)
			return 1
		}
	}
}

// writeTableLine writes one line of cells without trailing space.
func writeTableLine(b *strings.Builder, columns []SheetColumn, widths []int, cells []string) {
	padded := make([]string, len(cells))
	for i, cell := range cells {
		padded[i] = text.Pad(text.Truncate(cell, widths[i], text.Cells), widths[i], columns[i].Number)
	}
	b.WriteString(strings.TrimRight(strings.Join(padded, strings.Repeat(" ", columnGap)), " ") + "\n")
}
