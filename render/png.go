package render

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"slices"

	"github.com/klauspost/compress/zlib"
)

// The palette is found by sorting colours into buckets of five bits a channel.
// A picture with more than maxBuckets of them is no flat chart, and is written
// in full colour.
const (
	buckets    = 1 << 15
	maxBuckets = 4096
	pngLevel   = 6
)

// encoder writes PNG. Charts are flat: a palette and no filter beat image/png
// by ten times in speed and two in size.
type encoder struct {
	zip  *zlib.Writer
	out  bytes.Buffer
	row  []byte
	used []uint16
	sum  [buckets][4]uint32
	// index is the palette entry of each bucket; theme is one more than the
	// first theme colour in it.
	index [buckets]uint8
	theme [buckets]uint8
}

// newEncoder makes an encoder with its buffers.
func newEncoder() *encoder { return &encoder{used: make([]uint16, 0, maxBuckets)} }

// bucketOf is the bucket of a pixel given as little-endian RGBA.
func bucketOf(p uint32) uint16 {
	return uint16(p>>3&31)<<10 | uint16(p>>11&31)<<5 | uint16(p>>19&31)
}

// pack is a colour as a little-endian RGBA pixel.
func pack(c color.RGBA) uint32 {
	return uint32(c.R) | uint32(c.G)<<8 | uint32(c.B)<<16 | uint32(c.A)<<24
}

// encode writes the opaque picture. The colours of exact come out as they are;
// there are at most 64 of them. The same picture gives the same bytes.
func (e *encoder) encode(img *image.RGBA, exact []color.RGBA) ([]byte, error) {
	defer e.forget(exact)
	e.out.Reset()
	e.out.WriteString("\x89PNG\r\n\x1a\n")
	palette, ok := e.quantize(img, exact)
	var header [13]byte
	binary.BigEndian.PutUint32(header[:], uint32(img.Rect.Dx()))
	binary.BigEndian.PutUint32(header[4:], uint32(img.Rect.Dy()))
	header[8], header[9] = 8, 3
	if !ok {
		header[9] = 2
	}
	e.chunk("IHDR", header[:])
	if ok {
		e.chunk("PLTE", palette)
	}
	if err := e.data(img, exact, ok); err != nil {
		return nil, err
	}
	e.chunk("IEND", nil)
	return bytes.Clone(e.out.Bytes()), nil
}

// forget empties the tables for the next picture.
func (e *encoder) forget(exact []color.RGBA) {
	for _, b := range e.used {
		e.sum[b], e.index[b] = [4]uint32{}, 0
	}
	for _, c := range exact {
		e.theme[bucketOf(pack(c))] = 0
	}
}

// quantize fills the bucket tables and returns the palette, or false when
// there are too many colours for one.
func (e *encoder) quantize(img *image.RGBA, exact []color.RGBA) ([]byte, bool) {
	e.used = e.used[:0]
	for i, c := range slices.Backward(exact) {
		e.theme[bucketOf(pack(c))] = uint8(i + 1)
	}
	for y := range img.Rect.Dy() {
		if sameAsAbove(img, y) {
			continue // it has no colour that is not counted
		}
		if !e.countRow(img.Pix[y*img.Stride:y*img.Stride+4*img.Rect.Dx()], exact) {
			return nil, false
		}
	}
	return e.palette(exact), true
}

// sameAsAbove reports whether row y is a copy of the one above it, as within
// bars and between lines of text.
func sameAsAbove(img *image.RGBA, y int) bool {
	n := 4 * img.Rect.Dx()
	return y > 0 && bytes.Equal(img.Pix[y*img.Stride:y*img.Stride+n], img.Pix[(y-1)*img.Stride:(y-1)*img.Stride+n])
}

// pair is two pixels of the same colour.
func pair(p uint32) uint64 { return uint64(p) | uint64(p)<<32 }

// countRow notes the colours of one row.
func (e *encoder) countRow(pix []byte, exact []color.RGBA) bool {
	last, run := binary.LittleEndian.Uint32(pix), uint32(0)
	both := pair(last)
	for len(pix) >= 4 {
		if len(pix) >= 8 && binary.LittleEndian.Uint64(pix) == both {
			run += 2
			pix = pix[8:]
			continue
		}
		p := binary.LittleEndian.Uint32(pix)
		pix = pix[4:]
		if p == last {
			run++
			continue
		}
		if !e.count(last, run, exact) {
			return false
		}
		last, run, both = p, 1, pair(p)
	}
	return e.count(last, run, exact)
}

// count notes n pixels p, unless p is an exact colour.
func (e *encoder) count(p, n uint32, exact []color.RGBA) bool {
	b := bucketOf(p)
	if t := e.theme[b]; t != 0 && exactIndex(p, int(t-1), exact) >= 0 {
		return true
	}
	s := &e.sum[b]
	if s[3] == 0 {
		if len(e.used) == maxBuckets {
			return false
		}
		e.used = append(e.used, b)
	}
	s[0] += p & 255 * n
	s[1] += p >> 8 & 255 * n
	s[2] += p >> 16 & 255 * n
	s[3] += n
	return true
}

// exactIndex finds p among the exact colours, starting with the first that
// shares its bucket.
func exactIndex(p uint32, from int, exact []color.RGBA) int {
	for i := from; i < len(exact); i++ {
		if pack(exact[i]) == p {
			return i
		}
	}
	return -1
}

// palette gives the exact colours, then the average of the most used buckets,
// and sends every other bucket to the nearest of them.
func (e *encoder) palette(exact []color.RGBA) []byte {
	slices.SortFunc(e.used, func(a, b uint16) int {
		return cmp.Or(cmp.Compare(e.sum[b][3], e.sum[a][3]), cmp.Compare(a, b))
	})
	palette := make([]byte, 0, 3*256)
	for _, c := range exact {
		palette = append(palette, c.R, c.G, c.B)
	}
	for i, b := range e.used {
		s := &e.sum[b]
		r, g, bl := uint8(s[0]/s[3]), uint8(s[1]/s[3]), uint8(s[2]/s[3])
		if len(exact)+i < 256 {
			e.index[b] = uint8(len(exact) + i)
			palette = append(palette, r, g, bl)
			continue
		}
		e.index[b] = nearest(palette, r, g, bl)
	}
	return palette
}

// nearest is the entry of a palette closest to a colour.
func nearest(palette []byte, r, g, b uint8) uint8 {
	best, at := 1<<30, 0
	for i := 0; i+2 < len(palette); i += 3 {
		dr, dg, db := int(palette[i])-int(r), int(palette[i+1])-int(g), int(palette[i+2])-int(b)
		if d := 2*dr*dr + 4*dg*dg + 3*db*db; d < best {
			best, at = d, i/3
		}
	}
	return uint8(at)
}

// data writes the pixels.
func (e *encoder) data(img *image.RGBA, exact []color.RGBA, indexed bool) error {
	start := e.out.Len()
	e.out.WriteString("\x00\x00\x00\x00IDAT")
	if e.zip == nil {
		z, err := zlib.NewWriterLevel(&e.out, pngLevel)
		if err != nil {
			return fmt.Errorf("render: png: %w", err)
		}
		e.zip = z
	} else {
		e.zip.Reset(&e.out)
	}
	width := img.Rect.Dx()
	e.row = append(e.row[:0], make([]byte, 1+3*width)...)
	for y := range img.Rect.Dy() {
		pix := img.Pix[y*img.Stride : y*img.Stride+4*width]
		row := e.row
		if indexed {
			row = e.row[:1+width]
			if !sameAsAbove(img, y) {
				e.indexRow(row[1:], pix, exact)
			}
		} else {
			for x := range width {
				copy(row[1+3*x:4+3*x], pix[4*x:])
			}
		}
		if _, err := e.zip.Write(row); err != nil {
			return fmt.Errorf("render: png: %w", err)
		}
	}
	if err := e.zip.Close(); err != nil {
		return fmt.Errorf("render: png: %w", err)
	}
	e.finish(start)
	return nil
}

// indexRow turns one row of pixels into palette entries.
func (e *encoder) indexRow(row, pix []byte, exact []color.RGBA) {
	last, at := ^binary.LittleEndian.Uint32(pix), uint8(0)
	both := pair(last)
	for x := 0; x < len(row); x++ {
		if len(pix) >= 8 && binary.LittleEndian.Uint64(pix) == both {
			row[x], row[x+1] = at, at
			x++
			pix = pix[8:]
			continue
		}
		p := binary.LittleEndian.Uint32(pix)
		pix = pix[4:]
		if p != last {
			last, both = p, pair(p)
			b := bucketOf(p)
			at = e.index[b]
			if t := e.theme[b]; t != 0 {
				if i := exactIndex(p, int(t-1), exact); i >= 0 {
					at = uint8(i)
				}
			}
		}
		row[x] = at
	}
}

// chunk writes one chunk of a PNG file.
func (e *encoder) chunk(kind string, data []byte) {
	start := e.out.Len()
	e.out.WriteString("\x00\x00\x00\x00")
	e.out.WriteString(kind)
	e.out.Write(data)
	e.finish(start)
}

// finish puts in the length and checksum of the chunk that starts at start.
func (e *encoder) finish(start int) {
	b := e.out.Bytes()[start:]
	binary.BigEndian.PutUint32(b, uint32(len(b)-8))
	e.out.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(b[4:])))
}
