package main

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"insightbot/source/demo"
)

// demoDir holds the data of the demo company, made once for all tests.
var demoDir = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "insightbot-test-")
	if err != nil {
		return "", err
	}
	_, err = demo.Fill(context.Background(), demo.Config{Dir: dir, Now: time.Now})
	return dir, err
})

// demoData is the directory with the data of the demo company. Nobody may
// write to it: copyDemo gives a test its own.
func demoData(t testing.TB) string {
	t.Helper()
	dir, err := demoDir()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// copyDemo copies the data of the demo company to a directory.
func copyDemo(t testing.TB, to string) {
	t.Helper()
	if err := copyDir(demoData(t), to); err != nil {
		t.Fatal(err)
	}
}

func copyDir(from, to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, e.Name()), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// browser is a client that keeps cookies and sends forms as a page does.
type browser struct{ http.Client }

func newBrowser(t testing.TB) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{http.Client{Jar: jar, Timeout: time.Minute}}
}

// post sends a form and returns the page it ends on; "" when the server is
// gone.
func (b *browser) post(t testing.TB, address string, form url.Values) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Error(err)
		return ""
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := b.Do(req)
	if err != nil {
		return ""
	}
	defer resp.Body.Close() //nolint:errcheck // read whole or not at all
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		return ""
	}
	return string(page)
}
