package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	// mdLink is a link or picture in Markdown, and mdHeading a heading.
	mdLink    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	mdHeading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	// mdCode is code, in which nothing is a link or a heading.
	mdCode = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
	// notInAnchor is what GitHub leaves out of the anchor of a heading.
	notInAnchor = regexp.MustCompile(`[^\p{L}\p{N}\- _]`)
)

// TestDocs_LinksLeadSomewhere follows every link between the files of the
// documentation, to its heading where it names one.
func TestDocs_LinksLeadSomewhere(t *testing.T) {
	var files []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/adr/*.md", "examples/*/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	links := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range mdLink.FindAllStringSubmatch(mdCode.ReplaceAllString(string(text), ""), -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			links++
			if problem := followLink(t, file, m[1]); problem != "" {
				t.Errorf("%s: %s: %s", file, m[1], problem)
			}
		}
	}
	if links < 40 {
		t.Errorf("found only %d links: the test looks at the wrong place", links)
	}
	if followLink(t, "README.md", "docs/nowhere.md") == "" || followLink(t, "README.md", "docs/access.md#nowhere") == "" {
		t.Error("a link to nowhere is not found")
	}
}

// followLink says what is wrong with a link in a file, or "".
func followLink(t *testing.T, from, link string) string {
	t.Helper()
	path, anchor, _ := strings.Cut(link, "#")
	target := from
	if path != "" {
		target = filepath.Join(filepath.Dir(from), path)
	}
	if _, err := os.Stat(target); err != nil {
		return "there is no such file"
	}
	if anchor == "" {
		return ""
	}
	text, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	plain := regexp.MustCompile("(?s)```.*?```").ReplaceAllString(string(text), "")
	for _, h := range mdHeading.FindAllStringSubmatch(plain, -1) {
		name := notInAnchor.ReplaceAllString(strings.ToLower(strings.TrimSpace(h[1])), "")
		if strings.ReplaceAll(name, " ", "-") == anchor {
			return ""
		}
	}
	return "there is no such heading"
}
