package receive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
)

const (
	// maxMessage is a body and the envelope around it.
	maxMessage = maxBody + 16<<10
	// maxAck is the length from which on Slack drops an acknowledgement and
	// says nothing.
	maxAck = 20_000
	// writeBuffer holds any acknowledgement: Slack does not put frames together.
	writeBuffer = 32 << 10
)

// refused are the errors of apps.connections.open that trying again does not
// help against.
var refused = map[string]bool{
	"invalid_auth": true, "not_authed": true, "account_inactive": true, "token_revoked": true, "token_expired": true,
	"not_allowed_token_type": true, "missing_scope": true, "no_permission": true, "access_denied": true, "forbidden_team": true,
}

// conn is one connection.
type conn struct {
	socket *Socket
	ws     *websocket.Conn
	opened time.Time
	work   sync.WaitGroup // deliveries that are being taken

	writing sync.Mutex

	// What follows belongs to the goroutine that reads.
	greeted bool
	until   time.Time // when it is left at the latest; zero while it is held

	// leaving is closed when the next connection has to be opened; why and wait
	// say the reason and how long to wait at least, and are set before.
	leaving chan struct{}
	why     error
	wait    time.Duration
}

// open opens a connection with a new address, which Slack lets be used once.
func (s *Socket) open(ctx context.Context) (*conn, error) {
	ctx, cancel := context.WithTimeout(ctx, openWithin)
	defer cancel()
	_, address, err := s.api.StartSocketModeContext(ctx)
	if e, ok := errors.AsType[slack.SlackErrorResponse](err); ok && refused[e.Err] {
		return nil, fmt.Errorf("%w: %s", ErrRefused, e.Err)
	}
	if err != nil {
		return nil, fmt.Errorf("receive: open socket mode: %w", err)
	}
	// The address is as good as a token, so that no error may hold it.
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "wss" && (u.Scheme != "ws" || !strings.HasPrefix(s.config.APIURL, "http://")) {
		return nil, errors.New("receive: open socket mode: slack gave no address that is encrypted")
	}
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: openWithin, WriteBufferSize: writeBuffer}
	if s.config.Dial != nil {
		dialer.Proxy, dialer.NetDialContext = nil, s.config.Dial
	}
	ws, resp, err := dialer.DialContext(ctx, address, nil)
	if resp != nil && resp.Body != nil {
		_ = resp.Body.Close()
	}
	if err != nil && resp != nil {
		return nil, fmt.Errorf("receive: connect by socket mode: %s", resp.Status)
	}
	if err != nil {
		return nil, fmt.Errorf("receive: connect by socket mode: %w", err)
	}
	c := &conn{socket: s, ws: ws, opened: time.Now(), leaving: make(chan struct{})}
	ws.SetReadLimit(maxMessage)
	return c, nil
}

// read reads until the connection ends, and waits for what is being taken.
func (c *conn) read(ctx context.Context) {
	// This ends a read that waits; heard ends one that was just put off.
	stop := context.AfterFunc(ctx, func() { _ = c.ws.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	c.ws.SetPingHandler(func(data string) error {
		// If nothing can be sent any more, reading ends by itself.
		_ = c.ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeWithin))
		return c.heard(ctx)
	})
	err := c.heard(ctx)
	for err == nil {
		var b []byte
		if _, b, err = c.ws.ReadMessage(); err != nil {
			break
		}
		if err = c.message(ctx, b); err == nil {
			err = c.heard(ctx)
		}
	}
	if c.greeted {
		c.socket.parted()
	}
	c.leave(reason(err), 0)
	c.work.Wait()
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
	_ = c.ws.Close()
}

// reason is why a connection ended, without what the other side wrote.
func reason(err error) error {
	if e, ok := errors.AsType[*websocket.CloseError](err); ok {
		return fmt.Errorf("receive: slack closed the connection with code %d", e.Code)
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return errors.New("receive: slack was silent for too long")
	}
	return fmt.Errorf("receive: the connection broke: %w", err)
}

// leave says that the next connection has to be opened. The first reason counts.
func (c *conn) leave(why error, wait time.Duration) {
	select {
	case <-c.leaving:
	default:
		c.why, c.wait = why, wait
		close(c.leaving)
	}
}

// heard is a sign of life: it puts off the end of a connection that is held.
// It is an error when ctx is done.
func (c *conn) heard(ctx context.Context) error {
	c.socket.note(func(st *State) { st.Heard = c.socket.config.Now() })
	end := time.Now().Add(staleAfter)
	if !c.greeted {
		end = c.opened.Add(helloWithin)
	}
	if !c.until.IsZero() && c.until.Before(end) {
		end = c.until
	}
	if err := c.ws.SetReadDeadline(end); err != nil {
		return err
	}
	return ctx.Err()
}

// envelope is what Slack puts around everything.
type envelope struct {
	ID      string          `json:"envelope_id"`
	Type    string          `json:"type"`
	Reason  string          `json:"reason"`
	Answers bool            `json:"accepts_response_payload"`
	Retry   json.RawMessage `json:"retry_attempt"`
	Payload json.RawMessage `json:"payload"`
}

// message handles one message; an error ends the connection.
func (c *conn) message(ctx context.Context, b []byte) error {
	var e envelope
	if json.Unmarshal(b, &e) != nil {
		if e.ID == "" {
			e.ID = findID(b)
		}
		return c.unread(ctx, e, errJSON)
	}
	switch e.Type {
	case "hello":
		if !c.greeted {
			c.greeted = true
			c.socket.joined()
		}
		return nil
	case "disconnect":
		c.disconnect(e.Reason)
		return nil
	}
	d, err := e.read()
	if err != nil {
		return c.unread(ctx, e, err)
	}
	if d.Kind == "" {
		return c.acknowledge(e.ID, nil)
	}
	d.At, d.Retry = c.socket.config.Now(), retries(string(e.Retry))
	if e.Answers {
		d.MaxAnswer = maxAck - len(ack(e.ID, json.RawMessage("0")))
	}
	c.work.Go(func() {
		if v := c.socket.take.run(ctx, d); v.acknowledged() {
			// Where this fails, reading does too, and Slack sends it again.
			_ = c.acknowledge(e.ID, v.body)
		}
	})
	return nil
}

// read makes a delivery of an envelope. It has no kind when it is of a type
// that nobody has any use for.
func (e envelope) read() (d Delivery, err error) {
	switch e.Type {
	case "events_api":
		d, _, err = readEvent(e.Payload)
	case "interactive":
		d, err = readInteraction(e.Payload)
	case "slash_commands":
		var values map[string]string
		if values, err = commandJSON(e.Payload); err == nil {
			d, err = readCommand(values)
		}
	}
	return d, err
}

// unread acknowledges what cannot be read, because Slack would send the same
// again and again.
func (c *conn) unread(ctx context.Context, e envelope, err error) error {
	c.socket.note(func(st *State) { st.Unread++ })
	c.socket.config.Log.WarnContext(ctx, "a message of slack could not be read", "type", clip(e.Type), "error", err, "acknowledged", e.ID != "")
	return c.acknowledge(e.ID, nil)
}

// disconnect follows Slack's word that the connection will end. The connection
// is read on until it does, while the next one is opened.
func (c *conn) disconnect(why string) {
	err := fmt.Errorf("receive: slack ends the connection: %s", clip(why))
	switch why {
	case "link_disabled":
		// Socket Mode was turned off in the settings of the app.
		c.leave(fmt.Errorf("%w: %s", ErrRefused, why), 0)
	case "too_many_websockets":
		c.leave(err, crowdedWait)
	default: // warning, refresh_requested
		c.leave(err, 0)
	}
	if c.until.IsZero() {
		c.until = time.Now().Add(drainFor)
	}
}

// clip shortens a word of Slack for a log.
func clip(s string) string { return strings.ToValidUTF8(s[:min(len(s), 40)], "") }

// ack is an acknowledgement.
func ack(id string, payload json.RawMessage) []byte {
	b, err := json.Marshal(struct {
		ID      string          `json:"envelope_id"`
		Payload json.RawMessage `json:"payload,omitempty"`
	}{id, payload})
	if err != nil {
		return nil
	}
	return b
}

// acknowledge sends an acknowledgement. One that Slack would drop is an error
// of whoever made it and not sent.
func (c *conn) acknowledge(id string, payload json.RawMessage) error {
	if id == "" {
		return nil
	}
	b := ack(id, payload)
	if len(b) == 0 || len(b) >= maxAck {
		return fmt.Errorf("%w: %d bytes", errAnswer, len(b))
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	err := c.ws.SetWriteDeadline(time.Now().Add(writeWithin))
	if err == nil {
		err = c.ws.WriteMessage(websocket.TextMessage, b)
	}
	if err != nil {
		_ = c.ws.Close()
	}
	return err
}

// envelopeID finds the id of an envelope in what is no JSON.
var envelopeID = regexp.MustCompile(`"envelope_id"\s*:\s*"([^"\\]{1,128})"`)

func findID(b []byte) string {
	if m := envelopeID.FindSubmatch(b); m != nil {
		return string(m[1])
	}
	return ""
}
