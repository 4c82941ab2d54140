package storage

import (
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"

	"insightbot/access"
	"insightbot/insight"
)

// storedRole is the stored form of a role but for its id; see definition for
// why it is written out.
type storedRole struct {
	Name       string               `json:"name,omitempty"`
	Tags       []string             `json:"tags,omitempty"`
	Sources    []string             `json:"sources,omitempty"`
	Insights   []string             `json:"insights,omitempty"`
	Everything bool                 `json:"everything,omitempty"`
	Abilities  []access.Ability     `json:"abilities,omitempty"`
	Attributes map[string][]string  `json:"attributes,omitempty"`
	Strict     bool                 `json:"strict,omitempty"`
	External   bool                 `json:"external,omitempty"`
	Masks      []string             `json:"masks,omitempty"`
	Unmask     []insight.ColumnType `json:"unmask,omitempty"`
	MinGroup   int                  `json:"min_group,omitempty"`
}

// encodeRole writes a role. What JSON would change on its way, text that is no
// UTF-8, is refused: a grant must come back as it went in.
func encodeRole(r access.Role) (string, error) {
	texts := slices.Concat([]string{r.ID, r.Name}, r.Tags, r.Sources, r.Insights, r.Masks)
	for name, values := range r.Attributes {
		texts = append(append(texts, name), values...)
	}
	for _, a := range r.Abilities {
		texts = append(texts, string(a))
	}
	for _, c := range r.Unmask {
		texts = append(texts, string(c))
	}
	if err := checkText(texts...); err != nil {
		return "", fmt.Errorf("role %q: %w", r.ID, err)
	}
	text, err := json.Marshal(storedRole{
		Name: r.Name, Tags: r.Tags, Sources: r.Sources, Insights: r.Insights, Everything: r.Everything,
		Abilities: r.Abilities, Attributes: r.Attributes, Strict: r.Strict, External: r.External,
		Masks: r.Masks, Unmask: r.Unmask, MinGroup: r.MinGroup,
	})
	return string(text), err
}

// decodeRole reads what encodeRole wrote.
func decodeRole(id, text string) (access.Role, error) {
	var r storedRole
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return access.Role{}, fmt.Errorf("role %q: %w", id, err)
	}
	return access.Role{
		ID: id, Name: r.Name, Tags: r.Tags, Sources: r.Sources, Insights: r.Insights, Everything: r.Everything,
		Abilities: r.Abilities, Attributes: r.Attributes, Strict: r.Strict, External: r.External,
		Masks: r.Masks, Unmask: r.Unmask, MinGroup: r.MinGroup,
	}, nil
}

// encodeList writes a list of ids.
func encodeList(ids []string) (string, error) {
	if len(ids) == 0 {
		return "[]", nil
	}
	if err := checkText(ids...); err != nil {
		return "", err
	}
	text, err := json.Marshal(ids)
	return string(text), err
}

// decodeList reads what encodeList wrote. An empty list is nil.
func decodeList(text string) ([]string, error) {
	if text == "[]" {
		return nil, nil
	}
	var ids []string
	err := json.Unmarshal([]byte(text), &ids)
	return ids, err
}

func checkText(texts ...string) error {
	for _, t := range texts {
		if !utf8.ValidString(t) {
			return fmt.Errorf("%w: %q is no UTF-8", ErrInvalid, t)
		}
	}
	return nil
}
