-- Finds one person by address or id without reading everybody: `explain` answers at once however
-- large the portal is. Addresses are compared without case; SQLite folds ASCII only, so the few that
-- hold anything else are kept in an index of their own and compared by dormouse.

CREATE INDEX account_versions_by_email ON account_versions (lower(email));
CREATE INDEX account_versions_odd_email ON account_versions (email) WHERE email GLOB '*[^!-~]*';

CREATE INDEX roster_rows_by_email ON roster_rows (sync_run_id, lower(email));
CREATE INDEX roster_rows_odd_email ON roster_rows (sync_run_id, email) WHERE email GLOB '*[^!-~]*';
CREATE INDEX roster_rows_by_id ON roster_rows (sync_run_id, lower(id));
