package handlers

import (
	"context"
	"strings"
	"testing"
	"time"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
)

// fakeShown remembers in memory.
type fakeShown map[string]access.Shown

func (f fakeShown) NoteShown(_ context.Context, p chat.Place, person, in, version string, at time.Time) (access.Shown, error) {
	where := p.Workspace + "/" + p.Channel + "/" + in
	if person != "" {
		where = person + "/" + in
	}
	before := f[where]
	f[where] = access.Shown{Insight: in, Version: version, At: at}
	return before, nil
}

// tagged keeps the tags of runs, and makes every result one of some time ago.
type tagged struct {
	*fakeCatalogue
	tags []insight.Tag
	at   time.Time
}

func (c *tagged) Run(ctx context.Context, in insight.Insight, q insight.Query) (insight.Result, error) {
	c.tags = append(c.tags, insight.TagOf(ctx))
	r, err := c.fakeCatalogue.Run(ctx, in, q)
	r.Cached, r.At = !c.at.IsZero(), c.at
	return r, err
}

func TestAsk_SaysOnceThatADefinitionChanged(t *testing.T) {
	shown := fakeShown{}
	runs := &tagged{}
	b := administered(t, func(c *Config) {
		c.Rules = &fakeRules{rules: openRules()}
		runs.fakeCatalogue, _ = c.Catalogue.(*fakeCatalogue)
		c.Shown, c.Catalogue = shown, runs
	})
	const sentence = "The definition of this insight changed since it was last shown here, on 25 November 2026."
	say := func(p chat.Place) bool {
		t.Helper()
		return strings.Contains(words(b.say(t, mia, p, "sign-ups last week")), sentence)
	}
	for _, p := range []chat.Place{growthRoom, growthRoom, directRoom} {
		if say(p) {
			t.Error("a definition that did not change is said to have")
		}
	}
	if _, ok := shown["hash of mia/shop/signups"]; !ok || len(shown) != 2 {
		t.Errorf("remembered %v: a channel, and a person alone", shown)
	}
	for i := range b.catalogue.ins {
		b.catalogue.ins[i].Version = "v2"
	}
	b.catalogue.revision++
	if say(moneyRoom) {
		t.Error("it is said where nothing was shown before")
	}
	for where := range shown {
		was := shown[where]
		was.Version = "v1"
		shown[where] = was
	}
	for _, p := range []chat.Place{growthRoom, directRoom} {
		if !say(p) {
			t.Errorf("%s is not told", p.Channel)
		}
		if say(p) {
			t.Errorf("%s is told twice", p.Channel)
		}
	}
	here, there := runs.tags[0], runs.tags[2]
	if here.Insight != "shop/signups" || here.Ref == "" || here.Place == "" || here.Place == growthRoom.Channel {
		t.Errorf("tag %+v: a run names its insight, its reference and no channel", here)
	}
	if here.Place != runs.tags[1].Place || len(there.Place) > 12 {
		t.Errorf("tags %v", runs.tags)
	}
}

func TestAsk_SaysHowOldACachedAnswerIs(t *testing.T) {
	for ago, want := range map[time.Duration]string{
		0: "", 30 * time.Second: "computed just now", time.Minute: "computed 1 minute ago", 14*time.Minute + 50*time.Second: "computed 14 minutes ago",
		time.Hour: "computed 1 hour ago", 26 * time.Hour: "computed 1 day ago", 49 * time.Hour: "computed 2 days ago",
	} {
		b := administered(t, func(c *Config) {
			runs := &tagged{}
			runs.fakeCatalogue, _ = c.Catalogue.(*fakeCatalogue)
			if ago > 0 {
				runs.at = now.Add(-ago)
			}
			c.Rules, c.Catalogue = &fakeRules{rules: openRules()}, runs
		})
		if got := words(b.say(t, mia, growthRoom, "sign-ups last week")); want == "" && strings.Contains(got, "computed") || !strings.Contains(got, want) {
			t.Errorf("%s ago: %s", ago, got)
		}
	}
}
