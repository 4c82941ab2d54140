package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"insightbot/bot"
)

// configName is the file that is read when no other is named.
const configName = "insightbot.yml"

// config is the settings of the program. A flag wins over the environment, the
// environment over the file, the file over the default. Paths in the file are
// relative to it.
type config struct {
	// Addr is where the playground listens.
	Addr string `yaml:"addr"`
	// Data is the directory of the bot's own files, made with mode 0700.
	Data string `yaml:"data"`
	// Zone is the zone of questions before an insight is known, and the
	// default of sources; WeekStart likewise.
	Zone      string `yaml:"zone"`
	WeekStart string `yaml:"week_start"`
	// Fonts is a directory with more fonts for pictures (CJK, emoji).
	Fonts string `yaml:"fonts"`
	// Console is the address under which other machines reach the web console:
	// "https://bot.example". It asks for a sign-in.
	Console string `yaml:"console"`
	// PlatformAdmins lets those who administer a workspace administer the
	// bot's rules there too.
	PlatformAdmins bool        `yaml:"platform_admins"`
	Limits         limitConfig `yaml:"limits"`
	Slack          slackConfig `yaml:"slack"`
	// Hooks is where notices of changes come in.
	Hooks   hooksConfig    `yaml:"hooks"`
	Log     logConfig      `yaml:"log"`
	Sources []sourceConfig `yaml:"sources"`

	// file is where it was read from, or "".
	file string
}

// limitConfig bounds how much may be asked in a minute; 0 is the default.
type limitConfig struct {
	Person    int `yaml:"person"`
	Channel   int `yaml:"channel"`
	Workspace int `yaml:"workspace"`
	All       int `yaml:"all"`
}

// limits are those of the middleware.
func (c limitConfig) limits() bot.Limits {
	return bot.Limits{Person: c.Person, Channel: c.Channel, Workspace: c.Workspace, All: c.All}
}

// logConfig says what is logged and how.
type logConfig struct {
	Level  string `yaml:"level"`
	Format string `yaml:"format"`
}

// loadConfig reads the file named by path, or insightbot.yml where it exists,
// and lays the environment over it.
func loadConfig(path string, getenv func(string) string) (config, error) {
	c := config{
		Addr: "127.0.0.1:8080", Data: "insightbot-data", WeekStart: "monday",
		Log: logConfig{Level: "info", Format: "text"},
	}
	if path == "" {
		path = getenv("INSIGHTBOT_CONFIG")
	}
	named := path != ""
	if !named {
		path = configName
	}
	switch text, err := os.ReadFile(path); {
	case err == nil:
		if !utf8.Valid(text) {
			return config{}, fmt.Errorf("%s: this is not a text file", path)
		}
		given := c
		if err := yaml.UnmarshalWithOptions(text, &given, yaml.Strict()); err != nil {
			return config{}, fmt.Errorf("%s: %s", path, yaml.FormatError(err, false, true))
		}
		given.resolve(filepath.Dir(path))
		c = given.over(c)
		c.file = path
	case named || !errors.Is(err, fs.ErrNotExist):
		return config{}, fmt.Errorf("settings: %w", err)
	}
	for name, field := range map[string]*string{
		"INSIGHTBOT_ADDR": &c.Addr, "INSIGHTBOT_DATA": &c.Data, "INSIGHTBOT_ZONE": &c.Zone,
		"INSIGHTBOT_FONTS": &c.Fonts, "INSIGHTBOT_CONSOLE": &c.Console, "INSIGHTBOT_LOG": &c.Log.Level, "INSIGHTBOT_LOG_FORMAT": &c.Log.Format,
	} {
		if v := getenv(name); v != "" {
			*field = v
		}
	}
	c.Slack.secrets(getenv)
	for i := range c.Sources {
		if err := c.Sources[i].secrets(getenv); err != nil {
			return config{}, fmt.Errorf("settings: source %d (%s): %w", i+1, c.Sources[i].Name, err)
		}
	}
	return c, c.check()
}

// over fills what is not given from the defaults.
func (c config) over(defaults config) config {
	c.Addr = cmp.Or(c.Addr, defaults.Addr)
	c.Data = cmp.Or(c.Data, defaults.Data)
	c.WeekStart = cmp.Or(c.WeekStart, defaults.WeekStart)
	c.Log.Level = cmp.Or(c.Log.Level, defaults.Log.Level)
	c.Log.Format = cmp.Or(c.Log.Format, defaults.Log.Format)
	return c
}

// resolve makes the paths of the file relative to its directory.
func (c *config) resolve(dir string) {
	paths := []*string{&c.Data, &c.Fonts}
	for i := range c.Sources {
		paths = append(paths, c.Sources[i].paths()...)
	}
	for _, p := range paths {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
}

// check finds what would only fail later.
func (c *config) check() error {
	if _, err := c.zone(); err != nil {
		return err
	}
	if _, err := weekday(c.WeekStart); err != nil {
		return err
	}
	if err := c.checkConsole(); err != nil {
		return err
	}
	if err := c.Slack.check(); err != nil {
		return err
	}
	if err := c.Slack.checkApart(map[string]string{"addr": c.Addr, "hooks.addr": c.Hooks.Addr}); err != nil {
		return err
	}
	seen := map[string]bool{}
	for i := range c.Sources {
		s := &c.Sources[i]
		where := fmt.Sprintf("settings: source %d", i+1)
		if s.Name == "" || strings.ContainsAny(s.Name, "/, ") {
			return fmt.Errorf("%s: needs a name without spaces, commas and slashes", where)
		}
		if seen[s.Name] {
			return fmt.Errorf("%s: there is a source named %q already", where, s.Name)
		}
		seen[s.Name] = true
		if err := s.check(c); err != nil {
			return fmt.Errorf("%s (%s): %w", where, s.Name, err)
		}
	}
	return nil
}

// checkConsole checks the address of the web console. People sign in there, so
// it is either encrypted or on this machine.
func (c *config) checkConsole() error {
	if c.Console == "" {
		return nil
	}
	u, err := url.Parse(c.Console)
	local := err == nil && (u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback())
	if err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" ||
		u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return fmt.Errorf("settings: console %q is not an address such as https://bot.example", c.Console)
	}
	c.Console = strings.TrimRight(c.Console, "/")
	return nil
}

// zone is the zone of the settings; UTC when none is named.
func (c *config) zone() (*time.Location, error) { return zoneNamed(c.Zone) }

// zoneNamed is the zone of that IANA name; UTC for "". "Local" is refused: it
// means something else on every machine.
func zoneNamed(name string) (*time.Location, error) {
	if name == "Local" {
		return nil, errors.New(`settings: zone "Local" differs from machine to machine; name one, such as Europe/Berlin`)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("settings: zone %q is not an IANA time zone, such as Europe/Berlin", name)
	}
	return zone, nil
}

// weekday is the day of that English name; Monday for "".
func weekday(name string) (time.Weekday, error) {
	if name == "" {
		return time.Monday, nil
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(name, d.String()) {
			return d, nil
		}
	}
	return 0, fmt.Errorf("settings: week_start %q is not a day of the week, such as monday", name)
}
