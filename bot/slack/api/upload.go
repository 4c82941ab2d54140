package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"insightbot/chat"
	"insightbot/text"
)

// Upload uploads a file and waits until Slack is ready with it, half a minute
// at most. Without a channel only the bot sees it, until a message shows it.
// With one it appears there, and Upload checks that it did. A file that fails
// after it was uploaded is deleted again.
func (c *Client) Upload(ctx context.Context, f chat.File, alt, title string, share To) (fileID string, err error) {
	if len(f.Data) == 0 || len(f.Data) > maxFile {
		return "", fmt.Errorf("slack: %s: %w", methodUpload, ErrFile)
	}
	id, address, err := c.uploadURL(ctx, f, alt)
	if err != nil {
		return "", err
	}
	if err := c.uploadBytes(ctx, address, f.Data); err != nil {
		return "", err // nothing is kept of a file that was not completed
	}
	err = c.complete(ctx, id, fileTitle(f, title), share)
	if err == nil || errors.Is(err, ErrUnsure) {
		// Whether it took is seen by the file itself.
		if ready := c.ready(ctx, id, share.Channel); ready == nil {
			return id, nil
		} else if err == nil {
			err = ready
		}
		c.discard(ctx, id)
	}
	return "", err
}

// uploadURL asks for the address to upload to.
func (c *Client) uploadURL(ctx context.Context, f chat.File, alt string) (id string, address *url.URL, err error) {
	v := url.Values{"filename": {fileName(f)}, "length": {strconv.Itoa(len(f.Data))}}
	if alt != "" && strings.HasPrefix(f.Type, "image/") {
		v.Set("alt_txt", text.Truncate(text.Clean(alt), maxAlt, text.UTF16))
	}
	var a struct {
		URL string `json:"upload_url"`
		ID  string `json:"file_id"`
	}
	if err := c.call(ctx, "files.getUploadURLExternal", v, &a); err != nil {
		return "", nil, err
	}
	if a.ID == "" {
		return "", nil, fmt.Errorf("slack: files.getUploadURLExternal: %w", ErrAnswer)
	}
	address, err = c.slackURL(a.URL)
	if err != nil {
		return "", nil, fmt.Errorf("slack: %s: %w", methodUpload, err)
	}
	return a.ID, address, nil
}

// uploadBytes sends the bytes themselves. The address is the only key it needs:
// the token does not go there.
func (c *Client) uploadBytes(ctx context.Context, to *url.URL, data []byte) error {
	_, err := c.repeat(ctx, turn{name: methodUpload, limit: uploadLimit}, func(ctx context.Context) (*http.Request, error) {
		// A reader of bytes tells its length, which Slack wants to know first.
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("slack: %s: %w", methodUpload, ErrForeign)
		}
		req.Header.Set("Content-Type", "application/octet-stream")
		return req, nil
	}, func(name string, r reply) error {
		if r.status != http.StatusOK {
			return status(name, r.status)
		}
		return nil
	})
	return err
}

// complete ends the upload, and shares the file where it is to be shared.
func (c *Client) complete(ctx context.Context, id, title string, share To) error {
	b, err := json.Marshal([]struct {
		ID    string `json:"id"`
		Title string `json:"title"`
	}{{id, title}})
	if err != nil {
		return errEncoding
	}
	v := url.Values{"files": {string(b)}}
	if share.Channel != "" {
		v.Set("channel_id", share.Channel)
		if share.Thread != "" {
			v.Set("thread_ts", share.Thread)
		}
	}
	return c.show(ctx, share.If, "files.completeUploadExternal", v, nil)
}

// ready waits until a file can be shown, and is shared in channel if that is
// not "". Slack gets ready with a file by and by, and may say ok to a share
// that it never makes.
func (c *Client) ready(ctx context.Context, id, channel string) error {
	for i := 0; ; i++ {
		f, err := c.file(ctx, id)
		if err != nil {
			return err
		}
		late := ErrNotReady
		if f.Type != "" {
			if channel == "" || f.sharedIn(channel) {
				return nil
			}
			late = ErrNotShared
		}
		if i == len(readyPauses) {
			return fmt.Errorf("slack: files.info: %w", late)
		}
		if err := c.sleep(ctx, readyPauses[i]); err != nil {
			return fmt.Errorf("slack: files.info: %w (%w)", late, err)
		}
	}
}

// file is what is read of a file.
type file struct {
	Type     string   `json:"mimetype"`
	Channels []string `json:"channels"`
	Groups   []string `json:"groups"`
	IMs      []string `json:"ims"`
	Shares   struct {
		Public  map[string]json.RawMessage `json:"public"`
		Private map[string]json.RawMessage `json:"private"`
	} `json:"shares"`
}

// sharedIn reports whether the file is shown in a channel.
func (f file) sharedIn(channel string) bool {
	_, public := f.Shares.Public[channel]
	_, private := f.Shares.Private[channel]
	return public || private || slices.Contains(slices.Concat(f.Channels, f.Groups, f.IMs), channel)
}

func (c *Client) file(ctx context.Context, id string) (file, error) {
	var a struct {
		File file `json:"file"`
	}
	err := c.call(ctx, "files.info", url.Values{"file": {id}}, &a)
	return a.File, err
}

// discard deletes a file that is not used, also when ctx ended.
func (c *Client) discard(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := c.DeleteFile(ctx, id); err != nil {
		c.config.Log.WarnContext(ctx, "a file that is not used could not be deleted", "error", err)
	}
}

// DeleteFile deletes a file of the bot's. One that is gone is no error.
func (c *Client) DeleteFile(ctx context.Context, id string) error {
	return allow(c.call(ctx, "files.delete", url.Values{"file": {id}}, nil), "file_not_found", "file_deleted")
}

// fileName is a name that Slack takes.
func fileName(f chat.File) string {
	name := strings.TrimSpace(strings.NewReplacer("/", "-", "\\", "-", "\n", " ").Replace(text.Clean(f.Name)))
	if name == "" {
		name = "file"
	}
	return text.Middle(name, maxFileName, text.UTF16)
}

// fileTitle is the title of a file, or its name.
func fileTitle(f chat.File, title string) string {
	if title = strings.TrimSpace(text.Clean(title)); title == "" {
		title = fileName(f)
	}
	return text.Truncate(title, maxTitle, text.UTF16)
}
