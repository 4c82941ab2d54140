package bot

import (
	"container/list"
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"insightbot/chat"
)

// Limits say how many questions may be asked in a minute. Each is also how
// many may be asked at once, after a minute without any. A zero stands for the
// number that its comment names.
type Limits struct {
	// Person is for each person of a workspace: 10.
	Person int
	// Channel is for each channel, whoever asks there: 30. Direct messages
	// have none: only one person asks there.
	Channel int
	// Workspace is for each workspace: 300.
	Workspace int
	// All is for everybody together: 1,000.
	All int
	// Cost is what a call takes, in tenths of a question. Nil means 10 for
	// "ask" and 1 for anything else.
	Cost func(chat.Call) int
	// Kept is how many people, channels and workspaces are kept track of, each:
	// 10,000. Beyond it those who called least recently are forgotten.
	Kept int
}

// A question is this many tokens, so that what runs nothing can cost less.
const question = 10

// withDefaults fills what is zero.
func (l Limits) withDefaults() Limits {
	def := func(n *int, value int) {
		if *n <= 0 {
			*n = value
		}
	}
	def(&l.Person, 10)
	def(&l.Channel, 30)
	def(&l.Workspace, 300)
	def(&l.All, 1000)
	def(&l.Kept, 10_000)
	if l.Cost == nil {
		l.Cost = func(c chat.Call) int {
			if c.Command == "ask" {
				return question
			}
			return 1
		}
	}
	return l
}

// Limit bounds how much each person, each channel, each workspace and all of
// them together ask. Who is over a limit is told so at once, privately, and
// takes nothing from the limits of others: a flood of one person costs nobody
// else an answer. What it says depends on how much was asked and on nothing
// that was asked for. A call of the clock is not counted: it waits for nobody,
// and its schedule has bounds of its own.
func Limit(l Limits, now func() time.Time) chat.Middleware {
	limiter := newLimiter(l, now)
	return func(next chat.Handler) chat.Handler {
		return chat.HandlerFunc(func(ctx context.Context, r *chat.Request) (*chat.Reply, error) {
			if reply := limiter.refuse(r); reply != nil {
				return reply, nil
			}
			return next.Answer(ctx, r)
		})
	}
}

// limiter holds the buckets. One lock guards them all, so that a call is taken
// from every bucket or from none.
type limiter struct {
	limits Limits
	now    func() time.Time

	mu                           sync.Mutex
	people, channels, workspaces *buckets
	all                          *rate.Limiter
}

func newLimiter(l Limits, now func() time.Time) *limiter {
	l = l.withDefaults()
	return &limiter{
		limits: l, now: now,
		people: newBuckets(l.Person, l.Kept), channels: newBuckets(l.Channel, l.Kept),
		workspaces: newBuckets(l.Workspace, l.Kept), all: newBucket(l.All),
	}
}

// refuse is the reply to a call that is over a limit, or nil.
func (l *limiter) refuse(r *chat.Request) *chat.Reply {
	if r.Clock {
		return nil
	}
	words, wait := l.take(r)
	if wait <= 0 {
		return nil
	}
	seconds, unit := int(math.Ceil(wait.Seconds())), "seconds"
	if seconds == 1 {
		unit = "second"
	}
	return &chat.Reply{
		Ref: r.Ref, Private: true,
		// What was talked about stays what "and by country?" is about.
		Context: r.Context,
		Parts: []chat.Part{chat.Text{
			Style: chat.Caution, Text: fmt.Sprintf("%s Nothing was looked up. Try again in %d %s.", words, seconds, unit),
		}},
	}
}

// bound is a bucket that a call is taken from, and what to say when it is
// empty.
type bound struct {
	bucket *rate.Limiter
	words  string
}

// take takes what a call costs from every bucket that it concerns, or returns
// how long that has to wait, and why.
func (l *limiter) take(r *chat.Request) (words string, wait time.Duration) {
	cost := max(l.limits.Cost(r.Call), 0)
	const many = "I am being asked more than I can answer right now."
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	workspace := bucketKey{platform: r.Place.Platform, workspace: r.Place.Workspace}
	person, channel := workspace, workspace
	person.id, channel.id = r.User.ID, r.Place.Channel
	bounds := []bound{{l.people.at(person, now), "You have asked me a lot in a short time."}}
	if r.Place.Kind != chat.PlaceDirect {
		bounds = append(bounds, bound{l.channels.at(channel, now), "This channel has asked me a lot in a short time."})
	}
	bounds = append(bounds, bound{l.workspaces.at(workspace, now), many}, bound{l.all, many})
	for _, b := range bounds {
		if w := waitFor(b.bucket, cost, now); w > wait {
			words, wait = b.words, w
		}
	}
	if wait > 0 {
		return words, wait
	}
	for _, b := range bounds {
		b.bucket.ReserveN(now, min(cost, b.bucket.Burst()))
	}
	return "", 0
}

// waitFor is how long it takes until a bucket holds what a call costs. What
// costs more than it can ever hold waits until it is full.
func waitFor(b *rate.Limiter, cost int, now time.Time) time.Duration {
	// Tokens are fractions: a millionth of one is a rounding error, and who
	// waited as long as was said must not be a hair too early.
	const hair = 1e-6
	lacking := float64(min(cost, b.Burst())) - b.TokensAt(now)
	if lacking <= hair {
		return 0
	}
	return time.Duration(lacking / float64(b.Limit()) * float64(time.Second))
}

// newBucket is a full bucket for so many questions a minute.
func newBucket(questions int) *rate.Limiter {
	return rate.NewLimiter(rate.Limit(float64(questions*question)/60), questions*question)
}

// buckets are those of one kind, the last used first. The lock of the limiter
// guards them.
type buckets struct {
	questions, kept int
	byKey           map[bucketKey]*list.Element
	order           *list.List // of *keptBucket
}

// bucketKey is who or what has a bucket; ids are known in their workspace only.
type bucketKey struct{ platform, workspace, id string }

type keptBucket struct {
	key    bucketKey
	used   time.Time
	bucket *rate.Limiter
}

func newBuckets(questions, kept int) *buckets {
	return &buckets{questions: questions, kept: kept, byKey: map[bucketKey]*list.Element{}, order: list.New()}
}

// at returns a bucket, and forgets those that make no difference: one that was
// left alone for a minute is full, like a new one.
func (b *buckets) at(key bucketKey, now time.Time) *rate.Limiter {
	for last := b.order.Back(); last != nil && now.Sub(keptIn(last).used) > time.Minute; last = b.order.Back() {
		b.forget(last)
	}
	e, ok := b.byKey[key]
	if !ok {
		e = b.order.PushFront(&keptBucket{key: key, bucket: newBucket(b.questions)})
		b.byKey[key] = e
		if b.order.Len() > b.kept {
			b.forget(b.order.Back())
		}
	}
	b.order.MoveToFront(e)
	keptIn(e).used = now
	return keptIn(e).bucket
}

func (b *buckets) forget(e *list.Element) {
	b.order.Remove(e)
	delete(b.byKey, keptIn(e).key)
}

func keptIn(e *list.Element) *keptBucket {
	k, _ := e.Value.(*keptBucket) // only buckets are put in
	return k
}
