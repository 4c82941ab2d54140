-- What admins decided: who may see what. Roles are global; all else belongs to
-- one workspace of one platform. "roles" are lists of ids of roles.
CREATE TABLE access_workspaces (
  platform  TEXT NOT NULL,
  workspace TEXT NOT NULL,
  mode      TEXT NOT NULL,
  PRIMARY KEY (platform, workspace)
) STRICT, WITHOUT ROWID;

CREATE TABLE access_roles (
  id         TEXT NOT NULL PRIMARY KEY,
  definition TEXT NOT NULL CHECK (json_valid(definition))
) STRICT, WITHOUT ROWID;

CREATE TABLE access_channels (
  platform  TEXT NOT NULL,
  workspace TEXT NOT NULL,
  id        TEXT NOT NULL,
  name      TEXT NOT NULL,
  roles     TEXT NOT NULL CHECK (json_valid(roles)),
  approved  INTEGER NOT NULL CHECK (approved IN (0, 1)),
  PRIMARY KEY (platform, workspace, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE access_people (
  platform  TEXT NOT NULL,
  workspace TEXT NOT NULL,
  id        TEXT NOT NULL,
  name      TEXT NOT NULL,
  roles     TEXT NOT NULL CHECK (json_valid(roles)),
  PRIMARY KEY (platform, workspace, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE access_groups (
  platform  TEXT NOT NULL,
  workspace TEXT NOT NULL,
  id        TEXT NOT NULL,
  name      TEXT NOT NULL,
  roles     TEXT NOT NULL CHECK (json_valid(roles)),
  PRIMARY KEY (platform, workspace, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE access_domains (
  name  TEXT NOT NULL PRIMARY KEY,
  roles TEXT NOT NULL CHECK (json_valid(roles))
) STRICT, WITHOUT ROWID;

-- Wishes for access. An id is never used again, because buttons carry it.
-- "decided_by" is a keyed hash; "person" is an id, erased when they wish it.
CREATE TABLE access_requests (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  at           INTEGER NOT NULL,
  platform     TEXT NOT NULL,
  workspace    TEXT NOT NULL,
  person       TEXT NOT NULL,
  person_name  TEXT NOT NULL,
  channel      TEXT NOT NULL,
  channel_name TEXT NOT NULL,
  direct       INTEGER NOT NULL CHECK (direct IN (0, 1)),
  state        TEXT NOT NULL CHECK (state IN ('open', 'approved', 'denied')),
  decided_at   INTEGER,
  decided_by   TEXT NOT NULL DEFAULT '',
  role_given   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX access_requests_open
  ON access_requests (platform, workspace, person, channel, direct) WHERE state = 'open';
CREATE INDEX access_requests_state ON access_requests (state, id);
CREATE INDEX access_requests_person ON access_requests (platform, workspace, person);

-- Channels the bot was used in, with what was known of them then.
CREATE TABLE seen_channels (
  platform  TEXT NOT NULL,
  workspace TEXT NOT NULL,
  id        TEXT NOT NULL,
  name      TEXT NOT NULL,
  kind      TEXT NOT NULL,
  shared    TEXT NOT NULL,
  guests    TEXT NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (platform, workspace, id)
) STRICT, WITHOUT ROWID;

-- What people chose for themselves. "person" is a keyed hash. A row is there
-- only while they differ from everybody else.
CREATE TABLE preferences (
  person  TEXT NOT NULL PRIMARY KEY,
  opt_out INTEGER NOT NULL CHECK (opt_out = 1),
  at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Links to the web console that still work. Only the hash of a token is kept.
CREATE TABLE sign_ins (
  token     BLOB NOT NULL PRIMARY KEY CHECK (length(token) = 32),
  platform  TEXT NOT NULL,
  workspace TEXT NOT NULL,
  person    TEXT NOT NULL,
  user      TEXT NOT NULL CHECK (json_valid(user)),
  place     TEXT NOT NULL CHECK (json_valid(place)),
  expires   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_ins_expires ON sign_ins (expires);
CREATE INDEX sign_ins_person ON sign_ins (platform, workspace, person);

-- A row is here from an erasure until its bytes are gone from the file too.
CREATE TABLE erasing (
  one INTEGER PRIMARY KEY CHECK (one = 1)
) STRICT;

-- The audit log. Each row carries a keyed hash over itself and the row before;
-- audit_head carries one over the last row, so that no end can be cut off.
CREATE TABLE audit (
  seq     INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  ref     TEXT NOT NULL,
  actor   TEXT NOT NULL,
  action  TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail  TEXT NOT NULL,
  mac     BLOB NOT NULL CHECK (length(mac) = 32)
) STRICT;
CREATE INDEX audit_actor ON audit (actor, seq);

CREATE TABLE audit_head (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  seq  INTEGER NOT NULL,
  mac  BLOB NOT NULL,
  seal BLOB NOT NULL
) STRICT;
INSERT INTO audit_head (one, seq, mac, seal) VALUES (1, 0, x'', x'');

-- Rows are added one after the other, and nothing else happens to them. The
-- insert is checked as well, because INSERT OR REPLACE fires no delete trigger.
CREATE TRIGGER audit_insert BEFORE INSERT ON audit
WHEN NEW.seq IS NOT (SELECT seq + 1 FROM audit_head)
BEGIN SELECT RAISE(ABORT, 'the audit log takes its next row only'); END;
CREATE TRIGGER audit_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_head_insert BEFORE INSERT ON audit_head
BEGIN SELECT RAISE(ABORT, 'the audit log has one head'); END;
CREATE TRIGGER audit_head_update BEFORE UPDATE ON audit_head
WHEN NEW.one <> OLD.one OR NEW.seq <> OLD.seq + 1
  OR NOT EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq AND mac = NEW.mac)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_head_delete BEFORE DELETE ON audit_head
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
