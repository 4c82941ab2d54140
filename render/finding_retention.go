package render

import "insightbot/insight"

// cameBack tells how many came back after one period and after the last that
// is known, and over how many groups of people each is an average.
func cameBack(c insight.Cohorts, last int, unit string) string {
	first := Short(shareFormat, retainedAfter(c, 1)) + " came back after 1 " + unit
	groups := cohortWord(unit) + " groups of people"
	n := cohortsAfter(c, 1)
	if last == 1 {
		return first + averageOver(n, groups)
	}
	late := Short(shareFormat, retainedAfter(c, last)) + " after " + countOf(last, unit+"s")
	m := cohortsAfter(c, last)
	if m == n {
		return first + " and " + late + averageOver(n, groups)
	}
	// The older a group is the more is known of it: an average over the last
	// period is one over fewer groups.
	return first + " (" + countOf(n, groups) + ") and " + late + " (" + unitCount(m, "group") + ")"
}

// averageOver says over how many groups an average is, where it is one.
func averageOver(n int, groups string) string {
	if n < 2 {
		return ""
	}
	return ", on average over " + countOf(n, groups)
}

// cohortWord is the adjective of the groups that began in one unit of time.
func cohortWord(unit string) string {
	if unit == "day" {
		return "daily"
	}
	return unit + "ly"
}

// cohortsAfter is how many groups have a complete rate after k periods.
func cohortsAfter(c insight.Cohorts, k int) int {
	n := 0
	for _, row := range c.Rows {
		last := len(row.Counts)
		if row.Incomplete {
			last--
		}
		if k < last && row.Counts[0] > 0 && finite(row.Counts[k], row.Counts[0]) {
			n++
		}
	}
	return n
}
