package sqlsource

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/stdlib"

	"insightbot/insight"
)

// connectLimit is how long a connection may take to be made.
const connectLimit = 10 * time.Second

// postgresEngine is PostgreSQL. A run that is stopped is stopped at the server:
// the driver sends a cancel request when its context ends.
func postgresEngine() engine {
	return engine{
		dialect: dialect{
			null: "NULL::text",
			bind: func(n int) string { return "$" + strconv.Itoa(n) },
			moment: func(k timeKind, parameter string) string {
				switch k {
				case timeDatetime:
					return parameter + "::timestamp"
				case timeInstant:
					return parameter + "::timestamptz"
				case timeDate:
					return parameter + "::date"
				default:
					return parameter + "::bigint"
				}
			},
			bucket:  postgresArithmetic().bucket,
			group:   func(column string) string { return "nullif((" + column + ")::text, '')" },
			compare: func(column string) string { return "(" + column + ")" },
			keys:    textKey,
			stored:  func(column string) string { return "(':' || (" + column + ")::text)" },
			fault:   postgresFault,
		},
		open: openPostgres, begin: beginPostgres, sentinel: postgresSentinel, value: postgresValue,
		rights: postgresRights, tables: informationSchema("SELECT current_schema()", "$1", "$2"),
	}
}

// postgresArithmetic computes with civil seconds.
func postgresArithmetic() arithmetic {
	return arithmetic{
		seconds: func(column string, k timeKind) string {
			switch k {
			case timeUnixMS:
				return "floor(" + column + " / 1000.0)::bigint"
			case timeDatetime, timeInstant:
				return "floor(extract(epoch FROM " + column + "))::bigint"
			default:
				return column + "::bigint"
			}
		},
		date: func(column string) string { return column + "::date" },
		day:  func(civil string) string { return "(date '1970-01-01' + floor(" + civil + " / 86400.0)::int)" },
		trunc: func(date string, g insight.Grain) string {
			return "date_trunc('" + string(g) + "', " + date + "::timestamp)::date"
		},
		back: func(date, days string) string { return "(" + date + " - " + days + ")" },
		week: func(date string, afterMonday int) string {
			return fmt.Sprintf("((extract(isodow FROM %s)::int + %d) %% 7)", date, 6-afterMonday)
		},
		text: func(date string) string { return "to_char(" + date + ", 'YYYY-MM-DD')" },
		hour: func(seconds string) string {
			return `to_char(timestamp '1970-01-01' + (` + seconds + `) * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
		},
	}
}

// openPostgres makes a pool for a PostgreSQL.
func openPostgres(c Config) (*sql.DB, error) {
	given, err := pgx.ParseConfig(c.DSN.Reveal())
	if err != nil {
		return nil, errors.New("the address is not one of PostgreSQL, such as postgres://reader:password@db.example:5432/shop")
	}
	if err := secured(&given.Config, c.CAFile); err != nil {
		return nil, err
	}
	// A message is a row: one of them may not take more than all of them.
	given.BuildFrontend = func(r io.Reader, w io.Writer) *pgproto3.Frontend {
		f := pgproto3.NewFrontend(r, w)
		f.SetMaxBodyLen(c.MaxBytes + maxCell)
		return f
	}
	// Every statement carries the tag of its run, so that none comes twice: kept
	// statements would fill the server, and cost one way there and back more.
	given.DefaultQueryExecMode = pgx.QueryExecModeExec
	given.ConnectTimeout = connectLimit
	maps.Copy(given.RuntimeParams, map[string]string{
		"application_name": "insightbot", "timezone": "UTC", "datestyle": "ISO", "default_transaction_read_only": "on",
		"idle_in_transaction_session_timeout": strconv.FormatInt((c.Timeout + time.Minute).Milliseconds(), 10),
		"standard_conforming_strings":         "on",
	})
	return stdlib.OpenDB(*given, stdlib.OptionAfterConnect(harmless)), nil
}

// secured makes sure that a server on another machine is who it says, unless
// the address says sslmode=disable: what the driver does by itself is to take
// any certificate, and none where the server has none.
func secured(c *pgconn.Config, caFile string) error {
	var roots *x509.CertPool
	if caFile != "" {
		var err error
		if roots, err = certificates(caFile); err != nil {
			return err
		}
	}
	first := &pgconn.FallbackConfig{Host: c.Host, Port: c.Port, TLSConfig: c.TLSConfig}
	var all []*pgconn.FallbackConfig
	wished := map[string]bool{}
	for _, f := range append([]*pgconn.FallbackConfig{first}, c.Fallbacks...) {
		wished[f.Host] = wished[f.Host] || f.TLSConfig != nil
	}
	for _, f := range append([]*pgconn.FallbackConfig{first}, c.Fallbacks...) {
		local := strings.HasPrefix(f.Host, "/") || sameMachine(f.Host)
		switch unsure := f.TLSConfig == nil || f.TLSConfig.InsecureSkipVerify && f.TLSConfig.VerifyPeerCertificate == nil; {
		case roots != nil, unsure && wished[f.Host] && !local:
			f.TLSConfig = &tls.Config{RootCAs: roots, ServerName: f.Host, MinVersion: tls.VersionTLS12}
		}
		if !slices.ContainsFunc(all, func(o *pgconn.FallbackConfig) bool {
			return o.Host == f.Host && o.Port == f.Port && (o.TLSConfig == nil) == (f.TLSConfig == nil)
		}) {
			all = append(all, f)
		}
	}
	c.TLSConfig, c.Fallbacks = all[0].TLSConfig, all[1:]
	return nil
}

// harmless refuses a role that could leave the database: a transaction that only
// reads still lets a superuser read files and run programs.
func harmless(ctx context.Context, conn *pgx.Conn) error {
	var super bool
	err := conn.QueryRow(ctx, `
		SELECT bool_or(r.rolsuper OR r.rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files'))
		FROM pg_roles r WHERE r.rolname = current_user OR pg_has_role(current_user, r.oid, 'member')`).Scan(&super)
	if err != nil {
		return err
	}
	if super {
		return fmt.Errorf("the role of the bot is a superuser, or may read the files of the server: give it one with SELECT alone: %w", insight.ErrRefused)
	}
	return nil
}

// certificates reads a file of certificates.
func certificates(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("ca_file: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("ca_file: %s holds no certificate", path)
	}
	return roots, nil
}

// beginPostgres begins a transaction that reads one state of the data. Both
// statements go in one message; ROLLBACK ends the limit with it.
func beginPostgres(ctx context.Context, conn *sql.Conn, limit time.Duration) (statements, func(), error) {
	begin := fmt.Sprintf("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = %d", limit.Milliseconds())
	if _, err := conn.ExecContext(ctx, begin); err != nil {
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

// postgresSentinel reads the class of a server's error.
func postgresSentinel(err error) error {
	var e *pgconn.PgError
	var long *pgproto3.ExceededMaxBodyLenErr
	var connecting *pgconn.ConnectError
	switch {
	case errors.As(err, &connecting) && !errors.As(err, &e):
		return unreachable(err) // and whatever was sent is no answer of a PostgreSQL
	case errors.As(err, &long):
		return insight.ErrTooLarge
	case !errors.As(err, &e):
		return unreachable(err)
	}
	switch class := e.Code[:min(2, len(e.Code))]; {
	case e.Code == "57014": // query_canceled
		return insight.ErrTimeout
	case e.Code == "42501", e.Code == "25006", class == "28": // no rights, read-only, no log-in
		if class == "28" {
			return insight.ErrUnavailable
		}
		return insight.ErrRefused
	case e.Code == "53300", e.Code == "55P03", class == "40": // too many connections, lock, serialization
		return insight.ErrBusy
	case class == "53", class == "54":
		return insight.ErrTooLarge
	case class == "08", class == "57", class == "58", class == "3D", class == "XX":
		return insight.ErrUnavailable
	}
	return insight.ErrBroken
}

// unreachable is for errors that no server sent.
func unreachable(err error) error {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return insight.ErrTimeout
	}
	return insight.ErrUnavailable
}

// postgresValue tells instants from what clocks show, and keeps numbers exact.
func postgresValue(v any, declared string) any {
	switch v := v.(type) {
	case time.Time:
		if declared == "TIMESTAMPTZ" {
			return instant(v)
		}
	case string:
		if declared == "NUMERIC" {
			return decimal(v)
		}
	}
	return v
}

// postgresRights says whether the role could write, were it not for us.
func postgresRights(ctx context.Context, q querier) (string, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user), EXISTS (
			SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
				AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))`)
	if err != nil {
		return "", err
	}
	defer rows.Close() //nolint:errcheck // Err is read below
	var super, writes bool
	for rows.Next() {
		if err := rows.Scan(&super, &writes); err != nil {
			return "", err
		}
	}
	switch {
	case super:
		return "the role is a superuser: give the bot one that can only read", rows.Err()
	case writes:
		return "the role may write to tables: give the bot one with SELECT alone", rows.Err()
	}
	return "", rows.Err()
}
