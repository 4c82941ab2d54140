package screen

import (
	"strings"

	"github.com/slack-go/slack"

	"insightbot/chat"
	"insightbot/text"
)

// empty stands in a cell with nothing in it, because Slack takes none that is
// empty.
const empty = " "

// widest is the table of a message that is drawn as one: Slack takes a single
// one, and the one with most columns needs it most. It is -1 for none.
func widest(tables []chat.Table) int {
	best, columns := -1, 0
	for i, t := range tables {
		if n := width(t); n > columns && len(t.Rows) > 0 {
			best, columns = i, n
		}
	}
	return best
}

// width is how many columns a table has.
func width(t chat.Table) int {
	n := len(t.Columns)
	for _, row := range t.Rows {
		n = max(n, len(row))
	}
	return n
}

// grid is a table with clean cells, all rows of the same length, the names of
// the columns first.
type grid struct {
	rows   [][]string
	number []bool
	// links are the buttons of the cells that lead to a command, and row is the
	// row each of them stands in.
	links []button
	row   []int
	// cells counts cells that were cut, and total is how many rows there are,
	// with that of the names: those that can never be shown are not in rows.
	cells, total int
}

// gridOf cleans a table. Nothing is cut but long cells.
func (d *drawer) gridOf(t chat.Table) grid {
	n := width(t)
	g := grid{number: make([]bool, n)}
	cell := func(s string) string {
		whole := len(s) <= maxRaw
		if !whole {
			s = strings.ToValidUTF8(s[:maxRaw], "") + shortened // the last rune may be half
		}
		s = text.Clean(s)
		cut := text.TruncateWith(s, maxCell, text.UTF16, shortened)
		if cut != s || !whole {
			g.cells++
		}
		return cut
	}
	head := make([]string, n)
	for i, c := range t.Columns {
		head[i], g.number[i] = cell(c.Name), c.Number
	}
	g.rows = append(g.rows, head)
	seen := map[string]bool{}
	g.total = 1 + len(t.Rows)
	for _, r := range t.Rows[:min(len(t.Rows), maxTableRows)] {
		row := make([]string, n)
		for i, c := range r {
			row[i] = cell(c.Text)
			if key := encode(c.Call); !c.Call.IsZero() && !seen[key] {
				seen[key] = true
				g.links = append(g.links, button{label: nameOr(c.Text, unnamed), call: c.Call, dialog: d.dialog(c.Call)})
				g.row = append(g.row, len(g.rows))
			}
		}
		g.rows = append(g.rows, row)
	}
	return g
}

// linksTo are the buttons of the first rows.
func (g grid) linksTo(rows int) []button {
	n := 0
	for n < len(g.row) && g.row[n] < rows {
		n++
	}
	return g.links[:min(n, maxOptions)]
}

// table prepares a table: as one where Slack takes it, else as a list, and
// behind it a menu of what its cells lead to.
func (d *drawer) table(t chat.Table) {
	native := d.tables == d.native
	d.tables++
	if title := text.Clean(t.Title); title != "" && title != text.Clean(d.reply.Title) {
		d.text(rankTable, "title", title, maxSection-2, func(s string) slack.Block { return slack.NewSectionBlock(titled(s, ""), nil, nil) })
	}
	if len(t.Rows) == 0 || width(t) == 0 {
		d.fixed(rankText, "table", small("There is nothing in this table."))
		d.foot(t.Foot)
		return
	}
	g := d.gridOf(t)
	if g.cells > 0 {
		d.cut("table: %d cells", g.cells)
	}
	d.add(rankTable, "table", func(left room) ([]slack.Block, error) {
		left.chars -= 2 * reserve
		if native {
			return d.nativeTable(g, t.Foot, left)
		}
		return d.listTable(g, t.Foot, left)
	})
}

// foot prepares the line below a table.
func (d *drawer) foot(s string) {
	if s = clean(s); s != "" {
		d.text(rankTable, "foot", s, maxContext, func(s string) slack.Block { return small(s) })
	}
}

// rowSize is how much room a row takes, with the menu entry it leads to.
func (g grid) rowSize(i, columns int) int {
	n := 0
	for _, s := range g.rows[i][:columns] {
		n += max(1, text.UTF16(s))
	}
	return n
}

// linkSize is how much room the menu entries of a row take.
func (g grid) linkSize(i int) int {
	n := 0
	for j, row := range g.row {
		if row == i && j < maxOptions {
			n += min(text.UTF16(g.links[j].label), maxOptionText) + maxOptionValue
		}
	}
	return n
}

// rowsFor is how many rows, with that of the names, there is room for.
func (g grid) rowsFor(columns, limit int, left room, overhead func(i int) int) int {
	chars, all, n := 0, 0, 0
	for ; n < len(g.rows) && n < limit; n++ {
		chars += g.rowSize(n, columns)
		all += g.rowSize(n, columns) + g.linkSize(n) + overhead(n)
		if chars > maxTableChars || all > left.chars {
			break
		}
	}
	return n
}

// nativeTable draws a table block.
func (d *drawer) nativeTable(g grid, foot string, left room) ([]slack.Block, error) {
	columns := min(len(g.rows[0]), maxTableColumns)
	left.chars -= escapedSize(clean(foot))
	n := g.rowsFor(columns, maxTableRows, left, func(int) int { return 0 })
	if n < 2 {
		return nil, nil
	}
	t := slack.NewTableBlock("")
	for _, row := range g.rows[:n] {
		cells := make([]slack.TableCell, columns)
		for i, s := range row[:columns] {
			if s == "" {
				s = empty
			}
			cells[i] = slack.NewTableRawTextCell(s)
		}
		t.AddRow(cells...)
	}
	for _, number := range g.number[:columns] {
		set := slack.ColumnSetting{Align: slack.ColumnAlignmentLeft, IsWrapped: true}
		if number {
			set = slack.ColumnSetting{Align: slack.ColumnAlignmentRight}
		}
		t.ColumnSettings = append(t.ColumnSettings, set)
	}
	return d.below(t, g, n, columns, foot, left)
}

// below adds to a table the line below it, what is missing of it, and the menu
// of what its cells lead to.
func (d *drawer) below(t slack.Block, g grid, rows, columns int, foot string, left room) ([]slack.Block, error) {
	blocks := []slack.Block{t}
	lines := []string{}
	if s := clean(foot); s != "" {
		lines = append(lines, short(s, maxContext-2*reserve))
	}
	if s := d.missing(g, rows, columns); s != "" {
		lines = append(lines, s)
	}
	if len(lines) > 0 {
		blocks = append(blocks, small(strings.Join(lines, "\n")))
	}
	links := g.linksTo(rows)
	if len(links) == 0 {
		return blocks, nil
	}
	placeholder := "Open …"
	if head := g.rows[0][0]; head != "" {
		placeholder = "Open: " + head
	}
	e, err := d.menu(placeholder, links, room{maxMessageChars, left.blocks})
	if err != nil {
		return nil, err
	}
	return append(blocks, slack.NewActionBlock("", e)), nil
}

// missing says what of a table is not shown.
func (d *drawer) missing(g grid, rows, columns int) string {
	var cut []string
	if n := g.total - rows; n > 0 {
		cut = append(cut, counted(n, "more row", "more rows"))
	}
	if n := len(g.rows[0]) - columns; n > 0 {
		cut = append(cut, counted(n, "more column", "more columns"))
	}
	if len(cut) == 0 {
		return ""
	}
	d.cut("table: %d of %d rows, %d of %d columns", rows-1, g.total-1, columns, len(g.rows[0]))
	if d.reply.Outcome == chat.OutcomeAnswer {
		return text.JoinWords(cut) + " not shown here; a CSV has all."
	}
	return text.JoinWords(cut) + " not shown here."
}

// listTable draws the rows of a table as a list: where Slack takes no table,
// and on a phone, it reads better than columns made of spaces.
func (d *drawer) listTable(g grid, foot string, left room) ([]slack.Block, error) {
	columns := len(g.rows[0])
	names := 0
	if columns > 2 {
		for _, s := range g.rows[0][1:] {
			names += text.UTF16(s)
		}
	}
	left.chars -= escapedSize(clean(foot))
	n := g.rowsFor(columns, len(g.rows), left, func(int) int { return names + 5*columns + 4 })
	if n < 2 {
		return nil, nil
	}
	// The list blocks of the library carry a field that the schema of Slack does
	// not have, so that the bullets are text.
	bold := &slack.RichTextSectionTextStyle{Bold: true}
	var elements []slack.RichTextSectionElement
	for i, row := range g.rows[1:n] {
		bullet, title := "\n• ", row[0]
		if i == 0 {
			bullet = "• "
		}
		if title == "" {
			title = "–"
		}
		elements = append(elements, slack.NewRichTextSectionTextElement(bullet, nil), slack.NewRichTextSectionTextElement(title, bold))
		if words := g.restOf(row); words != "" {
			elements = append(elements, slack.NewRichTextSectionTextElement(words, nil))
		}
	}
	return d.below(slack.NewRichTextBlock("", slack.NewRichTextSection(elements...)), g, n, columns, foot, left)
}

// restOf is a row of a list but for its first cell. Of more than two columns
// each is named.
func (g grid) restOf(row []string) string {
	var words strings.Builder
	for i, s := range row[1:] {
		switch name := g.rows[0][i+1]; {
		case s == "":
		case len(row) > 2 && name != "":
			words.WriteString(" · " + name + ": " + s)
		default:
			words.WriteString(" · " + s)
		}
	}
	return words.String()
}
