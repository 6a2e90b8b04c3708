-- Accounts as the portal showed them, every change kept.

-- One row for each id ever seen, also those seen only in events (deleted people, pseudo users).
-- Events refer to the short key: a GUID as text in every event would double the store.
CREATE TABLE account_keys (
    pk            INTEGER PRIMARY KEY,
    account_id    TEXT NOT NULL UNIQUE CHECK (account_id = lower(account_id) AND length(account_id) = 36),
    first_seen_at TEXT,                   -- first listing that showed it
    last_seen_at  TEXT                    -- newest listing that showed it
) STRICT;

-- What a listing showed, written only where it differs from the version before, or from what our
-- own history says happened since.
CREATE TABLE account_versions (
    account_pk    INTEGER NOT NULL REFERENCES account_keys (pk),
    sync_run_id   INTEGER NOT NULL REFERENCES sync_runs (id),
    at            TEXT    NOT NULL,       -- the portal's clock when it was shown
    history_seq   INTEGER NOT NULL,       -- newest history row at that time; 0 for none
    presence      TEXT    NOT NULL CHECK (presence IN ('listed', 'gone')),
    email         TEXT    NOT NULL,
    display_name  TEXT    NOT NULL,
    kind          TEXT    NOT NULL CHECK (kind IN ('owner', 'docspace_admin', 'room_admin', 'user', 'guest', 'unknown')),
    status        TEXT    NOT NULL CHECK (status IN ('active', 'pending', 'disabled', 'unknown')),
    registered_at TEXT,
    management    TEXT    NOT NULL CHECK (management IN ('portal', 'directory')),
    groups        TEXT    NOT NULL CHECK (json_valid(groups)),  -- [[id, name], ...]
    PRIMARY KEY (account_pk, sync_run_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER account_versions_keep BEFORE UPDATE ON account_versions
BEGIN SELECT raise(ABORT, 'account_versions: a version is never changed'); END;

CREATE VIEW accounts AS
SELECT k.account_id, v.email, v.display_name, v.kind, v.status, v.registered_at,
       k.first_seen_at, k.last_seen_at, v.presence, v.management, v.groups
FROM account_keys k
JOIN account_versions v ON v.account_pk = k.pk
WHERE v.sync_run_id = (SELECT max(sync_run_id) FROM account_versions WHERE account_pk = k.pk);
