package posthog

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"syscall"

	"insightbot/insight"
	"insightbot/source/guard"
)

// The errors that an admin has to mend.
var (
	// ErrKey: the key is wrong, or was taken back.
	ErrKey = errors.New("posthog: the key is not valid")
	// ErrScope: the key, or the plan of the project, does not allow a call.
	ErrScope = errors.New("posthog: the key may not do this")
)

var (
	errReserved = errors.New("what is left of the limit is kept for people")
	errRests    = errors.New("PostHog wants to be left alone for now")
)

// Refusal is an error that PostHog answered with.
type Refusal struct { //nolint:errname // it is what it is called where it is looked at
	// Status is that of HTTP, or 0 where the calculation failed and HTTP did
	// not. Code is PostHog's or ClickHouse's own word, or "".
	Status int
	Code   string
	// Scope is the right that is missing, as PostHog names it, or "".
	Scope string

	detail insight.Secret
	kinds  []error
}

// Error says what is known without telling what PostHog quotes.
func (r *Refusal) Error() string {
	var b strings.Builder
	if r.Status == 0 {
		b.WriteString("posthog: it could not be calculated")
	} else {
		fmt.Fprintf(&b, "posthog: status %d", r.Status)
	}
	if r.Code != "" {
		b.WriteString(", " + r.Code)
	}
	if r.Scope != "" {
		b.WriteString(", the scope " + r.Scope + " is missing")
	}
	for _, kind := range r.kinds {
		b.WriteString(": " + kind.Error())
	}
	return b.String()
}

// Unwrap are the kinds of error it is.
func (r *Refusal) Unwrap() []error { return r.kinds }

// Detail is what PostHog says about it. It can quote SQL and values: it is for
// whoever answers for the insight, and never for a channel or a log.
func (r *Refusal) Detail() string { return r.detail.Reveal() }

// retry is an error after which a call may be made again, so often in all.
type retry struct {
	error
	most int
}

// Unwrap is what went wrong.
func (r *retry) Unwrap() error { return r.error }

func again(most int, err error) error { return &retry{err, most} }

// scopes are the names of rights in a sentence of PostHog.
var scopes = regexp.MustCompile(`\b[a-z_]{3,40}:(?:read|write)\b`)

// refused is the error for an answer that is one.
func refused(r request, status int, raw []byte) error {
	var p struct {
		Type, Code, Detail string
	}
	if len(raw) > 0 && raw[0] == '{' {
		_ = json.Unmarshal(raw, &p) //nolint:errcheck // the status alone then says what it is
	}
	f := &Refusal{Status: status, Code: word(p.Code), detail: insight.Secret(p.Detail)}
	if status == http.StatusForbidden {
		f.Scope = scopes.FindString(p.Detail)
	}
	all, most := kinds(r, f, p.Type != "")
	f.kinds = all
	if most > 1 {
		return again(most, f)
	}
	return f
}

// kinds says what a refusal is, and how often in all the call is made.
func kinds(r request, f *Refusal, spoke bool) ([]error, int) {
	detail := strings.ToLower(f.Detail())
	switch status := f.Status; {
	case status == http.StatusUnauthorized:
		return []error{ErrKey, insight.ErrUnavailable}, 1
	case status == http.StatusForbidden && f.Scope == "" && oneInsight.MatchString(r.path) && !strings.Contains(detail, "project"):
		// This insight is not for the key; the others are.
		return []error{ErrScope, insight.ErrUnknown}, 1
	case status == http.StatusForbidden, status == http.StatusPaymentRequired:
		return []error{ErrScope, insight.ErrUnavailable}, 1
	case status == http.StatusNotFound && r.method == http.MethodPost:
		// A query is posted to the project: that is what is not there.
		return []error{insight.ErrUnavailable}, 1
	case status == http.StatusNotFound:
		return []error{insight.ErrUnknown}, 1
	case status == http.StatusTooManyRequests:
		return []error{insight.ErrBusy}, tries
	case strings.Contains(detail, "max execution time"), status == http.StatusGatewayTimeout && spoke:
		return []error{insight.ErrTimeout}, 1
	case status == 512, status == 513: // PostHog's own: estimated too long, memory limit
		return []error{insight.ErrTooLarge}, 1
	case status >= http.StatusInternalServerError:
		return []error{insight.ErrUnavailable}, 2
	case status == http.StatusBadRequest:
		return []error{calculated(f.Code)}, 1
	}
	return []error{insight.ErrUnavailable}, 1
}

// oneInsight is the path of one insight.
var oneInsight = regexp.MustCompile(`^projects/\d+/insights/\d+/$`)

// calculated is what a code of ClickHouse, or a message of it, says about a
// calculation that ended without a result.
func calculated(m string) error {
	m = strings.ToLower(strings.ReplaceAll(m, "_", " "))
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(m, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("concurrency", "simultaneous"):
		return insight.ErrBusy
	case has("execution time", "timeout", "timed out", "too slow"):
		return insight.ErrTimeout
	case has("memory", "too many rows", "too many bytes", "too large"):
		return insight.ErrTooLarge
	}
	return insight.ErrBroken
}

// word is a text that is a name, such as an error code, or "".
func word(s string) string {
	for _, r := range s {
		if r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			return ""
		}
	}
	return s[:min(len(s), 60)]
}

// failure is the error for a run that PostHog gave up. Its message can quote SQL
// and values, and so does not show.
func failure(message string) error {
	return &Refusal{detail: insight.Secret(message), kinds: []error{calculated(message)}}
}

// unreached is for a call without an answer, or with half of one. Its text holds
// no address: errors of the network do, and are not passed on.
func unreached(ctx context.Context, err error) error {
	var timeout net.Error
	var op *net.OpError
	switch {
	case errors.Is(err, insight.ErrTooLarge):
		return fmt.Errorf("posthog: the answer is too long: %w", insight.ErrTooLarge)
	case ctx.Err() != nil && errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return fmt.Errorf("posthog: no answer in time: %w", insight.ErrTimeout)
	case ctx.Err() != nil:
		return fmt.Errorf("posthog: %w", context.Cause(ctx))
	case errors.As(err, &timeout) && timeout.Timeout() && (!errors.As(err, &op) || op.Op != "dial"):
		return fmt.Errorf("posthog: no answer in time: %w", insight.ErrTimeout)
	}
	for _, closed := range []error{guard.ErrRedirect, guard.ErrHost, guard.ErrAddress, guard.ErrEncoding} {
		if errors.Is(err, closed) {
			return fmt.Errorf("posthog: not reached: %w: %w", closed, insight.ErrUnavailable)
		}
	}
	return again(2, fmt.Errorf("posthog: not reached: %s: %w", reason(err), insight.ErrUnavailable))
}

// reason is why nothing was reached, in words that name nothing.
func reason(err error) string {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		return "the name of the host was not found"
	case errors.As(err, &certificate):
		return "the certificate is not valid"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "no way to the host"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection was cut"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no connection in time"
	}
	return "the call failed"
}
