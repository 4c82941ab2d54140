// Package policyfile reads and writes a policy as a YAML file, access.yml, so
// that rules can be reviewed and versioned like code.
package policyfile

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"insightbot/access"
	"insightbot/insight"
)

// maxFile is the size a file may have, in bytes.
const maxFile = 16 << 20

// document is the form of the file.
type document struct {
	Workspaces []workspace `yaml:"workspaces,omitempty"`
	Roles      []role      `yaml:"roles,omitempty"`
	Channels   []channel   `yaml:"channels,omitempty"`
	People     []person    `yaml:"people,omitempty"`
	Groups     []group     `yaml:"groups,omitempty"`
	Domains    []domain    `yaml:"domains,omitempty"`
}

type workspace struct {
	Platform  string      `yaml:"platform"`
	Workspace string      `yaml:"workspace"`
	Mode      access.Mode `yaml:"mode"`
}

type role struct {
	ID         string               `yaml:"id"`
	Name       string               `yaml:"name,omitempty"`
	Everything bool                 `yaml:"everything,omitempty"`
	Tags       []string             `yaml:"tags,omitempty,flow"`
	Sources    []string             `yaml:"sources,omitempty,flow"`
	Insights   []string             `yaml:"insights,omitempty"`
	Can        *[]access.Ability    `yaml:"can,omitempty,flow"`
	Attributes map[string][]string  `yaml:"attributes,omitempty"`
	Strict     bool                 `yaml:"strict,omitempty"`
	External   bool                 `yaml:"external,omitempty"`
	Mask       []string             `yaml:"mask,omitempty,flow"`
	Unmask     []insight.ColumnType `yaml:"unmask,omitempty,flow"`
	MinGroup   int                  `yaml:"min_group,omitempty"`
}

type channel struct {
	Platform  string   `yaml:"platform"`
	Workspace string   `yaml:"workspace"`
	Channel   string   `yaml:"channel"`
	Name      string   `yaml:"name,omitempty"`
	Roles     []string `yaml:"roles,omitempty,flow"`
	Approved  bool     `yaml:"approved,omitempty"`
}

type person struct {
	Platform  string   `yaml:"platform"`
	Workspace string   `yaml:"workspace"`
	Person    string   `yaml:"person"`
	Name      string   `yaml:"name,omitempty"`
	Roles     []string `yaml:"roles,flow"`
}

type group struct {
	Platform  string   `yaml:"platform"`
	Workspace string   `yaml:"workspace"`
	Group     string   `yaml:"group"`
	Name      string   `yaml:"name,omitempty"`
	Roles     []string `yaml:"roles,flow"`
}

type domain struct {
	Domain string   `yaml:"domain"`
	Roles  []string `yaml:"roles,flow"`
}

// Read reads a policy; name is how errors call the file. A role that does not
// say what it can may ask and export. The result is normalized and checked: an
// error says everything that is wrong with it.
func Read(name string, data []byte) (access.Policy, error) {
	if len(data) > maxFile {
		return access.Policy{}, fmt.Errorf("%s: longer than %d MB", name, maxFile>>20)
	}
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return access.Policy{}, fmt.Errorf("%s: this is not a text file", name)
	}
	var d document
	if len(bytes.TrimSpace(data)) > 0 {
		if err := yaml.UnmarshalWithOptions(data, &d, yaml.Strict()); err != nil {
			return access.Policy{}, fmt.Errorf("%s: %s", name, yaml.FormatError(err, false, true))
		}
	}
	p := d.policy().Normalize()
	if err := p.Check(); err != nil {
		return access.Policy{}, fmt.Errorf("%s: %w", name, err)
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

// head stands above every file that is written.
const head = `# Who may see what, where: see docs/access.md.
# Look first at what a change would do: insightbot access apply --dry-run access.yml
`

// Write writes a policy so that Read gives the same one.
func Write(p access.Policy) ([]byte, error) {
	var d document
	for _, w := range p.Workspaces {
		d.Workspaces = append(d.Workspaces, workspace{w.Platform, w.ID, w.Mode})
	}
	for _, r := range p.Roles {
		can := r.Abilities
		if can == nil {
			can = []access.Ability{}
		}
		d.Roles = append(d.Roles, role{
			ID: r.ID, Name: r.Name, Everything: r.Everything, Tags: r.Tags, Sources: r.Sources, Insights: r.Insights, Can: &can,
			Attributes: r.Attributes, Strict: r.Strict, External: r.External, Mask: r.Masks, Unmask: r.Unmask, MinGroup: r.MinGroup,
		})
	}
	for _, c := range p.Channels {
		d.Channels = append(d.Channels, channel{c.Platform, c.Workspace, c.ID, c.Name, c.Roles, c.Approved})
	}
	for _, o := range p.People {
		d.People = append(d.People, person{o.Platform, o.Workspace, o.ID, o.Name, o.Roles})
	}
	for _, g := range p.Groups {
		d.Groups = append(d.Groups, group{g.Platform, g.Workspace, g.ID, g.Name, g.Roles})
	}
	for _, o := range p.Domains {
		d.Domains = append(d.Domains, domain{o.Name, o.Roles})
	}
	data, err := yaml.MarshalWithOptions(d, yaml.IndentSequence(true))
	if err != nil {
		return nil, fmt.Errorf("policyfile: write: %w", err)
	}
	return append([]byte(head), data...), nil
}
