package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
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
	Fonts   string         `yaml:"fonts"`
	Log     logConfig      `yaml:"log"`
	Sources []sourceConfig `yaml:"sources"`

	// file is where it was read from, or "".
	file string
}

// logConfig says what is logged and how.
type logConfig struct {
	Level  string `yaml:"level"`
	Format string `yaml:"format"`
}

// sourceConfig is one source of insights.
type sourceConfig struct {
	Name string `yaml:"name"`
	Type string `yaml:"type"`
	// Path is the database file, and Insights the folder of YAML files, of a
	// SQLite source.
	Path      string        `yaml:"path"`
	Insights  string        `yaml:"insights"`
	Zone      string        `yaml:"zone"`
	WeekStart string        `yaml:"week_start"`
	Timeout   time.Duration `yaml:"timeout"`
	MaxRows   int           `yaml:"max_rows"`
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
		"INSIGHTBOT_FONTS": &c.Fonts, "INSIGHTBOT_LOG": &c.Log.Level, "INSIGHTBOT_LOG_FORMAT": &c.Log.Format,
	} {
		if v := getenv(name); v != "" {
			*field = v
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
		paths = append(paths, &c.Sources[i].Path, &c.Sources[i].Insights)
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
		if _, ok := sources()[s.Type]; !ok {
			return fmt.Errorf("%s (%s): type %q is not one of %s", where, s.Name, s.Type, strings.Join(sourceTypes(), ", "))
		}
		if s.Type == "demo" && s.Name != s.Type {
			return fmt.Errorf("%s (%s): the demo company is always named demo", where, s.Name)
		}
		if s.Type == "sqlite" && (s.Path == "" || s.Insights == "") {
			return fmt.Errorf("%s (%s): needs path (the database file) and insights (a folder of YAML files)", where, s.Name)
		}
		if s.Zone == "" {
			s.Zone = c.Zone
		}
		if s.WeekStart == "" {
			s.WeekStart = c.WeekStart
		}
		if _, err := weekday(s.WeekStart); err != nil {
			return fmt.Errorf("%s (%s): %w", where, s.Name, err)
		}
	}
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
