package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/text"
)

// accessReportCommand shows what every channel can read, and what to look at.
func (a *app) accessReportCommand() *cobra.Command {
	var asJSON bool
	var channel string
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Show what every channel can read, and what to look at",
		Long: `Show what to look at, and then what every channel can read that is mapped or was used in the last 90 days: a row for each
insight, a column for each channel, as for a full member who holds nothing by name.
Exit codes: 0 done, whatever was found.`,
		Example: "  insightbot access report\n  insightbot access report --channel revenue\n  insightbot access report --json",
		Args:    exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withStore(cmd, func(ctx context.Context, w *wiring) error {
				p, err := w.store.Policy(ctx)
				if err != nil {
					return err
				}
				if err := w.openSources(ctx); err != nil {
					return err
				}
				r, err := w.report(ctx, p)
				if err != nil {
					return err
				}
				r.Channels = slices.DeleteFunc(r.Channels, func(c access.ChannelReport) bool { return !isChannel(c, channel) })
				if asJSON {
					return printJSON(a, reportOf(r))
				}
				a.printReport(r, channel)
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	cmd.Flags().StringVar(&channel, "channel", "", "show the channels of this id or part of a name alone")
	return cmd
}

// isChannel reports whether a channel is among those that words narrow to.
func isChannel(c access.ChannelReport, words string) bool {
	bare := func(s string) string { return strings.ToLower(strings.TrimPrefix(s, "#")) }
	return strings.Contains(bare(c.Name), bare(words)) || c.ID == words || keyText(c.Key) == words
}

// reportJSON is the report as scripts read it.
type reportJSON struct {
	Risks    []riskJSON          `json:"risks"`
	Channels []channelReportJSON `json:"channels"`
}

type channelReportJSON struct {
	Platform  string         `json:"platform"`
	Workspace string         `json:"workspace"`
	Channel   string         `json:"channel"`
	Name      string         `json:"name"`
	Mapped    bool           `json:"mapped"`
	Known     bool           `json:"known"`
	Kind      chat.PlaceKind `json:"kind"`
	Shared    chat.Fact      `json:"shared"`
	Guests    chat.Fact      `json:"guests"`
	Asked     int            `json:"asked"`
	Insights  []readJSON     `json:"insights"`
}

// readJSON says where one insight can be read: "public", "private" or
// "nowhere".
type readJSON struct {
	Insight string        `json:"insight"`
	Where   string        `json:"where"`
	Reason  access.Reason `json:"reason"`
}

func reportOf(r access.Report) reportJSON {
	j := reportJSON{Risks: risksJSON(r.Risks), Channels: []channelReportJSON{}}
	for _, c := range r.Channels {
		cj := channelReportJSON{
			Platform: c.Platform, Workspace: c.Workspace, Channel: c.ID, Name: c.Name, Mapped: c.Mapped, Known: c.Known, Kind: c.Kind,
			Shared: c.Audience.Shared, Guests: c.Audience.Guests, Asked: c.Asked, Insights: []readJSON{},
		}
		for i, d := range c.Decisions {
			cj.Insights = append(cj.Insights, readJSON{r.Insights[i].ID, whereName(d.Where), d.Reason})
		}
		j.Channels = append(j.Channels, cj)
	}
	return j
}

// printReport prints the risks, and then the matrix.
func (a *app) printReport(r access.Report, channel string) {
	if len(r.Risks) == 0 {
		fmt.Fprintln(a.out, "Nothing stands out.")
	}
	for _, k := range risksJSON(r.Risks) {
		fmt.Fprintln(a.out, "!", plainLines(riskLine(k)))
	}
	fmt.Fprintln(a.out)
	switch {
	case len(r.Channels) == 0 && channel != "":
		fmt.Fprintf(a.out, "No channel that is mapped or was used is called %q.\n", channel)
		return
	case len(r.Channels) == 0:
		fmt.Fprintln(a.out, "The bot was used in no channel yet, and none is mapped.")
		return
	}
	grid := [][]string{{"Insight"}}
	single := oneWorkspace(r.Channels)
	for _, c := range r.Channels {
		name := c.Name
		if name == "" || !single {
			name = named(keyText(c.Key), c.Name)
		}
		grid[0] = append(grid[0], name)
	}
	for i, in := range r.Insights {
		row := []string{in.ID}
		for _, c := range r.Channels {
			row = append(row, cellWord(c.Decisions[i]))
		}
		grid = append(grid, row)
	}
	a.printGrid(grid)
	fmt.Fprintln(a.out, "\nall: everybody in the channel reads it; with a role: everybody, where who asks has a role of their own for it;\nalone: it is told to each member alone; –: it is not there.")
}

// oneWorkspace reports whether all channels are of one workspace, so that their
// names tell them apart.
func oneWorkspace(channels []access.ChannelReport) bool {
	return !slices.ContainsFunc(channels, func(c access.ChannelReport) bool {
		return c.Platform != channels[0].Platform || c.Workspace != channels[0].Workspace
	})
}

// cellWord is a decision in one word or two.
func cellWord(d access.Decision) string {
	switch {
	case d.Where == access.Publicly:
		return "all"
	case d.Where == access.Privately:
		return "alone"
	case d.Channel == access.ReasonStrict:
		return "with a role"
	default:
		return "–"
	}
}

// printGrid prints rows in columns that are as wide as they need to be.
func (a *app) printGrid(rows [][]string) {
	var wide []int
	for _, row := range rows {
		for i, cell := range row {
			row[i] = text.Clean(cell)
			if i == len(wide) {
				wide = append(wide, 0)
			}
			wide[i] = max(wide[i], text.Cells(row[i]))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(text.Pad(cell, wide[i]+2, false))
		}
		fmt.Fprintln(a.out, strings.TrimRight(line.String(), " "))
	}
}
