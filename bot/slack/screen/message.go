package screen

import (
	"github.com/slack-go/slack"

	"insightbot/chat"
	"insightbot/text"
)

// Message draws a reply as one message that Slack takes, whatever it holds.
// What does not fit is cut, and the message says so. The error is that of
// Options.Keep, or says that a call is too long and nothing keeps it.
func Message(r *chat.Reply, o Options) (Drawn, error) {
	d := newDrawer(r, o, onMessage)
	if o.Asker != "" {
		d.fixed(rankFirst, "question", asked(o))
	}
	if title := text.Clean(r.Title); title != "" && !hasLead(r.Parts) {
		d.fixed(rankFirst, "title", slack.NewHeaderBlock(plain(title, maxHeader)))
	}
	d.prepare()
	blocks, err := d.assemble(room{maxMessageChars, maxMessageBlocks})
	if err != nil {
		return Drawn{}, err
	}
	words := fallback(r, o)
	if len(blocks) == 0 {
		blocks = []slack.Block{paragraph(nothing)}
	}
	return Drawn{Text: words, Blocks: blocks, More: d.more}, nil
}

// maxAsked is how much of a question stands above its answer.
const maxAsked = 300

// asked says who asked what. Nobody is mentioned but who asked.
func asked(o Options) *slack.ContextBlock {
	elements := []slack.MixedElement{slack.NewTextBlockObject(slack.MarkdownType, mention(o.Asker)+" asked:", false, true)}
	if words := text.Clean(o.Asked); words != "" {
		elements = append(elements, plain(words, maxAsked))
	}
	return slack.NewContextBlock("", elements...)
}

// mention is a person by their id.
func mention(id string) string { return "<@" + escape(id) + ">" }

// hasLead reports whether a reply begins with a sentence of its own, so that a
// title above it would only push it down.
func hasLead(parts []chat.Part) bool {
	for _, p := range parts {
		if t, ok := p.(chat.Text); ok && (t.Style == chat.Lead || t.Style == chat.Failure) && clean(t.Text) != "" {
			return true
		}
	}
	return false
}

// Home draws a reply as the home page of the app.
func Home(r *chat.Reply, o Options) (slack.HomeTabViewRequest, error) {
	d := newDrawer(r, o, onHome)
	if title := text.Clean(r.Title); title != "" && !hasLead(r.Parts) {
		d.fixed(rankFirst, "title", slack.NewHeaderBlock(plain(title, maxHeader)))
	}
	d.prepare()
	blocks, err := d.assemble(room{maxViewBytes, maxViewBlocks})
	if err != nil {
		return slack.HomeTabViewRequest{}, err
	}
	if len(blocks) == 0 {
		blocks = []slack.Block{paragraph(nothing)}
	}
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: blocks}}, nil
}
