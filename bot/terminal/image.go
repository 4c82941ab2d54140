package terminal

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/mattn/go-sixel"

	"insightbot/chat"
)

// kittyChunk is the most that one escape sequence of the protocol may carry.
const kittyChunk = 4096

// showImage writes a PNG in the protocol of the screen.
func (s Screen) showImage(w io.Writer, data []byte) error {
	switch s.Images {
	case Kitty:
		encoded := base64.StdEncoding.EncodeToString(data)
		control := "a=T,f=100,"
		for {
			part := encoded[:min(kittyChunk, len(encoded))]
			encoded = encoded[len(part):]
			more := 0
			if encoded != "" {
				more = 1
			}
			if _, err := fmt.Fprintf(w, "\x1b_G%sm=%d;%s\x1b\\", control, more, part); err != nil {
				return err
			}
			control = ""
			if more == 0 {
				break
			}
		}
	case ITerm2:
		if _, err := fmt.Fprintf(w, "\x1b]1337;File=inline=1;size=%d;width=60:%s\a", len(data), base64.StdEncoding.EncodeToString(data)); err != nil {
			return err
		}
	case Sixel:
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			return fmt.Errorf("terminal: picture: %w", err)
		}
		if err := sixel.NewEncoder(w).Encode(img); err != nil {
			return fmt.Errorf("terminal: picture: %w", err)
		}
	default:
	}
	_, err := fmt.Fprintln(w)
	return err
}

// maxKept is how many pictures stay in the charts directory.
const maxKept = 50

// keepImage writes a picture to dir and returns its path. The oldest go when
// there are too many, so that a terminal in use for years fills no disk.
func keepImage(dir string, f chat.File, ref string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("terminal: charts directory: %w", err)
	}
	path := filepath.Join(dir, ref+"-"+filepath.Base(f.Name))
	if err := os.WriteFile(path, f.Data, 0o600); err != nil {
		return "", fmt.Errorf("terminal: keep picture: %w", err)
	}
	return path, dropOldest(dir)
}

// dropOldest removes the oldest pictures beyond maxKept.
func dropOldest(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("terminal: charts directory: %w", err)
	}
	var infos []os.FileInfo
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && filepath.Ext(info.Name()) == ".png" {
			infos = append(infos, info)
		}
	}
	slices.SortFunc(infos, func(a, b os.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	for _, info := range infos[min(maxKept, len(infos)):] {
		if err := os.Remove(filepath.Join(dir, info.Name())); err != nil {
			return fmt.Errorf("terminal: charts directory: %w", err)
		}
	}
	return nil
}
