package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
)

var picture = chat.File{Name: "sign-ups.png", Type: "image/png", Data: []byte("PNG picture")}

// readyAfter makes the fake be ready with files after a while.
func (f *fake) readyAfter(d time.Duration, shares string) {
	at := f.clock.Now().Add(d)
	f.on("files.info", func(url.Values) string {
		if f.clock.Now().Before(at) {
			return `{"ok":true,"file":{"id":"F1","mimetype":"","shares":{}}}`
		}
		return `{"ok":true,"file":{"id":"F1","mimetype":"image/png"` + shares + `}}`
	})
}

func TestClient_UploadWaitsUntilTheFileIsReady(t *testing.T) {
	for _, tt := range []struct {
		after time.Duration
		looks int
		late  bool
	}{
		{0, 1, false}, {time.Second, 2, false}, {5 * time.Second, 4, false}, {30 * time.Second, 6, false}, {60 * time.Second, 6, true},
	} {
		t.Run(tt.after.String(), func(t *testing.T) {
			f := newFake(t)
			f.obliging()
			f.readyAfter(tt.after, "")
			began := f.clock.Now()
			id, err := f.client().Upload(t.Context(), picture, "Sign-ups grew", "Sign-ups", To{})
			f.count("files.info", tt.looks)
			if took := f.clock.Now().Sub(began); took > 31*time.Second {
				t.Errorf("waited %v", took)
			}
			if tt.late {
				if id != "" || !errors.Is(err, ErrNotReady) {
					t.Errorf("id %q, error %v", id, err)
				}
				f.count("files.delete", 1) // nobody will use it
				return
			}
			must(t, err)
			if id != "F1" {
				t.Errorf("id %q", id)
			}
			f.count("files.delete", 0)
		})
	}
}

func TestClient_UploadSendsTheBytesAsTheyAreAndNoToken(t *testing.T) {
	f := newFake(t)
	f.obliging()
	_, err := f.client().Upload(t.Context(), picture, " Sign-ups\u202e grew ", "Sign-ups", To{})
	must(t, err)
	if diff := cmp.Diff(url.Values{"filename": {"sign-ups.png"}, "length": {"11"}, "alt_txt": {"Sign-ups grew"}}, trimmed(f.of("files.getUploadURLExternal")[0].form)); diff != "" {
		t.Error(diff)
	}
	s := f.of("/upload")[0]
	if s.body != "PNG picture" || s.length != 11 || s.header.Get("Authorization") != "" || s.header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("sent %q, length %d, header %v", s.body, s.length, s.header)
	}
	if strings.Contains(fmt.Sprint(s), theToken) {
		t.Error("the token goes to the address for uploads")
	}
	if diff := cmp.Diff(url.Values{"files": {`[{"id":"F1","title":"Sign-ups"}]`}}, f.of("files.completeUploadExternal")[0].form); diff != "" {
		t.Error(diff)
	}
}

func trimmed(v url.Values) url.Values {
	for k := range v {
		v.Set(k, strings.TrimSpace(v.Get(k)))
	}
	return v
}

func TestClient_UploadSharesWhereItIsTold(t *testing.T) {
	for name, tt := range map[string]struct {
		to     To
		shares string
		want   error
	}{
		"a public channel":  {To{Channel: "C0X"}, `,"shares":{"public":{"C0X":[{"ts":"1.5"}]}}`, nil},
		"a private one":     {To{Channel: "C0X"}, `,"shares":{"private":{"C0X":[{"ts":"1.5"}]}}`, nil},
		"a thread":          {To{Channel: "C0X", Thread: "1.1"}, `,"shares":{"public":{"C0X":[{"ts":"1.5","thread_ts":"1.1"}]}}`, nil},
		"a direct message":  {To{Channel: "D0X"}, `,"ims":["D0X"]`, nil},
		"a list of them":    {To{Channel: "C0X"}, `,"channels":["C0X"],"shares":{}`, nil},
		"a group":           {To{Channel: "G0X"}, `,"groups":["G0X"]`, nil},
		"ok but not shared": {To{Channel: "C0X"}, `,"shares":{}`, ErrNotShared},
		"elsewhere":         {To{Channel: "C0X"}, `,"shares":{"public":{"C0OTHER":[]}}`, ErrNotShared},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.obliging()
			f.readyAfter(5*time.Second, tt.shares)
			csv := chat.File{Name: "a.csv", Type: "text/csv", Data: []byte("a,b\n")}
			id, err := f.client().Upload(t.Context(), csv, "no alt for tables", "", tt.to)
			if !errors.Is(err, tt.want) || (err == nil) != (id == "F1") {
				t.Errorf("id %q, error %v, want %v", id, err, tt.want)
			}
			want := url.Values{"files": {`[{"id":"F1","title":"a.csv"}]`}, "channel_id": {tt.to.Channel}}
			if tt.to.Thread != "" {
				want.Set("thread_ts", tt.to.Thread)
			}
			if diff := cmp.Diff(want, f.of("files.completeUploadExternal")[0].form); diff != "" {
				t.Error(diff)
			}
			if f.of("files.getUploadURLExternal")[0].form.Has("alt_txt") {
				t.Error("a table has no alternative text")
			}
			f.count("files.delete", map[bool]int{true: 1}[tt.want != nil])
		})
	}
}

func TestClient_UploadTakesNoFileThatIsNone(t *testing.T) {
	f := newFake(t)
	f.obliging()
	for _, data := range [][]byte{nil, {}, make([]byte, maxFile+1)} {
		if _, err := f.client().Upload(t.Context(), chat.File{Name: "a.png", Data: data}, "", "", To{}); !errors.Is(err, ErrFile) {
			t.Errorf("%d bytes: %v", len(data), err)
		}
	}
	if len(f.calls) != 0 {
		t.Errorf("%d calls", len(f.calls))
	}
}

func TestClient_UploadGoesToSlackOnly(t *testing.T) {
	for base, addresses := range map[string]map[string]bool{
		"https://slack.com/api/": {
			"https://files.slack.com/upload/v1/abc": true, "https://FILES.slack.com:443/x": true, "https://slack.com/x": true, "https://files.slack-gov.com/x": true,
			"http://files.slack.com/x": false, "https://files.slack.com:444/x": false, "https://evil.com/slack.com": false, "https://slack.com.evil.com/x": false,
			"https://evilslack.com/x": false, "https://slack.com@evil.com/x": false, "https://u:p@slack.com/x": false, "//files.slack.com/x": false,
			"": false, "/upload": false, "mailto:a@slack.com": false, "https://": false, "http://127.0.0.1:1/x": false, "https:files.slack.com": false, "::": false,
		},
		"http://slack.com/api/": {"http://slack.com/x": false, "https://slack.com/x": true},
		"http://127.0.0.1:4003/api/": {
			"http://127.0.0.1:4003/upload": true, "https://files.slack.com/x": true,
			"http://127.0.0.1:4004/upload": false, "https://127.0.0.1:4003/upload": false, "http://localhost:4003/upload": false, "http://127.0.0.1/upload": false,
			"http://slack.com/x": false, "http://a@127.0.0.1:4003/x": false,
		},
	} {
		c := New(Config{BaseURL: base})
		for address, want := range addresses {
			if _, err := c.slackURL(address); (err == nil) != want || err != nil && !errors.Is(err, ErrForeign) {
				t.Errorf("%s with %s: %v", address, base, err)
			}
		}
	}
	f := newFake(t)
	f.obliging()
	f.says("files.getUploadURLExternal", `{"ok":true,"file_id":"F1","upload_url":"https://evil.example/upload"}`)
	if _, err := f.client().Upload(t.Context(), picture, "", "", To{}); !errors.Is(err, ErrForeign) || strings.Contains(err.Error(), "evil") {
		t.Errorf("error %v", err)
	}
	f.count("files.completeUploadExternal", 0)
}

func TestClient_UploadThatNobodyIsSureOfIsLookedAt(t *testing.T) {
	for shared, want := range map[string]error{`,"shares":{"public":{"C0X":[]}}`: nil, ``: ErrUnsure} {
		f := newFake(t)
		f.obliging()
		f.readyAfter(0, shared)
		f.handle("files.completeUploadExternal", answering(http.StatusBadGateway, "sorry"))
		id, err := f.client().Upload(t.Context(), picture, "", "", To{Channel: "C0X"})
		if !errors.Is(err, want) || (err == nil) != (id == "F1") {
			t.Errorf("shares %q: id %q, error %v", shared, id, err)
		}
		f.count("files.completeUploadExternal", 1)
	}
}

func TestClient_UploadThatFailsOnItsWayIsNotCompleted(t *testing.T) {
	f := newFake(t)
	f.obliging()
	f.handle("/upload", answering(http.StatusInternalServerError, "no"))
	if _, err := f.client().Upload(t.Context(), picture, "", "", To{}); err == nil {
		t.Error("no error")
	}
	f.count("/upload", 1)
	f.count("files.completeUploadExternal", 0)
	f.obliging()
	f.says("files.completeUploadExternal", `{"ok":false,"error":"channel_not_found"}`)
	if _, err := f.client().Upload(t.Context(), picture, "", "", To{Channel: "C0X"}); !errors.Is(err, ErrGone) {
		t.Errorf("error %v", err)
	}
}

func TestClient_UploadEndsWithItsContext(t *testing.T) {
	f := newFake(t)
	f.obliging()
	f.readyAfter(time.Hour, "")
	ctx, cancel := context.WithCancel(t.Context())
	c := f.client()
	c.sleep = func(ctx context.Context, _ time.Duration) error {
		cancel()
		return ctx.Err()
	}
	if _, err := c.Upload(ctx, picture, "", "", To{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	f.count("files.delete", 1)
}

func TestFileName_IsOneThatSlackTakes(t *testing.T) {
	for name, want := range map[string]string{
		"a.png": "a.png", "": "file", " \n ": "file", "../../etc/passwd": "..-..-etc-passwd", "a\\b.csv": "a-b.csv", "a\u202egnp.csv": "agnp.csv",
	} {
		if got := fileName(chat.File{Name: name}); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
	if got := fileName(chat.File{Name: strings.Repeat("ä", 400) + ".csv"}); len([]rune(got)) != maxFileName || !strings.HasSuffix(got, ".csv") {
		t.Errorf("a long name becomes %q", got)
	}
}
