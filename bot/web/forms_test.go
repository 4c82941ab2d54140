package web

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"insightbot/bot/web/webtest"
	"insightbot/chat"
)

// fields are what a browser sends of a form on a page: everything but what is
// written over, and without the boxes that are cleared.
func (b *bench) submit(body string, fields url.Values) page {
	b.t.Helper()
	form := url.Values{}
	for _, name := range []string{"as", "once", "call"} {
		m := regexp.MustCompile(`(?s)<form class="form".*?name="` + name + `" value="([^"]*)"`).FindStringSubmatch(body)
		if m == nil {
			b.t.Fatalf("the form has no %s:\n%s", name, body)
		}
		form.Set(name, strings.NewReplacer("&amp;", "&", "&#43;", "+").Replace(m[1]))
	}
	for name, values := range fields {
		form[argPrefix+name] = values
	}
	action := regexp.MustCompile(`<form class="form" action="([^"]*)" method="post"`).FindStringSubmatch(body)
	if action == nil {
		b.t.Fatal("the form is not posted")
	}
	return b.send(action[1], form)
}

// last is the newest request that came to the handler.
func (b *bench) last() chat.Request {
	b.t.Helper()
	seen := b.fake.requests()
	if len(seen) == 0 {
		b.t.Fatal("no request came")
	}
	return seen[len(seen)-1]
}

func TestForm_SeveralBoxesAreOneArgument(t *testing.T) {
	for name, test := range map[string]struct {
		sent url.Values
		want chat.Args
	}{
		"several": {
			url.Values{"name": {"Growth"}, "tags": {"growth", "maps & routes"}, "strict": {"yes"}, "who": {"all"}, "note": {""}},
			chat.Args{"id": "growth", "name": "Growth", "tags": "growth,maps & routes", "strict": "yes", "who": "all"},
		},
		"one":              {url.Values{"name": {"G"}, "tags": {"money"}}, chat.Args{"id": "growth", "name": "G", "tags": "money"}},
		"none, all absent": {url.Values{"name": {"G"}, "note": {" \n"}}, chat.Args{"id": "growth", "name": "G"}},
		"nothing between":  {url.Values{"tags": {"", " ", "money", ""}}, chat.Args{"id": "growth", "tags": "money"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.submit(b.post("/chat/growth", "q", "role").body, test.sent)
			if diff := cmp.Diff(chat.Call{Command: "role", Args: test.want}, b.last().Call); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestForm_DrawsWhatIsChosenAndWhatIsWrong(t *testing.T) {
	b := newBench(t)
	body := b.post("/chat/growth", "q", "role").body
	for want, n := range map[string]int{
		`name="arg.tags" value="growth" checked`:  1,
		`name="arg.tags" value="product" checked`: 1,
		`name="arg.tags" value="money">`:          1,
		`value="maps &amp; routes"`:               1,
		`<option value="members" selected>`:       1,
		`name="arg.strict" value="yes" checked`:   1,
		`aria-invalid`:                            0,
		`<fieldset`:                               1,
		`Choose …`:                                0,
	} {
		if got := strings.Count(body, want); got != n {
			t.Errorf("%s stands there %d times, want %d", want, got, n)
		}
	}
	body = b.submit(body, url.Values{"name": {"x"}}).body
	body = body[strings.LastIndex(body, `<article class="message" id`):]
	for _, want := range []string{
		`(?s)<input type="text" id="(\S+)" name="arg.name" value="x" dir="auto" required aria-invalid="true" aria-describedby="(\S+)-help (\S+)-error">.*id="\S+-error" dir="auto"><svg.*</svg><span>A name has two letters`,
		`<fieldset class="field field-multi" id="(\S+)" aria-describedby="(\S+)-help (\S+)-error"><legend`,
		`<option value="" selected>Choose …</option><option value="members">`,
		`name="arg.tags" value="growth" aria-invalid="true">`,
	} {
		if !regexp.MustCompile(want).MatchString(body) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	for _, m := range regexp.MustCompile(`aria-describedby="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		for id := range strings.FieldsSeq(m[1]) {
			if strings.Count(body, `id="`+id+`"`) != 1 && id != "hint" && id != "problem" {
				t.Errorf("aria-describedby names %s, which is there %d times", id, strings.Count(body, `id="`+id+`"`))
			}
		}
	}
}

func TestForm_OfAPageIsAnsweredToTheOneWhoReadsIt(t *testing.T) {
	b := newBench(t)
	b.post("/as", "user", "ben")
	b.get("/chat/money") // the channel looked at last
	body := b.get("/access").body
	if !strings.Contains(body, "Only you can see this") {
		t.Error("the page does not say that it is private")
	}
	p := b.submit(body, url.Values{"name": {"Growth"}, "tags": {"money", "people"}, "who": {"all"}})
	if p.url.Path != "/chat/direct" || !strings.Contains(p.body, "Saved “Growth”: tags &#34;money,people&#34;") {
		t.Errorf("at %s, status %d: the reply does not show", p.url, p.status)
	}
	last := b.last()
	if last.Place.Kind != chat.PlaceDirect || last.Place.Channel != "direct" || last.User.ID != "ben" {
		t.Errorf("it was sent at %v by %s", last.Place, last.User.ID)
	}
	t.Log("a button")
	call := regexp.MustCompile(`(?s)action="(/chat/[^"]*)".{0,400}?name="call" value="(role[^"]*#Allow)"`).FindStringSubmatch(body)
	if call == nil {
		t.Fatal("no button")
	}
	p = b.post(call[1], "call", strings.ReplaceAll(call[2], "&amp;", "&"), "as", "ben")
	if p.url.Path != "/chat/direct" || !strings.Contains(p.body, "Saved “Money”") {
		t.Errorf("at %s: the reply to the button does not show", p.url)
	}
	if strings.Contains(b.get("/chat/money").body, "Saved “") {
		t.Error("it is told in the channel looked at last")
	}
	t.Log("without a direct message, the channel looked at last")
	b = newBench(t, func(c *Config) { c.Places = []chat.Place{growth, money} })
	b.get("/chat/money")
	p = b.submit(b.get("/access").body, url.Values{"name": {"Growth"}})
	if p.url.Path != "/chat/money" || !strings.Contains(p.body, "Only you can see this") {
		t.Errorf("at %s: the reply does not show, or not as private", p.url)
	}
}

func TestPrivate_IsMarked(t *testing.T) {
	b := newBench(t)
	const mark = "Only you can see this"
	body := b.post("/chat/growth", "q", "role").body
	if !strings.Contains(body, mark) || !strings.Contains(body, " data-private>") || !strings.Contains(body, "card card-private") {
		t.Error("a private reply is not marked")
	}
	body = b.post("/chat/money", "q", "sign-ups").body
	if strings.Contains(body, mark) || strings.Contains(body, "data-private") {
		t.Error("a reply that is not private is marked")
	}
}

func TestTrim_KeepsAFormWholeOrNotAtAll(t *testing.T) {
	f := chat.Form{Call: chat.Call{Command: "role"}, Fields: []chat.Field{{Name: "insights", Label: strings.Repeat("l", maxCell+1), Kind: chat.FieldMulti}}}
	for i := range 3 * maxRows {
		f.Fields[0].Options = append(f.Fields[0].Options, chat.Option{Value: fmt.Sprint(i), Label: "x"})
	}
	kept, _ := trim(&chat.Reply{Parts: []chat.Part{f}})
	got, ok := kept.Parts[0].(chat.Form)
	if !ok || len(got.Fields[0].Options) != 3*maxRows || len(got.Fields[0].Label) != maxCell+len("…") {
		t.Errorf("%d options are kept", len(got.Fields[0].Options))
	}
	f.Fields[0].Value = strings.Repeat("v", maxReply)
	kept, _ = trim(&chat.Reply{Parts: []chat.Part{f}})
	if note, ok := kept.Parts[0].(chat.Text); len(kept.Parts) != 1 || !ok || !strings.Contains(note.Text, "too long to be kept whole") {
		t.Errorf("%v is kept of a form that is too long", kept.Parts)
	}
}

func TestChromium_Forms(t *testing.T) {
	bench, b := newBench(t), webtest.Start(t)
	b.Open(bench.url)
	b.Type("#q", "role")
	b.Click(".send")
	b.Wait(answered + `1`)
	want(t, b, `document.querySelector('#status').textContent.startsWith('Answer, only you can see this:')`, true)
	b.Screenshot("form-light")
	b.CheckAccess("form")
	want(t, b, `document.querySelectorAll('fieldset input:checked').length`, 2)
	want(t, b, `document.querySelector('.card .private').checkVisibility()`, true)

	t.Log("clear some boxes, choose others, and make a mistake")
	b.Click(`.tick:has([value="growth"])`)
	b.Click(`.tick:has([value="maps & routes"])`)
	b.Click(`.tick:has([value="people"])`)
	b.Script(`document.querySelector('input[name="arg.name"]').value = ''`)
	b.Click(last + ".button-main")
	want(t, b, `document.querySelector('input[name="arg.name"]').matches(':invalid')`, true)
	b.Type(`input[name="arg.name"]`, "x")
	b.Click(last + ".button-main")
	b.Wait(answered + `2`)
	want(t, b, `document.activeElement === document.querySelector('.message:last-of-type')`, true)
	b.Screenshot("form-wrong-light")
	b.CheckAccess("form with mistakes")
	if got, want := bench.last().Call.Args["tags"], "product,maps & routes,people"; got != want {
		t.Errorf("tags %q came, want %q", got, want)
	}
	b.Click(".themes button[value=dark]")
	b.Screenshot("form-wrong-dark")
	b.CheckAccess("form, dark")

	t.Log("and get it right")
	b.Script(`document.querySelectorAll('.message:last-of-type fieldset input').forEach((e) => { e.checked = false })`)
	b.Script(`document.querySelector('.message:last-of-type input[name="arg.name"]').value = 'Growth'`)
	b.Script(`document.querySelector('.message:last-of-type input[name="arg.strict"]').checked = false`)
	b.Script(`document.querySelector('.message:last-of-type select').value = 'all'`)
	b.Click(last + ".button-main")
	b.Wait(answered + `3`)
	want(t, b, `document.querySelector('.message:last-of-type .lead').textContent`, `Saved “Growth”: tags "", strict "", for "all".`)
	b.Screenshot("form-saved-dark")

	t.Log("as a page, on a phone, without the script")
	b.NoScript(true)
	b.Size(360, 740)
	for _, theme := range []string{"light", "dark"} {
		b.Open(bench.url + "/access")
		b.Click(".themes button[value=" + theme + "]")
		b.Wait(`document.documentElement.dataset.theme === '` + theme + `'`)
		b.Screenshot("phone-access-" + theme)
		b.CheckAccess("page on a phone, " + theme)
		b.Script(`document.querySelector('fieldset').scrollIntoView()`)
		b.Screenshot("phone-access-form-" + theme)
	}
	b.Click("main .button-main")
	b.Wait(`location.pathname === '/chat/direct' && ` + answered + `1`)
	want(t, b, `document.querySelector('.lead').textContent`, `Saved “Growth”: tags "growth,product", strict "yes", for "members".`)
	want(t, b, `document.querySelector('.card .private').textContent`, "Only you can see this")
	b.Screenshot("phone-access-saved-dark")
	done(t, b)
}
