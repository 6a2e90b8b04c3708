-- Views that read in every engine: no column is named `at`, which is reserved in DuckDB and elsewhere, and
-- the newest outcome of each action is one row. The older names stay.

CREATE VIEW login_log AS
SELECT e.event_id, k.account_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', e.at_ms / 1000.0, 'unixepoch') AS occurred_at,
       e.action_code, e.class, e.ip, e.country, e.city, e.browser, e.platform, e.sync_run_id
FROM events e JOIN account_keys k ON k.pk = e.account_pk;

CREATE VIEW history_log AS
SELECT h.seq, h.at AS occurred_at, h.run_id, h.decision_id, h.account_id, h.email, h.action, h.phase,
       h.outcome, h.detail, h.actor, h.status_before, h.status_after, h.http_status, h.portal_event_id,
       h.prev_hash, h.hash
FROM history h;

-- Accounts disabled and enabled, and attempts at it. A later check may withdraw or confirm an outcome that
-- was written first; the newest one counts.
CREATE VIEW actions AS
SELECT h.seq, h.at AS occurred_at, h.run_id, h.decision_id, h.account_id, h.email, h.action, h.outcome,
       h.detail, h.actor, h.status_before, h.status_after, h.http_status, h.portal_event_id
FROM history h
WHERE h.phase = 'outcome' AND h.action IN ('disable', 'enable')
  AND NOT EXISTS (SELECT 1 FROM history later
                  WHERE later.run_id = h.run_id AND later.account_id = h.account_id
                    AND later.action = h.action AND later.phase = 'outcome' AND later.seq > h.seq);

-- Verdicts of the newest decision about the present.
CREATE VIEW current_verdicts AS
SELECT v.decision_id, d.as_of, d.decided_at, v.account_id, v.email, v.display_name, v.kind,
       v.registered_at, v.verdict, v.reason, v.last_activity_at, v.last_activity_source, v.last_event_id,
       v.idle_days
FROM verdicts v JOIN decisions d ON d.id = v.decision_id
WHERE d.id = (SELECT max(c.id) FROM decisions c WHERE c.current = 1);

-- When the key in use ends, as the portal says; null where it does not, and for runs of older releases.
ALTER TABLE sync_runs ADD COLUMN key_expires_at TEXT;
