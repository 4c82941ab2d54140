package text_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"insightbot/text"
)

func TestTruncate_CountsTheEllipsis(t *testing.T) {
	const family = "👨‍👩‍👧" // 1 grapheme, 8 UTF-16 units, 18 bytes, 2 cells
	for _, tt := range []struct {
		name, in string
		limit    int
		by       text.Measure
		want     string
	}{
		{"fits", "hello", 5, text.Graphemes, "hello"},
		{"cut", "hello!", 5, text.Graphemes, "hell…"},
		{"space before the mark goes", "one two three", 5, text.Graphemes, "one…"},
		{"empty", "", 0, text.Graphemes, ""},
		{"no room at all", "hello", 0, text.Graphemes, ""},
		{"room for the mark alone", "hello", 1, text.Graphemes, "…"},
		{"negative", "hello", -3, text.Graphemes, ""},
		{"family is one grapheme", family + "abc", 3, text.Graphemes, family + "a…"},
		{"family is eight units", family + "abc", 9, text.UTF16, family + "…"},
		{"family never splits by units", family + "abc", 8, text.UTF16, "…"},
		{"family never splits by bytes", "a" + family + "bc", 20, text.Bytes, "a…"},
		{"bytes of a two-byte letter", strings.Repeat("é", 100), 199, text.Bytes, strings.Repeat("é", 98) + "…"},
		{"accent stays on its letter", "e\u0301e\u0301e\u0301", 2, text.Graphemes, "e\u0301…"},
		{"flags", "🇩🇪🇫🇷🇮🇹", 2, text.Graphemes, "🇩🇪…"},
		{"wide characters fill two cells", "東京都庁", 6, text.Cells, "東京…"},
		{"bytes that are no text", "\xff\xfe\xfdabc", 4, text.UTF16, "\xff\xfe\xfd…"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := text.Truncate(tt.in, tt.limit, tt.by); got != tt.want {
				t.Errorf("Truncate(%q, %d) = %q, want %q", tt.in, tt.limit, got, tt.want)
			}
		})
	}
}

func TestUTF16_AgreesWithTheStandardLibrary(t *testing.T) {
	for _, s := range []string{"", "abc", "é", "東京", "👨‍👩‍👧", "\xff", "a\u0301"} {
		if got, want := text.UTF16(s), len(utf16.Encode([]rune(s))); got != want {
			t.Errorf("UTF16(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestMiddle_KeepsBothEnds(t *testing.T) {
	for _, tt := range []struct {
		in    string
		limit int
		want  string
	}{
		{"/short", 10, "/short"},
		{"/products/shoes/running/42", 11, "/prod…ng/42"},
		{"abcdef", 2, "a…"},
		{"abcdef", 1, "…"},
		{"abcdef", 0, ""},
	} {
		if got := text.Middle(tt.in, tt.limit, text.Graphemes); got != tt.want {
			t.Errorf("Middle(%q, %d) = %q, want %q", tt.in, tt.limit, got, tt.want)
		}
	}
}

func TestPad_CountsCells(t *testing.T) {
	if got := text.Pad("東京", 6, false); got != "東京  " {
		t.Errorf("left: %q", got)
	}
	if got := text.Pad("1,234", 7, true); got != "  1,234" {
		t.Errorf("right: %q", got)
	}
	if got := text.Pad("longer", 3, true); got != "longer" {
		t.Errorf("longer: %q", got)
	}
}

func TestJoinWords(t *testing.T) {
	for want, words := range map[string][]string{
		"": nil, "a": {"a"}, "a and b": {"a", "b"}, "a, b and c": {"a", "b", "c"},
	} {
		if got := text.JoinWords(words); got != want {
			t.Errorf("JoinWords(%q) = %q, want %q", words, got, want)
		}
	}
}

func TestSingular(t *testing.T) {
	for plural, want := range map[string]string{
		"sign-ups": "sign-up", "users": "user", "people": "person", "companies": "company", "boxes": "box",
		"users per day": "user per day", "active people": "active person", "classes": "class", "status": "status",
		"searches": "search", "": "", "s": "s", "People": "Person", "series": "series", "days of use": "day of use",
		"units (boxes)": "unit (boxes)", "press": "press",
	} {
		if got := text.Singular(plural); got != want {
			t.Errorf("Singular(%q) = %q, want %q", plural, got, want)
		}
	}
}

func TestClean(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "Sign-ups by country", "Sign-ups by country"},
		{"new lines", "one\r\ntwo\tthree", "one two three"},
		{"runs of space", "  one   two ", "one two"},
		{"other spaces", "one\u00a0\u2003two\u2028three", "one two three"},
		{"controls", "a\x00b\x1b[31mc\x7f\u0085", "ab[31mc"},
		{"bidi overrides", "\u202ename\u202c \u2066x\u2069", "name x"},
		{"direction marks", "a\u200eb\u200fc\u061cd", "abcd"},
		{"zero width", "ad\u200bmin\ufeff\u2060", "admin"},
		{"joiner inside latin", "ad\u200dmin", "admin"},
		{"joiner at the ends", "\u200dadmin\u200c", "admin"},
		{"joiner in an emoji", "👨‍👩‍👧 family", "👨‍👩‍👧 family"},
		{"joiner in an emoji with a skin", "👩🏽‍💻", "👩🏽‍💻"},
		{"joiner in Persian", "می\u200cخواهم", "می\u200cخواهم"},
		{"joiner in Hindi", "क्\u200dष", "क्\u200dष"},
		{"soft hyphen", "in\u00adsight", "insight"},
		{"blank letter", "x\u3164y", "xy"},
		{"hidden tags", "hi\U000E0041\U000E0042", "hi"},
		{"flag of Scotland", "🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F!", "🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F!"},
		{"composed", "e\u0301", "é"},
		{"stacked marks", "a" + strings.Repeat("\u0335", 200) + "b", "a" + strings.Repeat("\u0335", 8) + "b"},
		{"not UTF-8", "a\xffb", "a\uFFFDb"},
		{"Arabic", "القاهرة", "القاهرة"},
		{"Thai", "กรุงเทพฯ น้ำ", "กรุงเทพฯ น้ำ"},
		{"chat markup is left to the transport", "<!channel> & @everyone", "<!channel> & @everyone"},
		{"empty", "", ""},
		{"only hidden", "\u200b\u202e", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := text.Clean(tt.in); got != tt.want {
				t.Errorf("Clean(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

var measures = map[string]text.Measure{
	"graphemes": text.Graphemes, "UTF-16": text.UTF16, "bytes": text.Bytes, "cells": text.Cells,
}

func seed(f *testing.F) {
	f.Helper()
	for _, s := range []string{
		"", "hello world", "👨‍👩‍👧👨‍👩‍👧", "🇩🇪🇫🇷", "e\u0301e\u0301", "क्षि", "\xff\xfe", "\u0600a…", "a\r\nb", "한글\u1100\u1161",
		"A\u0315\u0300\u05ae\u0300\u0062", "\u0958" + strings.Repeat("\u0301", 9), "\U000E0020\u200d\U0001F3F4\U000E0067",
	} {
		f.Add(s, 5)
	}
}

func FuzzTruncate(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		boundaries := map[int]bool{0: true}
		for rest, state, at := s, -1, 0; rest != ""; {
			var cluster string
			cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
			at += len(cluster)
			boundaries[at] = true
		}
		for name, by := range measures {
			got := text.Truncate(s, limit, by)
			if by(got) > max(limit, 0) {
				t.Errorf("%s: %d is longer than %d: %q", name, by(got), limit, got)
			}
			if by(s) <= limit && got != s {
				t.Errorf("%s: %q fits and came back as %q", name, s, got)
			}
			head := text.Head(s, limit, by)
			if !strings.HasPrefix(s, head) || !boundaries[len(head)] {
				t.Errorf("%s: Head(%q, %d) = %q splits a grapheme", name, s, limit, head)
			}
			if middle := text.Middle(s, limit, by); by(middle) > max(limit, 0) {
				t.Errorf("%s: Middle is %d, longer than %d: %q", name, by(middle), limit, middle)
			}
		}
	})
}

func FuzzClean(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string, _ int) {
		got := text.Clean(s)
		if !utf8.ValidString(got) {
			t.Errorf("Clean(%q) is not UTF-8: %q", s, got)
		}
		if again := text.Clean(got); again != got {
			t.Errorf("Clean twice: %q, then %q", got, again)
		}
		for _, r := range got {
			if unicode.IsControl(r) || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
				t.Errorf("Clean(%q) keeps %U", s, r)
			}
		}
		if strings.TrimSpace(got) != got || strings.Contains(got, "  ") {
			t.Errorf("Clean(%q) = %q keeps space", s, got)
		}
	})
}

func ExampleTruncate() {
	fmt.Println(text.Truncate("Weekly active users", 10, text.Graphemes))
	fmt.Println(text.Truncate("👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 2, text.Graphemes))
	// Output:
	// Weekly ac…
	// 👨‍👩‍👧…
}

func ExampleClean() {
	fmt.Println(text.Clean("Ger\u200bmany\n\u202e(west)"))
	// Output: Germany (west)
}

func ExampleJoinWords() {
	fmt.Println(text.JoinWords([]string{"Germany", "France", "Italy"}))
	// Output: Germany, France and Italy
}
