// Package slack is the transport for Slack: what comes in by Socket Mode or by
// HTTP is kept, acknowledged and turned into requests; replies go out as
// messages, dialogs, home pages and link previews.
//
// An event is kept in the inbox before it is acknowledged, and worked off by a
// bounded number of workers with a fair turn for each person. An unknown fact
// about a person or a channel is left unknown, which the gate reads as no.
package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"insightbot/bot/queue"
	"insightbot/bot/slack/api"
	"insightbot/bot/slack/receive"
	"insightbot/chat"
)

// Name is the platform's name in places and people.
const Name = "slack"

// DefaultAPI is the address of Slack's Web API.
const DefaultAPI = "https://slack.com/api/"

// Config is what the transport needs. A bot token, or a client id and secret
// with which workspaces install the app, is required; so is an app token
// (Socket Mode) or a signing secret (HTTP).
type Config struct {
	// BotToken is that of the one workspace the app was installed in by hand.
	BotToken chat.Secret
	// AppToken opens Socket Mode.
	AppToken chat.Secret
	// SigningSecret proves that requests over HTTP are Slack's.
	SigningSecret chat.Secret
	// ClientID and ClientSecret let several workspaces install the app.
	ClientID     string
	ClientSecret chat.Secret
	// InstallKey has to stand in the address at which workspaces install the
	// app, so that no stranger's workspace does: roles hold in all of them.
	InstallKey chat.Secret
	// API is the address of the Web API with a slash at its end: DefaultAPI,
	// or that of an emulator.
	API string
	// Addr is where HTTP is served, and URL the public address of it. Without
	// Addr whoever runs the transport serves Handler.
	Addr, URL string
	Store     Store
	// Purge erases all that is kept of a workspace.
	Purge func(ctx context.Context, workspace string) error
	// Dialog reports whether a call usually asks for values, so that a dialog
	// opens while its form is being made.
	Dialog func(chat.Call) bool
	// Scopes are what an installation asks for.
	Scopes []string
	Client *http.Client
	// Calls changes how the Web API is called, where a test has to; may be nil.
	Calls func(*api.Config)
	Log   *slog.Logger
	Now   func() time.Time
}

// Store keeps what a restart must not lose.
type Store interface {
	Accept(ctx context.Context, d chat.Delivery) (id int64, fresh bool, err error)
	BeginSending(ctx context.Context, id int64) error
	Finish(ctx context.Context, id int64) error
	Pending(ctx context.Context, platform string, after int64, n int) ([]chat.Delivery, error)
	PutInstallation(ctx context.Context, in chat.Installation) error
	Installations(ctx context.Context, platform string) ([]chat.Installation, error)
	DropInstallation(ctx context.Context, platform, workspace string) error
	PutThread(ctx context.Context, p chat.Place, user string, c chat.Call, at time.Time) error
	Thread(ctx context.Context, p chat.Place, user string) (chat.Call, error)
	PutPosted(ctx context.Context, p chat.Posted) error
	PostedBy(ctx context.Context, platform, workspace, channel, message, user string) (chat.Posted, bool, error)
	DropPosted(ctx context.Context, platform, workspace, channel, message string) error
	KeepCall(ctx context.Context, platform, workspace string, c chat.Call, at time.Time) (string, error)
	KeptCall(ctx context.Context, platform, workspace, key string) (chat.Call, bool, error)
}

// The bounds of the work. A worker waits for a source most of its time, so
// there are many more of them than processors.
const (
	workers = 64
	// perPerson is how many of one person's requests are worked on at once.
	perPerson = 2
	// room is how many deliveries wait in memory; the others wait in the inbox.
	room = 2048
	// dialogs is how many dialogs are made at once. They do not wait for
	// questions, because Slack lets one open for three seconds only.
	dialogs = 32
)

// Slack is the transport.
type Slack struct {
	config Config
	spaces *workspaces
	work   *queue.Queue
	quick  *queue.Queue
	socket *receive.Socket
	states *states

	mu      sync.Mutex
	waiting map[int64]bool // ids in the queue or at work
	// worked are ids that were worked off lately, and when: what was read out of
	// the inbox, or is still on its way to the queue, may be one of them.
	worked map[int64]time.Time
	// behind is set when the inbox holds more than the queue.
	behind atomic.Bool
	limits atomic.Int64 // how often Slack said that events are dropped

	handler chat.Handler
}

// New returns the transport, or an error that says which setting is missing.
func New(c Config) (*Slack, error) {
	if c.API == "" {
		c.API = DefaultAPI
	}
	if !strings.HasSuffix(c.API, "/") {
		c.API += "/"
	}
	switch {
	case c.BotToken == "" && (c.ClientID == "" || c.ClientSecret == ""):
		return nil, errors.New("slack: needs SLACK_BOT_TOKEN, or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET")
	case c.AppToken == "" && c.SigningSecret == "":
		return nil, errors.New("slack: needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)")
	case c.ClientID != "" && (c.URL == "" || c.SigningSecret == "" || c.InstallKey == ""):
		return nil, errors.New("slack: installing the app in several workspaces needs slack.url and SLACK_SIGNING_SECRET")
	}
	if c.Dialog == nil {
		c.Dialog = func(chat.Call) bool { return false }
	}
	if c.Client == nil {
		c.Client = &http.Client{Timeout: time.Minute}
	}
	s := &Slack{
		config: c, waiting: map[int64]bool{}, worked: map[int64]time.Time{}, states: newStates(c.Now),
		work:  queue.New(queue.Config{Workers: workers, PerKey: perPerson, Room: room}),
		quick: queue.New(queue.Config{Workers: dialogs, PerKey: perPerson, Room: room}),
	}
	s.spaces = newWorkspaces(c)
	return s, nil
}

// Name is the platform's name.
func (*Slack) Name() string { return Name }

// refillEvery is how often the inbox is looked through for what did not fit
// into the queue.
const refillEvery = 500 * time.Millisecond

// Run connects and answers until ctx is done; answers in flight finish then.
// It returns an error when no workspace can be reached with what was given.
func (s *Slack) Run(ctx context.Context, h chat.Handler) error {
	s.handler = h
	if err := s.spaces.load(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // it was stopped before it had begun
		}
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	errs := make(chan error, 2)
	for _, w := range s.spaces.all() {
		wg.Go(func() { s.warm(ctx, w) })
	}
	wg.Go(func() { s.work.Run(ctx) })
	wg.Go(func() { s.quick.Run(ctx) })
	wg.Go(func() { s.refill(ctx) })
	if s.config.SigningSecret != "" && s.config.Addr != "" {
		wg.Go(func() {
			defer stop()
			errs <- s.serve(ctx)
		})
	}
	if s.config.AppToken != "" {
		wg.Go(func() {
			defer stop()
			errs <- s.listen(ctx)
		})
	}
	<-ctx.Done()
	wg.Wait()
	close(errs)
	var all []error
	for err := range errs {
		all = append(all, err)
	}
	return errors.Join(all...)
}

// warm looks up who is in a workspace, so that the first question in a large
// one does not wait for it.
func (s *Slack) warm(ctx context.Context, w *workspace) {
	if err := w.Warm(ctx); err != nil && ctx.Err() == nil {
		s.config.Log.WarnContext(ctx, "the people of a workspace could not be looked up yet", "workspace", w.id, "error", err)
	}
}

// listen receives by Socket Mode.
func (s *Slack) listen(ctx context.Context) error {
	s.socket = receive.NewSocket(receive.SocketConfig{
		AppToken: s.config.AppToken, APIURL: s.config.API, Take: s.take, Log: s.config.Log, Now: s.config.Now, Connections: 2,
		Missed: s.forgetAll,
	})
	if err := s.socket.Run(ctx); err != nil && ctx.Err() == nil {
		return fmt.Errorf("slack: socket mode: %w", err)
	}
	return nil
}
