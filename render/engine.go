package render

import (
	"image"
	"image/color"

	"github.com/go-text/typesetting/bidi"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/shaping"
	"github.com/wcharczuk/go-chart/v2/drawing"
	"golang.org/x/image/vector"
)

// engine is everything one drawing needs that cannot be shared: shaper, faces,
// caches and buffers. A Painter keeps a few and hands each to one drawing at a
// time, so that nothing in it needs a lock.
type engine struct {
	set    *fontSet
	faces  []*font.Face
	shaper shaping.HarfbuzzShaper
	bidi   bidi.Paragraph
	shaped map[shapeKey]*shaped
	fitted map[fitKey]string

	masks     map[maskKey]*mask
	maskBytes int
	raster    vector.Rasterizer
	alpha     image.Alpha

	img *image.RGBA
	gc  *drawing.RasterGraphicContext
	enc *encoder
}

// newEngine makes an engine over the shared font data.
func newEngine(set *fontSet) *engine {
	return &engine{
		set: set, shaped: map[shapeKey]*shaped{}, fitted: map[fitKey]string{}, masks: map[maskKey]*mask{}, enc: newEncoder(),
	}
}

// face returns this engine's own face of a font.
func (e *engine) face(i int) *font.Face {
	for len(e.faces) <= i {
		e.faces = append(e.faces, nil)
	}
	if e.faces[i] == nil {
		f, err := e.set.font(i)
		if err != nil {
			panic(err) // Draw turns it into an error
		}
		e.faces[i] = font.NewFace(f)
	}
	return e.faces[i]
}

// image returns a picture of the size asked for, filled with bg, and the
// graphic context that draws on it. Both are reused by the next drawing.
func (e *engine) image(width, height int, bg color.RGBA) (*image.RGBA, *drawing.RasterGraphicContext) {
	if e.img == nil || e.img.Rect.Dx() != width || e.img.Rect.Dy() != height {
		n := 4 * width * height
		var pix []uint8
		if e.img != nil && cap(e.img.Pix) >= n {
			pix = e.img.Pix[:n]
		} else {
			pix = make([]uint8, n)
		}
		e.img = &image.RGBA{Pix: pix, Stride: 4 * width, Rect: image.Rect(0, 0, width, height)}
		e.gc = drawing.NewRasterGraphicContextWithPainter(e.img, &brush{img: e.img})
	}
	row := e.img.Pix[:e.img.Stride]
	fill(row, bg)
	for y := 1; y < height; y++ {
		copy(e.img.Pix[y*e.img.Stride:], row)
	}
	return e.img, e.gc
}
