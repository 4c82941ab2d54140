package slack_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/png"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"insightbot/access"
	"insightbot/bot/slack"
	"insightbot/bot/slack/slacktest"
	"insightbot/chat"
	"insightbot/storage"
)

// bench is the transport between a fake Slack and a handler of the test.
type bench struct {
	*slacktest.Server
	t     *testing.T
	store *storage.Store
	log   *bytes.Buffer
	slack *slack.Slack
	stop  func()

	mu      sync.Mutex
	asked   []*chat.Request
	answers func(r *chat.Request) *chat.Reply
}

// newBench starts the transport. change may change the settings, and the fake
// before anything connects to it.
func newBench(t *testing.T, change ...func(*bench, *slack.Config)) *bench {
	t.Helper()
	b := &bench{Server: slacktest.New(t), t: t, log: &bytes.Buffer{}, answers: echo}
	b.open(filepath.Join(t.TempDir(), "bot", "bot.db"))
	t.Cleanup(func() { b.store.Close() }) //nolint:errcheck // a temporary store
	b.start(change...)
	t.Cleanup(func() { b.stop() })
	return b
}

// open opens the store.
func (b *bench) open(path string) {
	b.t.Helper()
	var err error
	b.store, err = storage.Open(b.t.Context(), path, storage.Options{
		AuditKey: []byte("a key for tests only"), SealKey: bytes.Repeat([]byte{7}, 32),
		Person: func(platform, workspace, user string) string {
			sum := sha256.Sum256([]byte(platform + workspace + user))
			return hex.EncodeToString(sum[:])
		},
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// start makes a transport and connects it.
func (b *bench) start(change ...func(*bench, *slack.Config)) {
	b.t.Helper()
	c := slack.Config{
		BotToken: chat.Secret(b.Token), AppToken: chat.Secret(b.App.AppToken), API: b.API, Store: b.store,
		Dialog: func(c chat.Call) bool { return c.Command == "form" }, Log: slog.New(slog.NewJSONHandler(&locked{w: b.log}, nil)), Now: time.Now,
		Purge: func(ctx context.Context, workspace string) error {
			return b.store.PurgeWorkspace(ctx, slack.Name, workspace, access.Event{At: time.Now(), Actor: access.ActorProgram, Action: access.ActionPrivacy})
		},
	}
	for _, f := range change {
		f(b, &c)
	}
	s, err := slack.New(c)
	if err != nil {
		b.t.Fatal(err)
	}
	b.slack = s
	ctx, stop := context.WithCancel(b.t.Context())
	ran := make(chan error, 1)
	go func() { ran <- s.Run(ctx, b) }()
	b.stop = sync.OnceFunc(func() {
		stop()
		if err := <-ran; err != nil {
			b.t.Error(err)
		}
	})
	if c.AppToken != "" {
		b.Eventually(b.t, "sockets", func() bool { return b.Sockets() == 2 })
	}
}

// locked makes a buffer one that many may write to.
type locked struct {
	mu sync.Mutex
	w  *bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// Answer is the handler.
func (b *bench) Answer(_ context.Context, r *chat.Request) (*chat.Reply, error) {
	b.mu.Lock()
	b.asked = append(b.asked, r)
	answers := b.answers
	b.mu.Unlock()
	reply := answers(r)
	reply.Ref = r.Ref
	return reply, nil
}

// answering lets the handler answer in another way from now on.
func (b *bench) answering(f func(r *chat.Request) *chat.Reply) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answers = f
}

// requests are those that came so far.
func (b *bench) requests() []*chat.Request {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]*chat.Request{}, b.asked...)
}

// last waits for the n-th request and returns it.
func (b *bench) request(n int) *chat.Request {
	b.t.Helper()
	b.Eventually(b.t, "a request", func() bool { return len(b.requests()) >= n })
	return b.requests()[n-1]
}

// echo answers with what was asked.
func echo(r *chat.Request) *chat.Reply {
	return &chat.Reply{
		Outcome: chat.OutcomeAnswer, Context: chat.Call{Command: "ask", Args: chat.Args{"insight": "demo/signups"}},
		Parts: []chat.Part{chat.Text{Style: chat.Lead, Text: "You asked: " + r.Call.Command + " " + r.Call.Args["q"]}},
	}
}

// picture is an answer with a picture.
func picture(private bool) *chat.Reply {
	var data bytes.Buffer
	if err := png.Encode(&data, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		panic(err) // a picture in memory
	}
	return &chat.Reply{
		Title: "Sign-ups", Private: private, Outcome: chat.OutcomeAnswer,
		Parts: []chat.Part{
			chat.Text{Style: chat.Lead, Text: "69 sign-ups"},
			chat.Image{Files: map[chat.Theme]chat.File{chat.Light: {Name: "a.png", Type: "image/png", Data: data.Bytes()}}, Alt: "69 sign-ups, up from 67", Width: 4, Height: 4},
		},
	}
}

// people are one of every kind, with a channel that all members are in.
func (b *bench) people() (mia, ben slacktest.User, growth slacktest.Channel) {
	mia = b.AddUser(slacktest.User{Name: "mia", RealName: "Mia Chen", Email: "mia@acme.example"})
	ben = b.AddUser(slacktest.User{Name: "ben", RealName: "Ben Ode", Email: "ben@acme.example"})
	growth = b.AddChannel(slacktest.Channel{Name: "growth", Members: []string{mia.ID, ben.ID, b.Bot}})
	return mia, ben, growth
}

// texts are the words of messages.
func texts(all []slacktest.Message) string {
	var words []string
	for _, m := range all {
		words = append(words, m.Text)
	}
	return strings.Join(words, "\n")
}

func newLog() *bytes.Buffer { return &bytes.Buffer{} }
