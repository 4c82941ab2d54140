package render

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// testCanvas is a canvas to measure and draw on.
func testCanvas() *canvas {
	c := newCanvas(newEngine(newFontSet("", false)), colorsOf(Light), time.Now().Add(time.Hour), nil)
	c.open(chartWidth, 240)
	return c
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                              "plain",
		"  two \t\n spaces  ":                "two spaces",
		"e\u0301te\u0301":                    "été",
		"a\u202Eb\u2066c\u200Fd\uFEFF":       "abcd",
		"bell\a null\x00":                    "bell null",
		"z\u0301\u0302\u0303\u0304\u0305z":   "ź\u0302z",
		"👩\u200d👩\u200d👧":                    "👩\u200d👩\u200d👧",
		strings.Repeat("é", 3*maxLabelRunes): strings.Repeat("é", maxLabelRunes),
	} {
		if diff := cmp.Diff(want, clean(in)); diff != "" {
			t.Errorf("clean(%.20q): %s", in, diff)
		}
	}
}

func TestEngine_Levels(t *testing.T) {
	e := newEngine(newFontSet("", false))
	for text, want := range map[string]string{
		"plain":           "",
		"abc אבג def":     "00001110000",
		"אבג 12 ד":        "11112211",
		"abc אבג 12 def":  "00001111220000",
		"abc ١٢ אבג":      "0000221111",
		"אבג abc":         "1111222",
		"(אבג) x":         "1111112",
		"مصر (2)":         "1111121",
		"Orders, مصر: 42": "000000001111122",
	} {
		var got strings.Builder
		for _, l := range e.levels([]rune(text)) {
			got.WriteByte('0' + l)
		}
		if got.String() != want {
			t.Errorf("%q: got levels %s, want %s", text, got.String(), want)
		}
	}
}

func TestReorder(t *testing.T) {
	var items []item
	for i, level := range []uint8{0, 1, 2, 1, 0} {
		items = append(items, item{start: i, level: level})
	}
	reorder(items)
	var got []int
	for _, it := range items {
		got = append(got, it.start)
	}
	if diff := cmp.Diff([]int{0, 3, 2, 1, 4}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEngine_NothingIsDrawnAsBox(t *testing.T) {
	e := newEngine(newFontSet("", false))
	for _, text := range append(slices.Clone(places),
		"ქართული", "ᚠᛇᚻ", "\U0001F1E9\U0001F1EA flag", "①②③", "❤️", "a\u0332b", "− – … · ₪ ₹ ₩ ₺ ₴ ₫ ∞ → ▲", "ڀڄ", "ऴ्हि") {
		s := e.shape(text, 34, false)
		if s.missing > 0 {
			t.Errorf("%q has %d missing glyphs", text, s.missing)
		}
		if len(s.glyphs) == 0 || s.width <= 0 {
			t.Errorf("%q is invisible", text)
		}
	}
}

func TestEngine_Escapes(t *testing.T) {
	e := newEngine(newFontSet("", false))
	for text, want := range map[string]string{
		"東京":         "U+6771 4EAC",
		"東京都新宿":      "U+6771 4EAC 90FD…",
		"Tokyo 東":    "Tokyo U+6771",
		"🚀 Launch 🎉": "Launch",
		"🚀":          "U+1F680",
		"👩\u200d👧":   "U+1F469 1F467",
		"a 🚀 b":      "a b",
	} {
		runes, faces, replaced := e.resolve(clean(text), false)
		if string(runes) != want || !replaced || len(runes) != len(faces) {
			t.Errorf("%q is drawn as %q, want %q", text, string(runes), want)
		}
	}
}

func TestCanvas_Fit(t *testing.T) {
	c := testCanvas()
	s := style{size: sizeText}
	for _, text := range append(slices.Clone(places), strings.Repeat("wide ", 3000), strings.Repeat("👩\u200d👩\u200d👧", 50), strings.Repeat("क्षि", 80)) {
		for _, width := range []float64{5, 40, 90, 129, 300} {
			got := c.fit(text, s, width)
			if w := c.measure(got, s); w > width && got != "…" {
				t.Errorf("%.20q in %v: %q is %.1f wide", text, width, got, w)
			}
			if !utf8.ValidString(got) || got == "" {
				t.Errorf("%.20q in %v: %q", text, width, got)
			}
			head, tail, cut := strings.Cut(got, "…")
			whole := graphemes(clean(text))
			if cut && (!slices.Equal(graphemes(head), whole[:len(graphemes(head))]) ||
				!slices.Equal(graphemes(tail), whole[len(whole)-len(graphemes(tail)):])) {
				t.Errorf("%.20q in %v: %q splits a grapheme", text, width, got)
			}
		}
	}
	if !slices.Contains(c.cut, clean(places[0])) {
		t.Error("what was cut is not remembered")
	}
}

func TestCanvas_WrapAndFlow(t *testing.T) {
	c := testCanvas()
	s := style{size: sizeTitle, bold: true}
	text := "Weekly active users of the mobile applications by acquisition channel and by country of residence, without trial accounts"
	lines := c.wrap(text, s, 448, 2)
	if len(lines) != 2 || !strings.HasSuffix(lines[1], "…") || !strings.HasPrefix(text, lines[0]) {
		t.Errorf("got %q", lines)
	}
	if got := c.wrap(strings.Repeat("x", 500), s, 448, 2); len(got) != 1 {
		t.Errorf("one long word gives %d lines", len(got))
	}
	parts := []string{"24 Oct – 22 Nov 2026", "dashed: 24 Sep – 23 Oct 2026", "dotted: 22 Nov so far", ""}
	if diff := cmp.Diff([]string{parts[0] + " · " + parts[1], parts[2]}, c.flow(parts, style{size: sizeText}, 448, 2)); diff != "" {
		t.Error(diff)
	}
}

func TestEngine_CachesAreBounded(t *testing.T) {
	c := testCanvas()
	for i := range 3 * maxShaped {
		c.fit(strings.Repeat("long words ", 9)+itoa(i), style{size: sizeText}, 100)
	}
	for r := rune(0x21); r < 0x3000; r++ {
		c.text(50, 50, string(r), style{size: sizeNumber})
	}
	if n, m := len(c.e.shaped), len(c.e.fitted); n > maxShaped || m > maxShaped {
		t.Errorf("%d shaped and %d fitted texts are kept", n, m)
	}
	if c.e.maskBytes > maxMaskBytes+1<<16 {
		t.Errorf("%d bytes of glyphs are kept", c.e.maskBytes)
	}
}

func TestFontSet_OptionalFontsOpenOnDemand(t *testing.T) {
	set := newFontSet(t.TempDir(), true)
	e := newEngine(set)
	e.shape("Latin, العربية, हिन्दी, ไทย, עברית", 34, false)
	for _, o := range set.optional {
		if o.tried {
			t.Errorf("%s was opened for a text that needs no optional font", o.path)
		}
	}
	e.shape("東", 34, false)
	for _, o := range set.optional {
		if o.tried && o.class == classEmoji {
			t.Errorf("%s was opened for a Chinese character", o.path)
		}
	}
}
