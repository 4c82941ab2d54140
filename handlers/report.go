package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
	"insightbot/text"
)

// The bounds of the matrix that is shown; the shell prints all of it.
const (
	maxReportChannels = 12
	maxReportInsights = 60
	maxReportRisks    = 40
)

// report is the matrix of channels and insights, and before it what an admin
// should look at. A filter narrows the matrix alone: what to look at is worked
// out from everything.
func (b *Bot) report(ctx context.Context, v *visit) (*chat.Reply, error) {
	p, err := b.config.Keeper.Policy(ctx)
	if err != nil {
		return nil, err
	}
	seen, err := v.seen(ctx)
	if err != nil {
		return nil, err
	}
	r := v.ours(p.Report(v.stock.insights, seen))
	reply := v.privately("Report", heading("What to look at"))
	reply.Parts = append(reply.Parts, riskParts(r.Risks)...)
	args := v.Call.Args
	f := form{args: args}
	f.add(chat.Field{Name: argQuestion, Label: "Insights", Help: "Part of a title, a tag or an id", Kind: chat.FieldSearch})
	f.add(chat.Field{Name: argChannel, Label: "Channels", Help: "Part of a name, or an id", Kind: chat.FieldSearch})
	reply.Parts = append(reply.Parts, heading("Who reads what where"), chat.Form{
		Submit: "Filter", Call: chat.Call{Command: "report"}, Fields: f.fields,
	})
	t := matrix(r, filterWords(args[argQuestion]), filterWords(args[argChannel]))
	switch {
	case len(r.Channels) == 0:
		reply.Parts = append(reply.Parts, chat.Text{Text: "I was used in no channel yet, and none is mapped."})
	case len(t.Columns) == 1 || len(t.Rows) == 0:
		reply.Parts = append(reply.Parts, chat.Text{Text: "Nothing matches these words. Try fewer or other words."})
	default:
		reply.Parts = append(reply.Parts, t)
	}
	reply.Parts = append(reply.Parts, adminLinks())
	return reply, nil
}

// filterWords make what was typed comparable.
func filterWords(s string) string { return strings.ToLower(strings.TrimPrefix(text.Clean(s), "#")) }

// ours leaves out of a report what is about other workspaces. Roles are those
// of all, so it is worked out from all.
func (v *visit) ours(r access.Report) access.Report {
	place := v.Place.Platform + "/" + v.Place.Workspace
	r.Channels = slices.DeleteFunc(r.Channels, func(c access.ChannelReport) bool {
		return c.Platform != v.Place.Platform || c.Workspace != v.Place.Workspace
	})
	slices.SortStableFunc(r.Channels, func(x, y access.ChannelReport) int { return compareBool(!x.Mapped, !y.Mapped) })
	r.Risks = slices.DeleteFunc(r.Risks, func(k access.Risk) bool {
		kind, id, _ := strings.Cut(k.Subject, ":")
		return kind == "workspace" && id != place || kind == "channel" && !strings.HasPrefix(id, place+"/")
	})
	return r
}

// riskParts say what to look at, and lead to where it can be changed.
func riskParts(risks []access.Risk) []chat.Part {
	if len(risks) == 0 {
		return []chat.Part{chat.Text{Text: "Nothing that stands out."}}
	}
	t := chat.Table{Columns: []chat.Column{{Name: "Where"}, {Name: "What"}}}
	for _, k := range risks[:min(len(risks), maxReportRisks)] {
		kind, id, _ := strings.Cut(k.Subject, ":")
		cell := chat.Cell{Text: text.Clean(named(k.Name, id[strings.LastIndexByte(id, '/')+1:]))}
		switch kind {
		case "channel":
			cell.Call = chat.Call{Command: "access", Args: chat.Args{argChannel: id[strings.LastIndexByte(id, '/')+1:]}}
		case "role":
			cell.Text, cell.Call = "Role "+cell.Text, chat.Call{Command: "access-role", Args: chat.Args{argRole: id}}
		default:
			cell.Text, cell.Call = "This workspace", chat.Call{Command: "access"}
		}
		t.Rows = append(t.Rows, []chat.Cell{cell, {Text: sentenceCase(k.Text)}})
	}
	if more := len(risks) - len(t.Rows); more > 0 {
		t.Foot = fmt.Sprintf("%d more; they show when these are settled.", more)
	}
	return []chat.Part{t}
}

// matrix is the report as a table: a row for each insight, a column for each
// channel, of those that match.
func matrix(r access.Report, insights, channels string) chat.Table {
	var columns []access.ChannelReport
	for _, c := range r.Channels {
		if strings.Contains(filterWords(c.Name), channels) || strings.ToLower(c.ID) == channels {
			columns = append(columns, c)
		}
	}
	var rows []int
	for i, in := range r.Insights {
		if matches(in, insights) {
			rows = append(rows, i)
		}
	}
	t := chat.Table{Columns: []chat.Column{{Name: "Insight"}}}
	foot := []string{"“all” is read by everybody in the channel; “with a role” by everybody, where who asks has a role of their own for it; “alone” is told to each member alone; “–” is not there."}
	if more := len(columns) - maxReportChannels; more > 0 {
		foot = append(foot, plural(more, "more channel is", "more channels are")+" not shown.")
		columns = columns[:maxReportChannels]
	}
	if more := len(rows) - maxReportInsights; more > 0 {
		foot = append(foot, plural(more, "more insight is", "more insights are")+" not shown.")
		rows = rows[:maxReportInsights]
	}
	if len(foot) > 1 {
		foot = append(foot, "Filter to see them; a shell shows them all: insightbot access report.")
	}
	t.Foot = strings.Join(foot, " ")
	for _, c := range columns {
		t.Columns = append(t.Columns, chat.Column{Name: named(text.Clean(c.Name), c.ID)})
	}
	for _, i := range rows {
		row := []chat.Cell{{Text: r.Insights[i].Title}}
		for _, c := range columns {
			row = append(row, chat.Cell{Text: cellWord(c.Decisions[i])})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// matches reports whether an insight is among those that words narrow to.
func matches(in insight.Insight, words string) bool {
	return words == "" || strings.Contains(strings.ToLower(text.Clean(in.Title)), words) || strings.EqualFold(in.ID, words) ||
		slices.ContainsFunc(in.Tags, func(tag string) bool { return strings.EqualFold(tag, words) })
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
