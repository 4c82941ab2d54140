package sqlsource

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"insightbot/insight"
)

// The types of databases.
const (
	TypeSQLite     = "sqlite"
	TypePostgres   = "postgres"
	TypeMySQL      = "mysql"
	TypeClickHouse = "clickhouse"
	TypeTrino      = "trino"
)

// engine is one kind of database: how it is reached, kept to reading and
// stopped, what its errors mean, and its dialect. Each has a file of its own.
type engine struct {
	dialect
	// open makes a pool of connections that can only read. It connects to
	// nothing yet.
	open func(c Config) (*sql.DB, error)
	// begin makes a connection ready for one run: reading alone, and bounded in
	// time at the server. What it returns runs the statements of the run, and
	// end gives the connection back as it was.
	begin func(ctx context.Context, conn *sql.Conn, limit time.Duration) (s statements, end func(), err error)
	// session is the name of a connection at the server, and stop ends what still
	// runs under that name, where the driver does not do that by itself when a
	// context ends; else both are nil. stop gets the pool, as the connection
	// itself is busy.
	session func(ctx context.Context, q querier) (string, error)
	stop    func(ctx context.Context, db *sql.DB, session string) error
	// sentinel is the error of package insight that fits an error of the driver;
	// nil where it says nothing.
	sentinel func(error) error
	// value makes a value of the driver one of those that this package reads;
	// declared is the type of its column as the driver names it.
	value func(v any, declared string) any
	// rights says what is wrong with the rights of the bot, or is "". It may be
	// nil.
	rights func(ctx context.Context, q querier) (string, error)
	// tables lists the columns of a table for a draft.
	tables func(ctx context.Context, q querier, table string) ([]tableColumn, error)
}

// engines is the table of databases. A new one is a line here.
func engines() map[string]engine {
	return map[string]engine{
		TypeSQLite: sqliteEngine(), TypePostgres: postgresEngine(), TypeMySQL: mysqlEngine(),
		TypeClickHouse: clickhouseEngine(), TypeTrino: trinoEngine(),
	}
}

// engineOf finds an engine by its type.
func engineOf(kind string) (engine, error) {
	e, ok := engines()[kind]
	if !ok {
		return engine{}, fmt.Errorf("sqlsource: type %q is not one of %s", kind, strings.Join(slices.Sorted(maps.Keys(engines())), ", "))
	}
	return e, nil
}

// comment is the tag of a run as a comment in front of a statement, for whoever
// looks after the database. Only what can stand in a comment does.
func comment(t insight.Tag) string {
	if t == (insight.Tag{}) {
		return "/* insightbot */ "
	}
	return fmt.Sprintf("/* insightbot insight=%s place=%s ref=%s */ ", plain(t.Insight), plain(t.Place), plain(t.Ref))
}

// plain leaves of a text what can end no comment.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '/', r == '_', r == '-', r == '.':
			return r
		}
		return '_'
	}, s)
}

// tagged puts the tag of the run in front of every statement, and reads what
// comes back as its engine does.
type tagged struct {
	statements
	engine engine
}

// QueryContext implements querier.
func (t tagged) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := onlyReads(query); err != nil {
		return nil, err
	}
	return t.statements.QueryContext(ctx, comment(insight.TagOf(ctx))+query, args...)
}

// onlyReads refuses a statement that does not begin like one that reads: a
// transaction that only reads lets some go by, as MariaDB does TRUNCATE.
func onlyReads(query string) error {
	tokens := tokenise(query)
	first := slices.IndexFunc(tokens, func(t token) bool { return t.kind != tokenSpace && t.kind != tokenComment })
	if first >= 0 && (tokens[first].is("show") || tokens[first].is("describe")) {
		return nil
	}
	if faults := checkVerb(tokens); len(faults) > 0 {
		return fmt.Errorf("%s: %w", faults[0].message, insight.ErrRefused)
	}
	return nil
}

func (t tagged) value(v any, declared string) any {
	if t.engine.value == nil {
		return v
	}
	return t.engine.value(v, declared)
}

func (t tagged) sentinel(err error) error { return t.engine.sentinel(err) }

// instant is a moment that a database gave as such, not as what clocks of some
// zone show.
type instant time.Time

// decimal is a number that a float cannot hold exactly, as the database wrote it.
type decimal string
