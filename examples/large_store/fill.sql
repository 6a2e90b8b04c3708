-- A store of :accounts accounts and :events events in 180 days before :end (milliseconds), filled set
-- by set. Three of ten accounts are idle since forty days; they were asked about in the audit trail.
-- The index is made at the end, which is faster than to keep it.
BEGIN;
INSERT INTO runs (id, command, started_at, actor, overrides, detail) VALUES (1, 'sync', '2026-11-23T12:00:00.000Z', 'bench', '', '');
INSERT INTO runs (id, command, started_at, actor, overrides, detail) VALUES (2, 'sync', '2026-11-24T12:00:00.000Z', 'bench', '', '');
INSERT INTO sync_runs (id, run_id, started_at, finished_at, status, reason, events_added, accounts_seen, contractors_seen,
                       requests, retries, coverage_from, coverage_to, portal_time)
VALUES (1, 1, '2026-11-23T12:00:00.000Z', '2026-11-23T12:10:00.000Z', 'complete', '', :events, :accounts, :accounts, 0, 0,
        '2026-05-28T10:00:00.000Z', '2026-11-23T10:00:00.000Z', '2026-11-23T12:00:00.000Z'),
       (2, 2, '2026-11-24T12:00:00.000Z', '2026-11-24T12:10:00.000Z', 'complete', '', 0, :accounts, :accounts, 0, 0,
        '2026-05-28T10:00:00.000Z', '2026-11-24T10:00:00.000Z', '2026-11-24T12:00:00.000Z');

WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < :accounts)
INSERT INTO account_keys (pk, account_id, first_seen_at, last_seen_at)
SELECT n, printf('%08x-%04x-4%03x-8%03x-%012x', n * 2654435761 & 0xffffffff, n * 40503 & 0xffff, n * 31 & 0xfff, n * 17 & 0xfff, n),
       '2026-11-23T12:00:00.000Z', '2026-11-24T12:00:00.000Z'
FROM n;

-- One of ten changed its name since the first listing.
INSERT INTO account_versions (account_pk, sync_run_id, at, history_seq, presence, email, display_name, kind, status,
                              registered_at, management, groups, invited_by)
SELECT pk, run, iif(run = 1, '2026-11-23T12:00:00.000Z', '2026-11-24T12:00:00.000Z'), 0, 'listed', printf('p%d@x.example', pk),
       printf('Person %d of the company%s', pk, iif(run = 1, '', ' (new)')), 'guest', 'active',
       strftime('%Y-%m-%dT%H:%M:%fZ', '2026-01-01', '-' || pk % 700 || ' hours'), 'portal', '[]', NULL
FROM account_keys, (SELECT 1 AS run UNION ALL SELECT 2) WHERE run = 1 OR pk % 10 = 0;

DROP INDEX events_of_account;
DROP INDEX events_as_listed;
WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < :events)
INSERT INTO events (event_id, account_pk, at_ms, action_code, sync_run_id, ip, country, city, browser, platform)
SELECT n,
       1 + (n * 2654435761 % 4294967296) % iif(n * 180 / :events < 140, :accounts, :accounts * 7 / 10),
       :end - 15552000000 + n * (15552000000 / :events),
       CASE n % 20 WHEN 0 THEN 1013 WHEN 1 THEN 1016 WHEN 2 THEN 1006 WHEN 3 THEN 1006 WHEN 4 THEN 1006 ELSE 1029 END,
       iif(n * 180 / :events < 179, 1, 2), '203.0.113.7', 'Germany', 'Berlin', 'Firefox 144', 'Windows 10'
FROM n;
CREATE INDEX events_of_account ON events (account_pk, at_ms) WHERE class <> 'failure';
CREATE INDEX events_as_listed ON events (coalesce(listed_ms, at_ms));

INSERT INTO last_events (account_pk, class, at_ms, event_id)
SELECT account_pk, iif(action_code = 1029, 'login', 'presence') AS class, max(at_ms), max(event_id)
FROM events WHERE action_code <> 1013 GROUP BY 1, 2;

INSERT INTO checks (account_pk, checked_at, event_id, event_at, action_code, sync_run_id)
SELECT pk, iif(run = 1, '2026-11-23T12:05:00.000Z', '2026-11-24T12:05:00.000Z'), iif(pk % 3 = 0, pk, NULL),
       iif(pk % 3 = 0, '2026-09-01T10:00:00.000Z', NULL), iif(pk % 3 = 0, 5054, NULL), run
FROM account_keys, (SELECT 1 AS run UNION ALL SELECT 2) WHERE pk > :accounts * 7 / 10;
INSERT INTO key_uses (account_pk, used_at, sync_run_id)
SELECT pk, '2026-11-20T08:00:00.000Z', 1 FROM account_keys WHERE pk % 1000 = 0;
INSERT INTO status_changes (event_id, account_pk, at, action_code, actor_id, targets, sync_run_id)
SELECT pk, pk, '2026-10-01T08:00:00.000Z', iif(pk % 2 = 0, 4020, 4006), 'admin', 1, 1 FROM account_keys WHERE pk % 50 = 0;
COMMIT;
