package slacktest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// maxSockets is how many connections an app has at most.
const maxSockets = 10

// ackBytes is how long the answer in an acknowledgement may be; one that is
// longer is dropped, and nobody is told.
const ackBytes = 20_000

// socket is one connection of Socket Mode.
type socket struct {
	s    *Server
	conn *websocket.Conn
	gone chan struct{}

	write   sync.Mutex
	once    sync.Once
	leaving bool // gets nothing new
	acks    map[string]chan []byte
}

type debugInfo struct {
	Host string `json:"host"`
	Life int    `json:"approximate_connection_time,omitempty"`
}

type hello struct {
	Type  string `json:"type"`
	Count int    `json:"num_connections"`
	Info  struct {
		App string `json:"app_id"`
	} `json:"connection_info"`
	Debug debugInfo `json:"debug_info"`
}

type goodbye struct {
	Type   string    `json:"type"`
	Reason string    `json:"reason"`
	Debug  debugInfo `json:"debug_info"`
}

type envelope struct {
	ID      string          `json:"envelope_id"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
	Accepts bool            `json:"accepts_response_payload"`
	Attempt int             `json:"retry_attempt,omitempty"`
	Reason  string          `json:"retry_reason,omitempty"`
}

// link takes a connection whose address apps.connections.open gave out.
func (s *Server) link(w http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	s.mu.Lock()
	ok := s.links[ticket] && !s.closed
	delete(s.links, ticket) // single use
	s.mu.Unlock()
	if !ok {
		http.Error(w, "no such link", http.StatusNotFound)
		return
	}
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	c := &socket{s: s, conn: conn, gone: make(chan struct{}), acks: map[string]chan []byte{}}
	defer c.end()
	s.mu.Lock()
	reason := ""
	switch {
	case s.closed:
		s.mu.Unlock()
		return
	case s.off:
		reason = "link_disabled"
	case len(s.sockets) >= maxSockets:
		reason = "too_many_websockets"
	default:
		s.sockets = append(s.sockets, c)
	}
	greeting := hello{Type: "hello", Count: len(s.sockets), Debug: debugInfo{Host: "fake-1", Life: 18060}}
	greeting.Info.App = s.App.ID
	s.mu.Unlock()
	if reason != "" {
		c.send(goodbye{Type: "disconnect", Reason: reason, Debug: debugInfo{Host: "fake-1"}})
		return
	}
	c.send(greeting)
	s.mu.Lock()
	s.touch()
	s.mu.Unlock()
	s.work.Go(c.ping)
	c.read()
}

// send writes a message. A connection that does not take it is gone.
func (c *socket) send(v any) {
	b, err := json.Marshal(v)
	if err != nil {
		c.s.t.Errorf("slacktest: a message is no JSON: %v", err)
		return
	}
	c.raw(b)
}

func (c *socket) raw(b []byte) {
	c.write.Lock()
	defer c.write.Unlock()
	_ = c.conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
	if err := c.conn.WriteMessage(websocket.TextMessage, b); err != nil {
		_ = c.conn.Close() // read ends then, and ends it
	}
}

func (c *socket) ping() {
	if c.s.Timing.Ping <= 0 {
		return
	}
	tick := time.NewTicker(c.s.Timing.Ping)
	defer tick.Stop()
	for n := 0; ; n++ {
		c.write.Lock()
		_ = c.conn.WriteControl(websocket.PingMessage, []byte("Ping from fake "+strconv.Itoa(n)), time.Now().Add(time.Second))
		c.write.Unlock()
		select {
		case <-c.gone:
			return
		case <-tick.C:
		}
	}
}

// read takes acknowledgements until the connection ends.
func (c *socket) read() {
	for {
		_, b, err := c.conn.ReadMessage()
		if err != nil {
			return
		}
		ack := parse(b)
		id := ack.string("envelope_id")
		if id == "" {
			continue
		}
		payload := ack.at("payload").json()
		c.s.mu.Lock()
		wait := c.acks[id]
		switch {
		case len(payload) >= ackBytes:
			c.s.problem("an acknowledgement of " + strconv.Itoa(len(payload)) + " bytes was dropped")
		case wait != nil:
			delete(c.acks, id)
			wait <- payload
		}
		c.s.mu.Unlock()
	}
}

// end closes a connection and forgets it.
func (c *socket) end() {
	c.once.Do(func() {
		close(c.gone)
		_ = c.conn.Close()
		c.s.mu.Lock()
		defer c.s.mu.Unlock()
		c.s.sockets = slices.DeleteFunc(c.s.sockets, func(o *socket) bool { return o == c })
		if !c.s.closed {
			c.s.touch()
		}
	})
}

// pick takes the next connection in turn, or nil.
func (s *Server) pick() *socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range s.sockets {
		s.turn++
		if c := s.sockets[s.turn%len(s.sockets)]; !c.leaving {
			return c
		}
	}
	return nil
}

// push sends something over one of the connections. Events wait for one;
// people do not.
func (s *Server) push(d *Sent, try int, before string) (answer []byte, reason string) {
	var c *socket
	found := func() bool {
		c = s.pick()
		return c != nil || s.ctx.Err() != nil
	}
	if d.Kind == kindEvent {
		for !s.await(time.Minute, found) {
			continue
		}
	} else {
		s.await(s.Timing.Ack, found)
	}
	if c == nil {
		return nil, "dispatch_failed"
	}
	wait := make(chan []byte, 1)
	s.mu.Lock()
	id := s.id("envelope-")
	c.acks[id] = wait
	s.mu.Unlock()
	c.send(envelope{ID: id, Type: d.Kind, Payload: d.Payload, Accepts: d.answers, Attempt: try, Reason: before})
	timer := time.NewTimer(s.Timing.Ack)
	defer timer.Stop()
	select {
	case answer = <-wait:
		if len(answer) > 0 && string(answer) != "{}" && !d.answers {
			s.problemOnce("an acknowledgement says something where nothing is taken")
		}
		return answer, ""
	case <-timer.C:
	case <-s.ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(c.acks, id)
	return nil, "timeout"
}
