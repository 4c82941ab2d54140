package access

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// constants reads the values of all constants of a type from the source, so
// that one that is added later is tested too.
func constants(t *testing.T, file, typ string) map[string]string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); ok && id.Name == typ {
			if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
				if found[spec.Names[0].Name], err = strconv.Unquote(lit.Value); err != nil {
					t.Fatal(err)
				}
			}
		}
		return true
	})
	if len(found) == 0 {
		t.Fatalf("no constants of type %s in %s", typ, file)
	}
	return found
}

func TestReason_EveryOneHasItsOwnSentence(t *testing.T) {
	reasons := constants(t, "decide.go", "Reason")
	if len(reasons) != 16 {
		t.Errorf("%d reasons", len(reasons))
	}
	said := map[string]string{}
	for name, value := range reasons {
		r := Reason(value)
		s := r.Sentence()
		if s == "" || !strings.HasSuffix(s, ".") || strings.Contains(s, value) {
			t.Errorf("%s says %q", name, s)
		}
		if other, ok := said[s]; ok {
			t.Errorf("%s and %s say the same: %q", name, other, s)
		}
		said[s] = name
		v := r.verdict()
		if !strings.HasSuffix(v, ". ("+value+")") || strings.HasPrefix(v, " ") {
			if r != ReasonOnlyPerson {
				t.Errorf("the verdict of %s is %q", name, v)
			}
		}
	}
	if said[Reason("new").Sentence()] != "ReasonNoGrant" {
		t.Error("an unknown reason has no plain sentence")
	}
	// What is said to somebody who is told nothing does not speak of one
	// insight that is there.
	for name, value := range reasons {
		switch r := Reason(value); r {
		case ReasonChannelKey, ReasonBothKeys, ReasonPersonKey, ReasonOnlyPerson:
		default:
			if s := r.Sentence(); strings.Contains(s, "for it") && r != ReasonGuest && r != ReasonExternal || strings.Contains(s, "hidden") || strings.Contains(s, "exist") {
				t.Errorf("%s tells of something hidden: %q", name, s)
			}
		}
	}
}

func TestExplain_SaysBothKeysAndTheLimits(t *testing.T) {
	for _, c := range []struct {
		name string
		d    Decision
		want []string
	}{
		{"public", Decision{
			Where: Publicly, Reason: ReasonChannelKey, Roles: []string{"europe", "growth"}, Channel: ReasonChannelKey, Person: ReasonNoGrant,
			Terms: Terms{Attributes: map[string][]string{"team": {"a"}, "region": {"eu", "us"}}, Masks: []string{"email", "name"}, MinGroup: 5, Abilities: []Ability{AbilityAsk}},
		}, []string{
			"It is answered so that everybody in the channel can read it.",
			"The channel's key: held by a role of the channel. (channel_key)",
			"The person's key: no role grants it. (no_grant)",
			"Opened by europe, growth.",
			"Rows limited to region: eu, us.",
			"Rows limited to team: a.",
			"Hidden columns: email, name.",
			"Groups of fewer than 5 people are hidden.",
			"It cannot be taken away as a file.",
		}},
		{"private", Decision{
			Where: Privately, Reason: ReasonPersonKey, Roles: []string{"growth"}, Person: ReasonPersonKey,
			Terms: Terms{MinGroup: 1, Abilities: []Ability{AbilityAsk, AbilityExport}},
		}, []string{
			"It is answered to the person alone.",
			"The person's key: held by a role of the person. (person_key)",
			"Opened by growth.",
		}},
		{"two people are a group", Decision{Where: Privately, Terms: Terms{MinGroup: 2, Abilities: []Ability{AbilityExport}}}, []string{
			"It is answered to the person alone.",
			"Groups of fewer than 2 people are hidden.",
		}},
		{"nowhere", Decision{Reason: ReasonStrict, Channel: ReasonStrict, Person: ReasonNoRole}, []string{
			"It is answered exactly like an insight that does not exist.",
			"The channel's key: a strict role grants it, and the person has no key of their own. (strict)",
			"The person's key: there is no role. (no_role)",
		}},
	} {
		if diff := cmp.Diff(c.want, Explain(c.d)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestAbilities_ListsAllOfThem(t *testing.T) {
	for typ, list := range map[string][]string{"Ability": words(Abilities()), "Mode": words(Modes())} {
		for name, value := range constants(t, "access.go", typ) {
			if value != "" && !slices.Contains(list, value) {
				t.Errorf("%s is not in the list of every %s", name, typ)
			}
		}
	}
}
