package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"insightbot/bot/blockkit"
)

// maxScreenFile bounds what is read of a file with a screen or a picture, in
// bytes.
const maxScreenFile = 16 << 20

// slackPreviewCommand draws a screen, for those who change one.
func (a *app) slackPreviewCommand() *cobra.Command {
	var pictures []string
	cmd := &cobra.Command{
		Use:   "preview FILE.json",
		Short: "Draw a message, a dialog or a home page as a page in HTML, without Slack",
		Long: `Draw a message, a dialog or a home page, given as the JSON that is sent to Slack, as one page in HTML. The file "-" is what
comes in by a pipe. Pictures that lie in Slack are boxes, unless --picture names a file to show in their place.`,
		Example: "  insightbot slack preview message.json > page.html\n" +
			"  insightbot slack preview --picture F0123ABCD=chart.png message.json > page.html\n  insightbot slack preview - < view.json > page.html",
		Args: exactly(1, `one file, or "-"`),
		RunE: func(_ *cobra.Command, args []string) error {
			name := args[0]
			data, err := a.readScreen(name)
			if err != nil {
				return err
			}
			shown, err := readPictures(pictures)
			if err != nil {
				return err
			}
			screen, err := blockkit.Read(data)
			if err != nil {
				return fmt.Errorf("%s: %w", fileLabel(name), err)
			}
			var page bytes.Buffer
			if err := blockkit.Draw(&page, screen, blockkit.Options{Pictures: shown}); err != nil {
				return err
			}
			_, err = page.WriteTo(a.out)
			return err
		},
	}
	cmd.Flags().StringArrayVar(&pictures, "picture", nil, "a picture for a file id, as ID=FILE.png; may be given several times")
	return cmd
}

// readScreen reads a file, or what comes in by a pipe for "-".
func (a *app) readScreen(name string) ([]byte, error) {
	if name == "-" {
		return readBounded(a.in, fileLabel(name))
	}
	return readFile(name)
}

// fileLabel is a file's name in an error.
func fileLabel(name string) string {
	if name == "-" {
		return "standard input"
	}
	return name
}

func readFile(name string) ([]byte, error) {
	f, err := os.Open(name) //nolint:gosec // the file the operator names
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	return readBounded(f, name)
}

func readBounded(r io.Reader, name string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxScreenFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(data) > maxScreenFile {
		return nil, fmt.Errorf("%s: more than %d bytes", name, maxScreenFile)
	}
	return data, nil
}

// readPictures reads the pictures of the flag, by their ids.
func readPictures(list []string) (map[string][]byte, error) {
	pictures := map[string][]byte{}
	for _, p := range list {
		id, name, ok := strings.Cut(p, "=")
		if !ok || id == "" || name == "" {
			return nil, usage(errors.New("--picture takes ID=FILE, such as F0123ABCD=chart.png"))
		}
		data, err := readFile(name)
		if err != nil {
			return nil, err
		}
		pictures[id] = data
	}
	return pictures, nil
}
