package sqlsource

import (
	"context"
	"maps"
	"slices"

	"insightbot/insight"
)

// maxDistinct is how many values of a dimension are read.
const maxDistinct = 20_000

// fillValues reads the values that only the database knows into the insights
// of a folder.
func (s *Source) fillValues(ctx context.Context, f folder) []insight.Problem {
	used := map[string]bool{}
	for _, d := range f.insights {
		if len(d.attributes) > 0 {
			continue
		}
		for name := range d.dimensions {
			used[name] = used[name] || f.shared[name].query != ""
		}
	}
	var problems []insight.Problem
	for _, name := range slices.Sorted(maps.Keys(used)) {
		if !used[name] {
			continue
		}
		values, err := s.distinct(ctx, f.shared[name].query)
		if err != nil {
			p := f.shared[name].place
			p.Message = "the values of “" + name + "” cannot be read: " + err.Error()
			p.Want = "nobody can filter by it until they can"
			problems = append(problems, p)
		}
		for i := range f.insights {
			if len(f.insights[i].attributes) > 0 {
				continue // nobody may see all of them
			}
			dims := f.insights[i].insight.Accepts.Dimensions
			for k := range dims {
				if dims[k].Name == name {
					dims[k].Values = values
					dims[k].Filter = dims[k].Filter && len(values) > 0
				}
			}
		}
	}
	return problems
}

// distinct runs a statement that lists values: one column of keys, and
// perhaps a second of labels.
func (s *Source) distinct(ctx context.Context, query string) ([]insight.Value, error) {
	var rows rowset
	err := s.session(ctx, func(ctx context.Context, q querier) (err error) {
		rows, err = fetch(ctx, q, statement{text: query}, caps{rows: maxDistinct, bytes: s.config.MaxBytes})
		return err
	})
	if err != nil {
		return nil, err
	}
	var values []insight.Value
	seen := map[string]bool{}
	for _, row := range rows.rows {
		v := insight.Value{Key: keyOf(row[0])}
		if len(row) > 1 {
			v.Label = keyOf(row[1])
		}
		if v.Key == "" || seen[v.Key] {
			continue
		}
		seen[v.Key] = true
		values = append(values, v)
	}
	return values, nil
}
