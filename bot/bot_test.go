package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"insightbot/chat"
)

// platform is a transport whose Run is a function.
type platform struct {
	name string
	run  func(ctx context.Context) error
}

func (p platform) Name() string                                  { return p.name }
func (p platform) Run(ctx context.Context, _ chat.Handler) error { return p.run(ctx) }

func TestRun_OneThatCannotGoOnStopsTheOthers(t *testing.T) {
	broken := errors.New("port taken")
	stopped := false
	err := Run(t.Context(), nil,
		platform{"web", func(context.Context) error { return broken }},
		platform{"slack", func(ctx context.Context) error { <-ctx.Done(); stopped = true; return nil }},
	)
	if !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "web: ") {
		t.Errorf("Run() = %v, want the reason of web", err)
	}
	if !stopped {
		t.Error("the other platform was not waited for")
	}
}

func TestRun_EndsCleanlyWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wait := func(ctx context.Context) error { <-ctx.Done(); return nil }
	if err := Run(ctx, nil, platform{"web", wait}, platform{"slack", wait}); err != nil {
		t.Errorf("Run() = %v, want nil", err)
	}
}

func TestRecover_APanicIsAnErrorAndOneLogLine(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	h := chat.Chain(chat.HandlerFunc(func(context.Context, *chat.Request) (*chat.Reply, error) { panic("boom") }), Recover(log))
	reply, err := h.Answer(t.Context(), &chat.Request{Ref: "R1"})
	if err == nil || reply != nil {
		t.Fatalf("Answer() = %v, %v; want an error", reply, err)
	}
	if strings.Contains(err.Error(), "boom") {
		t.Error("the panic reached the error that a transport may print")
	}
	var line struct{ Ref, Panic, Stack string }
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatalf("want one log line, got %q", out.String())
	}
	if line.Ref != "R1" || line.Panic != "a string" || line.Stack == "" {
		t.Errorf("log line %+v misses the reference, the panic or the stack", line)
	}
}

func TestLog_NamesTheRequestAndNothingThatWasAsked(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	failing := chat.HandlerFunc(func(context.Context, *chat.Request) (*chat.Reply, error) { return nil, errors.New("disk gone") })
	r := &chat.Request{Ref: "R2", Call: chat.Call{Command: "ask", Args: chat.Args{"q": "salary of Mia"}}}
	if _, err := chat.Chain(failing, Log(log, time.Now)).Answer(t.Context(), r); err == nil {
		t.Fatal("the error was swallowed")
	}
	var line struct{ Ref, Command, Outcome string }
	if err := json.Unmarshal(out.Bytes(), &line); err != nil || line.Ref != "R2" || line.Command != "ask" || line.Outcome != "failed" {
		t.Errorf("log line %q (%v)", out.String(), err)
	}
	if strings.Contains(out.String(), "salary") {
		t.Error("the question stands in the log")
	}
}

func TestTimeout_LetsAnAnswerFinishAfterTheTransportStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := chat.HandlerFunc(func(ctx context.Context, _ *chat.Request) (*chat.Reply, error) {
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(5 * time.Second):
				return &chat.Reply{Title: "done"}, nil
			}
		})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		reply, err := chat.Chain(slow, Timeout(10*time.Second)).Answer(ctx, &chat.Request{})
		if err != nil || reply.Title != "done" {
			t.Errorf("Answer() = %v, %v; want the finished answer", reply, err)
		}
		if _, err := chat.Chain(slow, Timeout(time.Second)).Answer(t.Context(), &chat.Request{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("beyond the bound the error is %v, want a deadline", err)
		}
	})
}
