package render

import (
	"bytes"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
)

//go:embed fonts/*.otf fonts/*.ttf
var embedded embed.FS

// The embedded fonts, by their number. Optional fonts follow them.
const (
	faceRegular = iota
	faceSemiBold
	faceArabic
	faceDevanagari
	faceThai
	faceHebrew
	embeddedFaces
)

// embeddedNames are the files behind the numbers above.
var embeddedNames = [embeddedFaces]string{
	"Inter-Regular.otf", "Inter-SemiBold.otf", "NotoSansArabic-Regular.ttf",
	"NotoSansDevanagari-Regular.ttf", "NotoSansThai-Regular.ttf", "NotoSansHebrew-Regular.ttf",
}

// maxFontFile is how large an optional font file may be; Noto Sans CJK has
// 19 MB.
const maxFontFile = 48 << 20

// fontClass says which runes an optional font is opened for, so that an emoji
// does not open 19 MB of Chinese.
type fontClass int

const (
	classOther fontClass = iota
	classCJK
	classEmoji
)

// optionalFont is a font file outside the program, opened on the first rune
// that may need it.
type optionalFont struct {
	path  string
	class fontClass
	// script limits the font to one script; 0 means any.
	script language.Script

	tried bool
	// face is its number once it is open, or -1.
	face int
}

// fontSet holds the font data shared by all engines of a Painter. Font data
// is read-only and safe to share; the faces made from it are not.
type fontSet struct {
	mu       sync.Mutex
	fonts    []*font.Font
	optional []*optionalFont
}

// newFontSet lists, but does not open, the optional fonts of dir and, if
// wanted, those of the operating system.
func newFontSet(dir string, system bool) *fontSet {
	s := &fontSet{fonts: make([]*font.Font, embeddedFaces)}
	if dir != "" {
		entries, err := os.ReadDir(dir)
		if err != nil {
			entries = nil // the directory is optional, as its fonts are
		}
		for _, e := range entries {
			name := strings.ToLower(e.Name())
			if slices.Contains([]string{".ttf", ".otf", ".ttc"}, filepath.Ext(name)) {
				s.optional = append(s.optional, &optionalFont{
					path: filepath.Join(dir, e.Name()), class: classOf(name), face: -1,
				})
			}
		}
	}
	if system {
		s.optional = append(s.optional, systemFonts()...)
	}
	return s
}

// classOf guesses from its file name what a font is for.
func classOf(name string) fontClass {
	if strings.Contains(name, "emoji") {
		return classEmoji
	}
	for _, part := range []string{"cjk", "wqy", "droidsansfallback", "sourcehan", "sanssc", "sanstc", "sansjp", "sanskr"} {
		if strings.Contains(name, part) {
			return classCJK
		}
	}
	return classOther
}

// systemFonts are the places where common packages put the fonts that are too
// large to embed. Smaller CJK fonts come first.
func systemFonts() []*optionalFont {
	var list []*optionalFont
	add := func(class fontClass, script language.Script, paths ...string) {
		for _, p := range paths {
			list = append(list, &optionalFont{path: p, class: class, script: script, face: -1})
		}
	}
	add(classCJK, 0,
		"/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
		"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
		"/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
		"/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
		"/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf")
	add(classEmoji, 0,
		"/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf",
		"/usr/share/fonts/noto/NotoColorEmoji.ttf",
		"/usr/share/fonts/google-noto-emoji/NotoColorEmoji.ttf")
	for _, noto := range []struct {
		name   string
		script language.Script
	}{
		{"Armenian", language.Armenian},
		{"Bengali", language.Bengali},
		{"Ethiopic", language.Ethiopic},
		{"Georgian", language.Georgian},
		{"Gujarati", language.Gujarati},
		{"Gurmukhi", language.Gurmukhi},
		{"Kannada", language.Kannada},
		{"Khmer", language.Khmer},
		{"Lao", language.Lao},
		{"Malayalam", language.Malayalam},
		{"Myanmar", language.Myanmar},
		{"Sinhala", language.Sinhala},
		{"Tamil", language.Tamil},
		{"Telugu", language.Telugu},
		{"Tibetan", language.Tibetan},
	} {
		add(classOther, noto.script, "/usr/share/fonts/truetype/noto/NotoSans"+noto.name+"-Regular.ttf",
			"/usr/share/fonts/noto/NotoSans"+noto.name+"-Regular.ttf")
	}
	return list
}

// font returns the data of a font by its number, parsing an embedded one the
// first time.
func (s *fontSet) font(face int) (*font.Font, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fonts[face] != nil {
		return s.fonts[face], nil
	}
	data, err := embedded.ReadFile("fonts/" + embeddedNames[face])
	if err != nil {
		return nil, fmt.Errorf("render: embedded font: %w", err)
	}
	ld, err := opentype.NewLoader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("render: embedded font %s: %w", embeddedNames[face], err)
	}
	if s.fonts[face], err = font.NewFont(ld); err != nil {
		return nil, fmt.Errorf("render: embedded font %s: %w", embeddedNames[face], err)
	}
	return s.fonts[face], nil
}

// candidate returns the number of the i-th optional font when it may serve r,
// opening it if need be; -1 when it does not, and false past the last one. The
// order is fixed, so the choice does not depend on what was drawn before.
func (s *fontSet) candidate(i int, r rune, class fontClass) (face int, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i >= len(s.optional) {
		return -1, false
	}
	o := s.optional[i]
	if o.class != class && (class != classCJK || o.class != classOther || o.script != 0) {
		return -1, true
	}
	if o.script != 0 && o.script != language.LookupScript(r) {
		return -1, true
	}
	if !o.tried {
		o.tried = true
		if f := openFont(o.path); f != nil {
			o.face = len(s.fonts)
			s.fonts = append(s.fonts, f)
		}
	}
	return o.face, true
}

// openFont reads one font file; of a collection only the first font, because
// each costs megabytes. It returns nil for a file that is absent, too large or
// broken: the text is then written with escapes, which is no reason to fail.
func openFont(path string) *font.Font {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close() //nolint:errcheck // only read
	if info, err := file.Stat(); err != nil || info.Size() > maxFontFile || !info.Mode().IsRegular() {
		return nil
	}
	loaders, err := opentype.NewLoaders(file)
	if err != nil || len(loaders) == 0 {
		return nil
	}
	f, err := font.NewFont(loaders[0])
	if err != nil {
		return nil
	}
	return f
}
