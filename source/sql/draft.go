package sqlsource

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"insightbot/insight"
)

// draft is an insight while it is read: what needs the whole of it, or other
// files, is checked when everything is there.
type draft struct {
	file *file
	node ast.Node
	seen map[string]ast.Node
	def  definition
	key  string

	zone, storedZone string
	weekStart        string
	replacedBy       string
	replacedNode     ast.Node
	timeNode         ast.Node
	timeSeen         map[string]ast.Node
	defaultSeen      map[string]ast.Node
	dimensions       []dimensionUse
	empty            string
	maxBreakdowns    int
	fromZero         bool
	sql              string
	// text is the definition with its aliases resolved; its hash is the version.
	text strings.Builder
	// failed is set when reading found problems; lateProblems are those found
	// afterwards.
	failed       bool
	lateProblems []insight.Problem
}

// dimensionUse is a dimension as one insight uses it.
type dimensionUse struct {
	name, column      string
	breakdown, filter bool
	node              ast.Node
}

// late reports a problem that was found after the file was read.
func (d *draft) late(n ast.Node, message, want string) {
	f := &file{name: d.file.name}
	f.problem(orNode(n, d.node), message, want)
	d.lateProblems = append(d.lateProblems, f.problems...)
}

// broken reports whether the insight must be left out.
func (d *draft) broken() bool { return d.failed || len(d.lateProblems) > 0 }

// namePattern is the form of ids and of names of dimensions.
var namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

// checkName reports a name that cannot be typed in a link or a command.
func checkName(f *file, n ast.Node, name string) {
	if !namePattern.MatchString(name) {
		f.problem(n, "“"+clip(name)+"” is no name", "use lower-case letters, digits, - and _")
	}
}

// readDraft reads one insight as far as it can be read alone.
func readDraft(f *file, n ast.Node, s settings) *draft {
	d := &draft{file: f, node: n, fromZero: true, maxBreakdowns: 1}
	before := len(f.problems)
	in := &d.def.insight
	in.Format.Decimals = -1
	d.seen = f.object(n, "an insight", keys{
		"id": func(n ast.Node) {
			f.text(&d.key)(n)
			checkName(f, n, d.key)
		},
		"title": f.text(&in.Title), "description": f.text(&in.Description),
		"tags": f.texts(&in.Tags), "events": f.texts(&in.Events), "examples": f.texts(&in.Examples),
		"owner":          func(n ast.Node) { readOwner(f, n, &in.Owner) },
		"certified":      func(n ast.Node) { readCertified(f, n, &in.Certified) },
		"replaced":       func(n ast.Node) { d.readReplaced(n) },
		"caveats":        func(n ast.Node) { readCaveats(f, n, &in.Caveats) },
		"chart":          oneOf(f, &in.Chart, "chart", insight.Charts()...),
		"format":         func(n ast.Node) { readFormat(f, n, &in.Format) },
		"good":           func(n ast.Node) { readGood(f, n, &in.Good) },
		"people":         oneOf(f, &in.People, "word for people", insight.PeopleCounted, insight.PeopleNone),
		"from_zero":      f.truth(&d.fromZero),
		"zone":           f.text(&d.zone),
		"week_start":     f.text(&d.weekStart),
		"time":           func(n ast.Node) { d.readTime(n) },
		"default":        func(n ast.Node) { d.readDefault(n) },
		"total":          oneOf(f, &d.def.insight.Total, "total", insight.TotalRerun, insight.TotalSum, insight.TotalLast, insight.TotalAverage),
		"empty":          oneOf(f, &d.empty, "filling", "zero", "gap"),
		"dimensions":     func(n ast.Node) { d.readDimensions(n) },
		"max_breakdowns": f.number(&d.maxBreakdowns, 1, 2),
		"as_of":          func(n ast.Node) { readPlain(f, n, &d.def.asOf) },
		"attributes":     func(n ast.Node) { d.readAttributes(n) },
		"columns":        func(n ast.Node) { readColumns(f, n, &in.Accepts.Columns) },
		"fresh":          func(n ast.Node) { readFresh(f, n, &in.Fresh) },
		"link":           func(n ast.Node) { readLink(f, n, &in.Link) },
		"sql":            func(n ast.Node) { d.readStatement(n) },
	}, "id", "title", "description", "owner", "chart", "sql")
	d.readZones(s)
	d.failed = len(f.problems) > before
	f.digest(&d.text, n, 0)
	return d
}

// readZones resolves what names a zone or a day of the week.
func (d *draft) readZones(s settings) {
	in := &d.def.insight
	in.Zone, in.WeekStart = s.zone, s.weekStart
	if d.zone != "" {
		in.Zone = d.location(d.seen["zone"], d.zone)
	}
	if d.weekStart != "" {
		day, ok := Weekday(d.weekStart)
		if !ok {
			d.file.problem(d.seen["week_start"], "unknown weekday “"+clip(d.weekStart)+"”", suggest(d.weekStart, weekdays()))
		}
		in.WeekStart = day
	}
	if d.def.time != nil {
		d.def.time.stored = time.UTC
		if d.storedZone != "" {
			d.def.time.stored = d.location(d.timeSeen["stored_zone"], d.storedZone)
		}
	}
}

// location loads a zone, or reports it and returns UTC.
func (d *draft) location(n ast.Node, name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		d.file.problem(n, "unknown zone “"+clip(name)+"”", "use an IANA name such as Europe/Berlin")
		return time.UTC
	}
	return zone
}

// weekdays lists the names of the days.
func weekdays() []string {
	days := make([]string, 7)
	for d := range days {
		days[d] = strings.ToLower(time.Weekday(d).String())
	}
	return days
}

// Weekday reads the English name of a day of the week, in any case.
func Weekday(name string) (time.Weekday, bool) {
	i := slices.Index(weekdays(), strings.ToLower(name))
	return time.Weekday(max(i, 0)), i >= 0
}

// digest writes a node with its aliases resolved and its keys in order, so
// that what reads alike is written alike.
func (f *file) digest(h *strings.Builder, n ast.Node, depth int) {
	n = f.resolve(n)
	if n == nil || depth > maxNesting || f.visits > maxVisits {
		return
	}
	switch v := n.(type) {
	case *ast.SequenceNode:
		for _, item := range v.Values {
			fmt.Fprint(h, "-\x00")
			f.digest(h, item, depth+1)
		}
	case ast.MapNode:
		byKey := map[string]ast.Node{}
		for pairs := v.MapRange(); pairs.Next(); {
			byKey[keyText(pairs.Key())] = pairs.Value()
		}
		for _, key := range slices.Sorted(maps.Keys(byKey)) {
			fmt.Fprintf(h, "%s:\x00", key)
			f.digest(h, byKey[key], depth+1)
		}
	case *ast.LiteralNode:
		fmt.Fprintf(h, "%s\x00", v.Value.Value)
	default:
		fmt.Fprintf(h, "%s\x00", n.GetToken().Value)
	}
}

// version is the hash of the definition and of what else a run depends on.
func (d *draft) version(s settings, used []shared) string {
	fmt.Fprintf(&d.text, "%s %d", d.def.insight.Zone, s.weekStart)
	for _, u := range used {
		fmt.Fprintf(&d.text, "%s%q%q%s", u.label, u.words, u.values, u.query)
	}
	sum := sha256.Sum256([]byte(d.text.String()))
	return hex.EncodeToString(sum[:8])
}
