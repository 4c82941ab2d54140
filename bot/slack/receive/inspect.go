package receive

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// The bounds of what is read. Slack stays well within them: a message is cut
// at 40,000 characters, and its blocks nest some ten levels deep.
const (
	maxBody   = 1 << 20
	maxString = 64 << 10
	maxDepth  = 64
)

// The reasons why a body is not read.
var (
	errJSON      = errors.New("receive: no JSON object")
	errDeep      = fmt.Errorf("receive: nested more than %d levels deep", maxDepth)
	errLong      = fmt.Errorf("receive: a string of more than %d bytes", maxString)
	errTwice     = errors.New("receive: a name occurs twice in one object")
	errChallenge = errors.New("receive: a handshake without a challenge")
	errPayload   = errors.New("receive: needs exactly one payload in the body")
	errForm      = errors.New("receive: no form")
)

// frame is an object or an array that inspect is in.
type frame struct {
	object, value bool // value: the next token of the object is a value
	names         map[string]bool
}

// inspect reads through JSON before anything is made of it. Two readers may
// disagree about a name that occurs twice, so that it must not occur.
func inspect(b []byte) error {
	if len(b) > maxBody || !utf8.Valid(b) {
		return errJSON
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var stack []frame
	for first := true; first || len(stack) > 0; first = false {
		t, err := dec.Token()
		if err != nil || first && t != json.Delim('{') {
			return errJSON
		}
		if stack, err = enter(stack, t); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errJSON
	}
	return nil
}

// enter is the stack after a token.
func enter(stack []frame, t json.Token) ([]frame, error) {
	if t == json.Delim('}') || t == json.Delim(']') {
		return stack[:len(stack)-1], nil
	}
	s, isString := t.(string)
	if len(s) > maxString {
		return nil, errLong
	}
	if len(stack) > 0 {
		top := &stack[len(stack)-1]
		switch {
		case top.object && top.value:
			top.value = false
		case top.object && isString:
			if top.names[s] {
				return nil, errTwice
			}
			if top.names == nil {
				top.names = map[string]bool{}
			}
			top.names[s], top.value = true, true
			return stack, nil
		}
	}
	if d, ok := t.(json.Delim); ok {
		if len(stack) == maxDepth {
			return nil, errDeep
		}
		stack = append(stack, frame{object: d == '{'})
	}
	return stack, nil
}
