package sqlsource

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
)

func TestFault_WhatADatabaseReadsInAnotherWayIsRefused(t *testing.T) {
	const anywhere = "postgres mysql"
	faults := map[string]func(before, t token) string{TypePostgres: postgresFault, TypeMySQL: mysqlFault}
	for sql, where := range map[string]string{
		`SELECT E'a' AS value`:                                     TypePostgres,
		`SELECT 1e'a' AS value`:                                    TypePostgres,
		`SELECT U&"set\005fconfig"('a', 'b', true) AS value`:       TypePostgres,
		"SELECT ` ' `, 'x' AS value":                               TypePostgres,
		"SELECT 1$$ ' $$ AS value, ' FROM s":                       anywhere,
		"SELECT $$x$$ AS value":                                    anywhere,
		"SELECT $a$x$a$ AS value":                                  anywhere,
		"SELECT a['x]'] AS value FROM s":                           anywhere,
		"SELECT count(*) AS value INTO x FROM s":                   anywhere,
		"SELECT count(*) AS value FROM s INTO OUTFILE '/x'":        anywhere,
		"SELECT pg_catalog.set_config('a', 'b', true) AS value":    TypePostgres,
		`SELECT "set_config"('a', 'b', true) AS value`:             TypePostgres,
		"SELECT Pg_Read_File('/etc/passwd') AS value":              TypePostgres,
		"SELECT pg_advisory_lock(1) AS value":                      TypePostgres,
		"SELECT * FROM dblink('host=x', 'SELECT 1') AS t(x int)":   TypePostgres,
		"SELECT query_to_xml('SELECT 1', true, true, '') AS value": TypePostgres,
		"SELECT 1 # ' \n AS value, 'x' FROM s":                     anywhere,
		"SELECT 1 /*! ' */ AS value":                               TypeMySQL,
		"SELECT 1 /*M!100100 ' */ AS value":                        TypeMySQL,
		"SELECT 5--3 AS value":                                     TypeMySQL,
		"SELECT 1 AS value FROM s FOR UPDATE":                      TypeMySQL,
		"SELECT 1 AS value FROM s LOCK IN SHARE MODE":              TypeMySQL,
		"SELECT load_file('/etc/passwd') AS value":                 TypeMySQL,
		"SELECT get_lock('x', 100) AS value":                       TypeMySQL,
		"SELECT @x := 1 AS value":                                  anywhere,
		"SELECT @@datadir AS value":                                anywhere,
		"SELECT 1 AS value; SELECT 2":                              anywhere,
		"SELECT 'a' 'b' AS value FROM s":                           "",
		"SELECT a[1] AS value FROM s -- the first":                 "",
		`SELECT "into" AS value FROM s`:                            "",
		"SELECT lo_revenue::numeric AS value FROM lineorder":       "",
		"SELECT 5 - -3 AS value -- a comment":                      "",
		"SELECT replace(x, 'a', 'b') AS value FROM updates":        "",
	} {
		for kind, fault := range faults {
			_, wrong := parseTemplate(sql, fault)
			if want := strings.Contains(where, kind); want != (len(wrong) > 0) {
				t.Errorf("%s: %s: %v", kind, sql, wrong)
			}
		}
	}
	if !(template{}).tells("array_to_string(ARRAY[u.email, u.name], ',')", "email") {
		t.Error("a list does not tell what is in it")
	}
}

func TestOpen_AServerElsewhereIsWhoItSays(t *testing.T) {
	const disable, verified, any = "plain", "verified", "any"
	say := func(c *tls.Config) string {
		switch {
		case c == nil:
			return disable
		case c.InsecureSkipVerify && c.VerifyPeerCertificate == nil:
			return any
		}
		return verified
	}
	ca, _ := expired(t)
	for dsn, want := range map[string]string{
		"postgres://u@db.example/x":                     verified,
		"postgres://u@db.example/x?sslmode=prefer":      verified,
		"postgres://u@db.example/x?sslmode=require":     verified,
		"postgres://u@db.example/x?sslmode=verify-full": verified,
		"postgres://u@db.example/x?sslmode=disable":     disable,
		"postgres://u@a.example,b.example/x":            verified + " " + verified,
		"postgres://u@127.0.0.1/x":                      any + " " + disable,
		"postgres://u@127.0.0.1/x?ca":                   verified,
		"postgres://u@db.example/x?ca":                  verified,
	} {
		address, withCA := strings.CutSuffix(dsn, "?ca")
		c, err := pgx.ParseConfig(address)
		if err != nil {
			t.Fatal(err)
		}
		if err := secured(&c.Config, map[bool]string{true: ca}[withCA]); err != nil {
			t.Fatal(err)
		}
		got := []string{say(c.TLSConfig)}
		for _, f := range c.Fallbacks {
			got = append(got, say(f.TLSConfig))
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%s: %s, want %s", dsn, text, want)
		}
	}
	for dsn, want := range map[string]string{
		"u@tcp(db.example:3306)/x":                 verified,
		"u@tcp(db.example:3306)/x?tls=true":        verified,
		"u@tcp(db.example:3306)/x?tls=preferred":   verified,
		"u@tcp(db.example:3306)/x?tls=false":       disable,
		"u@tcp(db.example:3306)/x?tls=skip-verify": "refused",
		"u@tcp(127.0.0.1:3306)/x":                  disable,
		"u@tcp(127.0.0.1:3306)/x?ca":               verified,
		"u@unix(/run/mysql.sock)/x":                disable,
	} {
		address, withCA := strings.CutSuffix(dsn, "?ca")
		c, err := mysql.ParseDSN(address)
		if err != nil {
			t.Fatal(err)
		}
		got := "refused"
		if err := encrypted(c, map[bool]string{true: ca}[withCA]); err == nil {
			got = say(c.TLS)
		}
		if got != want || c.AllowFallbackToPlaintext && want == verified {
			t.Errorf("%s: %s, want %s", dsn, got, want)
		}
	}
	empty := filepath.Join(t.TempDir(), "none.pem")
	if err := os.WriteFile(empty, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := certificates(empty); err == nil {
		t.Error("a file without certificates is taken")
	}
}
