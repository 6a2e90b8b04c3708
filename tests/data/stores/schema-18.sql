PRAGMA application_id = 1685025389;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO _sqlx_migrations VALUES(20261124000001,'runs','2026-11-28 20:24:28',1,X'34abc8cb161f1e49b48af56dfce931ec2218f46ff29aeb499e6ce21e99e6508b0e910059fc5e2f8ba4899a03cd0937e3',1127977);
INSERT INTO _sqlx_migrations VALUES(20261124000002,'accounts','2026-11-28 20:24:28',1,X'6802b4f57e3fb683ba8fb3364e06efd9120bd81177e6131e2296e3d26c7db8df35cb75ebb3f4cb7bab02e67a795fe570',1030334);
INSERT INTO _sqlx_migrations VALUES(20261124000003,'login events','2026-11-28 20:24:28',1,X'3aef4af9defcb77c4fb87089670d5261c59ea3b1322b89869256445237ec4a429a0e347dc0dd92023ecf47cfaf1f4438',1361065);
INSERT INTO _sqlx_migrations VALUES(20261124000004,'signals','2026-11-28 20:24:28',1,X'25cc9b45638092bd4c342754e295406e7c1d5d68cfadd2ff92e5d5a7f67f6ea2c18d3c93d47b0fc9b30e2e9d79f88d71',656903);
INSERT INTO _sqlx_migrations VALUES(20261124000005,'population','2026-11-28 20:24:28',1,X'1fc585d343f50541a4ff827502a23d50a9a7a22ce5f1748684376d7a30a04feafa394b83f11c27887e5b9ee187aca797',795653);
INSERT INTO _sqlx_migrations VALUES(20261124000006,'decisions','2026-11-28 20:24:28',1,X'365f0d8d27a94147d212a3936d874c0bdfe60188be1a7e629accdd740addeb627f98c320a256cc50d0496d74670d2137',1047446);
INSERT INTO _sqlx_migrations VALUES(20261124000007,'history','2026-11-28 20:24:28',1,X'43d2d425f33973afe07a474502a088e37c1ac2371bd4fa61dc1e9cde6465cd707222272879c0d1d3f5c5456e53aa2e2f',1112648);
INSERT INTO _sqlx_migrations VALUES(20261124000008,'lookups','2026-11-28 20:24:28',1,X'0b13ca0c175c987f26194d73ca87400baf02b1e6c1c948d4f7ebe89e555b7fefa6f174eaf497dde0c9d826902f181bd6',826802);
INSERT INTO _sqlx_migrations VALUES(20261128000009,'event classes','2026-11-28 20:24:28',1,X'd12f04bb397af161a21b4760af76bc29438c65c46ba459fd92034024cf6537c6ed6b13701f4acf9b2b7c124da3b0f5c9',1711171);
INSERT INTO _sqlx_migrations VALUES(20261128000012,'record','2026-11-28 20:24:28',1,X'99c65d90bb0dafc9109dbcfa31ec1891e97fcc7ad5ced06f5c34844f832655e473b38d6568d445f7b75305e72ff6ea42',2237439);
INSERT INTO _sqlx_migrations VALUES(20261128000020,'application id','2026-11-28 20:24:28',1,X'011e4f44bf36873723a87849c6fd53763f3b071296179188a506bcf45a60e0050d265132e369f3f793c80e695fa701ff',388810);
INSERT INTO _sqlx_migrations VALUES(20261128000030,'recording','2026-11-28 20:24:28',1,X'3c91165a77de5764d41b2759e1403404cff24f22510e92072b6402f88a5adf7b6f932dca361c421db030388ce24d6d9f',3984729);
INSERT INTO _sqlx_migrations VALUES(20261128000040,'roster matches','2026-11-28 20:24:28',1,X'5533c1be13c49006a584d57fd0c4ba3e523743f76a0d8da170b3b6ce3e3973f6f9831fbd929eab0c6ae2af53b61c4ae1',905479);
INSERT INTO _sqlx_migrations VALUES(20261128000041,'walk','2026-11-28 20:24:28',1,X'b868de83b55edf1fd66809ed774334f65cf17ba244422cda10711ec2c5e47c62b94db87fc5094eb3dedd22e9c707bb06',8152489);
INSERT INTO _sqlx_migrations VALUES(20261128000050,'trail','2026-11-28 20:24:28',1,X'917a2ddaa8e19d070997e8a5f31d1db8c737f4a26fae1855a4085433d67eba1c477eefdfebdfa0fea7a03cd5906da607',2069133);
INSERT INTO _sqlx_migrations VALUES(20261128000060,'views','2026-11-28 20:24:28',1,X'a2c333cc39946344543c7163cf204789a9b5bc614ed9dc0e6f3346133bae77c028e9107670fec9e654244f3de4280b44',1828161);
INSERT INTO _sqlx_migrations VALUES(20261128000070,'invited by','2026-11-28 20:24:28',1,X'eeb35d9ad866ec8835fdbe1483b1013dbc1b00e996cd5061da5fefc81afeb7b75106df7bc42a5401a98452b371cc8916',1618638);
INSERT INTO _sqlx_migrations VALUES(20261128000071,'notices','2026-11-28 20:24:28',1,X'a586471b4a140e358a9f976c1b50aa0a80c5c66c65dda171ff07e7fba87cba8f39793e900758c2bd0f2ac0aa3e82ab88',2510692);
CREATE TABLE portal (
    id            INTEGER PRIMARY KEY CHECK (id = 1),
    tenant_id     INTEGER NOT NULL,       -- survives renaming; a restore from backup changes it
    owner_id      TEXT    NOT NULL,       -- GUID of the portal owner
    url           TEXT    NOT NULL,       -- as last used, for messages only
    first_seen_at TEXT    NOT NULL
) STRICT;
INSERT INTO portal VALUES(1,1,'cc93eeb8-51ab-464c-8d87-6744a1c58db6','http://127.0.0.1:8080','2026-05-04T09:00:00.000Z');
CREATE TABLE sync_runs (
    id               INTEGER PRIMARY KEY,
    run_id           INTEGER NOT NULL REFERENCES runs (id),
    started_at       TEXT    NOT NULL,
    finished_at      TEXT,
    status           TEXT    NOT NULL CHECK (status IN ('running', 'complete', 'failed', 'interrupted')),
    reason           TEXT    NOT NULL,    -- why it failed, '' otherwise
    events_added     INTEGER NOT NULL CHECK (events_added >= 0),
    accounts_seen    INTEGER NOT NULL CHECK (accounts_seen >= 0),
    contractors_seen INTEGER NOT NULL CHECK (contractors_seen >= 0),
    requests         INTEGER NOT NULL CHECK (requests >= 0),
    retries          INTEGER NOT NULL CHECK (retries >= 0),
    coverage_from    TEXT,
    coverage_to      TEXT,
    portal_time      TEXT,                -- the portal's clock at the start
    key_account_id   TEXT,                -- account of the key used: exempt as `self`
    server_version   TEXT,                -- as the portal says it
    retention_days   INTEGER,             -- how long the portal keeps login events
    session_minutes  INTEGER, proven_from TEXT, proven_to TEXT, whole_from TEXT, timezone TEXT, changes_from TEXT, history_accepted INTEGER NOT NULL DEFAULT 0 CHECK (history_accepted IN (0, 1)), trail_from TEXT, key_expires_at TEXT,             -- how long a session can live; null: not known
    CHECK ((coverage_from IS NULL) = (coverage_to IS NULL)),
    CHECK (coverage_from <= coverage_to)
) STRICT;
INSERT INTO sync_runs VALUES(1,1,'2026-05-04T09:00:00.000Z','2026-05-04T09:00:00.000Z','complete','',309,15,13,28,0,'2025-11-16T06:30:00.000Z','2026-05-04T07:00:00.000Z','2026-05-04T09:00:00.000Z','ef514e67-80a0-458b-850f-adc1b5babaa0','3.7.2',180,525600,'2025-11-16T06:30:00.000Z','2026-05-04T07:00:00.000Z','2025-11-05T09:00:00.000Z','UTC','2025-11-05T09:00:00.000Z',0,'2025-11-05T09:00:00.000Z',NULL);
INSERT INTO sync_runs VALUES(2,4,'2026-05-04T12:00:00.000Z','2026-05-04T12:00:00.000Z','complete','',1,15,13,17,0,'2025-11-16T06:30:00.000Z','2026-05-04T10:00:00.000Z','2026-05-04T12:00:00.000Z','ef514e67-80a0-458b-850f-adc1b5babaa0','3.7.2',180,525600,'2025-11-16T06:30:00.000Z','2026-05-04T10:00:00.000Z','2025-11-05T09:00:00.000Z','UTC','2025-11-05T09:00:00.000Z',0,'2025-11-05T09:00:00.000Z',NULL);
INSERT INTO sync_runs VALUES(3,5,'2026-05-05T12:00:00.000Z','2026-05-05T12:00:00.000Z','complete','',0,15,6,13,0,'2025-11-16T06:30:00.000Z','2026-05-05T10:00:00.000Z','2026-05-05T12:00:00.000Z','ef514e67-80a0-458b-850f-adc1b5babaa0','3.7.2',180,525600,'2025-11-16T06:30:00.000Z','2026-05-05T10:00:00.000Z','2025-11-05T09:00:00.000Z','UTC','2025-11-05T09:00:00.000Z',0,'2025-11-05T09:00:00.000Z',NULL);
INSERT INTO sync_runs VALUES(4,7,'2026-05-05T12:00:00.000Z','2026-05-05T12:00:00.000Z','complete','',0,15,6,12,0,'2025-11-16T06:30:00.000Z','2026-05-05T10:00:00.000Z','2026-05-05T12:00:00.000Z','ef514e67-80a0-458b-850f-adc1b5babaa0','3.7.2',180,525600,'2025-11-16T06:30:00.000Z','2026-05-05T10:00:00.000Z','2025-11-05T09:00:00.000Z','UTC','2025-11-05T09:00:00.000Z',0,'2025-11-05T09:00:00.000Z',NULL);
INSERT INTO sync_runs VALUES(5,8,'2026-05-06T12:00:00.000Z','2026-05-06T12:00:00.000Z','failed','GET security/audit/login/filter: the portal hides its history: it answered with its newest events whatever was asked; this needs a plan with the audit option (self-hosted: the login history and audit trail switched on)',0,0,0,0,0,'2025-11-16T06:30:00.000Z','2026-05-05T10:00:00.000Z',NULL,'ef514e67-80a0-458b-850f-adc1b5babaa0','3.7.2',180,525600,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL);
INSERT INTO sync_runs VALUES(6,9,'2026-05-07T12:00:00.000Z','2026-05-07T12:00:00.000Z','complete','',0,14,6,13,0,'2025-11-16T06:30:00.000Z','2026-05-07T10:00:00.000Z','2026-05-07T12:00:00.000Z','ef514e67-80a0-458b-850f-adc1b5babaa0','3.7.2',180,525600,'2025-11-16T06:30:00.000Z','2026-05-07T10:00:00.000Z','2025-11-05T09:00:00.000Z','UTC','2025-11-05T09:00:00.000Z',0,'2025-11-05T09:00:00.000Z',NULL);
CREATE TABLE account_keys (
    pk            INTEGER PRIMARY KEY,
    account_id    TEXT NOT NULL UNIQUE CHECK (account_id = lower(account_id) AND length(account_id) = 36),
    first_seen_at TEXT,                   -- first listing that showed it
    last_seen_at  TEXT                    -- newest listing that showed it
) STRICT;
INSERT INTO account_keys VALUES(1,'cc93eeb8-51ab-464c-8d87-6744a1c58db6','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(2,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(3,'fd2e9594-58bc-431b-828f-521b16aa5096','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(4,'3251fc41-9385-4eaf-99ec-e383ab42febd','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(5,'dc271b2c-a3a4-4dac-8f49-c695a7845e6b','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(6,'d0eb1344-873f-455b-b969-c5ea9757f13c','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(7,'58c5ce76-a34f-416f-8d62-0b90f9726487','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(8,'7a16a101-3305-4d66-ac72-29858e8e12ee','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(9,'a5d9ef5b-e5a3-4990-892d-8fc6c6e502a4','2026-05-04T09:00:00.000Z','2026-05-05T12:00:00.000Z');
INSERT INTO account_keys VALUES(10,'82b90dff-85c7-421c-8912-ece389514df6','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(11,'712d9ec3-5d2b-4b13-824f-71f00191dcca',NULL,NULL);
INSERT INTO account_keys VALUES(12,'ef514e67-80a0-458b-850f-adc1b5babaa0','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(13,'3473a987-0fa7-46de-9438-be3d618dad7d','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(14,'d88c4a1d-e67d-45a2-b26f-9fb870eb7e9a','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(15,'7c6a0a0e-a77f-4879-8ff7-c9221dd27f5b','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
INSERT INTO account_keys VALUES(16,'a5387956-7bed-45c2-8c39-d0aa13c0f107','2026-05-04T09:00:00.000Z','2026-05-07T12:00:00.000Z');
CREATE TABLE account_versions (
    account_pk    INTEGER NOT NULL REFERENCES account_keys (pk),
    sync_run_id   INTEGER NOT NULL REFERENCES sync_runs (id),
    at            TEXT    NOT NULL,       -- the portal's clock when it was shown
    history_seq   INTEGER NOT NULL,       -- newest history row at that time; 0 for none
    presence      TEXT    NOT NULL CHECK (presence IN ('listed', 'gone')),
    email         TEXT    NOT NULL,
    display_name  TEXT    NOT NULL,
    kind          TEXT    NOT NULL CHECK (kind IN ('owner', 'docspace_admin', 'room_admin', 'user', 'guest', 'unknown')),
    status        TEXT    NOT NULL CHECK (status IN ('active', 'pending', 'disabled', 'unknown')),
    registered_at TEXT,
    management    TEXT    NOT NULL CHECK (management IN ('portal', 'directory')),
    groups        TEXT    NOT NULL CHECK (json_valid(groups)), invited_by TEXT,  -- [[id, name], ...]
    PRIMARY KEY (account_pk, sync_run_id)
) STRICT, WITHOUT ROWID;
INSERT INTO account_versions VALUES(1,1,'2026-05-04T09:00:00.000Z',0,'listed','owner@portal.example.com','Olga Owner','owner','active','2023-11-16T09:00:00.000Z','portal','[]',NULL);
INSERT INTO account_versions VALUES(2,1,'2026-05-04T09:00:00.000Z',0,'listed','twice@agency.example','twice Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]','cc93eeb8-51ab-464c-8d87-6744a1c58db6');
INSERT INTO account_versions VALUES(2,3,'2026-05-05T12:00:00.000Z',15,'listed','twice@agency.example','twice Guest','guest','disabled','2025-07-08T09:00:00.000Z','portal','[]','cc93eeb8-51ab-464c-8d87-6744a1c58db6');
INSERT INTO account_versions VALUES(2,6,'2026-05-07T12:00:00.000Z',18,'listed','twice@agency.example','twice Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]','cc93eeb8-51ab-464c-8d87-6744a1c58db6');
INSERT INTO account_versions VALUES(3,1,'2026-05-04T09:00:00.000Z',0,'listed','back@agency.example','back Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]','cc93eeb8-51ab-464c-8d87-6744a1c58db6');
INSERT INTO account_versions VALUES(4,1,'2026-05-04T09:00:00.000Z',0,'listed','refused@agency.example','refused Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]','cc93eeb8-51ab-464c-8d87-6744a1c58db6');
INSERT INTO account_versions VALUES(5,1,'2026-05-04T09:00:00.000Z',0,'listed','exempt@agency.example','exempt Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]','cc93eeb8-51ab-464c-8d87-6744a1c58db6');
INSERT INTO account_versions VALUES(6,1,'2026-05-04T09:00:00.000Z',0,'listed','audited@agency.example','audited Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]','cc93eeb8-51ab-464c-8d87-6744a1c58db6');
INSERT INTO account_versions VALUES(7,1,'2026-05-04T09:00:00.000Z',0,'listed','by-key@agency.example','by-key Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]','cc93eeb8-51ab-464c-8d87-6744a1c58db6');
INSERT INTO account_versions VALUES(8,1,'2026-05-04T09:00:00.000Z',0,'listed','busy@agency.example','busy Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]','cc93eeb8-51ab-464c-8d87-6744a1c58db6');
INSERT INTO account_versions VALUES(9,1,'2026-05-04T09:00:00.000Z',0,'listed','leaver@agency.example','leaver Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]','cc93eeb8-51ab-464c-8d87-6744a1c58db6');
INSERT INTO account_versions VALUES(9,6,'2026-05-07T12:00:00.000Z',18,'gone','leaver@agency.example','leaver Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]','cc93eeb8-51ab-464c-8d87-6744a1c58db6');
INSERT INTO account_versions VALUES(10,1,'2026-05-04T09:00:00.000Z',0,'listed','idle@agency.example','idle Guest','guest','active','2025-07-08T09:00:00.000Z','portal','[]','cc93eeb8-51ab-464c-8d87-6744a1c58db6');
INSERT INTO account_versions VALUES(10,3,'2026-05-05T12:00:00.000Z',15,'listed','idle@agency.example','idle Guest','guest','disabled','2025-07-08T09:00:00.000Z','portal','[]','cc93eeb8-51ab-464c-8d87-6744a1c58db6');
INSERT INTO account_versions VALUES(12,1,'2026-05-04T09:00:00.000Z',0,'listed','key@portal.example','Kay Key','docspace_admin','active','2025-03-30T09:00:00.000Z','portal','[["519aa81d-d056-4ac4-9eac-3f4fbf36fd26","Externals"]]',NULL);
INSERT INTO account_versions VALUES(13,1,'2026-05-04T09:00:00.000Z',0,'listed','silent@agency.example','silent Guest','guest','active','2026-01-24T09:00:00.000Z','portal','[]','cc93eeb8-51ab-464c-8d87-6744a1c58db6');
INSERT INTO account_versions VALUES(13,3,'2026-05-05T12:00:00.000Z',15,'listed','silent@agency.example','silent Guest','guest','disabled','2026-01-24T09:00:00.000Z','portal','[]','cc93eeb8-51ab-464c-8d87-6744a1c58db6');
INSERT INTO account_versions VALUES(13,6,'2026-05-07T12:00:00.000Z',18,'listed','silent@agency.example','silent Guest','guest','active','2026-01-24T09:00:00.000Z','portal','[]','cc93eeb8-51ab-464c-8d87-6744a1c58db6');
INSERT INTO account_versions VALUES(14,1,'2026-05-04T09:00:00.000Z',0,'listed','invited@agency.example','invited@agency.example','guest','pending','2026-02-03T09:00:00.000Z','portal','[]',NULL);
INSERT INTO account_versions VALUES(14,3,'2026-05-05T12:00:00.000Z',15,'listed','invited@agency.example','invited@agency.example','guest','disabled','2026-02-03T09:00:00.000Z','portal','[]',NULL);
INSERT INTO account_versions VALUES(15,1,'2026-05-04T09:00:00.000Z',0,'listed','ldap@agency.example','Lea Ldap','guest','active','2025-10-16T09:00:00.000Z','directory','[]',NULL);
INSERT INTO account_versions VALUES(16,1,'2026-05-04T09:00:00.000Z',0,'listed','disabled@agency.example','disabled Guest','guest','disabled','2025-10-16T09:00:00.000Z','portal','[]','cc93eeb8-51ab-464c-8d87-6744a1c58db6');
CREATE TABLE events (
    event_id    INTEGER PRIMARY KEY,      -- the portal's id
    account_pk  INTEGER NOT NULL REFERENCES account_keys (pk),
    at_ms       INTEGER NOT NULL,         -- milliseconds since 1970 UTC
    action_code INTEGER NOT NULL,
    sync_run_id INTEGER NOT NULL REFERENCES sync_runs (id),   -- the first run that saw it
    ip          TEXT,
    country     TEXT,
    city        TEXT,
    browser     TEXT,
    platform    TEXT
, class TEXT NOT NULL GENERATED ALWAYS AS (
    CASE
        WHEN action_code IN (1000, 1001, 1007, 1010, 1011, 1012, 1015, 1019, 1021, 1024, 1027, 1028, 1029) THEN 'login'
        WHEN action_code IN (1006, 1016, 1017) THEN 'presence'
        WHEN action_code IN (1002, 1003, 1004, 1005, 1008, 1009, 1013, 1014, 1018, 1020, 1022, 1023, 1025, 1026) THEN 'failure'
        ELSE 'other'
    END
) VIRTUAL, listed_ms INTEGER) STRICT;
INSERT INTO events VALUES(400001,1,1777876200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400002,1,1777789800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400003,1,1777703400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400004,1,1777617000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400005,1,1777530600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400006,1,1777444200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400007,1,1777357800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400008,1,1777271400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400009,1,1777185000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400010,1,1777098600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400011,1,1777012200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400012,1,1776925800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400013,1,1776839400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400014,1,1776753000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400015,1,1776666600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400016,1,1776580200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400017,1,1776493800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400018,1,1776407400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400019,1,1776321000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400020,1,1776234600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400021,1,1776148200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400022,1,1776061800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400023,1,1775975400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400024,1,1775889000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400025,1,1775802600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400026,1,1775716200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400027,1,1775629800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400028,1,1775543400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400029,1,1775457000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400030,1,1775370600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400031,1,1775284200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400032,1,1775197800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400033,1,1775111400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400034,1,1775025000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400035,1,1774938600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400036,1,1774852200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400037,1,1774765800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400038,1,1774679400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400039,1,1774593000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400040,1,1774506600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400041,1,1774420200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400042,1,1774333800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400043,1,1774247400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400044,1,1774161000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400045,1,1774074600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400046,1,1773988200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400047,1,1773901800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400048,1,1773815400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400049,1,1773729000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400050,1,1773642600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400051,1,1773556200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400052,1,1773469800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400053,1,1773383400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400054,1,1773297000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400055,1,1773210600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400056,1,1773124200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400057,1,1773037800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400058,1,1772951400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400059,1,1772865000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400060,1,1772778600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400061,1,1772692200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400062,1,1772605800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400063,1,1772519400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400064,1,1772433000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400065,1,1772346600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400066,1,1772260200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400067,1,1772173800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400068,1,1772087400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400069,1,1772001000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400070,1,1771914600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400071,1,1771828200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400072,1,1771741800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400073,1,1771655400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400074,1,1771569000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400075,1,1771482600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400076,1,1771396200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400077,1,1771309800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400078,1,1771223400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400079,1,1771137000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400080,1,1771050600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400081,1,1770964200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400082,1,1770877800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400083,1,1770791400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400084,1,1770705000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400085,1,1770618600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400086,1,1770532200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400087,1,1770445800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400088,1,1770359400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400089,1,1770273000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400090,1,1770186600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400091,1,1770100200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400092,1,1770013800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400093,1,1769927400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400094,1,1769841000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400095,1,1769754600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400096,1,1769668200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400097,1,1769581800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400098,1,1769495400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400099,1,1769409000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400100,1,1769322600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400101,1,1769236200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400102,1,1769149800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400103,1,1769063400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400104,1,1768977000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400105,1,1768890600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400106,1,1768804200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400107,1,1768717800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400108,1,1768631400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400109,1,1768545000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400110,1,1768458600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400111,1,1768372200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400112,1,1768285800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400113,1,1768199400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400114,1,1768113000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400115,1,1768026600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400116,1,1767940200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400117,1,1767853800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400118,1,1767767400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400119,1,1767681000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400120,1,1767594600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400121,1,1767508200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400122,1,1767421800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400123,1,1767335400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400124,1,1767249000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400125,1,1767162600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400126,1,1767076200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400127,1,1766989800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400128,1,1766903400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400129,1,1766817000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400130,1,1766730600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400131,1,1766644200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400132,1,1766557800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400133,1,1766471400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400134,1,1766385000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400135,1,1766298600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400136,1,1766212200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400137,1,1766125800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400138,1,1766039400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400139,1,1765953000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400140,1,1765866600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400141,1,1765780200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400142,1,1765693800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400143,1,1765607400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400144,1,1765521000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400145,1,1765434600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400146,1,1765348200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400147,1,1765261800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400148,1,1765175400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400149,1,1765089000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400150,1,1765002600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400151,1,1764916200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400152,1,1764829800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400153,1,1764743400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400154,1,1764657000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400155,1,1764570600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400156,1,1764484200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400157,1,1764397800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400158,1,1764311400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400159,1,1764225000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400160,1,1764138600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400161,1,1764052200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400162,1,1763965800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400163,1,1763879400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400164,1,1763793000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400165,1,1763706600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400166,1,1763620200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400167,1,1763533800000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400168,1,1763447400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400169,1,1763361000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400170,1,1763274600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400171,10,1770109200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400172,10,1770109740000,1006,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400173,2,1770973200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400174,2,1770973740000,1006,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400175,3,1771837200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400176,3,1771837740000,1006,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400177,4,1772701200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400178,4,1772701740000,1006,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400179,5,1773565200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400180,5,1773565740000,1006,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400181,6,1773997200000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400182,6,1773997740000,1006,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400183,7,1774083600000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400184,7,1774084140000,1006,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400185,8,1777626000000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400186,8,1777626540000,1006,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400187,9,1777712400000,1029,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400188,9,1777712940000,1006,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400189,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400190,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400191,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400192,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400193,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400194,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400195,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400196,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400197,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400198,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400199,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400200,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400201,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400202,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400203,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400204,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400205,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400206,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400207,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400208,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400209,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400210,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400211,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400212,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400213,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400214,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400215,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400216,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400217,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400218,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400219,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400220,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400221,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400222,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400223,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400224,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400225,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400226,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400227,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400228,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400229,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400230,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400231,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400232,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400233,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400234,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400235,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400236,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400237,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400238,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400239,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400240,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400241,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400242,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400243,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400244,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400245,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400246,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400247,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400248,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400249,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400250,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400251,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400252,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400253,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400254,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400255,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400256,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400257,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400258,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400259,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400260,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400261,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400262,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400263,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400264,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400265,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400266,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400267,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400268,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400269,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400270,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400271,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400272,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400273,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400274,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400275,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400276,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400277,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400278,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400279,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400280,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400281,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400282,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400283,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400284,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400285,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400286,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400287,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400288,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400289,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400290,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400291,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400292,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400293,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400294,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400295,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400296,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400297,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400298,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400299,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400300,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400301,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400302,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400303,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400304,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400305,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400306,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400307,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400308,11,1763629200000,1013,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400309,1,1777194000000,1999,1,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
INSERT INTO events VALUES(400310,3,1777885200000,1029,2,'203.0.113.7','Germany','Berlin','Chrome 131','Windows 10',NULL);
CREATE TABLE last_events (
    account_pk INTEGER NOT NULL REFERENCES account_keys (pk),
    class      TEXT    NOT NULL CHECK (class IN ('login', 'presence', 'other')),
    at_ms      INTEGER NOT NULL,
    event_id   INTEGER NOT NULL,
    PRIMARY KEY (account_pk, class)
) STRICT, WITHOUT ROWID;
INSERT INTO last_events VALUES(1,'login',1777876200000,400001);
INSERT INTO last_events VALUES(1,'other',1777194000000,400309);
INSERT INTO last_events VALUES(2,'login',1770973200000,400173);
INSERT INTO last_events VALUES(2,'presence',1770973740000,400174);
INSERT INTO last_events VALUES(3,'login',1777885200000,400310);
INSERT INTO last_events VALUES(3,'presence',1771837740000,400176);
INSERT INTO last_events VALUES(4,'login',1772701200000,400177);
INSERT INTO last_events VALUES(4,'presence',1772701740000,400178);
INSERT INTO last_events VALUES(5,'login',1773565200000,400179);
INSERT INTO last_events VALUES(5,'presence',1773565740000,400180);
INSERT INTO last_events VALUES(6,'login',1773997200000,400181);
INSERT INTO last_events VALUES(6,'presence',1773997740000,400182);
INSERT INTO last_events VALUES(7,'login',1774083600000,400183);
INSERT INTO last_events VALUES(7,'presence',1774084140000,400184);
INSERT INTO last_events VALUES(8,'login',1777626000000,400185);
INSERT INTO last_events VALUES(8,'presence',1777626540000,400186);
INSERT INTO last_events VALUES(9,'login',1777712400000,400187);
INSERT INTO last_events VALUES(9,'presence',1777712940000,400188);
INSERT INTO last_events VALUES(10,'login',1770109200000,400171);
INSERT INTO last_events VALUES(10,'presence',1770109740000,400172);
CREATE TABLE segments (
    id        INTEGER PRIMARY KEY,
    from_ms   INTEGER NOT NULL,
    to_ms     INTEGER NOT NULL,
    oldest_ms INTEGER NOT NULL,
    tail      TEXT    NOT NULL CHECK (json_valid(tail)),
    reaches   TEXT    NOT NULL CHECK (reaches IN ('open', 'end', 'hole')),
    CHECK (from_ms <= to_ms)
) STRICT;
INSERT INTO segments VALUES(1,1763274600000,1778148000000,1763274600000,'[400166]','end');
CREATE TABLE holes (
    from_ms     INTEGER NOT NULL,
    to_ms       INTEGER NOT NULL,
    reason      TEXT    NOT NULL,
    sync_run_id INTEGER NOT NULL REFERENCES sync_runs (id),
    PRIMARY KEY (from_ms, to_ms),
    CHECK (from_ms <= to_ms)
) STRICT, WITHOUT ROWID;
CREATE TABLE checks (
    account_pk  INTEGER NOT NULL REFERENCES account_keys (pk),
    checked_at  TEXT    NOT NULL,         -- the portal's clock when it answered
    event_id    INTEGER,                  -- null: no action by this account on record
    event_at    TEXT,
    action_code INTEGER,
    sync_run_id INTEGER NOT NULL REFERENCES sync_runs (id),
    PRIMARY KEY (account_pk, checked_at),
    CHECK ((event_id IS NULL) = (event_at IS NULL)),
    CHECK ((event_id IS NULL) = (action_code IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO checks VALUES(2,'2026-05-04T09:00:00.000Z',NULL,NULL,NULL,1);
INSERT INTO checks VALUES(2,'2026-05-04T12:00:00.000Z',NULL,NULL,NULL,2);
INSERT INTO checks VALUES(3,'2026-05-04T09:00:00.000Z',NULL,NULL,NULL,1);
INSERT INTO checks VALUES(4,'2026-05-04T09:00:00.000Z',NULL,NULL,NULL,1);
INSERT INTO checks VALUES(4,'2026-05-04T12:00:00.000Z',NULL,NULL,NULL,2);
INSERT INTO checks VALUES(4,'2026-05-05T12:00:00.000Z',NULL,NULL,NULL,3);
INSERT INTO checks VALUES(4,'2026-05-07T12:00:00.000Z',NULL,NULL,NULL,6);
INSERT INTO checks VALUES(6,'2026-05-04T09:00:00.000Z',90001,'2026-04-30T09:00:00.000Z',5054,1);
INSERT INTO checks VALUES(10,'2026-05-04T09:00:00.000Z',NULL,NULL,NULL,1);
INSERT INTO checks VALUES(10,'2026-05-04T12:00:00.000Z',NULL,NULL,NULL,2);
INSERT INTO checks VALUES(13,'2026-05-04T09:00:00.000Z',NULL,NULL,NULL,1);
INSERT INTO checks VALUES(13,'2026-05-04T12:00:00.000Z',NULL,NULL,NULL,2);
INSERT INTO checks VALUES(14,'2026-05-04T09:00:00.000Z',NULL,NULL,NULL,1);
INSERT INTO checks VALUES(14,'2026-05-04T12:00:00.000Z',NULL,NULL,NULL,2);
CREATE TABLE key_uses (
    account_pk  INTEGER NOT NULL REFERENCES account_keys (pk),
    used_at     TEXT    NOT NULL,
    sync_run_id INTEGER NOT NULL REFERENCES sync_runs (id),
    PRIMARY KEY (account_pk, used_at)
) STRICT, WITHOUT ROWID;
INSERT INTO key_uses VALUES(7,'2026-05-03T09:00:00.000Z',1);
INSERT INTO key_uses VALUES(12,'2026-05-04T09:00:00.000Z',1);
INSERT INTO key_uses VALUES(12,'2026-05-04T12:00:00.000Z',2);
INSERT INTO key_uses VALUES(12,'2026-05-05T12:00:00.000Z',3);
INSERT INTO key_uses VALUES(12,'2026-05-07T12:00:00.000Z',6);
CREATE TABLE status_changes (
    event_id    INTEGER NOT NULL,
    account_pk  INTEGER NOT NULL REFERENCES account_keys (pk),
    at          TEXT    NOT NULL,
    action_code INTEGER NOT NULL CHECK (action_code IN (4020, 4006)),
    actor_id    TEXT    NOT NULL,         -- who made the change
    targets     INTEGER NOT NULL CHECK (targets >= 1),   -- accounts named by the event
    sync_run_id INTEGER NOT NULL REFERENCES sync_runs (id),
    PRIMARY KEY (event_id, account_pk)
) STRICT, WITHOUT ROWID;
INSERT INTO status_changes VALUES(90003,13,'2026-05-04T12:00:00.000Z',4020,'ef514e67-80a0-458b-850f-adc1b5babaa0',1,2);
INSERT INTO status_changes VALUES(90005,14,'2026-05-04T12:00:00.000Z',4020,'ef514e67-80a0-458b-850f-adc1b5babaa0',1,2);
INSERT INTO status_changes VALUES(90007,10,'2026-05-04T12:00:00.000Z',4020,'ef514e67-80a0-458b-850f-adc1b5babaa0',1,2);
INSERT INTO status_changes VALUES(90009,2,'2026-05-04T12:00:00.000Z',4020,'ef514e67-80a0-458b-850f-adc1b5babaa0',1,2);
INSERT INTO status_changes VALUES(90010,2,'2026-05-05T12:00:00.000Z',4020,'ef514e67-80a0-458b-850f-adc1b5babaa0',1,4);
INSERT INTO status_changes VALUES(90011,13,'2026-05-06T12:00:00.000Z',4020,'cc93eeb8-51ab-464c-8d87-6744a1c58db6',1,6);
CREATE TABLE rosters (
    sync_run_id INTEGER PRIMARY KEY REFERENCES sync_runs (id),
    at          TEXT NOT NULL,
    sha256      TEXT NOT NULL             -- of the files as given, in order
) STRICT;
INSERT INTO rosters VALUES(3,'2026-05-05T12:00:00.000Z','a0008ae0dc6c053dee08524429dbb0788bfc3e97679937c6f9515afdcb64261a');
CREATE TABLE roster_rows (
    sync_run_id  INTEGER NOT NULL REFERENCES rosters (sync_run_id),
    place        INTEGER NOT NULL,        -- order over all files of the roster
    file         TEXT    NOT NULL,
    line         INTEGER NOT NULL CHECK (line >= 1),
    id           TEXT,
    email        TEXT,
    display_name TEXT,
    contract_end TEXT,                    -- date
    extra        TEXT    NOT NULL CHECK (json_valid(extra)),  -- columns that dormouse does not use
    PRIMARY KEY (sync_run_id, place)
) STRICT, WITHOUT ROWID;
INSERT INTO roster_rows VALUES(3,0,'hr.csv',2,NULL,'idle@agency.example','Ida Idle',NULL,'{"Cost centre":"K1"}');
INSERT INTO roster_rows VALUES(3,1,'hr.csv',3,NULL,'busy@agency.example','Bo Busy','2026-04-30','{"Cost centre":"K1"}');
INSERT INTO roster_rows VALUES(3,2,'hr.csv',4,NULL,'back@agency.example','Ben Back',NULL,'{"Cost centre":"K2"}');
INSERT INTO roster_rows VALUES(3,3,'hr.csv',5,NULL,'refused@agency.example','Ruth Refused',NULL,'{"Cost centre":"K2"}');
INSERT INTO roster_rows VALUES(3,4,'hr.csv',6,NULL,'silent@agency.example','Sid Silent',NULL,'{"Cost centre":"K3"}');
INSERT INTO roster_rows VALUES(3,5,'hr.csv',7,NULL,'twice@agency.example','Ted Twice',NULL,'{"Cost centre":"K3"}');
INSERT INTO roster_rows VALUES(3,6,'hr.csv',8,NULL,'nobody@agency.example','Not There',NULL,'{"Cost centre":"K4"}');
CREATE TABLE population (
    account_pk INTEGER PRIMARY KEY REFERENCES account_keys (pk),
    source     TEXT NOT NULL CHECK (source IN ('roster', 'portal'))
) STRICT;
INSERT INTO population VALUES(2,'roster');
INSERT INTO population VALUES(3,'roster');
INSERT INTO population VALUES(4,'roster');
INSERT INTO population VALUES(8,'roster');
INSERT INTO population VALUES(10,'roster');
INSERT INTO population VALUES(13,'roster');
CREATE TABLE decisions (
    id              INTEGER PRIMARY KEY,
    decided_at      TEXT    NOT NULL,     -- this machine's clock
    as_of           TEXT    NOT NULL,     -- the moment decided
    current         INTEGER NOT NULL CHECK (current IN (0, 1)),
    inactivity_days INTEGER NOT NULL CHECK (inactivity_days >= 1),
    policy          TEXT    NOT NULL CHECK (json_valid(policy)),
    policy_sha256   TEXT    NOT NULL,     -- of policy, byte for byte
    digest          TEXT    NOT NULL,
    sync_run_id     INTEGER NOT NULL REFERENCES sync_runs (id),  -- newest evidence used
    history_seq     INTEGER NOT NULL,     -- newest history row used; 0 for none
    coverage_from   TEXT,
    coverage_to     TEXT,
    CHECK ((coverage_from IS NULL) = (coverage_to IS NULL))
) STRICT;
INSERT INTO decisions VALUES(1,'2026-05-04T09:00:00.000Z','2026-05-04T07:00:00.000Z',1,30,'{"inactivity_days":30,"never_logged_in_grace_days":30,"signals":["logins","audit"],"population":{"kinds":["guest"],"groups":[],"email_domains":[]},"exemptions":[{"email":"exempt@agency.example","reason":"on parental leave","owner":"HR","expires":"2026-06-30"}],"max_silence_hours":72}','ab61ff1478b5b73330fb39c7aca977df14ce5701ea10764ff9466f16023e4e40','sha256:afda5d6763ea481fe55dea93358d415725b2ae5591aab77193417dd6d30e6cc6',1,0,'2025-11-16T06:30:00.000Z','2026-05-04T07:00:00.000Z');
INSERT INTO decisions VALUES(2,'2026-05-05T12:00:00.000Z','2026-05-05T10:00:00.000Z',1,45,'{"inactivity_days":45,"never_logged_in_grace_days":45,"signals":["logins","audit"],"population":{"kinds":["guest"],"groups":[],"email_domains":[]},"exemptions":[{"email":"exempt@agency.example","reason":"on parental leave","owner":"HR","expires":"2026-06-30"}],"max_silence_hours":72}','b2477ef42a3eabc7def4002826ab967bbbc57b7d1fbaf82e5e8c8cc51e21f202','sha256:e57826c6a613d1bfd724c31199b44a329c081205b0706ce62d92b669d75f65e9',3,15,'2025-11-16T06:30:00.000Z','2026-05-05T10:00:00.000Z');
INSERT INTO decisions VALUES(3,'2026-05-07T12:00:00.000Z','2026-05-01T00:00:00.000Z',0,30,'{"inactivity_days":30,"never_logged_in_grace_days":30,"signals":["logins","audit"],"population":{"kinds":["guest"],"groups":[],"email_domains":[]},"exemptions":[{"email":"exempt@agency.example","reason":"on parental leave","owner":"HR","expires":"2026-06-30"}],"max_silence_hours":72}','ab61ff1478b5b73330fb39c7aca977df14ce5701ea10764ff9466f16023e4e40','sha256:70a3a75c9d292d62a04f1964982788be9e5eea920c4ee9f5ed44219dd5ba6a25',6,18,'2025-11-16T06:30:00.000Z','2026-05-07T10:00:00.000Z');
INSERT INTO decisions VALUES(4,'2026-05-07T12:00:00.000Z','2026-05-07T10:00:00.000Z',1,30,'{"inactivity_days":30,"never_logged_in_grace_days":30,"signals":["logins","audit"],"population":{"kinds":["guest"],"groups":[],"email_domains":[]},"exemptions":[{"email":"exempt@agency.example","reason":"on parental leave","owner":"HR","expires":"2026-06-30"}],"max_silence_hours":72}','ab61ff1478b5b73330fb39c7aca977df14ce5701ea10764ff9466f16023e4e40','sha256:6ec4c2023c03257a881ff05aeb98da889961448b90c0f8de328eb4efc9291753',6,18,'2025-11-16T06:30:00.000Z','2026-05-07T10:00:00.000Z');
CREATE TABLE verdicts (
    decision_id          INTEGER NOT NULL REFERENCES decisions (id) DEFERRABLE INITIALLY DEFERRED,
    account_id           TEXT    NOT NULL,
    email                TEXT    NOT NULL,
    display_name         TEXT    NOT NULL,
    kind                 TEXT    NOT NULL,
    registered_at        TEXT,
    verdict              TEXT    NOT NULL CHECK (verdict IN ('active', 'inactive', 'exempt', 'disabled', 'undetermined')),
    reason               TEXT    NOT NULL,
    last_activity_at     TEXT,
    last_activity_source TEXT CHECK (last_activity_source IN ('login', 'presence', 'other', 'audit', 'api_key')),
    last_event_id        INTEGER,
    idle_days            INTEGER CHECK (idle_days >= 0),
    PRIMARY KEY (decision_id, account_id),
    CHECK ((last_activity_at IS NULL) = (last_activity_source IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO verdicts VALUES(1,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','twice@agency.example','twice Guest','guest','2025-07-08T09:00:00.000Z','inactive','idle','2026-02-13T09:09:00.000Z','presence',400174,79);
INSERT INTO verdicts VALUES(1,'3251fc41-9385-4eaf-99ec-e383ab42febd','refused@agency.example','refused Guest','guest','2025-07-08T09:00:00.000Z','inactive','idle','2026-03-05T09:09:00.000Z','presence',400178,59);
INSERT INTO verdicts VALUES(1,'3473a987-0fa7-46de-9438-be3d618dad7d','silent@agency.example','silent Guest','guest','2026-01-24T09:00:00.000Z','inactive','never_logged_in',NULL,NULL,NULL,99);
INSERT INTO verdicts VALUES(1,'58c5ce76-a34f-416f-8d62-0b90f9726487','by-key@agency.example','by-key Guest','guest','2025-07-08T09:00:00.000Z','active','recent_activity','2026-05-03T09:00:00.000Z','api_key',NULL,0);
INSERT INTO verdicts VALUES(1,'7a16a101-3305-4d66-ac72-29858e8e12ee','busy@agency.example','busy Guest','guest','2025-07-08T09:00:00.000Z','active','recent_activity','2026-05-01T09:09:00.000Z','presence',400186,2);
INSERT INTO verdicts VALUES(1,'7c6a0a0e-a77f-4879-8ff7-c9221dd27f5b','ldap@agency.example','Lea Ldap','guest','2025-10-16T09:00:00.000Z','exempt','directory_managed',NULL,NULL,NULL,169);
INSERT INTO verdicts VALUES(1,'82b90dff-85c7-421c-8912-ece389514df6','idle@agency.example','idle Guest','guest','2025-07-08T09:00:00.000Z','inactive','idle','2026-02-03T09:09:00.000Z','presence',400172,89);
INSERT INTO verdicts VALUES(1,'a5387956-7bed-45c2-8c39-d0aa13c0f107','disabled@agency.example','disabled Guest','guest','2025-10-16T09:00:00.000Z','disabled','already_disabled',NULL,NULL,NULL,169);
INSERT INTO verdicts VALUES(1,'a5d9ef5b-e5a3-4990-892d-8fc6c6e502a4','leaver@agency.example','leaver Guest','guest','2025-07-08T09:00:00.000Z','active','recent_activity','2026-05-02T09:09:00.000Z','presence',400188,1);
INSERT INTO verdicts VALUES(1,'d0eb1344-873f-455b-b969-c5ea9757f13c','audited@agency.example','audited Guest','guest','2025-07-08T09:00:00.000Z','active','recent_activity','2026-04-30T09:00:00.000Z','audit',90001,3);
INSERT INTO verdicts VALUES(1,'d88c4a1d-e67d-45a2-b26f-9fb870eb7e9a','invited@agency.example','invited@agency.example','guest','2026-02-03T09:00:00.000Z','inactive','never_logged_in',NULL,NULL,NULL,89);
INSERT INTO verdicts VALUES(1,'dc271b2c-a3a4-4dac-8f49-c695a7845e6b','exempt@agency.example','exempt Guest','guest','2025-07-08T09:00:00.000Z','exempt','exemption','2026-03-15T09:09:00.000Z','presence',400180,49);
INSERT INTO verdicts VALUES(1,'fd2e9594-58bc-431b-828f-521b16aa5096','back@agency.example','back Guest','guest','2025-07-08T09:00:00.000Z','inactive','idle','2026-02-23T09:09:00.000Z','presence',400176,69);
INSERT INTO verdicts VALUES(2,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','twice@agency.example','twice Guest','guest','2025-07-08T09:00:00.000Z','disabled','already_disabled','2026-02-13T09:09:00.000Z','presence',400174,81);
INSERT INTO verdicts VALUES(2,'3251fc41-9385-4eaf-99ec-e383ab42febd','refused@agency.example','refused Guest','guest','2025-07-08T09:00:00.000Z','inactive','idle','2026-03-05T09:09:00.000Z','presence',400178,61);
INSERT INTO verdicts VALUES(2,'3473a987-0fa7-46de-9438-be3d618dad7d','silent@agency.example','silent Guest','guest','2026-01-24T09:00:00.000Z','disabled','already_disabled',NULL,NULL,NULL,101);
INSERT INTO verdicts VALUES(2,'7a16a101-3305-4d66-ac72-29858e8e12ee','busy@agency.example','busy Guest','guest','2025-07-08T09:00:00.000Z','active','recent_activity','2026-05-01T09:09:00.000Z','presence',400186,4);
INSERT INTO verdicts VALUES(2,'82b90dff-85c7-421c-8912-ece389514df6','idle@agency.example','idle Guest','guest','2025-07-08T09:00:00.000Z','disabled','already_disabled','2026-02-03T09:09:00.000Z','presence',400172,91);
INSERT INTO verdicts VALUES(2,'fd2e9594-58bc-431b-828f-521b16aa5096','back@agency.example','back Guest','guest','2025-07-08T09:00:00.000Z','active','recent_activity','2026-05-04T09:00:00.000Z','login',400310,1);
INSERT INTO verdicts VALUES(3,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','twice@agency.example','twice Guest','guest','2025-07-08T09:00:00.000Z','inactive','idle','2026-02-13T09:09:00.000Z','presence',400174,76);
INSERT INTO verdicts VALUES(3,'3251fc41-9385-4eaf-99ec-e383ab42febd','refused@agency.example','refused Guest','guest','2025-07-08T09:00:00.000Z','inactive','idle','2026-03-05T09:09:00.000Z','presence',400178,56);
INSERT INTO verdicts VALUES(3,'3473a987-0fa7-46de-9438-be3d618dad7d','silent@agency.example','silent Guest','guest','2026-01-24T09:00:00.000Z','inactive','never_logged_in',NULL,NULL,NULL,96);
INSERT INTO verdicts VALUES(3,'7a16a101-3305-4d66-ac72-29858e8e12ee','busy@agency.example','busy Guest','guest','2025-07-08T09:00:00.000Z','undetermined','no_activity_check',NULL,NULL,NULL,165);
INSERT INTO verdicts VALUES(3,'82b90dff-85c7-421c-8912-ece389514df6','idle@agency.example','idle Guest','guest','2025-07-08T09:00:00.000Z','inactive','idle','2026-02-03T09:09:00.000Z','presence',400172,86);
INSERT INTO verdicts VALUES(3,'fd2e9594-58bc-431b-828f-521b16aa5096','back@agency.example','back Guest','guest','2025-07-08T09:00:00.000Z','inactive','idle','2026-02-23T09:09:00.000Z','presence',400176,66);
INSERT INTO verdicts VALUES(4,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','twice@agency.example','twice Guest','guest','2025-07-08T09:00:00.000Z','active','recently_enabled','2026-02-13T09:09:00.000Z','presence',400174,1);
INSERT INTO verdicts VALUES(4,'3251fc41-9385-4eaf-99ec-e383ab42febd','refused@agency.example','refused Guest','guest','2025-07-08T09:00:00.000Z','inactive','idle','2026-03-05T09:09:00.000Z','presence',400178,63);
INSERT INTO verdicts VALUES(4,'3473a987-0fa7-46de-9438-be3d618dad7d','silent@agency.example','silent Guest','guest','2026-01-24T09:00:00.000Z','active','recently_enabled',NULL,NULL,NULL,0);
INSERT INTO verdicts VALUES(4,'7a16a101-3305-4d66-ac72-29858e8e12ee','busy@agency.example','busy Guest','guest','2025-07-08T09:00:00.000Z','active','recent_activity','2026-05-01T09:09:00.000Z','presence',400186,6);
INSERT INTO verdicts VALUES(4,'82b90dff-85c7-421c-8912-ece389514df6','idle@agency.example','idle Guest','guest','2025-07-08T09:00:00.000Z','disabled','already_disabled','2026-02-03T09:09:00.000Z','presence',400172,93);
INSERT INTO verdicts VALUES(4,'fd2e9594-58bc-431b-828f-521b16aa5096','back@agency.example','back Guest','guest','2025-07-08T09:00:00.000Z','active','recent_activity','2026-05-04T09:00:00.000Z','login',400310,3);
CREATE TABLE runs (
    id          INTEGER PRIMARY KEY,
    command     TEXT    NOT NULL CHECK (command IN ('sync', 'decide', 'apply', 'restore', 'notify', 'acknowledge')),
    started_at  TEXT    NOT NULL,
    finished_at TEXT,
    exit_code   INTEGER,                  -- null: running, or killed
    decision_id INTEGER REFERENCES decisions (id) DEFERRABLE INITIALLY DEFERRED,
    actor       TEXT    NOT NULL,         -- operating system user and host
    overrides   TEXT    NOT NULL,         -- one-shot flags given, as typed; '' for none
    detail      TEXT    NOT NULL,         -- what came of it, in words
    CHECK (exit_code IS NULL OR finished_at IS NOT NULL)
) STRICT;
INSERT INTO runs VALUES(1,'sync','2026-05-04T09:00:00.000Z','2026-05-04T09:00:00.000Z',0,NULL,'ann@workstation','','complete: 15 accounts, 309 new login events, 7 activity checks');
INSERT INTO runs VALUES(2,'decide','2026-05-04T09:00:00.000Z','2026-05-04T09:00:00.000Z',0,1,'ann@workstation','','decision 1: 4 active, 6 inactive, 2 exempt, 1 disabled, 0 undetermined');
INSERT INTO runs VALUES(3,'apply','2026-05-04T09:00:00.000Z','2026-05-04T09:00:00.000Z',5,1,'ann@workstation','--yes --max 1','6 accounts to disable: more than max_accounts = 1; nothing was done; to disable the longest idle first: --limit 1; to exceed the limit once, after a review: --max 6');
INSERT INTO runs VALUES(4,'apply','2026-05-04T12:00:00.000Z','2026-05-04T12:00:00.000Z',4,1,'ann@workstation','--yes --max-percent 100','4 applied, 1 skipped, 1 refused, 0 failed');
INSERT INTO runs VALUES(5,'sync','2026-05-05T12:00:00.000Z','2026-05-05T12:00:00.000Z',0,NULL,'ann@workstation','','complete: 15 accounts, 0 new login events, 1 activity checks');
INSERT INTO runs VALUES(6,'decide','2026-05-05T12:00:00.000Z','2026-05-05T12:00:00.000Z',0,2,'ann@workstation','','decision 2: 2 active, 1 inactive, 0 exempt, 3 disabled, 0 undetermined');
INSERT INTO runs VALUES(7,'restore','2026-05-05T12:00:00.000Z','2026-05-05T12:00:00.000Z',0,NULL,'ann@workstation','twice@agency.example --yes','1 applied, 0 skipped, 0 refused, 0 failed');
INSERT INTO runs VALUES(8,'sync','2026-05-06T12:00:00.000Z','2026-05-06T12:00:00.000Z',3,NULL,'ann@workstation','','GET security/audit/login/filter: the portal hides its history: it answered with its newest events whatever was asked; this needs a plan with the audit option (self-hosted: the login history and audit trail switched on)');
INSERT INTO runs VALUES(9,'sync','2026-05-07T12:00:00.000Z','2026-05-07T12:00:00.000Z',0,NULL,'ann@workstation','','complete: 14 accounts, 0 new login events, 1 activity checks');
INSERT INTO runs VALUES(10,'decide','2026-05-07T12:00:00.000Z','2026-05-07T12:00:00.000Z',0,3,'ann@workstation','--as-of 2026-05-01T00:00:00.000Z','decision 3: 0 active, 5 inactive, 0 exempt, 0 disabled, 1 undetermined');
INSERT INTO runs VALUES(11,'decide','2026-05-07T12:00:00.000Z','2026-05-07T12:00:00.000Z',0,4,'ann@workstation','','decision 4: 4 active, 1 inactive, 0 exempt, 1 disabled, 0 undetermined');
CREATE TABLE history (
    seq             INTEGER PRIMARY KEY,
    at              TEXT    NOT NULL,
    run_id          INTEGER NOT NULL REFERENCES runs (id),
    decision_id     INTEGER REFERENCES decisions (id),
    account_id      TEXT    NOT NULL,
    email           TEXT    NOT NULL,
    action          TEXT    NOT NULL CHECK (action IN ('disable', 'enable', 'notify')),
    phase           TEXT    NOT NULL CHECK (phase IN ('intent', 'outcome', 'corroboration', 'acknowledgement')),
    outcome         TEXT    CHECK (outcome IN ('applied', 'skipped', 'refused', 'failed')),
    detail          TEXT    NOT NULL,     -- of an acknowledgement: its reason
    actor           TEXT    NOT NULL,     -- account of the key used; who acknowledges
    status_before   TEXT    CHECK (status_before IN ('active', 'pending', 'disabled', 'unknown')),
    status_after    TEXT    CHECK (status_after IN ('active', 'pending', 'disabled', 'unknown')),
    http_status     INTEGER,
    portal_event_id INTEGER,
    prev_hash       TEXT    NOT NULL,
    hash            TEXT    NOT NULL UNIQUE CHECK (length(hash) = 64), stage INTEGER
    GENERATED ALWAYS AS (CASE WHEN action = 'notify' AND json_valid(detail) THEN json_extract(detail, '$.stage') END) VIRTUAL, recipient TEXT
    GENERATED ALWAYS AS (CASE WHEN action = 'notify' AND json_valid(detail) THEN json_extract(detail, '$.recipient') END) VIRTUAL,
    CHECK ((phase = 'outcome') = (outcome IS NOT NULL)),
    CHECK (phase <> 'corroboration' OR portal_event_id IS NOT NULL),
    CHECK (phase <> 'acknowledgement' OR detail <> '')
) STRICT;
INSERT INTO history VALUES(1,'2026-05-04T12:00:00.000Z',4,1,'3473a987-0fa7-46de-9438-be3d618dad7d','silent@agency.example','disable','intent',NULL,'sha256:afda5d6763ea481fe55dea93358d415725b2ae5591aab77193417dd6d30e6cc6','ef514e67-80a0-458b-850f-adc1b5babaa0','active',NULL,NULL,NULL,'0000000000000000000000000000000000000000000000000000000000000000','cfe90432968696b5797a6fba703d1e29ebb8698f381a838823de19b2fc2ec724');
INSERT INTO history VALUES(2,'2026-05-04T12:00:00.000Z',4,1,'d88c4a1d-e67d-45a2-b26f-9fb870eb7e9a','invited@agency.example','disable','intent',NULL,'sha256:afda5d6763ea481fe55dea93358d415725b2ae5591aab77193417dd6d30e6cc6','ef514e67-80a0-458b-850f-adc1b5babaa0','pending',NULL,NULL,NULL,'cfe90432968696b5797a6fba703d1e29ebb8698f381a838823de19b2fc2ec724','81a0dd25e2cc54dff9eac129ae66c2828a44c5bf67c58e6735125b3c297b24e2');
INSERT INTO history VALUES(3,'2026-05-04T12:00:00.000Z',4,1,'82b90dff-85c7-421c-8912-ece389514df6','idle@agency.example','disable','intent',NULL,'sha256:afda5d6763ea481fe55dea93358d415725b2ae5591aab77193417dd6d30e6cc6','ef514e67-80a0-458b-850f-adc1b5babaa0','active',NULL,NULL,NULL,'81a0dd25e2cc54dff9eac129ae66c2828a44c5bf67c58e6735125b3c297b24e2','138179ecdf8ec4baf3ef495e918b4502b98b30eade53523736081e7ed8b9cb67');
INSERT INTO history VALUES(4,'2026-05-04T12:00:00.000Z',4,1,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','twice@agency.example','disable','intent',NULL,'sha256:afda5d6763ea481fe55dea93358d415725b2ae5591aab77193417dd6d30e6cc6','ef514e67-80a0-458b-850f-adc1b5babaa0','active',NULL,NULL,NULL,'138179ecdf8ec4baf3ef495e918b4502b98b30eade53523736081e7ed8b9cb67','8becbd8a0cd52c84d5ecfa74f730b195454856a6679abdb3e2c6c6317cbdbc27');
INSERT INTO history VALUES(5,'2026-05-04T12:00:00.000Z',4,1,'3473a987-0fa7-46de-9438-be3d618dad7d','silent@agency.example','disable','outcome','applied','the answer shows disabled','ef514e67-80a0-458b-850f-adc1b5babaa0','active','disabled',200,NULL,'8becbd8a0cd52c84d5ecfa74f730b195454856a6679abdb3e2c6c6317cbdbc27','673739d75a15f4557cae235370a4440a6ec97b0b244bc3b2f042aa5b692c46fe');
INSERT INTO history VALUES(6,'2026-05-04T12:00:00.000Z',4,1,'d88c4a1d-e67d-45a2-b26f-9fb870eb7e9a','invited@agency.example','disable','outcome','applied','the answer shows disabled','ef514e67-80a0-458b-850f-adc1b5babaa0','pending','disabled',200,NULL,'673739d75a15f4557cae235370a4440a6ec97b0b244bc3b2f042aa5b692c46fe','32ceee015697b2fb5dbd27d340de0189e016ae5a36b13fe130bbf8f914da5afd');
INSERT INTO history VALUES(7,'2026-05-04T12:00:00.000Z',4,1,'82b90dff-85c7-421c-8912-ece389514df6','idle@agency.example','disable','outcome','applied','the answer shows disabled','ef514e67-80a0-458b-850f-adc1b5babaa0','active','disabled',200,NULL,'32ceee015697b2fb5dbd27d340de0189e016ae5a36b13fe130bbf8f914da5afd','8aa46431b210539ce35bfdae5d9b1db88ed8c107ee16b4939d779fe90329ca5d');
INSERT INTO history VALUES(8,'2026-05-04T12:00:00.000Z',4,1,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','twice@agency.example','disable','outcome','applied','the answer shows disabled','ef514e67-80a0-458b-850f-adc1b5babaa0','active','disabled',200,NULL,'8aa46431b210539ce35bfdae5d9b1db88ed8c107ee16b4939d779fe90329ca5d','12ccc84dcb7152d01db7a11be924a93704b916bc5e81dfd5d8fcfa86699e271f');
INSERT INTO history VALUES(9,'2026-05-04T12:00:00.000Z',4,1,'fd2e9594-58bc-431b-828f-521b16aa5096','back@agency.example','disable','outcome','skipped','active (recent_activity): last activity 2026-05-04T09:00:00.000Z by login (event 400310), 0 days ago; inactive after 30 days','ef514e67-80a0-458b-850f-adc1b5babaa0','active','active',NULL,NULL,'12ccc84dcb7152d01db7a11be924a93704b916bc5e81dfd5d8fcfa86699e271f','801e1c97df65d58775712f2acee71a423b25f8ee5375576c907aaf568723e9b0');
INSERT INTO history VALUES(10,'2026-05-04T12:00:00.000Z',4,1,'3251fc41-9385-4eaf-99ec-e383ab42febd','refused@agency.example','disable','intent',NULL,'sha256:afda5d6763ea481fe55dea93358d415725b2ae5591aab77193417dd6d30e6cc6','ef514e67-80a0-458b-850f-adc1b5babaa0','active',NULL,NULL,NULL,'801e1c97df65d58775712f2acee71a423b25f8ee5375576c907aaf568723e9b0','00d8716cd9f0a875df247668efaa07884c72b6cf91d0ccb1c89c8b5644a8df84');
INSERT INTO history VALUES(11,'2026-05-04T12:00:00.000Z',4,1,'3251fc41-9385-4eaf-99ec-e383ab42febd','refused@agency.example','disable','outcome','refused','the portal declined (403, "Access denied"): protected from this key, or deleted; it still is active','ef514e67-80a0-458b-850f-adc1b5babaa0','active','active',403,NULL,'00d8716cd9f0a875df247668efaa07884c72b6cf91d0ccb1c89c8b5644a8df84','9f23f61e1a60da882a522a2ad8872059aaa400790cbd4f36dd8da635a5f63341');
INSERT INTO history VALUES(12,'2026-05-04T12:00:00.000Z',4,1,'3473a987-0fa7-46de-9438-be3d618dad7d','silent@agency.example','disable','corroboration',NULL,'the portal''s audit trail shows the change','ef514e67-80a0-458b-850f-adc1b5babaa0',NULL,NULL,NULL,90003,'9f23f61e1a60da882a522a2ad8872059aaa400790cbd4f36dd8da635a5f63341','e57125f474d85b800e81be0a041ec254b419dec3dabfd59a7e0a504c56f36381');
INSERT INTO history VALUES(13,'2026-05-04T12:00:00.000Z',4,1,'d88c4a1d-e67d-45a2-b26f-9fb870eb7e9a','invited@agency.example','disable','corroboration',NULL,'the portal''s audit trail shows the change','ef514e67-80a0-458b-850f-adc1b5babaa0',NULL,NULL,NULL,90005,'e57125f474d85b800e81be0a041ec254b419dec3dabfd59a7e0a504c56f36381','962557b14563fcdc93fa8f2a31f1ec8f20e8ce6a92a8161e78c5e9a347b0ec91');
INSERT INTO history VALUES(14,'2026-05-04T12:00:00.000Z',4,1,'82b90dff-85c7-421c-8912-ece389514df6','idle@agency.example','disable','corroboration',NULL,'the portal''s audit trail shows the change','ef514e67-80a0-458b-850f-adc1b5babaa0',NULL,NULL,NULL,90007,'962557b14563fcdc93fa8f2a31f1ec8f20e8ce6a92a8161e78c5e9a347b0ec91','4170d303f615b25980c1905c74360c72f2955a10c0869bf0c915dc1b04a9aaf9');
INSERT INTO history VALUES(15,'2026-05-04T12:00:00.000Z',4,1,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','twice@agency.example','disable','corroboration',NULL,'the portal''s audit trail shows the change','ef514e67-80a0-458b-850f-adc1b5babaa0',NULL,NULL,NULL,90009,'4170d303f615b25980c1905c74360c72f2955a10c0869bf0c915dc1b04a9aaf9','7d3a46655f2352784a41045cb63aba8f6e724486260d4cbfcd0bdbb594057093');
INSERT INTO history VALUES(16,'2026-05-05T12:00:00.000Z',7,NULL,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','twice@agency.example','enable','intent',NULL,'undoes run 4','ef514e67-80a0-458b-850f-adc1b5babaa0','disabled',NULL,NULL,NULL,'7d3a46655f2352784a41045cb63aba8f6e724486260d4cbfcd0bdbb594057093','66c6ec78fb49d8ee752b6a175582516c34fd15a45aba8ee67b5077900913d2c9');
INSERT INTO history VALUES(17,'2026-05-05T12:00:00.000Z',7,NULL,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','twice@agency.example','enable','outcome','applied','the answer shows active','ef514e67-80a0-458b-850f-adc1b5babaa0','disabled','active',200,NULL,'66c6ec78fb49d8ee752b6a175582516c34fd15a45aba8ee67b5077900913d2c9','4f313edba972d4695c247fb5a5eec364f3c83526d9e0c3d84e01a0a02de7c41c');
INSERT INTO history VALUES(18,'2026-05-05T12:00:00.000Z',7,NULL,'1656f7d8-7739-4b4c-8107-c17dc8bcd3e7','twice@agency.example','enable','corroboration',NULL,'the portal''s audit trail shows the change','ef514e67-80a0-458b-850f-adc1b5babaa0',NULL,NULL,NULL,90010,'4f313edba972d4695c247fb5a5eec364f3c83526d9e0c3d84e01a0a02de7c41c','4ca7c531f1b7dc2159154a9ae7880f8ef508ad75b43fe8445611d6e23c449f4e');
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
INSERT INTO login_hours VALUES(1,1763272800000,1,0,1763274600000,1763274600000);
INSERT INTO login_hours VALUES(1,1763359200000,1,0,1763361000000,1763361000000);
INSERT INTO login_hours VALUES(1,1763445600000,1,0,1763447400000,1763447400000);
INSERT INTO login_hours VALUES(1,1763532000000,1,0,1763533800000,1763533800000);
INSERT INTO login_hours VALUES(1,1763618400000,1,0,1763620200000,1763620200000);
INSERT INTO login_hours VALUES(1,1763629200000,120,120,1763629200000,1763629200000);
INSERT INTO login_hours VALUES(1,1763704800000,1,0,1763706600000,1763706600000);
INSERT INTO login_hours VALUES(1,1763791200000,1,0,1763793000000,1763793000000);
INSERT INTO login_hours VALUES(1,1763877600000,1,0,1763879400000,1763879400000);
INSERT INTO login_hours VALUES(1,1763964000000,1,0,1763965800000,1763965800000);
INSERT INTO login_hours VALUES(1,1764050400000,1,0,1764052200000,1764052200000);
INSERT INTO login_hours VALUES(1,1764136800000,1,0,1764138600000,1764138600000);
INSERT INTO login_hours VALUES(1,1764223200000,1,0,1764225000000,1764225000000);
INSERT INTO login_hours VALUES(1,1764309600000,1,0,1764311400000,1764311400000);
INSERT INTO login_hours VALUES(1,1764396000000,1,0,1764397800000,1764397800000);
INSERT INTO login_hours VALUES(1,1764482400000,1,0,1764484200000,1764484200000);
INSERT INTO login_hours VALUES(1,1764568800000,1,0,1764570600000,1764570600000);
INSERT INTO login_hours VALUES(1,1764655200000,1,0,1764657000000,1764657000000);
INSERT INTO login_hours VALUES(1,1764741600000,1,0,1764743400000,1764743400000);
INSERT INTO login_hours VALUES(1,1764828000000,1,0,1764829800000,1764829800000);
INSERT INTO login_hours VALUES(1,1764914400000,1,0,1764916200000,1764916200000);
INSERT INTO login_hours VALUES(1,1765000800000,1,0,1765002600000,1765002600000);
INSERT INTO login_hours VALUES(1,1765087200000,1,0,1765089000000,1765089000000);
INSERT INTO login_hours VALUES(1,1765173600000,1,0,1765175400000,1765175400000);
INSERT INTO login_hours VALUES(1,1765260000000,1,0,1765261800000,1765261800000);
INSERT INTO login_hours VALUES(1,1765346400000,1,0,1765348200000,1765348200000);
INSERT INTO login_hours VALUES(1,1765432800000,1,0,1765434600000,1765434600000);
INSERT INTO login_hours VALUES(1,1765519200000,1,0,1765521000000,1765521000000);
INSERT INTO login_hours VALUES(1,1765605600000,1,0,1765607400000,1765607400000);
INSERT INTO login_hours VALUES(1,1765692000000,1,0,1765693800000,1765693800000);
INSERT INTO login_hours VALUES(1,1765778400000,1,0,1765780200000,1765780200000);
INSERT INTO login_hours VALUES(1,1765864800000,1,0,1765866600000,1765866600000);
INSERT INTO login_hours VALUES(1,1765951200000,1,0,1765953000000,1765953000000);
INSERT INTO login_hours VALUES(1,1766037600000,1,0,1766039400000,1766039400000);
INSERT INTO login_hours VALUES(1,1766124000000,1,0,1766125800000,1766125800000);
INSERT INTO login_hours VALUES(1,1766210400000,1,0,1766212200000,1766212200000);
INSERT INTO login_hours VALUES(1,1766296800000,1,0,1766298600000,1766298600000);
INSERT INTO login_hours VALUES(1,1766383200000,1,0,1766385000000,1766385000000);
INSERT INTO login_hours VALUES(1,1766469600000,1,0,1766471400000,1766471400000);
INSERT INTO login_hours VALUES(1,1766556000000,1,0,1766557800000,1766557800000);
INSERT INTO login_hours VALUES(1,1766642400000,1,0,1766644200000,1766644200000);
INSERT INTO login_hours VALUES(1,1766728800000,1,0,1766730600000,1766730600000);
INSERT INTO login_hours VALUES(1,1766815200000,1,0,1766817000000,1766817000000);
INSERT INTO login_hours VALUES(1,1766901600000,1,0,1766903400000,1766903400000);
INSERT INTO login_hours VALUES(1,1766988000000,1,0,1766989800000,1766989800000);
INSERT INTO login_hours VALUES(1,1767074400000,1,0,1767076200000,1767076200000);
INSERT INTO login_hours VALUES(1,1767160800000,1,0,1767162600000,1767162600000);
INSERT INTO login_hours VALUES(1,1767247200000,1,0,1767249000000,1767249000000);
INSERT INTO login_hours VALUES(1,1767333600000,1,0,1767335400000,1767335400000);
INSERT INTO login_hours VALUES(1,1767420000000,1,0,1767421800000,1767421800000);
INSERT INTO login_hours VALUES(1,1767506400000,1,0,1767508200000,1767508200000);
INSERT INTO login_hours VALUES(1,1767592800000,1,0,1767594600000,1767594600000);
INSERT INTO login_hours VALUES(1,1767679200000,1,0,1767681000000,1767681000000);
INSERT INTO login_hours VALUES(1,1767765600000,1,0,1767767400000,1767767400000);
INSERT INTO login_hours VALUES(1,1767852000000,1,0,1767853800000,1767853800000);
INSERT INTO login_hours VALUES(1,1767938400000,1,0,1767940200000,1767940200000);
INSERT INTO login_hours VALUES(1,1768024800000,1,0,1768026600000,1768026600000);
INSERT INTO login_hours VALUES(1,1768111200000,1,0,1768113000000,1768113000000);
INSERT INTO login_hours VALUES(1,1768197600000,1,0,1768199400000,1768199400000);
INSERT INTO login_hours VALUES(1,1768284000000,1,0,1768285800000,1768285800000);
INSERT INTO login_hours VALUES(1,1768370400000,1,0,1768372200000,1768372200000);
INSERT INTO login_hours VALUES(1,1768456800000,1,0,1768458600000,1768458600000);
INSERT INTO login_hours VALUES(1,1768543200000,1,0,1768545000000,1768545000000);
INSERT INTO login_hours VALUES(1,1768629600000,1,0,1768631400000,1768631400000);
INSERT INTO login_hours VALUES(1,1768716000000,1,0,1768717800000,1768717800000);
INSERT INTO login_hours VALUES(1,1768802400000,1,0,1768804200000,1768804200000);
INSERT INTO login_hours VALUES(1,1768888800000,1,0,1768890600000,1768890600000);
INSERT INTO login_hours VALUES(1,1768975200000,1,0,1768977000000,1768977000000);
INSERT INTO login_hours VALUES(1,1769061600000,1,0,1769063400000,1769063400000);
INSERT INTO login_hours VALUES(1,1769148000000,1,0,1769149800000,1769149800000);
INSERT INTO login_hours VALUES(1,1769234400000,1,0,1769236200000,1769236200000);
INSERT INTO login_hours VALUES(1,1769320800000,1,0,1769322600000,1769322600000);
INSERT INTO login_hours VALUES(1,1769407200000,1,0,1769409000000,1769409000000);
INSERT INTO login_hours VALUES(1,1769493600000,1,0,1769495400000,1769495400000);
INSERT INTO login_hours VALUES(1,1769580000000,1,0,1769581800000,1769581800000);
INSERT INTO login_hours VALUES(1,1769666400000,1,0,1769668200000,1769668200000);
INSERT INTO login_hours VALUES(1,1769752800000,1,0,1769754600000,1769754600000);
INSERT INTO login_hours VALUES(1,1769839200000,1,0,1769841000000,1769841000000);
INSERT INTO login_hours VALUES(1,1769925600000,1,0,1769927400000,1769927400000);
INSERT INTO login_hours VALUES(1,1770012000000,1,0,1770013800000,1770013800000);
INSERT INTO login_hours VALUES(1,1770098400000,1,0,1770100200000,1770100200000);
INSERT INTO login_hours VALUES(1,1770109200000,2,0,1770109200000,1770109740000);
INSERT INTO login_hours VALUES(1,1770184800000,1,0,1770186600000,1770186600000);
INSERT INTO login_hours VALUES(1,1770271200000,1,0,1770273000000,1770273000000);
INSERT INTO login_hours VALUES(1,1770357600000,1,0,1770359400000,1770359400000);
INSERT INTO login_hours VALUES(1,1770444000000,1,0,1770445800000,1770445800000);
INSERT INTO login_hours VALUES(1,1770530400000,1,0,1770532200000,1770532200000);
INSERT INTO login_hours VALUES(1,1770616800000,1,0,1770618600000,1770618600000);
INSERT INTO login_hours VALUES(1,1770703200000,1,0,1770705000000,1770705000000);
INSERT INTO login_hours VALUES(1,1770789600000,1,0,1770791400000,1770791400000);
INSERT INTO login_hours VALUES(1,1770876000000,1,0,1770877800000,1770877800000);
INSERT INTO login_hours VALUES(1,1770962400000,1,0,1770964200000,1770964200000);
INSERT INTO login_hours VALUES(1,1770973200000,2,0,1770973200000,1770973740000);
INSERT INTO login_hours VALUES(1,1771048800000,1,0,1771050600000,1771050600000);
INSERT INTO login_hours VALUES(1,1771135200000,1,0,1771137000000,1771137000000);
INSERT INTO login_hours VALUES(1,1771221600000,1,0,1771223400000,1771223400000);
INSERT INTO login_hours VALUES(1,1771308000000,1,0,1771309800000,1771309800000);
INSERT INTO login_hours VALUES(1,1771394400000,1,0,1771396200000,1771396200000);
INSERT INTO login_hours VALUES(1,1771480800000,1,0,1771482600000,1771482600000);
INSERT INTO login_hours VALUES(1,1771567200000,1,0,1771569000000,1771569000000);
INSERT INTO login_hours VALUES(1,1771653600000,1,0,1771655400000,1771655400000);
INSERT INTO login_hours VALUES(1,1771740000000,1,0,1771741800000,1771741800000);
INSERT INTO login_hours VALUES(1,1771826400000,1,0,1771828200000,1771828200000);
INSERT INTO login_hours VALUES(1,1771837200000,2,0,1771837200000,1771837740000);
INSERT INTO login_hours VALUES(1,1771912800000,1,0,1771914600000,1771914600000);
INSERT INTO login_hours VALUES(1,1771999200000,1,0,1772001000000,1772001000000);
INSERT INTO login_hours VALUES(1,1772085600000,1,0,1772087400000,1772087400000);
INSERT INTO login_hours VALUES(1,1772172000000,1,0,1772173800000,1772173800000);
INSERT INTO login_hours VALUES(1,1772258400000,1,0,1772260200000,1772260200000);
INSERT INTO login_hours VALUES(1,1772344800000,1,0,1772346600000,1772346600000);
INSERT INTO login_hours VALUES(1,1772431200000,1,0,1772433000000,1772433000000);
INSERT INTO login_hours VALUES(1,1772517600000,1,0,1772519400000,1772519400000);
INSERT INTO login_hours VALUES(1,1772604000000,1,0,1772605800000,1772605800000);
INSERT INTO login_hours VALUES(1,1772690400000,1,0,1772692200000,1772692200000);
INSERT INTO login_hours VALUES(1,1772701200000,2,0,1772701200000,1772701740000);
INSERT INTO login_hours VALUES(1,1772776800000,1,0,1772778600000,1772778600000);
INSERT INTO login_hours VALUES(1,1772863200000,1,0,1772865000000,1772865000000);
INSERT INTO login_hours VALUES(1,1772949600000,1,0,1772951400000,1772951400000);
INSERT INTO login_hours VALUES(1,1773036000000,1,0,1773037800000,1773037800000);
INSERT INTO login_hours VALUES(1,1773122400000,1,0,1773124200000,1773124200000);
INSERT INTO login_hours VALUES(1,1773208800000,1,0,1773210600000,1773210600000);
INSERT INTO login_hours VALUES(1,1773295200000,1,0,1773297000000,1773297000000);
INSERT INTO login_hours VALUES(1,1773381600000,1,0,1773383400000,1773383400000);
INSERT INTO login_hours VALUES(1,1773468000000,1,0,1773469800000,1773469800000);
INSERT INTO login_hours VALUES(1,1773554400000,1,0,1773556200000,1773556200000);
INSERT INTO login_hours VALUES(1,1773565200000,2,0,1773565200000,1773565740000);
INSERT INTO login_hours VALUES(1,1773640800000,1,0,1773642600000,1773642600000);
INSERT INTO login_hours VALUES(1,1773727200000,1,0,1773729000000,1773729000000);
INSERT INTO login_hours VALUES(1,1773813600000,1,0,1773815400000,1773815400000);
INSERT INTO login_hours VALUES(1,1773900000000,1,0,1773901800000,1773901800000);
INSERT INTO login_hours VALUES(1,1773986400000,1,0,1773988200000,1773988200000);
INSERT INTO login_hours VALUES(1,1773997200000,2,0,1773997200000,1773997740000);
INSERT INTO login_hours VALUES(1,1774072800000,1,0,1774074600000,1774074600000);
INSERT INTO login_hours VALUES(1,1774083600000,2,0,1774083600000,1774084140000);
INSERT INTO login_hours VALUES(1,1774159200000,1,0,1774161000000,1774161000000);
INSERT INTO login_hours VALUES(1,1774245600000,1,0,1774247400000,1774247400000);
INSERT INTO login_hours VALUES(1,1774332000000,1,0,1774333800000,1774333800000);
INSERT INTO login_hours VALUES(1,1774418400000,1,0,1774420200000,1774420200000);
INSERT INTO login_hours VALUES(1,1774504800000,1,0,1774506600000,1774506600000);
INSERT INTO login_hours VALUES(1,1774591200000,1,0,1774593000000,1774593000000);
INSERT INTO login_hours VALUES(1,1774677600000,1,0,1774679400000,1774679400000);
INSERT INTO login_hours VALUES(1,1774764000000,1,0,1774765800000,1774765800000);
INSERT INTO login_hours VALUES(1,1774850400000,1,0,1774852200000,1774852200000);
INSERT INTO login_hours VALUES(1,1774936800000,1,0,1774938600000,1774938600000);
INSERT INTO login_hours VALUES(1,1775023200000,1,0,1775025000000,1775025000000);
INSERT INTO login_hours VALUES(1,1775109600000,1,0,1775111400000,1775111400000);
INSERT INTO login_hours VALUES(1,1775196000000,1,0,1775197800000,1775197800000);
INSERT INTO login_hours VALUES(1,1775282400000,1,0,1775284200000,1775284200000);
INSERT INTO login_hours VALUES(1,1775368800000,1,0,1775370600000,1775370600000);
INSERT INTO login_hours VALUES(1,1775455200000,1,0,1775457000000,1775457000000);
INSERT INTO login_hours VALUES(1,1775541600000,1,0,1775543400000,1775543400000);
INSERT INTO login_hours VALUES(1,1775628000000,1,0,1775629800000,1775629800000);
INSERT INTO login_hours VALUES(1,1775714400000,1,0,1775716200000,1775716200000);
INSERT INTO login_hours VALUES(1,1775800800000,1,0,1775802600000,1775802600000);
INSERT INTO login_hours VALUES(1,1775887200000,1,0,1775889000000,1775889000000);
INSERT INTO login_hours VALUES(1,1775973600000,1,0,1775975400000,1775975400000);
INSERT INTO login_hours VALUES(1,1776060000000,1,0,1776061800000,1776061800000);
INSERT INTO login_hours VALUES(1,1776146400000,1,0,1776148200000,1776148200000);
INSERT INTO login_hours VALUES(1,1776232800000,1,0,1776234600000,1776234600000);
INSERT INTO login_hours VALUES(1,1776319200000,1,0,1776321000000,1776321000000);
INSERT INTO login_hours VALUES(1,1776405600000,1,0,1776407400000,1776407400000);
INSERT INTO login_hours VALUES(1,1776492000000,1,0,1776493800000,1776493800000);
INSERT INTO login_hours VALUES(1,1776578400000,1,0,1776580200000,1776580200000);
INSERT INTO login_hours VALUES(1,1776664800000,1,0,1776666600000,1776666600000);
INSERT INTO login_hours VALUES(1,1776751200000,1,0,1776753000000,1776753000000);
INSERT INTO login_hours VALUES(1,1776837600000,1,0,1776839400000,1776839400000);
INSERT INTO login_hours VALUES(1,1776924000000,1,0,1776925800000,1776925800000);
INSERT INTO login_hours VALUES(1,1777010400000,1,0,1777012200000,1777012200000);
INSERT INTO login_hours VALUES(1,1777096800000,1,0,1777098600000,1777098600000);
INSERT INTO login_hours VALUES(1,1777183200000,1,0,1777185000000,1777185000000);
INSERT INTO login_hours VALUES(1,1777194000000,1,0,1777194000000,1777194000000);
INSERT INTO login_hours VALUES(1,1777269600000,1,0,1777271400000,1777271400000);
INSERT INTO login_hours VALUES(1,1777356000000,1,0,1777357800000,1777357800000);
INSERT INTO login_hours VALUES(1,1777442400000,1,0,1777444200000,1777444200000);
INSERT INTO login_hours VALUES(1,1777528800000,1,0,1777530600000,1777530600000);
INSERT INTO login_hours VALUES(1,1777615200000,1,0,1777617000000,1777617000000);
INSERT INTO login_hours VALUES(1,1777626000000,2,0,1777626000000,1777626540000);
INSERT INTO login_hours VALUES(1,1777701600000,1,0,1777703400000,1777703400000);
INSERT INTO login_hours VALUES(1,1777712400000,2,0,1777712400000,1777712940000);
INSERT INTO login_hours VALUES(1,1777788000000,1,0,1777789800000,1777789800000);
INSERT INTO login_hours VALUES(1,1777874400000,1,0,1777876200000,1777876200000);
INSERT INTO login_hours VALUES(2,1777885200000,1,0,1777885200000,1777885200000);
CREATE TABLE trail_points (
    sync_run_id INTEGER NOT NULL REFERENCES sync_runs (id),
    event_id    INTEGER NOT NULL,         -- the portal's id in the audit trail
    at          TEXT    NOT NULL, account_pk INTEGER REFERENCES account_keys (pk),
    PRIMARY KEY (sync_run_id, event_id)
) STRICT, WITHOUT ROWID;
INSERT INTO trail_points VALUES(1,90001,'2026-04-30T09:00:00.000Z',6);
INSERT INTO trail_points VALUES(6,90011,'2026-05-06T12:00:00.000Z',1);
CREATE TABLE roster_matches (
    sync_run_id     INTEGER PRIMARY KEY REFERENCES sync_runs (id),
    roster_id       INTEGER NOT NULL REFERENCES rosters (sync_run_id),
    matched         INTEGER NOT NULL,     -- rows that name one account
    without_account INTEGER NOT NULL,
    ambiguous       INTEGER NOT NULL
) STRICT;
INSERT INTO roster_matches VALUES(3,3,6,1,0);
INSERT INTO roster_matches VALUES(4,3,6,1,0);
INSERT INTO roster_matches VALUES(6,3,6,1,0);
CREATE TABLE void_evidence (
    voided_by INTEGER NOT NULL REFERENCES sync_runs (id),
    source    TEXT    NOT NULL,
    content   TEXT    NOT NULL CHECK (json_valid(content))
) STRICT;
CREATE TRIGGER account_versions_keep BEFORE UPDATE ON account_versions
BEGIN SELECT raise(ABORT, 'account_versions: a version is never changed'); END;
CREATE TRIGGER events_keep BEFORE UPDATE ON events
BEGIN SELECT raise(ABORT, 'events: an event is never changed'); END;
CREATE VIEW coverage AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', from_ms / 1000.0, 'unixepoch') AS from_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', to_ms / 1000.0, 'unixepoch') AS to_at
FROM segments ORDER BY from_ms;
CREATE VIEW activity_checks AS
SELECT k.account_id, c.checked_at, c.event_id, c.event_at, c.action_code, c.sync_run_id
FROM checks c JOIN account_keys k ON k.pk = c.account_pk;
CREATE INDEX status_changes_of_account ON status_changes (account_pk, at);
CREATE TRIGGER decisions_append BEFORE INSERT ON decisions
WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM decisions)
BEGIN SELECT raise(ABORT, 'decisions: id must be the last plus one'); END;
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions
BEGIN SELECT raise(ABORT, 'decisions: rows are never changed'); END;
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions
BEGIN SELECT raise(ABORT, 'decisions: rows are never deleted'); END;
CREATE TRIGGER verdicts_sealed BEFORE INSERT ON verdicts
WHEN EXISTS (SELECT 1 FROM decisions WHERE id = NEW.decision_id)
BEGIN SELECT raise(ABORT, 'verdicts: the decision is sealed'); END;
CREATE TRIGGER verdicts_no_update BEFORE UPDATE ON verdicts
BEGIN SELECT raise(ABORT, 'verdicts: rows are never changed'); END;
CREATE TRIGGER verdicts_no_delete BEFORE DELETE ON verdicts
BEGIN SELECT raise(ABORT, 'verdicts: rows are never deleted'); END;
CREATE INDEX account_versions_by_email ON account_versions (lower(email));
CREATE INDEX account_versions_odd_email ON account_versions (email) WHERE email GLOB '*[^!-~]*';
CREATE INDEX roster_rows_odd_email ON roster_rows (sync_run_id, email) WHERE email GLOB '*[^!-~]*';
CREATE VIEW login_events AS
SELECT e.event_id, k.account_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', e.at_ms / 1000.0, 'unixepoch') AS at,
       e.action_code, e.class, e.ip, e.country, e.city, e.browser, e.platform, e.sync_run_id
FROM events e JOIN account_keys k ON k.pk = e.account_pk;
CREATE TRIGGER runs_keep_rows BEFORE DELETE ON runs
BEGIN SELECT raise(ABORT, 'runs: rows are never deleted'); END;
CREATE TRIGGER runs_keep_results BEFORE UPDATE ON runs WHEN OLD.finished_at IS NOT NULL
BEGIN SELECT raise(ABORT, 'runs: a finished run is never changed'); END;
CREATE TRIGGER runs_append BEFORE INSERT ON runs
WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM runs)
BEGIN SELECT raise(ABORT, 'runs: id must be the last plus one'); END;
CREATE INDEX history_of_account ON history (account_id, seq);
CREATE INDEX history_of_run ON history (run_id, account_id, action);
CREATE TRIGGER history_append BEFORE INSERT ON history
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM history)
  OR NEW.prev_hash <> coalesce((SELECT hash FROM history ORDER BY seq DESC LIMIT 1),
                               '0000000000000000000000000000000000000000000000000000000000000000')
  OR EXISTS (SELECT 1 FROM history WHERE hash = NEW.hash)
BEGIN SELECT raise(ABORT, 'history: rows are only appended, each to the end of the chain'); END;
CREATE TRIGGER history_no_update BEFORE UPDATE ON history
BEGIN SELECT raise(ABORT, 'history: rows are never changed'); END;
CREATE TRIGGER history_no_delete BEFORE DELETE ON history
BEGIN SELECT raise(ABORT, 'history: rows are never deleted'); END;
CREATE INDEX roster_rows_by_email ON roster_rows (lower(email), sync_run_id);
CREATE INDEX roster_rows_by_id ON roster_rows (lower(id), sync_run_id);
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
CREATE VIEW actions AS
SELECT h.seq, h.at AS occurred_at, h.run_id, h.decision_id, h.account_id, h.email, h.action, h.outcome,
       h.detail, h.actor, h.status_before, h.status_after, h.http_status, h.portal_event_id
FROM history h
WHERE h.phase = 'outcome' AND h.action IN ('disable', 'enable')
  AND NOT EXISTS (SELECT 1 FROM history later
                  WHERE later.run_id = h.run_id AND later.account_id = h.account_id
                    AND later.action = h.action AND later.phase = 'outcome' AND later.seq > h.seq);
CREATE VIEW current_verdicts AS
SELECT v.decision_id, d.as_of, d.decided_at, v.account_id, v.email, v.display_name, v.kind,
       v.registered_at, v.verdict, v.reason, v.last_activity_at, v.last_activity_source, v.last_event_id,
       v.idle_days
FROM verdicts v JOIN decisions d ON d.id = v.decision_id
WHERE d.id = (SELECT max(c.id) FROM decisions c WHERE c.current = 1);
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
CREATE INDEX history_notices ON history (account_id, seq) WHERE action = 'notify';
CREATE INDEX events_of_account ON events (account_pk, at_ms) WHERE class <> 'failure';
COMMIT;
