package screen

// The limits of Slack, in UTF-16 units where they count text. They are those
// of its documentation and of the types it publishes, or below them.
const (
	// maxMessageBlocks and maxViewBlocks are the blocks of a message, and of a
	// dialog or home page.
	maxMessageBlocks = 50
	maxViewBlocks    = 100
	// maxMessageChars is all text in the blocks of a message, with what buttons
	// and menus carry. Slack refuses messages of about 13,200 without saying
	// what it counts.
	maxMessageChars = 12_000
	// maxViewBytes keeps a dialog or page below 250 KB of JSON.
	maxViewBytes = 200_000
	// maxFallback is the text that stands for a whole message.
	maxFallback = 4_000

	maxSection     = 3_000
	maxHeader      = 150
	maxContext     = 3_000
	maxAlt         = 2_000
	maxPlaceholder = 150
	maxURL         = 3_000

	maxButtonText  = 75
	maxButtonValue = 2_000
	// maxButtonShown is about what Slack shows of the text of a button.
	maxButtonShown = 35
	maxOptionText  = 75
	maxOptionValue = 75
	maxOptions     = 100
	maxGroups      = 100
	maxOverflow    = 5
	maxElements    = 25

	// maxTableRows includes the row with the names of the columns.
	maxTableRows    = 100
	maxTableColumns = 20
	// maxTableChars is for all tables of a message together, and a message may
	// have one.
	maxTableChars = 10_000

	maxModalTitle = 24
	maxModalLabel = 24
	maxMetadata   = 3_000
	maxLabel      = 2_000
	maxHint       = 2_000
	maxInput      = 3_000
	maxCheckboxes = 10
	maxID         = 255
)

// What is shown at most although Slack would take more, so that a reply stays
// calm on a phone.
const (
	// maxVisible is how many buttons of a row, or choices with a line of
	// explanation, are seen at once; the others are in a menu.
	maxVisible = 5
	// maxCell is one cell of a table.
	maxCell = 300
	// maxRaw is how much of a cell is looked at, in bytes.
	maxRaw = 4_000
	// maxFact is one labelled statement.
	maxFact = 600
	// maxError is what is said to be wrong with a field.
	maxError = 300
	// maxFieldOptions is how many options a field of a form lists.
	maxFieldOptions = 500
	// maxBoxes is how many options are drawn as boxes to tick.
	maxBoxes = 5
	// maxLinks is how many links stand behind small print.
	maxLinks = 8
	// maxSelects is how many menus stand in one row.
	maxSelects = 3
	// maxName is the name of a field, in bytes.
	maxName = 200
	// reserve is kept for the note on what was left out.
	reserve = 200
)
