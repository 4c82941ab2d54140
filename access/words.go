package access

import (
	"fmt"
	"strings"
)

// Sentence puts a reason in words for the person it is about. It never tells
// that something hidden exists.
func (r Reason) Sentence() string {
	switch r {
	case ReasonChannelKey:
		return "This channel has a role that may see it."
	case ReasonBothKeys:
		return "This channel has a role that may see it, and so do you; that role asks for both."
	case ReasonPersonKey:
		return "You hold a role that may see it, and only you read this."
	case ReasonOnlyPerson:
		return "You hold a role that may see it; this channel does not, so it is told to you alone."
	case ReasonUnmapped:
		return "No admin has said yet what may be seen in this channel."
	case ReasonShared:
		return "People of another company can read here, and no admin has approved that."
	case ReasonGuests:
		return "Guests can read here, and no admin has approved that."
	case ReasonUnknownPlace:
		return "Who reads here could not be found out, so nothing is shown to be safe."
	case ReasonNoRole:
		return "No role that may see anything here was given yet."
	case ReasonGuest:
		return "Guests see only what an admin approved for them, in the channels approved for it."
	case ReasonExternal:
		return "People of another company see only what an admin approved for them, in the channels approved for it."
	case ReasonUnknownPerson:
		return "Whether you are a full member could not be found out, so nothing is shown to be safe."
	case ReasonStrict:
		return "A role of this channel also asks for a role of your own."
	case ReasonAbility:
		return "The role that is there brings scheduled posts only; it does not let people ask."
	case ReasonAttribute:
		return "The role that is there does not say which part of the data may be seen."
	default:
		return "No role that is there grants it."
	}
}

// Explain puts a decision in sentences for an admin.
func Explain(d Decision) []string {
	var said []string
	switch d.Where {
	case Publicly:
		said = append(said, "It is answered so that everybody in the channel can read it.")
	case Privately:
		said = append(said, "It is answered to the person alone.")
	default:
		said = append(said, "It is answered exactly like an insight that does not exist.")
	}
	if d.Channel != "" {
		said = append(said, "The channel's key: "+d.Channel.verdict())
	}
	if d.Person != "" {
		said = append(said, "The person's key: "+d.Person.verdict())
	}
	if len(d.Roles) > 0 {
		said = append(said, "Opened by "+strings.Join(d.Roles, ", ")+".")
	}
	if d.Where != Nowhere {
		said = append(said, d.Terms.sentences()...)
	}
	return said
}

// verdict is how one key fared, for an admin.
func (r Reason) verdict() string {
	words := map[Reason]string{
		ReasonChannelKey: "held by a role of the channel.", ReasonBothKeys: "held, by a strict role together with the person's own.",
		ReasonPersonKey: "held by a role of the person.", ReasonUnmapped: "the channel is not mapped.",
		ReasonShared: "people of another company read there; only approved roles marked external count.", ReasonGuests: "guests read there; only approved roles marked external count.",
		ReasonUnknownPlace: "not known who reads there, so none counts.", ReasonNoRole: "there is no role.",
		ReasonGuest: "a guest; only approved roles marked external count.", ReasonExternal: "of another company; only approved roles marked external count.",
		ReasonUnknownPerson: "not known whether a full member, so none counts.", ReasonNoGrant: "no role grants it.",
		ReasonStrict: "a strict role grants it, and the person has no key of their own.", ReasonAbility: "a role grants it, but cannot ask.",
		ReasonAttribute: "a role grants it, but lends no value for an attribute that it requires.",
	}[r]
	return fmt.Sprintf("%s (%s)", words, r)
}

// sentences are the limits in words.
func (t Terms) sentences() []string {
	var said []string
	for _, name := range sortedNames(t.Attributes) {
		said = append(said, fmt.Sprintf("Rows limited to %s: %s.", name, strings.Join(t.Attributes[name], ", ")))
	}
	if len(t.Masks) > 0 {
		said = append(said, "Hidden columns: "+strings.Join(t.Masks, ", ")+".")
	}
	if t.MinGroup > 1 {
		said = append(said, fmt.Sprintf("Groups of fewer than %d people are hidden.", t.MinGroup))
	}
	if !t.Can(AbilityExport) {
		said = append(said, "It cannot be taken away as a file.")
	}
	return said
}
