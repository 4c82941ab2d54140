package handlers

import (
	"context"
	"errors"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
)

// The fields of a role.
const (
	argNewID      = "id"
	argTags       = "tags"
	argSources    = "sources"
	argInsights   = "insights"
	argEverything = "everything"
	argAbilities  = "abilities"
	argAttributes = "attributes"
	argStrict     = "strict"
	argExternal   = "external"
	argMasks      = "masks"
	argUnmask     = "unmask"
	argMinGroup   = "min_group"
)

// editRole makes, changes or deletes a role.
func (b *Bot) editRole(ctx context.Context, v *visit) (*chat.Reply, error) {
	p, err := b.config.Keeper.Policy(ctx)
	if err != nil {
		return nil, err
	}
	args := v.Call.Args
	id := args[argRole]
	role, there := p.Role(id)
	switch {
	case id != "" && !there:
		return v.privately("", lead("There is no role of that id, or not any more."), toRoles()), nil
	case args[argDelete] != "" && there:
		return v.deleteRole(ctx, p, role)
	case isSet(args, argSave):
		return v.saveRole(ctx, p, role)
	}
	v.note(ctx, access.ActionView, "role:"+named(id, "new"), "")
	if there {
		args = roleArgs(role)
	} else {
		args = chat.Args{argAbilities: listText([]access.Ability{access.AbilityAsk, access.AbilityExport})}
	}
	return v.roleForm(p, role, args, nil), nil
}

// toRoles leads back to the list of roles.
func toRoles() chat.Link {
	return chat.Link{Label: "See all roles", Call: chat.Call{Command: "access-roles"}}
}

// saveRole keeps what was typed, or gives it back with what is wrong.
func (v *visit) saveRole(ctx context.Context, p access.Policy, before access.Role) (*chat.Reply, error) {
	role, wrong := readRole(v.Call.Args, v.stock.insights, before)
	if before.ID == "" && wrong[argNewID] == "" {
		if _, taken := p.Role(role.ID); taken {
			wrong[argNewID] = "There is a role of that id already."
		}
	}
	if len(wrong) > 0 {
		return v.roleForm(p, before, v.Call.Args, wrong), nil
	}
	changes, err := v.change(ctx, func(p *access.Policy) error {
		_, there := p.Role(role.ID)
		switch {
		case before.ID == "" && there:
			return refusal("Somebody made a role of that id just now.")
		case before.ID != "" && !there:
			return refusal("Somebody deleted that role just now.")
		}
		p.PutRole(role)
		return nil
	})
	if no, ok := errors.AsType[refusal](err); ok {
		return v.roleForm(p, before, v.Call.Args, wrongs{"": string(no)}), nil
	}
	if err != nil {
		return v.stopped(err)
	}
	reply, err := v.changed(ctx, changes)
	if err != nil {
		return nil, err
	}
	reply.Parts = append(reply.Parts, toRoles())
	return reply, nil
}

// deleteRole asks once more, as everybody and every channel that has the role
// loses it.
func (v *visit) deleteRole(ctx context.Context, p access.Policy, role access.Role) (*chat.Reply, error) {
	switch {
	case role.ID == access.RoleEveryone:
		return v.privately("", lead("This role is built in and stays. It can grant nothing, though."), toRoles()), nil
	case !isSet(v.Call.Args, argSure):
		return v.privately("Please confirm", lead("Delete the role “"+roleName(role)+"”? "+holdersWords(p, role.ID)+" Nothing was changed yet."),
			chat.Choices{Items: []chat.Choice{
				{Label: "Yes, delete it", Call: v.Call.With(argSure, yes)},
				{Label: "No, keep it", Call: chat.Call{Command: "access-roles"}},
			}}), nil
	}
	changes, err := v.change(ctx, func(p *access.Policy) error {
		p.DropRole(role.ID)
		return nil
	})
	if err != nil {
		return v.stopped(err)
	}
	reply, err := v.changed(ctx, changes)
	if err != nil {
		return nil, err
	}
	reply.Parts = append(reply.Parts, toRoles())
	return reply, nil
}

// roleForm is the form of a role, with what was typed.
func (v *visit) roleForm(p access.Policy, role access.Role, args chat.Args, wrong wrongs) *chat.Reply {
	f := form{args: args, wrong: wrong}
	call, title := chat.Call{Command: "access-role"}.With(argSave, yes), "A new role"
	if role.ID != "" {
		call, title = call.With(argRole, role.ID), "The role “"+roleName(role)+"”"
	} else {
		f.add(chat.Field{Name: argNewID, Label: "Id", Help: "One short word that never changes: growth", Kind: chat.FieldText, Required: true})
	}
	f.text(argName, "Name", "How people read it; the id where it is empty")
	grants(&f, v.stock.insights)
	f.multi(argAbilities, "What people may do with it", "Without “ask” it only carries what is posted on a schedule", abilityOptions())
	f.text(argAttributes, "Rows it is limited to", "Attributes that insights ask for, such as region=eu,us; one on a line or after a semicolon")
	f.check(argStrict, "Strict", "Where a channel shows it, the person who asks needs a role for it too")
	f.check(argExternal, "External", "Guests and people of another company may have it, in channels that are approved for it")
	f.text(argMasks, "Columns to hide", "Names, separated by commas")
	f.multi(argUnmask, "Personal columns to show", "They are hidden unless you choose them here", []chat.Option{
		{Value: string(insight.ColumnEmail), Label: "E-mail addresses"},
		{Value: string(insight.ColumnName), Label: "Names of people"},
		{Value: string(insight.ColumnIP), Label: "IP addresses"},
	})
	f.text(argMinGroup, "Smallest group to show", "Groups of fewer people are hidden; 0 hides none")
	reply := v.privately(title, wrong.first()...)
	reply.Parts = append(reply.Parts, chat.Form{Title: title, Fields: f.fields, Submit: "Save", Call: call})
	if role.ID != "" && role.ID != access.RoleEveryone {
		reply.Parts = append(reply.Parts, chat.Text{Style: chat.Note, Text: holdersWords(p, role.ID)}, chat.Choices{Items: []chat.Choice{
			{Label: "Delete this role", Call: chat.Call{Command: "access-role", Args: chat.Args{argRole: role.ID, argDelete: yes}}},
		}})
	}
	return reply
}

// maxInsightOptions is how many insights can still be chosen from a list.
const maxInsightOptions = 60

// grants adds the fields on what a role grants.
func grants(f *form, ins []insight.Insight) {
	f.multi(argTags, "Insights tagged", "", keep(tagOptions(ins), f.args[argTags]))
	f.multi(argSources, "Insights from", "", keep(sourceOptions(ins), f.args[argSources]))
	if len(ins) <= maxInsightOptions {
		var list []chat.Option
		for _, in := range ins {
			list = append(list, chat.Option{Value: in.ID, Label: in.Title})
		}
		f.multi(argInsights, "Single insights", "", keep(list, f.args[argInsights]))
	} else {
		f.add(chat.Field{Name: argInsights, Label: "Single insights", Help: "Their ids, separated by commas", Kind: chat.FieldLong})
	}
	f.check(argEverything, "Everything", "Whatever is not tagged "+access.TagRestricted)
}

// abilityOptions are the abilities with what they mean.
func abilityOptions() []chat.Option {
	list := make([]chat.Option, 0, len(access.Abilities()))
	for _, a := range access.Abilities() {
		list = append(list, chat.Option{Value: string(a), Label: abilityWords(a)})
	}
	return list
}

// abilityWords say what an ability lets people do.
func abilityWords(a access.Ability) string {
	switch a {
	case access.AbilityAsk:
		return "Ask"
	case access.AbilityExport:
		return "Take numbers away as a file"
	case access.AbilitySchedule:
		return "Make digests and alerts"
	case access.AbilityCurate:
		return "Write caveats, certify, see unanswered questions"
	case access.AbilityAdmin:
		return "Change these rules (only for people who have the role by name)"
	default:
		return string(a)
	}
}
