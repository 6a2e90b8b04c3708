-- The record: acknowledgements, notices, and no way round the triggers. Every row keeps its place and
-- its hash; SQLite cannot change a CHECK, so the two tables are made anew.

PRAGMA defer_foreign_keys = ON;

CREATE TEMP TABLE kept_runs AS SELECT * FROM runs;
CREATE TEMP TABLE kept_history AS SELECT * FROM history;
DROP TABLE history;
DROP TABLE runs;

-- Every sync, stored decide, apply, restore, notify and acknowledgement, written at its start; also the
-- empty, refused and failed ones. A row without finished_at belongs to a process that runs or was killed.
CREATE TABLE runs (
    id          INTEGER PRIMARY KEY,
    command     TEXT    NOT NULL CHECK (command IN ('sync', 'decide', 'apply', 'restore', 'notify', 'acknowledge')),
    started_at  TEXT    NOT NULL,
    finished_at TEXT,
    exit_code   INTEGER,                  -- null: running, or killed
    decision_id INTEGER REFERENCES decisions (id) DEFERRABLE INITIALLY DEFERRED,
    actor       TEXT    NOT NULL,         -- operating system user and host
    overrides   TEXT    NOT NULL,         -- one-shot flags given, as typed; '' for none
    detail      TEXT    NOT NULL,         -- what came of it, in words
    CHECK (exit_code IS NULL OR finished_at IS NOT NULL)
) STRICT;

INSERT INTO runs SELECT * FROM kept_runs ORDER BY id;
DROP TABLE kept_runs;

CREATE TRIGGER runs_keep_rows BEFORE DELETE ON runs
BEGIN SELECT raise(ABORT, 'runs: rows are never deleted'); END;

CREATE TRIGGER runs_keep_results BEFORE UPDATE ON runs WHEN OLD.finished_at IS NOT NULL
BEGIN SELECT raise(ABORT, 'runs: a finished run is never changed'); END;

CREATE TRIGGER runs_append BEFORE INSERT ON runs
WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM runs)
BEGIN SELECT raise(ABORT, 'runs: id must be the last plus one'); END;

-- Every action on the portal: intent before the call, outcome after it, and the portal's own audit
-- event where it was found; acknowledgements by a person of what no row accounts for. Append-only and
-- hash-chained: hash is the lower-case hex SHA-256 of the compact JSON array of all columns from seq to
-- prev_hash, and prev_hash the hash of the row before.
CREATE TABLE history (
    seq             INTEGER PRIMARY KEY,
    at              TEXT    NOT NULL,
    run_id          INTEGER NOT NULL REFERENCES runs (id),
    decision_id     INTEGER REFERENCES decisions (id),
    account_id      TEXT    NOT NULL,
    email           TEXT    NOT NULL,
    action          TEXT    NOT NULL CHECK (action IN ('disable', 'enable', 'notify')),
    phase           TEXT    NOT NULL CHECK (phase IN ('intent', 'outcome', 'corroboration', 'acknowledgement')),
    outcome         TEXT    CHECK (outcome IN ('applied', 'skipped', 'refused', 'failed')),
    detail          TEXT    NOT NULL,     -- of an acknowledgement: its reason
    actor           TEXT    NOT NULL,     -- account of the key used; who acknowledges
    status_before   TEXT    CHECK (status_before IN ('active', 'pending', 'disabled', 'unknown')),
    status_after    TEXT    CHECK (status_after IN ('active', 'pending', 'disabled', 'unknown')),
    http_status     INTEGER,
    portal_event_id INTEGER,
    prev_hash       TEXT    NOT NULL,
    hash            TEXT    NOT NULL UNIQUE CHECK (length(hash) = 64),
    CHECK ((phase = 'outcome') = (outcome IS NOT NULL)),
    CHECK (phase <> 'corroboration' OR portal_event_id IS NOT NULL),
    CHECK (phase <> 'acknowledgement' OR detail <> '')
) STRICT;

INSERT INTO history SELECT * FROM kept_history ORDER BY seq;
DROP TABLE kept_history;

CREATE INDEX history_of_account ON history (account_id, seq);
CREATE INDEX history_of_run ON history (run_id, account_id, action);

-- The place in the chain and the hash are tested on insertion: INSERT OR REPLACE deletes the row that
-- it replaces without asking the other two.
CREATE TRIGGER history_append BEFORE INSERT ON history
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM history)
  OR NEW.prev_hash <> coalesce((SELECT hash FROM history ORDER BY seq DESC LIMIT 1),
                               '0000000000000000000000000000000000000000000000000000000000000000')
  OR EXISTS (SELECT 1 FROM history WHERE hash = NEW.hash)
BEGIN SELECT raise(ABORT, 'history: rows are only appended, each to the end of the chain'); END;
CREATE TRIGGER history_no_update BEFORE UPDATE ON history
BEGIN SELECT raise(ABORT, 'history: rows are never changed'); END;
CREATE TRIGGER history_no_delete BEFORE DELETE ON history
BEGIN SELECT raise(ABORT, 'history: rows are never deleted'); END;
