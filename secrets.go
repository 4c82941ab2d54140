package main

import (
	"fmt"
	"log/slog"
	"regexp"
)

// hidden stands in a log in the place of a secret.
const hidden = "[hidden]"

// secretShapes are what secrets look like that a source or a platform may put
// into an error, with what is left of them.
var secretShapes = []struct {
	shape *regexp.Regexp
	left  string
}{
	// The name and password of an address: postgres://user:password@host.
	{regexp.MustCompile(`(?i)\b([a-z][a-z0-9+.-]*://)[^\s/?#@"']*:[^\s@"']*@`), "${1}" + hidden + "@"},
	// The same as MySQL writes it: user:password@tcp(host:3306).
	{regexp.MustCompile(`(?i)(^|[\s"'])[^\s:/@"']*:[^\s@"']+@((?:tcp|tcp6|unix|pipe)\()`), "${1}" + hidden + "@${2}"},
	// Tokens of Slack and keys of PostHog.
	{regexp.MustCompile(`\b(?:xox[a-z]|xapp)-[A-Za-z0-9-]+`), hidden},
	{regexp.MustCompile(`\bph[xrs]_[A-Za-z0-9_-]+`), hidden},
	{regexp.MustCompile(`(?i)\b((?:bearer|basic|bot)\s+)[A-Za-z0-9._~+/=-]{16,}`), "${1}" + hidden},
	{regexp.MustCompile(`(?i)\b((?:password|passwd|pwd|secret|api[_-]?key|access[_-]?token)\s*[=:]\s*)(?:"[^"]*"|'[^']*'|[^\s&,;]+)`), "${1}" + hidden},
}

// hideSecrets takes what looks like a secret out of a text.
func hideSecrets(s string) string {
	for _, h := range secretShapes {
		s = h.shape.ReplaceAllString(s, h.left)
	}
	return s
}

// hideSecretsIn takes them out of everything that is logged: errors of sources
// and platforms are logged as they came, and may quote an address.
func hideSecretsIn(_ []string, a slog.Attr) slog.Attr {
	var s string
	switch a.Value.Kind() {
	case slog.KindString:
		s = a.Value.String()
	case slog.KindAny:
		s = fmt.Sprint(a.Value.Any())
	default:
		return a
	}
	if clean := hideSecrets(s); clean != s {
		a.Value = slog.StringValue(clean)
	}
	return a
}
