package render

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"golang.org/x/image/draw"
)

// maxMaskBytes bounds the glyph masks an engine keeps.
const maxMaskBytes = 2 << 20

// maskKey identifies the picture of a glyph: half is 1 for one that
// stands half a pixel to the right. (Finer steps cannot be seen at this size, and
// cost cache and file size.)
type maskKey struct {
	face int
	gid  font.GID
	px   int
	half int
}

// mask is the coverage of a glyph, or its own colours for an emoji, with the
// place of its top left corner relative to the pen.
type mask struct {
	x, y, w, h int
	alpha      []uint8
	color      *image.RGBA
}

// maskFor returns the picture of a glyph, from the cache where possible.
func (e *engine) maskFor(g placed, px, half int) *mask {
	key := maskKey{g.face, g.gid, px, half}
	if m, ok := e.masks[key]; ok {
		return m
	}
	m := e.rasterize(g, px, half)
	if e.maskBytes > maxMaskBytes {
		clear(e.masks)
		e.maskBytes = 0
	}
	e.masks[key] = m
	e.maskBytes += len(m.alpha) + 64
	if m.color != nil {
		e.maskBytes += len(m.color.Pix)
	}
	return m
}

// rasterize draws a glyph into a mask of its own.
func (e *engine) rasterize(g placed, px, half int) *mask {
	f := e.face(g.face)
	if bitmap, ok := f.GlyphDataBitmap(g.gid); ok && bitmap.Format == font.PNG {
		return bitmapMask(bitmap.Data, g.box)
	}
	outline, ok := f.GlyphDataOutline(g.gid)
	if !ok || len(outline.Segments) == 0 {
		return &mask{}
	}
	scale := float32(px) / float32(f.Upem())
	shift := float32(half) / 2
	minX, minY := float32(math.MaxFloat32), float32(math.MaxFloat32)
	maxX, maxY := -minX, -minY
	for _, seg := range outline.Segments {
		for _, p := range seg.ArgsSlice() {
			x, y := p.X*scale+shift, -p.Y*scale
			minX, maxX, minY, maxY = min(minX, x), max(maxX, x), min(minY, y), max(maxY, y)
		}
	}
	m := &mask{x: int(math.Floor(float64(minX))), y: int(math.Floor(float64(minY)))}
	m.w, m.h = int(math.Ceil(float64(maxX)))-m.x, int(math.Ceil(float64(maxY)))-m.y
	if m.w <= 0 || m.h <= 0 || m.w > 16*px || m.h > 16*px {
		return &mask{}
	}
	e.trace(outline.Segments, scale, shift-float32(m.x), -float32(m.y), m.w, m.h)
	m.alpha = make([]uint8, m.w*m.h)
	e.alpha = image.Alpha{Pix: m.alpha, Stride: m.w, Rect: image.Rect(0, 0, m.w, m.h)}
	e.raster.Draw(&e.alpha, e.alpha.Rect, image.Opaque, image.Point{})
	for i, a := range m.alpha {
		m.alpha[i] = uint8(coverage(uint32(a)))
	}
	return m
}

// trace feeds an outline to the rasteriser.
func (e *engine) trace(segments []opentype.Segment, scale, dx, dy float32, w, h int) {
	e.raster.Reset(w, h)
	e.raster.DrawOp = draw.Src
	at := func(p opentype.SegmentPoint) (x, y float32) { return p.X*scale + dx, -p.Y*scale + dy }
	for _, seg := range segments {
		x, y := at(seg.Args[0])
		switch seg.Op {
		case opentype.SegmentOpMoveTo:
			e.raster.ClosePath()
			e.raster.MoveTo(x, y)
		case opentype.SegmentOpLineTo:
			e.raster.LineTo(x, y)
		case opentype.SegmentOpQuadTo:
			x1, y1 := at(seg.Args[1])
			e.raster.QuadTo(x, y, x1, y1)
		case opentype.SegmentOpCubeTo:
			x1, y1 := at(seg.Args[1])
			x2, y2 := at(seg.Args[2])
			e.raster.CubeTo(x, y, x1, y1, x2, y2)
		}
	}
	e.raster.ClosePath()
}

// bitmapMask scales the picture of an emoji to the box the shaper gave it.
func bitmapMask(data []byte, box [4]float64) *mask {
	m := &mask{
		x: int(math.Round(box[0])), y: int(math.Round(box[1])),
		w: int(math.Round(box[2])), h: int(math.Round(box[3])),
	}
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil || config.Width > 1024 || config.Height > 1024 || m.w <= 0 || m.h <= 0 || m.w > 1024 || m.h > 1024 {
		return &mask{}
	}
	src, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return &mask{}
	}
	m.color = image.NewRGBA(image.Rect(0, 0, m.w, m.h))
	draw.CatmullRom.Scale(m.color, m.color.Rect, src, src.Bounds(), draw.Src, nil)
	return m
}

// blit draws a mask in one colour, or an emoji in its own, with its pen at
// (x, y). It stays within the image.
func (m *mask) blit(dst *image.RGBA, x, y int, col color.RGBA) {
	x, y = x+m.x, y+m.y
	if m.color != nil {
		at := image.Rect(x, y, x+m.w, y+m.h)
		draw.Draw(dst, at, m.color, image.Point{}, draw.Over)
		return
	}
	x0, x1 := max(0, -x), min(m.w, dst.Rect.Dx()-x)
	y0, y1 := max(0, -y), min(m.h, dst.Rect.Dy()-y)
	if x0 >= x1 {
		return
	}
	for j := y0; j < y1; j++ {
		src := m.alpha[j*m.w+x0 : j*m.w+x1]
		pix := dst.Pix[(y+j)*dst.Stride+4*(x+x0):]
		for i, a8 := range src {
			if a8 == 0 {
				continue
			}
			p := pix[4*i : 4*i+3 : 4*i+3]
			if a8 == 255 {
				p[0], p[1], p[2] = col.R, col.G, col.B
				continue
			}
			blend(p, col, uint32(a8))
		}
	}
}
