package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"insightbot/chat"
)

// sourceConfig is one source of insights. Secrets are named here and lie
// elsewhere: in the environment, or in a file that a secret store mounts.
type sourceConfig struct {
	Name string `yaml:"name"`
	Type string `yaml:"type"`

	// Path is the database file of a SQLite source.
	Path string `yaml:"path"`
	// DSN is the address of a database without a password; DSNEnv names an
	// environment variable, and DSNFile a file, that holds it with one.
	DSN     string `yaml:"dsn"`
	DSNEnv  string `yaml:"dsn_env"`
	DSNFile string `yaml:"dsn_file"`
	// CAFile holds the certificates a database server is checked against, in
	// place of those of the system.
	CAFile string `yaml:"ca_file"`
	// Insights is the folder of YAML files of a database.
	Insights string `yaml:"insights"`

	// Host is where a PostHog is, Project the number of the project in it;
	// KeyEnv or KeyFile name where its personal API key is.
	Host    string `yaml:"host"`
	Project int    `yaml:"project"`
	KeyEnv  string `yaml:"key_env"`
	KeyFile string `yaml:"key_file"`
	// Private opens ranges of private addresses for a PostHog of one's own.
	Private []string `yaml:"private"`
	// Tags are added to those of every insight of a PostHog, for roles to name.
	Tags []string `yaml:"tags"`
	// HookEnv names the environment variable with the secret that notices of
	// changes are signed with.
	HookEnv string `yaml:"hook_env"`

	Zone      string        `yaml:"zone"`
	WeekStart string        `yaml:"week_start"`
	Timeout   time.Duration `yaml:"timeout"`
	MaxRows   int           `yaml:"max_rows"`
	// Concurrency is how many questions run at once.
	Concurrency int `yaml:"concurrency"`
	// Fresh is how long a result is used again, Stale how much longer it is
	// shown, with its age, while a new one is made; negative is never.
	Fresh time.Duration `yaml:"fresh"`
	Stale time.Duration `yaml:"stale"`

	// Address, Key and HookSecret are the secrets themselves. They are exported
	// because only exported fields print as <secret>.
	Address    chat.Secret `yaml:"-"`
	Key        chat.Secret `yaml:"-"`
	HookSecret chat.Secret `yaml:"-"`
}

// hooksConfig is where notices of changes come in.
type hooksConfig struct {
	Addr string `yaml:"addr"`
}

// paths are those that are relative to the settings.
func (s *sourceConfig) paths() []*string {
	return []*string{&s.Path, &s.Insights, &s.DSNFile, &s.CAFile, &s.KeyFile}
}

// secrets reads what is named, from the environment and from files.
func (s *sourceConfig) secrets(getenv func(string) string) (err error) {
	if s.Address, err = secretFrom(getenv, "dsn", s.DSN, s.DSNEnv, s.DSNFile); err != nil {
		return err
	}
	if s.Key, err = secretFrom(getenv, "key", "", s.KeyEnv, s.KeyFile); err != nil {
		return err
	}
	s.HookSecret, err = secretFrom(getenv, "hook", "", s.HookEnv, "")
	return err
}

// secretFrom reads one secret from the one place that is named for it.
func secretFrom(getenv func(string) string, what, plain, env, file string) (chat.Secret, error) {
	named := 0
	for _, place := range []string{plain, env, file} {
		if place != "" {
			named++
		}
	}
	if named > 1 {
		return "", fmt.Errorf("say where the %s is once: %[1]s, %[1]s_env or %[1]s_file", what)
	}
	switch {
	case env != "":
		v := strings.TrimSpace(getenv(env))
		if v == "" {
			return "", fmt.Errorf("the environment variable %s is empty: %s_env names it", env, what)
		}
		return chat.Secret(v), nil
	case file != "":
		text, err := os.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("%s_file: %w", what, err)
		}
		v := strings.TrimSpace(string(text))
		if v == "" {
			return "", fmt.Errorf("%s_file: %s is empty", what, file)
		}
		return chat.Secret(v), nil
	}
	return chat.Secret(plain), nil
}

// sourceKind is what a type of source needs.
type sourceKind struct {
	open opener
	// needs are keys that must be given, with an example each.
	needs []need
	// example is an address of that type.
	example string
}

// need is one key of the settings, and how it is read.
type need struct {
	what  string
	given func(s *sourceConfig) bool
}

var (
	needsInsights = need{"insights (a folder of YAML files)", func(s *sourceConfig) bool { return s.Insights != "" }}
	needsPath     = need{"path (the database file)", func(s *sourceConfig) bool { return s.Path != "" }}
	needsDSN      = need{"dsn, dsn_env or dsn_file (its address)", func(s *sourceConfig) bool { return s.Address != "" }}
	needsHost     = need{"host (such as https://eu.posthog.com)", func(s *sourceConfig) bool { return s.Host != "" }}
	needsProject  = need{"project (its number)", func(s *sourceConfig) bool { return s.Project > 0 }}
	needsKey      = need{"key_env or key_file (a personal API key)", func(s *sourceConfig) bool { return s.Key != "" }}
)

// sources is the table of source types. A new one is a line here.
func sources() map[string]sourceKind {
	database := []need{needsDSN, needsInsights}
	return map[string]sourceKind{
		"demo":       {open: openDemo},
		"sqlite":     {open: openSQL, needs: []need{needsPath, needsInsights}},
		"postgres":   {open: openSQL, needs: database, example: "postgres://reader:password@db.example:5432/shop"},
		"mysql":      {open: openSQL, needs: database, example: "reader:password@tcp(db.example:3306)/shop"},
		"clickhouse": {open: openSQL, needs: database, example: "clickhouse://reader:password@db.example:9440/shop?secure=true"},
		"trino":      {open: openSQL, needs: database, example: "https://reader:password@trino.example:8443?catalog=hive&schema=shop"},
		"posthog":    {open: openPostHog, needs: []need{needsHost, needsProject, needsKey}},
	}
}

func sourceTypes() []string {
	var names []string
	for name := range sources() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// check checks one source, and lets it inherit zone and week start.
func (s *sourceConfig) check(c *config) error {
	kind, ok := sources()[s.Type]
	if !ok {
		return fmt.Errorf("type %q is not one of %s", s.Type, strings.Join(sourceTypes(), ", "))
	}
	if s.Type == "demo" && s.Name != s.Type {
		return errors.New("the demo company is always named demo")
	}
	var missing []string
	for _, n := range kind.needs {
		if !n.given(s) {
			missing = append(missing, n.what)
		}
	}
	if len(missing) > 0 {
		return errors.New("needs " + strings.Join(missing, " and "))
	}
	if hideSecrets(s.DSN) != s.DSN {
		return errors.New("dsn holds a password: put the address into a file or the environment, and name it with dsn_file or dsn_env")
	}
	if _, err := s.private(); err != nil {
		return err
	}
	if s.HookSecret != "" && c.Hooks.Addr == "" {
		return errors.New("hook_env is given, but hooks.addr does not say where notices come in")
	}
	s.Zone, s.WeekStart = cmp.Or(s.Zone, c.Zone), cmp.Or(s.WeekStart, c.WeekStart)
	_, err := weekday(s.WeekStart)
	return err
}

// private are the ranges of private addresses that are opened.
func (s *sourceConfig) private() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range s.Private {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("private: %q is not a range of addresses, such as 10.1.0.0/16", text)
		}
		all = append(all, p)
	}
	return all, nil
}
