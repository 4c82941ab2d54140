package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"insightbot/access"
	"insightbot/chat"
)

// anyMember is somebody who holds nothing by name. No id of a platform has a
// space.
const anyMember = "any member"

// rehearsalFlags say who would ask, and where. A fact that is not said is taken
// from what is known.
type rehearsalFlags struct {
	cmd *cobra.Command
	// whoFlag and whereFlag are what the flags of who and where are called.
	whoFlag, whereFlag       string
	who, where, kind, domain string
	guest, external, unknown bool
	shared, guests           bool
	groups                   []string
}

// add adds the flags to a command.
func (f *rehearsalFlags) add(cmd *cobra.Command, whoFlag, whereFlag string) {
	f.cmd, f.whoFlag, f.whereFlag = cmd, whoFlag, whereFlag
	s := cmd.Flags()
	s.StringVar(&f.who, whoFlag, "", "who asks, as PLATFORM/WORKSPACE/PERSON (default: any full member who holds nothing by name)")
	s.StringVar(&f.where, whereFlag, "", "where, as PLATFORM/WORKSPACE/CHANNEL")
	s.BoolVar(&f.guest, "guest", false, "the person is a guest")
	s.BoolVar(&f.external, "external", false, "the person is of another company")
	s.BoolVar(&f.unknown, "unknown", false, "it is not known whether the person is a full member")
	s.StringSliceVar(&f.groups, "group", nil, "id of a group or role of the platform that the person is in (repeatable)")
	s.StringVar(&f.domain, "domain", "", "domain of the person's e-mail address")
	s.StringVar(&f.kind, "kind", "", "kind of the place: public, private or direct")
	s.BoolVar(&f.shared, "shared", false, "people of another company read there (--shared=false: none do)")
	s.BoolVar(&f.guests, "guests", false, "guests read there (--guests=false: none do)")
}

// rehearsal is a person and a place that the operator looks through.
type rehearsal struct {
	user  chat.User
	place chat.Place
	// The notes say what was assumed, "" where nothing was.
	personNote, placeNote string
}

// rehearsal works out who and where, with what is known of both.
func (f *rehearsalFlags) rehearsal(ctx context.Context, w *wiring) (rehearsal, error) {
	if f.where == "" {
		return rehearsal{}, usage(fmt.Errorf("%s takes --%s PLATFORM/WORKSPACE/CHANNEL", f.cmd.Name(), f.whereFlag))
	}
	where, err := parseKey("CHANNEL", f.where)
	if err != nil {
		return rehearsal{}, err
	}
	who := access.Key{Platform: where.Platform, Workspace: where.Workspace, ID: anyMember}
	if f.who != "" {
		if who, err = parseKey("PERSON", f.who); err != nil {
			return rehearsal{}, err
		}
	}
	if who.Platform != where.Platform || who.Workspace != where.Workspace {
		return rehearsal{}, usage(fmt.Errorf("--%s and --%s must be of one platform and workspace", f.whoFlag, f.whereFlag))
	}
	if f.kind != "" && !slices.Contains(placeKinds, chat.PlaceKind(f.kind)) {
		return rehearsal{}, usage(fmt.Errorf("--kind %q is not one of public, private, direct", f.kind))
	}
	place, known, err := w.placeOf(ctx, where)
	if err != nil {
		return rehearsal{}, err
	}
	p, err := w.store.Policy(ctx)
	if err != nil {
		return rehearsal{}, err
	}
	var h rehearsal
	h.user, h.personNote = f.person(w, p, who)
	h.place, h.placeNote = f.placed(place, known)
	return h, nil
}

// placeKinds are what --kind takes.
var placeKinds = []chat.PlaceKind{chat.PlacePublic, chat.PlacePrivate, chat.PlaceDirect}

// parseKey reads PLATFORM/WORKSPACE/ID; what is how the id is called. Only the
// id may hold slashes.
func parseKey(what, s string) (access.Key, error) {
	parts := strings.SplitN(s, "/", 3)
	if len(parts) != 3 || slices.Contains(parts, "") {
		return access.Key{}, usage(fmt.Errorf("%q is not PLATFORM/WORKSPACE/%s", s, what))
	}
	return access.Key{Platform: parts[0], Workspace: parts[1], ID: parts[2]}, nil
}

// keyText writes a key as parseKey reads it.
func keyText(k access.Key) string { return k.Platform + "/" + k.Workspace + "/" + k.ID }

// playground reports whether a workspace is that of the playground, whose
// people and channels are known.
func (w *wiring) playground(k access.Key) bool {
	return w.config.Console == "" && k.Platform == "web" && k.Workspace == w.workspace()
}

// placeOf is what is known of a channel: in the playground everything, elsewhere
// what was true when somebody last asked there.
func (w *wiring) placeOf(ctx context.Context, k access.Key) (chat.Place, bool, error) {
	place := chat.Place{Platform: k.Platform, Workspace: k.Workspace, Channel: k.ID, Name: k.ID, Kind: chat.PlacePrivate}
	if k.Platform == terminalPlatform {
		return terminalPlace(), true, nil
	}
	if w.playground(k) {
		for _, p := range playgroundPlaces(k.Workspace) {
			if p.Channel == k.ID {
				if p.Kind == chat.PlaceDirect {
					p.Audience = chat.Audience{Shared: chat.No, Guests: chat.No}
				}
				return p, true, nil
			}
		}
	}
	seen, err := w.store.SeenChannels(ctx, w.now().Add(-seenFor))
	if err != nil {
		return place, false, err
	}
	for _, s := range seen {
		if s.Key == k {
			place.Name, place.Kind = cmp.Or(s.Name, k.ID), s.Kind
			place.Audience = chat.Audience{Shared: s.Shared, Guests: s.Guests}
			return place, true, nil
		}
	}
	return place, false, nil
}

// person is who asks. Without a word of the platform a full member is assumed,
// and said so.
func (f *rehearsalFlags) person(w *wiring, p access.Policy, k access.Key) (chat.User, string) {
	u := chat.User{ID: k.ID, Name: k.ID, Guest: chat.No, External: chat.No}
	note := "assumed; --guest, --external and --unknown say otherwise"
	if i := slices.IndexFunc(p.People, func(o access.Person) bool { return o.Key == k }); i >= 0 {
		u.Name = cmp.Or(p.People[i].Name, u.Name)
	}
	if users := playgroundUsers(); w.playground(k) {
		if i := slices.IndexFunc(users, func(o chat.User) bool { return o.ID == k.ID }); i >= 0 {
			u, note = users[i], ""
		}
	}
	set := f.cmd.Flags().Changed
	if set("guest") {
		u.Guest, note = fact(f.guest), ""
	}
	if set("external") {
		u.External, note = fact(f.external), ""
	}
	if f.unknown {
		u.Guest, u.External, note = chat.Unknown, chat.Unknown, ""
	}
	u.Groups, u.Domain = f.groups, strings.ToLower(f.domain)
	return u, note
}

// placed is where they ask, with the facts of the flags over those known.
func (f *rehearsalFlags) placed(p chat.Place, known bool) (chat.Place, string) {
	set := f.cmd.Flags().Changed
	if f.kind != "" {
		p.Kind = chat.PlaceKind(f.kind)
	}
	if p.Kind == chat.PlaceDirect {
		p.Audience = chat.Audience{Shared: chat.No, Guests: chat.No}
		return p, ""
	}
	if set("shared") {
		p.Audience.Shared = fact(f.shared)
	}
	if set("guests") {
		p.Audience.Guests = fact(f.guests)
	}
	if known || set("shared") && set("guests") {
		return p, ""
	}
	return p, "nobody has asked the bot there; say --shared and --guests"
}

// personWords are what is taken to be true of the person.
func (h rehearsal) personWords() string {
	words := "a full member"
	switch {
	case h.user.External == chat.Yes:
		words = "of another company"
	case h.user.Guest == chat.Yes:
		words = "a guest"
	case h.user.Guest != chat.No || h.user.External != chat.No:
		words = "not known whether a full member"
	}
	if len(h.user.Groups) > 0 {
		words += "; in the groups " + strings.Join(h.user.Groups, ", ")
	}
	if h.user.Domain != "" {
		words += "; e-mail of " + h.user.Domain
	}
	return words + noted(h.personNote)
}

// placeWords are what is taken to be true of the place.
func (h rehearsal) placeWords() string {
	if h.place.Kind == chat.PlaceDirect {
		return "a direct message, which only they read"
	}
	say := func(f chat.Fact, what string) string {
		switch f {
		case chat.Yes:
			return what + " read there"
		case chat.No:
			return "no " + what + " read there"
		default:
			return "not known whether " + what + " read there"
		}
	}
	return string(h.place.Kind) + "; " + say(h.place.Audience.Shared, "people of another company") + "; " +
		say(h.place.Audience.Guests, "guests") + noted(h.placeNote)
}

func noted(note string) string {
	if note == "" {
		return ""
	}
	return " (" + note + ")"
}

// as is the person as parseKey reads it.
func (h rehearsal) as() string {
	if h.user.ID == anyMember {
		return anyMember
	}
	return keyText(access.PersonOf(h.user, h.place))
}

// who and where name both.
func (h rehearsal) who() string { return named(h.as(), h.user.Name) }

func (h rehearsal) where() string {
	return named(keyText(access.ChannelOf(h.place)), h.place.Name)
}

// noteRehearsal keeps that the operator looked through somebody's eyes.
func (w *wiring) noteRehearsal(ctx context.Context, h rehearsal, detail string) error {
	k := access.PersonOf(h.user, h.place)
	subject := "channel:" + keyText(access.ChannelOf(h.place))
	if k.ID != anyMember {
		subject = w.subject(k)
	}
	err := w.store.RecordEvent(ctx, w.operated(access.ActionView, subject, detail+" in "+h.place.Channel))
	if err != nil {
		return errors.Join(errors.New("nobody is looked through without a line in the audit log, and it could not be written"), err)
	}
	return nil
}
