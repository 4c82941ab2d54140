package chat_test

import (
	"context"
	"fmt"
	"testing"

	"insightbot/chat"
)

func ExampleChain() {
	named := func(name string) chat.Middleware {
		return func(next chat.Handler) chat.Handler {
			return chat.HandlerFunc(func(ctx context.Context, r *chat.Request) (*chat.Reply, error) {
				fmt.Println(name, "sees", r.Call.Args["q"])
				return next.Answer(ctx, r)
			})
		}
	}
	answer := chat.HandlerFunc(func(context.Context, *chat.Request) (*chat.Reply, error) {
		return &chat.Reply{Parts: []chat.Part{chat.Text{Style: chat.Lead, Text: "42"}}}, nil
	})
	h := chat.Chain(answer, named("log"), named("timeout"))
	reply, err := h.Answer(context.Background(), &chat.Request{Call: chat.Call{Command: "ask", Args: chat.Args{"q": "how many?"}}})
	lead, ok := reply.Parts[0].(chat.Text)
	fmt.Println(lead.Text, ok, err)
	// Output:
	// log sees how many?
	// timeout sees how many?
	// 42 true <nil>
}

func ExampleCall_With() {
	last := chat.Call{Command: "ask", Args: chat.Args{"insight": "demo/signups", "period": "last week"}}
	fmt.Println(last.With("by", "country").Args)
	fmt.Println(last.With("period", "").Args)
	fmt.Println(last.Args)
	// Output:
	// map[by:country insight:demo/signups period:last week]
	// map[insight:demo/signups]
	// map[insight:demo/signups period:last week]
}

func TestRequest_WithCallLeavesTheOriginalAlone(t *testing.T) {
	r := &chat.Request{Ref: "R", Call: chat.Call{Command: "ask"}}
	other := r.WithCall(chat.Call{Command: "help"})
	if r.Call.Command != "ask" || other.Call.Command != "help" || other.Ref != "R" {
		t.Errorf("original %v, copy %v", r.Call, other.Call)
	}
}

func TestCall_IsZero(t *testing.T) {
	if !(chat.Call{}).IsZero() || (chat.Call{Command: "help"}).IsZero() {
		t.Error("a call is zero exactly without a command")
	}
	if got := (chat.Call{Command: "ask"}).With("q", "x").Args["q"]; got != "x" {
		t.Errorf("With on a call without arguments gives %q", got)
	}
}
