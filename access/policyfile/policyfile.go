// Package policyfile reads and writes a policy as a YAML file, access.yml, so
// that rules can be reviewed and versioned like code.
package policyfile

import (
	"github.com/goccy/go-yaml"

	"insightbot/access"
	"insightbot/insight"
)

// document is the form of the file, as it is read.
type document struct {
	Workspaces []workspace `yaml:"workspaces"`
	Roles      []role      `yaml:"roles"`
	Channels   []channel   `yaml:"channels"`
	People     []person    `yaml:"people"`
	Groups     []group     `yaml:"groups"`
	Domains    []domain    `yaml:"domains"`
}

type workspace struct {
	Platform  string      `yaml:"platform"`
	Workspace string      `yaml:"workspace"`
	Mode      access.Mode `yaml:"mode"`
}

type role struct {
	ID         string               `yaml:"id"`
	Name       string               `yaml:"name"`
	Everything bool                 `yaml:"everything"`
	Tags       []string             `yaml:"tags"`
	Sources    []string             `yaml:"sources"`
	Insights   []string             `yaml:"insights"`
	Can        *[]access.Ability    `yaml:"can"`
	Attributes map[string][]string  `yaml:"attributes"`
	Strict     bool                 `yaml:"strict"`
	External   bool                 `yaml:"external"`
	Mask       []string             `yaml:"mask"`
	Unmask     []insight.ColumnType `yaml:"unmask"`
	MinGroup   int                  `yaml:"min_group"`
}

type channel struct {
	Platform  string   `yaml:"platform"`
	Workspace string   `yaml:"workspace"`
	Channel   string   `yaml:"channel"`
	Name      string   `yaml:"name"`
	Roles     []string `yaml:"roles"`
	Approved  bool     `yaml:"approved"`
}

type person struct {
	Platform  string   `yaml:"platform"`
	Workspace string   `yaml:"workspace"`
	Person    string   `yaml:"person"`
	Name      string   `yaml:"name"`
	Roles     []string `yaml:"roles"`
}

type group struct {
	Platform  string   `yaml:"platform"`
	Workspace string   `yaml:"workspace"`
	Group     string   `yaml:"group"`
	Name      string   `yaml:"name"`
	Roles     []string `yaml:"roles"`
}

type domain struct {
	Domain string   `yaml:"domain"`
	Roles  []string `yaml:"roles"`
}

// Read reads a policy; name is how errors call the file. A role that does not
// say what it can may ask and export. The result is normalized and checked: an
// error says everything that is wrong, each in a line with the place as
// file:line:column.
func Read(name string, data []byte) (access.Policy, error) {
	r := reader{name: name}
	body := r.parse(data)
	r.shape(body)
	if err := r.err(); err != nil {
		return access.Policy{}, err
	}
	var d document
	if body != nil {
		if err := yaml.NodeToValue(body, &d, yaml.Strict()); err != nil {
			r.fail(err)
			return access.Policy{}, r.err()
		}
	}
	p := d.policy().Normalize()
	r.refuse(p.Check(), d.entries(body))
	if err := r.err(); err != nil {
		return access.Policy{}, err
	}
	return p, nil
}

// policy is what the file says.
func (d document) policy() access.Policy {
	var p access.Policy
	for _, w := range d.Workspaces {
		p.Workspaces = append(p.Workspaces, access.Workspace{Platform: w.Platform, ID: w.Workspace, Mode: w.Mode})
	}
	for _, r := range d.Roles {
		can := []access.Ability{access.AbilityAsk, access.AbilityExport}
		if r.Can != nil {
			can = *r.Can
		}
		if r.ID == access.RoleEveryone && r.Can == nil && len(r.Tags)+len(r.Sources)+len(r.Insights) == 0 && !r.Everything {
			can = nil // it grants nothing, so there is nothing to ask
		}
		p.Roles = append(p.Roles, access.Role{
			ID: r.ID, Name: r.Name, Everything: r.Everything, Tags: r.Tags, Sources: r.Sources, Insights: r.Insights, Abilities: can,
			Attributes: r.Attributes, Strict: r.Strict, External: r.External, Masks: r.Mask, Unmask: r.Unmask, MinGroup: r.MinGroup,
		})
	}
	for _, c := range d.Channels {
		p.Channels = append(p.Channels, access.Channel{
			Key: access.Key{Platform: c.Platform, Workspace: c.Workspace, ID: c.Channel}, Name: c.Name, Roles: c.Roles, Approved: c.Approved,
		})
	}
	for _, o := range d.People {
		p.People = append(p.People, access.Person{Key: access.Key{Platform: o.Platform, Workspace: o.Workspace, ID: o.Person}, Name: o.Name, Roles: o.Roles})
	}
	for _, g := range d.Groups {
		p.Groups = append(p.Groups, access.Group{Key: access.Key{Platform: g.Platform, Workspace: g.Workspace, ID: g.Group}, Name: g.Name, Roles: g.Roles})
	}
	for _, o := range d.Domains {
		p.Domains = append(p.Domains, access.Domain{Name: o.Domain, Roles: o.Roles})
	}
	return p
}
