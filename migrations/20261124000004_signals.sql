-- The second signal: signs of life that are no login events, and what the portal's audit trail
-- says about changes of status.

-- Each time the audit trail was asked for the newest action by one account.
CREATE TABLE checks (
    account_pk  INTEGER NOT NULL REFERENCES account_keys (pk),
    checked_at  TEXT    NOT NULL,         -- the portal's clock when it answered
    event_id    INTEGER,                  -- null: no action by this account on record
    event_at    TEXT,
    action_code INTEGER,
    sync_run_id INTEGER NOT NULL REFERENCES sync_runs (id),
    PRIMARY KEY (account_pk, checked_at),
    CHECK ((event_id IS NULL) = (event_at IS NULL)),
    CHECK ((event_id IS NULL) = (action_code IS NULL))
) STRICT, WITHOUT ROWID;

CREATE VIEW activity_checks AS
SELECT k.account_id, c.checked_at, c.event_id, c.event_at, c.action_code, c.sync_run_id
FROM checks c JOIN account_keys k ON k.pk = c.account_pk;

-- Newest use of an account's API keys, a row for each use that was news.
CREATE TABLE key_uses (
    account_pk  INTEGER NOT NULL REFERENCES account_keys (pk),
    used_at     TEXT    NOT NULL,
    sync_run_id INTEGER NOT NULL REFERENCES sync_runs (id),
    PRIMARY KEY (account_pk, used_at)
) STRICT, WITHOUT ROWID;

-- Changes of status (4020) and of profiles (4006) in the audit trail, a row for each account named.
-- 4020 does not say which status was set.
CREATE TABLE status_changes (
    event_id    INTEGER NOT NULL,
    account_pk  INTEGER NOT NULL REFERENCES account_keys (pk),
    at          TEXT    NOT NULL,
    action_code INTEGER NOT NULL CHECK (action_code IN (4020, 4006)),
    actor_id    TEXT    NOT NULL,         -- who made the change
    targets     INTEGER NOT NULL CHECK (targets >= 1),   -- accounts named by the event
    sync_run_id INTEGER NOT NULL REFERENCES sync_runs (id),
    PRIMARY KEY (event_id, account_pk)
) STRICT, WITHOUT ROWID;

CREATE INDEX status_changes_of_account ON status_changes (account_pk, at);
