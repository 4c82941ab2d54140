package match_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
	"insightbot/match"
)

func TestRead_MentionsAreNotSilentlyLeftOut(t *testing.T) {
	for _, c := range []struct {
		question string
		filters  []match.FilterWish
		mentions []string
	}{
		{"sign-ups by @mia last week", []match.FilterWish{{Op: insight.OpIs, Words: "@mia", Sure: true}}, nil},
		{"sign-ups by @Mia.chen's last week", []match.FilterWish{{Op: insight.OpIs, Words: "@Mia.chen", Sure: true}}, nil},
		{"@mia's sign-ups", []match.FilterWish{{Op: insight.OpIs, Words: "@mia", Sure: true}}, nil},
		{"sign-ups excluding @bots", []match.FilterWish{{Op: insight.OpIsNot, Words: "@bots", Sure: true}}, nil},
		{"sign-ups for @mia and @ben", []match.FilterWish{{Op: insight.OpIs, Words: "@mia", Sure: true}, {Op: insight.OpIs, Words: "@ben", Sure: true}}, nil},
		{"@here sign-ups last week?", nil, []string{"@here"}},
		{"sign-ups last week by", nil, []string{"by"}},
		{"sign-ups last week by?", nil, []string{"by"}},
		{"write to mia@acme.example about sign-ups", nil, nil},
		{"sign-ups @ 3", nil, nil},
		{"by", nil, nil},
		{"@", nil, nil},
	} {
		r := match.Read(c.question, nil, match.Clock{})
		if d := cmp.Diff(c.filters, r.Filters); d != "" {
			t.Errorf("%q: filters (-want +got):\n%s", c.question, d)
		}
		if d := cmp.Diff(c.mentions, r.Mentions); d != "" {
			t.Errorf("%q: mentions (-want +got):\n%s", c.question, d)
		}
	}
}

func TestFit_MentionThatMeansNothingIsSaid(t *testing.T) {
	in := insight.Insight{ID: "demo/signups", Title: "Sign-ups of mia"}
	for question, role := range map[string]match.Role{
		"sign-ups by @mia": match.RoleFilter, "@mia sign-ups": match.RoleMention, "sign-ups per": match.RoleMention,
	} {
		_, misfits := match.Fit(match.Read(question, nil, match.Clock{}), in, match.Clock{})
		if len(misfits) != 1 || misfits[0].Role != role || misfits[0].Why == "" {
			t.Errorf("%q: %+v", question, misfits)
		}
	}
}

func TestFit_MentionOfAValueIsThatValue(t *testing.T) {
	in := insight.Insight{ID: "demo/deals", Title: "Deals", Accepts: insight.Accepts{Dimensions: []insight.Dimension{
		{Name: "owner", Label: "Owner", Filter: true, Values: []insight.Value{{Key: "7", Label: "Mia"}}},
	}}}
	q, misfits := match.Fit(match.Read("deals of @mia", nil, match.Clock{}), in, match.Clock{})
	if len(misfits) != 0 || len(q.Filters) != 1 || q.Filters[0].Values[0] != "7" {
		t.Errorf("%+v, %+v", q.Filters, misfits)
	}
}
