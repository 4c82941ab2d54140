package storage

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
)

// sameZone compares zones by name: two loads of one zone are two pointers.
var sameZone = cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })

// filled returns an insight in which every field of every level is set, so
// that a field added to the vocabulary is missed here before anywhere else.
func filled(t *testing.T, id string) insight.Insight {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	var in insight.Insight
	fill(t, reflect.ValueOf(&in).Elem(), zone)
	in.ID, in.Source, in.Asked = id, "demo", 0
	in.UpdatedAt = noon
	return in
}

func fill(t *testing.T, v reflect.Value, zone *time.Location) {
	t.Helper()
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2026, 3, 8, 0, 0, 0, 0, zone)))
		return
	case *time.Location:
		v.Set(reflect.ValueOf(zone))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("ü \"<&>'")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(3)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(t, v.Index(i), zone)
		}
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(t, key, zone)
		fill(t, value, zone)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for _, field := range v.Fields() {
			fill(t, field, zone)
		}
	default:
		t.Fatalf("the vocabulary has a %s now: teach the stored form and this test to hold it", v.Type())
	}
}

func save(t *testing.T, s *Store, at time.Time, ins ...insight.Insight) {
	t.Helper()
	if err := s.SaveCatalogue(t.Context(), "demo", ins, at); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, s *Store) []insight.Insight {
	t.Helper()
	ins, err := s.LoadCatalogue(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	return ins
}

func TestCatalogue_RoundTripsEveryField(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	bare := insight.Insight{ID: "demo/bare", Source: "demo", Zone: time.UTC}
	want := []insight.Insight{bare, filled(t, "demo/full")}
	save(t, s, noon, want[1], want[0])
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	got := load(t, reopen(t, path))
	if diff := cmp.Diff(want, got, sameZone); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	// cmp compares instants; the civil date must have come back as well.
	if hour := got[1].Certified.On.Hour(); hour != 0 {
		t.Errorf("certified at %v, want midnight in the reporting zone", got[1].Certified.On)
	}
}

func TestCatalogue_RemembersWhatChangedAndWhatWent(t *testing.T) {
	s := newStore(t)
	a, b := filled(t, "demo/a"), filled(t, "demo/b")
	day := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	row := func(id string) string {
		t.Helper()
		var first, changed int64
		var gone *int64
		err := s.read.QueryRowContext(t.Context(),
			`SELECT first_seen, changed_at, gone_at FROM catalogue WHERE id = ?`, id).Scan(&first, &changed, &gone)
		if err != nil {
			t.Fatal(err)
		}
		days := func(ms int64) int { return int(time.UnixMilli(ms).Sub(noon).Hours() / 24) }
		text := fmt.Sprintf("first %d changed %d", days(first), days(changed))
		if gone != nil {
			text += fmt.Sprintf(" gone %d", days(*gone))
		}
		return text
	}
	check := func(id, want string) {
		t.Helper()
		if got := row(id); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}

	save(t, s, day(0), a, b)
	a.Viewers = 99 // not part of the definition's version
	save(t, s, day(1), a)
	check("demo/a", "first 0 changed 0")
	check("demo/b", "first 0 changed 0 gone 1")
	if got := load(t, s); len(got) != 1 || got[0].Viewers != 99 {
		t.Errorf("loaded %d insights, want only the listed one with its new counter", len(got))
	}
	save(t, s, day(2), a)
	check("demo/b", "first 0 changed 0 gone 1")
	a.Version = "next"
	save(t, s, day(3), a, b)
	check("demo/a", "first 0 changed 3")
	check("demo/b", "first 0 changed 0")
}

func TestCatalogue_SourcesDoNotTouchEachOther(t *testing.T) {
	s := newStore(t)
	save(t, s, noon, filled(t, "demo/a"))
	if err := s.SaveCatalogue(t.Context(), "posthog", nil, noon); err != nil {
		t.Fatal(err)
	}
	if got := load(t, s); len(got) != 1 {
		t.Errorf("loaded %d, want 1", len(got))
	}
	if got, err := s.LoadCatalogue(t.Context(), "posthog"); err != nil || len(got) != 0 {
		t.Errorf("the empty source holds %v, %v", got, err)
	}
}

func TestSaveCatalogue_RefusesAndChangesNothing(t *testing.T) {
	s := newStore(t)
	good := filled(t, "demo/a")
	save(t, s, noon, good)
	foreign, noZone, offset, local := filled(t, "x/b"), filled(t, "demo/b"), filled(t, "demo/b"), filled(t, "demo/b")
	foreign.Source = "x"
	noZone.Zone = nil
	offset.Zone = time.FixedZone("two hours", 7200)
	local.Zone = time.Local
	for name, ins := range map[string][]insight.Insight{
		"other source": {foreign}, "no zone": {noZone}, "offset": {offset}, "local": {local}, "twice": {good, good},
	} {
		if err := s.SaveCatalogue(t.Context(), "demo", ins, noon); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: err = %v, want ErrInvalid", name, err)
		}
		if got := load(t, s); len(got) != 1 {
			t.Errorf("%s: %d insights are left, want the one from before", name, len(got))
		}
	}
}
