package policyfile

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"insightbot/access"
)

// head stands above every file that is written.
const head = `# Who may see what, where: see docs/access.md.
# Look first at what a change would do: insightbot access apply --dry-run access.yml
`

// Write writes a normalized policy so that Read gives the same one. It is an
// error where the file would be too long to be read.
func Write(p access.Policy) ([]byte, error) {
	f := &file{}
	f.WriteString(head)
	f.section("workspaces", len(p.Workspaces))
	for _, w := range p.Workspaces {
		f.entry("platform", w.Platform)
		f.word("workspace", w.ID)
		f.word("mode", string(w.Mode))
	}
	f.section("roles", len(p.Roles))
	for _, r := range p.Roles {
		f.role(r)
	}
	f.section("channels", len(p.Channels))
	for _, c := range p.Channels {
		f.holder("channel", c.Key, c.Name)
		f.list("roles", c.Roles, len(c.Roles) > 0)
		f.flag("approved", c.Approved)
	}
	f.section("people", len(p.People))
	for _, o := range p.People {
		f.holder("person", o.Key, o.Name)
		f.list("roles", o.Roles, true)
	}
	f.section("groups", len(p.Groups))
	for _, g := range p.Groups {
		f.holder("group", g.Key, g.Name)
		f.list("roles", g.Roles, true)
	}
	f.section("domains", len(p.Domains))
	for _, o := range p.Domains {
		f.entry("domain", o.Name)
		f.list("roles", o.Roles, true)
	}
	if f.Len() > maxFile {
		return nil, fmt.Errorf("policyfile: these rules are longer than the %d MB of a file", maxFile>>20)
	}
	return []byte(f.String()), nil
}

// file is what is written. The library would write some words so that they read
// as something else, so this is done here.
type file struct{ strings.Builder }

func (f *file) section(name string, n int) {
	if n > 0 {
		f.WriteString(name + ":\n")
	}
}

// entry begins an entry with its first key.
func (f *file) entry(key, value string) {
	f.WriteString("  - " + key + ": " + quote(value) + "\n")
}

func (f *file) word(key, value string) {
	f.WriteString("    " + key + ": " + quote(value) + "\n")
}

func (f *file) flag(key string, on bool) {
	if on {
		f.WriteString("    " + key + ": true\n")
	}
}

// list writes a list in one line, if it is wanted.
func (f *file) list(key string, words []string, wanted bool) {
	if !wanted {
		return
	}
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote(w)
	}
	f.WriteString("    " + key + ": [" + strings.Join(quoted, ", ") + "]\n")
}

// lines writes a list in lines of their own, as it may be long.
func (f *file) lines(indent, key string, words []string) {
	if len(words) == 0 {
		return
	}
	f.WriteString(indent + key + ":\n")
	for _, w := range words {
		f.WriteString(indent + "  - " + quote(w) + "\n")
	}
}

// holder begins what is known by a key.
func (f *file) holder(kind string, k access.Key, name string) {
	f.entry("platform", k.Platform)
	f.word("workspace", k.Workspace)
	f.word(kind, k.ID)
	if name != "" {
		f.word("name", name)
	}
}

// role writes a role. What it can always stands there: that a role can do
// nothing is no detail.
func (f *file) role(r access.Role) {
	f.entry("id", r.ID)
	f.word("name", r.Name)
	f.flag("everything", r.Everything)
	f.list("tags", r.Tags, len(r.Tags) > 0)
	f.list("sources", r.Sources, len(r.Sources) > 0)
	f.lines("    ", "insights", r.Insights)
	f.list("can", texts(r.Abilities), true)
	if len(r.Attributes) > 0 {
		f.WriteString("    attributes:\n")
	}
	for _, name := range slices.Sorted(maps.Keys(r.Attributes)) {
		f.lines("      ", quote(name), r.Attributes[name])
	}
	f.flag("strict", r.Strict)
	f.flag("external", r.External)
	f.list("mask", r.Masks, len(r.Masks) > 0)
	f.list("unmask", texts(r.Unmask), len(r.Unmask) > 0)
	if r.MinGroup != 0 {
		fmt.Fprintf(f, "    min_group: %d\n", r.MinGroup)
	}
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

var (
	// bare is what reads as itself without quotes.
	bare = regexp.MustCompile(`^\pL[\pL\pM\pN_./@()+' -]*$`)
	// value is what begins like a word and is a value to some YAML.
	value = regexp.MustCompile(`(?i)^(null|true|false|yes|no|on|off|y|n)$`)
)

// quote writes a word, in quotes where it could read as something else, and so
// that nothing in it stays out of sight.
func quote(s string) string {
	if bare.MatchString(s) && !value.MatchString(s) && !strings.HasSuffix(s, " ") {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
