package screen

import (
	"strings"

	"github.com/slack-go/slack"

	"insightbot/chat"
	"insightbot/text"
)

// fact is one labelled statement, clean and short enough.
type fact struct{ label, text, url string }

// factsOf cleans statements, and gathers the buttons of those that lead to a
// command.
func (d *drawer) factsOf(p chat.Facts) []fact {
	var facts []fact
	for _, i := range p.Items {
		f := fact{label: text.Clean(i.Label), text: clean(i.Text), url: safeURL(i.Link.URL)}
		if f.url != "" && (f.text == "" || f.text == clean(i.Link.URL)) {
			// A name reads better than an address.
			f.text = nameOr(i.Link.Label, f.text)
		}
		if f.text == "" && f.label == "" {
			continue
		}
		if cut := text.TruncateWith(f.text, maxFact, text.UTF16, shortened); cut != f.text {
			d.cut("fact: %d of %d characters", text.UTF16(cut), text.UTF16(f.text))
			f.text = cut
		}
		if cut := text.TruncateWith(f.label, maxFact, text.UTF16, shortened); cut != f.label {
			d.cut("label: %d of %d characters", text.UTF16(cut), text.UTF16(f.label))
			f.label = cut
		}
		facts = append(facts, f)
		if !i.Link.Call.IsZero() {
			label := nameOr(i.Link.Label, nameOr(f.text, unnamed))
			d.links = append(d.links, button{
				label: infoMark + label, call: i.Link.Call, dialog: d.dialog(i.Link.Call), says: strings.TrimSpace("More on " + f.label + " " + label),
			})
		}
	}
	return facts
}

// infoMark marks a button that leads to more about what it names.
const infoMark = "ⓘ "

// String is the statement as one line.
func (f fact) String() string {
	switch {
	case f.label == "":
		return f.text
	case f.text == "":
		return f.label
	}
	return f.label + ": " + f.text
}

// link is the statement with its text as a link, in mrkdwn; "" where that
// could be taken for other markup, or is too long.
func (f fact) link() string {
	if f.url == "" || f.text == "" || !unmarked(f.String()) || strings.Contains(f.text, "|") {
		return ""
	}
	link := "<" + escape(f.url) + "|" + escape(strings.ReplaceAll(f.text, "\n", " ")) + ">"
	if f.label != "" {
		link = escape(f.label) + ": " + link
	}
	if text.UTF16(link) > maxContext {
		return ""
	}
	return link
}

// size is about how much room a statement takes.
func (f fact) size() int { return text.UTF16(f.String()) + text.UTF16(f.url) + 2 }

// fitting are the statements there is room for.
func fitting(facts []fact, room int) []fact {
	for i, f := range facts {
		if room -= f.size(); room < 0 {
			return facts[:i]
		}
	}
	return facts
}

// moreFacts says that statements are missing.
func (d *drawer) moreFacts(all, shown []fact) string {
	n := len(all) - len(shown)
	d.cut("facts: %d of %d", len(shown), len(all))
	return counted(n, "more line does", "more lines do") + " not fit here."
}

// facts prepares statements as lines with a bold label.
func (d *drawer) facts(p chat.Facts) {
	all := d.factsOf(p)
	links := d.links
	d.links = nil
	if len(all) > 0 {
		d.add(rankFacts, "facts", func(left room) ([]slack.Block, error) {
			shown := fitting(all, left.chars-reserve)
			if len(shown) == 0 {
				return nil, nil
			}
			blocks := []slack.Block{rich(shown)}
			if len(shown) < len(all) {
				blocks = append(blocks, small(d.moreFacts(all, shown)))
			}
			return blocks, nil
		})
	}
	if len(links) > 0 {
		d.row(buttonRow{buttons: links})
	}
}

// rich draws statements, a line each.
func rich(facts []fact) *slack.RichTextBlock {
	bold := &slack.RichTextSectionTextStyle{Bold: true}
	var elements []slack.RichTextSectionElement
	for i, f := range facts {
		end := "\n"
		if i == len(facts)-1 {
			end = ""
		}
		if f.label != "" {
			label := f.label
			if f.text != "" {
				label += ":"
			}
			elements = append(elements, slack.NewRichTextSectionTextElement(label, bold))
		}
		lead := ""
		if f.label != "" && f.text != "" {
			lead = " "
		}
		switch {
		case f.url != "" && f.text != "":
			if lead != "" {
				elements = append(elements, slack.NewRichTextSectionTextElement(lead, nil))
			}
			elements = append(elements, slack.NewRichTextSectionLinkElement(f.url, f.text, nil))
		case f.text != "":
			elements = append(elements, slack.NewRichTextSectionTextElement(lead+f.text+end, nil))
			continue
		}
		if end != "" {
			elements = append(elements, slack.NewRichTextSectionTextElement(end, nil))
		}
	}
	return slack.NewRichTextBlock("", slack.NewRichTextSection(elements...))
}

// foldedFacts prepares statements as one small paragraph, with links to web
// pages behind it. Their buttons go to the next row.
func (d *drawer) foldedFacts(p chat.Facts) {
	all := d.factsOf(p)
	if len(all) == 0 {
		return
	}
	d.add(rankFacts, "facts", func(left room) ([]slack.Block, error) {
		shown := fitting(all, min(left.chars, maxContext)-reserve)
		if len(shown) == 0 {
			return nil, nil
		}
		var words []string
		var links []slack.MixedElement
		for _, f := range shown {
			if link := f.link(); link != "" && len(links) < maxLinks {
				links = append(links, slack.NewTextBlockObject(slack.MarkdownType, link, false, true))
				continue
			}
			words = append(words, f.String())
		}
		var blocks []slack.Block
		var elements []slack.MixedElement
		if len(words) > 0 {
			elements = append(elements, plain(strings.Join(words, " · "), maxContext))
		}
		blocks = append(blocks, slack.NewContextBlock("", append(elements, links...)...))
		if len(shown) < len(all) {
			blocks = append(blocks, small(d.moreFacts(all, shown)))
		}
		return blocks, nil
	})
}
