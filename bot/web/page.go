package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"insightbot/chat"
	"insightbot/text"
)

//go:embed templates
var templateFiles embed.FS

// pageTemplates are the parsed templates of pages.
type pageTemplates struct {
	all *template.Template
}

func parseTemplates(a assets) (pageTemplates, error) {
	t, err := template.New("").Funcs(template.FuncMap{"asset": a.url}).ParseFS(templateFiles, "templates/*.html")
	if err != nil {
		return pageTemplates{}, fmt.Errorf("web: templates: %w", err)
	}
	return pageTemplates{t}, nil
}

// shell is what stands around every page.
type shell struct {
	// Title is that of the window, Brand the name of the bot.
	Title, Brand, Tagline string
	Theme                 string
	Channels              []navItem
	Pages                 []navItem
	People                []personView
	Me                    personView
	// SignedIn is set where one speaks as oneself.
	SignedIn bool
	// Here is the address of this page, to come back to.
	Here string
	// Refresh is set while something is being looked up, for browsers
	// without script.
	Refresh bool
	Chat    *chatView
	Reply   *replyView
	Problem string
}

type navItem struct {
	Label, Href string
	Direct      bool
	Current     bool
}

// chatView is a conversation.
type chatView struct {
	Name, Purpose string
	Direct        bool
	Lost          bool
	// Cut is set when older messages had to make room.
	Cut         bool
	Messages    []messageView
	Suggestions []string
	Draft       string
	Problem     string
	Send        *sending
	Bot         string
	Tagline     string
	Me          personView
}

// replyView is a reply at full width.
type replyView struct {
	Title   string
	Ref     string
	Private bool
	Failed  bool
	Parts   []partView
}

// fragmentView is a message sent alone.
type fragmentView struct {
	Lost    bool
	Message messageView
}

// shell fills in what stands around every page of a session.
func (d *desk) shell(r *http.Request, state talkKey, current string) shell {
	v := shell{
		Title: d.config.Title, Brand: d.config.Title, Tagline: d.config.Tagline, Theme: theme(r),
		Here: r.URL.RequestURI(), SignedIn: d.visitor != nil,
	}
	if r.Method != http.MethodGet {
		v.Here = chatPath(chat.Place{Channel: state.place})
	}
	for _, p := range d.places {
		v.Channels = append(v.Channels, navItem{
			Label: placeName(p), Href: chatPath(p), Direct: p.Kind == chat.PlaceDirect, Current: chatPath(p) == current,
		})
	}
	for _, p := range d.config.Pages {
		if p.Label != "" && d.config.ReadOnly(p.Command) {
			v.Pages = append(v.Pages, navItem{Label: p.Label, Href: p.Path, Current: p.Path == current || strings.HasPrefix(current, p.Path+"/")})
		}
	}
	for _, u := range d.people {
		v.People = append(v.People, person(u, u.ID == state.user))
	}
	me, _ := d.user(state.user) // state is of one of them
	v.Me = person(me, true)
	return v
}

// theme is the colours that a browser chose, or "".
func theme(r *http.Request) string {
	c, err := r.Cookie(themeCookie)
	if err != nil || c.Value != string(chat.Light) && c.Value != string(chat.Dark) {
		return ""
	}
	return c.Value
}

// placeName is how a place is called, also when it has no name.
func placeName(p chat.Place) string {
	return nameOr(p.Name, text.Clean(p.Channel))
}

// drawChat writes the page of a conversation.
func (d *desk) drawChat(w http.ResponseWriter, r *http.Request, sess *session, who chat.User, place chat.Place, dr draft) {
	t := d.sessions.snapshot(sess, talkKey{who.ID, place.Channel})
	v := d.shell(r, talkKey{who.ID, place.Channel}, chatPath(place))
	send := &sending{Action: chatPath(place), As: who.ID, Once: d.random()}
	c := &chatView{
		Name: placeName(place), Purpose: text.Clean(d.config.Purpose[place.Channel]), Direct: place.Kind == chat.PlaceDirect,
		Lost: t.lost, Cut: t.cut, Draft: dr.text, Problem: dr.problem, Send: send,
		Bot: d.config.Title, Tagline: d.config.Tagline, Me: v.Me,
	}
	if len(t.messages) == 0 {
		c.Suggestions = d.suggestions(r.Context(), who, place)
	}
	for _, m := range t.messages {
		dw := &drawer{server: d.Server, send: send, prefix: "p-" + m.ref + "-"}
		c.Messages = append(c.Messages, dw.message(m, who.Zone))
		v.Refresh = v.Refresh || m.answer == nil
	}
	v.Title = c.Name + " – " + v.Brand
	v.Chat = c
	status := http.StatusOK
	if dr.problem != "" {
		status = dr.status
		v.Refresh = false
	}
	d.write(w, r, status, "page", v)
}

// drawMessage writes one message alone, for the script to put in.
func (d *desk) drawMessage(w http.ResponseWriter, r *http.Request, sess *session, ref string, lost bool) {
	m, key, ok := d.sessions.find(sess, ref)
	if !ok {
		http.Error(w, "This message is not kept any more. Reload the page.", http.StatusNotFound)
		return
	}
	dw := &drawer{
		server: d.Server, prefix: "p-" + m.ref + "-",
		send: &sending{Action: chatPath(chat.Place{Channel: key.place}), As: key.user, Once: d.random()},
	}
	d.write(w, r, http.StatusOK, "fragment", fragmentView{lost, dw.message(&m, m.user.Zone)})
}

// drawPage writes a reply at full width.
func (d *desk) drawPage(w http.ResponseWriter, r *http.Request, status int, req *chat.Request, a *answer) {
	place := d.replyPlace(r)
	v := d.shell(r, talkKey{req.User.ID, place.Channel}, r.URL.Path)
	dw := &drawer{
		server: d.Server, prefix: "p-",
		send: &sending{Action: chatPath(place), As: req.User.ID, Once: d.random()},
	}
	title := nameOr(a.title, v.Brand)
	v.Title = title + " – " + v.Brand
	v.Reply = &replyView{Title: title, Ref: req.Ref, Private: a.private, Failed: a.failed, Parts: dw.parts(a.parts, 2)}
	d.write(w, r, status, "page", v)
}

// refuse says in a page that something cannot be done.
func (d *desk) refuse(w http.ResponseWriter, r *http.Request, status int, sentence string) {
	if r.Header.Get(fragmentHeader) != "" {
		http.Error(w, sentence, status)
		return
	}
	v := d.shell(r, talkKey{d.who(r).ID, d.where(r).Channel}, "")
	v.Title, v.Problem = sentence, sentence
	d.write(w, r, status, "page", v)
}

// write executes a template before anything is sent, so that an error of it
// never leaves half a page.
func (s *Server) write(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	var page bytes.Buffer
	if err := s.pages.all.ExecuteTemplate(&page, name, data); err != nil {
		s.config.Log.ErrorContext(r.Context(), "page not drawn", "template", name, "error", err)
		http.Error(w, "This page could not be drawn.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if _, err := page.WriteTo(w); err != nil {
		s.config.Log.DebugContext(r.Context(), "page not sent", "error", err)
	}
}
