package posthogtest

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"
)

// bucket is a group of routes that share a rate limit.
type bucket string

const (
	bucketInsights bucket = "clickhouse"
	bucketQuery    bucket = "api_queries"
	bucketRest     bucket = "rest"
)

// atOnce is how many queries of a project PostHog runs at the same time.
const atOnce = 3

// limits are requests in a minute and in an hour.
func (b bucket) limits() (minute, hour int) {
	switch b {
	case bucketInsights:
		return 240, 1_200
	case bucketQuery:
		return 240, 2_400
	default:
		return 480, 4_800
	}
}

// throttle counts a request and says how long to wait when there were too
// many; 0 lets it in.
func (s *Server) throttle(b bucket) time.Duration {
	if s.options.NoLimits {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.options.Now()
	past := slices.DeleteFunc(s.buckets[b], func(t time.Time) bool { return now.Sub(t) >= time.Hour })
	s.buckets[b] = past
	minute, hour := b.limits()
	if len(past) >= hour {
		return past[len(past)-hour].Add(time.Hour).Sub(now)
	}
	if len(past) >= minute {
		if free := past[len(past)-minute].Add(time.Minute); now.Before(free) {
			return free.Sub(now)
		}
	}
	s.buckets[b] = append(past, now)
	return 0
}

// throttled is the answer of a bucket that is empty.
func throttled(wait time.Duration) Fault {
	seconds := int(math.Ceil(wait.Seconds()))
	return Fault{
		Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {fmt.Sprint(seconds)}},
		Body: problem("throttled_error", "throttled", fmt.Sprintf("Request was throttled. Expected available in %d seconds.", seconds)),
	}
}

// enter counts a run that begins. It reports false when too many run already.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running++; s.running > atOnce {
		s.running--
		return false
	}
	s.most = max(s.most, s.running)
	return true
}

// leave counts a run that ended.
func (s *Server) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running--
}
