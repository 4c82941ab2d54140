package terminal

import (
	"strings"

	"insightbot/chat"
	"insightbot/text"
)

// wrap breaks plain text into lines of at most width cells, at spaces where it
// can. An empty text is one empty line.
func wrap(s string, width int) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(s, "\n") {
		line, used := "", 0
		for word := range strings.FieldsSeq(paragraph) {
			w := text.Cells(word)
			if used > 0 && used+1+w > width {
				lines, line, used = append(lines, line), "", 0
			}
			if used > 0 {
				line, used = line+" ", used+1
			}
			line, used = line+word, used+w
		}
		lines = append(lines, line)
	}
	return lines
}

// maxColumn is the most cells that one column of a table may take.
const maxColumn = 44

// table writes rows in aligned columns. Long texts are cut, as the file of the
// same answer holds them whole.
func (d *drawing) table(p chat.Table) {
	widths := make([]int, len(p.Columns))
	for i, c := range p.Columns {
		widths[i] = text.Cells(text.Clean(c.Name))
	}
	for _, row := range p.Rows {
		for i, c := range row {
			widths[i] = max(widths[i], text.Cells(text.Clean(c.Text)))
		}
	}
	for i := range widths {
		widths[i] = min(widths[i], maxColumn)
	}
	head := make([]string, len(p.Columns))
	for i, c := range p.Columns {
		head[i] = pad(c.Name, widths[i], c.Number)
	}
	d.line(d.config.Screen.bold(strings.TrimRight(strings.Join(head, "  "), " ")))
	for _, row := range p.Rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = pad(c.Text, widths[i], p.Columns[i].Number)
		}
		d.line(strings.TrimRight(strings.Join(cells, "  "), " "))
	}
	if p.Foot != "" {
		d.line(d.config.Screen.dim(text.Clean(p.Foot)))
	}
}

// pad cuts or fills a cell to width, numbers from the left.
func pad(s string, width int, number bool) string {
	return text.Pad(text.Truncate(text.Clean(s), width, text.Cells), width, number)
}
