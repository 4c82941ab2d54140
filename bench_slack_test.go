package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"

	"insightbot/bot/slack"
	"insightbot/chat"
	"insightbot/storage"
)

// benchMentions is how many mentions one turn of the benchmark answers.
const benchMentions = 1000

// BenchmarkSlackAnswer answers 1,000 mentions whose source takes no time at a
// Slack that takes none. What is left is the bot's own work for each answer:
// the signature, the inbox, the gate's facts, the blocks and the call. Beside
// it stands the naive bot of the SDK's examples, which keeps nothing.
func BenchmarkSlackAnswer(b *testing.B) {
	b.Run("insightbot", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			quiet := &quietSlack{posted: map[string]int{}}
			h, done := benchSlack(b, quiet)
			b.StartTimer()
			answerAll(b, h, quiet)
			b.StopTimer()
			done()
			b.StartTimer()
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*benchMentions), "µs/answer")
	})
	b.Run("naive", func(b *testing.B) {
		for b.Loop() {
			quiet := &quietSlack{posted: map[string]int{}}
			answerAll(b, naiveBot(quiet), quiet)
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*benchMentions), "µs/answer")
	})
}

// benchSlack is the transport over a store of its own.
func benchSlack(b *testing.B, quiet *quietSlack) (http.Handler, func()) {
	b.Helper()
	store, err := storage.Open(b.Context(), filepath.Join(b.TempDir(), "bot", "bot.db"), storage.Options{
		Person: hashed, AuditKey: []byte("a key for tests only"), SealKey: bytes.Repeat([]byte{7}, 32),
	})
	if err != nil {
		b.Fatal(err)
	}
	s, err := slack.New(slack.Config{
		BotToken: "xoxb-load", SigningSecret: loadSecret, API: "https://slack.test/api/", Addr: "127.0.0.1:0", Store: store,
		Client: &http.Client{Transport: quiet}, Log: slog.New(slog.DiscardHandler), Now: time.Now, Calls: fastForward,
		Purge: func(context.Context, string) error { return nil },
	})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	ran := make(chan error, 1)
	go func() {
		ran <- s.Run(ctx, chat.HandlerFunc(func(_ context.Context, r *chat.Request) (*chat.Reply, error) {
			return &chat.Reply{Ref: r.Ref, Outcome: chat.OutcomeAnswer, Parts: []chat.Part{chat.Text{Style: chat.Lead, Text: "120 parcels"}}}, nil
		}))
	}()
	for len(s.Workspaces()) == 0 {
		time.Sleep(time.Millisecond)
	}
	h, err := s.Handler()
	if err != nil {
		b.Fatal(err)
	}
	return h, func() {
		stop()
		if err := <-ran; err != nil {
			b.Error(err)
		}
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	}
}

// naiveBot answers as the examples of the SDK do.
func naiveBot(quiet *quietSlack) http.Handler {
	api := slackgo.New("xoxb-load", slackgo.OptionAPIURL("https://slack.test/api/"), slackgo.OptionHTTPClient(&http.Client{Transport: quiet}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		v, err := slackgo.NewSecretsVerifier(r.Header, loadSecret)
		if err != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if _, err := v.Write(body); err != nil || v.Ensure() != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		e, err := slackevents.ParseEvent(body, slackevents.OptionNoVerifyToken())
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if m, ok := e.InnerEvent.Data.(*slackevents.AppMentionEvent); ok {
			section := slackgo.NewSectionBlock(slackgo.NewTextBlockObject(slackgo.PlainTextType, "120 parcels", false, false), nil, nil)
			_, _, err = api.PostMessageContext(r.Context(), m.Channel, slackgo.MsgOptionTS(m.TimeStamp),
				slackgo.MsgOptionText("120 parcels", false), slackgo.MsgOptionBlocks(section))
			if err != nil {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}
	})
}

// answerAll sends the mentions, many at once, and waits for every answer.
func answerAll(b *testing.B, h http.Handler, quiet *quietSlack) {
	b.Helper()
	slots := make(chan struct{}, 64)
	for i := range benchMentions {
		slots <- struct{}{}
		go func() {
			defer func() { <-slots }()
			r, err := signedEvent(b.Context(), "http://127.0.0.1/slack/events", mention(i))
			if err != nil {
				b.Error(err)
				return
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				b.Errorf("status %d", w.Code)
			}
		}()
	}
	for {
		if total, _, _ := quiet.counts(); total >= benchMentions || b.Failed() {
			return
		}
		time.Sleep(time.Millisecond)
	}
}
