package posthogtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
)

// funnel makes up the steps of a funnel.
func funnel(a ask) []object {
	steps := []object{}
	for i, n := range a.series() {
		average := json.RawMessage("null")
		if i > 0 {
			average = encode(3600.5 * float64(i))
		}
		steps = append(steps, object{
			"action_id": encode(n.Event), "name": encode(n.Name), "custom_name": json.RawMessage("null"), "order": encode(i),
			"count": encode(FunnelCount(i)), "type": encode("events"), "average_conversion_time": average, "median_conversion_time": average,
			"people": json.RawMessage("[]"), "converted_people_url": encode("/api/person/funnel/?funnel_step=1"),
		})
	}
	return steps
}

// viz is how a funnel is drawn: steps, trends or time_to_convert.
func (a ask) viz() string {
	var f struct {
		Viz    string `json:"funnelVizType"`
		OldViz string `json:"funnel_viz_type"`
	}
	raw := a.source["funnelsFilter"]
	if a.source == nil {
		raw = encode(a.filters)
	}
	_ = json.Unmarshal(raw, &f) //nolint:errcheck // no filter is none
	return cmp.Or(f.Viz, f.OldViz, "steps")
}

// brokenDown reports whether a run is broken down.
func (a ask) brokenDown() bool {
	names, _ := a.breakdowns()
	return len(names) > 0
}

// funnels makes up the steps of a funnel for every value.
func funnels(a ask) [][]object {
	all := [][]object{}
	for _, v := range BreakdownValues() {
		steps := funnel(a)
		for _, step := range steps {
			step["breakdown"], step["breakdown_value"] = encode([]string{v}), encode([]string{v})
		}
		all = append(all, steps)
	}
	return all
}

// FunnelCount is how many people take step i of a made-up funnel, from 0 on.
func FunnelCount(i int) int { return 300 / (i + 1) }

// stickiness makes up on how many days people came.
func stickiness(a ask) []object {
	days, data, labels, sum := []int{}, []float64{}, []string{}, 0.0
	for n := 1; n <= 7; n++ {
		days, data, labels = append(days, n), append(data, float64(70/n)), append(labels, fmt.Sprintf("%d days", n))
		sum += float64(70 / n)
	}
	all := []object{}
	for i, n := range a.series() {
		all = append(all, object{
			"count": encode(sum), "data": encode(data), "days": encode(days), "labels": encode(labels), "label": encode(n.Name),
			"action": encode(object{"id": encode(n.Event), "type": encode("events"), "order": encode(i), "name": encode(n.Name)}),
		})
	}
	return all
}

// conversion makes up a funnel over time, whose numbers are percentages.
func (s *Server) conversion(a ask, d dates) []object {
	all := []object{}
	add := func(d dates, value, compared string) {
		days, labels, data := []string{}, []string{}, []float64{}
		for _, t := range buckets(d, a.interval()) {
			at := day(t, a.interval())
			days, labels = append(days, at), append(labels, label(t, a.interval()))
			data = append(data, float64(int(Number(a.seed, "conversion"+value, at))%100))
		}
		o := object{"count": encode(len(days)), "data": encode(data), "days": encode(days), "labels": encode(labels)}
		if value != "" {
			o["breakdown_value"] = encode([]string{value})
		}
		if compared != "" {
			o["compare"], o["compare_label"] = json.RawMessage("true"), encode(compared)
		}
		all = append(all, o)
	}
	values := []string{""}
	if a.brokenDown() {
		values = BreakdownValues()
	}
	earlier, compared := a.compare(d)
	for _, v := range values {
		if !compared {
			add(d, v, "")
			continue
		}
		add(d, v, "current")
		add(earlier, v, "previous")
	}
	return all
}

// retention makes up a triangle: how many came, and how many of them came back.
func (s *Server) retention(a ask, d dates) []object {
	var f struct {
		Period string `json:"period"`
	}
	raw := a.source["retentionFilter"]
	if a.source == nil {
		raw = encode(a.filters)
	}
	_ = json.Unmarshal(raw, &f) //nolint:errcheck // no filter is none
	period := cmp.Or(f.Period, "Day")
	values := []string{""}
	if a.brokenDown() {
		values = BreakdownValues()
	}
	rows := []object{}
	starts := buckets(d, strings.ToLower(period))
	for _, v := range values {
		for i, t := range starts {
			cells := []object{}
			size := int(Number(a.seed, "retention"+v, day(t, "day")))
			for j := range len(starts) - i {
				cells = append(cells, object{"count": encode(size / (j + 1)), "label": encode(fmt.Sprintf("%s %d", period, j))})
			}
			row := object{
				"date": encode(t.Format("2006-01-02T15:04:05Z07:00")), "label": encode(fmt.Sprintf("%s %d", period, i)), "values": encode(cells),
			}
			if v != "" {
				row["breakdown_value"] = encode(v)
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// boxes are recorded boxes on the days of a period, again and again; nil where
// none were recorded.
func (s *Server) boxes(recorded json.RawMessage, a ask, d dates) json.RawMessage {
	if none(recorded) {
		return nil
	}
	var old []object
	if err := json.Unmarshal(recorded, &old); err != nil {
		s.t.Errorf("posthogtest: %v", err)
		return nil
	}
	all := []object{}
	for i, t := range buckets(d, a.interval()) {
		box := object{}
		maps.Copy(box, old[i%len(old)])
		box["day"], box["label"] = encode(day(t, a.interval())), encode(label(t, a.interval()))
		all = append(all, box)
	}
	return encode(all)
}
