package render

import (
	"image/color"
	"math"
	"testing"
)

// sight is a 3×3 matrix on linear RGB: how an eye sees colours.
type sight [9]float64

// sights are normal vision and the three kinds of colour blindness in full
// (Machado and others, 2009).
var sights = []sight{
	{1, 0, 0, 0, 1, 0, 0, 0, 1},
	{0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998},
	{0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881},
	{1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900},
}

// oklab is the place of a colour in OKLab, times 100, as an eye sees it.
func (m sight) oklab(c color.RGBA) [3]float64 {
	r, g, b := linear(c.R), linear(c.G), linear(c.B)
	clip := func(v float64) float64 { return max(0, min(1, v)) }
	r, g, b = clip(m[0]*r+m[1]*g+m[2]*b), clip(m[3]*r+m[4]*g+m[5]*b), clip(m[6]*r+m[7]*g+m[8]*b)
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	mm := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	return [3]float64{
		100 * (0.2104542553*l + 0.7936177850*mm - 0.0040720468*s),
		100 * (1.9779984951*l - 2.4285922050*mm + 0.4505937099*s),
		100 * (0.0259040371*l + 0.7827717662*mm - 0.8086757660*s),
	}
}

// worstDistance is the least distance of any two colours for any eye.
func worstDistance(list []color.RGBA) float64 {
	worst := math.Inf(1)
	for _, m := range sights {
		for i, a := range list {
			for _, b := range list[i+1:] {
				p, q := m.oklab(a), m.oklab(b)
				worst = min(worst, math.Hypot(math.Hypot(p[0]-q[0], p[1]-q[1]), p[2]-q[2]))
			}
		}
	}
	return worst
}

// leastDistance is how far apart n colours must be.
func leastDistance(n int) float64 {
	switch {
	case n <= 3:
		return 20
	case n <= 6:
		return 10
	}
	return 9
}

func TestColors_ApartForEveryEye(t *testing.T) {
	for _, theme := range []Theme{Light, Dark} {
		c := colorsOf(theme)
		for n, want := range map[int]float64{3: 20, 6: 10, 8: 9} {
			if got := worstDistance(c.series[:n]); got < want {
				t.Errorf("%s: the first %d are %.1f apart, want %v", theme, n, got, want)
			}
		}
		if got := worstDistance([]color.RGBA{c.better, c.worse}); got < 20 {
			t.Errorf("%s: better and worse are %.1f apart", theme, got)
		}
		if got := worstDistance(append([]color.RGBA{c.other}, c.series[:6]...)); got < 9 {
			t.Errorf("%s: with the grey of Other %.1f apart", theme, got)
		}
	}
}

func TestColors_Contrast(t *testing.T) {
	for _, theme := range []Theme{Light, Dark} {
		c := colorsOf(theme)
		for i, s := range c.series {
			if got := contrast(s, c.background); got < 4.5 {
				t.Errorf("%s: series %d has %.2f", theme, i, got)
			}
			if got := contrast(c.faded(s), c.background); got < 3 || got > 3.3 {
				t.Errorf("%s: faded series %d has %.2f", theme, i, got)
			}
		}
	}
}
