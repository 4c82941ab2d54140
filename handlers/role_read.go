package handlers

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
	"insightbot/text"
)

// roleArgs are a role as the fields of its form.
func roleArgs(r access.Role) chat.Args {
	minGroup := ""
	if r.MinGroup > 0 {
		minGroup = strconv.Itoa(r.MinGroup)
	}
	return chat.Args{
		argName: r.Name, argTags: listText(r.Tags), argSources: listText(r.Sources), argInsights: listText(r.Insights),
		argEverything: checkText(r.Everything), argAbilities: listText(r.Abilities), argAttributes: attributesText(r.Attributes),
		argStrict: checkText(r.Strict), argExternal: checkText(r.External), argMasks: listText(r.Masks), argUnmask: listText(r.Unmask),
		argMinGroup: minGroup,
	}
}

// readRole reads the fields of a role's form. before is the role as it is, or
// empty for a new one.
func readRole(args chat.Args, ins []insight.Insight, before access.Role) (access.Role, wrongs) {
	wrong := wrongs{}
	r := access.Role{
		ID: before.ID, Name: text.Truncate(text.Clean(args[argName]), maxName, text.Graphemes),
		Tags: listOf(args[argTags]), Sources: listOf(args[argSources]), Insights: listOf(args[argInsights]),
		Everything: isSet(args, argEverything), Strict: isSet(args, argStrict), External: isSet(args, argExternal), Masks: listOf(args[argMasks]),
	}
	if r.ID == "" {
		r.ID = strings.TrimSpace(args[argNewID])
		checkNewID(r.ID, wrong)
	}
	for _, name := range listOf(args[argAbilities]) {
		a := access.Ability(name)
		if !slices.Contains(access.Abilities(), a) {
			wrong[argAbilities] = "There is no ability “" + name + "”."
		}
		r.Abilities = append(r.Abilities, a)
	}
	for _, name := range listOf(args[argUnmask]) {
		c := insight.ColumnType(name)
		if !slices.Contains([]insight.ColumnType{insight.ColumnEmail, insight.ColumnName, insight.ColumnIP}, c) {
			wrong[argUnmask] = "“" + name + "” is no kind of personal column."
		}
		r.Unmask = append(r.Unmask, c)
	}
	checkGrants(r, before, ins, wrong)
	if r.ID == access.RoleEveryone && r.Can(access.AbilityAdmin) {
		wrong[argAbilities] = "Everybody has this role, so it cannot make admins."
	}
	if r.ID == access.RoleEveryone && r.External {
		wrong[argExternal] = "Only full members have this role, so it cannot be external."
	}
	var err error
	if r.Attributes, err = readAttributes(args[argAttributes]); err != nil {
		wrong[argAttributes] = sentenceCase(err.Error()) + "."
	}
	if s := strings.TrimSpace(args[argMinGroup]); s != "" {
		if r.MinGroup, err = strconv.Atoi(s); err != nil || r.MinGroup < 0 || r.MinGroup > maxMinGroup {
			wrong[argMinGroup] = fmt.Sprintf("Write a whole number from 0 to %d.", maxMinGroup)
		}
	}
	return r, wrong
}

// The bounds of what is typed.
const (
	maxName     = 80
	maxMinGroup = 10_000
)

// checkNewID says what is wrong with the id of a new role.
func checkNewID(id string, wrong wrongs) {
	switch {
	case id == "":
		wrong[argNewID] = "A role needs an id."
	case id == access.RoleOperator || id == access.RoleEveryone:
		wrong[argNewID] = "This id is built in. Take another one."
	case id != roleID(id):
		wrong[argNewID] = "Use small letters, digits and dashes: " + roleID(id)
	}
}

// checkGrants refuses grants of what does not exist, save what the role had
// already: a source that is away for a day must not empty a role.
func checkGrants(r, before access.Role, ins []insight.Insight, wrong wrongs) {
	unknown := func(name string, had, now []string, is func(insight.Insight, string) bool) {
		for _, w := range now {
			if !slices.Contains(had, w) && !slices.ContainsFunc(ins, func(in insight.Insight) bool { return is(in, w) }) {
				wrong[name] = "No insight has “" + text.Truncate(text.Clean(w), maxName, text.Graphemes) + "”."
			}
		}
	}
	unknown(argTags, with(before.Tags, access.TagRestricted), r.Tags, func(in insight.Insight, w string) bool { return slices.Contains(in.Tags, w) })
	unknown(argSources, before.Sources, r.Sources, func(in insight.Insight, w string) bool { return in.Source == w })
	unknown(argInsights, before.Insights, r.Insights, func(in insight.Insight, w string) bool { return in.ID == w })
}

// readAttributes reads "region=eu,us; plan=pro".
func readAttributes(s string) (map[string][]string, error) {
	var attributes map[string][]string
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == '\n' }) {
		if strings.TrimSpace(part) == "" {
			continue
		}
		name, list, ok := strings.Cut(part, "=")
		name = strings.TrimSpace(name)
		values := listOf(list)
		if !ok || name == "" || len(values) == 0 || strings.ContainsAny(name, " ,") {
			return nil, fmt.Errorf("write it like region=eu,us")
		}
		if _, twice := attributes[name]; twice {
			return nil, fmt.Errorf("“%s” stands there twice", name)
		}
		if attributes == nil {
			attributes = map[string][]string{}
		}
		attributes[name] = values
	}
	return attributes, nil
}

// attributesText writes attributes as readAttributes reads them.
func attributesText(attributes map[string][]string) string {
	parts := make([]string, 0, len(attributes))
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		parts = append(parts, name+"="+strings.Join(attributes[name], ","))
	}
	return strings.Join(parts, "; ")
}

// holdersWords say who would miss a role.
func holdersWords(p access.Policy, id string) string {
	channels := count(p.Channels, func(c access.Channel) bool { return slices.Contains(c.Roles, id) })
	people := count(p.People, func(o access.Person) bool { return slices.Contains(o.Roles, id) })
	groups := count(p.Groups, func(g access.Group) bool { return slices.Contains(g.Roles, id) })
	domains := count(p.Domains, func(d access.Domain) bool { return slices.Contains(d.Roles, id) })
	if channels+people+groups+domains == 0 {
		return "Nobody has it."
	}
	var words []string
	for _, h := range []struct {
		n         int
		one, many string
	}{{channels, "channel", "channels"}, {people, "person", "people"}, {groups, "group", "groups"}, {domains, "domain", "domains"}} {
		if h.n > 0 {
			words = append(words, plural(h.n, h.one, h.many))
		}
	}
	return sentenceCase(text.JoinWords(words)) + " " + verb(channels+people+groups+domains, "has", "have") + " it."
}
