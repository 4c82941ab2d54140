package blockkit

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"insightbot/bot/web/webtest"
)

// TestChromium_EveryScreenReadsWell opens each sample on a light phone and on a
// dark desk, folded and unfolded, and looks it over.
func TestChromium_EveryScreenReadsWell(t *testing.T) {
	pictures := map[string][]byte{"F0CHART0001": testPicture(t)}
	pages := http.NewServeMux()
	for _, name := range screens {
		page := drawn(t, name, Options{Pictures: pictures})
		pages.HandleFunc("/"+name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte(page))
		})
	}
	server := httptest.NewServer(pages)
	t.Cleanup(server.Close)
	b := webtest.Start(t)
	for _, name := range screens {
		for _, view := range []struct {
			name          string
			width, height int64
			dark          bool
		}{{"phone-light", 390, 1500, false}, {"desk-dark", 1280, 1250, true}} {
			where := name + "-" + view.name
			b.Size(view.width, view.height)
			b.SystemDark(view.dark)
			b.Open(server.URL + "/" + name)
			b.Wait(`Array.from(document.images).every((i) => i.complete && i.naturalWidth > 0)`)
			b.Screenshot("blockkit-" + where)
			b.CheckAccess(where)
			b.Script(`document.querySelectorAll("details").forEach((d) => { d.open = true })`)
			b.Screenshot("blockkit-" + where + "-unfolded")
			b.CheckAccess(where + ", unfolded")
		}
	}
	for _, c := range b.Complaints() {
		t.Errorf("the browser complains: %s", c)
	}
}
