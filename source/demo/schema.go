package demo

// version is the form of the file. A file of another form is not touched.
const version = "1"

// schema makes the tables. Times are unix seconds, money is cents of a euro. The
// id of a row that happens on a day is the day, counted since 1970, and five
// digits.
const schema = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE days (at INTEGER PRIMARY KEY, ends_at INTEGER NOT NULL, date TEXT NOT NULL) STRICT;
CREATE TABLE countries (code TEXT PRIMARY KEY, region TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE accounts (
	id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT NOT NULL, region TEXT NOT NULL,
	industry TEXT NOT NULL, channel TEXT NOT NULL, language TEXT NOT NULL, referred_by INTEGER, plan TEXT NOT NULL,
	created_at INTEGER NOT NULL, confirmed_at INTEGER, closed_at INTEGER) STRICT;
CREATE TABLE users (
	id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL, role TEXT NOT NULL,
	platform TEXT NOT NULL, country TEXT NOT NULL, language TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
CREATE TABLE subscriptions (
	id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL, plan TEXT NOT NULL, seats INTEGER NOT NULL,
	monthly_cents INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER, ended_by TEXT) STRICT;
CREATE TABLE payments (
	id INTEGER PRIMARY KEY, at INTEGER NOT NULL, account_id INTEGER NOT NULL, plan TEXT NOT NULL, kind TEXT NOT NULL,
	amount_cents INTEGER NOT NULL) STRICT;
CREATE TABLE visits (
	id INTEGER PRIMARY KEY, at INTEGER NOT NULL, channel TEXT NOT NULL, country TEXT NOT NULL, platform TEXT NOT NULL,
	page TEXT NOT NULL, account_id INTEGER) STRICT;
CREATE TABLE events (
	id INTEGER PRIMARY KEY, at INTEGER NOT NULL, name TEXT NOT NULL, user_id INTEGER NOT NULL,
	account_id INTEGER NOT NULL, platform TEXT NOT NULL, bytes INTEGER) STRICT;
CREATE TABLE tickets (
	id INTEGER PRIMARY KEY, at INTEGER NOT NULL, account_id INTEGER NOT NULL, user_id INTEGER NOT NULL,
	topic TEXT NOT NULL, priority TEXT NOT NULL, channel TEXT NOT NULL, first_response_at INTEGER, solved_at INTEGER,
	stars INTEGER) STRICT;
CREATE TABLE surveys (
	id INTEGER PRIMARY KEY, at INTEGER NOT NULL, account_id INTEGER NOT NULL, user_id INTEGER NOT NULL,
	score INTEGER NOT NULL) STRICT;
CREATE TABLE service_hours (
	at INTEGER NOT NULL, service TEXT NOT NULL, requests INTEGER NOT NULL, errors INTEGER NOT NULL,
	median_ms INTEGER NOT NULL, p95_ms INTEGER NOT NULL, down_seconds INTEGER NOT NULL,
	PRIMARY KEY (at, service)) STRICT, WITHOUT ROWID;
CREATE TABLE ad_spend (
	date TEXT NOT NULL, channel TEXT NOT NULL, campaign TEXT NOT NULL, spend_cents INTEGER NOT NULL,
	impressions INTEGER NOT NULL, clicks INTEGER NOT NULL, PRIMARY KEY (date, campaign)) STRICT, WITHOUT ROWID;
CREATE TABLE storage_daily (
	at INTEGER NOT NULL, plan TEXT NOT NULL, country TEXT NOT NULL, bytes INTEGER NOT NULL, files INTEGER NOT NULL,
	accounts INTEGER NOT NULL, PRIMARY KEY (at, plan, country)) STRICT, WITHOUT ROWID;
CREATE TABLE storage_now (
	account_id INTEGER PRIMARY KEY, bytes INTEGER NOT NULL, files INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
`

// indexes are made when the first filling is done: that is faster.
const indexes = `
CREATE INDEX IF NOT EXISTS events_at ON events (at);
CREATE INDEX IF NOT EXISTS events_account ON events (account_id, name, at);
CREATE INDEX IF NOT EXISTS accounts_created ON accounts (created_at);
CREATE INDEX IF NOT EXISTS users_account ON users (account_id);
CREATE INDEX IF NOT EXISTS subscriptions_account ON subscriptions (account_id);
CREATE INDEX IF NOT EXISTS payments_at ON payments (at);
CREATE INDEX IF NOT EXISTS visits_at ON visits (at);
CREATE INDEX IF NOT EXISTS tickets_at ON tickets (at);
PRAGMA analysis_limit = 500;
ANALYZE;
`

// regions says where the countries are. The table is read-only.
var regions = map[string]string{
	"DE": "Europe", "GB": "Europe", "FR": "Europe", "ES": "Europe", "GR": "Europe", "RU": "Europe",
	"US": "Americas", "BR": "Americas", "JP": "Asia", "CN": "Asia", "IN": "Asia", "TH": "Asia", "VN": "Asia",
	"EG": "Middle East", "IL": "Middle East",
}
