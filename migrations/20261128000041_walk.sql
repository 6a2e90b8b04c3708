-- Where the portal lists a row, if that is not the moment as of which it counts: a row without a usable
-- date or id, or dated in the future, counts as of the moment it was first read.
ALTER TABLE events ADD COLUMN listed_ms INTEGER;

-- Such a row says nothing about when the portal recorded.
DROP TRIGGER events_counted;
CREATE TRIGGER events_counted AFTER INSERT ON events
WHEN NEW.at_ms >= 0 AND NEW.listed_ms IS NULL
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

-- Since when changes of status are known from the audit trail; null where a run did not come so far.
ALTER TABLE sync_runs ADD COLUMN changes_from TEXT;

-- 1 where the portal has lost a part of its past and this run began a new record (`--accept-history`). What
-- earlier runs learned of logins and the audit trail is void, and every clock starts at this run.
ALTER TABLE sync_runs ADD COLUMN history_accepted INTEGER NOT NULL DEFAULT 0 CHECK (history_accepted IN (0, 1));

-- Evidence that is void, kept for auditors: each row as it was, by the table that it was in.
CREATE TABLE void_evidence (
    voided_by INTEGER NOT NULL REFERENCES sync_runs (id),
    source    TEXT    NOT NULL,
    content   TEXT    NOT NULL CHECK (json_valid(content))
) STRICT;
