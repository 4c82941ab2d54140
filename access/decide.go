package access

import (
	"slices"
	"strings"

	"insightbot/insight"
)

// Where says where an answer may be read.
type Where string

// The places, from nowhere to everybody who reads the place of the question.
const (
	Nowhere   Where = ""
	Privately Where = "private"
	Publicly  Where = "public"
)

// Reason is the name of why something was decided. Sentence puts it in words.
type Reason string

// Why something is shown.
const (
	// ReasonChannelKey: a role of the channel grants it.
	ReasonChannelKey Reason = "channel_key"
	// ReasonBothKeys: a strict role of the channel grants it, and the person
	// holds a key too.
	ReasonBothKeys Reason = "both_keys"
	// ReasonPersonKey: only the person reads there, and holds a key.
	ReasonPersonKey Reason = "person_key"
	// ReasonOnlyPerson: the person holds a key and the channel does not, so
	// it is said to the person alone.
	ReasonOnlyPerson Reason = "person_only"
)

// Why something is not shown.
const (
	ReasonUnmapped      Reason = "channel_unmapped"
	ReasonShared        Reason = "channel_shared"
	ReasonGuests        Reason = "channel_has_guests"
	ReasonUnknownPlace  Reason = "channel_unknown"
	ReasonNoRole        Reason = "no_role"
	ReasonGuest         Reason = "person_guest"
	ReasonExternal      Reason = "person_external"
	ReasonUnknownPerson Reason = "person_unknown"
	ReasonNoGrant       Reason = "no_grant"
	ReasonStrict        Reason = "strict"
	ReasonAbility       Reason = "ability_missing"
	ReasonAttribute     Reason = "attribute_missing"
)

// Decision says where one insight may be told to one audience, and why.
type Decision struct {
	Where  Where
	Reason Reason
	// Roles are the ids of the roles that opened it.
	Roles []string
	// Terms hold for the reply at Where; they are empty for Nowhere.
	Terms Terms
	// Channel and Person say how each of the two keys fared, for
	// explanations. Channel is "" where only the asker reads.
	Channel, Person Reason
}

// Decide decides about one insight.
func (a Audience) Decide(in insight.Insight) Decision {
	person := key{why: a.PersonWhy}
	if len(a.Person) > 0 {
		person = a.turn(in, a.Person, whole)
	}
	d := Decision{Person: reasonOf(person, ReasonPersonKey)}
	if a.Direct {
		if !person.held {
			d.Reason = person.why
			return d
		}
		d.Where, d.Reason, d.Roles, d.Terms = Privately, ReasonPersonKey, person.roles, person.terms
		return d
	}
	channel, reason := a.channelKey(in, person)
	d.Channel = reasonOf(channel, reason)
	switch {
	case channel.held:
		d.Where, d.Reason, d.Roles, d.Terms = Publicly, reason, channel.roles, channel.terms
	case person.held:
		d.Where, d.Reason, d.Roles, d.Terms = Privately, ReasonOnlyPerson, person.roles, person.terms
	default:
		d.Reason = channel.why
	}
	return d
}

// sees reports whether Decide would let an insight be told anywhere. It is
// asked for a whole catalogue, so it leaves the terms out where they decide
// nothing.
func (a *Audience) sees(in *insight.Insight) bool {
	if len(in.Accepts.Attributes) > 0 {
		return a.Decide(*in).Where != Nowhere
	}
	for i := range a.Person {
		if r := &a.Person[i]; a.asks(r) && r.opens(in) {
			return true
		}
	}
	for i := range a.Channel {
		if r := &a.Channel[i]; a.asks(r) && !r.Strict && !a.strict && r.opens(in) {
			return true
		}
	}
	return false
}

// asks reports whether a role lets this audience ask; the clock does not ask.
func (a *Audience) asks(r *Role) bool { return a.Clock || slices.Contains(r.Abilities, AbilityAsk) }

// channelKey tries the channel's roles. A strict one counts together with the
// person's key, and then only as far as both reach; one that is not strict is
// enough by itself.
func (a Audience) channelKey(in insight.Insight, person key) (key, Reason) {
	if len(a.Channel) == 0 {
		return key{why: a.ChannelWhy}, ""
	}
	reason := ReasonBothKeys
	k := a.turn(in, a.Channel, func(r Role) (func(Terms) Terms, Reason) {
		switch {
		case !r.Strict && !a.strict:
			reason = ReasonChannelKey
			return whole(r)
		case !person.held:
			return nil, ReasonStrict
		}
		return person.terms.meet, ""
	})
	return k, reason
}

// reasonOf is how a key fared, in one name.
func reasonOf(k key, held Reason) Reason {
	if k.held {
		return held
	}
	return k.why
}

// See is an insight as the terms let it be seen: dimensions that are masked are
// not there to be asked for.
func (t Terms) See(in insight.Insight) insight.Insight {
	if len(t.Masks) == 0 {
		return in
	}
	masked := func(name string) bool { return slices.Contains(t.Masks, strings.ToLower(name)) }
	in.Accepts.Dimensions = slices.DeleteFunc(slices.Clone(in.Accepts.Dimensions), func(d insight.Dimension) bool { return masked(d.Name) })
	in.Default.Breakdowns = slices.DeleteFunc(slices.Clone(in.Default.Breakdowns), masked)
	return in
}
