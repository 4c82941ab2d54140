package slacktest

import (
	"encoding/json"
	"slices"
	"time"
)

// trigger lets a dialog be opened once, within three seconds.
type trigger struct {
	user, team string
	at         time.Time
	used       bool
}

// newTrigger returns the id of a new trigger. The lock is held.
func (s *Server) newTrigger(team, user string) string {
	id := s.id("trigger.")
	s.triggers[id] = &trigger{user: user, team: team, at: s.now()}
	return id
}

// pull uses a trigger.
func (c *request) pull(id string) (*trigger, error) {
	t := c.triggers[id]
	switch {
	case t == nil || t.team != c.in.Team:
		return nil, refuse("invalid_trigger_id")
	case t.used:
		return nil, refuse("exchanged_trigger_id")
	case c.now().Sub(t.at) > c.Timing.Trigger:
		return nil, refuse("expired_trigger_id")
	}
	t.used = true
	return t, nil
}

// state are the values that somebody gave, by block and action.
type state map[string]map[string]*node

func (st state) set(block, action string, value *node) {
	if st[block] == nil {
		st[block] = map[string]*node{}
	}
	st[block][action] = value
}

// view is an open dialog or a home page.
type view struct {
	id, hash, team, user string
	root, previous       string
	made                 *node // as the app made it
	state                state
	install              *install
}

type stateInfo struct {
	Values map[string]map[string]json.RawMessage `json:"values"`
}

// viewInfo is a view as the Web API has it.
type viewInfo struct {
	ID            string          `json:"id"`
	Team          string          `json:"team_id"`
	Type          string          `json:"type"`
	Blocks        json.RawMessage `json:"blocks"`
	Private       string          `json:"private_metadata"`
	Callback      string          `json:"callback_id"`
	State         stateInfo       `json:"state"`
	Hash          string          `json:"hash"`
	Title         json.RawMessage `json:"title,omitempty"`
	ClearOnClose  bool            `json:"clear_on_close"`
	NotifyOnClose bool            `json:"notify_on_close"`
	Close         json.RawMessage `json:"close"`
	Submit        json.RawMessage `json:"submit"`
	Previous      *string         `json:"previous_view_id"`
	Root          string          `json:"root_view_id"`
	App           string          `json:"app_id"`
	External      string          `json:"external_id"`
	AppTeam       string          `json:"app_installed_team_id"`
	Bot           string          `json:"bot_id"`
}

func (s *Server) viewInfo(v *view) viewInfo {
	out := viewInfo{
		ID: v.id, Team: v.team, Type: v.made.string("type"), Blocks: v.made.at("blocks").json(), Private: v.made.string("private_metadata"),
		Callback: v.made.string("callback_id"), State: v.values(), Hash: v.hash, Title: v.made.at("title").json(),
		ClearOnClose: v.made.is("clear_on_close"), NotifyOnClose: v.made.is("notify_on_close"),
		Close: v.made.at("close").json(), Submit: v.made.at("submit").json(), Root: v.root, App: s.App.ID,
		External: v.made.string("external_id"), AppTeam: v.team, Bot: v.install.BotID,
	}
	if v.previous != "" {
		out.Previous = &v.previous
	}
	return out
}

// View is an open dialog or a home page as a test sees it.
type View struct {
	ID, Type, CallbackID, Private, Title, Submit string
	Words                                        string
	Blocks                                       json.RawMessage
}

// Dialog returns the dialog that somebody has open on top; ok is false when
// there is none.
func (s *Server) Dialog(user string) (v View, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if top := s.top(user); top != nil {
		return top.public(), true
	}
	return View{}, false
}

// HomeOf returns the home page of somebody in the home workspace; ok is false
// when it was not published.
func (s *Server) HomeOf(user string) (v View, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if home := s.homes[user]; home != nil {
		return home.public(), true
	}
	return View{}, false
}

func (v *view) public() View {
	return View{
		ID: v.id, Type: v.made.string("type"), CallbackID: v.made.string("callback_id"), Private: v.made.string("private_metadata"),
		Title: v.made.string("title", "text"), Submit: v.made.string("submit", "text"), Words: v.made.words(), Blocks: v.made.at("blocks").json(),
	}
}

// top is the dialog on top, or nil.
func (s *Server) top(user string) *view {
	if stack := s.stacks[user]; len(stack) > 0 {
		return stack[len(stack)-1]
	}
	return nil
}

// made reads and checks the view of a call.
func (c *request) made(kind string) (*node, error) {
	v := parse([]byte(c.args.Get("view")))
	if v == nil || v.object == nil {
		return nil, refuse("invalid_arguments", "missing required field: view")
	}
	return v, c.checkedView(v, kind)
}

func (c *request) checkedView(v *node, kind string) error {
	if err := c.checkView(v, kind); err != nil {
		return err
	}
	if b := v.at("blocks"); b != nil {
		if err := c.usable(b); err != nil {
			return err
		}
		named(b, c.Server)
	}
	return nil
}

func (s *Server) newView(in *install, user string, made *node) *view {
	v := &view{id: s.id("V"), team: in.Team, user: user, made: made, state: state{}, install: in, hash: s.ts()}
	v.root = v.id
	return v
}

// showView records what somebody sees of a view.
func (s *Server) showView(v *view) {
	visible, hidden := s.split(v.user, v.made.files())
	s.showPart(&shown{
		Seen: Seen{
			Kind: v.made.string("type"), By: v.install.Bot, Text: v.made.words(), Raw: string(v.made.json()),
			Files: s.contents(visible), Broken: hidden,
		},
		viewers: []string{v.user},
	})
}

type viewAnswer struct {
	success
	View viewInfo `json:"view"`
}

func (c *request) viewsOpen() (any, error) {
	made, err := c.made("modal")
	if err != nil {
		return nil, err
	}
	t, err := c.pull(c.args.Get("trigger_id"))
	if err != nil {
		return nil, err
	}
	v := c.newView(c.in, t.user, made)
	c.stacks[t.user] = []*view{v}
	c.showView(v)
	return viewAnswer{success: fine, View: c.viewInfo(v)}, nil
}

// maxStack is how many dialogs lie on top of each other.
const maxStack = 3

func (c *request) viewsPush() (any, error) {
	made, err := c.made("modal")
	if err != nil {
		return nil, err
	}
	t, err := c.pull(c.args.Get("trigger_id"))
	if err != nil {
		return nil, err
	}
	v, err := c.push(t.user, made)
	if err != nil {
		return nil, err
	}
	return viewAnswer{success: fine, View: c.viewInfo(v)}, nil
}

func (c *request) push(user string, made *node) (*view, error) {
	stack := c.stacks[user]
	switch {
	case len(stack) == 0:
		return nil, refuse("not_found")
	case len(stack) >= maxStack:
		return nil, refuse("push_limit_reached")
	}
	v := c.newView(c.in, user, made)
	v.root, v.previous = stack[0].id, stack[len(stack)-1].id
	c.stacks[user] = append(stack, v)
	c.showView(v)
	return v, nil
}

func (c *request) viewsUpdate() (any, error) {
	made, err := c.made("modal")
	if err != nil {
		return nil, err
	}
	id, external := c.args.Get("view_id"), c.args.Get("external_id")
	for _, stack := range c.stacks {
		i := slices.IndexFunc(stack, func(v *view) bool {
			return v.team == c.in.Team && (id != "" && v.id == id || external != "" && v.made.string("external_id") == external)
		})
		if i < 0 {
			continue
		}
		if hash := c.args.Get("hash"); hash != "" && hash != stack[i].hash {
			return nil, refuse("hash_conflict")
		}
		c.replace(stack[i], made)
		return viewAnswer{success: fine, View: c.viewInfo(stack[i])}, nil
	}
	return nil, refuse("not_found")
}

// replace puts new content into a view. Values stay where block and action
// have the same ids.
func (s *Server) replace(v *view, made *node) {
	v.made, v.hash = made, s.ts()
	kept := state{}
	for _, f := range v.controls() {
		if value := v.state[f.block][f.action]; value != nil {
			kept.set(f.block, f.action, value)
		}
	}
	v.state = kept
	s.showView(v)
}

func (c *request) viewsPublish() (any, error) {
	made, err := c.made("home")
	if err != nil {
		return nil, err
	}
	u := c.users[c.args.Get("user_id")]
	if u == nil || !c.knows(u) || u.Bot {
		return nil, refuse("invalid_arguments", "invalid user_id [json-pointer:/user_id]")
	}
	v := c.homes[u.ID]
	if v == nil {
		v = c.newView(c.in, u.ID, made)
		c.homes[u.ID] = v
	} else if hash := c.args.Get("hash"); hash != "" && hash != v.hash {
		return nil, refuse("hash_conflict")
	}
	c.replace(v, made)
	return viewAnswer{success: fine, View: c.viewInfo(v)}, nil
}
