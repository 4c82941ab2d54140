package access

// Change is one difference between two policies.
type Change struct {
	// Subject is what changed: "role:growth", "channel:web/demo/growth",
	// "workspace:web/demo", "group:…", "domain:…"; for a person it is "" and
	// Person is set, because an audit log must not name them.
	Subject string
	Person  Key
	// Text says what is different, in a sentence without the name of a
	// person: "may now see what is tagged growth".
	Text string
	// Widens is set where somebody may see or do more than before.
	Widens bool
}
