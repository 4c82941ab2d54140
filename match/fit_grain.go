package match

import (
	"slices"
	"strings"

	"insightbot/insight"
)

// Bounds on how many buckets a chart has.
const (
	// maxBuckets is how many are drawn when a grain is asked for by name.
	maxBuckets = 400
	// goodBuckets is up to how many the default grain is kept.
	goodBuckets = 92
)

// grain fits the time bucket.
func (f *fitting) grain() {
	asked := f.r.Grain
	if asked != insight.GrainNone && f.titleGrain(asked) {
		asked = insight.GrainNone
	}
	accepted := f.accepted()
	over := f.r.OverTime || f.r.Chart == insight.ChartLine || f.r.Chart == insight.ChartArea
	trend := f.in.Chart.Shape() == insight.ShapeTrend
	switch {
	case f.q.Window.IsZero() && asked != insight.GrainNone:
		f.miss(RoleGrain, f.typed(RoleGrain), f.name()+" always shows the state of its data as of now, so it cannot be shown by "+string(asked)+".")
	case f.q.Window.IsZero():
	case asked == insight.GrainNone && (f.r.Chart == insight.ChartNumber || f.r.Chart == insight.ChartPie):
	case len(accepted) == 0:
		if asked != insight.GrainNone || f.r.OverTime {
			f.miss(RoleGrain, f.typed(RoleGrain), f.name()+" cannot be shown over time.")
		}
	case asked != insight.GrainNone:
		f.askedGrain(asked, accepted)
	case f.split && !over && trend:
		// Totals by group answer "by country" best.
	case !over && f.in.Default.Grain == insight.GrainNone && !f.in.Chart.OverTime():
	default:
		f.q.Grain = f.usualGrain(accepted)
	}
}

// titleGrain reports whether the grain was only named as a word of the
// insight's title: "Monthly active users" asks for no months.
func (f *fitting) titleGrain(asked insight.Grain) bool {
	for _, s := range f.r.Spans {
		if s.Role != RoleGrain || s.From < 0 || s.To > len(f.r.Text) || s.From > s.To {
			continue
		}
		word := strings.ToLower(f.r.Text[s.From:s.To])
		if grainAdverbs[word] == asked && f.says(word) {
			return true
		}
	}
	return false
}

// accepted are the insight's grains, narrowest first.
func (f *fitting) accepted() []insight.Grain {
	var out []insight.Grain
	for _, g := range insight.Grains() {
		if slices.Contains(f.in.Accepts.Grains, g) {
			out = append(out, g)
		}
	}
	return out
}

// askedGrain takes the grain that was named, or the nearest one and says so.
func (f *fitting) askedGrain(asked insight.Grain, accepted []insight.Grain) {
	if !slices.Contains(accepted, asked) {
		f.q.Grain = f.nearest(asked, accepted)
		f.miss(RoleGrain, f.typed(RoleGrain), f.name()+" cannot be shown by "+string(asked)+", so it is shown by "+string(f.q.Grain)+".")
		return
	}
	f.q.Grain = asked
	if f.buckets(asked) > maxBuckets {
		f.q.Grain = f.nearest(asked, accepted)
		f.miss(RoleGrain, f.typed(RoleGrain), "This period has too many "+string(asked)+"s to show, so it is shown by "+string(f.q.Grain)+".")
	}
}

// usualGrain is the default grain where it suits the window, or one that does.
func (f *fitting) usualGrain(accepted []insight.Grain) insight.Grain {
	if g := f.in.Default.Grain; slices.Contains(accepted, g) {
		short := f.wanted() == insight.GrainHour && g != insight.GrainHour
		if n := f.buckets(g); 2 <= n && n <= goodBuckets && !short {
			return g
		}
	}
	return f.nearest(f.wanted(), accepted)
}

// wanted is the grain that suits the length of the window.
func (f *fitting) wanted() insight.Grain {
	switch days := f.q.Window.To.Sub(f.q.Window.From).Hours() / 24; {
	case days < 2.5:
		return insight.GrainHour
	case days <= 93:
		return insight.GrainDay
	case days <= 190:
		return insight.GrainWeek
	case days <= 6*366:
		return insight.GrainMonth
	case days <= 20*366:
		return insight.GrainQuarter
	}
	return insight.GrainYear
}

// nearest is the grain itself if it is accepted and not too fine for the
// window; else the next wider one, else the widest narrower one.
func (f *fitting) nearest(want insight.Grain, accepted []insight.Grain) insight.Grain {
	order := insight.Grains()
	at := slices.Index(order, want)
	for _, g := range order[max(at, 0):] {
		if slices.Contains(accepted, g) && f.buckets(g) <= maxBuckets {
			return g
		}
	}
	for i := at - 1; i >= 0; i-- {
		if slices.Contains(accepted, order[i]) && f.buckets(order[i]) <= maxBuckets {
			return order[i]
		}
	}
	return accepted[len(accepted)-1]
}

// buckets counts the buckets of the window, up to one more than are drawn.
func (f *fitting) buckets(g insight.Grain) int {
	return len(g.Buckets(f.q.Window, f.clock.WeekStart, maxBuckets+1))
}
