package source

import "insightbot/insight"

// ChangeKind says what became of an insight.
type ChangeKind string

// The kinds of change.
const (
	ChangeAdded   ChangeKind = "added"
	ChangeUpdated ChangeKind = "changed"
	ChangeGone    ChangeKind = "gone"
)

// Change is what became of one insight between two snapshots.
type Change struct {
	Kind ChangeKind
	ID   string
	// Title is the newer one; that of an insight that is gone, its last.
	Title string
}

// Changes returns what was added, changed its definition, or went away between
// two snapshots, in order of the ids. How often something was asked or looked
// at is not a change.
func Changes(before, after Snapshot) []Change {
	var changes []Change
	note := func(kind ChangeKind, in insight.Insight) {
		changes = append(changes, Change{Kind: kind, ID: in.ID, Title: in.Title})
	}
	was, is := before.Insights, after.Insights
	for len(was) > 0 || len(is) > 0 {
		switch {
		case len(is) == 0 || len(was) > 0 && was[0].ID < is[0].ID:
			note(ChangeGone, was[0])
			was = was[1:]
		case len(was) == 0 || is[0].ID < was[0].ID:
			note(ChangeAdded, is[0])
			is = is[1:]
		default:
			if was[0].Version != is[0].Version {
				note(ChangeUpdated, is[0])
			}
			was, is = was[1:], is[1:]
		}
	}
	return changes
}
