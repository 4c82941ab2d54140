package storage

import (
	"encoding/json"
	"fmt"
	"time"

	"insightbot/insight"
)

// The types below are the stored form of an insight. They are written out,
// and not tags on the vocabulary, so that a renamed field there cannot make a
// stored catalogue unreadable without a test failing here. Those that have the
// same fields as their model convert into it and back.
type (
	definition struct {
		Title       string            `json:"title"`
		Description string            `json:"description,omitempty"`
		Tags        []string          `json:"tags,omitempty"`
		Events      []string          `json:"events,omitempty"`
		Examples    []string          `json:"examples,omitempty"`
		Owner       owner             `json:"owner,omitzero"`
		Certified   certification     `json:"certified,omitzero"`
		Replaced    replacement       `json:"replaced,omitzero"`
		Caveats     []caveat          `json:"caveats,omitempty"`
		Chart       insight.Chart     `json:"chart"`
		Format      format            `json:"format"`
		Good        insight.Direction `json:"good,omitempty"`
		FromZero    bool              `json:"from_zero"`
		Total       insight.Total     `json:"total"`
		People      insight.People    `json:"people,omitempty"`
		Zone        string            `json:"zone"`
		WeekStart   time.Weekday      `json:"week_start"`
		Accepts     accepts           `json:"accepts"`
		Default     defaults          `json:"default,omitzero"`
		Fresh       time.Duration     `json:"fresh,omitempty"`
		Link        string            `json:"link,omitempty"`
		UpdatedAt   time.Time         `json:"updated_at,omitzero"`
		Viewers     int               `json:"viewers,omitempty"`
	}
	owner struct {
		Name    string `json:"name"`
		Contact string `json:"contact,omitempty"`
	}
	certification struct {
		By    string    `json:"by"`
		On    time.Time `json:"on,omitzero"`
		Until time.Time `json:"until,omitzero"`
	}
	replacement struct {
		By  string `json:"by,omitempty"`
		Why string `json:"why,omitempty"`
	}
	caveat struct {
		Text  string    `json:"text"`
		From  time.Time `json:"from,omitzero"`
		Until time.Time `json:"until,omitzero"`
	}
	format struct {
		Kind     insight.FormatKind `json:"kind"`
		Unit     string             `json:"unit,omitempty"`
		Currency string             `json:"currency,omitempty"`
		Decimals int                `json:"decimals"`
	}
	accepts struct {
		Windows       bool              `json:"windows"`
		Earliest      time.Time         `json:"earliest,omitzero"`
		Grains        []insight.Grain   `json:"grains,omitempty"`
		Compare       []insight.Compare `json:"compare,omitempty"`
		Dimensions    []dimension       `json:"dimensions,omitempty"`
		MaxBreakdowns int               `json:"max_breakdowns,omitempty"`
		Attributes    []string          `json:"attributes,omitempty"`
		Columns       []column          `json:"columns,omitempty"`
	}
	dimension struct {
		Name      string   `json:"name"`
		Label     string   `json:"label,omitempty"`
		Words     []string `json:"words,omitempty"`
		Breakdown bool     `json:"breakdown"`
		Filter    bool     `json:"filter"`
		Values    []value  `json:"values,omitempty"`
	}
	value struct {
		Key   string   `json:"key"`
		Label string   `json:"label,omitempty"`
		Words []string `json:"words,omitempty"`
	}
	column struct {
		Name string             `json:"name"`
		Type insight.ColumnType `json:"type,omitempty"`
	}
	defaults struct {
		Period     string        `json:"period,omitempty"`
		Grain      insight.Grain `json:"grain,omitempty"`
		Breakdowns []string      `json:"breakdowns,omitempty"`
	}
)

// encode writes what defines an insight. Asked is not part of it: it is
// counted from the ask log, and a copy here would only grow old.
func encode(in insight.Insight) (string, error) {
	zone, err := zoneName(in.Zone)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(definition{
		Title: in.Title, Description: in.Description, Tags: in.Tags, Events: in.Events, Examples: in.Examples,
		Owner: owner(in.Owner), Certified: certification(in.Certified), Replaced: replacement(in.Replaced),
		Caveats: each(in.Caveats, func(c insight.Caveat) caveat { return caveat(c) }),
		Chart:   in.Chart, Format: format(in.Format), Good: in.Good, FromZero: in.FromZero, Total: in.Total, People: in.People,
		Zone: zone, WeekStart: in.WeekStart,
		Accepts: accepts{
			Windows: in.Accepts.Windows, Earliest: in.Accepts.Earliest,
			Grains: in.Accepts.Grains, Compare: in.Accepts.Compare,
			Dimensions:    each(in.Accepts.Dimensions, encodeDimension),
			MaxBreakdowns: in.Accepts.MaxBreakdowns, Attributes: in.Accepts.Attributes,
			Columns: each(in.Accepts.Columns, func(c insight.Column) column { return column(c) }),
		},
		Default: defaults(in.Default), Fresh: in.Fresh, Link: in.Link, UpdatedAt: in.UpdatedAt.UTC(), Viewers: in.Viewers,
	})
	return string(text), err
}

// decode reads what encode wrote. Civil dates come back in the insight's own
// zone, where they are midnights again.
func decode(text string) (insight.Insight, error) {
	var d definition
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return insight.Insight{}, err
	}
	zone, err := time.LoadLocation(d.Zone)
	if err != nil {
		return insight.Insight{}, err
	}
	day := func(t time.Time) time.Time {
		if t.IsZero() {
			return time.Time{}
		}
		return t.In(zone)
	}
	return insight.Insight{
		Title: d.Title, Description: d.Description, Tags: d.Tags, Events: d.Events, Examples: d.Examples,
		Owner:     insight.Owner(d.Owner),
		Certified: insight.Certification{By: d.Certified.By, On: day(d.Certified.On), Until: day(d.Certified.Until)},
		Replaced:  insight.Replacement(d.Replaced),
		Caveats: each(d.Caveats, func(c caveat) insight.Caveat {
			return insight.Caveat{Text: c.Text, From: day(c.From), Until: day(c.Until)}
		}),
		Chart: d.Chart, Format: insight.Format(d.Format), Good: d.Good, FromZero: d.FromZero, Total: d.Total, People: d.People,
		Zone: zone, WeekStart: d.WeekStart,
		Accepts: insight.Accepts{
			Windows: d.Accepts.Windows, Earliest: day(d.Accepts.Earliest),
			Grains: d.Accepts.Grains, Compare: d.Accepts.Compare,
			Dimensions:    each(d.Accepts.Dimensions, decodeDimension),
			MaxBreakdowns: d.Accepts.MaxBreakdowns, Attributes: d.Accepts.Attributes,
			Columns: each(d.Accepts.Columns, func(c column) insight.Column { return insight.Column(c) }),
		},
		Default: insight.Defaults(d.Default), Fresh: d.Fresh, Link: d.Link, UpdatedAt: d.UpdatedAt.UTC(), Viewers: d.Viewers,
	}, nil
}

func encodeDimension(d insight.Dimension) dimension {
	return dimension{
		Name: d.Name, Label: d.Label, Words: d.Words, Breakdown: d.Breakdown, Filter: d.Filter,
		Values: each(d.Values, func(v insight.Value) value { return value(v) }),
	}
}

func decodeDimension(d dimension) insight.Dimension {
	return insight.Dimension{
		Name: d.Name, Label: d.Label, Words: d.Words, Breakdown: d.Breakdown, Filter: d.Filter,
		Values: each(d.Values, func(v value) insight.Value { return insight.Value(v) }),
	}
}

// each converts a list; nil stays nil.
func each[A, B any](list []A, convert func(A) B) []B {
	if list == nil {
		return nil
	}
	converted := make([]B, len(list))
	for i, item := range list {
		converted[i] = convert(item)
	}
	return converted
}

// zoneName is the name a zone can be loaded by again, on any machine. A fixed
// offset has none, and "Local" means something else elsewhere.
func zoneName(zone *time.Location) (string, error) {
	if zone == nil {
		return "", fmt.Errorf("%w: no reporting zone", ErrInvalid)
	}
	name := zone.String()
	if _, err := time.LoadLocation(name); err != nil || name == "Local" || name == "" {
		return "", fmt.Errorf("%w: reporting zone %q is not an IANA zone", ErrInvalid, name)
	}
	return name, nil
}
