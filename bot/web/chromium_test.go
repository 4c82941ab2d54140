package web

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"insightbot/bot/web/webtest"
)

// answered is JavaScript that is true when nothing is being looked up; the
// number of messages follows.
const answered = `!document.querySelector('.is-pending, [data-pending], #log[aria-busy=true]') && document.querySelectorAll('.message').length === `

// last is the newest message.
const last = `.message:last-of-type `

// done fails a test for everything the browser complained about, such as an
// error of the script or a violation of the Content-Security-Policy.
func done(t *testing.T, b *webtest.Browser) {
	t.Helper()
	for _, c := range b.Complaints() {
		t.Errorf("the browser complains: %s", c)
	}
}

// want compares the value of an expression.
func want[T comparable](t *testing.T, b *webtest.Browser, expression string, want T) {
	t.Helper()
	if got := webtest.Eval[T](b, expression); got != want {
		t.Errorf("%s is %v, want %v", expression, got, want)
	}
}

func TestChromium_AConversation(t *testing.T) {
	bench, b := newBench(t), webtest.Start(t)
	b.Open(bench.url)
	b.Screenshot("welcome-light")
	b.CheckAccess("welcome")

	t.Log("ask")
	b.Type("#q", "How many people signed up?")
	b.Keys(kb.Enter)
	b.Wait(answered + `1`)
	b.Wait(`document.querySelector('.picture .for-light img').naturalWidth === 1200`)
	want(t, b, `document.querySelector('#status').textContent.startsWith('Answer: 4,812')`, true)
	want(t, b, `document.activeElement.id + document.querySelector('#q').value`, "q")
	b.Screenshot("answer-light")
	b.CheckAccess("answer")

	t.Log("open the table")
	b.Click(last + "details.section summary")
	b.Wait(`document.querySelector('.message details.section .table').checkVisibility()`)
	b.Screenshot("table-light")
	b.CheckAccess("table")

	t.Log("change the period by a button")
	b.Click(last + ".choices li:nth-child(3) button")
	b.Wait(answered + `2`)
	want(t, b, `document.querySelector('.message:last-of-type .lead').textContent.includes('last 90 days')`, true)
	want(t, b, `document.querySelector('.message:last-of-type [data-said]').textContent`, "Last 90 days")
	want(t, b, `document.querySelector('.message:last-of-type .choices [aria-current]').textContent`, "Last 90 days")
	want(t, b, `document.activeElement === document.querySelector('.message:last-of-type')`, true)

	t.Log("choose among candidates")
	b.Type("#q", "How many active users do we have?")
	b.Click(".send")
	b.Wait(answered + `3`)
	b.Screenshot("candidates-light")
	b.CheckAccess("candidates")
	b.Click(last + ".choices-detailed li:nth-child(2) button")
	b.Wait(answered + `4`)
	want(t, b, `document.querySelector('.message:last-of-type [data-said]').textContent`, "Weekly active users")

	t.Log("choose from a menu")
	b.Script(`document.querySelector('.message:last-of-type select').selectedIndex = 1`)
	b.Click(last + ".menu button")
	b.Wait(answered + `5`)
	want(t, b, `document.querySelector('.message:last-of-type [data-said]').textContent`, "Plan")

	t.Log("zoom")
	b.Click(last + ".picture .for-light")
	b.Wait(`document.querySelector('#zoom[open] img').naturalWidth === 1200`)
	b.Screenshot("zoom-light")
	b.Keys(kb.Escape)
	b.Wait(`!document.querySelector('#zoom').open`)

	t.Log("dark")
	b.Click(".themes button[value=dark]")
	b.Wait(`document.documentElement.dataset.theme === 'dark'`)
	b.Wait(`document.cookie === ''`) // it is not for scripts
	b.Open(bench.url)
	want(t, b, `document.documentElement.dataset.theme`, "dark")
	want(t, b, `document.querySelector('.for-light').checkVisibility()`, false)
	want(t, b, `document.querySelectorAll('.message').length`, 5)
	b.Wait(`document.querySelector('.message:last-of-type .for-dark img').naturalWidth === 1200`)
	b.Screenshot("answer-dark")
	b.CheckAccess("dark")
	b.Click(".people summary")
	b.Screenshot("people-dark")
	b.CheckAccess("people")

	t.Log("speak as somebody else")
	b.Click(".people-list li:nth-child(2) button")
	b.Wait(`document.querySelector('.people summary .who-name').textContent === 'Ben Okafor'`)
	want(t, b, `document.querySelectorAll('.message').length`, 0)
	b.Screenshot("welcome-dark")
	done(t, b)
}

func TestChromium_Phone(t *testing.T) {
	bench, b := newBench(t), webtest.Start(t)
	b.Size(360, 740)
	for _, theme := range []string{"light", "dark"} {
		b.SystemDark(theme == "dark")
		b.Open(bench.url + "/chat/money")
		if theme == "light" {
			b.Screenshot("phone-welcome-" + theme)
			b.CheckAccess("phone welcome")
			b.Type("#q", "sign-ups")
			b.Click(".send")
			b.Wait(answered + `1`)
			b.Click(last + "details.section summary")
			b.Click(last + "[value^=feedback]")
			b.Wait(answered + `2`)
			b.Type("#q", "active users")
			b.Click(".send")
			b.Wait(answered + `3`)
		}
		b.Screenshot("phone-candidates-" + theme)
		b.CheckAccess("phone, " + theme)
		b.Script(`document.querySelector('.message').scrollIntoView()`)
		b.Screenshot("phone-answer-" + theme)
		b.Script(`document.querySelector('.message .facts').scrollIntoView()`)
		b.Screenshot("phone-answer-end-" + theme)
		for _, p := range []string{"/insights", "/insights/demo/signups", "/access", "/nowhere"} {
			b.Open(bench.url + p)
			b.Screenshot("phone" + strings.ReplaceAll(p, "/", "-") + "-" + theme)
			b.CheckAccess("phone " + p + ", " + theme)
		}
	}
	done(t, b)
}

func TestChromium_WideTableOnAPhone(t *testing.T) {
	bench, b := newBench(t), webtest.Start(t)
	b.Size(360, 740)
	b.Open(bench.url)
	b.Type("#q", "wide")
	b.Keys(kb.Enter)
	b.Wait(answered + `1`)
	b.Screenshot("phone-wide-light")
	b.CheckAccess("wide table")
	// One line of text is as high as its line: a broken one has more boxes.
	want(t, b, `Array.from(document.querySelectorAll('tbody .whole, tbody .number')).filter((e) => {
		const r = document.createRange(); r.selectNodeContents(e); return r.getClientRects().length !== 1 }).length`, 0)
	want(t, b, `document.querySelectorAll('tbody .whole').length`, 16)
	want(t, b, `document.querySelector('.table').scrollWidth > document.querySelector('.table').clientWidth`, true)
	want(t, b, `document.documentElement.scrollWidth`, 360)
	want(t, b, `['tabindex', 'role', 'aria-label'].map((a) => document.querySelector('.table').getAttribute(a)).join()`, "0,region,Campaigns")
	want(t, b, `getComputedStyle(document.querySelector('.table')).borderRightStyle`, "solid")
	b.Script(`document.querySelector('.table').focus()`)
	want(t, b, `getComputedStyle(document.querySelector('.table')).outlineStyle`, "solid")
	b.Keys(kb.ArrowRight)
	b.Wait(`document.querySelector('.table').scrollLeft > 0`)
	done(t, b)
}

func TestChromium_Pages(t *testing.T) {
	bench, b := newBench(t), webtest.Start(t)
	b.Open(bench.url)
	b.Click(`.places a[href="/insights"]`)
	b.Wait(`document.querySelectorAll('tbody tr').length === 3`)
	b.Screenshot("insights-light")
	b.CheckAccess("catalogue")
	b.Type("main input[type=search]", "sign")
	b.Keys(kb.Enter)
	b.Wait(`location.search === '?q=sign' && document.querySelectorAll('tbody tr').length === 1`)
	b.Click("tbody th a")
	b.Wait(`location.pathname === '/insights/demo/signups' && document.querySelector('h1').textContent === 'New sign-ups'`)
	b.Wait(`document.querySelector('.picture img').naturalWidth === 1200`)
	b.Screenshot("insight-light")
	b.CheckAccess("insight")
	b.Click("main button.choice")
	b.Wait(`location.pathname === '/chat/direct' && ` + answered + `1`)
	want(t, b, `document.querySelector('[data-said]').textContent`, "Ask it now")
	done(t, b)
}

func TestChromium_KeyboardOnly(t *testing.T) {
	bench, b := newBench(t), webtest.Start(t)
	b.Open(bench.url)
	tabTo := func(expression string) {
		t.Helper()
		for range 60 {
			if webtest.Eval[bool](b, expression) {
				want(t, b, `getComputedStyle(document.activeElement.closest('.composer-box') || document.activeElement).outlineStyle`, "solid")
				return
			}
			b.Keys(kb.Tab)
		}
		t.Fatalf("the tab key never gets to %s", expression)
	}
	t.Log("recall, line breaks and Escape")
	b.Wait(`document.activeElement.id === 'q'`)
	b.Keys("first")
	b.Keys(kb.Enter)
	b.Wait(answered + `1`)
	b.Keys("second")
	b.Keys(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierShift))
	b.Keys("line")
	want(t, b, `document.querySelector('#q').value`, "second\nline")
	b.Keys(kb.Enter)
	b.Keys(kb.Enter) // pressed twice, asked once
	b.Wait(answered + `2`)
	b.Keys(kb.ArrowUp)
	want(t, b, `document.querySelector('#q').value`, "second\nline")
	b.Keys(kb.ArrowUp)
	want(t, b, `document.querySelector('#q').value`, "first")
	b.Keys(kb.Escape)
	want(t, b, `document.querySelector('#q').value`, "")

	t.Log("a button, the table, and the picture")
	b.Do("go to the message", chromedp.Focus(chromedp.CSS(last)))
	tabTo(`document.activeElement.matches('.picture-link')`)
	b.Keys(kb.Enter)
	b.Wait(`document.querySelector('#zoom').open`)
	b.Keys(kb.Escape)
	b.Wait(`!document.querySelector('#zoom').open && document.activeElement.matches('.picture-link')`)
	tabTo(`document.activeElement.matches('.choice') && document.activeElement.textContent === 'Last 7 days'`)
	b.Keys(kb.Enter)
	b.Wait(answered + `3`)
	tabTo(`document.activeElement.matches('.message:last-of-type summary')`)
	b.Keys(kb.Enter)
	b.Wait(`document.querySelector('.message:last-of-type details').open`)

	t.Log("people")
	b.Open(bench.url + "/insights")
	b.Keys(kb.Tab)
	want(t, b, `document.activeElement.className`, "skip")
	tabTo(`document.activeElement.matches('.people summary')`)
	b.Keys(kb.Enter)
	b.Wait(`document.querySelector('.people').open`)
	b.Keys(kb.Escape)
	b.Wait(`!document.querySelector('.people').open`)
	if n := len(bench.fake.requests()); n != 4 {
		t.Errorf("%d requests came, want 4", n)
	}
	done(t, b)
}

func TestChromium_WithoutScript(t *testing.T) {
	bench, b := newBench(t), webtest.Start(t)
	b.NoScript(true)
	b.Open(bench.url)
	want(t, b, `document.documentElement.classList.contains('js')`, false)
	b.Type("#q", "How many people signed up?")
	b.Click(".send")
	b.Wait(answered + `1` + ` && location.hash.startsWith('#m-')`)
	b.Click(last + ".choices li:nth-child(1) button")
	b.Wait(answered + `2`)
	want(t, b, `document.querySelector('.message:last-of-type .lead').textContent.includes('last 7 days')`, true)
	b.Click(last + "details.section summary")
	b.Wait(`document.querySelector('.message:last-of-type .table').checkVisibility()`)
	b.Screenshot("noscript-light")
	b.CheckAccess("without script")
	b.Click(".themes button[value=dark]")
	b.Wait(`document.documentElement.dataset.theme === 'dark'`)
	b.Click(".people summary")
	b.Click(".people-list li:nth-child(2) button")
	b.Wait(`document.querySelector('.people summary .who-name').textContent === 'Ben Okafor'`)
	b.Type("#q", strings.Repeat("x", maxQuestion+1))
	b.Click(".send")
	b.Wait(`document.querySelector('#problem').textContent.includes('1,000')`)
	want(t, b, `document.querySelector('#q').value.length`, maxQuestion+1)
	done(t, b)
}

func TestChromium_HostileReplies(t *testing.T) {
	bench, b := newBench(t), webtest.Start(t)
	b.Open(bench.url)
	b.Type("#q", "hostile")
	b.Keys(kb.Enter)
	b.Wait(answered + `1`)
	want(t, b, `document.querySelectorAll('main script, main [onerror], a[href^="javascript"]').length`, 0)
	b.Screenshot("hostile")
	b.CheckAccess("hostile")
	b.Size(360, 740)
	b.Screenshot("hostile-phone")
	b.CheckAccess("hostile on a phone")
	for _, c := range b.Complaints() {
		t.Errorf("the browser complains: %s", c)
	}
}

func TestChromium_Trouble(t *testing.T) {
	bench, b := newBench(t), webtest.Start(t)
	b.Open(bench.url)
	b.Keys(kb.Enter)
	b.Wait(`document.querySelector('#problem').textContent === 'Type a question first.'`)

	b.Type("#q", "fail")
	b.Keys(kb.Enter)
	b.Wait(answered + `1`)
	want(t, b, `document.querySelector('.failure').textContent.includes('reference')`, true)
	b.Screenshot("failure-light")
	b.CheckAccess("failure")

	t.Log("a restart")
	bench.restart()
	b.Type("#q", "after")
	b.Keys(kb.Enter)
	b.Wait(answered + `2 && document.querySelector('.lost')`)
	b.Screenshot("lost-light")
	b.CheckAccess("lost")

	t.Log("a long question")
	b.Script(`document.querySelector('#q').value = 'y'.repeat(1001)`)
	b.Click(".send")
	b.Wait(`document.querySelector('#problem').textContent.includes('1,000')`)
	want(t, b, `document.querySelector('#q').value.length`, 1001)
	want(t, b, `document.querySelectorAll('.message').length`, 2)
	done(t, b)

	t.Log("nobody there")
	bench.stop()
	b.Script(`document.querySelector('#q').value = 'still here?'`)
	b.Click(".send")
	b.Wait(`document.querySelector('#problem').textContent.includes('cannot be reached')`)
	want(t, b, `document.querySelector('#q').value`, "still here?")
	want(t, b, `document.querySelectorAll('.message').length`, 2)
	b.Screenshot("unreachable-light")
}

func TestChromium_SlowAnswers(t *testing.T) {
	bench, b := newBench(t), webtest.Start(t)
	bench.server.patience = 50 * time.Millisecond // the browser has to ask again
	bench.fake.gate = make(chan struct{})
	b.Open(bench.url)
	b.Type("#q", "slow")
	b.Keys(kb.Enter)
	b.Wait(`document.querySelector('[data-pending]')`)
	want(t, b, `document.querySelector('.looking').checkVisibility()`, true)
	b.Screenshot("looking-light")
	b.CheckAccess("looking it up")
	b.Open(bench.url) // a reload in between loses nothing
	b.Wait(`document.querySelector('[data-pending]')`)
	close(bench.fake.gate)
	b.Wait(answered + `1 && document.querySelector('.lead')`)
	if n := len(bench.fake.requests()); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
	done(t, b)
}
