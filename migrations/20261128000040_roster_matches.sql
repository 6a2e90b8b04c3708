-- How the rows of the roster that counted were matched at each sync.
CREATE TABLE roster_matches (
    sync_run_id     INTEGER PRIMARY KEY REFERENCES sync_runs (id),
    roster_id       INTEGER NOT NULL REFERENCES rosters (sync_run_id),
    matched         INTEGER NOT NULL,     -- rows that name one account
    without_account INTEGER NOT NULL,
    ambiguous       INTEGER NOT NULL
) STRICT;

-- People are looked up in one roster and in all earlier ones.
DROP INDEX roster_rows_by_email;
DROP INDEX roster_rows_by_id;
CREATE INDEX roster_rows_by_email ON roster_rows (lower(email), sync_run_id);
CREATE INDEX roster_rows_by_id ON roster_rows (lower(id), sync_run_id);
