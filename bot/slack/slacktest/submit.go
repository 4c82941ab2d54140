package slacktest

import (
	"encoding/json"
	"slices"
	"strconv"
	"testing"
	"unicode/utf8"
)

// Submission is what became of a dialog that was sent.
type Submission struct {
	*Sent
	// Action is what the app answered: "" (the dialog closes), "errors",
	// "update", "push" or "clear"; "refused" when Slack did not send it at all.
	Action string
	// Errors are by block id, or by label when Slack itself refused.
	Errors map[string]string
}

// Submit fills in the inputs of the dialog that somebody has open, by label,
// block id or action id, and sends it. Several choices stand on a line each.
// It waits for the answer of the app.
func (s *Server) Submit(t testing.TB, user string, given map[string]string) Submission {
	t.Helper()
	s.fillIn(t, user, given)
	s.mu.Lock()
	v := s.top(user)
	out := Submission{Action: "refused", Errors: v.missing()}
	if len(out.Errors) > 0 || v.install.dead != "" {
		out.Sent = s.silent(kindInteraction)
		s.mu.Unlock()
		return out
	}
	i := s.interaction("view_submission", v.install, user)
	info := s.viewInfo(v)
	refs := s.responseRefs(v)
	i.View, i.Trigger, i.ResponseURLs = &info, s.newTrigger(v.team, user), &refs
	out.Sent = s.perform(i, true, func(d *Sent) { out.Action, out.Errors = s.submitted(v, d) })
	s.mu.Unlock()
	out.Wait(t)
	s.mu.Lock()
	defer s.mu.Unlock()
	return out
}

// fillIn gives the values. A choice that the app is asked for is asked for.
func (s *Server) fillIn(t testing.TB, user string, given map[string]string) {
	t.Helper()
	for name, text := range given {
		s.mu.Lock()
		v := s.top(user)
		if v == nil {
			s.mu.Unlock()
			t.Fatalf("slacktest: %s has no dialog open", user)
		}
		i := slices.IndexFunc(v.controls(), func(f control) bool { return f.kind != "button" && f.named(name) })
		if i < 0 {
			words := v.made.words()
			s.mu.Unlock()
			t.Fatalf("slacktest: no input %q in the dialog:\n%s", name, words)
		}
		f := v.controls()[i]
		s.mu.Unlock()
		var value *node
		if f.kind == "external_select" || f.kind == "multi_external_select" {
			s.Suggest(t, user, name, text)
		}
		s.mu.Lock()
		f = v.controls()[i]
		if value = f.value(text); value == nil {
			words := f.parent.words()
			s.mu.Unlock()
			t.Fatalf("slacktest: %q is no choice of %q:\n%s", text, name, words)
		}
		v.state.set(f.block, f.action, value)
		s.mu.Unlock()
	}
}

// missing are the inputs that Slack itself does not let through.
func (v *view) missing() map[string]string {
	found := map[string]string{}
	for _, f := range v.controls() {
		if !f.input {
			continue
		}
		value := v.state[f.block][f.action]
		if value == nil {
			value = f.initial()
		}
		if empty := value == nil || value.isText && value.text == "" || value.list != nil && len(value.list) == 0; empty {
			if !f.optional {
				found[f.label] = "Please complete this required field."
			}
			continue
		}
		if most := f.element.at("max_length"); most != nil && value.isText {
			if n, err := strconv.Atoi(string(most.raw)); err == nil && utf8.RuneCountInString(value.text) > n {
				found[f.label] = "Must be less than " + strconv.Itoa(n+1) + " characters"
			}
		}
	}
	return found
}

// responseRefs are the addresses for replies that menus of channels ask for.
func (s *Server) responseRefs(v *view) []responseRef {
	list := []responseRef{}
	for _, f := range v.controls() {
		value := v.state[f.block][f.action]
		if value == nil {
			value = f.initial()
		}
		if !f.element.is("response_url_enabled") || value == nil {
			continue
		}
		list = append(list, responseRef{
			Block: f.block, Action: f.action, Channel: value.text,
			URL: s.newResponse(&response{user: v.user, channel: value.text, install: v.install}),
		})
	}
	return list
}

// submitted does what the answer to a dialog asks for. The lock is held.
func (s *Server) submitted(v *view, d *Sent) (action string, errs map[string]string) {
	say := func(kind, words string) {
		s.showPart(&shown{Seen: Seen{Kind: kind, Text: words, Raw: string(d.answer)}, viewers: []string{v.user}})
	}
	if !d.acked {
		say("slack", "We had some trouble connecting. Try again?")
		return "failed", nil
	}
	answer := parse(d.answer)
	c := &request{Server: s, method: "view_submission", in: v.install}
	switch action = answer.string("response_action"); action {
	case "errors":
		errs = map[string]string{}
		for block, words := range answer.at("errors").object {
			errs[block] = words.text
			say("errors", words.text)
			if !slices.ContainsFunc(v.controls(), func(f control) bool { return f.input && f.block == block }) {
				s.problem("an error for " + block + ", which is no input")
			}
		}
		return action, errs
	case "update", "push":
		made := answer.at("view")
		err := c.checkedView(made, "modal")
		if err == nil && action == "update" {
			s.replace(v, made)
		} else if err == nil {
			_, err = c.push(v.user, made)
		}
		if err != nil {
			s.problem("the answer to a dialog is not taken: " + err.Error())
			say("slack", "We had some trouble connecting. Try again?")
			return "failed", nil
		}
	case "clear":
		s.stacks[v.user] = nil
	case "":
		s.stacks[v.user] = slices.DeleteFunc(s.stacks[v.user], func(o *view) bool { return o == v })
	default:
		s.problem("unknown response_action " + action)
	}
	return action, nil
}

// CloseDialog lets somebody close the dialog they have open.
func (s *Server) CloseDialog(user string) *Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.top(user)
	if v == nil {
		return s.silent(kindInteraction)
	}
	s.stacks[user] = slices.DeleteFunc(s.stacks[user], func(o *view) bool { return o == v })
	s.touch()
	if !v.made.is("notify_on_close") || v.install.dead != "" {
		return s.silent(kindInteraction)
	}
	i := s.interaction("view_closed", v.install, user)
	info, cleared := s.viewInfo(v), false
	i.View, i.Cleared = &info, &cleared
	return s.perform(i, false, nil)
}

// Option is a choice that the app offers for what somebody types.
type Option struct{ Text, Description, Value string }

// Suggest types into a menu whose choices the app gives, and returns them. They
// can be chosen afterwards.
func (s *Server) Suggest(t testing.TB, user, name, typed string) []Option {
	t.Helper()
	s.mu.Lock()
	f, c := s.seek(user, where{name: name, fits: func(c control) bool {
		return c.kind == "external_select" || c.kind == "multi_external_select"
	}})
	var in *install
	if f.view != nil {
		in = f.view.install
	} else {
		in = s.installOf(f.message.user)
	}
	i := s.interaction("block_suggestion", in, user)
	i.Action, i.Block, i.Value = c.action, c.block, &typed
	s.locate(&i, f, in, user)
	i.ResponseURL = ""
	var options []Option
	d := s.perform(i, true, func(d *Sent) {
		answer := parse(d.answer)
		for _, name := range []string{"options", "option_groups"} {
			if n := answer.at(name); n != nil {
				c.element.object[name] = n
			}
		}
		for _, o := range c.options() {
			options = append(options, Option{Text: o.string("text", "text"), Description: o.string("description", "text"), Value: o.string("value")})
		}
		if len(options) > 100 {
			s.problem("more than 100 options")
		}
		s.showPart(&shown{Seen: Seen{Kind: "options", Text: answer.words(), Raw: string(answer.json())}, viewers: []string{user}})
	})
	s.mu.Unlock()
	d.Wait(t)
	if !d.Acked() {
		t.Fatalf("slacktest: no options came: %s", d.Trouble())
	}
	return options
}

// Shortcut lets somebody use a global shortcut.
func (s *Server) Shortcut(user, callback string) *Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := s.installFor(user)
	if in == nil {
		return s.silent(kindInteraction)
	}
	i := s.interaction("shortcut", in, user)
	i.Callback, i.ActionTS, i.Trigger = callback, s.ts(), s.newTrigger(in.Team, user)
	return s.perform(i, false, nil)
}

// MessageShortcut lets somebody use a shortcut of a message. The app need not
// be in its channel.
func (s *Server) MessageShortcut(user, channel, ts, callback string) *Sent {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ch := s.find(channel, ts), s.channels[channel]
	if m == nil || !s.reads(user, ch) {
		s.t.Fatalf("slacktest: %s sees no message %s in %s", user, ts, channel)
	}
	in := s.installed(ch.Team)
	if in == nil {
		in = s.installFor(user)
	}
	i := s.interaction("message_action", in, user)
	info := s.sent(m, false)
	i.Callback, i.ActionTS, i.Trigger = callback, s.ts(), s.newTrigger(in.Team, user)
	i.MessageTS, i.Message, i.Channel = m.ts, &info, &nameRef{ID: ch.ID, Name: channelName(ch)}
	i.ResponseURL = s.newResponse(&response{user: user, channel: channel, install: in})
	return s.perform(i, false, nil)
}

// RawInteraction sends a payload of the test's own making.
func (s *Server) RawInteraction(payload json.RawMessage) *Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.deliver(&Sent{Kind: kindInteraction, Payload: payload, answers: true})
}
