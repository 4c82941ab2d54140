package demo

import (
	"errors"
	"log/slog"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/access"
	"insightbot/access/policyfile"
	"insightbot/chat"
	"insightbot/insight"
	"insightbot/source"
)

// policy is who may see what at Fernfold.
func policy(t *testing.T) access.Policy {
	t.Helper()
	p, err := policyfile.Read("access.yml", Access())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAccess_SpeaksOfWhoAndWhatIsThere(t *testing.T) {
	p := policy(t)
	for _, c := range p.Channels {
		i := slices.IndexFunc(Channels(), func(o Channel) bool { return o.ID == c.ID })
		if i < 0 || Channels()[i].Name != c.Name || c.Platform != "web" || c.Workspace != "demo" {
			t.Errorf("no channel is %+v", c)
		} else if outside := Channels()[i].Guests || Channels()[i].Shared; c.Approved && !outside {
			t.Errorf("%s is approved for nobody", c.Name)
		}
	}
	for _, o := range p.People {
		if !slices.ContainsFunc(People(), func(q Person) bool { return q.ID == o.ID && q.Name == o.Name }) {
			t.Errorf("nobody is %+v", o)
		}
	}
	if !p.HasAdmin("web", "demo") {
		t.Error("nobody is an admin")
	}
	tags := map[string]bool{}
	for _, in := range saved(t) {
		for _, tag := range in.Tags {
			tags[tag] = true
		}
	}
	for _, r := range p.Roles {
		for _, tag := range r.Tags {
			if !tags[tag] {
				t.Errorf("the role %s grants the tag %s, which nothing has", r.ID, tag)
			}
		}
	}
}

// sees is where somebody may see an insight when they ask in a channel.
func sees(t *testing.T, p access.Policy, in insight.Insight, who, where string) access.Decision {
	t.Helper()
	person := People()[slices.IndexFunc(People(), func(o Person) bool { return o.ID == who })]
	channel := Channels()[slices.IndexFunc(Channels(), func(o Channel) bool { return o.ID == where })]
	fact := map[bool]chat.Fact{true: chat.Yes, false: chat.No}
	u := chat.User{ID: who, Guest: fact[person.Guest], External: fact[person.External]}
	place := chat.Place{
		Platform: "web", Workspace: "demo", Channel: where, Kind: chat.PlaceKind(channel.Kind),
		Audience: chat.Audience{Shared: fact[channel.Shared], Guests: fact[channel.Guests]},
	}
	return p.For(u, place).Audience(u, place).Decide(in)
}

func TestAccess_WhoSeesWhatWhere(t *testing.T) {
	p, all := policy(t), saved(t)
	for _, tt := range []struct {
		who, where, what string
		want             access.Where
	}{
		{"ravi", "general", "signups", access.Publicly},
		{"ravi", "general", "mrr", access.Nowhere},
		{"ravi", "direct", "mrr", access.Nowhere},
		{"mia", "revenue", "mrr", access.Publicly},
		{"mia", "general", "mrr", access.Privately},
		{"sofia", "direct", "refunds", access.Privately},
		{"aiko", "direct", "mrr", access.Nowhere},
		{"aiko", "direct", "busiest-people", access.Nowhere},
		{"noor", "direct", "busiest-people", access.Privately},
		{"noor", "support", "open-tickets", access.Privately},
		{"tom", "support", "open-tickets", access.Nowhere},
		{"luca", "agency", "signups-by-channel", access.Publicly},
		{"luca", "agency", "signups", access.Nowhere},
		{"luca", "general", "signups-by-channel", access.Nowhere},
		{"luca", "direct", "signups-by-channel", access.Nowhere},
		{"mia", "agency", "signups-by-channel", access.Publicly},
		{"mia", "agency", "signups", access.Privately},
		{"dana", "partner-orbit", "signups-by-channel", access.Nowhere},
		{"ben", "partner-orbit", "signups-by-channel", access.Privately},
	} {
		in, ok := all[tt.what]
		if !ok {
			t.Fatalf("no insight %s", tt.what)
		}
		if got := sees(t, p, in, tt.who, tt.where); got.Where != tt.want {
			t.Errorf("%s in %s asks for %s: %q because of %s, want %q", tt.who, tt.where, tt.what, got.Where, got.Reason, tt.want)
		}
	}
	if got := sees(t, p, all["signups-by-channel"], "luca", "agency"); got.Terms.MinGroup != 5 || got.Terms.Can(access.AbilityExport) {
		t.Errorf("the agency reads under %+v", got.Terms)
	}
	if got := sees(t, p, all["open-tickets"], "noor", "direct"); len(got.Terms.Masks) > 0 {
		t.Errorf("from Noor %v is hidden", got.Terms.Masks)
	}
}

func TestInsights_MoneyAndPersonsAreRestricted(t *testing.T) {
	for key, in := range saved(t) {
		delicate := slices.ContainsFunc([]string{"revenue", "finance", "personal"}, func(tag string) bool { return slices.Contains(in.Tags, tag) })
		if delicate != slices.Contains(in.Tags, access.TagRestricted) {
			t.Errorf("%s is tagged %v", key, in.Tags)
		}
		names := slices.ContainsFunc(in.Accepts.Columns, func(c insight.Column) bool {
			return c.Type == insight.ColumnEmail || c.Type == insight.ColumnName || c.Type == insight.ColumnIP
		})
		if names != slices.Contains(in.Tags, "personal") {
			t.Errorf("%s has the columns %v and the tags %v", key, in.Accepts.Columns, in.Tags)
		}
	}
}

func TestInsights_SayWhichOfThemCountPeople(t *testing.T) {
	got := map[insight.People][]string{}
	for key, in := range saved(t) {
		got[in.People] = append(got[in.People], key)
	}
	for _, keys := range got {
		slices.Sort(keys)
	}
	want := map[insight.People][]string{
		// Distinct users, or accounts that are counted once each.
		insight.PeopleCounted: {
			"account-retention", "accounts-open", "churned-accounts", "daily-active-users", "first-week-funnel", "monthly-active-users",
			"paying-accounts", "plan-mix", "platform-mix", "signups", "signups-by-channel", "signups-confirmed", "signups-web-tracker",
			"stickiness", "time-to-first-upload", "top-countries", "user-lifecycle", "user-retention", "users-by-language",
			"weekly-active-accounts", "weekly-active-users",
		},
		// Our own servers, and bills and figures of ad networks in which nobody is.
		insight.PeopleNone: {"ad-spend", "campaign-clicks", "downtime", "error-rate", "latency", "requests", "uptime"},
	}
	delete(got, insight.PeopleUnknown)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestInsights_NothingPersonalIsLeftWhereItIsMasked(t *testing.T) {
	demo := open(t)
	persons := map[string]bool{}
	rows, err := connect(t, filepath.Join(whole.dir, fileName)).QueryContext(t.Context(), "SELECT name FROM users")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err says it
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		persons[name] = true
	}
	if err := rows.Err(); err != nil || len(persons) < 1000 {
		t.Fatal(len(persons), err)
	}
	tells := func(r insight.Result) (found []string) {
		for _, row := range r.Table.Rows {
			for _, cell := range row {
				if persons[cell.Text] || strings.Contains(cell.Text, "@") {
					found = append(found, cell.Text)
				}
			}
		}
		return found
	}
	for key, in := range saved(t) {
		if d, ok := in.Accepts.Dimension("account"); ok && slices.ContainsFunc(d.Values, func(v insight.Value) bool { return persons[v.Key] }) {
			t.Errorf("%s lists a person as an account", key)
		}
		if in.Chart != insight.ChartTable {
			continue
		}
		q := insight.Query{Now: now}
		if in.Accepts.Windows {
			q.Window = days(t, time.October, 5, time.November, 2)
		}
		plain, err := demo.Run(t.Context(), in, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range in.Accepts.Columns {
			if c.Type == insight.ColumnEmail || c.Type == insight.ColumnName {
				q.Masks = append(q.Masks, strings.ToLower(c.Name))
			}
		}
		masked, err := demo.Run(t.Context(), in, q)
		if err != nil || len(masked.Table.Rows) != len(plain.Table.Rows) || len(masked.Table.Rows) == 0 {
			t.Fatalf("%s: %d rows, %v", key, len(masked.Table.Rows), err)
		}
		if found := tells(masked); len(found) > 0 {
			t.Errorf("%s still tells %q", key, found)
		}
		if found := tells(plain); (len(found) > 0) != (len(q.Masks) > 0) {
			t.Errorf("%s masks %v and tells %d things without", key, q.Masks, len(found))
		}
	}
}

func TestInsights_NoSmallGroupIsShown(t *testing.T) {
	c, err := source.New(source.Config{Sources: []insight.Source{open(t).Source}, Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	const k = 5
	hidden := 0
	for key, in := range saved(t) {
		ways := [][]string{nil}
		for _, d := range in.Accepts.Dimensions {
			if d.Breakdown && !testing.Short() {
				ways = append(ways, []string{d.Name})
			}
		}
		for _, by := range ways {
			q := insight.Query{Now: now, Grain: in.Default.Grain, Breakdowns: by, MinGroup: k}
			if in.Accepts.Windows {
				q.Window = days(t, time.October, 26, time.November, 9)
			}
			r, err := c.Run(t.Context(), in, q)
			plain := in.Chart.Shape() == insight.ShapeTrend && by == nil
			if refused := errors.Is(err, insight.ErrSmallGroups); refused && (in.People != insight.PeopleUnknown || plain) || !refused && err != nil {
				t.Errorf("%s by %v: %v", key, by, err)
			}
			if in.People == insight.PeopleUnknown && !plain && err == nil {
				t.Errorf("%s by %v is shown", key, by)
			}
			if in.People != insight.PeopleCounted || err != nil {
				continue
			}
			hidden += len(r.Notes)
			for _, v := range valuesOf(r) {
				if v = math.Abs(v); v > 0 && v < k {
					t.Errorf("%s by %v tells %v", key, by, v)
				}
			}
		}
	}
	if hidden == 0 {
		t.Error("nothing had to be hidden, so that this shows nothing")
	}
}

// valuesOf lists the numbers of people in a result.
func valuesOf(r insight.Result) (all []float64) {
	for _, s := range r.Series {
		all = append(all, s.Total)
		for _, p := range s.Points {
			all = append(all, p.Value)
		}
	}
	for _, f := range r.Funnels {
		for _, s := range f.Steps {
			all = append(all, s.Count)
		}
	}
	for _, c := range r.Cohorts {
		for _, row := range c.Rows {
			all = append(all, row.Counts...)
		}
	}
	for _, h := range r.Bins {
		for _, b := range h.Bins {
			all = append(all, b.Count)
		}
	}
	return all
}
