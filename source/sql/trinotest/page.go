package trinotest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// page sends the next page of a statement. A client may ask for the last one
// again, and for no other.
func (s *Server) page(w http.ResponseWriter, r *http.Request, id, slug, token string) {
	n, err := strconv.Atoi(token)
	s.mu.Lock()
	one := s.running[id]
	s.mu.Unlock()
	if err != nil || one == nil || one.slug != slug {
		http.NotFound(w, r)
		return
	}
	s.mu.Lock()
	reply, gone := one.reply, one.cancelled
	known := n == one.page || n == one.page+1
	if known {
		one.page, one.began = n, true
	}
	s.mu.Unlock()
	link := s.link(id, slug, "executing", n+1)
	switch {
	case gone:
		s.write(w, id, "FAILED", "", nil, reply.Columns, errorOf(&Error{Message: "Query was canceled", Name: "USER_CANCELED", Type: "USER_ERROR", Code: 20}))
	case !known:
		w.WriteHeader(http.StatusGone)
	case n == 0: // it was queued
		s.write(w, id, "PLANNING", link, nil, nil)
	case n <= len(reply.Pages):
		maps.Copy(w.Header(), one.header)
		s.write(w, id, "RUNNING", link, reply.Pages[n-1], reply.Columns)
	case reply.Endless:
		select {
		case <-time.After(poll):
		case <-r.Context().Done():
			return
		}
		s.write(w, id, "RUNNING", link, nil, reply.Columns)
	default:
		s.mu.Lock()
		one.ended = true
		s.mu.Unlock()
		if reply.Error != nil {
			s.write(w, id, "FAILED", "", nil, reply.Columns, errorOf(reply.Error))
			return
		}
		s.write(w, id, "FINISHED", "", nil, reply.Columns)
	}
}

// The documents of the protocol.
type (
	results struct {
		ID      string    `json:"id"`
		InfoURI string    `json:"infoUri"`
		NextURI string    `json:"nextUri,omitempty"`
		Columns []column  `json:"columns,omitempty"`
		Data    [][]any   `json:"data,omitempty"`
		Stats   stats     `json:"stats"`
		Error   *failure  `json:"error,omitempty"`
		Warning []warning `json:"warnings"`
	}
	column struct {
		Name      string    `json:"name"`
		Type      string    `json:"type"`
		Signature signature `json:"typeSignature"`
	}
	signature struct {
		RawType   string     `json:"rawType"`
		Arguments []argument `json:"arguments"`
	}
	argument struct {
		Kind  string `json:"kind"`
		Value any    `json:"value"`
	}
	stats struct {
		State  string `json:"state"`
		Queued bool   `json:"queued"`
	}
	failure struct {
		Message   string `json:"message"`
		Code      int    `json:"errorCode"`
		Name      string `json:"errorName"`
		Type      string `json:"errorType"`
		Info      info   `json:"failureInfo"`
		SQLState  string `json:"sqlState,omitempty"`
		Retriable bool   `json:"retriable"`
	}
	info struct {
		Type    string `json:"type"`
		Message string `json:"message"`
	}
	warning struct{}
)

func errorOf(e *Error) *failure {
	return &failure{Message: e.Message, Code: e.Code, Name: e.Name, Type: e.Type, Info: info{"io.trino.spi.TrinoException", e.Message}}
}

// write sends one document.
func (s *Server) write(w http.ResponseWriter, id, state, next string, data [][]any, columns []Column, failed ...*failure) {
	doc := results{
		ID: id, InfoURI: s.server.URL + "/ui/query.html?" + id, NextURI: next, Data: data,
		Stats: stats{State: state, Queued: state == "QUEUED"}, Warning: []warning{},
	}
	for _, f := range failed {
		doc.Error = f
	}
	for _, c := range columns {
		doc.Columns = append(doc.Columns, column{Name: c.Name, Type: c.Type, Signature: signatureOf(c.Type)})
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(doc) //nolint:errcheck // the client went away
}

// typeWithNumbers is a type with its parameters: timestamp(3) with time zone.
var typeWithNumbers = regexp.MustCompile(`^([a-z ]+)\(([0-9, ]+)\)(.*)$`)

// signatureOf takes a type apart.
func signatureOf(kind string) signature {
	found := typeWithNumbers.FindStringSubmatch(kind)
	if found == nil {
		raw := signature{RawType: kind, Arguments: []argument{}}
		if kind == "varchar" {
			const unbounded = 2147483647
			raw.Arguments = append(raw.Arguments, argument{"LONG", unbounded})
		}
		return raw
	}
	out := signature{RawType: found[1] + found[3], Arguments: []argument{}}
	for n := range strings.SplitSeq(found[2], ",") {
		if v, err := strconv.Atoi(strings.TrimSpace(n)); err == nil {
			out.Arguments = append(out.Arguments, argument{"LONG", v})
		}
	}
	return out
}

// statement takes a statement with parameters apart, in both forms that clients
// use: the text in the statement itself, or in a header.
func statement(body string, header http.Header) (text string, arguments []string, err error) {
	if rest, ok := strings.CutPrefix(body, "EXECUTE IMMEDIATE "); ok {
		text, rest, err = literal(rest)
		if err != nil {
			return "", nil, err
		}
		list, ok := strings.CutPrefix(rest, " USING ")
		if !ok {
			return "", nil, fmt.Errorf("mismatched input %q", rest)
		}
		arguments, err = split(list)
		return text, arguments, err
	}
	if rest, ok := strings.CutPrefix(body, "EXECUTE "); ok {
		name, list, _ := strings.Cut(rest, " USING ")
		for _, prepared := range header.Values("X-Trino-Prepared-Statement") {
			if text, ok := strings.CutPrefix(prepared, name+"="); ok {
				if text, err = url.QueryUnescape(text); err != nil {
					return "", nil, err
				}
				arguments, err = split(list)
				return text, arguments, err
			}
		}
		return "", nil, fmt.Errorf("prepared statement not found: %s", name)
	}
	return body, nil, nil
}

// literal reads a text in single quotes and returns what comes after it.
func literal(s string) (text, rest string, err error) {
	if !strings.HasPrefix(s, "'") {
		return "", "", fmt.Errorf("no text: %q", s)
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] != '\'':
			b.WriteByte(s[i])
		case strings.HasPrefix(s[i:], "''"):
			b.WriteByte('\'')
			i++
		default:
			return b.String(), s[i+1:], nil
		}
	}
	return "", "", fmt.Errorf("a text that never ends: %q", s)
}

// split cuts a list of literals at its commas.
func split(list string) ([]string, error) {
	var all []string
	for {
		one := list
		if strings.HasPrefix(list, "'") {
			_, rest, err := literal(list)
			if err != nil {
				return nil, err
			}
			one, list = list[:len(list)-len(rest)], rest
		} else {
			one, list, _ = strings.Cut(one, ",")
			if list != "" {
				list = "," + list
			}
		}
		all = append(all, strings.TrimSpace(one))
		if list == "" {
			return all, nil
		}
		list = strings.TrimLeft(strings.TrimPrefix(list, ","), " ")
	}
}
