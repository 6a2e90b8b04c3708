-- Since when a run knows, row by row or in steps of the longest silence allowed, that the audit trail was
-- written. Null for runs of releases that did not look; their checks count as they did then.
ALTER TABLE sync_runs ADD COLUMN trail_from TEXT;

-- Who acted: a warning says how many people were at work while logins were not recorded.
ALTER TABLE trail_points ADD COLUMN account_pk INTEGER REFERENCES account_keys (pk);
