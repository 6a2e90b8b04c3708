-- Who is under review.

-- Each roster given to `sync --contractors`, whole. The newest one counts.
CREATE TABLE rosters (
    sync_run_id INTEGER PRIMARY KEY REFERENCES sync_runs (id),
    at          TEXT NOT NULL,
    sha256      TEXT NOT NULL             -- of the files as given, in order
) STRICT;

CREATE TABLE roster_rows (
    sync_run_id  INTEGER NOT NULL REFERENCES rosters (sync_run_id),
    place        INTEGER NOT NULL,        -- order over all files of the roster
    file         TEXT    NOT NULL,
    line         INTEGER NOT NULL CHECK (line >= 1),
    id           TEXT,
    email        TEXT,
    display_name TEXT,
    contract_end TEXT,                    -- date
    extra        TEXT    NOT NULL CHECK (json_valid(extra)),  -- columns that dormouse does not use
    PRIMARY KEY (sync_run_id, place)
) STRICT, WITHOUT ROWID;

-- Accounts in the population at the last sync; replaced as a whole by each.
CREATE TABLE population (
    account_pk INTEGER PRIMARY KEY REFERENCES account_keys (pk),
    source     TEXT NOT NULL CHECK (source IN ('roster', 'portal'))
) STRICT;

CREATE VIEW contractors AS
SELECT a.account_id, a.email, a.display_name, a.kind, a.status, a.registered_at,
       a.first_seen_at, a.last_seen_at, p.source
FROM population p
JOIN account_keys k ON k.pk = p.account_pk
JOIN accounts a ON a.account_id = k.account_id;
