package render

import "insightbot/insight"

// cut finds the slots that stick out of the window: only a part of them was
// counted, so that they are drawn like what is incomplete and not as a fall.
func (t *timeline) cut(r insight.Result) {
	n := len(t.slots)
	t.over = !r.Incomplete.IsZero() && !r.Running()
	if n < 2 || t.at == nil || r.Window.IsZero() || r.Grain == insight.GrainNone {
		return
	}
	if bucketWindow(r, t.at[0]).From.Before(r.Window.From) && t.incomplete > 1 {
		t.whole = 1
	}
	if bucketWindow(r, t.at[n-1]).To.After(r.Window.To) && t.incomplete >= n-1 && !r.Running() {
		t.incomplete, t.over = n-1, true
	}
}

// cutNote says in words which slots the window cuts.
func (t *timeline) cutNote(g insight.Grain) string {
	first, last := t.whole > 0, t.over && t.incomplete < len(t.slots)
	switch {
	case first && last:
		return "dotted: first and last " + string(g) + " partly"
	case first:
		return "dotted: first " + string(g) + " partly"
	case last:
		return "dotted: last " + string(g) + " partly"
	}
	return ""
}

// suffix follows the value of a slot that is not complete.
func (t *timeline) suffix() string {
	if t.over {
		return " (part)"
	}
	return soFar
}

// partly reports whether the value of a slot is that of a part of it.
func (t *timeline) partly(slot int) bool { return slot < t.whole || slot >= t.incomplete }
