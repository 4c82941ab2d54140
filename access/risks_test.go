package access

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
)

// A workspace in which people hold roles needs an admin too, although no
// channel of it is mapped or was seen.
func TestReport_LooksAtWorkspacesOfPeopleAndGroups(t *testing.T) {
	p := Policy{Roles: []Role{{ID: "boss", Abilities: []Ability{AbilityAdmin}}, {ID: "r", Tags: []string{"t"}}}}
	p.PutPerson(Person{Key: Key{"web", "a", "u"}, Roles: []string{"r"}})
	p.PutPerson(Person{Key: Key{"web", "led", "u"}, Roles: []string{"boss"}})
	p.PutGroup(Group{Key: Key{"web", "b", "g"}, Roles: []string{"boss"}})
	var got []Risk
	for _, r := range p.Normalize().Report(nil, nil).Risks {
		if r.Text == "has nobody who administers it by name" {
			got = append(got, r)
		}
	}
	want := []Risk{
		{"workspace:web/a", "a", "has nobody who administers it by name"},
		{"workspace:web/b", "b", "has nobody who administers it by name"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What is not a plain yes or no is not known, here as where it is decided.
func TestReport_AFactThatIsNoFactIsNotKnown(t *testing.T) {
	key := Key{"web", "demo", "x"}
	var p Policy
	p.PutChannel(Channel{Key: key})
	said := Risk{"channel:web/demo/x", "", "is mapped, but it is not known who reads there, so nothing is shown"}
	for _, f := range []chat.Fact{chat.No, chat.Yes, chat.Unknown, "NO", "maybe"} {
		for _, seen := range []Seen{{Key: key, Shared: f, Guests: chat.No}, {Key: key, Shared: chat.No, Guests: f}} {
			risks := p.Normalize().Report(nil, []Seen{seen}).Risks
			if want := f != chat.No && f != chat.Yes; slices.Contains(risks, said) != want {
				t.Errorf("%q: %v", f, risks)
			}
		}
	}
}
