package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed assets
var assetFiles embed.FS

// assets are the style, script and icon, under names that change with what is
// in them, so that a browser may keep them for ever.
type assets struct {
	byName map[string]asset  // "style-1a2b3c4d.css"
	named  map[string]string // "style.css" to "style-1a2b3c4d.css"
}

type asset struct {
	kind string
	data []byte
}

// loadAssets names every embedded file by its hash.
func loadAssets() (assets, error) {
	kinds := map[string]string{
		".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	}
	a := assets{byName: map[string]asset{}, named: map[string]string{}}
	entries, err := assetFiles.ReadDir("assets")
	if err != nil {
		return assets{}, fmt.Errorf("web: assets: %w", err)
	}
	for _, e := range entries {
		data, err := assetFiles.ReadFile("assets/" + e.Name())
		if err != nil {
			return assets{}, fmt.Errorf("web: assets: %w", err)
		}
		sum := sha256.Sum256(data)
		ext := path.Ext(e.Name())
		hashed := strings.TrimSuffix(e.Name(), ext) + "-" + hex.EncodeToString(sum[:5]) + ext
		a.byName[hashed] = asset{kinds[ext], data}
		a.named[e.Name()] = hashed
	}
	return a, nil
}

// url is the address of an asset.
func (a assets) url(name string) string { return "/assets/" + a.named[name] }

// serve answers GET /assets/{name}.
func (a assets) serve(w http.ResponseWriter, r *http.Request) {
	f, ok := a.byName[r.PathValue("name")]
	if !ok {
		http.Error(w, "There is no such file.", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", f.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.data))
}
