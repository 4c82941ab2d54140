-- What a source has to remember to go on where it stopped; nobody else reads it.
CREATE TABLE source_states (
  source TEXT NOT NULL PRIMARY KEY,
  state  BLOB NOT NULL,
  at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Which version of an insight was shown last, so that a changed definition is
-- told to those who saw the one before: in a channel where all could read it, or
-- to one person, known by a keyed hash, wherever that was.
CREATE TABLE shown (
  platform  TEXT NOT NULL,
  workspace TEXT NOT NULL,
  channel   TEXT NOT NULL,
  person    TEXT NOT NULL,
  insight   TEXT NOT NULL,
  version   TEXT NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (platform, workspace, channel, person, insight),
  CHECK ((channel = '') <> (person = ''))
) STRICT;
CREATE INDEX shown_at ON shown (at);
CREATE INDEX shown_person ON shown (person) WHERE person <> '';
