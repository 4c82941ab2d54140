package shape

import (
	"slices"

	"insightbot/insight"
)

// actors is what is counted where people are.
func (s Saved) actors() string {
	if s.def.groups {
		return ""
	}
	return "people"
}

// countsActors reports whether every series counts people, or groups, once.
func (d *definition) countsActors() bool {
	if len(d.formulas) > 0 || d.smoothing > 1 || len(d.series) == 0 {
		return false
	}
	return !slices.ContainsFunc(d.series, func(e entity) bool {
		switch e.math {
		case "dau", "weekly_active", "monthly_active", "unique_group", "first_time_for_user":
			return false
		}
		return true
	})
}

// people says what the values have to do with persons. Numbers that were
// scaled up from a sample count nobody.
func (s Saved) people() insight.People {
	if s.def.sampled {
		return insight.PeopleUnknown
	}
	switch s.Kind {
	case KindTrends:
		plain := s.def.axis.format == "" || s.def.axis.format == "numeric" || s.def.axis.format == "short"
		if s.def.countsActors() && s.def.display != "BoxPlot" && plain && s.def.axis.prefix == "" && s.def.axis.postfix == "" {
			return insight.PeopleCounted
		}
	case KindFunnels:
		if s.def.funnel != timeToConvert {
			return insight.PeopleCounted
		}
	case KindRetention:
		if !s.def.amounts {
			return insight.PeopleCounted
		}
	case KindLifecycle, KindStickiness:
		return insight.PeopleCounted
	default:
	}
	return insight.PeopleUnknown
}

// total says how the one value of a whole period is made.
func (s Saved) total() insight.Total {
	d := &s.def
	if s.Kind == KindSQL {
		return ""
	}
	if s.Kind != KindTrends {
		return insight.TotalRerun
	}
	additive := d.additive()
	switch {
	case d.display == "BoxPlot":
		return insight.TotalRerun
	case d.total() && additive:
		return insight.TotalSum
	case d.total():
		return insight.TotalRerun
	case d.display == "ActionsLineGraphCumulative":
		return insight.TotalLast
	case additive:
		return insight.TotalSum
	case d.trailing():
		return insight.TotalLast
	case d.source == nil:
		return insight.TotalAverage // an old insight cannot be run without buckets
	}
	return insight.TotalRerun
}

// additive reports whether the values of buckets and of groups add up.
func (d *definition) additive() bool {
	if len(d.formulas) > 0 || d.smoothing > 1 {
		return false
	}
	return !slices.ContainsFunc(d.series, func(e entity) bool {
		switch e.math {
		case "", "total", "sum", "first_time_for_user", "first_matching_event_for_user":
			return false
		}
		return true
	})
}

// trailing reports whether every series counts over the days before each
// bucket, so that the last one stands for the period.
func (d *definition) trailing() bool {
	return len(d.series) > 0 && len(d.formulas) == 0 && !slices.ContainsFunc(d.series, func(e entity) bool {
		return e.math != "weekly_active" && e.math != "monthly_active"
	})
}
