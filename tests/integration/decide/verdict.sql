-- The verdict once more, written apart from the program, as one statement over the tables of the
-- README. :run and :seq say what is known, :bound up to when it counts, :as_of what is decided.
WITH
p AS (
    SELECT coverage_from AS covered_from, coverage_to AS covered_to, key_account_id AS own,
           strftime('%Y-%m-%dT%H:%M:%fZ', :as_of, '-' || :days || ' days') AS too_long_ago,
           strftime('%Y-%m-%dT%H:%M:%fZ', :as_of, '-' || :grace || ' days') AS out_of_grace
    FROM sync_runs WHERE id = :run
),
version AS (
    SELECT * FROM (
        SELECT k.account_id, v.*, row_number() OVER (PARTITION BY k.pk ORDER BY v.sync_run_id) AS n
        FROM account_versions v JOIN account_keys k ON k.pk = v.account_pk
        WHERE v.sync_run_id <= :run
    ) WHERE n = 1 OR at <= :bound
),
step AS (
    SELECT account_id, at, history_seq AS seq, 1 AS behind, n, iif(presence = 'gone', NULL, status) AS status
    FROM version
    UNION ALL
    SELECT account_id, at, seq, 0, 0, status_after FROM history
    WHERE phase = 'outcome' AND status_after IS NOT NULL AND seq <= :seq AND at <= :bound
      AND account_id IN (SELECT account_id FROM version)
),
walk AS (
    SELECT account_id, at, status,
           row_number() OVER w AS n, lag(status) OVER w AS before,
           row_number() OVER (PARTITION BY account_id ORDER BY seq DESC, behind DESC, n DESC) AS from_end
    FROM step WINDOW w AS (PARTITION BY account_id ORDER BY seq, behind, n)
),
person AS (
    SELECT v.account_id, v.account_pk, v.email, v.kind, w.status, v.registered_at, v.management, v.groups,
           lower(trim(v.email)) AS address, substr(lower(v.email), instr(v.email, '@') + 1) AS domain
    FROM version v JOIN walk w ON w.account_id = v.account_id AND w.from_end = 1
    WHERE v.n = (SELECT max(n) FROM version x WHERE x.account_id = v.account_id)
      AND w.status IS NOT NULL AND (v.registered_at IS NULL OR v.registered_at <= :bound)
),
restart AS (
    SELECT account_id, max(at) AS at FROM (
        SELECT account_id, at FROM walk
        WHERE n > 1 AND (status = 'active' AND before IS NOT 'active'
                         OR status = 'pending' AND (before IS NULL OR before NOT IN ('active', 'pending')))
        UNION ALL
        SELECT account_id, at FROM history
        WHERE phase = 'outcome' AND action = 'enable' AND outcome = 'applied' AND seq <= :seq AND at <= :bound
        UNION ALL
        SELECT a.account_id, c.at FROM status_changes c JOIN person a USING (account_pk)
        WHERE c.at <= :bound AND c.sync_run_id <= :run AND a.status IN ('active', 'pending')
          AND (c.action_code = 4020
               OR (SELECT iif(x.presence = 'listed', x.status, NULL) FROM version x
                   WHERE x.account_pk = c.account_pk AND x.at <= c.at ORDER BY x.n DESC LIMIT 1) = 'disabled')
    ) GROUP BY account_id
),
sign AS (
    SELECT account_id, at, class AS source, event_id,
           CASE class WHEN 'login' THEN 0 WHEN 'presence' THEN 1 ELSE 2 END AS rank
    FROM login_events WHERE class <> 'failure' AND at <= :bound AND sync_run_id <= :run
    UNION ALL
    SELECT account_id, event_at, 'audit', event_id, 3 FROM activity_checks
    WHERE event_at <= :bound AND sync_run_id <= :run
    UNION ALL
    SELECT k.account_id, u.used_at, 'api_key', NULL, 4 FROM key_uses u JOIN account_keys k ON k.pk = u.account_pk
    WHERE u.used_at <= :bound AND u.sync_run_id <= :run
),
activity AS (
    SELECT * FROM (
        SELECT *, row_number() OVER (PARTITION BY account_id ORDER BY at DESC, rank, event_id DESC) AS n FROM sign
    ) WHERE n = 1
),
looked AS (
    SELECT account_id, max(checked_at) AS at FROM activity_checks
    WHERE (event_at IS NULL OR event_at <= :bound) AND sync_run_id <= :run GROUP BY account_id
),
given AS (
    SELECT coalesce((SELECT max(sync_run_id) FROM rosters WHERE sync_run_id <= :run AND at <= :bound),
                    (SELECT min(sync_run_id) FROM rosters WHERE sync_run_id <= :run)) AS sync_run_id
),
entry AS (
    -- GUIDs of which none was ever an account are HR's own; one running contract beside ended ones is one person.
    SELECT place, address,
           iif(EXISTS (SELECT 1 FROM roster_rows r JOIN version v ON v.account_id = lower(r.id)
                       WHERE r.sync_run_id = (SELECT sync_run_id FROM given)), guid, NULL) AS account_id,
           address IS NOT NULL AND iif(running = 0, ended, running) > 1 AS repeated
    FROM (
        SELECT place, iif(length(id) = 36, lower(id), NULL) AS guid, nullif(lower(trim(email)), '') AS address,
               sum(coalesce(contract_end >= date(:as_of), 1)) OVER w AS running,
               sum(coalesce(contract_end < date(:as_of), 0)) OVER w AS ended
        FROM roster_rows WHERE sync_run_id = (SELECT sync_run_id FROM given)
        WINDOW w AS (PARTITION BY nullif(lower(trim(email)), ''))
    )
),
lost AS (
    SELECT * FROM entry WHERE account_id IS NOT NULL AND account_id NOT IN (SELECT account_id FROM person)
),
candidate AS (
    SELECT e.place, e.repeated, a.account_id FROM entry e JOIN person a
    ON a.address = e.address OR a.account_id = e.account_id
    OR (e.address NOT IN (SELECT address FROM person)
        AND EXISTS (SELECT 1 FROM account_versions x WHERE x.account_pk = a.account_pk
                    AND x.sync_run_id <= :run AND lower(trim(x.email)) = e.address))
    WHERE e.place NOT IN (SELECT place FROM lost)
),
bearer AS (
    SELECT g.value ->> 1 AS name, count(DISTINCT g.value ->> 0) AS n
    FROM person a, json_each(a.groups) g GROUP BY 1
),
member AS (
    SELECT account_id, max(repeated OR n > 1) AS ambiguous FROM (
        SELECT *, count(*) OVER (PARTITION BY place) AS n FROM candidate
    ) WHERE :source IS 'roster' OR (:source IS NULL AND (SELECT sync_run_id FROM given) IS NOT NULL)
    GROUP BY account_id
    UNION ALL
    SELECT account_id, ambiguous FROM (
        SELECT a.account_id,
               CASE WHEN a.kind IN (SELECT value FROM json_each(:kinds))
                      OR a.domain IN (SELECT value FROM json_each(:domains)) THEN 0
                    ELSE (SELECT min(b.n) > 1 FROM json_each(a.groups) g JOIN bearer b ON b.name = g.value ->> 1
                          WHERE b.name IN (SELECT value FROM json_each(:groups))) END AS ambiguous
        FROM person a
    ) WHERE ambiguous IS NOT NULL
      AND (:source IS 'portal' OR (:source IS NULL AND (SELECT sync_run_id FROM given) IS NULL))
),
fact AS (
    SELECT m.account_id, m.ambiguous, a.kind, a.status, a.management, a.registered_at,
           s.at AS seen_at, s.source, s.event_id, r.at AS restart_at, l.at AS looked_at,
           EXISTS (SELECT 1 FROM json_each(:exemptions) e
                   WHERE (e.value ->> 'expires' IS NULL OR date(:as_of) <= e.value ->> 'expires')
                     AND CASE e.value ->> 'kind'
                         WHEN 'account' THEN a.account_id = e.value ->> 'name'
                         WHEN 'email' THEN a.address = lower(e.value ->> 'name')
                         WHEN 'domain' THEN a.domain = e.value ->> 'name'
                         ELSE EXISTS (SELECT 1 FROM json_each(a.groups) g WHERE g.value ->> 1 = e.value ->> 'name')
                         END) AS exempt,
           max(a.registered_at, coalesce(r.at, '')) AS clock_start,
           nullif(max(coalesce(a.registered_at, ''), coalesce(r.at, '')), '') AS started
    FROM member m JOIN person a USING (account_id)
    LEFT JOIN activity s USING (account_id) LEFT JOIN restart r USING (account_id)
    LEFT JOIN looked l USING (account_id)
),
idle AS (
    SELECT f.*, iif(seen_at IS NULL, max(started, p.covered_from), max(seen_at, coalesce(started, ''))) AS since
    FROM fact f, p
)
SELECT account_id,
       CASE
           WHEN status = 'disabled' THEN 'already_disabled'
           WHEN kind = 'owner' THEN 'owner'
           WHEN kind = 'docspace_admin' THEN 'admin'
           WHEN account_id IS p.own THEN 'self'
           WHEN management = 'directory' THEN 'directory_managed'
           WHEN exempt THEN 'exemption'
           WHEN seen_at > p.too_long_ago THEN 'recent_activity'
           WHEN restart_at > p.too_long_ago THEN 'recently_enabled'
           WHEN registered_at > p.out_of_grace THEN 'within_grace'
           WHEN seen_at IS NOT NULL AND registered_at > p.too_long_ago THEN 'within_grace'
           WHEN ambiguous THEN 'ambiguous_match'
           WHEN kind = 'unknown' OR status = 'unknown' THEN 'unknown_kind'
           WHEN registered_at IS NULL THEN 'unknown_registration'
           WHEN p.covered_from IS NULL OR p.covered_from > max(clock_start, p.too_long_ago) OR p.covered_to < :as_of
               THEN 'insufficient_coverage'
           WHEN :audit AND (looked_at IS NULL OR looked_at < :as_of) THEN 'no_activity_check'
           WHEN seen_at IS NULL AND p.covered_from <= registered_at THEN 'never_logged_in'
           WHEN since <= p.too_long_ago THEN 'idle'
           ELSE 'insufficient_coverage'
       END AS reason,
       seen_at, source, event_id,
       max(0, CAST(round((unixepoch(:as_of, 'subsec') - unixepoch(since, 'subsec')) * 1000) AS INTEGER) / 86400000) AS idle_days
FROM idle, p
UNION ALL
SELECT DISTINCT account_id, 'not_on_portal', NULL, NULL, NULL, NULL FROM lost
WHERE :source IS 'roster' OR (:source IS NULL AND (SELECT sync_run_id FROM given) IS NOT NULL)
ORDER BY account_id
