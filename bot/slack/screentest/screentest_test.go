package screentest

import (
	"fmt"
	"strings"
	"testing"

	"insightbot/envtest"
)

func section(text string) string {
	return fmt.Sprintf(`{"type":"section","text":{"type":"plain_text","text":%q}}`, text)
}

func mrkdwn(text string) string {
	return fmt.Sprintf(`[{"type":"section","text":{"type":"mrkdwn","text":%q,"verbatim":true}}]`, text)
}

// TestBlocks_EveryRuleIsChecked breaks one rule after the other.
func TestBlocks_EveryRuleIsChecked(t *testing.T) {
	cell := `{"type":"raw_text","text":"x"}`
	row := func(n int) string { return "[" + strings.TrimSuffix(strings.Repeat(cell+",", n), ",") + "]" }
	table := func(rows string) string { return `[{"type":"table","rows":[` + rows + `]}]` }
	actions := func(elements string) string { return `[{"type":"actions","elements":[` + elements + `]}]` }
	button := func(id, more string) string {
		return `{"type":"button","action_id":"` + id + `","text":{"type":"plain_text","text":"b"}` + more + `}`
	}
	menu := func(options string) string {
		return actions(`{"type":"static_select","action_id":"a","options":[` + options + `]}`)
	}
	option := `{"text":{"type":"plain_text","text":"o"},"value":"v"}`
	image := func(more string) string { return `[{"type":"image","alt_text":"a"` + more + `}]` }
	rich := func(element string) string {
		return `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[` + element + `]}]}]`
	}
	for name, c := range map[string]struct{ blocks, want string }{
		"good":                {"[" + section("x") + "]", ""},
		"good link":           {mrkdwn("a &lt;b&gt; <https://a.example/?x=1&amp;y=2|c> &amp;"), ""},
		"good table":          {table(row(2) + "," + row(2)), ""},
		"good menu":           {menu(option), ""},
		"good picture":        {image(`,"slack_file":{"id":"F012345678"}`), ""},
		"no blocks":           {`[]`, "blocks: 0 of them"},
		"51 blocks":           {"[" + strings.TrimSuffix(strings.Repeat(section("x")+",", 51), ",") + "]", "51 of them"},
		"no JSON":             {`{`, "blocks: "},
		"empty text":          {"[" + section("") + "]", "an empty text"},
		"long text":           {"[" + section(strings.Repeat("x", 3001)) + "]", "3001 characters"},
		"astral text":         {"[" + section(strings.Repeat("😀", 1501)) + "]", "3002 characters"},
		"12,001 characters":   {"[" + strings.TrimSuffix(strings.Repeat(section(strings.Repeat("x", 2999))+",", 5), ",") + "]", "12,000 is the limit"},
		"a broadcast":         {mrkdwn("<!channel>"), "the control sequence"},
		"a mention":           {mrkdwn("<@U1>"), "the control sequence"},
		"who asked":           {mrkdwn("<@U1> asked:"), ""},
		"who asked, and more": {mrkdwn("<@U1> asked: <@U2>"), "the control sequence"},
		"an open bracket":     {mrkdwn("a < b"), "control sequence"},
		"a closing one":       {mrkdwn("a > b"), "not escaped"},
		"an ampersand":        {mrkdwn("a & b"), "not escaped"},
		"a link to a script":  {mrkdwn("<javascript:x|y>"), "the control sequence"},
		"a link in a link":    {mrkdwn("<https://a.example|b|c>"), "the control sequence"},
		"parsed for names":    {`[{"type":"section","text":{"type":"mrkdwn","text":"x"}}]`, "parses for names"},
		"mrkdwn in a header":  {`[{"type":"header","text":{"type":"mrkdwn","text":"x","verbatim":true}}]`, "only plain text"},
		"twin block ids":      {`[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]`, "there twice"},
		"twin action ids":     {actions(button("a", `,"value":"v"`) + "," + button("a", `,"value":"v"`)), "there twice"},
		"a button for none":   {actions(button("a", "")), "needs a value or a url"},
		"a long value":        {actions(button("a", `,"value":"`+strings.Repeat("x", 2001)+`"`)), "2001 characters"},
		"26 buttons":          {actions(strings.TrimSuffix(strings.Repeat(button("a", `,"value":"v"`)+",", 26), ",")), "26 of them"},
		"overflow of one":     {actions(`{"type":"overflow","action_id":"a","options":[` + option + `]}`), "1 of them"},
		"an empty menu":       {menu(""), "needs options or groups"},
		"101 options":         {menu(strings.TrimSuffix(strings.Repeat(option+",", 101), ",")), "101 of them"},
		"a long option":       {menu(strings.Replace(option, `"v"`, `"`+strings.Repeat("v", 76)+`"`, 1)), "76 characters"},
		"chosen, not offered": {actions(`{"type":"static_select","action_id":"a","initial_option":{"text":{"type":"plain_text","text":"p"},"value":"v"},"options":[` + option + `]}`), "not an option"},
		"two tables":          {"[" + strings.Trim(table(row(1)), "[]") + "]", ""},
		"101 rows":            {table(strings.TrimSuffix(strings.Repeat(row(1)+",", 101), ",")), "101 of them"},
		"21 cells":            {table(row(21)), "21 of them"},
		"ragged rows":         {table(row(2) + "," + row(1)), "rows of 2 and 1"},
		"an empty cell":       {table(`[{"type":"raw_text","text":""}]`), "the cell"},
		"10,001 in cells":     {table(`[{"type":"raw_text","text":"` + strings.Repeat("x", 10_001) + `"}]`), "10,000 is the limit"},
		"no picture":          {image(""), "needs a slack_file"},
		"two pictures":        {image(`,"slack_file":{"id":"F012345678"},"image_url":"https://a.example"`), "not both"},
		"a bad file":          {image(`,"slack_file":{"id":"F1"}`), "the file"},
		"a person in rich":    {rich(`{"type":"user","user_id":"U1"}`), "of the type"},
		"everybody in rich":   {rich(`{"type":"broadcast","range":"here"}`), "of the type"},
		"nothing in rich":     {rich(`{"type":"text","text":""}`), "an empty text"},
		"a script in rich":    {rich(`{"type":"link","url":"javascript:x"}`), "a link to"},
		"an unused block":     {`[{"type":"video"}]`, "not used here"},
	} {
		if name == "two tables" {
			one := strings.TrimSuffix(strings.TrimPrefix(table(row(1)), "["), "]")
			c.blocks, c.want = "["+one+","+one+"]", "tables: 2 of them"
		}
		got := strings.Join(Blocks("", []byte(c.blocks)), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: want %q in %q", name, c.want, got)
		}
	}
}

func TestBlocks_TheSchemaIsChecked(t *testing.T) {
	dir := envtest.Shared(t, "data", "slack")
	if got := strings.Join(Blocks(dir, []byte(`[{"type":"section","text":{"type":"plain_text","text":"x"},"colour":"red"}]`)), "\n"); !strings.Contains(got, "colour") {
		t.Errorf("an unknown field passes: %q", got)
	}
}

func TestModal_EveryRuleIsChecked(t *testing.T) {
	view := func(more, blocks string) string {
		return `{"type":"modal","title":{"type":"plain_text","text":"t"}` + more + `,"blocks":[` + blocks + `]}`
	}
	input := `{"type":"input","block_id":"b","label":{"type":"plain_text","text":"l"},"element":{"type":"plain_text_input","action_id":"a"}}`
	submit := `,"submit":{"type":"plain_text","text":"s"}`
	for name, c := range map[string]struct{ view, want string }{
		"good":            {view(submit, input), ""},
		"no submit":       {view("", input), "nothing to submit"},
		"a long title":    {strings.Replace(view("", section("x")), `"t"`, `"`+strings.Repeat("t", 25)+`"`, 1), "25 characters"},
		"long metadata":   {view(`,"private_metadata":"`+strings.Repeat("x", 3001)+`"`, section("x")), "3001 characters"},
		"a table":         {view("", `{"type":"table","rows":[[{"type":"raw_text","text":"x"}]]}`), "tables are for messages"},
		"an unread input": {view(submit, strings.Replace(input, `"block_id":"b",`, "", 1)), "needs a block_id"},
		"another kind":    {strings.Replace(view("", section("x")), "modal", "home", 1), "the type is"},
		"no JSON":         {"[", "modal: "},
	} {
		got := strings.Join(Modal("", []byte(c.view)), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: want %q in %q", name, c.want, got)
		}
	}
	if got := Home("", []byte(`{"type":"home","blocks":[`+section("x")+`]}`)); len(got) > 0 {
		t.Errorf("a good home page: %v", got)
	}
	if got := strings.Join(Home("", []byte(`{"type":"home","blocks":[`+input+`]}`)), "\n"); !strings.Contains(got, "no inputs") {
		t.Errorf("inputs on a home page: %q", got)
	}
}

func TestText_EveryRuleIsChecked(t *testing.T) {
	for s, want := range map[string]string{
		"good &lt;x&gt; &amp;": "", "": "empty", "<!here>": "not escaped", "a & b": "not escaped", strings.Repeat("x", 4001): "4001 characters",
	} {
		if got := strings.Join(Text(s), "\n"); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%.20q: want %q in %q", s, want, got)
		}
	}
}
