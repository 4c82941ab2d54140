package render

import (
	"image/color"
	"math"
	"sort"
	"strings"
)

// align is which part of a text stands at its x.
type align int

const (
	alignLeft align = iota
	alignCenter
	alignRight
)

// style is how a text is written.
type style struct {
	size  float64
	bold  bool
	color color.RGBA
	align align
	// role says what the text is for: "title", "tick", "label", "value". Only
	// the recorder reads it.
	role string
}

// pixels is the size of a style in whole pixels.
func (s style) pixels() int { return int(math.Round(s.size * imageScale)) }

// measure is the width of a text in logical pixels.
func (c *canvas) measure(text string, s style) float64 {
	return c.e.shape(text, s.pixels(), s.bold).width / imageScale
}

// text writes one line with its baseline at y and returns its width.
func (c *canvas) text(x, y float64, text string, s style) float64 {
	if text == "" || !finite(x, y) {
		return 0
	}
	c.check()
	line := c.e.shape(text, s.pixels(), s.bold)
	width := line.width / imageScale
	switch s.align {
	case alignCenter:
		x -= width / 2
	case alignRight:
		x -= width
	case alignLeft:
	}
	if line.replaced {
		c.cut = append(c.cut, text)
	}
	left, base := px(x), int(math.Round(px(y)))
	c.rec.text(c, text, s, line, x, y)
	for _, g := range line.glyphs {
		at := math.Floor((left+g.x)*2+0.5) / 2
		whole := math.Floor(at)
		m := c.e.maskFor(g, s.pixels(), int((at-whole)*2))
		m.blit(c.img, int(whole), base+int(math.Round(g.y)), s.color)
	}
	return width
}

// fit shortens a text with an ellipsis until it is at most width wide. It cuts
// between graphemes only. Addresses lose their middle, because they differ at
// the end. What was cut is remembered in full.
func (c *canvas) fit(text string, s style, width float64) string {
	if len(text) > 16*maxLabelRunes {
		text = text[:16*maxLabelRunes]
	}
	if text = clean(text); c.measure(text, s) <= width {
		return text
	}
	c.cut = append(c.cut, text)
	key := fitKey{text, s.pixels(), s.bold, width}
	if short, ok := c.e.fitted[key]; ok {
		return short
	}
	if len(c.e.fitted) >= maxShaped {
		clear(c.e.fitted)
	}
	c.e.fitted[key] = c.shorten(text, s, width)
	return c.e.fitted[key]
}

// fitKey identifies a text that was shortened.
type fitKey struct {
	text  string
	px    int
	bold  bool
	width float64
}

// shorten does the work of fit.
func (c *canvas) shorten(text string, s style, width float64) string {
	list := graphemes(text)
	middle := strings.Contains(text, "://") || strings.HasPrefix(text, "/")
	short := func(n int) string {
		if middle {
			return strings.Join(list[:n/2], "") + "…" + strings.Join(list[len(list)-(n-n/2):], "")
		}
		return strings.TrimRight(strings.Join(list[:n], ""), " ,.-–(") + "…"
	}
	// The first n that is too wide, by bisection; shaping is what costs.
	n := sort.Search(len(list), func(n int) bool {
		return c.e.layout(short(n), s.pixels(), s.bold).width/imageScale > width
	})
	return short(max(0, n-1))
}

// flow sets parts side by side, with a dot between them, on at most lines lines
// of a width. It breaks between parts where it can.
func (c *canvas) flow(parts []string, s style, width float64, lines int) []string {
	var out []string
	for _, part := range parts {
		part = clean(part)
		if part == "" {
			continue
		}
		if n := len(out); n > 0 {
			if both := out[n-1] + " · " + part; n == lines || c.measure(both, s) <= width {
				out[n-1] = both
				continue
			}
		}
		out = append(out, part)
	}
	if len(out) == 1 {
		return c.wrap(out[0], s, width, lines)
	}
	for i := range out {
		out[i] = c.fit(out[i], s, width)
	}
	return out
}

// wrap breaks a text into at most lines lines of a width, between words where
// there are any; the last line is cut.
func (c *canvas) wrap(text string, s style, width float64, lines int) []string {
	if text = clean(text); c.measure(text, s) <= width || lines <= 1 {
		return []string{c.fit(text, s, width)}
	}
	words := strings.Split(text, " ")
	n := sort.Search(len(words), func(n int) bool {
		return c.e.layout(strings.Join(words[:n+1], " "), s.pixels(), s.bold).width/imageScale > width
	})
	if n == 0 {
		return []string{c.fit(text, s, width)}
	}
	return append([]string{strings.Join(words[:n], " ")}, c.wrap(strings.Join(words[n:], " "), s, width, lines-1)...)
}
