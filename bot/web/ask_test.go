package web

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
)

func TestPost_AsksAndRedirects(t *testing.T) {
	b := newBench(t)
	p := b.post("/chat/growth", "q", "  how many\r\nsign-ups? ", "as", "ben", "once", "t1")
	if p.status != http.StatusOK || p.url.Path != "/chat/growth" || !strings.HasPrefix(p.url.Fragment, "m-") {
		t.Fatalf("status %d at %s", p.status, p.url)
	}
	if !strings.Contains(p.body, `id="`+p.url.Fragment+`"`) || !strings.Contains(p.body, "4,812 people") {
		t.Error("the answer is not on the page")
	}
	want := chat.Request{
		Ref: strings.TrimPrefix(p.url.Fragment, "m-"), Call: chat.Call{Command: "ask", Args: chat.Args{"q": "how many\nsign-ups?"}},
		Place: growth, User: ben, At: noon, Themes: []chat.Theme{chat.Light, chat.Dark},
	}
	want.Place.Platform = "web"
	if diff := cmp.Diff([]chat.Request{want}, b.fake.requests()); diff != "" {
		t.Error(diff)
	}
}

func TestPost_PressedButtonKeepsContextAndLabel(t *testing.T) {
	b := newBench(t)
	first := b.post("/chat/growth", "q", "sign-ups", "as", "mia")
	value := regexp.MustCompile(`name="call" value="([^"]*90[^"]*)"`).FindStringSubmatch(first.body)
	if value == nil {
		t.Fatal("no button for 90 days")
	}
	call := strings.NewReplacer("&amp;", "&", "&#43;", "+").Replace(value[1])
	p := b.post("/chat/growth", "call", call, "as", "mia")
	seen := b.fake.requests()
	if len(seen) != 2 {
		t.Fatalf("%d requests", len(seen))
	}
	if diff := cmp.Diff(chat.Call{Command: "ask", Args: chat.Args{"insight": "demo/signups", "period": "last 90 days"}}, seen[1].Call); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(seen[0].Call, seen[1].Context); diff != "" {
		t.Errorf("context: %s", diff)
	}
	if !strings.Contains(p.body, `<span data-said>Last 90 days</span>`) {
		t.Error("the pressed button does not read as it did")
	}
}

func TestPost_FormFieldsBecomeArguments(t *testing.T) {
	b := newBench(t)
	b.post("/chat/growth", "call", "share?insight=demo%2Fsignups#Share", "arg.to", "#money", "arg.empty", "", "other", "x")
	want := chat.Call{Command: "share", Args: chat.Args{"insight": "demo/signups", "to": "#money"}}
	if diff := cmp.Diff(want, b.fake.requests()[0].Call); diff != "" {
		t.Error(diff)
	}
}

func TestPost_SentTwiceAsksOnce(t *testing.T) {
	b := newBench(t)
	const same = "the token of one form" // as no session is begun before
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() { b.post("/chat/growth", "q", "sign-ups", "as", "mia", "once", same) })
	}
	wg.Wait()
	if n := len(b.fake.requests()); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
	if n := strings.Count(b.get("/chat/growth").body, "data-said>sign-ups"); n != 1 {
		t.Errorf("%d messages, want one", n)
	}
	// Another button of the same page is another question.
	b.post("/chat/growth", "q", "revenue", "as", "mia", "once", same)
	if n := len(b.fake.requests()); n != 2 {
		t.Errorf("asked %d times, want twice", n)
	}
}

func TestPost_Problems(t *testing.T) {
	b := newBench(t)
	b.get("/")
	for name, test := range map[string]struct {
		field, value, want string
	}{
		"empty":    {"q", " \n ", "Type a question first."},
		"too long": {"q", strings.Repeat("ä", maxQuestion+1), "1,000 characters at most; this one has 1001"},
		"bad call": {"call", "../x", "could not be read"},
	} {
		p := b.post("/chat/growth", test.field, test.value)
		if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, test.want) {
			t.Errorf("%s: status %d, no %q", name, p.status, test.want)
		}
		if test.field == "q" && !strings.Contains(p.body, strings.TrimSpace(test.value)+"</textarea>") {
			t.Errorf("%s: the text is not given back", name)
		}
	}
	if p := b.post("/chat/growth", "q", strings.Repeat("ä", maxQuestion)); p.status != http.StatusOK {
		t.Errorf("a question of 1,000 characters: status %d", p.status)
	}
	for _, path := range []string{"/chat/nowhere", "/as"} {
		if p := b.post(path, "q", "x", "user", "nobody"); p.status < 400 {
			t.Errorf("%s: status %d", path, p.status)
		}
	}
	if n := len(b.fake.requests()); n != 1 {
		t.Errorf("%d requests got through, want 1", n)
	}
}

func TestPost_FailuresGiveAReferenceAndOneLogLine(t *testing.T) {
	b := newBench(t)
	for q, cause := range map[string]string{"fail": "the secret cause", "panic": "the secret crash", "nothing": "no reply"} {
		p := b.post("/chat/growth", "q", q)
		ref := strings.TrimPrefix(p.url.Fragment, "m-")
		if !strings.Contains(p.body, "give an admin the reference "+ref) || strings.Contains(p.body, "secret") {
			t.Errorf("%s: the page does not say what to do, or says too much", q)
		}
		if n := strings.Count(b.log.String(), "ref="+ref); n != 1 {
			t.Errorf("%s: %d log lines, want 1", q, n)
		}
		if !strings.Contains(b.log.String(), cause) {
			t.Errorf("%s: the log does not give the cause", q)
		}
	}
	// A failed answer has no context; the one before counts.
	b.post("/chat/growth", "q", "sign-ups")
	b.post("/chat/growth", "q", "fail")
	b.post("/chat/growth", "q", "by country")
	if seen := b.fake.requests(); seen[len(seen)-1].Context.Args["q"] != "sign-ups" {
		t.Errorf("context is %v", seen[len(seen)-1].Context)
	}
}

func TestPost_StillLookingUp(t *testing.T) {
	b := newBench(t)
	b.server.patience = time.Millisecond
	b.fake.gate = make(chan struct{})
	p := b.post("/chat/growth", "q", "slow")
	if !strings.Contains(p.body, "Looking it up") || !strings.Contains(p.body, `http-equiv="refresh"`) {
		t.Error("the page does not say that it is looking")
	}
	for i := range maxPending - 1 {
		b.post("/chat/growth", "q", "slow", "once", fmt.Sprint(i))
	}
	if p := b.post("/chat/growth", "q", "slow", "once", "more"); !strings.Contains(p.body, "Several answers are still being looked up") {
		t.Error("no limit on answers at once")
	}
	close(b.fake.gate)
	b.server.answers.Wait()
	p = b.get("/chat/growth")
	if strings.Contains(p.body, `class="looking"`) && strings.Contains(p.body, `data-pending`) || strings.Count(p.body, "4,812 people") < maxPending {
		t.Error("the answers did not come")
	}
}

func TestConversations_ArePerPersonPlaceAndBrowser(t *testing.T) {
	b := newBench(t)
	b.post("/chat/growth", "q", "the first question", "as", "mia")
	has := func(path string) bool { return strings.Contains(b.get(path).body, "the first question") }
	if !has("/chat/growth") || !has("/") {
		t.Error("the question is gone")
	}
	if has("/chat/money") {
		t.Error("the question is in another channel")
	}
	b.post("/as", "user", "ben", "next", "/chat/growth")
	if has("/chat/growth") {
		t.Error("somebody else's question shows")
	}
	b.post("/as", "user", "mia")
	if !has("/chat/growth") {
		t.Error("the question did not come back with the person")
	}
	b.client = b.browser()
	if has("/chat/growth") {
		t.Error("another browser sees the question")
	}
}

func TestConversation_SaysAfterARestart(t *testing.T) {
	b := newBench(t)
	const lost = "Earlier messages are gone"
	if strings.Contains(b.get("/").body, lost) {
		t.Error("says so at first")
	}
	b.post("/chat/growth", "q", "before")
	b.restart()
	r := b.request(http.MethodPost, "/chat/money", "q=after&as=ben")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set(fragmentHeader, "1")
	if p := b.do(r); !strings.Contains(p.body, lost) || !strings.Contains(p.body, "Ben Okafor asked") {
		t.Errorf("the fragment does not say so, or speaks as somebody else: %.300s", p.body)
	}
	if !strings.Contains(b.get("/chat/money").body, lost) {
		t.Error("the page does not say so")
	}
	if strings.Contains(b.get("/chat/growth").body, lost) {
		t.Error("says so in every channel")
	}
}

func TestPages_AreRepliesToReadOnlyCalls(t *testing.T) {
	b := newBench(t)
	for path, want := range map[string]chat.Call{
		"/insights?q=sign":         {Command: "insights", Args: chat.Args{"q": "sign"}},
		"/insights/demo/signups":   {Command: "insight", Args: chat.Args{"id": "demo/signups"}},
		"/insights/demo/a%2Fb%20c": {Command: "insight", Args: chat.Args{"id": "demo/a/b c"}},
		"/help":                    {Command: "help", Args: chat.Args{}},
		"/c/insight?id=x&id=y&z=":  {Command: "insight", Args: chat.Args{"id": "x,y"}},
		"/access":                  {Command: "access", Args: chat.Args{}},
	} {
		p := b.get(path)
		seen := b.fake.requests()
		last := seen[len(seen)-1]
		if diff := cmp.Diff(want, last.Call); p.status != http.StatusOK || diff != "" {
			t.Errorf("%s: status %d\n%s", path, p.status, diff)
		}
		if last.Place.Kind != chat.PlaceDirect || last.Place.Platform != "web" {
			t.Errorf("%s: read at %v", path, last.Place)
		}
	}
	before := len(b.fake.requests())
	for _, path := range []string{"/c/ask?q=x", "/c/feedback", "/c/Help", "/c/", "/c/a/b", "/nowhere"} {
		if p := b.get(path); p.status != http.StatusNotFound {
			t.Errorf("%s: status %d", path, p.status)
		}
	}
	if n := len(b.fake.requests()) - before; n != 0 {
		t.Errorf("%d calls got through", n)
	}
}

func TestPages_NoDirectPlace(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Places = []chat.Place{growth} })
	b.get("/insights")
	want := chat.Place{
		Platform: "web", Workspace: "demo", Channel: "page", Kind: chat.PlaceDirect,
		Audience: chat.Audience{Shared: chat.No, Guests: chat.No},
	}
	if diff := cmp.Diff(want, b.fake.requests()[0].Place); diff != "" {
		t.Error(diff)
	}
}

func TestTheme_IsRemembered(t *testing.T) {
	b := newBench(t)
	if p := b.post("/theme", "theme", "dark", "next", "/insights?q=x"); !strings.Contains(p.body, `data-theme="dark"`) || p.url.RequestURI() != "/insights?q=x" {
		t.Errorf("not dark, or at %s", p.url)
	}
	if p := b.post("/theme", "theme", `"><script>`, "next", "//evil.example"); strings.Contains(p.body, "data-theme") || p.url.Path != "/" {
		t.Errorf("an unknown theme is kept, or at %s", p.url)
	}
}

func TestGolden(t *testing.T) {
	for name, question := range map[string]string{"answer": "sign-ups", "candidates": "active users", "hostile": "hostile"} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			r := b.request(http.MethodPost, "/chat/growth", "as=mia&q="+strings.ReplaceAll(question, " ", "+"))
			r.Header.Set(fragmentHeader, "1")
			compare(t, name+".html", b.do(r).body)
		})
	}
	t.Run("page", func(t *testing.T) {
		b := newBench(t)
		body := b.get("/insights?q=e").body
		body = regexp.MustCompile(`-[0-9a-f]{10}\.(css|js|svg)`).ReplaceAllString(body, "-HASH.$1")
		compare(t, "page.html", body)
	})
}

// compare holds a text against a golden file, or writes it with -update.
func compare(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got), write it anew with -update:\n%s", path, diff)
	}
}

func TestConcurrent(t *testing.T) {
	b := newBench(t)
	b.get("/")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 6 {
				user := []string{"mia", "ben"}[j%2]
				b.post("/chat/growth", "q", fmt.Sprint("question ", i, j), "as", user)
				b.get("/chat/growth")
				b.post("/as", "user", user)
				b.get("/insights/demo/signups")
			}
		})
	}
	wg.Wait()
	if n := len(b.fake.requests()); n < 8*6 {
		t.Errorf("only %d requests came", n)
	}
}
