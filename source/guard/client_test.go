package guard

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"insightbot/insight"
)

// packed is gzip of n bytes that say the same again and again.
func packed(t *testing.T, n int, say string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.CopyN(z, &again{say: say}, int64(n)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// again reads a text over and over.
type again struct {
	say string
	at  int
}

func (a *again) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		copied := copy(p[n:], a.say[a.at:])
		n, a.at = n+copied, (a.at+copied)%len(a.say)
	}
	return n, nil
}

// rows are numbers as a database writes them: they pack, but not endlessly.
func rows(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, `{"day":%d,"country":"DE","users":%d}`+"\n", i, i*i%9973)
	}
	return b.String()[:n]
}

func TestA26_AnswersThatUnpackToTooMuch(t *testing.T) {
	const mb = 1 << 20
	for name, tt := range map[string]struct {
		body     []byte
		encoding []string
		chunked  bool
		want     error
		length   int
	}{
		"a bomb":                      {packed(t, 40*mb, "0"), []string{"gzip"}, false, insight.ErrTooLarge, 0},
		"a bomb below the cap":        {packed(t, 8*mb, "0"), []string{"gzip"}, false, insight.ErrTooLarge, 0},
		"a bomb in a bomb":            {packed(t, 2*mb, string(packed(t, mb, "0"))), []string{"gzip, gzip"}, false, ErrEncoding, 0},
		"two encodings":               {nil, []string{"gzip", "gzip"}, false, ErrEncoding, 0},
		"what we cannot bound":        {[]byte("x"), []string{"br"}, false, ErrEncoding, 0},
		"too long":                    {bytes.Repeat([]byte("x"), 32*mb+1), nil, false, insight.ErrTooLarge, 0},
		"too long without saying so":  {bytes.Repeat([]byte("x"), 32*mb+1), nil, true, insight.ErrTooLarge, 0},
		"as long as allowed":          {bytes.Repeat([]byte("x"), 32*mb), nil, true, nil, 32 * mb},
		"a usual answer":              {[]byte(rows(5 * mb)), nil, false, nil, 5 * mb},
		"a usual answer, packed":      {packed(t, 5*mb, rows(mb)), []string{"gzip"}, false, nil, 5 * mb},
		"a small answer, packed well": {packed(t, mb, "0"), []string{"gzip"}, false, nil, mb},
		"nothing":                     {nil, nil, false, nil, 0},
		"no gzip at all":              {[]byte("plain text"), []string{"gzip"}, false, gzip.ErrHeader, 0},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for _, e := range tt.encoding {
				w.Header().Add("Content-Encoding", e)
			}
			if tt.chunked {
				w.(http.Flusher).Flush() //nolint:errcheck,forcetypeassert // a server's writer is one
			}
			w.Write(tt.body) //nolint:errcheck // the client may have left
		}))
		g, _ := guarded(t, Config{Hosts: []string{"127.0.0.1"}, Private: prefixes("127.0.0.1/32")})
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		n, err := length(t, g.Client(), server.URL)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, tt.want) || err == nil && n != int64(tt.length) || n > 32*mb {
			t.Errorf("%s: %d bytes, %v", name, n, err)
		}
		if grown := after.HeapAlloc - min(before.HeapAlloc, after.HeapAlloc); grown > 64*mb {
			t.Errorf("%s: %d MB of memory", name, grown/mb)
		}
		if name == "a bomb" {
			// The twin without a guard unpacks all of it.
			if n, err := length(t, &http.Client{}, server.URL); err != nil || n != 40*mb {
				t.Errorf("without a guard: %d bytes, %v", n, err)
			}
		}
		server.Close()
	}
}

// length reads an answer and tells how long it is.
func length(t *testing.T, c *http.Client, address string) (int64, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		return 0, err
	}
	answer, err := c.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close() //nolint:errcheck // it was read
	return io.Copy(io.Discard, answer.Body)
}
