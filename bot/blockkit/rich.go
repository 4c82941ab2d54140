package blockkit

import "strings"

// maxDepth is how deep rich text is followed; Slack knows three levels.
const maxDepth = 6

// rich reads the elements of a rich text.
func rich(elements []Element, depth int) []span {
	if depth > maxDepth {
		return nil
	}
	var list []span
	for _, e := range elements {
		switch e.Type {
		case "rich_text_section":
			if len(list) > 0 {
				list = append(list, span{Kind: "break"})
			}
			list = append(list, rich(e.Elements, depth+1)...)
		case "rich_text_list":
			list = append(list, listed(e, depth))
		case "rich_text_quote":
			list = append(list, span{Kind: "quote", Within: rich(e.Elements, depth+1)})
		case "rich_text_preformatted":
			list = append(list, span{Kind: "pre", Within: rich(e.Elements, depth+1)})
		case "rich_text":
			list = append(list, rich(e.Elements, depth+1)...)
		default:
			list = append(list, styled(e.Style, piece(e))...)
		}
	}
	return list
}

// maxIndent is how far a list is moved in.
const maxIndent = 8

func listed(e Element, depth int) span {
	kind := "list"
	if e.Style.Name == "ordered" {
		kind = "steps"
	}
	l := span{Kind: kind}
	for _, i := range e.Elements {
		l.Within = append(l.Within, span{Kind: "item", Within: rich(i.Elements, depth+1)})
	}
	for range min(max(e.Indent, 0), maxIndent) {
		l = span{Kind: "indent", Within: []span{l}}
	}
	return l
}

// piece is one element within a line.
func piece(e Element) []span {
	said := ""
	if e.Text != nil {
		said = e.Text.Text
	}
	switch e.Type {
	case "text":
		return spans(&Text{Type: "markdown", Text: said})
	case "link":
		if said == "" {
			said = e.URL
		}
		if address := webAddress(e.URL); address != "" {
			return []span{{Kind: "link", Text: visible(said), URL: address}}
		}
		return []span{{Kind: "text", Text: visible(said)}}
	case "emoji":
		return []span{{Kind: "text", Text: emojis(":" + visible(e.Name) + ":")}}
	case "user":
		return []span{{Kind: "mention", Text: "@" + visible(e.User)}}
	case "channel":
		return []span{{Kind: "mention", Text: "#" + visible(e.Channel)}}
	case "usergroup":
		return []span{{Kind: "mention", Text: "@" + visible(e.UserGroup)}}
	case "broadcast":
		return []span{{Kind: "mention", Text: "@" + visible(e.Range)}}
	case "date":
		return []span{{Kind: "text", Text: visible(e.Fallback)}}
	default:
		return []span{{Kind: "text", Text: strings.TrimSpace(visible(said + " [" + e.Type + "]"))}}
	}
}

// styled puts the looks around spans.
func styled(s Style, list []span) []span {
	for _, look := range []struct {
		kind string
		on   bool
	}{{"code", s.Code}, {"strike", s.Strike}, {"italic", s.Italic}, {"bold", s.Bold}} {
		if look.on {
			list = []span{{Kind: look.kind, Within: list}}
		}
	}
	return list
}
