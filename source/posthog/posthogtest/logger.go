package posthogtest

import (
	"log/slog"
	"strings"
	"sync"
)

// lines keep what was logged.
type lines struct {
	mu  sync.Mutex
	all strings.Builder
}

// Write implements io.Writer.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

// find is the first line with a text in it.
func (l *lines) find(text string) (string, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(l.all.String()) {
		if strings.Contains(line, text) {
			return line, true
		}
	}
	return "", false
}

// Logger keeps every line of every level. When the test ends, it fails if one
// holds the key or a detail that PostHog sent.
func (s *Server) Logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug - 4}))
}

// Logged is all that was logged so far.
func (s *Server) Logged() string {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return s.log.all.String()
}
