package access

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds of what a policy may hold.
const (
	// maxText bounds an id, a name and an entry of a list, in bytes.
	maxText = 200
	// maxList bounds every list of a role and of what holds roles.
	maxList = 10_000
)

var roleID = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

// Problem is one thing that is wrong with a policy.
type Problem struct { //nolint:errname // it is what people call it
	// Subject is what is wrong, as in Change; a person is "person:" and the key.
	Subject string
	// Value is the word that is wrong, and Options are those that would be
	// right; "" and nil where it is not about one word.
	Value   string
	Options []string
	// Again says that the subject is there a second time.
	Again bool
	// Text is a sentence that names the place.
	Text string
}

// Error is the sentence.
func (p Problem) Error() string { return p.Text }

// Check returns everything that is wrong with a policy, joined: each a Problem.
// It expects what Normalize returns.
func (p Policy) Check() error {
	c := checker{roles: map[string]bool{}, seen: map[string]bool{}}
	for _, r := range p.Roles {
		c.role(r)
	}
	c.given = slices.Sorted(maps.Keys(c.roles))
	if !c.roles[RoleEveryone] {
		c.report(Problem{}, "the role %q is missing", RoleEveryone)
	}
	for _, w := range p.Workspaces {
		c.workspace(w)
	}
	for _, ch := range p.Channels {
		c.holder(channelSubject(ch.Key), ch.Key, ch.Name, ch.Roles)
	}
	for _, person := range p.People {
		c.holder("person:"+keyText(person.Key), person.Key, person.Name, person.Roles)
	}
	for _, g := range p.Groups {
		c.holder(groupSubject(g.Key), g.Key, g.Name, g.Roles)
	}
	for _, d := range p.Domains {
		subject := "domain:" + d.Name
		c.once(subject)
		c.text(subject, "name", d.Name, false)
		if strings.Contains(d.Name, "@") {
			c.report(Problem{Subject: subject, Value: d.Name}, "%s: a domain is what stands behind the @ of an address", subject)
		}
		c.refer(subject, d.Roles)
	}
	return errors.Join(c.problems...)
}

// checker collects what is wrong.
type checker struct {
	roles, seen map[string]bool
	// given are the ids of all roles, in order.
	given    []string
	problems []error
}

func (c *checker) report(p Problem, format string, args ...any) {
	p.Text = fmt.Sprintf(format, args...)
	c.problems = append(c.problems, p)
}

// once finds what is there twice.
func (c *checker) once(subject string) {
	if c.seen[subject] {
		c.report(Problem{Subject: subject, Again: true}, "%s is there twice", whereText(subject))
	}
	c.seen[subject] = true
}

// role checks one role.
func (c *checker) role(r Role) {
	subject := "role:" + r.ID
	where := whereText(subject)
	switch {
	case r.ID == RoleOperator:
		c.report(Problem{Subject: subject, Value: r.ID}, "%s is the one of the command line and cannot be given", where)
	case !roleID.MatchString(r.ID):
		c.report(Problem{Subject: subject, Value: r.ID}, "%s: an id is a short word of small letters, digits and dashes", where)
	default:
		c.once(subject)
	}
	c.roles[r.ID] = true
	if r.ID == RoleEveryone && (r.External || r.Can(AbilityAdmin)) {
		c.report(Problem{Subject: subject}, "%s can be neither external nor admin: all full members hold it", where)
	}
	c.text(subject, "name", r.Name, true)
	c.list(subject, "tags", r.Tags)
	c.list(subject, "sources", r.Sources)
	c.list(subject, "insights", r.Insights)
	c.list(subject, "masks", r.Masks)
	choose(c, subject, r.Abilities, Abilities())
	choose(c, subject, r.Unmask, personalColumns())
	names := sortedNames(r.Attributes)
	c.short(subject, "attributes", names)
	for _, name := range names {
		c.text(subject, "attribute", name, false)
		c.list(subject, "attribute "+name, r.Attributes[name])
	}
	if r.MinGroup < 0 {
		c.report(Problem{Subject: subject, Value: fmt.Sprint(r.MinGroup)}, "%s: the smallest group cannot be below 0", where)
	}
}

// choose checks that words are among those there are.
func choose[T ~string](c *checker, subject string, given, all []T) {
	options := words(all)
	for _, v := range given {
		if !slices.Contains(all, v) {
			c.report(Problem{Subject: subject, Value: string(v), Options: options}, "%s: %q is not one of %s", whereText(subject), v, strings.Join(options, ", "))
		}
	}
}

// workspace checks the mode of a workspace.
func (c *checker) workspace(w Workspace) {
	subject := workspaceSubject(w)
	c.once(subject)
	if w.Platform == "" || w.ID == "" || !slices.Contains(Modes(), w.Mode) {
		c.report(Problem{Subject: subject, Value: string(w.Mode), Options: words(Modes())},
			"%s: mode %q is not one of open, channel, strict, or the workspace is not named", subject, w.Mode)
		return
	}
	c.segment(subject, "platform", w.Platform)
	c.segment(subject, "workspace", w.ID)
}

// holder checks a channel, a person or a group.
func (c *checker) holder(subject string, k Key, name string, roles []string) {
	c.once(subject)
	c.segment(subject, "platform", k.Platform)
	c.segment(subject, "workspace", k.Workspace)
	c.text(subject, "id", k.ID, false)
	c.text(subject, "name", name, true)
	c.refer(subject, roles)
}

// list checks the entries of a list.
func (c *checker) list(subject, what string, list []string) {
	c.short(subject, what, list)
	for _, s := range list {
		c.text(subject, what, s, false)
	}
}

// short bounds a list.
func (c *checker) short(subject, what string, list []string) {
	if len(list) > maxList {
		c.report(Problem{Subject: subject}, "%s: %s has more than %d entries", whereText(subject), what, maxList)
	}
}

// text checks a name or id.
func (c *checker) text(subject, what, s string, empty bool) {
	where := whereText(subject)
	switch {
	case s == "" && !empty:
		c.report(Problem{Subject: subject}, "%s: an empty %s", where, what)
	case len(s) > maxText:
		c.report(Problem{Subject: subject, Value: s}, "%s: %s is longer than %d bytes", where, what, maxText)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl):
		c.report(Problem{Subject: subject, Value: s}, "%s: %s %q has a character that cannot be printed", where, what, s)
	}
}

// segment checks a platform or a workspace. With a slash in one of them, two
// subjects of the audit log could read the same.
func (c *checker) segment(subject, what, s string) {
	c.text(subject, what, s, false)
	if strings.Contains(s, "/") {
		c.report(Problem{Subject: subject, Value: s}, "%s: the %s %q has a slash", subject, what, s)
	}
}

// refer checks that the roles exist.
func (c *checker) refer(subject string, roles []string) {
	c.short(subject, "roles", roles)
	for _, id := range roles {
		if !c.roles[id] {
			c.report(Problem{Subject: subject, Value: id, Options: c.given}, "role %q of %s does not exist", id, subject)
		}
	}
}

// whereText is a subject as a sentence names it.
func whereText(subject string) string {
	if id, ok := strings.CutPrefix(subject, "role:"); ok {
		return fmt.Sprintf("role %q", id)
	}
	return subject
}

// keyText writes a key.
func keyText(k Key) string { return k.Platform + "/" + k.Workspace + "/" + k.ID }

func channelSubject(k Key) string { return "channel:" + keyText(k) }

func groupSubject(k Key) string { return "group:" + keyText(k) }

func workspaceSubject(w Workspace) string { return "workspace:" + w.Platform + "/" + w.ID }
