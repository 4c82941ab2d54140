package render

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"insightbot/insight"
	"insightbot/text"
)

// altName is a label in full: the picture may have cut it.
func altName(label, key string) string {
	return text.Truncate(cmp.Or(text.Clean(label), text.Clean(key), NoValue), maxAltName, text.UTF16)
}

// altItems are the parts of a picture with their values, most important first.
func altItems(in insight.Insight, r insight.Result) []string {
	switch r.Shape {
	case insight.ShapeFunnel:
		if len(r.Funnels) > 0 {
			return funnelItems(r)
		}
		return seriesItems(funnelOverTime(in, r))
	case insight.ShapeRetention:
		return retentionItems(r)
	case insight.ShapeStickiness:
		return stickinessItems(r)
	case insight.ShapePaths:
		var items []string
		for _, p := range r.Paths {
			items = append(items, PathName(p.Source)+" to "+PathName(p.Target)+" "+Short(countFormat, p.Count))
		}
		return items
	case insight.ShapeHistogram:
		var items []string
		for _, h := range r.Bins {
			for i := range h.Bins {
				if !h.Previous {
					items = append(items, binWords(in.Format, h.Bins, i)+": "+Short(countFormat, h.Bins[i].Count))
				}
			}
		}
		return items
	case insight.ShapeBox, insight.ShapeLifecycle, insight.ShapeTable:
		return nil
	default:
		return seriesItems(in, r)
	}
}

// seriesItems are the series with their totals and shares, largest first.
func seriesItems(in insight.Insight, r insight.Result) []string {
	groups := groupsOf(r)
	if len(groups) < 2 {
		return nil
	}
	values := make([]float64, len(groups))
	for i := range groups {
		if math.IsNaN(groups[i].now) {
			if last, _, ok := lastComplete(r, groups[i].series.Points); ok {
				groups[i].now = last.Value
			}
		}
		values[i] = groups[i].now
	}
	var shares []string
	if addsUp(in, r, groups) {
		shares = Shares(values)
	}
	order := make([]int, len(groups))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(rank(groups[a]), rank(groups[b])), byTotal(groups[a].now, groups[b].now))
	})
	var items []string
	for _, i := range order {
		item := altName(groups[i].series.Label, groups[i].key) + " " + WithUnit(in.Format, groups[i].now)
		if shares != nil && shares[i] != NoValue {
			item += " (" + shares[i] + ")"
		}
		items = append(items, item)
	}
	return items
}

// funnelItems are the steps of a single funnel, or the rates of several.
func funnelItems(r insight.Result) []string {
	current := slices.DeleteFunc(slices.Clone(r.Funnels), func(f insight.Funnel) bool { return f.Previous })
	var items []string
	if len(current) == 1 {
		for i, step := range current[0].Steps {
			item := altName(step.Name, "") + " " + Short(countFormat, step.Count)
			if share := stepShare(current[0].Steps, i, 0); i > 0 && share.text != NoValue {
				item += " (" + share.text + ")"
			}
			items = append(items, item)
		}
		return items
	}
	for _, f := range current {
		items = append(items, altName(f.Label, f.Key)+" "+Short(shareFormat, conversion(f.Steps)))
	}
	return items
}

// retentionItems are the average rates after 1, 2, … periods; of several
// groups those after one.
func retentionItems(r insight.Result) []string {
	unit := strings.ToLower(periodName(r.Grain))
	var items []string
	if len(r.Cohorts) > 1 {
		for _, c := range r.Cohorts {
			items = append(items, altName(c.Label, c.Key)+" "+Short(shareFormat, retainedAfter(c, 1)))
		}
		return items
	}
	for _, c := range r.Cohorts {
		for k := 1; k < longestRow(c); k++ {
			items = append(items, "after "+unitCount(k, unit)+" "+Short(shareFormat, retainedAfter(c, k)))
		}
	}
	return items
}

// stickinessItems are the shares of people by number of days.
func stickinessItems(r insight.Result) []string {
	groups := groupsOf(r)
	if len(groups) != 1 {
		return nil
	}
	sum, _ := pointSum(groups[0].series.Points)
	unit := strings.ToLower(periodName(r.Grain))
	var items []string
	for _, p := range groups[0].series.Points {
		items = append(items, unitCount(p.X, unit)+" "+Short(shareFormat, ratio(p.Value, sum)))
	}
	return items
}
