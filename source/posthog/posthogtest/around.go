package posthogtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strconv"
)

// trending is how many people looked at an insight.
type trending struct{ id, people int }

// me is the owner of the key: a member who may only read.
func (s *Server) me() answer {
	at := encode("2025-01-02T00:00:00Z")
	none, no, empty := json.RawMessage("null"), json.RawMessage("false"), json.RawMessage("[]")
	uuid := encode("00000000-0000-4000-8000-000000000064")
	organization := object{
		"id": uuid, "name": encode("Hedgebox"), "slug": encode("hedgebox"), "created_at": at, "updated_at": at,
		"membership_level": none, "plugins_access_level": encode(3), "teams": empty, "projects": empty,
		"available_product_features": empty, "is_member_join_email_enabled": no, "metadata": json.RawMessage("{}"),
		"customer_id": none, "member_count": encode(3), "is_active": json.RawMessage("true"), "is_not_active_reason": none,
		"is_pending_deletion": no, "logo_media_id": none,
	}
	team := object{
		"id": encode(s.Project), "uuid": uuid, "organization": uuid, "project_id": encode(s.Project),
		"api_token": encode("phc_synthetic"), "name": encode("Hedgebox Inc."), "completed_snippet_onboarding": json.RawMessage("true"),
		"has_completed_onboarding_for": none, "ingested_event": json.RawMessage("true"), "is_demo": no,
		"timezone": encode(s.options.Zone.String()), "access_control": no,
	}
	o := s.fields([]byte(somebody))
	maps.Copy(o, object{
		"date_joined": at, "pending_email": none, "has_password": json.RawMessage("true"), "is_impersonated": no,
		"is_impersonated_until": none, "is_impersonated_read_only": none, "sensitive_session_expires_at": at, "team": encode(team),
		"organization": encode(organization), "organizations": empty, "password": encode(""), "is_2fa_enabled": no,
		"has_social_auth": no, "has_sso_enforcement": no, "scene_personalisation": empty,
		"is_organization_first_user": no, "pending_invites": empty,
	})
	return answer{200, s.made("User", encode(o))}
}

// project is the project of the key.
func (s *Server) project() answer {
	at := encode("2025-01-02T00:00:00Z")
	none, no, empty := json.RawMessage("null"), json.RawMessage("false"), json.RawMessage("[]")
	return answer{200, s.made("ProjectBackwardCompat", encode(object{
		"id": encode(s.Project), "name": encode("Hedgebox Inc."), "timezone": encode(s.options.Zone.String()),
		"organization": encode("00000000-0000-4000-8000-000000000064"), "created_at": at, "updated_at": at,
		"effective_membership_level": none, "has_group_types": no, "group_types": empty, "live_events_token": none,
		"uuid": encode("00000000-0000-4000-8000-000000000065"), "api_token": encode("phc_synthetic"),
		"ingested_event": json.RawMessage("true"), "person_on_events_querying_enabled": json.RawMessage("true"),
		"default_modifiers": json.RawMessage("{}"), "product_intents": empty, "secret_api_token": none,
		"secret_api_token_backup": none, "available_setup_task_ids": empty, "week_start_day": encode(1),
	}))}
}

// trending is the list of what people looked at.
func (s *Server) trending(r Request) answer {
	s.mu.Lock()
	views := append([]trending(nil), s.trends...)
	s.mu.Unlock()
	if s.options.Generated == 0 && len(views) == 0 {
		return answer{200, s.file("derived/insightsTrending.json")}
	}
	q, _ := url.ParseQuery(r.Query) //nolint:errcheck // it was looked at before
	limit, _ := paging(q)
	p := page{Count: len(views), Results: []json.RawMessage{}}
	for _, v := range views[:min(limit, len(views))] {
		if it := s.item(v.id); it != nil {
			o := s.fields(s.basic(it))
			o["view_count"], o["viewers"] = encode(v.people), json.RawMessage("["+somebody+"]")
			p.Results = append(p.Results, encode(o))
		}
	}
	return answer{200, encode(p)}
}

// lastViewed is the bare list of what the owner of the key looked at.
func (s *Server) lastViewed() answer {
	if s.options.Generated == 0 {
		return answer{200, s.file("derived/insightsMyLastViewed.json")}
	}
	return answer{200, []byte("[]")}
}

// activity is who changed what about an insight.
func (s *Server) activity(r Request) answer {
	it := s.item(r.Insight)
	if it == nil || it.hidden {
		return answer{404, []byte(NotFound().Body)}
	}
	type change struct {
		Type   string `json:"type"`
		Action string `json:"action"`
		Field  string `json:"field"`
		Before string `json:"before"`
		After  string `json:"after"`
	}
	entry := object{
		"id": encode("00000000-0000-4000-b000-000000000001"), "user": json.RawMessage(somebody), "activity": encode("updated"),
		"scope": encode("Insight"), "item_id": encode(strconv.Itoa(it.ID)), "created_at": encode(stamp(it.Modified)),
		"detail": encode(object{
			"id": encode(strconv.Itoa(it.ID)), "name": encode(it.Name), "short_id": encode(it.ShortID), "type": encode("insight"),
			"changes": encode([]change{{"Insight", "changed", "name", "An older name", it.Name}}),
		}),
	}
	return answer{200, s.made("ActivityLogPaginatedResponse", encode(object{
		"results": encode([]object{entry}), "next": json.RawMessage("null"), "previous": json.RawMessage("null"), "total_count": encode(1),
	}))}
}

// around answers the lists that stand around the insights.
func (s *Server) around(route Route, r Request) answer {
	if s.options.Generated == 0 {
		switch route {
		case RouteDashboards:
			return s.slice(r, "dashboards/", s.file("derived/dashboards.json"))
		case RouteAnnotations:
			return s.slice(r, "annotations/", s.file("derived/annotations.json"))
		case RouteEvents:
			name := "derived/eventDefinitionsPlain.json"
			if s.options.Paid {
				name = "derived/eventDefinitionsPaid.json"
			}
			return s.slice(r, "event_definitions/", s.file(name))
		default: // the others were not recorded
		}
	}
	switch route {
	case RouteProperties:
		raw := list(properties(s.options.Paid)...)
		if s.options.Paid {
			// The schema knows only the form with the taxonomy.
			s.made("PaginatedEnterprisePropertyDefinitionList", raw)
		}
		return s.slice(r, "property_definitions/", raw)
	case RouteVariables:
		return s.slice(r, "insight_variables/", s.made("PaginatedInsightVariableList", list(encode(object{
			"id": encode("00000000-0000-4000-a000-000000000001"), "name": encode("Plan"), "type": encode("List"),
			"created_by": encode(1), "created_at": encode("2025-01-02T00:00:00Z"), "code_name": encode("plan"), "default_value": encode("free"), "values": json.RawMessage(`["free","paid"]`),
		}))))
	default:
		return s.slice(r, string(route), list())
	}
}

// slice is the part of a list that was asked for. One that fits whole is served
// as it is.
func (s *Server) slice(r Request, path string, raw []byte) answer {
	q, _ := url.ParseQuery(r.Query) //nolint:errcheck // it was looked at before
	limit, offset := paging(q)
	var all page
	if err := json.Unmarshal(raw, &all); err != nil {
		s.t.Errorf("posthogtest: %v", err)
	}
	if offset == 0 && limit >= len(all.Results) {
		return answer{200, raw}
	}
	n := len(all.Results)
	p := s.page(path, q, n, limit, offset)
	p.Results = append(p.Results, all.Results[min(offset, n):min(offset+limit, n)]...)
	return answer{200, encode(p)}
}

// list is a list of one page.
func list(results ...json.RawMessage) []byte {
	if results == nil {
		results = []json.RawMessage{}
	}
	return encode(page{Count: len(results), Results: results})
}

// PropertyNames are the properties that the project knows.
func PropertyNames() []string {
	return []string{"$browser", "$os", "$geoip_country_code", "plan", "amount_usd"}
}

// properties are the definitions of properties. Without the paid taxonomy they
// lack half of their fields: absent is not false.
func properties(paid bool) []json.RawMessage {
	all := []json.RawMessage{}
	for i, name := range PropertyNames() {
		kind, number := "String", name == "amount_usd"
		if number {
			kind = "Numeric"
		}
		o := object{
			"id": encode(fmt.Sprintf("00000000-0000-4000-9000-00000000700%d", i)), "name": encode(name),
			"is_numerical": encode(number), "property_type": encode(kind), "tags": json.RawMessage("[]"),
			"is_seen_on_filtered_events": json.RawMessage("null"),
		}
		if paid {
			o["description"], o["verified"], o["verified_at"] = encode("What "+name+" means"), json.RawMessage("true"), encode("2025-02-01T00:00:00Z")
			o["updated_at"], o["updated_by"], o["verified_by"] = encode("2025-01-02T00:00:00Z"), json.RawMessage(somebody), json.RawMessage(somebody)
		}
		all = append(all, encode(o))
	}
	return all
}
