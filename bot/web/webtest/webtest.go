// Package webtest drives the playground in a real Chromium, for tests. It
// notes everything the browser complains about, and looks over a page for what
// would shut people out.
package webtest

import (
	"context"
	_ "embed"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"insightbot/envtest"
)

const (
	// Screenshots is the environment variable with the directory pictures of
	// pages are written to. None are when it is unset.
	Screenshots = "INSIGHTBOT_SCREENSHOTS"

	// stepLimit bounds one step of a test.
	stepLimit = 45 * time.Second
	startWait = 60 * time.Second
)

//go:embed access.js
var accessScript string

// Browser is one tab of a Chromium with a profile of its own. Its methods end
// the test when a step does not work.
type Browser struct {
	t   testing.TB
	ctx context.Context

	mu         sync.Mutex
	complaints []string
}

// Start opens a browser that closes when the test ends. The test is skipped
// where there is none.
func Start(t testing.TB) *Browser {
	t.Helper()
	flags := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(envtest.Chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1280, 800),
		chromedp.WSURLReadTimeout(startWait), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("no-proxy-server", true), chromedp.Flag("disable-component-update", true),
	)
	// Not the context of the test: that ends before the browser can be closed.
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), flags...)
	ctx, cancel := chromedp.NewContext(alloc)
	b := &Browser{t: t, ctx: ctx}
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Logf("webtest: closing the browser: %v", err)
		}
		cancel()
		cancelAlloc()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("webtest: starting the browser: %v", err)
	}
	b.Size(1280, 800)
	b.SystemDark(false)
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			b.note(m)
		}
	}()
	return b
}

// note keeps what a browser reports as wrong. A page that says that a form
// could not be taken (422) or that something is not there is logged by Chromium
// as a failed resource; the tests ask for such pages on purpose.
func (b *Browser) note(m chromedp.ConsoleMessage) {
	text := m.String()
	wrong := m.IsException() || m.Type == "error" || m.Type == "warning" || m.Type == "assert"
	if !wrong || strings.Contains(text, "the server responded with a status of") {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = append(b.complaints, text)
}

// Complaints are the errors and warnings of the console so far, which include
// every violation of the Content-Security-Policy.
func (b *Browser) Complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.complaints...)
}

// Do runs steps.
func (b *Browser) Do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepLimit)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.Screenshot("failed")
		b.t.Fatalf("webtest: %s: %v", what, err)
	}
}

// Open goes to an address and waits until it is there.
func (b *Browser) Open(url string) {
	b.t.Helper()
	b.Do("open "+url, chromedp.Navigate(url))
}

// Click clicks on the first visible element of a CSS selector, once it lies in
// the middle of the window with nothing above it and does not move any more.
func (b *Browser) Click(selector string) {
	b.t.Helper()
	point := "((selector) => { " + pointScript + " })(" + strconv.Quote(selector) + ")"
	var before []float64
	for deadline := time.Now().Add(stepLimit); time.Now().Before(deadline); time.Sleep(30 * time.Millisecond) {
		at := Eval[[]float64](b, point)
		if len(at) == 2 && slices.Equal(at, before) {
			b.Do("click "+selector, chromedp.MouseClickXY(at[0], at[1]))
			return
		}
		before = at
	}
	b.Screenshot("failed")
	b.t.Fatalf("webtest: %s cannot be clicked", selector)
}

// pointScript gives the middle of an element, or an empty list while it cannot
// be reached by the mouse.
const pointScript = `
	const e = Array.from(document.querySelectorAll(selector)).find((e) => e.checkVisibility());
	if (!e) return [];
	e.scrollIntoView({ block: "center", behavior: "instant" });
	const box = e.getClientRects()[0];
	const x = Math.round(box.x + box.width / 2), y = Math.round(box.y + box.height / 2);
	return e.contains(document.elementFromPoint(x, y)) ? [x, y] : [];`

// Type types into an element.
func (b *Browser) Type(selector, text string) {
	b.t.Helper()
	b.Do("type into "+selector, chromedp.SendKeys(chromedp.CSS(selector), text, chromedp.NodeVisible))
}

// Keys presses keys wherever the focus is.
func (b *Browser) Keys(keys string, options ...chromedp.KeyOption) {
	b.t.Helper()
	b.Do("press keys", chromedp.KeyEvent(keys, options...))
}

// Wait waits until an expression of JavaScript is true. It asks from outside,
// so that it works on pages whose own scripts are disabled.
func (b *Browser) Wait(expression string) {
	b.t.Helper()
	for deadline := time.Now().Add(stepLimit); time.Now().Before(deadline); time.Sleep(30 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(b.ctx, stepLimit)
		// An error is an expected state here: the page is being replaced.
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		cancel()
		if err == nil && ok {
			return
		}
	}
	b.Screenshot("failed")
	b.t.Fatalf("webtest: never became true: %s\nthe browser says: %q", expression, b.Complaints())
}

// Script runs JavaScript for what it does.
func (b *Browser) Script(code string) {
	b.t.Helper()
	Eval[bool](b, "(() => { "+code+"; return true })()")
}

// Eval returns the value of an expression of JavaScript.
func Eval[T any](b *Browser, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepLimit)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("webtest: evaluate %s: %v", expression, err)
	}
	return v
}

// Size sets the size of the window in CSS pixels.
func (b *Browser) Size(width, height int64) {
	b.t.Helper()
	b.Do("resize", chromedp.EmulateViewport(width, height))
}

// SystemDark says whether the system of the person prefers dark colours.
func (b *Browser) SystemDark(dark bool) {
	b.t.Helper()
	value := "light"
	if dark {
		value = "dark"
	}
	b.Do("set the colours of the system", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{
				{Name: "prefers-color-scheme", Value: value}, {Name: "prefers-reduced-motion", Value: "reduce"},
			},
		})
		return err
	}))
}

// NoScript switches the scripts of pages off, or on again.
func (b *Browser) NoScript(off bool) {
	b.t.Helper()
	b.Do("switch scripts", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off})
		return err
	}))
}

// Screenshot writes what is in the window as name.png into the directory that
// the environment names, if it does.
func (b *Browser) Screenshot(name string) {
	b.t.Helper()
	dir := os.Getenv(Screenshots)
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, stepLimit)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o600)
	}
	if err != nil {
		b.t.Errorf("webtest: screenshot %s: %v", name, err)
	}
}

// CheckAccess looks the page over for what would shut people out: pictures
// without a text, inputs and buttons without a name, headings that skip a
// level, doubled ids, text that is too faint, targets that are too small on a
// phone, and a page wider than the window.
func (b *Browser) CheckAccess(where string) {
	b.t.Helper()
	for _, finding := range Eval[[]string](b, accessScript) {
		b.t.Errorf("%s: %s", where, finding)
	}
}
