-- Decisions and their verdicts: written once, then sealed. Verdicts are inserted before their
-- decision in the same transaction; once the decision is there, nothing can be added or replaced.

CREATE TABLE decisions (
    id              INTEGER PRIMARY KEY,
    decided_at      TEXT    NOT NULL,     -- this machine's clock
    as_of           TEXT    NOT NULL,     -- the moment decided
    current         INTEGER NOT NULL CHECK (current IN (0, 1)),
    inactivity_days INTEGER NOT NULL CHECK (inactivity_days >= 1),
    policy          TEXT    NOT NULL CHECK (json_valid(policy)),
    policy_sha256   TEXT    NOT NULL,     -- of policy, byte for byte
    digest          TEXT    NOT NULL,
    sync_run_id     INTEGER NOT NULL REFERENCES sync_runs (id),  -- newest evidence used
    history_seq     INTEGER NOT NULL,     -- newest history row used; 0 for none
    coverage_from   TEXT,
    coverage_to     TEXT,
    CHECK ((coverage_from IS NULL) = (coverage_to IS NULL))
) STRICT;

CREATE TABLE verdicts (
    decision_id          INTEGER NOT NULL REFERENCES decisions (id) DEFERRABLE INITIALLY DEFERRED,
    account_id           TEXT    NOT NULL,
    email                TEXT    NOT NULL,
    display_name         TEXT    NOT NULL,
    kind                 TEXT    NOT NULL,
    registered_at        TEXT,
    verdict              TEXT    NOT NULL CHECK (verdict IN ('active', 'inactive', 'exempt', 'disabled', 'undetermined')),
    reason               TEXT    NOT NULL,
    last_activity_at     TEXT,
    last_activity_source TEXT CHECK (last_activity_source IN ('login', 'presence', 'other', 'audit', 'api_key')),
    last_event_id        INTEGER,
    idle_days            INTEGER CHECK (idle_days >= 0),
    PRIMARY KEY (decision_id, account_id),
    CHECK ((last_activity_at IS NULL) = (last_activity_source IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER decisions_append BEFORE INSERT ON decisions
WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM decisions)
BEGIN SELECT raise(ABORT, 'decisions: id must be the last plus one'); END;
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions
BEGIN SELECT raise(ABORT, 'decisions: rows are never changed'); END;
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions
BEGIN SELECT raise(ABORT, 'decisions: rows are never deleted'); END;

-- INSERT OR REPLACE deletes without asking the delete trigger; this one asks before.
CREATE TRIGGER verdicts_sealed BEFORE INSERT ON verdicts
WHEN EXISTS (SELECT 1 FROM decisions WHERE id = NEW.decision_id)
BEGIN SELECT raise(ABORT, 'verdicts: the decision is sealed'); END;
CREATE TRIGGER verdicts_no_update BEFORE UPDATE ON verdicts
BEGIN SELECT raise(ABORT, 'verdicts: rows are never changed'); END;
CREATE TRIGGER verdicts_no_delete BEFORE DELETE ON verdicts
BEGIN SELECT raise(ABORT, 'verdicts: rows are never deleted'); END;
