package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"insightbot/chat"
)

var fileLink = regexp.MustCompile(`(?:href|src)="(/files/[^"]+)"`)

func TestFiles_BelongToOneBrowser(t *testing.T) {
	b := newBench(t)
	links := fileLink.FindAllStringSubmatch(b.post("/chat/growth", "q", "sign-ups").body, -1)
	if len(links) != 5 { // two pictures, each with a link, and the attachment
		t.Fatalf("%d links to files", len(links))
	}
	owner := b.client
	for _, l := range links {
		b.client = owner
		p := b.get(l[1])
		if p.status != http.StatusOK || p.body == "" || p.header.Get("Cache-Control") != "private, no-store" ||
			!strings.Contains(p.header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s: status %d, %v", l[1], p.status, p.header)
		}
		wantType, wantHow := "image/png", "inline; filename=sign-ups.png"
		if strings.HasSuffix(l[1], "?download") {
			wantType, wantHow = "text/csv; charset=utf-8", "attachment; filename=sign-ups.csv"
		}
		if p.header.Get("Content-Type") != wantType || p.header.Get("Content-Disposition") != wantHow {
			t.Errorf("%s: %v", l[1], p.header)
		}
		for _, other := range []*http.Client{{}, b.browser()} {
			b.client = other
			b.get("/") // a session of its own, where there is a jar
			if p := b.get(l[1]); p.status != http.StatusNotFound {
				t.Errorf("%s: another browser gets status %d", l[1], p.status)
			}
		}
	}
}

func TestFiles_HostileTypesAndNames(t *testing.T) {
	b := newBench(t)
	links := fileLink.FindAllStringSubmatch(b.post("/chat/growth", "q", "hostile").body, -1)
	if len(links) == 0 {
		t.Fatal("no links to files")
	}
	for _, l := range links {
		p := b.get(l[1])
		how := p.header.Get("Content-Disposition")
		if !strings.HasPrefix(how, "attachment") || strings.ContainsAny(how, "/\\\u202e") {
			t.Errorf("%s: %s", l[1], how)
		}
	}
	for name, want := range map[string]string{
		"a.csv": "a.csv", "../../etc/passwd": "passwd", `C:\x\y.csv`: "y.csv", "": "file", "..": "file", ".bashrc": "bashrc", "a\u202ecsv.exe": "acsv.exe",
	} {
		if got := fileName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := fileType("nonsense; ="); got != "application/octet-stream" {
		t.Errorf("type %q", got)
	}
}

// counter gives names in order.
func counter() func() string {
	n := 0
	return func() string { n++; return fmt.Sprintf("id%07d", n) }
}

func TestFileStore_Bounds(t *testing.T) {
	fs := newFileStore(counter())
	mega := chat.File{Data: make([]byte, 1<<20)}
	var mine []string
	for range 40 {
		mine = append(mine, fs.put("a", mega))
	}
	other := fs.put("b", mega)
	if fs.has(mine[0]) || !fs.has(mine[39]) || fs.held["a"].full() {
		t.Errorf("one session holds %v", fs.held["a"])
	}
	for i := range 5 {
		for range 32 {
			fs.put(fmt.Sprint("s", i), mega)
		}
	}
	if fs.bytes > maxStored || fs.has(other) {
		t.Errorf("%d bytes are held", fs.bytes)
	}
	for range maxFilesSession + 10 {
		fs.put("c", chat.File{Data: []byte("x")})
	}
	if n := fs.held["c"].files; n != maxFilesSession {
		t.Errorf("one session holds %d files", n)
	}
	for i := range maxFiles + 10 {
		fs.put(fmt.Sprint("d", i%8), chat.File{Data: []byte("x")})
	}
	if len(fs.order) != maxFiles || len(fs.byID) != maxFiles {
		t.Errorf("%d files, %d in order", len(fs.byID), len(fs.order))
	}
	for s := range fs.held {
		fs.dropSession(s)
	}
	if fs.bytes != 0 || len(fs.byID) != 0 || len(fs.order) != 0 || len(fs.held) != 0 {
		t.Errorf("after dropping all: %d bytes, %d files, %d in order, %v", fs.bytes, len(fs.byID), len(fs.order), fs.held)
	}
	if id := fs.put("a", chat.File{Data: make([]byte, maxStoredSession+1)}); id != "" {
		t.Error("a file larger than the bound is kept")
	}
}

// knock is a request with the session of a browser, or without one.
func knock(t *testing.T, id string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
	if id != "" {
		r.AddCookie(&http.Cookie{Name: portName(r, sessionCookie), Value: id})
	}
	return r
}

func TestSessions_Bounds(t *testing.T) {
	ss := newSessions(counter())
	visit := func(id string) *session { return ss.begin(httptest.NewRecorder(), knock(t, id), "") }
	returning := func() *session { return ss.look(knock(t, visit("").id)) }
	first, second := returning(), returning()
	file := ss.files.put(second.id, chat.File{Data: []byte("x")})
	for range 3 * maxSessions { // programs that never come back with a cookie
		visit("")
	}
	if ss.look(knock(t, second.id)) != second || !ss.files.has(file) {
		t.Fatal("who never comes back pushes out who does")
	}
	for range maxSessions - 1 {
		if ss.look(knock(t, first.id)) != first { // seen all along, so it stays
			t.Fatal("the session is gone")
		}
		returning()
	}
	if len(ss.byID) != maxSessions || ss.order.Len() != maxSessions {
		t.Errorf("%d sessions", len(ss.byID))
	}
	if again := visit(second.id); again == second || !again.lost || again.id == second.id {
		t.Error("the session not seen for longest is kept, or its id is taken over")
	}
	if ss.files.has(file) {
		t.Error("the files of a session outlive it")
	}

	key := talkKey{"mia", "growth"}
	var files []string
	for i := range maxMessages + 5 {
		m, fresh := ss.add(first, key, &message{ref: fmt.Sprint(i), once: fmt.Sprint(i), done: make(chan struct{})})
		if !fresh {
			t.Fatal("not fresh")
		}
		files = append(files, ss.files.put(first.id, chat.File{Data: []byte("y")}))
		ss.finish(first, m, &answer{files: files[i:]})
	}
	talk := ss.snapshot(first, key)
	if len(talk.messages) != maxMessages || !talk.cut || talk.messages[0].ref != "5" {
		t.Errorf("%d messages, from %s", len(talk.messages), talk.messages[0].ref)
	}
	if ss.files.has(files[4]) || !ss.files.has(files[5]) {
		t.Error("the files of dropped messages are kept, or those of others dropped")
	}
}

func TestFiles_GoneArePutInWords(t *testing.T) {
	b := newBench(t)
	b.post("/chat/growth", "q", "sign-ups")
	fs := b.server.sessions.files
	for s := range fs.held {
		fs.dropSession(s)
	}
	p := b.get("/chat/growth")
	for _, want := range []string{"The picture is not kept any more; it showed: Line chart", "Save as CSV: this file is not kept any more"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}
