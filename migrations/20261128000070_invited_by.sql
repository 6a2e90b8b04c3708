-- Who invited an account, the portal's createdBy: null where the portal names nobody, and in versions
-- of older releases, which did not ask. Nothing is decided by it; notices are addressed with it.
ALTER TABLE account_versions ADD COLUMN invited_by TEXT;

DROP VIEW contractors;
DROP VIEW accounts;

CREATE VIEW accounts AS
SELECT k.account_id, v.email, v.display_name, v.kind, v.status, v.registered_at,
       k.first_seen_at, k.last_seen_at, v.presence, v.management, v.groups, v.invited_by
FROM account_keys k
JOIN account_versions v ON v.account_pk = k.pk
WHERE v.sync_run_id = (SELECT max(sync_run_id) FROM account_versions WHERE account_pk = k.pk);

CREATE VIEW contractors AS
SELECT a.account_id, a.email, a.display_name, a.kind, a.status, a.registered_at,
       a.first_seen_at, a.last_seen_at, p.source, a.invited_by
FROM population p
JOIN account_keys k ON k.pk = p.account_pk
JOIN accounts a ON a.account_id = k.account_id;
