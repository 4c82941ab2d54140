//go:build race

package render

// raceEnabled reports whether the race detector was built in.
func raceEnabled() bool { return true }
