package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"insightbot/chat"
)

// fragmentHeader is set by the script of the page, which wants the new message
// alone and not the page around it.
const fragmentHeader = "X-Fragment"

// argPrefix marks the fields of a chat.Form among the playground's own.
const argPrefix = "arg."

// draft is what a person typed that could not be sent, and why.
type draft struct {
	text, problem string
	// status is the one of the response.
	status int
}

// retryAfter is when a browser may try again what was too much, in seconds.
const retryAfter = "5"

// post adds a question or a pressed button to a conversation and answers it.
func (d *desk) post(w http.ResponseWriter, r *http.Request) {
	place, ok := d.place(r.PathValue("channel"))
	if !ok {
		d.refuse(w, r, http.StatusNotFound, "There is no channel of that name.")
		return
	}
	if !d.parse(w, r) {
		return
	}
	// The form says who spoke when it was made: another tab may speak as
	// somebody else by now.
	who := d.who(r)
	if u, ok := d.user(r.PostForm.Get("as")); ok {
		who = u
		d.choose(w, r, userCookie, u.ID)
	}
	reject := func(status int, problem string) {
		d.reject(w, r, who, place, draft{text: typed(r.PostForm.Get("q")), problem: problem, status: status})
	}
	m, problem := d.read(r)
	if problem != "" {
		reject(http.StatusUnprocessableEntity, problem)
		return
	}
	// Before a session is begun: who is refused costs nothing.
	if !d.take() {
		w.Header().Set("Retry-After", retryAfter)
		reject(http.StatusServiceUnavailable, "There is too much to do right now, so nothing was sent. Try again in a moment.")
		return
	}
	sess := d.begin(w, r, m.once)
	m.user = who
	key := talkKey{who.ID, place.Channel}
	before := d.sessions.snapshot(sess, key)
	kept, fresh := d.sessions.add(sess, key, m)
	if !fresh {
		d.release()
	}
	if kept == nil {
		reject(http.StatusUnprocessableEntity, "Several answers are still being looked up. Wait for one of them, then ask again.")
		return
	}
	if fresh {
		d.answerLater(r.Context(), sess, kept, &chat.Request{
			Ref: m.ref, Call: m.call, Context: before.context(), Place: d.ours(place), User: m.user, At: m.at, Themes: themes(),
		})
	}
	d.await(r.Context(), kept)
	if r.Header.Get(fragmentHeader) != "" {
		d.drawMessage(w, r, sess, kept.ref, before.lost && len(before.messages) == 0)
		return
	}
	http.Redirect(w, r, chatPath(place)+"#m-"+kept.ref, http.StatusSeeOther)
}

// read makes a message of a sent form, or says in a sentence what is wrong.
func (d *desk) read(r *http.Request) (m *message, problem string) {
	m = &message{ref: d.newRef(), once: r.PostForm.Get("once"), at: d.config.Now(), done: make(chan struct{})}
	if len(m.once) > 64 {
		m.once = m.once[:64]
	}
	if sent := r.PostForm.Get("call"); sent != "" {
		call, label, err := decodeChoice(sent)
		if err != nil {
			return nil, "What that button does could not be read. Reload the page and press it again."
		}
		fields := url.Values{}
		for sent, v := range r.PostForm {
			if name, ok := strings.CutPrefix(sent, argPrefix); ok {
				fields[name] = v
			}
		}
		for name, value := range args(fields) {
			call = call.With(name, value)
		}
		if m.call, m.said = call, label; m.said == "" {
			m.said = described(call)
		}
		return m, ""
	}
	m.said = typed(r.PostForm.Get("q"))
	switch n := utf8.RuneCountInString(m.said); {
	case n == 0:
		return nil, "Type a question first."
	case n > maxQuestion:
		return nil, fmt.Sprintf("A question can have 1,000 characters at most; this one has %d. Nothing was sent.", n)
	}
	m.call = chat.Call{Command: d.config.Ask, Args: chat.Args{"q": m.said}}
	return m, ""
}

// reject says why something was not sent, and gives the text back.
func (d *desk) reject(w http.ResponseWriter, r *http.Request, who chat.User, place chat.Place, dr draft) {
	if r.Header.Get(fragmentHeader) != "" {
		http.Error(w, dr.problem, dr.status)
		return
	}
	d.drawChat(w, r, d.look(r), who, place, dr)
}

// take takes one of the slots for answers, if one is free. Who took it gives
// it back with release.
func (s *Server) take() bool {
	select {
	case s.slots <- struct{}{}:
		return true
	default:
		return false
	}
}

// release gives a slot back.
func (s *Server) release() { <-s.slots }

// answerLater answers a message on its own, so that neither a closed browser
// nor a shutdown loses it. It gives the slot back that its caller took.
func (d *desk) answerLater(ctx context.Context, sess *session, m *message, req *chat.Request) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerLimit)
	d.answers.Go(func() {
		defer cancel()
		defer d.release()
		reply, failed := d.reply(ctx, req)
		reply, size := trim(reply)
		a := d.keep(sess.id, reply, failed)
		a.size = size
		d.sessions.finish(sess, m, a)
	})
}

// await waits until a message is answered, but not for ever.
func (d *desk) await(ctx context.Context, m *message) {
	timer := time.NewTimer(d.patience)
	defer timer.Stop()
	select {
	case <-m.done:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// reply asks the handler. A failure becomes a sentence with the reference, and
// one log line with the cause.
func (d *desk) reply(ctx context.Context, req *chat.Request) (reply *chat.Reply, failed bool) {
	reply, err := d.call(ctx, req)
	if err == nil && reply == nil {
		err = errors.New("web: handler gave no reply")
	}
	if err == nil {
		return reply, false
	}
	d.config.Log.ErrorContext(ctx, "no answer", "ref", req.Ref, "command", d.loggableCommand(req.Call.Command),
		"error", d.loggable(err, req.Call))
	return &chat.Reply{Title: "Something went wrong", Parts: []chat.Part{chat.Text{
		Style: chat.Failure,
		Text: "Something went wrong while answering. Try again; if it stays, give an admin the reference " +
			req.Ref + ".",
	}}}, true
}

// keep makes an answer of a reply, whose files go into the store for a session.
func (d *desk) keep(session string, reply *chat.Reply, failed bool) *answer {
	a := &answer{title: reply.Title, private: reply.Private, context: reply.Context, failed: failed}
	a.parts, a.files = d.sessions.files.keep(session, reply.Parts)
	return a
}

// call runs the handler. A panic must not end the program: this is not a
// goroutine of net/http, which would catch it.
func (d *desk) call(ctx context.Context, req *chat.Request) (reply *chat.Reply, err error) {
	defer func() {
		if p := recover(); p != nil {
			reply, err = nil, fmt.Errorf("web: handler panicked: %v\n%s", p, debug.Stack())
		}
	}()
	req.Console = d.config.remote()
	return d.handler.Answer(ctx, req)
}

// showMessage answers GET /message/{ref}: one message, when it is done or the
// patience of a browser is.
func (d *desk) showMessage(w http.ResponseWriter, r *http.Request) {
	sess := d.look(r)
	m, _, ok := d.sessions.find(sess, r.PathValue("ref"))
	if !ok {
		d.refuse(w, r, http.StatusNotFound, "This message is not kept any more.")
		return
	}
	d.await(r.Context(), &m)
	d.drawMessage(w, r, sess, m.ref, false)
}
