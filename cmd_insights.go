package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"insightbot/chat"
	"insightbot/insight"
)

// insightJSON is an insight as scripts read it.
type insightJSON struct {
	ID          string   `json:"id"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Tags        []string `json:"tags"`
	Owner       string   `json:"owner"`
	Chart       string   `json:"chart"`
	Certified   bool     `json:"certified"`
	Outdated    bool     `json:"outdated"`
	Breakdowns  []string `json:"breakdowns"`
	Asked       int      `json:"asked"`
}

// insightsCommand lists and shows what can be asked.
func (a *app) insightsCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "insights [WORDS]",
		Short: "List and search what can be asked, or show one insight by its id",
		Example: `  insightbot insights
  insightbot insights revenue by plan
  insightbot insights demo/signups
  insightbot insights --json`,
		RunE: func(cmd *cobra.Command, words []string) error { return a.searchInsights(cmd, words, asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the whole catalogue as JSON")
	cmd.AddCommand(a.insightsNewCommand(), a.insightsCheckCommand())
	return cmd
}

// searchInsights prints what can be asked that has to do with some words.
func (a *app) searchInsights(cmd *cobra.Command, words []string, asJSON bool) (err error) {
	w, err := a.wireQuietly(cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if asJSON {
		if len(words) > 0 {
			return usage(errors.New("insights --json lists everything; it takes no words"))
		}
		return printInsights(a, w)
	}
	call := chat.Call{Command: "insights", Args: chat.Args{"q": strings.Join(words, " ")}}
	if len(words) == 1 && strings.Contains(words[0], "/") {
		call = chat.Call{Command: "insight", Args: chat.Args{"id": words[0]}}
	}
	if err := a.terminal(w, true).Call(cmd.Context(), w.handler, call); err != nil {
		return &exitError{code: exitFailed}
	}
	return nil
}

func printInsights(a *app, w *wiring) error {
	ins, _ := w.catalogue.Insights()
	list := make([]insightJSON, 0, len(ins))
	for _, in := range ins {
		list = append(list, toJSON(in, w))
	}
	return printJSON(a, list)
}

func toJSON(in insight.Insight, w *wiring) insightJSON {
	j := insightJSON{
		ID: in.ID, Title: in.Title, Description: in.Description, Tags: append([]string{}, in.Tags...), Owner: in.Owner.Name,
		Chart: string(in.Chart), Certified: in.Certified.Valid(w.now()), Outdated: in.Replaced.Outdated(), Asked: in.Asked,
		Breakdowns: []string{},
	}
	for _, d := range in.Accepts.Dimensions {
		if d.Breakdown {
			j.Breakdowns = append(j.Breakdowns, d.Name)
		}
	}
	return j
}

// versionCommand prints what is running.
func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintln(a.out, versionLine())
			return nil
		},
	}
}
