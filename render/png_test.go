package render

import (
	"bytes"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"
)

// plainPicture is an opaque picture filled by a function.
func plainPicture(w, h int, at func(x, y int) color.RGBA) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, at(x, y))
		}
	}
	return img
}

func TestEncoder_ThemeColorsAreExact(t *testing.T) {
	c := colorsOf(Light)
	exact := c.exact()
	if len(exact) > 64 {
		t.Fatalf("%d exact colours", len(exact))
	}
	img := plainPicture(31, 40, func(x, y int) color.RGBA { return exact[(x*7+y)%len(exact)] })
	file, err := newEncoder().encode(img, exact)
	if err != nil {
		t.Fatal(err)
	}
	got := decode(t, file)
	for y := range 40 {
		for x := range 31 {
			if r, g, b, _ := got.At(x, y).RGBA(); (color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}) != img.RGBAAt(x, y) {
				t.Fatalf("(%d,%d) is %v, want %v", x, y, got.At(x, y), img.RGBAAt(x, y))
			}
		}
	}
}

func TestEncoder_ErrorIsSmall(t *testing.T) {
	img := plainPicture(200, 90, func(x, y int) color.RGBA { return mix(rgb(0x4E55F9), rgb(0xFFFFFF), float64(x)/200) })
	file, err := newEncoder().encode(img, colorsOf(Light).exact())
	if err != nil {
		t.Fatal(err)
	}
	got := decode(t, file)
	if _, ok := got.(*image.Paletted); !ok {
		t.Fatalf("not indexed: %T", got)
	}
	for x := range 200 {
		r, g, b, _ := got.At(x, 5).RGBA()
		w := img.RGBAAt(x, 5)
		for _, d := range []int{int(r>>8) - int(w.R), int(g>>8) - int(w.G), int(b>>8) - int(w.B)} {
			if d > 12 || d < -12 {
				t.Errorf("column %d is off by %d", x, d)
			}
		}
	}
}

func TestEncoder_FallsBackToFullColor(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	img := plainPicture(200, 200, func(int, int) color.RGBA { return rgb(rnd.Uint32() & 0xFFFFFF) })
	e := newEncoder()
	file, err := e.encode(img, colorsOf(Dark).exact())
	if err != nil {
		t.Fatal(err)
	}
	got := decode(t, file)
	for y := range 200 {
		for x := range 200 {
			if r, g, b, _ := got.At(x, y).RGBA(); (color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}) != img.RGBAAt(x, y) {
				t.Fatalf("(%d,%d) differs", x, y)
			}
		}
	}
	// What it counted for that picture must not leak into the next.
	flat := plainPicture(64, 64, func(x, y int) color.RGBA { return rgb(uint32(0x102030 + x%3)) })
	again, err := e.encode(flat, colorsOf(Light).exact())
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := newEncoder().encode(flat, colorsOf(Light).exact())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again, fresh) {
		t.Error("a used encoder gives other bytes than a new one")
	}
}
