-- What platforms sent, from its arrival until a day after it was worked off, so
-- that a restart loses nothing and answers nothing twice. What is worked off
-- says neither what it was nor whose; only its number stays, for its keys.
CREATE TABLE deliveries (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  platform    TEXT NOT NULL,
  workspace   TEXT NOT NULL,
  person      TEXT NOT NULL,
  keys        TEXT NOT NULL CHECK (json_valid(keys)),
  at          INTEGER NOT NULL,
  body        BLOB NOT NULL,
  sending     INTEGER NOT NULL DEFAULT 0 CHECK (sending IN (0, 1)),
  finished_at INTEGER,
  CHECK (finished_at IS NULL OR (person = '' AND keys = '[]' AND length(body) = 0))
) STRICT;
CREATE INDEX deliveries_pending ON deliveries (platform, id) WHERE finished_at IS NULL;
CREATE INDEX deliveries_old ON deliveries (at) WHERE finished_at IS NULL;
CREATE INDEX deliveries_finished ON deliveries (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX deliveries_person ON deliveries (platform, workspace, person) WHERE finished_at IS NULL;

-- The names of deliveries. "key" is a hash of the platform, the workspace and
-- the name, as a name can hold the id of somebody's direct messages.
CREATE TABLE delivery_keys (
  key      BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 32),
  delivery INTEGER NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_keys_delivery ON delivery_keys (delivery);

-- Workspaces that let the bot in. "token" and "refresh" are sealed under a key
-- that is not in the database; "refresh" is empty where there is none.
CREATE TABLE installations (
  platform   TEXT NOT NULL,
  workspace  TEXT NOT NULL,
  enterprise TEXT NOT NULL,
  name       TEXT NOT NULL,
  app        TEXT NOT NULL,
  bot        TEXT NOT NULL,
  token      BLOB NOT NULL CHECK (length(token) > 28),
  refresh    BLOB NOT NULL,
  expires    INTEGER,
  scopes     TEXT NOT NULL CHECK (json_valid(scopes)),
  at         INTEGER NOT NULL,
  PRIMARY KEY (platform, workspace)
) STRICT, WITHOUT ROWID;

-- What was last said in a thread, which a follow-up goes on from. "person" is a
-- keyed hash where that one person alone was told, and empty where all were.
CREATE TABLE threads (
  platform  TEXT NOT NULL,
  workspace TEXT NOT NULL,
  channel   TEXT NOT NULL,
  thread    TEXT NOT NULL,
  person    TEXT NOT NULL,
  call      TEXT NOT NULL CHECK (json_valid(call)),
  at        INTEGER NOT NULL,
  PRIMARY KEY (platform, workspace, channel, thread, person)
) STRICT;
CREATE INDEX threads_at ON threads (at);
CREATE INDEX threads_person ON threads (person) WHERE person <> '';

-- Messages of the bot that who asked may take back. "person" is a keyed hash.
CREATE TABLE posted (
  platform  TEXT NOT NULL,
  workspace TEXT NOT NULL,
  channel   TEXT NOT NULL,
  message   TEXT NOT NULL,
  thread    TEXT NOT NULL,
  person    TEXT NOT NULL,
  ref       TEXT NOT NULL,
  files     TEXT NOT NULL CHECK (json_valid(files)),
  at        INTEGER NOT NULL,
  PRIMARY KEY (platform, workspace, channel, message)
) STRICT;
CREATE INDEX posted_at ON posted (at);
CREATE INDEX posted_person ON posted (person) WHERE person <> '';

-- Calls that are too long for a button, by what the button carries instead.
CREATE TABLE kept_calls (
  platform  TEXT NOT NULL,
  workspace TEXT NOT NULL,
  key       TEXT NOT NULL,
  call      TEXT NOT NULL CHECK (json_valid(call)),
  at        INTEGER NOT NULL,
  PRIMARY KEY (platform, workspace, key)
) STRICT;
CREATE INDEX kept_calls_at ON kept_calls (at);

-- Questions that nothing answered, and what ends by its age.
CREATE INDEX asks_unanswered ON asks (platform, workspace, at) WHERE outcome IN ('none', 'refused');
CREATE INDEX access_requests_decided ON access_requests (decided_at) WHERE decided_at IS NOT NULL;
