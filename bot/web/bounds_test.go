package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
)

// remembered is how many sessions a playground has.
func (b *bench) remembered() int {
	ss := b.server.sessions
	ss.mu.Lock()
	defer ss.mu.Unlock()
	return len(ss.byID)
}

func TestLooking_RemembersNothing(t *testing.T) {
	b := newBench(t)
	b.post("/chat/growth", "q", "mine to keep")
	owner := b.client
	for range maxSessions + 1 {
		b.client = &http.Client{}
		b.get("/healthz")
		b.get("/chat/money")
	}
	for _, path := range []string{"/", "/insights", "/insights/demo/signups", "/message/X", "/nowhere"} {
		b.get(path)
	}
	b.post("/theme", "theme", "dark")
	b.post("/as", "user", "ben")
	b.post("/chat/growth", "q", "")
	if n := b.remembered(); n != 1 {
		t.Errorf("%d sessions, want the one that asked", n)
	}
	b.client = owner
	if !strings.Contains(b.get("/chat/growth").body, "mine to keep") {
		t.Error("those who only looked pushed out a conversation")
	}
	b.client = &http.Client{}
	for range maxSessions + 1 {
		b.post("/chat/growth", "q", "sign-ups") // the redirect comes back without a cookie
	}
	b.client = owner
	if !strings.Contains(b.get("/chat/growth").body, "mine to keep") {
		t.Error("those who take no cookies pushed out a conversation")
	}
}

func TestLooking_IsAsGoodAsBefore(t *testing.T) {
	b := newBench(t)
	p := b.get("/insights/demo/signups")
	link := fileLink.FindStringSubmatch(p.body)
	if link == nil {
		t.Fatal("no picture")
	}
	if f := b.get(link[1]); f.status != http.StatusOK || f.header.Get("Content-Type") != "image/png" {
		t.Errorf("the picture of a page: status %d", f.status)
	}
	b.get("/chat/money")
	if p := b.get("/insights/demo/signups"); !strings.Contains(p.body, `action="/chat/direct"`) {
		t.Error("what is pressed on a page is not said to the bot alone")
	}
	if p := b.post("/as", "user", "ben", "next", "/"); !strings.Contains(p.body, `<input type="hidden" name="as" value="ben">`) || !strings.Contains(p.body, "<h1 dir=\"auto\">#money") {
		t.Error("the choice of who to speak as, or the channel, is not remembered")
	}
	b.post("/chat/money", "q", "sign-ups")
	if seen := b.fake.requests(); seen[len(seen)-1].User.ID != "ben" {
		t.Errorf("asked as %s", seen[len(seen)-1].User.ID)
	}
	if n := b.remembered(); n != 1 {
		t.Errorf("%d sessions, want 1", n)
	}
}

func TestAnswersInFlight_AreBoundOverAll(t *testing.T) {
	b := newBench(t)
	b.server.patience = time.Millisecond
	b.fake.gate = make(chan struct{})
	for range maxAnswers {
		b.client = b.browser()
		b.post("/chat/growth", "q", "slow")
	}
	b.client = b.browser()
	before := b.remembered()
	p := b.post("/chat/growth", "q", "one question too many")
	if p.status != http.StatusServiceUnavailable || p.header.Get("Retry-After") == "" ||
		!strings.Contains(p.body, "too much to do right now") || !strings.Contains(p.body, "one question too many</textarea>") {
		t.Errorf("status %d; it must say so and give the text back", p.status)
	}
	if b.remembered() != before {
		t.Error("a refused question began a session")
	}
	r := b.request(http.MethodPost, "/chat/growth", "q=x")
	r.Header.Set(fragmentHeader, "1")
	if p := b.do(r); p.status != http.StatusServiceUnavailable || strings.Contains(p.body, "<") {
		t.Errorf("for the script: status %d, %.100s", p.status, p.body)
	}
	if p := b.get("/insights"); p.status != http.StatusServiceUnavailable || !strings.Contains(p.body, "too much to do") {
		t.Errorf("a page: status %d", p.status)
	}
	if p := b.get("/chat/growth"); p.status != http.StatusOK {
		t.Errorf("a conversation: status %d", p.status)
	}
	if n := len(b.fake.requests()); n != maxAnswers {
		t.Errorf("%d questions got through, want %d", n, maxAnswers)
	}
	close(b.fake.gate)
	b.server.answers.Wait()
	if p := b.post("/chat/growth", "q", "sign-ups"); p.status != http.StatusOK {
		t.Errorf("afterwards: status %d", p.status)
	}
	b.server.answers.Wait()
	if n := len(b.server.slots); n != 0 {
		t.Errorf("afterwards %d slots are taken", n)
	}
}

func TestTrim_SaysWhatItCut(t *testing.T) {
	big := chat.Table{}
	for i := range maxColumns + 1 {
		big.Columns = append(big.Columns, chat.Column{Name: fmt.Sprint(i)})
	}
	for range maxRows + 40 {
		big.Rows = append(big.Rows, []chat.Cell{{Text: "x"}})
	}
	big.Rows[0][0].Text = strings.Repeat("ä", maxCell)
	long := chat.Call{Command: "ask", Args: chat.Args{"q": strings.Repeat("x", maxCall)}}
	kept, size := trim(&chat.Reply{Context: long, Parts: []chat.Part{
		chat.Section{Parts: []chat.Part{big}},
		chat.Text{Text: strings.Repeat("y", maxText+1)},
		chat.Choices{Items: []chat.Choice{{Label: "a", Call: long}, {Label: "b", Call: chat.Call{Command: "ask"}}}},
		chat.Form{Call: long},
	}})
	inner := kept.Parts[0].(chat.Section).Parts //nolint:errcheck // a panic fails the test
	table := inner[0].(chat.Table)              //nolint:errcheck // a panic fails the test
	if len(table.Rows) != maxRows || len(table.Columns) != maxColumns || table.Rows[0][0].Text != strings.Repeat("ä", maxCell/2)+"…" {
		t.Errorf("%d rows, %d columns, a cell of %d bytes", len(table.Rows), len(table.Columns), len(table.Rows[0][0].Text))
	}
	if diff := cmp.Diff(chat.Part(chat.Text{Style: chat.Note, Text: "The conversation keeps the first 200 of 240 rows and the first 50 of 51 columns of this table."}), inner[1]); diff != "" {
		t.Error(diff)
	}
	if got := kept.Parts[1].(chat.Text).Text; len(got) != maxText+len("…") { //nolint:errcheck // a panic fails the test
		t.Errorf("a text of %d bytes is kept", len(got))
	}
	want := []chat.Part{
		chat.Choices{Items: []chat.Choice{{Label: "b", Call: chat.Call{Command: "ask"}}}},
		chat.Text{Style: chat.Note, Text: "This reply was too long to be kept whole: what is missing of it was cut here, not at its source."},
	}
	if diff := cmp.Diff(want, kept.Parts[2:]); diff != "" || !kept.Context.IsZero() {
		t.Errorf("%s context %v", diff, kept.Context)
	}
	if size <= maxText || size > maxReply {
		t.Errorf("it takes %d bytes", size)
	}
}

func TestTrim_LeavesAnOrdinaryReplyAlone(t *testing.T) {
	for name, r := range map[string]*chat.Reply{
		"answer": signups(chat.Call{Command: "ask"}, ""), "page": insightPage("x"), "catalogue": catalogue(""), "hostile": hostile(),
	} {
		kept, _ := trim(r)
		if diff := cmp.Diff(r, kept); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestTrim_BoundsTheWhole(t *testing.T) {
	row := make([]chat.Cell, maxColumns)
	for i := range row {
		row[i].Text = strings.Repeat("z", maxCell)
	}
	wide := chat.Table{Columns: make([]chat.Column, maxColumns)}
	for range maxRows {
		wide.Rows = append(wide.Rows, row)
	}
	kept, size := trim(&chat.Reply{Parts: []chat.Part{wide, wide, chat.Text{Text: "after"}}})
	if size > maxReply+maxColumns*(cellBytes+len("…"))+2*partBytes {
		t.Errorf("it takes %d bytes", size)
	}
	last, ok := kept.Parts[len(kept.Parts)-1].(chat.Text)
	if !ok || !strings.Contains(last.Text, "too long to be kept whole") {
		t.Errorf("it ends in %v", last)
	}
}

func TestSessions_BoundTheBytes(t *testing.T) {
	ss := newSessions(counter())
	s := ss.begin(httptest.NewRecorder(), knock(t, ""), "")
	file := ss.files.put(s.id, chat.File{Data: []byte("x")})
	for i := range 20 {
		m, _ := ss.add(s, talkKey{"mia", "growth"}, &message{ref: fmt.Sprint(i), at: noon.Add(time.Duration(i)), done: make(chan struct{})})
		a := &answer{size: 1 << 20}
		if i == 0 {
			a.files = []string{file}
		}
		ss.finish(s, m, a)
	}
	talk := ss.snapshot(s, talkKey{"mia", "growth"})
	if s.kept > maxKept || ss.kept != s.kept || len(talk.messages) != 7 || !talk.cut || talk.messages[6].ref != "19" {
		t.Errorf("%d bytes and %d messages are kept", s.kept, len(talk.messages))
	}
	if ss.files.has(file) {
		t.Error("the file of a message outlives it")
	}

	t.Log("over all browsers")
	for i := range 50 {
		s := ss.begin(httptest.NewRecorder(), knock(t, ""), "")
		for range 7 {
			m, _ := ss.add(s, talkKey{}, &message{ref: fmt.Sprint(i), done: make(chan struct{})})
			ss.finish(s, m, &answer{size: 1 << 20})
		}
	}
	if ss.kept > maxKeptAll || len(ss.byID) > 40 || len(ss.byID) < 30 {
		t.Errorf("%d bytes in %d sessions", ss.kept, len(ss.byID))
	}

	t.Log("an answer that comes after its session went")
	s = ss.begin(httptest.NewRecorder(), knock(t, ""), "")
	early, _ := ss.add(s, talkKey{}, &message{ref: "early", done: make(chan struct{})})
	ss.mu.Lock()
	for ss.byID[s.id] != nil {
		ss.evict(nil)
	}
	before := ss.kept
	ss.mu.Unlock()
	late, _ := ss.add(s, talkKey{}, &message{ref: "late", done: make(chan struct{})})
	for _, m := range []*message{early, late} {
		file = ss.files.put(s.id, chat.File{Data: []byte("x")})
		ss.finish(s, m, &answer{size: 5, files: []string{file}})
		if ss.files.has(file) || ss.kept != before {
			t.Errorf("%s: what nobody can see is kept", m.ref)
		}
	}
}

func TestConversation_SaysThatOlderMessagesWent(t *testing.T) {
	b := newBench(t)
	for i := range maxMessages + 1 {
		r := b.request(http.MethodPost, "/chat/growth", fmt.Sprint("q=fail&once=", i))
		r.Header.Set(fragmentHeader, "1")
		b.do(r)
		if said := strings.Contains(b.get("/chat/growth").body, "Older messages of this conversation are not kept"); i%50 == 0 && said != (i == maxMessages) {
			t.Errorf("after %d messages: %v", i+1, said)
		}
	}
}

func TestLog_HoldsNothingThatWasSent(t *testing.T) {
	b := newBench(t)
	const secret = "salary of Ana \"Maria\"\nBrown"
	b.server.config.Known = func(c string) bool { return c == "ask" }
	var cause error
	desk := &desk{Server: b.server, handler: chat.HandlerFunc(func(context.Context, *chat.Request) (*chat.Reply, error) {
		return nil, cause
	})}
	for _, c := range []chat.Call{
		{Command: "ask", Args: chat.Args{"q": secret}},
		{Command: "salary-brown", Args: chat.Args{"Ana Brown": "Maria"}},
	} {
		for _, err := range []error{
			fmt.Errorf("match: no period in %q: demo: disk is full", secret),
			fmt.Errorf("match: no period in %s: demo: disk is full", secret),
			fmt.Errorf("match: no filter %q or `Maria`: demo: disk is full", "ana"),
			errors.New("handlers: unknown command salary-brown with Ana Brown=Maria: demo: disk is full"),
		} {
			if c.Command != "ask" && strings.Contains(err.Error(), "period") || c.Command == "ask" && strings.Contains(err.Error(), "unknown") {
				continue // it cites what this call did not send
			}
			cause = err
			if _, failed := desk.reply(t.Context(), &chat.Request{Ref: "REF1", Call: c}); !failed {
				t.Error("not failed")
			}
		}
	}
	log := b.log.String()
	for _, never := range []string{"alary", "Ana", "ana", "Maria", "rown"} {
		if strings.Contains(log, never) {
			t.Errorf("the log holds %q:\n%s", never, log)
		}
	}
	for _, want := range []string{"ref=REF1", "command=ask", `command=(unknown)`, "demo: disk is full", "no period in (sent): demo"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not hold %q:\n%s", want, log)
		}
	}
}

func TestWhole(t *testing.T) {
	for s, want := range map[string]bool{
		"2 Nov 2026": true, "2026-11-02": true, "2026-11-02 11:58": true, "26 Oct – 24 Nov 2026": true, "24 November 2026": true,
		"Wednesday, 25 Nov": true, "1,234.5 %": true, "€1.2 M": true, "Q3 2026": true, "+3 %": true, "12:30": true,
		"": false, "Growth": false, "People who opened the app on 1 day": false, "Version 2": false,
		strings.Repeat("1", maxWhole+1): false,
	} {
		if got := whole(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}
