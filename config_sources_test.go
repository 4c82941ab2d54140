package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// loadText loads settings from a text, with an environment.
func loadText(t *testing.T, text string, env map[string]string) (config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "insightbot.yml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return loadConfig(path, func(name string) string { return env[name] })
}

func TestSettings_SourcesSayWhatTheyMiss(t *testing.T) {
	const password = "hunter2-of-the-reader"
	for name, c := range map[string]struct {
		text, want string
	}{
		"no such type":    {"{name: shop, type: oracle}", `type "oracle" is not one of clickhouse, demo, mysql, postgres, posthog, sqlite, trino`},
		"nothing":         {"{name: shop, type: postgres}", "needs dsn, dsn_env or dsn_file (its address) and insights (a folder of YAML files)"},
		"no path":         {"{name: shop, type: sqlite}", "needs path (the database file) and insights (a folder of YAML files)"},
		"posthog":         {"{name: ph, type: posthog}", "needs host (such as https://eu.posthog.com) and project (its number) and key_env or key_file (a personal API key)"},
		"empty variable":  {"{name: shop, type: mysql, dsn_env: NOTHING, insights: i}", "the environment variable NOTHING is empty: dsn_env names it"},
		"no file":         {"{name: shop, type: mysql, dsn_file: missing.txt, insights: i}", "dsn_file: open "},
		"twice":           {"{name: shop, type: mysql, dsn_env: DSN, dsn_file: x, insights: i}", "say where the dsn is once: dsn, dsn_env or dsn_file"},
		"password":        {"{name: shop, type: postgres, dsn: 'postgres://r:" + password + "@db/shop', insights: i}", "dsn holds a password: put the address into a file or the environment"},
		"mysql password":  {"{name: shop, type: mysql, dsn: 'r:" + password + "@tcp(db:3306)/shop', insights: i}", "dsn holds a password"},
		"a range":         {"{name: ph, type: posthog, host: h, project: 1, key_env: KEY, private: [10.1.0.0]}", `private: "10.1.0.0" is not a range of addresses`},
		"hook to nowhere": {"{name: ph, type: posthog, host: h, project: 1, key_env: KEY, hook_env: HOOK}", "hook_env is given, but hooks.addr does not say where notices come in"},
	} {
		_, err := loadText(t, "sources: ["+c.text+"]\n", map[string]string{"DSN": "x", "KEY": "phx_1", "HOOK": "a secret of some length"})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), password) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestSettings_SecretsOfSourcesAreReadAndNeverPrinted(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "dsn")
	if err := os.WriteFile(file, []byte("postgres://r:of-the-file@db/shop\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := loadText(t, `
hooks: {addr: "127.0.0.1:8090"}
sources:
  - {name: a, type: postgres, dsn_file: `+file+`, insights: i, fresh: 5m, stale: 1h, concurrency: 2}
  - {name: b, type: mysql, dsn_env: DSN, insights: i}
  - {name: c, type: posthog, host: https://eu.posthog.com, project: 7, key_env: KEY, hook_env: HOOK, tags: [product], private: [10.1.0.0/16]}
`, map[string]string{"DSN": " r:of-the-env@tcp(db)/shop ", "KEY": "phx_key", "HOOK": "a secret of some length"})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"postgres://r:of-the-file@db/shop", "r:of-the-env@tcp(db)/shop", ""} {
		if got := c.Sources[i].Address.Reveal(); got != want {
			t.Errorf("source %d: %q, want %q", i, got, want)
		}
	}
	if s := c.Sources[2]; s.Key.Reveal() != "phx_key" || s.HookSecret.Reveal() != "a secret of some length" {
		t.Error("the key and the secret of notices are not read")
	}
	for _, secret := range []string{"of-the-file", "of-the-env", "phx_key", "a secret of some"} {
		if strings.Contains(fmt.Sprintf("%v %+v %#v", c.Sources, c.Sources, c.Sources), secret) {
			t.Errorf("%s is printed", secret)
		}
	}
}
