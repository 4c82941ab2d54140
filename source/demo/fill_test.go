package demo

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
	sqlsource "insightbot/source/sql"
)

// The files of these tests begin at 20 September 2026 (with the change of the
// clocks in them) or, where one has to be killed in time, at 1 March.
const (
	shortFirst  = 20716
	killedFirst = 20513
)

func fillShort(t *testing.T, dir string, when ...time.Time) string {
	t.Helper()
	var path string
	for _, w := range when {
		p, err := Fill(t.Context(), Config{Dir: dir, Now: at(w), first: shortFirst})
		if err != nil {
			t.Fatal(err)
		}
		path = p
	}
	return path
}

func TestFill_IsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	a, b := dump(t, fillShort(t, t.TempDir(), now)), dump(t, fillShort(t, t.TempDir(), now))
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error(diff)
	}
	if len(a) != 15 {
		t.Errorf("%d tables: %v", len(a), a)
	}
}

func TestFill_AppendingGivesWhatAFreshFileHolds(t *testing.T) {
	t.Parallel()
	fresh := dump(t, fillShort(t, t.TempDir(), now))
	berlin := zone(t)
	pieces := map[string][]time.Time{
		"day by day": {now.AddDate(0, 0, -3), now.AddDate(0, 0, -2), now.AddDate(0, 0, -1), now},
		"minute by minute": {
			now.Add(-3 * time.Minute), now.Add(-2 * time.Minute), now.Add(-time.Minute), now.Add(-time.Second), now, now,
		},
		"over the change of the clocks": {
			time.Date(2026, 10, 25, 2, 30, 0, 0, berlin), time.Date(2026, 10, 25, 23, 59, 59, 0, berlin),
			time.Date(2026, 10, 26, 0, 0, 0, 0, berlin), time.Date(2026, 10, 26, 0, 0, 1, 0, berlin), now,
		},
		"after weeks, and with a clock that goes back": {
			now.AddDate(0, -1, -20), now.AddDate(0, 0, -17).Add(7 * time.Hour), now.AddDate(0, 0, -19), now, now.Add(-time.Hour),
		},
	}
	for name, when := range pieces {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(fresh, dump(t, fillShort(t, t.TempDir(), when...))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFill_AWholeFileThatWasContinuedIsLikeAFreshOne(t *testing.T) {
	if testing.Short() {
		t.Skip("makes two files of full size")
	}
	open(t)
	path, err := Fill(t.Context(), Config{Dir: t.TempDir(), Now: at(now)})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(dump(t, path), dump(t, filepath.Join(whole.dir, fileName))); diff != "" {
		t.Error(diff)
	}
}

// Two files begun on different days of a quarter hold the same for the days
// they share.
func TestFill_ADayDoesNotDependOnWhenTheFileBegan(t *testing.T) {
	t.Parallel()
	later, err := Fill(t.Context(), Config{Dir: t.TempDir(), Now: at(now), first: shortFirst + 9})
	if err != nil {
		t.Fatal(err)
	}
	count := func(path string) []float64 {
		db := connect(t, path)
		since := calendar{zone(t)}.start(shortFirst + 9)
		var sums []float64
		for _, q := range []string{
			"SELECT sum(id % 1000003 * (bytes IS NULL) + coalesce(bytes, 0) % 997) FROM events WHERE at >= ?",
			"SELECT sum(id * length(name) + coalesce(confirmed_at, 0) % 997) FROM accounts WHERE created_at >= ?",
			"SELECT sum(id % 1000003 * amount_cents) FROM payments WHERE at >= ?",
			"SELECT sum(id % 1000003 + coalesce(solved_at, 0) % 997) FROM tickets WHERE at >= ?",
			"SELECT sum(bytes % 1000003) FROM storage_daily WHERE at >= ?",
			"SELECT sum(requests * errors) FROM service_hours WHERE at >= ?",
		} {
			sums = append(sums, one(t, db, q, since))
		}
		return sums
	}
	if diff := cmp.Diff(count(fillShort(t, t.TempDir(), now)), count(later)); diff != "" {
		t.Error(diff)
	}
}

func TestFill_AKilledProcessLeavesAFileThatContinues(t *testing.T) {
	t.Parallel()
	fresh, err := Fill(t.Context(), Config{Dir: t.TempDir(), Now: at(now), first: killedFirst})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	killed := 0
	for i := range 3 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), "DEMO_TEST_FILL="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		lines.Scan() // one chunk is in, the next is on its way
		time.Sleep(time.Duration(i*7) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, out); err != nil {
			t.Fatal(err)
		}
		if cmd.Wait() != nil {
			killed++
		}
		db := connect(t, filepath.Join(dir, fileName))
		if got := text(t, db, "PRAGMA integrity_check"); got != "ok" {
			t.Fatalf("the file is damaged: %s", got)
		}
		if n := one(t, db, "SELECT count(*) FROM events"); n == 0 {
			t.Error("what was committed before is gone")
		}
	}
	if killed == 0 {
		t.Fatal("no process was killed in time")
	}
	path, err := Fill(t.Context(), Config{Dir: dir, Now: at(now)})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(dump(t, fresh), dump(t, path)); diff != "" {
		t.Error(diff)
	}
}

func TestFill_TwoAtOnceTakeTurns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var wait sync.WaitGroup
	errs := make([]error, 3)
	for i := range errs {
		wait.Go(func() {
			_, errs[i] = Fill(t.Context(), Config{Dir: dir, Now: at(now), first: shortFirst})
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(dump(t, fillShort(t, t.TempDir(), now)), dump(t, filepath.Join(dir, fileName))); diff != "" {
		t.Error(diff)
	}
}

func TestFill_SaysWhatToDeleteWhenTheFileCannotBeUsed(t *testing.T) {
	t.Parallel()
	write := func(data string) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	run := func(statement string) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			db, err := sqlsource.Create(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			defer closing(t, db)
			if _, err := db.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	cases := map[string]func(t *testing.T, path string){
		"a text":               write("my diary"),
		"a long text":          write(strings.Repeat("my diary\n", 100)),
		"another database":     run("CREATE TABLE invoices (id INTEGER)"),
		"another meta table":   run("CREATE TABLE meta (name TEXT)"),
		"a form of the future": run("CREATE TABLE meta (key TEXT, value TEXT); INSERT INTO meta VALUES ('version', '99')"),
		"half a file": func(t *testing.T, path string) {
			fillShort(t, filepath.Dir(path), now)
			if err := os.Truncate(path, 300_000); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, fileName)
			spoil(t, path)
			before, _ := os.ReadFile(path)
			_, err := Open(t.Context(), Config{Dir: dir, Now: at(now)})
			if err == nil || !strings.Contains(err.Error(), "delete it") || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v does not say what to delete", err)
			}
			if after, _ := os.ReadFile(path); string(before) != string(after) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestFill_StopsWhenToldTo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	dir := t.TempDir()
	_, err := Fill(ctx, Config{Dir: dir, Now: at(now), first: shortFirst, Progress: func(int, int) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	if diff := cmp.Diff(dump(t, fillShort(t, t.TempDir(), now)), dump(t, fillShort(t, dir, now))); diff != "" {
		t.Error(diff)
	}
}

func TestFill_BlamesTheFileOnlyWhenItIsToBlame(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fillShort(t, dir, now.AddDate(0, 0, -3))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Fill(ctx, Config{Dir: dir, Now: at(now)})
	if !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "delete") {
		t.Errorf("cancelled: %v", err)
	}
	file := filepath.Join(dir, "a file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Fill(t.Context(), Config{Dir: file, Now: at(now)}); err == nil || strings.Contains(err.Error(), "delete") {
		t.Errorf("a folder that is a file: %v", err)
	}
}

func TestFill_CanRunWhileTheSourceIsAsked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fillShort(t, dir, now.AddDate(0, 0, -20))
	source, err := Open(t.Context(), Config{Dir: dir, Now: at(now.AddDate(0, 0, -19))})
	if err != nil {
		t.Fatal(err)
	}
	defer closing(t, source)
	all, err := source.Insights(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(in insight.Insight) bool { return in.ID == Name+"/uploads" })
	ask := func() float64 {
		r, err := source.Run(t.Context(), all[i], insight.Query{Now: now, Window: days(t, time.October, 1, time.November, 25)})
		if err != nil {
			t.Error(err)
			return 0
		}
		return r.Series[0].Total
	}
	before := ask()
	var wait sync.WaitGroup
	wait.Go(func() { fillShort(t, dir, now.AddDate(0, 0, -10), now) })
	for range 20 {
		if got := ask(); got < before {
			t.Errorf("%v uploads while the file grows, %v before", got, before)
		}
	}
	wait.Wait()
	if after := ask(); after <= before {
		t.Errorf("%v uploads after the file grew, %v before", after, before)
	}
}

func TestFill_TellsItsProgress(t *testing.T) {
	t.Parallel()
	var seen [][2]int
	_, err := Fill(t.Context(), Config{Dir: t.TempDir(), Now: at(now), first: shortFirst, Progress: func(done, total int) {
		seen = append(seen, [2]int{done, total})
	}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][2]int{{24, 67}, {48, 67}, {67, 67}}, seen); diff != "" {
		t.Error(diff)
	}
}

func TestFill_RefusesAClockFromBeforeTheCompany(t *testing.T) {
	t.Parallel()
	_, err := Fill(t.Context(), Config{Dir: t.TempDir(), Now: at(time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC))})
	if err == nil || !strings.Contains(err.Error(), "clock") {
		t.Errorf("error %v", err)
	}
}

func BenchmarkFill(b *testing.B) {
	for b.Loop() {
		if _, err := Fill(b.Context(), Config{Dir: b.TempDir(), Now: at(now)}); err != nil {
			b.Fatal(err)
		}
	}
}
