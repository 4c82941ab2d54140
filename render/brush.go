package render

import (
	"image"
	"image/color"
	"math"

	"github.com/golang/freetype/raster"
)

// brush paints what the drawing library rasterises. It replaces the painter
// of the library, which blends every pixel of a span by itself: most spans of
// a chart cover their pixels whole, and those are only copied.
type brush struct {
	img *image.RGBA
	col color.RGBA
}

// SetColor sets the colour of the next spans.
func (b *brush) SetColor(c color.Color) {
	if col, ok := c.(color.RGBA); ok {
		b.col = col
		return
	}
	b.col, _ = color.RGBAModel.Convert(c).(color.RGBA)
}

// Paint paints spans of one coverage each. Coverage is taken in 16 levels,
// like that of glyphs.
func (b *brush) Paint(spans []raster.Span, _ bool) {
	r := b.img.Rect
	for _, s := range spans {
		x0, x1 := max(s.X0, 0), min(s.X1, r.Dx())
		if s.Y < 0 || s.Y >= r.Dy() || x0 >= x1 {
			continue
		}
		pix := b.img.Pix[s.Y*b.img.Stride+4*x0 : s.Y*b.img.Stride+4*x1]
		a := coverage(s.Alpha >> 8)
		if a == 255 {
			fill(pix, b.col)
			continue
		}
		for ; len(pix) >= 4; pix = pix[4:] {
			blend(pix, b.col, a)
		}
	}
}

// coverage rounds 0 to 255 to one of 16 levels. They look the same as 256 and
// make the file a sixth smaller.
func coverage(a uint32) uint32 { return (a + 8) / 17 * 17 }

// fill sets opaque pixels.
func fill(pix []uint8, c color.RGBA) {
	copy(pix, []uint8{c.R, c.G, c.B, 255})
	for n := 4; n < len(pix); n *= 2 {
		copy(pix[n:], pix[:n])
	}
}

// blend mixes a colour into one opaque pixel.
func blend(pix []uint8, c color.RGBA, a uint32) {
	p := pix[:3:3]
	p[0] = uint8((uint32(c.R)*a + uint32(p[0])*(255-a) + 127) / 255)
	p[1] = uint8((uint32(c.G)*a + uint32(p[1])*(255-a) + 127) / 255)
	p[2] = uint8((uint32(c.B)*a + uint32(p[2])*(255-a) + 127) / 255)
}

// fillRect fills an upright rectangle given in pixels. A rasteriser is not
// needed for that: its edges are covered by the part of the pixel they take.
func fillRect(img *image.RGBA, x0, y0, x1, y1 float64, c color.RGBA) {
	r := img.Rect
	x0, y0 = max(x0, 0), max(y0, 0)
	x1, y1 = min(x1, float64(r.Dx())), min(y1, float64(r.Dy()))
	if x0 >= x1 || y0 >= y1 {
		return
	}
	left, right := int(x0), min(int(math.Ceil(x1)), r.Dx())
	for y := int(y0); y < min(int(math.Ceil(y1)), r.Dy()); y++ {
		high := min(y1, float64(y+1)) - max(y0, float64(y))
		row := img.Pix[y*img.Stride : y*img.Stride+4*r.Dx()]
		solid := [2]int{-1, -1} // the pixels covered whole
		for x := left; x < right; x++ {
			share := high * (min(x1, float64(x+1)) - max(x0, float64(x)))
			if a := coverage(uint32(share*255 + 0.5)); a < 255 {
				blend(row[4*x:], c, a)
				continue
			}
			if solid[0] < 0 {
				solid[0] = x
				x = max(x, int(x1)-1) // all that follow but the last are as well
			}
			solid[1] = x + 1
		}
		if solid[0] >= 0 {
			fill(row[4*solid[0]:4*solid[1]], c)
		}
	}
}
