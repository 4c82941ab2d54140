package web

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// policy lets a page load its own files and nothing else: no inline script or
// style, no frame, no other machine.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard is what every request passes before it is routed. The order counts:
// the headers are on the refusals too.
func (s *Server) guard(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "This form was sent from another site, so it was not accepted.", http.StatusForbidden)
	}))
	next = cross.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.setHeaders(w.Header())
		switch {
		case !s.hostAllowed(r.Host):
			http.Error(w, "This playground does not answer under that name.", http.StatusMisdirectedRequest)
			return
		case embedded(r):
			http.Error(w, "This playground cannot be used from inside another site.", http.StatusForbidden)
			return
		case s.remote && anonymous(r):
			http.Error(w, "What does not say which site it was sent from is not accepted.", http.StatusForbidden)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}

// setHeaders sets the headers that every response carries.
func (s *Server) setHeaders(h http.Header) {
	if s.config.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cache-Control", "no-store")
}

// hostAllowed reports whether the playground answers under a name. A page of
// another site can point a name of its own at this machine (DNS rebinding) and
// would then count as the same origin; it cannot make that name ours. A plain
// IP address cannot be rebound.
func (s *Server) hostAllowed(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback() || s.remote
	}
	return host == "localhost" || slices.ContainsFunc(s.config.Hosts, func(allowed string) bool {
		return strings.EqualFold(allowed, host)
	})
}

// embedded reports whether another site asks for something as a part of its
// own page. A link from another site is welcome; a picture or frame is not,
// as it could run calls and use up sessions behind a person's back.
func embedded(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "cross-site", "same-site":
		return r.Method != http.MethodPost &&
			(r.Header.Get("Sec-Fetch-Mode") != "navigate" || r.Header.Get("Sec-Fetch-Dest") != "document")
	}
	return false
}

// anonymous reports whether a form came without a word on which site it is of.
// Every browser says so; the protection against other sites lets it pass, for
// programs, which have nothing to sign in for.
func anonymous(r *http.Request) bool {
	return r.Method == http.MethodPost && r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == ""
}
