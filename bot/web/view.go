package web

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"insightbot/chat"
	"insightbot/text"
)

// The types below are a page as the templates see it: everything is decided,
// all text is clean, and html/template escapes it.

// sending is what every form that goes to a conversation carries.
type sending struct {
	// Action is the address of the conversation, As who speaks in it, and
	// Once a token that makes sending twice ask once.
	Action, As, Once string
}

// partView is one part of a reply: exactly one field is set.
type partView struct {
	Text       *textView
	Facts      []factView
	Table      *tableView
	Image      *imageView
	Choices    *choicesView
	Form       *formView
	Link       *linkView
	Attachment *attachmentView
	Section    *sectionView
	// Row is small parts beside each other.
	Row []partView
}

type textView struct {
	Style chat.TextStyle
	Text  string
	// Level is the level of a heading.
	Level int
}

type factView struct {
	Label string
	Value linkView
}

// linkView is text that may lead somewhere: by Href, or by a Call that has to
// be sent.
type linkView struct {
	Text     string
	Href     string
	External bool
	Call     string
	Send     *sending
}

type tableView struct {
	Title, Foot string
	Columns     []columnView
	Rows        [][]cellView
}

type columnView struct {
	Name   string
	Number bool
}

type cellView struct {
	linkView
	Number bool
	// Whole marks a date, a time or a number in a column of text, which must
	// not be broken over lines.
	Whole bool
	// Head marks the first cell of a row, which names it.
	Head bool
}

type imageView struct {
	// Light and Dark are addresses; Dark may be "". Both are "" when the
	// picture is not kept any more.
	Light, Dark   string
	Alt           string
	Width, Height int
}

type choicesView struct {
	ID, Prompt string
	Menu       bool
	// Detailed choices are drawn as a list of cards.
	Detailed bool
	Items    []choiceView
	Send     *sending
}

type choiceView struct {
	Label, Detail string
	// Href is set for a page, Value for a call to be sent.
	Href, Value string
	Current     bool
}

type formView struct {
	ID, Title, Submit string
	// Get forms lead to a page, with Hidden arguments of their own.
	Get    bool
	Action string
	Hidden []optionView
	Call   string
	Fields []fieldView
	Search bool
	Send   *sending
}

type fieldView struct {
	ID, Name, Label, Help, Value, Error string
	Kind                                chat.FieldKind
	Required                            bool
	Options                             []optionView
	// Many options scroll on their own.
	Many bool
}

type optionView struct {
	Value, Label string
	Selected     bool
}

type attachmentView struct {
	Label, Name, Href string
}

type sectionView struct {
	Title  string
	Folded bool
	Level  int
	Parts  []partView
}

// messageView is one message of a conversation.
type messageView struct {
	Ref, Said      string
	Asker          personView
	Bot            string
	Time, Datetime string
	Pending        bool
	Private        bool
	Failed         bool
	Title          string
	Parts          []partView
	// Lead is the finding alone, which is read out.
	Lead string
}

// personView is a person as drawn.
type personView struct {
	ID, Name, Title, Initials string
	Hue                       int
	Current                   bool
}

// person makes the view of a user.
func person(u chat.User, current bool) personView {
	name := nameOr(u.Name, text.Clean(u.ID))
	hue := 0
	for _, b := range []byte(u.ID) {
		hue = (hue*31 + int(b)) % hues
	}
	return personView{ID: u.ID, Name: name, Title: text.Clean(u.Title), Initials: initials(name), Hue: hue, Current: current}
}

// hues is how many avatar colours the style sheet has.
const hues = 8

// initials are the first letters of the first and the last word of a name.
func initials(name string) string {
	words := strings.Fields(name)
	first := func(w string) string {
		for _, r := range w {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return string(unicode.ToUpper(r))
			}
		}
		return ""
	}
	switch len(words) {
	case 0:
		return "?"
	case 1:
		return first(words[0])
	}
	return first(words[0]) + first(words[len(words)-1])
}

// clean takes out of a text what a data source can hold but a reader cannot
// see, and keeps its line breaks.
func clean(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = text.Clean(line)
	}
	return strings.Join(lines, "\n")
}

// maxWhole is how many characters stay on one line.
const maxWhole = 32

// whole reports whether a text looks like a number, a date or a span of them:
// it is short, has a digit, and its words without one are units or months.
func whole(s string) bool {
	words := strings.Fields(s)
	if utf8.RuneCountInString(s) > maxWhole || !strings.ContainsFunc(s, unicode.IsDigit) {
		return false
	}
	for _, w := range words {
		letters := strings.Trim(w, ".,:;()")
		if strings.ContainsFunc(w, unicode.IsDigit) || !strings.ContainsFunc(w, unicode.IsLetter) ||
			utf8.RuneCountInString(letters) <= 4 {
			continue
		}
		_, errMonth := time.Parse("January", letters)
		_, errDay := time.Parse("Monday", letters)
		if errMonth != nil && errDay != nil {
			return false
		}
	}
	return true
}

// clock writes when something was said, in the zone of who reads it.
func clock(at, now time.Time, zone string) (short, datetime string) {
	if loc, err := time.LoadLocation(zone); err == nil && zone != "" {
		at, now = at.In(loc), now.In(loc)
	}
	layout := "15:04"
	if at.YearDay() != now.YearDay() || at.Year() != now.Year() {
		layout = "2 Jan, 15:04"
	}
	return at.Format(layout), at.Format(time.RFC3339)
}
