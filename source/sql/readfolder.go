package sqlsource

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"insightbot/insight"
)

// settings are the defaults an insight is read with.
type settings struct {
	source    string
	zone      *time.Location
	weekStart time.Weekday
	// period says what is wrong with a default period; nil takes any.
	period func(phrase string) error
	// fault is that of the dialect; it may be nil.
	fault func(before, t token) string
}

// loader reads a folder of insights.
type loader struct {
	settings settings
	shared   map[string]shared
	drafts   []*draft
	problems []insight.Problem
}

// loadFolder reads every YAML file of a folder; prefix is what its files are
// called by in problems. Insights with a problem are left out.
func loadFolder(fsys fs.FS, prefix string, s settings) (folder, []insight.Problem) {
	l := &loader{settings: s, shared: map[string]shared{}}
	paths := l.paths(fsys, prefix)
	for _, p := range paths {
		l.read(fsys, p, path.Join(prefix, p))
	}
	out := folder{shared: l.shared, insights: l.finish()}
	if len(paths) == 0 && len(l.problems) == 0 {
		l.problems = append(l.problems, insight.Problem{File: prefix, Message: "no insights", Want: "the folder needs files that end in .yml"})
	}
	// In the order of the files; what an alias repeats is one problem.
	slices.SortStableFunc(l.problems, func(a, b insight.Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return out, slices.Compact(l.problems)
}

// paths lists the files to read, in order of their names.
func (l *loader) paths(fsys fs.FS, prefix string) []string {
	var paths []string
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case p != "." && strings.HasPrefix(d.Name(), ".") && d.IsDir():
			return fs.SkipDir
		case d.IsDir() || strings.HasPrefix(d.Name(), "."):
			return nil
		}
		if ext := strings.ToLower(path.Ext(p)); ext == ".yml" || ext == ".yaml" {
			paths = append(paths, p)
		}
		return nil
	})
	if err != nil {
		l.problems = append(l.problems, insight.Problem{File: prefix, Message: "the folder cannot be read: " + reason(err)})
	}
	return paths
}

// reason is an error of the file system without the path it already names.
func reason(err error) string {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err.Error()
	}
	return err.Error()
}

// read reads one file into the loader.
func (l *loader) read(fsys fs.FS, name, shown string) {
	f := &file{name: shown, fault: l.settings.fault}
	defer func() { l.problems = append(l.problems, f.problems...) }()
	data, err := readFile(fsys, name)
	if err != nil {
		f.problems = append(f.problems, insight.Problem{File: shown, Message: "the file cannot be read: " + reason(err)})
		return
	}
	root, ok := f.parse(data)
	if !ok {
		return
	}
	seen := f.object(root, "the file", keys{
		"dimensions": func(n ast.Node) { l.readShared(f, n) },
		"insights": func(n ast.Node) {
			for _, item := range f.list(n) {
				l.drafts = append(l.drafts, readDraft(f, item, l.settings))
			}
		},
	})
	if len(seen) == 0 && len(f.problems) == 0 {
		f.problem(root, "the file is empty", "it needs `insights` or `dimensions`")
	}
	if f.visits >= maxVisits {
		f.problems = append(f.problems, insight.Problem{File: shown, Message: "too many aliases"})
	}
}

// readFile reads a file and no more than shows that it is too large.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	r, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, maxFile+2))
	return data, errors.Join(err, r.Close())
}

// readShared reads the dimensions that the files of a folder share.
func (l *loader) readShared(f *file, n ast.Node) {
	fields, _ := f.fields(n, "`dimensions`")
	for _, fd := range fields {
		checkName(f, fd.at, fd.key)
		if before, twice := l.shared[fd.key]; twice {
			f.problem(fd.at, "dimension “"+fd.key+"” is defined twice", "the other is in "+placeText(before.place))
			continue
		}
		d := shared{place: placeOf(f, fd.at)}
		f.object(fd.value, "a dimension", keys{
			"label":  f.text(&d.label),
			"words":  f.texts(&d.words),
			"values": func(n ast.Node) { readValues(f, n, &d) },
		})
		l.shared[fd.key] = d
	}
}

// placeOf is a problem that names a place and nothing else.
func placeOf(f *file, n ast.Node) insight.Problem {
	p := insight.Problem{File: f.name}
	if t := firstToken(n); t != nil && t.Position != nil {
		p.Line = t.Position.Line
	}
	return p
}

// placeText writes a place: "insights/a.yml:12".
func placeText(p insight.Problem) string {
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// readValues reads the values of a dimension: a list, or a statement.
func readValues(f *file, n ast.Node, d *shared) {
	if _, ok := f.resolve(n).(ast.MapNode); ok {
		f.object(n, "`values`", keys{"sql": func(n ast.Node) { readPlain(f, n, &d.query) }}, "sql")
		return
	}
	for _, item := range f.list(n) {
		v, before := insight.Value{}, len(f.problems)
		if _, ok := f.resolve(item).(ast.MapNode); ok {
			f.object(item, "a value", keys{
				"key": f.loose(&v.Key), "label": f.loose(&v.Label), "words": f.texts(&v.Words),
			}, "key")
		} else {
			f.loose(&v.Key)(item)
		}
		if v.Key == "" && len(f.problems) == before {
			f.problem(item, "a value without a key", "what has no value is asked for as “none”")
			continue
		}
		if slices.ContainsFunc(d.values, func(o insight.Value) bool { return o.Key == v.Key }) {
			f.problem(item, "value “"+clip(v.Key)+"” is listed twice", "")
			continue
		}
		d.values = append(d.values, v)
	}
}

// readPlain reads a statement without placeholders.
func readPlain(f *file, n ast.Node, into *string) {
	sql, ok := f.asText(n)
	if !ok {
		return
	}
	t, faults := parseTemplate(sql, f.fault)
	if len(faults) > 0 {
		f.sqlProblems(n, sql, faults)
		return
	}
	for _, p := range t.pieces {
		if p.hole != "" {
			f.problem(n, "the placeholder {{"+p.hole+"}} has no meaning here", "")
			return
		}
		*into += p.sql
	}
}

// finish completes the drafts, once every file is read, and returns the good.
func (l *loader) finish() []definition {
	ids := map[string]*draft{}
	var known []string
	for _, d := range l.drafts {
		if d.key == "" {
			continue
		}
		if first, twice := ids[d.key]; twice {
			d.late(d.seen["id"], "insight “"+d.key+"” is defined twice", "the other is in "+placeText(placeOf(first.file, first.node)))
			continue
		}
		ids[d.key] = d
		known = append(known, d.key)
	}
	var good []definition
	for _, d := range l.drafts {
		if by := d.replacedBy; by != "" && ids[by] == nil {
			d.late(d.replacedNode, "replaced by “"+clip(by)+"”, which is no insight", suggest(by, known))
		}
		d.complete(l.shared, l.settings)
		if !d.broken() {
			good = append(good, d.def)
		}
		l.problems = append(l.problems, d.lateProblems...)
	}
	slices.SortFunc(good, func(a, b definition) int { return strings.Compare(a.insight.ID, b.insight.ID) })
	return good
}
