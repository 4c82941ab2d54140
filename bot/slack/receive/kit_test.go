package receive

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"insightbot/chat"
)

const testSecret = chat.Secret("8f742231b10e8888abcd99yyyzzz85a5")

// testNow is the time of the vector in Slack's documentation.
var testNow = time.Unix(1531420618, 0)

// taken are the deliveries that a Taker got.
type taken struct {
	mu     sync.Mutex
	list   []Delivery
	answer any
	err    error
}

func (t *taken) take(_ context.Context, d Delivery) (any, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.list = append(t.list, d)
	return t.answer, t.err
}

func (t *taken) all() []Delivery {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]Delivery(nil), t.list...)
}

func sign(at time.Time, body string) string {
	mac := hmac.New(sha256.New, []byte(testSecret.Reveal()))
	fmt.Fprintf(mac, "v0:%d:%s", at.Unix(), body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// post makes a signed request.
func post(path, body string) *http.Request {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if strings.HasPrefix(path, "/slack/events") {
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	r.Header.Set(headerTime, fmt.Sprint(testNow.Unix()))
	r.Header.Set(headerSignature, sign(testNow, body))
	return r
}

func testHandler(t testing.TB, take Taker) http.Handler {
	t.Helper()
	h, err := HTTP(HTTPConfig{Secret: testSecret, Take: take, Now: func() time.Time { return testNow }})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// fake is Slack's side of Socket Mode, on a network of pipes, so that it works
// in a bubble of synctest.
type fake struct {
	t     *testing.T
	srv   *http.Server
	dials chan net.Conn
	ended chan struct{}
	peers chan *peer
	// open answers apps.connections.open; nil lets everybody in.
	open func(n int) (status int, body string)

	mu    sync.Mutex
	opens []time.Time
	open1 map[string]bool // tickets that were not used yet
	all   []*peer
}

// peer is one connection, as Slack sees it.
type peer struct {
	f       *fake
	ws      *websocket.Conn
	in      chan string // what the bot sent
	pongs   chan string
	ended   chan struct{} // closed when the bot or we closed it
	closing string        // the close frame of the bot
}

func newFake(t *testing.T) *fake {
	f := &fake{
		t: t, dials: make(chan net.Conn), ended: make(chan struct{}), peers: make(chan *peer, 100), open1: map[string]bool{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/apps.connections.open", f.opened)
	mux.HandleFunc("GET /link/", f.linked)
	f.srv = &http.Server{Handler: mux}
	served := make(chan struct{})
	go func() {
		defer close(served)
		if err := f.srv.Serve(f); !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		_ = f.srv.Close()
		<-served
		for _, p := range f.all {
			_ = p.ws.Close()
			<-p.ended
		}
	})
	return f
}

// Accept, Close and Addr make the fake a net.Listener.
func (f *fake) Accept() (net.Conn, error) {
	select {
	case c := <-f.dials:
		return c, nil
	case <-f.ended:
		return nil, net.ErrClosed
	}
}

func (f *fake) Close() error   { close(f.ended); return nil }
func (f *fake) Addr() net.Addr { return &net.TCPAddr{} }

func (f *fake) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	if addr != "slack.test:80" {
		return nil, fmt.Errorf("dialled %s", addr)
	}
	ours, theirs := net.Pipe()
	select {
	case f.dials <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-f.ended:
		return nil, net.ErrClosed
	}
}

func (f *fake) opened(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer xapp-1-test" {
		f.t.Errorf("the token is not in the header")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.opens = append(f.opens, time.Now())
	n := len(f.opens)
	if f.open != nil {
		if status, body := f.open(n); status != 0 {
			w.Header().Set("Content-Type", "application/json")
			if status == http.StatusTooManyRequests {
				w.Header().Set("Retry-After", body)
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
			return
		}
	}
	ticket := fmt.Sprint(n)
	f.open1[ticket] = true
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"ok":true,"url":"ws://slack.test/link/?ticket=%s"}`, ticket)
}

func (f *fake) linked(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	ok := f.open1[r.URL.Query().Get("ticket")]
	delete(f.open1, r.URL.Query().Get("ticket"))
	f.mu.Unlock()
	if !ok {
		http.Error(w, "used", http.StatusForbidden)
		return
	}
	ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		f.t.Error(err)
		return
	}
	p := &peer{f: f, ws: ws, in: make(chan string, 1000), pongs: make(chan string, 100), ended: make(chan struct{})}
	ws.SetPongHandler(func(s string) error {
		select {
		case p.pongs <- s:
		default: // enough of them
		}
		return nil
	})
	f.mu.Lock()
	f.all = append(f.all, p)
	f.mu.Unlock()
	go p.read()
	f.peers <- p
}

func (f *fake) times() []time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]time.Time(nil), f.opens...)
}

func (p *peer) read() {
	defer close(p.ended)
	defer close(p.in)
	for {
		_, b, err := p.ws.ReadMessage()
		if err != nil {
			p.closing = err.Error()
			_ = p.ws.Close()
			return
		}
		p.in <- string(b)
	}
}

func (p *peer) send(s string) {
	if err := p.ws.WriteMessage(websocket.TextMessage, []byte(s)); err != nil {
		p.f.t.Errorf("slack could not send: %v", err)
	}
}

func (p *peer) hello() {
	p.send(`{"type":"hello","num_connections":1,"connection_info":{"app_id":"A1"}}`)
}

func (p *peer) disconnect(why string) {
	p.send(fmt.Sprintf(`{"type":"disconnect","reason":%q,"debug_info":{"host":"applink-1"}}`, why))
}

// ping pings every ten seconds until it is told to stop.
func (p *peer) ping() (stop func()) {
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			if p.ws.WriteControl(websocket.PingMessage, []byte("ping"), time.Now().Add(time.Second)) != nil {
				return
			}
			select {
			case <-done:
				return
			case <-p.ended:
				return
			case <-time.After(10 * time.Second):
			}
		}
	}()
	return func() { close(done); <-stopped }
}

// event is an envelope with a message.
func event(id, ts string) string {
	return fmt.Sprintf(`{"envelope_id":%q,"type":"events_api","accepts_response_payload":false,"retry_attempt":0,"retry_reason":"","payload":`+
		`{"token":"verification","team_id":"T1","api_app_id":"A1","type":"event_callback","event_id":"Ev%s","event":{"type":"app_mention","user":"U1","text":"<@U0> visits","ts":%q,"channel":"C1"}}}`, id, ts, ts)
}

// command is an envelope with a slash command.
func command(id string) string {
	return fmt.Sprintf(`{"envelope_id":%q,"type":"slash_commands","accepts_response_payload":true,"payload":`+
		`{"token":"verification","team_id":"T1","user_id":"U1","command":"/insights","text":"visits","trigger_id":"1.2.%s","is_enterprise_install":false}}`, id, id)
}

// acked reads an acknowledgement.
func acked(t *testing.T, s string) (id string, payload json.RawMessage) {
	t.Helper()
	var a struct {
		ID      string          `json:"envelope_id"`
		Payload json.RawMessage `json:"payload"`
	}
	if err := json.Unmarshal([]byte(s), &a); err != nil {
		t.Fatal(err)
	}
	return a.ID, a.Payload
}

// start runs a socket against the fake; the func it returns stops it and gives
// what Run returned.
func (f *fake) start(c SocketConfig) (s *Socket, stop func() error) {
	c.AppToken, c.APIURL, c.Dial = "xapp-1-test", "http://slack.test/api/", f.dial
	s = NewSocket(c)
	ctx, cancel := context.WithCancel(f.t.Context())
	f.t.Cleanup(cancel) // for a test that ends early
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	return s, func() error { cancel(); return <-ended }
}

// next is the next connection. It gives up after an hour, because a clock of
// its own would let a test wait for ever.
func (f *fake) next() *peer {
	select {
	case p := <-f.peers:
		return p
	case <-time.After(time.Hour):
		f.t.Fatal("nobody connected")
		return nil
	}
}
