package match

import (
	"fmt"
	"slices"
	"strings"

	"insightbot/insight"
)

// Slot is a part of a question that two insights on the same subject may
// differ in.
type Slot string

// The slots.
const (
	SlotSubject   Slot = "subject"
	SlotAggregate Slot = "aggregate"
	SlotGrain     Slot = "grain"
	SlotBreakdown Slot = "breakdown"
	SlotFilter    Slot = "filter"
	SlotNumber    Slot = "number"
)

// Conflict is a slot in which a question and an insight disagree, or that the
// question names and the insight cannot take.
type Conflict struct {
	Slot Slot
	// Asked is what the question names, as it was typed.
	Asked string
	// Has is what the insight has in its place, or "" where it has nothing.
	Has string
}

// String says the difference as the end of a sentence that begins with the
// insight: "by browser, not by country".
func (c Conflict) String() string {
	switch {
	case c.Has != "" && c.Slot == SlotBreakdown:
		return "by " + c.Has + ", not by " + c.Asked
	case c.Has != "":
		return c.Has + ", not " + c.Asked
	}
	switch c.Slot {
	case SlotBreakdown:
		return "it cannot be split by " + c.Asked
	case SlotFilter:
		return "it cannot be narrowed to " + quoted(c.Asked)
	case SlotGrain:
		return "it cannot be drawn " + c.Asked
	case SlotAggregate:
		return "it is not " + c.Asked
	default:
		return "it says nothing about " + quoted(c.Asked)
	}
}

// slots are what a text names besides its subject.
type slots struct {
	// aggregates are how it counts.
	aggregates aggregates
	// grains are the buckets it names; rhythm those it names as a quality of
	// the metric itself, as in "weekly active users".
	grains, rhythm []insight.Grain
	numbers        []string
	// by are the words after "by" and "per".
	by string
}

// aggregates is a set of ways to count.
type aggregates uint8

// The ways to count. A number, a sum and a number of different ones are not
// told apart: people say "how many" and "total" for all three.
const (
	inCount aggregates = 1 << iota
	inAverage
	inMedian
	inMaximum
	inMinimum
	inRatio
)

// aggregateWords are by canonical word.
var aggregateWords = map[string]aggregates{
	"number": inCount, "total": inCount, "different": inCount,
	"average": inAverage, "median": inMedian, "percentage": inRatio, "rate": inRatio,
	"maximum": inMaximum, "minimum": inMinimum,
}

// superlatives are words for the maximum and minimum that mostly order a list: "top
// customers", "least used features".
var superlatives = wordSet(`highest most top largest biggest greatest peak lowest least smallest fewest longest shortest`)

// aggregateNames are for people.
var aggregateNames = []struct {
	is   aggregates
	name string
}{
	{inRatio, "a rate"},
	{inMedian, "a median"},
	{inAverage, "an average"},
	{inMaximum, "a maximum"},
	{inMinimum, "a minimum"},
	{inCount, "a count"},
}

// aggregatesOf are the ways to count that any text, format or chart of an
// insight shows.
func aggregatesOf(in insight.Insight, texts aggregates) aggregates {
	if in.Format.Kind == insight.FormatPercent {
		texts |= inRatio
	}
	if in.Chart == insight.ChartPie {
		texts |= inRatio
	}
	if in.Chart == insight.ChartBox {
		texts |= inAverage | inMedian | inMaximum | inMinimum
	}
	return texts
}

func (a aggregates) String() string {
	for _, n := range aggregateNames {
		if a&n.is != 0 {
			return n.name
		}
	}
	return ""
}

// rhythms are the words that name a grain as a quality.
var rhythms = map[string]insight.Grain{
	"hourly": insight.GrainHour, "daily": insight.GrainDay, "weekly": insight.GrainWeek,
	"monthly": insight.GrainMonth, "quarterly": insight.GrainQuarter,
	"yearly": insight.GrainYear, "annual": insight.GrainYear, "annually": insight.GrainYear,
}

// slotsOf reads the slots of a text.
func slotsOf(notions []notion) slots {
	var s slots
	for i, n := range notions {
		if !superlatives[normal(n.typed)] {
			s.aggregates |= aggregateWords[n.text]
		}
		if g, ok := rhythms[n.text]; ok {
			s.rhythm = append(s.rhythm, g)
		}
		after := ""
		if i > 0 {
			after = normal(notions[i-1].typed)
		}
		if n.numeric() && !ordering[after] {
			number := n.text
			if i+1 < len(notions) && measures[normal(notions[i+1].typed)] {
				number += " " + notions[i+1].typed
			}
			s.numbers = append(s.numbers, number)
		}
		if (n.text == "by" || n.text == "per") && i+1 < len(notions) && s.by == "" {
			next := notions[i+1]
			if g := insight.Grain(next.text); slices.Contains(insight.Grains(), g) {
				s.grains = append(s.grains, g)
			} else if !next.stop {
				s.by = strings.ToLower(next.typed)
			}
		}
	}
	return s
}

// ordering are words before a number that say how many rows are wanted.
var ordering = wordSet(`top first last bottom best worst largest biggest highest lowest past`)

// rhythmName is the grain as people say it.
func rhythmName(g insight.Grain) string {
	switch g {
	case insight.GrainDay:
		return "daily"
	case insight.GrainNone:
		return ""
	default:
		return string(g) + "ly"
	}
}

// quoted is a title in a sentence.
func quoted(title string) string { return fmt.Sprintf("“%s”", title) }
