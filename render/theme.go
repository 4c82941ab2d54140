package render

import (
	"image/color"
	"math"
)

// Theme is the look a picture is made for: the background of the chat it
// appears in.
type Theme string

// The themes. The zero value is Light.
const (
	Light Theme = "light"
	Dark  Theme = "dark"
)

// colors are the colours of a theme.
type colors struct {
	background, text, second, grid, axis, track color.RGBA
	// better and worse mark a welcome and an unwelcome change. Blue and orange
	// stay apart for everybody, red and green do not.
	better, worse color.RGBA
	// series are ordered so that each stands apart from those before it, for
	// colour-blind eyes too.
	series [8]color.RGBA
	// other is the grey for what is summed up, apart from the first six.
	other color.RGBA
}

// rgb is an opaque colour from its usual spelling as a number.
func rgb(v uint32) color.RGBA {
	return color.RGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}

// colorsOf returns the colours of a theme; an unknown one is Light.
func colorsOf(t Theme) colors {
	if t == Dark {
		return colors{
			background: rgb(0x1A1D21), text: rgb(0xE8E8E8), second: rgb(0xABABAD), grid: rgb(0x2F3338),
			axis: rgb(0x7E8086), track: rgb(0x282C33), better: rgb(0x6CB2FF), worse: rgb(0xFF9B57), other: rgb(0x7C886C),
			series: [8]color.RGBA{
				rgb(0x859BF8), rgb(0xE38617), rgb(0x5CF2FA), rgb(0xF8E054),
				rgb(0xBF8BB3), rgb(0xE9AC7E), rgb(0xB6EEAD), rgb(0x6DD2C4),
			},
		}
	}
	return colors{
		background: rgb(0xFFFFFF), text: rgb(0x1D1C1D), second: rgb(0x5E5D60), grid: rgb(0xE8E8EB),
		axis: rgb(0x8A8A8F), track: rgb(0xEEF1F6), better: rgb(0x0B6BCB), worse: rgb(0xB8480B), other: rgb(0x5E5D60),
		series: [8]color.RGBA{
			rgb(0x4E55F9), rgb(0xC54E13), rgb(0x412868), rgb(0x92619F),
			rgb(0x432ABF), rgb(0x740F29), rgb(0x624777), rgb(0x9D3537),
		},
	}
}

// fadedContrast is what a faded mark keeps against the background: just above
// the 3:1 that a mark needs.
const fadedContrast = 3.15

// faded mixes a colour into the background until it is as faint as a mark may
// be.
func (c colors) faded(col color.RGBA) color.RGBA {
	lo, hi := 0.0, 1.0 // how much background
	for range 12 {
		mid := (lo + hi) / 2
		if contrast(mix(col, c.background, mid), c.background) > fadedContrast {
			lo = mid
		} else {
			hi = mid
		}
	}
	return mix(col, c.background, lo)
}

// unfinished is the fill of a bar that is still growing; its outline is what
// is seen.
func (c colors) unfinished(col color.RGBA) color.RGBA { return mix(col, c.background, 0.72) }

// tint is the fill of an area below a line of a colour.
func (c colors) tint(col color.RGBA) color.RGBA { return mix(col, c.background, 0.86) }

// exact lists the colours that the palette of a picture keeps as they are.
func (c colors) exact() []color.RGBA {
	list := []color.RGBA{c.background, c.text, c.second, c.grid, c.axis, c.track, c.better, c.worse, c.other}
	for _, s := range c.series {
		list = append(list, s, c.faded(s))
	}
	return append(list, c.tint(c.series[0]), c.unfinished(c.series[0]))
}

// mix goes from a to b by share t.
func mix(a, b color.RGBA, t float64) color.RGBA {
	m := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + (float64(y)-float64(x))*t)) }
	return color.RGBA{R: m(a.R, b.R), G: m(a.G, b.G), B: m(a.B, b.B), A: 255}
}

// luminance is the relative luminance of WCAG.
func luminance(c color.RGBA) float64 {
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

// linear takes the gamma out of an sRGB channel.
func linear(v uint8) float64 {
	x := float64(v) / 255
	if x <= 0.04045 {
		return x / 12.92
	}
	return math.Pow((x+0.055)/1.055, 2.4)
}

// contrast is the contrast ratio of WCAG, from 1 to 21.
func contrast(a, b color.RGBA) float64 {
	x, y := luminance(a), luminance(b)
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}
