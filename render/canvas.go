package render

import (
	"errors"
	"image"
	"image/color"
	"math"
	"time"

	"github.com/wcharczuk/go-chart/v2/drawing"
)

// Sizes are in logical pixels, of which a chart is 480 wide and a card 240; a
// chat shows them at about three quarters of that on a phone. They are whole
// pixels after scaling, which the shaper asks for.
const (
	chartWidth = 480.0
	cardWidth  = 240.0
	cardHeight = 180.0
	// chartHeightLeast keeps a chart from being a strip.
	chartHeightLeast = 240.0
	imageScale       = 2.5
	margin           = 16.0
	sizeTitle        = 18.0
	sizeText         = 13.6
	sizeNumber       = 44.0
	lineHeight       = 18.0
	capHeight        = 0.727 // of Inter, in ems
	strokeWidth      = 2.4
)

// timeLimit is how long one drawing may take. A goroutine cannot be stopped
// from outside, so the canvas looks at the clock itself.
const timeLimit = 5 * time.Second

// errSlow is the panic that ends a drawing at its time limit.
var errSlow = errors.New("render: took too long")

// point is a place on the canvas.
type point struct{ x, y float64 }

// canvas draws in logical pixels on an image of imageScale times the size.
// Every coordinate is checked and clamped first: the library below it hangs on
// NaN and on very long lines.
type canvas struct {
	e             *engine
	img           *image.RGBA
	gc            *drawing.RasterGraphicContext
	colors        colors
	width, height float64
	deadline      time.Time
	// cut are the texts that could not be drawn in full.
	cut []string
	// rec, in tests, notes everything drawn.
	rec *record
}

// newCanvas prepares a canvas that can measure text. open gives it its size.
func newCanvas(e *engine, c colors, deadline time.Time, rec *record) *canvas {
	return &canvas{e: e, colors: c, deadline: deadline, rec: rec}
}

// open makes the picture, of a logical size, once the layout is known.
func (c *canvas) open(width, height float64) {
	c.width, c.height = width, height
	c.img, c.gc = c.e.image(int(math.Round(width*imageScale)), int(math.Round(height*imageScale)), c.colors.background)
	// Overlapping shapes of one path must unite, not cancel out.
	c.gc.SetFillRule(drawing.FillRuleWinding)
	c.rec.start(width, height, c.colors)
}

// check ends the drawing when its time is over.
func (c *canvas) check() {
	if time.Now().After(c.deadline) {
		panic(errSlow)
	}
}

// px turns a logical coordinate into pixels, within a few canvas sizes.
func px(v float64) float64 {
	const far = 4 * chartWidth * imageScale
	return max(-far, min(far, v*imageScale))
}

// finite reports whether all values are numbers.
func finite(vs ...float64) bool {
	for _, v := range vs {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// rect fills a rectangle. Its corners are rounded by r, which shrinks with the
// rectangle.
func (c *canvas) rect(x, y, w, h, r float64, col color.RGBA) {
	if !finite(x, y, w, h) || w <= 0 || h <= 0 {
		return
	}
	c.check()
	r = min(r, w/2, h/2)
	x0, y0, x1, y1, q := px(x), px(y), px(x+w), px(y+h), px(r)
	if q < 0.5 {
		fillRect(c.img, x0, y0, x1, y1, col)
		return
	}
	g := c.gc
	g.SetFillColor(col)
	g.BeginPath()
	g.MoveTo(x0+q, y0)
	g.LineTo(x1-q, y0)
	g.ArcTo(x1-q, y0+q, q, q, -math.Pi/2, math.Pi/2)
	g.LineTo(x1, y1-q)
	g.ArcTo(x1-q, y1-q, q, q, 0, math.Pi/2)
	g.LineTo(x0+q, y1)
	g.ArcTo(x0+q, y1-q, q, q, math.Pi/2, math.Pi/2)
	g.LineTo(x0, y0+q)
	g.ArcTo(x0+q, y0+q, q, q, math.Pi, math.Pi/2)
	g.Close()
	g.Fill()
}

// rule draws a straight horizontal or vertical line, on whole pixels so that
// it is sharp. Grid, axis and marker lines are rules.
func (c *canvas) rule(x0, y0, x1, y1, width float64, col color.RGBA) {
	if !finite(x0, y0, x1, y1) {
		return
	}
	w := max(1, math.Round(width*imageScale))
	at := func(v float64) float64 { return math.Round(px(v)-w/2) / imageScale }
	w /= imageScale
	if y0 == y1 {
		c.rect(x0, at(y0), x1-x0, w, 0, col)
		return
	}
	c.rect(at(x0), y0, w, y1-y0, 0, col)
}

// dot fills a circle.
func (c *canvas) dot(x, y, r float64, col color.RGBA) {
	if !finite(x, y, r) {
		return
	}
	c.dots([]point{{x, y}}, r, col)
}

// dots fills circles of the same size, some at a time: the rasteriser is
// quadratic in what one path holds.
func (c *canvas) dots(at []point, r float64, col color.RGBA) {
	g := c.gc
	g.SetFillColor(col)
	for len(at) > 0 {
		c.check()
		n := min(len(at), chunk)
		g.BeginPath()
		for _, p := range at[:n] {
			x, y, q := px(p.x), px(p.y), px(r)
			g.MoveTo(x+q, y)
			g.ArcTo(x, y, q, q, 0, 2*math.Pi)
			g.Close()
		}
		g.Fill()
		at = at[n:]
	}
}

// polygon fills a closed shape of few corners.
func (c *canvas) polygon(pts []point, col color.RGBA) {
	c.check()
	g := c.gc
	g.SetFillColor(col)
	g.BeginPath()
	for i, p := range pts {
		if !finite(p.x, p.y) {
			return
		}
		if i == 0 {
			g.MoveTo(px(p.x), px(p.y))
		} else {
			g.LineTo(px(p.x), px(p.y))
		}
	}
	g.Close()
	g.Fill()
}
