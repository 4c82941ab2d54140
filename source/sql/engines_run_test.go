package sqlsource

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"insightbot/insight"
)

// number is an insight that shows one number of a statement.
func number(statement string) string { return item("number", "people: none", statement) }

// sleeps is a statement of each server that takes a minute.
func sleeps(kind string) string {
	if kind == TypeMySQL {
		return "SELECT sleep(60) AS value"
	}
	return "SELECT count(*) AS value FROM pg_sleep(60)"
}

// running counts what runs at a server with a text in it, other than the
// question itself.
func (s server) running(t testing.TB, text string) (n int, query string) {
	t.Helper()
	look := "SELECT count(*), coalesce(max(query), '') FROM pg_stat_activity WHERE state = 'active' AND query LIKE $1 AND pid <> pg_backend_pid()"
	if s.kind == TypeMySQL {
		look = "SELECT count(*), coalesce(max(info), '') FROM information_schema.processlist WHERE info LIKE ? AND id <> connection_id()"
	}
	if err := s.raw.QueryRowContext(t.Context(), look, "%"+text+"%").Scan(&n, &query); err != nil {
		t.Fatal(err)
	}
	return n, query
}

// waitUntil waits for something at a server.
func waitUntil(t testing.TB, what string, true func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !true(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: it never happened", what)
		}
	}
}

func TestEngines_WhatIsGivenUpIsStoppedAtTheServer(t *testing.T) {
	for _, server := range chinookServers(t)[1:] {
		t.Run(server.kind, func(t *testing.T) {
			s := server.open(t, number(sleeps(server.kind)))
			in := find(t, s)
			ctx, stop := context.WithCancel(insight.WithTag(t.Context(), insight.Tag{Insight: "shop/x", Place: "c4ff*/e", Ref: "REF12345"}))
			ended := make(chan error, 1)
			go func() {
				_, err := s.Run(ctx, in, insight.Query{})
				ended <- err
			}()
			var query string
			waitUntil(t, "the statement runs", func() bool {
				n, text := server.running(t, "ref=REF12345")
				query = text
				return n == 1
			})
			if want := "/* insightbot insight=shop/x place=c4ff_/e ref=REF12345 */"; !strings.HasPrefix(query, want) {
				t.Errorf("the server is shown %q, want %q in front", query, want)
			}
			stop()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("the run: %v", err)
			}
			waitUntil(t, "the statement is stopped", func() bool { n, _ := server.running(t, "ref=REF12345"); return n == 0 })

			limited := server.open(t, number(sleeps(server.kind)), func(c *Config) { c.Timeout = 300 * time.Millisecond })
			if _, err := limited.Run(t.Context(), find(t, limited), insight.Query{}); !errors.Is(err, insight.ErrTimeout) {
				t.Errorf("beyond its time: %v", err)
			}
			waitUntil(t, "nothing runs", func() bool { n, _ := server.running(t, "insightbot"); return n == 0 })
			after := server.open(t, number("SELECT 1 AS value"))
			if r, err := after.Run(t.Context(), find(t, after), insight.Query{}); err != nil || r.Series[0].Total != 1 {
				t.Errorf("the next run: %v", err)
			}
		})
	}
}

func TestEngines_NothingIsWritten(t *testing.T) {
	servers := chinookServers(t)
	hostile := map[string][]string{
		TypePostgres: {
			"WITH x AS (DELETE FROM invoice RETURNING 1) SELECT count(*) AS value FROM x",
			"SELECT lo_create(0) AS value", "SELECT set_config('transaction_read_only', 'off', true)::text AS value FROM (DELETE FROM invoice) d",
			"SELECT count(*) AS value FROM pg_read_file('/etc/passwd')", "SELECT 1 AS value FROM invoice FOR UPDATE",
		},
		TypeMySQL: {
			"SELECT load_file('/etc/passwd') AS value", "SELECT count(*) AS value FROM Invoice INTO OUTFILE '/tmp/x'",
			"SELECT 1 AS value FROM mysql.user",
		},
	}
	for _, server := range servers[1:] {
		// This one may write: the session alone keeps it to reading.
		owner := server
		owner.dsn = strings.Replace(server.dsn, "reader", map[string]string{TypePostgres: "writer", TypeMySQL: "root"}[server.kind], 1)
		var before, after int
		count := server.words("SELECT count(*) FROM invoice")
		if server.kind == TypeMySQL {
			count = "SELECT count(*) FROM Chinook.Invoice"
		}
		if err := server.raw.QueryRowContext(t.Context(), count).Scan(&before); err != nil {
			t.Fatal(err)
		}
		for _, statement := range hostile[server.kind] {
			for _, as := range append(servers[:0:0], server, owner) {
				source := as.open(t, number(statement))
				all, loading := source.Insights(t.Context())
				if loading != nil || len(all) == 0 {
					continue // refused before it got anywhere
				}
				r, err := source.Run(t.Context(), all[0], insight.Query{})
				if as.dsn == server.dsn && err == nil && len(r.Series) > 0 && r.Series[0].Total > 0 && !strings.Contains(statement, "lo_create") {
					t.Errorf("%s: %s ran and gave %v", server.kind, statement, r.Series)
				}
			}
		}
		if err := server.raw.QueryRowContext(t.Context(), count).Scan(&after); err != nil || before != after {
			t.Errorf("%s: %d rows before, %d after (%v)", server.kind, before, after, err)
		}
		if server.kind == TypePostgres {
			// Whatever began in the transaction went with it.
			if err := server.raw.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_largeobject_metadata").Scan(&after); err != nil || after != 0 {
				t.Errorf("%d large objects are left (%v)", after, err)
			}
		}
		for i, as := range append(servers[:0:0], server, owner) {
			says, err := as.open(t, number("SELECT 1 AS value")).Rights(t.Context())
			if err != nil || (says != "") != (i == 1) {
				t.Errorf("%s: rights %q, %v", as.kind, says, err)
			}
		}
	}
}

func TestEngines_KeepNumbersAndMomentsExact(t *testing.T) {
	statements := map[string]string{
		TypeSQLite:   `SELECT 9007199254740993 AS big, '12345678901234567890.123456789' AS exact, '2026-05-01 10:00:00' AS at, NULL AS none, 'x' AS word`,
		TypePostgres: `SELECT 9007199254740993::bigint AS big, 12345678901234567890.123456789::numeric AS exact, timestamptz '2026-05-01 12:00:00+02' AS at, NULL::text AS none, 'x' AS word`,
		TypeMySQL: `SELECT cast(9007199254740993 AS signed) AS big, cast('12345678901234567890.123456789' AS decimal(40,9)) AS exact,
      timestamp '2026-05-01 10:00:00' AS at, NULL AS none, 'x' AS word`,
	}
	for _, server := range chinookServers(t) {
		s := server.open(t, item("table", "zone: UTC\ncolumns: {big: number, exact: number, at: time, none: plain, word: plain}", statements[server.kind]))
		r, err := s.Run(t.Context(), find(t, s), insight.Query{})
		if err != nil {
			t.Errorf("%s: %v", server.kind, err)
			continue
		}
		var got []string
		for _, c := range r.Table.Rows[0] {
			got = append(got, c.Text)
		}
		want := "9007199254740993|12345678901234567890.123456789|2026-05-01 10:00:00||x"
		if text := strings.Join(got, "|"); text != want || !r.Table.Rows[0][1].IsNumber || !r.Table.Rows[0][3].Null {
			t.Errorf("%s: %s, want %s (%+v)", server.kind, text, want, r.Table.Rows[0])
		}
	}
}

func TestEngines_AResultIsCutOffWhileItComes(t *testing.T) {
	server := postgresChinook(t)
	s := server.open(t, item("table", "columns: {n: number, text: plain}", "SELECT n, repeat('x', 100) AS text FROM generate_series(1, 1000000) n"),
		func(c *Config) { c.MaxRows = 1_000_000; c.MaxBytes = 16_000_000; c.Timeout = time.Minute })
	in := find(t, s)
	defer debug.SetGCPercent(debug.SetGCPercent(20)) // what is no longer used is not to count
	var before, most runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	done := make(chan error, 1)
	go func() {
		r, err := s.Run(t.Context(), in, insight.Query{})
		if n := len(r.Table.Rows); err == nil && (!r.More || n < 1000 || n > 200_000) {
			err = fmt.Errorf("%d rows, more: %v", n, r.More)
		}
		done <- err
	}()
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Error(err) // a table says that there is more
			}
			if grown := int64(most.HeapInuse) - int64(before.HeapInuse); grown > 50<<20 {
				t.Errorf("the heap grew by %d MB", grown>>20)
			}
			return
		case <-time.After(5 * time.Millisecond):
			var now runtime.MemStats
			if runtime.ReadMemStats(&now); now.HeapInuse > most.HeapInuse {
				most = now
			}
		}
	}
}

// TestEngines_FaultsHaveTheRightName breaks the way to a server in every way.
func TestEngines_FaultsHaveTheRightName(t *testing.T) {
	for _, server := range chinookServers(t)[1:] {
		at := address(server)
		run := func(t *testing.T, dsn string, change ...func(*Config)) error {
			t.Helper()
			broken := server
			broken.dsn = dsn
			s := broken.open(t, number("SELECT 1 AS value"), append([]func(*Config){func(c *Config) {
				c.Timeout = 2 * time.Second
				c.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
			}}, change...)...)
			_, err := s.Run(t.Context(), find(t, s), insight.Query{})
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the password is in the error: %v", err)
			}
			return err
		}
		through := func(p string) string { return strings.Replace(server.dsn, at, p, 1) }
		t.Run(server.kind+" refused", func(t *testing.T) {
			if err := run(t, through(closedPort(t))); !errors.Is(err, insight.ErrUnavailable) {
				t.Errorf("got %v", err)
			}
		})
		t.Run(server.kind+" silent", func(t *testing.T) {
			if err := run(t, through(proxy(t, func(net.Conn) {}))); !errors.Is(err, insight.ErrTimeout) && !errors.Is(err, insight.ErrUnavailable) {
				t.Errorf("got %v", err)
			}
		})
		t.Run(server.kind+" speaks something else", func(t *testing.T) {
			html := func(c net.Conn) { io.WriteString(c, "HTTP/1.1 502 Bad Gateway\r\n\r\n<html>"); c.Close() } //nolint:errcheck // it is broken on purpose
			if err := run(t, through(proxy(t, html))); !errors.Is(err, insight.ErrUnavailable) {
				t.Errorf("got %v", err)
			}
		})
		t.Run(server.kind+" cut in the middle", func(t *testing.T) {
			cut := func(c net.Conn) {
				up, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", at)
				if err != nil {
					return
				}
				go io.Copy(up, c)    //nolint:errcheck // it is cut on purpose
				io.CopyN(c, up, 100) //nolint:errcheck // it is cut on purpose
				up.Close()           //nolint:errcheck // it is cut on purpose
				c.Close()            //nolint:errcheck // it is cut on purpose
			}
			if err := run(t, through(proxy(t, cut))); !errors.Is(err, insight.ErrUnavailable) {
				t.Errorf("got %v", err)
			}
		})
		t.Run(server.kind+" drips", func(t *testing.T) {
			drip := func(c net.Conn) {
				up, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", at)
				if err != nil {
					return
				}
				defer up.Close()  //nolint:errcheck // it is broken on purpose
				go io.Copy(up, c) //nolint:errcheck // it ends with the connection
				b := make([]byte, 1)
				for {
					if _, err := up.Read(b); err != nil {
						return
					}
					if _, err := c.Write(b); err != nil {
						return
					}
					time.Sleep(50 * time.Millisecond)
				}
			}
			if err := run(t, through(proxy(t, drip))); !errors.Is(err, insight.ErrTimeout) {
				t.Errorf("got %v", err)
			}
		})
		t.Run(server.kind+" unknown user", func(t *testing.T) {
			dsn := strings.Replace(server.dsn, "reader", "nobody-there:hunter2", 1)
			if err := run(t, dsn); !errors.Is(err, insight.ErrUnavailable) {
				t.Errorf("got %v", err)
			}
		})
		t.Run(server.kind+" no such table", func(t *testing.T) {
			s := server.open(t, number("SELECT count(*) AS value FROM no_such_table"))
			if _, err := s.Run(t.Context(), find(t, s), insight.Query{}); !errors.Is(err, insight.ErrBroken) {
				t.Errorf("got %v", err)
			}
		})
		t.Run(server.kind+" expired certificate", func(t *testing.T) {
			ca, cert := expired(t)
			hello := func(c net.Conn) {
				defer c.Close() //nolint:errcheck // it is broken on purpose
				if server.kind == TypeMySQL {
					greeted(t, c, at)
					tls.Server(c, &tls.Config{Certificates: []tls.Certificate{cert}}).HandshakeContext(t.Context()) //nolint:errcheck // it fails on purpose
					return
				}
				io.ReadFull(c, make([]byte, 8))                                                                 //nolint:errcheck // the request for TLS
				c.Write([]byte("S"))                                                                            //nolint:errcheck // it is granted
				tls.Server(c, &tls.Config{Certificates: []tls.Certificate{cert}}).HandshakeContext(t.Context()) //nolint:errcheck // it fails on purpose
			}
			err := run(t, through(proxy(t, hello)), func(c *Config) { c.CAFile = ca })
			if !errors.Is(err, insight.ErrUnavailable) || !strings.Contains(err.Error(), "expired") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// greeted hands on the greeting of a MariaDB, which comes before TLS, with the
// promise that there is one, and takes the request for it.
func greeted(t testing.TB, c net.Conn, at string) {
	up, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", at)
	if err != nil {
		return
	}
	defer up.Close() //nolint:errcheck // no more is asked of it
	greeting := make([]byte, 4096)
	n, err := up.Read(greeting)
	if err != nil || n < 40 {
		return
	}
	// Behind the version, which ends with a zero: a number, eight bytes and one.
	capabilities := 5 + bytes.IndexByte(greeting[5:], 0) + 1 + 4 + 8 + 1
	greeting[capabilities+1] |= 0x08
	c.Write(greeting[:n])            //nolint:errcheck // it is broken on purpose
	io.ReadFull(c, make([]byte, 36)) //nolint:errcheck // the request for TLS
}

// address is where a server listens.
func address(s server) string {
	_, rest, _ := strings.Cut(s.dsn, "127.0.0.1:")
	port := rest[:strings.IndexAny(rest, ")/")]
	return "127.0.0.1:" + port
}

// closedPort is where nobody listens.
func closedPort(t testing.TB) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // nobody came
	return l.Addr().String()
}

// proxy gives each connection to a function.
func proxy(t testing.TB, serve func(net.Conn)) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var open []net.Conn
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open = append(open, c)
			go serve(c)
		}
	}()
	t.Cleanup(func() {
		l.Close() //nolint:errcheck // the test is over
		<-done
		for _, c := range open {
			c.Close() //nolint:errcheck // the test is over
		}
	})
	return l.Addr().String()
}

// expired makes a certificate of yesterday, and the file of who signed it.
func expired(t testing.TB) (ca string, cert tls.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "127.0.0.1"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(-24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	ca = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return ca, tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestOpen_RefusesAnAddressWithoutTellingIt(t *testing.T) {
	for _, kind := range []string{TypePostgres, TypeMySQL, TypeClickHouse, TypeTrino} {
		dsn := "not an address://hunter2@@@?%zz"
		_, err := Open(t.Context(), Config{Name: "shop", Type: kind, DSN: insight.Secret(dsn), Dir: t.TempDir()})
		if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "such as") {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if _, err := Open(t.Context(), Config{Name: "shop", Type: "oracle", DSN: "x", Dir: "."}); err == nil || !strings.Contains(err.Error(), "clickhouse, mysql, postgres, sqlite, trino") {
		t.Errorf("got %v", err)
	}
	if text := fmt.Sprintf("%v %+v %#v", Config{DSN: "hunter2"}, Config{DSN: "hunter2"}, Config{DSN: "hunter2"}); strings.Contains(text, "hunter2") {
		t.Errorf("the address is printed: %s", text)
	}
}
