package handlers

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"insightbot/access"
	"insightbot/chat"
)

// argCode is the code that whoever started the program can read.
const argCode = "code"

// The role that the first admin gets.
const (
	adminsID   = "admins"
	adminsName = "Admins"
)

// errClaimed says that somebody else was first.
var errClaimed = errors.New("handlers: claimed already")

// claim makes the first admin of a workspace: whoever knows the code. All its
// answers take the same time.
func (b *Bot) claim(ctx context.Context, v *visit) (*chat.Reply, error) {
	v.missed = true
	if !v.member() || v.Clock || v.User.ID == "" {
		v.note(ctx, access.ActionClaim, v.workspace(), "not a full member")
		return v.privately("", lead("Only a full member can become the first admin.")), nil
	}
	if b.config.Code == "" {
		v.note(ctx, access.ActionClaim, v.workspace(), "no code")
		return v.privately("", lead("There is no code for this here: whoever runs me names the first admin with the command line.")), nil
	}
	if strings.TrimSpace(v.Call.Args[argCode]) == "" {
		return v.privately("", lead("Add the code to it that was printed where I was started (“insightbot serve” prints it while there is no admin): claim ABCD-2345.")), nil
	}
	right := sameCode(b.config.Code, v.Call.Args[argCode]) && !b.claimed.Load()
	changes, err := b.config.Keeper.ChangePolicy(ctx, v.event(access.ActionClaim), func(p *access.Policy) error {
		if p.HasAdmin(v.Place.Platform, v.Place.Workspace) {
			return errClaimed
		}
		if !right {
			return errWrongCode
		}
		return v.crown(p)
	})
	if err == nil {
		// The code was said aloud: it is good for one admin, of one workspace.
		b.claimed.Store(true)
	}
	switch {
	case errors.Is(err, errClaimed):
		v.note(ctx, access.ActionClaim, v.workspace(), "there is an admin")
		return v.privately("", lead("This workspace has an admin already, so the code does nothing any more. An admin can make you one too.")), nil
	case errors.Is(err, errWrongCode):
		v.note(ctx, access.ActionClaim, v.workspace(), "wrong code")
		return v.privately("", lead("That is not the code. Whoever started me can read it where I was started.")), nil
	case err != nil:
		return nil, err
	}
	b.config.Log.InfoContext(ctx, "a workspace has its first admin", "ref", v.Ref, "platform", v.Place.Platform, "changes", len(changes))
	reply := v.privately("You are the admin", lead("You are now the admin of this bot here."), chat.Text{Text: "One question, and I am ready: who may ask what?"})
	reply.Parts = append(reply.Parts, v.modeChoices(access.ModeUnset))
	return reply, nil
}

// errWrongCode says that the code was not right.
var errWrongCode = errors.New("handlers: wrong code")

// crown gives the asker the role of admins, by name. A role of that id that
// somebody made for other ends is left as it is.
func (v *visit) crown(p *access.Policy) error {
	id := adminsID
	for n := 2; ; n++ {
		role, taken := p.Role(id)
		if !taken {
			p.PutRole(access.Role{ID: id, Name: adminsName, Abilities: access.Abilities()})
			break
		}
		if role.Can(access.AbilityAdmin) {
			break
		}
		id = adminsID + "-" + strconv.Itoa(n)
	}
	key := access.PersonOf(v.User, v.Place)
	person, _ := findBy(p.People, func(o access.Person) bool { return o.Key == key })
	person.Key, person.Name, person.Roles = key, named(v.User.Name, person.Name), with(person.Roles, id)
	p.PutPerson(person)
	return nil
}

// with is a list with one more member, unless it is one already.
func with(list []string, id string) []string {
	if slices.Contains(list, id) {
		return list
	}
	return append(slices.Clone(list), id)
}

// without is a list without a member.
func without(list []string, id string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == id })
}

// holdsCode reports whether a text holds the code of the first admin.
func (b *Bot) holdsCode(text string) bool {
	code := bareCode(b.config.Code)
	return code != "" && strings.Contains(bareCode(text), code)
}

// workspace is the subject of audit lines about the workspace.
func (v *visit) workspace() string { return "workspace:" + v.Place.Platform + "/" + v.Place.Workspace }

// sameCode compares two codes in a time that does not depend on them, whatever
// the case, the spaces and the dashes.
func sameCode(want, got string) bool {
	w, g := sha256.Sum256([]byte(bareCode(want))), sha256.Sum256([]byte(bareCode(got)))
	return bareCode(want) != "" && subtle.ConstantTimeCompare(w[:], g[:]) == 1
}

// bareCode is a code without what people put into it to read it.
func bareCode(s string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if r == '-' || r == '‐' || r == '–' || unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s))
}

// codeLength is how many letters and digits a code has.
const codeLength = 8

// typedClaim reads "claim ABCD-2345". A question that begins with that word is
// left alone: without a dash, a digit or capitals, it is no code.
func typedClaim(words string) (chat.Args, bool) {
	name, rest, _ := strings.Cut(words, " ")
	rest = strings.TrimSpace(rest)
	bare := bareCode(rest)
	if strings.EqualFold(words, "claim") {
		return nil, true // it is told what lacks
	}
	if !strings.EqualFold(name, "claim") || len(bare) != codeLength || len(strings.Fields(rest)) > 2 {
		return nil, false
	}
	for _, r := range bare {
		if (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return nil, false
		}
	}
	if strings.ContainsAny(rest, "-‐–0123456789") || rest == strings.ToUpper(rest) {
		return chat.Args{argCode: rest}, true
	}
	return nil, false
}
