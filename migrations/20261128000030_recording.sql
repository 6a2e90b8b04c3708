-- What coverage by the clock rests on. That rows are joined proves that none was skipped; whether the
-- portal recorded all the time shows only in how many rows it usually writes. Facts are kept, and
-- coverage is derived from them by the policy that decides.

-- The newest stretch proven complete at the end of a run, silences not considered, and how far back the
-- portal showed it whole. Null for runs of older releases, whose coverage columns say all.
ALTER TABLE sync_runs ADD COLUMN proven_from TEXT;
ALTER TABLE sync_runs ADD COLUMN proven_to TEXT;
ALTER TABLE sync_runs ADD COLUMN whole_from TEXT;
ALTER TABLE sync_runs ADD COLUMN timezone TEXT;     -- the portal's zone (IANA), in which its weekends fall

-- Rows of the login history by clock hour and by the run that read them first, without those of the
-- key's own account, which prove nothing about others.
CREATE TABLE login_hours (
    sync_run_id INTEGER NOT NULL REFERENCES sync_runs (id),
    hour_ms     INTEGER NOT NULL,
    rows        INTEGER NOT NULL CHECK (rows >= 1),
    failures    INTEGER NOT NULL CHECK (failures BETWEEN 0 AND rows),  -- outsiders can write these
    first_ms    INTEGER NOT NULL,
    last_ms     INTEGER NOT NULL,
    PRIMARY KEY (sync_run_id, hour_ms),
    CHECK (hour_ms <= first_ms AND first_ms <= last_ms)
) STRICT, WITHOUT ROWID;

INSERT INTO login_hours (sync_run_id, hour_ms, rows, failures, first_ms, last_ms)
SELECT e.sync_run_id, e.at_ms - e.at_ms % 3600000, count(*), sum(e.class = 'failure'), min(e.at_ms), max(e.at_ms)
FROM events e
WHERE e.at_ms >= 0
  AND NOT EXISTS (SELECT 1 FROM sync_runs s JOIN account_keys k ON k.account_id = s.key_account_id
                  WHERE s.id = e.sync_run_id AND k.pk = e.account_pk)
GROUP BY 1, 2;

CREATE TRIGGER events_counted AFTER INSERT ON events
WHEN NEW.at_ms >= 0
 AND NOT EXISTS (SELECT 1 FROM sync_runs s JOIN account_keys k ON k.account_id = s.key_account_id
                 WHERE s.id = NEW.sync_run_id AND k.pk = NEW.account_pk)
BEGIN
    INSERT INTO login_hours (sync_run_id, hour_ms, rows, failures, first_ms, last_ms)
    VALUES (NEW.sync_run_id, NEW.at_ms - NEW.at_ms % 3600000, 1, NEW.class = 'failure', NEW.at_ms, NEW.at_ms)
    ON CONFLICT (sync_run_id, hour_ms) DO UPDATE SET
        rows = rows + 1,
        failures = failures + excluded.failures,
        first_ms = min(first_ms, excluded.first_ms),
        last_ms = max(last_ms, excluded.last_ms);
END;

-- Moments at which the audit trail had a row that was not by the key's account, as a run read them: the
-- newest, and at the first run one in every stretch of the longest silence allowed.
CREATE TABLE trail_points (
    sync_run_id INTEGER NOT NULL REFERENCES sync_runs (id),
    event_id    INTEGER NOT NULL,         -- the portal's id in the audit trail
    at          TEXT    NOT NULL,
    PRIMARY KEY (sync_run_id, event_id)
) STRICT, WITHOUT ROWID;
