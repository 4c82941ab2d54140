// Package render turns a result into what people see of it: a picture (PNG),
// the finding in words, alternative text, tables and CSV. Picture and words
// are made from the same Result and the same number formats, so that they never
// disagree. Nothing in it reads the clock to decide what is shown, and it does
// no I/O but to open optional fonts.
package render

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"insightbot/insight"
)

// PainterOptions say where a Painter finds the fonts that are too large to
// embed. Without them, Chinese, Japanese, Korean and emoji are written as
// their code points.
type PainterOptions struct {
	// FontDir is a directory with font files (.ttf, .otf, .ttc); "" is none.
	// A file with "emoji" in its name serves emoji, one with "CJK" or the like
	// Chinese, Japanese and Korean, any other what nothing else has.
	FontDir string
	// SystemFonts also looks where common packages of the operating system
	// put such fonts. Pictures then depend on the machine.
	SystemFonts bool
}

// Painter draws results as PNG. It is safe for use by many goroutines; as many
// draw at a time as there are processors, the others wait. The same drawing
// gives the same bytes.
type Painter struct {
	fonts   *fontSet
	engines chan *engine
}

// NewPainter returns a Painter. Optional fonts are opened when a text first
// needs them.
func NewPainter(o PainterOptions) *Painter {
	n := runtime.GOMAXPROCS(0)
	p := &Painter{fonts: newFontSet(o.FontDir, o.SystemFonts), engines: make(chan *engine, n)}
	for range n {
		p.engines <- nil // made when first used
	}
	return p
}

// Drawing is what is to be drawn.
type Drawing struct {
	Insight insight.Insight
	Result  insight.Result
	// Chart is the kind wished for; "" is the insight's own. Where it does not
	// fit the result, or cannot be drawn yet, Pick chooses another.
	Chart insight.Chart
	// Title and Subtitle are plain text; "" has them made from the insight and
	// the result.
	Title, Subtitle string
	Theme           Theme
}

// Picture is a drawing as it came out.
type Picture struct {
	// PNG is the file; it is empty for a table, which is no picture.
	PNG []byte
	// Width and Height are in pixels.
	Width, Height int
	// Drawn is the kind of chart that was really drawn, which is not always
	// the one wished for. A result without data is a card that says so, and
	// Drawn then is the kind that would have been drawn.
	Drawn insight.Chart
	// Cut are the texts that stand in the picture shortened, or with escapes
	// for characters no font had. They are given in full here.
	Cut []string
}

// errTooSmall is returned for a picture without an extent, which only a wrong
// chart kind can ask for.
var errTooSmall = errors.New("render: nothing was drawn")

// Draw draws one result. It fails when it takes longer than five seconds or
// meets a defect of its own; it never panics.
func (p *Painter) Draw(d Drawing) (Picture, error) { return p.draw(d, nil) }

// draw is Draw with a recorder for tests.
func (p *Painter) draw(d Drawing, rec *record) (pic Picture, err error) {
	kind := Pick(d.Insight, d.Result, d.Chart)
	if d.Result.Shape == insight.ShapeFunnel && len(d.Result.Funnels) == 0 {
		d.Insight, d.Result = funnelOverTime(d.Insight, d.Result)
	}
	if kind == insight.ChartTable && !d.Result.Empty() {
		return Picture{Drawn: kind}, nil
	}
	e := <-p.engines
	if e == nil {
		e = newEngine(p.fonts)
	}
	defer func() {
		if r := recover(); r != nil {
			// The engine may be in any state: a new one takes its place.
			e, pic = nil, Picture{}
			err = fmt.Errorf("render: drawing a %s: %v", kind, r)
			if cause, ok := r.(error); ok {
				err = fmt.Errorf("render: drawing a %s: %w", kind, cause)
			}
		}
		p.engines <- e
	}()
	c := newCanvas(e, colorsOf(d.Theme), time.Now().Add(timeLimit), rec)
	s := &sheet{canvas: c, Drawing: d, kind: kind}
	s.run()
	if c.img == nil {
		return Picture{}, errTooSmall
	}
	file, err := e.enc.encode(c.img, c.colors.exact())
	if err != nil {
		return Picture{}, err
	}
	size := c.img.Rect
	return Picture{PNG: file, Width: size.Dx(), Height: size.Dy(), Drawn: kind, Cut: c.cutTexts()}, nil
}
