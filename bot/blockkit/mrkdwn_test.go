package blockkit

import (
	"fmt"
	"strings"
	"testing"
)

// outline writes spans in a short form: bold(a) and so on.
func outline(list []span) string {
	var b strings.Builder
	for _, s := range list {
		switch s.Kind {
		case "text":
			b.WriteString(s.Text)
		case "break":
			b.WriteString("/")
		case "link":
			fmt.Fprintf(&b, "link(%s → %s)", s.Text, s.URL)
		default:
			fmt.Fprintf(&b, "%s(%s)", s.Kind, s.Text+outline(s.Within))
		}
	}
	return b.String()
}

func TestSpans_ReadMrkdwn(t *testing.T) {
	for in, want := range map[string]string{
		"plain & simple":                   "plain & simple",
		"*bold* and _it_ and ~no~ and `c`": "bold(bold) and italic(it) and strike(no) and code(c)",
		"*bold with _italic_ in it*":       "bold(bold with italic(italic) in it)",
		"2 * 3 * 4":                        "2 * 3 * 4",
		"snake_case_name and a*b*c":        "snake_case_name and a*b*c",
		"*open":                            "*open",
		"**":                               "**",
		"* not bold *":                     "* not bold *",
		"(*bold*), *bold*.":                "(bold(bold)), bold(bold).",
		"`*not bold*`":                     "code(*not bold*)",
		"`<!channel>`":                     "code(mention(@channel))",
		"a &lt;b&gt; &amp;amp;":            "a <b> &amp;",
		"one\ntwo\n\nthree":                "one/two//three",
		"&gt; quoted\n> too\nfree":         "quote(quoted/too)free",
		"before ```code *x*\n  y``` after": "before pre(code *x*/  y) after",
		"``` never closed":                 "``` never closed",
		"<https://a.example/x|label>":      "link(label → https://a.example/x)",
		"<https://a.example/?a=1&amp;b=2>": "link(https://a.example/?a=1&b=2 → https://a.example/?a=1&b=2)",
		"<mailto:a@b.example|write>":       "link(write → mailto:a@b.example)",
		"<javascript:alert(1)|press>":      "press",
		"<ftp://a.example|x> <https:|y>":   "x y",
		"*<https://a.example|bold link>*":  "bold(link(bold link → https://a.example))",
		"<@U1> <@U1|mia> <#C1|growth>":     "mention(@U1) mention(@mia) mention(#growth)",
		"<!here> <!subteam^S1|@team>":      "mention(@here) mention(@team)",
		"<!date^1^{date}|14 Nov>":          "14 Nov",
		"a < b":                            "a < b",
		":eyes: :unknown: 10:30:20":        "👀 :unknown: 10:30:20",
		"*é* über_all":                     "bold(é) über_all",
		"tab\tand\u202e turned\u0007 bell": "tab\tand turned bell",
		"_a *b ~c `d` c~ b* a_ after":      "italic(a bold(b strike(c code(d) c) b) a) after",
	} {
		if got := outline(spans(&Text{Type: "mrkdwn", Text: in})); got != want {
			t.Errorf("%q\n got %s\nwant %s", in, got, want)
		}
	}
}

func TestSpans_PlainTextHasNoMarkup(t *testing.T) {
	got := outline(spans(&Text{Type: "plain_text", Text: "*a* <https://a.example|b> &lt; :x:\n> c"}))
	if want := "*a* <https://a.example|b> &lt; ❌/> c"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
