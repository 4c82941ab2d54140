package render

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// maxShaped is how many shaped texts an engine remembers.
const maxShaped = 1024

// shaped is a line of text ready to draw: glyphs from left to right, relative
// to the start of the baseline, in pixels.
type shaped struct {
	glyphs []placed
	width  float64
	// missing counts glyphs no font had; replaced is true where characters
	// were written as an escape or left out for want of a font.
	missing  int
	replaced bool
}

// placed is one glyph at its place. w and h are the box of a bitmap glyph.
type placed struct {
	face int
	gid  font.GID
	x, y float64
	box  [4]float64
}

// item is a part of a text with one level, face and script.
type item struct {
	start, end int
	level      uint8
	face       int
	script     language.Script
}

// shapeKey identifies a shaped text.
type shapeKey struct {
	text string
	px   int
	bold bool
}

// shape lays out one line of text at a size in whole pixels.
func (e *engine) shape(text string, px int, bold bool) *shaped {
	key := shapeKey{text, px, bold}
	if s, ok := e.shaped[key]; ok {
		return s
	}
	s := e.layout(text, px, bold)
	if len(e.shaped) >= maxShaped {
		clear(e.shaped)
	}
	e.shaped[key] = s
	return s
}

// layout does the work of shape.
func (e *engine) layout(text string, px int, bold bool) *shaped {
	runes, faces, replaced := e.resolve(clean(text), bold)
	s := &shaped{replaced: replaced}
	levels := e.levels(runes)
	items := itemize(runes, faces, levels)
	reorder(items)
	pen := 0.0
	for _, it := range items {
		in := shaping.Input{
			Text: runes, RunStart: it.start, RunEnd: it.end, Face: e.face(it.face), Size: fixed.I(px),
			Script: it.script, Language: "en", Direction: di.DirectionLTR,
		}
		if it.level%2 == 1 {
			in.Direction = di.DirectionRTL
		}
		out := e.shaper.Shape(in)
		for _, g := range out.Glyphs {
			if g.GlyphID == 0 {
				s.missing++
			}
			s.glyphs = append(s.glyphs, placed{
				face: it.face, gid: g.GlyphID, x: pen + float26(g.XOffset), y: -float26(g.YOffset),
				box: [4]float64{float26(g.XBearing), -float26(g.YBearing), float26(g.Width), -float26(g.Height)},
			})
			pen += float26(g.Advance)
		}
	}
	s.width = pen
	return s
}

// float26 turns a fixed-point number of pixels into a plain one.
func float26(v fixed.Int26_6) float64 { return float64(v) / 64 }

// itemize cuts text where level, face or script change.
func itemize(text []rune, faces []int, levels []uint8) []item {
	var items []item
	for i, r := range text {
		it := item{start: i, end: i + 1, face: faces[i], script: language.LookupScript(r)}
		if levels != nil {
			it.level = levels[i]
		}
		if n := len(items); n > 0 {
			last := &items[n-1]
			same := !it.script.Strong() || !last.script.Strong() || it.script == last.script
			if last.level == it.level && last.face == it.face && same {
				last.end = it.end
				if !last.script.Strong() {
					last.script = it.script
				}
				continue
			}
		}
		items = append(items, it)
	}
	for i := range items {
		if !items[i].script.Strong() {
			items[i].script = language.Latin
		}
	}
	return items
}

// resolve finds a face for each rune. What no font has is written as its code
// points, or left out when it is an emoji beside other words: decoration.
func (e *engine) resolve(text string, bold bool) (runes []rune, faces []int, replaced bool) {
	main := faceRegular
	if bold {
		main = faceSemiBold
	}
	if isPlain(text) {
		runes = []rune(text)
		faces = make([]int, len(runes))
		for i := range faces {
			faces[i] = main
		}
		return runes, faces, false
	}
	list := graphemes(text)
	var lost []rune // the graphemes in a row that no font has
	flush := func() {
		for _, r := range escape(lost) {
			runes, faces = append(runes, r), append(faces, main)
		}
		lost = lost[:0]
	}
	for _, g := range list {
		rs := []rune(g)
		face := e.faceFor(rs, main)
		if face < 0 {
			replaced = true
			if !isEmoji(rs) || !hasWords(list) {
				lost = append(lost, rs...)
			}
			continue
		}
		flush()
		for _, r := range rs {
			runes, faces = append(runes, r), append(faces, face)
		}
	}
	flush()
	if replaced {
		runes, faces = squeeze(runes, faces)
	}
	return runes, faces, replaced
}

// squeeze removes the spaces that stood beside something left out.
func squeeze(runes []rune, faces []int) ([]rune, []int) {
	n := 0
	for i, r := range runes {
		if r == ' ' && (n == 0 || runes[n-1] == ' ') {
			continue
		}
		runes[n], faces[n] = r, faces[i]
		n++
	}
	if n > 0 && runes[n-1] == ' ' {
		n--
	}
	return runes[:n], faces[:n]
}

// hasWords reports whether anything but emoji and space is in the text.
func hasWords(list []string) bool {
	for _, g := range list {
		if rs := []rune(g); !isEmoji(rs) && (unicode.IsLetter(rs[0]) || unicode.IsDigit(rs[0])) {
			return true
		}
	}
	return false
}

// maxEscapes is how many code points an escape spells out before it is cut.
const maxEscapes = 3

// escape spells runes that cannot be drawn as code points: "U+6771 4EAC".
func escape(lost []rune) string {
	var b strings.Builder
	n := 0
	for _, r := range lost {
		if isJoining(r) {
			continue
		}
		switch n++; {
		case n == 1:
			fmt.Fprintf(&b, "U+%04X", r)
		case n <= maxEscapes:
			fmt.Fprintf(&b, " %04X", r)
		case n == maxEscapes+1:
			b.WriteRune('…')
		}
	}
	return b.String()
}

// faceFor returns the first face that has every rune of a grapheme, or -1.
func (e *engine) faceFor(grapheme []rune, main int) int {
	first := grapheme[0]
	if isEmoji(grapheme) {
		if face := e.optionalFor(grapheme, classEmoji); face >= 0 {
			return face
		}
	}
	for _, face := range [...]int{main, faceArabic, faceDevanagari, faceThai, faceHebrew} {
		if e.covers(face, grapheme) {
			return face
		}
	}
	return e.optionalFor(grapheme, classFor(first))
}

// optionalFor looks for a face among the optional fonts of a class.
func (e *engine) optionalFor(grapheme []rune, class fontClass) int {
	for i := 0; ; i++ {
		face, more := e.set.candidate(i, grapheme[0], class)
		if !more {
			return -1
		}
		if face >= 0 && e.covers(face, grapheme) {
			return face
		}
	}
}

// covers reports whether a face has a glyph for each rune that needs one.
func (e *engine) covers(face int, grapheme []rune) bool {
	f := e.face(face)
	for _, r := range grapheme {
		if isJoining(r) {
			continue
		}
		if _, ok := f.NominalGlyph(r); !ok {
			return false
		}
	}
	return true
}
