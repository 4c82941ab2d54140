package sqlsource

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"insightbot/insight"
)

// mysqlEngine is MySQL and MariaDB. The driver only hangs up when a context
// ends, and the server would go on: it is told to stop.
func mysqlEngine() engine {
	return engine{
		dialect: dialect{
			null:    "NULL",
			bind:    func(int) string { return "?" },
			moment:  func(_ timeKind, parameter string) string { return parameter },
			bucket:  mysqlArithmetic().bucket,
			group:   func(column string) string { return "nullif(" + mysqlExact(column) + ", '')" },
			compare: mysqlExact,
			alike:   true,
			keys:    textKey,
			stored:  func(column string) string { return "concat(':', " + column + ")" },
			fault:   mysqlFault,
		},
		open: openMySQL, begin: beginMySQL, session: mysqlSession, stop: stopMySQL, sentinel: mysqlSentinel, value: mysqlValue,
		rights: mysqlRights, tables: informationSchema("SELECT database()", "?", "?"),
	}
}

// mysqlExact is the text of a column as bytes: as text, DE, de and “dé ” would
// be one value to most collations, and who may see one would see all of them.
func mysqlExact(column string) string {
	return "cast(cast((" + column + ") AS char CHARACTER SET utf8mb4) AS binary)"
}

// mysqlArithmetic computes with civil seconds.
func mysqlArithmetic() arithmetic {
	return arithmetic{
		seconds: func(column string, k timeKind) string {
			switch k {
			case timeUnixMS:
				return "floor(" + column + " / 1000)"
			case timeDatetime, timeInstant:
				return "timestampdiff(second, '1970-01-01 00:00:00', " + column + ")"
			default:
				return column
			}
		},
		date: func(column string) string { return "date(" + column + ")" },
		day: func(civil string) string {
			return "date_add(cast('1970-01-01' AS date), INTERVAL floor(" + civil + " / 86400) DAY)"
		},
		trunc: func(date string, g insight.Grain) string {
			switch g {
			case insight.GrainMonth:
				return "date_sub(" + date + ", INTERVAL (dayofmonth(" + date + ") - 1) DAY)"
			case insight.GrainQuarter:
				return "date_add(makedate(year(" + date + "), 1), INTERVAL (quarter(" + date + ") - 1) QUARTER)"
			default:
				return "makedate(year(" + date + "), 1)"
			}
		},
		back: func(date, days string) string { return "date_sub(" + date + ", INTERVAL " + days + " DAY)" },
		week: func(date string, afterMonday int) string {
			return fmt.Sprintf("((weekday(%s) + %d) %% 7)", date, 7-afterMonday)
		},
		text: func(date string) string { return "date_format(" + date + ", '%Y-%m-%d')" },
		hour: func(seconds string) string {
			return "date_format(date_add('1970-01-01 00:00:00', INTERVAL (" + seconds + ") SECOND), '%Y-%m-%dT%H:%i:%sZ')"
		},
	}
}

// openMySQL makes a pool for a MySQL or MariaDB.
func openMySQL(c Config) (*sql.DB, error) {
	given, err := mysql.ParseDSN(c.DSN.Reveal())
	if err != nil {
		return nil, errors.New("the address is not one of MySQL, such as reader:password@tcp(db.example:3306)/shop")
	}
	if err := encrypted(given, c.CAFile); err != nil {
		return nil, err
	}
	given.Timeout, given.ReadTimeout, given.WriteTimeout = connectLimit, c.Timeout+connectLimit, connectLimit
	given.MultiStatements, given.AllowAllFiles, given.AllowCleartextPasswords, given.AllowOldPasswords = false, false, false, false
	given.ParseTime, given.InterpolateParams, given.Loc = false, false, time.UTC
	given.Logger = noLog{}
	if given.Params == nil {
		given.Params = map[string]string{}
	}
	// Quotes mean the same as in the other databases, and no text can end early.
	given.Params["sql_mode"] = "'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO'"
	given.Params["time_zone"] = "'+00:00'"
	// An average of decimals has four digits more than they have, unless told.
	given.Params["div_precision_increment"] = "15"
	connector, err := mysql.NewConnector(given)
	if err != nil {
		return nil, errors.New("the settings of the address are not understood")
	}
	return sql.OpenDB(mysqlConnector{connector, c.Timeout}), nil
}

// encrypted makes sure that a server on another machine is who it says, unless
// the address says tls=false.
func encrypted(given *mysql.Config, caFile string) error {
	local := given.Net == "unix" || sameMachine(given.Addr)
	var roots *x509.CertPool
	switch {
	case caFile != "":
		var err error
		if roots, err = certificates(caFile); err != nil {
			return err
		}
	case given.TLSConfig == "skip-verify" && !local:
		return errors.New("tls=skip-verify is only for this machine: name the certificates with ca_file")
	case given.TLSConfig == "false", local:
		return nil
	}
	host, _, err := net.SplitHostPort(given.Addr)
	if err != nil {
		host = given.Addr
	}
	given.TLS = &tls.Config{RootCAs: roots, ServerName: host, MinVersion: tls.VersionTLS12}
	given.AllowFallbackToPlaintext = false
	return nil
}

// noLog keeps the driver from writing to the standard error.
type noLog struct{}

func (noLog) Print(...any) {}

// mysqlConnector opens connections that only read, for a bounded time each.
type mysqlConnector struct {
	driver.Connector
	limit time.Duration
}

// Connect implements driver.Connector. MySQL and MariaDB name the limit in their
// own way. A whole session that only reads keeps more away than a transaction
// does: MariaDB ends that by itself for a DROP.
func (c mysqlConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	e, ok := conn.(driver.ExecerContext)
	if !ok {
		conn.Close() //nolint:errcheck // it was not used
		return nil, errors.New("sqlsource: the driver cannot run statements")
	}
	_, err = e.ExecContext(ctx, fmt.Sprintf("SET SESSION max_statement_time = %.3f", c.limit.Seconds()), nil)
	if hasNumber(err, mysqlUnknownVariable) {
		_, err = e.ExecContext(ctx, fmt.Sprintf("SET SESSION max_execution_time = %d", c.limit.Milliseconds()), nil)
	}
	if err == nil {
		_, err = e.ExecContext(ctx, "SET SESSION TRANSACTION READ ONLY", nil)
	}
	if err != nil {
		conn.Close() //nolint:errcheck // what went wrong is told
		return nil, err
	}
	return conn, nil
}

// beginMySQL begins a transaction that reads one state of the data.
func beginMySQL(ctx context.Context, conn *sql.Conn, _ time.Duration) (statements, func(), error) {
	if _, err := conn.ExecContext(ctx, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"); err != nil {
		return nil, nil, err
	}
	return conn, func() {
		bound, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		if _, err := conn.ExecContext(bound, "ROLLBACK"); err != nil {
			drop(conn)
		}
	}, nil
}

// mysqlSession is the number of a connection at the server.
func mysqlSession(ctx context.Context, q querier) (string, error) {
	rows, err := fetch(ctx, q, statement{text: "SELECT connection_id()"}, caps{rows: 1, bytes: maxCell})
	if err != nil || len(rows.rows) == 0 {
		return "", err
	}
	return keyOf(rows.rows[0][0]), nil
}

// stopMySQL ends the statement that still runs on a connection.
func stopMySQL(ctx context.Context, db *sql.DB, session string) error {
	n, err := strconv.ParseUint(session, 10, 64)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, fmt.Sprintf("KILL QUERY %d", n))
	if hasNumber(err, mysqlNoSuchThread) {
		return nil
	}
	return err
}

// The numbers of errors of MySQL and MariaDB, from their manuals.
const (
	mysqlUnknownVariable = 1193
	mysqlNoSuchThread    = 1094
)

// hasNumber reports whether the server sent an error of one of these numbers.
func hasNumber(err error, numbers ...uint16) bool {
	var e *mysql.MySQLError
	if !errors.As(err, &e) {
		return false
	}
	return slices.Contains(numbers, e.Number)
}

// mysqlSentinel reads the number of a server's error.
func mysqlSentinel(err error) error {
	var e *mysql.MySQLError
	switch {
	case hasNumber(err, 1317, 1969, 3024): // interrupted, max_statement_time, max_execution_time
		return insight.ErrTimeout
	case hasNumber(err, 1792, 1142, 1143, 1227, 1370, 1044, 1290): // read-only transaction, no rights
		return insight.ErrRefused
	case hasNumber(err, 1040, 1203, 1226, 1205, 1213): // too many connections, lock, deadlock
		return insight.ErrBusy
	case hasNumber(err, 1041, 1037, 1038, 1114, 1104, 1153): // memory, temporary table full, too many rows
		return insight.ErrTooLarge
	case hasNumber(err, 1045, 1049, 1053, 1129, 1130, 1077, 1080, 1927): // log-in, database, shutdown, killed
		return insight.ErrUnavailable
	case errors.As(err, &e):
		return insight.ErrBroken
	}
	return unreachable(err)
}

// mysqlValue makes text of bytes, and keeps numbers exact.
func mysqlValue(v any, declared string) any {
	switch v := v.(type) {
	case []byte:
		switch {
		case declared == "DECIMAL":
			return decimal(v)
		case strings.Contains(declared, "BLOB"), strings.Contains(declared, "BINARY"), declared == "BIT", declared == "GEOMETRY":
			return v
		}
		return string(v)
	case float32:
		return float64(v)
	case uint64:
		return unsigned(v)
	}
	return v
}

// mysqlRights says whether the user could write, were it not for us.
func mysqlRights(ctx context.Context, q querier) (string, error) {
	rows, err := fetch(ctx, q, statement{text: "SHOW GRANTS"}, caps{rows: 1000, bytes: 10 * maxCell})
	if err != nil {
		return "", err
	}
	for _, row := range rows.rows {
		grant := strings.ToUpper(keyOf(row[0]))
		what, _, _ := strings.Cut(strings.TrimPrefix(grant, "GRANT "), " ON ")
		for privilege := range strings.SplitSeq(what, ",") {
			switch strings.TrimSpace(privilege) {
			case "ALL PRIVILEGES", "INSERT", "UPDATE", "DELETE", "DROP", "CREATE", "ALTER", "FILE", "SUPER", "TRUNCATE":
				return "the user may do more than read (" + strings.ToLower(strings.TrimSpace(privilege)) + "): give the bot one with SELECT alone", nil
			}
		}
	}
	return "", nil
}
