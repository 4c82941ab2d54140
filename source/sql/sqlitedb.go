package sqlsource

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"insightbot/insight"
)

const (
	// maxSQL is the longest statement, in bytes.
	maxSQL = 100_000
	// maxCell is the longest text or blob that SQLite may make, in bytes.
	maxCell = 1_000_000
	// maxPattern is the longest pattern of LIKE and GLOB, whose time grows
	// with every wildcard.
	maxPattern = 1_000
)

// openSQLite opens a pool of connections that can only read. The file itself
// is opened at the first statement. What is sorted may spill to temporary
// files: this build of SQLite does not count its memory, so that a sort that
// stays in memory could only be stopped by the death of the process, and one
// on disk is stopped by the deadline.
func openSQLite(path string, most int) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("sqlsource: open: %w", err)
	}
	// A driver of our own: a hook on the registered one would reach every
	// SQLite connection of the process, the bot's own store among them.
	d := &sqlite.Driver{}
	d.RegisterConnectionHook(func(conn sqlite.ExecQuerierContext, _ string) error {
		r, ok := conn.(sqlite.AuthorizerRegisterer)
		if !ok {
			return errors.New("sqlsource: the driver has no authorizer")
		}
		return r.RegisterAuthorizer(authorize)
	})
	q := url.Values{"mode": {"ro"}, "_defensive": {"1"}, "_dqs": {"0"}, "_error_rc": {"1"}, "_query_only": {"1"}}
	q["_pragma"] = []string{"busy_timeout(2000)", "trusted_schema(0)", "cell_size_check(1)"}
	dsn := (&url.URL{Scheme: "file", OmitHost: true, Path: abs, RawQuery: q.Encode()}).String()
	db := sql.OpenDB(connector{driver: d, dsn: dsn})
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	return db, nil
}

// connector opens connections with a driver of its own.
type connector struct {
	driver *sqlite.Driver
	dsn    string
}

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.driver.Open(c.dsn)
}

// Driver implements driver.Connector.
func (c connector) Driver() driver.Driver { return c.driver }

// limit sets the limits of a connection. They belong to the physical
// connection and the pool may have opened a new one: they are set each time
// a connection is taken.
func limit(conn *sql.Conn) error {
	for id, most := range map[int]int{
		sqlite3.SQLITE_LIMIT_ATTACHED:            0,
		sqlite3.SQLITE_LIMIT_LENGTH:              maxCell,
		sqlite3.SQLITE_LIMIT_SQL_LENGTH:          maxSQL,
		sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: maxPattern,
	} {
		if _, err := sqlite.Limit(conn, id, most); err != nil {
			return fmt.Errorf("sqlsource: limit: %w", err)
		}
	}
	return nil
}

// authorize is asked by SQLite about everything that a statement would do,
// before it runs. It allows reading tables and computing, and nothing else.
func authorize(action sqlite.AuthorizerActionCode, arg1, arg2, _, _ string) sqlite.AuthorizerReturnCode {
	switch action {
	case sqlite.AuthSelect, sqlite.AuthRecursive, sqlite.AuthTransaction:
		return sqlite.AuthorizerOK
	case sqlite.AuthRead:
		if internalTable(arg1) {
			return sqlite.AuthorizerDeny
		}
		return sqlite.AuthorizerOK
	case sqlite.AuthFunction:
		if strings.EqualFold(arg2, "load_extension") {
			return sqlite.AuthorizerDeny
		}
		return sqlite.AuthorizerOK
	case sqlite.AuthPragma:
		// Full-text tables ask for it themselves; it only reads a counter.
		if strings.EqualFold(arg1, "data_version") && arg2 == "" {
			return sqlite.AuthorizerOK
		}
	default:
	}
	return sqlite.AuthorizerDeny
}

// internalTable reports whether a table shows the inside of the database
// instead of its data.
func internalTable(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "dbstat", "bytecode", "tables_used":
		return true
	}
	return strings.HasPrefix(name, "sqlite_") || strings.HasPrefix(name, "pragma_")
}

// sqliteSentinel is the error of package insight that fits an error of SQLite.
func sqliteSentinel(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return insight.ErrUnavailable
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_AUTH, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return insight.ErrRefused
	case sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_FULL:
		return insight.ErrTooLarge
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return insight.ErrBusy
	case sqlite3.SQLITE_INTERRUPT:
		return insight.ErrTimeout
	case sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_RANGE, sqlite3.SQLITE_MISUSE:
		return insight.ErrBroken
	}
	return insight.ErrUnavailable
}

// beginSQLite sets the limits of a connection and begins a transaction that
// reads.
func beginSQLite(ctx context.Context, conn *sql.Conn, _ time.Duration) (statements, func(), error) {
	if err := limit(conn); err != nil {
		return nil, nil, err
	}
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, nil, err
	}
	// Nothing was written, and the deadline may have ended it already.
	return narrow{conn: conn, tx: tx}, func() { tx.Rollback() }, nil //nolint:errcheck // see above
}

// narrow runs statements that return few columns. It asks before they run:
// the limit of SQLite itself would refuse every table that has more.
type narrow struct {
	conn *sql.Conn
	tx   *sql.Tx
}

// QueryContext implements querier.
func (n narrow) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	err := n.conn.Raw(func(c any) error {
		describer, ok := c.(interface {
			ColumnInfo(query string) ([]sqlite.ColumnInfo, error)
		})
		if !ok {
			return errors.New("the driver does not describe statements")
		}
		columns, err := describer.ColumnInfo(query)
		if err == nil && len(columns) > maxColumns {
			err = fmt.Errorf("%d columns, more than %d: %w", len(columns), maxColumns, insight.ErrTooLarge)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return n.tx.QueryContext(ctx, query, args...)
}
