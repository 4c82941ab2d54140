package envtest

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"testing"
	"time"
)

// RequireServersVar makes a test fail where a database server is missing.
const RequireServersVar = "INSIGHTBOT_REQUIRE_SERVERS"

// serverPatience is how long a server may take to start on a loaded machine.
const serverPatience = 90 * time.Second

// Database waits until a database answers, and closes it with the test.
func Database(t testing.TB, driver, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() }) //nolint:errcheck // the server goes with it
	ctx, cancel := context.WithTimeout(t.Context(), serverPatience)
	defer cancel()
	for {
		err := db.PingContext(ctx)
		if err == nil {
			return db
		}
		if ctx.Err() != nil {
			t.Fatal(errors.Join(err, ctx.Err()))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// InDatabase is the URL of a server with the name of a database.
func InDatabase(t testing.TB, server, name string) string {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}
