package posthog

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"
)

// DefinitionKind says what a Definition is about.
type DefinitionKind string

// The kinds of definitions.
const (
	EventDefinition    DefinitionKind = "event"
	PropertyDefinition DefinitionKind = "property"
)

// Definition is what a team says about one of its events or properties.
type Definition struct {
	Kind DefinitionKind
	Name string
	// Description, Tags and Owner are empty where nobody wrote them, and where
	// the plan of the project does not know of them.
	Description string
	Tags        []string
	Owner       string
	// Verified is nil where the plan of the project does not know of it: that is
	// not the same as false.
	Verified *bool
	// LastSeen is when the event came last, or zero when that is not known.
	LastSeen time.Time
}

// Definitions are the events and properties of the project as its team describes
// them, events that came last first.
func (s *Source) Definitions() []Definition {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Concat(s.known.Around.Events, s.known.Around.Described)
}

// defined is a definition as it comes.
type defined struct {
	Name        string          `json:"name"`
	Description *string         `json:"description"`
	Tags        []string        `json:"tags"`
	Owner       json.RawMessage `json:"owner"`
	Verified    *bool           `json:"verified"`
	Hidden      *bool           `json:"hidden"`
	LastSeen    *time.Time      `json:"last_seen_at"`
}

// definition reads what came. An owner is a person in some versions and a bare
// number in others; an address is no name.
func (d defined) definition(kind DefinitionKind) Definition {
	one := Definition{Kind: kind, Name: d.Name, Tags: d.Tags, Verified: d.Verified}
	if d.Description != nil {
		one.Description = strings.TrimSpace(*d.Description)
	}
	if d.LastSeen != nil {
		one.LastSeen = *d.LastSeen
	}
	one.Owner = person(d.Owner)
	return one
}

// person is the name of a user, or "" for what is none, or is an address.
func person(raw json.RawMessage) string {
	var u struct {
		First string `json:"first_name"`
		Last  string `json:"last_name"`
	}
	if json.Unmarshal(raw, &u) != nil {
		return ""
	}
	name := strings.TrimSpace(u.First + " " + u.Last)
	if strings.Contains(name, "@") {
		return ""
	}
	return name
}

func (s *Source) readEvents(ctx context.Context, a *around) error {
	var all []Definition
	err := each(ctx, s, "event_definitions/", url.Values{"ordering": {"-last_seen_at"}}, func(d defined) {
		if d.Hidden == nil || !*d.Hidden {
			all = append(all, d.definition(EventDefinition))
		}
	})
	if err == nil {
		a.Events = all
	}
	return err
}

// offeredProperties are the properties that most questions are broken down by.
// Each is offered where the project knows it: for one that does not exist
// PostHog answers zeros, and no error.
var offeredProperties = []string{
	"$browser", "$os", "$device_type", "$geoip_country_name", "$geoip_country_code", "$geoip_city_name", "$referring_domain", "$current_url",
	"$lib", "utm_source", "utm_medium", "utm_campaign",
}

// readProperties reads the properties of events. Those that nobody described are
// of no use but to be broken down by.
func (s *Source) readProperties(ctx context.Context, a *around) error {
	there := map[string]bool{}
	var described []Definition
	err := each(ctx, s, "property_definitions/", nil, func(d defined) {
		there[d.Name] = true
		if one := d.definition(PropertyDefinition); one.Description != "" && (d.Hidden == nil || !*d.Hidden) {
			described = append(described, one)
		}
	})
	if err != nil {
		return err
	}
	a.Described, a.Properties = described, nil
	for _, name := range offeredProperties {
		if there[name] {
			a.Properties = append(a.Properties, name)
		}
	}
	return nil
}
