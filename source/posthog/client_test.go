package posthog

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
	"insightbot/source/guard"
)

func TestRetryAfter_InEveryForm(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	for v, want := range map[string]time.Duration{
		"":                              0,
		"7":                             7 * time.Second,
		" 0.5 ":                         500 * time.Millisecond,
		"-3":                            0,
		"0":                             0,
		"NaN":                           0,
		"+Inf":                          24 * time.Hour,
		"1e300":                         24 * time.Hour,
		"315360000":                     24 * time.Hour,
		"Wed, 25 Nov 2026 12:00:30 GMT": 30 * time.Second,
		"Wed, 25 Nov 2026 11:00:00 GMT": 0,
		"Fri, 25 Nov 2036 12:00:00 GMT": 24 * time.Hour,
		"soon":                          0,
	} {
		if got := retryAfter(v, now); got != want {
			t.Errorf("%q: %s, want %s", v, got, want)
		}
	}
}

// What the network says about a failed call holds addresses. None of it is
// passed on, and yet an operator reads why.
func TestUnreached_SaysWhyAndNotWhere(t *testing.T) {
	const host = "canary-host.example"
	wrap := func(err error) error {
		return &url.Error{Op: "Get", URL: "https://" + host + "/api/?filters_override=canary-value", Err: err}
	}
	dial := func(err error) error {
		return wrap(&net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(10, 1, 2, 3), Port: 443}, Err: err})
	}
	for want, c := range map[string]struct {
		err error
		is  error
	}{
		"connection refused":      {dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), insight.ErrUnavailable},
		"no way to the host":      {dial(os.NewSyscallError("connect", syscall.ENETUNREACH)), insight.ErrUnavailable},
		"no connection in time":   {dial(os.ErrDeadlineExceeded), insight.ErrUnavailable},
		"was not found":           {wrap(&net.DNSError{Err: "no such host", Name: host, IsNotFound: true}), insight.ErrUnavailable},
		"certificate":             {wrap(&tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{host}}, Host: host}}), insight.ErrUnavailable},
		"cut":                     {wrap(&net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}), insight.ErrUnavailable},
		"no answer in time":       {wrap(&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}), insight.ErrTimeout},
		"redirects are not":       {wrap(guard.ErrRedirect), insight.ErrUnavailable},
		"the address is closed":   {wrap(fmt.Errorf("guard: %s is 10.1.2.3: %w", host, guard.ErrAddress)), insight.ErrUnavailable},
		"the host is not allowed": {wrap(fmt.Errorf("guard: dial %s: %w", host, guard.ErrHost)), insight.ErrUnavailable},
		"the answer is too long":  {wrap(fmt.Errorf("guard: %s: %w", host, insight.ErrTooLarge)), insight.ErrTooLarge},
		"the call failed":         {wrap(errors.New("something about " + host)), insight.ErrUnavailable},
	} {
		got := unreached(t.Context(), c.err)
		if !errors.Is(got, c.is) || !strings.Contains(got.Error(), want) {
			t.Errorf("%v: got %v, want %q", c.err, got, want)
		}
		if s := fmt.Sprintf("%v %+v", got, got); strings.Contains(s, "canary") || strings.Contains(s, "10.1.2.3") {
			t.Errorf("%v tells where", got)
		}
	}
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(errDeadline)
	if got := unreached(ended, wrap(context.Canceled)); !errors.Is(got, insight.ErrTimeout) {
		t.Errorf("past the time limit: %v", got)
	}
	ended, stop := context.WithCancel(t.Context())
	stop()
	if got := unreached(ended, wrap(context.Canceled)); !errors.Is(got, context.Canceled) || errors.Is(got, insight.ErrTimeout) {
		t.Errorf("given up: %v", got)
	}
}

func TestRefused_KindsAndDetail(t *testing.T) {
	const detail = "canary SELECT secret"
	one, list, query := request{method: "GET", path: "projects/7/insights/12/"}, request{method: "GET", path: "projects/7/insights/"}, request{method: "POST", path: "projects/7/query/"}
	for _, c := range []struct {
		name   string
		r      request
		status int
		body   string
		want   []error
		text   string
	}{
		{"bytes", query, 400, `{"type":"validation_error","code":"too_many_bytes","detail":"canary"}`, []error{insight.ErrTooLarge}, "400, too_many_bytes"},
		{"slow", query, 400, `{"type":"validation_error","code":"timeout_exceeded","detail":"canary"}`, []error{insight.ErrTimeout}, "400"},
		{"broken", query, 400, `{"type":"validation_error","code":"illegal_type_of_argument","detail":"canary timeout"}`, []error{insight.ErrBroken}, "400"},
		{"many", query, 400, `{"code":"too_many_simultaneous_queries","detail":"canary"}`, []error{insight.ErrBusy}, "400"},
		{"one hidden", one, 403, `{"type":"authentication_error","code":"permission_denied","detail":"You do not have canary access."}`, []error{ErrScope, insight.ErrUnknown}, "403"},
		{"project hidden", one, 403, `{"code":"permission_denied","detail":"canary: no access to the requested project."}`, []error{ErrScope, insight.ErrUnavailable}, "403"},
		{"list hidden", list, 403, `{"code":"permission_denied","detail":"canary"}`, []error{ErrScope, insight.ErrUnavailable}, "403"},
		{"scope", one, 403, `{"code":"permission_denied","detail":"canary API key missing required scope 'insight:read'"}`, []error{ErrScope, insight.ErrUnavailable}, "the scope insight:read is missing"},
		{"no project", query, 404, `{"type":"invalid_request","code":"not_found","detail":"canary"}`, []error{insight.ErrUnavailable}, "404"},
		{"gone", one, 404, `{"type":"invalid_request","code":"not_found","detail":"canary"}`, []error{insight.ErrUnknown}, "404"},
		{"a code that is none", one, 500, `{"code":"canary SELECT","detail":"canary"}`, []error{insight.ErrUnavailable}, "status 500"},
		{"HTML", one, 504, `<html>canary</html>`, []error{insight.ErrUnavailable}, "status 504"},
		{"teapot", one, 418, `canary`, []error{insight.ErrUnavailable}, "status 418"},
	} {
		err := refused(c.r, c.status, []byte(c.body))
		for _, want := range c.want {
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", c.name, err, want)
			}
		}
		if s := fmt.Sprintf("%v %+v", err, err); strings.Contains(s, "canary") || !strings.Contains(s, c.text) {
			t.Errorf("%s: %s, want %q", c.name, s, c.text)
		}
	}
	var r *Refusal
	if err := refused(one, 400, []byte(`{"detail":"`+detail+`"}`)); !errors.As(err, &r) || r.Detail() != detail {
		t.Errorf("the curator is not told: %v", err)
	}
	if err := fmt.Errorf("x: %w", failure(detail)); !errors.As(err, &r) || r.Detail() != detail || strings.Contains(err.Error(), "canary") {
		t.Errorf("a failure: %v", err)
	}
}

// Sync leaves people their part of a limit, and comes to its end all the same.
func TestLimits_PeopleComeBeforeSync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimits()
		began := time.Now()
		calls := 0
		for time.Since(began) == 0 {
			if err := l.wait(t.Context(), "projects/7/insights/", true); err != nil {
				t.Fatal(err)
			}
			calls++
		}
		if calls < 101 || calls > 141 {
			t.Errorf("a sweep makes %d calls at once", calls)
		}
		began = time.Now()
		for range 40 {
			if err := l.wait(t.Context(), "projects/7/insights/12/", false); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("people waited %s behind a sweep", took)
		}
	})
}

// Nothing that is asked in an hour is more than PostHog allows, and somebody who
// cannot be served in their time is told at once.
func TestLimits_HoldForTheHourAndTellAtOnce(t *testing.T) {
	for path, most := range map[string]struct{ minute, hour int }{
		"projects/7/insights/12/":      {240, 1200},
		"projects/7/query/":            {240, 2400},
		"projects/7/event_definitions": {480, 4800},
		"users/@me/":                   {480, 4800},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := newLimits()
			began, calls, first := time.Now(), 0, 0
			for time.Since(began) < time.Hour {
				if err := l.wait(t.Context(), path, false); err != nil {
					t.Fatal(err)
				}
				if calls++; time.Since(began) < time.Minute {
					first++
				}
			}
			if first > most.minute*4/5 || calls > most.hour*4/5 {
				t.Errorf("%s: %d calls in a minute, %d in an hour: nothing is left for the team", path, first, calls)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			began = time.Now()
			if err := l.wait(ctx, path, false); !errors.Is(err, insight.ErrBusy) || time.Since(began) > 0 {
				t.Errorf("%s: %v after %s", path, err, time.Since(began))
			}
		})
	}
}

// When PostHog wants to be left alone, nobody else tries meanwhile.
func TestLimits_Rest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimits()
		l.rest("projects/7/query/", 5*time.Second)
		began := time.Now()
		if err := l.wait(t.Context(), "projects/7/query/abc/", false); err != nil || time.Since(began) < 5*time.Second {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
		began = time.Now()
		if err := l.wait(t.Context(), "projects/7/insights/", false); err != nil || time.Since(began) > 0 {
			t.Errorf("another bucket waits too: %s, %v", time.Since(began), err)
		}
		l.rest("projects/7/query/", 5*time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := l.wait(ctx, "projects/7/query/", false); !errors.Is(err, insight.ErrBusy) {
			t.Errorf("somebody in a hurry: %v", err)
		}
	})
}

func TestTellApart_Twins(t *testing.T) {
	twin := func(id, title, owner, short string, day int, boards ...int64) *offered {
		return &offered{
			insight: insight.Insight{ID: id, Title: title, Owner: insight.Owner{Name: owner}, Zone: time.UTC}, title: title,
			dashboards: boards, created: time.Date(2026, 3, day, 0, 0, 0, 0, time.UTC), short: short,
		}
	}
	all := map[string]*offered{}
	for _, o := range []*offered{
		twin("p/1", "Sign-ups", "Mia", "a1", 1, 4), twin("p/2", "sign-ups", "Mia", "a2", 2),
		twin("p/3", "Revenue", "Mia", "a3", 3), twin("p/4", "Revenue", "Ola", "a4", 3),
		twin("p/5", "Churn", "Mia", "a5", 5), twin("p/6", "Churn", "Mia", "a6", 6),
		twin("p/7", "Uploads", "Mia", "a7", 7), twin("p/8", "Uploads", "Mia", "a8", 7),
		twin("p/9", "Alone", "Mia", "a9", 9, 4),
	} {
		all[o.insight.ID] = o
	}
	tellApart(all, map[int64]string{4: "Growth"})
	got := map[string]string{}
	for id, o := range all {
		got[id] = o.insight.Title
	}
	want := map[string]string{
		"p/1": "Sign-ups (on Growth)", "p/2": "sign-ups", "p/3": "Revenue (Mia)", "p/4": "Revenue (Ola)",
		"p/5": "Churn (made on 5 March 2026)", "p/6": "Churn (made on 6 March 2026)", "p/7": "Uploads (a7)", "p/8": "Uploads (a8)", "p/9": "Alone",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBuild_KeyIsInTheHeaderAlone(t *testing.T) {
	base, err := url.Parse("https://analytics.example/posthog")
	if err != nil {
		t.Fatal(err)
	}
	g, err := guard.New(guard.Config{Hosts: []string{"analytics.example"}})
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(Config{Key: "phx_canary", Guard: g}, base)
	r, err := c.build(t.Context(), request{method: http.MethodGet, path: "projects/7/insights/", query: url.Values{"basic": {"true"}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.URL.String(); got != "https://analytics.example/posthog/api/projects/7/insights/?basic=true" {
		t.Error(got)
	}
	if r.Header.Get("Authorization") != "Bearer phx_canary" || strings.Contains(fmt.Sprintf("%+v", c), "canary") {
		t.Errorf("%v, %+v", r.Header, c)
	}
}
