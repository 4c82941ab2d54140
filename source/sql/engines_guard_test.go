package sqlsource

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"insightbot/insight"
)

// superuserIsRefused: a transaction that only reads does not keep
// one from reading the files of the server.
func superuserIsRefused(t *testing.T, on *bare) {
	server := on.empty(t)[0]
	exec(t, server.raw, "CREATE ROLE spy LOGIN; GRANT pg_read_server_files TO spy; CREATE ROLE deputy LOGIN; GRANT spy TO deputy")
	for role, refused := range map[string]bool{"owner": true, "spy": true, "deputy": true, "reader": false} {
		as := server
		as.dsn = strings.Replace(server.dsn, "reader", role, 1)
		s := as.open(t, number("SELECT 1 AS value"))
		if _, err := s.Run(t.Context(), find(t, s), insight.Query{}); errors.Is(err, insight.ErrRefused) != refused || !refused && err != nil {
			t.Errorf("%s: %v", role, err)
		}
	}
}

// unchecked runs statements in the session of a source, past its own check of
// what they begin with.
type unchecked struct {
	statements
	engine tagged
}

func (u unchecked) value(v any, declared string) any { return u.engine.value(v, declared) }
func (u unchecked) sentinel(err error) error         { return u.engine.sentinel(err) }

// sessionOnlyReads sends statements past every check of
// ours: the session and the role have to stop them.
func sessionOnlyReads(t *testing.T, on *bare) {
	statements := map[string][]string{
		TypePostgres: {
			"INSERT INTO kept VALUES (2)", "UPDATE kept SET n = 2", "DELETE FROM kept", "TRUNCATE kept", "DROP TABLE kept", "CREATE TABLE made (n int)",
			"CREATE TEMP TABLE made (n int)", "WITH x AS (DELETE FROM kept RETURNING 1) SELECT 1 FROM x", "SELECT n INTO made FROM kept",
			"SELECT 1; DELETE FROM kept", "COMMIT; DELETE FROM kept", "SELECT nextval('counter')", "SELECT setval('counter', 7)", "SELECT n FROM kept FOR UPDATE",
			"COPY kept TO '/tmp/stolen'", "COPY kept TO PROGRAM 'id'", "SELECT pg_read_file('/etc/passwd')", "SELECT lo_import('/etc/passwd')",
			"SELECT lo_export(1, '/tmp/stolen')", "SELECT passwd FROM pg_shadow", "ALTER ROLE writer SUPERUSER", "CREATE ROLE friend", "GRANT ALL ON kept TO public",
			"VACUUM kept", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "DO $$ BEGIN DELETE FROM kept; END $$", "CREATE EXTENSION dblink",
			"REFRESH MATERIALIZED VIEW seen", "NOTIFY kept", "REINDEX TABLE kept", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'owner'",
		},
		TypeMySQL: {
			"INSERT INTO kept VALUES (2)", "UPDATE kept SET n = 2", "DELETE FROM kept", "TRUNCATE kept", "DROP TABLE kept", "CREATE TABLE made (n int)",
			"REPLACE INTO kept VALUES (2)", "SELECT 1; DELETE FROM kept", "COMMIT; DELETE FROM kept", "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE kept",
			"LOAD DATA INFILE '/etc/passwd' INTO TABLE kept", "SELECT n FROM kept INTO OUTFILE '/tmp/stolen'", "CREATE USER friend", "GRANT ALL ON *.* TO friend",
			"SELECT authentication_string FROM mysql.global_priv", "SELECT priv FROM mysql.global_priv", "CREATE PROCEDURE p() SELECT 1", "ALTER TABLE kept ADD COLUMN m int",
			"RENAME TABLE kept TO gone", "SET GLOBAL read_only = 0", "KILL 1", "CREATE VIEW v AS SELECT 1", "CREATE TRIGGER tr BEFORE INSERT ON kept FOR EACH ROW SET @x = 1",
			"SHUTDOWN", "INSTALL SONAME 'ha_example'", "OPTIMIZE TABLE kept", "LOCK TABLES kept WRITE", "PURGE BINARY LOGS BEFORE now()", "FLUSH TABLES", "RESET MASTER",
		},
	}
	// A transaction that only reads lets this go by: it tells others nothing of use.
	passes := map[string]bool{"NOTIFY kept": true}
	for _, server := range on.empty(t) {
		t.Run(server.kind, func(t *testing.T) {
			exec(t, server.raw, "CREATE TABLE kept (n int)")
			exec(t, server.raw, "INSERT INTO kept VALUES (1)")
			as := server
			if server.kind == TypePostgres {
				exec(t, server.raw, `CREATE SEQUENCE counter; CREATE MATERIALIZED VIEW seen AS SELECT 1 AS n;
					GRANT ALL ON kept, counter, seen TO writer; GRANT ALL ON SCHEMA public TO writer`)
				as.dsn = strings.Replace(server.dsn, "reader", "writer", 1)
			} else {
				_, database, _ := strings.Cut(server.dsn, "/")
				exec(t, server.raw, "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, TRIGGER, CREATE VIEW, LOCK TABLES ON "+database+".* TO writer@'127.0.0.1'")
				as.dsn = strings.Replace(server.dsn, "reader", "writer", 1)
			}
			s := as.open(t, number("SELECT 1 AS value"))
			for _, text := range statements[server.kind] {
				for _, past := range []bool{false, true} {
					if past && passes[text] {
						continue
					}
					err := s.session(t.Context(), func(ctx context.Context, q querier) error {
						if past {
							own, ok := q.(tagged)
							if !ok {
								return fmt.Errorf("a %T", q)
							}
							q = unchecked{own.statements, own}
						}
						_, err := fetch(ctx, q, statement{text: text}, caps{rows: 10, bytes: 1 << 20})
						return err
					})
					if err == nil || !known(err) {
						t.Errorf("%s, past our own check %v: %v", text, past, err)
					}
				}
				var rows, sum, made int
				if err := server.raw.QueryRowContext(t.Context(), "SELECT count(*), coalesce(sum(n), 0) FROM kept").Scan(&rows, &sum); err != nil || rows != 1 || sum != 1 {
					t.Fatalf("after %s: %d rows, %v", text, rows, err)
				}
				if err := server.raw.QueryRowContext(t.Context(), "SELECT count(*) FROM information_schema.tables WHERE table_name = 'made'").Scan(&made); err != nil || made != 0 {
					t.Fatalf("after %s there is a new table, %v", text, err)
				}
			}
			if len(statements[server.kind]) < 30 {
				t.Errorf("only %d statements", len(statements[server.kind]))
			}
		})
	}
}

// oneRowIsBounded: the driver would hold a whole cell
// before anybody could count it.
func oneRowIsBounded(t *testing.T, on *bare) {
	server := on.empty(t)[0]
	s := server.open(t, item("table", "people: none", "SELECT repeat('x', 20000000) AS word"), func(c *Config) { c.MaxBytes = 1 << 20 })
	in, began := find(t, s), time.Now()
	if _, err := s.Run(t.Context(), in, insight.Query{}); !errors.Is(err, insight.ErrTooLarge) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
	again := server.open(t, number("SELECT 1 AS value"))
	if _, err := again.Run(t.Context(), find(t, again), insight.Query{}); err != nil {
		t.Error(err)
	}
}

// rightsAreTold: a role that could write is told of, one that cannot is not.
func rightsAreTold(t *testing.T, on *bare) {
	for _, server := range on.empty(t) {
		exec(t, server.raw, "CREATE TABLE kept (n int)")
		_, database, _ := strings.Cut(strings.TrimPrefix(server.dsn, "postgres://"), "/")
		grant := map[string]string{TypePostgres: "GRANT UPDATE ON kept TO writer", TypeMySQL: "GRANT UPDATE ON " + database + ".kept TO writer@'127.0.0.1'"}
		exec(t, server.raw, grant[server.kind])
		for role, writes := range map[string]bool{"reader": false, "writer": true} {
			as := server
			as.dsn = strings.Replace(server.dsn, "reader", role, 1)
			says, err := as.open(t, number("SELECT 1 AS value")).Rights(t.Context())
			if err != nil || strings.Contains(says, "SELECT alone") != writes || (says != "") != writes {
				t.Errorf("%s as %s: %q, %v", server.kind, role, says, err)
			}
		}
	}
}

// serverComesBack: what a restart of a server cuts off is told as such, and the
// next run has a connection again.
func serverComesBack(t *testing.T, on *bare) {
	ends := map[string]string{
		TypePostgres: "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'reader'",
		TypeMySQL:    "KILL USER reader",
	}
	for _, server := range on.empty(t) {
		s := server.open(t, number(sleeps(server.kind)))
		quick := server.open(t, number("SELECT 1 AS value"))
		in, next := find(t, s), find(t, quick)
		if _, err := quick.Run(t.Context(), next, insight.Query{}); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() {
			_, err := s.Run(t.Context(), in, insight.Query{})
			ended <- err
		}()
		waitUntil(t, "the statement runs", func() bool { n, _ := server.running(t, "60"); return n > 0 })
		exec(t, server.raw, ends[server.kind])
		if err := <-ended; !errors.Is(err, insight.ErrUnavailable) {
			t.Errorf("%s: what ran: %v", server.kind, err)
		}
		// The pool may find out about one connection at a time.
		waitUntil(t, "the next run has a connection", func() bool {
			r, err := quick.Run(t.Context(), next, insight.Query{})
			if err != nil && !errors.Is(err, insight.ErrUnavailable) {
				t.Fatalf("%s: %v", server.kind, err)
			}
			return err == nil && r.Series[0].Total == 1
		})
	}
}

// manyAtOnce: the server never sees more statements than it is said to.
func manyAtOnce(t *testing.T, on *bare) {
	const running, asked = 3, 300
	slow := map[string]string{TypePostgres: "SELECT count(*) AS value FROM pg_sleep(0.02)", TypeMySQL: "SELECT sleep(0.02) + 1 AS value"}
	for _, server := range on.empty(t) {
		s := server.open(t, number(slow[server.kind]), func(c *Config) { c.Concurrency = running; c.Timeout = 30 * time.Second })
		in := find(t, s)
		var group sync.WaitGroup
		var mu sync.Mutex
		good, busy := 0, 0
		for range asked {
			group.Go(func() {
				_, err := s.Run(t.Context(), in, insight.Query{})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					good++
				case errors.Is(err, insight.ErrBusy):
					busy++
				default:
					t.Errorf("%s: %v", server.kind, err)
				}
			})
		}
		done := make(chan struct{})
		go func() { group.Wait(); close(done) }()
		most := 0
		for over := false; !over; {
			select {
			case <-done:
				over = true
			case <-time.After(3 * time.Millisecond):
				n, _ := server.running(t, "sleep(0.02)")
				most = max(most, n)
			}
		}
		if most > running || most == 0 || good < running || busy == 0 || good+busy != asked {
			t.Errorf("%s: %d ran at once, %d were answered and %d turned away", server.kind, most, good, busy)
		}
	}
}
