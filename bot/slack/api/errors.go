package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// What callers tell apart. Errors of this package never hold a token, an
// address for replies or uploads, or anything that was said.
var (
	// ErrRevoked says that the token is not valid any more.
	ErrRevoked = errors.New("the token is not valid any more")
	// ErrBlocks says that Slack refuses a message or a view as it is drawn.
	ErrBlocks = errors.New("the blocks are refused")
	// ErrGone says that the place, the thread or the message cannot be written
	// to: it is not there any more, is archived, or the bot is not in it.
	ErrGone = errors.New("the place cannot be written to")
	// ErrBusy says that Slack allows no further call now.
	ErrBusy = errors.New("too many calls")
	// ErrUnsure says that a call that changes something went out and nobody
	// knows whether it took. It is not repeated.
	ErrUnsure = errors.New("slack did not say whether it took")
	// ErrSpent says that an address for replies was used up or is too old.
	ErrSpent = errors.New("the address for replies is used up")
	// ErrLate says that a dialog cannot be opened any more.
	ErrLate = errors.New("the trigger is used up")
	// ErrStale says that a view was changed or closed by somebody else.
	ErrStale = errors.New("the view is not the same any more")
	// ErrForeign says that an address is not one of Slack's.
	ErrForeign = errors.New("the address is not one of slack's")
	// ErrFile says that a file is empty or too big.
	ErrFile = errors.New("the file is empty or too big")
	// ErrNotReady says that Slack took a file and did not get ready with it.
	ErrNotReady = errors.New("the file is not ready")
	// ErrNotShared says that Slack took a file and did not show it.
	ErrNotShared = errors.New("the file is not shared")
	// ErrAnswer says that an answer of Slack's could not be understood.
	ErrAnswer = errors.New("the answer could not be understood")
)

// CallError is what Slack says when it refuses a call. Use errors.Is with the
// sentinels of this package.
type CallError struct {
	// Method is the method that was called, Code Slack's word for the error,
	// "http_500" where there was only a status.
	Method, Code string
	// At are the places in the blocks that the error is about, as JSON
	// pointers.
	At []string
}

// Error is the method, the code and the places.
func (e *CallError) Error() string {
	s := "slack: " + e.Method + ": " + e.Code
	if len(e.At) > 0 {
		s += " at " + strings.Join(e.At, ", ")
	}
	return s
}

// meanings are the codes behind the sentinels.
var meanings = map[string]error{
	"token_revoked": ErrRevoked, "account_inactive": ErrRevoked, "invalid_auth": ErrRevoked, "not_authed": ErrRevoked,
	"invalid_refresh_token": ErrRevoked,
	"invalid_blocks":        ErrBlocks, "invalid_blocks_format": ErrBlocks, "msg_blocks_too_long": ErrBlocks, "view_too_large": ErrBlocks,
	"channel_not_found": ErrGone, "is_archived": ErrGone, "not_in_channel": ErrGone, "user_not_in_channel": ErrGone,
	"thread_not_found": ErrGone, "message_not_found": ErrGone, "cannot_reply_to_message": ErrGone,
	"ratelimited": ErrBusy, "rate_limited": ErrBusy, "message_limit_exceeded": ErrBusy,
	"used_url": ErrSpent, "expired_url": ErrSpent,
	"expired_trigger_id": ErrLate, "exchanged_trigger_id": ErrLate, "invalid_trigger_id": ErrLate, "trigger_expired": ErrLate, "trigger_exchanged": ErrLate,
	"hash_conflict": ErrStale, "view_not_found": ErrStale,
}

// Is reports whether the code means target.
func (e *CallError) Is(target error) bool {
	if target == ErrBlocks && e.Code == "invalid_arguments" {
		return slices.ContainsFunc(e.At, func(p string) bool { return strings.Contains(p, "/blocks") || strings.HasPrefix(p, "/view") })
	}
	if target == ErrGone && strings.HasPrefix(e.Code, "restricted_action") {
		return true
	}
	m, ok := meanings[e.Code]
	return ok && m == target
}

// ScopeError says that the token may not do what was asked: the app must be
// installed again with the scope that is needed.
type ScopeError struct {
	Method string
	// Needed is the scope that lacks, and Provided are those that are there,
	// joined by commas as Slack says it.
	Needed, Provided string
}

// Error says which scope lacks.
func (e *ScopeError) Error() string {
	return "slack: " + e.Method + ": missing_scope: needs " + e.Needed
}

// Revoked reports whether an error says that the workspace took the token
// back, so that no further call can do anything.
func Revoked(err error) bool { return errors.Is(err, ErrRevoked) }

// What may be quoted from an answer. Everything else in it could hold words of
// people.
var (
	codeForm    = regexp.MustCompile(`^[a-z0-9_.:-]{1,80}$`)
	scopeForm   = regexp.MustCompile(`^[a-z0-9_.:, -]{1,1000}$`)
	pointerForm = regexp.MustCompile(`\[json-pointer:(/[a-z0-9_/]{1,120})\]`)
)

// refusal makes an error of an answer that is not ok.
func refusal(method string, a answer) error {
	code := a.Error
	if !codeForm.MatchString(code) {
		code = "unknown_error"
	}
	if code == "missing_scope" {
		e := &ScopeError{Method: method, Needed: a.Needed, Provided: a.Provided}
		if !scopeForm.MatchString(e.Needed) {
			e.Needed = "an unknown scope"
		}
		if !scopeForm.MatchString(e.Provided) {
			e.Provided = ""
		}
		return e
	}
	e := &CallError{Method: method, Code: code}
	for _, m := range a.Metadata.Messages {
		for _, at := range pointerForm.FindAllStringSubmatch(m, -1) {
			if !slices.Contains(e.At, at[1]) && len(e.At) < 5 {
				e.At = append(e.At, at[1])
			}
		}
	}
	return e
}

// status is the error of an answer that is nothing but a status.
func status(method string, code int) error {
	return &CallError{Method: method, Code: fmt.Sprintf("http_%d", code)}
}

// errTimeout says that an attempt took too long.
var errTimeout = errors.New("no answer in time")

// cause is why a request failed, without the address it went to and without
// anything that was read from the connection.
func cause(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return errTimeout
	}
	if known := dialled(err); known != nil {
		return known
	}
	return fmt.Errorf("the connection failed (%T)", err)
}

// dialled is the error of a connection that was never made, so that nothing
// was sent; or nil.
func dialled(err error) error {
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Op == "dial" {
		return e
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		return e
	}
	if e, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return e
	}
	if e, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return e
	}
	return nil
}
