package policyfile

import (
	"errors"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"insightbot/access"
)

// entries are the nodes of what a policy can be wrong about, by its subject.
func (d document) entries(body ast.Node) map[string][]ast.Node {
	subjects := map[string][]string{}
	for _, w := range d.Workspaces {
		subjects["workspaces"] = append(subjects["workspaces"], "workspace:"+w.Platform+"/"+w.Workspace)
	}
	for _, r := range d.Roles {
		subjects["roles"] = append(subjects["roles"], "role:"+r.ID)
	}
	for _, c := range d.Channels {
		subjects["channels"] = append(subjects["channels"], "channel:"+c.Platform+"/"+c.Workspace+"/"+c.Channel)
	}
	for _, o := range d.People {
		subjects["people"] = append(subjects["people"], "person:"+o.Platform+"/"+o.Workspace+"/"+o.Person)
	}
	for _, g := range d.Groups {
		subjects["groups"] = append(subjects["groups"], "group:"+g.Platform+"/"+g.Workspace+"/"+g.Group)
	}
	for _, o := range d.Domains {
		subjects["domains"] = append(subjects["domains"], "domain:"+strings.ToLower(o.Domain))
	}
	found := map[string][]ast.Node{}
	sections, _ := pairsOf(body)
	for _, section := range sections {
		list, _ := section.Value.(*ast.SequenceNode)
		for i, subject := range subjects[nameOf(section)] {
			found[subject] = append(found[subject], list.Values[i])
		}
	}
	return found
}

// refuse keeps what is wrong with the policy, each with its place.
func (r *reader) refuse(err error, entries map[string][]ast.Node) {
	joined, ok := err.(interface{ Unwrap() []error }) //nolint:errorlint // Check joins its errors itself
	if !ok {
		return
	}
	for _, e := range joined.Unwrap() {
		p, _ := errors.AsType[access.Problem](e)
		r.report(locate(p, entries[p.Subject]), "%s%s", p.Text, suggest(p.Value, p.Options))
	}
}

// locate is where a problem stands: at the word that is wrong, or else where
// the entry begins.
func locate(p access.Problem, nodes []ast.Node) *token.Token {
	switch {
	case len(nodes) == 0:
		return nil
	case p.Again:
		return tokenOf(nodes[len(nodes)-1])
	}
	if p.Value != "" {
		for _, n := range nodes {
			if t := find(n, p.Value); t != nil {
				return t
			}
		}
	}
	return tokenOf(nodes[0])
}

// find looks for a value in an entry. Some are put in lower case on the way.
func find(n ast.Node, value string) *token.Token {
	if pairs, ok := pairsOf(n); ok {
		for _, p := range pairs {
			if t := find(p.Value, value); t != nil {
				return t
			}
		}
		return nil
	}
	if list, ok := n.(*ast.SequenceNode); ok {
		for _, v := range list.Values {
			if t := find(v, value); t != nil {
				return t
			}
		}
		return nil
	}
	if t := n.GetToken(); strings.EqualFold(t.Value, value) {
		return t
	}
	return nil
}
