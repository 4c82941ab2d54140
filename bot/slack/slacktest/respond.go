package slacktest

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The bounds of a response address.
const (
	responseUses = 5
	responseLife = 30 * time.Minute
)

// response is an address that takes a few replies to a command or a button.
type response struct {
	user, channel, thread string
	install               *install
	at                    time.Time
	uses                  int
	// original is the message that it can replace: the one whose button was
	// pressed, or else the last that came through it.
	original *message
}

// newResponse returns the address of a new one. The lock is held.
func (s *Server) newResponse(r *response) string {
	r.at = s.now()
	ticket := s.id("response")
	s.responses[ticket] = r
	return s.URL + "/response/" + ticket
}

// respond takes a reply.
func (s *Server) respond(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		http.Error(w, "no body", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	f := s.fault("response_url")
	to := s.responses[r.PathValue("ticket")]
	s.mu.Unlock()
	record := Call{Method: "response_url", At: s.Now(), Args: url.Values{"body": {string(body)}}, Result: "ok", Agent: r.UserAgent()}
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.calls = append(s.calls, record)
		s.touch()
	}()
	if f != nil {
		if result, done := s.failed(w, r, f); done {
			record.Result = result
			return
		}
	}
	if r.Header.Get("Authorization") != "" {
		s.problemOnce("a reply to a response address carries a token")
	}
	code, status := s.replied(to, body) //nolint:contextcheck // what it sends outlives the request
	if code != "" {
		record.Result = code
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"ok":false,"error":"`+code+`"}`)
		return
	}
	_, _ = io.WriteString(w, "ok")
}

// replied does what a reply asks for, and returns an error of Slack's.
func (s *Server) replied(to *response, body []byte) (code string, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case to == nil || to.install.dead != "":
		return "invalid_url", http.StatusNotFound
	case s.now().Sub(to.at) > responseLife:
		return "expired_url", http.StatusNotFound
	case to.uses >= responseUses:
		return "used_url", http.StatusNotFound
	}
	to.uses++
	reply := parse(body)
	if reply == nil || reply.object == nil {
		return "invalid_payload", http.StatusBadRequest
	}
	if err := s.reply(to, reply); err != nil {
		return err.Error(), http.StatusBadRequest
	}
	return "", 0
}

// reply shows a reply: new, or in the place of the original. The lock is held.
func (s *Server) reply(to *response, reply *node) error {
	if reply.is("delete_original") {
		if to.original == nil || to.original.deleted {
			return refuse("message_not_found")
		}
		to.original.deleted = true
		s.touch()
		return nil
	}
	c := &request{Server: s, method: "response_url", in: to.install, args: url.Values{}}
	for _, name := range []string{"text", "blocks", "attachments", "metadata"} {
		if n := reply.at(name); n != nil && n.isText {
			c.args.Set(name, n.text)
		} else if n != nil {
			c.args.Set(name, string(n.json()))
		}
	}
	m := &message{channel: to.channel, user: to.install.Bot, botID: to.install.BotID, thread: to.thread, only: to.user}
	if t := reply.string("thread_ts"); t != "" {
		m.thread = t
	}
	if reply.string("response_type") == "in_channel" {
		m.only = ""
	}
	if err := c.content(m); err != nil {
		return err
	}
	ch := s.channels[to.channel]
	if old := to.original; reply.is("replace_original") && old != nil && !old.deleted {
		before := s.sent(old, false)
		s.change(old, m)
		s.place(old)
		s.showMessage(old)
		if old.only == "" && ch != nil {
			s.echo(ch, old, &before)
		}
		s.touch()
		return nil
	}
	s.place(m)
	to.original = s.add(m)
	return nil
}

// place decides who sees the files of a message.
func (s *Server) place(m *message) {
	if m.only != "" {
		s.hide(m)
		return
	}
	m.files = m.blocks.files()
	if ch := s.channels[m.channel]; ch != nil {
		s.share(ch, m)
	}
}

// answered shows what the acknowledgement of a command says. The lock is held.
func (s *Server) answered(to *response, body []byte) {
	text := strings.TrimSpace(string(body))
	if text == "" || to == nil {
		return
	}
	reply := parse(body)
	if reply == nil || reply.object == nil {
		reply = &node{object: map[string]*node{"text": {isText: true, text: text}}}
	}
	if len(reply.object) == 0 {
		return
	}
	if err := s.reply(to, reply); err != nil {
		s.problem("the acknowledgement of a command says nothing: " + err.Error())
	}
}
