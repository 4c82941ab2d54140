package receive

import (
	"io"
	"net/http"
	"sync"
	"testing"
)

// TestHTTP_ReadsSoManyBodiesAtOnce sends bodies that never come: one more is
// turned away, may be sent again, and there is room when they are gone.
func TestHTTP_ReadsSoManyBodiesAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		length int64 // as the request says; -1 is not at all
		most   int
	}{
		"small":               {0, smallAtOnce},
		"large":               {smallBody + 1, largeAtOnce},
		"of whatever length":  {-1, largeAtOnce},
		"as large as allowed": {maxBody, largeAtOnce},
	} {
		t.Run(name, func(t *testing.T) { crowd(t, c.length, c.most) })
	}
}

func crowd(t *testing.T, length int64, most int) {
	t.Helper()
	var got taken
	h := testHandler(t, got.take)
	const event = `{"type":"event_callback","event_id":"Ev1","team_id":"T1","event":{"type":"app_mention"}}`
	var ends []*io.PipeWriter
	var wg sync.WaitGroup
	begun := make(chan struct{}, most)
	send := func() *http.Request {
		r := post("/slack/events", event)
		if length != 0 {
			r.ContentLength = length
		}
		return r
	}
	for range most {
		body, end := io.Pipe()
		ends = append(ends, end)
		r := send()
		r.Body = &starts{Reader: body, begun: begun}
		wg.Go(func() { serve(h, r) })
	}
	for range most {
		<-begun
	}
	w := serve(h, send())
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("X-Slack-No-Retry") != "" || len(got.all()) != 0 {
		t.Errorf("one more: %d, no retry %q", w.Code, w.Header().Get("X-Slack-No-Retry"))
	}
	if length != 0 {
		// Those of Slack have room all the same.
		if w := serve(h, post("/slack/events", event)); w.Code != http.StatusOK {
			t.Errorf("a small one beside them: %d", w.Code)
		}
	}
	for _, end := range ends {
		end.CloseWithError(io.ErrUnexpectedEOF)
	}
	wg.Wait()
	if w := serve(h, send()); w.Code != http.StatusOK {
		t.Errorf("afterwards: %d", w.Code)
	}
}

// starts says when it is read first.
type starts struct {
	io.Reader
	once  sync.Once
	begun chan<- struct{}
}

func (s *starts) Read(p []byte) (int, error) {
	s.once.Do(func() { s.begun <- struct{}{} })
	return s.Reader.Read(p)
}

func (*starts) Close() error { return nil }
