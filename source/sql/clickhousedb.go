package sqlsource

import (
	"context"
	"crypto/tls"
	"database/sql"
	"errors"
	"maps"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"insightbot/insight"
)

// clickhouseServer is what is known about one server: what the bot may set
// there. The limits of a run are settings that go along with each statement;
// a server that forbids settings to the bot's user keeps limits of its own.
type clickhouseServer struct {
	config Config

	mu sync.Mutex
	// profile holds the settings the server knows, by name, and their values
	// for the bot's user; nil when nobody asked yet.
	profile map[string]string
}

// open makes a pool for a ClickHouse.
func (s *clickhouseServer) open(c Config) (*sql.DB, error) {
	s.config = c
	given, err := clickhouse.ParseDSN(c.DSN.Reveal())
	if err != nil || given.Protocol != clickhouse.Native {
		return nil, errors.New("the address is not one of ClickHouse's native protocol, such as clickhouse://reader:password@db.example:9440/shop?secure=true")
	}
	if given.TLS != nil && given.TLS.InsecureSkipVerify {
		for _, addr := range given.Addr {
			if !sameMachine(addr) {
				return nil, errors.New("skip_verify is only for this machine: name the certificates with ca_file")
			}
		}
	}
	if c.CAFile != "" {
		roots, err := certificates(c.CAFile)
		if err != nil {
			return nil, err
		}
		given.TLS = &tls.Config{RootCAs: roots}
	}
	if given.TLS != nil {
		given.TLS.MinVersion = tls.VersionTLS12
	}
	for _, ours := range []string{"readonly", "max_execution_time", "log_comment"} {
		delete(given.Settings, ours)
	}
	given.ClientInfo.Products = append(given.ClientInfo.Products, struct{ Name, Version string }{"insightbot", "1"})
	// The driver reads a whole block of rows before anybody can count them.
	const blocks = 16
	given.DialContext = dialCapped(int64(blocks*c.MaxBytes), given.TLS)
	given.DialTimeout, given.ReadTimeout = connectLimit, c.Timeout+connectLimit
	given.Debug, given.Debugf, given.Logger = false, nil, nil //nolint:staticcheck // an address can still ask for it, and it prints rows
	return sql.OpenDB(clickhouse.Connector(given)), nil
}

// sameMachine reports whether an address, with or without a port, is on this
// machine.
func sameMachine(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = addr
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// dialCapped connects to a server that may answer each question with so many
// bytes.
func dialCapped(most int64, secure *tls.Config) func(context.Context, string) (net.Conn, error) {
	return func(ctx context.Context, addr string) (net.Conn, error) {
		d := &net.Dialer{Timeout: connectLimit}
		var conn net.Conn
		var err error
		if secure == nil {
			conn, err = d.DialContext(ctx, "tcp", addr)
		} else {
			conn, err = (&tls.Dialer{NetDialer: d, Config: secure}).DialContext(ctx, "tcp", addr)
		}
		if err != nil {
			return nil, err
		}
		return &cappedConn{Conn: conn, most: most, left: most}, nil
	}
}

// clickhouseWishes are the settings that the bot makes where the server knows
// them and lets it. Those with text are for servers that know log_comment: older
// ones take numbers alone.
func (s *clickhouseServer) wishes(limit time.Duration) clickhouse.Settings {
	return clickhouse.Settings{
		"readonly":           1, // and nothing can be set any more, by no statement
		"max_execution_time": int(max(1, (limit+time.Second-1)/time.Second)),
		// What standard SQL and the other databases do.
		"join_use_nulls": 1, "prefer_column_name_to_alias": 1, "session_timezone": "UTC",
		// An answer is whole or an error. The number of rows is bounded here and
		// not by the server, whose bound may hold for parts of a statement too.
		"timeout_overflow_mode": "throw", "read_overflow_mode": "throw", "group_by_overflow_mode": "throw",
	}
}

// begin makes the settings of a run: a statement reads one state of its tables,
// and ClickHouse has no transactions.
func (s *clickhouseServer) begin(ctx context.Context, conn *sql.Conn, limit time.Duration) (statements, func(), error) {
	r := &clickhouseRun{server: s, conn: conn}
	known, err := s.known(ctx, r)
	if err != nil {
		r.end()
		return nil, nil, err
	}
	r.settings = clickhouse.Settings{}
	_, r.comments = known["log_comment"]
	if known["readonly"] != "1" {
		for name, value := range s.wishes(limit) {
			_, text := value.(string)
			if _, ok := known[name]; ok && (!text || r.comments) {
				r.settings[name] = value
			}
		}
		if known["readonly"] == "2" {
			delete(r.settings, "readonly") // is set, and may not be set again
		}
		if _, ok := r.settings["result_overflow_mode"]; !ok {
			delete(r.settings, "max_result_rows") // would fail instead
		}
	}
	r.comments = r.comments && known["readonly"] != "1"
	return r, r.end, nil
}

// known asks a server for the settings it knows, once.
func (s *clickhouseServer) known(ctx context.Context, r *clickhouseRun) (map[string]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.profile != nil {
		return s.profile, nil
	}
	rows, err := r.QueryContext(ctx, "SELECT name, value FROM system.settings")
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err is read below
	profile := map[string]string{}
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return nil, err
		}
		profile[name] = value
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	s.profile = profile
	return profile, nil
}

// forget asks the server again at the next run.
func (s *clickhouseServer) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.profile = nil
}

// clickhouseRun is one run on one connection.
type clickhouseRun struct {
	server   *clickhouseServer
	conn     *sql.Conn
	settings clickhouse.Settings
	// comments is set where the server keeps a comment for each statement.
	comments bool
	// failed is set when nobody knows what state the connection is in.
	failed bool
	ends   []func()
}

// QueryContext implements statements. The driver gets a context without a
// deadline: at a deadline it would hang up and tell the server nothing, and at
// the end of a context it does.
func (r *clickhouseRun) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	inner, stop := context.WithCancel(context.WithoutCancel(ctx))
	keep := context.AfterFunc(ctx, stop)
	r.ends = append(r.ends, func() { keep(); stop() })
	settings := maps.Clone(r.settings)
	if r.comments {
		settings["log_comment"] = strings.TrimSpace(strings.Trim(comment(insight.TagOf(ctx)), "/* "))
	}
	rows, err := r.conn.QueryContext(clickhouse.Context(inner, clickhouse.WithSettings(settings)), query, args...)
	if err != nil {
		r.failed = true
	}
	return rows, err
}

// end gives the connection back. Old servers leave it out of step after a
// statement that they did not understand, and what is known about the server may
// not hold any more.
func (r *clickhouseRun) end() {
	if r.failed {
		r.server.forget()
		drop(r.conn)
	}
	r.release()
}

// abandon tells the server to stop.
func (r *clickhouseRun) abandon() {
	r.failed = true
	r.release()
}

// release ends the contexts of the statements.
func (r *clickhouseRun) release() {
	for _, end := range r.ends {
		end()
	}
	r.ends = nil
}

// rights says whether the user could do more than read, were it not for us.
func (s *clickhouseServer) rights(ctx context.Context, q querier) (string, error) {
	s.mu.Lock()
	own := s.profile["readonly"]
	s.mu.Unlock()
	if own == "1" || own == "2" {
		return "", nil
	}
	const advice = "give the bot one with SELECT alone, or with the profile readonly"
	rows, err := fetch(ctx, q, statement{text: "SHOW GRANTS"}, caps{rows: 1000, bytes: 10 * maxCell})
	if err != nil {
		// Servers before 20.4 have no grants.
		return "the user may do more than read: " + advice, nil //nolint:nilerr // the finding is that nothing limits it
	}
	for _, row := range rows.rows {
		what, _, _ := strings.Cut(strings.TrimPrefix(keyOf(row[0]), "GRANT "), " ON ")
		for privilege := range strings.SplitSeq(what, ",") {
			name, _, _ := strings.Cut(strings.TrimSpace(privilege), "(")
			switch word, _, _ := strings.Cut(name, " "); word {
			case "ALL", "INSERT", "ALTER", "CREATE", "DROP", "UNDROP", "TRUNCATE", "OPTIMIZE", "BACKUP", "KILL", "MOVE", "ACCESS", "SYSTEM",
				"SOURCES", "FILE", "URL", "REMOTE", "MONGO", "MYSQL", "POSTGRES", "ODBC", "JDBC", "HDFS", "S3", "NAMED":
				return "the user may do more than read (" + strings.ToLower(name) + "): " + advice, nil
			}
		}
	}
	return "", nil
}
