//go:build !linux

package envtest

import "testing"

// elsewhere skips a test: the servers are started the way of Linux.
func elsewhere(t testing.TB) string {
	t.Helper()
	missing(t, RequireServersVar, "database servers are started on Linux alone")
	return ""
}

// Postgres is for Linux alone: it skips the test.
func Postgres(t testing.TB) string { return elsewhere(t) }

// MariaDB is for Linux alone: it skips the test.
func MariaDB(t testing.TB) string { return elsewhere(t) }

// ClickHouse is for Linux alone: it skips the test.
func ClickHouse(t testing.TB) string { return elsewhere(t) }
