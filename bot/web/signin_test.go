package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/bot/web/webtest"
	"insightbot/chat"
)

// door gives sign-in links, and keeps them the way a store does.
type door struct {
	t *testing.T

	mu     sync.Mutex
	tokens map[string]chat.User
	asked  int
	err    error
	at     time.Time
}

func newDoor(t *testing.T) *door {
	t.Helper()
	return &door{t: t, tokens: map[string]chat.User{}, at: noon}
}

// open lets other machines in, by way of the door.
func (d *door) open(c *Config) {
	c.AllowRemote, c.SignIn, c.Now = true, d.redeem, d.now
}

func (d *door) now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.at
}

func (d *door) wait(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at = d.at.Add(by)
}

// link is the address that signs somebody in.
func (d *door) link(u chat.User) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	token := rand.Text()
	d.tokens[token] = u
	return "/sign-in?token=" + token
}

func (d *door) redeem(_ context.Context, token string) (chat.User, chat.Place, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked++
	if d.err != nil {
		return chat.User{}, chat.Place{}, d.err
	}
	u, ok := d.tokens[token]
	if !ok {
		return chat.User{}, chat.Place{}, fmt.Errorf("store: %w", ErrSignIn)
	}
	delete(d.tokens, token)
	return u, chat.Place{Platform: "slack", Workspace: "T1", Channel: "C1", Name: "#growth", Kind: chat.PlacePublic}, nil
}

// enter presses the button of a sign-in page.
func (b *bench) enter(link string) page {
	b.t.Helper()
	_, token, _ := strings.Cut(link, "token=")
	return b.post("/sign-in", "token", token)
}

// visiting is a console and a browser in which somebody is signed in.
func visiting(t *testing.T, u chat.User) (*bench, *door) {
	t.Helper()
	d := newDoor(t)
	b := newBench(t, d.open)
	if p := b.enter(d.link(u)); p.status != http.StatusOK || p.url.Path != "/" {
		t.Fatalf("signing in: status %d at %s", p.status, p.url)
	}
	return b, d
}

// everyPath has an address of every kind.
var everyPath = []string{
	"/", "/chat/growth", "/chat/console", "/chat/direct", "/insights", "/insights/demo/signups", "/help", "/access", "/c/insights",
	"/message/X", "/files/X", "/nowhere", "/sign-in", "/c/ask?q=x",
}

func TestSignIn_WithoutItNothingIsShown(t *testing.T) {
	d := newDoor(t)
	b := newBench(t, d.open)
	check := func(name string, p page) {
		t.Helper()
		if p.status != http.StatusForbidden || !strings.Contains(p.body, "Send the word “signin” to the bot") {
			t.Errorf("%s: status %d, %.300s", name, p.status, p.body)
		}
		for _, never := range []string{"growth", "money", "Mia", "Fernweh", "sign-ups", "/insights", "composer", "sign up"} {
			if strings.Contains(p.body, never) {
				t.Errorf("%s: the page tells of %q", name, never)
			}
		}
		if len(p.header["Set-Cookie"]) > 0 {
			t.Errorf("%s: a cookie is set", name)
		}
	}
	for _, path := range everyPath {
		check("GET "+path, b.get(path))
		r := b.request(http.MethodGet, path, "")
		r.Header.Set("Cookie", portName(r, "visitor")+"=guessed; "+portName(r, sessionCookie)+"=guest; "+portName(r, userCookie)+"=mia")
		check("GET with a cookie made up "+path, b.do(r))
	}
	for _, path := range []string{"/chat/growth", "/chat/console", "/theme", "/as", "/sign-out"} {
		check("POST "+path, b.post(path, "q", "sign-ups", "as", "mia", "user", "mia"))
	}
	r := b.request(http.MethodPost, "/chat/console", "q=x")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set(fragmentHeader, "1")
	if p := b.do(r); p.status != http.StatusForbidden || strings.Contains(p.body, "<") || !strings.Contains(p.body, "not signed in") {
		t.Errorf("for the script: status %d, %s", p.status, p.body)
	}
	if n := len(b.fake.requests()); n != 0 || d.asked != 0 || b.remembered() != 0 {
		t.Errorf("%d calls came through, %d tokens were tried, %d sessions are kept", n, d.asked, b.remembered())
	}
	if p := b.get("/healthz"); p.body != "ok\n" {
		t.Errorf("healthz says %q", p.body)
	}
}

func TestSignIn_LookingAtALinkDoesNotUseItUp(t *testing.T) {
	d := newDoor(t)
	b := newBench(t, d.open)
	link := d.link(mia)
	for range 3 {
		if p := b.get(link); p.status != http.StatusOK || strings.Count(p.body, "<button") != 1 || strings.Contains(p.body, "Mia") {
			t.Fatalf("status %d: %s", p.status, p.body)
		}
		b.do(b.request(http.MethodHead, link, ""))
	}
	if d.asked != 0 || len(d.tokens) != 1 {
		t.Fatalf("looking asked %d times; %d links are left", d.asked, len(d.tokens))
	}
	_, token, _ := strings.Cut(link, "token=")
	r := b.request(http.MethodPost, link, "") // the token in the address is not a pressed button
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if p := b.do(r); p.status != http.StatusForbidden || d.asked != 0 {
		t.Errorf("status %d, asked %d times", p.status, d.asked)
	}
	if p := b.post("/sign-in", "token", token); p.status != http.StatusOK || !strings.Contains(p.body, "Mia Chen") {
		t.Errorf("the button: status %d", p.status)
	}
}

func TestSignIn_ALinkWorksOnce(t *testing.T) {
	b, d := visiting(t, mia)
	link := d.link(ben)
	pages := make([]page, 8)
	var wg sync.WaitGroup
	for i := range pages {
		other := *b
		other.client = b.browser()
		wg.Go(func() { pages[i] = other.enter(link) })
	}
	wg.Wait()
	in := 0
	for _, p := range pages {
		switch {
		case p.status == http.StatusOK:
			in++
		case p.status != http.StatusForbidden || !strings.Contains(p.body, "This link does not work any more") || !strings.Contains(p.body, "“signin”"):
			t.Errorf("status %d: %.300s", p.status, p.body)
		}
	}
	if in != 1 {
		t.Errorf("%d of 8 browsers were let in", in)
	}
	// A link that was used, and one that never was, are told apart by nobody.
	b.client = b.browser()
	used, never := b.enter(link), b.enter("token="+rand.Text())
	if used.body != never.body || used.status != never.status {
		t.Error("a used link reads other than one that never was")
	}
}

func TestSignIn_OneSpeaksAsOneselfAlone(t *testing.T) {
	b, _ := visiting(t, mia)
	b.post("/chat/console", "q", "sign-ups", "as", "ben")
	want := chat.Request{
		Ref: b.last().Ref, Call: chat.Call{Command: "ask", Args: chat.Args{"q": "sign-ups"}}, User: mia, At: noon, Themes: themes(), Console: true,
		Place: chat.Place{
			Platform: "slack", Workspace: "T1", Channel: "console", Name: "Console", Kind: chat.PlaceDirect,
			Audience: chat.Audience{Shared: chat.No, Guests: chat.No},
		},
	}
	if diff := cmp.Diff(want, b.last()); diff != "" {
		t.Error(diff)
	}
	b.get("/insights")
	if diff := cmp.Diff(want.Place, b.last().Place); diff != "" || b.last().User.ID != "mia" {
		t.Errorf("a page: %s", diff)
	}
	before := len(b.fake.requests())
	for _, channel := range []string{"growth", "money", "direct", "C1", "page"} {
		for _, p := range []page{b.get("/chat/" + channel), b.post("/chat/"+channel, "q", "x", "as", "mia")} {
			if p.status != http.StatusNotFound {
				t.Errorf("%s: status %d", channel, p.status)
			}
		}
	}
	if p := b.post("/as", "user", "ben"); p.status != http.StatusNotFound {
		t.Errorf("speaking as somebody else: status %d", p.status)
	}
	if n := len(b.fake.requests()); n != before {
		t.Errorf("%d calls came through", n-before)
	}
	body := b.get("/").body
	for _, never := range []string{"Ben Okafor", `<span dir="auto">#growth`, `<span dir="auto">#money`, `action="/as"`, "Speak as"} {
		if strings.Contains(body, never) {
			t.Errorf("the page tells of %s", never)
		}
	}
	if !strings.Contains(body, "Signed in as </span>") || !strings.Contains(body, `action="/sign-out"`) {
		t.Error("the page does not say who one is, or how to leave")
	}
}

func TestSignIn_NobodySeesThePagesOfOthers(t *testing.T) {
	b, d := visiting(t, mia)
	p := b.post("/chat/console", "q", "the question of mia")
	ref := strings.TrimPrefix(p.url.Fragment, "m-")
	file := fileLink.FindStringSubmatch(p.body)[1]
	page := fileLink.FindStringSubmatch(b.get("/insights/demo/signups").body)[1] // not kept in the conversation
	for _, path := range []string{"/message/" + ref, file, page} {
		if p := b.get(path); p.status != http.StatusOK {
			t.Errorf("mia at %s: status %d", path, p.status)
		}
	}
	// The same person on another device has a conversation of their own as well.
	for _, other := range []chat.User{ben, mia} {
		b.client = b.browser()
		b.enter(d.link(other))
		for _, path := range []string{"/message/" + ref, file, page} {
			if p := b.get(path); p.status != http.StatusNotFound {
				t.Errorf("%s at %s: status %d", other.ID, path, p.status)
			}
		}
		if strings.Contains(b.get("/").body, "the question of mia") {
			t.Errorf("%s sees the conversation", other.ID)
		}
	}
	// A form of hers that is sent again does not lead into her conversation.
	once := "a token of a form of mia"
	b.client = b.browser()
	b.enter(d.link(mia))
	b.post("/chat/console", "q", "another question of mia", "once", once)
	b.client = b.browser()
	b.enter(d.link(ben))
	if p := b.post("/chat/console", "q", "of ben", "once", once); strings.Contains(p.body, "of mia") {
		t.Error("the token of a form opens a conversation")
	}
}

func TestSignIn_LastsAnHourAtMost(t *testing.T) {
	b, d := visiting(t, mia)
	p := b.post("/chat/console", "q", "sign-ups")
	file := fileLink.FindStringSubmatch(p.body)[1]
	d.wait(visitFor - time.Second)
	if p := b.get(file); p.status != http.StatusOK {
		t.Errorf("a second before: status %d", p.status)
	}
	d.wait(time.Second) // however much it was used
	for _, path := range []string{"/", file, "/insights"} {
		if p := b.get(path); p.status != http.StatusForbidden {
			t.Errorf("%s after an hour: status %d", path, p.status)
		}
	}
	if n := b.remembered(); n != 0 || len(b.server.sessions.files.byID) != 0 || len(b.server.visitors.byHash) != 0 {
		t.Errorf("%d sessions and %d files of it are kept", n, len(b.server.sessions.files.byID))
	}
}

func TestSignIn_SigningOutEndsIt(t *testing.T) {
	b, _ := visiting(t, mia)
	b.post("/chat/console", "q", "sign-ups")
	at, err := url.Parse(b.url)
	if err != nil {
		t.Fatal(err)
	}
	stolen := b.client.Jar.Cookies(at)
	if len(stolen) != 1 {
		t.Fatalf("the browser has the cookies %v, want one", stolen)
	}
	if p := b.get("/sign-out"); p.status == http.StatusOK && len(b.client.Jar.Cookies(at)) != 1 {
		t.Error("a link signs out")
	}
	p := b.post("/sign-out")
	if p.status != http.StatusForbidden || p.url.Path != "/" || len(b.client.Jar.Cookies(at)) != 0 {
		t.Errorf("status %d at %s, cookies %v", p.status, p.url, b.client.Jar.Cookies(at))
	}
	r := b.request(http.MethodGet, "/", "")
	r.AddCookie(stolen[0])
	if p := b.do(r); p.status != http.StatusForbidden {
		t.Errorf("the cookie of before: status %d", p.status)
	}
	if b.remembered() != 0 || len(b.server.sessions.files.byID) != 0 {
		t.Error("what was said is kept")
	}
}

func TestSignIn_TheIDIsNewEachTime(t *testing.T) {
	d := newDoor(t)
	b := newBench(t, d.open)
	b.server.random = rand.Text
	at, err := url.Parse(b.url)
	if err != nil {
		t.Fatal(err)
	}
	name := portName(b.request(http.MethodGet, "/", ""), "visitor")
	b.client.Jar.SetCookies(at, []*http.Cookie{{Name: name, Value: "chosen-by-an-attacker", Path: "/"}})
	seen := map[string]bool{"chosen-by-an-attacker": true}
	for range 3 {
		b.enter(d.link(mia))
		cookies := b.client.Jar.Cookies(at)
		if len(cookies) != 1 || seen[cookies[0].Value] || len(cookies[0].Value) < 26 { // 26 letters of 5 bits
			t.Fatalf("the cookies are %v", cookies)
		}
		for old := range seen {
			if b.server.visitors.of(old) != nil {
				t.Errorf("the id of before, %s, is good still", old)
			}
		}
		seen[cookies[0].Value] = true
		if v := b.server.visitors.of(cookies[0].Value); v == nil || v.talks == cookies[0].Value {
			t.Error("the id is not known, or stands in the memory as it is")
		}
	}
	if n := len(b.server.visitors.byHash); n != 1 {
		t.Errorf("%d are signed in, want 1", n)
	}
}

func TestSignIn_TheCookie(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*Config)
		header string
		want   string
	}{
		"plain": {func(*Config) {}, "", "visitor-PORT=00000001-test; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax"},
		// What a request says of itself is no reason to believe it.
		"a header that anybody can send": {func(*Config) {}, "https", "visitor-PORT=00000001-test; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax"},
		"https":                          {func(c *Config) { c.Secure = true }, "", "__Host-session=00000001-test; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax"},
		"https, said otherwise":          {func(c *Config) { c.Secure = true }, "http", "__Host-session=00000001-test; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDoor(t)
			b := newBench(t, d.open, test.change)
			b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			_, token, _ := strings.Cut(d.link(mia), "token=")
			r := b.request(http.MethodPost, "/sign-in", "token="+token)
			r.Header.Set("Origin", b.url)
			if test.header != "" {
				r.Header.Set("X-Forwarded-Proto", test.header)
				r.Header.Set("Forwarded", "proto="+test.header)
			}
			p := b.do(r)
			_, port, _ := strings.Cut(strings.TrimPrefix(b.url, "http://"), ":")
			if diff := cmp.Diff([]string{strings.ReplaceAll(test.want, "PORT", port)}, p.header["Set-Cookie"]); diff != "" || p.status != http.StatusSeeOther {
				t.Errorf("status %d %s", p.status, diff)
			}
			hsts := p.header.Get("Strict-Transport-Security")
			if secure := b.server.config.Secure; secure != (hsts == "max-age=31536000") || !secure && hsts != "" {
				t.Errorf("Strict-Transport-Security is %q", hsts)
			}
			// Every other cookie of a console reached by HTTPS is for HTTPS alone.
			r = b.request(http.MethodPost, "/theme", "theme=dark")
			r.Header.Set("Origin", b.url)
			r.Header.Set("Cookie", strings.Split(p.header.Get("Set-Cookie"), ";")[0])
			if got := b.do(r).header.Get("Set-Cookie"); strings.Contains(got, "Secure") != b.server.config.Secure || got == "" {
				t.Errorf("the cookie of the colours is %q", got)
			}
			r = b.request(http.MethodGet, "/chat/console", "")
			r.Header.Set("Cookie", strings.Split(p.header.Get("Set-Cookie"), ";")[0])
			if p := b.do(r); p.status != http.StatusOK || len(p.header["Set-Cookie"]) != 0 {
				t.Errorf("the console: status %d, cookies %v", p.status, p.header["Set-Cookie"])
			}
		})
	}
}

func TestSignIn_OtherSitesCannotSend(t *testing.T) {
	b, d := visiting(t, mia)
	for name, test := range map[string]struct {
		headers map[string]string
		ok      bool
	}{
		"from itself":      {map[string]string{"Sec-Fetch-Site": "same-origin"}, true},
		"old, from itself": {map[string]string{"Origin": b.url}, true},
		"another site":     {map[string]string{"Sec-Fetch-Site": "cross-site"}, false},
		"a sister site":    {map[string]string{"Sec-Fetch-Site": "same-site"}, false},
		"old browser":      {map[string]string{"Origin": "https://evil.example"}, false},
		"sandboxed":        {map[string]string{"Origin": "null"}, false},
		"says nothing":     {nil, false},
	} {
		for _, path := range []string{"/chat/console", "/theme", "/sign-in", "/sign-out"} {
			if test.ok && path == "/sign-out" {
				continue // the rest needs the session
			}
			_, token, _ := strings.Cut(d.link(ben), "token=")
			before, asked := len(b.fake.requests()), d.asked
			jar := b.client.Jar
			if path == "/sign-in" {
				b.client = b.browser()
			}
			r := b.request(http.MethodPost, path, "q=hello&theme=dark&token="+token)
			for k, v := range test.headers {
				r.Header.Set(k, v)
			}
			p := b.do(r)
			b.client.Jar = jar
			if (p.status == http.StatusOK) != test.ok {
				t.Errorf("%s to %s: status %d", name, path, p.status)
			}
			if !test.ok && (len(b.fake.requests()) != before || d.asked != asked) {
				t.Errorf("%s to %s: it had an effect", name, path)
			}
		}
	}
	if p := b.get("/"); p.status != http.StatusOK {
		t.Errorf("mia was signed out: status %d", p.status)
	}
}

// Guessing is stopped by the 128 random bits of a token, not by counting the
// attempts of an address: behind a proxy all people have one, and a lock for it
// would let anybody lock out everybody. What is too short to have that many
// bits is not even looked up, and wrong tokens are slowed for all together.
func TestSignIn_GuessingIsHopeless(t *testing.T) {
	d := newDoor(t)
	b := newBench(t, d.open)
	d.tokens["short"], d.tokens[strings.Repeat("a", 21)], d.tokens["with a space in it, and long enough"] = mia, mia, mia
	for _, token := range []string{"", "short", strings.Repeat("a", 21), strings.Repeat("a", 129), "with a space in it, and long enough", "' OR 1=1 --" + strings.Repeat("a", 22), strings.Repeat("ä", 30)} {
		if p := b.post("/sign-in", "token", token); p.status != http.StatusForbidden {
			t.Errorf("%q: status %d", token, p.status)
		}
		if p := b.get("/sign-in?token=" + url.QueryEscape(token)); p.status != http.StatusForbidden || token != "" && strings.Contains(p.body, url.QueryEscape(token)) {
			t.Errorf("%q, looked at: status %d", token, p.status)
		}
	}
	if d.asked != 0 {
		t.Errorf("%d tokens that can be guessed were looked up", d.asked)
	}
	for range 300 {
		if p := b.post("/sign-in", "token", rand.Text()); p.status != http.StatusForbidden {
			t.Fatalf("a guess: status %d", p.status)
		}
	}
	if n := len(b.server.visitors.byHash) + b.remembered(); n != 0 {
		t.Errorf("guessing took %d sessions", n)
	}
	// Nor does it keep those out who have a link.
	if p := b.enter(d.link(mia)); p.status != http.StatusOK {
		t.Errorf("a link after 300 guesses: status %d", p.status)
	}
}

func TestSignIn_WrongTokensAreSlowed(t *testing.T) {
	d := newDoor(t)
	b := newBench(t, d.open)
	b.server.failPause = 40 * time.Millisecond
	began := time.Now()
	var wg sync.WaitGroup
	for range 3 * maxSignIns {
		wg.Go(func() { b.post("/sign-in", "token", rand.Text()) })
	}
	wg.Wait()
	if took := time.Since(began); took < b.server.failPause {
		t.Errorf("wrong tokens took %v, want %v at least", took, b.server.failPause)
	}
	// Those who wait for the answer to a guess keep no door from others.
	if n := len(b.server.doors); n != 0 {
		t.Errorf("%d doors are still taken", n)
	}
	for range maxSignIns { // who cannot wait any longer is told so
		b.server.doors <- struct{}{}
	}
	b.server.patience = time.Millisecond
	link := d.link(mia)
	if p := b.enter(link); p.status != http.StatusServiceUnavailable || p.header.Get("Retry-After") == "" || len(d.tokens) != 1 {
		t.Errorf("with all doors taken: status %d", p.status)
	}
	<-b.server.doors
	if p := b.enter(link); p.status != http.StatusOK {
		t.Errorf("afterwards: status %d", p.status)
	}
	if n := len(b.server.doors); n != maxSignIns-1 {
		t.Errorf("%d doors are taken", n)
	}
}

func TestSignIn_FailuresGiveAReferenceAndNotTheToken(t *testing.T) {
	d := newDoor(t)
	b := newBench(t, d.open)
	link := d.link(mia)
	_, token, _ := strings.Cut(link, "token=")
	d.err = fmt.Errorf("store: disk is full at token %s", token)
	p := b.enter(link)
	if p.status != http.StatusInternalServerError || !strings.Contains(p.body, "give an admin the reference 0000") || strings.Contains(p.body, "disk") {
		t.Errorf("status %d: %s", p.status, p.body)
	}
	if log := b.log.String(); !strings.Contains(log, "disk is full at token (sent)") || strings.Contains(log, token) {
		t.Errorf("the log: %s", log)
	}
	d.err = nil
	if p := b.enter(link); p.status != http.StatusOK {
		t.Errorf("afterwards: status %d", p.status)
	}
	if log := b.log.String(); strings.Contains(log, token) || strings.Contains(log, "mia") || !strings.Contains(log, "somebody signed in") {
		t.Errorf("the log: %s", log)
	}
	s := &Server{config: Config{SignIn: func(context.Context, string) (chat.User, chat.Place, error) { return chat.User{}, growth, nil }}}
	if _, _, err := s.redeem(t.Context(), token); err == nil || errors.Is(err, ErrSignIn) {
		t.Errorf("a sign-in of nobody: %v", err)
	}
}

func TestVisitors_AreBounded(t *testing.T) {
	var ended int
	vs := newVisitors(counter(), func() time.Time { return noon }, func(string) { ended++ })
	first := vs.enter(mia, growth)
	for i := range maxVisitors {
		vs.enter(chat.User{ID: fmt.Sprint("u", i)}, growth)
	}
	if len(vs.byHash) != maxVisitors || vs.order.Len() != maxVisitors || vs.of(first) != nil || ended != 1 {
		t.Errorf("%d are kept, %d ended", len(vs.byHash), ended)
	}
	if vs.of("") != nil {
		t.Error("no id is somebody")
	}
}

func TestVisitors_OnePersonPushesOnlyThemselvesOut(t *testing.T) {
	var ended int
	vs := newVisitors(counter(), func() time.Time { return noon }, func(string) { ended++ })
	first := vs.enter(mia, growth)
	for range 2 * maxVisits {
		vs.enter(ben, growth)
	}
	if len(vs.byHash) != 1+maxVisits || vs.of(first) == nil || ended != maxVisits {
		t.Errorf("%d are kept, %d ended", len(vs.byHash), ended)
	}
}

func TestLoopback_NobodySignsIn(t *testing.T) {
	b := newBench(t, func(c *Config) { c.SignIn = newDoor(t).redeem })
	if p := b.get("/"); p.status != http.StatusOK || !strings.Contains(p.body, "Speak as") || strings.Contains(p.body, "sign-out") {
		t.Errorf("status %d", p.status)
	}
	for _, p := range []page{b.get("/sign-in?token=" + rand.Text()), b.post("/sign-in", "token", rand.Text()), b.post("/sign-out")} {
		if p.status != http.StatusNotFound {
			t.Errorf("%s: status %d", p.url.Path, p.status)
		}
	}
}

func TestChromium_SignIn(t *testing.T) {
	d := newDoor(t)
	bench, b := newBench(t, d.open), webtest.Start(t)
	b.Open(bench.url)
	want(t, b, `document.querySelector('h1').textContent`, "Please sign in")
	b.Screenshot("door-light")
	b.CheckAccess("not signed in")

	t.Log("open the link, press the button")
	link := d.link(mia)
	b.Open(bench.url + link)
	b.Screenshot("door-link-light")
	b.CheckAccess("sign in")
	b.Click("button")
	b.Wait(`location.pathname === '/' && document.querySelector('#composer')`)
	want(t, b, `document.querySelector('.me .who-name').textContent`, "Mia Chen")
	want(t, b, `document.querySelectorAll('.places a[href^="/chat/"]').length`, 1)
	want(t, b, `document.cookie`, "")
	b.Screenshot("console-light")
	b.CheckAccess("console")

	t.Log("ask, and fill in a form of a page")
	b.Type("#q", "sign-ups")
	b.Click(".send")
	b.Wait(answered + `1`)
	b.Wait(`document.querySelector('.picture .for-light img').naturalWidth === 1200`)
	b.Click(`.places a[href="/access"]`)
	b.Wait(`document.querySelector('fieldset')`)
	b.Click(`.tick:has([value="money"])`)
	b.Click("main .button-main")
	b.Wait(`location.pathname === '/chat/console' && ` + answered + `2`)
	want(t, b, `document.querySelector('.message:last-of-type .lead').textContent`, `Saved “Growth”: tags "growth,product,money", strict "yes", for "members".`)
	b.Size(360, 740)
	b.SystemDark(true)
	b.Screenshot("console-phone-dark")
	b.CheckAccess("console on a phone")

	t.Log("sign out; the link does not work again")
	b.Click(".me button")
	b.Wait(`document.querySelector('h1').textContent === 'Please sign in'`)
	b.Open(bench.url + link)
	b.Click("button")
	b.Wait(`document.querySelector('h1').textContent === 'That did not work'`)
	b.Screenshot("door-stale-phone-dark")
	b.CheckAccess("a link that was used")
	done(t, b)
}
