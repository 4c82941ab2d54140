package blockkit

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"insightbot/text"
)

// span is a piece of text with what it looks like. Its text is plain: nothing
// in it is markup any more, neither Slack's nor HTML's.
type span struct {
	// Kind is "text", "bold", "italic", "strike", "code", "pre", "quote",
	// "link", "mention" or "break".
	Kind string
	Text string
	// URL is where a link leads: a web or mail address, nothing else.
	URL    string
	Within []span
}

// maxText is how long a text is drawn, in characters; Slack takes no longer.
const maxText = 40_000

// spans reads a text object.
func spans(t *Text) []span {
	if t == nil {
		return nil
	}
	s := text.Truncate(visible(t.Text), maxText, text.UTF16)
	switch t.Type {
	case "mrkdwn":
		return blocksOf(s)
	case "markdown": // the block of that name, whose other marks are left as they are
		return lines(s, func(line string) []span { return []span{{Kind: "text", Text: line}} })
	default:
		return lines(s, func(line string) []span { return []span{{Kind: "text", Text: emojis(line)}} })
	}
}

// visible drops what would drive or turn the text around it.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x2028, r == 0x2029:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// lines reads each line, with breaks between them.
func lines(s string, read func(string) []span) []span {
	var list []span
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			list = append(list, span{Kind: "break"})
		}
		if line != "" {
			list = append(list, read(line)...)
		}
	}
	return list
}

// blocksOf reads mrkdwn: code between three backticks, and lines of text and
// of quotes around it.
func blocksOf(s string) []span {
	var list []span
	for {
		before, rest, open := strings.Cut(s, "```")
		code, after, closed := strings.Cut(rest, "```")
		if !open || !closed || code == "" {
			return append(list, quotes(s)...)
		}
		list = append(list, quotes(strings.TrimSuffix(before, "\n"))...)
		list = append(list, span{Kind: "pre", Within: lines(strings.Trim(code, "\n"), tokens)})
		s = strings.TrimPrefix(after, "\n")
	}
}

// quotes reads lines of mrkdwn, of which those that begin with > are a quote.
func quotes(s string) []span {
	if s == "" {
		return nil
	}
	var list []span
	var quoted, free []string
	flush := func() {
		if len(free) > 0 {
			list = append(list, lines(strings.Join(free, "\n"), inline)...)
		}
		if len(quoted) > 0 {
			list = append(list, span{Kind: "quote", Within: lines(strings.Join(quoted, "\n"), inline)})
		}
		quoted, free = nil, nil
	}
	for line := range strings.SplitSeq(s, "\n") {
		rest, ok := strings.CutPrefix(line, "&gt;")
		if !ok {
			rest, ok = strings.CutPrefix(line, ">")
		}
		switch {
		case ok && len(free) > 0, !ok && len(quoted) > 0:
			flush()
		}
		if ok {
			quoted = append(quoted, strings.TrimPrefix(rest, " "))
		} else {
			free = append(free, line)
		}
	}
	flush()
	return list
}

// inline reads one line of mrkdwn.
func inline(s string) []span { return reader{marks: styles}.read(s) }

// tokens reads what is within angle brackets and nothing else, as Slack does
// within code.
func tokens(s string) []span { return reader{}.read(s) }

// styles are the signs around styled text.
var styles = map[byte]string{'*': "bold", '_': "italic", '~': "strike", '`': "code"}

// reader reads one line; marks are the signs that have a meaning.
type reader struct{ marks map[byte]string }

// read finds styles, and links and mentions between them. Within a style its
// own sign closes it, so that styles lie three deep at most.
func (r reader) read(s string) []span {
	var list []span
	begin := 0
	unclosed := map[byte]bool{} // signs without another one after them
	flush := func(end int) {
		if end > begin {
			list = append(list, span{Kind: "text", Text: emojis(unescape(s[begin:end]))})
		}
	}
	for i := 0; i < len(s); {
		kind, styled := r.marks[s[i]]
		end := -1
		switch {
		case unclosed[s[i]]:
		case s[i] == '<':
			end = indexFrom(s, i+1, '>')
		case styled && opens(s, i):
			end = closing(s, i)
		default:
			i++
			continue
		}
		if end < 0 {
			unclosed[s[i]] = true
			i++
			continue
		}
		flush(i)
		switch inner := s[i+1 : end]; {
		case s[i] == '<':
			list = append(list, token(inner))
		case kind == "code":
			list = append(list, span{Kind: kind, Within: tokens(inner)})
		default:
			list = append(list, span{Kind: kind, Within: r.read(inner)})
		}
		i = end + 1
		begin = i
	}
	flush(len(s))
	return list
}

// opens reports whether the sign at i may begin a style: it stands before a
// word and not within one.
func opens(s string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, n := utf8.DecodeRuneInString(s[i+1:])
	return (i == 0 || !wordly(before)) && n > 0 && !unicode.IsSpace(after) && after != rune(s[i])
}

// closing is where the style that begins at i ends, or -1.
func closing(s string, i int) int {
	for j := i + 2; j < len(s); j++ {
		if s[j] != s[i] {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(s[:j])
		after, n := utf8.DecodeRuneInString(s[j+1:])
		if !unicode.IsSpace(before) && (n == 0 || !wordly(after)) {
			return j
		}
	}
	return -1
}

func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func indexFrom(s string, from int, c byte) int {
	at := strings.IndexByte(s[from:], c)
	if at < 0 {
		return -1
	}
	return from + at
}

// token reads what stood within angle brackets: a link, a mention, a date.
func token(s string) span {
	target, label, named := strings.Cut(s, "|")
	label = emojis(unescape(label))
	mention := func(sign, id string) span {
		if !named {
			label = id
		}
		return span{Kind: "mention", Text: sign + strings.TrimLeft(label, "@#")}
	}
	switch {
	case strings.HasPrefix(target, "@"):
		return mention("@", target[1:])
	case strings.HasPrefix(target, "#"):
		return mention("#", target[1:])
	case strings.HasPrefix(target, "!date^") && named:
		return span{Kind: "text", Text: label}
	case strings.HasPrefix(target, "!"):
		return mention("@", target[1:])
	}
	address := webAddress(unescape(target))
	if !named {
		label = unescape(target)
	}
	if address == "" {
		return span{Kind: "text", Text: label}
	}
	return span{Kind: "link", Text: label, URL: address}
}

// webAddress is an address that a link may lead to, or "".
func webAddress(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil {
		return ""
	}
	switch u.Scheme {
	case "http", "https":
		if u.Host == "" {
			return ""
		}
	case "mailto":
	default:
		return ""
	}
	return u.String()
}

var entities = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")

// unescape takes Slack's escaping away, once.
func unescape(s string) string { return entities.Replace(s) }
