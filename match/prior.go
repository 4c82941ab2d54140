package match

import (
	"math"
	"time"

	"insightbot/insight"
)

// What speaks for an insight whatever is asked. These terms decide between
// insights that fit a question equally well and are too small to beat one that
// fits better.
const (
	priorCertified = .012
	priorPopular   = .008
	priorFresh     = .004
	priorOutdated  = -.05
	// fresh is how long a changed definition speaks for somebody's care.
	fresh = 180 * 24 * time.Hour
	// crowd is the number of askers and viewers that counts in full.
	crowd = 1000
)

// prior adds up what speaks for an insight at now.
func prior(in insight.Insight, now time.Time) float64 {
	sum := 0.0
	if in.Certified.Valid(now) {
		sum += priorCertified
	}
	popular := math.Log1p(float64(max(in.Asked, 0)+max(in.Viewers, 0))) / math.Log1p(crowd)
	sum += priorPopular * min(popular, 1)
	if !in.UpdatedAt.IsZero() && now.Sub(in.UpdatedAt) < fresh && !now.IsZero() {
		sum += priorFresh
	}
	if in.Replaced.Outdated() {
		sum += priorOutdated
	}
	return sum
}
