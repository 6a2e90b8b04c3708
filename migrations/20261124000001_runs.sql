-- Who ran what, when, against which portal. Every other fact names the sync run that learned it,
-- so that any past decision can be computed again from what was known then.
-- Times are text in one fixed form (RFC 3339, UTC, milliseconds, Z), which sorts in time order,
-- except where a table says milliseconds.

-- The one portal that this store belongs to. A store of another portal is refused.
CREATE TABLE portal (
    id            INTEGER PRIMARY KEY CHECK (id = 1),
    tenant_id     INTEGER NOT NULL,       -- survives renaming; a restore from backup changes it
    owner_id      TEXT    NOT NULL,       -- GUID of the portal owner
    url           TEXT    NOT NULL,       -- as last used, for messages only
    first_seen_at TEXT    NOT NULL
) STRICT;

-- Every sync, stored decide, apply and restore, written at its start; also the empty, refused and
-- failed ones. A row without finished_at belongs to a process that runs or was killed.
CREATE TABLE runs (
    id          INTEGER PRIMARY KEY,
    command     TEXT    NOT NULL CHECK (command IN ('sync', 'decide', 'apply', 'restore')),
    started_at  TEXT    NOT NULL,
    finished_at TEXT,
    exit_code   INTEGER,                  -- null: running, or killed
    decision_id INTEGER REFERENCES decisions (id) DEFERRABLE INITIALLY DEFERRED,
    actor       TEXT    NOT NULL,         -- operating system user and host
    overrides   TEXT    NOT NULL,         -- one-shot flags given, as typed; '' for none
    detail      TEXT    NOT NULL,         -- what came of it, in words
    CHECK (exit_code IS NULL OR finished_at IS NOT NULL)
) STRICT;

CREATE TRIGGER runs_keep_rows BEFORE DELETE ON runs
BEGIN SELECT raise(ABORT, 'runs: rows are never deleted'); END;

CREATE TRIGGER runs_keep_results BEFORE UPDATE ON runs WHEN OLD.finished_at IS NOT NULL
BEGIN SELECT raise(ABORT, 'runs: a finished run is never changed'); END;

CREATE TRIGGER runs_append BEFORE INSERT ON runs
WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM runs)
BEGIN SELECT raise(ABORT, 'runs: id must be the last plus one'); END;

-- Every pull of evidence: by `sync`, and by `apply` or `restore` before they act. Only a complete run
-- grants coverage; one that failed or was killed carries that of the run before it, no more, no less.
CREATE TABLE sync_runs (
    id               INTEGER PRIMARY KEY,
    run_id           INTEGER NOT NULL REFERENCES runs (id),
    started_at       TEXT    NOT NULL,
    finished_at      TEXT,
    status           TEXT    NOT NULL CHECK (status IN ('running', 'complete', 'failed', 'interrupted')),
    reason           TEXT    NOT NULL,    -- why it failed, '' otherwise
    events_added     INTEGER NOT NULL CHECK (events_added >= 0),
    accounts_seen    INTEGER NOT NULL CHECK (accounts_seen >= 0),
    contractors_seen INTEGER NOT NULL CHECK (contractors_seen >= 0),
    requests         INTEGER NOT NULL CHECK (requests >= 0),
    retries          INTEGER NOT NULL CHECK (retries >= 0),
    coverage_from    TEXT,
    coverage_to      TEXT,
    portal_time      TEXT,                -- the portal's clock at the start
    key_account_id   TEXT,                -- account of the key used: exempt as `self`
    server_version   TEXT,                -- as the portal says it
    retention_days   INTEGER,             -- how long the portal keeps login events
    session_minutes  INTEGER,             -- how long a session can live; null: not known
    CHECK ((coverage_from IS NULL) = (coverage_to IS NULL)),
    CHECK (coverage_from <= coverage_to)
) STRICT;
