package handlers

import (
	"context"
	"net/url"
	"strings"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
)

// preview answers the insight behind an address that somebody posted. Everybody
// who reads there sees it and nobody asked, so it is decided as for what the
// clock posts. In every other case the reply is private and one and the same:
// a platform then shows nothing.
func (b *Bot) preview(ctx context.Context, v *visit) (*chat.Reply, error) {
	if in, ok := v.linked(ctx, v.Call.Args[argURL]); ok {
		a := b.resolveChosen(v, chat.Args{argInsight: in.ID}, in)
		a.Why = "" // nobody chose it
		if a.Outcome == chat.OutcomeAnswer {
			b.run(ctx, v, &a)
		}
		if a.Outcome == chat.OutcomeAnswer {
			return b.replyPlainly(v, a)
		}
		v.missed = true
	}
	return &chat.Reply{Private: true, Parts: []chat.Part{lead("There is nothing to show for this address.")}}, nil
}

// linked finds the insight behind an address, of those that may be told to all
// who read there. An address that leads to several leads to none.
func (v *visit) linked(ctx context.Context, address string) (insight.Insight, bool) {
	ids := v.stock.links()[normalLink(address)]
	if id := v.bot.consoleID(address); id != "" {
		ids = []string{id}
	}
	var current, outdated []insight.Insight
	for _, id := range ids {
		switch in, ok := v.shelf.find(id); {
		case !ok || !v.postable(in):
		case in.Replaced.Outdated():
			outdated = append(outdated, in)
		default:
			current = append(current, in)
		}
	}
	if len(current) == 0 {
		current = outdated
	}
	if len(current) == 1 {
		return current[0], true
	}
	v.missed = true
	subject, reason := "insight", "missing"
	if len(ids) > 0 {
		if hidden, there := v.stock.index.Find(ids[0]); there {
			subject, reason = "insight:"+hidden.ID, string(v.decide(hidden).Reason)
		}
	}
	v.note(ctx, access.ActionDenied, subject, reason)
	return insight.Insight{}, false
}

// postable reports whether an insight may be shown to everybody who reads the
// place without anybody asking. A person who calls for it must be able to ask
// it there as well, so that no address tells more than a question.
func (v *visit) postable(in insight.Insight) bool {
	posting := v.audience
	if !v.Clock {
		posting = v.rules.Posting(v.User, v.Place)
	}
	return v.tellsHere(in) && posting.Decide(in).Where == v.decide(in).Where
}

// linksOf are the ids of insights by the address of where they can be looked
// at.
func linksOf(ins []insight.Insight) map[string][]string {
	links := map[string][]string{}
	for _, in := range ins {
		if link := normalLink(in.Link); link != "" {
			links[link] = append(links[link], in.ID)
		}
	}
	return links
}

// maxLink is how long an address may be, in bytes.
const maxLink = 4000

// webAddress reads an address of the web; nil for anything else.
func webAddress(s string) *url.URL {
	if len(s) > maxLink {
		return nil
	}
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Opaque != "" || u.User != nil || u.Hostname() == "" {
		return nil
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	switch u.Scheme {
	case "https":
		u.Host = strings.TrimSuffix(u.Host, ":443")
	case "http":
		u.Host = strings.TrimSuffix(u.Host, ":80")
	default:
		return nil
	}
	return u
}

// normalLink is an address in the one form in which two are compared: the case
// of its scheme and host, a slash at its end and the order of its query do not
// count; everything else does. It is "" for what is no address of the web.
func normalLink(s string) string {
	u := webAddress(s)
	if u == nil {
		return ""
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return ""
	}
	link := u.Scheme + "://" + u.Host + strings.TrimRight(u.EscapedPath(), "/")
	if len(query) > 0 {
		link += "?" + query.Encode()
	}
	if u.Fragment != "" {
		link += "#" + u.EscapedFragment()
	}
	return link
}

// consoleID is the id of the insight whose page in the web console an address
// is; "" for any other address. The console writes an id as the end of the
// path, and as an argument of the command where a path would change it.
func (b *Bot) consoleID(address string) string {
	u, console := webAddress(address), webAddress(b.config.Console)
	if u == nil || console == nil || u.Scheme != console.Scheme || u.Host != console.Host || u.Fragment != "" {
		return ""
	}
	path, ok := strings.CutPrefix(u.Path, strings.TrimRight(console.Path, "/"))
	if !ok {
		return ""
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return ""
	}
	if id, ok := strings.CutPrefix(path, "/insights/"); ok && len(query) == 0 {
		return strings.TrimRight(id, "/")
	}
	if path == "/c/insight" && len(query) == 1 && len(query[argID]) == 1 {
		return query.Get(argID)
	}
	return ""
}
