package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"insightbot/access"
	"insightbot/insight"
)

// accessExplainCommand says why somebody sees an insight somewhere, or not.
func (a *app) accessExplainCommand() *cobra.Command {
	var f rehearsalFlags
	var id string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain --where PLACE --insight ID",
		Short: "Say why somebody sees an insight somewhere, or not",
		Long: `Say whether an insight would be answered to somebody in a channel, by which roles, and within which limits. What is known of
the channel is what was true when somebody last asked there; flags say otherwise. What is not known counts as the worst.`,
		Example: `  insightbot access explain --who web/demo/mia --where web/demo/revenue --insight demo/revenue
  insightbot access explain --where slack/T024/C0PARTNER --shared --guests=false --insight shop/revenue`,
		Args: exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if id == "" {
				return usage(errors.New(`explain takes --insight; "insightbot insights" lists them`))
			}
			return a.withStore(cmd, func(ctx context.Context, w *wiring) error {
				h, err := f.rehearsal(ctx, w)
				if err != nil {
					return err
				}
				if err := w.openSources(ctx); err != nil {
					return err
				}
				return a.explain(ctx, w, h, id, asJSON)
			})
		},
	}
	f.add(cmd, "who", "where")
	cmd.Flags().StringVar(&id, "insight", "", "id of the insight")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return cmd
}

// explanationJSON is a decision as scripts read it.
type explanationJSON struct {
	Insight string        `json:"insight"`
	As      string        `json:"as"`
	In      string        `json:"in"`
	Where   string        `json:"where"`
	Reason  access.Reason `json:"reason"`
	// ChannelKey and PersonKey are how each of the two keys fared.
	ChannelKey access.Reason       `json:"channel_key"`
	PersonKey  access.Reason       `json:"person_key"`
	Roles      []string            `json:"roles"`
	Attributes map[string][]string `json:"attributes"`
	Masks      []string            `json:"masks"`
	MinGroup   int                 `json:"min_group"`
	Sentences  []string            `json:"sentences"`
	Person     string              `json:"person"`
	Place      string              `json:"place"`
}

// explain decides as the bot does, and prints why.
func (a *app) explain(ctx context.Context, w *wiring, h rehearsal, id string, asJSON bool) error {
	in, err := w.insightOf(id)
	if err != nil {
		return err
	}
	rules, err := w.rules().Rules(ctx, h.user, h.place)
	if err != nil {
		return err
	}
	if err := w.noteRehearsal(ctx, h, "explained "+in.ID); err != nil {
		return err
	}
	d := rules.Audience(h.user, h.place).Decide(in)
	if asJSON {
		return printJSON(a, explained(h, in, d))
	}
	fmt.Fprintln(a.out, plainLines(fmt.Sprintf("If %s asks for “%s” (%s) in %s:", h.who(), in.Title, in.ID, h.where())))
	for _, s := range access.Explain(d) {
		fmt.Fprintln(a.out, " ", plainLines(s))
	}
	a.fact("Person", h.personWords())
	a.fact("Place", h.placeWords())
	return nil
}

func explained(h rehearsal, in insight.Insight, d access.Decision) explanationJSON {
	attributes := d.Terms.Attributes
	if attributes == nil {
		attributes = map[string][]string{}
	}
	return explanationJSON{
		Insight: in.ID, As: h.as(), In: keyText(access.ChannelOf(h.place)),
		Where: whereName(d.Where), Reason: d.Reason, ChannelKey: d.Channel, PersonKey: d.Person,
		Roles: append([]string{}, d.Roles...), Attributes: attributes, Masks: append([]string{}, d.Terms.Masks...), MinGroup: d.Terms.MinGroup,
		Sentences: access.Explain(d), Person: h.personWords(), Place: h.placeWords(),
	}
}

// whereName is where an answer may be read, in one word.
func whereName(where access.Where) string { return cmp.Or(string(where), "nowhere") }
