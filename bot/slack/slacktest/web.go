package slacktest

import (
	"encoding/json"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Call is one call of the Web API, or of a response address, that came in.
type Call struct {
	Method string
	// Team is the workspace of its token, or "".
	Team string
	At   time.Time
	// Args are its arguments without the token. What is no text is JSON.
	Args url.Values
	// Result is "ok", or the error or status that it got.
	Result string
	// Agent is the User-Agent.
	Agent string
}

// Calls returns the calls of one method in order, or with "" all of them.
func (s *Server) Calls(method string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Call
	for _, c := range s.calls {
		if method == "" || c.Method == method {
			list = append(list, c)
		}
	}
	return list
}

// ForgetCalls drops the calls that were recorded.
func (s *Server) ForgetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
}

// request is a call of the Web API at work. The lock is held meanwhile.
type request struct {
	*Server
	method string
	token  string
	args   url.Values
	in     *install // nil for calls without a bot's token
	form   bool     // came as a form
}

// refusal is an error of the Web API.
type refusal struct {
	code             string
	needed, provided string
	messages         []string
}

// Error is its code.
func (r *refusal) Error() string { return r.code }

func refuse(code string, messages ...string) error { return &refusal{code: code, messages: messages} }

// success is the answer of a call that has nothing to tell, and the start of
// every other.
type success struct {
	OK bool `json:"ok"`
}

var fine = success{OK: true}

// failure is the answer of a call that failed.
type failure struct {
	OK       bool      `json:"ok"`
	Error    string    `json:"error"`
	Needed   string    `json:"needed,omitempty"`
	Provided string    `json:"provided,omitempty"`
	Errors   []string  `json:"errors,omitempty"`
	Metadata *pageInfo `json:"response_metadata,omitempty"`
}

type pageInfo struct {
	Messages []string `json:"messages,omitempty"`
	Cursor   string   `json:"next_cursor"`
}

func (s *Server) write(w http.ResponseWriter, answer any) {
	b, err := json.Marshal(answer)
	if err != nil {
		s.t.Errorf("slacktest: an answer is no JSON: %v", err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(b)
}

// api answers a call of the Web API.
func (s *Server) api(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("method")
	c := &request{Server: s, method: name}
	if err := c.read(r); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	f := s.fault(name)
	s.inFlight++
	s.mu.Unlock()
	record := Call{Method: name, At: s.Now(), Args: c.args, Agent: r.UserAgent()}
	defer func() {
		s.mu.Lock()
		s.inFlight--
		if record.Result == "" {
			record.Result = "no answer"
		}
		if c.in != nil {
			record.Team = c.in.Team
		}
		s.calls = append(s.calls, record)
		s.touch()
		s.mu.Unlock()
	}()
	if f != nil && f.Delay > 0 {
		s.sleep(f.Delay)
	}
	if f != nil && !f.After {
		if result, done := s.failed(w, r, f); done {
			record.Result = result
			return
		}
	}
	answer, err := c.run()
	record.Result = "ok"
	if err != nil {
		record.Result = err.Error()
		answer = refused(err)
	}
	if f != nil && f.After {
		record.Result += ", but unsaid"
		if _, done := s.failed(w, r, f); done {
			return
		}
	}
	s.write(w, answer)
}

func refused(err error) failure {
	f := failure{Error: err.Error()}
	if r, ok := err.(*refusal); ok { //nolint:errorlint // made here
		f.Needed, f.Provided, f.Errors = r.needed, r.provided, r.messages
		if len(r.messages) > 0 {
			f.Metadata = &pageInfo{}
			for _, m := range r.messages {
				f.Metadata.Messages = append(f.Metadata.Messages, "[ERROR] "+m)
			}
		}
	}
	return f
}

// sleep waits, but not longer than the server is there.
func (s *Server) sleep(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.ctx.Done():
		return false
	}
}

// read takes the arguments out of a form, JSON, or the address.
func (c *request) read(r *http.Request) error {
	body, err := io.ReadAll(io.LimitReader(r.Body, 8<<20))
	if err != nil {
		return err
	}
	c.args = url.Values{}
	maps.Copy(c.args, r.URL.Query())
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/json":
		var object map[string]json.RawMessage
		if err := json.Unmarshal(body, &object); err != nil && len(body) > 0 {
			return err
		}
		for k, v := range object {
			text := string(v)
			if json.Unmarshal(v, &text) != nil {
				text = string(v)
			}
			c.args.Set(k, text)
		}
	case "multipart/form-data":
		values, err := multipartValues(body, params["boundary"])
		if err != nil {
			return err
		}
		maps.Copy(c.args, values)
	default:
		values, err := url.ParseQuery(string(body))
		if err != nil {
			return err
		}
		maps.Copy(c.args, values)
		c.form = true
	}
	c.token = c.args.Get("token")
	if h, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		c.token = h
	} else if id, secret, ok := r.BasicAuth(); ok {
		c.args.Set("client_id", id)
		c.args.Set("client_secret", secret)
	}
	if c.args.Get("token") != "" && strings.Contains(r.URL.RawQuery, "token=") {
		c.problemOnce("the token stands in the address")
	}
	c.args.Del("token")
	return nil
}

func (s *Server) problemOnce(words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.problems, words) {
		s.problem(words)
	}
}
