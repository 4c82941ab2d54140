package blockkit

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden pages anew")

// screens are the samples of testdata.
var screens = []string{"message", "modal", "home", "hostile"}

// drawn is the page of a sample.
func drawn(t *testing.T, name string, o Options) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := Read(b)
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	if err := Draw(&page, p, o); err != nil {
		t.Fatal(err)
	}
	return page.String()
}

func TestDraw_Golden(t *testing.T) {
	for _, name := range screens {
		t.Run(name, func(t *testing.T) {
			got, file := drawn(t, name, Options{}), filepath.Join("testdata", name+".html")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("go test -update writes it anew (-want +got):\n%s", d)
			}
		})
	}
}

func TestDraw_SaysWhatItIsAndNeedsNothingElse(t *testing.T) {
	for _, name := range screens {
		page := drawn(t, name, Options{})
		if !strings.Contains(page, "Preview: drawn by Insightbot, not by Slack") {
			t.Errorf("%s does not say what it is", name)
		}
		for _, loads := range []string{"<script", "<link rel=\"stylesheet", "<iframe", "@import", "url(", "src=\"http"} {
			if strings.Contains(page, loads) {
				t.Errorf("%s holds %s", name, loads)
			}
		}
	}
}

// tags are the elements the template may write, with their attributes.
var (
	tags      = regexp.MustCompile(`<([a-zA-Z!/][^\s>]*)([^>]*)>`)
	attribute = regexp.MustCompile(`([^\s=]+)="([^"]*)"`)
)

// TestDraw_NothingInAScreenBecomesMarkup looks at every tag of the page of a
// hostile screen: each must be one of the template's, without a handler, and
// each link must lead to the web.
func TestDraw_NothingInAScreenBecomesMarkup(t *testing.T) {
	page := drawn(t, "hostile", Options{Name: `"><script>alert(1)</script>`})
	_, body, _ := strings.Cut(page, "</style>")
	if strings.Count(page, "</style>") != 1 {
		t.Error("the style sheet was closed by data")
	}
	own := map[string]bool{}
	_, source, _ := strings.Cut(pageSource, "</style>")
	head, _, _ := strings.Cut(pageSource, "<style>")
	for _, m := range tags.FindAllStringSubmatch(head+source, -1) {
		own[strings.TrimPrefix(m[1], "/")] = true
	}
	for _, m := range tags.FindAllStringSubmatch(body, -1) {
		if name := strings.TrimPrefix(m[1], "/"); !own[name] || name == "script" {
			t.Errorf("a tag of the screen: %s", m[0])
		}
		for _, a := range attribute.FindAllStringSubmatch(m[2], -1) {
			if strings.HasPrefix(strings.ToLower(a[1]), "on") || a[1] == "style" {
				t.Errorf("a handler or a style: %s", m[0])
			}
			if (a[1] == "href" || a[1] == "src") && !strings.HasPrefix(a[2], "https://") {
				t.Errorf("a link to elsewhere: %s", m[0])
			}
		}
	}
	for _, gone := range []string{"\u202e", "\x00", "javascript:", "vbscript:x\""} {
		if strings.Contains(body, `"`+gone) || gone[0] < ' ' && strings.Contains(body, gone) || gone == "\u202e" && strings.Contains(body, gone) {
			t.Errorf("the page holds %q", gone)
		}
	}
	if !strings.Contains(body, "{{.Secret}}") {
		t.Error("text that looks like a template is not shown as it is")
	}
}

func TestDraw_PicturesAreInThePageOrABox(t *testing.T) {
	picture := testPicture(t)
	with := drawn(t, "message", Options{Pictures: map[string][]byte{"F0CHART0001": picture}})
	if !strings.Contains(with, `<img src="data:image/png;base64,`) || !strings.Contains(with, `alt="Line chart: sign-ups per day`) {
		t.Error("the picture is not in the page")
	}
	without := drawn(t, "message", Options{})
	if strings.Contains(without, "<img") || !strings.Contains(without, `<span class="soft">file F0CHART0001</span> Line chart`) {
		t.Error("a picture that is not there is not a box with its text")
	}
	err := Draw(&bytes.Buffer{}, Payload{Kind: Message}, Options{Pictures: map[string][]byte{"F1": []byte("<svg onload=alert(1)>")}})
	if err == nil || !strings.Contains(err.Error(), "F1 is no PNG") {
		t.Errorf("a picture that is none: %v", err)
	}
}

func TestDraw_AMessageWithoutBlocksIsItsText(t *testing.T) {
	p, err := Read([]byte(`{"text": "*4,812* sign-ups"}`))
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	if err := Draw(&page, p, Options{Name: "Numbers"}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), "<b>4,812</b> sign-ups") || !strings.Contains(page.String(), "<b>Numbers</b>") {
		t.Error(page.String())
	}
}

// testPicture is a small PNG.
func testPicture(t *testing.T) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 1200, 675))
	for x := range 1200 {
		for y := range 675 {
			shade := color.RGBA{235, 243, 250, 255}
			if y > 640-x/3-(x%97) {
				shade = color.RGBA{31, 58, 95, 255}
			}
			picture.Set(x, y, shade)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
