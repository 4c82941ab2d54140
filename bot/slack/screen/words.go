package screen

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/slack-go/slack"

	"insightbot/text"
)

// shortened marks a long text that was cut.
const shortened = "… (shortened)"

// unnamed is what reads a button whose name has nothing in it to be seen.
const unnamed = "(no name)"

// The marks of what must not be overlooked: a sign and a word, because a sign
// alone is not read out and a colour not seen by all.
const (
	cautionMark = "⚠︎ Caution: "
	failureMark = "✕ Problem: "
	currentMark = "✓ "
)

// clean makes text safe to show: no controls and no invisible characters, the
// line breaks kept.
func clean(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = text.Clean(line)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// nameOr is a name on one line, or another one where it is empty.
func nameOr(name, other string) string {
	if name = text.Clean(name); name == "" {
		return other
	}
	return name
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escape makes text safe within mrkdwn. It must be done once.
func escape(s string) string { return escaper.Replace(s) }

// escapedSize is how long text is once it is escaped.
func escapedSize(s string) int { return text.UTF16(escape(s)) }

// short cuts a text to a limit, marked by an ellipsis.
func short(s string, limit int) string { return text.Truncate(s, limit, text.UTF16) }

// plain is a text object without any markup.
func plain(s string, limit int) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, short(s, limit), false, false)
}

// paragraph is a section of plain text.
func paragraph(s string) *slack.SectionBlock {
	return slack.NewSectionBlock(plain(s, maxSection), nil, nil)
}

// small is a context block of plain text.
func small(s string) *slack.ContextBlock {
	return slack.NewContextBlock("", plain(s, maxContext))
}

// emojiName is what Slack turns into a picture within mrkdwn.
var emojiName = regexp.MustCompile(`:[^\s:]+:`)

// unmarked reports whether mrkdwn shows the text as it is: escaping does not
// help against the signs for bold, code, quotes and emoji.
func unmarked(s string) bool {
	return !strings.ContainsAny(s, "*_~`") && !emojiName.MatchString(s) &&
		!strings.HasPrefix(s, ">") && !strings.Contains(s, "\n>")
}

// titled is a bold title with a line below it; plain where what they hold
// could be taken for markup.
func titled(title, below string) *slack.TextBlockObject {
	whole := title
	if below != "" {
		whole += "\n" + below
	}
	if !unmarked(whole) || title == "" || escapedSize(whole)+2 > maxSection {
		return plain(whole, maxSection)
	}
	s := "*" + escape(title) + "*"
	if below != "" {
		s += "\n" + escape(below)
	}
	return slack.NewTextBlockObject(slack.MarkdownType, s, false, true)
}

// safeURL returns a web address to link to, or "" for anything else: a data
// source decides about links.
func safeURL(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	s := strings.NewReplacer("|", "%7C", "<", "%3C", ">", "%3E", `"`, "%22", " ", "%20").Replace(u.String())
	if text.UTF16(s) > maxURL {
		return ""
	}
	return s
}

// counted is a number with its word.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return itoa(n) + " " + many
}
