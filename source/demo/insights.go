package demo

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"
)

// folder holds the saved insights, one file for each team.
//
//go:embed insights/*.yml
var folder embed.FS

// insights is the folder with the days of the story filled in: the files write
// $(outage) where a user would write a date.
func insights(c calendar, origin int) (fs.FS, error) {
	dir, err := fs.Sub(folder, "insights")
	if err != nil {
		return nil, fmt.Errorf("demo: insights: %w", err)
	}
	var pairs []string
	for name, day := range c.storyDays(origin) {
		date := c.date(day)
		pairs = append(pairs, "$("+name+")", date.Format(time.DateOnly), "$("+name+"_words)", date.Format("2 January 2006"))
	}
	return dated{dir, strings.NewReplacer(pairs...)}, nil
}

// storyDays names the days that the insights speak of.
func (c calendar) storyDays(origin int) map[string]int {
	s := c.storyOf(origin)
	y, m, _ := c.date(origin).Date()
	m -= (m - 1) % 3
	after := func(months int) int {
		return c.dayOf(time.Date(y, m+time.Month(months), 1, 0, 0, 0, 0, c.zone))
	}
	return map[string]int{
		"origin": origin,
		"launch": s.launch, "launch_end": s.launch + 28, "launch_next": s.launch + 1,
		"outage": s.outage, "outage_end": s.outage + 1, "calm": s.outage + 14,
		"spam": s.spam, "spam_end": s.spam + 1,
		"gap": s.gapFrom, "gap_end": s.gapTo,
		// Certified: some until long after the file is new, some no more.
		"reviewed": after(13), "review_due": after(32), "early": after(4), "lapsed": after(17),
	}
}

// dated is a folder whose files have dates filled in.
type dated struct {
	fs.FS
	dates *strings.Replacer
}

// Open implements fs.FS.
func (d dated) Open(name string) (fs.File, error) {
	file, err := d.FS.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil || info.IsDir() {
		return file, err
	}
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return page{file, bytes.NewReader([]byte(d.dates.Replace(string(text))))}, nil
}

// page is a file with another content.
type page struct {
	fs.File
	content *bytes.Reader
}

// Read implements fs.File.
func (p page) Read(b []byte) (int, error) { return p.content.Read(b) }
