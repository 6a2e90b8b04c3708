-- What each event proves, by its code (MessageAction.cs, 1000 to 1029): the one list in SQL. The column is
-- computed when it is read, so no event is rewritten.
DROP VIEW login_events;

ALTER TABLE events ADD COLUMN class TEXT NOT NULL GENERATED ALWAYS AS (
    CASE
        WHEN action_code IN (1000, 1001, 1007, 1010, 1011, 1012, 1015, 1019, 1021, 1024, 1027, 1028, 1029) THEN 'login'
        WHEN action_code IN (1006, 1016, 1017) THEN 'presence'
        WHEN action_code IN (1002, 1003, 1004, 1005, 1008, 1009, 1013, 1014, 1018, 1020, 1022, 1023, 1025, 1026) THEN 'failure'
        ELSE 'other'
    END
) VIRTUAL;

CREATE VIEW login_events AS
SELECT e.event_id, k.account_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', e.at_ms / 1000.0, 'unixepoch') AS at,
       e.action_code, e.class, e.ip, e.country, e.city, e.browser, e.platform, e.sync_run_id
FROM events e JOIN account_keys k ON k.pk = e.account_pk;

-- Finds one account's signs of life, newest first, without reading failures.
DROP INDEX IF EXISTS events_of_account;
CREATE INDEX events_of_account ON events (account_pk, at_ms) WHERE class <> 'failure';
