package main

import (
	"html"
	"io"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"insightbot/bot/web"
	sqlsource "insightbot/source/sql"
)

// storySQL and storyInsights are somebody's own database, and what they saved.
const (
	storySQL = `
CREATE TABLE orders (paid_at TEXT, amount REAL);
INSERT INTO orders VALUES ('2025-02-01 10:00:00', 4100), ('2025-03-01 10:00:00', 211);
CREATE TABLE accounts (made_at TEXT);
INSERT INTO accounts VALUES ('2025-02-01 10:00:00'), ('2025-02-02 10:00:00'), ('2025-02-03 10:00:00');
CREATE TABLE exports (made_at TEXT);
INSERT INTO exports VALUES ('2025-02-01 10:00:00'), ('2025-02-02 10:00:00'), ('2025-02-03 10:00:00'), ('2025-02-04 10:00:00'), ('2025-02-05 10:00:00');
`
	storyInsights = `
insights:
  - id: earned
    title: Revenue
    description: What customers paid.
    tags: [revenue]
    owner: {name: Finance}
    chart: line
    format: {kind: currency, currency: EUR}
    time: {column: o.paid_at, type: datetime, grains: [day, month]}
    total: sum
    examples: [how much did we earn]
    sql: SELECT {{bucket}}, sum(o.amount) AS value FROM orders o WHERE {{window}} GROUP BY {{group}}
  - id: joined
    title: Sign-ups
    description: New accounts.
    tags: [growth]
    owner: {name: Growth}
    chart: line
    time: {column: a.made_at, type: datetime, grains: [day, month]}
    total: sum
    examples: [how many people signed up]
    sql: SELECT {{bucket}}, count(*) AS value FROM accounts a WHERE {{window}} GROUP BY {{group}}
  - id: exported
    title: Maps exported
    description: Maps that people took away.
    tags: [product]
    owner: {name: Product}
    chart: line
    time: {column: e.made_at, type: datetime, grains: [day, month]}
    total: sum
    examples: [how many maps were exported]
    sql: SELECT {{bucket}}, count(*) AS value FROM exports e WHERE {{window}} GROUP BY {{group}}
`
)

// story is a whole program that serves somebody's own data to the people of
// the playground.
type story struct {
	t    *testing.T
	url  string
	code string
}

func newStory(t *testing.T) *story {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "insights"), 0o700); err != nil {
		t.Fatal(err)
	}
	write("insights/all.yml", storyInsights)
	write("insightbot.yml", "sources:\n  - {name: maps, type: sqlite, path: ./maps.sqlite, insights: ./insights}\n")
	db, err := sqlsource.Create(t.Context(), filepath.Join(dir, "maps.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), storySQL); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	env := map[string]string{"INSIGHTBOT_DATA": filepath.Join(dir, "data")}
	a := &app{getenv: func(k string) string { return env[k] }, in: strings.NewReader(""), out: io.Discard, errOut: io.Discard}
	c, err := a.settings()
	if err != nil {
		t.Fatal(err)
	}
	w, err := a.wire(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	platform, err := openWeb(w)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(platform.(*web.Server).Handler(w.handler)) //nolint:errcheck // it is what openWeb opens
	t.Cleanup(func() {
		server.Close()
		if err := w.close(); err != nil {
			t.Error(err)
		}
	})
	return &story{t, server.URL, w.code}
}

// actor is one of the people, with a browser of their own.
type actor struct {
	*story
	id      string
	browser *browser
	// said is the last message they were shown, as it is drawn, and read its
	// text alone.
	said, read string
	channel    string
}

func (s *story) enter(id string) *actor {
	return &actor{story: s, id: id, browser: newBrowser(s.t)}
}

var (
	storyMessage = regexp.MustCompile(`(?s)<article class="message".*?</article>`)
	storyTag     = regexp.MustCompile(`(?s)<[^>]*>`)
	storyButton  = regexp.MustCompile(`(?s)<button[^>]*\bname="call"[^>]*\bvalue="([^"]*)"[^>]*>(.*?)</button>`)
)

// textOf is what a person reads of a page.
func textOf(page string) string {
	return strings.Join(strings.Fields(html.UnescapeString(storyTag.ReplaceAllString(page, " "))), " ")
}

// send posts a form to a channel and reads the newest message.
func (a *actor) send(form url.Values) {
	a.t.Helper()
	form.Set("as", a.id)
	page := a.browser.post(a.t, a.url+"/chat/"+a.channel, form)
	all := storyMessage.FindAllString(page, -1)
	if len(all) == 0 {
		a.t.Fatalf("%s in %s: the page has no message:\n%.2000s", a.id, a.channel, textOf(page))
	}
	a.said = all[len(all)-1]
	a.read = textOf(a.said)
}

// types types words in a channel.
func (a *actor) types(channel, words string) *actor {
	a.t.Helper()
	a.channel = channel
	a.send(url.Values{"q": {words}})
	return a
}

// clicks presses the button of the last message whose label begins so.
func (a *actor) clicks(label string) *actor {
	a.t.Helper()
	for _, b := range storyButton.FindAllStringSubmatch(a.said, -1) {
		if strings.HasPrefix(textOf(b[2]), label) {
			a.send(url.Values{"call": {html.UnescapeString(b[1])}})
			return a
		}
	}
	a.t.Fatalf("%s in %s sees no button %q: %s", a.id, a.channel, label, a.read)
	return nil
}

// forges presses a button that nobody was offered.
func (a *actor) forges(call string) *actor {
	a.t.Helper()
	a.send(url.Values{"call": {call}})
	return a
}

// reads requires texts in the last message.
func (a *actor) reads(texts ...string) *actor {
	a.t.Helper()
	for _, s := range texts {
		if !strings.Contains(a.read, s) {
			a.t.Errorf("%s in %s does not read %q: %s", a.id, a.channel, s, a.read)
		}
	}
	return a
}

// never requires that texts are not in it, not even where nobody reads them.
func (a *actor) never(texts ...string) {
	a.t.Helper()
	for _, s := range texts {
		if strings.Contains(strings.ToLower(html.UnescapeString(a.said)), strings.ToLower(s)) {
			a.t.Errorf("%s in %s is shown %q: %s", a.id, a.channel, s, a.said)
		}
	}
}

// The questions of the story, and their answers.
const (
	askSignups, tellSignups = "how many people signed up in 2025?", "3 in 2025"
	askExports, tellExports = "how many maps were exported in 2025?", "5 in 2025"
	askRevenue, tellRevenue = "how much did we earn in 2025?", "€4,311"
	onlyYou                 = "Only you can see this"
	closedHere              = "Nothing can be answered here yet."
)

// TestStory_AnAdminWhoNeverSawItMapsThreeChannelsByChatAlone is the whole
// program over somebody's own data, from the first start. Every text is one
// that people are shown.
func TestStory_AnAdminWhoNeverSawItMapsThreeChannelsByChatAlone(t *testing.T) {
	s := newStory(t)
	mia, aiko, ravi, luca, dana := s.enter("mia"), s.enter("aiko"), s.enter("ravi"), s.enter("luca"), s.enter("dana")
	secrets := []string{"4,311", "maps/earned", "maps/joined", "maps/exported", "Maps exported"}

	t.Log("closed at first")
	mia.types("growth", askSignups).reads(closedHere, onlyYou, "No admin has said yet", "Ask an admin for access").never(secrets...)
	mia.types("growth", "insights").never(secrets...)
	mia.types("growth", "claim QQQQ-2345").reads("That is not the code").never(s.code)

	t.Log("the first admin")
	aiko.types("direct", "claim "+s.code).reads("You are now the admin of this bot here.", "Who may ask what?", "Open", "By channel", "Strict")
	aiko.clicks("By channel").reads("Done: By channel.", "mention me there with the word “access”")
	mia.types("direct", "claim "+s.code).reads("has an admin already")
	mia.forges("access-mode?mode=open&sure=yes").reads("Only an admin of the bot can do that.")

	t.Log("three channels")
	for _, c := range []struct{ channel, tag string }{{"growth", "growth"}, {"product", "product"}, {"revenue", "revenue"}} {
		aiko.types(c.channel, "access").reads(onlyYou, "Let #"+c.channel+" see what is tagged "+c.tag+" (1 insight)")
		aiko.clicks("Let #"+c.channel+" see what is tagged "+c.tag).reads("Done. It holds from now on", onlyYou)
	}

	t.Log("each channel answers its own, and nothing else")
	for _, c := range []struct{ channel, ask, tell string }{{"growth", askSignups, tellSignups}, {"product", askExports, tellExports}, {"revenue", askRevenue, tellRevenue}} {
		mia.types(c.channel, c.ask).reads(c.tell).never(onlyYou)
		mia.types(c.channel, "insights").reads("1 insight")
		for _, o := range []struct{ ask, title, tell string }{{askSignups, "Sign-ups", tellSignups}, {askExports, "Maps exported", tellExports}, {askRevenue, "Revenue", tellRevenue}} {
			if o.ask != c.ask {
				mia.types(c.channel, o.ask).reads("No saved insight answers this.").never(o.tell, o.title+"<", "maps/earned")
			}
		}
	}

	t.Log("guests and another company")
	luca.types("agency", askSignups).reads(closedHere, onlyYou).never(append(secrets, "Ask an admin for access")...)
	aiko.types("agency", "access").reads("Guests read this channel.", "Make a role for outsiders first").never("see what is tagged")
	aiko.forges("access-map?channel=agency&tag=growth&sure=yes").reads("Nothing was changed.", "is not marked external")
	luca.types("agency", askSignups).reads(closedHere).never(append(secrets, "Ask an admin for access")...)
	mia.types("agency", askSignups).reads(closedHere).never(secrets...)
	dana.types("partner-orbit", askRevenue).reads(closedHere).never(append(secrets, "Ask an admin for access")...)
	luca.types("growth", askSignups).reads(closedHere).never(secrets...)

	t.Log("a request, decided with one click")
	ravi.types("support", askExports).reads(closedHere).never(secrets...)
	ravi.clicks("Ask an admin for access").reads("I passed it on").never(secrets...)
	ravi.forges("access-decide?id=1&state=approved&role=product&sure=yes").reads("Only an admin of the bot can do that.")
	aiko.types("direct", "access").reads("1 open request", "Ravi Menon (ravi) asks for access in #support")
	aiko.clicks("Approve with the role Product").reads("Approved.")
	ravi.types("support", askExports).reads(tellExports)
	ravi.types("support", askRevenue).reads("No saved insight answers this.").never(tellRevenue)
	ravi.types("support", "access").reads("An admin said yes to your request", "You can ask 1 insight here.")

	t.Log("what is taken back is gone at once")
	aiko.types("growth", "access").clicks("Remove the role Growth").reads("Done.")
	mia.types("growth", askSignups).reads(closedHere).never(tellSignups)
}
