// Package terminal is the transport for a person at a terminal: one question
// on the command line, or a conversation in it. It draws replies as text, with
// the picture inline where the terminal can show one.
package terminal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"

	"insightbot/chat"
)

// Config is what a Terminal needs.
type Config struct {
	In  io.Reader
	Out io.Writer
	// Screen says what Out can do; DetectScreen finds out.
	Screen Screen
	User   chat.User
	Place  chat.Place
	// Once says that one call is made and no button can be pressed, so that
	// none is drawn; what there is to choose from is.
	Once bool
	// Charts is the directory in which pictures are kept that the terminal
	// cannot show.
	Charts string
	// NewRef gives a reference for each request.
	NewRef func() string
	Log    *slog.Logger
}

// Terminal is a conversation in a terminal. It is a chat.Platform.
type Terminal struct {
	config  Config
	context chat.Call
	// choices are the calls behind the numbers of the last reply.
	choices []chat.Call
	outcome chat.Outcome
}

// New returns a Terminal.
func New(c Config) *Terminal { return &Terminal{config: c} }

// Name is "terminal".
func (t *Terminal) Name() string { return "terminal" }

const welcome = `Ask in your own words, such as “how many people signed up last week?”.
Type a number to press a button, “help” for what else there is, “quit” to leave.
`

// Run reads questions until the input ends, "quit" is typed, or ctx is done.
func (t *Terminal) Run(ctx context.Context, h chat.Handler) error {
	fmt.Fprint(t.config.Out, welcome)
	lines, failed := t.lines(ctx)
	for {
		fmt.Fprint(t.config.Out, t.config.Screen.bold("\n› "))
		select {
		case <-ctx.Done():
			fmt.Fprintln(t.config.Out)
			return nil
		case line, ok := <-lines:
			if !ok {
				fmt.Fprintln(t.config.Out)
				return <-failed
			}
			line = strings.TrimSpace(line)
			if line == "quit" || line == "exit" {
				return nil
			}
			if line == "" {
				continue
			}
			call, err := t.read(line)
			if err != nil {
				fmt.Fprintln(t.config.Out, err)
				continue
			}
			if err := t.Call(ctx, h, call); err != nil && !errors.Is(err, ErrFailed) {
				return err
			}
		}
	}
}

// lines reads the input in a goroutine, so that a signal is heard while
// waiting for a line. It ends when the input does; a read that blocks for ever
// ends with the process.
func (t *Terminal) lines(ctx context.Context) (<-chan string, <-chan error) {
	lines, failed := make(chan string), make(chan error, 1)
	go func() {
		defer close(lines)
		in := bufio.NewScanner(t.config.In)
		in.Buffer(make([]byte, 0, 4096), 64*1024)
		for in.Scan() {
			select {
			case lines <- in.Text():
			case <-ctx.Done():
				failed <- nil
				return
			}
		}
		failed <- in.Err()
	}()
	return lines, failed
}

// read turns a typed line into a call: a number is a button of the last reply,
// one of the plain commands is itself, and anything else is a question.
func (t *Terminal) read(line string) (chat.Call, error) {
	if n, err := strconv.Atoi(line); err == nil && len(t.choices) > 0 {
		if n < 1 || n > len(t.choices) {
			return chat.Call{}, fmt.Errorf("There is no button %d; the last reply has 1 to %d.", n, len(t.choices)) //nolint:staticcheck // a sentence for a person
		}
		return t.choices[n-1], nil
	}
	word, rest, _ := strings.Cut(line, " ")
	switch strings.ToLower(word) {
	case "help":
		return chat.Call{Command: "help"}, nil
	case "insights":
		return chat.Call{Command: "insights", Args: chat.Args{"q": strings.TrimSpace(rest)}}, nil
	case "insight":
		return chat.Call{Command: "insight", Args: chat.Args{"id": strings.TrimSpace(rest)}}, nil
	}
	return chat.Call{Command: "ask", Args: chat.Args{"q": line}}, nil
}

// ErrFailed says that a request failed and that the person was told so.
var ErrFailed = errors.New("terminal: the request failed")

// Call sends one call to the handler and draws the reply.
func (t *Terminal) Call(ctx context.Context, h chat.Handler, call chat.Call) error {
	r := &chat.Request{
		Ref: t.config.NewRef(), Call: call, Context: t.context,
		Place: t.config.Place, User: t.config.User, Themes: []chat.Theme{t.config.Screen.Theme},
		Plain: t.config.Screen.Images == NoImages,
	}
	reply, err := h.Answer(ctx, r)
	if err != nil {
		t.config.Log.ErrorContext(ctx, "no answer", "ref", r.Ref, "error", err)
		fmt.Fprintf(t.config.Out, "Something went wrong while answering. Try again; if it stays, look for reference %s in the log.\n", r.Ref)
		return fmt.Errorf("%w: %w", ErrFailed, err)
	}
	if !reply.Context.IsZero() {
		t.context = reply.Context
	}
	t.choices, t.outcome = t.choices[:0], reply.Outcome
	return t.draw(reply)
}

// Outcome is what became of the last question.
func (t *Terminal) Outcome() chat.Outcome { return t.outcome }
