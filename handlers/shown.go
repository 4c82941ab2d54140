package handlers

import (
	"context"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
)

// tag tells those who look after a source for what it runs: the channel is a
// keyed hash, the same for every run there.
func (v *visit) tag(in insight.Insight) insight.Tag {
	const short = 12
	place := v.bot.config.Person(v.Place.Platform, v.Place.Workspace, "#"+v.Place.Channel)
	return insight.Tag{Insight: in.ID, Place: place[:min(short, len(place))], Ref: v.Ref}
}

// noteShown says beside an answer that the definition changed since it was
// shown to the same readers last.
func (v *visit) noteShown(ctx context.Context, a *Answer) {
	c := v.bot.config
	if c.Shown == nil {
		return
	}
	person := ""
	if a.Decision.Where != access.Publicly || v.private || v.Place.Kind == chat.PlaceDirect || v.Place.Channel == "" {
		person = v.person()
	}
	before, err := c.Shown.NoteShown(ctx, v.Place, person, a.Insight.ID, a.Insight.Version, c.Now())
	if err != nil {
		// An answer is worth more than what it could have added.
		c.Log.WarnContext(ctx, "what was shown could not be noted", "ref", v.Ref, "error", err)
		return
	}
	if before.Version != "" && before.Version != a.Insight.Version {
		a.Caveats = append(a.Caveats, "The definition of this insight changed since it was last shown here, on "+
			before.At.In(a.Insight.Zone).Format("2 January 2006")+".")
	}
}
