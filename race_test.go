package main

import "testing"

// slowUnderRace leaves a test that runs nothing at once to the pass without the
// race detector, under which SQLite takes ten times as long. The full check
// makes both passes.
func slowUnderRace(t *testing.T) {
	t.Helper()
	if raceOn && testing.Short() {
		t.Skip("nothing in it runs at once: it is left to the pass without the race detector")
	}
}
