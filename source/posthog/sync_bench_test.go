package posthog_test

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"insightbot/source/posthog/posthogtest"
)

const (
	// many is how many insights a large team has saved.
	many = 10_000
	// mostPages and mostBytes are what reading them may cost.
	mostPages = 100
	mostBytes = 200 << 20
)

// peak watches how large the heap gets until it is stopped, which returns it.
// The server of the test lives on the same heap; what lived there before does
// not count.
func peak() (stop func() uint64) {
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var most atomic.Uint64
	done, ended := make(chan struct{}), make(chan struct{})
	look := func() {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most.Store(max(most.Load(), m.HeapInuse))
	}
	go func() {
		defer close(ended)
		for {
			look()
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(done)
		<-ended
		look()
		return most.Load() - min(most.Load(), before.HeapInuse)
	}
}

// Ten thousand insights are read with a hundred calls, within the limits of the
// interface, and in 200 MB; an hour of looking for changes costs next to nothing.
func TestSync_TenThousandInsights(t *testing.T) {
	if testing.Short() {
		t.Skip("it is left to the pass without the race detector")
	}
	c := &clock{now: monday}
	s := posthogtest.New(t, posthogtest.Options{Generated: many, Now: c.Now})
	h := furnish(t, s, &notebook{}, nil)
	h.clock = c
	stop, began := peak(), time.Now()
	list, err := h.Insights(t.Context())
	most := stop()
	if err != nil {
		t.Fatal(err)
	}
	calls, all := s.Calls(posthogtest.RouteInsights), s.Calls("")
	t.Logf("%d insights offered of %d in %s, %d pages, %d calls in all, heap %d MB", len(list), many, time.Since(began).Round(time.Millisecond), calls, all, most>>20)
	if len(list) < many*8/10 {
		t.Errorf("%d insights are offered", len(list))
	}
	if calls > mostPages {
		t.Errorf("%d pages, at most %d", calls, mostPages)
	}
	if most > mostBytes {
		t.Errorf("the heap took %d MB", most>>20)
	}
	s.Forget()
	// The hour goes by at once, so it takes a source that did not just ask for
	// everything: its own limit counts true minutes.
	h = furnish(t, s, h.state, nil)
	for range 12 {
		c.add(5 * time.Minute)
		if _, err := h.Insights(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if calls := s.Calls(""); calls > 20 {
		t.Errorf("an hour in which nothing changed took %d calls", calls)
	}
	for _, r := range s.Requests() {
		if r.Status == 429 {
			t.Fatal("PostHog was asked too often")
		}
	}
}

// BenchmarkSync reads a project of ten thousand insights anew each time.
func BenchmarkSync(b *testing.B) {
	var most uint64
	var pages int
	for b.Loop() {
		b.StopTimer()
		c := &clock{now: monday}
		s := posthogtest.New(b, posthogtest.Options{Generated: many, Now: c.Now})
		h := furnish(b, s, &notebook{}, nil)
		stop := peak()
		b.StartTimer()
		if _, err := h.Insights(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		most, pages = max(most, stop()), s.Calls(posthogtest.RouteInsights)
		b.StartTimer()
	}
	b.ReportMetric(float64(most)/(1<<20), "heap-MB")
	b.ReportMetric(float64(pages), "pages")
}
