-- The portal's login history, our copy. It outlives the portal's retention.

CREATE TABLE events (
    event_id    INTEGER PRIMARY KEY,      -- the portal's id
    account_pk  INTEGER NOT NULL REFERENCES account_keys (pk),
    at_ms       INTEGER NOT NULL,         -- milliseconds since 1970 UTC
    action_code INTEGER NOT NULL,
    sync_run_id INTEGER NOT NULL REFERENCES sync_runs (id),   -- the first run that saw it
    ip          TEXT,
    country     TEXT,
    city        TEXT,
    browser     TEXT,
    platform    TEXT
) STRICT;

-- Finds one account's signs of life, newest first, without reading failures. Costs most of the
-- insertion time and pays for explain and historical decisions.
CREATE INDEX events_of_account ON events (account_pk, at_ms)
WHERE action_code NOT IN (1002, 1003, 1004, 1005, 1008, 1009, 1013, 1014, 1018, 1020, 1022, 1023, 1025, 1026);

CREATE TRIGGER events_keep BEFORE UPDATE ON events
BEGIN SELECT raise(ABORT, 'events: an event is never changed'); END;

CREATE VIEW login_events AS
SELECT e.event_id, k.account_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', e.at_ms / 1000.0, 'unixepoch') AS at,
       e.action_code,
       CASE
           WHEN e.action_code IN (1000, 1001, 1007, 1010, 1011, 1012, 1015, 1019, 1021, 1024, 1027, 1028, 1029) THEN 'login'
           WHEN e.action_code IN (1006, 1016, 1017) THEN 'presence'
           WHEN e.action_code IN (1002, 1003, 1004, 1005, 1008, 1009, 1013, 1014, 1018, 1020, 1022, 1023, 1025, 1026) THEN 'failure'
           ELSE 'other'
       END AS class,
       e.ip, e.country, e.city, e.browser, e.platform, e.sync_run_id
FROM events e JOIN account_keys k ON k.pk = e.account_pk;

-- Newest event of each account and class, kept in the same transaction as the events: it makes
-- today's decision independent of the size of the history. Can be rebuilt from events at any time.
CREATE TABLE last_events (
    account_pk INTEGER NOT NULL REFERENCES account_keys (pk),
    class      TEXT    NOT NULL CHECK (class IN ('login', 'presence', 'other')),
    at_ms      INTEGER NOT NULL,
    event_id   INTEGER NOT NULL,
    PRIMARY KEY (account_pk, class)
) STRICT, WITHOUT ROWID;

-- Intervals for which our copy is proven complete, never overlapping. Written together with the
-- pages that prove them. `reaches` says what lies below: history not yet read, nothing older, or a
-- hole. `oldest_ms` and `tail` are where reading stopped: the oldest event and the ids of its tie
-- group, by which the next run proves that it goes on without a gap.
CREATE TABLE segments (
    id        INTEGER PRIMARY KEY,
    from_ms   INTEGER NOT NULL,
    to_ms     INTEGER NOT NULL,
    oldest_ms INTEGER NOT NULL,
    tail      TEXT    NOT NULL CHECK (json_valid(tail)),
    reaches   TEXT    NOT NULL CHECK (reaches IN ('open', 'end', 'hole')),
    CHECK (from_ms <= to_ms)
) STRICT;

CREATE VIEW coverage AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', from_ms / 1000.0, 'unixepoch') AS from_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', to_ms / 1000.0, 'unixepoch') AS to_at
FROM segments ORDER BY from_ms;

-- Moments inside the history that could not be read or proven. No segment spans one.
CREATE TABLE holes (
    from_ms     INTEGER NOT NULL,
    to_ms       INTEGER NOT NULL,
    reason      TEXT    NOT NULL,
    sync_run_id INTEGER NOT NULL REFERENCES sync_runs (id),
    PRIMARY KEY (from_ms, to_ms),
    CHECK (from_ms <= to_ms)
) STRICT, WITHOUT ROWID;
