// Package blockkit draws a screen that is meant for Slack, a message, a dialog
// or a home page in JSON, as one HTML page that needs nothing else. The page is
// for looking at screens while changing them and for the pictures in the
// documentation; it is close to what Slack shows and says that it is not Slack.
//
// Whatever a screen holds is data here: it is escaped by html/template, links
// lead to the web alone, and the page runs no script and loads nothing.
package blockkit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Kind is the kind of a screen.
type Kind string

// The kinds of screens.
const (
	Message Kind = "message"
	Modal   Kind = "modal"
	Home    Kind = "home"
)

// Payload is a screen as it is sent to Slack, as far as it is drawn. What it
// does not know is left out or drawn as a box with its name.
type Payload struct {
	Kind Kind `json:"type"`
	// Text stands for a message in notifications.
	Text   *Text   `json:"text"`
	Title  *Text   `json:"title"`
	Submit *Text   `json:"submit"`
	Close  *Text   `json:"close"`
	Blocks []Block `json:"blocks"`
}

// Block is any block; Type says which of the fields have a meaning.
type Block struct {
	Type string `json:"type"`

	Text      *Text     `json:"text"`
	Fields    []Text    `json:"fields"`
	Accessory *Element  `json:"accessory"`
	Elements  []Element `json:"elements"`

	// Of image blocks.
	Title *Text `json:"title"`
	Image

	// Of input blocks.
	Label    *Text    `json:"label"`
	Hint     *Text    `json:"hint"`
	Element  *Element `json:"element"`
	Optional bool     `json:"optional"`

	// Of tables.
	Caption string      `json:"caption"`
	Rows    [][]Element `json:"rows"`
	Columns []Column    `json:"column_settings"`

	// Of alerts.
	Level string `json:"level"`
}

// Image is a picture by its address or by its file in Slack.
type Image struct {
	URL  string `json:"image_url"`
	Alt  string `json:"alt_text"`
	File *File  `json:"slack_file"`
}

// File names a file in Slack by one of the two.
type File struct {
	ID  string `json:"id"`
	URL string `json:"url"`
}

// Column is how a column of a table is aligned: "left", "center" or "right".
type Column struct {
	Align string `json:"align"`
}

// Element is any part of a block: a button, a menu, an input, a piece of text.
type Element struct {
	Type  string `json:"type"`
	Text  *Text  `json:"text"`
	Style Style  `json:"style"`
	URL   string `json:"url"`
	Image

	Placeholder *Text    `json:"placeholder"`
	Confirm     *Confirm `json:"confirm"`
	Options     []Option `json:"options"`
	Groups      []Group  `json:"option_groups"`
	// Option and Chosen are what is chosen at first, one or several.
	Option    *Option  `json:"initial_option"`
	Chosen    []Option `json:"initial_options"`
	Initial   Scalar   `json:"initial_value"`
	Date      string   `json:"initial_date"`
	Time      string   `json:"initial_time"`
	Multiline bool     `json:"multiline"`

	Positive *Element `json:"positive_button"`
	Negative *Element `json:"negative_button"`

	// Of rich text.
	Elements  []Element `json:"elements"`
	Indent    int       `json:"indent"`
	Name      string    `json:"name"`
	User      string    `json:"user_id"`
	Channel   string    `json:"channel_id"`
	UserGroup string    `json:"usergroup_id"`
	Range     string    `json:"range"`
	Fallback  string    `json:"fallback"`
	// Value is a number of a table.
	Value Scalar `json:"value"`
}

// Option is one entry of a menu.
type Option struct {
	Text        *Text  `json:"text"`
	Description *Text  `json:"description"`
	Value       Scalar `json:"value"`
}

// Group is entries of a menu below a label.
type Group struct {
	Label   *Text    `json:"label"`
	Options []Option `json:"options"`
}

// Confirm is the question before a button does something.
type Confirm struct {
	Title   *Text `json:"title"`
	Text    *Text `json:"text"`
	Confirm *Text `json:"confirm"`
	Deny    *Text `json:"deny"`
}

// Text is a text object. A bare string is read as plain text.
type Text struct {
	Type string
	Text string
}

// UnmarshalJSON reads either form.
func (t *Text) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(b, []byte(`"`)) {
		*t = Text{Type: "plain_text"}
		return json.Unmarshal(b, &t.Text)
	}
	var o struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	if err := json.Unmarshal(b, &o); err != nil {
		return fmt.Errorf("a text is neither a string nor a text object: %s", excerpt(b))
	}
	*t = Text(o)
	return nil
}

// Style is the style of a button or a list by its name, or of rich text by its
// flags.
type Style struct {
	Name                       string
	Bold, Italic, Strike, Code bool
}

// UnmarshalJSON reads either form.
func (s *Style) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(b, []byte(`"`)) {
		return json.Unmarshal(b, &s.Name)
	}
	var o struct {
		Bold   bool `json:"bold"`
		Italic bool `json:"italic"`
		Strike bool `json:"strike"`
		Code   bool `json:"code"`
	}
	if err := json.Unmarshal(b, &o); err != nil {
		return fmt.Errorf("a style is neither a name nor flags: %s", excerpt(b))
	}
	s.Bold, s.Italic, s.Strike, s.Code = o.Bold, o.Italic, o.Strike, o.Code
	return nil
}

// Scalar is a string, a number or anything else that is shown as it stands.
type Scalar string

// UnmarshalJSON reads a string without its quotes and everything else as it is
// written.
func (s *Scalar) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		*s = Scalar(text)
		return nil
	}
	*s = Scalar(b)
	return nil
}

// maxPayload is far above what Slack takes: 250 KB for a view.
const maxPayload = 4 << 20

// Read reads a screen: the arguments of a message, a view, an object with one
// of them under "view" or "message", or a bare list of blocks. Its errors say
// where in the text the mistake is.
func Read(data []byte) (Payload, error) {
	if len(data) > maxPayload {
		return Payload{}, fmt.Errorf("blockkit: a screen has at most %d bytes", maxPayload)
	}
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	if len(data) == 0 {
		return Payload{}, errors.New("blockkit: there is nothing in it")
	}
	var p struct {
		Payload
		View    *Payload `json:"view"`
		Message *Payload `json:"message"`
	}
	var err error
	if data[0] == '[' {
		err = json.Unmarshal(data, &p.Blocks)
	} else {
		err = json.Unmarshal(data, &p)
	}
	if err != nil {
		return Payload{}, located(data, err)
	}
	screen := p.Payload
	for _, inner := range []*Payload{p.View, p.Message} {
		if inner != nil && screen.Blocks == nil {
			screen = *inner
		}
	}
	if screen.Kind != Modal && screen.Kind != Home {
		screen.Kind = Message
	}
	if screen.Blocks == nil && (screen.Kind != Message || screen.Text == nil) {
		return Payload{}, errors.New(`blockkit: this is no screen: it has no "blocks" and no "text"`)
	}
	return screen, nil
}

// located says in which line and column an error lies, where that is known.
func located(data []byte, err error) error {
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		line, column := place(data, syntax.Offset)
		return fmt.Errorf("blockkit: line %d, column %d: %w", line, column, syntax)
	case errors.As(err, &wrong):
		line, column := place(data, wrong.Offset)
		if wrong.Field == "" {
			return fmt.Errorf("blockkit: line %d, column %d: %s where a screen is expected", line, column, wrong.Value)
		}
		return fmt.Errorf("blockkit: line %d, column %d: %s cannot be: %s", line, column, strings.TrimPrefix(wrong.Field, "Payload."), wrong.Value)
	default:
		return fmt.Errorf("blockkit: %w", err)
	}
}

// place is the line and column, from 1, of the byte before an offset.
func place(data []byte, offset int64) (line, column int) {
	before := string(data[:max(0, min(int64(len(data)), offset))])
	line = 1 + strings.Count(before, "\n")
	return line, max(1, len([]rune(before[strings.LastIndex(before, "\n")+1:])))
}

// excerpt is the beginning of JSON, for an error.
func excerpt(b []byte) string {
	const enough = 60
	if r := []rune(string(b)); len(r) > enough {
		return string(r[:enough]) + "…"
	}
	return string(b)
}
