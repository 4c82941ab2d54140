package render

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden pictures")

// goldenThemes says which themes of a case are kept as files.
func goldenThemes(name string) []Theme {
	switch name {
	case "line-one-point", "line-cut-weeks", "line-lone-running", "line-hours", "line-rest", "bar-cut-weeks", "lifecycle", "bar-few", "number-worse":
		return []Theme{Light}
	case "stickiness", "funnel":
		return []Theme{Dark}
	}
	return []Theme{Light, Dark}
}

func TestDraw_Goldens(t *testing.T) {
	p := NewPainter(PainterOptions{})
	for _, c := range chartCases() {
		for _, theme := range goldenThemes(c.name) {
			t.Run(c.name+"-"+string(theme), func(t *testing.T) {
				d := c.Drawing
				d.Theme = theme
				pic, err := p.Draw(d)
				if err != nil {
					t.Fatal(err)
				}
				file := filepath.Join("testdata", "golden", c.name+"-"+string(theme)+".png")
				if *update {
					var small bytes.Buffer
					enc := png.Encoder{CompressionLevel: png.BestCompression}
					if err := enc.Encode(&small, decode(t, pic.PNG)); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(file, small.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatalf("no golden (run with -update): %v", err)
				}
				comparePictures(t, decode(t, pic.PNG), decode(t, want))
			})
		}
	}
}

// decode reads a PNG with the standard library, as any client would.
func decode(t testing.TB, file []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatalf("not a PNG: %v", err)
	}
	return img
}

// comparePictures allows a few pixels to differ: rounding of floating-point
// numbers is not the same on every processor.
func comparePictures(t *testing.T, got, want image.Image) {
	t.Helper()
	if got.Bounds() != want.Bounds() {
		t.Fatalf("size is %v, want %v", got.Bounds(), want.Bounds())
	}
	b, differ := got.Bounds(), 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, _ := got.At(x, y).RGBA()
			r2, g2, b2, _ := want.At(x, y).RGBA()
			if far(r, r2) || far(g, g2) || far(bl, b2) {
				differ++
			}
		}
	}
	if limit := b.Dx() * b.Dy() / 2000; differ > limit {
		t.Errorf("%d pixels differ, at most %d may", differ, limit)
	}
}

// far reports whether two channels differ by more than an eighth.
func far(a, b uint32) bool { return max(a, b)-min(a, b) > 0x2000 }
