package chat

import "time"

// Unanswered is a question that nothing saved answered, as several people may
// have asked it. It says nothing of who they are.
type Unanswered struct {
	// Question is as somebody typed it.
	Question string
	// Times is how often it was asked, and Last when it was asked last.
	Times int
	Last  time.Time
}
