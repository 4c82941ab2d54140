package chat

// Reply is what the bot says: a list of neutral parts that every transport can
// draw in its own way. All text in it is plain, never markup, and may hold any
// character a data source can hold: escaping is the transport's work.
type Reply struct {
	// Title names the page or message where a transport shows one.
	Title string
	Parts []Part
	// Private asks that only the asker can read it.
	Private bool
	// Context is handed back with the next Request in the same thread.
	Context Call
	// Ref is the Request's reference.
	Ref string
	// Outcome is what became of a question; "" for any other command.
	Outcome Outcome
	// Notices are what other people must be told at once. A transport that
	// cannot reach people by itself leaves them out.
	Notices []Notice
}

// Notice is what is told to people who did not ask, each of them alone.
type Notice struct {
	// Users are ids of people of the place's workspace.
	Users []string
	Reply *Reply
}

// Part is one piece of a Reply: Text, Facts, Table, Image, Choices, Form, Link,
// Attachment or Section.
type Part interface{ part() }

// Text is a paragraph of plain text.
type Text struct {
	Text  string
	Style TextStyle
}

// TextStyle says what a Text is for.
type TextStyle string

// The text styles.
const (
	// Body is ordinary text.
	Body TextStyle = ""
	// Lead is the one sentence that answers the question.
	Lead TextStyle = "lead"
	// Note is small print: period, zone, freshness.
	Note TextStyle = "note"
	// Caution is something the reader must know before using the number.
	Caution TextStyle = "caution"
	// Failure says that something did not work and what to do next.
	Failure TextStyle = "failure"
	// Heading begins a new topic.
	Heading TextStyle = "heading"
)

// Facts are short labelled statements.
type Facts struct {
	Items []Item
}

// Item is one labelled statement.
type Item struct {
	Label, Text string
	// Link makes the text clickable where it is set.
	Link Link
}

// Table is rows of text. Numbers in it are already written for people.
type Table struct {
	Title   string
	Columns []Column
	Rows    [][]Cell
	// Foot is a line below, such as "15 of 340 rows".
	Foot string
}

// Column is the head of a table column.
type Column struct {
	Name string
	// Number aligns the column to the right.
	Number bool
}

// Cell is one cell of a Table.
type Cell struct {
	Text string
	// Call makes the cell clickable where it is set.
	Call Call
}

// Image is a picture. A transport shows the file for its theme and always
// carries the alternative text.
type Image struct {
	// Files holds a PNG for each theme that was asked for, light at least.
	Files map[Theme]File
	// Alt states the finding, so that nobody needs to see the picture.
	Alt string
	// Width and Height are in pixels, the same for every theme.
	Width, Height int
}

// File is a named piece of data.
type File struct {
	// Name ends in the usual extension: "sign-ups.png".
	Name string
	// Type is a media type.
	Type string
	Data []byte
}

// Attachment offers a file to keep.
type Attachment struct {
	File  File
	Label string
}

// Choices are buttons, or a menu where Menu is set or a transport has no room
// for buttons.
type Choices struct {
	// Prompt says what is chosen: "Which one did you mean?"
	Prompt string
	Menu   bool
	Items  []Choice
}

// Choice is one button or menu entry.
type Choice struct {
	Label string
	// Detail is a line that helps to choose; may be "".
	Detail string
	// Call is what happens when it is chosen.
	Call Call
	// Current marks the choice that is in force now.
	Current bool
}

// Form asks for several values at once.
type Form struct {
	Title  string
	Fields []Field
	// Submit labels the button; Call receives the fields as arguments, added
	// to its own.
	Submit string
	Call   Call
}

// Field is one input of a Form.
type Field struct {
	Name, Label, Help string
	Kind              FieldKind
	Value             string
	Required          bool
	// Options are for FieldSelect and FieldMulti: the value, and its label.
	Options []Option
	// Error says what is wrong with Value, when the form comes back.
	Error string
}

// Option is one value a select Field can take.
type Option struct{ Value, Label string }

// FieldKind is the kind of input.
type FieldKind string

// The kinds of fields.
const (
	FieldText   FieldKind = "text"
	FieldLong   FieldKind = "long"
	FieldSelect FieldKind = "select"
	FieldCheck  FieldKind = "check"
	FieldSearch FieldKind = "search"
	// FieldMulti takes several of its Options; its value is their values,
	// joined by commas.
	FieldMulti FieldKind = "multi"
	// FieldPlace takes a place, which a transport lets people choose in its own
	// way. The Call of the form is then made in that place, as if it had been
	// asked there.
	FieldPlace FieldKind = "place"
)

// Link leads somewhere: to a page of the source (URL) or to a command (Call).
type Link struct {
	Label, URL string
	Call       Call
}

// Section is parts that belong together under a title; a transport may fold it
// when Folded is set.
type Section struct {
	Title  string
	Folded bool
	Parts  []Part
}

func (Text) part()       {}
func (Facts) part()      {}
func (Table) part()      {}
func (Image) part()      {}
func (Choices) part()    {}
func (Form) part()       {}
func (Link) part()       {}
func (Attachment) part() {}
func (Section) part()    {}
