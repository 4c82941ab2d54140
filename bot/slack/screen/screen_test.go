package screen

import (
	"strings"
	"testing"

	slackgo "github.com/slack-go/slack"

	"insightbot/bot/slack/screentest"
	"insightbot/chat"
)

// dialogs says of the calls of the samples whether they ask for values.
func dialogs(c chat.Call) bool { return c.Command == "share" || c.Command == "access-role" }

// options are those of most samples.
func options(s *shelf) Options {
	return Options{Keep: s.keep, Dialog: dialogs, Pictures: []string{"F0123456789"}, Call: chat.Call{Command: "ask", Args: chat.Args{"q": "/insight something"}}}
}

func TestMessage_LooksAsAgreed(t *testing.T) {
	for _, c := range []struct {
		name    string
		reply   *chat.Reply
		retract bool
		private bool
	}{
		{"answer", answer(), true, false},
		{"answer_private", answer(), true, true},
		{"answer_table", tabular(8), true, false},
		{"choose", choose(), false, false},
		{"closed", closed(), false, true},
		{"failed", failed(), false, false},
		{"report", report(), false, true},
		{"help", help(), false, false},
		{"form", roleForm(), false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := options(newShelf())
			o.Retract, o.Private = c.retract, c.private
			got, err := Message(c.reply, o)
			if err != nil {
				t.Fatal(err)
			}
			screentest.Check(t, screentest.JSON(t, got.Blocks))
			for _, p := range screentest.Text(got.Text) {
				t.Error(p)
			}
			if len(got.More) > 0 {
				t.Errorf("something was cut of a reply of the usual size: %v", got.More)
			}
			golden(t, c.name, got)
		})
	}
}

func TestMessage_BeginsWithTheQuestionWhereThePlaceDoesNotShowIt(t *testing.T) {
	for _, question := range []string{"sign-ups by *plan* <!channel>", strings.Repeat("<&> long\n", 90), ""} {
		o := options(newShelf())
		o.Asker, o.Asked = "U1", question
		got, err := Message(answer(), o)
		if err != nil {
			t.Fatal(err)
		}
		raw := screentest.JSON(t, got.Blocks)
		screentest.Check(t, raw)
		if !strings.HasPrefix(got.Text, "<@U1> asked:") || strings.Contains(got.Text, "<!channel>") {
			t.Errorf("the text is %q", got.Text)
		}
		context, ok := got.Blocks[0].(*slackgo.ContextBlock)
		if !ok || len(context.ContextElements.Elements) != min(2, 1+len(question)) {
			t.Fatalf("begins with %s", raw)
		}
		for _, e := range context.ContextElements.Elements[1:] {
			if o, ok := e.(*slackgo.TextBlockObject); !ok || o.Type != slackgo.PlainTextType || len([]rune(o.Text)) > maxAsked {
				t.Errorf("the question is %+v", o)
			}
		}
	}
}

func TestModal_LooksAsAgreed(t *testing.T) {
	for _, c := range []struct {
		name  string
		reply *chat.Reply
	}{{"modal_role", roleForm()}, {"modal_report", report()}, {"modal_answer", answer()}} {
		t.Run(c.name, func(t *testing.T) {
			o := options(newShelf())
			o.Pictures = nil
			v, err := Modal(c.reply, Meta{Call: chat.Call{Command: "access-role", Args: chat.Args{"role": "growth"}}, Channel: "C1", Thread: "1.2", ResponseURL: "https://hooks.slack.com/x"}, o)
			if err != nil {
				t.Fatal(err)
			}
			screentest.CheckModal(t, screentest.JSON(t, v))
			golden(t, c.name, v)
		})
	}
	t.Run("modal_ask", func(t *testing.T) {
		v := Ask()
		screentest.CheckModal(t, screentest.JSON(t, v))
		golden(t, "modal_ask", v)
	})
	t.Run("modal_loading", func(t *testing.T) {
		v := Loading("A very long title that does not fit into 24")
		screentest.CheckModal(t, screentest.JSON(t, v))
		golden(t, "modal_loading", v)
	})
}

func TestHome_LooksAsAgreed(t *testing.T) {
	v, err := Home(homePage(), options(newShelf()))
	if err != nil {
		t.Fatal(err)
	}
	screentest.CheckHome(t, screentest.JSON(t, v))
	golden(t, "home", v)
}
