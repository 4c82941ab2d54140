package main

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"insightbot/bot/slack/slacktest"
)

// lockedBuffer may be written to and read from many goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// claimCode is the code as serve prints it.
var claimCode = regexp.MustCompile(`claim ([A-Z0-9]{4}-[A-Z0-9]{4})`)

// TestStory_InstalledInSlackByTheGuide does what docs/slack.md says, from
// doctor to the first answer, with the program itself.
func TestStory_InstalledInSlackByTheGuide(t *testing.T) {
	s := slacktest.New(t)
	mia := s.AddUser(slacktest.User{Name: "mia", RealName: "Mia Chen"})
	ben := s.AddUser(slacktest.User{Name: "ben", RealName: "Ben Ode"})
	general := s.AddChannel(slacktest.Channel{Name: "general", Members: []string{mia.ID, ben.ID}})
	dir := filepath.Join(t.TempDir(), "data")
	copyDemo(t, dir)
	env := map[string]string{
		"INSIGHTBOT_DATA": dir, "INSIGHTBOT_ADDR": freeAddr(t), "INSIGHTBOT_LOG_FORMAT": "json",
		"SLACK_BOT_TOKEN": s.Token, "SLACK_APP_TOKEN": s.App.AppToken, "SLACK_API_URL": s.API,
	}
	getenv := func(k string) string { return env[k] }

	var looked, trouble bytes.Buffer
	run(t.Context(), []string{"doctor"}, getenv, strings.NewReader(""), &looked, &trouble)
	for _, want := range []string{"ok    slack     bot " + s.Bot, "ok    slack     Socket Mode is open"} {
		if !strings.Contains(looked.String(), want) {
			t.Errorf("doctor does not say %q:\n%s%s", want, looked.String(), trouble.String())
		}
	}
	broken := map[string]string{"SLACK_BOT_TOKEN": "xoxb-wrong", "SLACK_APP_TOKEN": "xapp-wrong"}
	looked.Reset()
	run(t.Context(), []string{"doctor"}, func(k string) string {
		if v, ok := broken[k]; ok {
			return v
		}
		return env[k]
	}, strings.NewReader(""), &looked, &trouble)
	for _, want := range []string{"Slack does not know the bot token (invalid_auth)", "Is it copied whole?", "Socket Mode was refused"} {
		if !strings.Contains(looked.String(), want) {
			t.Errorf("doctor does not say %q:\n%s", want, looked.String())
		}
	}

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var said lockedBuffer
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, []string{"serve"}, getenv, strings.NewReader(""), io.Discard, &said) }()
	s.Eventually(t, "sockets", func() bool { return s.Sockets() == 2 })
	code := claimCode.FindStringSubmatch(said.String())
	if code == nil || !strings.Contains(said.String(), "Slack: connecting by Socket Mode") {
		t.Fatalf("serve says:\n%s", said.String())
	}
	s.DirectMessage(mia.ID, "claim "+code[1]).Wait(t)
	s.Eventually(t, "the question", func() bool { return s.SeesText(mia.ID, "who may ask what") })
	s.Press(mia.ID, "Choose By channel").Wait(t)
	s.Eventually(t, "the mode", func() bool { return s.SeesText(mia.ID, "Done: By channel") })
	s.Joined(s.Bot, general.ID, mia.ID).Wait(t)
	s.Mention(mia.ID, general.ID, "access").Wait(t)
	s.Eventually(t, "the buttons", func() bool { return s.SeesText(mia.ID, "tagged growth") })
	s.Press(mia.ID, "Choose Let #general see what is tagged growth (11 insights)").Wait(t)
	s.Eventually(t, "the change", func() bool { return s.SeesText(mia.ID, "It holds from now on") })
	s.Mention(ben.ID, general.ID, "how many people signed up last week by country?").Wait(t)
	s.Eventually(t, "the answer", func() bool { return s.SeesText(ben.ID, "sign-ups") })
	if p := s.Posted(general.ID); len(p) != 1 || len(p[0].Files) != 1 {
		t.Errorf("%d messages in the channel", len(p))
	}
	stop()
	if code := <-ended; code != exitOK {
		t.Errorf("exit code %d", code)
	}
	if strings.Contains(said.String(), s.Token) || strings.Contains(said.String(), s.App.AppToken) {
		t.Error("a token stands in the log")
	}
}
