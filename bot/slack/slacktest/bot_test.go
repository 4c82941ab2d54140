package slacktest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"insightbot/bot/slack/slacktest"
)

// got is one request that came in.
type got struct {
	path   string
	header http.Header
	body   []byte
	at     time.Time
}

// payload is what it carries.
func (g got) payload(t *testing.T) slack.InteractionCallback {
	t.Helper()
	form, err := url.ParseQuery(string(g.body))
	if err != nil {
		t.Fatal(err)
	}
	var i slack.InteractionCallback
	if err := json.Unmarshal([]byte(form.Get("payload")), &i); err != nil {
		t.Fatal(err)
	}
	return i
}

// bot is a bot that checks signatures, keeps what came, and answers what the
// test tells it to.
type bot struct {
	mu     sync.Mutex
	all    []got
	answer func(w http.ResponseWriter, g got)
	secret string
	wrong  int
}

func (b *bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	v, err := slack.NewSecretsVerifier(r.Header, b.secret)
	if err == nil {
		_, _ = v.Write(body)
		err = v.Ensure()
	}
	b.mu.Lock()
	if err != nil {
		b.wrong++
	}
	g := got{path: r.URL.Path, header: r.Header, body: body, at: time.Now()}
	b.all = append(b.all, g)
	answer := b.answer
	b.mu.Unlock()
	if answer != nil {
		answer(w, g)
	}
}

func (b *bot) came() []got {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]got(nil), b.all...)
}

func (b *bot) last(t *testing.T) got {
	t.Helper()
	all := b.came()
	if len(all) == 0 {
		t.Fatal("nothing came")
	}
	return all[len(all)-1]
}

func (b *bot) answering(f func(w http.ResponseWriter, g got)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answer = f
}

// overHTTP starts a bot that receives over HTTP, and says at the end when a
// signature was wrong.
func overHTTP(t *testing.T, s *slacktest.Server) *bot {
	t.Helper()
	b := &bot{secret: s.App.SigningSecret}
	listen := httptest.NewServer(b)
	t.Cleanup(func() {
		listen.Close()
		if b.wrong > 0 {
			t.Errorf("%d signatures are wrong", b.wrong)
		}
	})
	s.UseHTTP(listen.URL)
	return b
}

func client(s *slacktest.Server) *slack.Client {
	return slack.New(s.Token, slack.OptionAPIURL(s.API), slack.OptionAppLevelToken(s.App.AppToken))
}

// room is a fake with two people in a channel with the bot, and one outside.
func room(t *testing.T) (s *slacktest.Server, ann, ben, eve, channel string) {
	t.Helper()
	s = slacktest.New(t)
	ann = s.AddUser(slacktest.User{Name: "ann", Email: "ann@example.com"}).ID
	ben = s.AddUser(slacktest.User{Name: "ben"}).ID
	eve = s.AddUser(slacktest.User{Name: "eve", Guest: true}).ID
	channel = s.AddChannel(slacktest.Channel{Name: "growth", Members: []string{ann, ben, s.Bot}}).ID
	return s, ann, ben, eve, channel
}

func code(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
