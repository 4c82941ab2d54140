package access

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A list that is empty, and one of which nothing stays, are the same as none:
// otherwise two policies that say the same would not be equal.
func TestNormalize_AnEmptyListIsNone(t *testing.T) {
	key := Key{"web", "demo", "x"}
	none := Policy{Roles: []Role{{ID: RoleEveryone, Name: "Everyone"}}}
	for name, p := range map[string]Policy{
		"nothing": {},
		"empty lists": {
			Workspaces: []Workspace{}, Roles: []Role{}, Channels: []Channel{}, People: []Person{}, Groups: []Group{}, Domains: []Domain{},
		},
		"idle entries": {
			Workspaces: []Workspace{{"web", "demo", ModeUnset}}, People: []Person{{Key: key}}, Groups: []Group{{Key: key}}, Domains: []Domain{{Name: "a.example"}},
		},
	} {
		if diff := cmp.Diff(none, p.Normalize()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
