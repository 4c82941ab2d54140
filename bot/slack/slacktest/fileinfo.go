package slacktest

import (
	"cmp"
	"maps"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
)

type fileInfo struct {
	ID       string                          `json:"id"`
	Created  int64                           `json:"created"`
	Name     string                          `json:"name"`
	Title    string                          `json:"title"`
	Mime     string                          `json:"mimetype"`
	Type     string                          `json:"filetype"`
	User     string                          `json:"user"`
	Size     int                             `json:"size"`
	Private  string                          `json:"url_private"`
	Alt      string                          `json:"alt_txt,omitempty"`
	Shares   map[string]map[string][]shareOf `json:"shares"`
	Channels []string                        `json:"channels"`
	Groups   []string                        `json:"groups"`
	IMs      []string                        `json:"ims"`
}

type fileAnswer struct {
	success
	File fileInfo `json:"file"`
}

func (c *request) filesInfo() (any, error) {
	f := c.files[c.args.Get("file")]
	if f == nil || f.team != c.in.Team || !f.complete {
		return nil, refuse("file_not_found")
	}
	if f.deleted {
		return nil, refuse("file_deleted")
	}
	info := fileInfo{
		ID: f.ID, Created: f.readyAt.Unix(), Name: f.Name, Title: f.Title, User: f.owner, Size: len(f.Bytes), Alt: f.Alt,
		Private: c.URL + "/files/" + f.ID, Shares: map[string]map[string][]shareOf{}, Channels: []string{}, Groups: []string{}, IMs: []string{},
	}
	if c.isReady(f) {
		info.Type = strings.TrimPrefix(path.Ext(f.Name), ".")
		info.Mime = cmp.Or(mime.TypeByExtension(path.Ext(f.Name)), "application/octet-stream")
	}
	for _, id := range slices.Sorted(maps.Keys(f.shares)) {
		kind := "private"
		if c.channels[id].Kind == Public {
			kind = "public"
		}
		if info.Shares[kind] == nil {
			info.Shares[kind] = map[string][]shareOf{}
		}
		info.Shares[kind][id] = f.shares[id]
	}
	for _, id := range f.channels {
		switch c.channels[id].Kind {
		case Public:
			info.Channels = append(info.Channels, id)
		case Direct:
			info.IMs = append(info.IMs, id)
		default:
			info.Groups = append(info.Groups, id)
		}
	}
	return fileAnswer{success: fine, File: info}, nil
}

func (c *request) filesDelete() (any, error) {
	f := c.files[c.args.Get("file")]
	switch {
	case f == nil || f.team != c.in.Team:
		return nil, refuse("file_not_found")
	case f.deleted:
		return nil, refuse("file_deleted")
	}
	f.deleted = true
	c.touch()
	return fine, nil
}

// download gives the bytes of a file to who has a token.
func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[r.PathValue("id")]
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	ok := slices.ContainsFunc(s.installs, func(in *install) bool { return in.Token == token && in.dead == "" && f != nil && in.Team == f.team })
	if !ok || f.deleted {
		http.NotFound(w, r)
		return
	}
	_, _ = w.Write(f.Bytes)
}
