-- The catalogue as each source last gave it. A row stays when its insight
-- goes, so that "is gone since" can be answered.
CREATE TABLE catalogue (
  source     TEXT NOT NULL,
  id         TEXT NOT NULL,
  version    TEXT NOT NULL,
  definition TEXT NOT NULL CHECK (json_valid(definition)),
  first_seen INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  gone_at    INTEGER,
  PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;

-- Questions and what became of them. "user" is a keyed hash.
CREATE TABLE asks (
  ref        TEXT NOT NULL PRIMARY KEY,
  at         INTEGER NOT NULL,
  platform   TEXT NOT NULL,
  workspace  TEXT NOT NULL,
  channel    TEXT NOT NULL,
  user       TEXT NOT NULL,
  question   TEXT NOT NULL,
  outcome    TEXT NOT NULL,
  insight    TEXT NOT NULL,
  confidence REAL NOT NULL,
  took_ms    INTEGER NOT NULL
) STRICT;
CREATE INDEX asks_at ON asks (at);
CREATE INDEX asks_user ON asks (user, at);

-- What people said about an answer. It outlives no question: the words of the
-- question are what makes it useful.
CREATE TABLE feedback (
  ref     TEXT NOT NULL REFERENCES asks (ref) ON DELETE CASCADE,
  insight TEXT NOT NULL,
  kind    TEXT NOT NULL CHECK (kind IN ('not_meant', 'right')),
  at      INTEGER NOT NULL,
  PRIMARY KEY (ref, insight)
) STRICT, WITHOUT ROWID;
CREATE INDEX feedback_at ON feedback (at);
