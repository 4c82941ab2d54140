package queue_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"insightbot/bot/queue"
)

func TestQueue_RunsEverythingOnceInTheOrderOfItsKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queue.New(queue.Config{Workers: 8, PerKey: 1, Room: 1000})
		ctx, cancel := context.WithCancel(t.Context())
		var mu sync.Mutex
		got := map[string][]int{}
		for i := range 30 {
			for _, key := range []string{"a", "b", "c"} {
				if !q.Put(key, func(context.Context) {
					time.Sleep(time.Millisecond)
					mu.Lock()
					defer mu.Unlock()
					got[key] = append(got[key], i)
				}) {
					t.Fatal("no room")
				}
			}
		}
		if q.Len() != 90 {
			t.Errorf("%d wait, want 90", q.Len())
		}
		ended := make(chan struct{})
		go func() { q.Run(ctx); close(ended) }()
		time.Sleep(time.Hour)
		cancel()
		<-ended
		for _, key := range []string{"a", "b", "c"} {
			if len(got[key]) != 30 || !slices.IsSorted(got[key]) {
				t.Errorf("%s ran %v", key, got[key])
			}
		}
		if q.Len() != 0 {
			t.Errorf("%d wait at the end", q.Len())
		}
	})
}

func TestQueue_GivesEveryKeyATurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queue.New(queue.Config{Workers: 1, PerKey: 2, Room: 1000})
		var order []string
		put := func(key string) {
			if !q.Put(key, func(context.Context) { order = append(order, key) }) {
				t.Fatal("no room")
			}
		}
		for range 100 {
			put("busy")
		}
		put("quiet")
		put("calm")
		put("quiet")
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { q.Run(ctx); close(ended) }()
		synctest.Wait()
		cancel()
		<-ended
		if want := []string{"busy", "quiet", "calm", "busy", "quiet", "busy"}; !slices.Equal(order[:6], want) {
			t.Errorf("the turn was %v, want %v", order[:6], want)
		}
		if len(order) != 103 {
			t.Errorf("%d ran, want 103", len(order))
		}
	})
}

func TestQueue_RunsNoMoreAtOnceThanItMay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queue.New(queue.Config{Workers: 5, PerKey: 2, Room: 1000})
		var all, most, ofKey, mostOfKey atomic.Int64
		raise := func(n, top *atomic.Int64) {
			now := n.Add(1)
			for old := top.Load(); now > old && !top.CompareAndSwap(old, now); old = top.Load() {
			}
		}
		// At the end only one key has work left, and still no more of it runs.
		for i := range 240 {
			key := fmt.Sprint(i % 8)
			if i >= 200 {
				key = "0"
			}
			q.Put(key, func(context.Context) {
				raise(&all, &most)
				if key == "0" {
					raise(&ofKey, &mostOfKey)
					defer ofKey.Add(-1)
				}
				time.Sleep(time.Second)
				all.Add(-1)
			})
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { q.Run(ctx); close(ended) }()
		time.Sleep(time.Hour)
		cancel()
		<-ended
		if most.Load() != 5 || mostOfKey.Load() != 2 {
			t.Errorf("%d at once and %d of one key, want 5 and 2", most.Load(), mostOfKey.Load())
		}
	})
}

func TestQueue_UsesEveryWorkerForOneKeyWhenItMay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queue.New(queue.Config{Workers: 3, PerKey: 3, Room: 100})
		for range 9 {
			q.Put("a", func(context.Context) { time.Sleep(time.Second) })
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { q.Run(ctx); close(ended) }()
		time.Sleep(2500 * time.Millisecond)
		if q.Len() != 0 {
			t.Errorf("%d wait after two rounds, want 0: 9 of 9 have begun", q.Len())
		}
		cancel()
		<-ended
	})
}

func TestQueue_PutNeverWaitsAndOneKeyCannotLockOutOthers(t *testing.T) {
	q := queue.New(queue.Config{Workers: 1, PerKey: 1, Room: 100})
	nothing := func(context.Context) {}
	own := 0
	for q.Put("busy", nothing) {
		own++
	}
	if own != 50 {
		t.Errorf("one key fills %d of 100, want half", own)
	}
	others := 0
	for i := 0; q.Put(fmt.Sprint(i), nothing); i++ {
		others++
	}
	if others != 50 || q.Len() != 100 {
		t.Errorf("%d others found room and %d wait, want 50 and 100", others, q.Len())
	}
}

func TestQueue_FinishesWhatRunsAndDropsWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queue.New(queue.Config{Workers: 2, PerKey: 1, Room: 10})
		var finished, dropped, cut bool
		q.Put("a", func(ctx context.Context) {
			time.Sleep(time.Minute)
			finished, cut = true, ctx.Err() != nil
		})
		q.Put("a", func(context.Context) { dropped = true })
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { q.Run(ctx); close(ended) }()
		time.Sleep(time.Second)
		cancel()
		synctest.Wait()
		select {
		case <-ended:
			t.Error("ended before its work")
		default:
		}
		if q.Put("b", func(context.Context) {}) {
			t.Error("takes work after its end")
		}
		<-ended
		if !finished || cut || dropped || q.Len() != 0 {
			t.Errorf("finished %v, cut off %v, ran what waited %v, %d wait", finished, cut, dropped, q.Len())
		}
	})
}

func TestQueue_ManyPutWhileItRuns(t *testing.T) {
	q := queue.New(queue.Config{Workers: 4, PerKey: 2, Room: 1 << 16})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { q.Run(ctx); close(ended) }()
	var ran sync.WaitGroup
	var put sync.WaitGroup
	for p := range 8 {
		put.Go(func() {
			for i := range 500 {
				ran.Add(1)
				if !q.Put(fmt.Sprint(p, i%7), func(context.Context) { ran.Done() }) {
					t.Error("no room")
					ran.Done()
				}
			}
		})
	}
	put.Wait()
	ran.Wait()
	cancel()
	<-ended
}
