package chat

import (
	"fmt"
	"runtime"
)

// Recovered says what somebody panicked with, for a log. The text of anything
// but an error of the runtime may hold what a person said, so only its type is
// told.
func Recovered(p any) string {
	if err, ok := p.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("a %T", p)
}
