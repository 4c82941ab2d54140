package handlers

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
	"insightbot/render"
)

// reply puts an Answer into parts. An answer always has the same parts in the
// same order: the finding, the picture, the period and its freshness, the
// cautions, where it comes from, and what to do next.
func (b *Bot) reply(v *visit, a Answer) (*chat.Reply, error) {
	switch a.Outcome {
	case chat.OutcomeAnswer:
		return b.replyAnswer(v, a)
	case chat.OutcomeChoose:
		v.mentionHits(a.Hits)
		return replyChoose(v.Request, a), nil
	case chat.OutcomeRefused:
		v.mention(a.Insight)
		return replyRefused(v.Request, a), nil
	case chat.OutcomeFailed:
		v.mention(a.Insight)
		return replyFailed(v.Request, a), nil
	default:
		return v.replyNone(a), nil
	}
}

// replyAnswer is the answer itself, with what can be done with it.
func (b *Bot) replyAnswer(v *visit, a Answer) (*chat.Reply, error) {
	reply, err := b.replyPlainly(v, a)
	if err != nil {
		return nil, err
	}
	reply.Parts = append(reply.Parts, b.buttons(v.Request, a)...)
	reply.Context = chat.Call{Command: "ask", Args: stateOf(a.Insight, a.Reading)}
	return reply, nil
}

// replyPlainly is the answer without buttons.
func (b *Bot) replyPlainly(v *visit, a Answer) (*chat.Reply, error) {
	reply := &chat.Reply{Title: a.Insight.Title, Private: a.Decision.Where == access.Privately && !v.audience.Direct}
	if !a.Result.Empty() || a.Finding != "" {
		reply.Parts = append(reply.Parts, chat.Text{Style: chat.Lead, Text: a.Finding})
	}
	for _, m := range a.Misfits {
		reply.Parts = append(reply.Parts, chat.Text{Style: chat.Caution, Text: m.Why})
	}
	shown, err := b.show(v.Request, a)
	if err != nil {
		return nil, err
	}
	reply.Parts = append(reply.Parts, shown...)
	reply.Parts = append(reply.Parts, chat.Text{Style: chat.Note, Text: timing(a, b.config.Now())})
	for _, c := range a.Caveats {
		reply.Parts = append(reply.Parts, chat.Text{Style: chat.Caution, Text: c})
	}
	if reply.Private {
		reply.Parts = append(reply.Parts, chat.Text{Style: chat.Note, Text: v.onlyYou(a)})
	}
	reply.Parts = append(reply.Parts, provenance(b.config.Now(), a))
	return reply, nil
}

// onlyYou says why an answer is private.
func (v *visit) onlyYou(a Answer) string {
	return fmt.Sprintf("Only you see this answer: you may see “%s”, but not everybody who reads %s may.", a.Insight.Title, v.placeName())
}

// show is the picture, the table or the file, whichever was asked for.
func (b *Bot) show(r *chat.Request, a Answer) ([]chat.Part, error) {
	if a.CSV {
		data, err := render.CSV(a.Insight, a.Result)
		if err != nil {
			return nil, fmt.Errorf("csv: %w", err)
		}
		return []chat.Part{chat.Attachment{
			Label: "Download as CSV",
			File:  chat.File{Name: fileName(a.Insight, a.Result, ".csv"), Type: "text/csv; charset=utf-8", Data: data},
		}}, nil
	}
	chart := a.chart()
	if chart == insight.ChartTable {
		return []chat.Part{table(a, maxTableRows)}, nil
	}
	image, drawn, err := b.picture(r, a)
	if err != nil {
		// The words are worth more than the picture: they go out without it.
		b.config.Log.Error("a picture could not be drawn", "ref", r.Ref, "insight", a.Insight.ID, "error", err)
		return []chat.Part{chat.Text{Style: chat.Note, Text: "The picture could not be drawn; here are the numbers."}, table(a, maxTableRows)}, nil
	}
	parts := []chat.Part{image}
	if r.Plain && len(a.Result.BrokenDownBy) > 0 {
		parts = append(parts, table(a, maxPlainRows))
	}
	if drawn != chart {
		parts = append(parts, chat.Text{Style: chat.Note, Text: fmt.Sprintf("Meant as %s, drawn as %s.", chartName(chart), chartName(drawn))})
	}
	return parts, nil
}

// picture draws the result for every theme the platform can use.
func (b *Bot) picture(r *chat.Request, a Answer) (chat.Image, insight.Chart, error) {
	themes := r.Themes
	if len(themes) == 0 {
		themes = []chat.Theme{chat.Light}
	}
	drawn, result := insight.Chart(""), a.Result
	if a.Reading.Compare == insight.CompareNone && len(result.BrokenDownBy) > 0 {
		result = withoutPrevious(result)
	}
	image := chat.Image{Files: make(map[chat.Theme]chat.File, len(themes))}
	for _, theme := range themes {
		p, err := b.config.Painter.Draw(render.Drawing{
			Insight: a.Insight, Result: result, Chart: a.Reading.Chart, Theme: render.Theme(theme),
		})
		if err != nil {
			return chat.Image{}, "", err
		}
		drawn, image.Width, image.Height = p.Drawn, p.Width, p.Height
		image.Files[theme] = chat.File{Name: fileName(a.Insight, a.Result, ".png"), Type: "image/png", Data: p.PNG}
	}
	image.Alt = render.Alt(a.Insight, a.Result, drawn, a.Insight.Title)
	return image, drawn, nil
}

// withoutPrevious leaves the earlier window out of a picture of groups for
// which nobody asked to see it; the finding says what changed.
func withoutPrevious(r insight.Result) insight.Result {
	r.Series = slices.DeleteFunc(slices.Clone(r.Series), func(s insight.Series) bool { return s.Previous })
	r.Previous = insight.Window{}
	return r
}

// maxTableRows is how many rows of an answer are shown; the CSV holds all.
const maxTableRows = 50

// maxPlainRows is how many go beside a picture that may not be seen.
const maxPlainRows = 12

// table is the result as a table.
func table(a Answer, rows int) chat.Table {
	grid := render.Grid(a.Insight, a.Result, rows)
	t := chat.Table{Title: a.Insight.Title, Foot: grid.Foot}
	for _, c := range grid.Columns {
		t.Columns = append(t.Columns, chat.Column{Name: c.Name, Number: c.Number})
	}
	for _, row := range grid.Rows {
		cells := make([]chat.Cell, len(row))
		for i, text := range row {
			cells[i] = chat.Cell{Text: text}
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// timing is the resolved period, its zone, and how fresh the data is.
func timing(a Answer, now time.Time) string {
	var parts []string
	w := a.Result.Window
	if w.IsZero() {
		parts = append(parts, "present state")
	} else {
		period := render.PeriodLabel(w)
		if a.Result.Running() {
			period += ", still running"
		}
		parts = append(parts, period)
		if !a.Result.Previous.IsZero() {
			parts = append(parts, "compared with "+render.PeriodLabel(a.Result.Previous))
		}
	}
	zone := a.Insight.Zone
	parts = append(parts, "time zone "+zone.String())
	if a.Result.AsOf.IsZero() {
		parts = append(parts, "how fresh the data is, its owner has not said")
	} else {
		parts = append(parts, "data as of "+a.Result.AsOf.In(zone).Format("2 Jan 2006, 15:04"))
	}
	if a.Result.Cached {
		parts = append(parts, "computed "+age(a.Result.At, now))
	}
	return strings.Join(parts, " · ")
}

// age says how long ago a moment was, in its largest whole unit.
func age(at, now time.Time) string {
	d := now.Sub(at)
	for _, unit := range []struct {
		name   string
		length time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}} {
		switch n := int(d / unit.length); {
		case n == 1:
			return "1 " + unit.name + " ago"
		case n > 1:
			return fmt.Sprintf("%d %ss ago", n, unit.name)
		}
	}
	return "just now"
}

// fileName names a picture or a file by what is in it.
func fileName(in insight.Insight, r insight.Result, ext string) string {
	name := in.ID[strings.LastIndexByte(in.ID, '/')+1:]
	if !r.Window.IsZero() {
		name += r.Window.From.Format("-2006-01-02")
	}
	return name + ext
}

// chartName is a chart kind in words.
func chartName(c insight.Chart) string {
	switch c {
	case insight.ChartNumber:
		return "a single number"
	case insight.ChartHorizontalBar:
		return "horizontal bars"
	case insight.ChartBar:
		return "bars"
	case insight.ChartStacked:
		return "stacked bars"
	case insight.ChartBox:
		return "a box plot"
	case insight.ChartArea:
		return "an area chart"
	case insight.ChartPaths:
		return "a list of paths"
	case insight.ChartStickiness, insight.ChartLifecycle, insight.ChartRetention:
		return "a " + string(c) + " chart"
	default:
		return "a " + string(c)
	}
}
