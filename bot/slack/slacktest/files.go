package slacktest

import (
	"cmp"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// File is an uploaded file.
type File struct {
	ID, Name, Title, Alt string
	Bytes                []byte
}

// file is one of them with its way.
type file struct {
	File
	team, owner string
	length      int
	uploaded    bool
	complete    bool
	readyAt     time.Time
	deleted     bool
	channels    []string
	shares      map[string][]shareOf // by channel
}

type shareOf struct {
	TS     string `json:"ts"`
	Thread string `json:"thread_ts,omitempty"`
	Name   string `json:"channel_name,omitempty"`
	Team   string `json:"team_id,omitempty"`
}

// ReadyAfter lets files be processed for a while before they can be shown; the
// time counts from the end of the upload.
func (s *Server) ReadyAfter(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready = d
}

// NeverShare lets the next n uploads that ask for it say that they are shared,
// and not be.
func (s *Server) NeverShare(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unshare = n
}

// Files returns the files that are there, in the order of their ids.
func (s *Server) Files() []File {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for id, f := range s.files {
		if f.complete && !f.deleted {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return s.contents(ids)
}

// contents are the files with some ids.
func (s *Server) contents(ids []string) []File {
	var list []File
	for _, id := range ids {
		if f := s.files[id]; f != nil {
			list = append(list, f.File)
		}
	}
	return list
}

func (s *Server) isReady(f *file) bool { return f.complete && !s.now().Before(f.readyAt) }

// reach makes a file visible in a channel.
func (f *file) reach(channel string) {
	if !slices.Contains(f.channels, channel) {
		f.channels = append(f.channels, channel)
	}
}

// share makes the files within a message visible where it stands.
func (s *Server) share(ch *Channel, m *message) {
	for _, id := range m.files {
		s.files[id].reach(ch.ID)
	}
}

// sees reports whether somebody can see a file: it stands in a channel that
// they read.
func (s *Server) sees(user string, f *file) bool {
	return user == f.owner || slices.ContainsFunc(f.channels, func(id string) bool { return s.reads(user, s.channels[id]) })
}

type uploadAnswer struct {
	success
	URL string `json:"upload_url"`
	ID  string `json:"file_id"`
}

func (c *request) uploadURL() (any, error) {
	length, err := strconv.Atoi(c.args.Get("length"))
	name := c.args.Get("filename")
	if err != nil || length < 1 || name == "" {
		return nil, refuse("invalid_arguments", "filename and a length above 0 are required")
	}
	f := &file{
		File: File{ID: c.id("F"), Name: name, Title: name, Alt: c.args.Get("alt_txt")},
		team: c.in.Team, owner: c.in.Bot, length: length, shares: map[string][]shareOf{},
	}
	c.files[f.ID] = f
	ticket := c.id("ticket")
	c.tickets[ticket] = f
	return uploadAnswer{success: fine, URL: c.URL + "/upload/v1/" + ticket, ID: f.ID}, nil
}

// upload takes the bytes of a file, as they are or as a part of a form.
func (s *Server) upload(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f, broken := s.tickets[r.PathValue("ticket")], s.fault("upload")
	s.mu.Unlock()
	if broken != nil {
		if _, done := s.failed(w, r, broken); done {
			return
		}
	}
	b, err := readUpload(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Header.Get("Authorization") != "" {
		s.problem("an upload carries a token")
	}
	switch {
	case r.Method != http.MethodPost && r.Method != http.MethodPut:
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	case f == nil || f.uploaded:
		http.Error(w, "no such upload", http.StatusNotFound)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	case len(b) != f.length:
		http.Error(w, "the length is not the one that was told", http.StatusBadRequest)
	default:
		f.Bytes, f.uploaded = b, true
		_, _ = io.WriteString(w, "OK - "+strconv.Itoa(len(b)))
		s.touch()
	}
}

func readUpload(r *http.Request) ([]byte, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		return io.ReadAll(io.LimitReader(r.Body, 64<<20))
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, err
	}
	for {
		part, err := parts.NextPart()
		if err != nil {
			return nil, err
		}
		if part.FileName() != "" {
			return io.ReadAll(part)
		}
	}
}

type fileRef struct {
	ID    string `json:"id"`
	Title string `json:"title,omitempty"`
}

type completeAnswer struct {
	success
	Files []fileRef `json:"files"`
}

func (c *request) completeUpload() (any, error) {
	var refs []fileRef
	if err := c.decode("files", &refs); err != nil || len(refs) == 0 {
		return nil, refuse("invalid_arguments", "files is required")
	}
	var channels []*Channel
	for id := range strings.SplitSeq(cmp.Or(c.args.Get("channel_id"), c.args.Get("channels")), ",") {
		if id == "" {
			continue
		}
		ch, err := c.entered(id)
		if err != nil {
			return nil, err
		}
		channels = append(channels, ch)
	}
	a := completeAnswer{success: fine}
	var ids []string
	for _, ref := range refs {
		f := c.files[ref.ID]
		if f == nil || f.deleted || f.team != c.in.Team || !f.uploaded || f.complete {
			return nil, refuse("file_not_found")
		}
		f.complete, f.readyAt = true, c.now().Add(c.ready)
		f.Title = cmp.Or(ref.Title, f.Title)
		ids = append(ids, f.ID)
		a.Files = append(a.Files, fileRef{ID: f.ID, Title: f.Title})
	}
	if len(channels) > 0 && c.unshare > 0 {
		c.unshare--
		return a, nil
	}
	for _, ch := range channels {
		c.shareFiles(ch, ids)
	}
	return a, nil
}

// shareFiles posts a message with files.
func (c *request) shareFiles(ch *Channel, ids []string) {
	m := &message{channel: ch.ID, user: c.in.Bot, botID: c.in.BotID, text: c.args.Get("initial_comment"), thread: c.args.Get("thread_ts"), files: ids}
	c.share(ch, m)
	c.add(m)
	for _, id := range ids {
		c.files[id].shares[ch.ID] = append(c.files[id].shares[ch.ID], shareOf{TS: m.ts, Thread: m.thread, Name: ch.Name, Team: ch.Team})
	}
}
