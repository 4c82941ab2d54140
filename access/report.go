package access

import (
	"fmt"
	"slices"

	"insightbot/chat"
	"insightbot/insight"
)

// Report shows what every channel can read, and what an admin should look at.
type Report struct {
	// Insights are the columns, in order of the catalogue.
	Insights []insight.Insight
	Channels []ChannelReport
	Risks    []Risk
}

// ChannelReport is one channel with what a full member who holds nothing by
// name, group or domain would be answered there: one Decision for each insight.
type ChannelReport struct {
	Key
	Name   string
	Mapped bool
	// Known says that the bot was used there, so that the facts are known.
	Known     bool
	Kind      chat.PlaceKind
	Audience  chat.Audience
	Asked     int
	Decisions []Decision
}

// Public counts what everybody who reads the channel may see.
func (c ChannelReport) Public() int {
	n := 0
	for _, d := range c.Decisions {
		if d.Where == Publicly {
			n++
		}
	}
	return n
}

// Risk is something an admin should look at. Subject is written as in the
// audit log.
type Risk struct {
	Subject, Name, Text string
}

// Report works out what every channel that is mapped or was seen can read.
func (p Policy) Report(ins []insight.Insight, seen []Seen) Report {
	r := Report{Insights: ins}
	places := map[Key]ChannelReport{}
	for _, s := range seen {
		places[s.Key] = ChannelReport{
			Key: s.Key, Name: s.Name, Known: true, Kind: s.Kind, Asked: s.Asked,
			Audience: chat.Audience{Shared: s.Shared, Guests: s.Guests},
		}
	}
	for _, c := range p.Channels {
		cr := places[c.Key]
		cr.Key, cr.Mapped = c.Key, true
		if cr.Name == "" {
			cr.Name = c.Name
		}
		places[c.Key] = cr
	}
	for _, cr := range places {
		place := chat.Place{Platform: cr.Platform, Workspace: cr.Workspace, Channel: cr.ID, Kind: cr.Kind, Audience: cr.Audience}
		member := chat.User{ID: "\x00member", Guest: chat.No, External: chat.No}
		a := p.For(member, place).Audience(member, place)
		for _, in := range ins {
			cr.Decisions = append(cr.Decisions, a.Decide(in))
		}
		r.Channels = append(r.Channels, cr)
		r.Risks = append(r.Risks, p.channelRisks(cr, ins)...)
	}
	slices.SortFunc(r.Channels, func(a, b ChannelReport) int { return compareKeys(a.Key, b.Key) })
	slices.SortStableFunc(r.Risks, func(a, b Risk) int { return compareKeys(Key{ID: a.Subject}, Key{ID: b.Subject}) })
	r.Risks = append(append(r.Risks, p.workspaceRisks(r.Channels)...), p.roleRisks(ins)...)
	return r
}

// channelRisks are what to look at in one channel.
func (p Policy) channelRisks(c ChannelReport, ins []insight.Insight) []Risk {
	var found []Risk
	say := func(format string, args ...any) {
		found = append(found, Risk{channelSubject(c.Key), c.Name, fmt.Sprintf(format, args...)})
	}
	restricted, strict := 0, 0
	for i, d := range c.Decisions {
		if d.Where == Publicly && slices.Contains(ins[i].Tags, TagRestricted) {
			restricted++
		}
		if d.Channel == ReasonStrict {
			strict++
		}
	}
	_, known := among(c.Audience.Shared, c.Audience.Guests)
	outside := c.Audience.Shared == chat.Yes || c.Audience.Guests == chat.Yes
	i := slices.IndexFunc(p.Channels, func(o Channel) bool { return o.Key == c.Key })
	approved := i >= 0 && p.Channels[i].Approved
	switch {
	case restricted > 0 && c.Kind == chat.PlacePublic:
		say("is public and shows %s", count(restricted, "restricted insight", "restricted insights"))
	case strict > 0 && c.Kind == chat.PlacePublic:
		say("is public and has %s behind a strict role", count(strict, "insight", "insights"))
	}
	switch {
	case outside && c.Public() > 0:
		say("is read by guests or another company and shows %s", count(c.Public(), "insight", "insights"))
	case outside && c.Mapped && !approved:
		say("is read by guests or another company, so its mapping has no effect until an admin approves the channel")
	case c.Mapped && c.Known && !known:
		say("is mapped, but it is not known who reads there, so nothing is shown")
	}
	switch {
	case c.Mapped && !c.Known:
		say("is mapped, but the bot was never used there")
	case !c.Mapped && c.Asked > 0 && c.Public() == 0:
		say("is not mapped, but people asked there %s in the last 30 days", count(c.Asked, "time", "times"))
	}
	return found
}

// workspaceRisks are what to look at in workspaces.
func (p Policy) workspaceRisks(channels []ChannelReport) []Risk {
	var found []Risk
	done := map[Key]bool{}
	look := func(platform, id string) {
		k := Key{Platform: platform, Workspace: id}
		if done[k] {
			return
		}
		done[k] = true
		subject := workspaceSubject(Workspace{Platform: platform, ID: id})
		if !p.HasAdmin(platform, id) {
			found = append(found, Risk{subject, id, "has nobody who administers it by name"})
		}
		if p.Mode(platform, id) == ModeOpen {
			found = append(found, Risk{subject, id, "is open: all full members see everything that is not tagged " + TagRestricted})
		}
	}
	for _, w := range p.Workspaces {
		look(w.Platform, w.ID)
	}
	for _, c := range channels {
		look(c.Platform, c.Workspace)
	}
	for _, o := range p.People {
		look(o.Platform, o.Workspace)
	}
	for _, g := range p.Groups {
		look(g.Platform, g.Workspace)
	}
	return found
}

// roleRisks are what to look at in roles.
func (p Policy) roleRisks(ins []insight.Insight) []Risk {
	used := map[string]bool{}
	use := func(roles []string) {
		for _, id := range roles {
			used[id] = true
		}
	}
	for _, c := range p.Channels {
		use(c.Roles)
	}
	for _, o := range p.People {
		use(o.Roles)
	}
	for _, g := range p.Groups {
		use(g.Roles)
	}
	for _, d := range p.Domains {
		use(d.Roles)
	}
	var found []Risk
	for _, r := range p.Roles {
		if r.ID == RoleEveryone {
			continue
		}
		if !used[r.ID] {
			found = append(found, Risk{"role:" + r.ID, r.Name, "is held by nobody and mapped to no channel"})
		}
		if !slices.ContainsFunc(ins, r.Grants) && !r.Can(AbilityAdmin) {
			found = append(found, Risk{"role:" + r.ID, r.Name, "grants nothing that exists"})
		}
	}
	return found
}

// count writes a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
