package main

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"insightbot/bot/web"
	"insightbot/bot/web/webtest"
)

// newPlayground serves the whole bot over the demo company.
func newPlayground(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	copyDemo(t, dir)
	env := map[string]string{"INSIGHTBOT_DATA": dir}
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
	return server.URL
}

// answered is JavaScript that is true when nothing is being looked up; the
// number of messages follows.
const answered = `!document.querySelector('.is-pending, [data-pending]') && document.querySelectorAll('.message').length === `

// last is the newest message.
const last = `.message:last-of-type `

// TestPlayground drives the whole bot in a real browser as somebody does who
// tries it for the first time.
func TestPlayground(t *testing.T) {
	url := newPlayground(t)
	b := webtest.Start(t)
	says := func(what, expression string) {
		t.Helper()
		if !webtest.Eval[bool](b, expression) {
			t.Errorf("%s: %s is false; the message reads %q", what, expression,
				webtest.Eval[string](b, `document.querySelector('`+last+`')?.innerText ?? document.body.innerText`))
		}
	}
	b.Open(url)
	b.Screenshot("real-welcome")
	b.CheckAccess("welcome")

	t.Log("ask")
	b.Type("#q", "how many people signed up last week by country?")
	b.Keys(kb.Enter)
	b.Wait(answered + `1`)
	b.Wait(`document.querySelector('.picture .for-light img').naturalWidth === 1200`)
	says("the finding", `/sign-ups in .*20\d\d/.test(document.querySelector('`+last+`.lead').textContent)`)
	says("the alt text states the finding", `document.querySelector('.picture .for-light img').alt.startsWith(document.querySelector('`+last+`.lead').textContent.trim().slice(0, 20))`)
	says("zone and freshness", `/Europe\/Berlin.*data as of/.test(document.querySelector('`+last+`').textContent)`)
	b.Screenshot("real-answer")
	b.CheckAccess("answer")

	t.Log("change the period by a button")
	b.Click(last + `button[value*="last+90+days"], ` + last + `button[value*="last 90 days"]`)
	b.Wait(answered + `2`)
	says("the other period", `document.querySelector('`+last+`.choices [aria-current]').textContent.includes('Last 90 days')`)

	t.Log("open the table")
	b.Click(last + `button[value*="chart=table"], ` + last + `button[value*='"chart":"table"']`)
	b.Wait(answered + `3`)
	says("a table with Germany", `document.querySelector('`+last+`table').textContent.includes('Germany')`)
	b.Screenshot("real-table")
	b.CheckAccess("table")

	t.Log("choose among candidates")
	b.Type("#q", "retention")
	b.Click(".send")
	b.Wait(answered + `4`)
	says("a menu", `document.querySelectorAll('`+last+`.choices-detailed button').length >= 2`)
	b.Screenshot("real-choose")
	b.Click(last + ".choices-detailed li:nth-child(1) button")
	b.Wait(answered + `5`)
	says("the chosen insight answers", `/retention/i.test(document.querySelector('`+last+`.lead').textContent)`)

	t.Log("follow up, and ask what nobody saved")
	b.Type("#q", "and by country?")
	b.Click(".send")
	b.Wait(answered + `6`)
	says("the follow-up is understood", `/by country|Germany/.test(document.querySelector('`+last+`').textContent)`)
	b.Type("#q", "what will the weather be tomorrow")
	b.Click(".send")
	b.Wait(answered + `7`)
	says("an honest no", `document.querySelector('`+last+`.lead').textContent.includes('No saved insight answers this')`)
	b.Screenshot("real-none")

	t.Log("dark mode, catalogue, phone")
	b.Click(".themes button[value=dark]")
	b.Wait(`document.documentElement.dataset.theme === 'dark'`)
	b.Screenshot("real-dark")
	b.CheckAccess("dark")
	b.Open(url + "/insights?q=revenue")
	says("the search finds revenue", `document.querySelector('main table').textContent.includes('Revenue')`)
	b.Screenshot("real-catalogue")
	b.CheckAccess("catalogue")
	b.Open(url + "/insights/demo/signups")
	b.Screenshot("real-insight")
	b.CheckAccess("insight")
	b.Size(360, 740)
	for _, path := range []string{"/", "/insights", "/insights/demo/signups", "/chat/general"} {
		b.Open(url + path)
		says("no sideways scrolling at "+path, `document.documentElement.scrollWidth <= 360`)
		b.CheckAccess("phone " + path)
		b.Screenshot("real-phone" + strings.ReplaceAll(path, "/", "-"))
	}
	for _, c := range b.Complaints() {
		t.Errorf("the browser complains: %s", c)
	}
}
