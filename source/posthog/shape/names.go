package shape

import (
	"strings"
	"unicode/utf8"
)

// allEvents is what a series without an event counts.
const allEvents = "All events"

// eventNames are PostHog's own events as its own pages call them.
var eventNames = map[string]string{
	"$pageview": "Pageview", "$pageleave": "Pageleave", "$autocapture": "Autocapture", "$rageclick": "Rageclick", "$screen": "Screen",
	"$identify": "Identify", "$set": "Set person properties", "$feature_flag_called": "Feature flag called", "$exception": "Exception",
	"$groupidentify": "Group identify", "$web_vitals": "Web vitals", "$create_alias": "Alias", "$feature_view": "Feature view",
	"$feature_interaction": "Feature interaction", "$ai_generation": "AI generation",
}

// eventName is an event as people read it.
func eventName(s string) string {
	if n, ok := eventNames[s]; ok {
		return n
	}
	return hideAddresses(s)
}

// propertyNames are PostHog's own properties as its own pages call them.
var propertyNames = map[string]string{
	"$browser": "Browser", "$browser_version": "Browser version", "$os": "Operating system", "$os_version": "OS version",
	"$device_type": "Device type", "$current_url": "Current URL", "$pathname": "Path name", "$host": "Host", "$lib": "Library",
	"$lib_version": "Library version", "$referrer": "Referrer", "$referring_domain": "Referring domain", "$screen_name": "Screen name",
	"$app_version": "App version", "$geoip_country_code": "Country code", "$geoip_country_name": "Country", "$geoip_city_name": "City",
	"$geoip_continent_name": "Continent", "$geoip_subdivision_1_name": "Region", "$channel_type": "Channel type", "$entry_pathname": "Entry path",
	"$entry_current_url": "Entry URL", "utm_source": "UTM source", "utm_medium": "UTM medium", "utm_campaign": "UTM campaign",
}

// propertyWords are other words for PostHog's own properties.
var propertyWords = map[string][]string{
	"$os": {"OS", "platform"}, "$device_type": {"device"}, "$geoip_country_name": {"nation"}, "$geoip_country_code": {"country"},
	"$current_url": {"URL", "page"}, "$pathname": {"page", "path"}, "$channel_type": {"channel"}, "$referring_domain": {"referrer", "domain"},
	"utm_source": {"source"}, "utm_medium": {"medium"}, "utm_campaign": {"campaign"},
}

// propertyName is a property as people read it: "plan_tier" is "Plan tier".
func propertyName(s string) string {
	if n, ok := propertyNames[s]; ok {
		return n
	}
	s = strings.TrimPrefix(s, "$initial_")
	s = strings.TrimSpace(strings.NewReplacer("_", " ", "$", "", "-", " ").Replace(s))
	if s == "" {
		return "Property"
	}
	first, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(string(first)) + s[n:]
}

// identifier makes the name of a dimension: letters, digits and underscores.
func identifier(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(strings.TrimPrefix(s, "$")) {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	return strings.TrimSuffix(b.String(), "_")
}
