package render

import (
	"image/color"
	"slices"
	"strings"

	"insightbot/insight"
)

// sheet is one picture in the making: what is to be drawn and the canvas for
// it.
type sheet struct {
	*canvas
	Drawing
	kind insight.Chart
	// notes are what a reader must know to read the chart; they stand in the
	// subtitle.
	notes []string
	head  []headLine
}

// headLine is one line above the chart.
type headLine struct {
	text string
	y    float64
	style
}

// run draws the picture: the kind that was picked, or the card for no data.
func (s *sheet) run() {
	if !s.Result.Empty() && hasValues(s.Result) {
		if i := slices.IndexFunc(kinds(), func(k kind) bool { return k.chart == s.kind }); i >= 0 {
			kinds()[i].draw(s)
			return
		}
	}
	drawEmpty(s)
}

// plain is the style of labels.
func (s *sheet) plain() style { return style{size: sizeText, color: s.colors.text} }

// second is the style of everything less important.
func (s *sheet) second() style { return style{size: sizeText, color: s.colors.second} }

// bold is the style of values and of the names of lines.
func (s *sheet) bold(c color.RGBA) style { return style{size: sizeText, bold: true, color: c} }

// as gives a style a role, for the recorder.
func (s style) as(role string) style {
	s.role = role
	return s
}

// right and center align a style.
func (s style) right() style {
	s.align = alignRight
	return s
}

func (s style) center() style {
	s.align = alignCenter
	return s
}

// note adds to the subtitle.
func (s *sheet) note(text string) {
	if text != "" {
		s.notes = append(s.notes, text)
	}
}

// layoutHead places title and subtitle and returns where the chart may begin.
func (s *sheet) layoutHead() float64 {
	title := style{size: sizeTitle, bold: true, color: s.colors.text, role: "title"}
	y := margin - lineHeight*0.5
	for i, text := range s.wrap(s.title(), title, chartWidth-2*margin, 2) {
		y += 22
		if i == 0 {
			y = margin + capHeight*sizeTitle
		}
		s.head = append(s.head, headLine{text, y, title})
	}
	y += 2
	for _, text := range s.flow(s.subtitle(), s.second(), chartWidth-2*margin, 2) {
		y += lineHeight
		s.head = append(s.head, headLine{text, y, s.second().as("subtitle")})
	}
	return y + 8
}

// drawHead writes title and subtitle.
func (s *sheet) drawHead() {
	for _, h := range s.head {
		s.text(margin, h.y, h.text, h.style)
	}
}

// title is the title asked for, or that of the insight with its breakdown.
func (s *sheet) title() string {
	if s.Title != "" {
		return s.Title
	}
	title := clean(s.Insight.Title)
	if title == "" {
		title = "Untitled"
	}
	var by []string
	for _, d := range s.Result.BrokenDownBy {
		label := d.Label
		if label == "" {
			label = d.Name
		}
		if !names(title, label) && !names(title, d.Name) {
			by = append(by, lowerFirst(label))
		}
	}
	if len(by) > 0 {
		title += " by " + strings.Join(by, " and ")
	}
	return title
}

// lowerFirst writes the first letter small, unless the word is an acronym.
func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 1 && strings.ToUpper(string(r[:2])) == string(r[:2]) {
		return s
	}
	return strings.ToLower(string(r[:min(1, len(r))])) + string(r[min(1, len(r)):])
}

// subtitle is the one asked for, or the resolved period, the filters and the
// notes.
func (s *sheet) subtitle() []string {
	if s.Subtitle != "" {
		return append([]string{s.Subtitle}, s.notes...)
	}
	var list []string
	if label := s.period(); label != "" {
		list = append(list, label)
	}
	for _, f := range s.Result.Filters {
		list = append(list, s.filter(f))
	}
	if unit := unitNote(s.Insight, s.Result.Shape, s.title()); unit != "" {
		list = append(list, unit)
	}
	return append(list, s.notes...)
}

// period names the window of the result.
func (s *sheet) period() string {
	if label := PeriodLabel(s.Result.Window); label != "" {
		return label
	}
	if !s.Result.AsOf.IsZero() {
		return "as of " + momentLabel(s.Result.AsOf)
	}
	return ""
}

// filter says in words what the data was narrowed to.
func (s *sheet) filter(f insight.Filter) string {
	d, _ := s.Insight.Accepts.Dimension(f.Field)
	var names []string
	for _, key := range f.Values {
		name := key
		if i := slices.IndexFunc(d.Values, func(v insight.Value) bool { return v.Key == key }); i >= 0 {
			name = d.Values[i].Name()
		}
		names = append(names, name)
	}
	if len(names) > 3 {
		names = append(names[:2], "and more")
	}
	if f.Op == insight.OpIsNot {
		return "without " + strings.Join(names, ", ")
	}
	return "only " + strings.Join(names, ", ")
}

// cutTexts are the texts that were shortened, each once.
func (c *canvas) cutTexts() []string {
	slices.Sort(c.cut)
	return slices.Compact(c.cut)
}
