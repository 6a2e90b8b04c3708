-- Every action on the portal: intent before the call, outcome after it, and the portal's own audit
-- event where it was found. Append-only and hash-chained: hash is the lower-case hex SHA-256 of the
-- compact JSON array of all columns from seq to prev_hash, and prev_hash the hash of the row before.

CREATE TABLE history (
    seq             INTEGER PRIMARY KEY,
    at              TEXT    NOT NULL,
    run_id          INTEGER NOT NULL REFERENCES runs (id),
    decision_id     INTEGER REFERENCES decisions (id),
    account_id      TEXT    NOT NULL,
    email           TEXT    NOT NULL,
    action          TEXT    NOT NULL CHECK (action IN ('disable', 'enable')),
    phase           TEXT    NOT NULL CHECK (phase IN ('intent', 'outcome', 'corroboration')),
    outcome         TEXT    CHECK (outcome IN ('applied', 'skipped', 'refused', 'failed')),
    detail          TEXT    NOT NULL,
    actor           TEXT    NOT NULL,     -- account of the key used
    status_before   TEXT    CHECK (status_before IN ('active', 'pending', 'disabled', 'unknown')),
    status_after    TEXT    CHECK (status_after IN ('active', 'pending', 'disabled', 'unknown')),
    http_status     INTEGER,
    portal_event_id INTEGER,
    prev_hash       TEXT    NOT NULL,
    hash            TEXT    NOT NULL UNIQUE CHECK (length(hash) = 64),
    CHECK ((phase = 'outcome') = (outcome IS NOT NULL)),
    CHECK (phase <> 'corroboration' OR portal_event_id IS NOT NULL)
) STRICT;

CREATE INDEX history_of_account ON history (account_id, seq);
CREATE INDEX history_of_run ON history (run_id, account_id, action);

-- The place in the chain is tested on insertion: INSERT OR REPLACE would slip past the other two.
CREATE TRIGGER history_append BEFORE INSERT ON history
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM history)
  OR NEW.prev_hash <> coalesce((SELECT hash FROM history ORDER BY seq DESC LIMIT 1),
                               '0000000000000000000000000000000000000000000000000000000000000000')
BEGIN SELECT raise(ABORT, 'history: rows are only appended, each to the end of the chain'); END;
CREATE TRIGGER history_no_update BEFORE UPDATE ON history
BEGIN SELECT raise(ABORT, 'history: rows are never changed'); END;
CREATE TRIGGER history_no_delete BEFORE DELETE ON history
BEGIN SELECT raise(ABORT, 'history: rows are never deleted'); END;
