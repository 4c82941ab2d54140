package render

import (
	"image/color"
	"math"
)

// record notes what a drawing consists of, so that tests can check a picture
// by its geometry instead of by its pixels. A nil record notes nothing.
type record struct {
	width, height float64
	colors        colors
	texts         []textMark
	marks         []mark
}

// box is a rectangle in logical pixels.
type box struct{ x0, y0, x1, y1 float64 }

// textMark is one line of text as it was drawn.
type textMark struct {
	text string
	style
	// box is the advance by the ink's height, ink what was really painted.
	box, ink box
	missing  int
	// contrast is the worst against what lay below it.
	contrast float64
}

// markKind is what a mark stands for.
type markKind string

// The kinds of mark. Bars, lines, dots and areas carry data.
const (
	markBar   markKind = "bar"
	markLine  markKind = "line"
	markDot   markKind = "dot"
	markArea  markKind = "area"
	markGrid  markKind = "grid"
	markAxis  markKind = "axis"
	markTick  markKind = "tick"
	markDelta markKind = "delta"
	markNotch markKind = "notch"
)

// mark is a shape that means something.
type mark struct {
	kind  markKind
	key   string
	color color.RGBA
	// box is its extent. value is what a bar, tick or grid line stands for.
	box   box
	value float64
	// faded, dashed and dotted say how it differs from a plain mark.
	faded, dashed, dotted bool
}

// start notes the canvas.
func (r *record) start(width, height float64, c colors) {
	if r != nil {
		*r = record{width: width, height: height, colors: c}
	}
}

// mark notes a shape.
func (r *record) mark(m mark) {
	if r != nil {
		r.marks = append(r.marks, m)
	}
}

// text notes a line of text that is about to be drawn at (x, y).
func (r *record) text(c *canvas, text string, s style, line *shaped, x, y float64) {
	if r == nil {
		return
	}
	t := textMark{text: text, style: s, missing: line.missing, contrast: math.Inf(1)}
	t.ink = box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, g := range line.glyphs {
		m := c.e.maskFor(g, s.pixels(), 0)
		if m.w == 0 {
			continue
		}
		gx, gy := x+(g.x+float64(m.x))/imageScale, y+(g.y+float64(m.y))/imageScale
		t.ink.x0, t.ink.y0 = min(t.ink.x0, gx), min(t.ink.y0, gy)
		t.ink.x1 = max(t.ink.x1, gx+float64(m.w)/imageScale)
		t.ink.y1 = max(t.ink.y1, gy+float64(m.h)/imageScale)
	}
	t.box = box{min(x, t.ink.x0), t.ink.y0, max(x+line.width/imageScale, t.ink.x1), t.ink.y1}
	b := c.img.Rect
	var last color.RGBA // most pixels are like the one before
	for py := max(0, int(px(t.box.y0))); py < min(b.Dy(), int(px(t.box.y1))+1); py++ {
		for p := max(0, int(px(t.box.x0))); p < min(b.Dx(), int(px(t.box.x1))+1); p++ {
			if below := c.img.RGBAAt(p, py); below != last {
				last = below
				t.contrast = min(t.contrast, contrast(s.color, below))
			}
		}
	}
	r.texts = append(r.texts, t)
}
