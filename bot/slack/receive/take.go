package receive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
)

// The reasons why a delivery is not taken.
var (
	errBusy     = errors.New("receive: too many deliveries at once")
	errSlow     = fmt.Errorf("receive: not taken within %s", Limit)
	errPanicked = errors.New("receive: taking it panicked")
	// errAnswer says that Slack would drop the answer, and say nothing.
	errAnswer = errors.New("receive: the answer is too long for an acknowledgement")
)

// atOnce is how many deliveries are being taken at once. Takers that are stuck
// count too, so that they cannot use up the memory.
const atOnce = 512

// bounded runs a Taker within bounds.
type bounded struct {
	take  Taker
	log   *slog.Logger
	slots chan struct{}
}

func newBounded(take Taker, log *slog.Logger) *bounded {
	return &bounded{take, log, make(chan struct{}, atOnce)}
}

// verdict is how a delivery is acknowledged.
type verdict struct {
	// status is that of HTTP. Above 299 there is no acknowledgement in Socket
	// Mode.
	status int
	// body is JSON, or nothing.
	body []byte
}

func (v verdict) acknowledged() bool { return v.status < http.StatusMultipleChoices }

// run takes a delivery and says how it is acknowledged. It returns within Limit.
func (b *bounded) run(ctx context.Context, d Delivery) verdict {
	answer, err := b.call(ctx, d)
	var body []byte
	if err == nil && answer != nil && d.Kind != KindEvent && d.MaxAnswer > 0 {
		body, err = json.Marshal(answer)
		if err == nil && len(body) > d.MaxAnswer {
			err = fmt.Errorf("%w: %d of %d bytes", errAnswer, len(body), d.MaxAnswer)
		}
	}
	if err != nil {
		b.log.ErrorContext(ctx, "a delivery was not taken", "kind", d.Kind, "workspace", d.Team, "error", err)
		return refusal(d)
	}
	return verdict{http.StatusOK, body}
}

// call runs the Taker, and leaves it behind when it is slow.
func (b *bounded) call(ctx context.Context, d Delivery) (any, error) {
	select {
	case b.slots <- struct{}{}:
	default:
		return nil, errBusy
	}
	// What was begun is finished, even if Slack hangs up or the bot stops.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), Limit)
	defer cancel()
	type result struct {
		answer any
		err    error
	}
	done := make(chan result, 1)
	go func() {
		r := result{err: errPanicked}
		defer func() {
			if p := recover(); p != nil {
				b.log.ErrorContext(ctx, "taking a delivery panicked", "kind", d.Kind, "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			}
			done <- r
			<-b.slots
		}()
		r.answer, r.err = b.take(ctx, d)
	}()
	select {
	case r := <-done:
		return r.answer, r.err
	case <-ctx.Done():
		return nil, errSlow
	}
}

// sorry is what a person is told whose doing was not taken.
const sorry = "Sorry, I could not take that at once. If you hear nothing from me within a minute, please try again."

// message is an answer that only the person sees.
type message struct {
	Type string `json:"response_type"`
	Text string `json:"text"`
}

// refusal is how a delivery is answered that was not taken.
func refusal(d Delivery) verdict {
	var answer any
	switch d.Kind {
	case KindCommand, KindAction:
		answer = message{"ephemeral", sorry}
	case KindOptions:
		answer = struct {
			Options []string `json:"options"`
		}{[]string{}}
	case KindSubmit:
		// Without a field to say it at, Slack says itself that it failed.
		block := firstInput(d.Payload)
		if block == "" {
			return verdict{status: http.StatusServiceUnavailable}
		}
		answer = struct {
			Action string            `json:"response_action"`
			Errors map[string]string `json:"errors"`
		}{"errors", map[string]string{block: sorry}}
	default:
		return verdict{status: http.StatusServiceUnavailable}
	}
	body, err := json.Marshal(answer)
	if err != nil || len(body) > d.MaxAnswer {
		body = nil
	}
	return verdict{http.StatusOK, body}
}

// firstInput is the id of the first block of a dialog that takes a value.
func firstInput(payload json.RawMessage) string {
	var p struct {
		View struct {
			Blocks []struct {
				Type  ident `json:"type"`
				Block ident `json:"block_id"`
			} `json:"blocks"`
		} `json:"view"`
	}
	_ = json.Unmarshal(payload, &p)
	for _, b := range p.View.Blocks {
		if b.Type == "input" && b.Block != "" {
			return string(b.Block)
		}
	}
	return ""
}
